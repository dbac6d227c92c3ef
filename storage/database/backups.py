"""Backups: copies of the database in use, verified before they count, and put back without a loss."""

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from retrieval.models import Value
from storage.database.connection import HEADER, OWNER_ONLY
from storage.database.inspection import Inspection, connect, count_rows, inspect
from storage.errors import DatabaseError

_BESIDE = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database in use."""


class RestoreReport(Value):
    """A backup put back.

    Attributes:
        replaced: Where the database before it is kept now; None where there was none.
    """

    inspection: Inspection
    replaced: Path | None


def back_up(source: Path, target: Path, *, force: bool = False) -> Inspection:
    """Copy a database, in use or not, into one file; the copy takes its name once it is verified.

    Raises:
        DatabaseError: It could not be copied, or the copy is not whole; the file at `target` is as it was.
    """
    _check_target(source, target, force=force)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    with _with_cure(target), _removed_at_end(part):
        found = _copy(source, part)
        os.replace(part, target)  # noqa: PTH105 - as with any other file, and it says what it does
    _sync(target.parent)
    return found


def restore(source: Path, target: Path, now: dt.datetime) -> RestoreReport:
    """Put a backup in the place of the database, which is kept beside it under a name with the time.

    Raises:
        DatabaseError: The backup cannot be used, or the database is in use; nothing was changed.
    """
    target = target.resolve()  # what a link leads to is replaced, not the link
    with contextlib.suppress(OSError):
        if source.samefile(target):
            raise DatabaseError(f"{source} is the database itself: name a backup.")
    _check_whole(source, inspect(source))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    with _with_cure(target), _removed_at_end(part):
        target.parent.mkdir(parents=True, exist_ok=True)
        found = _copy(source, part)
        _belong_like(part, target if target.exists() else target.parent)
        replaced = _keep_beside(target, now) if target.exists() else None
        os.replace(part, target)  # noqa: PTH105
    _sync(target.parent)
    return RestoreReport(inspection=found, replaced=replaced)


def _check_target(source: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise DatabaseError(f"{target} is a folder: name a file to back up to.")
    if target.resolve() in {source.resolve(), *(_beside(source.resolve()))}:
        raise DatabaseError(f"{target} belongs to the database itself: name another file to back up to.")
    if target.exists() and not force:
        raise DatabaseError(f"{target} is there already: name another file, or replace it with --force.")


def _copy(source: Path, part: Path) -> Inspection:
    """Copy a database into a new file by SQLite's online backup, within one read of it, and verify the copy."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    with connect(source) as original:
        original.execute("begin")
        counts = count_rows(original)
        with contextlib.closing(sqlite3.connect(part)) as copy:
            original.backup(copy)
            copy.execute("pragma journal_mode=delete")  # one file, readable where nothing can be written beside it
    _sync(part)
    found = inspect(part)
    _check_whole(part, found)
    if found.counts != counts:
        raise DatabaseError(f"The copy of {source} does not hold what {source} holds: try again, and check the disk.")
    return found


def _check_whole(path: Path, inspection: Inspection) -> None:
    if inspection.problems:
        raise DatabaseError(f"{path} is damaged ({inspection.problems[0]}): use another backup, and check the disk.")


def _belong_like(part: Path, model: Path) -> None:
    """Give a file the owner and mode of the file that it replaces: root restores, and the bot's own user must write."""
    status = model.stat()
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(part, status.st_uid, status.st_gid)
    if model.is_file():
        part.chmod(status.st_mode & 0o777)


def _keep_beside(target: Path, now: dt.datetime) -> Path:
    """Keep the database under another name too, until its own name is another's."""
    aside = target.with_name(f"{target.name}.{now:%Y%m%dT%H%M%SZ}.replaced")
    if aside.exists():
        raise DatabaseError(f"{aside} is there already: try again in a second.")
    if _is_readable(target):
        _fold(target)
    for beside in filter(Path.exists, _beside(target)):  # of a damaged one; a whole one has none left
        beside.rename(aside.with_name(aside.name + beside.name.removeprefix(target.name)))
    try:
        os.link(target, aside)
    except OSError:  # a file system without links
        target.rename(aside)
    return aside


def _is_readable(target: Path) -> bool:
    """Whether SQLite can read a database; a damaged one is replaced, one of another program is refused."""
    with target.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            return False  # SQLite would throw away the journal beside it
    try:
        with connect(target) as connection:
            tables = connection.execute("select name from sqlite_master").fetchall()
    except DatabaseError:
        return False
    if tables and not any(name == "exchanges" for (name,) in tables):
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
        for path in (part, *_beside(part), part.with_name(f"{part.name}-journal")):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _with_cure(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(f"{target} cannot be written ({error.strerror}): name a file that can.") from error
    except sqlite3.Error as error:
        raise DatabaseError(f"{target} cannot be written ({error}): check the disk.") from error


def _sync(path: Path) -> None:
    """Wait until the disk holds a file, or the list of a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
