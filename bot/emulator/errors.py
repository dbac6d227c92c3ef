"""What the local Telegram refuses, in Telegram's own words.

Exception
└── RefusedError       a Bot API call that is answered with ``ok: false``
"""


class RefusedError(Exception):
    """A call that Telegram does not carry out.

    Args:
        code: The HTTP status, repeated as ``error_code`` in the answer.
        description: Telegram's sentence about it, with its prefix (``Bad Request: ...``).
        parameters: What a bot needs to do better: ``retry_after`` (seconds) or ``migrate_to_chat_id``.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> RefusedError:
    """Make the refusal of a call that is wrong in itself."""
    return RefusedError(400, f"Bad Request: {reason}")


def unsupported(what: str) -> RefusedError:
    """Make the refusal of something Telegram can do and this emulator cannot."""
    return bad_request(f"emulator: {what}")


def forbidden(reason: str) -> RefusedError:
    """Make the refusal of what the bot is not allowed to do."""
    return RefusedError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> RefusedError:
    """Make the refusal of a call that competes with another one."""
    return RefusedError(409, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> RefusedError:
    """Make the refusal of a bot that says too much at once; it may go on after some seconds."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def migrated(chat_id: int) -> RefusedError:
    """Make the refusal of what is sent to a group that lives on under another id."""
    return RefusedError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)
