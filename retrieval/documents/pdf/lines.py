"""Letters to the lines of a page: pieces of one baseline are one line, raised marks are left out, gaps are spaces."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from retrieval.documents.pdf.glyphs import Glyph
from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import is_unspaced

SAME_BASELINE = 0.25
"""In letter heights: two baselines this near are one."""
BACKWARDS = 0.5
PIECE_GAP = 0.9
"""In letter heights: a gap this wide may be that between columns; a narrower one is a space."""
CELL_GAP = 2.0
"""In letter heights: what stands this far apart in a row, and not in columns, is a row of a table."""
SPACE_GAP = 0.13
WIDE_SPACE_GAP = 0.5
"""The same for letters of scripts that put no spaces between words."""
HINT_OVERLAP = 0.2
"""In letter heights: so far back may a letter begin where PDFium sees a space before it, as after a slanted f."""
APART = 0.03
"""The same for a capital that was drawn apart from the small letter before it."""
OVERDRAWN = 0.15
"""The same where the capital is drawn over that letter: the words were placed by the widths of another font."""
RAISED_SIZE, RAISED_BY = 0.85, 0.12
RAISED_WITHIN = (-0.5, 0.9)
BESIDE_BEFORE, BESIDE_BEHIND = 0.25, 1.0
"""In letter heights: how far a raised mark may stand before, or behind, the words that it is raised from."""
MARK_LETTERS = 5
_ENDS_WORD = lazy_pattern(r"[^\W\d_A-Z]$|[.,;:!?)]$")
_MARK = lazy_pattern(r"(?:\d{1,3}|[a-z]|[*∗†‡§¶]{1,3})(?:[,–\s]{1,2}(?:\d{1,3}|[a-z]))*[.)]?")
_POWERS = str.maketrans("0123456789-−+n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺ⁿ")
_POWER = lazy_pattern(r"[-−+]?\d{1,3}|n")
_UNIT = lazy_pattern(r"(?:^|[\s\d(/])[kcdmµ]?m$")
_BASE = lazy_pattern(r"(?:^|[\s×x·*(\d])10$")


class Cell(NamedTuple):
    """Text without a wide gap, with its box: start and end on the baseline, and the height of its letters."""

    x: float
    end: float
    y: float
    size: float
    glyphs: tuple[Glyph, ...]
    letters: int  # a Chinese or Japanese one counts twice


def cells(glyphs: Iterable[Glyph]) -> list[Cell]:
    """Put letters together to pieces of lines: top down, from left to right."""
    rows = _rows(_runs(glyphs))
    return [_cell(piece) for row in rows for piece in _split_at_gaps(row)]


# --- runs of letters, as they were drawn


def _runs(glyphs: Iterable[Glyph]) -> list[Cell]:
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _goes_on(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_cell(run) for run in runs if any(not glyph.text.isspace() for glyph in run)]


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    size = max(before.size, glyph.size)
    gap = glyph.x - before.end
    same_height = abs(glyph.y - before.y) <= RAISED_BY * size
    same_size = min(before.size, glyph.size) >= RAISED_SIZE * size
    return same_height and same_size and -BACKWARDS * size < gap < PIECE_GAP * size


def _cell(run: Sequence[Glyph]) -> Cell:
    shown = [glyph for glyph in run if not glyph.text.isspace()]
    size = Counter(round(glyph.size, 1) for glyph in shown).most_common(1)[0][0]
    level = [glyph.y for glyph in shown if glyph.size >= RAISED_SIZE * size] or [shown[0].y]
    letters = sum(2 if is_unspaced(glyph.text) else 1 for glyph in shown if glyph.text.isalpha())
    return Cell(shown[0].x, max(glyph.end for glyph in shown), median(level), size, tuple(run), letters)


# --- rows: runs of one baseline, with what is raised beside them


def _rows(runs: Sequence[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for run in sorted(runs, key=attrgetter("y"), reverse=True):
        if rows and abs(rows[-1][0].y - run.y) <= SAME_BASELINE * min(rows[-1][0].size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    rows = _with_raised(rows)
    return [sorted(row, key=attrgetter("x")) for row in rows]


def _with_raised(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Put raised and lowered marks into the rows that they stand in."""
    for number, row in enumerate(rows):
        for run in [run for run in row if len(run.glyphs) <= MARK_LETTERS]:
            home = next((near for near in _near(rows, number) if any(_is_beside(run, other) for other in near)), None)
            if home is not None:
                row.remove(run)
                home.append(run)
    return [row for row in rows if row]


