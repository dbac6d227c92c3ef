"""The semantic extra's part in the order of passages: further candidates, and how alike they are to the question.

The model's figures stand after the features of `retrieval.ranking.features`, and have trained trees of their own.
"""

import numpy as np

from retrieval.index.passages import Flags, Floats, Ints, PassageIndex
from retrieval.index.vectors import SemanticModel, Vectors
from retrieval.models import Query
from retrieval.ranking.confidence import SHOWN
from retrieval.ranking.features import FEATURE_NAMES, CandidateFeatures

SEMANTIC_NAMES = ("similarity", "behind_similarity", "similarity_rank", "similarity_near", "similarity_article")
"""The features of a candidate by its vector: its cosine with the question's, how far that is behind the best, its rank,
the best of the sentences before and after it, and of the candidates from its article."""
SEMANTIC_CONFIDENCE_NAMES = (
    "similarity_first", "similarity_first_three", "similarity_most", "behind_similarity_first",
    "behind_similarity_first_three", "similarity_near_first",
)  # fmt: skip
DENSE = 20
"""How many passages become candidates by their meaning alone."""


class SemanticSearch:
    """Knows how near passages are to a question in meaning."""

    def __init__(self, model: SemanticModel, index: PassageIndex) -> None:
        self._model, self._index = model, index

    def meaning(self, query: Query, allowed: Flags | None) -> "QuestionMeaning":
        """Encode a question, without its filters, with the words it took over; of the passages some are allowed."""
        alive = self._index.alive
        if alive is not None:
            allowed = alive if allowed is None else allowed & alive
        return QuestionMeaning(self._index, self._model.encode(query.asked), allowed)

    def confidence_features(self, candidates: CandidateFeatures) -> Floats:
        """Return the features of `SEMANTIC_CONFIDENCE_NAMES`, of candidates in their final order."""
        similarity, behind, _, near, _ = candidates.values[:, len(FEATURE_NAMES) :].T
        first, behind_first = similarity[:SHOWN].max(), behind[:SHOWN].min()
        return np.array([similarity[0], first, similarity.max(), behind[0], behind_first, near[0]])


class QuestionMeaning:
    """The vector of a question, and the passages nearest to it."""

    def __init__(self, index: PassageIndex, vector: Vectors, allowed: Flags | None) -> None:
        self._index, self._vector = index, vector
        places = index.vectors.nearest(vector, allowed, DENSE)
        similarity = index.vectors.similarities(vector, places)
        self.nearest: Ints = places[np.lexsort((index.rank(places), -similarity))[:DENSE]]

    def add_nearest(self, places: Ints) -> Ints:
        """Return places with those of the nearest passages, each once."""
        return np.concatenate([places, self.nearest[~np.isin(self.nearest, places)]])

    def add_features(self, candidates: CandidateFeatures) -> CandidateFeatures:
        """Return candidates with the features of `SEMANTIC_NAMES` too."""
        places = candidates.places
        similarity = self._index.vectors.similarities(self._vector, places)
        rank = 1 / (1 + np.argsort(np.argsort(-similarity, kind="stable")))
        near = np.maximum(self._beside(places, -1), self._beside(places, 1))
        _, which = np.unique(self._index.article[places], return_inverse=True)
        best = np.full(which.max() + 1, -1.0)
        np.maximum.at(best, which, similarity)
        columns = [candidates.values, similarity, similarity.max() - similarity, rank, near, best[which]]
        return candidates._replace(values=np.column_stack(columns))

    def _beside(self, places: Ints, step: int) -> Floats:
        """The similarity of the passages so many sentences further on in the articles; 0 where there is none."""
        beside = (places + step).clip(0, len(self._index.article) - 1)
        is_there = (self._index.article[beside] == self._index.article[places]) & (beside != places)
        return np.where(is_there, self._index.vectors.similarities(self._vector, beside), 0.0)
