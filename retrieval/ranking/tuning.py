"""Weights that a desk has learnt from its own judgments, added to the shipped ones."""

import hashlib
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError

from retrieval.arrays import Floats
from retrieval.errors import WeightsError
from retrieval.models import Value
from retrieval.ranking.features import FEATURE_NAMES
from retrieval.ranking.trees import WEIGHTS
from retrieval.regular_files import read_regular

FILE = "tuning.json"
SHIPPED = ("confidence", "quotes", "ranker")
"""The shipped weights, by the names of their files."""
Real = Annotated[float, Field(allow_inf_nan=False)]
MARK_CHARS = 12
"""How many characters of a hash name weights: enough to tell those of one desk apart."""


class FeatureWeight(Value):
    """A candidate's bonus for a feature, for each deviation above the other candidates."""

    name: str
    weight: Real


class Tuning(Value):
    """The learnt weights; by default they add nothing to the shipped ones."""

    ranker: tuple[FeatureWeight, ...] = ()
    slope: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0  # of the shipped confidence's log-odds (Platt 1999)
    intercept: Real = 0.0

    def bonus(self, features: Floats) -> Floats:
        """Return the bonus to the score of each of a question's candidates (rows; columns are all features)."""
        names = [feature.name for feature in self.ranker]
        weights = np.array([feature.weight for feature in self.ranker])
        total: Floats = standardise(features, names) @ weights
        return total

    def log_odds(self, shipped: float) -> float:
        """Return the log-odds of the confidence, at most 30 either way, from the log-odds of the shipped confidence."""
        return min(max(self.slope * shipped + self.intercept, -30.0), 30.0)

    @cached_property
    def mark(self) -> str:
        """The name of the shipped weights together with these."""
        return hashlib.sha256(_shipped_bytes(*SHIPPED) + self._own_bytes()).hexdigest()[:MARK_CHARS]

    def mark_with(self, model: str) -> str:
        """Return the name of the weights for searches helped by a model, together with these."""
        shipped = _shipped_bytes(*(f"{name}-semantic" for name in SHIPPED))
        return hashlib.sha256(shipped + model.encode() + self._own_bytes()).hexdigest()[:MARK_CHARS]

    def _own_bytes(self) -> bytes:
        return b"" if self == Tuning() else self.model_dump_json().encode()


def standardise(features: Floats, names: Sequence[str]) -> Floats:
    """Return the named features of a question's candidates, each with mean 0 and deviation 1; 0 where all are equal."""
    chosen = features[:, [FEATURE_NAMES.index(name) for name in names]]
    deviation = chosen.std(axis=0)
    centred: Floats = (chosen - chosen.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return centred


@cache
def _shipped_bytes(*names: str) -> bytes:
    return b"".join((WEIGHTS / f"{name}.json").read_bytes() for name in names)


def read_tuning(folder: Path) -> Tuning:
    """Read the weights in a folder; none where it is missing, or holds none.

    Raises:
        WeightsError: They cannot be read.
    """
    path = folder / FILE
    try:
        tuning = Tuning.model_validate_json(read_regular(path, follow=True))
    except FileNotFoundError:
        return Tuning()
    except (OSError, ValidationError) as error:
        raise WeightsError(
            f"{path} holds no weights: make them anew with `policydesk tune --write`, or remove it."
        ) from error
    if unknown := [feature.name for feature in tuning.ranker if feature.name not in FEATURE_NAMES]:
        raise WeightsError(
            f"{path} weighs {', '.join(unknown)}, which this version does not know: make it anew with `policydesk tune"
            " --write`, or remove it."
        )
    return tuning
