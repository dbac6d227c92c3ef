"""The words of an article's passages as arrays: each form of a word is looked at once, for most are repeated often."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Bytes, Flags, Ints
from retrieval.text.answer_shapes import LEADING, WordShape, is_before_place, shape_of
from retrieval.text.orthography.vietnamese import is_vietnamese
from retrieval.text.quantity_kinds import quantity_kind_of
from retrieval.text.terms import TOKEN, form_terms, is_name, normalise
from retrieval.text.token_ids import TokenIds

_NAME, _PLACE = int(WordShape.NAME), int(WordShape.PLACE)


STOPS, NAME, LATER_NAME, SHAPED, LEADS, CAPITAL = (1 << bit for bit in range(6))
"""Traits of a form: that it tells nothing unless it is a name; that it is one wherever it stands in a text
that is not all capitals, or anywhere but at its beginning; that its shape depends on what stands before it; that a
place may be named after it; that it begins with a capital."""


class WordForm(NamedTuple):
    """A word as written, with all that follows from that."""

    terms: Sequence[str]  # none for a word that tells nothing, several for a run of Chinese or Japanese characters
    shapes: Sequence[int]  # of each term
    traits: int
    lower: str
    measure: int  # the kinds of quantities that it speaks of


@lru_cache(maxsize=1 << 17)
def _plain_form(written: str) -> WordForm:
    return _form(written, *form_terms(written))


@lru_cache(maxsize=1 << 17)
def _vietnamese_form(written: str) -> WordForm:
    return _form(written, *form_terms(written, spoken=True))


def _form(written: str, terms: Sequence[str], may_stop: bool) -> WordForm:
    lower, several = written.lower(), len(terms) > 1
    shapes = [shape_of(part) for part in (terms if several else [written])]
    traits = STOPS * may_stop | NAME * is_name(written, 0) | LATER_NAME * is_name(written, 1)
    traits |= SHAPED * (not several and shapes[0][1]) | LEADS * lower.endswith(LEADING)
    traits |= CAPITAL * written[0].isupper()
    return WordForm(terms, [shape for shape, _ in shapes][: len(terms)], traits, lower, quantity_kind_of(lower))


class TokenArrays(NamedTuple):
    """The words of an article's passages."""

    terms: TokenIds
    shapes: Bytes  # of each term
    written: TokenIds  # all words as written, stop words too, in lower case
    capital: Flags  # whether each of these is written with a capital
    measures: Bytes  # the kinds of quantities that the words of each passage speak of


class _Numbering(dict[str, int]):
    """Words, numbered in the order in which they are first asked for."""

    def __missing__(self, written: str) -> int:
        number = self[written] = len(self)
        return number


def token_arrays(texts: Sequence[str]) -> TokenArrays:
    """Read the words of an article's passages."""
    plain, vietnamese = _Numbering(), _Numbering()
    numbers, starts, counts = list[int](), list[int](), list[int]()
    texts = [normalise(text) for text in texts]
    in_vietnamese = [is_vietnamese(text) for text in texts]
    for text, is_spoken in zip(texts, in_vietnamese, strict=True):
        numbered = vietnamese if is_spoken else plain
        before = len(numbers)
        matches = list(TOKEN.finditer(text))
        numbers += [numbered[match[0]] for match in matches]
        starts += [match.start() for match in matches]
        counts.append(len(numbers) - before)
    lengths = np.array(counts, dtype=np.int64)
    forms = [*map(_plain_form, plain), *map(_vietnamese_form, vietnamese)]
    behind = np.repeat(np.array(in_vietnamese, dtype=np.int32) * len(plain), lengths)
    row = _WordRow(texts, forms, np.array(numbers, dtype=np.int32) + behind, np.array(starts, dtype=np.int64), lengths)
    return TokenArrays(*row.telling(), *row.written(), row.measures())


