"""Every place that may hold somebody's words or ids is known by name, and is empty once they are forgotten."""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.app import Office
from bot.emulator.people.conversation import Conversation
from bot.operations.retention import Retention
from storage.chats.upload_drafts import DraftBook
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.database.verdict_migrations import verdicts_beside
from storage.delivery.inbox import Inbox
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from storage.verdicts.book import VerdictBook
from tests.support.answers import exchange
from tests.support.desk import serving

pytestmark = pytest.mark.both_dialects

PERSON, OTHER = 424242424242, 515151515151
WORDS = "xylophone"

WHOSE = {
    "exchanges": "chat_id:who user_id:who question:words reply:words message_id:who reply_message_id:who"
    " thread_id:who update_id:who",
    "citations": "quote:answer exchange_id:answer",
    "feedback": "user_id:who note:words",
    "sent_messages": "exchange_id:answer message_id:answer",
    "parties": "id:list name:list code:list decided_by:list",  # who may ask, which stays, as /forget says
    "requests_shown": "chat_id:who",
    "refusals": "chat_id:who user_id:who",
    "asks": "user_id:who chat_id:who",
    "waits": "id:who",
    "languages": "party_id:who",
    "names": "id:who name:words",
    "referrals": "exchange_id:answer chat_id:who message_id:who post_chat_id:who post_id:who answerer_id:who"
    " answerer:words words:words",
    "briefs": "exchange_id:answer topic:words plan:words draft:words",
    "brief_questions": "exchange_id:answer asked_id:answer",
    "ties": "chat_id:who",
    "drafts": "user_id:who chat_id:who shown:words draft:words content:words",
    "inbox": "chat_id:who user_id:who content:words error:words",
    "effects": "value:words",
    "outbox": "reason:telegram",  # what Telegram said of a refusal
    "digests": "owner:owner",  # owners are named in the settings as well
    "tally_chats": "chat_id:who",
    "buttons": "payload:number",  # of an exchange and a quote
    "watches": "user_id:who chat_id:who topic:words",
    "watch_matches": "watch_id:watch",
    "exchanges_fts": "question:words reply:words",
}
"""Of each table the columns that may hold words or ids of people, and whose; all other columns hold neither."""
WHOSE_VERDICTS = {
    "verdicts": "reviewer:reviewer note:words better_quote:article exchange_id:answer exchange_uid:answer",
    "second_reviews": "asked_by:reviewer exchange_id:answer exchange_uid:answer",
    "stray_verdicts": "reviewer:reviewer note:words better_quote:article",
    "stray_second_reviews": "asked_by:reviewer",
    "saved_filters": "reviewer:reviewer name:reviewer query:reviewer",  # never one for a person
}
NEITHER = {
    "exchanges": "id asked_at channel kind outcome confidence latency_ms library version follows replaces more_of"
    " forgotten in_doubt weights uid",
    "citations": "number file line start end score sha256 title date publisher url original",
    "feedback": "id exchange_id thumb reason via given_at",
    "sent_messages": "purpose",
    "parties": "standing role asked_at decided_at removed_at answered_at shown_at is_shown",
    "requests_shown": "code message_id",
    "refusals": "id hour kind reason attempts first_at last_at",
    "asks": "id at weight is_question",
    "waits": "until is_question",
    "languages": "language",
    "briefs": "renews saved_at",
    "brief_questions": "times",
    "referrals": "asked_at answered_at url",
    "ties": "topic_id collection",
    "drafts": "id sent_at collection",
    "inbox": "update_id number digest arrival received_at state attempts",
    "effects": "update_id name",
    "outbox": "update_id number method state message_id in_doubt changed_at",
    "digests": "week sent_at",
    "tally_chats": "day exchanges",
    "tally_outcomes": "day outcome exchanges forgotten",
    "tally_latencies": "day ms exchanges",
    "tally_sources": "file day citations",
    "buttons": "token action made_at",
    "holdings": "folder file sha256",
    "documents": "file content sha256 number",  # articles, as the folder's own
    "feeds": "url host reach collection title added_at looked_at due_at claimed_until etag modified error failures",
    "feed_items": "feed item url title date publisher seen_at position state attempts final_item digest file error",
    "reserved_ids": "last",
    "rehearsals": "id content",
    "watches": "id thread_id language level hour zone made_at told_at",
    "watch_matches": "id found_at file digest notice",
    "watched_articles": "folder file sha256 noted",
    "watched_collections": "digest collection",
    "watched_passages": "digest",
    "verdicts": "id verdict better_file better_start better_end given_at",
    "second_reviews": "asked_at",
    "stray_verdicts": "id exchange_id verdict better_file better_start better_end given_at exchange_uid",
    "stray_second_reviews": "exchange_id asked_at exchange_uid",
    "reviewed": "exchange_id reviewers rulings",
}
"""The other columns; a new one belongs into this list or the one above, and into what `/forget` empties."""


