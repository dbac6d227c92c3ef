"""One bot a database: a lock that the system releases when its holder ends, even by a crash."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from storage.database.private_files import OWNER_ONLY
from storage.errors import DatabaseError


@contextlib.contextmanager
def serving_lock(path: Path) -> Iterator[None]:
    """Hold the lock beside a database file; other programs may still read and write the database.

    Raises:
        DatabaseError: Another bot holds the lock, or it cannot be taken.
    """
    lock = FileLock(f"{path}.serving", timeout=0, mode=OWNER_ONLY)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseError(
            f"Another policydesk serves from {path}: stop it first, or name another file with POLICYDESK_DATABASE."
        ) from None
    except OSError as error:
        raise DatabaseError(
            f"The lock {lock.lock_file} cannot be taken ({error.strerror}): check that its folder can be written."
        ) from error
    try:
        yield
    finally:
        lock.release()
