"""Whether two passages agree, contradict each other, or speak of different things, and by which words."""

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple, TypeVar

from retrieval.comparison.dates import DateMention
from retrieval.comparison.facts import Facts, NameList, find_facts, slots, weight
from retrieval.comparison.quantities import MONEY, Quantity
from retrieval.models import Comparison, Passage, Relation
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import term_set, terms

SHARED = 3
"""Least number of terms that two passages share as written if it is worth looking further."""
SKIMMED_TOLD, SKIMMED, SKIMMED_SLOTS = 14.0, 0.3, 0.12
"""Least weight of those terms, and least share of all: of any two passages, and of two articles' that both hold numbers
or lists, which may contradict each other in words that are less alike; below what is asked later."""
ALIKE = 0.5
"""Share of terms, each weighed by its rarity, that two passages must have in common (Jaccard 1901) to say the same."""
CONTAINED = 0.8
"""Share of the one that the other must hold for that."""
TOLD = 18.0
"""Least weight (idf) of the shared words; about three rare ones. Below it two passages are unrelated."""
FRAMED = 0.6
"""Share of the words around a quantity or a list that the other passage must hold; FRAMED_BACK the other way round."""
FRAMED_BACK = 0.35
FRAME = 12.0
"""Least weight of the words that stand around both."""
LISTED = 15.0
"""Least weight of what two passages share beside the names of their lists."""
ROLE = 4.0
"""Least weight of the words, no names, that stand around both lists: what the names are listed as."""
CLOSE = 0.4
"""Share of weighed words in common from which two passages of one article, or two dates, can contradict each other."""
CLOSER = 0.6
"""The same for quantities or lists of one article, which seldom contradicts itself and often counts alike things."""
REPORTED = 8.0
"""Least weight of what two reports of one article say alike, besides who says it."""
TELLING = 6.0
"""Least weight of a name by which two articles can meet: 'Best' and 'Film' are too common."""
NAMED = 0.5
"""Share of weighed words in common from which one shared name is enough, where no name of either is missing."""
REPEATED = 0.75
"""The same from which a sentence counts as repeated, whatever the articles are called."""
TITLED = 0.5
"""Share of the lighter title's names in common from which two articles are about one thing."""

FORTNIGHT = 14
"""Within how many days of its report an event is the report's own."""

HAPPENS_ONCE = frozenset(
    "sign found establish launch bear die kill open first becom complet build invent discov elect begin introduc"
    " adopt creat upgrad publish releas plan expect inaugur declar annex abolish ratifi enact"
    " construct assassin execut marri graduat debut premier patent independ slate schedul conclud agre"
    " join leav seiz lose captur conquer occupi".split()
)
"""Terms of what happens to a thing once, so that two dates of it cannot both be right."""

ORDINALS = frozenset(
    "second third fourth fifth sixth seventh eighth ninth tenth 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split()
)
"""Terms that give something its place in a row; one that only one of two passages has makes them say two things."""
COUNTED_OFF = ORDINALS | frozenset(
    "first 1st last spring summer autumn winter male femal men women north south east west northern southern eastern"
    " western export import support back oppos reject favor approv".split()
)
"""Terms that tell one of a row or a pair from the others, where each passage has its own."""
SCOPES = frozenset("total global worldwid overal combin cumul annual month averag initi addit exclud".split())
"""Terms that say whether a figure is of the whole or of a part; where only one of two has such a word, they measure two
things."""
STATES = {
    "promised": frozenset("pledg promis commit intend request propos seek earmark".split()),
    "done": frozenset("deliv deliver disburs spend spent donat provid invest receiv ship paid pay".split()),
}
"""Terms that say whether a figure is of a promise or of a deed."""
_SO_FAR = lazy_pattern(
    r"\b(?:ha(?:s|ve)|had) (?:\w+ ){0,2}?\w+(?:ed|en|nt|ught|ade)\b|\b(?:so far|to date|since|bringing)\b",
    re.IGNORECASE,
)
_IN_A_ROW = lazy_pattern(r"\b(?:next|upcoming|forthcoming|coming|previous|latest)\b", re.IGNORECASE)
_SAID_BY = lazy_pattern(
    r"(?:,\s*)(?:[^,.;]{3,60}?\s)?(?:said|says|reported|reports|announced|estimates?|show(?:s|ed)?)\b[^,.;]{0,40}"
    r"|\b[Aa]ccording to [^,.;]{3,60}|^[^,.;]{3,60}?\b(?:said|says|reported|reports|puts?|estimates?d?)\b"
)
_NEGATED = lazy_pattern(
    r"\b(?:not|never|neither|nor|without|cannot|no(?! (?:less|fewer|more)\b))\b|n['’]t\b", re.IGNORECASE
)

