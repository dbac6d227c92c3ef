"""The refusals of the local Telegram, in Telegram's own words.

Exception
└── RefusedError       a Bot API call that is answered with ``ok: false``
"""


class RefusedError(Exception):
    """A call that Telegram does not carry out; any call of a bot may end so.

    Attributes:
        code: The HTTP status, repeated as ``error_code`` in the answer.
        description: Telegram's sentence about it, with its prefix (``Bad Request: ...``).
        parameters: ``retry_after`` (seconds) or ``migrate_to_chat_id``, for the bot to do better.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> RefusedError:
    """Make the refusal of a call that is wrong in itself."""
    return RefusedError(400, f"Bad Request: {reason}")


def unsupported(ability: str) -> RefusedError:
    """Make the refusal of an ability that Telegram has and this emulator has not."""
    return bad_request(f"emulator: {ability}")


def forbidden(reason: str) -> RefusedError:
    """Make the refusal of a call that the bot has no right to."""
    return RefusedError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> RefusedError:
    """Make the refusal of a call that competes with another call."""
    return RefusedError(409, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> RefusedError:
    """Make the refusal of a bot that sends too much; the bot may go on after some seconds."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def moved_to_supergroup(chat_id: int) -> RefusedError:
    """Make the refusal of a message to a group that lives on under another id."""
    return RefusedError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)
