"""Texts to numbers of word pieces, as the packaged BERT encoders read them (lower case, without accents).

The library for this would bring a client of a model hub along, which a bot that never downloads has no use for.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from retrieval.patterns import lazy_pattern

LONGEST_WORD = 100
"""A longer word is unknown as a whole."""
REMEMBERED = 1 << 15
"""How many words are remembered as pieces."""

_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_IDEOGRAPHS = lazy_pattern(f"[{_IDEOGRAPH}]")
_ASCII_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPACES = frozenset("\t\n\r")


class WordPieces:
    """The vocabulary of an encoder; safe to use from several threads."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self.first, self.separator = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._unknown = vocabulary["[UNK]"]
        self._pieces = lru_cache(REMEMBERED)(self._split)

    @classmethod
    def read(cls, path: Path) -> "WordPieces":
        """Read a vocabulary, one piece a line."""
        lines = path.read_text(encoding="utf-8").split("\n")
        return cls({piece: number for number, piece in enumerate(lines) if piece})

    def numbers(self, text: str, most: int) -> list[int]:
        """Return at most so many numbers of the pieces of a text."""
        numbers: list[int] = []
        for word in _words(text):
            numbers += self._pieces(word)
            if len(numbers) >= most:
                break
        return numbers[:most]

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest pieces that a word begins, and goes on, with."""
        numbers, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1) if len(word) <= LONGEST_WORD else ()
            end = next((end for end in ends if mark + word[start:end] in self._vocabulary), None)
            if end is None:
                return (self._unknown,)
            numbers.append(self._vocabulary[mark + word[start:end]])
            start = end
        return tuple(numbers)


def _words(text: str) -> list[str]:
    """The words and signs of a text, in lower case without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", _IDEOGRAPHS.sub(r" \g<0> ", text).lower())
        text = "".join(char for char in text if unicodedata.category(char) != "Mn")
    spaced = [f" {char} " if _is_sign(char) else char for char in text.lower() if not _is_control(char)]
    return "".join(spaced).split()


@lru_cache(1 << 12)
def _is_sign(char: str) -> bool:
    return char in _ASCII_SIGNS or unicodedata.category(char).startswith("P")


@lru_cache(1 << 12)
def _is_control(char: str) -> bool:
    return (char not in _SPACES and unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}) or char == "\ufffd"
