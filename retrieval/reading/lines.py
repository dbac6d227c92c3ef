"""The lines of an article as they stand in its file, and whether a line's end is a paragraph's."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.text.shown_text import PAGE_NAME

_BREAK = lazy_pattern(r"\r\n|\n|\r")
"""What ends a line, as editors count lines."""
_SOFT_BREAK = lazy_pattern(r"(?:\r\n|\n|\r)\f?|(?<! )\f|\f(?! )|[\v\x85\u2028\u2029]")
"""What ends a line for a reader; a line that ends otherwise leaves the next its number.

A page's end between two spaces does not: there lines were put together before.
"""
_SOFT_SIGN = lazy_pattern(r"[\v\f\x85\u2028\u2029]")
_WORD = lazy_pattern(r"[^\W_]")
_PREFIX = lazy_pattern(r"[\s\ufeff]*(?:>[\s>]*)?")
_PREFIX_SIGNS = frozenset(" \t>\ufeff\xa0\u3000")
_SENTENCE_END = lazy_pattern(
    r"[.!?…。！？](?:[\"'”’»)\]」』*_\\¹²³⁰-⁹]|\[\^?\w{1,4}\]|</?\w[^<>]*>|(?<=[”’\"')])\d{1,3}\b|\s)*$"
)
_TITLE_AT_END = lazy_pattern(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sen|Rep|Gov|Hon|Rev|St|Amb|Messrs|No|Art|Sec|vs)\.$"
)


TAIL = 60
"""How many code points from its end a line is looked at for how it ends."""


class Line(NamedTuple):
    """One line: its number from 1, where in the article it stands, and its text without the line break.

    Attributes:
        indent: How many characters stand before its content: white space, a byte order mark, marks of quoted mail.
        content: Its text without these, and without the white space behind it.
    """

    number: int
    start: int
    text: str
    indent: int
    content: str

    @property
    def end(self) -> int:
        """Offset after its last code point, the line break left out."""
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether it holds no letter and no digit, or only the name of a page of the Congressional Record."""
        return not _WORD.search(self.content) or (self.content[:2] == "[[" and bool(PAGE_NAME.fullmatch(self.content)))


def read_lines(text: str, *, soft: bool = False) -> list[Line]:
    """Split an article's text into lines.

    Args:
        text: The whole article as decoded.
        soft: Whether a page's end, a vertical tab and Unicode's separators end a line too.

    Returns:
        Every line, blank ones included, in order; a line's `text` never holds its line break.
    """
    lines, number, start = [], 1, 0
    for match in (_SOFT_BREAK if soft and _SOFT_SIGN.search(text) else _BREAK).finditer(text):
        lines.append(_line(number, start, text[start : match.start()]))
        number, start = number + (match[0][0] in "\r\n"), match.end()
    return [*lines, _line(number, start, text[start:])]


def _line(number: int, start: int, text: str) -> Line:
    prefix = _PREFIX.match(text) if text[:1] in _PREFIX_SIGNS else None
    indent = prefix.end() if prefix else 0
    return Line(number, start, text, indent, text[indent:].rstrip())


def is_sentence(text: str) -> bool:
    """Return whether a line ends as a sentence does."""
    end = text[-TAIL:]
    return bool(_SENTENCE_END.search(end)) and not _TITLE_AT_END.search(end)


def visible(text: str) -> str:
    """Return the text of a line without the white space and byte order mark around it."""
    return text.strip().lstrip("\ufeff").strip()


# --- where a page ends

PAGE = 800
"""Fewest code points between the numbers of two pages, or before the only one."""
COUNTS_ON = range(1, 3)
"""How far one number is from the next; a page may be without."""
LINES_OF_PAGE = 3
"""Fewest lines to a blank one, in a text in which blank lines end pages alone."""
_LAST_NUMBER = lazy_pattern(
    r"(?:^|(?<=\s))(?<!\bArticle\s)(?<!\bChapter\s)(?<!\bSection\s)(\d{1,3})"
    r"( General Assembly \d{1,3}(?:st|nd|rd|th) (?:plenary )?meeting)?$"
)
"""The number of a page, or with it the head of the next page of the United Nations' records of 1994 and 1995."""


