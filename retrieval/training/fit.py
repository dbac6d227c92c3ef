"""Learns the ranker and the confidence from judged collections and writes them to `retrieval/weights/`.

`python -m retrieval.training.fit FOLDER ...` (needs requirements-train.txt), each folder with `articles/` and
`questions.jsonl`. The same folders give the same files. With `--cross` nothing is written; each collection is measured
with what was learnt from the others, and with what was learnt from other articles of all.
"""

import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np

from retrieval.evaluation.weight_learning import supporting
from retrieval.index.passages import Flags, Floats
from retrieval.ranking.confidence import CONFIDENCE_NAMES
from retrieval.ranking.features import FEATURE_NAMES
from retrieval.ranking.ranker import blend
from retrieval.ranking.trees import LEAF, WEIGHTS, Trees
from retrieval.training.judged_collections import Collection, parts

SEED = 1
FOLDS = 4
RISING = frozenset(
    "score_passage score_window score_paragraph score_article score_title score_own score_bigrams untrained"
    " untrained_relative untrained_rank coverage coverage_count unfocused rarest names written wording longest_run"
    " proximity answer answer_near full_name measure relative_score relative_article article_rank".split()
)
"""Features of which more never speaks against a candidate."""
FALLING = frozenset({"missing", "is_question"})
SURE_RISING = frozenset(
    "background_coverage background_best background_first_three idf_first_three best_coverage best_score_passage"
    " best_unfocused best_written best_wording best_untrained best_longest_run best_proximity best_answer"
    " best_answer_near best_names best_rarest".split()
)
SURE_FALLING = frozenset(
    "background_missing_most background_missing_names background_unknown background_soft best_missing".split()
)
RANKER = {
    "objective": "lambdarank", "num_leaves": 15, "max_depth": 6, "learning_rate": 0.15, "min_data_in_leaf": 60,
    "feature_fraction": 0.7, "lambdarank_truncation_level": 10, "label_gain": [0, 1],
}  # fmt: skip
RANKER_TREES = 60
CONFIDENCE = {
    "objective": "binary", "num_leaves": 7, "learning_rate": 0.06, "min_data_in_leaf": 60, "feature_fraction": 0.6,
}  # fmt: skip
CONFIDENCE_TREES = 120
ALWAYS = {"verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": SEED}


class Ranking(NamedTuple):
    """One question's candidates: their features, which of them support an answer, and the article that does."""

    features: Floats
    right: Flags
    file: str


class ConfidenceFit(NamedTuple):
    """Questions with the features of their confidence, and whether one of the first three hits supported an answer."""

    features: Floats
    right: Flags


def main(arguments: Sequence[str]) -> None:
    """Learn from the collections named, or measure them against each other."""
    collections = [Collection.read(Path(name)) for name in arguments if not name.startswith("--")]
    rankings = {collection.name: list(_rankings(collection)) for collection in collections}
    if "--cross" in arguments:
        _cross(collections, rankings)
        return
    WEIGHTS.mkdir(exist_ok=True)
    _write("ranker", fit_ranker([r for found in rankings.values() for r in found]))
    _write("confidence", fit_confidence([_confidence_fit(c, _others(rankings, c)) for c in collections]))


def _others(rankings: dict[str, list[Ranking]], left_out: Collection) -> Trees:
    """A ranker learnt from all collections but one, so that confidence is not learnt from answers seen before."""
    return fit_ranker([r for name, found in rankings.items() if name != left_out.name for r in found])


def _rankings(collection: Collection) -> Iterator[Ranking]:
    library = collection.part(collection.passages)
    for question in collection.questions:
        candidates = library.ranking.candidates(library.read(question.question), None)
        if candidates is not None:
            right = supporting(library, candidates.places.tolist(), question)
            if right.any():
                yield Ranking(candidates.values, right, question.support[0].file)


def _confidence_fit(collection: Collection, ranker: Trees) -> ConfidenceFit:
    features, right = [], []
    for library, questions in parts(collection, SEED):
        for question in questions:
            query = library.read(question.question)
            candidates = library.ranking.candidates(query, ranker) if query.terms else None
            if candidates is not None:
                features.append(library.ranking.confidence_features(query, candidates))
                right.append(bool(supporting(library, candidates.places[:3].tolist(), question).any()))
    return ConfidenceFit(np.array(features), np.array(right))


def fit_ranker(rankings: Sequence[Ranking]) -> Trees:
    """Learn to put right candidates first (LambdaMART; Burges 2010)."""
    constraints = [_direction(name, RISING, FALLING) for name in FEATURE_NAMES]
    data = lightgbm.Dataset(
        np.vstack([ranking.features for ranking in rankings]),
        np.concatenate([ranking.right for ranking in rankings]).astype(int),
        group=[len(ranking.right) for ranking in rankings],
    )
    settings = {**RANKER, **ALWAYS, "monotone_constraints": constraints}
    return _trees(lightgbm.train(settings, data, RANKER_TREES), FEATURE_NAMES)


