"""The record is looked through by place, person, outcome, opinion, time and words; told in full; and written out."""

import csv
import datetime as dt
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.record.export import ExportEntry, ExportFormat, export_text
from prompts.models import Answer, Channel, Citation
from retrieval.models import Kind
from storage.models import Exchange, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.record.selection import OpinionFilter, Selection, period
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import Ruling, Verdict
from tests.support.desk import CLI, policydesk, policydesk_process, unprivileged
from tests.support.osa import QUESTION

Judge = Callable[..., None]


def exchange(question: str, day: int = 1, **given: object) -> Exchange:
    """An exchange of November 2026; what is not given is the same for all."""
    answer = Answer(question=question, kind=Kind.WHAT, outcome="abstained", confidence=0.25)
    fields = {"chat_id": -100, "user_id": 7, "reply": "Nothing.", "answer": answer} | given
    at = dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)
    made = {"channel": Channel.TELEGRAM, "latency_ms": 1.5, "library": "a" * 64, "version": "0.1"}
    return Exchange.model_validate({"asked_at": at, **made, **fields})


def answered(question: str, *quotes: str, file: str = "a.txt") -> Answer:
    places = enumerate(quotes, 1)
    cited = tuple(
        Citation(number=n, file=file, line=n, start=0, end=len(q), quote=q, title="A", score=n) for n, q in places
    )
    return Answer(question=question, kind=Kind.WHO, outcome="answered", confidence=0.75, citations=cited)


def questions(*arguments: str) -> list[str]:
    ended = policydesk("history", *arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    return [entry["question"] for entry in json.loads(ended.stdout)]


@pytest.fixture
def judge(log: ExchangeLog) -> Iterable[Judge]:
    """Gives a verdict."""
    book = VerdictBook(log.database)

    def give(number: int, ruling: Ruling, reviewer: str = "Aiko", note: str = "") -> None:
        at = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
        book.give(Verdict(exchange_id=number, reviewer=reviewer, verdict=ruling, note=note, given_at=at))

    yield give
    book.close()


@pytest.fixture
def november(log: ExchangeLog) -> ExchangeLog:
    """Four exchanges: of two chats, three people and four days."""
    log.record(exchange("ships of Fiji", 1))
    log.record(exchange("ships of Tonga", 2, user_id=8, answer=answered("ships of Tonga", "Seven ships.")))
    log.record(exchange("planes of Fiji", 3, chat_id=5, user_id=5))
    log.record(exchange("=planes of Tonga", 4, user_id=8))
    return log


# --- looking through


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--chat", "-100"], [4, 2, 1]),
        (["--chat", "5"], [3]),
        (["--person", "8"], [4, 2]),
        (["--person", "9"], []),
        (["--outcome", "answered"], [2]),
        (["--outcome", "abstained", "--chat", "-100"], [4, 1]),
        (["--since", "2026-11-03"], [4, 3]),
        (["--until", "2026-11-03"], [3, 2, 1]),
        (["--since", "2026-11-02", "--until", "2026-11-03"], [3, 2]),
        (["--since", "2026-11"], [4, 3, 2, 1]),
        (["--until", "2025"], []),
        (["--since", "2026-11-03T12:00:01"], [4]),
        (["--until", "2026-11-03T12:00+01:00"], [2, 1]),
        (["--search", "ships"], [2, 1]),
        (["--search", "ships NOT fiji"], [2]),
        (["--search", "plane* OR seven"], [4, 3]),
        (["--search", "tonga", "--person", "8", "--since", "2026-11-03"], [4]),
        (["--search", "ships", "--chat", "5"], []),
        (["--search", "ships", "--outcome", "answered"], [2]),
        (["--limit", "2"], [4, 3]),
    ],
)
@pytest.mark.both_dialects
def test_history_is_narrowed_down_by_each_filter_and_by_several(arguments: list[str], expected: list[int]) -> None:
    shown = json.loads(policydesk("history", *arguments, "--json").stdout)
    assert [entry["id"] for entry in shown] == expected


@pytest.mark.both_dialects
def test_history_is_narrowed_down_by_what_people_think(november: ExchangeLog) -> None:
    book = FeedbackBook(november.database)
    book.press(1, 7, Thumb.UP)
    book.press(1, 8, Thumb.DOWN)
    book.press(2, 8, Thumb.DOWN)
    assert questions("--feedback", "up") == ["ships of Fiji"]
    assert questions("--feedback", "down") == ["ships of Tonga", "ships of Fiji"]
    assert questions("--feedback", "down", "--search", "tonga") == ["ships of Tonga"]
    assert questions("--feedback", "none") == ["=planes of Tonga", "planes of Fiji"]


