"""The figures of the dashboard: added up from the database's counts by the day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from pydantic import ValidationError
from sqlite_utils import Database

from retrieval.models import Value
from storage.errors import ReviewError
from storage.record.csv_cells import csv_header, csv_line
from storage.review.agreement import Agreement, Opinion, agreements
from storage.verdicts.models import Ruling

DAYS_SHOWN = 30
"""Days that are shown if no others are asked for."""
BUSIEST = 10
LONGEST_BY_DAY = 92
"""Most days that the dashboard shows one by one."""
LISTED = 1_000
"""Most chats and sources in a CSV file."""


Values = Mapping[str, object]
"""The values of a query's parameters."""


class DateRange(Value):
    """A span of days, the first and the last included."""

    since: dt.date
    until: dt.date

    @classmethod
    def of(cls, parameters: Mapping[str, str], today: dt.date) -> "DateRange":
        """Read the days from the parameters of an address; without them the last 30 days.

        Raises:
            ReviewError: One of them is no day, or the last comes before the first.
        """
        try:
            until = dt.date.fromisoformat(parameters.get("until") or today.isoformat())
            since = dt.date.fromisoformat(parameters.get("since") or (until - dt.timedelta(DAYS_SHOWN - 1)).isoformat())
            if since > until:
                raise ReviewError("The last day comes before the first: choose them again.")
            return cls(since=since, until=until)
        except (ValueError, OverflowError, ValidationError):
            raise ReviewError("These days cannot be read: write them as 2026-11-22.") from None

    @property
    def values(self) -> dict[str, str]:
        """The days as values of a query, and as times: from `from` on, before `to`."""
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return days | {"from": f"{days['since']}T00:00:00.000Z", "to": f"{days['until']}T24:00:00.000Z"}


class DayOutcomes(Value):
    """Questions of a day."""

    day: dt.date
    answered: int
    abstained: int


class DayLatencies(Value):
    """Latencies of a day's answers, in milliseconds to two significant digits."""

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


class DashboardSeries(StrEnum):
    """The figures, by the names of their files."""

    QUESTIONS = "questions"
    LATENCIES = "latencies"
    FEEDBACK = "feedback"
    VERDICTS = "verdicts"
    CHATS = "chats"
    SOURCES = "sources"
    AGREEMENT = "agreement"


class Dashboard(Value):
    """All figures of a span of days, by the day or by the month, which stands for its first day.

    Attributes:
        questions: Without the days that had none.
        whole: Latencies over all the days; none where there was no answer.
        chats: The busiest.
        sources: The articles quoted most.
        agreement: Of each two reviewers.
    """

    span: DateRange
    by: Literal["day", "month"]
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


def dashboard(db: Database, span: DateRange) -> Dashboard:
    """All figures of a span of days, from the log with the verdicts attached; more than a quarter by the month."""
    by: Literal["day", "month"] = "month" if (span.until - span.since).days > LONGEST_BY_DAY else "day"
    values = {**span.values, **_BY[by], "most": BUSIEST, "by": by}
    latencies = _latencies(db, values)  # once for both: it is the longest to read
    others = {
        series.value: tuple(_rows(db, series, values))
        for series in DashboardSeries
        if series is not DashboardSeries.LATENCIES
    }
    return Dashboard(
        span=span,
        by=by,
        latencies=tuple(_percentiles(day, counts) for day, counts in latencies.items()),
        whole=_percentiles(span.since.isoformat(), _sum(latencies.values())) if latencies else None,
        **others,  # type: ignore[arg-type]
    )


def series_csv(db: Database, span: DateRange, series: DashboardSeries) -> str:
    """One figure as CSV, by the day, with the names of its fields in the first line."""
    rows = _rows(db, series, {**span.values, **_BY["day"], "most": LISTED, "by": "day"})
    lines = (csv_line(row.model_dump(mode="json").values()) for row in rows)
    return "".join([csv_header(_KINDS[series].model_fields), *lines])


def _rows(db: Database, series: DashboardSeries, values: Values) -> Iterable[Value]:
    if series is DashboardSeries.LATENCIES:
        return (_percentiles(day, counts) for day, counts in _latencies(db, values).items())
    if series is DashboardSeries.AGREEMENT:
        return _agreement(db, values)
    return (_KINDS[series].model_validate(row) for row in db.query(_SQL[series], dict(values)))


def _agreement(db: Database, values: Values) -> Iterable[Agreement]:
    return agreements(Opinion.model_validate(row) for row in db.query(_OPINIONS, dict(values)))


