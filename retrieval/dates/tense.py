"""Whether a sentence speaks of a day ahead: by the verb next to the words that say the day."""

import re

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


def looks_ahead(text: str, start: int, end: int) -> bool:
    """Return whether the verb before some words, or else after them, speaks of what is yet to come."""
    opened = _OPEN.search(text, 0, start)
    if opened:
        return bool(opened["ahead"]) and _is_ahead_before(text, start, default=True)
    if any(_MARKS.finditer(text, 0, start)):
        return _is_ahead_before(text, start, default=False)
    after = _MARKS.search(text, end)
    return after is not None and after["ahead"] is not None


def _is_ahead_before(text: str, start: int, *, default: bool) -> bool:
    marks = [mark["ahead"] is not None for mark in _MARKS.finditer(text, 0, start)]
    return marks[-1] if marks else default
