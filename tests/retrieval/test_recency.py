"""Who asks for the latest gets the newest report first, among those about as good; an undated one is never new."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.library import Library
from retrieval.models import Age
from retrieval.query.recency import age_wanted
from tests.support.desk import JUDGMENTS, policydesk
from tests.support.osa import QUESTION

AGES = json.loads((JUDGMENTS / "ages.json").read_text(encoding="utf-8"))


@pytest.fixture
def articles(folder: Callable[..., Path]) -> Path:
    """The articles of the judgments, dated as their names are."""
    return folder(
        **{name: ("" if "undated" in name else f"---\ndate: {name[:10]}\n---\n\n") + text
           for name, text in AGES["articles"].items()}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "age", "because"),
    [
        ("What is the latest on OSA?", Age.NEWEST, "latest"),
        ("Most recent talks between Japan and Vietnam", Age.NEWEST, "Most recent"),
        ("Who currently leads the navy?", Age.NEWEST, "currently"),
        ("Who is the current president?", Age.NEWEST, "current"),
        ("How many boats does Vietnam have now?", Age.NEWEST, "now"),
        ("Which aid was agreed this year?", Age.NEWEST, "this year"),
        ("What's new on OSA?", Age.NEWEST, "new"),
        ("When did the ministers last meet?", Age.NEWEST, "last"),
        ("When was the last summit?", Age.NEWEST, "last"),
        ("When did Japan first offer ships?", Age.OLDEST, "first"),
        ("What was the first report of the outbreak?", Age.OLDEST, "first report"),
        ("oldest article on OSA", Age.OLDEST, "oldest article"),
    ],
)
def test_words_that_ask_for_the_newest_or_oldest_are_understood(question: str, age: Age, because: str) -> None:
    wanted = age_wanted(question)
    assert wanted is not None
    assert (wanted.age, wanted.because) == (age, because)


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "Who was the first president of Vietnam?",
        "When was the first two-plus-two held?",
        "What is New Zealand?",
        "What is now called Ho Chi Minh City?",
        "Who was the last emperor?",
        "When did prices rise last year?",
        "What drives the current in the Gulf?",
        "Do ocean currents matter?",
        "When did Japan and Vietnam agree?",
    ],
)
def test_words_that_only_look_so_prefer_nothing(question: str) -> None:
    assert age_wanted(question) is None


def test_the_words_that_ask_for_the_newest_are_not_searched_for(seeds: Library) -> None:
    assert seeds.read("What is the latest on OSA?").terms == ("osa",)
    assert seeds.read("the newest?").terms == ("newest",)
    assert seeds.read("What does OSA currently do?").terms == ("osa",)


def test_of_reports_about_as_good_the_one_of_the_age_asked_for_stands_first(articles: Path) -> None:
    library = Library.open(articles)
    firsts = [library.search(library.read(judged["question"]), 10).hits[0].passage for judged in AGES["questions"]]
    right = [p.file == j["first"] and j["text"] in p.text for p, j in zip(firsts, AGES["questions"], strict=True)]
    assert sum(right) / len(right) >= 0.9


@pytest.mark.parametrize(
    "question", ["What is the latest price of a ticket for the ferry?", "When did a ferry ticket first cost crowns?"]
)
def test_an_undated_report_is_neither_new_nor_old(articles: Path, question: str) -> None:
    library = Library.open(articles)
    files = [hit.passage.file for hit in library.search(library.read(question), 10).hits]
    fares = [
        file for file in files if file in {"2019-03-04.txt", "2021-09-20.txt", "2024-04-17.txt", "undated-ferry.txt"}
    ]
    assert fares[0] != "undated-ferry.txt"


def test_a_newer_report_that_leaves_out_the_name_does_not_overtake(folder: Callable[..., Path]) -> None:
    rates = {
        "2026-02-06-india.txt": "The United States will apply a tariff rate of 18 percent to goods of India.",
        "2026-02-19-indonesia.txt": "The United States will maintain a tariff rate of 19 percent for Indonesia.",
        "2025-02-19-india.txt": "The United States will maintain a tariff rate of 26 percent for India.",
    }
    dated = {name: f"---\ndate: {name[:10]}\n---\n\n{text}" for name, text in rates.items()}
    library = Library.open(folder(**dated))
    hits = library.search(library.read("What is the latest US tariff rate for India?"), 10).hits
    assert [hit.passage.file for hit in hits[:2]] == ["2026-02-06-india.txt", "2025-02-19-india.txt"]


def test_without_dates_the_best_stands_first_whatever_is_asked(folder: Callable[..., Path]) -> None:
    undated = {f"report-{number}.txt": text for number, text in enumerate(AGES["articles"].values())}
    library = Library.open(folder(**undated))
    query = library.read("What is the latest price of a ticket for the ferry?")
    asked = library.search(query, 10)
    assert asked.hits == library.search(query.model_copy(update={"prefers": None}), 10).hits


def test_filters_and_preferences_are_explained(articles: Path) -> None:
    question = "What is the latest price of a ferry ticket? before:2022"
    ended = policydesk("ask", question, "--explain", "--articles", articles)
    assert "45 crowns" in ended.stdout.split("[1]")[0]
    assert "Only articles that pass before:2022" in ended.stdout
    assert "Of passages about as good, the newest first: asked for by 'latest'" in ended.stdout
