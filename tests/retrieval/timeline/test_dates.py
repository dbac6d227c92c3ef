"""Date expressions: where they stand in a text, and the days that they mean."""

import datetime as dt
import itertools
import json
import time
import unicodedata
from pathlib import Path

import pytest

from retrieval.dates.expressions import DateExpression, find_dates


def judged(name: str) -> list[dict[str, str]]:
    lines = (Path(__file__).parents[2] / "judgments" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


JUDGED, ELSEWHERE = judged("dates.jsonl"), judged("dates_ja_vi.jsonl")
RIGHT = 0.95


def read(text: str, published: str | None) -> list[DateExpression]:
    return find_dates(text, dt.date.fromisoformat(published) if published else None)


def days(text: str, published: str | None) -> list[str]:
    return [date.days.iso() if date.days else "undated" for date in read(text, published)]


def wrong(cases: list[dict[str, str]]) -> list[str]:
    missed = []
    for case in cases:
        start = case["text"].index(case["expression"])
        end = start + len(case["expression"])
        found = [date for date in read(case["text"], case["published"]) if date.start < end and start < date.end]
        if [date.days.iso() if date.days else "undated" for date in found] != [case["days"]]:
            missed.append(case["text"])
    return missed


def test_the_judged_expressions_are_resolved() -> None:
    missed = wrong(JUDGED)
    assert len(JUDGED) >= 150
    assert len(missed) <= (1 - RIGHT) * len(JUDGED), missed


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_the_judged_expressions_in_japanese_and_vietnamese_are_resolved(language: str) -> None:
    cases = [case for case in ELSEWHERE if case["language"] == language]
    missed = wrong(cases)
    assert len(cases) >= 60
    assert len(missed) <= (1 - RIGHT) * len(cases), missed


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        ("共同声明は２０２３年１１月２７日に出た。", "２０２３年１１月２７日", "2023-11-27"),
        (unicodedata.normalize("NFD", "Ký ngày 27 tháng 11 năm 2023."), "27", "2023-11-27"),
    ],
)
def test_a_date_stands_where_it_is_written_in_full_width_or_with_marks_apart(
    text: str, written: str, meant: str
) -> None:
    (date,) = read(text, None)
    assert written in text[date.start : date.end]
    assert date.days
    assert date.days.iso() == meant


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
        "交渉は3日間続き、5か国が加わった。",
        "木の橋を渡り、月面に着いた。日本の土地だ。",
        "毎月5人が加わり、第3火力発電所が動く。",
        "Năm nước tham gia, ba phần tư ủng hộ, đạt tỷ lệ 3/4.",
        "Đây là lần thứ ba, nền kinh tế lớn thứ hai thế giới.",
        "Nghị quyết 57/2023 và quyết định 12/QĐ.",
    ],
)
def test_no_date_is_seen_where_none_is_said(text: str) -> None:
    assert days(text, "2023-11-29") == []


def test_a_date_that_is_counted_is_told_from_one_that_is_said() -> None:
    found = read("On Monday, May 3 or in 2014 they met.", "2023-11-29")
    assert [date.is_counted for date in found] == [True, False]


def test_no_day_is_made_of_what_the_calendar_does_not_have() -> None:
    assert days("It happened on February 30, 2023.", "2023-11-29") == ["2023"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("会議は2月30日に開かれた。", ["2022-02"]),
        ("2月29日に開かれた。", ["2022-02"]),
        ("審査には60日から90日かかる。", []),
        ("この寺は二三十年前に建てられた。", []),
        ("十二三年前に建てられた。", []),
        ("この二三十年で増えた。", []),
        ("令和十十年に開かれた。", []),
        ("ngày 31 tháng 11 họp", ["2021-11"]),
        ("ngày 30/2 họp", []),
        ("quý ıı 2023", ["2023"]),
        ("tháng gıêng", []),
    ],
)
def test_a_day_or_number_that_does_not_exist_stops_no_reading(text: str, found: list[str]) -> None:
    assert days(text, "2022-05-01") == found


def test_dates_do_not_overlap_and_are_in_order() -> None:
    found = read("From March 2014 until Nov. 27, 2023, and again on Monday last week.", "2023-11-29")
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    "date",
    [
        "on May 3, ", "in May, ", "on Monday ", "in 2014, ", "three days ago ", "last month ", "3 May 2014; ",
        "2014年3月5日、", "3月5日に", "月曜日に", "先月、",
        "ngày 5 tháng 3 năm 2014, ", "ngày 5 tháng 3, ", "hôm thứ hai ", "tháng trước, ",
    ],
)  # fmt: skip
def test_a_sentence_may_hold_as_many_dates_as_it_likes(date: str) -> None:
    started = time.process_time()
    assert len(read(date * 1_800 + "end.", "2024-05-08")) == 1_800
    assert time.process_time() - started < 3  # 15 s, where each date is compared with all others
