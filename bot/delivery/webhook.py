"""Updates are posted by Telegram, which is told that they have come when they are safely in the inbox."""

import asyncio
import datetime as dt
import hmac
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import TelegramError

from bot.delivery.backpressure import Backpressure
from bot.delivery.raw_updates import Keep, read_arrival
from bot.inbox.pauses import pauses
from bot.operations.http_server import open_doors
from storage.delivery.inbox import PendingUpdate
from storage.errors import DatabaseError

BODY_BYTES = 1_000_000
"""Longest update that is read; Telegram's are far shorter."""
CONNECTIONS = 8
"""How many updates Telegram may post at the same time."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, not a secret

logger = logging.getLogger(__name__)


class WebhookAddress(NamedTuple):
    """Where updates are posted to.

    Attributes:
        url: The public address, which Telegram is told.
        secret: What Telegram sends along, so that nobody else can post.
        host: Where to listen for what is posted there.
        port: The port to listen on.
    """

    url: str
    secret: str
    host: str
    port: int


class Webhook:
    """Takes in updates that are posted.

    Attributes:
        succeeded_at: When Telegram last posted one; None before it first did.
    """

    def __init__(
        self,
        bot: Bot,
        keep: Keep,
        take: Callable[[Iterable[PendingUpdate]], None],
        heard: Sequence[str],
        room: Backpressure,
        address: WebhookAddress,
    ) -> None:
        """Set up.

        Args:
            bot: Calls Telegram.
            keep: Keeps updates.
            take: Told of those that are new.
            heard: The kinds of updates to ask for.
            room: Where they wait; while it is full they are left with Telegram.
            address: Where they are posted to.
        """
        self._bot, self._keep, self._room = bot, keep, room
        self._take, self._heard, self._address = take, list(heard), address
        self.succeeded_at: dt.datetime | None = None

    async def run(self) -> None:
        """Take in what is posted, until cancelled.

        Raises:
            SettingsError: The address cannot be listened on.
        """
        path = urlsplit(self._address.url).path or "/"
        route = Route(path, self._receive, methods=["POST"])
        async with open_doors([route], self._address.host, self._address.port) as port:
            logger.info("Updates are taken in on %s:%s", self._address.host, port)
            await self._tell_telegram()
            await asyncio.Event().wait()

    async def _tell_telegram(self) -> None:
        for pause in pauses():
            try:
                await self._bot.set_webhook(
                    self._address.url,
                    max_connections=CONNECTIONS,
                    allowed_updates=self._heard,
                    secret_token=self._address.secret,
                )
                return
            except TelegramError as error:
                logger.warning("Telegram cannot be told the webhook (%s); trying again in %s s", error, pause)
                await asyncio.sleep(pause)

    async def _receive(self, request: Request) -> Response:
        """One update; anything but 2xx has Telegram post it again later."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._address.secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            arrival = read_arrival(json.loads(body))
        except (ValueError, RecursionError):
            arrival = None
        if arrival is None:
            logger.error("What was posted with the right secret is no update")
            return Response(status_code=400)
        if self._room.is_full:
            return Response(status_code=503)
        try:
            turns = await self._keep([arrival])
        except DatabaseError as error:
            logger.error("Update %s is left with Telegram for now: %s", arrival.update_id, error)
            return Response(status_code=503)
        self.succeeded_at = dt.datetime.now(dt.UTC)
        self._take(turns)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """What was posted; None where it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return body
