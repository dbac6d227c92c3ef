"""What stands around the text of a page: running headers and footers, numbers of lines, notes at the foot."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from retrieval.documents.models import Omission, OmittedText
from retrieval.documents.pdf.lines import SAME_BASELINE, Cell, piece_text
from retrieval.documents.pdf.paragraphs import PageLine
from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import is_sentence

_NUMBER = lazy_pattern(r"\d{1,4}")
_PAGE_NUMBER = lazy_pattern(r"[-–—\s\[(]*(?:page\s+)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?[-–—\s\])]*", re.IGNORECASE)
EDGE_LINES = 3
"""How many lines at the top, and at the bottom, of a page may be a running header or footer."""
RUNNING_PAGES = 3
"""Pages from which a line that stands on them at the same place is a running one; in a short document two will do."""
_LINE_NUMBER = lazy_pattern(r"(\d{1,3})(?=\s|$)")
LEAST_NUMBERS = 4
NUMBER_STEPS = (1, 2, 5, 10)
NUMBERED_SHARE = 0.8
"""Numbers of lines go up by the same step, but for this part of them."""
WITHIN_SENTENCES = 0.08
"""Part of the numbered lines that begin within a sentence, which those of a list do not."""
MARGIN = 20.0
"""Points by which the starts of the numbers may differ, as they are set to the right."""
NOTE_SIZE = 0.93
"""Letters of notes, beside those of the text."""


# --- running lines


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
        for line in takewhile(lambda line: _is_page_number(line) or not running.isdisjoint(_running_keys(line)), edge)
    }
    if not gone:
        return list(lines), []
    sample = next(line.text for line in lines if line in gone)
    omitted = OmittedText(what=Omission.RUNNING_LINES, count=len(gone), sample=sample[:80])
    return [line for line in lines if line not in gone], [omitted]


def _page_edges(page: list[PageLine]) -> tuple[list[PageLine], list[PageLine]]:
    """The first lines from the top, and from the bottom, of a page; a short page has none twice."""
    down = sorted(page, key=attrgetter("y"), reverse=True)
    half = min(EDGE_LINES, (len(down) + 1) // 2)
    return down[:half], down[: half - 1 : -1][:EDGE_LINES]


def _is_page_number(line: PageLine) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text.strip()))


def _running_keys(line: PageLine) -> Iterator[tuple[str, int, int]]:
    """Keys that a running line shares between pages: place, size and text, a number counted from the page's in it.

    A report's title may be its running header too, but it is larger.
    """
    text, place = line.text.strip(), (round(line.y), round(line.size))
    yield text, *place
    for number in _NUMBER.finditer(text):
        yield f"{text[: number.start()]}{int(number[0]) - line.page:+d}{text[number.end() :]}", *place


# --- numbers of lines


class _Numbered(NamedTuple):
    cell: Cell
    number: int
    text: str  # of the row, behind the number


def without_line_numbers(cells: Sequence[Cell]) -> tuple[list[Cell], int]:
    """Leave out the numbers of a page's lines, as transcripts and bills have them; return how many there were."""
    leading = [numbered for row in _rows(cells) if (numbered := _numbered(row))]
    middle = median([numbered.cell.x for numbered in leading] or [0.0])
    found = [numbered for numbered in leading if abs(numbered.cell.x - middle) <= MARGIN]
    if not _are_line_numbers(found):
        return list(cells), 0
    gone = {numbered.cell: _without_number(numbered) for numbered in found}
    kept = [gone.get(cell, cell) for cell in cells]
    return [cell for cell in kept if cell is not None], len(gone)


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=attrgetter("y"), reverse=True):
        if rows and abs(rows[-1][0].y - cell.y) <= SAME_BASELINE * cell.size:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row, key=attrgetter("x")) for row in rows]


def _numbered(row: Sequence[Cell]) -> _Numbered | None:
    if not next((glyph.text.isdigit() for glyph in row[0].glyphs if not glyph.text.isspace()), False):
        return None
    text = piece_text(row[0]).text
    found = _LINE_NUMBER.match(text)
    if found is None:
        return None
    rest = " ".join([text[found.end() :], *(piece_text(cell).text for cell in row[1:])])
    return _Numbered(row[0], int(found[1]), rest.strip())


def _are_line_numbers(found: Sequence[_Numbered]) -> bool:
    if len(found) < LEAST_NUMBERS:
        return False
    steps = Counter(b.number - a.number for a, b in pairwise(found))
    step, count = steps.most_common(1)[0]
    within = sum(numbered.text[:1].islower() for numbered in found)
    regular = step in NUMBER_STEPS and count >= NUMBERED_SHARE * (len(found) - 1)
    return regular and within >= WITHIN_SENTENCES * len(found)


def _without_number(numbered: _Numbered) -> Cell | None:
    glyphs = list(numbered.cell.glyphs)
    while glyphs and (glyphs[0].text.isspace() or glyphs[0].text.isdigit()):
        glyphs.pop(0)
    return numbered.cell._replace(x=glyphs[0].x, glyphs=tuple(glyphs)) if glyphs else None


# --- notes at the foot


def without_notes(lines: Sequence[PageLine]) -> tuple[list[PageLine], list[PageLine]]:
    """Part the notes at the foot of pages, in smaller letters, from the other lines."""
    body = usual_size(lines)
    notes: list[PageLine] = []
    for _, group in groupby(lines, attrgetter("page", "column")):
        column = list(group)
        small = list(takewhile(lambda line: line.size <= NOTE_SIZE * body, reversed(column)))[::-1]
        first = next((n for n, line in enumerate(small) if line.is_note), None)
        if first is None and notes and not is_sentence(notes[-1].text) and len(small) < len(column):
            first = 0
        notes += small[first:] if first is not None else []
    kept = set(notes)
    return [line._replace(is_note=False) for line in lines if line not in kept], notes


def usual_size(lines: Sequence[PageLine]) -> float:
    """Return the height of most letters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0
