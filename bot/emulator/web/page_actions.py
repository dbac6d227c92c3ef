"""The door through which the chat page acts: say, edit, react, attach, ask inline, and run groups."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.emulator.objects import User
from bot.emulator.people.conversation import Conversation
from bot.emulator.people.groups import Group
from bot.emulator.people.people import People
from bot.emulator.web.visitors import Visitors, explained
from bot.emulator.world.world import World


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageBody(_Body):
    """What somebody says."""

    text: str
    reply_to: int | None = None
    topic: int | None = None


class PressBody(_Body):
    """The button somebody presses."""

    message_id: int
    data: str


class EditBody(_Body):
    """The new words of a message."""

    text: str


class ReactionBody(_Body):
    """What somebody thinks of a message; `None` takes it back."""

    emoji: str | None


class InlineQueryBody(_Body):
    """What somebody types behind the bot's name."""

    words: str
    offset: str = ""


class InlineChoiceBody(_Body):
    """The inline result somebody sends."""

    query_id: str
    result_id: str


class NewChatBody(_Body):
    """A new group; a forum when it has topics."""

    title: str
    kind: Literal["group", "supergroup", "channel"] = "supergroup"
    topics: tuple[str, ...] = ()


class MembershipBody(_Body):
    """What somebody does to the part another has in a group. ``who`` 0 is the bot."""

    who: int = 0
    act: Literal["add", "remove", "promote", "demote", "anonymous"]


class TopicBody(_Body):
    """The name of a new topic or person."""

    name: str
    language_code: str | None = "en"


class TopicStateBody(_Body):
    """Whether a topic is closed."""

    closed: bool


