"""The schema of the log, as numbered steps; a step that has landed is never changed, only followed by another."""

import hashlib
import json

from sqlite_utils import Database, Migrations

from storage.database.search_text import searchable
from storage.database.tally_triggers import REVIEW_STEPS

MIGRATIONS = Migrations("policydesk")
RESERVED_IDS = "create table if not exists reserved_ids (last integer not null)"
"""A table of ids that were given before a backup was put back: no id up to the highest of them is given again."""


@MIGRATIONS(name="0001_exchanges")
def exchanges(db: Database) -> None:
    """Questions and answers with their quotes, and a full-text index over both."""
    _create_exchanges(db)
    _create_citations(db)
    db.table("exchanges").enable_fts(
        ["question", "reply"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
    )


def _may_hold_rows(db: Database) -> bool:
    """Whether a step of a version before the record could stand on PostgreSQL may find rows: on SQLite only."""
    return isinstance(db, Database)


def _create_exchanges(db: Database) -> None:
    db.create_table(
        "exchanges",
        {
            "id": int,
            "asked_at": str,
            "channel": str,
            "chat_id": int,
            "user_id": int,
            "message_id": int,
            "update_id": int,
            "question": str,
            "kind": str,
            "outcome": str,
            "confidence": float,
            "reply": str,
            "latency_ms": float,
            "library": str,
            "version": str,
        },
        pk="id",
        not_null={"asked_at", "channel", "question", "kind", "outcome", "confidence", "reply", "latency_ms", "library"},
    )


def _create_citations(db: Database) -> None:
    db.create_table(
        "citations",
        {
            "exchange_id": int,
            "number": int,
            "file": str,
            "line": int,
            "start": int,
            "end": int,
            "quote": str,
            "score": float,
        },
        pk=("exchange_id", "number"),
        foreign_keys=[("exchange_id", "exchanges", "id")],
        not_null={"file", "line", "start", "end", "quote", "score"},
    )


@MIGRATIONS(name="0002_access")
def access(db: Database) -> None:
    """Parties, requests shown to the owners, refused attempts, and the counts of rate limits."""
    _create_parties(db)
    db.create_table("requests_shown", {"code": str, "chat_id": int, "message_id": int}, pk=("chat_id", "message_id"))
    db.table("requests_shown").create_index(["code"])
    _create_refusals(db)
    db.create_table("asks", {"id": int, "at": str, "user_id": int, "chat_id": int, "weight": int}, pk="id")
    for column in ("user_id", "chat_id"):
        db.table("asks").create_index([column, "at"])
    db.table("asks").create_index(["at"])
    db.create_table("waits", {"id": int, "until": str}, pk="id", not_null={"until"})


def _create_parties(db: Database) -> None:
    db.create_table(
        "parties",
        {
            "id": int,
            "name": str,
            "standing": str,
            "role": str,
            "code": str,
            "asked_at": str,
            "decided_at": str,
            "decided_by": str,
            "removed_at": str,
            "answered_at": str,
            "shown_at": str,
            "is_shown": int,
        },
        pk="id",
        not_null={"name", "standing", "role", "code", "asked_at", "decided_by", "is_shown"},
        defaults={"is_shown": 0},
    )
    db.table("parties").create_index(["code"], unique=True)
    db.table("parties").create_index(["shown_at"])


def _create_refusals(db: Database) -> None:
    db.create_table(
        "refusals",
        {
            "id": int,
            "hour": str,
            "chat_id": int,
            "user_id": int,
            "kind": str,
            "reason": str,
            "attempts": int,
            "first_at": str,
            "last_at": str,
        },
        pk="id",
        not_null={"hour", "kind", "reason", "attempts", "first_at", "last_at"},
    )
    db.table("refusals").create_index(["hour", "chat_id", "user_id"])


@MIGRATIONS(name="0003_threads")
def threads(db: Database) -> None:
    """The topic of an exchange, the exchanges it follows and replaces, and its reply's message; found by message."""
    table = db.table("exchanges")
    for column in ("thread_id", "follows", "replaces", "reply_message_id"):
        table.add_column(column, int)
    for column in ("message_id", "reply_message_id"):
        table.create_index(["chat_id", column])


@MIGRATIONS(name="0004_buttons")
def buttons(db: Database) -> None:
    """Buttons, feedback, and the messages that answers became."""
    db.create_table(
        "buttons",
        {"token": str, "action": str, "payload": str, "made_at": str},
        pk="token",
        not_null={"action", "payload", "made_at"},
    )
    db.table("buttons").create_index(["payload", "action"], unique=True)
    db.create_table(
        "feedback",
        {
            "id": int,
            "exchange_id": int,
            "user_id": int,
            "thumb": str,
            "reason": str,
            "note": str,
            "via": str,
            "given_at": str,
        },
        pk="id",
        foreign_keys=[("exchange_id", "exchanges", "id")],
        not_null={"exchange_id", "thumb", "via", "given_at"},
    )
    db.table("feedback").create_index(["exchange_id", "user_id"], unique=True)
    db.create_table(
        "sent_messages",
        {"exchange_id": int, "message_id": int, "purpose": str},
        pk=("exchange_id", "message_id"),
        foreign_keys=[("exchange_id", "exchanges", "id")],
        not_null={"purpose"},
    )
    db.table("sent_messages").create_index(["message_id"])
    db.table("exchanges").add_column("more_of", int)


@MIGRATIONS(name="0005_people_and_collections")
def people_and_collections(db: Database) -> None:
    """Hashes of cited articles, forgotten exchanges, collections of chats, upload drafts, and articles last read."""
    db.table("citations").add_column("sha256", str)
    db.table("exchanges").add_column("forgotten", int, not_null_default=0)
    for column in ("user_id", "replaces"):
        db.table("exchanges").create_index([column])
    db.create_table(
        "ties",
        {"chat_id": int, "topic_id": int, "collection": str},
        pk=("chat_id", "topic_id", "collection"),
    )
    db.create_table(
        "drafts",
        {
            "id": str,
            "user_id": int,
            "chat_id": int,
            "sent_at": str,
            "collection": str,
            "shown": str,
            "draft": str,
            "content": bytes,
        },
        pk="id",
        not_null={"user_id", "chat_id", "sent_at", "collection", "shown", "draft", "content"},
    )
    db.create_table("holdings", {"folder": str, "file": str, "sha256": str}, pk=("folder", "file"))


@MIGRATIONS(name="0006_languages")
def languages(db: Database) -> None:
    """The languages that people and groups chose."""
    db.create_table("languages", {"party_id": int, "language": str}, pk="party_id", not_null={"language"})


@MIGRATIONS(name="0007_inbox")
def inbox(db: Database) -> None:
    """Updates not worked off yet, the replies to each, and the effects by idempotency key."""
    db.create_table(
        "inbox",
        {
            "update_id": int,
            "chat_id": int,
            "user_id": int,
            "content": str,
            "received_at": str,
            "state": str,
            "attempts": int,
            "error": str,
        },
        pk="update_id",
        not_null={"content", "received_at", "state", "attempts", "error"},
        defaults={"attempts": 0, "error": ""},
    )
    db.execute("create index idx_inbox_waiting on inbox (update_id) where state = 'waiting'")
    db.table("inbox").create_index(["received_at"])
    db.create_table(
        "outbox",
        {
            "update_id": int,
            "number": int,
            "method": str,
            "state": str,
            "message_id": int,
            "reason": str,
            "in_doubt": int,
            "changed_at": str,
        },
        pk=("update_id", "number"),
        not_null={"method", "state", "reason", "in_doubt", "changed_at"},
        defaults={"reason": "", "in_doubt": 0},
    )
    db.table("outbox").create_index(["changed_at"])
    db.execute("create index idx_outbox_failed on outbox (state) where state = 'failed'")
    db.create_table("effects", {"update_id": int, "name": str, "value": str}, pk=("update_id", "name"))
    db.table("exchanges").add_column("in_doubt", int, not_null_default=0)
    db.execute("create index idx_exchanges_update on exchanges (update_id) where update_id is not null")


@MIGRATIONS(name="0009_review")
def review(db: Database) -> None:
    """Indexes and counts by the day, so that no review page reads a million exchanges."""
    for sql in REVIEW_STEPS:
        db.execute(sql)


@MIGRATIONS(name="0010_weights")
def weights(db: Database) -> None:
    """The weights of an answer, and indexes of the record by time, chat, outcome and feedback."""
    db.table("exchanges").add_column("weights", str)
    for column in ("asked_at", "chat_id", "outcome"):
        db.execute(f"create index idx_exchanges_kept_{column} on exchanges ({column}) where not forgotten")
    db.table("feedback").create_index(["thumb", "exchange_id"])


@MIGRATIONS(name="0011_digests")
def digests(db: Database) -> None:
    """Weekly digests sent to owners."""
    db.create_table("digests", {"week": str, "owner": int, "sent_at": str}, pk=("week", "owner"), not_null={"sent_at"})


@MIGRATIONS(name="0012_busiest_chats")
def busiest_chats(db: Database) -> None:
    """An index that finds the busiest chats of two years without a sort of all days and chats."""
    db.table("tally_chats").create_index(["chat_id", "day", "exchanges"])


@MIGRATIONS(name="0013_reindexing")
def reindexing(db: Database) -> None:
    """The full-text index of an exchange is written anew where its words change, not where its message is noted."""
    db.execute("drop trigger exchanges_au")
    db.execute("""create trigger exchanges_au after update of question, reply on exchanges begin
        insert into exchanges_fts (exchanges_fts, rowid, question, reply)
            values ('delete', old.rowid, old.question, old.reply);
        insert into exchanges_fts (rowid, question, reply) values (new.rowid, new.question, new.reply); end""")


@MIGRATIONS(name="0014_uids")
def uids(db: Database) -> None:
    """An id of each exchange that no other log gives, and the ids that were given before a backup was put back.

    An exchange from before gets the same unique id in every copy of its log.
    """
    db.table("exchanges").add_column("uid", str)
    if _may_hold_rows(db):
        db.conn.create_function("uid_of", -1, uid_of, deterministic=True)
        db.execute("update exchanges set uid = uid_of(id, asked_at, user_id, message_id, question, reply)")
    db.execute("create unique index idx_exchanges_uid on exchanges (uid)")
    db.execute("""create trigger exchanges_named after insert on exchanges when new.uid is null begin
        update exchanges set uid = lower(hex(randomblob(8))) where id = new.id; end""")
    db.execute(RESERVED_IDS)


def uid_of(*values: object) -> str:
    """The unique id of an exchange that was recorded before there were such ids, by its values."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


@MIGRATIONS(name="0015_search")
def search(db: Database) -> None:
    """A full-text index that holds its own text, in which Japanese and Vietnamese are found too, filled anew.

    What another program writes is indexed as it is.
    """
    for name in ("ai", "ad", "au"):
        db.execute(f"drop trigger if exists exchanges_{name}")
    db.execute("drop table exchanges_fts")
    db.execute(
        "create virtual table exchanges_fts using fts5 (question, reply, tokenize='unicode61 remove_diacritics 2')"
    )
    added = "insert into exchanges_fts (rowid, question, reply) values (new.id, new.question, new.reply);"
    deleted = "delete from exchanges_fts where rowid = old.id;"
    db.execute(f"create trigger exchanges_ai after insert on exchanges begin {added} end")
    db.execute(f"create trigger exchanges_ad after delete on exchanges begin {deleted} end")
    db.execute(f"create trigger exchanges_au after update of question, reply on exchanges begin {deleted} {added} end")
    if _may_hold_rows(db):
        db.conn.create_function("searchable", 1, searchable, deterministic=True)
        db.execute(
            "insert into exchanges_fts (rowid, question, reply)"
            " select id, searchable(question), searchable(reply) from exchanges where not forgotten"
        )


@MIGRATIONS(name="0016_derived")
def derived(db: Database) -> None:
    """Indexes of the exchanges that show more of others or follow them, which are forgotten with them."""
    for column in ("more_of", "follows"):
        db.execute(f"create index idx_exchanges_{column} on exchanges ({column}) where {column} is not null")


@MIGRATIONS(name="0017_rehearsals")
def rehearsals(db: Database) -> None:
    """What is written and read back to find out whether an exchange could be recorded."""
    db.execute("create table rehearsals (id integer primary key check (id = 1), content blob not null)")


@MIGRATIONS(name="0018_update_numbers")
def update_numbers(db: Database) -> None:
    """Updates are told apart by number and content, for numbers start anew, and wait in the order of their arrival."""
    table = db.table("inbox")
    table.add_column("number", int)
    table.add_column("digest", str, not_null_default="")
    table.add_column("arrival", int, not_null_default="0")
    db.execute("update inbox set number = update_id, arrival = update_id")
    db.execute("drop index idx_inbox_waiting")
    db.execute("create index idx_inbox_waiting on inbox (arrival) where state = 'waiting'")
    db.execute("create index idx_inbox_renumbered on inbox (number) where number <> update_id")


@MIGRATIONS(name="0019_cited_articles")
def cited_articles(db: Database) -> None:
    """The article of a quote as it was cited: title, date, publisher, address, and the place in the document."""
    for column in ("title", "date", "publisher", "url", "original"):
        db.table("citations").add_column(column, str)


@MIGRATIONS(name="0020_referrals")
def referrals(db: Database) -> None:
    """Questions put before the curators, where they stand, and what was replied."""
    db.create_table(
        "referrals",
        {
            "exchange_id": int,
            "chat_id": int,
            "message_id": int,
            "post_chat_id": int,
            "post_id": int,
            "asked_at": str,
            "answered_at": str,
            "answerer_id": int,
            "answerer": str,
            "words": str,
            "url": str,
        },
        pk="exchange_id",
        foreign_keys=[("exchange_id", "exchanges", "id")],
        not_null={"chat_id", "message_id", "post_chat_id", "post_id", "asked_at"},
    )


@MIGRATIONS(name="0021_limits_by_kind")
def limits_by_kind(db: Database) -> None:
    """Questions and all else are limited each by itself, and who waits is told so once for each."""
    db.table("asks").add_column("is_question", int, not_null_default=1)
    db.execute("drop table waits")
    db.execute(
        "create table waits (id integer not null, is_question integer not null, until text not null,"
        " primary key (id, is_question))"
    )


@MIGRATIONS(name="0022_names")
def names(db: Database) -> None:
    """The names of people and chats on record, as last seen."""
    db.execute("create table names (id integer primary key, name text not null)")
    db.execute(
        "insert into names (id, name) select id, name from parties where name <> ''"
        " and (id in (select user_id from exchanges) or id in (select chat_id from exchanges))"
    )


@MIGRATIONS(name="0023_chat")
def chat(db: Database) -> None:
    """Greetings, thanks and questions about the bot have an outcome of their own; before, they were abstentions."""
    if not _may_hold_rows(db):
        return
    from retrieval.query.about import about_asked  # noqa: PLC0415 - loads what only this step needs
    from retrieval.query.question import chat_in  # noqa: PLC0415

    db.conn.create_function("is_chat", 1, lambda text: (chat_in(text) or about_asked(text)) is not None)
    db.execute(
        "update exchanges set outcome = 'chat' where outcome = 'abstained' and not forgotten and is_chat(question)"
    )


@MIGRATIONS(name="0024_feeds")
def feeds(db: Database) -> None:
    """Feeds that articles come from, and the outcome of each listed item."""
    db.execute(
        "create table feeds (url text primary key, host text not null, reach text not null, collection text not null,"
        " title text, added_at text not null, looked_at text, due_at text, claimed_until text, etag text,"
        " modified text, error text, failures integer not null default 0)"
    )
    db.execute(
        "create table feed_items (feed text not null references feeds (url), item text not null, url text not null,"
        " title text, date text, publisher text, seen_at text not null, position integer not null,"
        " state text not null default 'waiting', attempts integer not null default 0, final_item text, digest text,"
        " file text, error text, primary key (feed, item))"
    )
    for column in ("item", "final_item", "digest"):
        db.execute(f"create index idx_feed_items_{column} on feed_items ({column})")


@MIGRATIONS(name="0025_briefs")
def briefs(db: Database) -> None:
    """Plans of briefs, and the open questions that they name."""
    db.create_table(
        "briefs",
        {"exchange_id": int, "topic": str, "plan": str, "renews": int, "saved_at": str},
        pk="exchange_id",
        foreign_keys=[("exchange_id", "exchanges", "id")],
        not_null={"topic", "plan"},
    )
    db.table("briefs").create_index(["saved_at"])
    db.create_table(
        "brief_questions",
        {"exchange_id": int, "asked_id": int, "times": int},
        pk=("exchange_id", "asked_id"),
        foreign_keys=[("exchange_id", "exchanges", "id"), ("asked_id", "exchanges", "id")],
        not_null={"times"},
    )
    db.table("brief_questions").create_index(["asked_id"])


@MIGRATIONS(name="0026_brief_drafts")
def brief_drafts(db: Database) -> None:
    """The choices that are made for the next brief on a topic."""
    db.table("briefs").add_column("draft", str)


@MIGRATIONS(name="0027_watches")
def watches(db: Database) -> None:
    """Standing questions, the articles and passages known to them, and what waits to be told."""
    db.execute(
        "create table watches (id bigint primary key, user_id bigint, chat_id bigint not null,"
        " thread_id bigint not null default 0, topic text not null, language text not null,"
        " level integer not null default 0, hour integer, zone text not null, made_at text not null, told_at text)"
    )
    db.execute("create index idx_watches_chat_id on watches (chat_id)")
    db.execute("create index idx_watches_user_id on watches (user_id)")
    db.execute(
        "create table watch_matches (id integer primary key, watch_id bigint not null, found_at text not null,"
        " file text not null, digest bigint not null, notice bigint)"
    )
    db.execute("create index idx_watch_matches_watch_id on watch_matches (watch_id)")
    db.execute("create index idx_watch_matches_notice on watch_matches (notice)")
    db.execute(
        "create table watched_articles (folder text not null, file text not null, sha256 text not null,"
        " noted integer not null, primary key (folder, file))"
    )
    db.execute("create table watched_passages (digest bigint primary key)")


@MIGRATIONS(name="0028_documents")
def documents(db: Database) -> None:
    """Files of documents that were added, for other machines, in the order of their last changes."""
    db.execute("create table documents (file text primary key, content blob, sha256 text, number integer not null)")
    db.execute("create index idx_documents_number on documents (number)")


@MIGRATIONS(name="0029_watched_collections")
def watched_collections(db: Database) -> None:
    """Add the collections in which a watched passage was seen."""
    db.execute(
        "create table watched_collections (digest bigint not null, collection text not null,"
        " primary key (digest, collection))"
    )
