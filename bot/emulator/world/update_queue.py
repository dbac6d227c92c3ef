"""The updates that wait for the bot, and the two ways they reach it: getUpdates and a webhook."""

import time
from collections import deque
from collections.abc import Iterable
from itertools import count
from random import SystemRandom
from typing import get_args

import httpx

from bot.emulator.errors import conflict
from bot.emulator.notifier import Notifier
from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.updates import StrangeUpdate, Update, UpdateContent, UpdateKind, WebhookInfo
from bot.emulator.world.faults import OTHER_POLL, Disturbance, dice

FIRST_UPDATES = 1_000_001, 900_000_001
_WEBHOOK_IS_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_AHEAD = 10
"""How far past the last number an offset still counts, as in Telegram's own server (tdlib, TQueue)."""
_RETRY_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0)
_DELIVERY_SECONDS = 60.0
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, not a secret
# The others are not sent unless asked for by name, as the Bot API's documentation of allowed_updates says.
_BY_DEFAULT = frozenset(get_args(UpdateKind)) - {"chat_member", "message_reaction", "message_reaction_count"}


class WebhookState(TelegramObject):
    """The address to which the bot wants its updates posted."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    ip_address: str | None = None


class UpdateQueue:
    """Updates in the order in which they arose, kept until the bot confirms them."""

    def __init__(self, bell: Notifier, after: int = 0) -> None:
        self._bell = bell
        # As Telegram's, numbers begin anywhere, unless they are to go on after those of a record.
        first = after + 1 if after else SystemRandom().randrange(*FIRST_UPDATES)
        self._ids = count(first)
        self._waiting: deque[Update] = deque()
        self._last = first - 1
        self._anew: int | None = None
        self._confirmed: set[int] = set()
        self._poller: object = None
        self._ended_by = OTHER_POLL
        self._allowed: tuple[str, ...] = ()
        self.webhook: WebhookState | None = None
        self.failure: tuple[int, str] | None = None
        self.disturbance = Disturbance()
        self._random = dice(0)
        self._again: list[Update] = []

    def put(self, kind: UpdateKind, content: UpdateContent) -> int | None:
        """Add an update and return its id, or `None` when the bot did not ask for this kind."""
        if kind not in (self._allowed or _BY_DEFAULT):
            return None
        return self._add(Update.model_validate({"update_id": self._number(), kind: content}))

    def put_strange(self, content: dict[str, object]) -> int:
        """Add an update with any content, and return its id."""
        return self._add(StrangeUpdate(update_id=self._number(), content=content))

    def start_anew(self, number: int) -> None:
        """Have numbers begin anywhere, as after a week without updates (Bot API, Update), once none waits any more."""
        self._anew = number

    def _number(self) -> int:
        if self._anew is not None and not self._waiting:
            self._ids, self._anew = count(self._anew), None
        return next(self._ids)

    def _add(self, update: Update) -> int:
        self._last = update.update_id
        self._confirmed.discard(self._last)
        self._waiting.append(update)
        self._bell.ring()
        return self._last

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember the kinds that the bot asks for; `None` changes nothing, an empty list is Telegram's default."""
        if kinds is not None:
            self._allowed = tuple(kinds)

    @property
    def waiting(self) -> int:
        """The number of updates that are not confirmed yet."""
        return len(self._waiting)

    def is_confirmed(self, update_id: int) -> bool:
        """Tell whether the bot confirmed an update."""
        return update_id in self._confirmed

    def confirm(self, update_id: int) -> None:
        """Forget an update and all before it."""
        while self._waiting and self._waiting[0].update_id <= update_id:
            update = self._waiting.popleft()
            self._confirmed.add(update.update_id)
            self._again.extend([update] * self._strikes(self.disturbance.repeat))
        self._bell.ring()

    def disturb(self, disturbance: Disturbance) -> None:
        """Have updates repeated or come in another order from now on."""
        self.disturbance, self._random = disturbance, dice(disturbance.seed)

    def _strikes(self, share: float) -> bool:
        left = self.disturbance.times
        if left == 0 or self._random.random() >= share:
            return False
        times = None if left is None else left - 1
        self.disturbance = self.disturbance.model_copy(update={"times": times})
        return True

    def repeat(self, update_id: int) -> None:
        """Send an update that is not confirmed yet once more after it is, as when an answer was lost.

        Raises:
            LookupError: No such update waits.
        """
        update = next((update for update in self._waiting if update.update_id == update_id), None)
        if update is None:
            raise LookupError(f"no update {update_id} waits")
        self._again.append(update)

    def drop(self) -> None:
        """Forget all updates."""
        self.confirm(self._last)

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Answer getUpdates: wait until there are updates, or until the time is up.

        Refuse it when a webhook is set, or another request for updates came in while this one waited.
        """
        if self.webhook:
            raise conflict(_WEBHOOK_IS_SET)
        self.end_poll(OTHER_POLL)
        self._poller = mine = object()
        if offset < 0:  # it counts from the end
            offset = self._waiting[offset].update_id if self.waiting > -offset else 1
        if offset <= self._last + _AHEAD:  # one further ahead is of other numbers, and confirms nothing
            self.confirm(offset - 1)
        return await self._bell.until(self._look, seconds, mine, limit) or []

    def end_poll(self, reason: str) -> None:
        """Refuse the request for updates that waits."""
        self._poller, self._ended_by = None, reason
        self._bell.ring()

    def _look(self, mine: object, limit: int) -> list[Update]:
        if self._poller is not mine:
            raise conflict(self._ended_by)
        again = [update for update in self._again if self.is_confirmed(update.update_id)]
        self._again = [update for update in self._again if not self.is_confirmed(update.update_id)]
        updates = [*again, *self._waiting][:limit]
        if len(updates) > 1 and self._strikes(self.disturbance.reorder):
            self._random.shuffle(updates)
        return updates

    def set_webhook(self, webhook: WebhookState | None) -> None:
        """Post updates to an address from now on, or (`None`) let them be fetched again."""
        if webhook:
            self.end_poll("terminated by setWebhook request")
        self.webhook, self.failure = webhook, None
        self._bell.ring()

    def webhook_info(self) -> WebhookInfo:
        """Describe the webhook and its queue."""
        webhook, failure = self.webhook or WebhookState(url=""), self.failure or (None, None)
        return WebhookInfo(
            url=webhook.url,
            pending_update_count=self.waiting,
            ip_address=webhook.ip_address,
            last_error_date=failure[0],
            last_error_message=failure[1],
            max_connections=webhook.max_connections if webhook.url else None,
            allowed_updates=self._allowed or None,
        )

    async def deliver(self) -> None:
        """Post updates to the webhook one after the other, each until it is taken, until the bell is closed."""
        if not await self._bell.until(self._to_post, None):
            return
        async with httpx.AsyncClient(trust_env=False, timeout=_DELIVERY_SECONDS) as client:
            while (task := await self._bell.until(self._to_post, None)) and not self._bell.closed:
                await self._post(client, *task)
                await self._deliver_again(client, task[0])

    def _to_post(self) -> tuple[WebhookState, Update] | None:
        return (self.webhook, self._next_to_post()) if self.webhook and self._waiting else None

    def _next_to_post(self) -> Update:
        early = len(self._waiting) > 1 and self._strikes(self.disturbance.reorder)
        return self._waiting[self._random.randrange(1, len(self._waiting)) if early else 0]

    async def _deliver_again(self, client: httpx.AsyncClient, webhook: WebhookState) -> None:
        again, self._again = self._again, []
        for update in again:
            await _failure(client, webhook, update)

    async def _post(self, client: httpx.AsyncClient, webhook: WebhookState, update: Update) -> None:
        for attempt in count():
            self.failure = await _failure(client, webhook, update)
            if self.failure is None:
                return self._take(update)
            self._bell.ring()  # for whoever waits for a failure
            pause = _RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS) - 1)]
            if await self._bell.until(self._is_moot, pause, webhook, update):
                return None
        return None

    def _take(self, update: Update) -> None:
        if self._waiting and self._waiting[0] is update:
            return self.confirm(update.update_id)
        if update in self._waiting:
            self._waiting.remove(update)
            self._confirmed.add(update.update_id)
        return self._bell.ring()

    def _is_moot(self, webhook: WebhookState, update: Update) -> bool:
        return self._bell.closed or self.webhook is not webhook or self.is_confirmed(update.update_id)


async def _failure(client: httpx.AsyncClient, webhook: WebhookState, update: Update) -> tuple[int, str] | None:
    headers = {_SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
    try:
        answer = await client.post(webhook.url, json=update.wire(), headers=headers)
    except httpx.HTTPError as error:
        return int(time.time()), str(error) or type(error).__name__
    if answer.is_success:
        return None
    return int(time.time()), f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
