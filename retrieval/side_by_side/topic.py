"""How much of a topic a sentence holds, by itself and with its article's title."""

import re
from collections.abc import Sequence
from functools import lru_cache

from retrieval.comparison.facts import find_facts, weight
from retrieval.library import Library
from retrieval.models import Passage, Query
from retrieval.ranking.merging import searches
from retrieval.text.terms import term_set

_TAKING_SIDES = (
    r"positions?|stances?|views?|polic(?:y|ies)|approach(?:es)?|attitudes?|opinions?|lines?|statements?|remarks|speech(?:es)?"
    r"|comments|tone|messages?|claims?|立場|見解|姿勢|政策|方針|lập trường|quan điểm|chính sách"
)
_STANCE = re.compile(_TAKING_SIDES, re.IGNORECASE)
_GENERIC = re.compile(rf"(?:\b(?:{_TAKING_SIDES}|number|amount|figures?|relations?|ties|cooperation|support)\b|立場|見解|姿勢)(?:の)?", re.I)
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
        alternatives = (e.terms for each in self.queries for e in each.expansions)
        self.terms = frozenset(
            (*(t for each in self.queries for t in each.terms), *(t for terms in alternatives for t in terms))
        )

    def share(self, passage: Passage) -> tuple[float, float]:
        """Return the share of the topic's weight that a passage holds, by itself and with its title."""
        held, titled = _held(passage.shown), _held(passage.title)
        shares = ((_share(each, held), _share(each, held | titled)) for each in self.queries)
        return max(shares, default=(1.0, 1.0))


@lru_cache(maxsize=1 << 13)
def _held(text: str) -> frozenset[str]:
    return term_set(text) | find_facts(text, None).initials.keys()


def _share(query: Query, held: frozenset[str]) -> float:
    found = whole = 0.0
    for term in query.terms:
        own = weight(term) * query.weight(term)
        levels = (e.weight for e in query.expansions if e.term == term and held.issuperset(e.terms))
        found += own * (1.0 if term in held else max(levels, default=0.0))
        whole += own
    return found / whole if whole else 0.0
