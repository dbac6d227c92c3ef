"""The acronyms of a library, looked up in the counts of its articles."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from retrieval.index.segment import Pairs
from retrieval.text.acronyms import LongForm, choose_long_forms
from retrieval.text.term_dictionary import TermDictionary
from retrieval.text.terms import terms

REMEMBERED = 1 << 12
"""Of how many acronyms the long forms are remembered, and of how many terms those that begin with them."""


class ShortForm(NamedTuple):
    """An acronym by its terms."""

    form: tuple[str, ...]  # the terms of its long form, more than one
    term: str  # the acronym itself


class AcronymLookup:
    """The long forms of acronyms, and the acronyms whose long form stands among terms."""

    def __init__(self, base: Pairs, long_forms: TermDictionary, added: Pairs, gone: Pairs) -> None:
        """Take the acronyms of the base segment with their `long_forms`, and of the articles added and gone since."""
        self._parts = ((base, 1), (added, 1), (gone, -1))
        self._long_forms = long_forms
        self._forms = lru_cache(maxsize=REMEMBERED)(self._count_forms)
        self._beginning_with = lru_cache(maxsize=REMEMBERED)(self._long_forms_beginning_with)
        self._changed = {*_acronyms(added), *_acronyms(gone)}
        self._changed_by_start: defaultdict[str, list[ShortForm]] = defaultdict(list)
        for acronym in self._changed:
            if found := _short_form(acronym, self.forms(acronym)):
                self._changed_by_start[found.form[0]].append(found)

    def forms(self, acronym: str) -> tuple[tuple[str, ...], ...]:
        """Return the terms of each long form of an acronym in capitals without full stops, the most frequent first."""
        return self._forms(acronym)

    def spelt_out(self, words: Sequence[str]) -> list[ShortForm]:
        """Return the acronyms whose whole long form is among terms, which may be in any order."""
        held = frozenset(words)
        starts = ((word, within) for word in held if (within := self._beginning_with(word)))
        unchanged = chain.from_iterable(self._continue(held - {word}, f"{word} ", within) for word, within in starts)
        changed = (found for word in held for found in self._changed_by_start.get(word, ()))
        return sorted({*unchanged, *(found for found in changed if held.issuperset(found.form))})

    def _long_forms_beginning_with(self, word: str) -> range:
        return self._long_forms.beginning(f"{word} ")

    def _continue(self, left: frozenset[str], begun: str, longer: range) -> Iterator[ShortForm]:
        """Yield the acronyms whose long form begins as those of some numbers do, and goes on with terms left."""
        for word in left:
            start = f"{begun}{word}"
            within = self._long_forms.beginning(start, longer)
            if not within:
                continue
            for number in self._long_forms.beginning(f"{start}\t", within):
                acronym = self._long_forms.word(number).partition("\t")[2]
                if acronym not in self._changed and (found := _short_form(acronym, (tuple(start.split()),))):
                    yield found
            if longest := self._long_forms.beginning(f"{start} ", within):
                yield from self._continue(left - {word}, f"{start} ", longest)

    def _count_forms(self, acronym: str) -> tuple[tuple[str, ...], ...]:
        defined: Counter[str] = Counter()
        suggested: Counter[str] = Counter()
        for pairs, sign in self._parts:
            for number in pairs.keys.beginning(f"{acronym}\t"):
                _, text = _split(pairs.keys.word(number))
                defined[text] += sign * int(pairs.defined[number])
                suggested[text] += sign * int(pairs.suggested[number])
        return choose_long_forms([LongForm(text, count, suggested[text]) for text, count in defined.items()])


def long_form_dictionary(pairs: Pairs) -> TermDictionary:
    """Return, of each acronym whose long form is several terms, these terms, a tab, and the acronym."""
    return TermDictionary.of(f"{' '.join(found.form)}\t{acronym}" for acronym, found in _short_forms(pairs))


def _short_forms(pairs: Pairs) -> Iterator[tuple[str, ShortForm]]:
    counts = zip(pairs.defined.tolist(), pairs.suggested.tolist(), strict=True)
    rows = ((*_split(key), *both) for key, both in zip(pairs.keys, counts, strict=True))
    for acronym, group in groupby(rows, itemgetter(0)):
        forms = choose_long_forms([LongForm(*row[1:]) for row in group])
        if short := _short_form(acronym, forms):
            yield acronym, short


def _split(key: str) -> tuple[str, str]:
    """Return an acronym and its possible long form."""
    acronym, _, text = key.partition("\t")
    return acronym, text


def _acronyms(pairs: Pairs) -> Iterator[str]:
    return (_split(key)[0] for key in pairs.keys)


def _short_form(acronym: str, forms: tuple[tuple[str, ...], ...]) -> ShortForm | None:
    (term, *_) = terms(acronym) or [""]
    return ShortForm(forms[0], term) if term and forms and len(forms[0]) > 1 else None
