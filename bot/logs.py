"""The program's own log lines: to standard error, with every secret taken out of them."""

import logging
from collections.abc import Iterable


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and replaces secrets in what comes out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Set up the format.

        Args:
            secrets: Texts that must never be shown; empty ones are left out.
        """
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, to write."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "<secret>")
        return line


def start_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send log lines to standard error.

    httpx's own lines, one for every call, are left out unless everything is wanted.

    Args:
        level: Least level to show: DEBUG, INFO, WARNING or ERROR.
        secrets: Texts that must never be shown.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.DEBUG if level == "DEBUG" else logging.WARNING)
