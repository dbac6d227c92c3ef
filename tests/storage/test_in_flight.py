"""What was on its way when the bot ended is known at the next start, whatever the database was doing."""

import resource
import signal
from pathlib import Path

import pytest

from bot.delivery.current_update import CurrentUpdate, handling
from bot.delivery.group_commit import GroupCommit
from bot.delivery.sender import Answer, Sender
from storage.database.connection import DeskDatabase
from storage.delivery.in_flight import SLOTS, InFlightReplies
from storage.delivery.outbox import Outbox, ReplyKey, SentReply
from storage.errors import DatabaseError, UnavailableError

ANSWER = ReplyKey(7, 1, "sendMessage")


class Telegram:
    """Takes what is said, and counts it."""

    def __init__(self) -> None:
        self.called = 0

    async def __call__(self) -> Answer:
        self.called += 1
        return {"message_id": 41}


def opened(desk: Path) -> InFlightReplies:
    """What a bot notes that has just started, or one that has ended since had noted."""
    departures = InFlightReplies(desk)
    departures.open()
    return departures


async def said_after_a_crash(database: DeskDatabase, telegram: Telegram, *, is_new: bool = False) -> Answer:
    """What is said to the update of `ANSWER` by a bot that has just started."""
    commits = GroupCommit(database)
    saying = Sender(Outbox(database), InFlightReplies(database.path), commits)
    await saying.resume()
    with handling(CurrentUpdate(ANSWER.update_id, is_new)):
        answer = await saying.say(telegram, ANSWER.method, chat_id=5)
    await commits.write(lambda: None)  # after all that was to be written
    return answer


async def test_what_telegram_took_is_not_said_again_though_the_outbox_never_heard_of_it(database: DeskDatabase) -> None:
    before, telegram = opened(database.path), Telegram()
    before.leave(ANSWER)
    before.arrive(ANSWER, 40)
    answer = await said_after_a_crash(database, telegram)
    assert isinstance(answer, dict)
    assert (answer["message_id"], telegram.called) == (40, 0)


async def test_what_may_have_arrived_is_said_again_and_marked(database: DeskDatabase) -> None:
    before, telegram = opened(database.path), Telegram()
    before.leave(ANSWER)
    await said_after_a_crash(database, telegram)
    with database.reading() as db:
        (row,) = db.execute("select state, message_id, in_doubt from outbox").fetchall()
    assert (row, telegram.called) == (("sent", 41, 1), 1)


async def test_what_the_outbox_knows_to_be_said_is_not_said_again_for_an_older_note(database: DeskDatabase) -> None:
    """A power failure may leave the file older than the database."""
    opened(database.path).leave(ANSWER)
    Outbox(database).note_sent(ANSWER, 40)
    telegram = Telegram()
    answer = await said_after_a_crash(database, telegram)
    assert isinstance(answer, dict)
    assert (answer["message_id"], telegram.called) == (40, 0)


def test_nothing_of_what_was_settled_stays_in_the_file(database: DeskDatabase) -> None:
    departures = opened(database.path)
    before = Path(f"{database.path}.departures").read_bytes()
    departures.leave(ANSWER)
    departures.arrive(ANSWER, 40)
    departures.settle(ANSWER)
    assert Path(f"{database.path}.departures").read_bytes() == before


async def test_what_was_taken_by_something_that_cannot_be_read_is_said_again_and_marked(database: DeskDatabase) -> None:
    async def garbled() -> Answer:
        raise ValueError("not what Telegram says")

    departures, commits, telegram = opened(database.path), GroupCommit(database), Telegram()
    saying = Sender(Outbox(database), departures, commits)
    with handling(CurrentUpdate(ANSWER.update_id, is_new=True)), pytest.raises(ValueError, match="not what"):
        await saying.say(garbled, ANSWER.method, chat_id=5)
    assert InFlightReplies(database.path).open() == []
    with handling(CurrentUpdate(ANSWER.update_id)):
        await saying.say(telegram, ANSWER.method, chat_id=5)
    await commits.write(lambda: None)
    with database.reading() as db:
        assert db.execute("select state, in_doubt from outbox").fetchall() == [("sent", 1)]
    assert (InFlightReplies(database.path).open(), telegram.called) == ([], 1)


async def test_what_the_outbox_has_is_noted_no_more(database: DeskDatabase) -> None:
    await said_after_a_crash(database, Telegram(), is_new=True)
    assert InFlightReplies(database.path).open() == []
    assert Outbox(database).recall(ANSWER.update_id, ANSWER.number) == SentReply(41)


def test_what_is_noted_is_there_when_the_file_is_opened_again(database: DeskDatabase) -> None:
    ours = opened(database.path)
    ours.leave(ANSWER)
    assert InFlightReplies(database.path).open() == [(ANSWER, False, None)]
    ours.arrive(ANSWER, 2**40)
    assert InFlightReplies(database.path).open() == [(ANSWER, True, 2**40)]


async def test_what_the_database_could_not_note_yet_is_not_said_again(database: DeskDatabase) -> None:
    """The update is worked off once more while the outbox still waits for the database."""
    departures, telegram = opened(database.path), Telegram()
    departures.leave(ANSWER)
    departures.arrive(ANSWER, 40)
    saying = Sender(Outbox(database), departures, GroupCommit(database))
    with handling(CurrentUpdate(ANSWER.update_id)):
        answer = await saying.say(telegram, ANSWER.method, chat_id=5)
    assert isinstance(answer, dict)
    assert (answer["message_id"], telegram.called) == (40, 0)


@pytest.mark.parametrize("content", [b"\0" * 40, b"SQLite format 3\0" * 5_000], ids=["cut off", "of another program"])
def test_a_file_that_cannot_be_read_is_begun_anew_and_that_is_said(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "policydesk.db.departures"
    path.write_bytes(content)
    assert InFlightReplies(tmp_path / "policydesk.db").open() == []
    assert f"{path} is not what was on its way" in caplog.text
    opened(tmp_path / "policydesk.db").leave(ANSWER)
    assert InFlightReplies(tmp_path / "policydesk.db").open() == [(ANSWER, False, None)]


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "policydesk.db.departures").mkdir()
    with pytest.raises(DatabaseError, match=r"policydesk\.db\.departures cannot be used"):
        opened(tmp_path / "policydesk.db")


def test_a_file_that_finds_no_room_is_named_and_what_was_written_of_it_does_not_count(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
        with pytest.raises(DatabaseError, match="make room"):
            opened(tmp_path / "policydesk.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert InFlightReplies(tmp_path / "policydesk.db").open() == []


async def test_when_far_too_much_waits_to_be_noted_nothing_more_is_said(database: DeskDatabase) -> None:
    departures, telegram = opened(database.path), Telegram()
    for number in range(SLOTS):
        departures.leave(ReplyKey(1, number, "sendMessage"))
    saying = Sender(Outbox(database), departures, GroupCommit(database))
    with handling(CurrentUpdate(2, is_new=True)), pytest.raises(UnavailableError, match="wait to be noted"):
        await saying.say(telegram, "sendMessage", chat_id=5)
    assert telegram.called == 0
    departures.settle(ReplyKey(1, 0, "sendMessage"))
    with handling(CurrentUpdate(2, is_new=True)):
        await saying.say(telegram, "sendMessage", chat_id=5)
    assert telegram.called == 1
