"""The tree of a web page to its paragraphs, as a browser would set them, each with the text nodes that hold it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from retrieval.documents.html.removal import UNREAD, is_formula, removal_kind
from retrieval.documents.markup.line_breaks import fold_source
from retrieval.documents.markup.list_labels import numeral
from retrieval.documents.markup.marks import OBJECT, Removals, read_paragraphs
from retrieval.documents.markup.raised_text import REACH, raised_text
from retrieval.documents.models import Omission
from retrieval.patterns import lazy_pattern
from retrieval.reading.sentences import FORMULA

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math nobr output q rb ruby s"
    " samp small span strike strong sub sup svg time tt u var wbr".split()
)
"""Elements that stand in a line; a browser begins a new one for every other."""
_DISPLAYED = lazy_pattern(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_IN_LINE = lazy_pattern(r"display\s*:\s*inline(?!-?(?:block|table|flex|grid))", re.IGNORECASE)
_RAISED = lazy_pattern(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_NOTE_LINK = lazy_pattern(r"\b(?:(?:foot|end)note-?ref(?:erence)?|(?:doc-)?noteref|fn-?ref)\b", re.IGNORECASE)
_QUOTATION = {"ja": "「」『』", "zh": "“”‘’", "fr": "«»“”", "de": "„“‚‘"}
_DRAWN = frozenset({"svg", "canvas", "object", "video", "audio", "embed"})
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_WORD = lazy_pattern(r"[^\W_]")
_UNSEEN = frozenset(
    {"br", "button", "rt", "rp", "rtc", "script", "style", "template", "noscript", "object", "canvas", "meta", "link"}
)
MOST = 0.5
"""Share of a page's letters from which a hidden part is the page itself, covered by a dialog when it was saved."""


class Node(NamedTuple):
    """A text node: the text of an element, or its tail."""

    element: HtmlElement
    is_tail: bool


class HtmlCell(NamedTuple):
    """A cell of a table: the table, and the numbers of row and cell."""

    table: HtmlElement
    row: int
    column: int


class HtmlBlock(NamedTuple):
    """A stretch of text between the edges of blocks: its paragraphs, its longest text node, its cell and list mark."""

    paragraphs: list[str]
    node: Node | None
    cell: HtmlCell | None
    label: str


class _List:
    """A list that is being read, and the number of its next item."""

    def __init__(self, element: HtmlElement) -> None:
        self.form = _FORMS.get(element.get("type", ""), "decimal")
        self.is_numbered = element.tag == "ol" and "none" not in element.get("style", "")
        self.next = _whole_number(element.get("start"), 1)

    def label(self, item: HtmlElement) -> str:
        number = _whole_number(item.get("value"), self.next)
        self.next = number + 1
        return f"{numeral(number, self.form)}. " if self.is_numbered else "- "


class _Table:
    """A table that is being read, and the place reached."""

    def __init__(self, element: HtmlElement) -> None:
        self.element, self.row, self.column = element, 0, 0


