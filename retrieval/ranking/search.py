"""A query to findings: candidates by BM25, their features, the ranker, the dates, the confidence."""

from collections.abc import Container, Iterator, Sequence
from itertools import compress
from typing import NamedTuple, Protocol

import numpy as np

from retrieval.arrays import Flags, Floats, Ints
from retrieval.bm25.scorer import Scorer
from retrieval.index.article_store import ArticleStore
from retrieval.index.passages import PassageIndex, PassageTokens
from retrieval.index.vectors import SemanticModel
from retrieval.models import ExplainedHit, Explanation, FeatureShare, Findings, Hit, Query
from retrieval.query.filters import Catalogue
from retrieval.ranking.candidates import CandidatePool
from retrieval.ranking.confidence import (
    CONFIDENCE_NAMES,
    SHOWN,
    chance_of,
    confidence,
    confidence_features,
    quote_confidences,
    shipped_odds,
)
from retrieval.ranking.features import (
    FEATURE_NAMES,
    CandidateFeatures,
    CandidateScope,
    extract_features,
)
from retrieval.ranking.ranker import CANDIDATES, rank
from retrieval.ranking.recency import order_by_age
from retrieval.ranking.semantic import SEMANTIC_CONFIDENCE_NAMES, SEMANTIC_NAMES, SemanticSearch
from retrieval.ranking.term_alternatives import terms_looked_for
from retrieval.ranking.trees import Trees, shipped_trees
from retrieval.ranking.tuning import Tuning

SAME_ARTICLE = 0.7
"""How much merit a follow-up gives to the article that answers the question before it (docs/quality.md)."""
QUOTED = 0.6
"""How much it takes from the sentence that answered that: something else is asked now."""
LEANING = 0.5
"""How far it raises the log-odds: words taken over count for less, though no article need repeat them (likewise)."""
LIKELY = 0.3
"""From which confidence on an answer to the question before tells what a follow-up is about."""


class TopicTest(Protocol):
    """Tells which passages are on a topic."""

    def __call__(self, coverage: Floats, known: Floats, /) -> Flags:
        """Return a flag for each passage, by how much of the topic's weight it holds, alone and with its title."""
        ...


class TopicHit(NamedTuple):
    """A passage and how much of a topic's weight it holds, by itself and with its article's title."""

    hit: Hit
    coverage: float
    known: float


