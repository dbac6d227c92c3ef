"""Who may ask: the owners' settings and the list of access, applied to every attempt."""

from enum import StrEnum
from typing import NamedTuple

from bot.clock import Clock, utc_now
from retrieval.models import Value
from storage.access.models import AccessRefusal, Attempt, AttemptKind, Party, Role, Standing
from storage.access.parties import AccessBook, AccessDecision, AccessRequest
from storage.access.rate_limits import RateCounter, RateLimits, Wait
from storage.access.refusals import RefusalLog
from storage.database.connection import DeskDatabase

_ASKED_FOR = {AttemptKind.MESSAGE, AttemptKind.COMMAND, AttemptKind.DEEP_LINK, AttemptKind.DOCUMENT}
"""Attempts that ask to be let in; the others are refused without a word to the owners."""


NOBODY = frozenset({136_817_688, 777_000, 1_087_968_824})
"""Whose user ids many share: channels that speak in a group, Telegram itself, and anonymous administrators (Bot API,
Message, `from`). Nothing can be given to one of them."""


class AccessRules(Value):
    """The settings of access; limits are in questions a minute."""

    owners: frozenset[int] = frozenset()  # user ids
    is_open: bool = False  # everybody may ask whom the owners did not turn away
    limit_person: int
    limit_chat: int


class GateOutcome(StrEnum):
    """Whether an attempt goes ahead, or why not."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    TOO_MUCH = "too much"
    BUSY = "busy"


class GateDecision(NamedTuple):
    """The policy's decision on an attempt."""

    outcome: GateOutcome
    request: AccessRequest | None = None  # where the attempt asks to be let in
    wait: Wait | None = None  # where it is too much
    waiting: int = 0  # updates that wait already, where it is turned away for that


class GroupArrival(NamedTuple):
    """The policy's decision on a group that the bot was added to."""

    party: Party | None = None  # the group, where an owner let it in by adding the bot
    request: AccessRequest | None = None  # where the owners are to decide


