"""Citations as templates are given them: in the order shown, cut where too long, with where else they stand."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypedDict

from prompts.emphasis import Span, answering_spans, with_unit
from prompts.markup import nested_quotes
from prompts.models import Answer, Citation
from prompts.truncation import LIMITS, cut, short_place, shortened
from retrieval.comparison.contradictions import compare
from retrieval.dates.expressions import WorkedOutDate, worked_out_dates
from retrieval.models import DocumentPlace, Passage, Relation
from retrieval.reading.quote_context import Context


class DisplayedCitation(NamedTuple):
    """A citation as shown: quote and names cut where too long, where else it stands, whether another contradicts it."""

    number: int
    quote: str
    cut: bool
    bold: Sequence[Span]  # the stretches of the quote that answer the question
    title: str
    date: dt.date | None
    publisher: str | None
    url: str | None
    file: str
    line: int
    original: DocumentPlace | None
    also: tuple[int, ...]
    contradicted: bool
    figure: str = ""  # the words of a contradicted quote that another contradicts
    language: str | None = None  # the code of its language, where that is not the question's
    lead: bool = False
    undated: bool = False  # it is to be said that its article bears no date
    before: tuple["DisplayedCitation", ...] = ()  # the sentences right before it that are shown with it
    after: tuple["DisplayedCitation", ...] = ()
    worked_out: tuple[WorkedOutDate, ...] = ()


class AnswerValues(TypedDict):
    """The values of an answer's template besides the answer."""

    shown: list[DisplayedCitation]
    repeats: list[DisplayedCitation]
    contrasts: list[list[DisplayedCitation]]
    changes: list["DisplayedChange"]


class DisplayedChange(NamedTuple):
    """A changed figure with the quote of the former value, under the number of the quote with the new value."""

    number: int
    was: str
    now: str
    before: DisplayedCitation


def answer_values(answer: Answer, quote_chars: int = LIMITS[0][0], name_chars: int = LIMITS[0][1]) -> AnswerValues:
    """Return the citations to show, their repetitions, and the groups that contradict each other.

    Args:
        answer: The answer.
        quote_chars: Longest quote, in code points.
        name_chars: Longest title or file name.
    """
    layout, figures = _layout(answer), _figures(answer)
    found = {
        c.number: display(c, answer, quote_chars, name_chars)._replace(figure=figures.get(c.number, ""))
        for c in answer.citations
    }
    for head, (before, after) in layout.blocks.items():
        preceding, following = (tuple(found[number] for number in numbers) for numbers in (before, after))
        found[head] = found[head]._replace(before=preceding, after=following)
    return AnswerValues(
        shown=[found[number] for number in layout.shown],
        repeats=[found[number] for number in layout.repeats],
        contrasts=[list(_undated_once([found[number] for number in group])) for group in answer.differing],
        changes=[DisplayedChange(c.number, c.was, c.now, found[c.before]) for c in answer.changes],
    )


class _Layout(NamedTuple):
    """The numbers of citations by where they are shown."""

    shown: list[int]
    repeats: list[int]
    contradicted: frozenset[int]
    blocks: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]  # the sentences before and after one, by its number


def _layout(answer: Answer) -> _Layout:
    repeats = {number for group in answer.agreeing for number in group[1:]}
    contradicted = frozenset(number for group in answer.differing for number in group)
    aside, blocks = repeats | {c.number for c in answer.citations if c.lead}, {}
    aside |= {change.before for change in answer.changes}
    for block in answer.blocks:
        head = min(number for number in block if number not in aside)
        at = block.index(head)
        blocks[head] = block[:at], block[at + 1 :]
        aside |= {*block} - {head} - contradicted
    numbers = [citation.number for citation in answer.citations]
    return _Layout([n for n in numbers if n not in aside], [n for n in numbers if n in repeats], contradicted, blocks)


def _numbers_as_shown(answer: Answer) -> list[int]:
    """The numbers of citations in the order in which they are shown, some of them twice."""
    shown, repeats, contradicted, blocks = _layout(answer)
    first = [number for number in shown[:1] if number not in contradicted]
    contrasts = [number for group in answer.differing for number in group]
    alone = [number for number in shown if number not in contradicted]
    order: list[int] = []
    for number in (*first, *contrasts, *alone, *shown, *repeats):
        before, after = blocks.get(number, ((), ()))
        order += [*before, number, *after]
    return order


