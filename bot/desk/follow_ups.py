"""Follow-ups: the thread of earlier questions, given or on record, that a question leans on."""

import datetime as dt
from collections.abc import Iterable, Sequence

from bot.desk.answer_cache import AnswerCache
from bot.desk.asker import Asker
from retrieval.query.follow_ups import can_be_followed, leans
from storage.models import AskedQuestion, Exchange, LoggedExchange, Thread
from storage.record.conversations import Conversations

SAME_SUBJECT = dt.timedelta(minutes=10)
"""How long a person's question may be leaned on by their next; a reply to its answer may come whenever."""


class FollowUps:
    """Threads of questions on record; none where `conversations` is None."""

    def __init__(self, conversations: Conversations | None) -> None:
        self._conversations = conversations

    def thread(self, question: str, asker: Asker, earlier: Thread | None, answers: AnswerCache) -> Thread:
        """The thread that a question leans on, empty where it stands for itself."""
        reply_thread = None if earlier else self._replied_to(asker)
        if not leans(answers.read([question]), replying=reply_thread is not None):
            return Thread()
        if earlier is not None:
            candidates: Iterable[Thread] = [earlier] if _is_same_subject(earlier, asker) else []
        else:
            candidates = [reply_thread] if reply_thread else self._recent(asker)
        return next((thread for thread in candidates if _can_be_followed(thread, answers)), Thread())

    def _replied_to(self, asker: Asker) -> Thread | None:
        if self._conversations is None or asker.chat_id is None or asker.replies_to is None:
            return None
        return self._conversations.of_message(asker.chat_id, asker.replies_to)

    def _recent(self, asker: Asker) -> Sequence[Thread]:
        if self._conversations is None or asker.chat_id is None or asker.user_id is None or asker.message_id is None:
            return ()
        if asker.user_id < 0:  # several people may speak as one channel
            return ()
        since = _since(asker)
        return self._conversations.recent(asker.chat_id, asker.thread_id, asker.user_id, since, asker.message_id)

    def thread_of(self, exchange: Exchange) -> Thread | None:
        """The thread that an exchange on record ends, for further questions to lean on."""
        return self._conversations.of(exchange.id) if self._conversations and exchange.id is not None else None

    def questions_of(self, exchange: LoggedExchange) -> Sequence[str]:
        """The questions of an exchange's thread, its own last."""
        return (self._conversations.of(exchange.id).questions if self._conversations else ()) or (exchange.question,)

    def question_before_edit(self, asker: Asker) -> AskedQuestion | None:
        """The question of the asker's message before its edit; None where there was none."""
        if self._conversations is None or asker.chat_id is None or asker.message_id is None:
            return None
        return self._conversations.question_of(asker.chat_id, asker.message_id)

    def note_reply(self, exchange: Exchange, message_id: int) -> None:
        """Note the Telegram message that holds an exchange's reply, for replies to it and for edits.

        Raises:
            DatabaseError: It could not be noted.
        """
        if self._conversations is not None and exchange.id is not None:
            self._conversations.note_reply(exchange.id, message_id)


def _is_same_subject(thread: Thread, asker: Asker) -> bool:
    return thread.asked_at is None or thread.asked_at >= _since(asker)


def _since(asker: Asker) -> dt.datetime:
    """The moment from which the asker's own questions may be leaned on."""
    return (asker.sent_at or dt.datetime.now(dt.UTC)) - SAME_SUBJECT


def _can_be_followed(thread: Thread, answers: AnswerCache) -> bool:
    return bool(thread.questions) and can_be_followed(answers.read(thread.questions))
