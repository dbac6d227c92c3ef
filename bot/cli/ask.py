"""`policydesk ask`, `timeline`, `compare`, `chat` and `run`: questions put to the desk from the shell."""

import contextlib
import datetime as dt
import gc
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_desk, open_folder
from bot.cli.options import Articles, AsJson, open_library, open_office, settings_in_force, topic_words
from bot.cli.output.date_options import period_end, period_start
from bot.cli.output.progress import ProgressBar
from bot.cli.output.words import plural
from bot.desk.asker import Asker
from prompts.composition.compose import LISTED, QUOTES
from prompts.composition.side_by_side import MOST
from prompts.models import Answer, Channel
from retrieval.side_by_side.request import COMPARISON_OF
from retrieval.timeline.request import TIMELINE_OF
from storage.database.connection import DeskDatabase
from storage.models import Thread
from storage.record.exchanges import ExchangeLog
from storage.record.selection import Selection

ABSTAINED = 1
"""Exit code where nothing supports an answer."""
FROM_INPUT = "-"
LEAVES = {"", "exit", "quit"}
"""Lines that end a conversation."""
RECALLED = 200
"""Of how many exchanges the questions asked here come back by the arrow keys."""
MOST_QUOTES = f"Most quotes to give, besides what contradicts them; {QUOTES}, or {LISTED} for a list, if not given."
Questions = Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="Judged questions, one JSON object a line.")]


def ask(  # noqa: PLR0913, PLR0917 - each is an option
    words: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION...", help="The question; - takes it from the input."),
    ],
    articles: Articles = None,
    as_json: AsJson = False,
    k: Annotated[int | None, typer.Option("-k", min=1, max=10, help=MOST_QUOTES, show_default=False)] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how it was read and why it is answered so.")] = False,
    cite: Annotated[bool, typer.Option("--cite", help="Print quotes with citations to paste elsewhere.")] = False,
    following: Annotated[str, typer.Option(metavar="QUESTION", help="What was asked before it.")] = "",
) -> None:
    """Answer one question; exit code 1 when nothing supports an answer."""
    question = sys.stdin.read().strip() if words == [FROM_INPUT] else " ".join(words)
    gc.disable()  # a process that ends with its answer need not look for garbage in all that it opens
    earlier = Thread(questions=(following,) if following else ())
    settings = settings_in_force(articles=articles)
    with open_office(settings) as office:
        exchange = office.desk.ask(question, Asker(channel=Channel.CLI), k, earlier)
        explanation = office.desk.explain(question, earlier) if explain else None
    if as_json:
        typer.echo((explanation or exchange.answer).model_dump_json(indent=2))
    elif cite and exchange.answer.outcome == "answered":
        renderer, citations = office.desk.renderer, exchange.answer.citations
        typer.echo("\n\n".join(renderer.citation(settings.citation, citation) for citation in citations))
    else:
        typer.echo(exchange.reply)
    if explanation and not as_json:
        from bot.cli.output.tables import explanation_tables  # noqa: PLC0415

        explanation_tables(explanation)
    raise SystemExit(0 if exchange.answer.outcome == "answered" else ABSTAINED)


class DocumentFormat(StrEnum):
    """The formats of a timeline and of a comparison."""

    TEXT = "text"
    MD = "md"
    HTML = "html"
    JSON = "json"


Since = Annotated[
    dt.datetime | None,
    typer.Option("--since", metavar="DATE", parser=period_start, help="First day, month or year of what is told."),
]
Until = Annotated[
    dt.datetime | None,
    typer.Option("--until", metavar="DATE", parser=period_end, help="Last day, month or year of it."),
]
Form = Annotated[DocumentFormat, typer.Option("--format", help="What to write.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Where to write it.")]


def timeline(  # noqa: PLR0913, PLR0917 - each is an option
    words: Annotated[list[str], typer.Argument(metavar="TOPIC...", help="The topic.", callback=topic_words)],
    articles: Articles = None,
    since: Since = None,
    until: Until = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Most events.")] = 40,
    form: Form = DocumentFormat.TEXT,
    output: Output = None,
) -> None:
    """Quote the dated sentences on a topic, oldest first; exit code 1 where there are none."""
    from prompts.documents.timeline_document import timeline_document  # noqa: PLC0415

    last = until and until.date() - dt.timedelta(days=1)
    said = [f"since {since.date()}" if since and not last else "", f"until {last}" if last and not since else ""]
    period = f"from {since.date()} to {last}" if since and last else "".join(said)
    _write_document(f"{TIMELINE_OF}{' '.join(words)} {period}".strip(), articles, k, form, output, timeline_document)


