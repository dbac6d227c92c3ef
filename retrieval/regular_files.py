"""Files from outside, opened only where they are regular: no pipe, device, socket or folder holds the reader up."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_NEVER_WAITS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
NOT_REGULAR = "Not a regular file"


def open_regular(path: Path, *, follow: bool = False, write: bool = False) -> BinaryIO:
    """Open a regular file that is there, for reading, or for both.

    Args:
        path: The file.
        follow: Whether it may be a link to one; a link in a folder that others fill may lead anywhere.
        write: Whether it is written too.

    Raises:
        OSError: It is not there, may not be opened, or is none.
    """
    _check(path, path.stat(follow_symlinks=follow))  # a device is not even opened
    flags = (os.O_RDWR if write else os.O_RDONLY) | _NEVER_WAITS | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    number = os.open(path, flags)
    try:
        _check(path, os.fstat(number))  # another file may have taken its place
        return os.fdopen(number, "r+b" if write else "rb")
    except BaseException:
        os.close(number)
        raise


def read_regular(path: Path, *, follow: bool = False) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        OSError: It is not there, may not be read, or is none.
    """
    with open_regular(path, follow=follow) as file:
        return file.read()


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, NOT_REGULAR, str(path))
