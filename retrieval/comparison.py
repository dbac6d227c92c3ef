"""Whether two passages say the same, contradict each other, or speak of different things; lexical, and with the reason."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import product
from typing import NamedTuple, TypeVar

from retrieval.figures import Figure, comparable, compatible
from retrieval.models import Passage, Value
from retrieval.moments import Moment, could_be_same
from retrieval.particulars import Particulars, Roll, particulars, weight
from retrieval.terms import term_set

SAME = 0.75
"""Share of terms two sentences must have in common (Jaccard 1901) to count as the same."""
ALIKE = 0.5
"""The same, each word weighed by its rarity, where their figures, dates and lists are the same too."""
TOLD = 20.0
"""Least weight (idf) of the shared words; about three rare ones. Below it two passages are unrelated."""
FRAMED = 0.6
"""Share of the words around one figure or list that the other passage must hold; FRAMED_BACK the other way round."""
FRAMED_BACK = 0.35
FRAME = 12.0
"""Least weight of the words that stand around both."""
LISTED = 15.0
"""Least weight of what two passages share beside the names of their lists."""
LISTED_TWICE = 2
"""Least number of names that two lists share, so that they list the same kind of thing."""
ROLE = 4.0
"""Least weight of the words, no names, that stand around both lists: what the names are listed as."""
CLOSE = 0.4
"""Share of weighed words in common from which two passages of one article, or two dates, can contradict each other."""

CLOSER = 0.5
"""The same for two figures or lists of one article, which seldom contradicts itself and often counts alike things."""
TITLED = 0.5
"""Share of the lighter title's names in common from which two articles are about one thing."""

HAPPENS_ONCE = frozenset(
    "sign found establish launch bear die kill open first becom complet build invent discov elect begin introduc"
    " adopt creat upgrad publish releas plan expect inaugur declar annex abolish ratifi enact"
    " construct assassin execut marri graduat debut premier patent independ slate schedul conclud agre".split()
)
"""Terms of what happens to a thing once, so that two dates of it cannot both be right."""

Slot = TypeVar("Slot", Figure, Moment, Roll)


