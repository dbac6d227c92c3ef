"""Indexing a large folder of articles ahead of time."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_folder
from bot.cli.options import settings_in_force
from bot.cli.output.progress import track
from prompts.render import clean


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(index)


def index(
    articles: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder of articles.", show_default="POLICYDESK_ARTICLES")
    ] = None,
) -> None:
    """Bring the index of a large folder up to date, so that the desk starts at once."""
    settings = settings_in_force(articles=articles)
    folder = open_folder(settings)
    library = folder.open(partial(track, what="Reading"), whole=True)
    for file in library.skipped:
        typer.echo(clean(f"Skipped {file.file}: {file.reason}; {file.cure}."), err=True)
    typer.echo(clean(f"{len(library.sources):,} articles, {len(library.passages):,} passages: {_where(folder.index)}."))


def _where(place: Path | None) -> str:
    if place is None:
        return "so few are read anew at each start, and no index is kept (POLICYDESK_ENGINE=max-score keeps one)"
    size = sum(path.stat().st_size for path in place.iterdir()) if place.is_dir() else 0
    return f"indexed in {place} ({size / 1e6:,.0f} MB)" if size else "indexed in memory only"
