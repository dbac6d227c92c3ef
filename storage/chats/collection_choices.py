"""Collections that a chat, or a topic of a forum, is tied to: questions there are answered from these only."""

from collections.abc import Sequence

from storage.database.connection import DeskDatabase


class CollectionChoices:
    """Chats and topics with their collections; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def of(self, chat_id: int, thread_id: int | None = None) -> tuple[str, ...]:
        """The collections of a topic, else of its chat, in the order of names; none where all articles count."""
        rows = self._database.rows(_OF, {"chat_id": chat_id, "topic_id": thread_id or 0})
        return tuple(str(name) for (name,) in rows)

    def tie(self, chat_id: int, thread_id: int | None, collections: Sequence[str]) -> None:
        """Tie a topic, or a chat without topics, to these collections only; to none to untie it."""
        place = (chat_id, thread_id or 0)
        with self._database.writing() as db:
            db.execute("delete from ties where chat_id = ? and topic_id = ?", place)
            db.conn.executemany("insert into ties values (?, ?, ?)", [(*place, name) for name in collections])

    def move(self, old_id: int, new_id: int) -> None:
        """Let the collections follow a group that became a supergroup, which has another id."""
        with self._database.writing() as db:
            db.execute(_MOVE, [new_id, old_id])
            db.execute("delete from ties where chat_id = ?", [old_id])


_OF = (
    "select collection from ties where chat_id = :chat_id and topic_id = ("
    " select max(topic_id) from ties where chat_id = :chat_id and topic_id in (0, :topic_id)"
    ") order by lower(collection), collection"
)
_MOVE = (
    "insert into ties (chat_id, topic_id, collection) select ?, topic_id, collection from ties where chat_id = ?"
    " on conflict do nothing"
)
