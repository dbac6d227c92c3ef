"""Whether reviewers agree: Cohen's kappa for each two of them who judged the same exchanges."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from retrieval.models import Value
from storage.verdicts.models import Ruling


class Agreement(Value):
    """How far two reviewers agree.

    Attributes:
        one: The first of them.
        other: The second.
        both: How many exchanges both judged.
        same: How many of these alike.
        kappa: Agreement beyond chance, 1 for full and 0 for none; none where chance alone would make them agree.
    """

    one: str
    other: str
    both: int
    same: int
    kappa: float | None


class Opinion(Value):
    """What one reviewer says of one exchange."""

    exchange_id: int
    reviewer: str
    verdict: Ruling


def agreements(opinions: Iterable[Opinion]) -> list[Agreement]:
    """The agreement of each two reviewers who judged the same exchanges, those with most in common first."""
    judged: defaultdict[int, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        judged[opinion.exchange_id].append(opinion)
    pairs: defaultdict[tuple[str, str], list[tuple[Ruling, Ruling]]] = defaultdict(list)
    for given in judged.values():
        for one, other in combinations(sorted(given, key=lambda each: each.reviewer), 2):
            pairs[one.reviewer, other.reviewer].append((one.verdict, other.verdict))
    found = [_agreement(names, given) for names, given in pairs.items()]
    return sorted(found, key=lambda each: (-each.both, each.one, each.other))


def _agreement(names: tuple[str, str], given: Sequence[tuple[Ruling, Ruling]]) -> Agreement:
    same = sum(one == other for one, other in given)
    return Agreement(one=names[0], other=names[1], both=len(given), same=same, kappa=kappa(given))


def kappa(given: Sequence[tuple[Ruling, Ruling]]) -> float | None:
    """Cohen's kappa (Cohen 1960): observed agreement less that expected by chance, by what chance leaves to reach."""
    observed = sum(one == other for one, other in given) / len(given)
    first, second = (Counter(column) for column in zip(*given, strict=True))
    expected = sum(first[ruling] * second[ruling] for ruling in first) / len(given) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)