class PageActions:
    """Does what people do on the chat page.

    Args:
        world: Where they do it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors = Visitors(world)

    def routes(self) -> list[Route]:
        """Return the addresses under which people act; ``you`` stands for the first person."""
        chat = "/people/{person}/chats/{chat}"
        message = f"{chat}/messages/{{message:int}}"
        post = partial(Route, methods=["POST"])
        return [
            post("/people/{person}/people", explained(self.introduce)),
            post("/people/{person}/chats", explained(self.found)),
            post(f"{chat}/messages", explained(self.say)),
            post(f"{chat}/files", explained(self.attach)),
            post(f"{chat}/presses", explained(self.press)),
            post(f"{chat}/inline", explained(self.type)),
            post(f"{chat}/choices", explained(self.choose)),
            post(f"{chat}/members", explained(self.turn)),
            post(f"{chat}/topics", explained(self.add_topic)),
            post(f"{chat}/topics/{{topic:int}}", explained(self.close_topic)),
            post(f"{chat}/upgrade", explained(self.upgrade)),
            post(f"{message}/reaction", explained(self.react)),
            post(message, explained(self.edit)),
            Route(message, explained(self.delete), methods=["DELETE"]),
        ]

    def _chat(self, request: Request) -> tuple[User, Conversation]:
        return self._visitors.person(request), Conversation(self._world, self._visitors.room(request))

    def _group(self, request: Request) -> tuple[User, Group]:
        person, room = self._visitors.person(request), self._visitors.room(request)
        if room.is_private:
            raise ValueError("this is not a group")
        return person, Group(self._world, room)

    # Saying

    async def say(self, request: Request) -> Response:
        """Send what somebody typed."""
        said = MessageBody.model_validate(await _body(request))
        person, chat = self._chat(request)
        answered = None if said.reply_to is None else chat.message(said.reply_to)
        return JSONResponse(chat.say(said.text, person, answered, said.topic).wire())

    async def attach(self, request: Request) -> Response:
        """Send a file."""
        person, chat = self._chat(request)
        async with request.form() as form:
            file, topic = form.get("file"), form.get("topic")
            if not isinstance(file, UploadFile):
                raise ValueError("there is no file")
            sent = chat.send_document(
                await file.read(),
                file.filename or "file",
                file.content_type,
                caption=str(form.get("caption") or ""),
                sender=person,
                topic=int(str(topic)) if topic else None,
            )
        return JSONResponse(sent.wire())

    async def edit(self, request: Request) -> Response:
        """Change the words of somebody's own message."""
        edited = EditBody.model_validate(await _body(request))
        chat = self._own(request)
        return JSONResponse(chat.edit(chat.message(request.path_params["message"]), edited.text).wire())

    async def delete(self, request: Request) -> Response:
        """Delete somebody's own message; an administrator deletes anybody's."""
        chat = self._own(request, or_runs_it=True)
        chat.delete(chat.message(request.path_params["message"]))
        return JSONResponse({})

    def _own(self, request: Request, *, or_runs_it: bool = False) -> Conversation:
        person, chat = self._chat(request)
        room, message = self._visitors.room(request), request.path_params["message"]
        if room.authors.get(message) != person.id and not (or_runs_it and room.part(person).runs_it):
            raise ValueError("this message is somebody else's")
        return chat

    async def react(self, request: Request) -> Response:
        """React to a message, or take the reaction back."""
        reacted = ReactionBody.model_validate(await _body(request))
        person, chat = self._chat(request)
        chat.react(chat.message(request.path_params["message"]), reacted.emoji, person)
        return JSONResponse({})

    async def press(self, request: Request) -> Response:
        """Press a button under a message."""
        pressed = PressBody.model_validate(await _body(request))
        person, chat = self._chat(request)
        return JSONResponse({"id": chat.press(chat.message(pressed.message_id), pressed.data, person).id})

    # Inline mode

    async def type(self, request: Request) -> Response:
        """Type words behind the bot's name; what it offers comes as an event."""
        typed = InlineQueryBody.model_validate(await _body(request))
        person, chat = self._chat(request)
        query = chat.type_inline(typed.words, person, offset=typed.offset)
        offered = self._world.queries.offered.get(query.id)
        return JSONResponse({"id": query.id, "inline": offered.wire() if offered else None})

    async def choose(self, request: Request) -> Response:
        """Send a result the bot offered."""
        chosen = InlineChoiceBody.model_validate(await _body(request))
        _, chat = self._chat(request)
        query = self._world.queries.typed[chosen.query_id]
        return JSONResponse(chat.choose(query, chosen.result_id).wire())

    # Groups

    async def introduce(self, request: Request) -> Response:
        """Add a person."""
        named = TopicBody.model_validate(await _body(request))
        person = self._world.add_person(named.name, None, named.language_code)
        self._world.private_room(person)
        self._world.journal.add("chats")
        return JSONResponse(person.wire())

    async def found(self, request: Request) -> Response:
        """Begin a group or a channel that the person owns, with everybody in it."""
        wanted = NewChatBody.model_validate(await _body(request))
        owner, people = self._visitors.person(request), People(self._world)
        everybody = [owner, *(person for person in self._world.people.values() if person.id != owner.id)]
        if wanted.kind == "channel":
            return JSONResponse({"id": people.channel(wanted.title, everybody).id})
        if wanted.topics:
            return JSONResponse({"id": people.forum(wanted.title, everybody, wanted.topics).id})
        return JSONResponse({"id": people.group(wanted.title, everybody, basic=wanted.kind == "group").id})

    async def turn(self, request: Request) -> Response:
        """Add, remove, promote or demote somebody."""
        turned = MembershipBody.model_validate(await _body(request))
        person, group = self._group(request)
        who = self._world.people[turned.who] if turned.who else self._world.bot.as_user()
        acts: dict[str, Callable[[User, User], None]] = {
            "add": group.join,
            "remove": group.leave,
            "promote": partial(group.promote, is_anonymous=False),
            "demote": group.demote,
            "anonymous": partial(group.promote, is_anonymous=True),
        }
        acts[turned.act](who, person)
        return JSONResponse({})

    async def add_topic(self, request: Request) -> Response:
        """Add a topic."""
        named = TopicBody.model_validate(await _body(request))
        person, group = self._group(request)
        return JSONResponse({"id": group.add_topic(named.name, person)})

    async def close_topic(self, request: Request) -> Response:
        """Close a topic, or open it again."""
        closed = TopicStateBody.model_validate(await _body(request)).closed
        person, group = self._group(request)
        (group.close_topic if closed else group.reopen_topic)(request.path_params["topic"], person)
        return JSONResponse({})

    async def upgrade(self, request: Request) -> Response:
        """Turn a basic group into a supergroup."""
        person, group = self._group(request)
        return JSONResponse({"id": group.upgrade(person).id})


async def _body(request: Request) -> object:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Send application/json.")
    return await request.json()
