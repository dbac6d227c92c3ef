"""What waits for the bot's answer: buttons that were pressed and words typed behind its name."""

from dataclasses import dataclass

from bot.emulator.errors import bad_request
from bot.emulator.objects import (
    CallbackQuery,
    ChosenInlineResult,
    InaccessibleMessage,
    InlineAnswer,
    InlineQuery,
    InlineQueryResultArticle,
    Message,
    User,
)
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import CallbackAnswer
from bot.emulator.world.state import WorldState

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
# Telegram states no figure for either; these are about what its apps wait for.
CALLBACK_SECONDS = 60
INLINE_SECONDS = 30


@dataclass(frozen=True)
class _Cached:
    """An answer that is shown again without asking the bot, until a time in seconds since 1970."""

    answer: InlineAnswer
    until: float


class PendingQueries:
    """Everything that was asked of the bot by other means than a message.

    Args:
        stage: Where it was asked.
    """

    def __init__(self, stage: WorldState) -> None:
        self._stage = stage
        self.pressed: dict[str, CallbackQuery] = {}
        self.answers: dict[str, CallbackAnswer] = {}
        self.typed: dict[str, InlineQuery] = {}
        self.offered: dict[str, InlineAnswer] = {}
        self.sent_inline: dict[str, tuple[ChatRoom, int]] = {}
        self._deadlines: dict[str, float] = {}
        self._cache: dict[tuple[int | None, str, str], _Cached] = {}

    # Buttons

    def press(self, room: ChatRoom, person: User, message: Message, data: str) -> CallbackQuery:
        """Have a person press a button that calls the bot. Of a message that is gone the bot learns only the id."""
        inline = next((key for key, place in self.sent_inline.items() if place == (room, message.message_id)), None)
        gone = InaccessibleMessage(chat=room.chat, message_id=message.message_id)
        query = CallbackQuery(
            id=self._stage.new_query_id(),
            from_user=self._stage.people.get(person.id, person),
            message=None if inline else room.messages.get(message.message_id, gone),
            inline_message_id=inline,
            chat_instance=str(abs(room.chat.id) * 7919),
            data=data,
        )
        self.pressed[query.id] = query
        self._deadlines[query.id] = self._stage.clock() + CALLBACK_SECONDS
        self._stage.updates.put("callback_query", query)
        return query

    def answer(self, answer: CallbackAnswer) -> None:
        """Have the bot answer a pressed button.

        Raises:
            RefusedError: It was answered already, never pressed, or pressed too long ago.
        """
        self._in_time(answer.callback_query_id)
        query = self.pressed.pop(answer.callback_query_id)
        self.answers[query.id] = answer
        self._stage.journal.add("answer", person=query.from_user.id, answer=answer)

    def expire(self, query_id: str) -> None:
        """Let the time for an answer be up."""
        self._deadlines.pop(query_id, None)
        self.pressed.pop(query_id, None)

    def _in_time(self, query_id: str) -> None:
        if self._deadlines.pop(query_id, 0) < self._stage.clock():
            raise bad_request(TOO_OLD)

    # Inline mode

    def type(self, room: ChatRoom, person: User, words: str, offset: str = "") -> InlineQuery:
        """Have a person type behind the bot's name in a chat; what was answered before may be shown again.

        Raises:
            ValueError: The bot has no inline mode.
        """
        if not self._stage.bot.supports_inline_queries:
            raise ValueError(f"@{self._stage.bot.username} has no inline mode")
        query = InlineQuery.model_validate(
            {
                "id": self._stage.new_query_id(),
                "from": self._stage.people.get(person.id, person),
                "query": words[:256],
                "offset": offset,
                "chat_type": "sender" if room.is_private else room.chat.type,
            }
        )
        self.typed[query.id] = query
        if cached := self._remembered(query):
            self._offer(query, cached.model_copy(update={"inline_query_id": query.id}))
        else:
            self._deadlines[query.id] = self._stage.clock() + INLINE_SECONDS
            self._stage.updates.put("inline_query", query)
        return query

    def _remembered(self, query: InlineQuery) -> InlineAnswer | None:
        for person in (query.from_user.id, None):
            cached = self._cache.get((person, query.query, query.offset))
            if cached and cached.until > self._stage.clock():
                return cached.answer
        return None

    def offer(self, answer: InlineAnswer) -> None:
        """Have the bot answer what somebody typed.

        Raises:
            RefusedError: It was answered already, never typed, or typed too long ago.
        """
        self._in_time(answer.inline_query_id)
        query = self.typed[answer.inline_query_id]
        person = query.from_user.id if answer.is_personal else None
        self._cache[person, query.query, query.offset] = _Cached(answer, self._stage.clock() + answer.cache_time)
        self._offer(query, answer)

    def _offer(self, query: InlineQuery, answer: InlineAnswer) -> None:
        self.offered[query.id] = answer
        self._stage.journal.add("inline", person=query.from_user.id, inline=answer)

    def choose(
        self, room: ChatRoom, query: InlineQuery, result: InlineQueryResultArticle, content: dict[str, object]
    ) -> Message:
        """Have the person send a result; the bot is told which, and hears of the message where it is in the chat."""
        person = query.from_user
        message = self._stage.new(
            room,
            from_user=person,
            via_bot=self._stage.bot.as_user(),
            reply_markup=result.reply_markup,
            **room.place(None, None),
            **content,
        )
        self._stage.show(room, message, person.id)
        inline_id = f"Inline{query.id}" if result.reply_markup else None
        if inline_id:
            self.sent_inline[inline_id] = (room, message.message_id)
        self._stage.tell(room, message)
        chosen = ChosenInlineResult(
            from_user=person, result_id=result.id, query=query.query, inline_message_id=inline_id
        )
        self._stage.updates.put("chosen_inline_result", chosen)
        return message

    def inline_message(self, inline_id: str) -> tuple[ChatRoom, Message]:
        """Return a message that was sent through the bot.

        Raises:
            RefusedError: There is none with that id, or it was deleted.
        """
        room, message_id = self.sent_inline.get(inline_id, (None, 0))
        if room is None or message_id not in room.messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return room, room.messages[message_id]