def columns(path: Path) -> dict[str, set[str]]:
    """The columns of each table of a database, without those that SQLite and sqlite-utils keep for themselves."""
    with closing(sqlite3.connect(path)) as raw:
        names = [name for (name,) in raw.execute("select name from sqlite_master where type = 'table'")]
        ours = [name for name in names if not name.startswith(("sqlite_", "_sqlite_", "exchanges_fts_"))]
        return {name: {row[1] for row in raw.execute(f"pragma table_info([{name}])")} for name in ours}


def kinds(whose: dict[str, str], table: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in whose.get(table, "").split())


SCHEMA = Database(memory=True)
MIGRATIONS.apply(SCHEMA)


@pytest.mark.sqlite_only
def test_every_column_says_whether_it_may_hold_words_or_ids_of_people(database: DeskDatabase) -> None:
    """A new column or table fails here until it is said whose it is, and below until it is emptied."""
    book = verdicts_beside(database.path)
    VerdictBook(database).close()
    for path, whose in ((database.path, WHOSE), (book, WHOSE_VERDICTS)):
        for table, found in columns(path).items():
            assert found == {*kinds(whose, table), *NEITHER.get(table, "").split()}, table


def test_no_place_holds_the_person_any_more(database: DeskDatabase) -> None:
    """Each table gets a row that is full of them; then they are forgotten."""
    number = ExchangeLog(database).record(exchange(WORDS).model_copy(update={"user_id": PERSON, "chat_id": PERSON})).id
    judged = "insert into verdicts (exchange_id, reviewer, verdict, note, given_at) values (?, 'A', 'right', ?, '')"
    with closing(VerdictBook(database)) as book, book._database.writing() as db:
        db.execute(judged, [number, WORDS])
    with database.writing() as db:
        for table in WHOSE:
            if not table.startswith(("exchanges", "tally", "parties")):
                row = _full_row(SCHEMA.table(table).columns, kinds(WHOSE, table), number or 0)
                names, marks = ", ".join(f"[{name}]" for name in row), ", ".join("?" * len(row))
                db.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))  # noqa: S608
        db.execute(
            "insert into inbox (update_id, chat_id, user_id, content, received_at, state)"
            " values (77, ?, ?, ?, '2026-11-22', 'set aside')",
            [OTHER, OTHER, json.dumps(_reply_to_them())],
        )
    PeopleRecord(database).forget(PERSON)
    with database.reading() as db:
        kept = json.loads(db.execute("select content from inbox where update_id = 77").fetchone()[0])
        assert kept["message"]["text"] == "What do they mean?"
        assert kept["message"]["from"]["id"] == OTHER
        for table in {*SCHEMA.table_names()} & {*WHOSE, *NEITHER}:
            for name, kind in {**kinds(WHOSE, table), **dict.fromkeys(NEITHER.get(table, "").split(), "")}.items():
                values = [row[name] for row in db.query(f"select * from {table}")]  # noqa: S608
                assert PERSON not in values, (table, name)
                assert not any(WORDS in str(value) for value in values), (table, name, kind)
    files = b"".join(file.read_bytes() for file in database.path.parent.glob("policydesk*"))
    assert (WORDS.encode() in files, str(PERSON).encode() in files) == (False, False)


