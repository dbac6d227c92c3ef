"""Log lines for programs: one JSON object a line, and no secret in it."""

import json
import logging
import subprocess
import sys

import pytest

from bot.logging_setup import JsonFormatter, RedactingFormatter
from tests.support.desk import policydesk

TOKEN = '12345:se"cret\\é'  # noqa: S105 - it opens nothing


def record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("policydesk", logging.WARNING, __file__, 1, message, arguments, raised)


def test_a_line_is_an_object_with_time_level_logger_and_message() -> None:
    """Line breaks in a message stay within the line."""
    line = JsonFormatter([]).format(record("%s were\nread – “all”", 5))
    assert "\n" not in line
    fields = json.loads(line)
    assert fields.pop("at").endswith("Z")
    assert fields == {"level": "WARNING", "logger": "policydesk", "message": "5 were\nread – “all”"}


def test_an_exception_stands_in_the_line_with_its_traceback() -> None:
    """A log collector gets one event for one failure."""
    try:
        raise RuntimeError("the disk is full")
    except RuntimeError as error:
        fields = json.loads(JsonFormatter([]).format(record("failed", error=error)))
    assert "Traceback" in fields["exception"]
    assert fields["exception"].endswith("RuntimeError: the disk is full")


def test_a_secret_is_replaced_before_json_writes_it_another_way() -> None:
    """Quotation marks and backslashes are escaped in JSON, where the secret would no longer be found."""
    try:
        raise RuntimeError(f"no {TOKEN}")
    except RuntimeError as error:
        fields = json.loads(JsonFormatter([TOKEN]).format(record("bot%s", TOKEN, error=error)))
    assert fields["message"] == "bot<secret>"
    assert fields["exception"].endswith("RuntimeError: no <secret>")


@pytest.mark.parametrize("formatter", [JsonFormatter, RedactingFormatter])
def test_a_secret_in_a_web_address_is_replaced_as_well(formatter: type[JsonFormatter | RedactingFormatter]) -> None:
    """Addresses are written with percent signs in places."""
    assert "<secret>/getMe" in formatter(["1:a/b"]).format(record("https://host/bot1%3Aa%2Fb/getMe"))


def test_an_exception_that_nobody_caught_is_logged_without_secrets() -> None:
    """What Python itself prints at the end of a program goes through the log too, from threads as well."""
    program = (
        "import threading; from bot.logging_setup import start_logging; start_logging('INFO', ['1:hidden'], 'json');"
        "t = threading.Thread(target=int, args=('1:hidden',)); t.start(); t.join(); raise RuntimeError('no 1:hidden')"
    )
    done = policydesk_program(program)
    thread, main = (json.loads(line) for line in done.splitlines())
    assert thread["exception"].endswith("'<secret>'")
    assert main["exception"].endswith("RuntimeError: no <secret>")
    assert "hidden" not in thread["message"] + main["message"]


def policydesk_program(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stderr


def test_serve_says_which_forms_there_are() -> None:
    """A misspelt form is one line."""
    done = policydesk("serve", "--log", "xml")
    assert done.returncode == 2
    assert "text" in done.stderr
    assert "json" in done.stderr