@pytest.mark.usefixtures("november")
@pytest.mark.both_dialects
def test_history_is_narrowed_down_by_what_reviewers_say_the_newest_of_each_counting(judge: Judge) -> None:
    judge(1, Ruling.WRONG)
    judge(1, Ruling.RIGHT)
    judge(2, Ruling.RIGHT)
    judge(2, Ruling.SHOULD_HAVE_ABSTAINED, "Binh")
    assert questions("--verdict", "right") == ["ships of Tonga", "ships of Fiji"]
    assert questions("--verdict", "wrong") == []
    assert questions("--verdict", "should have abstained") == ["ships of Tonga"]
    assert questions("--verdict", "disputed") == ["ships of Tonga"]
    assert questions("--verdict", "none") == ["=planes of Tonga", "planes of Fiji"]
    assert questions("--verdict", "right", "--search", "fiji") == ["ships of Fiji"]


@pytest.mark.both_dialects
def test_exchanges_asked_while_the_clock_was_wrong_are_found_by_their_time(log: ExchangeLog) -> None:
    for day in (5, 1, 9, 3, 7):
        log.record(exchange(f"day {day}", day))
    assert questions("--since", "2026-11-03", "--until", "2026-11-07") == ["day 7", "day 3", "day 5"]


@pytest.mark.parametrize("date", ["yesterday", "2026-13", "2026-02-30", "20261", "0001-01-01T00:00+14:00", ""])
def test_a_date_that_is_none_is_told_how_dates_are_written(date: str) -> None:
    ended = policydesk("history", "--since", date)
    assert ended.returncode == 2
    assert "write 2025, 2025-04, 2025-04-28 or 2025-04-28T09:30" in re.sub(r"\s+", " ", ended.stderr)


@pytest.mark.both_dialects
def test_a_search_that_cannot_be_read_is_told_what_may_be_written() -> None:
    for place in (["history"], ["history", "export", "--format", "csv"]):
        ended = policydesk(*place, "--search", "ships AND")
        assert (ended.returncode, ended.stdout.replace("\r\n", "").count(",") < 20) == (2, True)
        assert "write OR or NOT between two, * after the beginning of one" in ended.stderr


def test_a_page_ends_where_the_next_begins(log: ExchangeLog) -> None:
    for number in range(7):
        log.record(exchange(f"number {number}"))
    found = [[e.id for e in log.each(Selection(search=search), page=3)] for search in (None, "number")]
    assert found == [[7, 6, 5, 4, 3, 2, 1]] * 2


def test_no_filter_reads_the_whole_log(november: ExchangeLog) -> None:
    selections = [
        Selection(),
        Selection(chat_id=5),
        Selection(user_id=5, outcome="answered"),
        Selection(outcome="answered"),
        Selection(feedback=OpinionFilter.DOWN),
        Selection(among=frozenset({1})),
        Selection(search="fiji"),
        Selection(search="fiji", chat_id=5),
    ]
    said: list[str] = []
    with november.database.reading() as db:
        db.conn.set_trace_callback(said.append)
    for selection in selections:
        november.select(selection, 5)
    with november.database.reading() as db:
        db.conn.set_trace_callback(None)
        asked = [sql for sql in said if sql.startswith("select id from")]
        plans = [[row[3] for row in db.execute(f"explain query plan {sql}")] for sql in asked]
    sorting = [plan for plan in plans if any("TEMP B-TREE" in step for step in plan)]
    scans = [step for plan in plans for step in plan if step.startswith("SCAN exchanges") and "INDEX" not in step]
    assert len(plans) >= len(selections)
    assert sorting == []
    assert [
        step for step in scans if step not in {"SCAN exchanges", "SCAN exchanges_fts VIRTUAL TABLE INDEX 0:M1"}
    ] == []


# --- one exchange


@pytest.mark.both_dialects
def test_show_tells_question_reading_reply_quotes_feedback_verdicts_and_timing(
    desk: Desk, log: ExchangeLog, judge: Judge
) -> None:
    asked = desk.ask(QUESTION, Asker(channel=Channel.TELEGRAM, chat_id=5, user_id=5, message_id=3))
    FeedbackBook(log.database).press(1, 5, Thumb.UP)
    judge(1, Ruling.PARTLY, note="Only three of four")
    shown = policydesk("history", "show", "1").stdout
    flat = re.sub(r"\s+", " ", shown)
    assert f"Question {QUESTION} Kind" in flat
    assert "answered, confidence 0." in flat
    assert re.search(r"Answered in \d+\.\d ms", flat)
    assert "The sources differ" in flat
    assert not re.search(r"</?[bi]>|<code>", flat)
    assert re.search(r"1 001_dd85be5707bc16ac.txt:17 \d+\.\d\d unchanged", flat)
    assert "Read as a question of kind" in flat
    assert re.search(r"5 up 20\d\d", flat)
    assert "Aiko partly Only three of four" in flat
    assert all(cited.quote[:40] in flat for cited in asked.answer.citations)


