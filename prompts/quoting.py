"""Citations as templates are given them: cut where too long, with where else they stand and what contradicts them."""

import datetime as dt
from typing import NamedTuple, TypedDict

from prompts.models import Answer, Citation
from prompts.shortening import LIMITS, cut, short_place, shortened
from retrieval.context import Context
from retrieval.models import Place


class Shown(NamedTuple):
    """A citation as shown: quote and names cut where too long, where else it stands, whether another contradicts it."""

    number: int
    quote: str
    cut: bool
    matched: tuple[str, ...]
    title: str
    date: dt.date | None
    file: str
    line: int
    original: Place | None
    also: tuple[int, ...]
    contradicted: bool


class Entries(TypedDict):
    """What a template of an answer is given besides the answer."""

    shown: list[Shown]
    repeats: list[Shown]
    contrasts: list[list[Shown]]


def entries(answer: Answer, quote_chars: int = LIMITS[0][0], name_chars: int = LIMITS[0][1]) -> Entries:
    """The citations whose quote is shown, those that say nearly the same as one of them, and those at odds.

    Args:
        answer: The answer.
        quote_chars: Longest quote, in code points.
        name_chars: Longest title or file name.
    """
    repeats = {number for group in answer.agreeing for number in group[1:]}
    found = {c.number: shown(c, answer, quote_chars, name_chars) for c in answer.citations}
    return Entries(
        shown=[entry for number, entry in found.items() if number not in repeats],
        repeats=[found[number] for number in found if number in repeats],
        contrasts=[[found[number] for number in group] for group in answer.differing],
    )


def shown(citation: Citation, answer: Answer, quote_chars: int, name_chars: int) -> Shown:
    """One citation of an answer as it is shown."""
    quote, is_cut = cut(citation.quote, quote_chars)
    return Shown(
        number=citation.number,
        quote=quote,
        cut=is_cut,
        matched=citation.matched,
        title=shortened(citation.title, name_chars),
        date=citation.date,
        file=shortened(citation.file, name_chars),
        line=citation.line,
        original=short_place(citation.original, name_chars),
        also=next((group[1:] for group in answer.agreeing if group[0] == citation.number), ()),
        contradicted=any(citation.number in group for group in answer.differing),
    )


def placed(context: Context, number: int, name_chars: int) -> Citation:
    """What a context's first line names: article, date and place, without the quote."""
    article = context.article
    return Citation(
        number=number,
        file=shortened(article.file, name_chars),
        line=context.line,
        start=context.start,
        end=context.start,
        quote="",
        title=shortened(article.title, name_chars),
        date=article.date,
        original=short_place(context.original, name_chars),
        score=0,
    )
