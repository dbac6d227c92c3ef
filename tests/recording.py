"""A recording of answers, words, log and pages of the desk, to prove that a change of code leaves them as they were.

`python -m tests.recording record FILE` writes it, a JSON object with a key and a value a line; `compare FILE` records
anew and says where the two differ, exit code 1 if they do. Times and places of files are left out.
"""

import asyncio
import datetime as dt
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from difflib import unified_diff
from itertools import count, islice, takewhile
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from typer.core import TyperGroup
from typer.main import get_command

from bot.app import open_desk
from bot.cli.main import app
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.record.cited_sources import context_of
from bot.settings import PREFIX, SEEDS, read_settings
from prompts.languages import Language
from prompts.models import Channel
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.models import Exchange, FeedbackReason, Thread, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from tests.support.desk import JUDGMENTS, policydesk, policydesk_process
from tests.support.review_site import NOON, Visitor, site_over
from tests.support.scripts.scenarios import (
    COMMANDS,
    PAGES,
    THREADS,
    Question,
    dated_articles,
    dated_questions,
    questions,
)

MOST_KEYS, MOST_LINES = 20, 12
"""How many differences `compare` shows, and how many lines of each of them."""
CODE = Path(__file__).resolve().parent.parent
ROOM, PERSON = -100, 7
BETTER = {"file": "003_e5f3be33e5a72950.txt", "start": 340, "end": 466}
"""A sentence that a reviewer would have quoted."""
FIXED_TIMES = (
    "update exchanges set latency_ms = 10 + id % 7, asked_at = strftime('%Y-%m-%dT%H:%M:%fZ', ?, id || ' minutes')",
    "update feedback set given_at = strftime('%Y-%m-%dT%H:%M:%fZ', ?, exchange_id || ' minutes')",
)
"""Give each exchange on record a time of its own, minutes after a moment."""
Entries = dict[str, Any]
Recording = dict[str, str]
"""A value as JSON for each key."""


class Scribe:
    """Asks a desk, and writes down each answer."""

    def __init__(self, desk: Desk, database: DeskDatabase) -> None:
        self._desk, self._log = desk, ExchangeLog(database)
        self._messages, self._topics = count(1), count(1)
        self.entries: Entries = {}

    def ask_all(self, questions: Iterable[Question]) -> None:
        """Ask questions, one after the other."""
        for question in questions:
            self.ask(question)

    def ask(self, question: Question) -> None:
        """Ask on the command line, and word the answer for every other channel too."""
        earlier = Thread(questions=question.earlier)
        exchange = self._desk.answer(question.text, Asker(channel=Channel.CLI), earlier=earlier)
        exchange = self._desk.put_on_record(exchange.model_copy(update={"asked_at": NOON}))
        self._note(question.key, exchange)
        self.entries[f"{question.key}/explanation"] = self._desk.explain(question.text, earlier)
        considered = self._desk.answer_with_findings(question.text, earlier=question.earlier)
        self.entries[f"{question.key}/findings"] = considered.findings
        for language in Language:
            self._word(f"{question.key}/{language.value}", exchange, language)
        self.entries[f"{question.key}/offers"] = self._desk.offer(question.text, Language.JAPANESE)[1]

    def _word(self, key: str, exchange: Exchange, language: Language) -> None:
        renderer, answer = self._desk.renderer.in_language(language), exchange.answer
        self.entries[f"{key}/cli"] = renderer.answer(answer, Channel.CLI)
        self.entries[f"{key}/telegram"] = renderer.answer(answer, Channel.TELEGRAM)
        self.entries[f"{key}/compact"] = renderer.answer(answer, Channel.TELEGRAM, compact=True)
        waited = dt.timedelta(minutes=59)
        self.entries[f"{key}/late"] = renderer.answer(answer, Channel.INLINE, waited=waited)
        row = self._log.find(exchange.id or 0)
        if answer.citations and row:
            self.entries[f"{key}/quote"] = renderer.quote(answer)
            quote = row.citations[0]
            context = context_of(self._desk.library, quote)
            self.entries[f"{key}/context"] = renderer.context(context, quote.number)

    def converse(self, key: str, texts: Sequence[str], language: Language) -> None:
        """Ask one question after the other in a chat; "edit: ..." changes the last, and "more" asks for more of it."""
        asker = Asker(channel=Channel.TELEGRAM, chat_id=ROOM, user_id=PERSON, language=language)
        last, topic = 0, next(self._topics)
        for number, text in enumerate(texts):
            if text == "more":
                shown = self._log.shown_before(last)
                exchange = self._desk.answer_more(shown, asker) if shown[0].citations else None
            elif text.startswith("edit: "):
                exchange = self._desk.answer_again(text.removeprefix("edit: "), asker)
            else:
                place = {"message_id": next(self._messages), "thread_id": topic, "among_others": number % 2 == 1}
                asker = asker.model_copy(update=place)
                exchange = self._desk.answer(text, asker)
            self.entries[f"{key}/{number}/reply"] = exchange and exchange.reply
            if exchange:
                exchange = self._desk.put_on_record(exchange)
                last = exchange.id or 0
                self._desk.note_reply(exchange, next(self._messages))
                self._note(f"{key}/{number}", exchange)

    def _note(self, key: str, exchange: Exchange) -> None:
        row = self._log.find(exchange.id or 0)
        self.entries[f"{key}/answer"] = exchange.answer
        self.entries[f"{key}/row"] = row and row.model_dump(mode="json", exclude={"asked_at", "latency_ms"})


