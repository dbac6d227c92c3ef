"""The schema of the verdicts, which stand in a database of their own beside the log, as numbered steps."""

from pathlib import Path

from sqlite_utils import Database, Migrations

VERDICT_MIGRATIONS = Migrations("policydesk verdicts")
UNKNOWN_UID = ""
"""The unique id on a verdict from before there were such ids."""


def verdicts_beside(log: Path) -> Path:
    """The path of the verdicts on a log: `policydesk.verdicts.db` beside `policydesk.db`."""
    return log.with_name(f"{log.stem}.verdicts.db")


@VERDICT_MIGRATIONS(name="0001_verdicts")
def verdicts(db: Database) -> None:
    """Verdicts, a view of those that count, how each exchange stands by them, and requests for a second reviewer."""
    db.create_table(
        "verdicts",
        {
            "id": int,
            "exchange_id": int,
            "reviewer": str,
            "verdict": str,
            "better_file": str,
            "better_start": int,
            "better_end": int,
            "better_quote": str,
            "note": str,
            "given_at": str,
        },
        pk="id",
        not_null={"exchange_id", "reviewer", "verdict", "note", "given_at"},
    )
    table = db.table("verdicts")
    table.create_index(["exchange_id", "reviewer"])
    table.create_index(["verdict", "exchange_id"])
    table.create_index(["given_at"])
    db.execute(_VIEW)
    db.create_table(
        "reviewed",
        {"exchange_id": int, "reviewers": int, "rulings": int},
        pk="exchange_id",
        not_null={"reviewers", "rulings"},
    )
    db.table("reviewed").create_index(["rulings", "exchange_id"])
    db.execute(_TRIGGER)
    db.create_table(
        "second_reviews",
        {"exchange_id": int, "asked_by": str, "asked_at": str},
        pk="exchange_id",
        not_null={"asked_by", "asked_at"},
    )


@VERDICT_MIGRATIONS(name="0002_uids")
def uids(db: Database) -> None:
    """The unique id of each exchange that is judged, and a place for what is about exchanges of another log."""
    for table in ("verdicts", "second_reviews"):
        db.table(table).add_column("exchange_uid", str)
        db.execute(f"update {table} set exchange_uid = '{UNKNOWN_UID}'")  # noqa: S608
        db.execute(f"create table stray_{table} as select * from {table} where false")  # noqa: S608 - our own names
    db.execute("drop view newest_verdicts")
    db.execute(_VIEW)  # with the new column, where a view does not follow its table


@VERDICT_MIGRATIONS(name="0003_saved_filters")
def saved_filters(db: Database) -> None:
    """The filters of the inbox that reviewers saved."""
    db.create_table("saved_filters", {"reviewer": str, "name": str, "query": str}, pk=("reviewer", "name"))


_VIEW = (
    "create view newest_verdicts as select * from verdicts where not exists (select 1 from verdicts as later"
    " where later.exchange_id = verdicts.exchange_id and later.reviewer = verdicts.reviewer and later.id > verdicts.id)"
)
_TRIGGER = (
    "create trigger verdicts_reviewed after insert on verdicts begin"
    " insert into reviewed (exchange_id, reviewers, rulings)"
    " select new.exchange_id, count(*), count(distinct verdict) from newest_verdicts"
    " where exchange_id = new.exchange_id"
    " on conflict (exchange_id) do update set reviewers = excluded.reviewers, rulings = excluded.rulings; end"
)
