"""Learns the ranker and the confidence from judged collections and writes them to `retrieval/weights/`.

`python -m retrieval.training.fit FOLDER[:WEIGHT[:SURE]] ...` (needs requirements-train.txt), each folder with
`articles/` and `questions.jsonl`; its questions teach the ranker as often as WEIGHT says, and the confidence as much as
SURE says, which is WEIGHT where it is left out. The same folders give the same files. `retrieval.training.cross`
measures what is learnt so. With `--semantic=FILE.npz` before the folders the weights of the semantic extra are learnt
(needs requirements-semantic.txt too); the file keeps what was encoded, so that learning again is quicker.
"""

import json
import random
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np

from retrieval.arrays import Flags, Floats
from retrieval.evaluation.judged_questions import JudgedQuestion
from retrieval.evaluation.weight_learning import supporting
from retrieval.library import Library
from retrieval.ranking.confidence import CONFIDENCE_NAMES, QUOTE_NAMES, SHOWN, quote_features
from retrieval.ranking.features import FEATURE_NAMES
from retrieval.ranking.semantic import SEMANTIC_CONFIDENCE_NAMES, SEMANTIC_NAMES
from retrieval.ranking.trees import LEAF, WEIGHTS, Trees
from retrieval.text.terms import terms
from retrieval.training.judged_collections import Collection, parts, small_libraries
from retrieval.training.question_variants import Style, asked_of_others, in_style, near_misses
from retrieval.training.remembered_vectors import RememberedVectors

SEMANTIC = "--semantic="
SEED = 1
FOLDS = 4
MOST_WHOLE = 600
"""How many questions of a collection are asked of all of it, so that parts that lack answers are not outnumbered."""
MISSED = 4
"""Of one in how many of these near misses are made: more of them make the confidence too timid (docs/quality.md)."""
HELD = 0.4
"""From which level on a first hit holds what was exchanged in a near miss, which may then be answered after all."""
RISING = frozenset(
    "score_passage score_window score_paragraph score_article score_title score_own score_bigrams untrained"
    " untrained_relative untrained_rank coverage coverage_count unfocused rarest names written wording longest_run"
    " proximity answer answer_near full_name measure relative_score relative_article article_rank known title_coverage"
    " relative_title near_pairs dated both_forms related related_plain counted phrases local untitled known_before"
    " voiced names_around ordered_pairs ordinals"
    " similarity similarity_rank similarity_near similarity_around similarity_article".split()
)
"""Features of which more never speaks against a candidate."""
FALLING = frozenset(
    "missing other_ordinal is_question behind_local behind_wording behind_known behind_similarity".split()
)
SURE_RISING = frozenset(
    "background_coverage background_best background_first_three idf_first_three best_coverage best_score_passage"
    " best_unfocused best_written best_wording best_untrained best_longest_run best_proximity best_answer"
    " best_answer_near best_names best_rarest best_known best_near_pairs known_first_three near_pairs_best"
    " answer_near_best background_known merit_best plain_known names_known names_first_three answer_first_three"
    " measure_first_three best_measure plain_related plain_related_first related_best counted_first_three"
    " full_name_first_three slot_with_names voiced_first_three names_around_first_three"
    " best_ordered_pairs best_ordinals ordered_pairs_first_three ordinals_first_three"
    " similarity_first similarity_first_three similarity_most similarity_near_first".split()
)
SURE_FALLING = frozenset(
    "background_missing_most background_missing_names background_unknown background_soft best_missing"
    " best_other_ordinal unknown_words plain_missing_most names_missing names_missing_most plain_unrelated_most"
    " plain_unrelated behind_similarity_first behind_similarity_first_three".split()
)
RANKER = {
    "objective": "lambdarank", "num_leaves": 31, "max_depth": 8, "learning_rate": 0.05, "min_data_in_leaf": 40,
    "feature_fraction": 0.5, "lambdarank_truncation_level": 10, "label_gain": [0, 1],
    "extra_trees": True,
}  # fmt: skip
RANKER_TREES = 350
CHANCE = {
    "objective": "binary", "learning_rate": 0.08, "min_data_in_leaf": 100, "extra_trees": True,
}  # fmt: skip
CONFIDENCE = {**CHANCE, "num_leaves": 12, "feature_fraction": 0.3}
QUOTES = {**CHANCE, "num_leaves": 12, "feature_fraction": 0.5}
CHANCE_TREES = 500
ALWAYS = {"verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": SEED}


class Ranking(NamedTuple):
    """One question's candidates: their features, which of them support an answer, and the article that does."""

    features: Floats
    right: Flags
    file: str
    style: Style


