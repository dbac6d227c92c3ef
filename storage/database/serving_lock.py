"""One bot a database: a lock that the system releases when its holder ends, even by a crash."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from storage.database.private_files import OWNER_ONLY
from storage.errors import DatabaseError

FileIdentity = tuple[int, int]
"""A file by device and inode, whatever names lead to it."""
_DESCRIPTORS: dict[FileIdentity, int] = {}
"""Database files opened for their locks. None is ever closed: that would let go of SQLite's own locks on the file."""
_HELD: set[FileIdentity] = set()
"""Database files that this process serves from."""


@contextlib.contextmanager
def serving_lock(path: Path) -> Iterator[None]:
    """Hold the locks on a database file and beside it; other programs may still read and write the database.

    The lock on the file itself holds by whatever link it is reached, and whatever is removed beside it. (`flock`, which
    on Linux has nothing to do with the locks of SQLite.) The one beside it serves where there is no such lock.

    Raises:
        DatabaseError: Another bot holds a lock, or it cannot be taken.
    """
    lock = FileLock(f"{path.resolve()}.serving", timeout=0, mode=OWNER_ONLY, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _taken(path) from None
    except OSError as error:
        raise DatabaseError(
            f"The lock {lock.lock_file} cannot be taken ({error.strerror}): check that its folder can be written."
        ) from error
    try:
        with _locked_file(path):
            yield
    finally:
        lock.release()


def is_served(path: Path) -> bool:
    """Whether a bot serves from a database file, by whatever name."""
    identity = identity_of(path)
    if identity in _HELD:
        return True
    descriptor = _descriptor(path, identity)
    if not _lock(descriptor, fcntl.LOCK_SH):
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def identity_of(path: Path) -> FileIdentity:
    """The file that a path leads to.

    Raises:
        OSError: There is none, or it cannot be told.
    """
    status = path.stat()
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    identity = identity_of(path)
    descriptor = _descriptor(path, identity)
    if identity in _HELD or not _lock(descriptor, fcntl.LOCK_EX):
        raise _taken(path)
    _HELD.add(identity)
    try:
        yield
    finally:
        _HELD.discard(identity)
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _descriptor(path: Path, identity: FileIdentity) -> int:
    if identity not in _DESCRIPTORS:
        _DESCRIPTORS[identity] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return _DESCRIPTORS[identity]


def _lock(descriptor: int, kind: int) -> bool:
    """Lock a file, where its file system knows locks; says whether nobody else has it locked."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _taken(path: Path) -> DatabaseError:
    return DatabaseError(
        f"Another policydesk serves from {path}: stop it first, or name another file with POLICYDESK_DATABASE."
    )
