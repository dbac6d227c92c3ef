"""Errors of the edge, each saying what to change.

PolicydeskError
├── AccessError         the list of access cannot be changed as asked
├── InboxError          no such update was set aside
├── RecordError         what was asked of the record is not there, or cannot be written out
├── SettingsError       a setting is missing or has a value that cannot be used
├── TelegramSetupError  Telegram refuses the token or cannot be used as set up
├── WatchError          nothing of that number is watched for
└── StaleError          what an answer cited is not there any more
"""

from enum import StrEnum

from retrieval.errors import PolicydeskError


class AccessError(PolicydeskError):
    """The list of access cannot be changed as asked."""


class InboxError(PolicydeskError):
    """No such update was set aside."""


class RecordError(PolicydeskError):
    """The exchange or page wanted of the record is not there, or cannot be written out."""


class SettingsError(PolicydeskError):
    """A setting is missing or cannot be used."""


class TelegramSetupError(PolicydeskError):
    """Telegram does not accept what the settings say."""


class WatchError(PolicydeskError):
    """Nothing of that number is watched for."""


class Stale(StrEnum):
    """Why a citation cannot be shown."""

    UNKNOWN = "unknown"
    GONE = "gone"
    CHANGED = "changed"


class StaleError(PolicydeskError):
    """The citation of an answer is not there any more: the answer is not on record, or its article lacks the quote."""

    def __init__(self, why: Stale) -> None:
        super().__init__(why)
        self.why = why
