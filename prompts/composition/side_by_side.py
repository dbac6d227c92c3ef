"""A comparison to an answer: the quotes of each side, those on one aspect beside each other."""

from prompts.composition.compose import QUESTION_CHARS, cite_groups
from prompts.composition.languages import with_languages
from prompts.models import Answer, ComparedAspect, ComparedColumn
from retrieval.library import Library
from retrieval.models import Findings, Kind, Query
from retrieval.side_by_side.request import ComparisonRequest, comparison_asked
from retrieval.side_by_side.side_by_side import SharedAspect, SideBySide, build_side_by_side

MOST = {2: 4, 3: 3}
"""Most quotes of a side by the number of sides, unless asked for more: as many as a message holds."""
OF_MANY = 2
"""The same of more sides."""


def comparison_of(query: Query) -> ComparisonRequest | None:
    """Return the comparison that a question asks for; None where it asks for none, or cannot be answered at all."""
    is_too_long = len(query.text) > QUESTION_CHARS
    return None if is_too_long or query.fault or query.foreign or query.chat else comparison_asked(query.asked)


def compose_side_by_side(
    findings: Findings, request: ComparisonRequest, quotes: int | None, library: Library
) -> Answer | None:
    """Answer with quotes of each side, or about it, and name the sides without any.

    Args:
        findings: The findings for the question.
        request: The comparison that it asks for.
        quotes: Most quotes of a side; None for as many as a message holds.
        library: The articles.

    Returns:
        None where the sides cannot be told apart, so that the question is better answered as it stands.
    """
    most = quotes or MOST.get(max(2, len(request.columns)), OF_MANY)
    compared = build_side_by_side(library, request, findings.query.filters, most)
    return _answer(findings, compared) if compared else None


def _answer(findings: Findings, compared: SideBySide) -> Answer:
    query = findings.query
    quotes = [quote for column in compared.columns for quote in column.quotes]
    citations, numbers = cite_groups([quote.hits for quote in quotes])
    heads = {id(quote): own[0] for quote, own in zip(quotes, numbers, strict=True)}
    columns = tuple(
        ComparedColumn(
            label=column.asked.label,
            sense=column.asked.sense,
            numbers=tuple(heads[id(quote)] for quote in column.quotes),
            by_article=tuple(heads[id(quote)] for quote in column.quotes if quote.is_by_article),
        )
        for column in compared.columns
    )
    cited = [{id(quote.hits[0]): heads[id(quote)] for quote in column.quotes} for column in compared.columns]
    answer = Answer(
        question=query.text,
        kind=Kind.SIDE_BY_SIDE,
        outcome="answered",
        confidence=findings.confidence,
        carried=(*(part.word for part in query.carried), *query.inherited),
        filters=query.filters,
        citations=citations,
        agreeing=tuple(own for own in numbers if len(own) > 1),
        columns=columns,
        aspects=tuple(_aspect(aspect, cited) for aspect in compared.aspects),
    )
    return with_languages(answer, query)


def _aspect(aspect: SharedAspect, cited: list[dict[int, int]]) -> ComparedAspect:
    return ComparedAspect(
        kind=aspect.kind,
        differs=aspect.differs,
        numbers=tuple(cited[side][id(hit)] for side, hit in aspect.quotes.items()),
        words=tuple(aspect.words.get(side, "") for side in aspect.quotes),
    )