class ConfidenceExample(NamedTuple):
    """A question asked of a library: the features of its confidence, and whether one of the first three hits is right.

    `answerable` and `plain` tell the questions as they were asked of the whole collection from those made by rule.
    """

    features: Floats
    right: bool
    quotes: Floats  # the features of the confidence in each of these hits
    quotes_right: Flags
    fold: int
    answerable: bool
    plain: bool


class Examples(NamedTuple):
    """What is learnt from a collection."""

    collection: Collection
    rankings: tuple[Ranking, ...]


def main(arguments: Sequence[str]) -> None:
    """Learn from the collections named."""
    examples = read_examples(arguments)
    suffix = "-semantic" if examples[0].collection.model else ""
    WEIGHTS.mkdir(exist_ok=True)
    rankers = rankers_by_fold(examples)
    _write(f"ranker{suffix}", fit_ranker(examples))
    judged = [(each.collection.sure, judge(each.collection, rankers)) for each in examples]
    _write(f"confidence{suffix}", fit_confidence(judged))
    _write(f"quotes{suffix}", fit_quotes(judged))


def read_examples(arguments: Sequence[str]) -> list[Examples]:
    """Read the collections named, each `FOLDER[:WEIGHT[:SURE]]`, and rank the candidates of their questions."""
    flags = [argument for argument in arguments if argument.startswith(SEMANTIC)]
    model = _model(Path(flags[0].removeprefix(SEMANTIC))) if flags else None
    named = [argument.split(":") for argument in arguments if argument not in flags]
    collections = [Collection.read(Path(folder), tuple(map(int, weights)), model) for folder, *weights in named]
    examples = [Examples(collection, tuple(_rankings(collection))) for collection in collections]
    if model:
        model.save()
    return examples


def _model(file: Path) -> RememberedVectors:
    from retrieval.semantic.onnx_model import open_model  # noqa: PLC0415 - only the weights of the extra need it

    return RememberedVectors(open_model(), file)


def fold_of(name: str) -> int:
    """Return the part of all articles, or of all questions that none answers, to which a name belongs."""
    return zlib.crc32(name.encode()) % FOLDS


def rankers_by_fold(examples: Sequence[Examples]) -> list[Trees]:
    """Return, for each part of all articles, a ranker that has not seen it: confidence is learnt from such answers."""
    return [fit_ranker(examples, left_out=fold) for fold in range(FOLDS)]


def _rankings(collection: Collection) -> Iterator[Ranking]:
    """The candidates of the questions, asked of the whole collection in every style, and of small parts as they are."""
    chance = random.Random(SEED)  # noqa: S311 - not for secrets
    whole = collection.part(collection.passages)
    for question in collection.questions:
        for style, asked in _styles(question.question, chance).items():
            yield from _ranking(whole, question, asked, style)
    for library, questions, *_ in small_libraries(collection, SEED):
        for question in questions:
            style = chance.choice([Style.CHAT, Style.TELEGRAPHIC])
            yield from _ranking(library, question, in_style(question.question, style, chance), style)


def _styles(question: str, chance: random.Random) -> dict[Style, str]:
    """A question in every style that changes it: Japanese has no small letters and no short forms."""
    asked = {style: in_style(question, style, chance) for style in Style}
    return {style: text for style, text in asked.items() if style is Style.PLAIN or text != question}


def _ranking(library: Library, question: JudgedQuestion, asked: str, style: Style) -> Iterator[Ranking]:
    """The candidates of a question; none where no right one is among them."""
    candidates = library.ranking.candidates(library.read(asked), None)
    if candidates is not None:
        right = supporting(library, candidates.places.tolist(), question)
        if right.any():
            yield Ranking(candidates.values, right, question.support[0].file, style)


def judge(collection: Collection, rankers: Sequence[Trees]) -> list[ConfidenceExample]:
    """Return the questions as confidence sees them, asked of the whole and of its parts, with near misses."""
    chance = random.Random(SEED)  # noqa: S311 - not for secrets
    judged = list(_judge_whole(collection, rankers, chance))
    for part in parts(collection, SEED):
        for question in part.questions:
            asked = in_style(question.question, chance.choice(list(Style)), chance)
            judged += _judge(part.library, asked, question, rankers, plain=False)
        names_of = [question.question for question in part.inside]
        for question in part.outside:
            if other := asked_of_others(question.question, names_of, chance):
                asked = in_style(other, chance.choice(list(Style)), chance)
                judged += _judge(part.library, asked, question, rankers, plain=False)
    return judged


def _judge_whole(
    collection: Collection, rankers: Sequence[Trees], chance: random.Random
) -> Iterator[ConfidenceExample]:
    library = collection.part(collection.passages)
    some = chance.sample(collection.questions, min(MOST_WHOLE, len(collection.questions)))
    for question in (*some, *collection.unanswerable):
        yield from _judge(library, question.question, question, rankers, plain=True)
        yield from _judge(library, in_style(question.question, Style.CHAT, chance), question, rankers, plain=False)
    yield from _judge_near_misses(library, some[::MISSED], rankers, chance)


