"""Timelines of judged topics: which sentences belong, and in which order.

The development sets stand beside the repository, or where DEVELOPMENT_SETS says; without them they are left out.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bot.settings import SEEDS
from retrieval.library import Library
from retrieval.timeline.request import timeline_asked
from retrieval.timeline.timeline import Timeline, build_timeline, topic_query
from tests.support.desk import write

JUDGED = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "judgments" / "timelines.jsonl").read_text(encoding="utf-8").splitlines()
]
DEVELOPMENT = Path(os.environ.get("DEVELOPMENT_SETS", Path(__file__).parents[4] / "shared" / "eval"))
PRECISION, RECALL, ORDER = 0.85, 0.75, 0.95
MOST = 60


@cache
def library(name: str) -> Library:
    folder = SEEDS if name == "seeds" else DEVELOPMENT / name / "articles"
    if not folder.is_dir():
        pytest.skip(f"no articles at {folder}: name the folder of the sets in DEVELOPMENT_SETS")
    return Library.open(folder)


def timeline(set_name: str, question: str) -> Timeline:
    asked = timeline_asked(question)
    assert asked is not None
    return build_timeline(library(set_name), topic_query(library(set_name), asked), asked, MOST)


class Tally:
    """Counts over topics: sentences shown and judged, and pairs of them in order."""

    def __init__(self, topics: Iterable[Mapping[str, Any]]) -> None:
        self.right = self.shown = self.found = self.judged = self.in_order = self.pairs = 0
        for topic in topics:
            self._count(topic["events"], timeline(topic["set"], f"timeline of {topic['topic']}"))

    def _count(self, events: Sequence[Mapping[str, Any]], told: Timeline) -> None:
        event_of = {(s["file"], s["start"]): n for n, event in enumerate(events) for s in event["sentences"]}
        heads = [event_of.get((p.file, p.start)) for p in (group.hits[0].passage for group in told.groups)]
        named = {event_of.get((hit.passage.file, hit.passage.start)) for group in told.groups for hit in group.hits}
        right = [number for number in heads if number is not None]
        self.right, self.shown = self.right + len(right), self.shown + len(heads)
        self.found += sum(len(events[number]["sentences"]) for number in named if number is not None)
        self.judged += len(event_of)
        for one, other in combinations((events[number]["date"] for number in right), 2):
            if not one.startswith(other) and not other.startswith(one):
                self.pairs += 1
                self.in_order += other == "undated" or one < other


@pytest.mark.parametrize("name", ["seeds", "dev-policy"])
def test_the_judged_sentences_come_and_hardly_others_oldest_first(name: str) -> None:
    tally = Tally(topic for topic in JUDGED if topic["set"] == name)
    assert tally.right >= PRECISION * tally.shown, (tally.right, tally.shown)
    assert tally.found >= RECALL * tally.judged, (tally.found, tally.judged)
    assert tally.in_order >= ORDER * tally.pairs, (tally.in_order, tally.pairs)


GOODS = "trade steel cars corn ships taxes roads trains schools farms rivers bridges".split()


@pytest.mark.parametrize(
    ("topic", "title", "said", "right", "wrong"),
    [
        (
            "Xi Jinping's meetings with Biden",
            "A leader abroad",
            "Biden spoke of {}.",
            "Biden met Xi Jinping on 14 November 2022.",
            "Xi Jinping and Kevin Rudd signed ten agreements on 21 June 2010.",
        ),
        (
            "Marcos's visits to Washington",
            "The United States and the Philippines",
            "The United States sold {}, said Washington.",
            "Marcos came to the White House on 1 May 2023.",
            "Marcos thanked Japan for its pledges on 3 June 2023.",
        ),
    ],
)
def test_a_sentence_says_each_name_that_the_title_does_not(
    tmp_path: Path, topic: str, title: str, said: str, right: str, wrong: str
) -> None:
    """A name that everybody else says too tells nothing by its weight; a title on a country is not on its capital."""
    write(tmp_path / "often", "Remarks on trade\n\n" + "\n".join(map(said.format, GOODS)))
    for name, event in (("right", right), ("wrong", wrong)):
        write(tmp_path / name, f"{title}\n\n{event}")
    asked = timeline_asked(f"timeline of {topic}")
    assert asked is not None
    opened = Library.open(tmp_path)
    told = build_timeline(opened, topic_query(opened, asked), asked, MOST)
    assert [group.hits[0].passage.shown for group in told.groups] == [right]


def test_a_period_keeps_what_it_speaks_of_and_nothing_undated() -> None:
    told = timeline("seeds", "timeline of Japan-Vietnam relations before 2020")
    assert [group.event.days.iso() for group in told.groups if group.event.days] == ["2014-03"]
    assert len(told.groups) == 1


def test_what_is_more_than_wanted_is_counted() -> None:
    asked = timeline_asked("timeline of Japan-Vietnam relations")
    assert asked is not None
    whole = timeline("seeds", "timeline of Japan-Vietnam relations")
    few = build_timeline(library("seeds"), topic_query(library("seeds"), asked), asked, 3)
    assert (len(few.groups), few.left_out) == (3, len(whole.groups) - 3)


def test_days_that_are_not_known_come_last() -> None:
    days = [group.event.days for group in timeline("seeds", "timeline of Japan-Vietnam relations").groups]
    known = [day for day in days if day]
    assert 0 < len(known) < len(days)
    assert days[: len(known)] == sorted(known, key=lambda day: day.first)
