"""The words of all candidates in one row: what stands beside what, in which wording, and how near to an answer.

Every figure has one number a candidate.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.index import Flags, Floats, Ints, PassageIndex
from retrieval.models import Query
from retrieval.shapes import WordShape
from retrieval.terms import written_words

ABSENT = -2
"""The place, among a question's terms, of a word that is none of them; not next to any place."""


class CandidateTerms:
    """The terms of candidates, in one row, with those of a question found among them.

    Attributes:
        hits: How many words of each candidate match.
    """

    def __init__(self, index: PassageIndex, places: Ints, query: Query, used: Sequence[str]) -> None:
        """Find a question's terms.

        Args:
            index: The library.
            places: The candidates.
            query: The question.
            used: Its terms and all that may stand for them.
        """
        self._count, self._asked = len(places), len(query.terms)
        self._lengths = np.maximum(index.passages.lengths[places], 1)
        self._owner, self._offset, at = index.passages.row(places)
        self._shapes = index.word_shapes[at]
        tokens, number = index.passages.tokens[at], index.passages.vocabulary
        same = tokens[:, None] == np.array([number.get(term, -1) for term in query.terms])
        self._position = np.where(same.any(axis=1), same.argmax(axis=1), ABSENT)
        known = np.array([number[term] for term in used if term in number])
        self._hit = np.flatnonzero((tokens[:, None] == known).any(axis=1))
        self.hits: Ints = np.bincount(self._owner[self._hit], minlength=self._count)
        before, after = self._position[:-1], self._position[1:]
        beside = (self._owner[1:] == self._owner[:-1]) & (before >= 0) & (after == before + 1)
        self._follows = np.flatnonzero(beside)

    def bigrams(self, weights: Floats) -> Floats:
        """The weight of the question's neighbouring terms that are neighbours in a candidate, each pair once."""
        pairs = (weights[:-1] + weights[1:]) / 2
        found = np.zeros((self._count, self._asked), dtype=bool)
        found[self._owner[self._follows], self._position[self._follows]] = True
        scores: Floats = found[:, :-1] @ pairs
        return scores

    def longest_run(self) -> Floats:
        """The longest run of the question's terms, as a share of them."""
        longest, run, before = np.minimum(self.hits, 1).tolist(), 0, -2
        for place, owner in zip(self._follows.tolist(), self._owner[self._follows].tolist(), strict=True):
            run = run + 1 if place == before + 1 else 2
            before, longest[owner] = place, max(longest[owner], run)
        return np.array(longest) / self._asked

    def spread(self) -> list[Floats]:
        """How close together the matches are, and where in the candidate the first and the last of them stand."""
        matched, ends = self.hits > 0, np.cumsum(self.hits)
        first, last = np.zeros(self._count), np.zeros(self._count)
        first[matched] = self._offset[self._hit[(ends - self.hits)[matched]]]
        last[matched] = self._offset[self._hit[ends[matched] - 1]]
        close = np.where(self.hits > 1, self.hits / (last - first + 1), 0.0)
        return [close, np.where(matched, first / self._lengths, 1.0), np.where(matched, last / self._lengths, 1.0)]

    def answers(self, shape: WordShape) -> list[Floats]:
        """Whether words of a shape that the question does not hold are there, how near to a match, and how many."""
        new: Flags = (self._shapes & shape > 0) & (self._position < 0)
        places = np.flatnonzero(new)
        count = np.bincount(self._owner[places], minlength=self._count)
        gap = np.full(self._count, np.inf)
        if len(places) and len(self._hit):
            after = np.searchsorted(self._hit, places)
            for beside in (np.maximum(after - 1, 0), np.minimum(after, len(self._hit) - 1)):
                match = self._hit[beside]
                same = self._owner[match] == self._owner[places]
                np.minimum.at(gap, self._owner[places[same]], np.abs(match - places)[same])
        return [np.minimum(count, 1), 1 / (1 + gap), np.minimum(count, 6) / 6]

    def new_words(self) -> Floats:
        """The share of a candidate's words that match nothing."""
        return 1 - self.hits / self._lengths


class CandidateWording:
    """All words of candidates as written, in one row, beside a question's very wording."""

    def __init__(self, index: PassageIndex, places: Ints, query: Query) -> None:
        """Find a question's words.

        Args:
            index: The library.
            places: The candidates.
            query: The question.
        """
        self._count = len(places)
        self._owner, _, at = index.written.row(places)
        self._capital, self._tokens = index.capital[at], index.written.tokens[at]
        self._beside = self._owner[1:] == self._owner[:-1]
        self._number = index.written.vocabulary
        self._asked = self._numbered(written_words(query.asked))
        self._telling = self._numbered(query.words)

    def _numbered(self, words: Sequence[str]) -> Ints:
        return np.array([self._number.get(word.lower(), -1) for word in words], dtype=np.int64)

    def written(self, weights: Floats) -> Floats:
        """The weight of the terms that are written as in the question."""
        scores: Floats = self._found(self._tokens[:, None] == self._telling) @ weights
        return scores

    def wording(self) -> Floats:
        """The share of the question's pairs of neighbouring words, stop words too, that are there as written."""
        pairs = np.unique(self._paired(self._asked))
        same = self._paired(self._tokens)[:, None] == pairs[pairs >= 0]
        share: Floats = self._found(same & self._beside[:, None]).sum(axis=1) / max(1, len(pairs))
        return share

    def _paired(self, numbers: npt.NDArray[np.integer[Any]]) -> Ints:
        """One number for each two neighbours; below 0 where one of them is unknown."""
        before, after = numbers[:-1].astype(np.int64), numbers[1:].astype(np.int64)
        return np.where((before < 0) | (after < 0), -1, before * len(self._number) + after)

    def _found(self, same: Flags) -> Flags:
        """Which of the columns are anywhere in each candidate."""
        where, column = np.nonzero(same)
        found = np.zeros((self._count, same.shape[1]), dtype=bool)
        found[self._owner[where], column] = True
        return found

    def full_names(self) -> Floats:
        """Whether two words with capitals stand side by side that the question does not hold."""
        new = self._capital & ~(self._tokens[:, None] == self._asked).any(axis=1)
        pairs = np.flatnonzero(new[:-1] & new[1:] & self._beside)
        found = np.zeros(self._count)
        found[self._owner[pairs]] = 1.0
        return found