def _judge_near_misses(
    library: Library, questions: Sequence[JudgedQuestion], rankers: Sequence[Trees], chance: random.Random
) -> Iterator[ConfidenceExample]:
    for miss in near_misses([question.question for question in questions], chance):
        asked = in_style(miss.text, chance.choice(list(Style)), chance)
        yield from _judge(library, asked, questions[miss.number], rankers, plain=False, missed=terms(miss.exchanged))


def _judge(
    library: Library,
    asked: str,
    question: JudgedQuestion,
    rankers: Sequence[Trees],
    *,
    plain: bool,
    missed: Sequence[str] = (),
) -> Iterator[ConfidenceExample]:
    """The question as confidence sees it; none where nothing is found, or a near miss may be answered after all."""
    fold = fold_of(question.support[0].file if question.support else question.id)
    query = library.read(asked)
    candidates = library.ranking.candidates(query, rankers[fold]) if query.terms else None
    if candidates is None:
        return
    new = np.array([term in missed for term in query.terms])
    if missed and (not new.any() or (candidates.levels[:3, new].min(axis=1) >= HELD).any()):
        return
    right = supporting(library, candidates.places[:SHOWN].tolist(), question) & (not missed)
    features, quotes = library.ranking.confidence_features(query, candidates), quote_features(candidates, SHOWN)
    yield ConfidenceExample(features, bool(right.any()), quotes, right, fold, question.answerable and not missed, plain)


def fit_ranker(examples: Sequence[Examples], left_out: int | None = None) -> Trees:
    """Learn to put right candidates first (LambdaMART; Burges 2010), but for the articles of one part."""
    rankings = [
        ranking
        for collection, found in examples
        for ranking in found * collection.weight
        if left_out is None or fold_of(ranking.file) != left_out
    ]
    names = _names(FEATURE_NAMES, SEMANTIC_NAMES, rankings[0].features)
    constraints = [_direction(name, RISING, FALLING) for name in names]
    data = lightgbm.Dataset(
        np.vstack([ranking.features for ranking in rankings]),
        np.concatenate([ranking.right for ranking in rankings]).astype(int),
        group=[len(ranking.right) for ranking in rankings],
    )
    settings = {**RANKER, **ALWAYS, "monotone_constraints": constraints}
    return _trees(lightgbm.train(settings, data, RANKER_TREES), names)


def fit_confidence(collections: Sequence[tuple[int, Sequence[ConfidenceExample]]]) -> Trees:
    """Learn how likely the first hits are right, every collection counting as much as its weight says."""
    names = _names(CONFIDENCE_NAMES, SEMANTIC_CONFIDENCE_NAMES, collections[0][1][0].features)
    constraints = [_direction(name, SURE_RISING, SURE_FALLING) for name in names]
    rows = [
        (weight, [(one.features[None, :], np.array([one.right])) for one in judged]) for weight, judged in collections
    ]
    return _fit_chance(CONFIDENCE, rows, constraints, names)


def fit_quotes(collections: Sequence[tuple[int, Sequence[ConfidenceExample]]]) -> Trees:
    """Learn how likely each of the first hits is right by itself."""
    names = _names(QUOTE_NAMES, SEMANTIC_NAMES, collections[0][1][0].quotes)
    constraints = [_direction(name, RISING, FALLING) for name in names]
    rows = [(weight, [(one.quotes, one.quotes_right) for one in judged]) for weight, judged in collections]
    return _fit_chance(QUOTES, rows, constraints, names)


def _fit_chance(
    how: Mapping[str, object],
    collections: Sequence[tuple[int, Sequence[tuple[Floats, Flags]]]],
    constraints: Sequence[int],
    names: Sequence[str],
) -> Trees:
    """Learn a probability from rows of features, every collection counting as much as its weight says."""
    weights = np.concatenate(
        [np.full(sum(len(right) for _, right in rows), weight / len(rows)) for weight, rows in collections]
    )
    features = np.vstack([features for _, rows in collections for features, _ in rows])
    right = np.concatenate([right for _, rows in collections for _, right in rows])
    data = lightgbm.Dataset(features, right.astype(int), weight=weights * len(weights) / weights.sum())
    settings = {**how, **ALWAYS, "monotone_constraints": list(constraints)}
    return _trees(lightgbm.train(settings, data, CHANCE_TREES), names)


def _names(lexical: Sequence[str], semantic: Sequence[str], features: Floats) -> tuple[str, ...]:
    """The names of the columns of features, which end with the semantic ones where a model helped."""
    return (*lexical, *semantic)[: features.shape[-1]]


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


if __name__ == "__main__":
    main(sys.argv[1:])
