"""Replies in flight to Telegram, in a small file of their own that is written like memory: at once, without a wait."""

import logging
import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from storage.database.private_files import open_private
from storage.delivery.outbox import ReplyKey, SentReply
from storage.errors import UnavailableError

SLOTS = 1_024
"""Replies that may be in flight, or arrived and not in the outbox yet: many more than are worked off at once."""

_HEADER = b"policydesk departures, version 1".ljust(64)
_SLOT, _MESSAGE = struct.Struct("<Bxxxiqq40s"), struct.Struct("<q")
"""A slot: state, the reply's number, update, message (0 for none) and method."""
_MESSAGE_AT = 16
_SIZE = len(_HEADER) + SLOTS * _SLOT.size
_FREE, _LEFT, _ARRIVED = range(3)

logger = logging.getLogger(__name__)


class InFlightReply(NamedTuple):
    """A reply that was in flight when the file was last in use.

    Attributes:
        has_arrived: Whether Telegram confirmed it.
        message_id: None where the reply became no message, or nobody knows which.
    """

    key: ReplyKey
    has_arrived: bool
    message_id: int | None


class InFlightReplies:
    """Replies in flight, until the outbox has their fate; for use by one thread. The file stands beside the database.

    The outbox shares the database, where a note waits for other writes. This file is mapped into memory: a
    note is an assignment, and outlives a crash of the program, since the system writes it back; a power failure may
    lose it. The first byte of a slot is assigned last and says alone whether the rest counts.
    """

    def __init__(self, desk: Path) -> None:
        self._path = desk.with_name(f"{desk.name}.departures")
        self._bytes: mmap.mmap | bytearray = bytearray()
        self._starts: dict[ReplyKey, int] = {}
        self._free: list[int] = []

    def open(self) -> list[InFlightReply]:
        """Open the file and return the replies not settled when it was last in use; only for the one serving bot.

        Raises:
            UnavailableError: It cannot be used.
        """
        try:
            self._bytes = _map_file(self._path)
        except OSError as error:
            raise UnavailableError(
                f"{self._path} cannot be used ({error.strerror}): give the bot's user the right to write it, and make "
                "room."
            ) from error
        slots = dict(self._slots())
        self._starts = {reply.key: start for start, reply in slots.items()}
        self._free = [start for start in range(len(_HEADER), _SIZE, _SLOT.size) if start not in slots]
        return list(slots.values())

    def leave(self, key: ReplyKey) -> None:
        """Note that a reply is in flight from now on.

        Raises:
            UnavailableError: Too many replies are not in the outbox yet, so no further one may be sent now.
        """
        if key in self._starts:
            return
        if not self._free:
            raise UnavailableError(f"{SLOTS} replies wait to be noted: no more is said until the database takes them.")
        start = self._starts[key] = self._free.pop()
        _SLOT.pack_into(self._bytes, start, _FREE, key.number, key.update_id, 0, key.method.encode())
        self._bytes[start] = _LEFT

    def arrive(self, key: ReplyKey, message_id: int | None) -> None:
        """Note that Telegram has a reply, and as which message."""
        start = self._starts[key]
        _MESSAGE.pack_into(self._bytes, start + _MESSAGE_AT, message_id or 0)
        self._bytes[start] = _ARRIVED

    def recall(self, key: ReplyKey) -> SentReply | None:
        """A reply that Telegram has and the outbox has not; else none."""
        start = self._starts.get(key)
        if start is None or self._bytes[start] != _ARRIVED:
            return None
        (message_id,) = _MESSAGE.unpack_from(self._bytes, start + _MESSAGE_AT)
        return SentReply(message_id or None)

    def settle(self, key: ReplyKey) -> None:
        """Free the slot of a reply whose fate the outbox has."""
        start = self._starts.pop(key)
        self._bytes[start : start + _SLOT.size] = bytes(_SLOT.size)  # the update is named in the outbox only
        self._free.append(start)

    def _slots(self) -> Iterator[tuple[int, InFlightReply]]:
        for start in range(len(_HEADER), _SIZE, _SLOT.size):
            state, number, update_id, message_id, method = _SLOT.unpack_from(self._bytes, start)
            if state != _FREE:
                key = ReplyKey(update_id, number, method.rstrip(b"\0").decode(errors="replace"))
                yield start, InFlightReply(key, state == _ARRIVED, message_id or None)


def _map_file(path: Path) -> mmap.mmap:
    """Map a file into memory; a file of another version is begun anew, with all its room taken on the disk."""
    with os.fdopen(open_private(path, new=False), "r+b") as file:
        content = file.read(_SIZE + 1)
        if len(content) != _SIZE or not content.startswith(_HEADER):
            if content:
                logger.warning("%s is not what was on its way: it is begun anew", path)
            file.seek(0)
            file.truncate()
            file.write(_HEADER.ljust(_SIZE, b"\0"))
            file.flush()
        return mmap.mmap(file.fileno(), _SIZE)
