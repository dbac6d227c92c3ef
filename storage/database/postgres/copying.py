"""Copies of a record from one database to another, of either kind: table by table, row by row, in the order of keys."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from sqlite_utils import Database, Migrations

PAGE, SMALL_PAGE = 2_000, 10
"""Rows that are read at a time; fewer where they hold documents."""
FULL_TEXT = "exchanges_fts"
_KEPT_BY_TRIGGERS = ("tally_", f"{FULL_TEXT}_")
_FOLLOWS_TRIGGERS = frozenset({FULL_TEXT, "reviewed"})
_NEITHER = ("rehearsals", "sqlite_sequence", "_sqlite_migrations", "stray_")

Row = tuple[object, ...]


class TableLayout(NamedTuple):
    """A table of the record: its columns, those of the key first, how many these are, and the rows of a page."""

    name: str
    columns: tuple[str, ...]
    keys: int
    page: int = PAGE


def record_tables(migrations: Migrations) -> list[TableLayout]:
    """The tables to copy, each behind the tables it refers to; counts are left to triggers."""
    blank = Database(memory=True, execute_plugins=False)
    migrations.apply(blank)
    names = [name for name in blank.table_names() if not name.startswith((*_KEPT_BY_TRIGGERS, *_NEITHER))]
    pointing = {name: {key.other_table for key in blank.table(name).foreign_keys} for name in names}
    ordered = sorted(names, key=lambda name: (len(pointing[name]), name in _FOLLOWS_TRIGGERS, name))
    return [_record_table(blank, name) for name in ordered]


def _record_table(blank: Database, name: str) -> TableLayout:
    table = blank.table(name)
    columns = ["rowid", *table.columns_dict] if name == FULL_TEXT else list(table.columns_dict)
    keys = columns[:1] if name == FULL_TEXT else [key for key in table.pks if key in columns] or columns
    page = SMALL_PAGE if bytes in table.columns_dict.values() else PAGE
    return TableLayout(name, (*keys, *(column for column in columns if column not in keys)), len(keys), page)


def copy_record(source: Database, target: Database, migrations: Migrations, *, has_nul: bool) -> dict[str, int]:
    """Make a record, or verdicts, what another is, in a transaction of the target; returns the rows changed by table.

    Where the target has most rows already only the others are written, so a copy that was cut short goes on. Copied
    once more, nothing is changed: that is how a copy is verified. Without NUL, the character is replaced.
    """
    tables = record_tables(migrations)
    changed = dict.fromkeys((table.name for table in tables), 0)
    for table in reversed(tables):
        if table.name != FULL_TEXT:
            for key in _missing(table, target, source):
                target.execute(_delete(table), key)
                changed[table.name] += 1
    for table in tables:
        for row in _new(table, source, target, has_nul=has_nul):
            if table.name == FULL_TEXT:  # the row is there by a trigger, with words as they are written
                target.execute(_update(table), (*row[table.keys :], *row[: table.keys]))
            else:
                target.execute(_upsert(table), row)
            changed[table.name] += 1
    return changed


def _missing(table: TableLayout, here: Database, there: Database) -> Iterator[Row]:
    """The keys of rows that are here and not there."""
    keys = table._replace(columns=table.columns[: table.keys], page=PAGE)
    others = _rows(keys, there)
    other = next(others, None)
    for key in list(_rows(keys, here)):
        while other is not None and other < key:
            other = next(others, None)
        if other != key:
            yield key


def _new(table: TableLayout, source: Database, target: Database, *, has_nul: bool) -> Iterator[Row]:
    """The rows of the source that the target does not have as they are, a page at a time."""
    for page in _pages(table, source):
        rows = [row if has_nul else tuple(map(_without_nul, row)) for row in page]
        held = {row[: table.keys]: row for row in _between(table, target, rows[0], rows[-1])}
        yield from (row for row in rows if held.get(row[: table.keys]) != row)


def _without_nul(value: object) -> object:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def _rows(table: TableLayout, db: Database) -> Iterator[Row]:
    return chain.from_iterable(_pages(table, db))


def _pages(table: TableLayout, db: Database) -> Iterator[Sequence[Row]]:
    """The rows of a table in the order of keys."""
    keys = _names(table.columns[: table.keys])
    select = f"select {_names(table.columns)} from {table.name}"  # noqa: S608 - our own names, as below
    page = db.execute(f"{select} order by {keys} limit {table.page}").fetchall()
    while page:
        yield page
        after = page[-1][: table.keys]
        page = db.execute(
            f"{select} where ({keys}) > ({_marks(after)}) order by {keys} limit {table.page}", after
        ).fetchall()


def _between(table: TableLayout, db: Database, first: Row, last: Row) -> Iterator[Row]:
    keys = _names(table.columns[: table.keys])
    select = f"select {_names(table.columns)} from {table.name}"  # noqa: S608
    ends = (*first[: table.keys], *last[: table.keys])
    marks = _marks(first[: table.keys])
    yield from db.execute(f"{select} where ({keys}) >= ({marks}) and ({keys}) <= ({marks})", ends).fetchall()


def _upsert(table: TableLayout) -> str:
    others = ", ".join(f"[{name}] = excluded.[{name}]" for name in table.columns[table.keys :])
    conflict = f" on conflict ({_names(table.columns[: table.keys])}) do update set {others}" if others else ""
    return f"insert into {table.name} ({_names(table.columns)}) values ({_marks(table.columns)}){conflict}"  # noqa: S608


def _update(table: TableLayout) -> str:
    changes = ", ".join(f"[{name}] = ?" for name in table.columns[table.keys :])
    return f"update {table.name} set {changes} where rowid = ?"  # noqa: S608


def _delete(table: TableLayout) -> str:
    keys = " and ".join(f"[{name}] = ?" for name in table.columns[: table.keys])
    return f"delete from {table.name} where {keys}"  # noqa: S608


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"[{name}]" for name in columns)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
