"""Alternatives to a question's terms: spellings, acronyms, other names, related forms; each with its reason.

An expansion is an alternative to a term, never one more term: of a term and its alternatives only the best counts.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain

from retrieval.glossary.aliases import (
    NO_ALIASES,
    Aliases,
    Name,
    has_aliases,
    names_in,
    proper_names,
    shipped_aliases,
    synonyms,
)
from retrieval.index.acronym_lookup import AcronymLookup
from retrieval.models import Expansion
from retrieval.patterns import lazy_pattern
from retrieval.text.rarity import TABLES, background
from retrieval.text.spellings import Spellings
from retrieval.text.term_dictionary import TermVocabulary
from retrieval.text.terms import STOP_WORDS, Word, terms

WEIGHTS = {
    "acronym": 0.9, "spelling": 0.9, "variant": 1.0, "alias": 0.9, "place": 0.5, "synonym": 0.4, "form": 0.4,
    "translation": 0.9,
}  # fmt: skip
"""How much a match by each kind of alternative is worth beside one by the term itself; measured (docs/quality.md)."""
PREFIX = 5
"""How many letters related forms share at least, or three quarters of the longer."""
SPELLED = 4
"""Shortest word whose spelling is corrected."""
DERIVATIONS, UNRELATED = TABLES / "derivations.txt", TABLES / "unrelated.txt"
"""Stems that are derived from each other but share less: lead and leader, sell and seller, deny and denial."""
WORDS = 1 << 14
"""Of how many words it is remembered what may stand for them."""
LONGEST_ACRONYM = 6
"""Most letters of an acronym that is known in small letters too."""
LONG = 8
"""From how many letters on two mistakes are corrected rather than one."""

NAME_ENDINGS = frozenset("s n an ian es ish i al ic ism ist iz".split())
"""How a word that English at large does not know goes on in its forms; names share letters alone (Kishi, Kishida)."""

_VARIANTS = (
    (lazy_pattern(r"our(?=s?$|ed$|ing$|ite|able|hood)"), "or"),
    (lazy_pattern(r"is(?=e[sd]?$|ing$|ation|er)"), "iz"),
    (lazy_pattern(r"ys(?=e[sd]?$|ing$)"), "yz"),
    (lazy_pattern(r"tre(?=s?$)"), "ter"),
    (lazy_pattern(r"ence(?=s?$)"), "ense"),
    (lazy_pattern(r"(?<=pract)is(?=e[sd]?$|ing$)"), "ic"),
    (lazy_pattern(r"ll(?=ed$|ing$|er)"), "l"),
    (lazy_pattern(r"ogue(?=s?$)"), "og"),
    (lazy_pattern(r"programme"), "program"),
    (lazy_pattern(r"grey"), "gray"),
    (lazy_pattern(r"ae"), "e"),
)
"""British endings and their American counterparts, each tried in both directions."""
_AMERICAN = (
    (lazy_pattern(r"or(?=s?$|ed$|ing$|ite|able|hood)"), "our"),
    (lazy_pattern(r"iz(?=e[sd]?$|ing$|ation|er)"), "is"),
    (lazy_pattern(r"yz(?=e[sd]?$|ing$)"), "ys"),
    (lazy_pattern(r"ter(?=s?$)"), "tre"),
    (lazy_pattern(r"ense(?=s?$)"), "ence"),
    (lazy_pattern(r"(?<=pract)ic(?=e[sd]?$|ing$)"), "is"),
    (lazy_pattern(r"(?<=[aeiou])l(?=ed$|ing$|er)"), "ll"),
    (lazy_pattern(r"og(?=s?$)"), "ogue"),
    (lazy_pattern(r"program(?!me)"), "programme"),
    (lazy_pattern(r"gray"), "grey"),
)

_DOUBLED = lazy_pattern(r"(.)\1")
_JOINED = lazy_pattern(
    r"(anti|bi|co|counter|multi|mid|non|post|pre|pro|re|semi|sub|trans|tri|un)-?(\w{4,})", re.IGNORECASE
)
"""A word that others write in two: 'cohosted'."""


class Expander:
    """Finds alternatives to a question's terms in the vocabulary of a library."""

    def __init__(
        self,
        vocabulary: TermVocabulary,
        spellings: Spellings,
        acronyms: AcronymLookup,
        own_names: Aliases = NO_ALIASES,
    ) -> None:
        """Look alternatives up in a library; `own_names` are aliases of the desk's own."""
        self._vocabulary, self._spellings, self._acronyms = vocabulary, spellings, acronyms
        self._own_names = own_names
        # caches of each expander's own: one of the class would keep all libraries that were replaced
        self._alternatives = lru_cache(maxsize=WORDS)(self._known_alternatives)
        self._respelt = lru_cache(maxsize=WORDS)(self._respelling)
        self._renamed = lru_cache(maxsize=WORDS)(self._known_names)

    @cached_property
    def _spellable(self) -> Mapping[int, list[str]]:
        """The words whose spelling may be meant, by their length."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for word in chain(self._spellings.words(), STOP_WORDS):
            if len(word) >= SPELLED and word.isalpha():
                found[len(word)].append(word)
        return found

    def expand(
        self,
        text: str,
        words: Sequence[Word],
        english: Container[Word] | None = None,
        names: Aliases = NO_ALIASES,
    ) -> list[Expansion]:
        """Return the alternatives to the words of a question of which the library holds every term.

        Args:
            text: The question.
            words: Its words.
            english: Those that may have other spellings and forms, as words of English do; None for all.
            names: Aliases in the language of the question, beside those of English.
        """
        own = [word.term for word in words]
        spelt = (word for word in words if english is None or word in english)
        each = (self._alternatives(text[word.start : word.end], word.term) for word in spelt)
        found: dict[tuple[str, tuple[str, ...]], Expansion] = {}
        for expansion in chain(chain.from_iterable(each), self._acronyms_of(own), self._other_names_of(own, names)):
            found.setdefault((expansion.term, expansion.terms), expansion)
        return list(found.values())

    def _known_alternatives(self, written: str, term: str) -> tuple[Expansion, ...]:
        return tuple(filter(self.holds, self._alternatives_of(written, term)))

    @property
    def vocabulary(self) -> Container[str]:
        """The terms of the library."""
        return self._vocabulary

    def holds(self, expansion: Expansion) -> bool:
        """Return whether the library holds every term of an alternative that is more than the term itself."""
        return expansion.terms not in {(), (expansion.term,)} and all(
            term in self._vocabulary for term in expansion.terms
        )

    def _alternatives_of(self, written: str, term: str) -> Iterator[Expansion]:
        for variant in _other_spellings(written.lower()):
            yield _expansion(term, terms(variant), "variant")
        if term not in self._vocabulary and (joined := _JOINED.match(written)):
            yield _expansion(term, terms(" ".join(joined.groups())), "variant")
        for form in self._long_forms(written, term):
            yield _expansion(term, form, "acronym")
        if near := self._respelt(written, term):
            yield _expansion(term, terms(near), "spelling", near)
        yield from (_expansion(term, [form], "form") for form in self._related_forms(term))

    def _long_forms(self, written: str, term: str) -> Sequence[Sequence[str]]:
        """The long forms of a word that is, or in small letters may be, an acronym of the library's."""
        singular = written.removesuffix("s").replace(".", "")
        may_be = singular.isupper() or (term not in background() and len(singular) <= LONGEST_ACRONYM)
        return self._acronyms.forms(singular.upper()) if may_be and term != "usa" else ()

    def is_misspelt_stop_word(self, written: str, term: str) -> bool:
        """Return whether a word is no word but for a mistake in a stop word: 'abuot', 'whcih'."""
        near = self._respelt(written, term)
        return near is not None and near in STOP_WORDS

    def _respelling(self, written: str, term: str) -> str | None:
        """Return the word that a misspelt word most likely is; None for a word that English or the library knows."""
        if term in self._vocabulary or term in background() or not written.isalpha() or len(written) < SPELLED:
            return None
        return None if has_aliases(written) else self._nearest_word(written.lower())

    def _nearest_word(self, word: str) -> str | None:
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
        counts = {other: count for other, count, _ in near} | {
            other: 1 for other in likely if _single_letters(other) == _single_letters(word)
        }
        best = min(
            ((count, other[0] != word[0], -self._spellings.count(other), other) for other, count in counts.items()),
            default=None,
        )
        return best[3] if best and (not best[1] or best[0] == 1) else None

    def _related_forms(self, term: str) -> list[str]:
        """Terms with a long common beginning, which are likely forms of the same word, and derivations."""
        derived = derivations().get(term, ())
        if len(term) < PREFIX or not term.isalpha():
            return list(derived)
        near = (other for other in self._vocabulary.beginning(term[:PREFIX]) if other != term and other.isalpha())
        return [*derived, *(other for other in near if _is_related(term, other))]

    def _other_names_of(self, own: Sequence[str], names: Aliases) -> Iterator[Expansion]:
        for known in (shipped_aliases(), self._own_names, names, synonyms()):
            for name in names_in(own, known):
                if len(name) > 1 or own.count(name[0]) == 1:  # not each number of '2+2'
                    yield from self._renamed(name, known)

    def _known_names(self, name: Name, known: Aliases) -> tuple[Expansion, ...]:
        """The aliases of a name that the library holds, for each of its terms."""
        alternatives = (_expansion(term, other, why) for other, why in known.of(name) for term in name)
        return tuple(filter(self.holds, alternatives))

    def _acronyms_of(self, own: Sequence[str]) -> Iterator[Expansion]:
        """For each term of a long form that the question spells out, its acronym."""
        for form, short in self._acronyms.spelt_out(own):
            yield from filter(self.holds, (_expansion(term, [short], "acronym") for term in form))


