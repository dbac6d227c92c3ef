"""The language in which a short text is written, and its words as the glossary looks them up."""

import unicodedata
from collections.abc import Set
from typing import Protocol

from retrieval.patterns import lazy_pattern
from retrieval.text.rarity import RAREST, background
from retrieval.text.terms import STOP_WORDS, normalise, terms

KANJI = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK = lazy_pattern(f"[{KANJI}\u3041-\u30ff]")
_VIETNAMESE = lazy_pattern("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
"""Letters that hardly any other language has."""
_LETTERS = lazy_pattern(r"[^\W\d_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE = lazy_pattern(r"(?:ngh|ng|nh|th|tr|ch|gh|gi|kh|ph|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
SHARE = 0.12
"""From what share of words with Vietnamese letters on a text is Vietnamese: names stand in English texts too."""
FEWEST = 3
"""How many words a question without marks must have to be told to be Vietnamese."""
MOSTLY, OWN, COMMON = 0.7, 0.4, 8.0
"""Share of its words that must be Vietnamese syllables, and of those that are no common English words; the background
idf up to which a word is that."""


def language_written(text: str) -> str | None:
    """Return the code of the language that a sentence is written in, of those of the glossary; None for another.

    Kana tell Japanese, letters of its own Vietnamese; other Latin letters are English here, whose library says more
    (`retrieval.text.languages`).
    """
    if text.isascii():
        return "en" if _LETTERS.search(text) else None
    text = normalise(text)
    found = _LETTERS.findall(text)
    if not found:
        return None
    if len(_CJK.findall(text)) >= 0.3 * sum(map(len, found)):
        return "ja"
    if sum(_VIETNAMESE.search(word) is not None for word in found) > SHARE * len(found):
        return "vi"
    return "en" if any(word.isascii() for word in found) else None


class SyllableTable(Protocol):
    """A table with Vietnamese forms."""

    @property
    def syllables(self) -> Set[str]:
        """The syllables, without marks, of forms of several syllables."""


def is_unmarked_vietnamese(text: str, table: SyllableTable) -> bool:
    """Return whether a question is Vietnamese typed without marks.

    Args:
        text: The question.
        table: A table of Vietnamese forms; read only where the question looks Vietnamese.
    """
    written = _LETTERS.findall(text) if text.isascii() else []
    found = [word.lower() for place, word in enumerate(written) if word.islower() or not place]  # the others are names
    like = [word for word in found if _SYLLABLE.fullmatch(word)]
    if len(found) < FEWEST or len(like) < MOSTLY * len(found):
        return False
    syllables = [word for word in like if word in table.syllables]
    own = [word for word in syllables if not is_english(word, COMMON)]
    return len(syllables) >= MOSTLY * len(found) and len(own) >= OWN * len(found)


def is_english(word: str, rarest: float = RAREST) -> bool:
    """Return whether a word in small letters is one of English, no rarer than a background idf."""
    return word in STOP_WORDS or any(background().get(term, 2 * RAREST) <= rarest for term in terms(word))


def syllable(word: str) -> str:
    """Return a Vietnamese syllable in small letters with its tone at the end, wherever the mark stands: hòa, hoà."""
    apart = unicodedata.normalize("NFD", word.lower())
    tone = "".join(letter for letter in apart if letter in _TONES)
    return "".join(letter for letter in apart if letter not in _TONES) + tone if tone else apart