class _WordRow:
    """The words of texts, one text after the other."""

    def __init__(
        self,
        texts: Sequence[str],
        forms: Sequence[WordForm],
        numbers: npt.NDArray[np.int32],
        starts: Ints,
        lengths: Ints,
    ) -> None:
        self._texts, self._numbers, self._starts, self._lengths = texts, numbers, starts, lengths
        columns = zip(*forms, strict=True) if forms else repeat(())
        self._terms, self._shapes, traits, self._lower, self._kinds = islice(columns, len(WordForm._fields))
        self._owner = np.repeat(np.arange(len(lengths)), lengths)
        self._traits = np.array(traits, dtype=np.uint8)[numbers]

    def telling(self) -> tuple[TokenIds, Bytes]:
        """Return the terms of each text, and their shapes."""
        held = self._terms
        places = {term: place for place, term in enumerate(dict.fromkeys(chain.from_iterable(held)))}
        terms = np.fromiter(map(places.__getitem__, chain.from_iterable(held)), dtype=np.int32)
        own = np.fromiter(chain.from_iterable(self._shapes), dtype=np.uint8)
        counts = np.fromiter(map(len, held), dtype=np.int64)
        each = counts[self._numbers] * self._is_telling()
        at = np.repeat(np.arange(len(each)), each)
        offset = np.arange(len(at)) - (np.cumsum(each) - each)[at]
        entries = (np.cumsum(counts) - counts)[self._numbers[at]] + offset
        lengths = np.bincount(self._owner[at], minlength=len(self._texts)).astype(np.int64)
        shapes = own[entries]
        self._shape_names(at, shapes)
        return _trim(list(places), terms[entries], lengths), shapes

    def _is_telling(self) -> Flags:
        """Return, for each word, whether it carries meaning, where its form may."""
        shouting = np.fromiter((text.isupper() for text in self._texts), dtype=np.bool_)[self._owner]
        named = self._have(NAME) | (self._have(LATER_NAME) & (self._starts > 0))
        return ~self._have(STOPS) | (named & ~shouting)

    def _have(self, trait: int) -> Flags:
        """Return, for each word, whether it has a trait."""
        return (self._traits & trait).astype(np.bool_)

    def _shape_names(self, at: Ints, shapes: Bytes) -> None:
        """Add to the shapes of words, by their places in the row, the names and places that their neighbours tell."""
        named, owner = self._have(SHAPED)[at], self._owner[at]
        later = np.concatenate([np.zeros(1, dtype=np.bool_), owner[1:] == owner[:-1]])[: len(at)]
        shapes[named & later] |= _NAME
        leads = np.concatenate([[False], self._have(LEADS)])[at]
        for place in np.flatnonzero(named & leads).tolist():
            word = at[place]
            if is_before_place(self._texts[self._owner[word]], int(self._starts[word])):
                shapes[place] |= _PLACE

    def written(self) -> tuple[TokenIds, Flags]:
        """Return the words of each text as written, and whether each has a capital."""
        places = _Numbering()
        lower = np.fromiter(map(places.__getitem__, self._lower), dtype=np.int32)
        return TokenIds.of(places, lower[self._numbers], self._lengths), self._have(CAPITAL)

    def measures(self) -> Bytes:
        """Return the kinds of quantities that the words of each text speak of."""
        kinds = np.array(self._kinds, dtype=np.uint8)[self._numbers]
        held, measures = np.flatnonzero(self._lengths), np.zeros(len(self._texts), dtype=np.uint8)
        if len(held):
            measures[held] = np.bitwise_or.reduceat(kinds, (np.cumsum(self._lengths) - self._lengths)[held])
        return measures


def _trim(words: Sequence[str], numbers: npt.NDArray[np.int32], lengths: Ints) -> TokenIds:
    """Return texts with only the words that they hold."""
    held = np.bincount(numbers, minlength=len(words)) > 0
    new = np.cumsum(held, dtype=np.int32) - 1
    return TokenIds.of((words[number] for number in np.flatnonzero(held).tolist()), new[numbers], lengths)
