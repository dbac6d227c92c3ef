"""Date expressions: where they stand in a text, and the days that they mean."""

import datetime as dt
import itertools
import json
from pathlib import Path

import pytest

from retrieval.dates.expressions import DateExpression, find_dates

JUDGED = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "judgments" / "dates.jsonl").read_text(encoding="utf-8").splitlines()
]
RIGHT = 0.95


def read(text: str, published: str | None) -> list[DateExpression]:
    return find_dates(text, dt.date.fromisoformat(published) if published else None)


def days(text: str, published: str | None) -> list[str]:
    return [date.days.iso() if date.days else "undated" for date in read(text, published)]


def test_the_judged_expressions_are_resolved() -> None:
    wrong = []
    for judged in JUDGED:
        start = judged["text"].index(judged["expression"])
        end = start + len(judged["expression"])
        found = [date for date in read(judged["text"], judged["published"]) if date.start < end and start < date.end]
        if [date.days.iso() if date.days else "undated" for date in found] != [judged["days"]]:
            wrong.append(judged["text"])
    assert len(JUDGED) >= 150
    assert len(wrong) <= (1 - RIGHT) * len(JUDGED), wrong


@pytest.mark.parametrize(
    "text",
    [
        "May I say a word on this?",
        "Prime Minister Theresa May of Britain smiled.",
        "They march on.",
        "The 2030 Agenda goes on.",
        "It cost $2000 and weighed 1950 kg, with 2000 people watching.",
        "Resolution 1718 and resolution 1514 hold.",
        "The challenges that the world faces today are many.",
        "Rates rose 2.2019 points at 20:15.",
    ],
)
def test_no_date_is_seen_where_none_is_said(text: str) -> None:
    assert days(text, "2023-11-29") == []


def test_a_date_that_is_counted_is_told_from_one_that_is_said() -> None:
    found = read("On Monday, May 3 or in 2014 they met.", "2023-11-29")
    assert [date.is_counted for date in found] == [True, False]


def test_no_day_is_made_of_what_the_calendar_does_not_have() -> None:
    assert days("It happened on February 30, 2023.", "2023-11-29") == ["2023"]


def test_dates_do_not_overlap_and_are_in_order() -> None:
    found = read("From March 2014 until Nov. 27, 2023, and again on Monday last week.", "2023-11-29")
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
