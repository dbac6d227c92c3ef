"""Gradient-boosted trees, evaluated: what a trained ranker or a trained confidence is made of."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self, TypedDict

import numpy as np
import numpy.typing as npt

from retrieval.index import Floats, Ints

WEIGHTS = Path(__file__).parent / "weights"
LEAF = -1


class StoredTrees(TypedDict):
    """Trees as JSON: the names of their figures, and for each tree five lists over its nodes, as in `Trees`."""

    names: list[str]
    trees: list[list[list[float]]]


class Trees(NamedTuple):
    """A sum of binary trees in arrays, one row a tree; a node whose figure is `LEAF` holds a value, not a test.

    Attributes:
        names: The figures it looks at, in the order of the columns it is given.
        figure: The column that each node tests.
        threshold: The most that goes to the left.
        left: The node to the left.
        right: The node to the right.
        value: What a leaf adds.
    """

    names: tuple[str, ...]
    figure: Ints
    threshold: Floats
    left: Ints
    right: Ints
    value: Floats

    @classmethod
    def of(cls, stored: StoredTrees) -> Self:
        """Trees from their stored form."""
        figure, threshold, left, right, value = (_padded([tree[part] for tree in stored["trees"]]) for part in range(5))
        whole = (column.astype(np.int64) for column in (figure, left, right))
        return cls(tuple(stored["names"]), next(whole), threshold, next(whole), next(whole), value)

    def stored(self) -> StoredTrees:
        """Their stored form; what `of` makes of it predicts the same."""
        columns = (self.figure, self.threshold, self.left, self.right, self.value)
        trees = [[column[row].tolist() for column in columns] for row in range(len(self.figure))]
        return {"names": list(self.names), "trees": trees}

    def predict(self, figures: Floats) -> Floats:
        """The sum of all trees.

        Args:
            figures: One row an example, one column a name in `names`.

        Returns:
            One number a row.
        """
        tree = np.arange(len(self.figure))[None, :]
        row = np.arange(len(figures))[:, None]
        node = np.zeros((len(figures), len(self.figure)), dtype=np.int64)
        while True:
            tested = self.figure[tree, node]
            if (tested == LEAF).all():
                return self.value[tree, node].sum(axis=1)  # type: ignore[no-any-return]
            goes_left = figures[row, tested] <= self.threshold[tree, node]
            following = np.where(goes_left, self.left[tree, node], self.right[tree, node])
            node = np.where(tested == LEAF, node, following)


def _padded(rows: list[list[float]]) -> npt.NDArray[np.float64]:
    """Lists of different lengths as the rows of one array."""
    array = np.zeros((len(rows), max(map(len, rows))))
    for number, row in enumerate(rows):
        array[number, : len(row)] = row
    return array


@cache
def trained(name: str) -> Trees | None:
    """The trees of that name that are shipped, where there are any."""
    path = WEIGHTS / f"{name}.json"
    return Trees.of(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
