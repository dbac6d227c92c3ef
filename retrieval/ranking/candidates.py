"""The passages that may answer a question: by their own terms, by the title and by the date of their article."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats, Ints, distinct
from retrieval.bm25.scorer import ScoredPassage, Scorer
from retrieval.index.passages import PassageIndex
from retrieval.models import Query

POOL = 100
"""How many passages the engine gives, of which the candidates are chosen by all fields."""
OF_PERIOD = 40
"""How many more it gives of the articles of the period that a question names."""
TITLES = 3
"""Of how many articles, those whose titles are nearest to the question, passages are added."""
ARTICLES = 2
"""Of how many articles, those whose passages found are best together, further passages are added."""
OF_ARTICLE = 40
"""How many passages of each are added, from its beginning."""
BESIDE = 10
"""Of how many passages, the engine's best, those before and after are added: the answer may stand next to its topic."""
LEAST_OF_TITLE = 0.3
"""Least share of the question's weight that such a title holds."""
ROUNDING = 1e-9
"""By what share sums of weights may differ from what they would be in another order, and far more."""
REMEMBERED = 1 << 12
"""Of how many terms it is remembered how rare they are in titles."""
_NONE: Ints = np.empty(0, dtype=np.int64)


class CandidatePool:
    """Finds the passages that are worth a closer look."""

    def __init__(self, index: PassageIndex, scorer: Scorer) -> None:
        self._index, self._scorer = index, scorer
        self._rarity = lru_cache(maxsize=REMEMBERED)(self._idf_in_titles)

    def places(self, query: Query, allowed: Flags | None, pool: int = POOL) -> Ints:
        """Return the places of passages for a question, each once, in no order that means anything.

        Args:
            query: The question as read.
            allowed: For each place, whether its passage may be found; None for all of them.
            pool: How many passages the engine gives.
        """
        weights = _term_weights(query)
        scored = self._scorer.search(weights, pool, allowed)
        found = [place for place, _ in scored]
        found += self._beside(found[:BESIDE], allowed)
        found += self._of_period(query, weights, allowed)
        articles = dict.fromkeys((*self._nearest_titles(query), *self._best_articles(scored)))
        found += (place for article in articles for place in self._beginning(article, allowed))
        return np.array(list(dict.fromkeys(found)), dtype=np.int64)

    def _of_period(self, query: Query, weights: dict[str, float], allowed: Flags | None) -> list[int]:
        """The passages of the articles of the question's period that are best by its other terms."""
        period = query.period
        if period is None:
            return []
        first = 1 if period.first is None else period.first.toordinal()
        after = dt.date.max.toordinal() if period.after is None else period.after.toordinal()
        within = self._index.of_articles((self._days >= first) & (self._days < after))
        within = within if allowed is None else within & allowed
        others = {term: weight for term, weight in weights.items() if term not in period.terms}
        return [place for place, _ in self._scorer.search(others, OF_PERIOD, within)] if others and within.any() else []

    @cached_property
    def _days(self) -> Ints:
        """The dates of the articles, in the order of their names, as ordinals; 0 for none."""
        sources = (self._index.entries[number].source for number in self._index.articles.tolist())
        return np.array([source.date.toordinal() if source.date else 0 for source in sources], dtype=np.int64)

    def _nearest_titles(self, query: Query) -> list[int]:
        """The articles whose titles hold most of the question."""
        stated = [
            _StatedTerm(self._rarity(term) * query.weight(term), _stands_for(query, term)) for term in query.terms
        ]
        whole = sum(term.weight for term in stated)
        articles = self._titled(stated, LEAST_OF_TITLE * whole)
        if not len(articles):
            return []
        held, scores = self._held_in_titles(stated, articles), np.zeros(len(articles))
        for term in stated:
            scores += term.weight * _levels(term, held, len(articles))
        scores /= whole or 1.0
        best = np.lexsort((self._order[articles], -scores))[:TITLES]
        found: list[int] = articles[best[scores[best] >= LEAST_OF_TITLE]].tolist()
        return found

    def _idf_in_titles(self, term: str) -> float:
        """How rare a term is in titles."""
        count, held = len(self._index.articles), self._index.titles.vocabulary.count(term)
        return float(np.log1p((count - held + 0.5) / (held + 0.5)))

    def _titled(self, stated: Sequence["_StatedTerm"], least: float) -> Ints:
        """The articles whose titles may hold terms of so much weight together.

        A title with none but the lightest terms holds less than the least weight, so that of these, which many titles
        hold, none is looked through.
        """
        light, found = 0.0, [_NONE]
        for term in sorted(stated, key=_most):
            alternatives = [terms for terms, _ in term.alternatives if self._are_in_titles(terms)]
            light += _most(term) if alternatives else 0.0
            if light >= least * (1 - ROUNDING):
                found += map(self._titles_with, alternatives)
        return distinct(np.concatenate(found))

    def _held_in_titles(self, stated: Sequence["_StatedTerm"], articles: Ints) -> Mapping[str, Flags]:
        """For each term that titles hold, whether the title of each article does."""
        every = dict.fromkeys(term for each in stated for terms, _ in each.alternatives for term in terms)
        known = [term for term in every if self._are_in_titles((term,))]
        return dict(zip(known, self._index.titles.counts(known, articles, articles + 1) > 0, strict=True))

    def _are_in_titles(self, terms: Sequence[str]) -> bool:
        return all(term in self._index.titles.vocabulary for term in terms)

    def _best_articles(self, scored: Sequence[ScoredPassage]) -> list[int]:
        """The articles of which the passages found have the highest scores together."""
        if not scored:
            return []
        sums: defaultdict[int, float] = defaultdict(float)
        articles = self._index.article[np.array([place for place, _ in scored])].tolist()
        for article, (_, score) in zip(articles, scored, strict=True):
            sums[article] += score
        return nsmallest(ARTICLES, sums, key=lambda article: (-sums[article], self._order[article]))

    @cached_property
    def _order(self) -> Ints:
        """The place of each article, by its number, in the order of names; -1 where it is no more."""
        order = np.full(len(self._index.entries), -1, dtype=np.int64)
        order[self._index.articles] = np.arange(len(self._index.articles))
        return order

    def _beginning(self, article: int, allowed: Flags | None) -> list[int]:
        """The places of an article's first passages, those that may be found."""
        return self._findable(self._index.places_of(article)[:OF_ARTICLE], allowed)

    def _beside(self, places: Sequence[int], allowed: Flags | None) -> list[int]:
        """The places before and after some, within their articles."""
        middle = np.array(places, dtype=np.int64)
        near = np.concatenate([np.maximum(middle - 1, 0), np.minimum(middle + 1, len(self._index.article) - 1)])
        articles = self._index.article[np.concatenate([middle, near])]
        return self._findable(near[articles[len(middle) :] == np.tile(articles[: len(middle)], 2)].tolist(), allowed)

    def _findable(self, places: Iterable[int], allowed: Flags | None) -> list[int]:
        """Those of some places whose passages are there and may be found."""
        there = self._index.alive
        if there is None and allowed is None:
            return list(places)
        return [p for p in places if (there is None or there[p]) and (allowed is None or allowed[p])]

    def _titles_with(self, terms: Sequence[str]) -> Ints:
        """The articles that are there whose titles hold all of some terms."""
        first, *others = (self._index.titles.places(term) for term in terms)
        for other in others:
            first = first[np.isin(first, other)]
        return first[self._order[first] >= 0]


