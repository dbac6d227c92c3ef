"""A timeline over Japanese and Vietnamese articles: by the dates of both, whatever language it is asked for in."""

from pathlib import Path

import pytest

from retrieval.library import Library
from retrieval.reading.articles import read_folder
from retrieval.timeline.request import timeline_asked
from retrieval.timeline.timeline import build_timeline, topic_query
from tests.retrieval.lingual.reports import write_reports


def test_the_reports_are_dated_files(tmp_path: Path) -> None:
    articles, _ = read_folder(write_reports(tmp_path))
    assert all(article.source.date for article in articles)


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("マレーシアの年表", {"2023-12-16": "16日"}),
        ("Dòng thời gian của Malaysia", {"2023-12-16": "16日"}),
        ("timeline of Malaysia", {"2023-12-16": "16日"}),
        ("日本の年表", {"2023": "năm 2023"}),
        ("timeline of Japan", {"2023": "năm 2023"}),
    ],
)
def test_a_timeline_has_the_dated_sentences_of_all_languages(
    library: Library, question: str, dates: dict[str, str]
) -> None:
    request = timeline_asked(question)
    assert request is not None
    events = [group.event for group in build_timeline(library, topic_query(library, request), request, 12).groups]
    assert {e.days.iso(): e.written for e in events if e.days} == dates
    firsts = [event.days.first for event in events if event.days]
    assert firsts == sorted(firsts)