def record() -> Recording:
    """The whole recording; takes a minute."""
    with _place() as place:
        shutil.copytree(SEEDS, "articles")
        shutil.copytree(JUDGMENTS, "judgments")
        dated = dated_articles(Path("dated"))
        with closing(DeskDatabase(place / "policydesk.db")) as database:
            scribe = Scribe(open_desk(read_settings(), Library.open(Path("articles")), database), database)
            scribe.ask_all(questions())
            for number, texts in enumerate(THREADS):
                for language in Language:
                    scribe.converse(f"thread/{number}/{language.value}", texts, language)
            dated_scribe = Scribe(open_desk(read_settings(), Library.open(dated), database), database)
            dated_scribe.ask_all(dated_questions())
            _fix_times(database)
        pages = asyncio.run(_pages(database.path))
        commands = dict(_commands(place))
        return _recording(scribe.entries | dated_scribe.entries | pages | commands, place)


def first_answers(scribe: Scribe, most: int) -> Recording:
    """The recording of the first few questions."""
    scribe.ask_all(islice(questions(), most))
    return _recording(scribe.entries, Path.cwd())


@contextmanager
def _place() -> Iterator[Path]:
    """An empty working directory, and no settings but those that every recording has."""
    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as process:
        for name in os.environ:
            if name.startswith(PREFIX):
                process.delenv(name)
        for name, value in {"ARTICLES": "articles", "DATABASE": "policydesk.db", "SEARCHERS": "2"}.items():
            process.setenv(PREFIX + name, value)
        process.setenv("COLUMNS", "160")
        process.setenv("XDG_DATA_HOME", root)
        process.chdir(root)
        yield Path(root)


def _fix_times(database: DeskDatabase) -> None:
    """Put thumbs on record, and have all times there independent of the clock."""
    for number, (thumb, reason) in enumerate(
        [(Thumb.UP, None), (Thumb.DOWN, FeedbackReason.OLD), (Thumb.DOWN, FeedbackReason.OTHER)] * 4
    ):
        book = FeedbackBook(database)
        book.press(number * 3 + 1, PERSON + number % 2, thumb)
        if reason:
            book.explain(number * 3 + 1, PERSON + number % 2, reason, "Not <so>." if number % 2 else None)
    with closing(sqlite3.connect(database.path)) as connection, connection:
        for statement in FIXED_TIMES:
            connection.execute(statement, [f"{NOON:%Y-%m-%d %H:%M}"])


async def _pages(log: Path) -> Entries:
    """The pages for reviewers, before and after some verdicts."""
    entries: Entries = {}
    with closing(DeskDatabase(log)) as database, site_over(database, Path("articles")) as site:
        ada, ben = Visitor(site), Visitor(site, "Ben")
        for name, visitor in {"before": ada, "after": ben}.items():
            for address in _items(PAGES.replace("SPAN", "since=2026-03-01&until=2026-03-05")):
                page = await visitor.get(address)
                entries[f"page/{name}{address}"] = {"status": page.status_code, "text": page.text}
            for number, ruling in enumerate(["right", "wrong", "partly", "should have abstained", "great"], 1):
                fields = {"verdict": ruling, "note": f"Of <{number}>"}
                page = await ada.post(f"/exchange/{number}/verdict?status=all", fields)
                entries[f"page/{name}/verdict/{number}"] = [page.status_code, page.headers.get("location"), page.text]
            await ben.post("/exchange/2/verdict", {"verdict": "right", **BETTER})
            await ben.post("/exchange/6/second", {})
    return entries


