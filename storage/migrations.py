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


@MIGRATIONS(name="0003_threads")
def threads(db: Database) -> None:
    """What an exchange leans on, what it replaces, its topic and where its reply stands; found by message."""
    table = db.table("exchanges")
    for column in ("thread_id", "follows", "replaces", "reply_message_id"):
        table.add_column(column, int)
    for column in ("message_id", "reply_message_id"):
        table.create_index(["chat_id", column])
