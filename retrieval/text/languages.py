"""Which script and which language a text is in, and whether a question is in one that no article is in.

A word speaks for a language by how common it is there: by its Zipf value, the decimal logarithm of how often it stands
in a thousand million words. The values are those of tables/languages.txt, made by `retrieval.training.build_tables`.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.text.spellings import Spellings

Floats = npt.NDArray[np.float64]
TABLE = Path(__file__).parent.parent / "tables" / "languages.txt"
STEP, RARE = 0.2, 3.0
"""What a letter of the table adds to the Zipf value, and the value of the first and of a word that is not in it."""
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

_WORD = re.compile(r"[^\W\d_]+")


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of a text's letters, as the first word of their Unicode names: 'LATIN', 'CJK', 'CYRILLIC'."""
    return frozenset(_script(letter) for letter in frozenset(text) if letter.isalpha())


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


def language_of(text: str) -> str | None:
    """The language that a stretch of text is in, as wordfreq's code for it; None where none can be told."""
    table, words = _table(), _WORD.findall(text.lower())
    rows = [table.rows[word] for word in words if word in table.rows]
    if not rows:
        return None
    best = int(table.zipf[rows].sum(axis=0).argmax())
    common = int((table.zipf[rows, best] >= COMMON).sum())
    return table.languages[best] if common >= max(FEWEST, TELLING * len(words)) else None


def languages_in(text: str) -> frozenset[str]:
    """The languages that an article is in, by samples of its text; their codes."""
    samples = (text[:SAMPLE], text[len(text) // 2 :][:SAMPLE])
    return frozenset(language for sample in samples if (language := language_of(sample)))


class Languages:
    """The languages that some articles are in.

    Attributes:
        held: Their codes.
    """

    def __init__(self, held: frozenset[str], spellings: Spellings) -> None:
        """Note the languages.

        Args:
            held: The codes of those that the articles are in.
            spellings: The words of the texts that are no stop words.
        """
        self.held = held
        self._columns = [_table().languages.index(language) for language in self.held]
        self._spellings = spellings

    def foreign(self, question: str) -> str | None:
        """The language that a question is in where no article is in it.

        Args:
            question: The question; names in it, as capitals show, say nothing of its language.

        Returns:
            Its code; None where the question may well be in a language of the articles.
        """
        table = _table()
        words = [word for word in _plain_words(question) if word in table.rows]
        if not words or not self.held:
            return None
        zipf = table.zipf[[table.rows[word] for word in words]]
        best = int(zipf.sum(axis=0).argmax())
        more = zipf[:, best].sum() - self._own(words, zipf)
        asks = any(table.languages[best] in table.asking.get(word, ()) for word in words)
        enough = asks or (zipf[:, best] >= COMMON).sum() >= COMMON_WORDS
        return table.languages[best] if more >= FOREIGN and enough else None

    def _own(self, words: Sequence[str], zipf: Floats) -> float:
        """How much the words speak for the best of the articles' languages; names of the articles count as theirs."""
        known = np.array([self._held_zipf(word) for word in words])
        return float(np.maximum(zipf[:, self._columns], known[:, None]).sum(axis=0).max())

    def _held_zipf(self, word: str) -> float:
        """The Zipf value of a word in the articles themselves."""
        count = self._spellings.count(word)
        return math.log10(count / self._spellings.total * 1e9) if count else RARE


def _plain_words(text: str) -> list[str]:
    """The distinct words in small letters, and the first one however it is written; the others are names."""
    found = _WORD.findall(text)
    plain = (w.lower() for place, w in enumerate(found) if w.islower() or (not place and w.istitle()))
    return list(dict.fromkeys(plain))
