"""The command line: every group and command of `policydesk`, put together."""

import gc
import sys
from typing import Never

gc.disable()  # loading the libraries makes no garbage, and looking for it takes a twentieth of the start

import typer

from bot.cli.access import access
from bot.cli.articles import add, index, sources
from bot.cli.ask import ask, chat, run
from bot.cli.evaluation import evaluate, glossary, judgments, tune
from bot.cli.history import history
from bot.cli.inbox import inbox
from bot.cli.operations import backup, config, doctor, restore, retain
from bot.cli.review import review, reviewers
from bot.cli.serve import demo, serve
from bot.cli.verification import replay, verify
from retrieval.errors import PolicydeskError
from storage.errors import DatabaseGoneError

BAD_INPUT = 2
PASSING = 75
"""Exit code of what may pass by itself, so that a supervisor starts the command again (sysexits.h, EX_TEMPFAIL)."""
COMMANDS = (
    review, index, doctor, backup, restore, retain, ask, chat, demo, serve, sources, add, run, verify, replay, evaluate,
    tune, config,
)  # fmt: skip
"""The commands in the order of the help, which shows them behind the groups."""

app = typer.Typer(
    help="A desk that answers policy questions with verbatim, cited sentences, or says that it found none.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(access, name="access")
app.add_typer(history, name="history")
app.add_typer(judgments, name="judgments")
app.add_typer(glossary, name="glossary")
app.add_typer(reviewers, name="reviewers")
app.add_typer(inbox, name="inbox")
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run the command line; an expected error is one clear line and exit code 2, or 75 where it may pass by itself."""
    gc.enable()
    try:
        app()
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
