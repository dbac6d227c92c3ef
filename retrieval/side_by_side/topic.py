"""How much of a topic a sentence holds, by itself and with its article's title."""

import re
from collections.abc import Sequence
from functools import lru_cache

from retrieval.comparison.facts import weight
from retrieval.library import Library
from retrieval.models import Passage, Query
from retrieval.patterns import lazy_pattern
from retrieval.ranking.merging import searches
from retrieval.text.acronyms import find_acronyms
from retrieval.text.terms import term_set, terms

_TAKING_SIDES = (
    r"positions?|stances?|views?|polic(?:y|ies)|approach(?:es)?|attitudes?|opinions?|lines?|statements?|remarks|speech(?:es)?"
    r"|comments|tone|messages?|claims?|立場|見解|姿勢|政策|方針|lập trường|quan điểm|chính sách"
)
_STANCE = lazy_pattern(_TAKING_SIDES, re.IGNORECASE)
_GENERIC = lazy_pattern(
    rf"(?:\b(?:{_TAKING_SIDES}|number|amount|figures?|relations?|ties|cooperation|support)\b|立場|見解|姿勢)(?:の)?",
    re.I,
)
"""Words that a sentence on a topic need not say."""


class Topic:
    """A topic as read in each language of the articles.

    Attributes:
        text: Its telling words; empty where there are none.
        asks_stance: Whether positions are asked for.
        queries: The topic as questions; none where nothing telling is said.
        terms: The terms of all, and their alternatives.
    """

    def __init__(self, library: Library, text: str) -> None:
        self.asks_stance = _STANCE.search(text) is not None
        bare = " ".join(_GENERIC.sub(" ", text).split()) if text else ""
        query = library.read(bare)
        self.text = bare if query.terms else ""
        self.queries: Sequence[Query] = [each for each in searches(query) if each.terms] if bare else []
        self._has_acronym = any(e.why == "acronym" for each in self.queries for e in each.expansions)
        alternatives = (e.terms for each in self.queries for e in each.expansions)
        self.terms = frozenset(
            (*(t for each in self.queries for t in each.terms), *(t for own in alternatives for t in own))
        )

    def share(self, passage: Passage) -> tuple[float, float]:
        """Return the share of the topic's weight that a passage holds, by itself and with its title."""
        held, titled = (self._held(text) for text in (passage.shown, passage.title))
        shares = ((_share(each, held), _share(each, held | titled)) for each in self.queries)
        return max(shares, default=(1.0, 1.0))

    def _held(self, text: str) -> frozenset[str]:
        """The terms of a text; where the topic has an acronym, with the acronyms spelt out in the text."""
        return _spelt(text) if self._has_acronym else term_set(text)


_NAME = lazy_pattern(r"[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)+")
IN_PART = 0.5
"""How much a word of a name counts without the others: the East China Sea is not the South China Sea."""


@lru_cache(maxsize=64)
def _names(text: str) -> tuple[frozenset[str], ...]:
    """The names of several words in a topic."""
    return tuple(frozenset(terms(name)) for name in _NAME.findall(text))


@lru_cache(maxsize=1 << 13)
def _spelt(text: str) -> frozenset[str]:
    return term_set(text).union(short.lower() for short in find_acronyms(text))


def _share(query: Query, held: frozenset[str]) -> float:
    found = whole = 0.0
    levels = {e.term: e.weight for e in query.expansions if held.issuperset(e.terms)} | dict.fromkeys(held, 1.0)
    parts = {term for name in _names(query.asked) if not levels.keys() >= name for term in name}
    for term in query.terms:
        own = weight(term) * query.weight(term)
        found += own * levels.get(term, 0.0) * (IN_PART if term in parts else 1.0)
        whole += own
    return found / whole if whole else 0.0
