"""Text as the full-text index of the record holds it, and searches in the same form.

SQLite takes a run of letters for a word, which in Japanese is a whole clause; so letters of scripts that put no spaces
between words stand alone in the index, and such words are searched for as phrases. Marks are taken off letters by
SQLite itself, but not the stroke of the Vietnamese đ.
"""

import re
import unicodedata

from retrieval.patterns import lazy_pattern

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = lazy_pattern(f"[{_UNSPACED}]")
_CHANGES = lazy_pattern(f"[{_UNSPACED}đĐ\u0300-\u036f\uff00-\uffef]")
_STROKES = str.maketrans("đĐ", "dD")
_QUERY_PART = lazy_pattern(r'"(?:[^"]|"")*"|[\w\x1a\u0080-\U0010ffff]+')
"""A string or a bareword of a full-text query (SQLite, FTS5, section 3.1)."""


def searchable(text: str) -> str:
    """A text as it is indexed; most are indexed as they are."""
    if text.isascii() or not _CHANGES.search(text):
        return text
    return _LETTER.sub(r" \g<0> ", unicodedata.normalize("NFKC", text).translate(_STROKES))


def search_query(search: str) -> str:
    """A search, in full-text syntax, as it finds what is indexed; an ideographic space parts words like any other."""
    return search if search.isascii() else _QUERY_PART.sub(_as_phrase, search.replace("\u3000", " "))


def _as_phrase(part: re.Match[str]) -> str:
    words = part[0]
    if words.isascii():
        return words
    bare = words[1:-1].replace('""', '"') if words.startswith('"') else words
    return '"' + searchable(bare).replace('"', '""') + '"'
