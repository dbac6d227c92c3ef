"""A brief renewed: the choices of an earlier plan carried over to a new one, and what has changed since."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from prompts.composition.brief import BriefPlan, PlannedQuote
from prompts.models import Citation
from retrieval.brief.aspects import Aspect

Find = Callable[[Citation], Citation | None]
"""Looks a citation up in today's articles: as it stands now, or None where it stands no longer."""


class RenewalChanges(NamedTuple):
    """What has changed in a brief: new quotes, and earlier ones that changed, are gone, or not quoted now."""

    new: tuple[Citation, ...]
    changed: tuple[Citation, ...]
    gone: tuple[Citation, ...]
    dropped: tuple[Citation, ...]


def renewed(earlier: BriefPlan, fresh: BriefPlan, find: Find) -> BriefPlan:
    """Carry the choices of an earlier plan over to a fresh one.

    What was taken or left out by hand stays so, what is pinned stays as long as its article holds it, and quotes of
    both stand in the earlier order, before those that are new.

    Args:
        earlier: The plan before.
        fresh: A plan for the same question from today's articles.
        find: Looks up the quotes that the fresh plan has not.
    """
    by_sentence = {_sentence(quote): quote for quote in fresh.quotes}
    kept: list[PlannedQuote] = []
    for quote in earlier.quotes:
        again = by_sentence.pop(_sentence(quote), None)
        if again is not None:
            taken = {"is_pinned": quote.is_pinned, "is_by_hand": quote.is_by_hand}
            chosen = quote.is_chosen if quote.is_by_hand or quote.is_pinned else again.is_chosen
            kept.append(again.model_copy(update={**taken, "is_chosen": chosen}))
        elif quote.is_pinned or (quote.is_by_hand and quote.is_chosen):
            now = find(quote.citations[0])
            kept += [quote.model_copy(update={"citations": (now,), "against": ()})] if now else []
    order = list(Aspect)
    quotes = sorted([*kept, *by_sentence.values()], key=lambda quote: order.index(quote.aspect))
    return fresh.model_copy(update={"quotes": tuple(quotes)})


def changes_between(earlier: BriefPlan, now: BriefPlan, find: Find, is_there: Callable[[str], bool]) -> RenewalChanges:
    """Return what has changed between the quotes of two plans.

    Args:
        earlier: The plan before.
        now: The plan now.
        find: Looks a citation up in today's articles.
        is_there: Whether there is an article of a file name.
    """
    before, after = {_text(c): c for c in _chosen(earlier)}, {_text(c): c for c in _chosen(now)}
    lost = [citation for text, citation in before.items() if text not in after]
    standing = [citation for citation in lost if find(citation)]
    fallen = [citation for citation in lost if citation not in standing]
    return RenewalChanges(
        new=tuple(citation for text, citation in after.items() if text not in before),
        changed=tuple(citation for citation in fallen if is_there(citation.file)),
        gone=tuple(citation for citation in fallen if not is_there(citation.file)),
        dropped=tuple(standing),
    )


def _chosen(plan: BriefPlan) -> Iterable[Citation]:
    for quote in plan.quotes:
        if quote.is_chosen:
            yield from (quote.citations[0], *quote.against)


def _sentence(quote: PlannedQuote) -> tuple[Aspect, str, str]:
    return quote.aspect, *_text(quote.citations[0])


def _text(citation: Citation) -> tuple[str, str]:
    return citation.file, citation.quote
