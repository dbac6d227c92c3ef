"""Buttons under messages: each sends the bot a short token, and here stand the action and payload of the token."""

import datetime as dt
import secrets
from collections.abc import Iterable

from storage.database.connection import DeskDatabase

TOKEN_BYTES = 9
"""Random bytes of a token: nobody guesses the button of another chat's answer."""


class ButtonBook:
    """All buttons ever shown; action and payload of a button do not change, so old buttons keep working."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def make(self, action: str, payload: str) -> str:
        """The data of a button, under 64 bytes: the same for the same action and payload."""
        return self.make_all([(action, payload)])[0]

    def make_all(self, buttons: Iterable[tuple[str, str]]) -> list[str]:
        """The data of buttons, given as action and payload; an action is a word without a colon."""
        buttons = list(buttons)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._database.writing(synced=False) as db:
            db.conn.executemany(_INSERT, [(secrets.token_urlsafe(TOKEN_BYTES), *button, now) for button in buttons])
            each = " or ".join(["payload = ? and action = ?"] * len(buttons)) or "false"
            rows = db.execute(_TOKENS + each, [value for action, payload in buttons for value in (payload, action)])
            tokens = {(action, payload): f"{action}:{token}" for action, payload, token in rows}
        return [tokens[button] for button in buttons]

    def find(self, data: str) -> tuple[str, str] | None:
        """Action and payload of a pressed button's data; none where no such button was made."""
        action, _, token = data.partition(":")
        found = self._database.row(_FIND, (token, action))
        return (found[0], found[1]) if found else None


_INSERT = "insert into buttons (token, action, payload, made_at) values (?, ?, ?, ?) on conflict do nothing"
_TOKENS = "select action, payload, token from buttons where "
_FIND = "select action, payload from buttons where token = ? and action = ?"