class BlockReader:
    """A walk through a page, with the text of the block that is being read."""

    def __init__(self, tree: HtmlElement) -> None:
        self.removals = Removals()
        self.removed: list[HtmlElement] = []
        self._letters = _count_letters(tree)
        self._walk = iterwalk(tree, events=("start", "end"))
        self._pieces: list[str] = []
        self._longest: tuple[int, Node | None] = (0, None)
        self._tables: list[_Table] = []
        self._lists: list[_List] = []
        self._quotations: list[str] = []
        self._label = ""
        self._preformatted = 0

    def blocks(self) -> Iterator[HtmlBlock]:
        """Yield the blocks that hold text, in order."""
        for event, element in self._walk:
            edge = not is_inline(element)
            if edge:
                yield from self._flush()
            if event == "start":
                self._start(element)
            else:
                self._end(element)
                self._add_text(element, is_tail=True)
        yield from self._flush()

    def _start(self, element: HtmlElement) -> None:
        if self._replace(element):
            self._walk.skip_subtree()
            return
        tag = element.tag
        if tag == "table":
            self._tables.append(_Table(element))
        elif tag == "tr" and self._tables:
            self._tables[-1].row += 1
        elif tag in {"td", "th", "caption"} and self._tables:
            self._tables[-1].column += 1
        elif tag in {"ul", "ol", "menu"}:
            self._lists.append(_List(element))
        elif tag == "li":
            self._label = self._lists[-1].label(element) if self._lists else "- "
        elif tag in {"pre", "listing", "xmp"}:
            self._preformatted += 1
        elif tag == "q":
            self._open_quotation(element)
        self._add_text(element, is_tail=False)

    def _end(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "table" and self._tables:
            self._tables.pop()
        elif tag in {"ul", "ol", "menu"} and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._label = ""
        elif tag in {"pre", "listing", "xmp"}:
            self._preformatted -= 1
        elif tag == "q" and self._quotations:
            self._pieces.append(self._quotations.pop())

    def _replace(self, element: HtmlElement) -> bool:
        """Put a sign in the place of an element whose own text is not read; whether that was done."""
        tag = element.tag
        if self._is_removed(element):
            pass
        elif is_formula(element):
            self._pieces.append(f" {FORMULA} ")
        elif tag == "br":
            self._pieces.append(" " if _is_in_heading(element) else "\n")
        elif tag == "img" or tag in _DRAWN:
            self._pieces.append(OBJECT if _is_content(element) else "")
        elif tag in {"rt", "rp", "rtc"}:
            self._leave_reading(element)
        elif _is_raised(element):
            self._add_raised(element)
        else:
            return tag in UNREAD or (tag == "button" and not _is_in_heading(element))
        return True

    def _is_removed(self, element: HtmlElement) -> bool:
        """Whether an element is left out, which is noted; not the page itself, hidden by a dialog as it was saved."""
        what = None if element.tag in UNREAD or is_formula(element) else removal_kind(element)
        if what is None:
            return False
        text = " ".join(_shown_text(element))
        if what is Omission.HIDDEN and len(text) > MOST * self._letters:
            return False
        if _WORD.search(text):
            self.removals.add(what, text)
        self.removed.append(element)
        return True

    def _add_raised(self, element: HtmlElement) -> None:
        text = element.text_content()
        before = "".join(piece[-REACH:] for piece in self._pieces[-REACH:])
        shown = raised_text(before, text, (element.tail or "")[:1], linked=_is_note_link(element, text))
        if shown is None:
            self.removals.add(Omission.NOTE_MARKS, text)
        else:
            self._pieces.append(shown)

    def _leave_reading(self, element: HtmlElement) -> None:
        if element.tag == "rt" and _WORD.search(element.text_content()):
            self.removals.add(Omission.READINGS, element.text_content())

    def _open_quotation(self, element: HtmlElement) -> None:
        language = next((each.get("lang", "") for each in (element, *element.iterancestors()) if each.get("lang")), "")
        marks = _QUOTATION.get(language.lower()[:2], "“”‘’")
        level = 2 * (len(self._quotations) % 2)
        self._pieces.append(marks[level])
        self._quotations.append(marks[level + 1])

    def _add_text(self, element: HtmlElement, *, is_tail: bool) -> None:
        text = element.tail if is_tail else element.text
        if not text:
            return
        self._pieces.append(text if self._preformatted else fold_source(text))
        if len(text.strip()) > self._longest[0]:
            self._longest = len(text.strip()), Node(element, is_tail)

    def _flush(self) -> Iterator[HtmlBlock]:
        paragraphs = read_paragraphs("".join(self._pieces), self.removals)
        node = self._longest[1]
        self._pieces, self._longest = [], (0, None)
        if paragraphs:
            yield HtmlBlock(paragraphs, node, self._cell(), self._label)
            self._label = ""
            self.removals.place += 1

    def _cell(self) -> HtmlCell | None:
        if not self._tables:
            return None
        table = self._tables[-1]
        return HtmlCell(table.element, table.row, table.column)


def is_inline(element: HtmlElement) -> bool:
    """Return whether an element stands in a line of text, as its name and its style say."""
    if element.tag in _INLINE:
        return "style" not in element.attrib or not _DISPLAYED.search(element.get("style", ""))
    if "style" in element.attrib and _IN_LINE.search(element.get("style", "")):
        return True
    return ("-" in element.tag and element.tag != "annotation-xml") or element.tag in _UNSEEN


def _is_raised(element: HtmlElement) -> bool:
    if element.tag == "a":
        return bool(_NOTE_LINK.search(element.get("class", "") + " " + element.get("role", "")))
    return element.tag == "sup" or (element.tag == "span" and bool(_RAISED.search(element.get("style", ""))))


def _is_in_heading(element: HtmlElement) -> bool:
    return next(element.iterancestors("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"), None) is not None


def _is_note_link(element: HtmlElement, text: str) -> bool:
    """Whether raised text leads to a footnote."""
    around = element.getparent()
    inner = next(element.iter("a"), None)
    if inner is None and around is not None and around.tag == "a" and len(around) == 1:
        inner = around
    if inner is not None and inner.text_content().strip() == text.strip():
        return True
    stated = element.get("class", "") + " " + element.get("role", "")
    return bool(_NOTE_LINK.search(stated)) or "reference" in stated.split()


def _is_content(element: HtmlElement) -> bool:
    """Whether a picture may say something: it is not drawn for decoration, nor to count visitors."""
    if element.tag != "img":
        return bool(element.get("aria-label")) or element.get("role") == "img"
    if element.get("alt") == "" or element.get("role") in {"presentation", "none"}:
        return False
    small = {element.get("width", ""), element.get("height", "")} & {"0", "1", "0px", "1px"}
    return not small and not re.search(
        r"emoji|icon|flag|spacer|pixel", element.get("class", "") + element.get("src", "")
    )


def _whole_number(stated: str | None, otherwise: int) -> int:
    text = (stated or "").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise


def _count_letters(tree: HtmlElement) -> int:
    """How many characters of text a page has."""
    return sum(len(e.tail or "") + (0 if e.tag in UNREAD else len(e.text or "")) for e in tree.iter())


def _shown_text(element: HtmlElement) -> Iterator[str]:
    for each in element.iter():
        yield "" if each.tag in UNREAD else each.text or ""
        yield (each.tail or "") if each is not element else ""
