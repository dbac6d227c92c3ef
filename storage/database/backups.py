"""Backups: the log and its verdicts in one file, verified before it counts, and put back without a loss."""

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from retrieval.models import Value
from storage.database.connection import HEADER
from storage.database.inspection import LOG, VERDICTS, DatabaseKind, Inspection, connect, count_rows, inspect
from storage.database.migrations import RESERVED_IDS
from storage.database.private_files import replacing
from storage.database.verdict_migrations import verdicts_beside
from storage.errors import DatabaseError

UNKNOWN_IDS = 1_000_000
"""How many ids are passed over where nobody can tell how many were given since a backup."""
_BESIDE = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database in use."""
_WRITE_VERSION = 18
"""Where the header of an SQLite file says whether it is written by way of a journal of its own (2, WAL) or not (1)."""
_OF_WATCHES = frozenset({"watched_articles", "watch_matches"})
"""Tables that are begun anew: whoever watches was told of what came since the backup, and is not told of it again."""
_ENCLOSED = "backup_verdicts"
"""The table of a backup that holds the database of verdicts, where there was one, as a single row."""


class RestoreReport(Value):
    """A backup put back.

    Attributes:
        inspection: Of the log, with the counts of the verdicts where the backup holds any.
        replaced: Where the database before it is kept now; None where there was none.
        replaced_verdicts: Where the verdicts before those of the backup are kept now.
    """

    inspection: Inspection
    replaced: Path | None
    replaced_verdicts: Path | None


class _Enclosed(NamedTuple):
    """The verdicts of a backup: whether it knows of any, and their database."""

    is_known: bool
    content: bytes | None = None


def back_up(source: Path, target: Path, *, force: bool = False) -> Inspection:
    """Copy a database, in use or not, and its verdicts into one file, named once verified.

    Raises:
        DatabaseError: It could not be copied, or the copy is not whole; the file at `target` is as it was.
    """
    _check_target(source, target, force=force)
    with _with_cure(target), replacing(target) as part, _removed_at_end(part):
        book = verdicts_beside(source)
        # The verdicts first, so that each is on an exchange that the log has.
        verdicts, content = _copy_content(book, part) if book.exists() else (None, None)
        log = _copy(source, part, LOG)
        _enclose(part, content)
    return log.with_counts(verdicts)


def restore(source: Path, target: Path, now: dt.datetime) -> RestoreReport:
    """Put a backup in the place of the database, which is kept beside it under a name with the time; so its verdicts.

    Raises:
        DatabaseError: The backup cannot be used, or the database is in use; nothing was changed.
    """
    target = target.resolve()  # what a link leads to is replaced, not the link
    book = verdicts_beside(target)
    with contextlib.suppress(OSError):
        if source.samefile(target):
            raise DatabaseError(f"{source} is the database itself: name a backup.")
    _check_whole(source, inspect(source))
    enclosed = _enclosed(source)
    with _with_cure(target), contextlib.ExitStack() as stack:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = stack.enter_context(_part_for(target))
        log = _copy(source, part, LOG)
        _open_up(part, _last_id(source, target, book))
        verdicts = _unpack(enclosed.content, stack.enter_context(_part_for(book))) if enclosed.content else None
        _set_free(target, LOG)
        _set_free(book, VERDICTS)
        replaced = _keep_beside(target, now)
        replaced_verdicts = _keep_beside(book, now) if enclosed.is_known else None
    if enclosed.is_known and not enclosed.content:
        book.unlink(missing_ok=True)
    return RestoreReport(inspection=log.with_counts(verdicts), replaced=replaced, replaced_verdicts=replaced_verdicts)


# The file that is made


def _check_target(source: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise DatabaseError(f"{target} is a folder: name a file to back up to.")
    if _is_of_database(source.resolve(), target):
        raise DatabaseError(f"{target} belongs to the database itself: name another file to back up to.")
    if target.exists() and not force:
        raise DatabaseError(f"{target} is there already: name another file, or replace it with --force.")
    if target.exists() and not _is_backup(target):
        raise DatabaseError(
            f"{target} is no backup that policydesk made, and was not touched, --force or not: name another file, or "
            "delete it yourself."
        )


def _is_of_database(source: Path, target: Path) -> bool:
    """Whether a file is the database, by whatever link, or stands beside it and bears its name."""
    with contextlib.suppress(OSError):
        if target.samefile(source):
            return True
    place = target.resolve()
    return place.parent == source.parent and place.name.startswith((source.name, f"{source.stem}."))


def _is_backup(path: Path) -> bool:
    """Whether a file is a backup: not a database that is, was or will be answered from, nor anything else."""
    if not path.is_file() or path.name.endswith(".replaced"):
        return False
    with path.open("rb") as file:
        header = file.read(_WRITE_VERSION + 1)
    if not header.startswith(HEADER) or header[_WRITE_VERSION:] != b"\1":
        return False
    try:
        with connect(path, mode="ro") as connection:
            tables = {row[0] for row in connection.execute("select name from sqlite_master")}
    except DatabaseError:
        return False
    made_before = {"exchanges", LOG.migrations.migrations_table} <= tables and "reserved_ids" not in tables
    return _ENCLOSED in tables or made_before


def _copy(source: Path, part: Path, kind: DatabaseKind) -> Inspection:
    """Copy a database into a new file by SQLite's online backup, within one read of it, and verify the copy."""
    with connect(source) as original:
        original.execute("begin")
        counts = count_rows(original, kind)
        with contextlib.closing(sqlite3.connect(part)) as copy:
            original.backup(copy)
            copy.execute("pragma journal_mode=delete")  # one file, readable where nothing can be written beside it
    found = inspect(part, kind)
    _check_whole(part, found)
    if found.counts != counts:
        raise DatabaseError(f"The copy of {source} does not hold what {source} holds: try again, and check the disk.")
    return found


