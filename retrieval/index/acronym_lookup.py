"""The acronyms of a library, looked up in what was counted of them in its articles."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby
from typing import NamedTuple

from retrieval.index.segment import Pairs
from retrieval.text.acronyms import LongForm, settled
from retrieval.text.term_dictionary import TermDictionary
from retrieval.text.terms import terms

REMEMBERED = 1 << 12
"""Of how many acronyms it is remembered what they stand for."""


class ShortForm(NamedTuple):
    """An acronym by its terms.

    Attributes:
        form: The terms of its long form, more than one.
        term: The acronym itself as a term.
    """

    form: tuple[str, ...]
    term: str


class AcronymLookup:
    """What acronyms stand for, and which acronyms stand for some terms."""

    def __init__(self, base: Pairs, spelt: TermDictionary, came: Pairs, gone: Pairs) -> None:
        """Take what was counted.

        Args:
            base: What the first articles hold.
            spelt: The acronyms of these by their long forms; see `spelt_out_of`.
            came: What further articles hold.
            gone: What those of the first articles held that are not there any more.
        """
        self._parts = ((base, 1), (came, 1), (gone, -1))
        self._keys = spelt
        self._forms = lru_cache(maxsize=REMEMBERED)(self._settled)
        self._changed = {*_acronyms(came), *_acronyms(gone)}
        self._changed_by_start: defaultdict[str, list[ShortForm]] = defaultdict(list)
        for acronym in self._changed:
            if found := _short_form(acronym, self.forms(acronym)):
                self._changed_by_start[found.form[0]].append(found)

    def forms(self, acronym: str) -> tuple[tuple[str, ...], ...]:
        """The terms of each of an acronym's long forms, the most frequent first.

        Args:
            acronym: The acronym in capitals, without full stops.
        """
        return self._forms(acronym)

    def spelt_out(self, words: Sequence[str]) -> list[ShortForm]:
        """The acronyms whose whole long form is among some terms.

        Args:
            words: The terms, in any order.
        """
        held = dict.fromkeys(words)
        begun = ((word, within) for word in held if (within := self._keys.beginning(word)))
        listed = chain.from_iterable(self._listed(held, (word,), within) for word, within in begun)
        changed = (found for word in held for found in self._changed_by_start.get(word, ()))
        return sorted({*listed, *(found for found in changed if held.keys() >= set(found.form))})

    def _listed(self, held: Iterable[str], form: tuple[str, ...], within: range) -> Iterator[ShortForm]:
        """The acronyms of long forms that begin with some terms and go on with others of those held."""
        start = " ".join(form)
        for number in self._keys.beginning(f"{start}\t", within):
            acronym = self._keys.word(number).partition("\t")[2]
            if acronym not in self._changed and (found := _short_form(acronym, (form,))):
                yield found
        longer = self._keys.beginning(f"{start} ", within)
        for word in held if longer else ():
            if word not in form:
                yield from self._listed(held, (*form, word), self._keys.beginning(f"{start} {word}", longer))

    def _settled(self, acronym: str) -> tuple[tuple[str, ...], ...]:
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for pairs, sign in self._parts:
            for found in _found(pairs, pairs.keys.beginning(f"{acronym}\t")):
                counts[found.text][0] += sign * found.defined
                counts[found.text][1] += sign * found.suggested
        return settled([LongForm(text, *both) for text, both in counts.items()])


def spelt_out_of(pairs: Pairs) -> TermDictionary:
    """The terms of the long form of each acronym, a tab, and the acronym; none whose long form is one term."""
    return TermDictionary.of(f"{' '.join(found.form)}\t{acronym}" for acronym, found in _short_forms(pairs))


def _short_forms(pairs: Pairs) -> Iterator[tuple[str, ShortForm]]:
    counted = zip(map(_split, pairs.keys), pairs.defined.tolist(), pairs.suggested.tolist(), strict=True)
    for acronym, found in groupby(counted, lambda each: each[0][0]):
        forms = settled([LongForm(text, defined, suggested) for (_, text), defined, suggested in found])
        if short := _short_form(acronym, forms):
            yield acronym, short


def _split(key: str) -> tuple[str, str]:
    """An acronym and what it may stand for."""
    acronym, _, text = key.partition("\t")
    return acronym, text


def _acronyms(pairs: Pairs) -> Iterator[str]:
    return (acronym for acronym, _ in map(_split, pairs.keys))


def _found(pairs: Pairs, numbers: range) -> Iterator[LongForm]:
    for number in numbers:
        _, text = _split(pairs.keys.word(number))
        yield LongForm(text, int(pairs.defined[number]), int(pairs.suggested[number]))


def _short_form(acronym: str, forms: tuple[tuple[str, ...], ...]) -> ShortForm | None:
    (term, *_) = terms(acronym) or [""]
    return ShortForm(forms[0], term) if term and forms and len(forms[0]) > 1 else None
