"""The semantic extra's part in the order of passages: further candidates, and how alike they are to the question.

The model's figures stand after the features of `retrieval.ranking.features`, and have trained trees of their own.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats, Ints
from retrieval.index.passages import PassageIndex
from retrieval.index.vectors import SemanticModel, Vectors
from retrieval.models import Query
from retrieval.ranking.confidence import LOOKED_AT, SHOWN
from retrieval.ranking.features import FEATURE_NAMES, CandidateFeatures

SEMANTIC_NAMES = (
    "similarity", "behind_similarity", "similarity_rank", "similarity_near", "similarity_around", "similarity_article",
    "likeness",
)  # fmt: skip
"""The features of a candidate by its vector: its cosine with the question's, how far that is behind the best, its rank;
the best and the mean of the sentences before and after it, and the best of the candidates from its article; and its
cosine with the candidates nearest to the question."""
SEMANTIC_CONFIDENCE_NAMES = (
    "similarity_first", "similarity_first_three", "similarity_most", "behind_similarity_first",
    "behind_similarity_first_three", "similarity_near_first", "similarity_spread", "likeness_first",
)  # fmt: skip
LIKE = 3
"""To how many of the candidates nearest to the question the others are likened."""
REMEMBERED = 8
"""The vectors of how many questions are kept: each reading of one in another language asks for it again."""
DENSE = 20
"""How many passages become candidates by their meaning alone."""


class SemanticSearch:
    """Knows how near passages are to a question in meaning."""

    def __init__(self, model: SemanticModel, index: PassageIndex) -> None:
        self._model, self._index = model, index
        self._encode = lru_cache(REMEMBERED)(model.encode_question)

    def reads_across(self, query: Query) -> bool:
        """Return whether a query puts a question into other words than those that the model reads."""
        return query.original is not None and self._model.across is not None

    def meaning(self, query: Query, allowed: Flags | None) -> "QuestionMeaning":
        """Encode a question, without its filters, with the words it took over; of the passages some are allowed."""
        alive = self._index.alive
        if alive is not None:
            allowed = alive if allowed is None else allowed & alive
        asked, across = _spelt(query), 0.0
        if query.original is not None and self._model.across is not None:
            asked, across = query.original, self._model.across
        scale = _Scale(*self._model.cosines, across)
        return QuestionMeaning(self._index, self._encode(asked), scale, allowed)

    def confidence_features(self, candidates: CandidateFeatures) -> Floats:
        """Return the features of `SEMANTIC_CONFIDENCE_NAMES`, of candidates in their final order."""
        similarity, behind, _, near, _, _, likeness = candidates.values[:, len(FEATURE_NAMES) :].T
        most, spread = similarity.max(), similarity.max() - np.sort(similarity)[-LOOKED_AT:].mean()
        own = [similarity[0], similarity[:SHOWN].max(), most, behind[0], behind[:SHOWN].min(), near[0]]
        return np.array([*own, spread, likeness[0]])


def _spelt(query: Query) -> str:
    """A question with the words meant instead of those misspelt, which models do not know."""
    text = query.asked
    for term, word in zip(query.terms, query.words, strict=True):
        if meant := next((each.written for each in query.expansions if each.term == term and each.written), None):
            text = text.replace(word, meant)
    return text


class _Scale(NamedTuple):
    """Cosines to how alike texts are: the trained trees know the scale of one model."""

    none: float
    same: float
    across: float  # what a question's cosines lack in another language

    def alike(self, cosines: Floats) -> Floats:
        return (cosines - self.none) / (self.same - self.none)


class QuestionMeaning:
    """The vector of a question, and the passages nearest to it."""

    def __init__(self, index: PassageIndex, vector: Vectors, scale: _Scale, allowed: Flags | None) -> None:
        self._index, self._vector, self._scale = index, vector, scale
        places = index.vectors.nearest(vector, allowed, DENSE)
        similarity = self._similarities(places)
        self.nearest: Ints = places[np.lexsort((index.rank(places), -similarity))[:DENSE]]

    def add_nearest(self, places: Ints) -> Ints:
        """Return places with those of the nearest passages, each once."""
        return np.concatenate([places, self.nearest[~np.isin(self.nearest, places)]])

    def add_features(self, candidates: CandidateFeatures) -> CandidateFeatures:
        """Return candidates with the features of `SEMANTIC_NAMES` too."""
        places = candidates.places
        similarity = self._similarities(places)
        rank = 1 / (1 + np.argsort(np.argsort(-similarity, kind="stable")))
        beside = np.array([self._beside(places, -1), self._beside(places, 1)])
        _, which = np.unique(self._index.article[places], return_inverse=True)
        best = np.full(which.max() + 1, -np.inf)
        np.maximum.at(best, which, similarity)
        own = [similarity, similarity.max() - similarity, rank, beside.max(axis=0), beside.mean(axis=0), best[which]]
        return candidates._replace(
            values=np.column_stack([candidates.values, *own, self._likeness(places, similarity)])
        )

    def _likeness(self, places: Ints, similarity: Floats) -> Floats:
        """The mean cosine of passages with those of them nearest to the question; with others than themselves."""
        nearest = np.argsort(-similarity, kind="stable")[:LIKE]
        vectors = self._index.vectors
        like = self._scale.alike(np.array([vectors.similarities(vectors.of(int(p)), places) for p in places[nearest]]))
        like[np.arange(len(nearest)), nearest] = like[:, nearest].min(axis=1)
        mean: Floats = like.mean(axis=0)
        return mean

    def _beside(self, places: Ints, step: int) -> Floats:
        """The similarity of the passages so many sentences further on in the articles; 0 where there is none."""
        beside = (places + step).clip(0, len(self._index.article) - 1)
        is_there = (self._index.article[beside] == self._index.article[places]) & (beside != places)
        return np.where(is_there, self._similarities(beside), 0.0)

    def _similarities(self, places: Ints) -> Floats:
        """How alike the question is to passages."""
        return self._scale.alike(self._index.vectors.similarities(self._vector, places) + self._scale.across)