class Relation(StrEnum):
    """How two passages stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    UNRELATED = "unrelated"


class Comparison(Value):
    """How two passages stand to each other, and by what.

    Attributes:
        relation: Agree, differ or unrelated.
        about: What decided: `figure`, `date`, `list` or `words`; empty where they are unrelated.
        one: The first passage's words that contradict the second's, verbatim; empty unless they differ.
        other: The second's.
    """

    relation: Relation
    about: str = ""
    one: str = ""
    other: str = ""


UNRELATED = Comparison(relation=Relation.UNRELATED)
AGREE = Comparison(relation=Relation.AGREE, about="words")


class _Side(NamedTuple):
    """A passage as it is held against another: acronyms that the other spells out are read alike."""

    passage: Passage
    said: Particulars
    terms: frozenset[str]

    def near(self, slot: Figure | Moment | Roll) -> frozenset[str]:
        return self.said.near(slot.start, slot.end) & self.terms

    def quote(self, slot: Figure | Moment | Roll) -> str:
        return self.passage.text[slot.start : slot.end]


def compare(a: Passage, b: Passage) -> Comparison:
    """Hold two passages against each other.

    Args:
        a: A passage with the title and date of its article.
        b: Another.

    Returns:
        How they stand to each other; the same whichever comes first, but for the order of the words it names.
    """
    if a.text == b.text:
        return AGREE
    one, other = _sides(a, b)
    shared = one.terms & other.terms
    if _weigh(shared) < TOLD:
        return UNRELATED
    alike = _weigh(shared) / _weigh(one.terms | other.terms)
    if not _same_subject(one, other):
        return UNRELATED
    return _differing(one, other, alike) or _agreeing(one, other, alike)


def _sides(a: Passage, b: Passage) -> tuple[_Side, _Side]:
    one, other = particulars(a.text, a.date), particulars(b.text, b.date)
    return _Side(a, one, _read(one, other)), _Side(b, other, _read(other, one))


def _read(said: Particulars, other: Particulars) -> frozenset[str]:
    """The words of a passage, a long form replaced by the acronym that the other passage uses."""
    words = frozenset(word.term for word in said.words)
    for short in other.acronyms - words:
        words = words - frozenset(said.initials.get(short, ())) | ({short} if short in said.initials else frozenset())
    return words


def _same_subject(one: _Side, other: _Side) -> bool:
    """Whether two passages can be about one thing: their names do not clash, and their articles meet in one."""
    if one.passage.file == other.passage.file:
        return True
    mine, theirs = _title(one), _title(other)
    if one.said.names & other.terms & (mine | theirs):
        return True
    return _weigh(mine & theirs) > TITLED * min(_weigh(mine), _weigh(theirs))


def _title(side: _Side) -> frozenset[str]:
    return particulars(side.passage.title, None).names


def _clash(names: frozenset[str], one: _Side, others: frozenset[str], other: _Side) -> bool:
    """Whether either side has a name that the other does not hold."""
    return bool(names - other.terms) and bool(others - one.terms)


def _differing(one: _Side, other: _Side, alike: float) -> Comparison | None:
    """What the one says and the other contradicts, if anything."""
    same_article = one.passage.file == other.passage.file
    if _apart(one.said.moments, other.said.moments) or (same_article and _dated_in_two_ways(one.said, other.said)):
        return _dates(one, other) if alike >= CLOSE else None
    if same_article and alike < CLOSER:
        return None
    figures = _contradicting(one.said.figures, other.said.figures, _figures_differ)
    figures = [(a, b) for a, b in figures if _framed_alike(one, a, other, b)]
    rolls = _contradicting(one.said.rolls, other.said.rolls, _rolls_differ)
    rolls = [(a, b) for a, b in rolls if _in_one_role(one, a, other, b)]
    if len(figures) == 1:
        return _differ("figure", one, figures[0][0], other, figures[0][1])
    if rolls:
        return _differ("list", one, rolls[0][0], other, rolls[0][1])
    return None


def _differ(about: str, one: _Side, mine: Figure | Moment | Roll, other: _Side, theirs: Figure | Moment | Roll) -> Comparison:
    return Comparison(relation=Relation.DIFFER, about=about, one=one.quote(mine), other=other.quote(theirs))


def _contradicting(
    mine: Sequence[Slot], theirs: Sequence[Slot], differ: Callable[[Slot, Slot], bool | None]
) -> list[tuple[Slot, Slot]]:
    """Pairs of slots about the same that cannot both be right, neither having its equal on the other side."""
    verdicts = {(i, j): differ(a, b) for (i, a), (j, b) in product(enumerate(mine), enumerate(theirs))}
    settled = [pair for pair, verdict in verdicts.items() if verdict is False]
    mine_settled, theirs_settled = {i for i, _ in settled}, {j for _, j in settled}
    return [
        (mine[i], theirs[j])
        for (i, j), verdict in verdicts.items()
        if verdict and i not in mine_settled and j not in theirs_settled
    ]


def _figures_differ(one: Figure, other: Figure) -> bool | None:
    """None where they measure different things."""
    return not compatible(one, other) if comparable(one, other) else None


def _rolls_differ(one: Roll, other: Roll) -> bool | None:
    """Lists contradict each other when they share names and each has one that the other lacks."""
    if one.items <= other.items or other.items <= one.items:
        return False
    return len(one.items & other.items) >= LISTED_TWICE and one.whole and other.whole or None


def _framed_alike(one: _Side, mine: Figure, other: _Side, theirs: Figure) -> bool:
    """Whether the words around two figures say that they are about the same."""
    a, b = one.near(mine), other.near(theirs)
    if _weigh(a & b) < FRAME or _clash(a & one.said.names, one, b & other.said.names, other):
        return False
    low, high = sorted((_weigh(a & other.terms) / _weigh(a), _weigh(b & one.terms) / _weigh(b)))
    same_article = one.passage.file == other.passage.file
    return high >= FRAMED and low >= (FRAMED if same_article else FRAMED_BACK)


def _in_one_role(one: _Side, mine: Roll, other: _Side, theirs: Roll) -> bool:
    """Whether two lists list the same: enough said beside the names themselves, part of it right beside both lists."""
    listed = frozenset(term for item in mine.items | theirs.items for term in item.split())
    a, b = one.terms - listed, other.terms - listed
    names = one.said.names | other.said.names
    near = one.near(mine) & other.near(theirs) - listed - names
    if _clash(a & one.said.names, other, b & other.said.names, one):
        return False
    return _weigh(a & b) >= LISTED and _weigh(near) >= ROLE


def _apart(one: Iterable[Moment], other: Iterable[Moment]) -> bool:
    """Whether both say dates and none of the one may be any of the other."""
    pairs = list(product(one, other))
    return bool(pairs) and not any(could_be_same(a, b) for a, b in pairs)


def _dated_in_two_ways(one: Particulars, other: Particulars) -> bool:
    """Whether one dates to a year what the other, in an article without a date, dates to 'this year'."""
    said = [{bool(m.first) or m.relative for m in side.moments} for side in (one, other)]
    return said in ([{True}, {"this year"}], [{"this year"}, {True}])


def _dates(one: _Side, other: _Side) -> Comparison | None:
    """Two dates of what happens once; two years with a figure each are two years of a series."""
    if len(one.said.moments) > 1 or len(other.said.moments) > 1 or not one.terms & other.terms & HAPPENS_ONCE:
        return None
    if any(_figures_differ(a, b) for a, b in product(one.said.figures, other.said.figures)):
        return None
    return _differ("date", one, one.said.moments[0], other, other.said.moments[0])


def _agreeing(one: _Side, other: _Side, alike: float) -> Comparison:
    if _apart(one.said.moments, other.said.moments):
        return UNRELATED
    a, b = term_set(one.passage.text), term_set(other.passage.text)
    return AGREE if len(a & b) >= SAME * len(a | b) or alike >= ALIKE else UNRELATED


def _weigh(terms: Iterable[str]) -> float:
    return sum(map(weight, terms))
