"""What speaks for a candidate: figures about how a passage, and what surrounds it, matches a question.

All of them compare a question's terms with the terms of a stretch of passages. A term is matched by itself or, for
less, by one of its alternatives; of these only the best counts. Most figures are shares of the question's weight, the
sum of its terms' idf, so that they mean the same for every question and library.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.index.passages import Flags, Floats, Ints, PassageIndex
from retrieval.models import Expansion, Kind, Query
from retrieval.ranking.proximity import CandidateTerms, CandidateWording
from retrieval.text.answer_shapes import PassageShape, WordShape
from retrieval.text.quantity_kinds import quantity_kind_asked

FIELDS = ("passage", "window", "paragraph", "article", "title")
"""What is compared with the question: the passage, it and its neighbours, its paragraph, its article, its title."""


class FieldParameters(NamedTuple):
    """BM25's parameters for one field, with BM25+'s lower bound (Lv and Zhai 2011)."""

    k1: float
    b: float
    delta: float


SATURATION = {
    "passage": FieldParameters(0.4, 0.5, 1.0),
    "window": FieldParameters(1.2, 0.75, 0.0),
    "paragraph": FieldParameters(1.2, 0.75, 0.0),
    "article": FieldParameters(1.2, 0.75, 0.0),
    "title": FieldParameters(0.5, 0.3, 0.0),
}
FIELD_WEIGHTS = {"passage": 1.0, "window": 0.2, "paragraph": 0.2, "article": 0.3, "title": 0.1}
"""What each field adds to the untrained score; measured (docs/quality.md)."""
_K1, _B, _DELTA = np.array([SATURATION[field] for field in FIELDS]).T[:, :, None]
_FIELD_SHARES = np.array([FIELD_WEIGHTS[field] for field in FIELDS])
BIGRAM_WEIGHT = 0.15

ANSWER_SHAPES = {
    Kind.WHO: WordShape.NAME,
    Kind.WHEN: WordShape.DATE,
    Kind.HOW_MANY: WordShape.NUMBER,
    Kind.WHERE: WordShape.PLACE,
    Kind.LIST: WordShape.NAME,
}
"""The shape of the words that answer a question of a kind; any name or number for the other kinds."""

NAMES = (
    *(f"score_{field}" for field in FIELDS),
    "score_own", "score_bigrams", "untrained", "untrained_relative", "untrained_rank", "behind", "coverage",
    "coverage_count", "unfocused", "focus", "left_window", "left_paragraph", "left_article", "missing", "rarest",
    "names", "has_names", "written", "wording",
    "longest_run", "proximity", "first_match", "last_match", "answer", "answer_near", "answer_count", "full_name",
    "measure", "asks_measure", "is_question", "points_back", "gives_reason", "length", "order", "is_first",
    "article_rank", "relative_score", "relative_article", "question_terms", "alternatives", "new_words",
)  # fmt: skip
"""The figures, in the order of the columns."""
Column = Floats | Flags | float
"""A figure of all candidates: one number each, or the same for all."""
UNKNOWN = 0.5
"""The figure of what a question does not ask for."""


class CandidateFeatures(NamedTuple):
    """What speaks for some candidates, the best by the untrained score first.

    Attributes:
        places: The candidates.
        figures: One row a candidate, one column a name in `NAMES`.
        untrained: The untrained score of each: its fields' BM25 scores and its bigrams, weighted and summed.
        levels: How well each candidate matches each term, 0 to 1; one row a candidate, one column a term.
        weights: The idf of each term, times what it is worth where it was taken over from an earlier question.
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

    def take(self, rows: Ints) -> "CandidateFeatures":
        """The evidence for some of the candidates, in the order given."""
        return CandidateFeatures(
            self.places[rows], self.figures[rows], self.untrained[rows], self.levels[rows], self.weights
        )


class Alternative(NamedTuple):
    """One way to match a term: all of some terms, and what that is worth."""

    terms: tuple[str, ...]
    weight: float
    own: bool


