"""Referrals: questions without an answer, put before the curators, and the curators' replies."""

import datetime as dt
from typing import NamedTuple

from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp


class MessagePlace(NamedTuple):
    """A message of a chat."""

    chat_id: int
    message_id: int


class Referral(NamedTuple):
    """A question before the curators: its exchange, the refusal under which it was asked, and the words for them."""

    exchange_id: int
    refusal: MessagePlace
    post: MessagePlace


class ReferralReply(NamedTuple):
    """A curator's reply to a question; the address is that of the source, where one was given."""

    answerer_id: int | None
    answerer: str
    words: str
    url: str | None


class ReferralBook:
    """Referrals in the database; may be shared between threads. They are forgotten with their exchange."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, referral: Referral, at: dt.datetime) -> None:
        """Note once a question that was put before the curators, unless the question has been forgotten meanwhile."""
        row = (referral.exchange_id, *referral.refusal, *referral.post, timestamp(at))
        self._database.execute(_ADD, (*row, referral.exchange_id))

    def is_referred(self, exchange_id: int) -> bool:
        """Whether the question of an exchange was put before the curators."""
        return self._database.row("select 1 from referrals where exchange_id = ?", [exchange_id]) is not None

    def posts(self) -> dict[MessagePlace, int]:
        """The messages that put questions before the curators, with their exchanges."""
        rows = self._database.rows("select post_chat_id, post_id, exchange_id from referrals")
        return {MessagePlace(chat, message): exchange for chat, message, exchange in rows}

    def refusal_of(self, exchange_id: int) -> MessagePlace | None:
        """The refusal of a question that is before the curators; None where it was forgotten."""
        found = self._database.row("select chat_id, message_id from referrals where exchange_id = ?", [exchange_id])
        return MessagePlace(*found) if found else None

    def reply(self, exchange_id: int, reply: ReferralReply, at: dt.datetime) -> None:
        """Record a curator's reply; the last of several stands."""
        self._database.execute(_REPLY, (*reply, timestamp(at), exchange_id))


_ADD = (
    "insert into referrals (exchange_id, chat_id, message_id, post_chat_id, post_id, asked_at)"
    " select ?, ?, ?, ?, ?, ? from exchanges where id = ? and forgotten = 0 on conflict do nothing"
)
_REPLY = "update referrals set answerer_id = ?, answerer = ?, words = ?, url = ?, answered_at = ? where exchange_id = ?"
