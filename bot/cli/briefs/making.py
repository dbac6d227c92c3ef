"""`policydesk brief`: quotes on a topic as a document."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.briefs.maker import BriefMaker, MadeBrief, verify_command
from bot.cli.ask import ABSTAINED
from bot.cli.options import Articles, open_office, settings_in_force, topic_words
from bot.cli.output.date_options import period_end, period_start
from bot.cli.verification import DIGITS
from bot.desk.asker import Asker
from bot.errors import RecordError
from bot.record.export import write_out
from prompts.languages import Language
from prompts.models import Channel
from retrieval.brief.request import BRIEF_OF, period_words
from storage.briefs.open_questions import WhoseQuestions
from storage.database.private_files import replacing


class BriefFormat(StrEnum):
    """The formats of a brief."""

    MD = "md"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"


RENEW = ("renew", "ID")
"""What stands in place of a topic."""
Since = Annotated[
    dt.datetime | None,
    typer.Option(metavar="DATE", parser=period_start, help="First day, month or year of what is quoted."),
]
Until = Annotated[
    dt.datetime | None, typer.Option(metavar="DATE", parser=period_end, help="Last day, month or year of it.")
]
Form = Annotated[
    BriefFormat | None,
    typer.Option("--format", help="What to write; by the ending of --output, or md.", show_default=False),
]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Where to write it.")]


def brief(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TOPIC...|renew ID", help="The topic, and filters such as in:NAME.", callback=topic_words
        ),
    ],
    articles: Articles = None,
    since: Since = None,
    until: Until = None,
    form: Form = None,
    output: Output = None,
) -> None:
    """Make a document of quotes on a topic, by aspect, with notes; exit code 1 where there are none.

    `renew ID` in place of a topic makes the brief of that exchange again, and says what has changed since.
    """
    form = _form(form, output)
    last = until and until.date() - dt.timedelta(days=1)
    question = f"{BRIEF_OF}{' '.join(words)} {period_words(since and since.date(), last)}".strip()
    with open_office(settings_in_force(articles=articles)) as office:
        maker = BriefMaker(office.desk, office.database)
        earlier = _renewed(words)
        asker, whose = Asker(channel=Channel.CLI), WhoseQuestions()
        made = maker.make(question, asker, whose) if earlier is None else maker.renew(earlier, asker, whose)
        made = made._replace(exchange=office.desk.put_on_record(made.exchange))
        maker.keep(made, made.exchange)
        _write(maker, made, form, output)
    raise SystemExit(0 if made.is_document else ABSTAINED)


def _renewed(words: list[str]) -> int | None:
    """The exchange of the brief that is to be renewed; None where a topic is named."""
    is_renewal = len(words) == len(RENEW) and words[0] == RENEW[0] and words[1].isascii() and words[1].isdigit()
    return int(words[1][:DIGITS]) if is_renewal else None


def _form(form: BriefFormat | None, output: Path | None) -> BriefFormat:
    named = output.suffix.removeprefix(".").lower() if output else ""
    form = form or (BriefFormat(named) if named in set(BriefFormat) else BriefFormat.MD)
    if form is BriefFormat.DOCX and output is None:
        raise typer.BadParameter("a Word file is not printed: name a file with --output.", param_hint="--format")
    return form


def _write(maker: BriefMaker, made: MadeBrief, form: BriefFormat, output: Path | None) -> None:
    from prompts.brief.texts import brief_text  # noqa: PLC0415 - a refusal needs no document

    if not made.is_document:
        typer.echo(made.exchange.reply)
    elif form is BriefFormat.JSON:
        write_out([made.exchange.answer.model_dump_json(indent=2), "\n"], output)
    elif form is BriefFormat.DOCX and output is not None:
        _write_bytes(maker.word_file(made, Language.ENGLISH, output.name), output)
    else:
        name = output.name if output else "FILE"
        write_out([brief_text(form, maker.document(made, Language.ENGLISH), verify_command(name)), "\n"], output)


def _write_bytes(content: bytes, path: Path) -> None:
    try:
        if path.is_file() and path.suffix.lower() != ".docx":
            raise RecordError(f"{path} is no Word file: it was not touched; name another file.")
        with replacing(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise RecordError(f"{path} cannot be written ({error.strerror}): name another file.") from error