class _StatedTerm(NamedTuple):
    """A term of a question: its weight, and the terms by which a title holds so much of it."""

    weight: float
    alternatives: Sequence[tuple[tuple[str, ...], float]]


def _levels(term: _StatedTerm, held: Mapping[str, Flags], articles: int) -> Floats:
    """How much of a term the title of each article holds, by the terms that each holds."""
    levels = np.zeros(articles)
    for terms, weight in term.alternatives:
        if all(each in held for each in terms):
            here = np.logical_and.reduce([held[each] for each in terms])
            levels[here] = np.maximum(levels[here], weight)
    return levels


def _stands_for(query: Query, term: str) -> list[tuple[tuple[str, ...], float]]:
    return [((term,), 1.0), *((each.terms, each.weight) for each in query.expansions if each.term == term)]


def _most(term: _StatedTerm) -> float:
    """The most that a title can hold of a term."""
    return term.weight * max(level for _, level in term.alternatives)


def _term_weights(query: Query) -> dict[str, float]:
    """The terms to search for: the question's own, for less the carried ones and the alternatives to any of them."""
    weights: dict[str, float] = {}
    for expansion in query.expansions:
        for term in expansion.terms:
            weight = query.weight(expansion.term) * expansion.weight / len(expansion.terms)
            weights[term] = max(weights.get(term, 0.0), weight)
    return weights | {term: query.weight(term) for term in query.terms}
