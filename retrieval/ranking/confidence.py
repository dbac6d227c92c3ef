"""The confidence: the probability that one of the first three hits supports an answer.

A question's words are weighed by how rare they are in English at large, not only in the library (see
`retrieval.text.rarity`).
"""

import math
from collections.abc import Container, Mapping

import numpy as np

from retrieval.arrays import Flags, Floats
from retrieval.models import Kind, Query
from retrieval.ranking.features import ANSWER_SHAPES, FEATURE_NAMES, KINDS, UNKNOWN, CandidateFeatures
from retrieval.ranking.trees import Trees
from retrieval.ranking.tuning import Tuning
from retrieval.text.rarity import RAREST
from retrieval.text.rarity import rarity as rarity_of

SHOWN = 3
LOOKED_AT = 10
STRETCHED, RAISED, RAISED_SEMANTIC = 1.5, 0.8, 0.5
"""How the log-odds of a mean of two chances, which is nearer the middle than either, are made true (Platt 1999).

They are raised by less with a semantic model, whose weights have learnt from fewer questions in vain.
"""
MOST_ODDS = 30.0
"""The log-odds of what is as good as certain."""
HELD = 0.35
"""From which level on a term counts as held; a distant related form alone does not."""

_FROM_BEST = (
    "coverage", "unfocused", "missing", "score_passage", "untrained", "written", "wording", "longest_run", "proximity",
    "answer", "answer_near", "new_words", "names", "has_names", "rarest", "left_window", "left_article",
    "score_bigrams", "score_title", "question_terms", "title_coverage", "known", "dated", "has_period", "newness",
    "is_fragment", "first_person", "stance", "defines", "both_forms", "near_pairs", "speaker",
    "full_name", "measure", "asks_measure", "relative_title", *(f"asks_{kind.name.lower()}" for kind in KINDS),
    "in_japanese", "in_vietnamese", "ordered_pairs", "ordinals", "other_ordinal",
)  # fmt: skip
_BEST_COLUMNS = [FEATURE_NAMES.index(name) for name in _FROM_BEST]
_BEST_NAMES = tuple(f"best_{name}" for name in _FROM_BEST)
_BESIDE = ("merit", "behind_best", "rank", "known_best")
QUOTE_NAMES = (*_BESIDE, *FEATURE_NAMES)
"""The features of the confidence in a single hit: its place among the others, and its own."""
_BEHIND = {"merit_second": 1, "merit_third": 2, "merit_fifth": 4}
CONFIDENCE_NAMES = (
    "background_coverage", "background_best", "background_first_three", "background_missing_most",
    "background_missing_names", "background_unknown", "background_soft", "idf_first_three", "gap_second", "gap_fifth",
    "background_mean", "agreeing", "merit_best", "merit_second", "merit_third", "merit_fifth", "merit_mean",
    "known_first_three", "known_best", "near_pairs_best", "answer_near_best", "same_article", "unknown_words",
    "background_known", "library_size", "plain_known", "plain_missing_most", "names_known", "names_first_three",
    "names_missing", "names_missing_most", "answer_first_three", "measure_first_three", *_BEST_NAMES,
    "plain_related", "plain_related_first", "plain_unrelated_most", "plain_unrelated", "focus_first_three",
    "focus_related", "related_best", "counted_first_three", "full_name_first_three",
    "slot_with_names", "voiced_first_three", "names_around_first_three", "ordered_pairs_first_three",
    "ordinals_first_three",
)  # fmt: skip
"""The features of the confidence in the order of their columns, by which the shipped weights know them."""
_SLOTS = {
    **dict.fromkeys(ANSWER_SHAPES, "answer"),
    Kind.WHY: "gives_reason",
    Kind.DEFINITION: "defines",
    Kind.POSITION: "stance",
}
"""The feature that says whether a passage gives what a question of a kind asks for."""


def confidence(odds: float, tuning: Tuning) -> float:
    """Return the probability, 0 to 1, that one of the first three hits supports an answer.

    Args:
        odds: The log-odds by the shipped weights.
        tuning: Corrects them.
    """
    return float(chance_of(tuning.log_odds(odds)))


def shipped_odds(features: Floats, quotes: Floats, trees: Trees | None) -> float:
    """Return the log-odds of the confidence by the shipped weights.

    They are those of the mean of two judgments, which err in different questions: one of the answer as a whole, and the
    chance that at least one of its quotes supports an answer by itself.

    Args:
        features: Those of `CONFIDENCE_NAMES`, after them those of a semantic model where one helped.
        quotes: The confidences, 0 to 1, in each of the first three hits by itself.
        trees: The trained trees, whose sum is the log-odds of the first judgment; without them the coverage of the
            best hit has to do.
    """
    if trees is None:
        return _log_odds(float(features[0]))
    whole = chance_of(trees.predict(features[None, :]))[0]
    raised = RAISED_SEMANTIC if len(features) > len(CONFIDENCE_NAMES) else RAISED
    return STRETCHED * _log_odds((float(whole) + any_supports(quotes)) / 2) + raised


