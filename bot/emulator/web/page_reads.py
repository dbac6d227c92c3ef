"""The door through which the chat page looks: chats, messages and what happens in them, as JSON and as events."""

from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.emulator.objects import BotCommand, Message, ReactionCount, Status, TelegramObject, User
from bot.emulator.web.visitors import Visitors, explained
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import Event
from bot.emulator.world.people_messages import counts
from bot.emulator.world.world import World


class Topic(TelegramObject):
    """A topic of a forum."""

    id: int
    name: str
    closed: bool


class Member(TelegramObject):
    """Somebody in a chat, or the bot."""

    user: User
    status: Status
    is_anonymous: bool


class ChatSummary(TelegramObject):
    """A chat in somebody's list."""

    id: int
    type: str
    title: str
    is_forum: bool
    topics: tuple[Topic, ...]
    members: tuple[Member, ...]


class Home(TelegramObject):
    """What the page needs before it shows a chat. ``seen`` is the number of the latest event it already contains."""

    person: User
    people: tuple[User, ...]
    bot: User
    inline: bool
    description: str
    short_description: str
    suggestions: tuple[str, ...]
    chats: tuple[ChatSummary, ...]
    seen: int


class PageMessage(TelegramObject):
    """A message, who really wrote it, and what is thought of it."""

    message: Message
    author: int | None
    reactions: tuple[ReactionCount, ...]


class History(TelegramObject):
    """A chat as somebody finds it. ``seen`` is the number of the latest event it already contains."""

    chat: ChatSummary
    messages: tuple[PageMessage, ...]
    commands: tuple[BotCommand, ...]
    seen: int


class PageReads:
    """Shows the chat page what there is.

    Args:
        world: What it shows.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors = Visitors(world)

    def routes(self) -> list[Route]:
        """Return the addresses that the page asks; ``you`` stands for the first person."""
        return [
            Route("/people/{person}", explained(self.home), methods=["GET"]),
            Route("/people/{person}/events", explained(self.events), methods=["GET"]),
            Route("/people/{person}/files/{file_id}", explained(self.file), methods=["GET"]),
            Route("/people/{person}/chats/{chat}", explained(self.history), methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        """Describe the person, the bot and the person's chats."""
        world, person = self._world, self._visitors.person(request)
        language = person.language_code or ""
        return _json(
            Home(
                person=person,
                people=tuple(world.people.values()),
                bot=world.bot.as_user(),
                inline=world.bot.supports_inline_queries,
                description=world.descriptions.get(language) or world.descriptions.get("", ""),
                short_description=world.short_descriptions.get(language) or world.short_descriptions.get("", ""),
                suggestions=world.suggestions,
                chats=tuple(self._summary(room) for room in self._visitors.rooms(person)),
                seen=world.journal.last,
            )
        )

    async def history(self, request: Request) -> Response:
        """Return a chat with all its messages."""
        person, room = self._visitors.person(request), self._visitors.room(request)
        return _json(
            History(
                chat=self._summary(room),
                messages=tuple(_shown(room, message) for message in room.messages.values()),
                commands=self._commands(person, room),
                seen=self._world.journal.last,
            )
        )

    def _commands(self, person: User, room: ChatRoom) -> tuple[BotCommand, ...]:
        if not room.bot_part.is_in:
            return ()
        shown = self._world.commands.shown
        return tuple(shown(room.chat, person.id, person.language_code, runs_it=room.part(person).runs_it))

    async def file(self, request: Request) -> Response:
        """Send a file of a message, to be saved and never to be shown as a page."""
        stored = self._world.files.get(request.path_params["file_id"])
        name = quote(stored.name or stored.path.rpartition("/")[2], safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(stored.content, media_type="application/octet-stream", headers=headers)

    async def events(self, request: Request) -> Response:
        """Send what happens in the person's chats, as it happens, from the event after ``after`` on."""
        seen = request.headers.get("last-event-id") or request.query_params.get("after") or self._world.journal.last
        person = self._visitors.person(request)
        return StreamingResponse(self._stream(person, int(seen)), media_type="text/event-stream")

    async def _stream(self, person: User, seen: int) -> AsyncIterator[str]:
        yield ": this is what happens\n\n"
        while news := await self._world.bell.until(partial(self._news, seen), None):
            for event in news:
                seen = event.number
                if self._concerns(person, event):
                    yield f"id: {event.number}\ndata: {event.model_dump_json(by_alias=True, exclude_none=True)}\n\n"

    def _news(self, seen: int) -> list[Event] | None:
        return self._world.journal.after(seen) or None

    def _concerns(self, person: User, event: Event) -> bool:
        if event.person is not None:
            return event.person == person.id
        return not event.chat_id or person.id in self._world.rooms[event.chat_id].people

    def _summary(self, room: ChatRoom) -> ChatSummary:
        return ChatSummary(
            id=room.chat.id,
            type=room.chat.type,
            title=room.chat.title or self._world.bot.first_name,
            is_forum=bool(room.chat.is_forum),
            topics=tuple(Topic(id=key, name=name, closed=key in room.closed) for key, name in room.topics.items()),
            members=tuple(
                Member(user=part.user, status=part.status, is_anonymous=bool(part.is_anonymous))
                for part in room.parts.values()
            ),
        )


def _shown(room: ChatRoom, message: Message) -> PageMessage:
    number = message.message_id
    return PageMessage(message=message, author=room.authors.get(number), reactions=counts(room, number))


def _json(value: TelegramObject) -> Response:
    return JSONResponse(value.wire())
