"""The door for the chat page: chats, messages and what happens in them, as JSON and as server-sent events."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial, wraps
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.emulator.errors import RefusedError
from bot.emulator.journal import Event
from bot.emulator.objects import BotCommand, Message, TelegramObject, User
from bot.emulator.people import Conversation
from bot.emulator.rooms import Room
from bot.emulator.world import World

VISITOR = "You"
Handler = Callable[[Request], Awaitable[Response]]


class Topic(TelegramObject):
    """A topic of a forum."""

    id: int
    name: str


class ChatSummary(TelegramObject):
    """A chat in somebody's list."""

    id: int
    type: str
    title: str
    topics: tuple[Topic, ...]


class Home(TelegramObject):
    """What the page needs before it shows a chat. ``seen`` is the number of the latest event it already contains."""

    person: User
    people: tuple[User, ...]
    bot: User
    description: str
    short_description: str
    suggestions: tuple[str, ...]
    chats: tuple[ChatSummary, ...]
    seen: int


class History(TelegramObject):
    """A chat as somebody finds it. ``seen`` is the number of the latest event it already contains."""

    chat: ChatSummary
    messages: tuple[Message, ...]
    commands: tuple[BotCommand, ...]
    seen: int


class Said(BaseModel):
    """What somebody says on the page."""

    model_config = ConfigDict(extra="forbid")

    text: str
    reply_to: int | None = None
    topic: int | None = None


class Pressed(BaseModel):
    """The button somebody presses on the page."""

    model_config = ConfigDict(extra="forbid")

    message_id: int
    data: str


class PeopleApi:
    """Answers the chat page.

    Args:
        world: What it shows.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the addresses that the page asks; ``you`` stands for the first person."""
        return [
            Route("/people/{person}", _explained(self.home), methods=["GET"]),
            Route("/people/{person}/events", _explained(self.events), methods=["GET"]),
            Route("/people/{person}/files/{file_id}", _explained(self.file), methods=["GET"]),
            Route("/people/{person}/chats/{chat:int}", _explained(self.history), methods=["GET"]),
            Route("/people/{person}/chats/{chat:int}/messages", _explained(self.say), methods=["POST"]),
            Route("/people/{person}/chats/{chat:int}/presses", _explained(self.press), methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """Describe the person, the bot and the chats the two share."""
        world, person = self._world, self._person(request)
        language = person.language_code or ""
        return _json(
            Home(
                person=person,
                people=tuple(world.people.values()),
                bot=world.bot.as_user(),
                description=world.descriptions.get(language) or world.descriptions.get("", ""),
                short_description=world.short_descriptions.get(language) or world.short_descriptions.get("", ""),
                suggestions=world.suggestions,
                chats=tuple(self._summary(room) for room in self._rooms(person)),
                seen=world.journal.last,
            )
        )

    async def history(self, request: Request) -> Response:
        """Return a chat with all its messages."""
        person, room = self._person(request), self._room(request)
        return _json(
            History(
                chat=self._summary(room),
                messages=tuple(room.messages.values()),
                commands=self._commands(person, room),
                seen=self._world.journal.last,
            )
        )

    def _commands(self, person: User, room: Room) -> tuple[BotCommand, ...]:
        shown = self._world.commands.shown
        return tuple(shown(room.chat, person.id, person.language_code, runs_it=room.part(person).runs_it))

    async def say(self, request: Request) -> Response:
        """Send what somebody typed."""
        person, room = self._person(request), self._room(request)
        said = Said.model_validate(await _body(request))
        chat = Conversation(self._world, room)
        answered = None if said.reply_to is None else chat.message(said.reply_to)
        return _json(chat.say(said.text, person, answered, said.topic))

    async def press(self, request: Request) -> Response:
        """Press a button under a message."""
        person, room = self._person(request), self._room(request)
        pressed = Pressed.model_validate(await _body(request))
        chat = Conversation(self._world, room)
        return JSONResponse({"id": chat.press(chat.message(pressed.message_id), pressed.data, person).id})

    async def file(self, request: Request) -> Response:
        """Send a file of a message, to be saved and never to be shown as a page."""
        stored = self._world.files.get(request.path_params["file_id"])
        name = quote(stored.name or stored.path.rpartition("/")[2], safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(stored.content, media_type="application/octet-stream", headers=headers)

    async def events(self, request: Request) -> Response:
        """Send what happens in the person's chats, as it happens, from the event after ``after`` on."""
        seen = request.headers.get("last-event-id") or request.query_params.get("after") or self._world.journal.last
        person = self._person(request)
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

    def _person(self, request: Request) -> User:
        """Return who is at the page; the first visitor of an empty world is made up."""
        wanted, world = request.path_params["person"], self._world
        if wanted == "you":
            person = next(iter(world.people.values()), None) or world.add_person(VISITOR)
            world.private_room(person)
            return person
        if not wanted.isdecimal() or int(wanted) not in world.people:
            raise HTTPException(404, "There is no such person.")
        return world.people[int(wanted)]

    def _rooms(self, person: User) -> list[Room]:
        return [room for room in self._world.rooms.values() if person.id in room.people]

    def _room(self, request: Request) -> Room:
        person, chat = self._person(request), request.path_params["chat"]
        for room in self._rooms(person):
            if room.chat.id == chat:
                return room
        raise HTTPException(404, "There is no such chat.")

    def _summary(self, room: Room) -> ChatSummary:
        title = room.chat.title or self._world.bot.first_name
        topics = tuple(Topic(id=number, name=name) for number, name in room.topics.items())
        return ChatSummary(id=room.chat.id, type=room.chat.type, title=title, topics=topics)


async def _body(request: Request) -> object:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Send application/json.")
    return await request.json()


def _json(value: TelegramObject) -> Response:
    return JSONResponse(value.wire())


def _explained(handler: Handler) -> Handler:
    """Have a wrong request answered with a sentence; what else goes wrong is a bug and stays one."""

    @wraps(handler)
    async def explain(request: Request) -> Response:
        try:
            return await handler(request)
        except ValidationError as error:
            return JSONResponse({"error": error.errors()[0]["msg"]}, status_code=400)
        except (ValueError, LookupError, RefusedError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return explain
