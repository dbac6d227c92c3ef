"""Questions that ask for a timeline: of which topic, and of which days."""

import datetime as dt

import pytest

from retrieval.timeline.request import timeline_asked

START, END = dt.date(2014, 1, 1), dt.date(2023, 12, 31)


@pytest.mark.parametrize(
    ("question", "topic", "since", "until"),
    [
        ("timeline of OSA", "OSA", None, None),
        ("Timeline: South China Sea", "South China Sea", None, None),
        ("Please show me a timeline of the OSA programme!", "the OSA programme", None, None),
        ("OSA timeline", "OSA", None, None),
        ("history of OSA", "OSA", None, None),
        ("What is the history of the strategic partnership?", "the strategic partnership", None, None),
        ("how did the relationship evolve", "the relationship", None, None),
        ("How has the relationship evolved over time?", "the relationship", None, None),
        ("How has defence cooperation developed since 2014?", "defence cooperation", START, None),
        ("what happened between 2014 and 2023", "", START, END),
        ("What has happened in the South China Sea since 2014?", "in the South China Sea", START, None),
        ("timeline of OSA until 2023", "OSA", None, END),
        ("timeline of OSA before 2024", "OSA", None, END),
        ("timeline of OSA after 2013", "OSA", START, None),
        ("timeline of OSA from 2014-01-01 to 2023-12-31", "OSA", START, END),
        ("since when has Vietnam been a partner?", "has Vietnam been a partner", None, None),
        ("arms exports over the years", "arms exports", None, None),
    ],
)
def test_a_timeline_is_asked_for(question: str, topic: str, since: dt.date | None, until: dt.date | None) -> None:
    asked = timeline_asked(question)
    assert asked is not None
    assert (asked.topic, asked.since, asked.until) == (topic, since, until)


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the agreement in 2014?",
        "What happened?",
        "What happened in Hanoi?",
        "How did Japan react?",
        "Which ship docked at Cam Ranh?",
        "timeline",
        "What is OSA?",
        "Did the relationship change?",
    ],
)
def test_no_timeline_is_asked_for(question: str) -> None:
    assert timeline_asked(question) is None


@pytest.mark.parametrize("question", ["timeline of \0", "since when \0?", "\0 over time", "what happened \0"])
def test_a_null_character_is_no_date(question: str) -> None:
    asked = timeline_asked(question)
    assert asked is None or (asked.since, asked.until) == (None, None)
