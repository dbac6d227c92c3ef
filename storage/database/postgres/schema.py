"""The schema on PostgreSQL beside the migrations: functions of SQLite, who leads, and how a table is written."""

from collections.abc import Iterable, Mapping, Sequence

from storage.database.postgres.search_query import WORDS_OF
from storage.database.postgres.statements import IDENTITY, TYPES

SCHEMA, VERDICTS = "policydesk", "verdicts"
"""The schemas of the record, and of the verdicts on it: statements on both name the second."""
APPLIED = "_migrations"
STEPS = f"create table if not exists {APPLIED} (name text primary key, applied_at text not null)"
"""The table of the migrations that were carried out."""
BESIDE = (
    WORDS_OF,
    """create or replace function json_each(text) returns table (value bigint) language sql immutable as
        $$ select each::bigint from pg_catalog.json_array_elements_text($1::json) as each $$""",
    """create or replace function instr(text, bigint) returns integer language sql immutable as
        $$ select strpos($1, $2::text) $$""",
    """create or replace function max(anycompatible, anycompatible) returns anycompatible language sql immutable as
        $$ select greatest($1, $2) $$""",
    """create or replace function iif(boolean, anycompatible, anycompatible) returns anycompatible language sql
        immutable as $$ select case when $1 then $2 else $3 end $$""",
    """create or replace function substr(text, bigint, bigint) returns text language sql immutable as
        $$ select pg_catalog.substr($1, $2::integer, $3::integer) $$""",
    """create or replace function round(double precision) returns double precision language sql immutable as
        $$ select pg_catalog.round($1::numeric)::double precision $$""",
    """create or replace function round(double precision, integer) returns double precision language sql immutable as
        $$ select pg_catalog.round($1::numeric, $2)::double precision $$""",
    """create or replace function randomblob(integer) returns bytea language sql volatile as
        $$ select substring(decode(md5(gen_random_uuid()::text), 'hex') from 1 for $1) $$""",
    """create or replace function hex(bytea) returns text language sql immutable as
        $$ select upper(encode($1, 'hex')) $$""",
    """create or replace function counted(bigint, boolean) returns bigint language sql immutable as
        $$ select $1 + coalesce($2, false)::integer $$""",
    "create or replace aggregate sum(boolean) (sfunc = counted, stype = bigint, initcond = '0')",
    "create or replace function itself(text) returns text language sql immutable as $$ select $1 $$",
    """do $$ begin create operator + (rightarg = text, function = itself);
        exception when duplicate_function then null; end $$""",
    "create table if not exists leadership (term bigint not null, machine text not null)",
    "insert into leadership select 0, '' where not exists (select 1 from leadership)",
)
"""What stands beside the record: functions of SQLite that its statements use, and which machine leads."""


def table_definition(
    name: str,
    columns: Mapping[str, type],
    pk: str | Sequence[str],
    not_null: Iterable[str],
    defaults: Mapping[str, object],
    foreign_keys: Iterable[tuple[str, str, str]],
) -> str:
    """The statement that makes a table, from what sqlite-utils is given."""
    others = {column: (table, other) for column, table, other in foreign_keys}
    lines = [
        _column(column, kind, column == pk)
        + " not null" * (column in {*not_null})
        + (f" default '{defaults[column]}'" if column in defaults else "")
        + ('references "{}" ("{}")'.format(*others[column]) if column in others else "").join([" ", ""])
        for column, kind in columns.items()
    ]
    if not isinstance(pk, str):
        lines.append(f"primary key ({', '.join(pk)})")
    return f'create table "{name}" ({", ".join(lines)})'


def _column(name: str, kind: type, is_key: bool) -> str:
    if is_key:
        return f'"{name}" {IDENTITY if kind is int else f"{TYPES[kind]} primary key"}'
    return f'"{name}" {TYPES[kind]}'
