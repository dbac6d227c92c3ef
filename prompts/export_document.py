"""The record as a document for people, piece by piece, however long it is."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.markup import harmless, in_markdown

TEMPLATES = Path(__file__).parent / "record_templates"


def record_pages(form: str, entries: Iterable[object]) -> Iterator[str]:
    """Yield the record as a document, free of anything that could command a terminal or pass for markup.

    Args:
        form: `html` or `md`.
        entries: Exchanges, each with `exchange`, `reply` and `verdicts`; taken one at a time.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = in_markdown
    yield from map(harmless, environment.get_template(f"record.{form}.j2").generate(entries=entries))
