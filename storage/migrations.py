"""The schema of the log, as numbered steps; a step that has landed is never changed, only followed by another."""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("policydesk")


@MIGRATIONS(name="0001_exchanges")
def exchanges(db: Database) -> None:
    """What was asked and what was answered, with its quotes, and a full-text index over both."""
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
    db.table("exchanges").enable_fts(
        ["question", "reply"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
    )


@MIGRATIONS(name="0005_people_and_collections")
def people_and_collections(db: Database) -> None:
    """Hashes of cited articles, forgotten exchanges, chats tied to collections, drafts, and what was last read."""
    db.table("citations").add_column("sha256", str)
    db.table("exchanges").add_column("forgotten", int, not_null_default=0)
    db.table("exchanges").create_index(["user_id"])
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
