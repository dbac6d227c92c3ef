"""Failures on purpose: refusals, broken connections and disturbed updates, arranged one by one or at a rate."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from pydantic import Field

from bot.emulator.errors import RefusedError, bad_request, conflict, forbidden, too_many_requests
from bot.emulator.notifier import Notifier
from bot.emulator.objects.base import TelegramObject

FaultKind = Literal[
    "flood",  # 429
    "server_error",  # 500
    "bad_gateway",  # 502 with a page of HTML
    "blocked",  # 403
    "chat_not_found",  # 400
    "message_not_found",  # 400
    "conflict",  # 409
    "refused",  # with a code and a description of one's own
    "close",  # the connection ends without an answer
    "reset",  # the connection ends in the middle of the answer
    "hang",  # no answer until the call is released
    "malformed",  # half of the answer, as if it were whole
]
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


class InjectedFault(TelegramObject):
    """A failure of one call."""

    kind: FaultKind
    retry_after: int = Field(default=1, ge=0)  # seconds, for a flood
    code: int = Field(default=400, ge=400, le=599)  # of a refusal
    description: str = ""  # Telegram's words of a refusal
    carried_out: bool = False  # the call is carried out all the same, and the bot alone does not know of it

    def refusal(self) -> RefusedError | None:
        """Return the error that the bot is answered with; `None` when the connection suffers instead."""
        if self.kind == "flood":
            return too_many_requests(self.retry_after)
        if self.kind == "refused":
            return RefusedError(self.code, self.description)
        return {
            "server_error": RefusedError(500, "Internal Server Error"),
            "bad_gateway": RefusedError(502, "Bad Gateway"),
            "blocked": forbidden("bot was blocked by the user"),
            "chat_not_found": bad_request("chat not found"),
            "message_not_found": bad_request("message to edit not found"),
            "conflict": conflict(OTHER_POLL),
        }.get(self.kind)


class FaultEvent(TelegramObject):
    """A fault that happened."""

    method: str
    fault: InjectedFault


@dataclass
class _Rule:
    """When a fault strikes: ``left`` times more (`None` is for ever), each time with a chance."""

    method: str
    fault: InjectedFault
    chat_id: int | None
    left: int | None
    share: float
    random: Random

    def strikes(self, method: str, chat_id: str) -> bool:
        """Tell whether it strikes now, and count it if so."""
        wanted = self.method in {"*", method} and (self.chat_id is None or str(self.chat_id) == chat_id)
        if not wanted or self.left == 0 or self.random.random() >= self.share:
            return False
        self.left = None if self.left is None else self.left - 1
        return True


class Faults:
    """The faults that are arranged."""

    def __init__(self, bell: Notifier) -> None:
        self._bell = bell
        self._rules: list[_Rule] = []
        self._releases = 0
        self.events: list[FaultEvent] = []
        self.lost_answers: set[tuple[int, int]] = set()  # messages that the bot was not told of, by chat and number
        self.hanging = 0

    def arrange(self, method: str, fault: InjectedFault, *, times: int = 1, chat_id: int | None = None) -> None:
        """Have the next calls of a method fail, or only those about a chat.

        The method ``*`` is any, ``download`` the fetching of a file.
        """
        self._rules.append(_Rule(method, fault, chat_id, times, 1, dice(0)))

    def arrange_rate(
        self, method: str, fault: InjectedFault, share: float, *, seed: int = 0, chat_id: int | None = None
    ) -> None:
        """Have a share (0 to 1) of the calls of a method fail, chosen by a seed, until all is cleared."""
        self._rules.append(_Rule(method, fault, chat_id, None, share, dice(seed)))

    def clear(self) -> None:
        """Have no call fail any more, and release the calls that hang."""
        self._rules.clear()
        self.release()

    def release(self) -> None:
        """Release the calls that hang: their connections are closed."""
        self._releases += 1
        self._bell.ring()

    def strike(self, method: str, chat_id: object) -> InjectedFault | None:
        """Return the fault that strikes a call, or `None`."""
        for rule in self._rules:
            if rule.strikes(method, str(chat_id)):
                self.events.append(FaultEvent(method=method, fault=rule.fault))
                return rule.fault
        return None

    async def hang(self) -> None:
        """Wait for the next release."""
        before = self._releases
        self.hanging += 1
        self._bell.ring()
        await self._bell.until(self._has_released, None, before)
        self.hanging -= 1

    def _has_released(self, before: int) -> bool:
        return self._releases > before


def dice(seed: int) -> Random:
    """Return the chance by which faults strike: the same for the same seed."""
    return Random(seed)  # noqa: S311 - a test's chance shall be repeatable, not secret


class Disturbance(TelegramObject):
    """How updates are disturbed on their way; the shares are 0 to 1."""

    repeat: float = 0  # share of updates that come once more after they were confirmed
    reorder: float = 0  # share of answers whose updates are shuffled; by webhook, of updates sent too early
    times: int | None = None  # after how many of these it ends; never
    seed: int = 0