Slot = TypeVar("Slot", Quantity, NameList)


UNRELATED = Comparison(relation=Relation.UNRELATED)
AGREE = Comparison(relation=Relation.AGREE, about="words")


class _Side(NamedTuple):
    """A passage as it is compared with another: acronyms that the other spells out are read alike."""

    passage: Passage
    facts: Facts
    terms: frozenset[str]

    def near(self, slot: Quantity | DateMention | NameList) -> frozenset[str]:
        return self.facts.near(slot.start, slot.end) & self.terms

    @property
    def own_names(self) -> frozenset[str]:
        """The names of the passage outside of its lists."""
        return (self.facts.names & self.terms) - self.facts.list_terms

    def quote(self, slot: Quantity | DateMention | NameList) -> str:
        return self.passage.shown[slot.start : slot.end]


def compare(a: Passage, b: Passage, *, over_time: bool = False) -> Comparison:
    """Return how two passages stand to each other, the same in either order but for the order of the words named.

    Over time figures of different days differ too, which contradict nothing.
    """
    if a.shown == b.shown:
        return AGREE
    if not _worth_reading(a, b):
        return UNRELATED
    left, right = _sides(a, b)
    if reported := _reports_at_odds(left, right):
        return reported
    shared = left.terms & right.terms
    if _weigh(shared) < TOLD:
        return UNRELATED
    alike = _weigh(shared) / _weigh(left.terms | right.terms)
    if not _same_subject(left, right, alike) or _are_opposed(left, right):
        return UNRELATED
    changed = _quantity_over_time(left, right, alike) if over_time else None
    return changed or _contradiction(left, right, alike) or _agreement(left, right, alike)


def _worth_reading(a: Passage, b: Passage) -> bool:
    """Whether two passages share enough words as written; most pairs end here, at little cost."""
    mine, theirs = term_set(a.shown), term_set(b.shown)
    shared = mine & theirs
    if len(shared) < SHARED:
        return False
    both = _weigh(shared)
    if both < SKIMMED_TOLD:
        return False
    share = both / (_text_weight(a.shown) + _text_weight(b.shown) - both)
    return share >= SKIMMED or (share >= SKIMMED_SLOTS and a.file != b.file and _both_hold_slots(a.shown, b.shown))


def _both_hold_slots(a: str, b: str) -> bool:
    """Whether both passages hold numbers, or both hold lists."""
    return any(mine and theirs for mine, theirs in zip(slots(a), slots(b), strict=True))


@lru_cache(maxsize=1 << 13)
def _text_weight(text: str) -> float:
    return _weigh(term_set(text))


def _sides(a: Passage, b: Passage) -> tuple[_Side, _Side]:
    left, right = find_facts(a.shown, a.date), find_facts(b.shown, b.date)
    return _Side(a, left, _terms_read_alike(left, right)), _Side(b, right, _terms_read_alike(right, left))


def _terms_read_alike(facts: Facts, counterpart: Facts) -> frozenset[str]:
    """The words of a passage, a long form replaced by the acronym that the other passage uses instead."""
    words, theirs = facts.terms, counterpart.terms
    for short in sorted((counterpart.acronyms - words) & facts.initials.keys()):
        if not theirs.issuperset(facts.initials[short]):
            words = words - frozenset(facts.initials[short]) | {short}
    return words


