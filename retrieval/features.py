"""What speaks for a candidate: figures about how a passage, and what surrounds it, matches a question.

All of them compare a question's terms with the terms of a stretch of passages. A term is matched by itself or, for
less, by one of its alternatives; of these only the best counts. Most figures are shares of the question's weight, the
sum of its terms' idf, so that they mean the same for every question and library.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.index import Flags, Floats, Ints, PassageIndex
from retrieval.models import Expansion, Kind, Query
from retrieval.shapes import PassageShape, WordShape

FIELDS = ("passage", "window", "paragraph", "article", "title")
"""What is compared with the question: the passage, it and its neighbours, its paragraph, its article, its title."""


class Saturation(NamedTuple):
    """BM25's parameters for one field, with BM25+'s lower bound (Lv and Zhai 2011)."""

    k1: float
    b: float
    delta: float


SATURATION = {
    "passage": Saturation(0.4, 0.5, 1.0),
    "window": Saturation(1.2, 0.75, 0.0),
    "paragraph": Saturation(1.2, 0.75, 0.0),
    "article": Saturation(1.2, 0.75, 0.0),
    "title": Saturation(0.5, 0.3, 0.0),
}
FIELD_WEIGHTS = {"passage": 1.0, "window": 0.2, "paragraph": 0.2, "article": 0.3, "title": 0.1}
"""What each field adds to the untrained score; measured (docs/quality.md)."""
BIGRAM_WEIGHT = 0.15

ANSWER_SHAPES = {
    Kind.WHO: WordShape.NAME,
    Kind.WHEN: WordShape.DATE,
    Kind.HOW_MANY: WordShape.NUMBER,
    Kind.WHERE: WordShape.PLACE,
    Kind.LIST: WordShape.NAME,
}
"""The shape of the words that answer a question of a kind; any name or number for the other kinds."""
KIND_FLAGS = (Kind.WHO, Kind.WHEN, Kind.WHERE, Kind.HOW_MANY, Kind.WHY, Kind.LIST)

NAMES = (
    *(f"score_{field}" for field in FIELDS),
    "score_own", "score_bigrams", "untrained", "untrained_relative", "untrained_rank",
    "coverage", "coverage_count", "left_window", "left_paragraph", "left_article", "missing", "rarest", "names",
    "has_names", "longest_run", "proximity", "answer", "answer_near", "answer_count", "is_question", "points_back",
    "gives_reason", "length", "order", "is_first", "article_rank", "relative_score", "relative_article",
    "question_terms", "new_terms", *(f"kind_{kind.name.lower()}" for kind in KIND_FLAGS),
)  # fmt: skip
"""The figures, in the order of the columns."""


class Evidence(NamedTuple):
    """What speaks for some candidates, the best by the untrained score first.

    Attributes:
        places: The candidates.
        figures: One row a candidate, one column a name in `NAMES`.
        untrained: The untrained score of each: its fields' BM25 scores and its bigrams, weighted and summed.
        levels: How well each candidate matches each term, 0 to 1; one row a candidate, one column a term.
        weights: The idf of each term.
    """

    places: Ints
    figures: Floats
    untrained: Floats
    levels: Floats
    weights: Floats

    def column(self, name: str) -> Floats:
        """One figure for all candidates."""
        values: Floats = self.figures[:, NAMES.index(name)]
        return values

    def take(self, rows: Ints) -> "Evidence":
        """The evidence for some of the candidates, in the order given."""
        return Evidence(self.places[rows], self.figures[rows], self.untrained[rows], self.levels[rows], self.weights)


class Alternative(NamedTuple):
    """One way to match a term: all of some terms, and what that is worth."""

    terms: tuple[str, ...]
    weight: float
    own: bool


def gather(query: Query, index: PassageIndex, places: Ints, idf: Callable[[str], float], keep: int) -> Evidence:
    """Gather what speaks for the best of some candidates.

    Args:
        query: The question, with at least one term.
        index: The library.
        places: The candidates; at least one.
        idf: Inverse document frequency of a term.
        keep: How many candidates to keep, by their fields' scores.

    Returns:
        The evidence for those kept.
    """
    gathering = _Gathering(query, index, places, idf)
    gathering.keep_best(keep)
    return gathering.evidence()


class _Gathering:
    """The steps of gathering evidence for one question, each building on those before.

    Arrays over fields, candidates and terms have their axes in this order.
    """

    def __init__(self, query: Query, index: PassageIndex, places: Ints, idf: Callable[[str], float]) -> None:
        self._query, self._index, self._places, self._idf = query, index, places, idf
        self._groups = [_alternatives(term, query.expansions) for term in query.terms]
        used = dict.fromkeys(term for group in self._groups for alternative in group for term in alternative.terms)
        self._used = {term: column for column, term in enumerate(used)}
        self._weights = np.array([self._weight(*pair) for pair in zip(query.terms, self._groups, strict=True)])
        self._whole = float(self._weights.sum()) or 1.0
        self._counts = self._count()
        self._scores, self._own = self._score()

    def _weight(self, term: str, group: Sequence[Alternative]) -> float:
        """A term's idf; of one that the library does not hold, at most that of what may stand for it."""
        others = [max(map(self._idf, alternative.terms)) for alternative in group if not alternative.own]
        own = self._idf(term)
        known = term in self._index.passages.vocabulary
        return own if known or not others else min(own, max(others))

    def _count(self) -> Ints:
        """How often each used term occurs in each field of each candidate."""
        around = [self._index.around[field] for field in FIELDS[:-1]]
        first = np.concatenate([stretch.first[self._places] for stretch in around])
        last = np.concatenate([stretch.last[self._places] for stretch in around])
        articles = self._index.article[self._places]
        columns = [
            np.concatenate(
                [self._index.passages.count(t, first, last), self._index.titles.count(t, articles, articles + 1)]
            )
            for t in self._used
        ]
        return np.stack(columns, axis=-1).reshape(len(FIELDS), len(self._places), len(columns))

    def _saturated(self) -> Floats:
        """BM25's term frequency part of each used term in each field of each candidate."""
        lengths = [self._index.length(field, self._places) for field in FIELDS[:-1]]
        lengths.append(self._index.titles.lengths[self._index.article[self._places]])
        parts = []
        for counts, length, field in zip(self._counts, lengths, FIELDS, strict=True):
            k1, b, delta = SATURATION[field]
            norm = k1 * (1 - b + b * length / self._index.mean_lengths[field])
            parts.append(np.where(counts > 0, delta + counts * (k1 + 1) / (counts + norm[:, None]), 0.0))
        return np.stack(parts)

    def _score(self) -> tuple[Floats, Floats]:
        """The BM25 score of each field of each candidate, and that of the passage by the question's own terms alone."""
        saturated = self._saturated()
        best = np.zeros((*saturated.shape[:2], len(self._groups)))
        own = np.zeros(saturated.shape[1])
        for column, group in enumerate(self._groups):
            for alternative in group:
                # an alternative never counts for more than the term it stands for
                weight = min(self._weights[column], max(map(self._idf, alternative.terms))) * alternative.weight
                values = saturated[:, :, self._columns(alternative)].min(axis=2) * weight
                np.maximum(best[:, :, column], values, out=best[:, :, column])
                if alternative.own:
                    own += values[0]
        return best.sum(axis=2), own

    def _columns(self, alternative: Alternative) -> list[int]:
        return [self._used[term] for term in alternative.terms]

    def keep_best(self, count: int) -> None:
        """Go on with the candidates whose fields score best."""
        fields = np.array([FIELD_WEIGHTS[field] for field in FIELDS]) @ self._scores
        rows = np.argsort(-fields, kind="stable")[:count]
        self._places, self._own = self._places[rows], self._own[rows]
        self._counts, self._scores = self._counts[:, rows], self._scores[:, rows]

    def _levels(self) -> Floats:
        """How well each field of each candidate matches each term: the weight of its best alternative there."""
        present = self._counts > 0
        levels = np.zeros((*present.shape[:2], len(self._groups)))
        for column, group in enumerate(self._groups):
            for alternative in group:
                held = present[:, :, self._columns(alternative)].all(axis=2) * alternative.weight
                np.maximum(levels[:, :, column], held, out=levels[:, :, column])
        return levels

    def evidence(self) -> Evidence:
        """Put all figures side by side."""
        levels = self._levels()
        run = _TokenRun(self._index, self._places, self._query, list(self._used))
        bigrams = run.bigrams(self._weights)
        untrained = np.array([FIELD_WEIGHTS[field] for field in FIELDS]) @ self._scores + BIGRAM_WEIGHT * bigrams
        figures = [
            *(self._scores / self._whole),
            self._own / self._whole,
            bigrams / self._whole,
            untrained / self._whole,
            untrained / (untrained.max() or 1.0),
            1 / (1 + np.argsort(np.argsort(-untrained, kind="stable"), kind="stable")),
            *self._coverage(levels),
            *run.figures(),
            *self._answer(run),
            *self._position(),
            *self._question(run),
        ]
        order = np.argsort(-untrained, kind="stable")
        stacked = np.stack(figures, axis=1)
        return Evidence(self._places[order], stacked[order], untrained[order], levels[0][order], self._weights)

    def _coverage(self, levels: Floats) -> list[Floats]:
        """Which share of the question's weight a passage holds, what surrounds it adds, and nothing near it holds."""
        share = self._weights / self._whole
        passage, window, paragraph, whole, title = levels
        article = (whole > 0) | (title > 0)
        left = passage == 0
        left_window = left & (window > 0)
        left_paragraph = left & ~left_window & (paragraph > 0)
        left_article = left & ~left_window & ~left_paragraph & article
        missing = left & ~left_window & ~left_paragraph & ~article
        rarest = int(np.argmax(self._weights))
        far = np.where(window[:, rarest] > 0, 0.5, np.where(article[:, rarest], 0.25, 0.0))
        named = self._weights * np.array([term in self._query.names for term in self._query.terms])
        names = float(named.sum())
        return [
            passage @ share,
            (passage > 0).mean(axis=1),
            *(kind @ share for kind in (left_window, left_paragraph, left_article, missing)),
            np.where(passage[:, rarest] > 0, passage[:, rarest], far),
            passage @ named / names if names else np.full(len(passage), 0.5),
            np.full(len(passage), float(names > 0)),
        ]

    def _answer(self, run: "_TokenRun") -> list[Floats]:
        """Whether a passage holds words of the shape that answers, not the question's own; and what else it is."""
        shapes = self._index.shapes[self._places]
        flags = (PassageShape.QUESTION, PassageShape.POINTS_BACK, PassageShape.REASON)
        return [*run.answers(_answer_shape(self._query.kind)), *((shapes & flag > 0).astype(float) for flag in flags)]

    def _position(self) -> list[Floats]:
        """Where a passage stands, how long it is, and how it and its article do beside the other candidates."""
        order = self._index.order[self._places]
        passage, article = self._scores[FIELDS.index("passage")], self._scores[FIELDS.index("article")]
        ranks = {score: rank for rank, score in enumerate(sorted(set(article.tolist()), reverse=True), 1)}
        return [
            np.log1p(self._index.passages.lengths[self._places]),
            1 / (1 + order),
            (order == 0).astype(float),
            np.array([1 / ranks[score] for score in article.tolist()]),
            passage / (passage.max() or 1.0),
            article / (article.max() or 1.0),
        ]

    def _question(self, run: "_TokenRun") -> list[Floats]:
        """How long the question is, how much of the passage is new, and of which kind the question is."""
        count = len(self._places)
        kinds = [np.full(count, float(self._query.kind is kind)) for kind in KIND_FLAGS]
        return [np.full(count, min(len(self._query.terms), 12) / 12), run.new_terms(), *kinds]


