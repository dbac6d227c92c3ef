"""Choices made by hand in the plan of a brief: quotes taken, left out, pinned and put in another order."""

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

from prompts.composition.brief import BriefPlan, PlannedQuote
from retrieval.brief.aspects import Aspect


class QuoteChoice(NamedTuple):
    """The choice on one quote of a plan: whether it is quoted and pinned, and its place among its aspect's."""

    is_chosen: bool
    is_pinned: bool
    place: float


def with_choice(
    plan: BriefPlan, number: int, *, is_chosen: bool | None = None, is_pinned: bool | None = None
) -> BriefPlan:
    """Take, leave out, pin or unpin the quote of a number, from 1; a pinned quote is always taken."""
    quotes = [
        _decided(quote, is_chosen, is_pinned) if place == number else quote
        for place, quote in enumerate(plan.quotes, 1)
    ]
    return plan.model_copy(update={"quotes": tuple(quotes)})


def _decided(quote: PlannedQuote, is_chosen: bool | None, is_pinned: bool | None) -> PlannedQuote:
    pinned = quote.is_pinned if is_pinned is None else is_pinned
    chosen = quote.is_chosen if is_chosen is None else is_chosen
    pinned, chosen = (pinned and is_chosen is not False), (chosen or is_pinned is True)
    is_by_hand = quote.is_by_hand or chosen != quote.is_chosen
    return quote.model_copy(update={"is_chosen": chosen, "is_pinned": pinned, "is_by_hand": is_by_hand})


def moved(plan: BriefPlan, number: int, step: int) -> BriefPlan:
    """Move the quote of a number by a step among those of its aspect, as far as there are others."""
    quotes = list(plan.quotes)
    if not 1 <= number <= len(quotes):
        return plan
    at = number - 1
    other = at + step
    if 0 <= other < len(quotes) and quotes[other].aspect is quotes[at].aspect:
        quotes[at], quotes[other] = quotes[other], quotes[at]
    return plan.model_copy(update={"quotes": tuple(quotes)})


def arranged(plan: BriefPlan, choices: Mapping[int, QuoteChoice]) -> BriefPlan:
    """Make all choices at once, by the numbers of the quotes; those without one stay as they are."""
    order = list(Aspect)
    decided: list[tuple[int, float, int, PlannedQuote]] = []
    for number, quote in enumerate(plan.quotes, 1):
        choice = choices.get(number, QuoteChoice(quote.is_chosen, quote.is_pinned, number))
        chosen = choice.is_chosen or choice.is_pinned
        update = {"is_chosen": chosen, "is_pinned": choice.is_pinned}
        update["is_by_hand"] = quote.is_by_hand or chosen != quote.is_chosen
        decided.append((order.index(quote.aspect), choice.place, number, quote.model_copy(update=update)))
    decided.sort(key=itemgetter(0, 1, 2))
    return plan.model_copy(update={"quotes": tuple(each[3] for each in decided)})