def chance_of(odds: Floats | float) -> Floats:
    """Return the probabilities, 0 to 1, of log-odds."""
    chances: Floats = 1 / (1 + np.exp(-np.minimum(np.maximum(odds, -MOST_ODDS), MOST_ODDS)))
    return chances


def any_supports(quotes: Floats) -> float:
    """Return the chance that at least one quote supports an answer, by noisy-or, as if quotes were independent."""
    return float(1 - (1 - quotes).prod())


def _log_odds(chance: float) -> float:
    if chance <= 0 or chance >= 1:
        return math.copysign(MOST_ODDS, chance - 0.5)
    return math.log(chance / (1 - chance))


def confidence_features(query: Query, candidates: CandidateFeatures, vocabulary: Container[str], size: int) -> Floats:
    """Return the features of `CONFIDENCE_NAMES` for a question and its ranked candidates.

    Args:
        query: The question, with at least one term.
        candidates: In their final order; at least one.
        vocabulary: The terms that the library holds.
        size: How many passages it has: a word that a small library lacks tells less than one that a large one lacks.
    """
    rarity = np.array(
        [
            rarity_of(term, word, vietnamese=query.vietnamese) * query.weight(term)
            for term, word in zip(query.terms, query.words, strict=True)
        ]
    )
    share = rarity / rarity.sum()
    covered = candidates.levels[:LOOKED_AT] @ share
    first, first_three = candidates.levels[0], candidates.levels[:SHOWN].max(axis=0)
    unheld = first < HELD
    named = np.array([term in query.names for term in query.terms])
    scores = np.sort(candidates.untrained)[::-1]
    features = {
        "background_coverage": covered[0],
        "background_best": covered.max(),
        "background_first_three": first_three @ share,
        "background_missing_most": (rarity * unheld).max() / rarity.max(),
        "background_missing_names": share @ (unheld & named),
        "idf_first_three": first_three @ candidates.weights / (candidates.weights.sum() or 1.0),
        "gap_second": _gap(scores, 1),
        "gap_fifth": _gap(scores, 4),
        "background_mean": rarity.mean() / RAREST,
        "agreeing": _share_of(covered[:5] >= 0.8 * covered[0]),
    }
    best_of_three = dict(zip(FEATURE_NAMES, candidates.values[:SHOWN].max(axis=0).tolist(), strict=False))
    features |= _merits(candidates.merit) | _first_three(candidates, best_of_three)
    ranks = candidates.column("article_rank")[:SHOWN]
    features |= {
        "same_article": _share_of(ranks == ranks[0]),
        "library_size": math.log1p(size),
        "background_known": np.maximum(first, candidates.titles[0]) @ share,
    }
    features |= _unknown(query, vocabulary, share)
    features |= _plain_and_named(query, candidates, rarity, named) | _shape_of_answer(query, best_of_three)
    features["slot_with_names"] = _slot_with_names(query, candidates, named)
    features |= zip(_BEST_NAMES, candidates.values[0, _BEST_COLUMNS].tolist(), strict=True)
    return np.array([features[name] for name in CONFIDENCE_NAMES])


def _unknown(query: Query, vocabulary: Container[str], share: Floats) -> dict[str, float]:
    """The number and the share of the question's words that the library lacks, with and without alternatives."""
    unknown = np.array([term not in vocabulary for term in query.terms])
    replaced = {expansion.term for expansion in query.expansions}
    soft = np.array([term in replaced for term in query.terms]) & unknown
    return {
        "background_unknown": share @ (unknown & ~soft),
        "background_soft": share @ soft,
        "unknown_words": unknown.sum() / len(unknown),
    }


def quote_confidences(candidates: CandidateFeatures, count: int, trees: Trees | None) -> Floats:
    """Return for each of the first hits the probability, 0 to 1, that it supports an answer by itself.

    Args:
        candidates: In their final order; at least one.
        count: Of how many.
        trees: The trained trees, whose sum is the log-odds; without them the coverage has to do.
    """
    if trees is None:
        return candidates.column("coverage")[:count].clip(0, 1)
    return chance_of(trees.predict(quote_features(candidates, count)))


def quote_features(candidates: CandidateFeatures, count: int) -> Floats:
    """Return the features of `QUOTE_NAMES` for each of the first hits (rows)."""
    own = candidates.values[:count]
    merit, rank = candidates.merit[:count], np.arange(1, len(own) + 1)
    features = np.empty((len(own), len(_BESIDE) + own.shape[1]))
    features[:, len(_BESIDE) :] = own
    for column, beside in enumerate((merit, merit[0] - merit, 1 / rank, candidates.column("known")[0])):
        features[:, column] = beside
    return features


