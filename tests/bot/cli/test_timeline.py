"""`policydesk timeline`: the quotes on a topic in the order of time, as text, Markdown, a page or JSON."""

import re
from pathlib import Path

import pytest

from prompts.models import Answer
from storage.record.exchanges import ExchangeLog
from tests.support.desk import policydesk, write

TOPIC = "Japan-Vietnam relations"


def test_the_days_come_in_order_with_how_they_are_known(log: ExchangeLog) -> None:
    ended = policydesk("timeline", TOPIC)
    assert (ended.returncode, ended.stderr) == (0, "")
    days = [line for line in ended.stdout.split("\n") if re.match(r"\d{4}\b|Undated", line)]
    assert days[0] == "2014-03:"
    assert "2023-11-27 (worked out from “Monday”):" in days
    assert days[-1].startswith("Undated (“")
    (logged,) = log.history()
    assert (logged.question, logged.reply + "\n") == (f"Timeline of {TOPIC}", ended.stdout)


def test_json_has_the_day_of_each_quote_and_never_changes_the_quote() -> None:
    answer = Answer.model_validate_json(policydesk("timeline", TOPIC, "--format", "json").stdout)
    quotes = {citation.number: citation.quote for citation in answer.citations}
    monday = next(mark for mark in answer.timeline if mark.date == "2023-11-27" and mark.written == "Monday")
    assert monday.worked_out
    assert "agreed Monday to" in quotes[monday.number]
    assert "2023" not in quotes[monday.number]
    assert next(mark for mark in answer.timeline if mark.date == "2014-03").worked_out is False


@pytest.mark.parametrize(
    ("options", "question", "days"),
    [
        (("--until", "2014"), f"Timeline of {TOPIC} until 2014-12-31", {"2014-03"}),
        (("--since", "2023-11"), f"Timeline of {TOPIC} since 2023-11-01", {"2023", "2023-11-27"}),
        (
            ("--since", "2014", "--until", "2022-12-31"),
            f"Timeline of {TOPIC} from 2014-01-01 to 2022-12-31",
            {"2014-03"},
        ),
    ],
)
def test_a_period_keeps_the_days_that_lie_in_it(options: tuple[str, ...], question: str, days: set[str]) -> None:
    answer = Answer.model_validate_json(policydesk("timeline", TOPIC, *options, "--format", "json").stdout)
    assert answer.question == question
    assert {mark.date for mark in answer.timeline} == days


def test_a_date_that_is_none_is_said_to_be_none() -> None:
    ended = policydesk("timeline", TOPIC, "--since", "soon")
    assert ended.returncode == 2
    assert "no date" in ended.stderr


def test_nothing_on_a_topic_exits_with_1() -> None:
    ended = policydesk("timeline", "unicorns", "--format", "md")
    assert (ended.returncode, ended.stdout) == (1, "Nothing in the articles answers this: nothing on unicorns.\n")


def test_markdown_is_a_document_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "osa.md"
    assert policydesk("timeline", "OSA", "--format", "md", "--output", file).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Timeline of OSA\n")
    assert text.index("\n## 2023\n") < text.index("\n## Undated\n")
    assert "Worked out from “this year” in an article of 2023-11-29." in text
    assert "“Monday”, in an article without a date." in text


def test_the_page_has_a_mark_for_each_dated_quote() -> None:
    page = policydesk("timeline", TOPIC, "--format", "html").stdout
    answer = Answer.model_validate_json(policydesk("timeline", TOPIC, "--format", "json").stdout)
    assert page.count("<circle") == sum(mark.date is not None for mark in answer.timeline)
    assert page.count("<article") == len(answer.timeline)
    assert all(f'id="q{mark.number}"' in page for mark in answer.timeline)
    assert "http" not in page


def test_what_an_article_says_is_no_markup_of_the_page(tmp_path: Path) -> None:
    write(
        tmp_path / "a", "<b>Ships</b> & more\n\nThe frigate <script>alert(1)</script> sailed to Hanoi in March 2014.\n"
    )
    page = policydesk("timeline", "frigate", "--articles", tmp_path, "--format", "html").stdout
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_same_event_told_elsewhere_is_named_once(tmp_path: Path) -> None:
    told = "The frigate Mogami sailed from Yokosuka to Hanoi on March 3, 2014, with two hundred cadets aboard.\n"
    write(tmp_path / "a", f"Ships of the navy\n\n{told}")
    write(tmp_path / "b", f"Cadets abroad\n\n{told}")
    text = policydesk("timeline", "frigate Mogami", "--articles", tmp_path).stdout
    assert (text.count("2014-03-03"), text.count("(also in [2])"), text.count("sailed from Yokosuka")) == (1, 1, 1)
