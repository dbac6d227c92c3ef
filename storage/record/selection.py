"""Which exchanges of the log somebody wants to see, and the query that finds them without looking at all of it."""

import datetime as dt
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

from sqlite_utils import Database

from retrieval.models import Value
from storage.database.timestamps import timestamp

_LAST = 2**63 - 1
"""The highest id there can be."""


class OpinionFilter(StrEnum):
    """What people think of an answer: some thumb is up, some is down, or nobody has said."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Selection(Value):
    """What the exchanges have in common; as it stands here, nothing: all of them.

    Attributes:
        chat_id: The Telegram chat they were asked in.
        user_id: Who asked.
        outcome: How they ended.
        feedback: What people think of them.
        since: The first moment they were asked at.
        until: The first moment they were no longer asked at.
        search: Words in question or reply, in SQLite's full-text syntax.
        among: Ids of which theirs must be one; None for any.
        apart_from: Ids that are left out.
    """

    chat_id: int | None = None
    user_id: int | None = None
    outcome: Literal["answered", "abstained"] | None = None
    feedback: OpinionFilter | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    search: str | None = None
    among: frozenset[int] | None = None
    apart_from: frozenset[int] = frozenset()


class Period(Value):
    """The ids of what was asked between two moments.

    Attributes:
        first: The lowest; above all there are where nothing was asked.
        last: The highest.
    """

    first: int = 0
    last: int = _LAST


def period(db: Database, selection: Selection) -> Period:
    """The range of ids in which all that was asked in a selection's period lies; to be found once for all pages.

    Ids rise with time, but for what was asked at once and clocks that were set back, so the exact times still count.
    """
    since, until = _moments(selection)
    if since is None and until is None:
        return Period()
    first, last = db.execute(_ENDS, [since or "", until or _NEVER]).fetchone()
    return Period(first=_LAST, last=0) if first is None else Period(first=first, last=last)


def newest_ids(db: Database, selection: Selection, within: Period, limit: int) -> list[int]:
    """Ids of the exchanges of a selection, the newest first."""
    since, until = _moments(selection)
    values = {
        **selection.model_dump(include={"chat_id", "user_id", "outcome", "search"}),
        **within.model_dump(),
        "since": since,
        "until": until,
        "thumb": selection.feedback,
        "among": json.dumps(sorted(selection.among or ())),
        "apart_from": json.dumps(sorted(selection.apart_from)),
        "limit": limit,
    }
    searched = selection.search is not None
    number = "exchanges_fts.rowid" if searched else "id"
    where = " and ".join([f"{number} between :first and :last", *_clauses(selection)])
    query = f"select id from {_SEARCHED if searched else 'exchanges'} where {where} order by {number} desc limit :limit"  # noqa: S608
    return [int(row[0]) for row in db.execute(query, values)]


def _clauses(selection: Selection) -> Iterator[str]:
    """The conditions; a plus keeps SQLite from an index where another one leaves less.

    Of the many exchanges that hold a word those of one person or chat are told by their ids alone, before any is read.
    """
    few = list(_few(selection))
    yield "not forgotten"
    yield from few
    if selection.search is not None:
        yield "exchanges_fts match :search"
        if few:
            yield f"+exchanges_fts.rowid in (select id from exchanges where not forgotten and {' and '.join(few)})"  # noqa: S608
    if selection.outcome is not None:
        yield "+outcome = :outcome" if few or selection.search is not None else "outcome = :outcome"
    if selection.since is not None:
        yield "+asked_at >= :since"
    if selection.until is not None:
        yield "+asked_at < :until"
    if selection.feedback is OpinionFilter.NONE:
        yield "not exists (select 1 from feedback where exchange_id = exchanges.id)"
    if selection.apart_from:
        yield "id not in (select value from json_each(:apart_from))"


def _few(selection: Selection) -> Iterator[str]:
    """The conditions that often leave few exchanges."""
    if selection.chat_id is not None:
        yield "chat_id = :chat_id"
    if selection.user_id is not None:
        yield "user_id = :user_id"
    if selection.feedback in {OpinionFilter.UP, OpinionFilter.DOWN}:
        yield "id in (select exchange_id from feedback where thumb = :thumb)"
    if selection.among is not None:
        yield "id in (select value from json_each(:among))"


def _moments(selection: Selection) -> tuple[str | None, str | None]:
    """The ends of its period as the database holds them."""
    since, until = selection.since, selection.until
    return timestamp(since) if since else None, timestamp(until) if until else None


_NEVER = "a"
"""Sorts behind every moment."""
_ENDS = "select min(+id), max(+id) from exchanges where not forgotten and asked_at >= ? and asked_at < ?"
_SEARCHED = "exchanges_fts cross join exchanges on exchanges.id = exchanges_fts.rowid"