class Access:
    """Lets people and groups in, and turns the others away; may be shared between threads.

    `now` gives the time, with its zone, of attempts that Telegram does not date.
    """

    def __init__(
        self,
        database: DeskDatabase,
        rules: AccessRules,
        clock: Clock = utc_now,
    ) -> None:
        self.owners = rules.owners - NOBODY
        self.now = clock
        self.rules = rules
        self.book = AccessBook(database)
        self._refusals = RefusalLog(database)
        self._rates = RateCounter(database, RateLimits(rules.limit_person, rules.limit_chat))

    # Roles

    def role(self, user_id: int | None) -> Role | None:
        """The role of a person by their own right, wherever they are; None where nobody let them in.

        `user_id` is None where nobody can tell who it is, as with anonymous administrators.
        """
        if user_id is None or user_id in NOBODY:
            return None
        if user_id in self.owners:
            return Role.OWNER
        person = self.book.party(user_id)
        if person is not None and (person.is_let_in or person.is_barred):
            return person.role if person.is_let_in else None
        return Role.ASKER if self.rules.is_open else None

    def may_ask(self, user_id: int | None) -> bool:
        """Whether a person may ask wherever they are."""
        return self.role(user_id) is not None

    def is_owner(self, user_id: int | None) -> bool:
        """Whether a person is an owner."""
        return user_id in self.owners

    def is_curator(self, user_id: int | None) -> bool:
        """Whether a person may change articles; owners may."""
        return self.role(user_id) in {Role.OWNER, Role.CURATOR}

    def refusal_of(self, attempt: Attempt) -> AccessRefusal | None:
        """The reason why an attempt must not go ahead; None where it may.

        In a group the group must have been let in, whoever speaks; there everybody may ask whom the owners did not
        turn away. Elsewhere the person must have been let in.
        """
        if self._is_barred(attempt.user_id):
            return AccessRefusal.BARRED
        if not attempt.is_in_group or attempt.chat_id is None:
            return None if self.role(attempt.user_id) else AccessRefusal.UNKNOWN
        group = self.book.party(attempt.chat_id)
        if group is not None and group.is_barred:
            return AccessRefusal.BARRED
        return None if self.rules.is_open or (group is not None and group.is_let_in) else AccessRefusal.UNKNOWN

    def _is_barred(self, user_id: int | None) -> bool:
        if user_id is None or user_id in self.owners:
            return False
        person = self.book.party(user_id)
        return person is not None and person.is_barred

    # The gate

    def rule(self, attempt: Attempt, crowd: int = 0) -> GateDecision:
        """Decide on an attempt: a refusal is put on record, a question that goes ahead is counted.

        `crowd` is the number of updates that wait already, where that is too many for a question, else 0.

        Raises:
            DatabaseError: It could not be decided, so it must not go ahead.
        """
        reason = self.refusal_of(attempt)
        if reason is not None:
            return GateDecision(GateOutcome.REFUSED, self._refuse(attempt, reason))
        if not attempt.is_meant:
            return GateDecision(GateOutcome.ALLOWED)
        if waiting := self._crowd_against(attempt, crowd):
            return GateDecision(GateOutcome.BUSY, waiting=waiting)
        wait = None if self.is_owner(attempt.user_id) else self._rates.take(attempt)
        if wait is None:
            return GateDecision(GateOutcome.ALLOWED)
        self.record_refusal(attempt, AccessRefusal.LIMIT)
        return GateDecision(GateOutcome.TOO_MUCH, wait=wait)

    def _crowd_against(self, attempt: Attempt, crowd: int) -> int:
        """The crowd for which a question is turned away, or was before; 0 for none, as for owners."""
        if not attempt.is_question or self.is_owner(attempt.user_id):
            return 0
        before = self._refusals.turned_away(attempt)
        if crowd and not before:
            self._refusals.turn_away(attempt, crowd)
        return before or crowd

    def hold_counts(self, user_id: int) -> None:
        """Have a person who is about to be forgotten stay within their limit all the same."""
        self._rates.hold(user_id, self.now())

    def record_refusal(self, attempt: Attempt, reason: AccessRefusal) -> None:
        """Put a refused attempt on record."""
        self._refusals.record(attempt, reason)

    def _refuse(self, attempt: Attempt, reason: AccessRefusal) -> AccessRequest | None:
        if not attempt.is_meant:
            return None
        self._refusals.record(attempt, reason)
        is_outsider = reason is AccessRefusal.BARRED and attempt.is_in_group and self._is_barred(attempt.user_id)
        return None if is_outsider or attempt.kind not in _ASKED_FOR else self.book.knock(attempt)

    # The bot comes and goes

    def add_group(self, attempt: Attempt, by: str) -> GroupArrival:
        """Decide on a group to which the person `by` added the bot: let an owner's in, note another's as a request."""
        if attempt.chat_id is None:
            return GroupArrival()
        if self.is_owner(attempt.user_id):
            decision = AccessDecision(standing=Standing.APPROVED, by=by, at=attempt.at)
            return GroupArrival(party=self.book.decide(attempt.chat_id, decision, attempt.name))
        is_let_in = self.refusal_of(attempt.model_copy(update={"user_id": None})) is None
        return GroupArrival() if is_let_in else GroupArrival(request=self.book.knock(attempt))

    def remove_group(self, attempt: Attempt) -> None:
        """Note that the bot was removed from a group."""
        if attempt.chat_id is not None:
            self.book.note_removal(attempt.chat_id, attempt.at)

    def move_group(self, old_id: int, new_id: int) -> None:
        """Have the access of a group follow it when it becomes a supergroup."""
        self.book.move(old_id, new_id)

    # What the owners decide

    def decide_request(
        self, code: str, standing: Standing, by: str, update_id: int | None = None
    ) -> tuple[Party, bool] | None:
        """Decide on a request that waits, unless it is decided; None where there is no such request.

        Returns:
            The party as it stands, and whether this decision made it so.
        """
        decision = AccessDecision(standing=standing, by=by, at=self.now(), update_id=update_id)
        return self.book.decide_request(code, decision)
