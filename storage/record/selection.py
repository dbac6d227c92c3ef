"""Selections of exchanges, and the queries that find them without a look at the whole log."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlite_utils import Database

from prompts.models import Outcome
from retrieval.models import Value
from storage.database.search_text import search_query
from storage.database.timestamps import timestamp
from storage.errors import SearchError, SearchSyntaxError

_LAST = 2**63 - 1
"""The highest id there can be."""


class OpinionFilter(StrEnum):
    """Feedback on an answer: a thumb up, a thumb down, or none at all."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Selection(Value):
    """Conditions on exchanges; without any, all exchanges.

    Attributes:
        since: The first time of the questions.
        until: The first time after the questions.
        search: Words in question or reply, in SQLite's full-text syntax.
        among: The only ids; None for any.
        apart_from: Ids that are left out.
    """

    chat_id: int | None = None
    user_id: int | None = None
    outcome: Outcome | None = None
    feedback: OpinionFilter | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    search: str | None = None
    among: frozenset[int] | None = None
    apart_from: frozenset[int] = frozenset()


class Period(Value):
    """A range of ids, both ends included; with the first above the last where nothing was asked."""

    first: int = 0
    last: int = _LAST


def period(db: Database, selection: Selection) -> Period:
    """The range of ids of a selection's period, to be found once for all pages.

    Ids rise with time but where a clock was set back, so the conditions hold the exact times too.
    """
    since, until = _ends(selection)
    if since is None and until is None:
        return Period()
    first, last = db.execute(_RANGE, [since or "", until or _NEVER]).fetchone()
    return Period(first=_LAST, last=0) if first is None else Period(first=first, last=last)


def newest_ids(db: Database, selection: Selection, within: Period, limit: int) -> list[int]:
    """Ids of the exchanges of a selection within a range of ids, the newest first."""
    values = {**selection_values(selection), **within.model_dump(), "limit": limit}
    searched = selection.search is not None
    number = "exchanges_fts.rowid" if searched else "id"
    where = " and ".join([f"{number} between :first and :last", *_with_search(selection)])
    query = f"select id from {_SEARCHED if searched else 'exchanges'} where {where} order by {number} desc limit :limit"  # noqa: S608
    return [int(row[0]) for row in db.execute(query, values)]


def selection_values(selection: Selection) -> dict[str, object]:
    """The values of the parameters in the conditions of a selection."""
    since, until = _ends(selection)
    return {
        **selection.model_dump(include={"chat_id", "user_id", "outcome"}),
        "search": None if selection.search is None else search_query(selection.search),
        "since": since,
        "until": until,
        "thumb": selection.feedback,
        "among": json.dumps(sorted(selection.among or ())),
        "apart_from": json.dumps(sorted(selection.apart_from)),
    }


def conditions(selection: Selection) -> Iterator[str]:
    """SQL conditions on `exchanges` for a selection but its search; a plus keeps SQLite from the less useful index."""
    few = list(_few(selection))
    yield "not forgotten"
    yield from few
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


def _with_search(selection: Selection) -> Iterator[str]:
    """The conditions with the search; exchanges of a person or chat are told by their ids, before any is read."""
    yield from conditions(selection)
    if selection.search is not None:
        yield "exchanges_fts match :search"
        if few := list(_few(selection)):
            yield f"+exchanges_fts.rowid in (select id from exchanges where not forgotten and {' and '.join(few)})"  # noqa: S608


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


def _ends(selection: Selection) -> tuple[str | None, str | None]:
    since, until = selection.since, selection.until
    return timestamp(since) if since else None, timestamp(until) if until else None


@contextmanager
def search_errors(search: str | None) -> Iterator[None]:
    """Turn SQLite's errors over a search into a `SearchError` of one line; other errors pass."""
    try:
        yield
    except (sqlite3.OperationalError, UnicodeEncodeError, SearchSyntaxError) as error:
        if search is None or (isinstance(error, sqlite3.Error) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR):
            raise
        raise SearchError(
            f"The search {search!r} cannot be read ({error}): of several words all must be there; write OR or NOT "
            "between two, * after the beginning of one, and put words that hold marks, and phrases, in double quotes."
        ) from error


_NEVER = "a"
"""Sorts behind every timestamp."""
_RANGE = "select min(+id), max(+id) from exchanges where not forgotten and asked_at >= ? and asked_at < ?"
_SEARCHED = "exchanges_fts cross join exchanges on exchanges.id = exchanges_fts.rowid"