def _same_subject(left: _Side, right: _Side, alike: float) -> bool:
    """Whether two passages can share a subject: of the same article, of related articles, or nearly the same."""
    if left.passage.file == right.passage.file or alike >= REPEATED:
        return True
    mine, theirs = _title_names(left), _title_names(right)
    met = {name for name in left.facts.names & right.facts.names if weight(name) >= TELLING}
    if met & (mine | theirs):
        return True
    if met and alike >= NAMED and not _names_clash(left.own_names, left, right.own_names, right):
        return True
    if _names_clash(_place_names(mine), left, _place_names(theirs), right):
        return False
    return _weigh(mine & theirs) > TITLED * min(_weigh(mine), _weigh(theirs))


def _place_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith("@"))


def _are_opposed(left: _Side, right: _Side) -> bool:
    """Whether a word opposes them: the first quarter and the second, so and not so."""
    mine, theirs = left.terms - right.terms, right.terms - left.terms
    one_of_each = mine & COUNTED_OFF and theirs & COUNTED_OFF
    return bool(one_of_each) or _is_negated(left.passage.shown) != _is_negated(right.passage.shown)


@lru_cache(maxsize=1 << 13)
def _is_negated(text: str) -> bool:
    return _NEGATED.search(text) is not None


def _title_names(side: _Side) -> frozenset[str]:
    return find_facts(side.passage.title, None).names


def _names_clash(names: frozenset[str], left: _Side, others: frozenset[str], right: _Side) -> bool:
    """Whether each side has a name that the other does not hold."""
    return bool(names - right.terms) and bool(others - left.terms)


def _contradiction(left: _Side, right: _Side, alike: float) -> Comparison | None:
    """The facts by which the passages contradict each other, if any."""
    same_article = left.passage.file == right.passage.file
    if same_article and alike >= ALIKE and _is_year_against_this_year(left.facts, right.facts):
        return _differ_by("date", left, left.facts.dates[0], right, right.facts.dates[0])
    if _dates_clash(left.facts.dates, right.facts.dates):
        return _date_contradiction(left, right, alike) if alike >= CLOSE else None
    if same_article and alike < CLOSER:
        return None
    quantities = _contradictory_pairs(left.facts.quantities, right.facts.quantities)
    quantities = [] if _are_parallel(left, right, alike) else quantities
    quantities = [(a, b) for a, b in quantities if _share_frame(left, a, right, b)]
    lists = _contradictory_pairs(left.facts.name_lists, right.facts.name_lists)
    lists = [(a, b) for a, b in lists if _share_role(left, a, right, b)]
    if len(quantities) == 1:
        return _differ_by("figure", left, quantities[0][0], right, quantities[0][1])
    if lists:
        return _differ_by("list", left, lists[0][0], right, lists[0][1])
    return None


def _quantity_over_time(left: _Side, right: _Side, alike: float) -> Comparison | None:
    """The single figure of a quantity in which the passages differ, whatever their days."""
    if alike < CLOSE or _are_parallel(left, right, alike):
        return None
    pairs = _contradictory_pairs(left.facts.quantities, right.facts.quantities)
    pairs = [(a, b) for a, b in pairs if _share_frame(left, a, right, b, over_time=True)]
    return _differ_by("figure", left, pairs[0][0], right, pairs[0][1]) if len(pairs) == 1 else None


def _differ_by(
    about: str,
    left: _Side,
    left_slot: Quantity | DateMention | NameList,
    right: _Side,
    right_slot: Quantity | DateMention | NameList,
) -> Comparison:
    return Comparison(relation=Relation.DIFFER, about=about, one=left.quote(left_slot), other=right.quote(right_slot))


def _contradictory_pairs(left: Sequence[Slot], right: Sequence[Slot]) -> list[tuple[Slot, Slot]]:
    """Pairs of slots about the same that cannot both be right, neither having its equal on the other side."""
    verdicts = {(i, j): a.contradicts(b) for (i, a), (j, b) in product(enumerate(left), enumerate(right))}
    settled = [pair for pair, verdict in verdicts.items() if verdict is False]
    left_settled, right_settled = {i for i, _ in settled}, {j for _, j in settled}
    return [
        (left[i], right[j])
        for (i, j), verdict in verdicts.items()
        if verdict and i not in left_settled and j not in right_settled
    ]


