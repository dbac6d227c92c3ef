"""A relay hands connections on to the first of several places that takes them, as a balancer does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

CONNECT_SECONDS = 1.0

Place = tuple[str, int]


@asynccontextmanager
async def relay(place: Place, others: Sequence[Place], patience: float | None = None) -> AsyncIterator[None]:
    """Hand on what comes to a place, while the context is open; whoever is silent for longer is given up."""

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await _reach(others)
        if there is None:
            return writer.transport.abort()
        away = asyncio.create_task(_pump(reader, there[1], None))
        await asyncio.gather(away, _pump(there[0], writer, patience))
        return None

    server = await asyncio.start_server(hand_on, *place)
    try:
        yield
    finally:
        server.close()


async def _reach(places: Sequence[Place]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    for place in places:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(*place)
        except OSError:
            continue
    return None


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, patience: float | None) -> None:
    """Hand on until one side ends; how it ended is handed on too."""
    try:
        while content := await asyncio.wait_for(source.read(2**16), patience):
            target.write(content)
            await target.drain()
        target.close()
    except OSError:
        target.transport.abort()
