"""The command line: a thin skin over the desk, its log and the bot."""

import contextlib
import gc
import logging
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

gc.disable()  # loading the libraries makes no garbage, and looking for it takes a twentieth of the start

import typer

from bot.app import Office, open_access, open_database, open_desk, open_folder
from bot.cli.access import access
from bot.cli.evaluation import evaluate, judgments, tune
from bot.cli.history import history
from bot.cli.inbox import inbox
from bot.cli.operations import add_to as add_operating_commands
from bot.cli.options import settings_in_force as _settings
from bot.cli.output.progress import track
from bot.cli.review import review, reviewers
from bot.cli.verification import replay, verify
from bot.desk.answer_cache import LibraryRunner, run_here
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.index_command import add_to as add_index_command
from bot.logging_setup import LogFormat
from bot.settings import DATA, Settings
from prompts.compose import LISTED, QUOTES
from prompts.render import Channel
from retrieval.articles_folder import ArticlesFolder
from retrieval.errors import PolicydeskError
from retrieval.library import Library
from retrieval.models import SkippedFile
from storage.models import Thread
from storage.record.articles_read import ReadArticles

if TYPE_CHECKING:
    from bot.metrics import Metrics

ABSTAINED = WANTING = 1
BAD_INPUT = 2
MOST_QUOTES = f"Most quotes to give; {QUOTES}, or {LISTED} for a list, if not given."

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
app.add_typer(reviewers, name="reviewers")
app.command()(review)
add_index_command(app)
add_operating_commands(app)
app.add_typer(inbox, name="inbox")
Articles = Annotated[
    Path | None, typer.Option("--articles", metavar="DIR", help="Folder of articles.", show_default="the five shipped")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; an expected error is one clear line and exit code 2."""
    gc.enable()
    try:
        app()
    except PolicydeskError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; Python would complain about it at exit
        raise SystemExit(0) from None
    finally:
        gc.enable()


def _fail(message: str) -> Never:
    print(f"policydesk: {message}", file=sys.stderr)  # noqa: T201 - the command line's own voice
    raise SystemExit(BAD_INPUT)


@contextlib.contextmanager
def _office(settings: Settings, metrics: "Metrics | None" = None, run: LibraryRunner = run_here) -> Iterator[Office]:
    """A desk that puts what it says on record, with all it works from."""
    with contextlib.closing(open_database(settings)) as database:
        folder = open_folder(settings)
        told = metrics.exchange if metrics else None
        desk = open_desk(settings, _library(folder), database, told, run)
        yield Office(settings, folder, desk, database, metrics)


@contextlib.contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    with _office(settings) as office:
        yield office.desk


def _unlogged_desk(settings: Settings) -> Desk:
    """A desk that is only measured."""
    return open_desk(settings, _library(open_folder(settings)), None)


def _library(folder: ArticlesFolder) -> Library:
    library = folder.open(partial(track, what="Indexing"))
    _report(library.skipped)
    return library


def _report(skipped: Iterable[SkippedFile]) -> None:
    for file in skipped:
        logging.getLogger("policydesk").warning("Skipped %s: %s; %s.", file.file, file.reason, file.cure)


@app.command()
def ask(
    question: str,
    articles: Articles = None,
    as_json: AsJson = False,
    k: Annotated[int | None, typer.Option("-k", min=1, max=10, help=MOST_QUOTES, show_default=False)] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how it was read and why it is answered so.")] = False,
    following: Annotated[str, typer.Option(metavar="QUESTION", help="What was asked before it.")] = "",
) -> None:
    """Answer one question; exit code 1 when nothing supports an answer."""
    gc.disable()  # a process that ends with its answer need not look for garbage in all that it opens
    earlier = Thread(questions=(following,) if following else ())
    with _desk(_settings(articles=articles)) as desk:
        exchange = desk.ask(question, Asker(channel=Channel.CLI), k, earlier)
        explanation = desk.explain(question, earlier) if explain else None
    if as_json:
        typer.echo((explanation or exchange.answer).model_dump_json(indent=2))
    else:
        typer.echo(exchange.reply)
    if explanation and not as_json:
        from bot.cli.output.tables import explanation_tables  # noqa: PLC0415

        explanation_tables(explanation)
    raise SystemExit(0 if exchange.answer.outcome == "answered" else ABSTAINED)


@app.command()
def chat(articles: Articles = None) -> None:
    """Ask one question after the other, until an empty line or Ctrl-D."""
    with _desk(_settings(articles=articles)) as desk:
        typer.echo(desk.renderer.notice("chat", Channel.CLI, count=len(desk.library.sources)))
        earlier: Thread | None = None
        while question := _next_question():
            exchange = desk.ask(question, Asker(channel=Channel.CLI), earlier=earlier)
            typer.echo("\n" + exchange.reply + "\n")
            earlier = earlier if exchange.answer.chat else desk.thread(exchange)


def _next_question() -> str:
    try:
        return input("? ").strip()
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        return ""


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65_000, help="Port of the chat page, or the next free one.")] = 8080,
    once: Annotated[bool, typer.Option("--once", help="End after the transcript.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="You let in the other people of the chat page.")] = False,
    articles: Articles = None,
) -> None:
    """Run the bot on a local Telegram with a chat page; needs no token."""
    import asyncio  # noqa: PLC0415 - the other commands start faster without it

    from bot.demo import demo as run_demo  # noqa: PLC0415
    from bot.demo import demo_articles  # noqa: PLC0415
    from bot.logging_setup import start_logging  # noqa: PLC0415

    articles = articles or demo_articles(DATA / "demo-articles")
    settings = _settings(articles=articles, database=DATA / "demo.db", open=not closed)
    start_logging("WARNING")
    with _office(settings) as office:
        access_for = partial(open_access, settings, office.database)
        asyncio.run(run_demo(office, access_for, port, typer.echo, once=once))
    typer.echo(f"On record: POLICYDESK_DATABASE={settings.database} policydesk history")


@app.command()
def serve(
    log: Annotated[LogFormat | None, typer.Option("--log", help="How log lines are written: text or json.")] = None,
) -> None:
    """Run the bot on Telegram, until SIGINT or SIGTERM."""
    import asyncio  # noqa: PLC0415

    from bot.logging_setup import start_logging  # noqa: PLC0415
    from bot.serving import serve as run_bot  # noqa: PLC0415
    from retrieval.search_pool import SearchPool  # noqa: PLC0415

    settings = _settings(log_format=log)
    start_logging(settings.log_level, [settings.token(), settings.webhook_key()], settings.log_format)
    searchers = SearchPool(settings.searchers, logging.getLogger("policydesk").warning)
    with _office(settings, _metrics(settings), searchers.do) as office:
        _report_start(settings, office.desk.library)
        asyncio.run(run_bot(office, searchers))


def _metrics(settings: Settings) -> "Metrics | None":
    """What counts, where there is a door at which it can be read."""
    if settings.http is None:
        return None
    from bot.metrics import Metrics  # noqa: PLC0415

    return Metrics()


def _report_start(settings: Settings, library: Library) -> None:
    logger = logging.getLogger("policydesk")
    logger.info("%s articles, %s passages; log: %s", len(library.sources), len(library.passages), settings.database)
    if not settings.owners and not settings.open:
        logger.warning(
            "The desk is closed and has no owners: send the bot a message, find your user id with `policydesk access"
            " list`, set POLICYDESK_OWNERS to it and start again; or let everybody ask with POLICYDESK_OPEN=true."
        )


@app.command()
def sources(
    articles: Articles = None,
    as_json: AsJson = False,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong; exit code 1 if anything is.")] = False,
) -> None:
    """List the articles, and the files that could not be used, with the cure."""
    from bot.cli.output.tables import sources_json, sources_tables  # noqa: PLC0415

    settings = _settings(articles=articles)
    if check:
        _check_sources(settings, as_json=as_json)
    library = open_folder(settings).open(partial(track, what="Indexing"))
    typer.echo(sources_json(library)) if as_json else sources_tables(library)


def _check_sources(settings: Settings, *, as_json: bool) -> Never:
    """Read every article, say what cannot be used and what the bot has not read yet, and end."""
    from bot.articles.folder_check import check_sources  # noqa: PLC0415
    from bot.cli.output.tables import check_tables  # noqa: PLC0415

    with contextlib.closing(open_database(settings)) as database:
        found = check_sources(settings, ReadArticles(database))
    typer.echo(found.model_dump_json(indent=2)) if as_json else check_tables(found)
    raise SystemExit(0 if found.is_fine else WANTING)


@app.command()
def add(  # noqa: PLR0913, PLR0917 - each is an option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .txt, .md, .html, .pdf or .docx file.")],
    collection: Annotated[str, typer.Option(metavar="NAME", help="Sub-folder of the articles to put it in.")] = "",
    title: Annotated[str | None, typer.Option(help="Its title, where the file does not say it.")] = None,
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day it was published.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of articles it repeats.")] = False,
    both: Annotated[bool, typer.Option("--both", help="Stand beside articles it repeats.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Keep it without asking.")] = False,
    articles: Articles = None,
) -> None:
    """Read a document, show what was read, and keep it as an article."""
    from bot.articles.add_document import StatedMetadata, keep_document, open_document  # noqa: PLC0415
    from bot.cli.output.tables import draft_tables  # noqa: PLC0415

    settings = _settings(articles=articles)
    opened = open_document(
        settings, file, StatedMetadata(title=title, date=date, publisher=publisher, collection=collection)
    )
    draft_tables(opened.draft)
    opened.check_new(replace=replace, both=both)
    if yes or _agreed("Keep it?"):
        typer.echo(f"Kept: {keep_document(settings, opened, replace=replace)}")
    else:
        typer.echo("Discarded; nothing was stored.")


def _agreed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:  # the input has ended, or Ctrl-C
        typer.echo()
        return False


Questions = Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="Judged questions, one JSON object a line.")]


@app.command()
def run(
    questions: Questions,
    output: Annotated[Path, typer.Option("--output", metavar="RUN.jsonl", help="Where to write the run.")],
    articles: Articles = None,
) -> None:
    """Ask judged questions without logging them, and write what was found."""
    from bot.record.evaluation_run import judge_questions  # noqa: PLC0415
    from retrieval.evaluation.measures import read_questions, write_run  # noqa: PLC0415

    judged = read_questions(questions)
    write_run(output, judge_questions(_unlogged_desk(_settings(articles=articles)), judged))


app.command()(verify)
app.command()(replay)
app.command()(evaluate)
app.command()(tune)


@app.command()
def config() -> None:
    """Show the settings in force; secrets are masked."""
    from bot.cli.output.tables import settings_table  # noqa: PLC0415

    settings_table(_settings())