def _full_row(found: Sequence[object], holds: dict[str, str], number: int) -> dict[str, object]:
    filled = {"who": PERSON, "words": WORDS, "answer": number, "owner": OTHER}
    row: dict[str, object] = {}
    for column in found:
        name, kind = getattr(column, "name"), getattr(column, "type")  # noqa: B009 - of sqlite-utils, untyped
        plain: object = "2026-11-22T05:00:00.000Z" if kind == "TEXT" else number
        value = filled.get(holds.get(name, ""), plain)
        row[name] = str(value).encode() if kind == "BLOB" else value
    return row


def _reply_to_them() -> dict[str, object]:
    them = {"id": PERSON, "is_bot": False, "first_name": WORDS, "username": WORDS}
    theirs = {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "group"}, "from": them, "text": WORDS}
    answer = {"message_id": 2, "date": 1, "from": {"id": 1, "is_bot": True}, "text": WORDS, "reply_to_message": theirs}
    forwarded = {"origin": {"type": "user", "sender_user": them}, "text": WORDS}
    other = {"id": OTHER, "is_bot": False, "first_name": "Binh"}
    return {
        "update_id": 77,
        "message": {
            "message_id": 3, "date": 1, "chat": {"id": -100, "type": "group"}, "from": other,
            "text": "What do they mean?", "quote": {"text": WORDS}, "reply_to_message": theirs,
            "external_reply": forwarded, "entities": [{"type": "text_mention", "user": them}],
            "new_chat_members": [them], "pinned_message": answer,
        },
    }  # fmt: skip


TONGA = "Ships for Tonga\n\n" + "".join(
    f"Japan handed patrol ship {name} to Tonga in Nukualofa on Monday, it was said in report {name}.\n\n"
    for name in ("Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg", "Hh")
)
ASKED = "To whom did Japan hand patrol ships, as reports said?"


@pytest.fixture
def office(folder: Callable[..., Path], office_of: Callable[..., Office]) -> Office:
    return office_of(folder(tonga=TONGA))


async def _forget(chat: Conversation) -> None:
    asked = await chat.reply_to(chat.say("/forget"))
    chat.press(asked, "Forget me")
    await chat.next_edit(asked)


async def test_what_others_were_shown_of_somebodys_question_is_forgotten_with_it(
    office: Office, database: DeskDatabase
) -> None:
    """More of it, and more of that; and what says with which of its words another's question was read."""
    async with serving(office) as telegram:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        desk, chat = telegram.group("Desk", [aiko, binh]), telegram.private_chat(aiko)
        answer = first = await desk.reply_to(desk.say(f"/ask {ASKED}", aiko))
        desk.press(answer, "Context", binh)
        await desk.next_reply()
        desk.press(answer, "More", binh)
        await desk.next_reply()
        followed = await desk.reply_to(desk.say("and Fiji?", binh, reply_to=first))
        assert "Read as" in (followed.text or ""), followed.text
        await desk.reply_to(desk.say("/ask Who chairs the parliament of Norway?", binh))
        await _forget(chat)
        with database.reading() as db:
            rows = db.execute("select user_id, question, reply from exchanges order by id").fetchall()
            people = {user for (user,) in db.execute("select user_id from asks")}
    assert [row[:2] for row in rows if row[1]] == [
        (binh.id, "and Fiji?"),
        (binh.id, "Who chairs the parliament of Norway?"),
    ]
    assert len(rows) >= 4
    assert [bool(row[2]) for row in rows if row[1]] == [False, True]
    assert aiko.id not in people
    assert ASKED.encode() not in b"".join(file.read_bytes() for file in database.path.parent.glob("policydesk.db*"))