def _latencies(db: Database, values: Values) -> dict[str, dict[int, int]]:
    """How many answers took how many milliseconds, by the day."""
    rows = db.execute(_MONTH_MS if values["by"] == "month" else _DAY_MS, dict(values))
    return {day: dict(zip(_numbers(ms), _numbers(counts), strict=True)) for day, ms, counts in rows}


def _numbers(listed: str) -> list[int]:
    return [int(number) for number in listed.split(",")]


def _sum(days: Iterable[Mapping[int, int]]) -> Mapping[int, int]:
    total: Counter[int] = Counter()
    for counts in days:
        total.update(counts)
    return total


def _percentiles(day: str, counts: Mapping[int, int]) -> DayLatencies:
    p50, p95, p99 = (percentile(counts, share) for share in (0.5, 0.95, 0.99))
    return DayLatencies(day=dt.date.fromisoformat(day), p50=p50, p95=p95, p99=p99)


def percentile(counts: Mapping[int, int], share: float) -> int:
    """The least value, by counts of values, that a share above 0 of all values do not exceed (nearest rank)."""
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return max(counts)


_DAYS = "day >= :since and day <= :until"
_BY = {"day": {"length": 10, "rest": ""}, "month": {"length": 7, "rest": "-01"}}
_DAYS_OF_CHATS = "+day >= :since and +day <= :until"  # so that they are read chat by chat, as they are added up
_PERIOD = "substr({0}, 1, :length)"
_DAY_OF = f"{_PERIOD} || :rest"  # a day is the whole of itself, and a month stands for its first day
_QUESTIONS = (
    f"select {_DAY_OF.format('day')} as day, sum(iif(outcome = 'answered', exchanges, 0)) as answered,"  # noqa: S608
    f" sum(iif(outcome = 'abstained', exchanges, 0)) as abstained from tally_outcomes where {_DAYS}"
    f" and outcome <> 'chat' group by {_PERIOD.format('day')} having sum(exchanges) > 0 order by 1"
)
_COUNTS = "group_concat(cast(ms as text), ','), group_concat(cast(exchanges as text), ',')"
"""A row for each of them takes twice as long."""
_DAY_MS = f"select day, {_COUNTS} from tally_latencies where {_DAYS} and exchanges > 0 group by day order by day"  # noqa: S608
_MONTH_MS = (
    f"select day, {_COUNTS} from (select {_DAY_OF.format('day')} as day, ms, sum(exchanges) as exchanges"  # noqa: S608
    f" from tally_latencies where {_DAYS} group by {_PERIOD.format('day')}, ms having sum(exchanges) > 0) as months"
    " group by day order by day"
)
_THUMBS = (
    f"select {_DAY_OF.format('given_at')} as day, sum(thumb = 'up') as up, sum(thumb = 'down') as down from feedback"  # noqa: S608
    f" where given_at >= :from and given_at < :to group by {_PERIOD.format('given_at')} order by 1"
)
_VERDICTS = (
    "select verdict, count(*) as count from verdicts.newest_verdicts where given_at >= :from and given_at < :to"
    " group by verdict order by count desc, verdict"
)
_CHATS = (
    "select chat_id, name, questions from (select chat_id, sum(exchanges) as questions from tally_chats"  # noqa: S608
    f" where {_DAYS_OF_CHATS} and chat_id <> 0 group by chat_id having sum(exchanges) > 0"
    " order by questions desc, chat_id limit :most) as busiest"
    " left join names on names.id = chat_id order by questions desc, chat_id"
)
_SOURCES = (
    f"select file, sum(citations) as quotes from tally_sources where {_DAYS} group by file having sum(citations) > 0"  # noqa: S608
    " order by quotes desc, file limit :most"
)
_OPINIONS = (
    "select exchange_id, reviewer, verdict from verdicts.newest_verdicts where given_at >= :from and given_at < :to"
    " and exchange_id in (select exchange_id from verdicts.reviewed where reviewers > 1)"
)
_KINDS: Mapping[DashboardSeries, type[Value]] = {
    DashboardSeries.QUESTIONS: DayOutcomes,
    DashboardSeries.LATENCIES: DayLatencies,
    DashboardSeries.FEEDBACK: DayFeedback,
    DashboardSeries.VERDICTS: VerdictCount,
    DashboardSeries.CHATS: ChatCount,
    DashboardSeries.SOURCES: SourceCount,
    DashboardSeries.AGREEMENT: Agreement,
}
_SQL = {
    DashboardSeries.QUESTIONS: _QUESTIONS,
    DashboardSeries.FEEDBACK: _THUMBS,
    DashboardSeries.VERDICTS: _VERDICTS,
    DashboardSeries.CHATS: _CHATS,
    DashboardSeries.SOURCES: _SOURCES,
}
