"""Vietnamese words: syllables, known by their marks and their letters."""

import re
import unicodedata
from functools import lru_cache

from retrieval.patterns import lazy_pattern

STOP_WORDS = frozenset(
    "là và của các những được với này đó đã đang sẽ bị để từ tại ở thì mà vì về đến ra vào như cũng nhưng hoặc hay rằng"
    " một có cho trong khi do bởi thế vậy rồi lại vẫn rất theo trên sau trước giữa mỗi mọi cái sự ấy nó họ"
    " ai gì nào đâu nhiêu mấy".split()
)
"""How a sentence is built, and what makes a question of it; not what it is about."""
_BARE_STOPS = frozenset(
    "la va cua cac nhung duoc voi nay da dang se bi de tu tai thi ma ve den ra vao nhu cung hoac rang mot co cho trong"
    " khi do boi the roi lai van rat theo tren sau truoc moi cai su nao dau nhieu may gi ai".split()
)
"""The same as people type them without marks, those that are no other common word."""

AI = "AI"
"""Artificial intelligence; 'ai' asks who."""

_MARKED = "ăâđêôơư\u0300-\u0303\u0309\u0323"
_IS_MARKED = lazy_pattern(f"[{_MARKED}àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
_SYLLABLE = lazy_pattern(
    r"(?:ngh?|nh|kh|gh|gi|tr|th|ph|ch|qu|[bcdđghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE
)
_WORD = lazy_pattern(r"[^\W\d_]+")
MARKED_SHARE = 0.45
"""The share of a text's words that must be syllables with marks for the text to be Vietnamese: names are not enough."""
BUILT_SHARE = 0.25
"""The same where one of them is a word that builds sentences, which no name is."""
_PLACED = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_NEWER = lazy_pattern(r"(?<![qQ])(?:[oO][àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ]|[uU][ỳýỷỹỵỲÝỶỸỴ])(?![^\W\d_])")
WHOLE_SHARE = 0.55
"""The share of the syllables with marks of a text that has all of them, at least; three quarters are usual."""


def fold(word: str) -> str:
    """Return a word without its marks, in small letters."""
    return without_marks(word).lower()


def without_marks(text: str) -> str:
    """Return a text without its marks; of one in NFC each letter keeps its place."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.translate(_D))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_D = str.maketrans("đĐ", "dD")


@lru_cache(maxsize=1 << 14)
def is_syllable(word: str) -> bool:
    """Return whether a word may be a syllable of Vietnamese."""
    return _SYLLABLE.fullmatch(fold(word)) is not None


@lru_cache(maxsize=1 << 14)
def is_marked(word: str) -> bool:
    """Return whether a word is a syllable with marks."""
    return not word.isascii() and _IS_MARKED.search(word) is not None and is_syllable(word)


@lru_cache(maxsize=1 << 12)
def is_vietnamese(text: str) -> bool:
    """Return whether a text is in Vietnamese, by the syllables with marks."""
    if text.isascii() or not _IS_MARKED.search(text):
        return False
    words = _WORD.findall(text)
    marked = [word for word in words if is_marked(word)]
    built = any(word.lower() in STOP_WORDS for word in marked)
    return len(marked) >= max(1, (BUILT_SHARE if built else MARKED_SHARE) * len(words))


@lru_cache(maxsize=1 << 10)
def lacks_marks(text: str) -> bool:
    """Return whether a Vietnamese text was typed without its marks, or without many of them."""
    syllables = [word for word in _WORD.findall(text) if is_syllable(word)]
    return sum(map(is_marked, syllables)) < WHOLE_SHARE * len(syllables)


def placed(text: str) -> str:
    """Return a text with the tone marks of oa, oe and uy on the first letter: 'hòa' for 'hoà'."""
    return _NEWER.sub(_place, text)


def _place(match: re.Match[str]) -> str:
    old = _PLACED[match[0].lower()]
    return "".join(new.upper() if was.isupper() else new for was, new in zip(match[0], old, strict=True))


def is_stop_word(written: str) -> bool:
    """Return whether a syllable of a Vietnamese text tells nothing."""
    return written != AI and written.lower() in STOP_WORDS


def is_bare_stop_word(written: str) -> bool:
    """Return whether a syllable of a text without marks most likely tells nothing."""
    return written != AI and written.lower() in _BARE_STOPS