def _check_whole(path: Path, inspection: Inspection) -> None:
    if inspection.problems:
        raise DatabaseError(f"{path} is damaged ({inspection.problems[0]}): use another backup, and check the disk.")


# The verdicts in it


def _copy_content(book: Path, place: Path) -> tuple[Inspection, bytes]:
    """Copy the verdicts, verified, by way of a file at a place."""
    verdicts = _copy(book, place, VERDICTS)
    content = place.read_bytes()
    place.write_bytes(b"")
    return verdicts, content


def _enclose(part: Path, content: bytes | None) -> None:
    with connect(part, mode="rw") as connection:
        connection.execute(f"drop table if exists {_ENCLOSED}")
        connection.execute(f"create table {_ENCLOSED} (content blob not null)")
        connection.executemany(f"insert into {_ENCLOSED} values (?)", [(content,)] if content else [])  # noqa: S608


def _enclosed(source: Path) -> _Enclosed:
    with connect(source) as connection:
        if connection.execute("select 1 from sqlite_master where name = ?", [_ENCLOSED]).fetchone() is None:
            return _Enclosed(is_known=False)
        row = connection.execute(f"select content from {_ENCLOSED}").fetchone()  # noqa: S608 - our own name
    return _Enclosed(is_known=True, content=row and row[0])


def _unpack(content: bytes, part: Path) -> Inspection:
    part.write_bytes(content)
    found = inspect(part, VERDICTS)
    _check_whole(part, found)
    return found


# The place that it is put back to


@contextlib.contextmanager
def _part_for(path: Path) -> Iterator[Path]:
    """A file that takes the place of a database, and belongs to whom that belonged, when the context ends well."""
    with replacing(path) as part, _removed_at_end(part):
        yield part
        _belong_like(part, path if path.exists() else path.parent)


