"""The words of all candidates in one row: neighbours, wording, distances. Each feature has one number a candidate."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Flags, Floats, Ints
from retrieval.glossary.near_words import near_terms
from retrieval.index.passages import PassageIndex
from retrieval.models import Query
from retrieval.query.ordinals import AskedOrdinal
from retrieval.text.answer_shapes import WordShape
from retrieval.text.term_dictionary import TermVocabulary
from retrieval.text.terms import normalise, read_words

UNKNOWN, NEVER = -1, -3
"""The number of a word that the library does not hold, and one that no word has."""
ABSENT = -2
"""The place, among a question's terms, of any other word; not next to any place."""
_NONE: Ints = np.empty(0, dtype=np.int64)

NEAR = 5
"""Most words from one term to another that is near it."""
CLOSE = 3
"""Most words from a figure to the thing that it counts."""
_FIGURE, _FIGURE_OR_DATE = int(WordShape.NUMBER), int(WordShape.NUMBER | WordShape.DATE)
BEFORE, ELSEWHERE = 2, 0.5
"""Most words from an ordinal or a year to the thing that it tells from others, and what one further away counts."""
COPULA = "is was are were means refers serves aims seeks provides brings consists comprises とは は là".split()
APPOSITION = "a an the which established launched announced created formed founded".split()
"""How a definition goes on after the name: 'QUIN is a network', 'QUIN, a network'."""


