"""Answers and exchanges made by hand, and a message read as Telegram reads it."""

import datetime as dt
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

from prompts.models import Answer, Channel, Citation, Reason
from retrieval.models import FilterFault, Kind, Problem
from storage.database.connection import DeskDatabase
from storage.models import Exchange
from storage.record.exchanges import ExchangeLog


class Reading(HTMLParser):
    """What Telegram makes of a message: its text, its tags, and what is bold."""

    def __init__(self, message: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.bold, self._open = "", set[str](), list[str](), list[str]()
        self.feed(message)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs in ([], [("expandable", None)] if tag == "blockquote" else []) or tag == "a"
        self.tags.add(tag)
        self._open.append(tag)
        if tag == "b":
            self.bold.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "b" in self._open:
            self.bold[-1] += data


def citation(number: int = 1, quote: str = "Kishi signed.", **given_: object) -> Citation:
    fields = {"file": "a.txt", "line": 3, "start": 0, "end": len(quote), "title": "A deal", "score": 1.0, **given_}
    return Citation.model_validate({"number": number, "quote": quote, **fields})


def answered(*citations: Citation, question: str = "Who signed?", kind: Kind = Kind.WHO, **given_: object) -> Answer:
    fields = {"outcome": "answered", "confidence": 0.9, "citations": citations, **given_}
    return Answer.model_validate({"question": question, "kind": kind, **fields})


def abstained(
    reason: Reason = Reason.UNSUPPORTED, question: str = "Who?", closest: tuple[Citation, ...] = ()
) -> Answer:
    fault = FilterFault(problem=Problem.DATE, filters=("after:x",)) if reason is Reason.FILTERS else None
    values = {"question": question, "reason": reason, "citations": closest, "fault": fault}
    return Answer.model_validate({"kind": Kind.WHO, "outcome": "abstained", "confidence": 0, **values})


def exchange(question: str = "Who signed?", reply: str = "“Kishi signed.”", quotes: tuple[str, ...] = ()) -> Exchange:
    fields = {"title": "A", "sha256": "f" * 64}
    citations = tuple(
        citation(n, quote, file=f"{n}.txt", line=n, start=n, end=n + len(quote), score=n / 3, **fields)
        for n, quote in enumerate(quotes, 1)
    )
    return Exchange(
        asked_at=dt.datetime(2025, 4, 28, 9, 30, 15, 125_000, tzinfo=dt.UTC),
        channel=Channel.TELEGRAM,
        chat_id=-1001234567890,
        user_id=2**52,
        message_id=3,
        update_id=4,
        answer=Answer(question=question, kind=Kind.WHO, outcome="answered", confidence=0.75, citations=citations),
        reply=reply,
        latency_ms=1.5,
        library="a" * 64,
        version="0.1.0",
        weights="0123456789ab",
    )


def filled(path: Path, *questions: str) -> Path:
    """A database with these questions on record."""
    with closing(DeskDatabase(path)) as database:
        for question in questions:
            ExchangeLog(database).record(exchange(question))
    return path
