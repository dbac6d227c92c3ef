"""How a sentence defines a name: 'OSA is …', 'Official Security Assistance (OSA), a framework …'."""

from collections.abc import Iterable, Sequence

from retrieval.models import Query
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import Word, passage_words

_IS = r"(?:is|are|was|were|will be)"
_DOES = (
    r"(?:refers? to|means|stands for|aims? (?:to|at)|seeks? to|provides?|supports?|helps?|allows?|enables?|serves?"
    r"|offers?|consists? of|brings together|was (?:established|founded|created|launched|set up))"
)
_DEFINING = tuple(
    lazy_pattern(pattern)
    for pattern in (
        rf"\s*(?:\([^()]{{1,40}}\))?,?\s*(?:[^.;]{{3,60}}, )?{_IS} (?:an?|the|one of|our|its|their|not)\b",
        rf"\s*(?:\([^()]{{1,40}}\))?\s*{_DOES}\b",
        r"\s*(?:\([^()]{1,40}\))?,? (?:[–—-]+ )?(?:an?|the|which|its|our|established|created)\b",
        r"\s*\([^()]{2,60}\)",
    )
)
"""How a sentence goes on after the name of what it defines, the surest first."""
_BEFORE = lazy_pattern(r"(?:known as|called|named|dubbed|termed|\()\s*(?:the )?[\"“'‘]?$")
WAYS = len(_DEFINING)
"""How many ways there are; a sentence that defines in none of them has this rank."""


def name_forms(query: Query, subject: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the terms of a name as asked for, and of its long forms."""
    return [subject, *(e.terms for e in query.expansions if e.term in subject and e.why in {"acronym", "spelling"})]


def definition_rank(text: str, forms: Iterable[tuple[str, ...]]) -> int:
    """Return how a text defines any of the forms of a name: 0 for the surest way, `WAYS` for none."""
    words = passage_words(text)
    ways = [WAYS]
    for form in forms:
        for first, last in places_of(words, form):
            if _BEFORE.search(text, 0, words[first].start):
                ways.append(1)
            end = words[last].end
            ways += [way for way, pattern in enumerate(_DEFINING) if pattern.match(text, end)]
    return min(ways)


def places_of(words: Sequence[Word], form: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    """Yield the first and the last word of each place where terms stand one behind the other."""
    size = len(form)
    for at in range(len(words) - size + 1) if size else ():
        if all(words[at + n].term == term for n, term in enumerate(form)):
            yield at, at + size - 1
