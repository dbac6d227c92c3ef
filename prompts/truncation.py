"""Quotes, names and what stands around a quote, cut where they are too long to show."""

from collections.abc import Sequence
from typing import NamedTuple

from retrieval.models import DocumentPlace
from retrieval.reading.quote_context import Sentence

LIMITS = ((4_000, 200), (1_200, 200), (800, 160), (500, 120), (300, 80), (150, 40))
"""Longest quote and longest title or file name, in code points, tried from the left until the message fits."""
BESIDE = (1_000, 500, 300, 200, 100, 30)
"""Longest sentence beside a quote, for each of these limits."""
NAME_CHARS = 200
"""Longest title or file name where nothing presses."""


class DisplayedSentence(NamedTuple):
    """A sentence of a context as shown: cut where too long, towards the quote whole."""

    text: str
    quoted: bool
    lead: str
    gap: bool
    begins_late: bool
    ends_early: bool


def cut(quote: str, limit: int) -> tuple[str, bool]:
    """A quote's beginning up to a word's end, and whether anything was left out."""
    if len(quote) <= limit:
        return quote, False
    head = quote[: limit + 1].rsplit(None, 1)[0]
    return (head if len(head) <= limit else quote[:limit]).rstrip(), True


def shortened(name: str, limit: int = NAME_CHARS) -> str:
    """A title or file name with its middle left out where it is too long to show."""
    if len(name) <= limit:
        return name
    return f"{name[: limit // 2]}…{name[-limit // 2 + 1 :]}"


def short_place(place: DocumentPlace | None, name_chars: int) -> DocumentPlace | None:
    """A place whose file's name is cut where it is too long to show."""
    return place and place.model_copy(update={"file": shortened(place.file, name_chars)})


def shown_sentences(sentences: Sequence[Sentence], quote_chars: int, beside: int) -> list[DisplayedSentence]:
    """A quote and its neighbours, each cut at the end that is further from the quote.

    Args:
        sentences: The quote and its neighbours, in order.
        quote_chars: Longest quote, in code points.
        beside: Longest neighbour.
    """
    place = next(number for number, sentence in enumerate(sentences) if sentence.quoted)
    before = [_tail(sentence, beside) for sentence in sentences[:place]]
    after = [_head(sentence, beside) for sentence in sentences[place + 1 :]]
    return [*before, _head(sentences[place], quote_chars), *after]


def _head(sentence: Sentence, limit: int) -> DisplayedSentence:
    text, is_cut = cut(sentence.shown, limit)
    return DisplayedSentence(text, sentence.quoted, sentence.lead, sentence.gap, begins_late=False, ends_early=is_cut)


def _tail(sentence: Sentence, limit: int) -> DisplayedSentence:
    text, is_cut = cut(sentence.shown[::-1], limit)
    return DisplayedSentence(
        text[::-1], sentence.quoted, sentence.lead, sentence.gap, begins_late=is_cut, ends_early=False
    )
