"""`policydesk sources`, `add` and `index`: the articles listed, added to, and indexed ahead of time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import typer

from bot.app import open_database, open_folder
from bot.cli.options import CHECK_FAILED, INDEXING, Articles, AsJson, settings_in_force
from bot.cli.output.progress import ProgressBar, waiting
from bot.settings import Settings
from prompts.markup import clean
from retrieval.errors import PolicydeskError
from storage.record.articles_read import ReadArticles

if TYPE_CHECKING:
    from retrieval.documents.store import FilesListener  # loads what only adding needs


def sources(
    articles: Articles = None,
    as_json: AsJson = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only say what is not used, undated or not read yet; exit code 1 if anything is wrong."
        ),
    ] = False,
    passages: Annotated[bool, typer.Option("--passages", help="Print the passages, a JSON object a line.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="FILE",
            help="List the lines of an article that are never quoted, each with the rule that says so.",
        ),
    ] = None,
) -> None:
    """List the articles, and the files that could not be used, with the cure."""
    from bot.cli.output.tables import sources_json, sources_tables  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    if check:
        _check_sources(settings, as_json=as_json)
    if passages:
        _print_passages(settings.articles, settings.max_article_bytes)
    elif explain is not None:
        _explain(settings.articles, explain, settings.max_article_bytes)
    else:
        library = open_folder(settings).open(INDEXING)
        typer.echo(sources_json(library)) if as_json else sources_tables(library)


def _print_passages(folder: Path, max_bytes: int) -> None:
    """Print each passage of each article: its place, the slice of the file, and the words that people are shown."""
    from bot.articles.passages import passage_lines  # noqa: PLC0415

    for line in passage_lines(folder, max_bytes):
        typer.echo(line)


def _explain(folder: Path, file: str, max_bytes: int) -> None:
    from bot.articles.passages import omitted_lines  # noqa: PLC0415
    from bot.cli.output.tables import omitted_lines_table  # noqa: PLC0415

    omitted_lines_table(omitted_lines(folder, file, max_bytes))


def _check_sources(settings: Settings, *, as_json: bool) -> Never:
    """Report files that cannot be used and articles that the bot has not read yet, and exit."""
    from bot.articles.folder_check import check_sources  # noqa: PLC0415
    from bot.cli.output.tables import check_tables  # noqa: PLC0415

    with contextlib.closing(open_database(settings, only_read=True)) as database:
        found = check_sources(settings, ReadArticles(database))
    typer.echo(found.model_dump_json(indent=2)) if as_json else check_tables(found)
    raise SystemExit(0 if found.is_fine else CHECK_FAILED)


def add(  # noqa: PLR0913, PLR0917 - each is an option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .txt, .md, .html, .pdf or .docx file.")],
    collection: Annotated[str, typer.Option(metavar="NAME", help="Sub-folder of the articles to put it in.")] = "",
    title: Annotated[str | None, typer.Option(help="Its title, where the file does not say it.")] = None,
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day it was published.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Address of the published original.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of articles it repeats.")] = False,
    both: Annotated[bool, typer.Option("--both", help="Stand beside articles it repeats.")] = False,
    ocr: Annotated[bool, typer.Option("--ocr", help="Read pages of pictures by OCR (needs ocrmypdf).")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Keep it without asking.")] = False,
    articles: Articles = None,
) -> None:
    """Read a document, show what was read, and keep it as an article."""
    from bot.articles.add_document import StatedMetadata, open_document, store_document  # noqa: PLC0415
    from bot.cli.output.tables import draft_tables  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    metadata = StatedMetadata(title=title, date=date, publisher=publisher, url=url, collection=collection)
    with waiting(f"Reading {clean(file.name)}"):
        preview = open_document(settings, file, metadata, ocr=ocr)
    draft_tables(preview.draft)
    preview.check_new(replace=replace, both=both)
    if yes or _confirm("Keep it?"):
        with _documents_listener(settings) as listener:
            typer.echo(f"Kept: {store_document(settings, preview, replace=replace, listener=listener)}")
    else:
        typer.echo("Discarded; nothing was stored.")
        raise SystemExit(CHECK_FAILED)


def remove(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The article, as `policydesk sources` names it.")],
    articles: Articles = None,
) -> None:
    """Remove an article and the document it was read from, on all machines that share documents."""
    from bot.articles.add_document import check_folder, find_article  # noqa: PLC0415
    from retrieval.documents.store import remove as remove_article  # noqa: PLC0415

    settings = settings_in_force(articles=articles)
    check_folder(settings)
    article = find_article(settings, file)
    try:
        with _documents_listener(settings) as listener:
            remove_article(article, settings.articles, listener)
    except OSError as error:
        said, cure = error.strerror or type(error).__name__, f"see that you may write to {settings.articles}"
        raise PolicydeskError(f"{file} cannot be removed ({said}): {cure}.") from error
    typer.echo(clean(f"Removed: {file}"))


@contextlib.contextmanager
def _documents_listener(settings: Settings) -> "Iterator[FilesListener | None]":
    """Notes documents in the database, which is opened only where they are kept there."""
    if settings.documents == "folder":
        yield None
        return
    from bot.articles.shared_documents import documents_listener  # noqa: PLC0415

    with contextlib.closing(open_database(settings)) as database:
        yield documents_listener(settings, database)


def _confirm(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:  # the input has ended, or Ctrl-C
        typer.echo()
        return False


def index(
    articles: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder of articles.", show_default="POLICYDESK_ARTICLES")
    ] = None,
) -> None:
    """Bring the index of a large folder up to date, so that the desk starts at once."""
    folder = open_folder(settings_in_force(articles=articles))
    library = folder.open(ProgressBar("Reading"), whole=True)
    for file in library.skipped:
        typer.echo(clean(f"Skipped {file.file}: {file.reason}; {file.cure}."), err=True)
    size = f"{len(library.sources):,} articles, {len(library.passages):,} passages"
    typer.echo(clean(f"{size}: {_index_place(folder.index)}."))


def _index_place(place: Path | None) -> str:
    if place is None:
        return "so few are read anew at each start, and no index is kept (POLICYDESK_ENGINE=max-score keeps one)"
    size = sum(path.stat().st_size for path in place.iterdir()) if place.is_dir() else 0
    return f"indexed in {place} ({size / 1e6:,.0f} MB)" if size else "indexed in memory only"
