"""The glossary: lines of forms in English, Japanese and Vietnamese that stand for the same, checked as they are read.

A line has four columns with tabs between: English, Japanese, Vietnamese, the kind. Several forms of a cell have ` | `
between, the commonest first; a cell may be empty. A line that begins with `#` says something about the table.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from retrieval.errors import GlossaryError
from retrieval.regular_files import read_regular
from retrieval.text.terms import normalise

TABLE = Path(__file__).parent.parent / "tables" / "glossary.tsv"
LANGUAGES = ("en", "ja", "vi")
"""The languages of a line's cells, in order."""
BETWEEN = " | "
MOST_BYTES = 4_000_000
FEWEST_FORMS = 2
KINDS = frozenset("ask office organisation person place region language term time treaty word".split())
"""The kinds of lines; `ask` are the words of questions, `word` general vocabulary, `term` that of the field."""
NAMING = frozenset({"person", "place", "region"})
"""The kinds whose forms are names."""


class Entry(NamedTuple):
    """Forms that stand for the same, by language, and their kind."""

    kind: str
    en: tuple[str, ...]
    ja: tuple[str, ...]
    vi: tuple[str, ...]

    def forms(self, language: str) -> tuple[str, ...]:
        """Return the forms of a language, the commonest first."""
        return {"en": self.en, "ja": self.ja, "vi": self.vi}[language]


@cache
def shipped_entries() -> tuple[Entry, ...]:
    """Return the lines of the shipped table."""
    return tuple(parse(TABLE.read_text(encoding="utf-8"), TABLE.name))


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Read a desk's own table.

    Raises:
        GlossaryError: It cannot be read, or a line of it cannot be used.
    """
    try:
        content = read_regular(path, follow=True)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise GlossaryError(f"The glossary {path} cannot be read: check POLICYDESK_GLOSSARY.") from error
    except UnicodeDecodeError as error:
        raise GlossaryError(f"The glossary {path} is not UTF-8 text: save it as UTF-8.") from error
    if len(content) > MOST_BYTES:
        raise GlossaryError(f"The glossary {path} is larger than {MOST_BYTES:,} bytes: keep the lines that you need.")
    return tuple(parse(text, str(path)))


def parse(text: str, name: str) -> Iterator[Entry]:
    """Yield the lines of a table.

    Raises:
        GlossaryError: A line cannot be used; the message names it, and the cure.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield _parse_line(line, f"Line {number} of the glossary {name}")


def _parse_line(line: str, where: str) -> Entry:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) != len(LANGUAGES) + 1:
        raise GlossaryError(
            f"{where} does not have four columns: give English, Japanese, Vietnamese and the kind, with tabs between."
        )
    *forms, kind = cells
    if kind not in KINDS:
        raise GlossaryError(f"{where} is of no known kind: end it with one of {', '.join(sorted(KINDS))}.")
    en, ja, vi = (tuple(_forms(cell)) for cell in forms)
    if len(en) + len(ja) + len(vi) < FEWEST_FORMS:
        raise GlossaryError(f"{where} has fewer than two forms: give the same in two languages, or in two forms.")
    return Entry(kind, en, ja, vi)


def _forms(cell: str) -> Iterable[str]:
    forms = (normalise(form.strip()) for form in cell.split(BETWEEN.strip()))
    return dict.fromkeys(form for form in forms if form)


def to_line(entry: Entry) -> str:
    """Return the line of a table for an entry."""
    cells: Sequence[str] = [BETWEEN.join(entry.forms(language)) for language in LANGUAGES]
    return "\t".join([*cells, entry.kind])
