"""Queries that wait for the bot's answer: pressed buttons, and words typed behind its name."""

from bot.emulator.errors import bad_request
from bot.emulator.objects.chats import User
from bot.emulator.objects.inline import InlineAnswer, InlineQueryResultArticle
from bot.emulator.objects.messages import InaccessibleMessage, Message
from bot.emulator.objects.updates import CallbackQuery, ChosenInlineResult, InlineQuery
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import CallbackAnswer
from bot.emulator.world.state import WorldState

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
# Telegram states no figure for either; these are about what its apps wait for.
CALLBACK_SECONDS = 60
INLINE_SECONDS = 30


class PendingQueries:
    """The queries of a world by id, and the bot's answers to them."""

    def __init__(self, state: WorldState) -> None:
        self._state = state
        self.callback_queries: dict[str, CallbackQuery] = {}
        self.callback_answers: dict[str, CallbackAnswer] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.inline_answers: dict[str, InlineAnswer] = {}
        self.inline_messages: dict[str, tuple[ChatRoom, int]] = {}
        self._deadlines: dict[str, float] = {}
        # Answers that are shown again without asking the bot, until a time in seconds since 1970.
        self._cache: dict[tuple[int | None, str, str], tuple[InlineAnswer, float]] = {}

    # Buttons

    def press(self, room: ChatRoom, person: User, message: Message, data: str) -> CallbackQuery:
        """Have a person press a button that calls the bot. Of a message that is gone the bot learns only the id."""
        inline = next((key for key, place in self.inline_messages.items() if place == (room, message.message_id)), None)
        gone = InaccessibleMessage(chat=room.chat, message_id=message.message_id)
        query = CallbackQuery(
            id=self._state.new_query_id(),
            from_user=self._state.people.get(person.id, person),
            message=None if inline else room.messages.get(message.message_id, gone),
            inline_message_id=inline,
            chat_instance=str(abs(room.chat.id) * 7919),
            data=data,
        )
        self.callback_queries[query.id] = query
        self._deadlines[query.id] = self._state.clock() + CALLBACK_SECONDS
        self._state.updates.put("callback_query", query)
        return query

    def answer_callback(self, answer: CallbackAnswer) -> None:
        """Have the bot answer a pressed button; refuse a second answer, and one that comes too late."""
        self._check_in_time(answer.callback_query_id)
        query = self.callback_queries.pop(answer.callback_query_id)
        self.callback_answers[query.id] = answer
        self._state.journal.add("answer", person=query.from_user.id, answer=answer)

    def expire(self, query_id: str) -> None:
        """Let the time for an answer be up."""
        self._deadlines.pop(query_id, None)
        self.callback_queries.pop(query_id, None)

    def _check_in_time(self, query_id: str) -> None:
        if self._deadlines.pop(query_id, 0) < self._state.clock():
            raise bad_request(TOO_OLD)

    # Inline mode

    def type(self, room: ChatRoom, person: User, words: str, offset: str = "") -> InlineQuery:
        """Have a person type behind the bot's name in a chat; a cached answer is shown again.

        Raises:
            ValueError: The bot has no inline mode.
        """
        if not self._state.bot.supports_inline_queries:
            raise ValueError(f"@{self._state.bot.username} has no inline mode")
        query = InlineQuery(
            id=self._state.new_query_id(),
            from_user=self._state.people.get(person.id, person),
            query=words[:256],
            offset=offset,
            chat_type="sender" if room.is_private else room.chat.type,
        )
        self.inline_queries[query.id] = query
        if cached := self._cached_answer(query):
            self._show(query, cached.model_copy(update={"inline_query_id": query.id}))
        else:
            self._deadlines[query.id] = self._state.clock() + INLINE_SECONDS
            self._state.updates.put("inline_query", query)
        return query

    def _cached_answer(self, query: InlineQuery) -> InlineAnswer | None:
        for person in (query.from_user.id, None):
            answer, until = self._cache.get((person, query.query, query.offset), (None, 0))
            if answer and until > self._state.clock():
                return answer
        return None

    def answer_inline(self, answer: InlineAnswer) -> None:
        """Have the bot answer typed words; refuse a second answer, and one that comes too late."""
        self._check_in_time(answer.inline_query_id)
        query = self.inline_queries[answer.inline_query_id]
        person = query.from_user.id if answer.is_personal else None
        self._cache[person, query.query, query.offset] = answer, self._state.clock() + answer.cache_time
        self._show(query, answer)

    def _show(self, query: InlineQuery, answer: InlineAnswer) -> None:
        self.inline_answers[query.id] = answer
        self._state.journal.add("inline", person=query.from_user.id, inline=answer)

    def choose(
        self, room: ChatRoom, query: InlineQuery, result: InlineQueryResultArticle, content: dict[str, object]
    ) -> Message:
        """Have the person send a result; the bot is told which, and hears of the message where it is in the chat."""
        person, bot = query.from_user, self._state.bot.as_user()
        sender = {"from_user": person, "via_bot": bot, "reply_markup": result.reply_markup}
        message = self._state.new(room, **sender, **room.place(None, None), **content)
        self._state.show(room, message, person.id)
        inline_id = f"Inline{query.id}" if result.reply_markup else None
        if inline_id:
            self.inline_messages[inline_id] = (room, message.message_id)
        self._state.tell(room, message)
        chosen = ChosenInlineResult(
            from_user=person, result_id=result.id, query=query.query, inline_message_id=inline_id
        )
        self._state.updates.put("chosen_inline_result", chosen)
        return message

    def inline_message(self, inline_id: str) -> tuple[ChatRoom, Message]:
        """Return a message that was sent through inline mode, and its chat, or refuse."""
        room, message_id = self.inline_messages.get(inline_id, (None, 0))
        if room is None or message_id not in room.messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return room, room.messages[message_id]