class PassageSearch:
    """Finds and ranks the passages of a library."""

    def __init__(
        self,
        index: PassageIndex,
        store: ArticleStore,
        scorer: Scorer,
        catalogue: Catalogue,
        tuning: Tuning,
        model: SemanticModel | None = None,
    ) -> None:
        self._index, self._store, self._scorer, self._catalogue = index, store, scorer, catalogue
        self._pool = CandidatePool(index, scorer)
        self._model, self._semantic = model, SemanticSearch(model, index) if model else None
        self.tuning = tuning

    def with_tuning(self, tuning: Tuning) -> "PassageSearch":
        """Return the same search by other weights."""
        return PassageSearch(self._index, self._store, self._scorer, self._catalogue, tuning, self._model)

    def trees(self, name: str) -> Trees | None:
        """Return the shipped trees of a name, for a search with a semantic model or without."""
        return shipped_trees(f"{name}-semantic" if self._semantic else name)

    def ranker(self, query: Query) -> Trees | None:
        """Return the trained ranker for a question: that beside a model was learnt from English words alone."""
        by_words = query.original is None and query.written_in not in {None, "en"}
        return shipped_trees("ranker") if by_words else self.trees("ranker")

    def search(self, query: Query, k: int) -> Findings:
        """Find at most `k` passages that support an answer, best first, with the confidence in the first of them."""
        return self._findings(query, self.ranked_candidates(query), k)

    def search_among(self, query: Query, places: Ints, k: int) -> Findings:
        """Find the same as `search`, among the passages of the given places only."""
        return self._findings(query, self._candidates_among(query, places), k)

    def explain(self, query: Query, k: int) -> Explanation:
        """Find the same as `search`, with the features of each hit and of the confidence."""
        candidates = self.ranked_candidates(query)
        findings = self._findings(query, candidates, k)
        if candidates is None:
            return Explanation(findings=findings)
        names = FEATURE_NAMES + SEMANTIC_NAMES if self._semantic else FEATURE_NAMES
        sure = CONFIDENCE_NAMES + SEMANTIC_CONFIDENCE_NAMES if self._semantic else CONFIDENCE_NAMES
        parts = [_shares(names, features) for features in candidates.values]
        places = self._places_by_words(candidates) if self._semantic else [None] * len(parts)
        return Explanation(
            findings=findings,
            hits=tuple(
                ExplainedHit(hit=hit, parts=part, by_words=place)
                for hit, part, place in zip(findings.hits, parts, places, strict=False)
            ),
            confidence=_shares(sure, self.confidence_features(query, candidates)),
        )

    def _places_by_words(self, candidates: CandidateFeatures) -> list[int]:
        """The places of candidates, from 1, by the weights of a search without a model."""
        lexical = candidates._replace(
            values=candidates.values[:, : len(FEATURE_NAMES)], places=np.arange(len(candidates.places))
        )
        ordered = rank(lexical, shipped_trees("ranker"), self.tuning).places
        numbers: list[int] = (np.argsort(ordered) + 1).tolist()
        return numbers

    def ranked_candidates(self, query: Query) -> CandidateFeatures | None:
        """Return the best candidates by the shipped ranker and the tuning, best first; None as for `candidates`."""
        return self.candidates(query, self.ranker(query))

    def candidates(self, query: Query, ranker: Trees | None) -> CandidateFeatures | None:
        """Return the features of the best candidates, best first.

        Args:
            query: The question as read.
            ranker: A trained ranker; None for the order of the untrained score.

        Returns:
            None where no passage that the filters leave shares a term with the question, or they cannot be used. In
            another language, for a model that reads all of them, a passage need share none.
        """
        if query.fault:
            return None
        allowed = self._allowed_places(query)
        places = self._pool.places(query, allowed)
        if len(places) or (self._semantic and query.terms and self._semantic.reads_across(query)):
            return self._ranked(query, places, allowed, ranker)
        return None

    def _candidates_among(self, query: Query, places: Ints) -> CandidateFeatures | None:
        """Return the features of the best of some passages; None where the filters leave none of them."""
        if query.fault or not query.terms:
            return None
        allowed = self._allowed_places(query)
        places = places if allowed is None else places[allowed[places]]
        return self._ranked(query, places, None, self.ranker(query), among=True) if len(places) else None

    def _ranked(
        self, query: Query, places: Ints, allowed: Flags | None, ranker: Trees | None, *, among: bool = False
    ) -> CandidateFeatures | None:
        """The features of the best of the passages, and of those nearest in meaning; None where there is none."""
        quoted = self._quoted_before(query, ranker)
        subject = None if quoted is None else int(self._index.article[quoted])
        if self._semantic is None:
            scope = CandidateScope(CANDIDATES, subject=subject)
            candidates = extract_features(query, self._index, places, self._scorer, scope)
        else:
            meaning = self._semantic.meaning(query, allowed)
            places = places if among else meaning.add_nearest(places)
            if not len(places):
                return None
            scope = CandidateScope(CANDIDATES, meaning.nearest, subject)
            candidates = extract_features(query, self._index, places, self._scorer, scope)
            candidates = meaning.add_features(candidates)
        return self._by_age(query, self._after(quoted, rank(candidates, ranker, self.tuning)))

    def _quoted_before(self, query: Query, ranker: Trees | None) -> int | None:
        """The place of the sentence that answers the question that a question leans on; None where none may."""
        earlier = query.earlier
        if earlier is None or ranker is None or (found := self.candidates(earlier, ranker)) is None:
            return None
        return int(found.places[0]) if chance_of(self.shipped_odds(earlier, found)) >= LIKELY else None

    def _after(self, quoted: int | None, candidates: CandidateFeatures) -> CandidateFeatures:
        """The candidates, moved up if from the article of the previous quote, and moved down if the previous quote."""
        if quoted is None:
            return candidates
        is_near = self._index.article[candidates.places] == self._index.article[quoted]
        merit = candidates.merit + SAME_ARTICLE * is_near - QUOTED * (candidates.places == quoted)
        return candidates._replace(merit=merit).take(np.argsort(-merit, kind="stable"))

    def wide_search(self, query: Query, most: int, is_about: TopicTest) -> list[TopicHit]:
        """Find the passages on a topic among the first `most` candidates, for an order other than by merit."""
        if query.fault or not query.terms:
            return []
        places = self._pool.places(query, self._allowed_places(query), most)
        if not len(places):
            return []
        candidates = extract_features(query, self._index, places, self._scorer, CandidateScope(most))
        rows = np.flatnonzero(is_about(candidates.column("coverage"), candidates.column("known")))
        if not len(rows):
            return []
        candidates = candidates.take(rows)
        sure = quote_confidences(candidates, most, shipped_trees("quotes"))  # by words: of so many none is encoded
        hits, known = self._hits(query, candidates, sure), candidates.column("known").tolist()
        return [TopicHit(*each) for each in zip(hits, candidates.column("coverage").tolist(), known, strict=True)]

    def _allowed_places(self, query: Query) -> Flags | None:
        """For each passage, whether the question's filters leave it; None without filters."""
        if not query.filters.written:
            return None
        return self._index.of_articles(self._catalogue.passing(query.filters))

    def _by_age(self, query: Query, candidates: CandidateFeatures) -> CandidateFeatures:
        """The candidates with the newest or oldest first where the question wants that and dates are known."""
        if query.prefers is None:
            return candidates
        articles = self._index.article[candidates.places].tolist()
        dates = [self._index.entries[article].source.date for article in articles]
        if not any(dates):
            return candidates
        named = np.array([term in query.names for term in query.terms])
        return candidates.take(order_by_age(candidates, dates, query.prefers.age, named))

    def confidence_features(self, query: Query, candidates: CandidateFeatures) -> Floats:
        """Return the features of the confidence in the first hits; see `retrieval.ranking.confidence`."""
        allowed, units = self._allowed_places(query), self._index.passages
        vocabulary: Container[str] = units.vocabulary if allowed is None else _AllowedVocabulary(units, allowed)
        features = confidence_features(query, candidates, vocabulary, self._index.size)
        return (
            np.concatenate([features, self._semantic.confidence_features(candidates)]) if self._semantic else features
        )

    def _findings(self, query: Query, candidates: CandidateFeatures | None, k: int) -> Findings:
        if candidates is None:
            return Findings(query=query, hits=(), confidence=0.0, missing=query.words)
        sure = quote_confidences(candidates, max(k, SHOWN), self.trees("quotes"))
        return Findings(
            query=query,
            hits=tuple(self._hits(query, candidates, sure[:k])),
            confidence=confidence(self._odds(query, candidates, sure), self.tuning),
            missing=_missing_words(query, candidates),
        )

    def shipped_odds(self, query: Query, candidates: CandidateFeatures) -> float:
        """Return the log-odds of the confidence in the first hits by the shipped weights."""
        return self._odds(query, candidates, quote_confidences(candidates, SHOWN, self.trees("quotes")))

    def _odds(self, query: Query, candidates: CandidateFeatures, sure: Floats) -> float:
        trees = self.trees("confidence")
        odds = shipped_odds(self.confidence_features(query, candidates), sure[:SHOWN], trees)
        return odds + LEANING if query.carried else odds

    def _hits(self, query: Query, candidates: CandidateFeatures, sure: Floats) -> Iterator[Hit]:
        """The first hits, as many as there are confidences in each by itself."""
        k = len(sure)
        used = terms_looked_for(query)
        scores = candidates.column("score_passage") * candidates.weights.sum()
        columns = (candidates.places, scores, sure, candidates.matched)
        rows = zip(*(column[:k].tolist() for column in columns), strict=True)
        for number, (place, score, own, held) in enumerate(rows, 1):
            passage, matched = self._store.passage(place), tuple(compress(used, held))
            yield Hit(passage=passage, rank=number, score=round(score, 6), confidence=round(own, 4), matched=matched)


class _AllowedVocabulary:
    """The terms of the passages that filters leave."""

    def __init__(self, units: PassageTokens, allowed: Flags) -> None:
        self._units, self._allowed = units, allowed

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and bool(self._allowed[self._units.places(term)].any())


def _missing_words(query: Query, candidates: CandidateFeatures) -> tuple[str, ...]:
    """The question's words that none of the first hits holds in any form."""
    held = candidates.levels[:SHOWN].max(axis=0) > 0
    return words_without(query, {term for term, found in zip(query.terms, held, strict=True) if found})


def words_without(query: Query, held: Container[str]) -> tuple[str, ...]:
    """Return the question's words as typed of which no term is held, of several no longer one: 参拝 tells, not 参."""
    terms: dict[str, list[str]] = {}
    for word, term in zip(query.words, query.terms, strict=True):
        terms.setdefault(word, []).append(term)
    longest = {word: max(map(len, own)) for word, own in terms.items()}
    return tuple(
        word for word, own in terms.items() if not any(term in held for term in own if len(term) == longest[word])
    )


def _shares(names: Sequence[str], values: Floats) -> tuple[FeatureShare, ...]:
    return tuple(FeatureShare(name=name, value=float(value)) for name, value in zip(names, values, strict=True))
