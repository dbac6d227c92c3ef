"""The features of a candidate: how a passage, and its surroundings, match a question.

They compare a question's terms with the terms of a stretch of passages. A term is matched by itself or, for less, by
one of its alternatives; of these only the best counts. Most features are shares of the question's weight, the sum of
its terms' idf, so that they mean the same for every question and library.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

import numpy as np

from retrieval.arrays import Flags, Floats, Ints
from retrieval.bm25.scorer import Scorer
from retrieval.index.marked_syllables import MarkedSyllables
from retrieval.index.passages import PassageIndex
from retrieval.models import Age, Kind, Query
from retrieval.query.expansion import WEIGHTS
from retrieval.query.focus import counted_asked, quantity_kind_asked
from retrieval.query.ordinals import ordinals_of
from retrieval.ranking.proximity import CandidateTerms, CandidateWording
from retrieval.ranking.term_alternatives import Alternative, TermAlternatives
from retrieval.text.answer_shapes import PassageShape, WordShape
from retrieval.text.orthography.japanese import has_kana
from retrieval.text.orthography.vietnamese import is_syllable, lacks_marks
from retrieval.text.terms import normalise, read_words, term_set

FIELDS = ("passage", "window", "paragraph", "article", "title")
"""Stretches compared with the question: the passage, it and its neighbours, its paragraph, its article, its title."""


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
_CHOICE = np.array([0.8, 0.5, 0.3, 0.5, 0.5])
"""What each field counts where candidates are chosen: more for what surrounds them than in their order."""
BIGRAM_WEIGHT = 0.15

ANSWER_SHAPES = {
    Kind.WHO: WordShape.NAME,
    Kind.WHEN: WordShape.DATE,
    Kind.HOW_MANY: WordShape.NUMBER,
    Kind.WHERE: WordShape.PLACE,
    Kind.LIST: WordShape.NAME,
    Kind.ROLE: WordShape.NAME,
}
"""The shape of the words that answer a question of a kind; any name or number for the other kinds."""
_NAME_OR_NUMBER = WordShape.NAME | WordShape.NUMBER
_OF_SHAPES = ("is_question", "points_back", "gives_reason", "is_fragment", "first_person", "stance")
"""The features of `PassageShape`, in the order of its flags."""

KINDS = (
    Kind.WHO, Kind.WHEN, Kind.WHERE, Kind.HOW_MANY, Kind.WHY, Kind.LIST, Kind.YES_NO, Kind.DEFINITION, Kind.COMPARISON,
    Kind.POSITION, Kind.ROLE, Kind.HOW, Kind.KEYWORDS,
)  # fmt: skip
"""The kinds of questions that are features."""
_ASKS = {f"asks_{kind.name.lower()}": kind for kind in KINDS}
AROUND_ALONE = 0.3
"""Least share of the question's weight that the title or the neighbours of a passage with no term must hold."""
LONG_ENOUGH = 3
"""Fewest telling words of such a passage."""
LEAST = 0.01
"""Least share of the question's weight that a title must lack for a passage to add to it."""
MOST_OF_ARTICLE = SATURATION["article"].k1 + 1
"""The most that the term frequency of an article comes to."""
BEFORE = 0.8
"""How well a passage matches a word that the passage before it holds."""
OPENING, OPENED = 6, 0.8
"""Of how many passages an article's opening is, and how well a passage of the article matches a name in it."""
DATED = 0.8
"""How well an article's date in the period that a question names matches the words for it."""

