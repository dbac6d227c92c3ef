"""The script and the language of a text, and whether a question is in a language that no article is in.

A word speaks for a language by how common it is there: by its Zipf value, the decimal logarithm of how often it stands
in a thousand million words. The values are those of tables/languages.txt, made by `retrieval.training.build_tables`.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Floats
from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.japanese import is_mostly_japanese
from retrieval.text.orthography.vietnamese import is_marked, is_syllable, is_vietnamese
from retrieval.text.rarity import RAREST, background
from retrieval.text.spellings import Spellings
from retrieval.text.terms import terms

TABLE = Path(__file__).parent.parent / "tables" / "languages.txt"
STEP, RARE = 0.2, 3.0
"""The step of the Zipf value from letter to letter of the table, and the value of the first and of an absent word."""
FOREIGN = 2.0
"""How much more a question must speak for another language than for theirs: a factor of a hundred (DECISIONS.md)."""
COMMON_WORDS = 3
"""How many common words of another language a question must have that has none of its question words."""
SAMPLE = 600
"""How many characters of an article's beginning, and of its middle, tell its language."""
TELLING = 0.25
"""Share of a sample's words that must be common in a language for the sample to be in it."""
FEWEST = 5
"""How many such words it must have at least: a headline of names tells nothing."""
COMMON = 5.5
"""The Zipf value from which on a word is common."""

_WORD = lazy_pattern(r"[^\W\d_]+")


def scripts_of(text: str) -> frozenset[str]:
    """Return the scripts of a text's letters, as the first word of their Unicode names: 'LATIN', 'CJK', 'CYRILLIC'."""
    return frozenset(_script(letter) for letter in frozenset(text) if letter.isalpha())


@lru_cache(maxsize=1 << 12)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNNAMED").split(maxsplit=1)[0].split("-")[0]


class _Table(NamedTuple):
    """The table as read: for each word its row of `zipf`, whose columns are the languages, and where it asks."""

    languages: Sequence[str]
    rows: Mapping[str, int]
    zipf: Floats
    asking: Mapping[str, Sequence[str]]


@cache
def _table() -> _Table:
    first, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    words, letters, asking = zip(*(f"{line}  ".split(" ")[:3] for line in lines), strict=True)
    steps = np.frombuffer("".join(letters).encode("ascii"), dtype=np.uint8).astype(float) - ord("A")
    rows = {word: row for row, word in enumerate(words)}
    where = {word: languages.split(",") for word, languages in zip(words, asking, strict=True) if languages}
    return _Table(first.split(), rows, RARE + STEP * steps.reshape(len(words), -1), where)


BARE = 1.5
"""How much rarer the words of a text without marks must be in English than in Vietnamese, on average."""
BARE_WORDS = 3
"""Fewest words that tell a text without marks."""


@lru_cache(maxsize=1 << 10)
def is_vietnamese_question(text: str) -> bool:
    """Return whether a question is in Vietnamese, with its marks or, as many people type it, without them."""
    if is_vietnamese(text):
        return True
    every = _WORD.findall(text)
    small = [word for word in every if word[0].islower()]  # names of Vietnam stand in questions of any language
    words = small if len(small) >= BARE_WORDS else every
    if len(words) < BARE_WORDS or 2 * sum(map(is_syllable, words)) < len(words):
        return False
    gains = [_gain(word.lower()) for word in words]
    return sum(gains) >= BARE * len(words)


def _gain(word: str) -> float:
    """How much more a word speaks for Vietnamese than for English."""
    if is_marked(word):
        return RAREST - background("vi").get(word, RAREST)
    own = background("vi").get(word, RAREST) if is_syllable(word) else RAREST
    (term, *_) = terms(word) or [""]
    return (background().get(term, RAREST) if term else 0.0) - own


def language_of(text: str) -> str | None:
    """Return wordfreq's code of the language of a text; None where none can be told."""
    if is_mostly_japanese(text):
        return "ja"
    table, words = _table(), _WORD.findall(unicodedata.normalize("NFC", text).lower())
    rows = [table.rows[word] for word in words if word in table.rows]
    if not rows:
        return None
    best = int(table.zipf[rows].sum(axis=0).argmax())
    common = int((table.zipf[rows, best] >= COMMON).sum())
    return table.languages[best] if common >= max(FEWEST, TELLING * len(words)) else None


def languages_in(text: str) -> frozenset[str]:
    """Return the codes of the languages of an article, by samples of its text."""
    samples = (text[:SAMPLE], text[len(text) // 2 :][:SAMPLE])
    return frozenset(language for sample in samples if (language := language_of(sample)))


class Languages:
    """The languages of a library's articles, by their codes."""

    def __init__(self, codes: frozenset[str], spellings: Spellings) -> None:
        self._columns = [place for place, code in enumerate(_table().languages) if code in codes]
        self._spellings = spellings

    def foreign(self, question: str) -> str | None:
        """Return the code of a question's language where no article is in it; None where an article may be.

        Names in the question, as capitals show, say nothing of its language.
        """
        table = _table()
        words = [word for word in _plain_words(question) if word in table.rows]
        if not words or not self._columns:
            return None
        zipf = table.zipf[[table.rows[word] for word in words]]
        best = int(zipf.sum(axis=0).argmax())
        if best in self._columns:  # as nearly always
            return None
        more = zipf[:, best].sum() - self._own(words, zipf)
        asks = any(table.languages[best] in table.asking.get(word, ()) for word in words)
        enough = asks or (zipf[:, best] >= COMMON).sum() >= COMMON_WORDS
        return table.languages[best] if more >= FOREIGN and enough else None

    def _own(self, words: Sequence[str], zipf: Floats) -> float:
        """Return how much words speak for the best of the articles' languages, to which the articles' names count."""
        known = np.array([self._held_zipf(word) for word in words])
        return float(np.maximum(zipf[:, self._columns], known[:, None]).sum(axis=0).max())

    def _held_zipf(self, word: str) -> float:
        """Return the Zipf value of a word in the articles themselves."""
        count = self._spellings.count(word)
        return math.log10(count / self._spellings.total * 1e9) if count else RARE


def _plain_words(text: str) -> list[str]:
    """Return the distinct words in small letters, and the first however it is written; the others are names."""
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    plain = (w.lower() for place, w in enumerate(found) if w.islower() or (not place and w.istitle()))
    return list(dict.fromkeys(plain))
