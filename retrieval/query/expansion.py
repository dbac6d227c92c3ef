"""Alternatives to a question's terms: spellings, acronyms, places, related forms; each with its reason.

An expansion is an alternative to a term, never one more term: of a term and its alternatives only the best counts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain

from retrieval.index.acronym_lookup import AcronymLookup
from retrieval.models import Expansion
from retrieval.text.answer_shapes import place_groups
from retrieval.text.spellings import Spellings
from retrieval.text.term_dictionary import TermVocabulary
from retrieval.text.terms import Word, terms

WEIGHTS = {"acronym": 0.9, "spelling": 0.9, "variant": 1.0, "place": 0.5, "form": 0.4}
"""How much a match by each kind of alternative is worth beside one by the term itself; measured (docs/quality.md)."""
PREFIX = 5
"""How many letters related forms share at least, or three quarters of the longer."""
SPELLED = 4
"""Shortest word whose spelling is corrected."""
WORDS = 1 << 14
"""Of how many words it is remembered what may stand for them."""
LONG = 8
"""From how many letters on two mistakes are corrected rather than one."""

_VARIANTS = (
    (re.compile(r"our(?=s?$|ed$|ing$|ite|able|hood)"), "or"),
    (re.compile(r"is(?=e[sd]?$|ing$|ation|er)"), "iz"),
    (re.compile(r"ys(?=e[sd]?$|ing$)"), "yz"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ence(?=s?$)"), "ense"),
    (re.compile(r"ll(?=ed$|ing$|er)"), "l"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"programme"), "program"),
    (re.compile(r"grey"), "gray"),
    (re.compile(r"ae"), "e"),
)
"""British endings and their American counterparts, each tried in both directions."""
_AMERICAN = (
    (re.compile(r"or(?=s?$|ed$|ing$|ite|able|hood)"), "our"),
    (re.compile(r"iz(?=e[sd]?$|ing$|ation|er)"), "is"),
    (re.compile(r"yz(?=e[sd]?$|ing$)"), "ys"),
    (re.compile(r"ter(?=s?$)"), "tre"),
    (re.compile(r"ense(?=s?$)"), "ence"),
    (re.compile(r"(?<=[aeiou])l(?=ed$|ing$|er)"), "ll"),
    (re.compile(r"og(?=s?$)"), "ogue"),
    (re.compile(r"program(?!me)"), "programme"),
    (re.compile(r"gray"), "grey"),
)


class Expander:
    """Finds alternatives to a question's terms in the vocabulary of a library."""

    def __init__(self, vocabulary: TermVocabulary, spellings: Spellings, acronyms: AcronymLookup) -> None:
        self._vocabulary, self._spellings, self._acronyms = vocabulary, spellings, acronyms
        self._alternatives = lru_cache(maxsize=WORDS)(self._known_alternatives)

    @cached_property
    def _spellable(self) -> Mapping[int, list[str]]:
        """The words whose spelling may be meant, by their length."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._spellings.words():
            if len(word) >= SPELLED and word.isalpha():
                found[len(word)].append(word)
        return found

    def expand(self, text: str, words: Sequence[Word]) -> list[Expansion]:
        """Return the alternatives to the words of a question of which the library holds every term."""
        own = [word.term for word in words]
        each = (self._alternatives(text[word.start : word.end], word.term) for word in words)
        together = (e for e in chain(self._place_names_of(own), self._acronyms_of(own)) if self._holds(e))
        return list(dict.fromkeys(chain(chain.from_iterable(each), together)))

    def _known_alternatives(self, written: str, term: str) -> tuple[Expansion, ...]:
        return tuple(expansion for expansion in self._alternatives_of(written, term) if self._holds(expansion))

    def _holds(self, expansion: Expansion) -> bool:
        return expansion.terms not in {(), (expansion.term,)} and all(
            term in self._vocabulary for term in expansion.terms
        )

    def _alternatives_of(self, written: str, term: str) -> Iterator[Expansion]:
        for variant in _other_spellings(written.lower()):
            yield _expansion(term, terms(variant), "variant")
        if written.rstrip("s").isupper():
            for form in self._acronyms.forms(written.rstrip("s").replace(".", "")):
                yield _expansion(term, form, "acronym")
        if term not in self._vocabulary and written.isalpha() and len(written) >= SPELLED:
            for near in self._nearest_words(written.lower()):
                yield _expansion(term, terms(near), "spelling", near)
        yield from (_expansion(term, [form], "form") for form in self._related_forms(term))

    def _nearest_words(self, word: str) -> list[str]:
        """The word of the library that a misspelt word most likely is: few mistakes, same first letter, frequent."""
        from rapidfuzz import process  # noqa: PLC0415 - only a misspelt question needs it
        from rapidfuzz.distance import DamerauLevenshtein, Levenshtein  # noqa: PLC0415

        mistakes = 1 if len(word) < LONG else 2
        # Two cheaper looks leave few to be compared: a mistake changes the length by one at most, and exchanged letters
        # are two mistakes to Levenshtein, which costs far less; together they take a third of the time.
        lengths = range(len(word) - mistakes, len(word) + mistakes + 1)
        of_length = chain.from_iterable(self._spellable.get(length, ()) for length in lengths)
        looked_at = process.extract(
            word, list(of_length), scorer=Levenshtein.distance, score_cutoff=2 * mistakes, limit=None
        )
        likely = [other for other, _, _ in looked_at]
        near = process.extract(word, likely, scorer=DamerauLevenshtein.distance, score_cutoff=mistakes, limit=None)
        best = min(near, key=lambda m: (m[1], m[0][0] != word[0], -self._spellings.count(m[0]), m[0]), default=None)
        return [best[0]] if best and (best[0][0] == word[0] or best[1] == 1) else []

    def _related_forms(self, term: str) -> list[str]:
        """Terms that share so long a beginning that they are likely forms of the same word."""
        if len(term) < PREFIX or not term.isalpha():
            return []
        near = (other for other in self._vocabulary.beginning(term[:PREFIX]) if other != term and other.isalpha())
        return [other for other in near if _is_related(term, other)]

    def _place_names_of(self, own: Sequence[str]) -> Iterator[Expansion]:
        for names in chain.from_iterable(_other_names(own)):
            yield from names

    def _acronyms_of(self, own: Sequence[str]) -> Iterator[Expansion]:
        """For each term of a long form that the question spells out, its acronym."""
        for form, short in self._acronyms.spelt_out(own):
            yield from (_expansion(term, [short], "acronym") for term in form)


def _expansion(term: str, others: Sequence[str], why: str, written: str | None = None) -> Expansion:
    return Expansion(term=term, terms=tuple(others), weight=WEIGHTS[why], why=why, written=written)


def _is_related(term: str, other: str) -> bool:
    shared = next((n for n, (a, b) in enumerate(zip(term, other, strict=False)) if a != b), min(len(term), len(other)))
    return shared in (len(term), len(other)) or shared >= max(PREFIX, 0.75 * max(len(term), len(other)))


def _other_spellings(word: str) -> Iterator[str]:
    for ending, other in chain(_VARIANTS, _AMERICAN):
        changed = ending.sub(other, word, count=1)
        if changed != word:
            yield changed


def _other_names(own: Sequence[str]) -> Iterator[list[list[Expansion]]]:
    """For each place that a question names, by one to three terms, its other names."""
    names = _place_names()
    for length in (1, 2, 3):
        for start in range(len(own) - length + 1):
            named = tuple(own[start : start + length])
            others = names.get(named, ())
            yield [[_expansion(term, other, "place") for term in named] for other in others]


@cache
def _place_names() -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The other names of a place by each of its names, as terms."""
    found: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for group in place_groups():
        names = {tuple(terms(name)) for name in group}
        for name in names:
            found[name] |= names - {name}
    return {name: tuple(sorted(others)) for name, others in found.items()}