def _open_up(part: Path, last: int) -> None:
    """Make a log of a backup: without the verdicts, and with no id up to the last to be given again."""
    with connect(part, mode="rw") as connection:
        connection.execute("pragma secure_delete=ON")
        connection.execute(f"drop table if exists {_ENCLOSED}")
        connection.execute(RESERVED_IDS)
        connection.execute("delete from reserved_ids")
        connection.execute("insert into reserved_ids values (?)", [last])
        tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        for table in _OF_WATCHES & tables:
            connection.execute(f"delete from {table}")  # noqa: S608 - our own names


def _last_id(source: Path, target: Path, book: Path) -> int:
    """The highest id that was given, as far as anybody can tell by backup, database and verdicts; or far above it."""
    known = max(_highest(source, "exchanges", "id"), _highest(source, "reserved_ids", "last"))
    if book.exists() and _is_readable(book, VERDICTS):
        known = max(known, _highest(book, "verdicts", "exchange_id"))
    if target.exists() and _is_readable(target, LOG):
        return max(known, _highest(target, "exchanges", "id"), _highest(target, "reserved_ids", "last"))
    return known + UNKNOWN_IDS


def _highest(path: Path, table: str, column: str) -> int:
    with connect(path) as connection:
        if connection.execute("select 1 from sqlite_master where name = ?", [table]).fetchone() is None:
            return 0
        return int(connection.execute(f"select max({column}) from {table}").fetchone()[0] or 0)  # noqa: S608


def _belong_like(part: Path, model: Path) -> None:
    """Give a file the owner and mode of the file that it replaces: root restores, and the bot's own user must write."""
    status = model.stat()
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(part, status.st_uid, status.st_gid)
    if model.is_file():
        part.chmod(status.st_mode & 0o770)  # never everybody's


def _set_free(target: Path, kind: DatabaseKind) -> None:
    """Fold the journal into a database to be replaced, which fails where anybody has it open."""
    if target.exists() and _is_readable(target, kind):
        _fold(target)


def _keep_beside(target: Path, now: dt.datetime) -> Path | None:
    """Keep a database, where there is one, under another name too, until its own name is another's."""
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.{now:%Y%m%dT%H%M%SZ}.replaced")
    if aside.exists():
        raise DatabaseError(f"{aside} is there already: try again in a second.")
    for beside in filter(Path.exists, _beside(target)):  # of a damaged one; a whole one has none left
        beside.rename(aside.with_name(aside.name + beside.name.removeprefix(target.name)))
    try:
        os.link(target, aside)
    except OSError:  # a file system without links
        target.rename(aside)
    return aside


def _is_readable(target: Path, kind: DatabaseKind) -> bool:
    """Whether SQLite can read a database; a damaged one is replaced, one of another program is refused."""
    with target.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            return False  # SQLite would throw away the journal beside it
    try:
        with connect(target) as connection:
            tables = connection.execute("select name from sqlite_master").fetchall()
    except DatabaseError:
        return False
    if tables and not any(name == kind.counted[0] for (name,) in tables):
        raise DatabaseError(f"{target} is a database of another program: name another file with POLICYDESK_DATABASE.")
    return True


def _fold(target: Path) -> None:
    """Fold the journal into the one file, which SQLite refuses while another program has the database open."""
    try:
        with connect(target, mode="rw", seconds=0) as connection:
            connection.execute("pragma journal_mode=delete")
            connection.execute("begin exclusive")
            connection.execute("rollback")
    except DatabaseError as error:
        if "locked" in str(error):
            raise _busy(target) from error
        raise


def _busy(target: Path) -> DatabaseError:
    return DatabaseError(
        f"{target} is in use: stop `policydesk serve` and whatever else works with it, then try again."
    )


def _beside(path: Path) -> Iterator[Path]:
    return (path.with_name(path.name + ending) for ending in _BESIDE)


@contextlib.contextmanager
def _removed_at_end(part: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for path in (*_beside(part), part.with_name(f"{part.name}-journal")):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _with_cure(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written ({error.strerror}): name a file that can.") from error
    except sqlite3.Error as error:
        raise DatabaseError(f"{target} cannot be written ({error}): check the disk.") from error
