"""What goes wrong on purpose: refusals, broken connections and disturbed updates, arranged one by one or at a rate."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from pydantic import Field

from bot.emulator.errors import RefusedError, bad_request, conflict, forbidden, too_many_requests
from bot.emulator.notifier import Notifier
from bot.emulator.objects import TelegramObject

FaultKind = Literal[
    "flood",
    "server_error",
    "bad_gateway",
    "blocked",
    "chat_not_found",
    "message_not_found",
    "conflict",
    "close",
    "reset",
    "hang",
    "malformed",
]
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


class InjectedFault(TelegramObject):
    """One thing that goes wrong with a call.

    Attributes:
        kind: ``flood`` is 429, ``server_error`` 500, ``bad_gateway`` 502 with a page of HTML, ``blocked`` 403,
            ``chat_not_found`` and ``message_not_found`` 400, ``conflict`` 409. ``close`` ends the connection without
            an answer, ``reset`` in the middle of one, ``hang`` gives none until it is released, and ``malformed``
            sends half of one as if it were whole.
        retry_after: Seconds, for ``flood``.
        carried_out: Whether the call is carried out all the same, so that the bot alone does not know of it.
    """

    kind: FaultKind
    retry_after: int = Field(default=1, ge=0)
    carried_out: bool = False

    def refusal(self) -> RefusedError | None:
        """Return the error that the bot is answered with; `None` when the connection suffers instead."""
        if self.kind == "flood":
            return too_many_requests(self.retry_after)
        return {
            "server_error": RefusedError(500, "Internal Server Error"),
            "bad_gateway": RefusedError(502, "Bad Gateway"),
            "blocked": forbidden("bot was blocked by the user"),
            "chat_not_found": bad_request("chat not found"),
            "message_not_found": bad_request("message to edit not found"),
            "conflict": conflict(_OTHER_POLL),
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
    chat_id: str | None
    left: int | None
    share: float
    random: Random

    def strikes(self, method: str, chat_id: str) -> bool:
        """Tell whether it strikes now, and count it if so."""
        wanted = self.method in {"*", method} and self.chat_id in {None, chat_id}
        if not wanted or self.left == 0 or self.random.random() >= self.share:
            return False
        self.left = None if self.left is None else self.left - 1
        return True


class Faults:
    """The faults that are arranged.

    Args:
        bell: Wakes the calls that hang.
    """

    def __init__(self, bell: Notifier) -> None:
        self._bell = bell
        self._rules: list[_Rule] = []
        self._releases = 0
        self.struck: list[FaultEvent] = []
        self.unheard: set[tuple[int, int]] = set()  # messages that the bot was not told of, by chat and number
        self.hanging = 0

    def arrange(self, method: str, fault: InjectedFault, *, times: int = 1, chat_id: int | None = None) -> None:
        """Have the next calls of a method go wrong.

        Args:
            method: Its name; ``*`` is any, ``download`` the fetching of a file.
            fault: What happens.
            times: To how many calls.
            chat_id: Only those about this chat.
        """
        self._rules.append(_Rule(method, fault, _text(chat_id), times, 1, dice(0)))

    def arrange_rate(
        self, method: str, fault: InjectedFault, share: float, *, seed: int = 0, chat_id: int | None = None
    ) -> None:
        """Have a share (0 to 1) of the calls of a method go wrong, chosen by a seed, until all is cleared."""
        self._rules.append(_Rule(method, fault, _text(chat_id), None, share, dice(seed)))

    def clear(self) -> None:
        """Have nothing go wrong any more, and let go of what hangs."""
        self._rules.clear()
        self.release()

    def release(self) -> None:
        """Let go of the calls that hang: their connections are closed."""
        self._releases += 1
        self._bell.ring()

    def strike(self, method: str, chat_id: object) -> InjectedFault | None:
        """Return what goes wrong with a call, or `None`."""
        for rule in self._rules:
            if rule.strikes(method, str(chat_id)):
                self.struck.append(FaultEvent(method=method, fault=rule.fault))
                return rule.fault
        return None

    async def hang(self) -> None:
        """Wait until what hangs is let go."""
        before = self._releases
        self.hanging += 1
        self._bell.ring()
        await self._bell.until(lambda: self._releases > before or None, None)
        self.hanging -= 1


def dice(seed: int) -> Random:
    """Return what decides when something goes wrong: the same for the same seed."""
    return Random(seed)  # noqa: S311 - a test's chance shall be repeatable, not secret


def _text(chat_id: int | None) -> str | None:
    return None if chat_id is None else str(chat_id)


class Disturbance(TelegramObject):
    """How updates are disturbed on their way.

    Attributes:
        repeat: Share of updates (0 to 1) that come once more after they were confirmed.
        reorder: Share of answers whose updates come in another order; by webhook, share of updates sent too early.
        times: After how many of these it ends; `None` is never.
        seed: Chooses them.
    """

    repeat: float = 0
    reorder: float = 0
    times: int | None = None
    seed: int = 0
