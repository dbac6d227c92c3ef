"""Errors of the edge, each saying what to change.

PolicydeskError
├── AccessError       the list of access cannot be changed as asked
├── SettingsError     a setting is missing or has a value that cannot be used
└── TelegramError     Telegram refuses the token or cannot be used as set up
"""

from retrieval.errors import PolicydeskError


class AccessError(PolicydeskError):
    """The list of access cannot be changed as asked."""


class SettingsError(PolicydeskError):
    """A setting is missing or cannot be used."""


class TelegramError(PolicydeskError):
    """Telegram does not accept what the settings say."""