def test_who_asked_for_more_of_anothers_question_is_forgotten_alone(log: ExchangeLog) -> None:
    """The question stays, and what others were shown of it, as one chain."""

    def record(person: int, more_of: int | None = None) -> int:
        fields = {"user_id": person, "more_of": more_of, "update_id": None}
        return log.record(exchange(WORDS).model_copy(update=fields)).id or 0

    question = record(OTHER)
    first, second = record(PERSON, question), 0
    second = record(PERSON, first)
    last = record(OTHER, second)
    assert PeopleRecord(log.database).forget(PERSON) == 2
    assert [entry.id for entry in log.shown_before(last)] == [question, last]
    assert log.find(first) is log.find(second) is None


async def test_forgetting_oneself_is_no_way_around_the_limit(office: Office) -> None:
    async with serving(office, limit_person=2, owners=()) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await chat.reply_to(chat.say(ASKED))
        await _forget(chat)
        said = [(await chat.reply_to(chat.say(ASKED))).text or "" for _ in range(2)]
    assert "Tonga" in said[0]
    assert "Tonga" not in said[1]


def test_what_is_old_is_forgotten_in_refusals_and_in_what_was_shown_of_it(
    log: ExchangeLog, database: DeskDatabase
) -> None:
    old = dt.datetime(2025, 4, 28, tzinfo=dt.UTC)
    number = log.record(exchange(WORDS).model_copy(update={"asked_at": old})).id
    later = {"asked_at": old + dt.timedelta(days=300), "more_of": number}
    log.record(exchange(WORDS).model_copy(update=later))
    with database.writing() as db:
        db.execute(
            "insert into refusals (hour, chat_id, user_id, kind, reason, attempts, first_at, last_at)"
            " values ('2025-04-28T09', 1, 1, 'message', 'limit', 1, '2025-04-28T09', '2025-04-28T09')"
        )
    Retention(
        PeopleRecord(database), DraftBook(database), Inbox(database), 30, lambda: old + dt.timedelta(days=31)
    ).once()
    assert log.history() == []
    with database.reading() as db:
        assert db.execute("select chat_id, user_id from refusals").fetchall() == [(None, None)]


def _names(database: DeskDatabase) -> dict[int, str]:
    with database.reading() as db:
        return dict(db.execute("select id, name from names").fetchall())


async def test_names_are_kept_as_last_seen_and_forgotten_with_their_person(
    office: Office, database: DeskDatabase
) -> None:
    """A person and a group are on record by their newest names, until nothing of theirs is on record any more."""
    async with serving(office) as telegram:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        chat, desk = telegram.private_chat(aiko), telegram.group("Desk", [aiko, binh])
        await chat.reply_to(chat.say(ASKED))
        await desk.reply_to(desk.say(f"/ask {ASKED}", aiko))
        await desk.reply_to(desk.say(f"/ask {ASKED}", binh))
        assert _names(database) == {aiko.id: "Aiko", binh.id: "Binh", desk.id: "Desk"}
        await _forget(chat)
        assert _names(database) == {binh.id: "Binh", desk.id: "Desk"}


def test_names_change_move_and_go_with_the_record(log: ExchangeLog, database: DeskDatabase) -> None:
    """The name seen last is kept, follows a group that gets another id, and goes when its exchanges are a year old."""
    people = PeopleRecord(database)
    for name in ("Old", "New"):
        names = {"user_id": PERSON, "user_name": "Aiko", "chat_id": -5, "chat_name": name, "update_id": None}
        asked = log.record(exchange(WORDS).model_copy(update=names))
    people.move_chat(-5, -1005)
    assert _names(database) == {PERSON: "Aiko", -1005: "New"}
    people.forget_before(asked.asked_at + dt.timedelta(days=1))
    assert _names(database) == {}
