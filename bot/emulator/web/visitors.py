"""Who is at the chat page, which chats are theirs, and how they are told what went wrong."""

from collections.abc import Awaitable, Callable
from functools import wraps

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.emulator.errors import RefusedError
from bot.emulator.objects import User
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.world import World

VISITOR = "You"
Handler = Callable[[Request], Awaitable[Response]]


class Visitors:
    """Finds out who asks and about which chat.

    Args:
        world: Where they are.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def person(self, request: Request) -> User:
        """Return who is at the page, with a chat with the bot; the first visitor of an empty world is made up."""
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
        """Return somebody's chats; a group that became a supergroup is not among them any more."""
        rooms = self._world.rooms.values()
        return [room for room in rooms if person.id in room.people and room.migrated_to is None]

    def room(self, request: Request) -> ChatRoom:
        """Return the chat that is asked about."""
        for room in self.rooms(self.person(request)):
            if str(room.chat.id) == request.path_params["chat"]:
                return room
        raise HTTPException(404, "There is no such chat.")


def explained(handler: Handler) -> Handler:
    """Have a wrong request answered with a sentence; what else goes wrong is a bug and stays one."""

    @wraps(handler)
    async def explain(request: Request) -> Response:
        try:
            return await handler(request)
        except ValidationError as error:
            return JSONResponse({"error": error.errors()[0]["msg"]}, status_code=400)
        except KeyError:
            return JSONResponse({"error": "That is not there any more."}, status_code=400)
        except (ValueError, LookupError, RefusedError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return explain
