"""What is on its way to Telegram, in a small file of its own that is written as memory is: at once, without waiting."""

import logging
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from storage.database.connection import OWNER_ONLY
from storage.delivery.outbox import ReplyKey, SentReply
from storage.errors import DatabaseError, UnavailableError

SLOTS = 1_024
"""How many things may be on their way, or said and not in the outbox yet: many more than are worked off at once."""

_HEADER = b"policydesk departures, version 1".ljust(64)
_SLOT, _MESSAGE = struct.Struct("<Bxxxiqq40s"), struct.Struct("<q")
"""A slot: how far it has come, its number, its update, the message it became (0 for none), its method."""
_MESSAGE_AT = 16
_SIZE = len(_HEADER) + SLOTS * _SLOT.size
_FREE, _LEFT, _ARRIVED = range(3)

logger = logging.getLogger(__name__)


class InFlightReply(NamedTuple):
    """Something that was on its way, and may be still.

    Attributes:
        said: What it is.
        has_arrived: Whether Telegram said that it has it.
        message_id: The Telegram message that it became; none where it became none, or nobody knows.
    """

    said: ReplyKey
    has_arrived: bool
    message_id: int | None


class InFlightReplies:
    """What is on its way, until the outbox has what became of it; to be used by one thread.

    The outbox shares the desk's file, where a note waits for what others write. This file is mapped into memory: a
    note is an assignment, and outlives a crash of the program, since the system writes it back; a power failure may
    lose it. The first byte of a slot is assigned last and says alone whether the rest counts.
    """

    def __init__(self, desk: Path) -> None:
        self._path = desk.with_name(f"{desk.name}.departures")
        self._bytes: mmap.mmap | bytearray = bytearray()
        self._starts: dict[ReplyKey, int] = {}
        self._free: list[int] = []

    def open(self) -> list[InFlightReply]:
        """Open the file; only for whoever alone serves from the database."""
        try:
            self._bytes = _mapped(self._path)
        except OSError as error:
            raise DatabaseError(
                f"{self._path} cannot be used ({error.strerror}): give the bot's user the right to write it, and make "
                "room."
            ) from error
        taken = dict(self._taken())
        self._starts = {departure.said: start for start, departure in taken.items()}
        self._free = [start for start in range(len(_HEADER), _SIZE, _SLOT.size) if start not in taken]
        return list(taken.values())

    def leave(self, said: ReplyKey) -> None:
        """Note that something is on its way from now on.

        Raises:
            UnavailableError: Too much that was said is not in the outbox yet, so this must not be said now.
        """
        if said in self._starts:
            return
        if not self._free:
            raise UnavailableError(f"{SLOTS} replies wait to be noted: no more is said until the database takes them.")
        start = self._starts[said] = self._free.pop()
        _SLOT.pack_into(self._bytes, start, _FREE, said.number, said.update_id, 0, said.method.encode())
        self._bytes[start] = _LEFT

    def arrive(self, said: ReplyKey, message_id: int | None) -> None:
        """Note that Telegram has it, and which message it became."""
        start = self._starts[said]
        _MESSAGE.pack_into(self._bytes, start + _MESSAGE_AT, message_id or 0)
        self._bytes[start] = _ARRIVED

    def recall(self, said: ReplyKey) -> SentReply | None:
        """What something became that Telegram has, while the outbox has not; else none."""
        start = self._starts.get(said)
        if start is None or self._bytes[start] != _ARRIVED:
            return None
        (message_id,) = _MESSAGE.unpack_from(self._bytes, start + _MESSAGE_AT)
        return SentReply(message_id or None)

    def settle(self, said: ReplyKey) -> None:
        """Note no more of it, for the outbox has what became of it."""
        start = self._starts.pop(said)
        self._bytes[start : start + _SLOT.size] = bytes(_SLOT.size)  # whom it was said to is kept in the outbox only
        self._free.append(start)

    def _taken(self) -> Iterator[tuple[int, InFlightReply]]:
        for start in range(len(_HEADER), _SIZE, _SLOT.size):
            state, number, update_id, message_id, method = _SLOT.unpack_from(self._bytes, start)
            if state != _FREE:
                said = ReplyKey(update_id, number, method.rstrip(b"\0").decode(errors="replace"))
                yield start, InFlightReply(said, state == _ARRIVED, message_id or None)


def _mapped(path: Path) -> mmap.mmap:
    """A file as memory; one that is not of this version is begun anew, with room for all of it on the disk."""
    path.touch(OWNER_ONLY)
    with path.open("r+b") as file:
        content = file.read(_SIZE + 1)
        if len(content) != _SIZE or not content.startswith(_HEADER):
            if content:
                logger.warning("%s is not what was on its way: it is begun anew", path)
            file.seek(0)
            file.truncate()
            file.write(_HEADER.ljust(_SIZE, b"\0"))
            file.flush()
        return mmap.mmap(file.fileno(), _SIZE)
