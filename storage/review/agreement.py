"""Agreement of reviewers: Cohen's kappa of each two who judged the same exchanges."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from operator import attrgetter

from retrieval.models import Value
from storage.verdicts.models import Ruling


class Agreement(Value):
    """The agreement of two reviewers on the exchanges that both judged.

    Attributes:
        same: How many of these alike.
        kappa: Agreement beyond chance, 1 for full and 0 for none; none where chance alone would make them agree.
    """

    one: str
    other: str
    both: int
    same: int
    kappa: float | None


class Opinion(Value):
    """A reviewer's ruling on an exchange."""

    exchange_id: int
    reviewer: str
    verdict: Ruling


def agreements(opinions: Iterable[Opinion]) -> list[Agreement]:
    """The agreement of each two reviewers who judged the same exchanges, those with most in common first."""
    judged: defaultdict[int, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        judged[opinion.exchange_id].append(opinion)
    pairs: defaultdict[tuple[str, str], list[tuple[Ruling, Ruling]]] = defaultdict(list)
    for together in judged.values():
        for one, other in combinations(sorted(together, key=attrgetter("reviewer")), 2):
            pairs[one.reviewer, other.reviewer].append((one.verdict, other.verdict))
    found = [_agreement(names, rulings) for names, rulings in pairs.items()]
    return sorted(sorted(found, key=attrgetter("one", "other")), key=attrgetter("both"), reverse=True)


def _agreement(names: tuple[str, str], rulings: Sequence[tuple[Ruling, Ruling]]) -> Agreement:
    same = sum(one == other for one, other in rulings)
    return Agreement(one=names[0], other=names[1], both=len(rulings), same=same, kappa=kappa(rulings))


def kappa(rulings: Sequence[tuple[Ruling, Ruling]]) -> float | None:
    """Cohen's kappa (Cohen 1960): observed agreement less that expected by chance, by what chance leaves to reach."""
    observed = sum(one == other for one, other in rulings) / len(rulings)
    first, second = (Counter(column) for column in zip(*rulings, strict=True))
    expected = sum(first[ruling] * second[ruling] for ruling in first) / len(rulings) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)
