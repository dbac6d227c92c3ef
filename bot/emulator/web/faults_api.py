"""Faults arranged over HTTP, from another process."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.emulator.world.faults import Disturbance, InjectedFault
from bot.emulator.world.world import World


class Arrangement(BaseModel):
    """A fault to arrange: for the next ``times`` calls of a method, or (with ``share``) a share of all."""

    model_config = ConfigDict(extra="forbid")

    method: str
    fault: InjectedFault
    times: int = Field(default=1, ge=1)
    share: float | None = Field(default=None, ge=0, le=1)
    seed: int = 0
    chat_id: int | None = None


class FaultsApi:
    """Arranges, lists and clears faults."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the addresses under which faults are arranged."""
        return [
            Route("/faults", self.events, methods=["GET"]),
            Route("/faults", self.arrange, methods=["POST"]),
            Route("/faults", self.clear, methods=["DELETE"]),
            Route("/faults/updates", self.disturb, methods=["POST"]),
        ]

    async def events(self, _: Request) -> Response:
        """List the faults that struck so far."""
        return JSONResponse([event.wire() for event in self._world.faults.events])

    async def arrange(self, request: Request) -> Response:
        """Have calls fail."""
        try:
            wanted = Arrangement.model_validate(await request.json())
        except ValidationError as error:
            return JSONResponse({"error": error.errors()[0]["msg"]}, status_code=400)
        faults = self._world.faults
        if wanted.share is None:
            faults.arrange(wanted.method, wanted.fault, times=wanted.times, chat_id=wanted.chat_id)
        else:
            faults.arrange_rate(wanted.method, wanted.fault, wanted.share, seed=wanted.seed, chat_id=wanted.chat_id)
        return Response(status_code=204)

    async def clear(self, _: Request) -> Response:
        """Have no call fail any more, and release the calls that hang."""
        self._world.faults.clear()
        self._world.updates.disturb(Disturbance())
        return Response(status_code=204)

    async def disturb(self, request: Request) -> Response:
        """Have updates repeated or come in another order."""
        try:
            self._world.updates.disturb(Disturbance.model_validate(await request.json()))
        except ValidationError as error:
            return JSONResponse({"error": error.errors()[0]["msg"]}, status_code=400)
        return Response(status_code=204)
