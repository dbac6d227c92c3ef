"""Comparisons of judged sides over the five articles: which sentences stand on which side, and beside each other."""

from functools import cache
from pathlib import Path

from bot.settings import SEEDS
from retrieval.library import Library
from retrieval.side_by_side.side_by_side import AspectKind, SideBySide
from tests.benchmarks.comparisons import ComparisonTally, compared, judged_comparisons
from tests.support.desk import write

JUDGED = Path(__file__).parents[2] / "judgments" / "comparisons.jsonl"
PRECISION, RECALL = 0.85, 0.75


@cache
def seeds() -> Library:
    return Library.open(SEEDS)


def told(library: Library, question: str) -> SideBySide:
    found = compared(library, question)
    assert found is not None
    return found


def shown(found: SideBySide) -> list[list[str]]:
    return [[quote.hits[0].passage.shown for quote in column.quotes] for column in found.columns]


def test_judged_sentences_stand_on_their_side_beside_what_the_other_says() -> None:
    tally = ComparisonTally()
    for judged in judged_comparisons(JUDGED):
        tally.count(judged, compared(seeds(), judged["question"]))
    assert tally.right >= PRECISION * tally.shown, tally.wrong
    assert tally.found >= RECALL * tally.judged, tally.wrong


def test_lists_that_differ_stand_first_and_beside_each_other() -> None:
    found = told(seeds(), "Compare Kishida and Ishiba on OSA")
    first = found.aspects[0]
    assert (first.kind, first.differs) == (AspectKind.LIST, True)
    assert first.words == {
        0: "the Philippines, Malaysia, Bangladesh and Fiji",
        1: "the Philippines, Malaysia, and Indonesia",
    }
    assert [column.quotes[0].hits[0] for column in found.columns] == list(first.quotes.values())


def test_a_sentence_is_of_the_year_that_it_tells_of_and_else_of_its_article(tmp_path: Path) -> None:
    head = "Ships\n\nJune 5, 2023\n\n"
    write(
        tmp_path / "new",
        f"{head}The navy has 31 frigates in Hanoi harbour now.\n\nIn 2021 the navy had 12 frigates in Hanoi harbour.\n",
    )
    write(tmp_path / "old", "Ships\n\nMay 5, 2021\n\nThe navy wants more frigates for Hanoi harbour.\n")
    found = told(Library.open(tmp_path), "What changed between 2021 and 2023 on frigates?")
    old, new = shown(found)
    assert set(old) == {
        "In 2021 the navy had 12 frigates in Hanoi harbour.",
        "The navy wants more frigates for Hanoi harbour.",
    }
    assert new == ["The navy has 31 frigates in Hanoi harbour now."]
    assert (found.aspects[0].kind, found.aspects[0].words) == (AspectKind.FIGURE, {0: "12", 1: "31"})


def test_one_publisher_is_set_beside_another() -> None:
    kyodo, yomiuri = told(seeds(), "Compare Kyodo with Yomiuri on defense equipment").columns
    assert {quote.hits[0].passage.publisher for quote in kyodo.quotes} == {"Kyodo"}
    assert {quote.hits[0].passage.publisher for quote in yomiuri.quotes} == {"The Yomiuri Shimbun"}


def test_who_speaks_decides_whose_words_they_are(tmp_path: Path) -> None:
    write(
        tmp_path / "a",
        "Remarks on tariffs\n\nPRESIDENT ADACHI: We want lower tariffs on rice from Borneo.\n\n"
        "PRIME MINISTER BAKER: President Adachi knows that tariffs on rice protect our farmers.\n",
    )
    (adachi,), (baker,) = shown(told(Library.open(tmp_path), "Compare Adachi and Baker on tariffs"))
    assert "lower tariffs" in adachi
    assert "protect our farmers" in baker


def test_a_sentence_about_both_sides_together_is_of_neither(tmp_path: Path) -> None:
    write(tmp_path / "a", "Rice\n\nNorway and Chile signed a rice treaty.\n\nNorway exports rice boats.\n")
    norway, chile = shown(told(Library.open(tmp_path), "Compare Norway and Chile on rice"))
    assert (norway, chile) == (["Norway exports rice boats."], [])


def test_the_same_said_by_one_side_twice_is_quoted_once(tmp_path: Path) -> None:
    said = "Norway exports forty thousand tons of rice to Borneo in wooden boats."
    write(tmp_path / "a", f"Boats\n\n{said}\n\nChile imports rice in steel boats.\n")
    write(tmp_path / "b", f"Harbours\n\n{said}\n")
    found = told(Library.open(tmp_path), "Compare Norway and Chile on rice")
    assert [len(quote.hits) for quote in found.columns[0].quotes] == [2]


def test_reports_without_a_date_are_called_neither_older_nor_newer() -> None:
    found = told(seeds(), "old and new number of recipients")
    assert [(column.asked.label, column.asked.sense) for column in found.columns] == [
        ("2023-11-29", "name"),
        ("", "undated"),
    ]


def test_older_reports_stand_before_newer_ones(tmp_path: Path) -> None:
    for name, date, count in (("a", "May 5, 2021", "2,400"), ("b", "May 5, 2023", "3,100")):
        write(
            tmp_path / name, f"Recipients\n\n{date}\n\nThe Borneo rice programme has {count} recipients in Sarawak.\n"
        )
    found = told(Library.open(tmp_path), "old and new number of recipients")
    assert [column.asked.sense for column in found.columns] == ["older", "newer"]
    assert found.aspects[0].words == {0: "2,400", 1: "3,100"}


def test_sides_that_no_article_tells_apart_are_no_comparison() -> None:
    for question in (
        "Compare apples and oranges",
        "Compare Kishida and Ishiba on whaling",
        "what changed between 2021 and 2023 on whaling",
        "old and new number of frigates",
    ):
        assert compared(seeds(), question) is None
