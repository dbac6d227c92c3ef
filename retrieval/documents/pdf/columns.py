"""Pieces of lines in the order in which they are read: columns one after the other, rows of tables across."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from statistics import median
from typing import NamedTuple

from retrieval.documents.pdf.lines import CELL_GAP, SAME_BASELINE, Cell, piece_text
from retrieval.documents.pdf.paragraphs import PageLine
from retrieval.patterns import lazy_pattern

LEAST_LINES = 3
"""Lines that a column has at least."""
PROSE_LETTERS = 12
"""Letters of a line in a column of prose, at least in the middle of them; fewer are a table's."""
ALIGNED = 3.0
"""Points by which the starts of a column's lines may differ."""
GUESSED = 0.3
"""Part by which the height of letters may differ from the usual one where text recognition guessed it."""
HANGING = 6.0
"""Points by which quotation marks and bullets may stand out of a column."""
BULLET_LETTERS = 4
"""Letters of what may stand far before the first line of a paragraph: a bullet, a number."""
GUTTER = 0.6
"""In letter heights: the least space between columns."""
_NOTE = lazy_pattern(r"(?:\d{1,3}|[*∗†‡§]{1,3})(?![\d.,%:/-])")
"""How a note at the foot begins."""


def blocks(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return the pieces of a page by columns, in the order in which the columns are read."""
    cells = sorted(cells, key=_downwards)
    if len(cells) < 2 * LEAST_LINES:
        return [cells] if cells else []
    splits = [split for edge in _edges(cells) for split in _splits(cells, edge)]
    if not splits:
        return [cells]
    best = max(splits, key=attrgetter("size"))
    return [block for part in best for block in blocks(part)]


def _downwards(cell: Cell) -> tuple[float, float]:
    return -cell.y, cell.x


class _Split(NamedTuple):
    """The pieces above two columns, those of either, and those below."""

    above: list[Cell]
    left: list[Cell]
    right: list[Cell]
    below: list[Cell]

    @property
    def size(self) -> int:
        """How many pieces stand in the two columns."""
        return len(self.left) + len(self.right)


def _splits(cells: list[Cell], edge: float) -> Iterator[_Split]:
    for start, end in _bands(cells, edge):
        left = [cell for cell in cells[start:end] if cell.x < edge - HANGING]
        right = [cell for cell in cells[start:end] if cell.x >= edge - HANGING]
        if _are_columns(left, right):
            yield _Split(cells[:start], left, right, cells[end:])


def _edges(cells: Sequence[Cell]) -> list[float]:
    """Where columns may begin: places at which several pieces do, the first of the page's left out."""
    starts = sorted(cell.x for cell in cells)
    edges, run = [], [starts[0]]
    for x in (*starts[1:], float("inf")):
        if x - run[0] <= ALIGNED:
            run.append(x)
            continue
        if len(run) >= LEAST_LINES and run[0] > starts[0] + ALIGNED:
            edges.append(run[0] - 0.1)
        run = [x]
    return edges


def _bands(cells: Sequence[Cell], edge: float) -> list[tuple[int, int]]:
    """The runs of pieces of which none crosses an edge."""
    gutter = GUTTER * median(cell.size for cell in cells)
    crossing = [cell.x < edge - HANGING and edge < cell.end + gutter for cell in cells]
    runs = [[n for n, _ in group] for crosses, group in groupby(enumerate(crossing), itemgetter(1)) if not crosses]
    return [(run[0], run[-1] + 1) for run in runs]


def _are_columns(left: Sequence[Cell], right: Sequence[Cell]) -> bool:
    if not _is_prose(left) or not _is_prose(right):
        return False
    overlap = min(left[0].y, right[0].y) - max(left[-1].y, right[-1].y)
    return overlap >= (LEAST_LINES - 2) * max(left[0].size, right[0].size)


def _is_prose(cells: Sequence[Cell]) -> bool:
    lengths = [sum(cell.letters for cell in row) for row in _rows(cells)]
    return len(lengths) >= LEAST_LINES and median(lengths) >= PROSE_LETTERS


# --- lines


class BlockLines(NamedTuple):
    """The lines of a column, top down, and how many marks of notes were left out of them."""

    lines: list[PageLine]
    marks: int


def block_lines(page: int, column: int, cells: Sequence[Cell]) -> BlockLines:
    """Put the pieces of a column together to lines, one for each baseline."""
    read = [_line(page, column, sorted(row, key=attrgetter("x"))) for row in _rows(cells)]
    return BlockLines([line for line, _ in read if line.text.strip()], sum(marks for _, marks in read))


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The pieces by their baselines, top down as they come."""
    rows: list[list[Cell]] = []
    for cell in cells:
        if rows and abs(rows[-1][0].y - cell.y) <= SAME_BASELINE * min(rows[-1][0].size, cell.size):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _line(page: int, column: int, row: Sequence[Cell]) -> tuple[PageLine, int]:
    pieces = [piece_text(cell) for cell in row]
    size = max(row, key=lambda cell: len(cell.glyphs)).size
    letters = [glyph for cell in row for glyph in cell.glyphs if not glyph.text.isspace()]
    line = PageLine(
        page,
        row[0].x,
        row[0].y,
        size,
        " ".join(piece.text for piece in pieces if piece.text),
        bold=all(glyph.bold for glyph in letters),
        end=row[-1].end,
        column=column,
        is_note=bool(_NOTE.match("".join(glyph.text for glyph in row[0].glyphs).lstrip())),
        is_row=any(b.x - a.end > CELL_GAP * size and len(a.glyphs) > BULLET_LETTERS for a, b in pairwise(row)),
    )
    return line, sum(piece.marks for piece in pieces)


def even(lines: Sequence[PageLine]) -> list[PageLine]:
    """Return lines as if of one height where theirs are alike, which text recognition guesses word by word."""
    usual = median(line.size for line in lines) if lines else 1.0
    return [line._replace(size=usual) if abs(line.size - usual) <= GUESSED * usual else line for line in lines]
