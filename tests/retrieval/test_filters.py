"""Filters in a question: `after:`, `before:`, `from:` and `in:` leave some of the articles, and say what is wrong."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.emulator.web.server import Emulator
from bot.settings import read_settings
from prompts.models import Reason
from retrieval.library import Library
from retrieval.models import Problem
from retrieval.query.filters import read_filters
from tests.support.desk import CLI, policydesk

FRONT = "---\ntitle: {title}\ndate: {date}\npublisher: {publisher}\n---\n\n"
REPORT = FRONT + "The pact was signed in {place} by the envoys.\n"
UNDATED = "Old pact\n\nThe pact was signed in Lima by the envoys.\n"


def report(date: str, place: str, publisher: str = "Daily News") -> str:
    return REPORT.format(title=f"Pact signed in {place}", date=date, place=place, publisher=publisher)


@pytest.fixture
def archive(folder: Callable[..., Path]) -> Path:
    """Five reports of a pact, of which one has no date and one stands in no collection."""
    return folder(
        asia__may=report("2023-05-31", "Hanoi"),
        asia__june=report("2023-06-01", "Tokyo", "Tuổi Trẻ"),
        **{"Joint Statements__december": report("2023-12-31", "Paris", "The Morning Post")},
        january=report("2024-01-01", "Oslo"),
        asia__undated=UNDATED,
    )


@pytest.fixture
def library(archive: Path) -> Library:
    return Library.open(archive)


@pytest.fixture
def archive_desk(library: Library) -> Desk:
    return open_desk(read_settings(), library, None)


def places(library: Library, question: str) -> set[str]:
    """Where, by the passages found, the pact was signed."""
    hits = library.search(library.read(question), 10).hits
    return {p for p in ("Hanoi", "Tokyo", "Paris", "Oslo", "Lima") if any(p in h.passage.text for h in hits)}


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ("", {"Hanoi", "Tokyo", "Paris", "Oslo", "Lima"}),
        ("after:2023-06", {"Tokyo", "Paris", "Oslo"}),
        ("after:2023-06-01", {"Tokyo", "Paris", "Oslo"}),
        ("after:2023-06-02", {"Paris", "Oslo"}),
        ("after:2023", {"Hanoi", "Tokyo", "Paris", "Oslo"}),
        ("before:2024", {"Hanoi", "Tokyo", "Paris"}),
        ("before:2023-06", {"Hanoi"}),
        ("after:2023-06 before:2024", {"Tokyo", "Paris"}),
        ("after:2023 after:2023-12", {"Paris", "Oslo"}),
        ("before:2024 before:2023-06", {"Hanoi"}),
        ("After:2023/6", {"Tokyo", "Paris", "Oslo"}),
        ("(after: 2024)", {"Oslo"}),
        ("after：2024", {"Oslo"}),
        ("in:asia", {"Hanoi", "Tokyo", "Lima"}),
        ("in:ASIA in:joint-statements", {"Hanoi", "Tokyo", "Paris", "Lima"}),
        ("from:tuoi-tre", {"Tokyo"}),
        ("from:morning", {"Paris"}),
        ("from:post from:daily-news", {"Hanoi", "Paris", "Oslo"}),
        ("in:asia from:daily before:2024", {"Hanoi"}),
    ],
)
def test_only_articles_that_pass_every_filter_are_searched(library: Library, filters: str, left: set[str]) -> None:
    assert places(library, f"Where was the pact signed? {filters}") == left


def test_filters_may_stand_anywhere_and_are_not_searched_for(library: Library) -> None:
    query = library.read("in:asia Where was after:2023-06, the pact signed?")
    plain = library.read("Where was the pact signed?")
    assert (query.terms, query.kind) == (plain.terms, plain.kind)
    assert query.text == "in:asia Where was after:2023-06, the pact signed?"
    assert query.filters.written == ("in:asia", "after:2023-06")
    assert query.filters.after == dt.date(2023, 6, 1)


@pytest.mark.parametrize("text", ["Who signed in 2023?", "From: a friend", "see login:asia", "after 2023", "in: Asia"])
def test_what_only_looks_like_a_filter_is_part_of_the_question(text: str) -> None:
    assert read_filters(text).text == text
    assert read_filters(text).filters.written == ()


def test_the_best_are_chosen_among_what_the_filters_leave_not_the_other_way_round(folder: Callable[..., Path]) -> None:
    many = {f"new{n:03}": report("2024-02-01", "Oslo") for n in range(300)}
    library = Library.open(folder(old__only="---\ndate: 2020-01-01\n---\n\nA pact, old and long forgotten.\n", **many))
    (hit, *_) = library.search(library.read("Where was the pact signed? before:2021"), 10).hits
    assert hit.passage.file == "old/only.txt"


def test_confidence_knows_only_what_the_filters_leave(library: Library) -> None:
    everywhere = library.search(library.read("Was the pact signed in Oslo?"), 10)
    before = library.search(library.read("Was the pact signed in Oslo? before:2024"), 10)
    assert before.missing == ("Oslo",)
    assert before.confidence < everywhere.confidence


@pytest.mark.parametrize(
    ("filters", "problem", "said"),
    [
        ("after:soon", Problem.DATE, "I cannot read the date in after:soon. Write a day, a month or a year"),
        ("before:2023-13", Problem.DATE, "before:2023-13"),
        ("after:2023-02-30 before:x", Problem.DATE, "after:2023-02-30, before:x"),
        ("after:", Problem.DATE, "I cannot read the date in after:."),
        ("after:06/2023", Problem.DATE, "after:06/2023"),
        ("after:2024 before:2023", Problem.PERIOD, "No day is in after:2024, before:2023."),
        ("after:2023 before:2023", Problem.PERIOD, "No day is in"),
        ("in:africa", Problem.COLLECTION, "No collection is named in:africa. There are: asia, Joint Statements."),
        ("in:asia in:africa", Problem.COLLECTION, "in:africa."),
        ("in:?", Problem.COLLECTION, "No collection is named in:."),
        ("from:kyodo", Problem.PUBLISHER, "There are: Daily News, The Morning Post, Tuổi Trẻ."),
        ("from:dail", Problem.PUBLISHER, "from:dail"),
        ("after:2025", Problem.NOTHING_LEFT, "The dates known are from 2023-05-31 to 2024-01-01"),
        ("in:asia from:post", Problem.NOTHING_LEFT, "No article passes in:asia, from:post."),
    ],
)
def test_a_filter_that_cannot_be_used_gets_a_line_that_helps_and_no_search(
    archive_desk: Desk, filters: str, problem: Problem, said: str
) -> None:
    findings, answer = archive_desk.answer_with_findings(f"Where was the pact signed? {filters}")
    exchange = archive_desk.ask(f"Where was the pact signed? {filters}", CLI)
    assert findings.hits == ()
    assert (answer.reason, answer.fault and answer.fault.problem) == (Reason.FILTERS, problem)
    assert said in exchange.reply
    assert "\n" not in exchange.reply


def test_without_publishers_or_folders_a_filter_by_them_is_told_so(folder: Callable[..., Path]) -> None:
    desk = open_desk(read_settings(), Library.open(folder(a=UNDATED)), None)
    assert "none of the articles says who published it" in desk.ask("Pact from:kyodo", CLI).reply
    assert "not sorted into folders" in desk.ask("Pact in:asia", CLI).reply
    assert "None of the articles says when it was published" in desk.ask("Pact after:2020", CLI).reply


def test_a_refusal_says_which_filters_were_on(archive_desk: Desk) -> None:
    reply = archive_desk.ask("What is the price of salmon? in:asia after:2023", CLI).reply
    assert reply.startswith("Nothing in the articles that pass in:asia, after:2023 answers this: nothing on")


def test_filters_without_words_are_told_what_a_question_is(archive_desk: Desk) -> None:
    assert archive_desk.ask("after:2023 in:asia", CLI).answer.reason is Reason.EMPTY


@given(st.text(alphabet="after:beforeinm0123456789-/ ?", max_size=60))
def test_whatever_is_written_filters_are_read_or_faulted_never_an_error(text: str) -> None:
    restricted = read_filters(text)
    assert restricted.filters.written or (restricted.text == text and restricted.fault is None)


def test_filters_work_on_the_command_line(archive: Path) -> None:
    ended = policydesk("ask", "Where was the pact signed? after:2024", "--articles", archive)
    assert "Oslo" in ended.stdout
    assert not any(place in ended.stdout for place in ("Hanoi", "Tokyo", "Paris", "Lima"))
    bad = policydesk("ask", "Where was the pact signed? after:soon", "--articles", archive)
    assert (bad.returncode, bad.stdout.count("\n")) == (1, 1)


async def test_filters_work_in_a_chat(telegram: Emulator) -> None:
    chat = telegram.private_chat(telegram.person("Ana"))
    reply = await chat.reply_to(chat.say("Which countries received OSA? from:asahi"), timeout=20)
    assert "No publisher fits from:asahi. There are: Kyodo" in (reply.text or "")