class PageEnd(NamedTuple):
    """The number of a page at the end of a line.

    Attributes:
        line: Offset of the line in the article.
        start: Offset of its first digit.
        content: What stands before it on its line.
        number: The number.
        has_head: Whether the head of the next page stands behind it.
    """

    line: int
    start: int
    content: str
    number: int
    has_head: bool


def page_ends(lines: Sequence[Line]) -> dict[int, PageEnd]:
    """Return the numbers of pages by the starts of the lines that end with them.

    They stand before a blank line, and count on from page to page, or the text has hardly a blank line elsewhere.
    """
    ends = [end for line, following in pairwise(lines) if not following.text.strip() and (end := _page_end(line))]
    if not ends:
        return {}
    gaps = sum(before.is_blank and not line.is_blank for before, line in pairwise(lines))
    texts = sum(not line.is_blank for line in lines)
    is_paged = gaps <= len(ends) + 1 and texts > LINES_OF_PAGE * gaps
    proven = {end for end in ends if end.has_head or (is_paged and end.start >= PAGE)}
    for first, second in pairwise(ends):
        pages = second.number - first.number
        if pages in COUNTS_ON and second.start - first.start >= PAGE * pages:
            proven |= {first, second}
    return {end.line: end for end in proven}


def _page_end(line: Line) -> PageEnd | None:
    found = _last_number(line)
    if found is None:
        return None
    start, content = line.start + line.indent + found.start(), line.content[: found.start()].rstrip()
    return PageEnd(line.start, start, content, int(found[1]), has_head=bool(found[2]))


def ends_with_number(line: Line) -> bool:
    """Return whether a line ends with what may be a figure or the number of a page."""
    return _last_number(line) is not None


def _last_number(line: Line) -> re.Match[str] | None:
    return _LAST_NUMBER.search(line.content, max(0, len(line.content) - TAIL))


# --- where a line's end is no end of a paragraph

WIDTHS = range(36, 131)
"""Widths in code points at which a text may have been broken into lines, by hand or by a program."""
FULL = 0.95
"""A line is full if the first word of the next would have made it longer than this share of the width."""
BROKEN = 0.4
"""Least share of the unfinished lines that are as long as broken lines are."""
NEAR = 0.85
"""Least share of the width that a broken line commonly has."""
UNSPACED_WIDTH = 15
"""Least width of lines in scripts without spaces, which are broken anywhere."""
UNSPACED_FULL = 0.9
"""Least share of that width that a broken line has."""
_FIRST_WORD = lazy_pattern(r"[\S\xa0]+")
"""A line's first word and those that a space that breaks no line holds to it."""
_MARKS = r"[\"'“”‘’(\[*_~`–—-]*+(?:</?\w[^<>]*>)*+[\"'“”‘’(\[*_]*+\s?"
"""Marks, quotes and tags that may stand before a line's first word."""
_SMALL_START = lazy_pattern(_MARKS + r"([^\W\d_])")
_FIGURE_START = lazy_pattern(_MARKS + r"\d")
_UNFINISHED_END = lazy_pattern(
    r"(?:[,–—&/+(\[]|(?<!\w)-|\b(?:a|an|and|as|at|but|by|for|from|in|into|its|nor|of|on|or|our|that|the|their|to|under|upon"
    r"|which|who|whose|with|is|are|was|were|will|shall|may|be|been|has|have|had|không|của|và|với|cho|các|những"
    r"|Prime|Vice|Mr\.|Mrs\.|Ms\.|Dr\.|St\.|U\.S\.))$",
    re.IGNORECASE,
)
_CLAUSE_END = lazy_pattern(r"[:;：；][*_\"'”’)\]]*$")


