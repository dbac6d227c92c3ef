"""Citations as templates are given them: cut where too long, with where else they stand and what contradicts them."""

import datetime as dt
from typing import NamedTuple, TypedDict

from prompts.models import Answer, Citation
from prompts.truncation import LIMITS, cut, short_place, shortened
from retrieval.comparison.dates import WorkedOutDate, worked_out_dates
from retrieval.models import DocumentPlace
from retrieval.reading.quote_context import Context


class DisplayedCitation(NamedTuple):
    """A citation as shown: quote and names cut where too long, where else it stands, whether another contradicts it."""

    number: int
    quote: str
    cut: bool
    matched: tuple[str, ...]
    title: str
    date: dt.date | None
    file: str
    line: int
    original: DocumentPlace | None
    also: tuple[int, ...]
    contradicted: bool
    language: str | None = None  # the code of its language, where that is not the question's
    lead: bool = False
    before: tuple["DisplayedCitation", ...] = ()  # the sentences right before it that are shown with it
    after: tuple["DisplayedCitation", ...] = ()
    worked_out: tuple[WorkedOutDate, ...] = ()


class AnswerValues(TypedDict):
    """The values of an answer's template besides the answer."""

    shown: list[DisplayedCitation]
    repeats: list[DisplayedCitation]
    contrasts: list[list[DisplayedCitation]]


def answer_values(answer: Answer, quote_chars: int = LIMITS[0][0], name_chars: int = LIMITS[0][1]) -> AnswerValues:
    """Return the citations to show, their repetitions, and the groups that contradict each other.

    Args:
        answer: The answer.
        quote_chars: Longest quote, in code points.
        name_chars: Longest title or file name.
    """
    repeats = {number for group in answer.agreeing for number in group[1:]}
    found = {c.number: display(c, answer, quote_chars, name_chars) for c in answer.citations}
    aside = repeats | {c.number for c in answer.citations if c.lead}
    for block in answer.blocks:
        head = min(number for number in block if number not in aside)
        at = block.index(head)
        parts = [found[number] for number in block]
        found[head] = found[head]._replace(before=tuple(parts[:at]), after=tuple(parts[at + 1 :]))
        aside |= {number for number in block if number != head and not found[number].contradicted}
    return AnswerValues(
        shown=[entry for number, entry in found.items() if number not in aside],
        repeats=[found[number] for number in found if number in repeats],
        contrasts=[[found[number] for number in group] for group in answer.differing],
    )


def display(citation: Citation, answer: Answer, quote_chars: int, name_chars: int) -> DisplayedCitation:
    """Return one citation of an answer as displayed."""
    quote, is_cut = cut(citation.shown, quote_chars)
    return DisplayedCitation(
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
        language=citation.language,
        lead=citation.lead,
        worked_out=tuple(worked_out_dates(citation.shown, citation.date)),
    )


def place_of(context: Context, number: int, name_chars: int) -> Citation:
    """Return the article, date and place of a context, as a citation without its quote."""
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