def _single_letters(word: str) -> str:
    """A word with no letter doubled: which of its letters is double is one mistake ('tarrif')."""
    return _DOUBLED.sub(r"\1", word)


def _expansion(term: str, others: Sequence[str], why: str, written: str | None = None) -> Expansion:
    return Expansion(term=term, terms=tuple(others), weight=WEIGHTS[why], why=why, written=written)


@cache
def derivations() -> dict[str, list[str]]:
    """Return the derivations of each stem in the table, in both directions."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in DERIVATIONS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            one, other = line.split()
            found[one].append(other)
            found[other].append(one)
    return dict(found)


@cache
def unrelated() -> frozenset[tuple[str, str]]:
    """Return the pairs of stems, each in order, that share their beginning and are no forms of one word."""
    lines = UNRELATED.read_text(encoding="utf-8").splitlines()
    return frozenset((one, other) for one, _, other in (line.partition(" ") for line in lines if line[0] != "#"))


def share_beginning(term: str, other: str) -> bool:
    """Return whether two terms of English share so long a beginning that they are likely forms of the same word."""
    shared = _shared(term, other)
    return shared >= PREFIX and (shared in (len(term), len(other)) or shared >= 0.75 * max(len(term), len(other)))


def _is_related(term: str, other: str) -> bool:
    """Whether two terms with the same first letters are likely forms of the same word."""
    is_name = (term,) in proper_names() or (other,) in proper_names()
    if term in background() and other in background() and not is_name:
        return share_beginning(term, other) and (min(term, other), max(term, other)) not in unrelated()
    shared = _shared(term, other)
    return {term[shared:], other[shared:]} <= NAME_ENDINGS | {""}


def _shared(term: str, other: str) -> int:
    """How many letters two terms share from their beginnings on."""
    return next((n for n, (a, b) in enumerate(zip(term, other, strict=False)) if a != b), min(len(term), len(other)))


def _other_spellings(word: str) -> Iterator[str]:
    for ending, other in chain(_VARIANTS, _AMERICAN):
        changed = ending.sub(other, word, count=1)
        if changed != word:
            yield changed
