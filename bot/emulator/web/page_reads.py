"""The views of the chat page: chats, messages and changes in them, as JSON and as events."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import Status, User
from bot.emulator.objects.menus import BotCommand
from bot.emulator.objects.messages import Message
from bot.emulator.objects.updates import ReactionCount
from bot.emulator.web.visitors import Visitors
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.journal import ChatEvent
from bot.emulator.world.people_messages import counts
from bot.emulator.world.world import World


class TopicEntry(TelegramObject):
    """A topic of a forum."""

    id: int
    name: str
    closed: bool


class Member(TelegramObject):
    """A person in a chat, or the bot."""

    user: User
    status: Status
    is_anonymous: bool


class ChatSummary(TelegramObject):
    """A chat in a person's list."""

    id: int
    type: str
    title: str
    is_forum: bool
    topics: tuple[TopicEntry, ...]
    members: tuple[Member, ...]


class Home(TelegramObject):
    """The person, the bot and the chats; ``seen`` is the number of the latest event in it."""

    person: User
    people: tuple[User, ...]
    bot: User
    inline: bool
    suggestions: tuple[str, ...]
    chats: tuple[ChatSummary, ...]
    seen: int


class PageMessage(TelegramObject):
    """A message, its true author, and the reactions to it."""

    message: Message
    author: int | None
    reactions: tuple[ReactionCount, ...]


class History(TelegramObject):
    """A chat with all its messages; ``seen`` is the number of the latest event in it."""

    chat: ChatSummary
    messages: tuple[PageMessage, ...]
    commands: tuple[BotCommand, ...]
    seen: int


class PageReads:
    """Shows people their chats."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors = Visitors(world)

    def routes(self) -> list[Route]:
        """Return the addresses of the views below ``/people``; ``you`` stands for the first person."""
        views = {"": self.home, "/events": self.events, "/files/{file_id}": self.file, "/chats/{chat}": self.history}
        return [Route("/{person}" + path, view, methods=["GET"]) for path, view in views.items()]

    async def home(self, request: Request) -> Response:
        """Describe the person, the bot and the person's chats."""
        world, person = self._world, self._visitors.person(request)
        return _json(
            Home(
                person=person,
                people=tuple(world.people.values()),
                bot=world.bot.as_user(),
                inline=world.bot.supports_inline_queries,
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
                messages=tuple(_page_message(room, message) for message in room.messages.values()),
                commands=self._commands(person, room),
                seen=self._world.journal.last,
            )
        )

    def _commands(self, person: User, room: ChatRoom) -> tuple[BotCommand, ...]:
        if not room.bot_member.is_in:
            return ()
        runs_it = room.member(person).runs_it
        return self._world.commands.menu(room.chat, person.id, person.language_code, runs_it=runs_it)

    async def file(self, request: Request) -> Response:
        """Send a file of a message, to be saved and never to be shown as a page."""
        stored = self._world.files.get(request.path_params["file_id"])
        name = quote(stored.name or stored.path.rpartition("/")[2], safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(stored.content, media_type="application/octet-stream", headers=headers)

    async def events(self, request: Request) -> Response:
        """Send the events in the person's chats, as they happen, from the event after ``after`` on."""
        seen = request.headers.get("last-event-id") or request.query_params.get("after") or self._world.journal.last
        person = self._visitors.person(request)
        return StreamingResponse(self._stream(person, int(seen)), media_type="text/event-stream")

    async def _stream(self, person: User, seen: int) -> AsyncIterator[str]:
        yield ": this is what happens\n\n"
        while news := await self._world.journal.next_events(seen):
            for event in news:
                seen = event.number
                if self._concerns(person, event):
                    yield f"id: {event.number}\ndata: {event.model_dump_json(by_alias=True, exclude_none=True)}\n\n"

    def _concerns(self, person: User, event: ChatEvent) -> bool:
        if event.person is not None:
            return event.person == person.id
        return not event.chat_id or person.id in self._world.rooms[event.chat_id].people

    def _summary(self, room: ChatRoom) -> ChatSummary:
        return ChatSummary(
            id=room.chat.id,
            type=room.chat.type,
            title=room.chat.title or self._world.bot.first_name,
            is_forum=bool(room.chat.is_forum),
            topics=tuple(
                TopicEntry(id=key, name=name, closed=key in room.closed_topics) for key, name in room.topics.items()
            ),
            members=tuple(
                Member(user=member.user, status=member.status, is_anonymous=bool(member.is_anonymous))
                for member in room.members.values()
            ),
        )


def _page_message(room: ChatRoom, message: Message) -> PageMessage:
    number = message.message_id
    return PageMessage(message=message, author=room.authors.get(number), reactions=counts(room, number))


def _json(value: TelegramObject) -> Response:
    return JSONResponse(value.wire())
