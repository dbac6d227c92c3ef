"""Questions that ask for a timeline: of which topic, and of which days."""

import datetime as dt
import time

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
        ("OSAの年表", "OSA", None, None),
        ("日越関係のタイムラインを見せてください", "日越関係", None, None),
        ("OSAの経緯を教えてください", "OSA", None, None),
        ("両国の関係はどのように変わりましたか？", "両国の関係", None, None),
        ("防衛協力は2014年以降どう発展しましたか？", "防衛協力", START, None),
        ("2014年から2023年までの南シナ海の年表", "南シナ海", START, END),
        ("2023年までの南シナ海の年表", "南シナ海", None, END),
        ("2014年から2023年までに何が起きましたか？", "", START, END),
        ("dòng thời gian của OSA", "OSA", None, None),
        ("Cho tôi xem dòng thời gian về Biển Đông", "Biển Đông", None, None),
        ("Lịch sử của OSA", "OSA", None, None),
        ("Quan hệ hai nước đã thay đổi như thế nào?", "Quan hệ hai nước", None, None),
        ("Hợp tác quốc phòng phát triển ra sao từ năm 2014?", "Hợp tác quốc phòng", START, None),
        ("dòng thời gian của OSA trước năm 2024", "OSA", None, END),
        ("Điều gì đã xảy ra từ năm 2014 đến năm 2023?", "", START, END),
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
        "誰が2014年に署名しましたか？",
        "OSAとは何ですか？",
        "日本はどう反応しましたか？",
        "Ai ký hiệp định năm 2014?",
        "OSA là gì?",
        "Nhật Bản phản ứng ra sao?",
    ],
)
def test_no_timeline_is_asked_for(question: str) -> None:
    assert timeline_asked(question) is None


@pytest.mark.parametrize("question", ["timeline of \0", "since when \0?", "\0 over time", "what happened \0"])
def test_a_null_character_is_no_date(question: str) -> None:
    asked = timeline_asked(question)
    assert asked is None or (asked.since, asked.until) == (None, None)


@pytest.mark.parametrize("signs", ["- ", "?!.,;", "。、", "\N{EM DASH} "])
def test_a_question_of_signs_only_is_soon_told_to_ask_for_none(signs: str) -> None:
    began = time.process_time()
    assert timeline_asked(signs * (1_000 // len(signs))) is None
    assert time.process_time() - began < 0.5
