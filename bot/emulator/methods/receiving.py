"""The methods with which a bot receives updates: getUpdates, and a webhook."""

import re
from typing import Annotated

from pydantic import Field

from bot.emulator.errors import bad_request, unsupported
from bot.emulator.methods.method import Method, Names, Result
from bot.emulator.text.links import is_on_this_machine
from bot.emulator.world.update_queue import WebhookState
from bot.emulator.world.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class GetUpdates(Method):
    """Fetches updates, waiting for them up to ``timeout`` seconds."""

    offset: int = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    timeout: Annotated[float, Field(ge=0)] = 0
    allowed_updates: Names = None

    async def run(self, world: World) -> Result:
        world.updates.allow(self.allowed_updates)
        return [*await world.updates.fetch(self.offset, self.limit, self.timeout)]


class SetWebhook(Method):
    """Has updates posted to a web address on this machine; an empty address takes the webhook away."""

    url: str = ""
    ip_address: str | None = None
    max_connections: int = 40
    allowed_updates: Names = None
    drop_pending_updates: bool = False
    secret_token: str | None = None

    async def run(self, world: World) -> Result:
        self._check()
        if self.drop_pending_updates:
            world.updates.drop()
        world.updates.allow(self.allowed_updates)
        webhook = WebhookState.model_validate(self.model_dump(include=set(WebhookState.model_fields)))
        world.updates.set_webhook(webhook if self.url else None)
        return True

    def _check(self) -> None:
        if self.secret_token is not None and not _SECRET.fullmatch(self.secret_token):
            raise bad_request("secret token contains unallowed characters")
        if self.url and not is_on_this_machine(self.url):
            raise unsupported("a webhook must be on this machine (127.0.0.1, localhost or ::1)")


class DeleteWebhook(Method):
    """Goes back from a webhook to getUpdates."""

    drop_pending_updates: bool = False

    async def run(self, world: World) -> Result:
        if self.drop_pending_updates:
            world.updates.drop()
        world.updates.set_webhook(None)
        return True


class GetWebhookInfo(Method):
    """Describes the webhook and its queue."""

    async def run(self, world: World) -> Result:
        return world.updates.webhook_info()
