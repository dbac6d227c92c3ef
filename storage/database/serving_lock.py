"""One bot a database: a lock that the system lets go of when its holder ends, however it ends."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import DatabaseError


@contextlib.contextmanager
def serving_lock(path: Path) -> Iterator[None]:
    """Be the only one that serves from a database while the context is open; other programs may read and write it."""
    lock = FileLock(f"{path}.serving", timeout=0)
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
