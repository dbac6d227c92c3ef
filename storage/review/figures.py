"""The figures of the dashboard: added up from what the database counts by the day."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from pydantic import ValidationError
from sqlite_utils import Database

from retrieval.models import Value
from storage.errors import ReviewError
from storage.models import Ruling
from storage.review.agreement import Agreement, Opinion, agreements

DAYS_SHOWN = 30
"""How many days are shown if no others are asked for."""
BUSIEST = 10
LISTED = 1_000
"""How many chats and sources a CSV file lists at most."""


class Span(Value):
    """Days that figures are about, the first and the last included."""

    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, given: Mapping[str, str], today: dt.date) -> "Span":
        """Read the days from the parameters of an address; without them the last 30 days.

        Raises:
            ReviewError: One of them is no day, or the last comes before the first.
        """
        try:
            until = dt.date.fromisoformat(given.get("until") or today.isoformat())
            since = dt.date.fromisoformat(given.get("since") or (until - dt.timedelta(DAYS_SHOWN - 1)).isoformat())
            if since > until:
                raise ReviewError("The last day comes before the first: choose them again.")
            return cls(since=since, until=until)
        except (ValueError, OverflowError, ValidationError):
            raise ReviewError("These days cannot be read: write them as 2026-11-22.") from None

    @property
    def values(self) -> dict[str, str]:
        """The days as values of a query, and its moments: from `from` on, before `to`."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return days | {"from": f"{days['since']}T00:00:00.000Z", "to": f"{days['until']}T24:00:00.000Z"}


class DayOutcomes(Value):
    """Questions of a day."""

    day: dt.date
    answered: int
    abstained: int


class DayLatencies(Value):
    """How long answers of a day took, in milliseconds to two significant digits."""

    day: dt.date
    p50: int
    p95: int
    p99: int


class DayFeedback(Value):
    """Thumbs of a day."""

    day: dt.date
    up: int
    down: int


class VerdictCount(Value):
    """Verdicts of a kind that count now."""

    verdict: Ruling
    count: int


class ChatCount(Value):
    """Questions of a chat."""

    chat_id: int
    name: str | None
    questions: int


class SourceCount(Value):
    """Quotes from an article."""

    file: str
    quotes: int


class Figure(StrEnum):
    """The figures, by the names of their files."""

    QUESTIONS = "questions"
    LATENCIES = "latencies"
    FEEDBACK = "feedback"
    VERDICTS = "verdicts"
    CHATS = "chats"
    SOURCES = "sources"
    AGREEMENT = "agreement"


class Dashboard(Value):
    """All figures of some days.

    Attributes:
        span: The days.
        questions: Questions by the day; days without any are left out.
        latencies: How long answers took, by the day.
        whole: How long they took over all the days; none where there was none.
        feedback: Thumbs by the day.
        verdicts: Verdicts by kind.
        chats: The busiest chats.
        sources: The articles quoted most.
        agreement: How far each two reviewers agree.
    """

    span: Span
    questions: tuple[DayOutcomes, ...]
    latencies: tuple[DayLatencies, ...]
    whole: DayLatencies | None
    feedback: tuple[DayFeedback, ...]
    verdicts: tuple[VerdictCount, ...]
    chats: tuple[ChatCount, ...]
    sources: tuple[SourceCount, ...]
    agreement: tuple[Agreement, ...]

    @property
    def answered(self) -> int:
        """Questions that were answered."""
        return sum(day.answered for day in self.questions)

    @property
    def asked(self) -> int:
        """All questions."""
        return self.answered + sum(day.abstained for day in self.questions)

    @property
    def answer_rate(self) -> float | None:
        """The share of questions that were answered."""
        return self.answered / self.asked if self.asked else None

    @property
    def thumbs(self) -> int:
        """All thumbs."""
        return sum(day.up + day.down for day in self.feedback)

    @property
    def thumbs_up(self) -> float | None:
        """The share of thumbs that are up."""
        return sum(day.up for day in self.feedback) / self.thumbs if self.thumbs else None

    @property
    def judged(self) -> int:
        """All verdicts."""
        return sum(each.count for each in self.verdicts)

    @property
    def judged_right(self) -> float | None:
        """The share of verdicts that are 'right'."""
        right = sum(each.count for each in self.verdicts if each.verdict is Ruling.RIGHT)
        return right / self.judged if self.judged else None


