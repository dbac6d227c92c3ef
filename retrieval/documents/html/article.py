"""The article of a web page: its blocks, its tables by row or by cell, and the omissions."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from lxml.etree import Comment, ProcessingInstruction, strip_tags
from lxml.html import HtmlElement

from retrieval.documents.html.blocks import BlockReader, HtmlBlock
from retrieval.documents.html.selection import select
from retrieval.documents.html.style_sheets import mark_hidden
from retrieval.documents.markup.marks import attach_formulas, count_marks
from retrieval.documents.markup.tables import Row, TableKind, row_paragraphs, table_kind
from retrieval.documents.models import Omission, OmittedText
from retrieval.reading.sentences import FORMULA


class WebArticle(NamedTuple):
    """The paragraphs of an article, and the omissions."""

    paragraphs: list[str]
    omissions: list[OmittedText]


def read_article(tree: HtmlElement) -> WebArticle:
    """Return the article in a page, whose tree is of no use afterwards; without paragraphs where there is none."""
    strip_tags(tree, Comment, ProcessingInstruction)
    mark_hidden(tree)
    reader = BlockReader(tree)
    blocks = list(reader.blocks())
    kinds = _table_kinds(blocks)
    layouts = [table for table, kind in kinds.items() if kind is TableKind.LAYOUT]
    kept, text = select(tree, blocks, reader.removed, layouts)
    if not kept:  # the article stands in the page's metadata, not in its body
        return WebArticle(text.splitlines(), [])
    kept = _whole_rows(blocks, kept, kinds)
    kept |= {number for number, block in enumerate(blocks) if block.paragraphs == [FORMULA] and number - 1 in kept}
    texts = _texts([blocks[number] for number in sorted(kept)], kinds)
    paragraphs = [paragraph for text in attach_formulas(texts) for paragraph in text]
    around = sum(_count_words(block) for number, block in enumerate(blocks) if number not in kept)
    surroundings = [OmittedText(what=Omission.SURROUNDINGS, count=around)] if around else []
    removed = reader.removals.omissions(min(kept), max(kept) + 1)
    return WebArticle(paragraphs, [*surroundings, *removed, *count_marks(paragraphs)])


def _count_words(block: HtmlBlock) -> int:
    return sum(len(paragraph.split()) for paragraph in block.paragraphs)


def _table_kinds(blocks: Sequence[HtmlBlock]) -> dict[HtmlElement, TableKind]:
    """The tables with text, and those around them, each with its use."""
    kinds: dict[HtmlElement, TableKind] = {}
    nesting: set[HtmlElement] = set()
    cells: dict[HtmlElement, list[HtmlBlock]] = {}
    for block in blocks:
        if block.cell is not None:
            cells.setdefault(block.cell.table, []).append(block)
    for table, own in cells.items():
        if table not in nesting:
            nesting.update(_tables_around(table, nesting))
        is_layout = table.get("role") in {"presentation", "none"}
        kinds[table] = TableKind.LAYOUT if is_layout else table_kind(_rows(own))
    return kinds | dict.fromkeys(nesting, TableKind.LAYOUT)


def _tables_around(table: HtmlElement, known: set[HtmlElement]) -> Iterator[HtmlElement]:
    for around in table.iterancestors("table"):
        if around in known:
            return
        yield around


def _rows(blocks: Sequence[HtmlBlock]) -> list[Row]:
    """The rows of one table, from its blocks in order."""
    return [_cells(row) for _, row in groupby(blocks, attrgetter("cell.row"))]


def _cells(blocks: Iterator[HtmlBlock]) -> Row:
    """The cells of one row, from its blocks in order."""
    by_column = groupby(blocks, attrgetter("cell.column"))
    return [[" ".join(block.paragraphs) for block in cell] for _, cell in by_column]


def _row_of(block: HtmlBlock, kinds: Mapping[HtmlElement, TableKind]) -> tuple[HtmlElement, int] | None:
    """The row that a block belongs to, in a table that is read row by row."""
    if block.cell is None or kinds[block.cell.table] is TableKind.LAYOUT:
        return None
    return block.cell.table, block.cell.row


def _whole_rows(blocks: Sequence[HtmlBlock], kept: set[int], kinds: Mapping[HtmlElement, TableKind]) -> set[int]:
    """The blocks to keep, with all others of their rows."""
    rows = {_row_of(blocks[number], kinds) for number in kept} - {None}
    return kept | {number for number, block in enumerate(blocks) if _row_of(block, kinds) in rows}


def _texts(blocks: Sequence[HtmlBlock], kinds: Mapping[HtmlElement, TableKind]) -> Iterator[list[str]]:
    for row, group in groupby(blocks, key=lambda block: _row_of(block, kinds)):
        if row is not None:
            yield from ([text] for text in row_paragraphs(_cells(group), kinds[row[0]]))
        else:
            yield from ([block.label + block.paragraphs[0], *block.paragraphs[1:]] for block in group)
