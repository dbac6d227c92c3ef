"""The words of a quote that answer a question: dates, figures, names or lists, by the kind of the question."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TypeAlias

from prompts.models import Answer, Citation
from retrieval.comparison.facts import Facts, find_facts
from retrieval.models import Kind
from retrieval.query.focus import quantity_kind_asked
from retrieval.text.quantity_kinds import QuantityKind
from retrieval.text.terms import passage_words

Span: TypeAlias = tuple[int, int]
"""The first code point of a stretch of a text, and the one after its last."""
MOST_NAMES = 3
"""Most names that stand out in a sentence; of more none does."""
_OF_NAMES = frozenset({Kind.WHO, Kind.WHERE, Kind.ROLE})
_POSSESSIVE = ("’s", "'s")


def noting_dates(answer: Answer) -> Answer:
    """Return an answer that knows whether it lacks the date which a follow-up asks for."""
    if answer.kind is not Kind.WHEN or not answer.carried or answer.outcome != "answered":
        return answer
    dates = (find_facts(citation.shown, citation.date).dates for citation in answer.citations)
    return answer.model_copy(update={"dateless": not any(dates)})


@lru_cache(maxsize=1 << 12)
def answering_spans(kind: Kind, question: str, citation: Citation) -> Sequence[Span]:
    """Return the stretches of a displayed quote that answer a question; none where the answer is unclear."""
    text = citation.shown
    facts, asked = find_facts(text, citation.date), quantity_kind_asked(question)
    if kind is Kind.WHEN or asked is QuantityKind.DATE:
        return [(date.start, date.end) for date in facts.dates]
    if kind is Kind.HOW_MANY or asked is not None:
        return [(quantity.start, _end_of_unit(text, quantity.end)) for quantity in facts.quantities]
    if kind is Kind.LIST and facts.name_lists:
        return [(names.start, names.end) for names in facts.name_lists]
    if kind in _OF_NAMES:
        places = {word.term for word in facts.words if word.term.startswith("@")} if kind is not Kind.WHERE else set()
        names = list(_new_names(text, facts, places.union(citation.matched)))
        return names if len(names) <= MOST_NAMES else ()
    return ()


def with_unit(text: str, quantity: str) -> str:
    """Return a figure of a text with its unit."""
    start = text.index(quantity)
    return text[start : _end_of_unit(text, start + len(quantity))]


def _end_of_unit(text: str, end: int) -> int:
    """The end of a figure's unit: '12 countries', '30 percent'."""
    following = next((word for word in passage_words(text[end:])), None)
    return end + following.end if following and following.start == 1 and text[end] == " " else end


def _new_names(text: str, facts: Facts, asked: AbstractSet[str]) -> Iterator[Span]:
    """The names of a sentence that the question lacks; adjacent words are one name."""
    start = end = -1
    for word in facts.words:
        if word.term not in facts.names or word.term in asked or not text[word.start].isupper():
            continue
        if start >= 0 and text[end : word.start] != " ":
            yield start, end
            start = -1
        start, end = (start if start >= 0 else word.start), _without_possessive(text, word.end)
    if start >= 0:
        yield start, end


def _without_possessive(text: str, end: int) -> int:
    return end - 2 if text.endswith(_POSSESSIVE, 0, end) else end