def _commands(place: Path) -> Iterator[tuple[str, object]]:
    """The help of every command, and the output of the script's commands."""
    for names in _command_names(get_command(app)):
        yield f"help/{' '.join(names)}", _ending(policydesk(*names, "--help"))
    for number, line in enumerate(_items(COMMANDS)):
        yield f"command/{number:03} {line}", _ending(policydesk(*shlex.split(line), stdin="What is OSA?\nwhy?\n\n"))
    yield "command/demo", _ending(policydesk_process("demo", "--once", PYTHONPATH=str(CODE), XDG_DATA_HOME=str(place)))
    yield "command/out.csv", Path("out.csv").read_text(encoding="utf-8")
    yield "command/run.jsonl", Path("run.jsonl").read_text(encoding="utf-8")


def _command_names(command: object, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    if isinstance(command, TyperGroup):
        for name, inner in sorted(command.commands.items()):
            yield from _command_names(inner, *names, name)


def _ending(done: subprocess.CompletedProcess[str]) -> object:
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def _items(lines: str) -> list[str]:
    return [item.strip() for item in lines.strip().replace("\n", "|").split("|")]


def _recording(entries: Mapping[str, Any], place: Path) -> Recording:
    """Entries as JSON, without all that varies: places of files, today's times, tokens, unique ids, free space."""
    today = dt.datetime.now(dt.UTC).date()
    days = "|".join(str(today - dt.timedelta(days=back)) for back in range(2))
    variable = {
        re.escape(str(place.resolve())): "<place>",
        re.escape(str(CODE)): "<checkout>",
        rf"(?:{days})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)?)?": "<now>",
        r'(name=\\"csrftoken\\" value=\\")[^"\\]+': r"\1<token>",
        r"\d+\.\d GB": "<size>",
        r"((?:uid|note-)[^0-9a-f]{0,20})[0-9a-f]{16}\b": r"\1<uid>",
    }
    recording = {}
    for key, value in entries.items():
        text = json.dumps(_in_order(value), default=to_jsonable_python, ensure_ascii=False, sort_keys=True)
        for pattern, instead in variable.items():
            text = re.sub(pattern, instead, text)
        recording[key] = text
    return recording


def _in_order(value: object) -> object:
    """A value with lists in the place of sets, whose order says nothing."""
    if isinstance(value, BaseModel):
        return _in_order(value.model_dump())
    if isinstance(value, Mapping):
        return {key: _in_order(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return list(map(_in_order, value))
    return sorted(map(str, value)) if isinstance(value, (set, frozenset)) else value


def write(recording: Recording, file: Path) -> None:
    """Write a recording, a line for each key, in their order."""
    lines = (f'{{"key": {json.dumps(key)}, "value": {recording[key]}}}\n' for key in sorted(recording))
    file.write_text("".join(lines), encoding="utf-8")


def read(file: Path) -> Recording:
    """The recording that a file holds."""
    lines = map(json.loads, file.read_text(encoding="utf-8").split("\n")[:-1])
    return {line["key"]: json.dumps(line["value"], ensure_ascii=False, sort_keys=True) for line in lines}


def differences(before: Recording, after: Recording) -> Iterator[str]:
    """Each key that differs, with the first lines that do."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield "\n".join([key, *_diff(_as_lines(old), _as_lines(new))])


def _as_lines(value: str | None) -> list[str]:
    if value is None:
        return []
    text = json.dumps(json.loads(value), ensure_ascii=False, indent=1)
    return text.replace("\\n", "\n").split("\n")


def _diff(before: list[str], after: list[str]) -> list[str]:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    shown = slice(same, same + MOST_LINES)
    return [f"  {line}" for line in unified_diff(before[shown], after[shown], lineterm="", n=0)][2 : MOST_LINES + 2]


def main() -> None:
    """Record, or compare; exit code 1 where a recording differs from the one before."""
    if os.environ.get("PYTHONHASHSEED") != "0":  # some commands print sets in the order of hashes
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606 - this program
    match sys.argv[1:]:
        case ["record", file]:
            write(record(), Path(file))
        case ["compare", file]:
            found = list(differences(read(Path(file)), record()))
            print("\n".join([*found[:MOST_KEYS], f"{len(found)} differ."]))
            raise SystemExit(1 if found else 0)
        case _:
            raise SystemExit("usage: python -m tests.recording record|compare FILE")


if __name__ == "__main__":
    main()
