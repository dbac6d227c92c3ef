"""The actions of the chat page: say, edit, react, attach, ask inline, and run groups."""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.emulator.objects.chats import User
from bot.emulator.people.conversation import Conversation
from bot.emulator.people.groups import Group
from bot.emulator.people.people import People
from bot.emulator.web.visitors import Visitors
from bot.emulator.world.world import World


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageBody(_Body):
    """A new message."""

    text: str
    reply_to: int | None = None
    topic: int | None = None


class PressBody(_Body):
    """The press of a button."""

    message_id: int
    data: str


class EditBody(_Body):
    """The new words of a message."""

    text: str


class ReactionBody(_Body):
    """A reaction to a message; `None` takes it back."""

    emoji: str | None


class InlineQueryBody(_Body):
    """Words typed behind the bot's name."""

    words: str
    offset: str = ""


class InlineChoiceBody(_Body):
    """The choice of an inline result."""

    query_id: str
    result_id: str


class NewChatBody(_Body):
    """A new group; a forum when it has topics."""

    title: str
    kind: Literal["group", "supergroup", "channel"] = "supergroup"
    topics: tuple[str, ...] = ()


class MembershipBody(_Body):
    """A change of a member of a group. ``who`` 0 is the bot."""

    who: int = 0
    act: Literal["add", "remove", "promote", "demote", "anonymous"]


class TopicBody(_Body):
    """The name of a new topic or person."""

    name: str
    language_code: str | None = "en"


class TopicStateBody(_Body):
    """Whether a topic is closed."""

    closed: bool


Body = TypeVar("Body", bound=_Body)


class PageActions:
    """Carries out the actions of people on the chat page."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors = Visitors(world)

    def routes(self) -> list[Route]:
        """Return the addresses of the actions below ``/people``; ``you`` stands for the first person."""
        chat = "/{person}/chats/{chat}"
        message = f"{chat}/messages/{{message:int}}"
        posts = {
            "/{person}/people": self.add_person,
            "/{person}/chats": self.add_chat,
            f"{chat}/messages": self.say,
            f"{chat}/files": self.attach,
            f"{chat}/presses": self.press,
            f"{chat}/inline": self.type,
            f"{chat}/choices": self.choose,
            f"{chat}/members": self.change_member,
            f"{chat}/topics": self.add_topic,
            f"{chat}/topics/{{topic:int}}": self.close_topic,
            f"{chat}/upgrade": self.upgrade,
            f"{message}/reaction": self.react,
            message: self.edit,
        }
        deletion = Route(message, self.delete, methods=["DELETE"])
        return [*(Route(path, act, methods=["POST"]) for path, act in posts.items()), deletion]

    def _chat(self, request: Request) -> tuple[User, Conversation]:
        return self._visitors.person(request), Conversation(self._world, self._visitors.room(request))

    def _group(self, request: Request) -> tuple[User, Group]:
        person, room = self._visitors.person(request), self._visitors.room(request)
        if room.is_private:
            raise ValueError("this is not a group")
        return person, Group(self._world, room)

    # Messages

    async def say(self, request: Request) -> Response:
        """Send typed words."""
        body = await _body(request, MessageBody)
        person, chat = self._chat(request)
        answered = None if body.reply_to is None else chat.message(body.reply_to)
        return JSONResponse(chat.say(body.text, person, answered, body.topic).wire())

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
        """Change the words of a person's own message."""
        body = await _body(request, EditBody)
        chat = self._own_chat(request)
        return JSONResponse(chat.edit(chat.message(request.path_params["message"]), body.text).wire())

    async def delete(self, request: Request) -> Response:
        """Delete a person's own message; an administrator deletes anybody's."""
        chat = self._own_chat(request, or_runs_it=True)
        chat.delete(chat.message(request.path_params["message"]))
        return JSONResponse({})

    def _own_chat(self, request: Request, *, or_runs_it: bool = False) -> Conversation:
        person, chat = self._chat(request)
        room, message = self._visitors.room(request), request.path_params["message"]
        if room.authors.get(message) != person.id and not (or_runs_it and room.member(person).runs_it):
            raise ValueError("this message is somebody else's")
        return chat

    async def react(self, request: Request) -> Response:
        """React to a message, or take the reaction back."""
        body = await _body(request, ReactionBody)
        person, chat = self._chat(request)
        chat.react(chat.message(request.path_params["message"]), body.emoji, person)
        return JSONResponse({})

    async def press(self, request: Request) -> Response:
        """Press a button under a message."""
        body = await _body(request, PressBody)
        person, chat = self._chat(request)
        return JSONResponse({"id": chat.press(chat.message(body.message_id), body.data, person).id})

    # Inline mode

    async def type(self, request: Request) -> Response:
        """Type words behind the bot's name; its answer comes as an event."""
        body = await _body(request, InlineQueryBody)
        person, chat = self._chat(request)
        query = chat.type_inline(body.words, person, offset=body.offset)
        answer = self._world.queries.inline_answers.get(query.id)
        return JSONResponse({"id": query.id, "inline": answer.wire() if answer else None})

    async def choose(self, request: Request) -> Response:
        """Send a result the bot offered."""
        body = await _body(request, InlineChoiceBody)
        _, chat = self._chat(request)
        query = self._world.queries.inline_queries[body.query_id]
        return JSONResponse(chat.choose(query, body.result_id).wire())

    # Groups

    async def add_person(self, request: Request) -> Response:
        """Add a person."""
        body = await _body(request, TopicBody)
        person = self._world.add_person(body.name, None, body.language_code)
        self._world.private_room(person)
        self._world.journal.add("chats")
        return JSONResponse(person.wire())

    async def add_chat(self, request: Request) -> Response:
        """Begin a group or a channel that the person owns, with everybody in it."""
        body = await _body(request, NewChatBody)
        owner, people = self._visitors.person(request), People(self._world)
        everybody = [owner, *(person for person in self._world.people.values() if person.id != owner.id)]
        if body.kind == "channel":
            return JSONResponse({"id": people.channel(body.title, everybody).id})
        if body.topics:
            return JSONResponse({"id": people.forum(body.title, everybody, body.topics).id})
        return JSONResponse({"id": people.group(body.title, everybody, basic=body.kind == "group").id})

    async def change_member(self, request: Request) -> Response:
        """Add, remove, promote or demote a person or the bot."""
        body = await _body(request, MembershipBody)
        person, group = self._group(request)
        who = self._world.people[body.who] if body.who else self._world.bot.as_user()
        if body.act in {"promote", "anonymous"}:
            group.promote(who, person, is_anonymous=body.act == "anonymous")
        else:
            {"add": group.join, "remove": group.leave, "demote": group.demote}[body.act](who, person)
        return JSONResponse({})

    async def add_topic(self, request: Request) -> Response:
        """Add a topic."""
        body = await _body(request, TopicBody)
        person, group = self._group(request)
        return JSONResponse({"id": group.add_topic(body.name, person)})

    async def close_topic(self, request: Request) -> Response:
        """Close a topic, or open it again."""
        body = await _body(request, TopicStateBody)
        person, group = self._group(request)
        (group.close_topic if body.closed else group.reopen_topic)(request.path_params["topic"], person)
        return JSONResponse({})

    async def upgrade(self, request: Request) -> Response:
        """Turn a basic group into a supergroup."""
        person, group = self._group(request)
        return JSONResponse({"id": group.upgrade(person).id})


async def _body(request: Request, model: type[Body]) -> Body:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Send application/json.")
    return model.model_validate(await request.json())
