"""The record as a document for people, piece by piece, however long it is."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.markup import harmless, in_markdown

TEMPLATES = Path(__file__).parents[1] / "record_templates"


def record_pages(form: str, entries: Iterable[object]) -> Iterator[str]:
    """Yield the record as a document, free of anything that could command a terminal or pass for markup.

    Args:
        form: `html` or `md`.
        entries: Exchanges, each with `exchange`, `reply` and `verdicts`; taken one at a time.
    """
    yield from map(harmless, _template(f"record.{form}.j2").generate(entries=entries))


def fill_in_document(name: str, **values: object) -> str:
    """Fill in the template of a document, free of anything that could command a terminal or pass for markup."""
    return harmless(_template(name).render(**values))


@cache
def _template(name: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = in_markdown
    return environment.get_template(name)
