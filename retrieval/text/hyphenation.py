"""Whether a hyphen at a line's end belongs to its word, or only broke the word in two."""

from collections.abc import Mapping
from functools import cache

from retrieval.text.rarity import background
from retrieval.text.terms import terms


def keeps_hyphen(first: str, rest: str, counts: Mapping[str, int] | None = None) -> bool:
    """Return whether a word broken at its hyphen is written with it ('long-term').

    The document itself knows best; otherwise a hyphen between two English words, which together are none, stays.

    Args:
        first: The letters before the hyphen, in small letters.
        rest: The letters after it, in small letters.
        counts: How often each word stands in the document.
    """
    counts = counts or {}
    whole, compound = counts.get(first + rest, 0), counts.get(f"{first}-{rest}", 0)
    if whole != compound:
        return compound > whole
    return _is_word(first) and _is_word(rest) and not _is_word(first + rest)


def _is_word(word: str) -> bool:
    """Return whether a word is among the commoner English ones; a stop word, which has no terms, is."""
    return set(terms(word)) <= _stems()


@cache
def _stems() -> frozenset[str]:
    return frozenset(background())
