"""Log lines of the program: to standard error, for people or for programs, with every secret taken out of them."""

import json
import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Literal
from urllib.parse import quote

from storage.database.timestamps import timestamp_of

LogFormat = Literal["text", "json"]
"""How lines are written: for people, or one JSON object a line for programs."""

logger = logging.getLogger(__name__)


class Redaction:
    """Takes secrets out of texts, as they are or as part of a web address."""

    def __init__(self, secrets: Iterable[str]) -> None:
        whole = [secret for secret in secrets if secret]
        self._secrets = list(dict.fromkeys([*whole, *(quote(secret, safe="") for secret in whole)]))

    def of(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and replaces secrets in what comes out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redaction = Redaction(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines, to write."""
        return self._redaction.of(super().format(record))


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON: `at`, `level`, `logger`, `message`, and `exception` where there is one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(message)s")
        self._redaction = Redaction(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line to write; secrets are replaced before JSON writes some letters of them another way."""
        fields = {
            "at": timestamp_of(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        return json.dumps({name: self._redaction.of(text) for name, text in fields.items()}, ensure_ascii=False)


_FORMATTERS: Mapping[LogFormat, type[RedactingFormatter | JsonFormatter]] = {
    "text": RedactingFormatter,
    "json": JsonFormatter,
}


def start_logging(level: str, secrets: Iterable[str] = (), form: LogFormat = "text") -> None:
    """Send log lines to standard error, those of exceptions that nobody caught too.

    httpx's own lines, one for every call, are left out unless everything is wanted.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_FORMATTERS[form](secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.DEBUG if level == "DEBUG" else logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logger.critical("The program ends: %s", kind.__name__, exc_info=(kind, error, trace))


def _uncaught_in_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None:
        logger.critical("A thread ends: %s", crash.exc_type.__name__, exc_info=crash.exc_value)
