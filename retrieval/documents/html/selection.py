"""Which blocks of a web page belong to its article, as trafilatura tells by the marks that were put into them.

A mark is three letters of Braille, which no regular expression takes for a word and no page but one of Braille holds.
"""

from collections.abc import Iterable, Sequence

import trafilatura
from lxml.html import HtmlElement

from retrieval.documents.html.blocks import HtmlBlock, Node, is_inline
from retrieval.patterns import lazy_pattern

_FIRST, _OTHER = 0x2880, 0x2800
_BASE = 128
_MARK = lazy_pattern(f"[{chr(_FIRST)}-{chr(_FIRST + _BASE - 1)}][{chr(_OTHER)}-{chr(_OTHER + _BASE - 1)}]{{2}}")
_BRAILLE = lazy_pattern("[\u2800-\u28ff]+")
MOST_BLOCKS = _BASE**3


def select(
    tree: HtmlElement, blocks: Sequence[HtmlBlock], removed: Iterable[HtmlElement], layouts: Iterable[HtmlElement]
) -> tuple[set[int], str]:
    """Return the numbers of the blocks that belong to the article, and the article's text without marks.

    Args:
        tree: The page; it is of no use afterwards.
        blocks: Its blocks.
        removed: Elements that no reader sees.
        layouts: Tables that only lay out text.
    """
    _blank_braille(tree)
    for number, block in enumerate(blocks[:MOST_BLOCKS]):
        if block.node is not None:
            _put(block.node, _mark(number))
    for element in removed:
        element.drop_tree()
    _wrap_text(tree, layouts)
    found = trafilatura.bare_extraction(tree, include_comments=False, include_formatting=False)
    if not isinstance(found, trafilatura.settings.Document) or found.body is None:
        return set(), ""
    text = "".join(found.body.itertext())
    kept = {_number(mark) for mark in _MARK.findall(text)}
    return {number for number in kept if number < len(blocks)}, _MARK.sub("", found.text or "")


def _wrap_text(tree: HtmlElement, layouts: Iterable[HtmlElement]) -> None:
    """Make paragraphs of text in cells that only lay out, and of loose text in sections: each is judged alone."""
    for table in layouts:
        for element in [table, *_own_parts(table)]:
            is_cell = element.tag in {"td", "th", "caption"}
            element.tag = "div"
            if is_cell:
                _wrap_loose(element)
    for element in list(tree.iter("section", "main", "center")):
        _wrap_loose(element)


def _wrap_loose(container: HtmlElement) -> None:
    """Wrap what stands in a line in paragraphs, between the blocks of a container."""
    paragraph: HtmlElement | None = None
    children = list(container)
    if (container.text or "").strip():
        paragraph = container.makeelement("p")
        paragraph.text, container.text = container.text, None
        container.insert(0, paragraph)
    for child in children:
        if not is_inline(child) or _holds_block(child):
            paragraph = _wrap_tail(child)
        elif paragraph is None:
            paragraph = container.makeelement("p")
            child.addprevious(paragraph)
            paragraph.append(child)
        else:
            paragraph.append(child)


def _wrap_tail(block: HtmlElement) -> HtmlElement | None:
    """The paragraph of the loose text after a block, where there is some."""
    if not (block.tail or "").strip():
        return None
    paragraph = block.makeelement("p")
    tail, block.tail = block.tail, None
    block.addnext(paragraph)
    paragraph.text = tail
    return paragraph


def _holds_block(element: HtmlElement) -> bool:
    return any(not is_inline(each) for each in element.iterdescendants())


def _own_parts(table: HtmlElement) -> list[HtmlElement]:
    parts: list[HtmlElement] = []
    waiting = list(table)
    while waiting:
        element = waiting.pop()
        if element.tag in {"tbody", "thead", "tfoot", "tr", "td", "th", "caption"}:
            parts.append(element)
            waiting.extend(element if element.tag in {"tbody", "thead", "tfoot", "tr"} else ())
    return parts


def _blank_braille(tree: HtmlElement) -> None:
    for element in tree.iter():
        if element.text and _BRAILLE.search(element.text):
            element.text = _BRAILLE.sub("", element.text)
        if element.tail and _BRAILLE.search(element.tail):
            element.tail = _BRAILLE.sub("", element.tail)


def _put(node: Node, mark: str) -> None:
    element, is_tail = node
    text = (element.tail if is_tail else element.text) or ""
    start = len(text) - len(text.lstrip())
    marked = text[:start] + mark + text[start:]
    if is_tail:
        element.tail = marked
    else:
        element.text = marked


def _mark(number: int) -> str:
    high, low = divmod(number, _BASE)
    return chr(_FIRST + high // _BASE) + chr(_OTHER + high % _BASE) + chr(_OTHER + low)


def _number(mark: str) -> int:
    first, middle, last = map(ord, mark)
    return ((first - _FIRST) * _BASE + middle - _OTHER) * _BASE + last - _OTHER