def extract_features(
    query: Query, index: PassageIndex, places: Ints, idf: Callable[[str], float], keep: int
) -> CandidateFeatures:
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

    Arrays over terms, fields and candidates have their axes in this order.
    """

    def __init__(self, query: Query, index: PassageIndex, places: Ints, idf: Callable[[str], float]) -> None:
        self._query, self._index, self._places = query, index, places
        self._groups = [_alternatives(term, query.expansions) for term in query.terms]
        used = dict.fromkeys(term for group in self._groups for alternative in group for term in alternative.terms)
        self._used = {term: row for row, term in enumerate(used)}
        self._idf = {term: idf(term) for term in used}
        idfs = [self._weight(*pair) for pair in zip(query.terms, self._groups, strict=True)]
        self._worth = np.array([query.weight(term) for term in query.terms])
        self._weights = np.array(idfs) * self._worth
        self._whole = float(self._weights.sum()) or 1.0
        self._counts = index.counts(list(self._used), places)
        self._scores, self._own = self._score()

    def _weight(self, term: str, group: Sequence[Alternative]) -> float:
        """A term's idf; of one that the library does not hold, at most that of what may stand for it."""
        others = [self._best_idf(alternative) for alternative in group if not alternative.own]
        own = self._idf[term]
        known = term in self._index.passages.vocabulary
        return own if known or not others else min(own, max(others))

    def _best_idf(self, alternative: Alternative) -> float:
        return max(self._idf[term] for term in alternative.terms)

    def _saturated(self) -> Floats:
        """BM25's term frequency part of each used term in each field of each candidate."""
        norm = self._index.relative_lengths(self._places)
        norm = _K1 * (1 - _B + _B * norm)
        saturated: Floats = (_DELTA + self._counts * (_K1 + 1) / (self._counts + norm)) * (self._counts > 0)
        return saturated

    def _score(self) -> tuple[Floats, Floats]:
        """The BM25 score of each field of each candidate, and that of the passage by the question's own terms alone."""
        saturated = self._saturated()
        scores, own = np.zeros(saturated.shape[1:]), np.zeros(saturated.shape[2])
        for term, worth, group in zip(self._weights.tolist(), self._worth.tolist(), self._groups, strict=True):
            # an alternative never counts for more than the term it stands for
            values = [
                self._together(saturated, alternative)
                * (min(term, worth * self._best_idf(alternative)) * alternative.weight)
                for alternative in group
            ]
            scores += np.maximum.reduce(values) if len(values) > 1 else values[0]
            own += values[0][0]
        return scores, own

    def _together(self, values: Floats, alternative: Alternative) -> Floats:
        """The least of some values over the terms of an alternative."""
        first, *others = (self._used[term] for term in alternative.terms)
        least: Floats = values[[first, *others]].min(axis=0) if others else values[first]
        return least

    def keep_best(self, count: int) -> None:
        """Go on with the candidates whose fields score best."""
        rows = np.argsort(-(_FIELD_SHARES @ self._scores), kind="stable")[:count]
        self._places, self._own = self._places[rows], self._own[rows]
        self._counts, self._scores = self._counts[:, :, rows], self._scores[:, rows]

    def _levels(self) -> Floats:
        """How well each field of each candidate matches each term: the weight of its best alternative there."""
        present = (self._counts > 0).astype(float)
        levels = [
            np.maximum.reduce([self._together(present, alternative) * alternative.weight for alternative in group])
            if len(group) > 1
            else present[self._used[group[0].terms[0]]]
            for group in self._groups
        ]
        return np.stack(levels)

    def evidence(self) -> CandidateFeatures:
        """Put all figures side by side."""
        levels = self._levels()
        found = CandidateTerms(self._index, self._places, self._query, list(self._used))
        wording = CandidateWording(self._index, self._places, self._query)
        bigrams = found.bigrams(self._weights)
        untrained = _FIELD_SHARES @ self._scores + BIGRAM_WEIGHT * bigrams
        figures = np.empty((len(NAMES), len(self._places)))
        values = (
            *(self._scores / self._whole),
            self._own / self._whole,
            bigrams / self._whole,
            untrained / self._whole,
            untrained / (untrained.max() or 1.0),
            1 / (1 + np.argsort(np.argsort(-untrained, kind="stable"))),
            (untrained.max() - untrained) / self._whole,
            *self._coverage(levels),
            wording.written(self._weights / self._whole),
            wording.wording(),
            found.longest_run(),
            *found.spread(),
            *self._answer(found, wording),
            *self._position(),
            *self._question(),
            found.new_words(),
        )
        for row, value in enumerate(values):
            figures[row] = value
        order = np.argsort(-untrained, kind="stable")
        held = levels[:, 0].T
        return CandidateFeatures(self._places[order], figures.T[order], untrained[order], held[order], self._weights)

    def _coverage(self, levels: Floats) -> list[Column]:
        """Which share of the question's weight a passage holds, what surrounds it adds, and nothing near it holds."""
        share = self._weights / self._whole
        passage, window, paragraph = levels[:, 0], levels[:, 1] > 0, levels[:, 2] > 0
        article = (levels[:, 3] > 0) | (levels[:, 4] > 0)
        held = passage > 0
        left_window = window & ~held
        left_paragraph = paragraph & ~(window | held)
        near = held | window | paragraph
        rarest = int(np.argmax(self._weights))
        far = np.where(window[rarest], 0.5, np.where(article[rarest], 0.25, 0.0))
        coverage = share @ passage
        return [
            coverage,
            held.mean(axis=0),
            *self._focus(share, passage, coverage),
            share @ left_window,
            share @ left_paragraph,
            share @ (article & ~near),
            share @ ~(article | near),
            np.where(held[rarest], passage[rarest], far),
            *self._names(passage),
        ]

    def _focus(self, share: Floats, passage: Floats, coverage: Floats) -> list[Column]:
        """The coverage of all but the word that says what kind of thing is asked for, and whether that is there."""
        focus = self._query.focus
        if focus is None or len(share) == 1:
            return [coverage, UNKNOWN]
        row = self._query.terms.index(focus)
        return [(coverage - share[row] * passage[row]) / (1 - share[row]), passage[row]]

    def _names(self, passage: Floats) -> list[Column]:
        """Which share of the weight of the question's names and numbers a passage holds, and whether there are any."""
        named = self._weights * [term in self._query.names for term in self._query.terms]
        whole = float(named.sum())
        return [named @ passage / whole, 1.0] if whole else [UNKNOWN, 0.0]

    def _answer(self, found: CandidateTerms, wording: CandidateWording) -> list[Column]:
        """Whether a passage holds words of the shape that answers, not the question's own; and what else it is."""
        shapes = self._index.shapes[self._places]
        flags = (PassageShape.QUESTION, PassageShape.POINTS_BACK, PassageShape.REASON)
        return [
            *found.answers(ANSWER_SHAPES.get(self._query.kind, WordShape.NAME | WordShape.NUMBER)),
            wording.full_names() if self._query.kind is Kind.WHO else UNKNOWN,
            *self._measure(),
            *(shapes & flag > 0 for flag in flags),
        ]

    def _measure(self) -> list[Column]:
        """Whether a passage holds a figure of the kind asked for, and whether any kind is."""
        asked = quantity_kind_asked(self._query.asked)
        return [UNKNOWN, 0.0] if asked is None else [self._index.measures[self._places] & asked > 0, 1.0]

    def _position(self) -> list[Floats]:
        """Where a passage stands, how long it is, and how it and its article do beside the other candidates."""
        order = self._index.order[self._places]
        passage, article = self._scores[FIELDS.index("passage")], self._scores[FIELDS.index("article")]
        ranks = {score: 1 / rank for rank, score in enumerate(sorted(set(article.tolist()), reverse=True), 1)}
        return [
            np.log1p(self._index.passages.lengths[self._places]),
            1 / (1 + order),
            order == 0,
            np.array([ranks[score] for score in article.tolist()]),
            passage / (passage.max() or 1.0),
            article / (article.max() or 1.0),
        ]

    def _question(self) -> list[float]:
        """How long the question is, and how many alternatives there are to its terms."""
        return [min(len(self._query.terms), 12) / 12, min(len(self._query.expansions), 20) / 10]


def _alternatives(term: str, expansions: Sequence[Expansion]) -> list[Alternative]:
    others = [Alternative(e.terms, e.weight, own=False) for e in expansions if e.term == term]
    return [Alternative((term,), 1.0, own=True), *others]