class CandidateTerms:
    """The terms of candidates, in one row, with the matches of `used`, a question's terms and their alternatives."""

    def __init__(self, index: PassageIndex, places: Ints, query: Query, used: Sequence[str]) -> None:
        self._count, self._asked, self._used = len(places), len(query.terms), len(used)
        self._lengths = np.maximum(index.passages.lengths[places], 1)
        self._owner, self._offset, at = index.passages.row(places)
        self._shapes = index.word_shapes[at]
        tokens, number = index.passages.tokens[at], index.passages.vocabulary
        self._tokens, self._number = tokens, number
        self._hit, self._which = _matches(tokens, _numbers(number, used))
        asked = {term: place for place, term in enumerate(query.terms)}
        self._position = np.full(len(tokens), ABSENT)
        self._position[self._hit] = np.array([asked.get(term, ABSENT) for term in used])[self._which]
        self._holder = self._owner[self._hit]
        self._hits: Ints = np.bincount(self._holder, minlength=self._count)
        before, after = self._position[:-1], self._position[1:]
        beside = (self._owner[1:] == self._owner[:-1]) & (before >= 0) & (after == before + 1)
        self._follows = beside.nonzero()[0]

    def bigrams(self, weights: Floats) -> Floats:
        """Return the weight of the question's neighbouring terms that are neighbours in a candidate, each pair once."""
        pairs = (weights[:-1] + weights[1:]) / 2
        found = np.zeros((self._count, self._asked), dtype=bool)
        found[self._owner[self._follows], self._position[self._follows]] = True
        scores: Floats = found[:, :-1] @ pairs
        return scores

    def near_pairs(self, groups: Flags, weights: Floats) -> dict[str, Floats]:
        """Return the share of the question's neighbouring terms that stand near each other, in any form.

        `near_pairs` counts them in any order, `ordered_pairs` in the question's.

        Args:
            groups: For each term of `used` (row), the question's terms (columns) that it matches.
            weights: The idf of each of the question's terms.
        """
        pairs = (weights[:-1] + weights[1:]) / 2
        of = groups[self._which]
        one, other = self._close
        first, second = of[:, :-1], of[:, 1:]
        # a term that is both of a pair is its own neighbour on the one side
        ordered = first[one] & second[other] & ~second[one]
        either = ordered | (second[one] & first[other])
        return {
            "near_pairs": self._share_of_pairs(either, one, pairs),
            "ordered_pairs": self._share_of_pairs(ordered, one, pairs),
        }

    def _share_of_pairs(self, beside: Flags, matches: Ints, pairs: Floats) -> Floats:
        """The share of the weight of pairs (columns) that stand at matches (rows) of each candidate."""
        held = np.zeros((self._count, len(pairs)))
        rows, columns = beside.nonzero()
        held[self._holder[matches[rows]], columns] = 1.0
        share: Floats = held @ pairs / (pairs.sum() or 1.0)
        return share

    @cached_property
    def _close(self) -> tuple[Ints, Ints]:
        """Each two matches that stand near each other, the first of the two first."""
        # each match and the next ones: more cannot stand near it
        every = np.arange(len(self._hit))
        one, other = every.repeat(NEAR), (every[:, None] + np.arange(1, NEAR + 1)).ravel()
        one, other = one[other < len(self._hit)], other[other < len(self._hit)]
        close = (self._hit[other] - self._hit[one] <= NEAR) & (self._holder[other] == self._holder[one])
        return one[close], other[close]

    def side_by_side(self, pairs: Sequence[tuple[int, int]]) -> Flags:
        """Return which two of `used` (row) stand side by side, in either order, in each candidate (column)."""
        numbers = np.full((self._used, self._used), UNKNOWN)
        for number, (first, second) in enumerate(pairs):
            numbers[first, second] = numbers[second, first] = number
        one, other = self._close
        asked = numbers[self._which[one], self._which[other]]
        found = np.zeros((len(pairs), self._count), dtype=bool)
        held = (asked >= 0) & (self._hit[other] - self._hit[one] == 1)
        found[asked[held], self._holder[one[held]]] = True
        return found

    def related(self, query: Query) -> Floats:
        """Return how near in meaning to each of the question's words but its names (row) a candidate's words are."""
        nearness: dict[int, Floats] = {}
        for row, term in enumerate(query.terms):
            for other in () if term in query.names or query.vietnamese else near_terms(term):
                if (known := self._number.find(other.term)) is not None:
                    nearness.setdefault(known, np.zeros(self._asked))[row] = other.nearness
        found = np.zeros((self._count, self._asked))
        if nearness:
            at, which = _matches(self._tokens, list(nearness))
            np.maximum.at(found, self._owner[at], np.array(list(nearness.values()))[which])
        return found.T

    def longest_run(self) -> Floats:
        """Return the longest run of the question's terms, as a share of them."""
        longest, run, before = np.minimum(self._hits, 1).tolist(), 0, -2
        for place, owner in zip(self._follows.tolist(), self._owner[self._follows].tolist(), strict=True):
            run = run + 1 if place == before + 1 else 2
            before, longest[owner] = place, max(longest[owner], run)
        return np.array(longest) / self._asked

    def spread(self) -> dict[str, Floats]:
        """Return how close together the matches are, and where in the candidate the first and the last stand."""
        matched, ends = self._hits > 0, self._hits.cumsum()
        first, last = np.zeros(self._count), np.zeros(self._count)
        first[matched] = self._offset[self._hit[(ends - self._hits)[matched]]]
        last[matched] = self._offset[self._hit[ends[matched] - 1]]
        close = np.where(self._hits > 1, self._hits / (last - first + 1), 0.0)
        return {
            "proximity": close,
            "first_match": np.where(matched, first / self._lengths, 1.0),
            "last_match": np.where(matched, last / self._lengths, 1.0),
        }

    def answers(self, shape: WordShape) -> dict[str, Floats]:
        """Return whether there are new words of a shape, how near to a match, and how many."""
        new: Flags = (self._shapes & int(shape) > 0) & (self._position < 0)
        places = new.nonzero()[0]
        count = np.bincount(self._owner[places], minlength=self._count)
        gap = np.full(self._count, np.inf)
        if len(places) and len(self._hit):
            after = self._hit.searchsorted(places)
            for beside in (np.maximum(after - 1, 0), np.minimum(after, len(self._hit) - 1)):
                match = self._hit[beside]
                same = self._owner[match] == self._owner[places]
                np.minimum.at(gap, self._owner[places[same]], np.abs(match - places)[same].astype(np.float64))
        return {"answer": np.minimum(count, 1), "answer_near": 1 / (1 + gap), "answer_count": np.minimum(count, 6) / 6}

    def counted(self, term: int) -> Floats:
        """Return whether a figure stands close before a term, the thing that is counted."""
        at = (self._position == term).nonzero()[0]
        found = np.zeros(self._count)
        for step in range(1, CLOSE + 1):
            before = np.maximum(at - step, 0)
            figure = (self._shapes[before] & _FIGURE_OR_DATE == _FIGURE) & (before < at)
            found[self._owner[at[figure & (self._owner[before] == self._owner[at])]]] = 1.0
        return found

    def other_ordinals(self, asked: AskedOrdinal) -> Floats:
        """Return whether another ordinal or year stands in a candidate: 1 before the asked one's word, .5 elsewhere.

        'The third summit' beside 'the second summit' is another thing.
        """
        known = [number for number in map(self._number.find, asked.others) if number is not None]
        at, _ = _matches(self._tokens, known)
        found = np.zeros(self._count)
        found[self._owner[at]] = ELSEWHERE
        for step in range(1, BEFORE + 1):
            after = np.minimum(at + step, len(self._tokens) - 1)
            same = (self._position[after] == asked.row + 1) & (self._owner[after] == self._owner[at])
            found[self._owner[at[same]]] = 1.0
        return found

    def new_words(self) -> Floats:
        """Return the share of a candidate's words that match nothing."""
        return 1 - self._hits / self._lengths


