"""Tables of the record: an exchange in full, checks of quotes, replays, and learnt weights."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.cli.output.console import add_row, new_table, print_table
from bot.cli.output.tables import query_table
from bot.record.exchange_report import ExchangeReport
from bot.record.replay import QuotePlace, Replay, ReplayDifference
from bot.record.tuning import TuningReport
from bot.record.verification import Verification
from prompts.markup import as_seen, clean
from retrieval.text.shown_text import shown
from storage.models import LoggedExchange
from storage.verdicts.models import Verdict

if TYPE_CHECKING:
    from bot.briefs.check import DocumentCheck  # loads what reads documents

MOST_ROWS = 200
"""Most questions shown in a table, which is held until its columns are known."""


def report_tables(report: ExchangeReport) -> None:
    """Print an exchange in full, with its verdicts and its quotes today."""
    exchange = report.exchange
    table = new_table(f"Exchange {exchange.id}", "")
    for name, value in _details(report):
        add_row(table, name, "-" if value is None else value)
    print_table(table)
    print(clean("\n" + as_seen(exchange.reply, exchange.channel)))  # noqa: T201 - below a table
    if report.reading:
        print_table(query_table(report.reading))
    _quotes_table(report)
    if exchange.feedback or report.verdicts:
        _opinions_table(exchange, report.verdicts)


def _details(report: ExchangeReport) -> Iterator[tuple[str, object]]:
    exchange = report.exchange
    yield "Question", exchange.question
    yield from (("Read with", question) for question in report.leaned_on)
    yield "Kind", exchange.kind
    yield "Outcome", f"{exchange.outcome}, confidence {exchange.confidence:.2f}"
    yield "Asked at (UTC)", exchange.asked_at.strftime("%Y-%m-%d %H:%M:%S")
    yield "Answered in", f"{exchange.latency_ms:.1f} ms"
    yield "Channel", exchange.channel
    yield "Chat, person", f"{exchange.chat_id or '-'}, {exchange.user_id or '-'}"
    yield "Articles, weights", f"{exchange.library[:12]}, {exchange.weights or '-'}"
    yield "Version", exchange.version
    links = {"Edited from": exchange.replaces, "More of": exchange.more_of}
    yield from ((name, number) for name, number in links.items() if number)


def _quotes_table(report: ExchangeReport) -> None:
    if not report.exchange.citations:
        return
    table = new_table("No.", "Place", "BM25", "Today", "Quote", title="\nQuotes")
    where = report.whereabouts or [None] * len(report.exchange.citations)
    for cited, now in zip(report.exchange.citations, where, strict=True):
        today = "" if now is None else f"{now.state}" + (f" to {now.file}:{now.line}" if now.state == "moved" else "")
        add_row(table, cited.number, cited.place, f"{cited.score:.2f}", today, cited.shown)
    print_table(table)


def _opinions_table(exchange: LoggedExchange, verdicts: tuple[Verdict, ...]) -> None:
    table = new_table("Who", "Says", "Why", "At (UTC)", title="\nFeedback and verdicts")
    for given in exchange.feedback:
        said = f"{given.thumb}: {given.reason}" if given.reason else given.thumb
        add_row(table, given.user_id or "-", said, given.note, given.given_at.strftime("%Y-%m-%d %H:%M"))
    for verdict in verdicts:
        better = f"“{verdict.better.shown}” ({verdict.better.file})" if verdict.better else None
        why = "\n".join(filter(None, (verdict.note, better)))
        add_row(table, verdict.reviewer, verdict.verdict, why, verdict.given_at.strftime("%Y-%m-%d %H:%M"))
    print_table(table)


def verification_tables(verification: Verification) -> None:
    """Print the state of quotes, and how many are in each state."""
    if verification.quotes:
        table = new_table("State", "Cited as", "Now", "Quote", "Exchanges")
        for quote in verification.quotes:
            now = f"{quote.now.file}:{quote.now.line}" if quote.state.stands else "-"
            left = quote.times - len(quote.exchanges) if quote.exchanges else 0
            more = f" and {left} more" if left else ""
            numbers = ", ".join(map(str, quote.exchanges)) + more
            add_row(table, quote.state, f"{quote.file}:{quote.line}", now, shown(quote.quote), numbers)
        print_table(table)
    print("Quotes: " + _counts_line(verification.counts))  # noqa: T201 - a table's place


def document_tables(check: "DocumentCheck") -> None:
    """Print the state of a brief's quotes, and whether its document is as it was made."""
    verification_tables(check.quotes)
    proof = "fits its quotes" if check.is_proven else "does not fit its quotes: the document was changed"
    print(f"Proof line: {proof}")  # noqa: T201 - a table's place
    told = {"Changed in the document, or added to it": check.altered, "Deleted from the document": check.missing}
    for heading, numbers in told.items():
        if numbers:
            print(f"{heading}: {', '.join(map(str, numbers))}")  # noqa: T201 - a table's place


def replays_tables(replays: Iterable[Replay]) -> None:
    """Print the replays that differ, and how many replays have each difference."""
    counts = Counter[str]()
    table = new_table("No.", "Question", "Difference", "Sources then", "Sources now", "Sure then, now")
    for replay in replays:
        counts[replay.difference] += 1
        if replay.difference is not ReplayDifference.SAME and len(table.rows) < MOST_ROWS:
            sure = f"{replay.confidence_then:.2f}, {replay.confidence_now:.2f}"
            difference = f"{replay.difference} (judged)" if replay.judged else replay.difference
            add_row(table, replay.id, replay.question, difference, _places(replay.then), _places(replay.now), sure)
    if table.rows:
        print_table(table)
    left = counts.total() - counts[ReplayDifference.SAME] - len(table.rows)
    if left:
        print(f"And {left} more that differ; --json lists all.")  # noqa: T201 - a table's place
    print("Questions: " + _counts_line({difference: counts[difference] for difference in ReplayDifference}))  # noqa: T201


def replays_json(replays: Iterable[Replay]) -> None:
    """Print replays as an object of `questions`, one a line as each is asked, and `counts`."""
    counts = Counter[str]()
    separator = ""
    sys.stdout.write('{"questions": [')
    for replay in replays:
        counts[replay.difference] += 1
        sys.stdout.write(f"{separator}\n{replay.model_dump_json(ensure_ascii=True)}")
        separator = ","
    ended = json.dumps({difference: counts[difference] for difference in ReplayDifference})
    sys.stdout.write(f'\n], "counts": {ended}}}\n')


def _places(quotes: Iterable[QuotePlace]) -> str:
    return "\n".join(f"{quote.file}:{quote.line}" for quote in quotes) or "-"


def _counts_line(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) + "."


def tuning_tables(report: TuningReport) -> None:
    """Print the gains of learnt weights, and whether the weights are written."""
    table = new_table("Figure", "Before", "After, held out", "Gain", "99 % of gains")
    for gain in report.gains:
        if gain.before is None or gain.after is None:
            add_row(table, gain.name, "-", "-", "-", "-")
            continue
        change = f"{gain.after - gain.before:+.3f}"
        add_row(
            table, gain.name, f"{gain.before:.3f}", f"{gain.after:.3f}", change, f"{gain.low:+.3f} to {gain.high:+.3f}"
        )
    print_table(table)
    ended = (
        "Written"
        if report.written
        else "Better; `--write` writes them"
        if report.improved
        else "Not surely better; not written"
    )
    print(f"{report.questions} judged questions. Weights {report.mark}: {ended}.")  # noqa: T201 - a table's place
