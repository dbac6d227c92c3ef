"""Gradient-boosted trees, evaluated: a trained ranker or a trained confidence."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Bytes, Flags, Floats, Ints

WEIGHTS = Path(__file__).parent.parent / "weights"
LEAF = -1
WORD = 64
"""How many examples have a bit each in a machine word."""
WORDS = np.dtype("<u8")
Words = npt.NDArray[np.uint64]


class StoredTrees(TypedDict):
    """Trees as JSON: the names of their features, and for each tree five lists over its nodes.

    A node's feature, by its place in `names` (`LEAF` for a leaf); the most that goes left; the nodes to the left and
    right; the value of a leaf.
    """

    names: list[str]
    trees: list[list[list[float]]]


class _Level(NamedTuple):
    """The nodes of one depth that are no leaves, by their places in the row of all nodes."""

    at: Ints
    condition: Ints  # the number of what sends an example to the right
    below: int  # where in the row the nodes to their left begin, and then those to their right


class Trees:
    """A sum of binary trees.

    Up to 64 examples walk down all trees at once: each node has a word with a bit for every example that comes by, and
    the word of its condition, which it often shares with other nodes, parts them.
    """

    def __init__(self, stored: StoredTrees) -> None:
        self.stored = stored
        self.names = tuple(stored["names"])
        sizes = [len(tree[0]) for tree in stored["trees"]]
        roots, tree = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(sizes)), sizes)
        feature, threshold, left, right, value = (
            np.concatenate([tree[n] for tree in stored["trees"]]) for n in range(5)
        )
        leaf, below = feature == LEAF, np.stack([left, right]).astype(np.int64) + roots[tree]
        condition = self._number_conditions(feature.astype(np.int64), threshold.astype(np.float64), ~leaf)
        at = self._arrange(roots, below, leaf, condition)
        self._number_leaves(tree[leaf], at[leaf], value[leaf].astype(np.float64))

    def _number_conditions(self, feature: Ints, threshold: Floats, parting: Flags) -> Ints:
        """Note the different conditions; return for each node the number of its own."""
        nodes = np.flatnonzero(parting)
        order = nodes[np.lexsort((threshold[nodes], feature[nodes]))]
        is_new = np.ones(len(order), dtype=np.bool_)
        is_new[1:] = (np.diff(feature[order]) != 0) | (np.diff(threshold[order]) != 0)
        self._feature, self._threshold = feature[order[is_new]], threshold[order[is_new]]
        self._thresholds = dict[int, Floats]()  # one for each of some examples: so they are compared in one go
        condition = np.zeros(len(feature), dtype=np.int64)
        condition[order] = np.cumsum(is_new) - 1
        return condition

    def _arrange(self, nodes: Ints, below: Ints, leaf: Flags, condition: Ints) -> Ints:
        """Put all nodes in a row from the roots down, level by level; return the place of each."""
        at, last, self._levels = np.zeros(len(leaf), dtype=np.int64), len(nodes), list[_Level]()
        at[nodes] = np.arange(len(nodes))
        while len(nodes := nodes[~leaf[nodes]]):
            self._levels.append(_Level(at[nodes], condition[nodes], last))
            nodes = below[:, nodes].ravel()
            at[nodes] = np.arange(last, last + len(nodes))
            last += len(nodes)
        self._nodes = last
        return at

    def _number_leaves(self, tree: Ints, at: Ints, value: Floats) -> None:
        """Number the leaves of each tree, given in the order of trees, from 0."""
        count = int(tree[-1]) + 1
        number = np.arange(len(tree)) - np.searchsorted(tree, np.arange(count))[tree]
        self._bits = max(1, int(number.max()).bit_length())
        self._leaves = np.full((1 << self._bits, count), self._nodes, dtype=np.int64)  # nobody comes by after the last
        self._leaves[number, tree] = at
        values = np.zeros((count, 1 << self._bits))
        values[tree, number] = value
        self._values, self._first = values.ravel(), np.arange(count) << self._bits

    def predict(self, features: Floats) -> Floats:
        """Return the sum of all trees for each row of features, one column a name in `names`."""
        parts = [self._predict(features[first : first + WORD]) for first in range(0, len(features), WORD)]
        return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])

    def _predict(self, features: Floats) -> Floats:
        """The sums for at most as many rows as a word has bits."""
        passed, count = self._passed(features), len(self._first)
        coming = np.empty(self._nodes + 1, dtype=WORDS)
        coming[:count], coming[-1] = 2**WORD - 1, 0
        for at, condition, below in self._levels:
            here, middle = coming.take(at), below + len(at)
            right = np.bitwise_and(here, passed.take(condition), out=coming[middle : middle + len(at)])
            np.bitwise_xor(here, right, out=coming[below:middle])
        reached = self._reached(coming.take(self._leaves), -(-len(features) // 8))
        values = self._values.take(np.add(reached.T[: len(features)], self._first, order="C"))
        total: Floats = values.sum(axis=1)
        return total

    def _passed(self, features: Floats) -> Words:
        """For each condition, the word of the examples that go to the right by it."""
        size = -(-len(features) // 8)
        columns = np.zeros((features.shape[1], 8 * size))
        columns[:, : len(features)] = features.T
        if size not in self._thresholds:
            self._thresholds[size] = np.repeat(self._threshold[:, None], 8 * size, axis=1)
        bits = np.packbits(columns.take(self._feature, axis=0) > self._thresholds[size], bitorder="little")
        words = np.zeros((len(self._feature), WORD // 8), dtype=np.uint8)
        words[:, :size] = bits.reshape(-1, size)
        return words.view(WORDS).ravel()

    def _reached(self, leaves: Words, size: int) -> Bytes:
        """For each tree (row), the number of the leaf that each example reaches, eight for each of `size` bytes."""
        digits = np.empty((self._bits, leaves.shape[1]), dtype=WORDS)
        for bit in reversed(range(self._bits)):
            with_digit = leaves[1 << bit :]
            np.bitwise_or.reduce(with_digit, axis=0, out=digits[bit])
            leaves = leaves[: 1 << bit] | with_digit
        bits = np.unpackbits(digits.view(np.uint8).reshape(*digits.shape, -1)[:, :, :size], axis=2, bitorder="little")
        numbers = bits[-1]
        for lower in bits[-2::-1]:
            numbers += numbers
            numbers += lower
        found: Bytes = numbers
        return found


@cache
def shipped_trees(name: str) -> Trees | None:
    """Return the shipped trees of a name, where there are any."""
    path = WEIGHTS / f"{name}.json"
    return Trees(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
