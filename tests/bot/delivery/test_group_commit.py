"""What many chats write at the same time is written together, and each is told what became of its own."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from bot.delivery.group_commit import GroupCommit
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from storage.delivery.outbox import Outbox, ReplyKey
from storage.errors import DatabaseError, UnavailableError


def _fails(database: DeskDatabase) -> None:
    with database.writing(synced=False) as db:
        db.execute("insert into ties values (99, 0, 'half')")
        raise ValueError("on second thoughts")


def _ties(database: DeskDatabase) -> list[int]:
    with database.reading_afresh() as other:
        return [chat for (chat,) in other.execute("select chat_id from ties order by chat_id")]


@pytest.fixture
def tie(database: DeskDatabase) -> Callable[[int], Callable[[], None]]:
    """Something to write that is waited for on disk: the chat with a number is tied to a collection."""
    ties = CollectionChoices(database)
    return lambda chat_id: partial(ties.tie, chat_id, None, ["defence"])


@pytest.mark.both_dialects
async def test_what_is_told_to_be_written_stands_in_the_file(
    database: DeskDatabase, tie: Callable[[int], Callable[[], None]]
) -> None:
    commits = GroupCommit(database)
    await asyncio.gather(*(commits.write(tie(number)) for number in range(1, 21)))
    assert _ties(database) == list(range(1, 21))


@pytest.mark.both_dialects
async def test_what_one_fails_to_write_is_undone_and_the_others_stand(
    database: DeskDatabase, tie: Callable[[int], Callable[[], None]]
) -> None:
    commits = GroupCommit(database)
    written: list[asyncio.Future[None]] = [
        commits.write(tie(1)),
        commits.write(lambda: _fails(database)),
        commits.write(tie(2)),
    ]
    outcomes = await asyncio.gather(*written, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), ValueError, type(None)]
    assert _ties(database) == [1, 2]


@pytest.mark.both_dialects
async def test_what_an_act_gives_up_by_itself_is_undone_though_the_act_succeeds(
    database: DeskDatabase, tie: Callable[[int], Callable[[], None]]
) -> None:
    def think_better() -> str:
        with contextlib.suppress(ValueError):
            _fails(database)
        return "done"

    commits = GroupCommit(database)
    assert (await asyncio.gather(commits.write(tie(1)), commits.write(think_better), commits.write(tie(2))))[
        1
    ] == "done"
    assert _ties(database) == [1, 2]


async def test_nobody_is_told_that_something_is_written_which_is_not(
    database: DeskDatabase, tie: Callable[[int], Callable[[], None]]
) -> None:
    def full(pages: int) -> None:
        with database.reading() as db:
            db.execute(f"pragma max_page_count = {pages}").fetchone()

    commits, outbox = GroupCommit(database), Outbox(database)
    full(1)
    long = partial(outbox.note_failure, ReplyKey(1, 1, "sendMessage"), "x" * 100_000)
    written: list[asyncio.Future[Any]] = [
        commits.write(partial(outbox.note_in_doubt, ReplyKey(1, 1, "sendMessage"))),
        commits.write(long),
        commits.write(tie(1)),
    ]
    outcomes = await asyncio.gather(*written, return_exceptions=True)
    stand = {type(outcome) for outcome in outcomes}
    full(1_000_000)
    assert stand == {UnavailableError}
    assert _ties(database) == []
    await commits.surely(tie(1))
    assert _ties(database) == [1]


async def test_while_another_program_writes_it_is_waited_for_once(
    database: DeskDatabase, tie: Callable[[int], Callable[[], None]]
) -> None:
    with database.reading() as db:
        db.execute("pragma busy_timeout = 20")
    commits = GroupCommit(database)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        outcomes = await asyncio.gather(*(commits.write(tie(number)) for number in (1, 2)), return_exceptions=True)
        assert all(isinstance(outcome, DatabaseError) for outcome in outcomes)
        other.execute("rollback")
    await asyncio.gather(*(commits.surely(tie(number)) for number in (1, 2)))
    assert _ties(database) == [1, 2]
