"""Decisions of an owner in the shell: who is let in, who is turned away, whose access ends."""

import datetime as dt
from collections.abc import Collection

from bot.access.policy import NOBODY
from bot.errors import AccessError
from bot.settings import IDS_BELOW
from storage.access.models import Party, Role, Standing
from storage.access.parties import AccessBook, AccessDecision

SHELL = "the command line"
"""Who decided, as the list shows it."""


class Decisions:
    """Changes the list of access; a running bot goes by it from the next message on.

    `who` is a code, a user id or a group's chat id; an id need not be on the list yet to be let in or turned away.
    """

    def __init__(self, book: AccessBook, owners: Collection[int]) -> None:
        self._book, self._owners = book, owners

    def approve(self, who: str, role: Role) -> Party:
        """Let a person or a group in.

        Raises:
            AccessError: There is nobody like that, or the role is not one to be given.
        """
        if role is Role.OWNER:
            raise AccessError("An owner is made by the settings only: put the user id into POLICYDESK_OWNERS.")
        party_id = self._party_id(who)
        if party_id < 0 and role is not Role.ASKER:
            raise AccessError("A group's members are askers: let a person in as curator, by their own id or code.")
        return self._decide(party_id, Standing.APPROVED, role)

    def deny(self, who: str) -> Party:
        """Turn a person or a group away; they are told so when they ask, and the owners are not asked again.

        Raises:
            AccessError: There is nobody like that, or it is an owner.
        """
        return self._decide(self._party_id(who), Standing.DENIED)

    def revoke(self, who: str) -> Party:
        """End the access of a person or a group.

        Raises:
            AccessError: They were not let in, or it is an owner.
        """
        party_id = self._party_id(who)
        party = self._book.party(party_id)
        if party_id not in self._owners and (party is None or party.standing is not Standing.APPROVED):
            raise AccessError(f"{who} was not let in: see `policydesk access list`. To keep somebody out: deny.")
        return self._decide(party_id, Standing.REVOKED)

    def _decide(self, party_id: int, standing: Standing, role: Role = Role.ASKER) -> Party:
        if party_id in self._owners:
            raise AccessError(f"{party_id} is an owner by the settings: change POLICYDESK_OWNERS instead.")
        now = dt.datetime.now(dt.UTC)
        return self._book.decide(party_id, AccessDecision(standing=standing, role=role, by=SHELL, at=now))

    def _party_id(self, who: str) -> int:
        try:
            party_id = int(who)
        except ValueError:
            party = self._book.party_of(who.strip())
            if party is None:
                raise AccessError(f"Nobody has the code {who}: see `policydesk access list`.") from None
            return party.id
        if not party_id or abs(party_id) >= IDS_BELOW or party_id in NOBODY:
            raise AccessError(f"{who} is not the id of a person or a group: see `policydesk access list`.")
        return party_id
