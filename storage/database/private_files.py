"""Files for their owner's eyes: made under their own name, or complete before they take the place of another."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

OWNER_ONLY = 0o600
"""The record names people with their questions."""


def open_private(path: Path, *, new: bool = True) -> int:
    """Open a file to be written, made where it is missing, and never what a link leads to; returns its descriptor.

    Raises:
        FileExistsError: It is there, though it should be new.
        OSError: It cannot be made, or is a link.
    """
    exclusive = os.O_EXCL if new else 0
    return os.open(path, os.O_RDWR | os.O_CREAT | exclusive | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file to be written, which takes the place of a path when the context ends well, and else is deleted.

    Raises:
        OSError: No file can be made there, or something else than a file has the name, such as a device.
    """
    if path.exists() and not path.is_file():
        raise OSError(None, "no plain file")
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".policydesk-", suffix=".part")  # O_EXCL, O_NOFOLLOW
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
        sync(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a folder that may be written, but not listed
        sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the disk holds a file, or the list of a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
