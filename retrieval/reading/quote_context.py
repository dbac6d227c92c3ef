"""The sentences around a quote in its article, as that article is now."""

import re
from collections.abc import Sequence
from functools import lru_cache

from retrieval.models import Article, DocumentPlace, Passage, Value
from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import read_lines
from retrieval.text.shown_text import shown

NEIGHBOURS = 2
"""How many sentences are shown on either side of a quote."""
HEADLINE = 20
"""Most words of a headline, a caption or a label: what is longer says something, with a full stop or without."""
_WORDS = lazy_pattern(r"[^\W\d_]")
ANNOUNCEMENT = 12
"""Most words of what only announces what follows its colon."""
_ENDED = lazy_pattern(r"[.!?…。！？;:][\"'”’»)\]*_]*\W*$")
_FIRST = r"\W*(?:(?:[A-Z][\w’'-]*,?|(?:In|On|At|By|For|After|Before|During|Since|Under)\b[^,.;]{1,40},)\s+)?"
_THING = (
    r"(?:move|plan|deal|agreement|accord|pact|talks|visit|trip|meeting|program(?:me)?|scheme|decision|step|measure"
    r"|proposal|project|exercise|drills?|funds?|figure|law|bill|ban|order|ships?|vessels?|attack|incident|announcement"
    r"|statement|report|initiative|partnership|two(?: (?:countries|sides|leaders|nations|ministers))?|duo|pair|trio)"
)
_TIME = r"(?:year|month|week|weekend|morning|afternoon|evening|spring|summer|autumn|winter|decade|century|time)"
_POINTS_BACK = lazy_pattern(
    rf"{_FIRST}(?:(?i:he|she|they|his|her|their|its|these|those|such|both|this|that)\b"
    rf"(?! (?:is why\b)?[A-Z]| {_TIME}\b)"
    r"|[Ii]t\b(?! (?:is|was|has been|will be|would be) \w+ (?:that|to|for)\b)"
    rf"|[Tt]he (?:(?:former|latter)\b(?= (?:is|was|has|had|will|would|can|may|also|of|said)\b|,)|same\b"
    rf"|(?:[a-z]+(?:ed|ing) |new |latest |proposed )?{_THING}"
    r" (?:is|was|are|were|will|would|has|have|had|also|comes?|came|aims?|includes?|marks?|calls?|follows?|may)\b))"
)
_ANNOUNCING = lazy_pattern(r":\W*$")


class Sentence(Value):
    """One sentence of a context."""

    text: str
    quoted: bool = False
    lead: str = ""  # separates it from the sentence before: a space, a line break, or nothing
    gap: bool = False  # text that is never quoted, such as a byline, was left out before it

    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        return shown(self.text)


class Context(Value):
    """A quote between the sentences around it, in the order of the article as it is now."""

    article: Article
    start: int  # offset of the quote's first code point in the article
    line: int  # that it starts on, from 1
    original: DocumentPlace | None  # the page or paragraph that it starts on in the document
    sentences: tuple[Sentence, ...]
    moved: bool  # the quote stood elsewhere when it was given


def is_headline(passage: Passage) -> bool:
    """Return whether a passage is no sentence: a headline, a caption, a heading, a label, or what announces a list."""
    return _is_headline(passage.shown, passage.title)


@lru_cache(maxsize=1 << 11)  # of passages found often it is asked several times in each question
def _is_headline(text: str, title: str) -> bool:
    words = text.split()
    is_title = " ".join(words).casefold() == " ".join(title.split()).casefold()
    is_announcement = len(words) <= ANNOUNCEMENT and _ANNOUNCING.search(text) is not None
    return is_title or is_announcement or (len(words) <= HEADLINE and not _ENDED.search(text))


def points_back(passage: Passage) -> bool:
    """Return whether a sentence stands for little without the one before it: 'He departs', 'The envisaged move'."""
    return _POINTS_BACK.match(passage.shown) is not None


def context(article: Article, passages: Sequence[Passage], start: int, quote: str) -> Context | None:
    """Return a quote with two sentences on either side; None where the article no longer holds it.

    Args:
        article: The article as it is now.
        passages: Its passages, in order.
        start: Where the quote stood when it was given; of several places, the nearest is taken.
        quote: The quote.
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
        sentences=tuple(_context_sentences(article.text, [*before, (now, end), *after], now)),
        moved=now != start,
    )


def find_quote(text: str, start: int, quote: str) -> int | None:
    """Return where a quote that stood at `start` stands now, or the nearest such place; None where it is gone."""
    if text.startswith(quote, start):
        return start
    found = re.finditer(re.escape(quote), text)
    nearest = min(((abs(match.start() - start), match.start()) for match in found), default=None)
    return nearest[1] if nearest else None


def _context_sentences(text: str, spans: Sequence[tuple[int, int]], quoted: int) -> list[Sentence]:
    shown = []
    for number, (start, end) in enumerate(spans):
        between = text[spans[number - 1][1] : start] if number else ""
        lead = "\n" if "\n" in between or "\r" in between else between and " "
        gap = bool(_WORDS.search(between))
        shown.append(Sentence(text=text[start:end], quoted=start == quoted, lead=lead, gap=gap))
    return shown
