"""The marks that stand in a text for a part that letters cannot show."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from retrieval.documents.cleaning import clean
from retrieval.documents.markup.line_breaks import divide
from retrieval.documents.markup.raised_text import REACH, raised_text
from retrieval.documents.models import Omission, OmittedText
from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import is_sentence
from retrieval.reading.sentences import FORMULA, PICTURE

OBJECT = "\ufffc"
"""A picture in a paragraph as it is read (Unicode's object replacement character)."""
SAMPLE_CHARS = 80
_RAISED = lazy_pattern("(?<=[^\\s(])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}")
_REPEATED = lazy_pattern(r"(\[(?:formula|picture)\])(?:\s*\1)+")
_TEX = lazy_pattern(r"\\\((?:[^\\]|\\(?![()])){1,300}\\\)|\\\[(?:[^\\]|\\(?![\[\]])){1,300}\\\]|\$\$[^$]{1,300}\$\$")
"""A formula as it is typed for TeX, which a browser shows only with a program's help."""


def mark_objects(paragraph: str) -> str:
    """Mark the pictures within a sentence; in a list, or at the ends, they are beside the text, not of it."""
    if OBJECT not in paragraph:
        return paragraph
    inner = paragraph.strip(f"{OBJECT} \t")
    return inner.replace(OBJECT, f" {PICTURE} " if is_sentence(inner) else " ")


def mark_formulas(text: str) -> str:
    """Mark the formulas that are typed for TeX, and let marks in a row be one."""
    shown = _TEX.sub(FORMULA, text) if "\\" in text or "$$" in text else text
    return _REPEATED.sub(r"\1", shown) if FORMULA in shown or PICTURE in shown else shown


def read_paragraphs(text: str, removals: "Removals", *, is_heading: bool = False) -> list[str]:
    """Return the paragraphs of a block of text: without raised marks of notes, pictures and formulas marked.

    A mark stands alone only for a formula. A heading is one line.
    """
    divided = divide(text)
    if is_heading:
        divided = [" ".join(divided)] if divided else []
    lowered = (_RAISED.sub(partial(_shown_digits, removals), paragraph) for paragraph in divided)
    marked = (mark_formulas(mark_objects(paragraph)).strip() for paragraph in lowered)
    return [paragraph for paragraph in marked if paragraph == FORMULA or not is_only_marks(paragraph)]


def _shown_digits(removals: "Removals", raised: re.Match[str]) -> str:
    """Digits that are raised letters of their own (\u2075): as they are in an exponent, nothing for a note."""
    if raised_text(raised.string[: raised.start()][-REACH:], unicodedata.normalize("NFKC", raised[0])) is not None:
        return raised[0]
    removals.add(Omission.NOTE_MARKS, raised[0])
    return ""


def is_only_marks(text: str) -> bool:
    """Return whether a text holds nothing but marks and punctuation."""
    return not re.search(r"[^\W_]", text.replace(FORMULA, "").replace(PICTURE, ""))


def attach_formulas(blocks: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield blocks of paragraphs, a formula on a line of its own with the unfinished sentence before it.

    After a whole sentence, or nothing, the formula is left out.
    """
    before: list[str] = []
    for block in blocks:
        if block != [FORMULA]:
            if before:
                yield before
            before = block
        elif before and not is_sentence(before[-1]) and not before[-1].endswith(FORMULA):
            before = [*before[:-1], f"{before[-1]} {FORMULA}"]
    if before:
        yield before


def count_marks(paragraphs: Iterable[str]) -> list[OmittedText]:
    """Return the count of marks in paragraphs."""
    count = sum(text.count(FORMULA) + text.count(PICTURE) for text in paragraphs)
    return [OmittedText(what=Omission.FORMULAS, count=count)] if count else []


class Removal(NamedTuple):
    """A part that was left out: the number of blocks of text read before it, its kind, and its text."""

    place: int
    what: Omission
    text: str


class Removals:
    """The parts of a document that its reader leaves out, in order."""

    def __init__(self) -> None:
        self.place = 0
        self._removals: list[Removal] = []

    def add(self, what: Omission, text: str) -> None:
        """Add a part that is left out here; `text` as it was, or none where there is none to show."""
        self._removals.append(Removal(self.place, what, text))

    def omissions(self, first: int = 0, last: int | None = None) -> list[OmittedText]:
        """Return the parts left out between two places, counted by kind, the first of each as a sample."""
        counts: dict[Omission, int] = {}
        samples: dict[Omission, str] = {}
        for place, what, text in self._removals:
            if place >= first and (last is None or place <= last):
                counts[what] = counts.get(what, 0) + 1
                samples.setdefault(what, _shorten(text))
        return [OmittedText(what=what, count=count, sample=samples[what]) for what, count in counts.items()]


def _shorten(text: str) -> str:
    shown = clean(text[: 4 * SAMPLE_CHARS]).strip()
    return shown if len(shown) <= SAMPLE_CHARS else shown[: SAMPLE_CHARS - 1] + "…"
