"""The tables on PostgreSQL, to read and write with statements in SQLite's spelling."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, ParamSpec, TypeVar

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8Dumper, NumericLoader
from psycopg.types.string import StrDumper

from storage.database.postgres.schema import table_definition
from storage.database.postgres.search_query import tsquery
from storage.database.postgres.statements import TYPES, define, is_definition, translate

Values = Sequence[object] | Mapping[str, object]
Connection = psycopg.Connection[Any]
P = ParamSpec("P")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class PostgresTables:
    """As much of a sqlite-utils `Database`, and of its connection, as storage uses.

    Attributes:
        answered_at: By the monotonic clock, when the last statement was sent that the server has answered.
    """

    def __init__(self, connection: Connection) -> None:
        self.conn, self.connection, self.answered_at = self, connection, 0.0
        connection.cursor_factory = _PipelinedCursor
        connection.adapters.register_dumper(str, _TextDumper)
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.adapters.register_dumper(bool, _BooleanDumper)
        connection.adapters.register_loader("numeric", _WholeLoader)

    @property
    def status(self) -> TransactionStatus:
        """Whether a transaction is open, and whole."""
        return self.connection.info.transaction_status

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, if only to be taken back."""
        return self.status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}

    def execute(self, sql: str, values: Values = ()) -> psycopg.Cursor[Any]:
        """Execute a statement."""
        if is_definition(sql):
            return self.run(define(sql))
        statement, given = _statement(sql, values)
        return self._answer(self.connection.execute, statement, given)

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """Execute a statement for each row of values."""
        with self.connection.cursor() as cursor:
            self._answer(cursor.executemany, translate(sql).sql, rows)

    def query(self, sql: str, values: Values = ()) -> Iterator[dict[str, Any]]:
        """The rows of a query by the names of their columns."""
        statement, given = _statement(sql, values)
        with self.connection.cursor(row_factory=dict_row) as cursor:
            self._answer(cursor.execute, statement, given)
            yield from cursor

    def run(self, sql: str) -> psycopg.Cursor[Any]:
        """Run a statement, or several, in PostgreSQL's own spelling."""
        return self._answer(self.connection.execute, sql, prepare=False)

    def _answer(self, ask: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        sent_at = time.monotonic()
        answer = ask(*args, **kwargs)
        if self.connection.info.pipeline_status is PipelineStatus.OFF:  # else it is only sent
            self.answered_at = sent_at
        return answer

    # What migrations and forgetting ask of the schema

    def create_table(
        self,
        name: str,
        columns: Mapping[str, type],
        *,
        pk: str | Sequence[str],
        not_null: Iterable[str] = (),
        defaults: Mapping[str, object] | None = None,
        foreign_keys: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Make a table."""
        self.run(table_definition(name, columns, pk, not_null, defaults or {}, foreign_keys))

    def table(self, name: str) -> PostgresTable:
        """A table by its name."""
        return PostgresTable(self, name)

    def table_names(self) -> list[str]:
        """The names of all tables."""
        return [name for (name,) in self.execute(_TABLES)]


class ForeignKey(NamedTuple):
    """A column that points to another table."""

    column: str
    other_table: str


class TableColumn(NamedTuple):
    """A column of a table."""

    name: str


class PostgresTable(NamedTuple):
    """A table, with as much of sqlite-utils' methods as migrations and storage use."""

    tables: PostgresTables
    name: str

    def add_column(self, column: str, kind: type, not_null_default: object = None) -> None:
        """Add a column."""
        default = "" if not_null_default is None else f" not null default '{not_null_default}'"
        self.tables.run(f'alter table "{self.name}" add column "{column}" {TYPES[kind]}{default}')

    def create_index(self, columns: Sequence[str], *, unique: bool = False) -> None:
        """Create an index, named like sqlite-utils' own."""
        name, listed = "_".join(["idx", self.name, *columns]), ", ".join(f'"{column}"' for column in columns)
        self.tables.run(f'create {"unique " * unique}index "{name}" on "{self.name}" ({listed})')

    def enable_fts(self, *_: object, **__: object) -> None:
        """Leave the full-text index to the later step that makes a better one."""

    @property
    def columns(self) -> list[TableColumn]:
        """The columns, in order."""
        return [TableColumn(name) for (name,) in self.tables.execute(_COLUMNS, [self.name])]

    @property
    def foreign_keys(self) -> list[ForeignKey]:
        """The columns that point to other tables."""
        return [ForeignKey(*row) for row in self.tables.execute(_KEYS, [self.name])]


def _statement(sql: str, values: Values) -> tuple[str, Values | None]:
    """A statement with its values, as psycopg takes them; it takes no percent sign for a parameter without any."""
    statement = translate(sql)
    if isinstance(values, Mapping) and statement.searches:
        values = {**values, **{name: tsquery(str(values[name])) for name in statement.searches}}
    return statement.sql, values


class _PipelinedCursor(psycopg.Cursor[Any]):
    """A cursor that knows how many rows a statement touched though others are sent before its answer is read."""

    @property
    def rowcount(self) -> int:
        self._fetch_pipeline()
        return super().rowcount


class _TextDumper(StrDumper):
    """Text without the character NUL, which PostgreSQL cannot hold: it becomes a replacement character."""

    def dump(self, obj: str) -> Any:
        if "\0" in obj:
            logger.warning("A NUL character was replaced, which PostgreSQL cannot hold")
            obj = obj.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return super().dump(obj)


class _BooleanDumper(Int8Dumper):
    """Truth as a number, as SQLite keeps it."""

    def dump(self, obj: Any) -> Any:
        return super().dump(int(obj))


class _WholeLoader(NumericLoader):
    """Sums of numbers as whole numbers, where they are whole."""

    def load(self, data: Any) -> Any:
        number = super().load(data)
        return int(number) if number == number.to_integral_value() else float(number)


_TABLES = "select tablename from pg_tables where schemaname = current_schema"
_COLUMNS = (
    "select column_name from information_schema.columns where table_schema = current_schema"
    " and table_name = ? and is_generated = 'NEVER' order by ordinal_position"
)
_KEYS = (
    "select a.attname, k.confrelid::regclass::text from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid"
    " and a.attnum = any (k.conkey) where k.contype = 'f' and k.conrelid = to_regclass(?)"
)