def numbered_as_shown(answer: Answer) -> Answer:
    """Return an answer whose citations are numbered, and stand, in the order in which they are shown."""
    if answer.watched or answer.brief is not None:  # whose quotes are numbered as they are read
        return answer
    numbers = [citation.number for citation in answer.citations]
    old = list(dict.fromkeys([*_numbers_as_shown(answer), *numbers]))
    if old == numbers == sorted(numbers):
        return answer
    new = dict(zip(old, sorted(old), strict=True))
    citations = [citation.model_copy(update={"number": new[citation.number]}) for citation in answer.citations]
    return answer.model_copy(
        update={
            "citations": tuple(sorted(citations, key=attrgetter("number"))),
            "agreeing": _renumbered(answer.agreeing, new),
            "differing": _renumbered(answer.differing, new),
            "blocks": _renumbered(answer.blocks, new),
            "timeline": tuple(mark.model_copy(update={"number": new[mark.number]}) for mark in answer.timeline),
            "columns": tuple(
                column.model_copy(
                    update={
                        "numbers": tuple(new[n] for n in column.numbers),
                        "by_article": tuple(new[n] for n in column.by_article),
                    }
                )
                for column in answer.columns
            ),
            "aspects": tuple(
                aspect.model_copy(update={"numbers": tuple(new[n] for n in aspect.numbers)})
                for aspect in answer.aspects
            ),
        }
    )


def _renumbered(groups: Sequence[Sequence[int]], new: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(new[number] for number in group) for group in groups)


def _figures(answer: Answer) -> Mapping[int, str]:
    """The words of each contradicted quote that another of its group contradicts."""
    by_number = {citation.number: citation for citation in answer.citations}
    return {
        number: next(
            filter(None, (_contradicted_words(by_number[number], by_number[n]) for n in group if n != number)), ""
        )
        for group in answer.differing
        for number in group
    }


@lru_cache(maxsize=1 << 10)
def _contradicted_words(own: Citation, other: Citation) -> str:
    """The words of a quote that another contradicts; none where it does not."""
    found = compare(_passage(own), _passage(other))
    if found.relation is not Relation.DIFFER:
        return ""
    return with_unit(own.shown, found.one) if found.about == "figure" else found.one.removeprefix("the ")


def _passage(citation: Citation) -> Passage:
    return Passage(
        file=citation.file,
        line=citation.line,
        start=citation.start,
        end=citation.end,
        text=citation.quote,
        title=citation.title,
        date=citation.date,
    )


def _undated_once(group: Sequence[DisplayedCitation]) -> Iterator[DisplayedCitation]:
    """The quotes of a group, the first of each article without a date to say so."""
    named: set[str] = set()
    for entry in group:
        yield entry._replace(undated=entry.date is None and entry.file not in named)
        named |= {entry.file} if entry.date is None else set()


def display(citation: Citation, answer: Answer, quote_chars: int, name_chars: int) -> DisplayedCitation:
    """Return one citation of an answer as displayed."""
    quote, is_cut = cut(citation.shown, quote_chars)
    answers = answer.outcome == "answered" and not answer.tentative and not answer.further and not citation.lead
    bold = answering_spans(answer.kind, answer.question, citation) if answers else ()
    return DisplayedCitation(
        number=citation.number,
        quote=nested_quotes(quote),
        cut=is_cut,
        bold=[(start, end) for start, end in bold if end <= len(quote)],
        title=shortened(citation.title, name_chars),
        date=citation.date,
        publisher=citation.publisher and shortened(citation.publisher, name_chars),
        url=citation.url,
        file=shortened(citation.file, name_chars),
        line=citation.line,
        original=short_place(citation.original, name_chars),
        also=next((group[1:] for group in answer.agreeing if group[0] == citation.number), ()),
        contradicted=any(citation.number in group for group in answer.differing),
        language=citation.language,
        lead=citation.lead,
        worked_out=worked_out_dates(citation.shown, citation.date),
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
        publisher=article.publisher and shortened(article.publisher, name_chars),
        url=article.url,
        original=short_place(context.original, name_chars),
        score=0,
    )