class _TokenRun:
    """The words of all candidates in one row, to look at what stands beside what."""

    def __init__(self, index: PassageIndex, places: Ints, query: Query, used: Sequence[str]) -> None:
        self._count, self._lengths = len(places), index.passages.lengths[places]
        self._owner = np.repeat(np.arange(len(places)), self._lengths)
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)])[:-1]
        self._offset = np.arange(len(self._owner)) - self._starts[self._owner]
        at = index.passages.starts[places][self._owner] + self._offset
        self._tokens, self._shapes = index.passages.tokens[at], index.word_shapes[at]
        self._asked = len(query.terms)
        self._hit = _looked_up(index, self._tokens, dict.fromkeys(used, 1), 0) > 0
        asked = {term: place for place, term in enumerate(query.terms)}
        self._position = _looked_up(index, self._tokens, asked, -2)
        self._follows = self._beside()

    def _beside(self) -> Flags:
        """Whether each word and the next are neighbouring words of the question."""
        follows = np.zeros(len(self._position), dtype=bool)
        before, after = self._position[:-1], self._position[1:]
        follows[:-1] = (self._owner[1:] == self._owner[:-1]) & (before >= 0) & (after == before + 1)
        return follows

    def bigrams(self, weights: Floats) -> Floats:
        """The weight of the question's neighbouring words that are neighbours in a candidate, each pair once."""
        found = np.zeros((self._count, len(weights)), dtype=bool)
        found[self._owner[self._follows], self._position[self._follows]] = True
        scores: Floats = found[:, :-1] @ ((weights[:-1] + weights[1:]) / 2)
        return scores

    def figures(self) -> list[Floats]:
        """The longest run of the question's words, as a share of them, and how close together the matches are."""
        hits = self._per_owner(self._hit)
        longest, run = np.minimum(hits, 1), 0
        for place in np.flatnonzero(self._follows):
            run = run + 1 if place and self._follows[place - 1] else 2
            longest[self._owner[place]] = max(longest[self._owner[place]], run)
        first = np.full(self._count, np.inf)
        last = np.full(self._count, -np.inf)
        np.minimum.at(first, self._owner[self._hit], self._offset[self._hit])
        np.maximum.at(last, self._owner[self._hit], self._offset[self._hit])
        with np.errstate(invalid="ignore"):
            close = np.where(hits > 1, hits / (last - first + 1), 0.0)
        return [longest / self._asked, close]

    def answers(self, shape: WordShape) -> list[Floats]:
        """Whether words of a shape that the question does not hold are there, how near to a match, and how many."""
        candidate = (self._shapes & shape > 0) & (self._position < 0)
        count = self._per_owner(candidate)
        gap = np.full(self._count, np.inf)
        places, hits = np.flatnonzero(candidate), np.flatnonzero(self._hit)
        if len(places) and len(hits):
            after = np.searchsorted(hits, places)
            for beside in (np.maximum(after - 1, 0), np.minimum(after, len(hits) - 1)):
                same = self._owner[hits[beside]] == self._owner[places]
                np.minimum.at(gap, self._owner[places[same]], np.abs(hits[beside] - places)[same])
        return [(count > 0).astype(float), 1 / (1 + gap), np.minimum(count, 6) / 6]

    def new_terms(self) -> Floats:
        """The share of a candidate's words that match nothing."""
        return 1 - self._per_owner(self._hit) / np.maximum(self._lengths, 1)

    def _per_owner(self, flags: Flags) -> Ints:
        return np.bincount(self._owner[flags], minlength=self._count)


def _looked_up(index: PassageIndex, tokens: npt.NDArray[np.int32], values: Mapping[str, int], other: int) -> Ints:
    """A value for each of some tokens: that of its term, or another where the term has none."""
    vocabulary = index.passages.vocabulary
    table = np.full(len(vocabulary), other)
    for term, value in values.items():
        if term in vocabulary:
            table[vocabulary[term]] = value
    found: Ints = table[tokens]
    return found


def _alternatives(term: str, expansions: Sequence[Expansion]) -> list[Alternative]:
    others = [Alternative(e.terms, e.weight, own=False) for e in expansions if e.term == term]
    return [Alternative((term,), 1.0, own=True), *others]


def _answer_shape(kind: Kind) -> WordShape:
    return ANSWER_SHAPES.get(kind, WordShape.NAME | WordShape.NUMBER)
