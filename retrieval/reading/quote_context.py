"""What stands around a quote in its article, as that article is now."""

import re
from collections.abc import Sequence

from retrieval.models import Article, DocumentPlace, Passage, Value
from retrieval.reading.lines import read_lines

NEIGHBOURS = 2
"""How many sentences are shown on either side of a quote."""
_WORDS = re.compile(r"[^\W\d_]")


class Sentence(Value):
    """One sentence of a context.

    Attributes:
        text: The sentence, untouched.
        quoted: Whether it is the quote.
        lead: What separates it from the sentence before: a space, a line break, or nothing.
        gap: Whether something that is never quoted, such as a byline, was left out before it.
    """

    text: str
    quoted: bool = False
    lead: str = ""
    gap: bool = False


class Context(Value):
    """A quote with the sentences around it.

    Attributes:
        article: The article as it is now.
        start: Offset of the quote's first code point in it.
        line: The line the quote starts on, from 1.
        original: The page or paragraph it starts on in the document that the article was read from, where there is one.
        sentences: The quote between its neighbours, in the order of the article.
        moved: Whether the quote stood elsewhere when it was given.
    """

    article: Article
    start: int
    line: int
    original: DocumentPlace | None
    sentences: tuple[Sentence, ...]
    moved: bool


def context(article: Article, passages: Sequence[Passage], start: int, quote: str) -> Context | None:
    """A quote with two sentences on either side.

    Args:
        article: The article as it is now.
        passages: Its passages, in order.
        start: Where the quote stood in it when it was given.
        quote: The quote.

    Returns:
        The context; none where the article no longer holds the quote. Where it holds it several times, the nearest.
    """
    now = find_quote(article.text, start, quote)
    if now is None:
        return None
    end = now + len(quote)
    before = [(p.start, p.end) for p in passages if p.end <= now][-NEIGHBOURS:]
    after = [(p.start, p.end) for p in passages if p.start >= end][:NEIGHBOURS]
    return Context(
        article=article,
        start=now,
        line=sum(line.start <= now for line in read_lines(article.text)),
        original=article.original.place(now) if article.original else None,
        sentences=tuple(_sentences(article.text, [*before, (now, end), *after], now)),
        moved=now != start,
    )


def find_quote(text: str, start: int, quote: str) -> int | None:
    """Where a quote stands now.

    Args:
        text: The article's text as it is now.
        start: Where it stood when it was given.
        quote: The quote.

    Returns:
        Where it stood, or the nearest place that holds it; None where the text no longer does.
    """
    if text.startswith(quote, start):
        return start
    places = (match.start() for match in re.finditer(re.escape(quote), text))
    return min(places, key=lambda place: abs(place - start), default=None)


def _sentences(text: str, spans: Sequence[tuple[int, int]], quoted: int) -> list[Sentence]:
    shown = []
    for number, (start, end) in enumerate(spans):
        between = text[spans[number - 1][1] : start] if number else ""
        lead = "\n" if "\n" in between or "\r" in between else between and " "
        gap = bool(_WORDS.search(between))
        shown.append(Sentence(text=text[start:end], quoted=start == quoted, lead=lead, gap=gap))
    return shown
