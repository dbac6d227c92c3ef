"""Tables to paragraphs: rows of figures and phrases, rows of texts with a label, or cells that only lay out a page."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import TypeAlias

from retrieval.reading.lines import is_sentence

Row: TypeAlias = Sequence[Sequence[str]]
"""Cells, each its paragraphs."""
PHRASE_WORDS = 4
"""Words up to which a cell with a full stop is still a phrase or figure ('approx. 3 bn.')."""
LABEL_WORDS = 8
TEXT_SHARE = 0.5
"""Share of rows with text in their cells from which a table is one of texts."""

LABEL_SHARE = 0.75
"""Share of rows with a label from which a table is read row by row, though there are texts in it."""
CELL_PARAGRAPHS = 8
"""Paragraphs up to which the text in a cell is a remark, not an article."""


class TableKind(Enum):
    """The use that a table is put to."""

    FIGURES = auto()
    TEXTS = auto()
    LAYOUT = auto()


def table_kind(rows: Sequence[Row]) -> TableKind:
    """Return the use of a table: one whose rows begin with a label is no mere layout, unless a cell is an article."""
    filled = [row for row in ([cell for cell in row if cell] for row in rows) if row]
    if all(len(row) == 1 for row in filled) or any(len(cell) > CELL_PARAGRAPHS for row in filled for cell in row):
        return TableKind.LAYOUT
    if sum(any(map(_is_text, row)) for row in filled) < TEXT_SHARE * len(filled):
        return TableKind.FIGURES
    labelled = sum(_is_label(row[0]) for row in filled)
    return TableKind.TEXTS if len(filled) > 1 and labelled >= LABEL_SHARE * len(filled) else TableKind.LAYOUT


def row_paragraphs(row: Row, kind: TableKind) -> Iterator[str]:
    """Yield a row as it is read: one line with bars, a label with its texts, or the cells' paragraphs."""
    cells = [list(cell) for cell in row if cell]
    if kind is TableKind.FIGURES:
        yield " | ".join("; ".join(cell) for cell in cells).replace(": | ", ": ")
    elif kind is TableKind.TEXTS and len(cells) > 1 and _is_label(cells[0]):
        first, *others = (paragraph for cell in cells[1:] for paragraph in _cell_paragraphs(cell))
        yield f"{cells[0][0].removesuffix(':')}: {first}"
        yield from others
    else:
        yield from (paragraph for cell in cells for paragraph in cell)


def _cell_paragraphs(cell: Sequence[str]) -> Sequence[str]:
    """The paragraphs of a cell; a list of phrases is one."""
    return cell if any(map(is_sentence, cell)) else ["; ".join(cell)]


def _is_text(cell: Sequence[str]) -> bool:
    return len(cell) > 1 or (is_sentence(cell[0]) and len(cell[0].split()) > PHRASE_WORDS)


def _is_label(cell: Sequence[str]) -> bool:
    return len(cell) == 1 and not is_sentence(cell[0]) and len(cell[0].split()) <= LABEL_WORDS
