"""The ways to match a question's terms: each by itself or, for less, by other terms."""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats
from retrieval.bm25.scorer import Scorer
from retrieval.models import Query
from retrieval.ranking.proximity import CandidateTerms


class Alternative(NamedTuple):
    """A way to match a term: all of its terms together, at a weight."""

    terms: tuple[str, ...]
    weight: float
    idf: float  # of its rarest term


class TermAlternatives:
    """The alternatives of each of a question's terms, and the values of candidates by them.

    Arrays have the terms in `rows` as their first axis, the candidates as their last.

    Attributes:
        groups: For each of the question's terms its alternatives, itself first.
        rows: The row of each term of theirs.
    """

    def __init__(self, query: Query, scorer: Scorer) -> None:
        self.groups = _groups(query, scorer)
        self.rows = {term: row for row, term in enumerate(terms_looked_for(query))}

    def least(self, values: Floats, alternative: Alternative) -> Floats:
        """Return the least of values over the terms of an alternative."""
        first, *others = (self.rows[term] for term in alternative.terms)
        least: Floats = values[[first, *others]].min(axis=0) if others else values[first]
        return least

    def weigh(self, values: Floats, weights: Sequence[float]) -> Floats:
        """Return the values of all alternatives of all terms, of each its own first, times their weights."""
        alternatives = [alternative for group in self.groups for alternative in group]
        found = values[[self.rows[alternative.terms[0]] for alternative in alternatives]]
        for row, alternative in enumerate(alternatives):
            if len(alternative.terms) > 1:
                found[row] = self.least(values, alternative)
        found *= np.array(weights)[:, None, None]
        return found

    def match(self, present: Floats, terms: CandidateTerms) -> Floats:
        """Return how well each field of each candidate matches each of the question's terms, by its best alternative.

        Args:
            present: Whether each field of each candidate holds each term, or how like one it holds is, 0 to 1.
            terms: Tells whether the passage holds the terms of an alternative side by side.
        """
        together = self._side_by_side(terms)
        levels: list[Floats] = []
        for group in self.groups:
            matched = [self.least(present, alternative) * alternative.weight for alternative in group]
            for alternative, level in zip(group, matched, strict=True):
                if alternative.terms in together:
                    level[0] *= together[alternative.terms]
            levels.append(np.maximum.reduce(matched) if len(group) > 1 else matched[0])
        return np.stack(levels)

    def _side_by_side(self, candidates: CandidateTerms) -> dict[tuple[str, ...], Flags]:
        """Which candidates hold the terms of each alternative of several side by side.

        A passage on the nations of the United States names no United Nations.
        """
        several = {a.terms for group in self.groups for a in group if len(a.terms) > 1}
        next_to = {
            terms: [(min(pair), max(pair)) for pair in pairwise(self.rows[term] for term in terms)] for terms in several
        }
        pairs = list(set(chain.from_iterable(next_to.values())))
        held = dict(zip(pairs, candidates.side_by_side(pairs), strict=True))
        return {terms: np.logical_and.reduce([held[pair] for pair in own]) for terms, own in next_to.items()}

    def matrix(self) -> Flags:
        """Return for each term in `rows` (row), the question's terms (columns) that it matches."""
        matrix = np.zeros((len(self.rows), len(self.groups)), dtype=bool)
        for column, group in enumerate(self.groups):
            matrix[[self.rows[term] for alternative in group for term in alternative.terms], column] = True
        return matrix


def terms_looked_for(query: Query) -> tuple[str, ...]:
    """Return a question's terms and those of its alternatives, each once."""
    return tuple(dict.fromkeys((*query.terms, *(term for other in query.expansions for term in other.terms))))


def _groups(query: Query, scorer: Scorer) -> list[list[Alternative]]:
    """The ways to match each of the question's terms, by itself first."""
    groups = {term: [Alternative((term,), 1.0, scorer.idf(term))] for term in query.terms}
    for other in query.expansions:
        if other.term in groups:
            groups[other.term].append(Alternative(other.terms, other.weight, max(map(scorer.idf, other.terms))))
    return [groups[term] for term in query.terms]
