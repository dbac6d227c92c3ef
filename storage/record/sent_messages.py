"""Messages of the bot, with their exchange."""

from enum import StrEnum

from storage.database.connection import DeskDatabase


class MessagePurpose(StrEnum):
    """The purpose of a message of the bot: an answer, or a request to say why an answer is wrong."""

    ANSWER = "answer"
    ASKS_WHY = "asks why"


class SentMessages:
    """Messages of the bot in the database; each stands in the chat of its exchange."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, exchange_id: int, message_id: int, purpose: MessagePurpose) -> None:
        """Note a message of an exchange."""
        with self._database.writing(synced=False) as db:
            db.execute(_INSERT, (exchange_id, message_id, purpose.value))

    def answered_by(self, chat_id: int, message_id: int) -> int | None:
        """The exchange that a message answered; none where it is no answer."""
        found = self._database.row(_ANSWERED, (message_id, MessagePurpose.ANSWER.value, chat_id))
        return found and int(found[0])

    def asking_why(self) -> dict[tuple[int, int], int]:
        """The exchange of each message that asks why an answer is wrong, by chat and message."""
        found = self._database.rows(_AWAITING, (MessagePurpose.ASKS_WHY.value,))
        return {(chat, message): exchange for chat, message, exchange in found}


_INSERT = (
    "insert into sent_messages (exchange_id, message_id, purpose) values (?, ?, ?)"
    " on conflict (exchange_id, message_id) do update set purpose = excluded.purpose"
)
_JOINED = "sent_messages join exchanges on exchanges.id = sent_messages.exchange_id"
_AWAITING = (
    f"select chat_id, sent_messages.message_id, exchange_id from {_JOINED}"  # noqa: S608
    " where purpose = ? and chat_id is not null"
)
_ANSWERED = (
    f"select sent_messages.exchange_id from {_JOINED}"  # noqa: S608
    " where sent_messages.message_id = ? and purpose = ? and chat_id = ? order by exchange_id desc"
)
