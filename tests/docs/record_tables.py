"""The tables of the record in docs/record.md, made from a database as policydesk makes it."""

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from storage.database.connection import DeskDatabase
from storage.database.verdict_migrations import verdicts_beside
from storage.verdicts.book import VerdictBook
from tests.docs.blocks import ROOT

RECORD = ROOT / "docs" / "record.md"
_INTERNAL = re.compile(r"_sqlite|exchanges_fts.|stray_")
"""Tables of SQLite and of the full-text index; and verdicts set aside, which have the columns of the others."""
MEANINGS = {
    "exchanges": {
        "": "One row a question.",
        "id": "its number",
        "asked_at": "when, in UTC",
        "channel": "`telegram`, `inline` or `cli`",
        "chat_id": "the chat in which it was asked",
        "user_id": "who asked; below 0 for who spoke as a channel",
        "message_id": "the message of the question",
        "update_id": "the update by which it came",
        "question": "word for word",
        "kind": "how it was read: who, when, a list, small talk and the like",
        "outcome": "`answered` or `abstained`",
        "confidence": "0 to 1",
        "reply": "the exact words sent",
        "latency_ms": "from question to answer",
        "library": "hash of the articles that answered",
        "version": "of policydesk",
        "thread_id": "the topic of a forum",
        "follows": "the exchange whose question this one was read with",
        "replaces": "the exchange whose question was edited into this one",
        "reply_message_id": "where the reply stands in Telegram",
        "more_of": "the exchange whose further passages it shows",
        "forgotten": "1 where it was emptied of words and ids",
        "in_doubt": "1 where the reply may stand twice",
        "weights": "the mark of the weights that answered",
        "uid": "an id that no other record gives; verdicts name it",
    },
    "citations": {
        "": "The quotes of an answer, a row each.",
        "exchange_id": "the exchange",
        "number": "as shown",
        "file": "the article, from the articles folder on",
        "line": "of the file, counted from 1",
        "start": "the first code point of the quote in the file",
        "end": "the code point after it",
        "quote": "word for word: the file's `text[start:end]`",
        "score": "of the passage",
        "sha256": "hash of the article as it was quoted",
        "title": "of the article as it was cited, and so are the next four",
        "date": "of the article",
        "publisher": "of the article",
        "url": "where the original was published",
        "original": "the place in the document, such as its page",
    },
    "feedback": {
        "": "Opinions of people on an answer, the newest of each.",
        "id": "counts up",
        "exchange_id": "the exchange",
        "user_id": "whose",
        "thumb": "`up` or `down`",
        "reason": "why it is down",
        "note": "in their words",
        "via": "`button` or `reaction`",
        "given_at": "when, in UTC",
    },
    "verdicts": {
        "": "In `policydesk.verdicts.db` beside the database: verdicts of reviewers, of each the newest counts.",
        "id": "counts up",
        "exchange_id": "the exchange, by its number",
        "reviewer": "who, by the name they sign in with",
        "verdict": "`right`, `partly`, `wrong`, `should have answered` or `should have abstained`",
        "better_file": "the article of the sentence that they chose instead",
        "better_start": "its first code point",
        "better_end": "the code point after it",
        "better_quote": "its words",
        "note": "in their words",
        "given_at": "when, in UTC",
        "exchange_uid": "the exchange, by its unique id",
    },
}
"""What the tables that people look into hold, and each of their columns."""
OTHERS = {
    "exchanges_fts": "the full-text index over questions and replies (`policydesk history --search`)",
    "parties": "the list of access, with when and by whom it was decided",
    "requests_shown": "the messages by which owners were shown a request",
    "refusals": "who was refused, an hour a row: `kind` (message, command, deep link, document, edit, button, inline "
    "query, inline result, reaction, post), `reason` (unknown, barred, limit, role, busy), how many attempts; never a "
    "text",
    "asks": "the counts of the last day for the limits",
    "waits": "until when who asked too much has to wait",
    "buttons": "what the buttons under messages do",
    "sent_messages": "messages that belong to an answer, such as its context",
    "ties": "chats and topics that are answered from some collections only (`/use`)",
    "drafts": "documents that somebody sent and nobody decided on, for a day",
    "documents": "the files of documents that were added (`POLICYDESK_DOCUMENTS=database`); removed ones without "
    "content; `number` rises with each change",
    "holdings": "the articles as the bot has read them",
    "languages": "what people and groups chose",
    "names": "the names of people and chats, as last seen, for as long as an exchange needs them",
    "briefs": "the plans of briefs by their exchange: the quotes they may hold, chosen and pinned; when one was saved",
    "brief_questions": "the open questions that a brief names, by their exchanges",
    "referrals": "questions put before the curators (“Ask a person”), and what was replied",
    "watches": "standing questions (`/watch`), with when and how much is told of each",
    "watch_matches": "new passages that wait to be told, by a digest and the number of the watch; `notice` is the "
    "update of the desk's own by which they are told",
    "watched_articles": "the articles that were looked at for the watches; `noted` once their passages are known",
    "watched_collections": "collections in which such a passage stood, where some watchers are told of none of them",
    "watched_passages": "digests of all passages that ever stood in an article since the first watch",
    "inbox": "what Telegram sent, word for word, until it is worked off; then its number and a digest of it for 48 "
    "hours (`number` is Telegram's, `update_id` the desk's own where Telegram gave a number again)",
    "outbox": "what was said to each update, without words, for 48 hours",
    "effects": "what must not be done twice for an update that is being worked off",
    "tally_outcomes": "counts a day, for the dashboard",
    "tally_chats": "counts a day and chat",
    "tally_latencies": "counts a day and latency",
    "tally_sources": "counts a day and article",
    "digests": "which owner was sent which week's figures",
    "feeds": "feeds that articles come from: when each is due, and how its last fetch ended",
    "feed_items": "what feeds listed: the address of each item, what became of it, and its file among the articles",
    "reserved_ids": "numbers up to which none is given again, since a backup was put back",
    "rehearsals": "what `/readyz` writes and reads back; empty",
    "reviewed": "beside the verdicts: how many reviewers judged an exchange, with how many different verdicts",
    "saved_filters": "beside the verdicts: the filters of the inbox that reviewers saved",
    "second_reviews": "beside the verdicts: whose second opinion is asked for",
}
"""What all other tables hold."""


