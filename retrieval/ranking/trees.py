"""Gradient-boosted trees, evaluated: what a trained ranker or a trained confidence is made of."""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np

from retrieval.index.passages import Floats, Ints

WEIGHTS = Path(__file__).parent.parent / "weights"
LEAF = -1


class StoredTrees(TypedDict):
    """Trees as JSON: the names of their figures, and for each tree five lists over its nodes.

    A node's figure, by its place in `names` (`LEAF` for a leaf); the most that goes left; the nodes to the left and
    right; what a leaf adds.
    """

    names: list[str]
    trees: list[list[list[float]]]


class Trees:
    """A sum of binary trees.

    All nodes of all trees stand in one row. A leaf leads to itself, so that every tree can be walked down the same
    number of steps, all trees and examples at once.
    """

    def __init__(self, stored: StoredTrees) -> None:
        """Set up trees.

        Args:
            stored: Their stored form.
        """
        self.stored = stored
        self.names = tuple(stored["names"])
        sizes = [len(tree[0]) for tree in stored["trees"]]
        self._roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        figure, threshold, left, right, value = (
            np.concatenate([tree[n] for tree in stored["trees"]]) for n in range(5)
        )
        leaf, itself = figure == LEAF, np.arange(len(figure))
        offset = np.repeat(self._roots, sizes)
        self._figure = np.where(leaf, 0, figure).astype(np.int64)  # a leaf looks at any figure and leads to itself
        self._threshold, self._value = threshold.astype(np.float64), value.astype(np.float64)
        below = [np.where(leaf, itself, side.astype(np.int64) + offset) for side in (left, right)]
        self._below: Ints = np.stack(below, axis=1).ravel()
        self._depth = self._deepest()

    def _deepest(self) -> int:
        """How many steps it takes to the deepest leaf."""
        nodes, steps = self._roots, 0
        while len(further := np.setdiff1d(self._below.reshape(-1, 2)[nodes], nodes)):
            nodes, steps = further, steps + 1
        return steps

    def predict(self, figures: Floats) -> Floats:
        """The sum of all trees.

        Args:
            figures: One row an example, one column a name in `names`.

        Returns:
            One number a row.
        """
        flat, row = np.ascontiguousarray(figures).ravel(), np.arange(len(figures))[:, None] * figures.shape[1]
        node = np.broadcast_to(self._roots, (len(figures), len(self._roots)))
        for _ in range(self._depth):
            goes_right = flat.take(row + self._figure.take(node)) > self._threshold.take(node)
            node = self._below.take(2 * node + goes_right)
        total: Floats = self._value.take(node).sum(axis=1)
        return total


@cache
def trained(name: str) -> Trees | None:
    """The trees of that name that are shipped, where there are any."""
    path = WEIGHTS / f"{name}.json"
    return Trees(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
