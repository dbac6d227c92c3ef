"""What the local Telegram refuses, in Telegram's own words.

Exception
└── RefusedError       a Bot API call that is answered with ``ok: false``
"""


class RefusedError(Exception):
    """A call that Telegram does not carry out.

    Args:
        code: The HTTP status, repeated as ``error_code`` in the answer.
        description: Telegram's sentence about it, with its prefix (``Bad Request: ...``).
    """

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def bad_request(reason: str) -> RefusedError:
    """Make the refusal of a call that is wrong in itself."""
    return RefusedError(400, f"Bad Request: {reason}")


def unsupported(what: str) -> RefusedError:
    """Make the refusal of something Telegram can do and this emulator cannot."""
    return bad_request(f"emulator: {what}")


def conflict(reason: str) -> RefusedError:
    """Make the refusal of a call that competes with another one."""
    return RefusedError(409, f"Conflict: {reason}")