FEATURE_NAMES = (
    *(f"score_{field}" for field in FIELDS),
    "score_own", "score_bigrams", "untrained", "untrained_relative", "untrained_rank", "behind", "coverage",
    "coverage_count", "unfocused", "focus", "left_window", "left_paragraph", "left_article", "missing", "rarest",
    "names", "has_names", "written", "wording",
    "longest_run", "proximity", "first_match", "last_match", "answer", "answer_near", "answer_count", "full_name",
    "measure", "asks_measure", "is_question", "points_back", "gives_reason", "length", "order", "is_first",
    "article_rank", "relative_score", "relative_article", "question_terms", "alternatives", "new_words",
    "relative_title", "title_coverage", "known", "dated", "has_period", "newness",
    "is_fragment", "first_person", "stance", "defines", "both_forms", "near_pairs", "speaker", "has_speaker",
    *_ASKS, "in_japanese", "in_vietnamese",
    "related", "related_plain", "counted", "phrases", "local", "untitled", "known_before", "left_before",
    "behind_local", "behind_wording", "behind_known", "voiced", "names_around",
    "ordered_pairs", "ordinals", "other_ordinal",
)  # fmt: skip
"""The features in the order of their columns, by which the shipped weights know them."""
_COLUMNS = {name: column for column, name in enumerate(FEATURE_NAMES)}
BEHIND = ("local", "wording", "known")
"""The features of which there are others that say how far a candidate falls behind the best one."""
Column: TypeAlias = Floats | Flags | float
"""A feature of all candidates: one number each, or the same for all."""
Columns: TypeAlias = dict[str, Column]
UNKNOWN = 0.5
"""The feature of what a question does not ask for."""


class CandidateFeatures(NamedTuple):
    """The features of candidates, the best by the untrained score first."""

    places: Ints
    values: Floats  # one row a candidate, one column a name in `FEATURE_NAMES`, after them those of a semantic model
    untrained: Floats  # the weighted sum of the BM25 scores of its fields and of its bigrams
    levels: Floats  # how well each candidate (row) matches each term (column), 0 to 1
    weights: Floats  # the idf of each term, times its weight in the question
    titles: Floats  # how well the title of each candidate's article matches each term, likewise
    related: Floats  # how near in meaning to each term, but for names, a word of each candidate is, likewise
    merit: Floats  # the score that they are ranked by, comparable among the candidates of all questions
    matched: (
        Flags  # which of the terms looked for (see `retrieval.ranking.term_alternatives`) each candidate (row) holds
    )

    def column(self, name: str) -> Floats:
        """Return one feature of all candidates."""
        values: Floats = self.values[:, _COLUMNS[name]]
        return values

    def take(self, rows: Ints) -> "CandidateFeatures":
        """Return the candidates of rows, in the order given."""
        places, values, untrained, levels, weights, titles, related, merit, matched = self
        taken = (places[rows], values[rows], untrained[rows], levels[rows])
        return CandidateFeatures(*taken, weights, titles[rows], related[rows], merit[rows], matched[rows])


class CandidateScope(NamedTuple):
    """Which candidates a ranking goes on with, and what they are known to be about."""

    most: int  # the best by the scores of their fields
    chosen: Ints | None = None  # those to go on with in any case
    subject: int | None = None  # the article that answers the question before; see `_entitle`


def extract_features(
    query: Query, index: PassageIndex, places: Ints, scorer: Scorer, scope: CandidateScope
) -> CandidateFeatures:
    """Extract the features of the best candidates by the scores of their fields, and of those chosen.

    Args:
        query: The question, with at least one term.
        index: The library.
        places: The candidates; at least one.
        scorer: Knows the idf of a term.
        scope: Those to go on with.
    """
    return FeatureExtractor(query, index, places, scorer, scope).extract()


