"""`python -m bot`, the same as `policydesk`: the command line, which Ctrl-C ends at any moment."""

import os
import signal
import sys
from io import TextIOWrapper

INTERRUPTED = 130
"""Exit code of a program that Ctrl-C has ended, as shells have it."""


def main() -> None:
    """Run the command line; Ctrl-C ends the program without a word, while modules load and after the command too."""
    can_be_interrupted = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so in the background
    if can_be_interrupted:
        signal.signal(signal.SIGINT, _end_at_once)
    _write_whatever_can_be_shown()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes longer than an answer
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread a processor, for sums of a moment
    from bot.cli.main import main as command_line  # noqa: PLC0415 - Ctrl-C ends the program from here on

    try:
        if can_be_interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        command_line()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        if can_be_interrupted:
            signal.signal(signal.SIGINT, _end_at_once)


def _end_at_once(*_: object) -> None:
    os._exit(INTERRUPTED)


def _write_whatever_can_be_shown() -> None:
    """Have letters that a terminal lacks written as numbers, and bytes that are no letters read as such."""
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stdin, "surrogateescape")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


if __name__ == "__main__":
    main()