def _near(rows: Sequence[list[Cell]], number: int) -> list[list[Cell]]:
    return [rows[n] for n in (number + 1, number - 1, number + 2, number - 2) if 0 <= n < len(rows) and rows[n]]


def _is_beside(mark: Cell, run: Cell) -> bool:
    lowest, highest = RAISED_WITHIN
    near = mark.x - run.end < BESIDE_BEHIND * run.size and run.x - mark.end < BESIDE_BEFORE * run.size
    return near and mark.size < RAISED_SIZE * run.size and lowest < (mark.y - run.y) / run.size < highest


def _split_at_gaps(row: Sequence[Cell]) -> list[list[Glyph]]:
    pieces: list[list[Glyph]] = []
    end = 0.0
    for run in row:
        if pieces and run.x - end < PIECE_GAP * max(run.size, 1.0):
            pieces[-1].extend(run.glyphs)
        else:
            pieces.append(list(run.glyphs))
        end = max(end, run.end) if len(pieces[-1]) > len(run.glyphs) else run.end
    return pieces


# --- the text of a piece


class PieceText(NamedTuple):
    """The text of a piece of a line, and how many raised marks were left out of it."""

    text: str
    marks: int


def piece_text(cell: Cell) -> PieceText:
    """Return the text of a piece: gaps as spaces, powers as such, marks of notes left out."""
    text, marks = "", 0
    before: Glyph | None = None
    tracking = _tracking(cell)
    for raised, group in groupby(cell.glyphs, lambda glyph: _is_raised(glyph, cell)):
        glyphs = list(group)
        piece = _spaced(glyphs, tracking)
        shown = _raised_text(text, piece) if raised else piece
        if not raised and before is not None and _has_gap(before, glyphs[0], tracking):
            shown = " " + shown
        before = glyphs[-1]
        marks += raised and not shown and bool(piece.strip())
        text += shown
    return PieceText(text.strip(), marks)


def _is_raised(glyph: Glyph, cell: Cell) -> bool:
    small = glyph.size < RAISED_SIZE * cell.size or (
        glyph.text.isdigit() and glyph.y - cell.y > 2 * RAISED_BY * cell.size
    )
    return small and glyph.y - cell.y > RAISED_BY * cell.size and not glyph.text.isspace()


def _raised_text(before: str, raised: str) -> str:
    """Raised letters as they are to be read after a text: a power, the end of a word, or nothing for a note's mark."""
    bare = raised.strip()
    if _POWER.fullmatch(bare) and (_BASE.search(before) or (_UNIT.search(before) and bare in {"2", "3", "-1", "−1"})):
        return bare.translate(_POWERS)
    return "" if _MARK.fullmatch(bare) else raised


def _spaced(glyphs: Sequence[Glyph], tracking: float) -> str:
    text = glyphs[0].text
    for before, glyph in pairwise(glyphs):
        text += " " * _has_gap(before, glyph, tracking) + glyph.text
    return text


def _has_gap(before: Glyph, glyph: Glyph, tracking: float) -> bool:
    if before.text.isspace() or glyph.text.isspace():
        return False
    gap = glyph.x - before.end
    if before.piece != glyph.piece and _ENDS_WORD.search(before.text) and glyph.text.isupper():
        return gap > APART * glyph.size or gap < -OVERDRAWN * glyph.size
    if glyph.spaced and before.piece == glyph.piece and not is_unspaced(glyph.text) and not _is_ligature(before):
        return gap > -HINT_OVERLAP * glyph.size
    unspaced = is_unspaced(before.text) and is_unspaced(glyph.text)
    least = WIDE_SPACE_GAP if unspaced else SPACE_GAP
    return gap > least * min(before.size, glyph.size) + tracking


def _is_ligature(glyph: Glyph) -> bool:
    """Whether letters were drawn as one, whose width PDFium takes for that of the first."""
    return len(glyph.text) > 1 or "\ufb00" <= glyph.text <= "\ufb06"


def _tracking(cell: Cell) -> float:
    """The usual gap between the letters of a piece, where they are set apart."""
    gaps = [b.x - a.end for a, b in pairwise(cell.glyphs) if not a.text.isspace() and not b.text.isspace()]
    return max(median(gaps), 0.0) if gaps else 0.0
