"""Line breaks within a paragraph: a mere fold of its lines is taken out, any other divides it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import is_sentence, is_unspaced

_LINE = lazy_pattern(r"\r\n|[\n\r\v\x85\u2028]")
_BLANK = lazy_pattern(r"(?:\r\n|[\n\r\v\x85\u2028])(?:[^\S\n\r\v\x85\u2028]*(?:\r\n|[\n\r\v\x85\u2028]))+|[\f\u2029]")
_MARKED = lazy_pattern(r"(?:[-•*–‣▪●○■□◦]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_OPENING = lazy_pattern(r"[\s\"'“‘(\[]*")
_OPEN_WORD = lazy_pattern(
    r"(?:,|\s[–—-]|\b(?:a|an|the|of|in|on|at|by|to|for|from|with|and|or|nor|but|as|that|which|who|whose|than|into|its|their"
    r"|his|her|our|this|these|is|are|was|were|be|has|have|had|will|shall|may|not|between|under|over|per|mr\.|mrs\.|ms\.|dr\."
    r"|của|và|các|những|với|cho|trong|tại|là|de|la|le|du|des|et))$",
    re.IGNORECASE,
)
"""The end of a line after which a sentence must go on."""
_PARTICLE = lazy_pattern(r"[はがをにでとのもや、・，]$")
FOLDED = range(40, 131)
"""Widths at which a text may have been folded into lines."""
FOLDED_LINES = 3
FULL = 0.7
"""Share of the width from which a line is a long one; most lines of a folded text are."""
LONG_UNSPACED = 15
"""Letters from which a line of Japanese or Chinese is no heading."""
INDENT = 2


def divide(text: str) -> list[str]:
    """Divide a paragraph at its line breaks into paragraphs, each in one line."""
    return [paragraph for block in _BLANK.split(text) for paragraph in _join_lines(_LINE.split(block))]


def fold_source(text: str) -> str:
    """Return a text node of a page with its white space as a browser shows it."""
    return re.sub(r"\s+", _source_space, text) if re.search(r"\s\s|[^\S ]", text) else text


def _source_space(space: re.Match[str]) -> str:
    text, (start, end) = space.string, space.span()
    unspaced = "\n" in space[0] and is_unspaced(text[start - 1 : start]) and is_unspaced(text[end : end + 1])
    return "" if unspaced else space[0] if space[0] in {"\xa0", "\u3000"} else " "


def _join_lines(lines: Sequence[str]) -> list[str]:
    filled = [line.expandtabs().rstrip() for line in lines if line.strip()]
    width = _fold_width(filled)
    joined: list[str] = []
    before = ""
    for line in filled:
        if joined and _goes_on(before, line, width, marked=bool(_MARKED.match(joined[-1]))):
            joined[-1] = _join(joined[-1], line.strip())
        else:
            joined.append(line.strip())
        before = line
    return joined


def _goes_on(before: str, line: str, width: int, *, marked: bool) -> bool:
    """Whether a line continues the one before it.

    Args:
        before: The line before it, with its indentation.
        line: The line, with its indentation.
        width: The width that the text was folded at, or 0.
        marked: Whether the paragraph before began with the mark of a list.
    """
    end, start = before.strip(), line.strip()
    indented = len(line) - len(line.lstrip()) - (len(before) - len(before.lstrip()))
    if _MARKED.match(start) and (marked or is_sentence(end) or end[-1] in ":;"):
        return False
    if is_unspaced(end[-1]) and is_unspaced(start[0]):
        return not is_sentence(end) and (bool(_PARTICLE.search(end)) or len(end) >= LONG_UNSPACED)
    if _begins_lower(start):
        return not (end.endswith(":") and _MARKED.match(start))
    if is_sentence(end) and (indented >= INDENT or not width):
        return False
    return bool(_OPEN_WORD.search(end)) or _is_full(before, start, width)


def _begins_lower(text: str) -> bool:
    opening = _OPENING.match(text)
    place = opening.end() if opening else 0
    return text[place : place + 1].islower()


def _fold_width(lines: Sequence[str]) -> int:
    """The width that lines were folded at by hand or by a program; 0 where each was written as a line."""
    width = max(map(len, lines), default=0)
    if len(lines) < FOLDED_LINES or width not in FOLDED:
        return 0
    long = sum(len(line) >= FULL * width for line in lines[:-1])
    goes_on = any(_begins_lower(b.strip()) and not is_sentence(a) for a, b in pairwise(lines))
    return width if goes_on and long >= FULL * (len(lines) - 1) else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on a line."""
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width > 0


def _join(before: str, line: str) -> str:
    hyphenated = re.search(r"[^\W\d_]-$", before) and line[:1].islower()
    return before + ("" if hyphenated or (is_unspaced(before[-1]) and is_unspaced(line[0])) else " ") + line