class Column(NamedTuple):
    """A column with its type and meaning."""

    table: str
    name: str
    type: str
    meaning: str


def columns() -> Iterator[Column]:
    """Every column of record and verdicts that somebody may look into."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policydesk.db"
        with closing(DeskDatabase(path)) as log:
            VerdictBook(log).close()
        for file in (path, verdicts_beside(path)):
            with closing(sqlite3.connect(file)) as database:
                tables = database.execute(
                    "select name from sqlite_master where type = 'table' order by rowid"
                ).fetchall()
                for (table,) in tables:
                    if not _INTERNAL.match(table):
                        rows = database.execute("select name, type from pragma_table_info(?)", [table]).fetchall()
                        meanings = MEANINGS.get(table, {})
                        yield from (Column(table, name, kind, meanings.get(name, "")) for name, kind in rows)


def record_reference() -> str:
    """The tables of the record."""
    found = list(columns())
    parts = []
    for table, meanings in MEANINGS.items():
        rows = [f"| `{each.name}` | {each.type.lower()} | {each.meaning} |" for each in found if each.table == table]
        parts += [f"\n### `{table}`\n", f"{meanings['']}\n", "| column | type | |", "|---|---|---|", *rows]
    parts += ["\n### Other tables\n", "| table | holds | columns |", "|---|---|---|"]
    for table in dict.fromkeys(each.table for each in found if each.table not in MEANINGS):
        names = ", ".join(f"`{each.name}`" for each in found if each.table == table)
        parts.append(f"| `{table}` | {OTHERS.get(table, '')} | {names} |")
    return "\n".join(parts) + "\n\n"
