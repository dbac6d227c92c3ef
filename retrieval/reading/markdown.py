"""The blocks of a Markdown article, line by line: which lines flow together, and which are never quoted."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import Line


class Block(StrEnum):
    """What a line belongs to; the text of the last five is never quoted."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "list item"
    ROW = "table row"
    FRONT_MATTER = "front matter"
    CODE = "code"
    COMMENT = "a comment"
    CONTENTS = "a link of a table of contents"
    MARKS = "marks of the layout"


QUOTABLE = frozenset({Block.TEXT, Block.HEADING, Block.ITEM, Block.ROW})


class LineBlock(NamedTuple):
    """What a line is.

    Attributes:
        block: What it belongs to.
        number: The number of its block; lines of one block flow together.
        is_broken: Whether the line's end is a break that the author set.
    """

    block: Block
    number: int
    is_broken: bool = False


FRONT_MATTER_LINES = 60
"""How many lines a front-matter block has at most."""


def front_matter_end(lines: Sequence[Line]) -> int:
    """Return how many lines the front matter takes, its fences too; 0 where there is none."""
    if not lines or (fence := lines[0].text.strip("\ufeff \t")) not in {"---", "+++"}:
        return 0
    closing = {"---", "..."} if fence == "---" else {"+++"}
    ends = (n for n, line in enumerate(lines[1:FRONT_MATTER_LINES], 2) if line.text.strip() in closing)
    return next(ends, 0)


def read_blocks(text: str, lines: Sequence[Line], *, markdown: bool) -> list[LineBlock]:
    """Name what each line of an article belongs to.

    Args:
        text: The whole article.
        lines: All its lines.
        markdown: Whether it is Markdown; of a plain text only the front matter has a name.

    Returns:
        One entry a line.
    """
    front = front_matter_end(lines)
    head = [LineBlock(Block.FRONT_MATTER, 0)] * front
    if not markdown or front == len(lines):
        return head + [LineBlock(Block.TEXT, 0)] * (len(lines) - front)
    first = lines[front]
    blocks = _Blocks(text[first.start :]).read()
    return head + [blocks[line.number - first.number] for line in lines[front:]]


_HARD_BREAK = lazy_pattern(r"\S(?: {2,}|\\)$")
_IMAGES = lazy_pattern(r"(?:\[?!\[[^\[\]]*\]\([^()]*\)(?:\]\([^()]*\))?\s*)+")
_CONTENTS = lazy_pattern(r"(?:[-*+]|\d+[.)])\s+\[[^\[\]]*\]\(#[^()]*\)")
_TAG = lazy_pattern(r"<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>]*>", re.DOTALL)
_ROW = lazy_pattern(r"<tr\b.*?</tr\s*>", re.DOTALL | re.IGNORECASE)
_BLOCK_TAG = lazy_pattern(r"</?(?:p|div|li|[uo]l|d[ldt]|table|t[dhr]|h[1-6]|figure|figcaption|br)\b", re.IGNORECASE)
_CODE_TAG = lazy_pattern(r"\s*<(?:script|style)\b", re.IGNORECASE)
_WORD = lazy_pattern(r"[^\W_]")
_KINDS = {
    "fence": Block.CODE,
    "hr": Block.MARKS,
    "table_open": Block.MARKS,
    "tr_open": Block.ROW,
    "paragraph_open": Block.TEXT,
}


class _Blocks:
    """The blocks of a Markdown text, by markdown-it's map of its lines."""

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._blocks = [LineBlock(Block.MARKS, 0)] * len(self._lines)  # a link's definition has no token

    def read(self) -> list[LineBlock]:
        """Return one entry a line, as editors count lines."""
        from markdown_it import MarkdownIt  # noqa: PLC0415 - plain texts do without

        parser = MarkdownIt("commonmark").enable("table").disable("code")  # set in by hand, a paragraph is still text
        parser.core.ruler.enableOnly(["normalize", "block"])
        items: set[int] = set()
        for number, token in enumerate(parser.parse("\n".join(self._lines)), 1):
            if token.map is None:
                continue
            first, last = token.map[0], min(token.map[1], len(self._lines))
            if token.type == "list_item_open":
                items.add(first)
            elif token.type == "html_block":
                self._read_html(first, last, number)
            elif token.type == "heading_open":
                self._put(Block.HEADING, range(first, last if token.markup.startswith("#") else last - 1), number)
            elif token.type in _KINDS:
                self._put(_KINDS[token.type], range(first, last), number)
        for line in items:
            self._blocks[line] = self._blocks[line]._replace(block=self._item(line))
        return self._blocks

    def _put(self, block: Block, lines: Iterable[int], number: int) -> None:
        for line in lines:
            text = self._lines[line]
            kind = Block.MARKS if block is Block.TEXT and _IMAGES.fullmatch(text.strip()) else block
            self._blocks[line] = LineBlock(kind, number, is_broken=bool(_HARD_BREAK.search(text)))

    def _item(self, line: int) -> Block:
        if self._blocks[line].block is not Block.TEXT:
            return self._blocks[line].block
        return Block.CONTENTS if _CONTENTS.fullmatch(self._lines[line].strip()) else Block.ITEM

    def _read_html(self, first: int, last: int, number: int) -> None:
        """Name the lines of a block of HTML: those with visible words are text, the cells of a row flow together."""
        block = "\n".join(self._lines[first:last])
        words = _TAG.sub(_blank, block).split("\n")
        rows = _row_numbers(block)
        hidden = Block.COMMENT if block.lstrip().startswith("<!--") else Block.MARKS
        for place, line in enumerate(range(first, last)):
            if not _WORD.search(words[place]) or _CODE_TAG.match(block):
                self._blocks[line] = LineBlock(hidden, number)
            elif place in rows:
                self._blocks[line] = LineBlock(Block.ROW, number * ROWS + rows[place])
            else:
                self._blocks[line] = LineBlock(Block.TEXT, number, is_broken=bool(_BLOCK_TAG.search(self._lines[line])))


ROWS = 10_000
"""Most rows of a table that have numbers of their own."""


def _blank(tag: re.Match[str]) -> str:
    """A tag as spaces, its line breaks in their places."""
    return re.sub(r"[^\n]", " ", tag[0])


def _row_numbers(block: str) -> dict[int, int]:
    """The numbers of table rows by the lines of a block."""
    spans = [(block.count("\n", 0, row.start()), block.count("\n", 0, row.end())) for row in _ROW.finditer(block)]
    return {line: row for row, (first, last) in enumerate(spans) for line in range(first, last + 1)}
