"""The webhook: updates are posted by Telegram, and confirmed when they are safely in the inbox."""

import asyncio
import datetime as dt
import hmac
import json
import logging
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import TelegramError

from bot.clock import TelegramClock
from bot.delivery.backpressure import Backpressure
from bot.delivery.raw_updates import UpdateSink, newest, read_update
from bot.delivery.retrying import retry
from bot.operations.http_server import serve_http
from storage.errors import DatabaseError

BODY_BYTES = 1_000_000
"""Longest update that is read; Telegram's are far shorter."""
BACKLOG_SECONDS = 2.0
"""How often it is looked whether what waited is posted: what comes then has happened just now."""
LOOK_SECONDS = 20.0
"""How often it is looked whether the webhook is still this bot's."""
CONNECTIONS = 8
"""How many updates Telegram may post at the same time."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, not a secret

logger = logging.getLogger(__name__)


class WebhookAddress(NamedTuple):
    """Where updates are posted to."""

    url: str  # the public address, which Telegram is told
    secret: str  # sent along by Telegram, so that nobody else can post
    host: str  # where to listen for what is posted there
    port: int


class Webhook:
    """Takes in updates that are posted; while too many wait they are left with Telegram."""

    def __init__(
        self,
        bot: Bot,
        sink: UpdateSink,
        kinds: Sequence[str],
        backpressure: Backpressure,
        clock: TelegramClock,
        address: WebhookAddress,
    ) -> None:
        self._clock, self._is_live = clock, False  # whether what is posted has happened just now
        self._bot, self._sink, self._backpressure = bot, sink, backpressure
        self._kinds, self._address = list(kinds), address
        self.succeeded_at: dt.datetime | None = None

    async def run(self) -> None:
        """Take in what is posted, until cancelled.

        Raises:
            SettingsError: The address cannot be listened on.
        """
        path = urlsplit(self._address.url).path or "/"
        route = Route(path, self._receive, methods=["POST"])
        async with serve_http([route], self._address.host, self._address.port) as port:
            logger.info("Updates are taken in on %s:%s", self._address.host, port)
            await retry(
                self._set_webhook, TelegramError, "Telegram cannot be told the webhook (%s); trying again in %s s"
            )
            while True:
                await self._look()
                await asyncio.sleep(LOOK_SECONDS if self._is_live else BACKLOG_SECONDS)

    async def _look(self) -> None:
        """Set the webhook again where it was taken away; a webhook of somebody else is left alone.

        Neither lasts for ever, so a line each time says what holds the bot up.
        """
        try:
            info = await self._bot.get_webhook_info()
            url, self._is_live = info.url, info.pending_update_count == 0
            if not url:
                logger.warning("The webhook of this bot was taken away; it is set again")
                await self._set_webhook()
            elif url != self._address.url:
                logger.error("Updates of this bot are posted to %s, which somebody else has set", url.partition("?")[0])
        except TelegramError as error:
            logger.warning("Telegram cannot be asked for the webhook: %s", error)

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            self._address.url,
            max_connections=CONNECTIONS,
            allowed_updates=self._kinds,
            secret_token=self._address.secret,
        )

    async def _receive(self, request: Request) -> Response:
        """Take in one update; anything but 2xx has Telegram post it again later."""
        secret = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self._address.secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = read_update(json.loads(body))
        except (ValueError, RecursionError):
            update = None
        if update is None:
            logger.error("What was posted with the right secret is no update")
            return Response(status_code=400)
        if self._backpressure.is_full:
            self._is_live = False
            self._sink.postpone()
            return Response(status_code=503)
        try:
            pending = await self._sink.keep([update])
        except DatabaseError as error:
            self._is_live = False
            logger.error("Update %s is left with Telegram for now: %s", update.update_id, error)
            return Response(status_code=503)
        self.succeeded_at = dt.datetime.now(dt.UTC)
        if self._is_live and (sent := newest(pending)) is not None:
            self._clock.note(sent)
        self._sink.take(pending)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body of a request; None where it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return body