def _share_frame(
    left: _Side, left_slot: Quantity, right: _Side, right_slot: Quantity, *, over_time: bool = False
) -> bool:
    """Whether the words around two quantities say that they are about the same."""
    a, b = left.near(left_slot), right.near(right_slot)
    if _weigh(a & b) < FRAME or _names_clash(a & left.facts.names, left, b & right.facts.names, right):
        return False
    if _is_narrower(left, a, right) or _is_narrower(right, b, left) or _measure_unlike_scopes(left, right):
        return False
    if not over_time and left_slot.unit in MONEY and _are_sums_of_two_days(left, right):
        return False
    low, high = sorted((_weigh(a & right.terms) / _weigh(a), _weigh(b & left.terms) / _weigh(b)))
    same_article = left.passage.file == right.passage.file
    return high >= FRAMED and low >= (FRAMED if same_article else FRAMED_BACK)


def _reports_at_odds(left: _Side, right: _Side) -> Comparison | None:
    """Compare the figures that two speakers in one article give for the same quantity."""
    if left.passage.file != right.passage.file or not (_speakers(left) and _speakers(right)):
        return None
    mine, theirs = left.terms - _speakers(left), right.terms - _speakers(right)
    is_same = _weigh(mine & theirs) >= CLOSER * _weigh(mine | theirs) and _weigh(mine & theirs) >= REPORTED
    found = _contradictory_pairs(left.facts.quantities, right.facts.quantities)
    if not is_same or len(found) != 1 or _dates_clash(left.facts.dates, right.facts.dates):
        return None
    if _are_opposed(left, right) or _measure_unlike_scopes(left, right):
        return None
    return _differ_by("figure", left, found[0][0], right, found[0][1])


def _measure_unlike_scopes(left: _Side, right: _Side) -> bool:
    """Whether one figure is of the whole and the other of a part, or one of a promise and the other of a deed."""
    scopes = [side.terms & SCOPES for side in (left, right)]
    states = [{state for state, verbs in STATES.items() if side.terms & verbs} for side in (left, right)]
    return scopes[0] != scopes[1] or (all(states) and not states[0] & states[1])


def _is_narrower(side: _Side, near: frozenset[str], other: _Side) -> bool:
    """Whether a name near a figure stands neither in the other passage nor in its title."""
    names = {name for name in near & side.facts.names if name.startswith("@") or weight(name) >= TELLING}
    return bool(names - other.terms - _title_names(other) - other.facts.initials.keys() - _speakers(side))


def _speakers(side: _Side) -> frozenset[str]:
    """The words of whoever says what the passage tells, who sets no figure apart."""
    return frozenset(term for match in _SAID_BY.finditer(side.passage.shown) for term in terms(match.group()))


def _are_sums_of_two_days(left: _Side, right: _Side) -> bool:
    """Whether both tell how much there has been up to their own day, and these days are apart."""
    dates = [side.passage.date for side in (left, right)]
    return (
        None not in dates and dates[0] != dates[1] and all(_SO_FAR.search(side.passage.shown) for side in (left, right))
    )


def _share_role(left: _Side, left_slot: NameList, right: _Side, right_slot: NameList) -> bool:
    """Whether two lists list the same: enough words besides the names, part of them right beside both lists."""
    listed = frozenset(term for item in left_slot.items | right_slot.items for term in item.split())
    a, b = left.terms - listed, right.terms - listed
    names = left.facts.names | right.facts.names
    near = left.near(left_slot) & right.near(right_slot) - listed - names
    if _names_clash(a & left.facts.names, right, b & right.facts.names, left):
        return False
    if _is_narrower(left, left.near(left_slot) - listed, right) or _is_narrower(
        right, right.near(right_slot) - listed, left
    ):
        return False
    return _weigh(a & b) >= LISTED and _weigh(near) >= ROLE


def _dates_clash(left: Iterable[DateMention], right: Iterable[DateMention]) -> bool:
    """Whether both mention dates and no two of them may be equal."""
    pairs = list(product(left, right))
    return bool(pairs) and not any(a.may_equal(b) for a, b in pairs)


def _is_year_against_this_year(left: Facts, right: Facts) -> bool:
    """Whether the year of the left is 'this year' in the right, of an article without a date, or the reverse."""
    said = [[m.relative or bool(m.first) for m in side.dates] for side in (left, right)]
    return said in ([[True], ["this year"]], [["this year"], [True]])


