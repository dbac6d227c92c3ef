"""`policydesk judgments`, `evaluate`, `tune`, `glossary`: judged questions of verdicts, measured, and learnt from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import language_options, open_desk, open_folder
from bot.cli.options import INDEXING, Articles, AsJson, open_record, settings_in_force
from bot.cli.output.command_table import PLAIN
from bot.cli.output.progress import ProgressBar
from bot.cli.output.words import plural
from bot.settings import Settings
from retrieval.reading.articles import read_folder

if TYPE_CHECKING:  # what the other commands do not need is loaded when it is used
    from retrieval.evaluation.judged_questions import JudgedQuestion

judgments = typer.Typer(help="Make judged questions of verdicts.", no_args_is_help=True, **PLAIN)
glossary = typer.Typer(help="Propose lines for a glossary of the desk's own.", no_args_is_help=True, **PLAIN)
ASKING = ProgressBar("Asking")
Questions = Annotated[
    Path | None,
    typer.Argument(metavar="QUESTIONS.jsonl", help="Judged questions, one JSON object a line.", show_default=False),
]


@judgments.command("export")
def export_judgments(
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write them.", show_default="to standard output")
    ] = None,
    articles: Articles = None,
) -> None:
    """Write what reviewers say as judged questions; who asked or judged is not in them."""
    from bot.record.export import write_out  # noqa: PLC0415
    from retrieval.evaluation.judged_questions import question_line  # noqa: PLC0415

    questions = _from_log(settings_in_force(articles=articles))
    write_out(map(question_line, questions), output)
    if output:
        typer.echo(f"Written to {output}: {plural(len(questions), 'judged question')}.")


def evaluate(
    questions: Questions = None,
    from_log: Annotated[bool, typer.Option("--from-log", help="Measure on what reviewers say of the record.")] = False,
    articles: Articles = None,
    as_json: AsJson = False,
    per_question: Annotated[bool, typer.Option("--per-question", help="Show how each question went.")] = False,
) -> None:
    """Measure the desk on judged questions, without logging them."""
    from bot.cli.output.tables import measures_json, measures_table, results_table  # noqa: PLC0415
    from bot.record.evaluation_run import judge_questions  # noqa: PLC0415
    from retrieval.evaluation.measures import measure  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    judged = _questions(settings, questions, from_log=from_log)
    desk = open_desk(settings, open_folder(settings).open(INDEXING), None)
    measures, results = measure(judged, judge_questions(desk, judged, ASKING))
    if as_json:
        typer.echo(measures_json(measures, results if per_question else []))
        return
    if per_question:
        results_table(results)
    measures_table(measures)


def tune(
    write: Annotated[
        bool, typer.Option("--write", help="Go by the new weights from the next start on, if they improve.")
    ] = False,
    questions: Annotated[
        Path | None, typer.Option(metavar="QUESTIONS.jsonl", help="Judged questions.", show_default="the verdicts")
    ] = None,
    articles: Articles = None,
    as_json: AsJson = False,
) -> None:
    """Learn weights from judged questions; shows what questions held out gain, and writes nothing unless told to."""
    from bot.cli.output.record_tables import tuning_tables  # noqa: PLC0415
    from bot.record.tuning import tune_desk, write_tuning  # noqa: PLC0415
    from retrieval.articles_folder import ArticlesFolder  # noqa: PLC0415
    from retrieval.semantic_choice import choose_model  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    judged = _questions(settings, questions, from_log=questions is None)
    model, languages = choose_model(settings.semantic, settings.semantic_model), language_options(settings)
    shipped = ArticlesFolder(settings.articles, settings.max_article_bytes, model=model, languages=languages).open(
        INDEXING
    )
    report = tune_desk(settings, shipped, judged, ASKING)
    if write and report.improved:
        write_tuning(settings.weights, report.tuning)
        report = report.model_copy(update={"written": True})
    typer.echo(report.model_dump_json(indent=2)) if as_json else tuning_tables(report)


@glossary.command("learn")
def learn_glossary(
    questions: Questions = None,
    articles: Articles = None,
) -> None:
    """Propose lines for POLICYDESK_GLOSSARY, from right answers in other languages; nothing is written."""
    from bot.record.glossary_lines import proposals  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    judged = _questions(settings, questions, from_log=questions is None)
    found = proposals(open_folder(settings).open(INDEXING), judged)
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo("policydesk: no right answer in another language holds a word that the glossary lacks.", err=True)


def _questions(settings: Settings, path: Path | None, *, from_log: bool) -> "list[JudgedQuestion]":
    from retrieval.evaluation.judged_questions import read_questions  # noqa: PLC0415

    if (path is None) is not from_log:
        raise typer.BadParameter("name a file of judged questions, or --from-log.", param_hint="QUESTIONS.jsonl")
    return read_questions(path) if path else _from_log(settings)


def _from_log(settings: Settings) -> "list[JudgedQuestion]":
    """Make judged questions of the verdicts, and say on standard error how many exchanges make none, and why."""
    from bot.record.judged_questions import questions_from_log  # noqa: PLC0415
    from storage.record.quote_status import QuotedArticles  # noqa: PLC0415

    articles = QuotedArticles(read_folder(settings.articles, settings.max_article_bytes)[0])
    with open_record(settings) as (database, verdicts):
        record = questions_from_log(database, verdicts, articles)
    if record.left_out:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(record.left_out.items()))
        typer.echo(f"policydesk: judged, but left out: {reasons}.", err=True)
    return list(record.questions)
