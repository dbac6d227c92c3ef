"""Lines as they stand on pages to paragraphs: running headers are left out, broken words are made whole."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from operator import attrgetter, itemgetter
from statistics import median
from typing import NamedTuple

from retrieval.documents.models import Omission, OmittedText, Piece
from retrieval.reading.lines import is_sentence
from retrieval.text.rarity import background
from retrieval.text.terms import terms

_BULLET = re.compile(r"(?:[-•*–‣▪●■]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
_NUMBER = re.compile(r"\d{1,4}")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+")
EDGE_LINES = 2
"""How many lines at the top, and at the bottom, of a page may be a running header or footer."""
RUNNING_PAGES = 3
"""Pages from which a line that stands on them at the same place is a running one; in a short document two will do."""
LOOSE = 1.35
"""A gap this many times the usual one, for the size of the letters, ends a paragraph."""
SAME_SIZE = 0.08
INDENT = 0.8
"""Indentation, in letter heights, that begins a paragraph."""
SHORT, VERY_SHORT = 0.65, 0.5
"""Beside the long lines, a line this short ends a paragraph: one that ends a sentence, and one that does not."""


class PageLine(NamedTuple):
    """A line on a page: its start and baseline in points from the lower left corner, and its letters."""

    page: int
    x: float
    y: float
    size: float
    text: str
    bold: bool = False


# --- what runs along


def without_running_lines(lines: Sequence[PageLine]) -> tuple[list[PageLine], list[OmittedText]]:
    """Leave out headers, footers and page numbers.

    Args:
        lines: All lines of a document, page by page.

    Returns:
        The other lines, and the omissions.
    """
    pages = [list(page) for _, page in groupby(lines, attrgetter("page"))]
    counts = Counter(
        key for page in pages for key in {k for edge in _page_edges(page) for line in edge for k in _running_keys(line)}
    )
    least = RUNNING_PAGES if len(pages) >= 2 * RUNNING_PAGES else 2
    running = {key for key, count in counts.items() if count >= least}
    gone = {
        line
        for page in pages
        for edge in _page_edges(page)
        for line in takewhile(lambda line: not running.isdisjoint(_running_keys(line)), edge)
    }
    if not gone:
        return list(lines), []
    sample = next(line.text for line in lines if line in gone)
    omitted = OmittedText(what=Omission.RUNNING_LINES, count=len(gone), sample=sample[:80])
    return [line for line in lines if line not in gone], [omitted]


def _page_edges(page: list[PageLine]) -> tuple[list[PageLine], list[PageLine]]:
    """The first lines from the top, and from the bottom, of a page; a short page has none twice."""
    down = sorted(page, key=lambda line: -line.y)
    return down[:EDGE_LINES], down[: EDGE_LINES - 1 : -1][:EDGE_LINES]


def _running_keys(line: PageLine) -> Iterator[tuple[str, int, int]]:
    """Keys that a running line shares between pages: place, size and text, a number counted from the page's in it.

    A report's title may be its running header too, but it is larger.
    """
    text, place = line.text.strip(), (round(line.y), round(line.size))
    yield text, *place
    for number in _NUMBER.finditer(text):
        yield f"{text[: number.start()]}{int(number[0]) - line.page:+d}{text[number.end() :]}", *place


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
    """The usual gap between lines, for a letter height of 1, and the length of a long line."""

    gap: float
    length: float


def _usual_spacing(lines: Sequence[PageLine]) -> _UsualSpacing:
    gaps = [(a.y - b.y) / b.size for a, b in pairwise(lines) if a.page == b.page and 0 < a.y - b.y < 3 * b.size]
    lengths = sorted(len(line.text) for line in lines)
    return _UsualSpacing(median(gaps) if gaps else 1.2, lengths[len(lengths) * 9 // 10] if lengths else 0)


def _continues(block: Sequence[PageLine], line: PageLine, after: PageLine | None, usual: _UsualSpacing) -> bool:
    """Whether a line belongs to the paragraph before it; `after` is the line after it."""
    before = block[-1]
    if abs(line.size - before.size) > SAME_SIZE * before.size or _BULLET.match(line.text) or _turns_bold(block, line):
        return False
    gap = (before.y - line.y) / line.size
    if line.page != before.page or gap < 0:  # the next page or column: only a sentence goes on there
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
        return len(before.text) < SHORT * usual.length
    first_of_its_paragraph = before.x - line.x > INDENT * line.size
    goes_on = first_of_its_paragraph or line.text.lstrip("“‘\"'(")[:1].islower()
    return len(before.text) < VERY_SHORT * usual.length and not goes_on


def _is_indented(block: Sequence[PageLine], line: PageLine, after: PageLine | None) -> bool:
    """Whether a line is set in, and the next one is not: the first of a paragraph, unless all but the first are."""
    if line.x - block[-1].x <= INDENT * line.size:
        return False
    if after is not None and after.page == line.page and line.x - after.x > INDENT * line.size:
        return True
    return is_sentence(block[-1].text) and not (len(block) == 1 and _BULLET.match(block[0].text))


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
    broken = _HYPHEN.search(text)
    if broken is None:
        return text if _is_unspaced(text[-1:]) and _is_unspaced(following[:1]) else text + " "
    rest = _WORD.match(following)
    if rest is None or not rest[0][0].islower():
        return text
    return text if _keeps_hyphen(broken[1].lower(), rest[0].lower(), words) else text[:-1]


def _keeps_hyphen(first: str, rest: str, words: Counter[str]) -> bool:
    """Whether a hyphen at a line's end belongs to the word ('long-term') or only broke it.

    The document itself knows best; otherwise a hyphen between two English words, which together are none, stays.
    """
    whole, compound = words[first + rest], words[f"{first}-{rest}"]
    if whole != compound:
        return compound > whole
    return _is_word(first) and _is_word(rest) and not _is_word(first + rest)


def _is_word(word: str) -> bool:
    found = terms(word)
    return not found or background().keys() >= set(found)  # a stop word has no terms


def _is_unspaced(letter: str) -> bool:
    """Whether a letter belongs to a script that puts no spaces between words: Chinese, Japanese."""
    return "\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"


def largest_lines(lines: Sequence[PageLine]) -> Iterator[str]:
    """Yield the lines in the largest letters, as they follow each other from the first of them."""
    largest = max((line.size for line in lines), default=0)
    first = next((n for n, line in enumerate(lines) if line.size >= largest * (1 - SAME_SIZE)), 0)
    for line in lines[first:]:
        if line.size < largest * (1 - SAME_SIZE):
            return
        yield line.text.strip()