def _are_of_own_reports(left: _Side, right: _Side) -> bool:
    """Whether the date of each lies by its own report, and the reports are apart: two events of one kind."""
    mine, theirs = left.passage.date, right.passage.date
    if mine is None or theirs is None or abs((mine - theirs).days) <= 2 * FORTNIGHT:
        return False
    return all(
        (day := _day_of(facts.dates[0])) is not None and abs((day - published).days) <= FORTNIGHT
        for facts, published in ((left.facts, mine), (right.facts, theirs))
    )


def _count_from_two_days(left: _Side, right: _Side) -> bool:
    """Whether both speak of the next or the last of a row, counted from reports of different days."""
    return left.passage.date != right.passage.date and all(
        _IN_A_ROW.search(side.passage.shown) for side in (left, right)
    )


def _day_of(mention: DateMention) -> dt.date | None:
    try:
        return dt.date(mention.first or 0, mention.month or 0, mention.day or 0)
    except ValueError:
        return None


def _date_contradiction(left: _Side, right: _Side, alike: float) -> Comparison | None:
    """Two dates of an event that happens once, or two days of a month or year in a sentence repeated.

    Two years with a quantity each are two years of a series, not a contradiction.
    """
    if len(left.facts.dates) > 1 or len(right.facts.dates) > 1:
        return None
    if _contradictory_pairs(left.facts.quantities, right.facts.quantities):
        return None
    if _are_parallel(left, right, alike) or _names_clash(left.own_names, left, right.own_names, right):
        return None
    if _are_of_own_reports(left, right) or _count_from_two_days(left, right):
        return None
    mine, theirs = left.facts.dates[0], right.facts.dates[0]
    repeated = alike >= REPEATED and mine.first == theirs.first and mine.month and theirs.month
    if not repeated and not left.terms & right.terms & HAPPENS_ONCE:
        return None
    return _differ_by("date", left, mine, right, theirs)


def _agreement(left: _Side, right: _Side, alike: float) -> Comparison:
    """Whether one passage says hardly more than the other, or both have the same quantity or date."""
    if _dates_clash(left.facts.dates, right.facts.dates) or _names_clash(left.own_names, left, right.own_names, right):
        return UNRELATED
    if (left.terms ^ right.terms) & ORDINALS:
        return UNRELATED
    if any(a.whole and b.whole and a.items & b.items < a.items | b.items for a, b in _overlapping_lists(left, right)):
        return UNRELATED
    quantities = product(left.facts.quantities, right.facts.quantities)
    met = {(a, b) for a, b in quantities if a.contradicts(b) is False}
    if {a for a, _ in met} < {*left.facts.quantities} and {b for _, b in met} < {*right.facts.quantities}:
        return UNRELATED
    contained = max(_containment(left, right), _containment(right, left))
    if alike >= ALIKE and contained >= CONTAINED and not _are_parallel(left, right, ALIKE):
        return AGREE
    dated = any(a.may_equal(b) for a, b in product(left.facts.dates, right.facts.dates))
    return AGREE if (met or dated) and alike >= CLOSE and contained >= FRAMED else UNRELATED


def _overlapping_lists(left: _Side, right: _Side) -> list[tuple[NameList, NameList]]:
    """Pairs of lists that share a name."""
    return [(a, b) for a, b in product(left.facts.name_lists, right.facts.name_lists) if a.items & b.items]


def _are_parallel(left: _Side, right: _Side, alike: float) -> bool:
    """Whether two sentences are built alike around a telling word that each has to itself: two things in a row."""
    telling = min(_heaviest(left.terms - right.terms), _heaviest(right.terms - left.terms)) >= TELLING
    return telling and alike >= ALIKE


def _containment(left: _Side, right: _Side) -> float:
    """The share of the weight of one passage's words that the other holds."""
    return _weigh(left.terms & right.terms) / _weigh(left.terms)


def _heaviest(terms: Iterable[str]) -> float:
    return max(map(weight, terms), default=0.0)


def _weigh(terms: Iterable[str]) -> float:
    """The weight of terms together, the same in whatever order a set gives them."""
    return math.fsum(map(weight, terms))
