"""The record written out, one exchange after the other, for spreadsheets, programs and people."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bot.errors import RecordError
from prompts.export_document import record_pages
from prompts.render import as_seen
from storage.models import LoggedExchange
from storage.record.csv_cells import csv_line
from storage.verdicts.models import Verdict

COLUMNS = (
    "id", "asked_at", "channel", "chat_id", "user_id", "question", "kind", "outcome", "confidence", "reply", "quotes",
    "sources", "feedback", "verdicts", "latency_ms", "library", "version", "weights",
)  # fmt: skip


class ExportFormat(StrEnum):
    """What the record can be written as."""

    CSV = "csv"
    JSONL = "jsonl"
    MD = "md"
    HTML = "html"


class ExportEntry(NamedTuple):
    """An exchange as it is written out.

    Attributes:
        exchange: What is on record.
        reply: The reply as the person saw it, without markup.
        verdicts: What reviewers say of it.
    """

    exchange: LoggedExchange
    reply: str
    verdicts: Sequence[Verdict]


def entries(exchanges: Iterable[LoggedExchange], verdicts: Iterable[Verdict]) -> Iterator[ExportEntry]:
    """Exchanges with the verdicts on each.

    Args:
        exchanges: What is on record; taken one at a time.
        verdicts: All that count.
    """
    of: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        of[verdict.exchange_id].append(verdict)
    for exchange in exchanges:
        yield ExportEntry(exchange, as_seen(exchange.reply, exchange.channel), of.get(exchange.id, ()))


def written(found: Iterable[ExportEntry], form: ExportFormat) -> Iterator[str]:
    """The record as text, piece by piece.

    Args:
        found: What to write; taken one at a time.
        form: As what.
    """
    if form is ExportFormat.CSV:
        return _csv(found)
    if form is ExportFormat.JSONL:
        return map(_json_line, found)
    return record_pages(form, found)


def write_out(pieces: Iterable[str], path: Path | None) -> None:
    """Write text to a file, which takes its name when all of it is there, or to standard output.

    Args:
        pieces: The text.
        path: The file; None for standard output.

    Raises:
        RecordError: The file cannot be written.
    """
    if path is None:
        sys.stdout.writelines(pieces)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:
        raise RecordError(f"{path} cannot be written ({error.strerror}): name another file.") from error
    finally:
        part.unlink(missing_ok=True)


def _json_line(entry: ExportEntry) -> str:
    verdicts = [verdict.model_dump(mode="json") for verdict in entry.verdicts]
    return json.dumps(entry.exchange.model_dump(mode="json") | {"verdicts": verdicts}, ensure_ascii=True) + "\n"


def _csv(found: Iterable[ExportEntry]) -> Iterator[str]:
    yield csv_line(COLUMNS)
    for entry in found:
        yield csv_line(_values(entry))


def _values(entry: ExportEntry) -> Iterator[object]:
    exchange = entry.exchange
    made = {
        "asked_at": exchange.asked_at.isoformat(),
        "channel": exchange.channel.value,
        "reply": entry.reply,
        "quotes": "\n".join(cited.quote for cited in exchange.citations),
        "sources": "\n".join(f"{cited.file}:{cited.line}" for cited in exchange.citations),
        "feedback": "\n".join(": ".join(filter(None, (f.thumb, f.reason, f.note))) for f in exchange.feedback),
        "verdicts": "\n".join(f"{verdict.reviewer}: {verdict.verdict}" for verdict in entry.verdicts),
    }
    return (made[name] if name in made else getattr(exchange, name) for name in COLUMNS)
