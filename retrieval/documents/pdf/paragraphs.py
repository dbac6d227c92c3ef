"""Lines as they stand on pages to paragraphs, whose broken words are made whole."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from statistics import median
from typing import NamedTuple

from retrieval.documents.models import Piece
from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import is_sentence, is_unspaced
from retrieval.text.hyphenation import keeps_hyphen

_BULLET = lazy_pattern(r"(?:[-•*–‣▪●■]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
_HYPHEN = lazy_pattern(r"(\w+)[-\u2010]$")
_BINDS = lazy_pattern(r"\S[–—/@]$")
"""Ends of lines that go on without a space: dashes set close, addresses."""
_BOUND = lazy_pattern(r"[–—]\S")
_HANGING = frozenset({"and", "or", "to"})
"""Words after a hyphen that stands for the rest of a word: 'mid- and long-term'."""
_WORD = lazy_pattern(r"[^\W\d_]+")
LOOSE = 1.35
"""A gap this many times the usual one, for the size of the letters, ends a paragraph."""
SAME_SIZE = 0.08
INDENT = 0.8
"""Indentation, in letter heights, that begins a paragraph."""
SHORT, VERY_SHORT = 0.65, 0.5
"""Beside its column, a line this short ends a paragraph: one that ends a sentence, and one that does not."""
SETTLED_LINES = 3
"""Lines from which a column's longest says how wide it is."""
_COLUMN = attrgetter("page", "column")


class PageLine(NamedTuple):
    """A line on a page: its start and baseline in points from the lower left corner, and its letters."""

    page: int
    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    end: float = 0.0
    column: int = 0
    is_row: bool = False  # cells far apart: a row of a table
    is_note: bool = False  # begins as a footnote does


# --- which lines make a paragraph


def paragraphs(lines: Sequence[PageLine]) -> list[list[Piece]]:
    """Put lines, in reading order, together to paragraphs, each as pieces by page; their words are whole."""
    usual = _usual_spacing(lines)
    blocks: list[list[PageLine]] = []
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        if blocks and _continues(blocks[-1], line, after, usual):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    words = Counter(word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text.lower()))
    return [_pieces(block, words) for block in blocks]


class _UsualSpacing(NamedTuple):
    """The usual gap between lines, for a letter height of 1, and the edges of each column by page and number."""

    gap: float
    edges: dict[tuple[int, int], tuple[float, float]]

    def share(self, line: PageLine) -> float:
        """The part of its column's width that a line fills."""
        left, right = self.edges[line.page, line.column]
        return (line.end - left) / max(right - left, 1.0)


def _usual_spacing(lines: Sequence[PageLine]) -> _UsualSpacing:
    gaps = [(a.y - b.y) / b.size for a, b in pairwise(lines) if a.page == b.page and 0 < a.y - b.y < 3 * b.size]
    widest = max((line.end - line.x for line in lines), default=0.0)
    edges = {}
    for key, group in groupby(sorted(lines, key=_COLUMN), _COLUMN):
        column = list(group)
        left, right = min(line.x for line in column), max(line.end for line in column)
        edges[key] = (left, right if len(column) >= SETTLED_LINES else max(right, left + widest))
    return _UsualSpacing(median(gaps) if gaps else 1.2, edges)


def _continues(block: Sequence[PageLine], line: PageLine, after: PageLine | None, usual: _UsualSpacing) -> bool:
    """Whether a line belongs to the paragraph before it; `after` is the line after it."""
    before = block[-1]
    if line.is_note or line.is_row or before.is_row:
        return False
    if abs(line.size - before.size) > SAME_SIZE * before.size or _BULLET.match(line.text) or _turns_bold(block, line):
        return False
    gap = (before.y - line.y) / line.size
    if _COLUMN(line) != _COLUMN(before) or gap < 0:  # the next page or column: only a sentence goes on there
        return not is_sentence(before.text)
    return gap <= LOOSE * usual.gap and not _ends_short(before, line, usual) and not _is_indented(block, line, after)


def _turns_bold(block: Sequence[PageLine], line: PageLine) -> bool:
    """Whether bold letters begin or end here as they do in a heading; within a sentence they stress it."""
    if line.bold == block[-1].bold:
        return False
    if line.bold:
        return is_sentence(block[-1].text)
    return all(before.bold for before in block) and not line.text[:1].islower()


def _ends_short(before: PageLine, line: PageLine, usual: _UsualSpacing) -> bool:
    """Whether a line is short because its paragraph ends: it ends a sentence, or is a heading or a row of a table."""
    if is_sentence(before.text):
        return usual.share(before) < SHORT
    first_of_its_paragraph = before.x - line.x > INDENT * line.size
    broken = _is_bound(before.text.rstrip(), line.text)
    goes_on = first_of_its_paragraph or broken or line.text.lstrip("“‘\"'(")[:1].islower()
    return usual.share(before) < VERY_SHORT and not goes_on


def _is_bound(text: str, following: str) -> bool:
    """Whether a hyphen or dash says that a line goes on in the next."""
    return bool(_HYPHEN.search(text) or _BINDS.search(text) or _BOUND.match(following))


def _is_indented(block: Sequence[PageLine], line: PageLine, after: PageLine | None) -> bool:
    """Whether a line is set in, and the next one is not: the first of a paragraph, unless all but the first are."""
    hangs = len(block) == 1 and _BULLET.match(block[0].text)
    if hangs or line.x - block[-1].x <= INDENT * line.size:
        return False
    if after is not None and after.page == line.page and line.x - after.x > INDENT * line.size:
        return True
    return is_sentence(block[-1].text)


# --- where words were broken


def _pieces(block: Sequence[PageLine], words: Counter[str]) -> list[Piece]:
    texts = [line.text.strip() for line in block]
    ends = [_line_end(text, following, words) for text, following in pairwise(texts)]
    whole = [*ends, texts[-1]]
    numbered = zip((line.page for line in block), whole, strict=True)
    return [Piece(page, "".join(text for _, text in group)) for page, group in groupby(numbered, itemgetter(0))]


def _line_end(text: str, following: str, words: Counter[str]) -> str:
    """A line as it goes over into the next: its last word made whole, or a space."""
    if text.endswith("\u00ad"):
        return text[:-1]
    if _BINDS.search(text) or _BOUND.match(following):
        return text
    broken = _HYPHEN.search(text)
    if broken is None:
        return text if is_unspaced(text[-1:]) and is_unspaced(following[:1]) else text + " "
    rest = _WORD.match(following)
    if rest is not None and rest[0] in _HANGING:
        return text + " "
    if rest is None or not rest[0][0].islower() or not broken[1].isalpha():
        return text
    return text if keeps_hyphen(broken[1].lower(), rest[0].lower(), words) else text[:-1]
