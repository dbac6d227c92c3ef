"""Gradient-boosted trees, evaluated: a trained ranker or a trained confidence."""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np

from retrieval.arrays import Floats, Ints, distinct

WEIGHTS = Path(__file__).parent.parent / "weights"
LEAF = -1


class StoredTrees(TypedDict):
    """Trees as JSON: the names of their features, and for each tree five lists over its nodes.

    A node's feature, by its place in `names` (`LEAF` for a leaf); the most that goes left; the nodes to the left and
    right; the value of a leaf.
    """

    names: list[str]
    trees: list[list[list[float]]]


class Trees:
    """A sum of binary trees.

    All nodes of all trees stand in one row. A leaf leads to itself, so that every tree can be walked down the same
    number of steps, all trees and examples at once.
    """

    def __init__(self, stored: StoredTrees) -> None:
        self.stored = stored
        self.names = tuple(stored["names"])
        sizes = [len(tree[0]) for tree in stored["trees"]]
        self._roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        feature, threshold, left, right, value = (
            np.concatenate([tree[n] for tree in stored["trees"]]) for n in range(5)
        )
        leaf, itself = feature == LEAF, np.arange(len(feature))
        offset = np.repeat(self._roots, sizes)
        self._feature = np.where(leaf, 0, feature).astype(np.int64)  # a leaf looks at any feature and leads to itself
        self._threshold, self._value = threshold.astype(np.float64), value.astype(np.float64)
        below = [np.where(leaf, itself, side.astype(np.int64) + offset) for side in (left, right)]
        self._below: Ints = np.stack(below, axis=1).ravel()
        self._depth = self._longest_path()

    def _longest_path(self) -> int:
        """The number of steps to the deepest leaf."""
        nodes, steps = self._roots, 0
        below = self._below.reshape(-1, 2)
        while len(further := distinct(below[nodes][below[nodes] != nodes[:, None]])):
            nodes, steps = further, steps + 1
        return steps

    def predict(self, features: Floats) -> Floats:
        """Return the sum of all trees for each row of features, one column a name in `names`."""
        flat, row = np.ascontiguousarray(features).ravel(), np.arange(len(features))[:, None] * features.shape[1]
        node = np.broadcast_to(self._roots, (len(features), len(self._roots)))
        for _ in range(self._depth):
            goes_right = flat.take(row + self._feature.take(node)) > self._threshold.take(node)
            node = self._below.take(2 * node + goes_right)
        total: Floats = self._value.take(node).sum(axis=1)
        return total


@cache
def shipped_trees(name: str) -> Trees | None:
    """Return the shipped trees of a name, where there are any."""
    path = WEIGHTS / f"{name}.json"
    return Trees(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
