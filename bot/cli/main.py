"""The command line: `policydesk` with its commands, which are loaded when they are used."""

import atexit
import gc
import sys
from typing import Annotated, Never

atexit.register(gc.freeze)  # the process ends: whatever is left goes with it
gc.disable()  # loading libraries makes no garbage; to look for it takes a tenth of an answer. A loaded command ends it

import typer

from bot.cli.output.command_table import PLAIN, Program
from bot.version import VERSION
from retrieval.errors import PolicydeskError
from storage.errors import DatabaseGoneError

BAD_INPUT = 2
PASSING = 75
"""Exit code of what may pass by itself, so that a supervisor starts the command again (sysexits.h, EX_TEMPFAIL)."""

app = typer.Typer(
    help="A desk that answers policy questions with verbatim, cited sentences, or says that it found none.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **{**PLAIN, "cls": Program},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"policydesk {VERSION}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options of the program; commands have their own."""


def main() -> None:
    """Run the command line; an expected error is one clear line and exit code 2, or 75 where it may pass by itself."""
    try:
        app(prog_name="policydesk")
    except DatabaseGoneError as error:
        _fail(str(error), PASSING)
    except PolicydeskError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; Python would complain about it at exit
        raise SystemExit(0) from None
    finally:
        gc.enable()


def _fail(message: str, code: int = BAD_INPUT) -> Never:
    print(f"policydesk: {message}", file=sys.stderr)  # noqa: T201 - the command line's own voice
    raise SystemExit(code)
