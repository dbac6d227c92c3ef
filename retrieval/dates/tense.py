"""Whether a sentence speaks of a day ahead: by the verb next to the words that say the day."""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from retrieval.patterns import lazy_pattern

_AHEAD = (
    r"(?:will|would|shall)\s+(?:\w+\s+)?(?:be\s+)?\w+"
    r"|to\s+be\s+\w+"
    r"|(?:plan(?:s|ned|ning)?|scheduled|slated|expect(?:s|ed)|due|set|aim(?:s|ing)?|intend(?:s|ed)?|hop(?:es?|ing)"
    r"|going|invited|ready|prepar(?:es?|ing))\s+(?:\w+\s+)?(?:to|for)(?:\s+be)?(?:\s+\w+)?"
    r"|(?:look|looks|looking)\s+forward|upcoming|coming|forthcoming"
    r"|(?:is|are)\s+(?:\w+ly\s+)?(?:\w+ing|to)\b"
)
_PAST = (
    r"(?:was|were|had|did|said|met|held|took|told|spoke|gave|made|began|came|went|saw|won|led|found|left|sent|struck|rose"
    r"|fell|became|brought|built|bought|chose|drew|drove|fought|flew|got|grew|kept|knew|lost|paid|put|ran|sat|sold|stood"
    r"|swore|taught|threw|understood|wrote|broke|hit|cut|shot|\w{2,}ed)"
)
_MARKS = lazy_pattern(rf"\b(?:(?P<ahead>{_AHEAD})|(?P<past>{_PAST}))\b", re.IGNORECASE)
_OPEN = lazy_pattern(r"\b(?P<ahead>until|by|before)\s+(?:\w+\s+)?$|\bsince\s+(?:\w+\s+)?$", re.IGNORECASE)


_NEAR = 80
"""Within how many characters before a day the word stands that leaves it open."""


class TenseMarks(NamedTuple):
    """The words of a sentence that mark its tense: their offsets, and whether each marks the future."""

    starts: list[int]
    are_ahead: list[bool]

    def last_before(self, place: int) -> bool | None:
        """Return whether the last mark before a place speaks of what is yet to come; None where there is none."""
        at = bisect_left(self.starts, place)
        return self.are_ahead[at - 1] if at else None

    def first_from(self, place: int) -> bool | None:
        """Return whether the first mark from a place on speaks of what is yet to come; None where there is none."""
        at = bisect_left(self.starts, place)
        return self.are_ahead[at] if at < len(self.starts) else None


@lru_cache(maxsize=256)
def tense_marks(pattern: re.Pattern[str], text: str) -> TenseMarks:
    """Return the marks of a sentence, found once for all its dates; a group `ahead` has those of what is to come."""
    found = list(pattern.finditer(text))
    return TenseMarks([mark.start() for mark in found], [mark["ahead"] is not None for mark in found])


def looks_ahead(text: str, start: int, end: int) -> bool:
    """Return whether the verb before some words, or else after them, speaks of what is yet to come."""
    marks = tense_marks(_MARKS, text)
    before = marks.last_before(start)
    opened = _OPEN.search(text, max(0, start - _NEAR), start)
    if opened:
        return bool(opened["ahead"]) and before is not False
    return bool(marks.first_from(end)) if before is None else before