def test_show_as_json_holds_where_each_quote_stands_now(desk: Desk) -> None:
    desk.ask(QUESTION, CLI)
    told = json.loads(policydesk("history", "show", "1", "--json").stdout)
    assert {entry["state"] for entry in told["whereabouts"]} == {"unchanged"}
    assert len(told["whereabouts"]) == len(told["exchange"]["citations"])
    assert (told["reading"]["kind"], told["leaned_on"], told["verdicts"]) == ("list", [], [])


def test_show_tells_what_a_follow_up_was_read_with(desk: Desk) -> None:
    first = desk.ask(QUESTION, CLI)
    desk.ask("and Malaysia?", CLI, earlier=desk.thread(first))
    told = json.loads(policydesk("history", "show", "2", "--json").stdout)
    assert told["leaned_on"] == [QUESTION]
    assert {part["word"] for part in told["reading"]["carried"]}
    assert f"Read with       {QUESTION}" in re.sub(r" {2,}", "       ", policydesk("history", "show", "2").stdout)


def test_show_works_without_articles(desk: Desk, tmp_path: Path) -> None:
    desk.ask("zebra quiz?", CLI)
    ended = policydesk("history", "show", "1", "--articles", tmp_path / "nowhere")
    assert ended.returncode == 0
    assert "zebra quiz?" in ended.stdout
    assert "not known how the quotes stand" in ended.stderr


@pytest.mark.usefixtures("november")
@pytest.mark.both_dialects
def test_what_was_forgotten_is_neither_found_nor_shown_nor_written_out(log: ExchangeLog) -> None:
    PeopleRecord(log.database).forget(8)
    assert questions() == ["planes of Fiji", "ships of Fiji"]
    assert questions("--outcome", "answered") == []
    ended = policydesk("history", "show", "2")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "policydesk: No exchange 2 is on record: `policydesk history` shows those that are.\n"
    assert policydesk("history", "export", "--format", "jsonl").stdout.count("\n") == 2


# --- writing out


def exported(form: str, *arguments: str | Path) -> str:
    ended = policydesk("history", "export", "--format", form, *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.usefixtures("november")
@pytest.mark.both_dialects
def test_lines_of_json_hold_all_that_is_on_record(log: ExchangeLog, judge: Judge) -> None:
    judge(2, Ruling.RIGHT)
    lines = [json.loads(line) for line in exported("jsonl").splitlines()]
    verdicts = [line.pop("verdicts") for line in lines]
    assert lines == [entry.model_dump(mode="json") for entry in log.history()]
    assert [[verdict["verdict"] for verdict in given] for given in verdicts] == [[], [], ["right"], []]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "＝"])
def test_no_cell_of_a_table_is_a_formula(log: ExchangeLog, start: str) -> None:
    text = f'{start}HYPERLINK("http://x","y")\n\x1b[31m,"quoted"'
    log.record(exchange(text, reply=text, answer=answered(text, text, file=text)))
    rows = list(csv.DictReader(io.StringIO(exported("csv"), newline="")))
    assert len(rows) == 1
    for name in ("question", "reply", "quotes", "sources"):
        assert rows[0][name].startswith("'"), name
        assert "\x1b" not in rows[0][name]
    assert (rows[0]["chat_id"], rows[0]["outcome"], rows[0]["asked_at"]) == (
        "-100",
        "answered",
        "2026-11-01T12:00:00+00:00",
    )


def test_people_read_replies_as_they_were_seen_and_nothing_in_them_is_markup(log: ExchangeLog) -> None:
    reply = "“<b>Seven</b> &lt;script&gt;alert(1)&lt;/script&gt;” <code>a.txt</code>:1"
    log.record(exchange("", reply=reply, answer=answered("<img src=x> [x](javascript:y) # *no*", "<i>Seven</i>")))
    page, text = exported("html"), exported("md")
    assert "“Seven &lt;script&gt;alert(1)&lt;/script&gt;” a.txt:1" in page
    assert not re.search(r"<(?:script|img|i|b)\b", page)
    assert r"\<img src=x\> \[x\](javascript:y) \# \*no\*" in text
    assert r"> “Seven \<script\>alert(1)\</script\>” a.txt:1" in text


