"""The person at the chat page, their chats, and sentences about wrong requests."""

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.emulator.objects.chats import User
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.world import World

VISITOR = "You"


class Visitors:
    """Finds the person and the chat of a request."""

    def __init__(self, world: World) -> None:
        self._world = world

    def person(self, request: Request) -> User:
        """Return the person at the page, with a chat with the bot; the first visitor of an empty world is made up."""
        person = self._person(request.path_params["person"])
        self._world.private_room(person)
        return person

    def _person(self, wanted: str) -> User:
        people = self._world.people
        if wanted == "you":
            return next(iter(people.values()), None) or self._world.add_person(VISITOR)
        if not wanted.isdecimal() or int(wanted) not in people:
            raise HTTPException(404, "There is no such person.")
        return people[int(wanted)]

    def rooms(self, person: User) -> list[ChatRoom]:
        """Return a person's chats; a group that became a supergroup is not among them any more."""
        rooms = self._world.rooms.values()
        return [room for room in rooms if person.id in room.people and room.migrate_to_chat_id is None]

    def room(self, request: Request) -> ChatRoom:
        """Return the chat of a request."""
        for room in self.rooms(self.person(request)):
            if str(room.chat.id) == request.path_params["chat"]:
                return room
        raise HTTPException(404, "There is no such chat.")


async def explain(_: Request, error: Exception) -> Response:
    """Answer a wrong request with a sentence."""
    if isinstance(error, ValidationError):
        reason = error.errors()[0]["msg"]
    else:
        reason = "That is not there any more." if isinstance(error, KeyError) else str(error)
    return JSONResponse({"error": reason}, status_code=400)