class Wrapping:
    """How the lines of an article were broken: at a width, or only at the ends of paragraphs.

    Evidence of a width are lines that stop within a sentence which the next line takes up in small letters.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        """Measure the lines of an article, blank ones included."""
        self._lines = lines

    @cached_property
    def width(self) -> int | None:
        """The length that most broken lines come near to, in code points; None where lines are paragraphs."""
        unfinished = list(self._unfinished_pairs())
        if not any(self._is_broken(before, line) for before, line in unfinished):
            return None
        lengths = [length for before, _ in unfinished if (length := len(before.text.rstrip())) in WIDTHS]
        if len(lengths) < BROKEN * len(unfinished):
            return None
        return max((sum(NEAR * width <= length <= width for length in lengths), width) for width in lengths)[1]

    def _unfinished_pairs(self) -> Iterator[tuple[Line, Line]]:
        for before, line in pairwise(self._lines):
            if not before.is_blank and not line.is_blank and not ends_clause(before.content):
                yield before, line

    @staticmethod
    def _is_broken(before: Line, line: Line) -> bool:
        """Whether a line surely stops within a sentence."""
        if len(before.text.rstrip()) not in WIDTHS:
            return False
        return starts_small(line.content) or (before.text.isupper() and _is_unfinished(before))

    def continues(self, before: Line, line: Line, *, flowing: bool = False) -> bool:
        """Return whether a paragraph goes on from a line to the next.

        Args:
            before: A line with text.
            line: The line after it, with text and without a mark of its own.
            flowing: Whether the format lets lines flow together (Markdown), so that a break is no evidence.
        """
        if flowing and before.text.rfind("[") > before.text.rfind("]"):
            return True  # within the text of a link
        if not is_sentence(before.content):
            return starts_small(line.content) or self._goes_on(before, line, flowing=flowing)
        if line.indent > before.indent + 1 and not flowing:
            return False
        return flowing or self.is_full(before, line)

    def _goes_on(self, before: Line, line: Line, *, flowing: bool) -> bool:
        """Whether a line that ends no sentence is taken up by one which does not begin in small letters."""
        if before.text.isupper() != line.text.isupper() and line.content[:1].isalpha() and " " in before.content:
            return flowing and self.is_full(before, line)
        if self.is_full(before, line) or (
            flowing and (_FIGURE_START.match(line.content) or self._is_longest(before, line))
        ):
            return True
        return (flowing or self.width is not None) and _is_unfinished(before)

    def is_full(self, before: Line, line: Line) -> bool:
        """Return whether the next line's first word had no room left on a line."""
        length = len(before.text.rstrip())
        if is_unspaced(before.content[-1:]) and is_unspaced(line.content[:1]):
            return self._unspaced_width is not None and length >= UNSPACED_FULL * self._unspaced_width
        return self.width is not None and self._fills(before, line, self.width)

    @staticmethod
    def _fills(before: Line, line: Line, width: int) -> bool:
        word = _FIRST_WORD.match(line.content)
        return len(before.text.rstrip()) + 1 + len(word[0] if word else "") > FULL * width

    def _is_longest(self, before: Line, line: Line) -> bool:
        """Whether a line is about as long as the longest of an article whose lines all have a common width."""
        return self._longest in WIDTHS and self._fills(before, line, self._longest)

    @cached_property
    def _longest(self) -> int:
        return max((len(line.text.rstrip()) for line in self._lines), default=0)

    @cached_property
    def _unspaced_width(self) -> int | None:
        """The length at which lines of a script without spaces were broken; None where lines are paragraphs."""
        lengths = [
            len(before.text.rstrip())
            for before, line in pairwise(self._lines)
            if is_unspaced(before.content[-1:]) and is_unspaced(line.content[:1]) and not is_sentence(before.content)
        ]
        longest = max(lengths, default=0)
        alike = sum(length >= UNSPACED_FULL * longest for length in lengths)
        return longest if longest >= UNSPACED_WIDTH and alike > 1 and alike >= BROKEN * len(lengths) else None


def _is_unfinished(line: Line) -> bool:
    """Whether a line ends with a word that another must follow."""
    return bool(_UNFINISHED_END.search(line.content[-TAIL:]))


def ends_clause(text: str) -> bool:
    """Return whether a line ends a sentence, or introduces what follows."""
    return is_sentence(text) or bool(_CLAUSE_END.search(text[-TAIL:]))


def starts_small(text: str) -> bool:
    """Return whether a line's first letter is a small one; marks, quotes and tags before it are passed over."""
    first = _SMALL_START.match(text)
    return bool(first) and first[1].islower() if first else False


def is_unspaced(letter: str) -> bool:
    """Return whether a letter belongs to a script that puts no spaces between words: Chinese, Japanese."""
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\uff00" <= letter <= "\uffef"