def test_titles_lead_to_the_published_originals(log: ExchangeLog) -> None:
    url = "https://www.example.org/port?a=1&b=2"
    (plain,) = answered("ships?", "Seven ships.").citations
    linked = plain.model_copy(update={"number": 2, "title": "<The> port", "url": url, "publisher": "Harbour Office"})
    answer = answered("ships?").model_copy(update={"citations": (plain, linked)})
    log.record(exchange("ships?", answer=answer))
    page, text = exported("html"), exported("md")
    assert re.findall(r"<a href=\"(.*?)\">(.*?)</a>, (.*?), <code>", page) == [
        ("https://www.example.org/port?a=1&amp;b=2", "&lt;The&gt; port", "Harbour Office")
    ]
    assert rf"[\<The\> port](<{url}>), Harbour Office, a.txt:1" in text


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize("form", ["csv", "jsonl", "md", "html"])
def test_what_is_written_out_is_narrowed_down_like_what_is_shown(form: str, tmp_path: Path) -> None:
    before = policydesk("history", "--person", "8", "export", "--format", form, "--search", "planes").stdout
    out = tmp_path / "record"
    said = exported(form, "--person", "8", "--search", "planes", "--output", out)
    assert said == f"Exported to {out}: 1 exchange.\n"
    assert out.read_bytes().decode() == before
    assert "planes of Tonga" in before
    assert "ships" not in before
    assert [path.name for path in tmp_path.glob("record*")] == ["record"]


def test_a_file_that_cannot_be_written_is_one_clear_line_and_leaves_nothing(tmp_path: Path) -> None:
    ended = policydesk("history", "export", "--format", "csv", "--output", tmp_path / "missing" / "out.csv")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"policydesk: .* cannot be written \(.*\): name another file\.\n", ended.stderr)


@pytest.mark.usefixtures("november")
def test_a_file_that_is_there_stays_as_it_was_when_writing_fails(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("before", encoding="utf-8")
    assert policydesk("history", "export", "--format", "csv", "--output", out, "--search", "(").returncode == 2
    assert out.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize("form", list(ExportFormat))
def test_the_record_is_written_one_exchange_at_a_time(november: ExchangeLog, form: ExportFormat) -> None:
    (first, *_) = november.history()
    taken: list[int] = []

    def endless() -> Iterable[ExportEntry]:
        while True:
            taken.append(1)
            yield ExportEntry(first, first.reply, ())

    pieces = export_text(endless(), form)
    text = ""
    while text.count("planes of Tonga") < 5:
        text += next(pieces)
    assert len(taken) <= 6


def test_no_period_and_every_period_have_their_ends(november: ExchangeLog) -> None:
    with november.database.reading() as db:
        early = Selection(until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert period(db, Selection()).first == 0
        assert period(db, early).first > period(db, early).last


# --- a record that cannot be written


@pytest.fixture
def protected(desk: Desk, log: ExchangeLog, tmp_path: Path) -> Iterator[Path]:
    """The record of a question, in a folder that cannot be written, as on a disk mounted to be read only."""
    desk.ask("zebra quiz?", Asker(channel=Channel.CLI))
    log.database.close()
    (tmp_path / "disk").mkdir()
    path = Path(shutil.copy(log.database.path, tmp_path / "disk"))
    path.chmod(0o400)
    path.parent.chmod(0o500)
    yield path
    path.parent.chmod(0o700)


def test_a_record_that_cannot_be_written_can_be_read(protected: Path) -> None:
    """By every command that reads it; one process without rights runs them all."""
    found = {
        "history": "zebra quiz?",
        "history show 1": "zebra quiz?",
        "history export --format csv": "zebra quiz?",
        "replay --all": "1 same",
        "access list": "Owners: none",
    }
    script = (
        "import json, sys\n"
        "from tests.support.desk import policydesk\n"
        "ended = [policydesk(*command.split()) for command in sys.argv[1:]]\n"
        "print(json.dumps([(each.returncode, each.stderr, each.stdout) for each in ended]))\n"
    )
    command = [*unprivileged(), sys.executable, "-c", script, *found]
    environment = {**os.environ, "POLICYDESK_DATABASE": str(protected), "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    for (code, error, said), words in zip(json.loads(done.stdout), found.values(), strict=True):
        assert (code, error) == (0, "")
        assert words in said


def test_a_question_is_not_answered_where_it_cannot_be_put_on_record(protected: Path) -> None:
    done = policydesk_process("ask", "Who?", under=unprivileged(), POLICYDESK_DATABASE=str(protected))
    assert (done.returncode, done.stdout) == (2, "")
    assert "give the bot's user the right to write the file and its folder" in done.stderr