def _plain_and_named(query: Query, candidates: CandidateFeatures, rarity: Floats, named: Flags) -> dict[str, float]:
    """How well the question's names, and its other words but for the kind of thing, are held, each by themselves.

    A name outweighs by its rarity whatever is said of its bearer: together they hide that a verb is nowhere.
    """
    focus = np.array([term == query.focus for term in query.terms])
    levels, titles, related = candidates.levels[:SHOWN], candidates.titles[:SHOWN], candidates.related[:SHOWN]
    first_three, known = levels.max(axis=0), np.maximum(levels[0], titles[0])
    known_three, near = np.maximum(first_three, titles.max(axis=0)), np.maximum(levels, related)
    near_three = near.max(axis=0)
    plain_rarity, named_rarity = rarity * (~named & ~focus), rarity * named
    return {
        "plain_related": _held(plain_rarity, np.maximum(near_three, known_three)),
        "plain_related_first": _held(plain_rarity, near[0]),
        "plain_unrelated_most": (plain_rarity * (near_three < HELD)).max() / RAREST,
        "plain_unrelated": (plain_rarity * (1 - near_three)).sum() / RAREST / SHOWN,
        "focus_first_three": first_three[focus].max() if query.focus in query.terms else UNKNOWN,
        "focus_related": near_three[focus].max() if query.focus in query.terms else UNKNOWN,
        "related_best": _held(rarity, near[0]),
        "plain_known": _held(plain_rarity, known_three),
        "plain_missing_most": (plain_rarity * (first_three < HELD)).max() / RAREST,
        "names_known": _held(named_rarity, known),
        "names_first_three": _held(named_rarity, first_three),
        "names_missing": (named & (known_three < HELD)).sum() / SHOWN,
        "names_missing_most": (named_rarity * (known < HELD)).max() / RAREST,
    }


def _share_of(flags: Flags) -> float:
    return np.count_nonzero(flags) / len(flags)


def _held(weights: Floats, levels: Floats) -> float:
    """The share of weights that is held; all of nothing."""
    whole = weights.sum()
    return float(weights @ levels / whole) if whole else 1.0


def _shape_of_answer(query: Query, best_of_three: Mapping[str, float]) -> dict[str, float]:
    """Whether any of the first three holds words of the shape, and a figure of the kind, that the question asks for."""
    return {
        "answer_first_three": best_of_three["answer"] if query.kind in ANSWER_SHAPES else UNKNOWN,
        "counted_first_three": best_of_three["counted"],
        "full_name_first_three": best_of_three["full_name"],
        "measure_first_three": best_of_three["measure"],
    }


def _slot_with_names(query: Query, candidates: CandidateFeatures, named: Flags) -> float:
    """How far one of the first three hits gives what is asked for, and holds the names, by itself or in its title.

    What the hits hold between them answers nothing: the names may stand in one and the figure in another.
    """
    if query.kind not in _SLOTS:
        return UNKNOWN
    slot = candidates.column(_SLOTS[query.kind])[:SHOWN]
    if candidates.column("asks_measure")[0]:
        slot = slot * candidates.column("measure")[:SHOWN]
    known = np.maximum(candidates.levels[:SHOWN], candidates.titles[:SHOWN])
    names = known[:, named].min(axis=1) if named.any() else 1.0
    return float((slot * names).max())


def _merits(merit: Floats) -> dict[str, float]:
    """The merit of the best, and how far others fall behind it."""
    behind = {name: merit[0] - merit[min(place, len(merit) - 1)] for name, place in _BEHIND.items()}
    return {"merit_best": merit[0], **behind, "merit_mean": merit[0] - merit[:LOOKED_AT].mean()}


def _first_three(candidates: CandidateFeatures, best_of_three: Mapping[str, float]) -> dict[str, float]:
    """The best that any of the first three hits reaches."""
    known = candidates.column("known")
    return {
        "known_first_three": best_of_three["known"],
        "known_best": known.max() - known[0],
        "near_pairs_best": best_of_three["near_pairs"],
        "answer_near_best": best_of_three["answer_near"],
        "voiced_first_three": best_of_three["voiced"],
        "names_around_first_three": best_of_three["names_around"],
        "ordered_pairs_first_three": best_of_three["ordered_pairs"],
        "ordinals_first_three": best_of_three["ordinals"],
    }


def _gap(scores: Floats, place: int) -> float:
    """How far the score at a place falls behind the best, as a share of it."""
    other = scores[place] if len(scores) > place else 0.0
    return float((scores[0] - other) / (scores[0] or 1.0))
