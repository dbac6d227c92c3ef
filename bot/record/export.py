"""The export of the record, exchange by exchange, for spreadsheets, programs and people."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bot.errors import RecordError
from prompts.documents.export_document import record_pages
from prompts.markup import as_seen
from storage.database.private_files import replacing
from storage.models import LoggedExchange
from storage.record.csv_cells import csv_header, csv_line
from storage.verdicts.models import Verdict

COLUMNS = (
    "id", "asked_at", "channel", "chat_id", "user_id", "question", "kind", "outcome", "confidence", "reply", "quotes",
    "sources", "feedback", "verdicts", "latency_ms", "library", "version", "weights",
)  # fmt: skip


class ExportFormat(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    MD = "md"
    HTML = "html"


class ExportEntry(NamedTuple):
    """An exchange of an export."""

    exchange: LoggedExchange
    reply: str  # as the person saw it, without markup
    verdicts: Sequence[Verdict]


def export_entries(
    exchanges: Iterable[LoggedExchange], verdicts: Mapping[int, Sequence[Verdict]]
) -> Iterator[ExportEntry]:
    """Yield exchanges with their verdicts, which are given by exchange; exchanges are taken one at a time."""
    for exchange in exchanges:
        yield ExportEntry(exchange, as_seen(exchange.reply, exchange.channel), verdicts.get(exchange.id, ()))


def export_text(entries: Iterable[ExportEntry], form: ExportFormat) -> Iterator[str]:
    """Yield the text of an export piece by piece; entries are taken one at a time."""
    if form is ExportFormat.CSV:
        return _csv(entries)
    if form is ExportFormat.JSONL:
        return map(_json_line, entries)
    return record_pages(form, entries)


def write_out(pieces: Iterable[str], path: Path | None) -> None:
    """Write text to a file for its owner, named only when complete, or to standard output without a path.

    Raises:
        RecordError: The file cannot be written.
    """
    if path is None:
        sys.stdout.writelines(pieces)
        return
    try:
        if path.is_file() and not _is_text(path):
            raise RecordError(f"{path} is no text, such as an export is: it was not touched; name another file.")
        with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise RecordError(f"{path} cannot be written ({error.strerror}): name another file.") from error


def _is_text(path: Path) -> bool:
    """Whether a file is text by its beginning; no database is, nor any file beside one."""
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def _json_line(entry: ExportEntry) -> str:
    verdicts = [verdict.model_dump(mode="json") for verdict in entry.verdicts]
    return json.dumps(entry.exchange.model_dump(mode="json") | {"verdicts": verdicts}, ensure_ascii=True) + "\n"


def _csv(found: Iterable[ExportEntry]) -> Iterator[str]:
    yield csv_header(COLUMNS)
    for entry in found:
        yield csv_line(_values(entry))


def _values(entry: ExportEntry) -> Iterator[object]:
    exchange = entry.exchange
    derived = {
        "asked_at": exchange.asked_at.isoformat(),
        "channel": exchange.channel.value,
        "reply": entry.reply,
        "quotes": "\n".join(cited.shown for cited in exchange.citations),
        "sources": "\n".join(cited.place for cited in exchange.citations),
        "feedback": "\n".join(": ".join(filter(None, (f.thumb, f.reason, f.note))) for f in exchange.feedback),
        "verdicts": "\n".join(f"{verdict.reviewer}: {verdict.verdict}" for verdict in entry.verdicts),
    }
    return (derived[name] if name in derived else getattr(exchange, name) for name in COLUMNS)
