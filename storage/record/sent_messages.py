"""Which message of the bot belongs to which exchange."""

from enum import StrEnum

from storage.database.connection import DeskDatabase


class MessagePurpose(StrEnum):
    """What a message of the bot is for: it answers, or asks to be told what is wrong with an answer."""

    ANSWER = "answer"
    ASKS_WHY = "asks why"


class SentMessages:
    """Messages of the bot by their exchange; the chat they stand in is that of the exchange."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, exchange_id: int, message_id: int, purpose: MessagePurpose) -> None:
        """Remember a message."""
        with self._database.writing(synced=False) as db:
            db.execute(_INSERT, (exchange_id, message_id, purpose.value))

    def answered(self, chat_id: int, message_id: int) -> int | None:
        """The exchange that a message answered."""
        with self._database.reading() as db:
            found = db.execute(_ANSWERED, (message_id, MessagePurpose.ANSWER.value, chat_id)).fetchone()
        return found and int(found[0])

    def awaiting(self) -> dict[tuple[int, int], int]:
        """The exchange of every message that asks to be told what is wrong, by chat and message."""
        with self._database.reading() as db:
            found = db.execute(_AWAITING, (MessagePurpose.ASKS_WHY.value,)).fetchall()
        return {(chat, message): exchange for chat, message, exchange in found}


_INSERT = "insert or replace into sent_messages (exchange_id, message_id, purpose) values (?, ?, ?)"
_JOINED = "sent_messages join exchanges on exchanges.id = sent_messages.exchange_id"
_AWAITING = (
    f"select chat_id, sent_messages.message_id, exchange_id from {_JOINED}"  # noqa: S608
    " where purpose = ? and chat_id is not null"
)
_ANSWERED = (
    f"select sent_messages.exchange_id from {_JOINED}"  # noqa: S608
    " where sent_messages.message_id = ? and purpose = ? and chat_id = ? order by exchange_id desc"
)