def fit_confidence(fits: Sequence[ConfidenceFit]) -> Trees:
    """Learn how likely the first hits are right, every collection counting the same."""
    constraints = [_direction(name, SURE_RISING, SURE_FALLING) for name in CONFIDENCE_NAMES]
    weights = np.concatenate([np.full(len(s.right), 1000 / len(s.right)) for s in fits])
    features, right = np.vstack([s.features for s in fits]), np.concatenate([s.right for s in fits])
    data = lightgbm.Dataset(features, right.astype(int), weight=weights * len(weights) / weights.sum())
    settings = {**CONFIDENCE, **ALWAYS, "monotone_constraints": constraints}
    return _trees(lightgbm.train(settings, data, CONFIDENCE_TREES), CONFIDENCE_NAMES)


def _direction(name: str, rising: frozenset[str], falling: frozenset[str]) -> int:
    return (name in rising) - (name in falling)


def _trees(booster: lightgbm.Booster, names: Sequence[str]) -> Trees:
    flat = [_flat(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return Trees({"names": list(names), "trees": flat})


def _flat(structure: dict[str, Any]) -> list[list[float]]:
    """A tree as five lists over its nodes: feature, threshold, left, right, value."""
    nodes: list[list[float]] = []

    def add(node: dict[str, Any]) -> int:
        place = len(nodes)
        nodes.append([LEAF, 0, 0, 0, round(node.get("leaf_value", 0), 4)])
        if "split_feature" in node:
            left, right = add(node["left_child"]), add(node["right_child"])
            nodes[place] = [node["split_feature"], round(node["threshold"], 5), left, right, 0]
        return place

    add(structure)
    return [list(part) for part in zip(*nodes, strict=True)]


def _write(name: str, trees: Trees) -> None:
    (WEIGHTS / f"{name}.json").write_text(json.dumps(trees.stored, separators=(",", ":")) + "\n", encoding="utf-8")


def _cross(collections: Sequence[Collection], rankings: dict[str, list[Ranking]]) -> None:
    rankers = {collection.name: _others(rankings, collection) for collection in collections}
    sure = {collection.name: _confidence_fit(collection, rankers[collection.name]) for collection in collections}
    for collection in collections:
        others = fit_confidence([found for name, found in sure.items() if name != collection.name])
        own = sure[collection.name]
        chances = 1 / (1 + np.exp(-others.predict(own.features)))
        first, three = _hits(rankers[collection.name], rankings[collection.name], len(collection.questions))
        print(f"{collection.name}, learnt from the others: hit@1 {first:.3f}, hit@3 {three:.3f}", end=", ")
        print(f"with half the answers withheld ece {_ece(chances, own.right):.3f}")

    for name, (first, three) in _hits_by_folds(collections, rankings).items():
        print(f"{name}, learnt from other articles of all: hit@1 {first:.3f}, hit@3 {three:.3f}")


def _hits_by_folds(
    collections: Sequence[Collection], rankings: dict[str, list[Ranking]]
) -> dict[str, tuple[float, float]]:
    """The same shares where each quarter of all articles is measured with what the other three quarters taught."""
    files = sorted({(name, ranking.file) for name, found in rankings.items() for ranking in found})
    random.Random(SEED).shuffle(files)  # noqa: S311 - not for secrets
    fold = {place: number % FOLDS for number, place in enumerate(files)}
    found = {collection.name: np.zeros(2) for collection in collections}
    for left_out in range(FOLDS):
        of = {name: [fold[name, ranking.file] == left_out for ranking in each] for name, each in rankings.items()}
        ranker = fit_ranker([r for name in of for r, out in zip(rankings[name], of[name], strict=True) if not out])
        for c in collections:
            measured = [r for r, out in zip(rankings[c.name], of[c.name], strict=True) if out]
            found[c.name] += _hits(ranker, measured, len(c.questions))
    return {name: (float(shares[0]), float(shares[1])) for name, shares in found.items()}


def _hits(ranker: Trees, rankings: Sequence[Ranking], questions: int) -> tuple[float, float]:
    """The share of questions with a right passage first, and among the first three."""
    untrained = FEATURE_NAMES.index("untrained")
    scores = [blend(ranker.predict(ranking.features), ranking.features[:, untrained]) for ranking in rankings]
    ordered = [r.right[np.argsort(-s, kind="stable")] for r, s in zip(rankings, scores, strict=True)]
    return sum(right[0] for right in ordered) / questions, sum(right[:3].any() for right in ordered) / questions


def _ece(chances: Floats, right: Flags) -> float:
    bins = np.minimum((chances * 10).astype(int), 9)
    gaps = (abs(float((chances[bins == n] - right[bins == n]).sum())) for n in range(10))
    return sum(gaps) / len(right)


if __name__ == "__main__":
    main(sys.argv[1:])