def dashboard(db: Database, span: Span, most: int = BUSIEST) -> Dashboard:
    """All figures of some days.

    Args:
        db: The log, with the verdicts attached to it.
        span: The days.
        most: How many chats and sources.
    """
    values = {**span.values, "most": most}
    latencies = _latencies(db, values)
    opinions = [Opinion.model_validate(row) for row in db.query(_OPINIONS, values)]
    return Dashboard(
        span=span,
        questions=tuple(DayOutcomes.model_validate(row) for row in db.query(_QUESTIONS, values)),
        latencies=tuple(_percentiles(day, counts) for day, counts in latencies.items()),
        whole=_percentiles(span.since.isoformat(), _added(latencies.values())) if latencies else None,
        feedback=tuple(DayFeedback.model_validate(row) for row in db.query(_THUMBS, values)),
        verdicts=tuple(VerdictCount.model_validate(row) for row in db.query(_VERDICTS, values)),
        chats=tuple(ChatCount.model_validate(row) for row in db.query(_CHATS, values)),
        sources=tuple(SourceCount.model_validate(row) for row in db.query(_SOURCES, values)),
        agreement=tuple(agreements(opinions)),
    )


def figure_csv(db: Database, span: Span, figure: Figure) -> str:
    """One figure as CSV, with the names of its fields in the first line.

    Args:
        db: The log, with the verdicts attached to it.
        span: The days.
        figure: Which one.
    """
    rows: Sequence[Value] = getattr(dashboard(db, span, LISTED), figure.value)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(_FIELDS[figure].model_fields)
    writer.writerows([_cell(value) for value in row.model_dump(mode="json").values()] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, whatever a chat or a file is called."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _latencies(db: Database, values: Mapping[str, object]) -> dict[str, dict[int, int]]:
    """How many answers took how long, by the day."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for day, ms, count in db.execute(_MS, dict(values)):
        found[day][int(ms)] = int(count)
    return found


def _added(days: Iterable[Mapping[int, int]]) -> dict[int, int]:
    added: defaultdict[int, int] = defaultdict(int)
    for counts in days:
        for ms, count in counts.items():
            added[ms] += count
    return added


def _percentiles(day: str, counts: Mapping[int, int]) -> DayLatencies:
    p50, p95, p99 = (percentile(counts, share) for share in (0.5, 0.95, 0.99))
    return DayLatencies(day=dt.date.fromisoformat(day), p50=p50, p95=p95, p99=p99)


def percentile(counts: Mapping[int, int], share: float) -> int:
    """The least value that at least a share of all values do not exceed (nearest rank).

    Args:
        counts: How often each value occurs; at least one does.
        share: Above 0 and up to 1.
    """
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return max(counts)


_DAYS = "day >= :since and day <= :until"
_FIELDS: Mapping[Figure, type[Value]] = {
    Figure.QUESTIONS: DayOutcomes,
    Figure.LATENCIES: DayLatencies,
    Figure.FEEDBACK: DayFeedback,
    Figure.VERDICTS: VerdictCount,
    Figure.CHATS: ChatCount,
    Figure.SOURCES: SourceCount,
    Figure.AGREEMENT: Agreement,
}
_QUESTIONS = (
    "select day, sum(iif(outcome = 'answered', exchanges, 0)) as answered,"  # noqa: S608
    f" sum(iif(outcome = 'answered', 0, exchanges)) as abstained from tally_outcomes where {_DAYS} group by day"
    " having sum(exchanges) > 0 order by day"
)
_MS = f"select day, ms, exchanges from tally_latencies where {_DAYS} and exchanges > 0 order by day"  # noqa: S608
_THUMBS = (
    "select substr(given_at, 1, 10) as day, sum(thumb = 'up') as up, sum(thumb = 'down') as down from feedback"
    " where given_at >= :from and given_at < :to group by 1 order by 1"
)
_VERDICTS = (
    "select verdict, count(*) as count from verdicts.newest_verdicts where given_at >= :from and given_at < :to"
    " group by verdict order by count desc, verdict"
)
_CHATS = (
    "select chat_id, name, sum(exchanges) as questions from tally_chats left join parties on parties.id = chat_id"  # noqa: S608
    f" where {_DAYS} and chat_id <> 0 group by chat_id having questions > 0 order by questions desc, chat_id"
    " limit :most"
)
_SOURCES = (
    f"select file, sum(citations) as quotes from tally_sources where {_DAYS} group by file having quotes > 0"  # noqa: S608
    " order by quotes desc, file limit :most"
)
_OPINIONS = (
    "select exchange_id, reviewer, verdict from verdicts.newest_verdicts where given_at >= :from and given_at < :to"
    " and exchange_id in (select exchange_id from verdicts.reviewed where reviewers > 1)"
)
