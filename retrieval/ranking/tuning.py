"""What a desk has learnt from its own judgments: what that adds to the shipped weights, and the mark of them all."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError

from retrieval.errors import WeightsError
from retrieval.index.passages import Floats
from retrieval.models import Value
from retrieval.ranking.features import NAMES
from retrieval.ranking.trees import WEIGHTS

FILE = "tuning.json"
Real = Annotated[float, Field(allow_inf_nan=False)]
MARK_CHARS = 12
"""How many characters of a hash name some weights: enough to tell those of one desk apart."""


class FeatureWeight(Value):
    """What one figure of a candidate adds to its score, where it stands one deviation above the others."""

    name: str
    weight: Real


class Tuning(Value):
    """What is added to the shipped weights; as it stands here, nothing.

    Attributes:
        ranker: What some figures of `retrieval.ranking.features` add to a candidate's score.
        slope: What the log-odds of the shipped confidence are multiplied by (Platt 1999).
        intercept: What is added to them then.
    """

    ranker: tuple[FeatureWeight, ...] = ()
    slope: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    intercept: Real = 0.0

    def added(self, figures: Floats) -> Floats:
        """What it adds to the scores of one question's candidates.

        Args:
            figures: One row a candidate, one column a name of `retrieval.ranking.features`.
        """
        names = [figure.name for figure in self.ranker]
        weights = np.array([figure.weight for figure in self.ranker])
        total: Floats = standardise(figures, names) @ weights
        return total

    def log_odds(self, shipped: float) -> float:
        """The log-odds of the confidence, at most 30 either way, so that it is never out of range.

        Args:
            shipped: Those of the shipped confidence.
        """
        return min(max(self.slope * shipped + self.intercept, -30.0), 30.0)

    @property
    def mark(self) -> str:
        """What names the shipped weights together with these."""
        own = b"" if self == Tuning() else self.model_dump_json().encode()
        return hashlib.sha256(_shipped() + own).hexdigest()[:MARK_CHARS]


def standardise(figures: Floats, names: Sequence[str]) -> Floats:
    """Some figures of one question's candidates, each with mean 0 and deviation 1.

    Args:
        figures: One row a candidate, one column a name of `retrieval.ranking.features`.
        names: Which of them.

    Returns:
        One column a name; a figure that is the same for all candidates is 0.
    """
    chosen = figures[:, [NAMES.index(name) for name in names]]
    deviation = chosen.std(axis=0)
    centred: Floats = (chosen - chosen.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return centred


@cache
def _shipped() -> bytes:
    return b"".join(path.read_bytes() for path in sorted(WEIGHTS.glob("*.json")))


def read_tuning(folder: Path) -> Tuning:
    """Read what a desk has learnt.

    Args:
        folder: Where it is kept; one that is missing, or holds none, says nothing.

    Raises:
        WeightsError: It cannot be read.
    """
    path = folder / FILE
    try:
        tuning = Tuning.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Tuning()
    except (OSError, ValidationError) as error:
        raise WeightsError(
            f"{path} holds no weights: make them anew with `policydesk tune --write`, or remove it."
        ) from error
    if unknown := [figure.name for figure in tuning.ranker if figure.name not in NAMES]:
        raise WeightsError(
            f"{path} weighs {', '.join(unknown)}, which this version does not know: make it anew with `policydesk tune"
            " --write`, or remove it."
        )
    return tuning