class CandidateWording:
    """All words of candidates as written, in one row, beside a question's very wording."""

    def __init__(self, index: PassageIndex, places: Ints, query: Query) -> None:
        self._count, vocabulary = len(places), index.written.vocabulary
        self._owner, _, at = index.written.row(places)
        self._capital, self._tokens = index.capital[at], index.written.tokens[at]
        self._beside = self._owner[1:] == self._owner[:-1]
        self._find = vocabulary.find
        written = dict(zip(query.terms, query.words, strict=True))
        meant = {written[e.term].lower(): e.written for e in query.expansions if e.written}
        asked = [word.lower() for word in read_words(query.asked).written]
        told = [normalise(word).lower() for word in query.words]
        rows = {word: row for row, word in enumerate(told)}
        self._rows = np.array([rows.get(word, UNKNOWN) for word in asked], dtype=np.int64)
        # of a misspelt word the word meant
        self._asked, telling = (_numbers(vocabulary, [meant.get(w, w) for w in words]) for words in (asked, told))
        self._words = list(dict.fromkeys((*self._asked, *telling)))
        self._hit, self._which = _matches(self._tokens, self._words)
        self._told, self._terms = self._columns(telling), len(telling)
        self._find_pairs()

    def _columns(self, words: Sequence[int]) -> Ints:
        """The place of each match among some of the question's words, the first of equal ones; `UNKNOWN` for others."""
        first = {word: column for column, word in reversed([*enumerate(words)])}
        return np.array([first.get(word, UNKNOWN) for word in self._words], dtype=np.int64)[self._which]

    def _find_pairs(self) -> None:
        """Note which of the question's pairs of neighbouring words, each once, a candidate holds."""
        places, many = {word: place for place, word in enumerate(self._words)}, len(self._words)
        pairs = [
            NEVER if UNKNOWN in pair else places[pair[0]] * many + places[pair[1]] for pair in pairwise(self._asked)
        ]
        distinct = {pair: column for column, pair in enumerate(dict.fromkeys(pairs))}
        self._pairs = [distinct[pair] for pair in pairs]
        beside = ((self._hit[1:] == self._hit[:-1] + 1) & self._beside[self._hit[:-1]]).nonzero()[0]
        where, which = _matches(self._which[beside] * many + self._which[beside + 1], list(distinct))
        self._held_pairs = self._presence(self._hit[beside[where]], which, len(distinct))

    def _presence(self, at: Ints, columns: Ints, count: int) -> Flags:
        """For each candidate (row), which columns it holds, as tokens at some places do."""
        found = np.zeros((self._count, count), dtype=bool)
        found[self._owner[at], columns] = True
        return found

    def written(self, weights: Floats) -> Floats:
        """Return the weight of the terms that are written as in the question."""
        held = self._told >= 0
        scores: Floats = self._presence(self._hit[held], self._told[held], self._terms) @ weights
        return scores

    def wording(self) -> Floats:
        """Return the share of the question's pairs of neighbouring words, stop words too, that are there as written."""
        share: Floats = self._held_pairs.sum(axis=1) / max(1, self._held_pairs.shape[1])
        return share

    def phrases(self, weights: Floats) -> Floats:
        """Return the share of the question's telling words side by side that are there as written, by weight.

        A word of Vietnamese is mostly two syllables.
        """
        one, other = self._rows[:-1], self._rows[1:]
        worth = np.where((one >= 0) & (other >= 0), weights[one] + weights[other], 0.0)
        whole = float(worth.sum())
        share: Floats = self._held_pairs[:, self._pairs] @ worth / whole if whole else np.full(self._count, 0.5)
        return share

    def definition(self) -> Floats:
        """Return how much a candidate reads like a definition: the question's words, then 'is', 'means' or 'a'."""
        told = np.zeros(len(self._tokens), dtype=bool)
        told[self._hit[self._told >= 0]] = True
        ends = (told[:-1] & ~told[1:] & self._beside).nonzero()[0]
        owners, after = self._owner[ends].tolist(), self._tokens[ends + 1].tolist()
        worth = {self._find(word): 0.5 for word in APPOSITION} | {self._find(word): 1.0 for word in COPULA}
        found = [0.0] * self._count
        for owner, word in zip(owners, after, strict=True):
            found[owner] = max(found[owner], worth.get(word, 0.0))
        return np.array(found)

    def full_names(self) -> Floats:
        """Return whether two new words with capitals stand side by side."""
        new = self._capital.copy()
        new[self._hit[self._columns(self._asked) >= 0]] = False
        pairs = (new[:-1] & new[1:] & self._beside).nonzero()[0]
        found = np.zeros(self._count)
        found[self._owner[pairs]] = 1.0
        return found


def _numbers(vocabulary: TermVocabulary, words: Sequence[str]) -> list[int]:
    """The numbers of words; `UNKNOWN` for those that the library does not hold."""
    return [UNKNOWN if number is None else number for number in map(vocabulary.find, words)]


def _matches(values: npt.NDArray[np.integer[Any]], wanted: Sequence[int]) -> tuple[Ints, Ints]:
    """The positions in `values` of the wanted values, ascending, and the index of each in `wanted`."""
    if not wanted:
        return _NONE, _NONE
    numbers = np.array(wanted, dtype=np.int64)
    order = numbers.argsort(kind="stable")
    ascending = numbers[order]
    at = ascending.searchsorted(values)
    where = (ascending.take(at, mode="clip") == values).nonzero()[0]
    return where, order[at[where]]