def compare(  # noqa: PLR0913, PLR0917 - each is an option
    words: Annotated[
        list[str], typer.Argument(metavar="SIDES...", help="As in: Kishida and Ishiba on OSA.", callback=topic_words)
    ],
    articles: Articles = None,
    since: Since = None,
    until: Until = None,
    k: Annotated[int, typer.Option("-k", min=1, max=10, help="Most quotes of a side.")] = MOST[2],
    form: Form = DocumentFormat.TEXT,
    output: Output = None,
) -> None:
    """Quote two sides or more on a topic, differences first; exit code 1 where there is nothing."""
    from prompts.documents.side_by_side_document import side_by_side_document  # noqa: PLC0415

    period = [f"after:{since.date()}" if since else "", f"before:{until.date()}" if until else ""]
    question = " ".join(filter(None, (f"{COMPARISON_OF}{' '.join(words)}", *period)))
    _write_document(question, articles, k, form, output, side_by_side_document)


def _write_document(
    question: str,
    articles: Path | None,
    k: int,
    form: DocumentFormat,
    output: Path | None,
    document: Callable[[str, Answer, dt.date, str], str],
) -> None:
    """Ask a question and write its answer as a document, an ordinary answer or a refusal as text."""
    from bot.record.export import write_out  # noqa: PLC0415

    with open_office(settings_in_force(articles=articles)) as office:
        exchange = office.desk.ask(question, Asker(channel=Channel.CLI), k)
    answer = exchange.answer
    if form is DocumentFormat.JSON:
        text = answer.model_dump_json(indent=2)
    elif form is DocumentFormat.TEXT or not (answer.timeline or answer.columns):
        text = exchange.reply
    else:
        text = document(form, answer, exchange.asked_at.date(), exchange.library)
    write_out([f"{text}\n"], output)
    raise SystemExit(0 if answer.outcome == "answered" else ABSTAINED)


def chat(articles: Articles = None) -> None:
    """Ask one question after the other, until an empty line, exit, quit or Ctrl-D."""
    with open_office(settings_in_force(articles=articles)) as office:
        desk = office.desk
        _edit_lines(office.database)
        typer.echo(desk.renderer.notice("chat", Channel.CLI, count=len(desk.library.sources)))
        earlier: Thread | None = None
        while (question := _next_question()).lower() not in LEAVES:
            exchange = desk.ask(question, Asker(channel=Channel.CLI), earlier=earlier)
            typer.echo("\n" + exchange.reply + "\n")
            earlier = earlier if exchange.answer.chat else desk.thread(exchange)


def _edit_lines(database: DeskDatabase) -> None:
    """Have a terminal's lines edited, and earlier ones come back from the record, so that no other file has them."""
    if not sys.stdin.isatty():
        return
    with contextlib.suppress(ImportError):  # not every system has it
        import readline  # noqa: PLC0415 - only here

        for exchange in reversed(ExchangeLog(database).select(Selection(), RECALLED)):
            if exchange.channel is Channel.CLI:
                readline.add_history(" ".join(exchange.question.split()))


def _next_question() -> str:
    try:
        return input("? ").strip()
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        return ""


def run(
    questions: Questions,
    output: Annotated[Path, typer.Option("--output", metavar="RUN.jsonl", help="Where to write the run.")],
    articles: Articles = None,
) -> None:
    """Ask judged questions without logging them, and write what was found."""
    from bot.record.evaluation_run import judge_questions  # noqa: PLC0415
    from retrieval.evaluation.judged_questions import read_questions  # noqa: PLC0415
    from retrieval.evaluation.runs import write_run  # noqa: PLC0415

    judged = read_questions(questions)
    settings = settings_in_force(articles=articles)
    desk = open_desk(settings, open_library(open_folder(settings)), None)
    lines = list(judge_questions(desk, judged, ProgressBar("Asking")))
    write_run(output, lines)
    answered = sum(line.outcome == "answered" for line in lines)
    typer.echo(f"Asked and written to {output}: {plural(len(lines), 'question')}, {answered} answered.")
