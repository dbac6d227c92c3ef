"""Whether a passage says in nearly the same words what another says, with nothing of its own to lose."""

import re
from collections.abc import Sequence

from retrieval.comparison.contradictions import compare
from retrieval.comparison.dates import DateMention
from retrieval.comparison.facts import Facts, find_facts, weight
from retrieval.comparison.quantities import Quantity
from retrieval.models import Passage, Relation
from retrieval.patterns import lazy_pattern
from retrieval.text.answer_shapes import PassageShape, passage_shape

NEARLY_THE_SAME = 0.7
"""Share of weighed words in common (Jaccard 1901) from which the words of two passages are nearly the same."""
LEFT_OUT = 0.15
"""Most of the weight of the words shown that a passage may lack to be another place of them."""
LIGHT = frozenset("becom both near nation countri further such respect well now also here very".split())
"""Terms that a passage may have to itself and still say nothing of its own."""
_UNSURE = lazy_pattern(
    r"\b(?:(?-i:may)|might|could|would|should|plan(?:s|ned|ning)?|expect(?:s|ed)?|consider(?:s|ed|ing)?"
    r"|propos(?:es?|ed|ing)"
    r"|hop(?:es?|ed|ing)|seek(?:s|ing)?|sought|agree[sd]?|intend(?:s|ed)?|refus(?:es?|ed|ing)|declin(?:es?|ed|ing)"
    r"|fail(?:s|ed)?|want(?:s|ed)?|urg(?:es?|ed|ing)|ask(?:s|ed)?|call(?:s|ed)? (?:on|for)|threaten(?:s|ed)?"
    r"|den(?:y|ies|ied))\b",
    re.IGNORECASE,
)
_COUNTED_ON = lazy_pattern(
    r"\b(?:next|upcoming|forthcoming|coming|previous|latest|recent(?:ly)?|earlier|ago|now|currently|so far)\b",
    re.IGNORECASE,
)
"""Words that count from the day of the report."""
_BY = lazy_pattern(r"\bby\b", re.IGNORECASE)


def repeats(passage: Passage, shown: Passage) -> bool:
    """Return whether a shown passage says all of another in nearly the same words.

    It has no date, figure, name or verb of its own, and lacks none but such as say the same less exactly. A day of the
    week or 'last year' counts as the date it stands for.
    """
    text, other = passage.shown, shown.shown
    if text != other and compare(shown, passage).relation is not Relation.AGREE:
        return False
    said, own = find_facts(other, shown.date), find_facts(text, passage.date)
    is_same_report = passage.file == shown.file or (passage.date is not None and passage.date == shown.date)
    if not is_same_report and (_counts_from_its_date(text, own) or _counts_from_its_date(other, said)):
        return False
    if not _are_dates_of(own.dates, said.dates):
        return False
    if text == other:
        return True
    points_back = (passage_shape(text) | passage_shape(other)) & PassageShape.POINTS_BACK
    return (
        (passage.file == shown.file or not points_back)
        and _are_quantities_of(own.quantities, said.quantities)
        and _are_nearly_the_same(own, said)
        and _unsure(text) == _unsure(other)
        and not _is_other_way_round(text, own, other, said)
    )


def _counts_from_its_date(text: str, facts: Facts) -> bool:
    """Whether a text counts from a day that it does not say: 'the next summit', 'on Monday' without a date."""
    return bool(_COUNTED_ON.search(text)) or any(
        date.relative or (date.weekday is not None and date.day is None) for date in facts.dates
    )


def _are_dates_of(dates: Sequence[DateMention], shown: Sequence[DateMention]) -> bool:
    """Whether each date is shown at least as exactly, and each date shown may equal a date."""
    return all(any(_is_date_of(date, other) for other in shown) for date in dates) and all(
        any(other.may_equal(date) for date in dates) for other in shown
    )


def _is_date_of(date: DateMention, other: DateMention) -> bool:
    parts = ((date.first, other.first), (date.last, other.last), (date.month, other.month), (date.day, other.day))
    return date.relative == other.relative and all(a is None or a == b for a, b in parts)


def _are_quantities_of(figures: Sequence[Quantity], shown: Sequence[Quantity]) -> bool:
    """Whether each figure is among those shown, said no less exactly there, and none is shown beside them."""
    return all(any(_is_quantity_of(quantity, other) for other in shown) for quantity in figures) and all(
        any(_is_quantity_of(quantity, other) or other.contradicts(quantity) is False for quantity in figures)
        for other in shown
    )


def _is_quantity_of(quantity: Quantity, other: Quantity) -> bool:
    if (quantity.value, quantity.bound, quantity.unit) == (other.value, other.bound, other.unit):
        return True
    return quantity.contradicts(other) is False and other.bound == "=" and other.step <= quantity.step


def _are_nearly_the_same(own: Facts, said: Facts) -> bool:
    """Whether the words are the same but for few, none of which is a name or, in the passage, says anything new."""
    mine, theirs = own.terms, said.terms
    units = {noun for quantity in own.quantities if quantity.unit for noun in quantity.nouns}
    more, less = mine - theirs - LIGHT - units - said.initials.keys(), theirs - mine - own.initials.keys()
    shared = sum(map(weight, sorted(mine & theirs)))
    spelt_out = {term for short, form in said.initials.items() if short in mine for term in form}
    return (
        not more
        and not less & said.names - spelt_out
        and sum(map(weight, sorted(less - spelt_out))) <= LEFT_OUT * sum(map(weight, sorted(theirs)))
        and shared >= NEARLY_THE_SAME * sum(map(weight, sorted(mine | theirs)))
    )


def _unsure(text: str) -> set[str]:
    return {word.lower() for word in _UNSURE.findall(text)}


def _is_other_way_round(text: str, own: Facts, other_text: str, said: Facts) -> bool:
    """Whether the first two names change places, and no 'by' turns the sentence."""
    mine, theirs = (
        list(dict.fromkeys(word.term for word in facts.words if word.term in facts.names))[:2] for facts in (own, said)
    )
    is_turned = bool(_BY.search(text)) != bool(_BY.search(other_text))
    return mine != theirs and mine == theirs[::-1] and not is_turned