class FeatureExtractor:
    """Extracts the features of a question's candidates.

    Arrays over terms, fields and candidates have their axes in this order.
    """

    def __init__(self, query: Query, index: PassageIndex, places: Ints, scorer: Scorer, scope: CandidateScope) -> None:
        self._query, self._index, self._places = query, index, places
        self._alternatives = TermAlternatives(query, scorer)
        self._worth = np.array([query.weight(term) for term in query.terms])
        self._named = np.array([term in query.names for term in query.terms])
        marked = MarkedSyllables(index, _marked_words(query))
        idf = marked.idf([self._term_idf(*pair) for pair in zip(query.terms, self._alternatives.groups, strict=True)])
        self._weights = np.array(idf) * self._worth
        self._whole = float(self._weights.sum()) or 1.0
        self._around = index.fields_around(places)
        self._counts = index.counts(list(self._alternatives.rows), places, self._around)
        if scope.subject is not None:
            self._entitle(scope.subject)
        self._likeness = np.ones((len(self._alternatives.rows), len(places)))
        self._likeness[[self._alternatives.rows[term] for term in query.terms]] = marked.likeness(places)
        self._dated = self._match_dates()
        self._scores, self._own_scores, self._prominence = self._score_fields()
        self._choose_best(scope)
        self._terms = CandidateTerms(self._index, self._places, self._query, list(self._alternatives.rows))
        self._levels = self._match_levels()
        self._wording = CandidateWording(self._index, self._places, self._query)
        self._related = self._terms.related(query)
        self._bigrams = self._terms.bigrams(self._weights)
        self._untrained = _FIELD_SHARES @ self._scores + BIGRAM_WEIGHT * self._bigrams

    def _entitle(self, subject: int) -> None:
        """Count the terms carried from the question before that the article which answers it holds as its title's."""
        rows = [self._alternatives.rows[carried.term] for carried in self._query.carried]
        title, article = FIELDS.index("title"), FIELDS.index("article")
        held = (self._index.article[self._places] == subject) & (self._counts[rows, article] > 0)
        self._counts[rows, title] = np.maximum(self._counts[rows, title], held)

    def _match_dates(self) -> Floats:
        """Whether each candidate's article is of the question's period; its date counts as part of its title."""
        period = self._query.period
        if period is None:
            return np.full(len(self._places), UNKNOWN)
        days = [self._index.entries[number].source.date for number in self._index.article[self._places].tolist()]
        dated = np.array([UNKNOWN if day is None else float(period.holds(day)) for day in days])
        rows = [self._alternatives.rows[term] for term in self._query.terms if term in period.terms]
        title = self._counts[rows, FIELDS.index("title")]
        self._counts[rows, FIELDS.index("title")] = np.maximum(title, dated == 1)
        return dated

    def _term_idf(self, term: str, group: Sequence[Alternative]) -> float:
        """A term's idf; for a term that the library does not hold, at most that of its best alternative."""
        own, *others = (alternative.idf for alternative in group)
        known = term in self._index.passages.vocabulary
        return own if known or not others else min(own, max(others))

    def _score_fields(self) -> tuple[Floats, Floats, Floats]:
        """The BM25 scores of candidates: of each field, of the passage by its own terms alone, of terms in articles.

        The last are shares of the most that a term (row) can score in an article.
        """
        # an alternative never counts for more than the term it stands for
        values = self._alternatives.weigh(
            self._term_frequencies(),
            [
                min(weight, worth * alternative.idf) * alternative.weight
                for weight, worth, group in zip(
                    self._weights.tolist(), self._worth.tolist(), self._alternatives.groups, strict=True
                )
                for alternative in group
            ],
        )
        firsts = [0, *accumulate(map(len, self._alternatives.groups[:-1]))]
        scores, own = np.zeros(values.shape[1:]), np.zeros(values.shape[2])
        best = np.maximum.reduceat(values, firsts)
        for each, first in zip(best, firsts, strict=True):
            scores += each
            own += values[first, 0]
        most = np.maximum(self._weights * MOST_OF_ARTICLE, LEAST)
        return scores, own, best[:, FIELDS.index("article")] / most[:, None]

    def _term_frequencies(self) -> Floats:
        """BM25's term frequency part of each term in each field of each candidate."""
        norm = self._index.relative_lengths(self._places, self._around)
        norm = _K1 * (1 - _B + _B * norm)
        saturated: Floats = (_DELTA + self._counts * (_K1 + 1) / (self._counts + norm)) * (self._counts > 0)
        saturated[:, 0] *= self._likeness
        return saturated

    def _choose_best(self, scope: CandidateScope) -> None:
        """Go on with those whose fields score best, and that hold a term or whose surroundings tell the subject."""
        own, window, _, _, title = self._scores
        told = np.maximum(title, window) >= AROUND_ALONE * self._whole
        told &= self._index.passages.lengths[self._places] >= LONG_ENOUGH
        score = np.where((own > 0) | told, _CHOICE @ self._scores, -1.0)
        order, count = (-score).argsort(kind="stable"), max(1, min(scope.most, int((score >= 0).sum())))
        rows, others = order[:count], order[count:]
        if scope.chosen is not None:
            rows = np.concatenate([rows, others[np.isin(self._places[others], scope.chosen)]])
        self._places, self._own_scores, self._dated = self._places[rows], self._own_scores[rows], self._dated[rows]
        self._counts, self._scores = self._counts[:, :, rows], self._scores[:, rows]
        self._likeness, self._prominence = self._likeness[:, rows], self._prominence[:, rows]

    def _match_levels(self) -> Floats:
        """How well each field of each candidate matches each term: the weight of its best alternative there."""
        present = (self._counts > 0).astype(float)
        present[:, 0] *= self._likeness
        stacked = self._alternatives.match(present, self._terms)
        if (period := self._query.period) is not None:
            rows = [row for row, term in enumerate(self._query.terms) if term in period.terms]
            stacked[rows, 0] = np.maximum(stacked[rows, 0], DATED * (self._dated == 1))
        return stacked

    def extract(self) -> CandidateFeatures:
        """Return all features, the best candidate by the untrained score first."""
        columns = self.scores() | self.coverage() | self.wording() | self.answer() | self.position() | self.question()
        columns |= self.time() | self.definition() | self.speech()
        columns |= {f"behind_{name}": np.max(columns[name]) - columns[name] for name in BEHIND}
        values = np.empty((len(FEATURE_NAMES), len(self._places)))
        for row, name in enumerate(FEATURE_NAMES):
            values[row] = columns[name]
        order = (-self._untrained).argsort(kind="stable")
        held, titles, untrained = self._levels[:, 0].T[order], self._levels[:, 4].T[order], self._untrained[order]
        return CandidateFeatures(
            self._places[order],
            values.T[order],
            untrained,
            held,
            self._weights,
            titles,
            self._related.T[order],
            merit=untrained,
            matched=self._counts[:, 0].T[order] > 0,
        )

    def scores(self) -> Columns:
        """Return the BM25 scores of the fields, and the untrained score."""
        untrained, best = self._untrained, self._untrained.max()
        return {
            **{f"score_{field}": scores / self._whole for field, scores in zip(FIELDS, self._scores, strict=True)},
            "score_own": self._own_scores / self._whole,
            "score_bigrams": self._bigrams / self._whole,
            "untrained": untrained / self._whole,
            "untrained_relative": untrained / (best or 1.0),
            "untrained_rank": 1 / (1 + (-untrained).argsort(kind="stable").argsort()),
            "behind": (best - untrained) / self._whole,
        }

    def coverage(self) -> Columns:
        """Return which share of the question's weight a passage holds, its surroundings add, and neither holds."""
        levels, share = self._levels, self._weights / self._whole
        passage, window, paragraph = levels[:, 0], levels[:, 1] > 0, levels[:, 2] > 0
        article = (levels[:, 3] > 0) | (levels[:, 4] > 0)
        held = passage > 0
        near = held | window | paragraph
        rarest = int(self._weights.argmax())
        far = np.where(window[rarest], 0.5, np.where(article[rarest], 0.25, 0.0))
        coverage = share @ passage
        before, opening = self._held_earlier()
        return {
            "coverage": coverage,
            "coverage_count": held.mean(axis=0),
            **self._focus(share, passage, coverage),
            "left_window": share @ (window & ~held),
            "left_paragraph": share @ (paragraph & ~(window | held)),
            "left_article": share @ (article & ~near),
            "missing": share @ ~(article | near),
            "title_coverage": share @ levels[:, 4],
            "known": share @ np.maximum(passage, levels[:, 4]),
            "rarest": np.where(held[rarest], passage[rarest], far),
            **self._names(passage),
            **self._near_in_meaning(passage),
            **self._beyond(share, before),
            **self._voice(share, opening),
        }

    def _beyond(self, share: Floats, before: Flags) -> Columns:
        """The terms of a passage beyond its article's title, beside the previous passage and the other candidates."""
        passage, title = self._levels[:, 0], self._levels[:, 4]
        local = self._worth * np.log((passage.shape[1] + 1) / (passage.sum(axis=1) + 0.5))
        untold = share[:, None] * (1 - title)
        whole = untold.sum(axis=0)
        return {
            "local": local @ passage / (local.sum() or 1.0),
            "untitled": np.where(whole > LEAST, (untold * passage).sum(axis=0) / np.maximum(whole, LEAST), UNKNOWN),
            "known_before": share @ np.maximum.reduce([passage, title, BEFORE * before]),
            "left_before": share @ (before & ~(passage > 0)),
        }

    def _held_earlier(self) -> tuple[Flags, Flags]:
        """Which of the question's terms the passage before each candidate holds, and the first of its article."""
        order = self._index.order[self._places]
        opening = self._places - order
        firsts = np.concatenate([self._places - (order > 0), opening])
        ends = np.concatenate([self._places, np.minimum(opening + OPENING, self._places + 1)])
        held: Flags = self._index.passages.counts(self._query.terms, firsts, ends) > 0
        return held[:, : len(order)], held[:, len(order) :]

    def _voice(self, share: Floats, opening: Flags) -> Columns:
        """The coverage of a passage whose 'we' and 'our' stand for the names that its article opens with or repeats."""
        known = np.maximum(self._levels[:, 0], self._levels[:, 4])
        told = np.maximum(self._prominence, OPENED * opening) * self._named[:, None]
        around = np.maximum(known, told)
        ours = self._index.shapes[self._places] & int(PassageShape.FIRST_PERSON) > 0
        named = self._weights * self._named
        whole = float(named.sum())
        return {
            "voiced": share @ np.where(ours, around, known),
            "names_around": named @ around / whole if whole else UNKNOWN,
        }

    def _near_in_meaning(self, passage: Floats) -> Columns:
        """Which share of the weight of all words, and of those that are no names, a passage holds or comes near to."""
        held = np.maximum(passage, self._related)
        plain = self._weights * ~self._named
        whole = float(plain.sum())
        return {
            "related": self._weights @ held / self._whole,
            "related_plain": plain @ held / whole if whole else UNKNOWN,
        }

    def _focus(self, share: Floats, passage: Floats, coverage: Floats) -> Columns:
        """The coverage of all but the word for the kind of thing that is asked for, and whether that word is there."""
        focus = self._query.focus
        if focus is None or len(share) == 1:
            return {"unfocused": coverage, "focus": UNKNOWN}
        row = self._query.terms.index(focus)
        unfocused = (coverage - share[row] * passage[row]) / (1 - share[row])
        return {"unfocused": unfocused, "focus": passage[row]}

    def _names(self, passage: Floats) -> Columns:
        """Which share of the weight of the question's names and numbers a passage holds, and whether there are any."""
        named = self._weights * self._named
        whole = float(named.sum())
        return {"names": named @ passage / whole if whole else UNKNOWN, "has_names": 1.0 if whole else 0.0}

    def wording(self) -> Columns:
        """Return how closely a passage follows the question's wording and order of words."""
        wording = self._wording
        written, worded = wording.written(self._weights / self._whole), wording.wording()
        phrases = wording.phrases(self._weights)
        if self._query.vietnamese and lacks_marks(self._query.asked):
            bare = self._weights * [word.isascii() for word in self._query.words]
            written = np.maximum(written, bare @ (self._levels[:, 0] > 0) / self._whole)
            worded = np.maximum(worded, self._bigrams / self._whole)
            phrases = np.maximum(phrases, self._bigrams / self._whole)
        return {
            "written": written,
            "wording": worded,
            "phrases": phrases,
            "longest_run": self._terms.longest_run(),
            **self._terms.spread(),
            "new_words": self._terms.new_words(),
            **self._terms.near_pairs(self._alternatives.matrix(), self._weights),
            "full_name": wording.full_names() if self._query.kind in {Kind.WHO, Kind.ROLE} else UNKNOWN,
            "counted": self._counted(),
            **self._ordinals(),
        }

    def _counted(self) -> Column:
        """Whether a figure counts what a question wants counted."""
        asked = counted_asked(self._query.asked)
        rows = [row for row, term in enumerate(self._query.terms) if term in asked]
        return np.maximum.reduce([self._terms.counted(row) for row in rows]) if rows else UNKNOWN

    def _ordinals(self) -> Columns:
        """How well the least held of the ordinals and years asked for is held, and if another is in its place."""
        asked = ordinals_of(self._query)
        if not asked:
            return {"ordinals": UNKNOWN, "other_ordinal": 0.0}
        known = np.maximum(self._levels[:, 0], self._levels[:, 4])
        others = [np.where(known[ordinal.row] > 0, 0.0, self._terms.other_ordinals(ordinal)) for ordinal in asked]
        return {
            "ordinals": known[[ordinal.row for ordinal in asked]].min(axis=0),
            "other_ordinal": np.maximum.reduce(others),
        }

    def answer(self) -> Columns:
        """Return whether a passage holds words, not the question's own, of the shape of its answer."""
        shapes, asked = self._index.shapes[self._places], quantity_kind_asked(self._query.asked)
        flags = np.unpackbits(shapes[None, :], axis=0, bitorder="little").view(np.bool_)
        return {
            **self._terms.answers(ANSWER_SHAPES.get(self._query.kind, _NAME_OR_NUMBER)),
            "measure": UNKNOWN if asked is None else self._index.measures[self._places] & int(asked) > 0,
            "asks_measure": 0.0 if asked is None else 1.0,
            **dict(zip(_OF_SHAPES, flags[: len(_OF_SHAPES)], strict=True)),
        }

    def position(self) -> Columns:
        """Return where a passage stands, how long it is, and how it and its article do beside the other candidates."""
        order = self._index.order[self._places]
        passage, _, _, article, title = self._scores
        ranks = {score: 1 / rank for rank, score in enumerate(sorted(set(article.tolist()), reverse=True), 1)}
        return {
            "length": np.log1p(self._index.passages.lengths[self._places]),
            "order": 1 / (1 + order),
            "is_first": order == 0,
            "article_rank": np.array([ranks[score] for score in article.tolist()]),
            "relative_score": passage / (passage.max() or 1.0),
            "relative_article": article / (article.max() or 1.0),
            "relative_title": title / (title.max() or 1.0),
        }

    def time(self) -> Columns:
        """Return whether a passage is of the period, and how near to the age, that is asked for."""
        return {
            "dated": self._dated,
            "has_period": self._query.period is not None,
            "newness": UNKNOWN if self._query.prefers is None else self._newness(self._query.prefers.age),
        }

    def _newness(self, age: Age) -> Floats:
        days = [self._index.entries[number].source.date for number in self._index.article[self._places].tolist()]
        known = sorted({day for day in days if day is not None}, reverse=age is Age.OLDEST)
        return np.array([UNKNOWN if day is None else (known.index(day) + 1) / len(known) for day in days])

    def definition(self) -> Columns:
        """Return whether a passage reads as one that defines the question's name, or gives both of its forms."""
        both = np.zeros(len(self._places))
        present = (self._counts[:, 0] > 0).astype(float)
        for group in self._alternatives.groups:
            own = present[self._alternatives.rows[group[0].terms[0]]]
            for other in group[1:]:
                if other.weight >= WEIGHTS["acronym"] and (len(other.terms) > 1 or len(self._query.terms) > 1):
                    both = np.maximum(both, np.minimum(own, self._alternatives.least(present, other)))
        return {"defines": self._wording.definition(), "both_forms": both}

    def speech(self) -> Columns:
        """Return whether a passage is spoken by somebody whom the question names."""
        named = {
            term: weight
            for term, weight in zip(self._query.terms, self._weights.tolist(), strict=True)
            if term in self._query.names
        }
        whole = sum(named.values())
        speakers = self._index.speakers(self._places)
        held = [sum(named.get(term, 0.0) for term in term_set(speaker)) if speaker else 0.0 for speaker in speakers]
        return {
            "speaker": np.array(held) / whole if whole else UNKNOWN,
            "has_speaker": np.array([speaker is not None for speaker in speakers]),
        }

    def question(self) -> Columns:
        """Return how long the question is, and how many alternatives its terms have."""
        return {
            "question_terms": min(len(self._query.terms), 12) / 12,
            "alternatives": min(len(self._query.expansions), 20) / 10,
            **{name: float(self._query.kind is kind) for name, kind in _ASKS.items()},
            "in_japanese": float(has_kana(self._query.asked)),
            "in_vietnamese": float(self._query.vietnamese),
        }


def _marked_words(query: Query) -> list[str | None]:
    """For each term its syllable in small letters, of a Vietnamese question with marks; None for any other word."""
    written: defaultdict[str, set[str]] = defaultdict(set)
    if query.vietnamese and not lacks_marks(query.asked):
        plain = normalise(query.asked)
        for word in read_words(plain, spoken=True).telling:
            written[word.term].add(plain[word.start : word.end].lower())
    only = {term: next(iter(forms)) for term, forms in written.items() if len(forms) == 1}
    return [form if (form := only.get(term)) and is_syllable(form) else None for term in query.terms]
