"""A desk's own weights, learnt from its judged questions and added to the shipped ones, which so few cannot replace.

Two small convex fits, both by Newton's method and drawn towards the shipped weights: the order of a question's
candidates as a conditional logit (McFadden 1974), and the confidence as a line through the shipped log-odds (Platt
1999).
"""

import random
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Flags, Floats
from retrieval.evaluation.judged_questions import JudgedQuestion, JudgedSpan
from retrieval.library import Library
from retrieval.models import Query
from retrieval.query.follow_ups import follow
from retrieval.ranking.tuning import FeatureWeight, Tuning, standardise

FEATURES = (
    "score_passage score_window score_paragraph score_article score_title score_bigrams coverage proximity answer_near"
    " names length"
).split()
"""The features that are weighed anew: those whose worth differs most from one kind of article to another."""
DRAWN = 10.0
"""How strongly the weights of the features are drawn to none: about as much as ten questions speak."""
DRAWN_CONFIDENCE = 5.0
FIXED = 1e9
"""A draw so strong that nothing else speaks."""
FLATTEST = 0.1
SHARPNESS = 2.0
"""The weight of the shipped score before anything is learnt: one deviation makes a candidate e^2 times as likely."""
STEPS = 25
FOLDS = 5
SEED = 1


class CandidateSet(NamedTuple):
    """A choice between candidates: a row of features for each, and which of them are right."""

    features: Floats
    right: Flags


def learn_tuning(library: Library, questions: Sequence[JudgedQuestion]) -> Tuning:
    """Learn weights from judged questions over a library with the shipped ones; none without questions."""
    tuning = Tuning(ranker=_learn_ranker(library, questions))
    slope, intercept = _learn_confidence(library.with_tuning(tuning), questions)
    return tuning.model_copy(update={"slope": slope, "intercept": intercept})


def folds(questions: Sequence[JudgedQuestion]) -> Iterator[tuple[list[JudgedQuestion], list[JudgedQuestion]]]:
    """Yield questions to learn from and the others to measure on, so often that each is measured once."""
    shuffled = list(questions)
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - not for secrets
    for number in range(FOLDS):
        held_out = shuffled[number::FOLDS]
        if held_out:
            yield [question for question in shuffled if question not in held_out], held_out


def _learn_ranker(library: Library, questions: Sequence[JudgedQuestion]) -> tuple[FeatureWeight, ...]:
    sets = [candidates for question in questions if (candidates := _candidate_set(library, question)) is not None]
    towards = np.array([SHARPNESS, *np.zeros(len(FEATURES))])
    sharpness, *weights = _fit(sets, towards, np.full(len(towards), DRAWN)).tolist()
    if sharpness <= 0:
        return ()
    rounded = [(name, round(weight / sharpness, 4)) for name, weight in zip(FEATURES, weights, strict=True)]
    return tuple(FeatureWeight(name=name, weight=weight) for name, weight in rounded if weight)


def _candidate_set(library: Library, question: JudgedQuestion) -> CandidateSet | None:
    """A question's candidates; None where none of them, or all, are right, so that there is nothing to choose."""
    query = _read_question(library, question)
    candidates, ranker = library.ranking.candidates(query, None), library.ranking.ranker(query)
    if candidates is None or ranker is None:
        return None
    right = supporting(library, candidates.places.tolist(), question)
    if right.all() or not right.any():
        return None
    merit = ranker.predict(candidates.values)
    shipped = merit / (merit.std() or 1.0)
    return CandidateSet(np.column_stack([shipped, standardise(candidates.values, FEATURES)]), right)


def _learn_confidence(library: Library, questions: Sequence[JudgedQuestion]) -> tuple[float, float]:
    """The slope and the intercept that make the log-odds of a library's confidence true."""
    sets, towards = list(_confidence_sets(library, questions)), np.array([1.0, 0.0])
    slope, intercept = _fit(sets, towards, np.array([DRAWN_CONFIDENCE, DRAWN_CONFIDENCE])).tolist()
    if slope < FLATTEST:  # such as where nothing was ever right: more confidence may not come to mean less
        slope, intercept = _fit(sets, towards, np.array([FIXED, DRAWN_CONFIDENCE])).tolist()
    return round(slope, 4), round(intercept, 4)


def _confidence_sets(library: Library, questions: Sequence[JudgedQuestion]) -> Iterator[CandidateSet]:
    """For each question the choice between 'one of the first three is right', with its log-odds, and 'none is'."""
    for question in questions:
        query = _read_question(library, question)
        candidates = library.ranking.ranked_candidates(query)
        if candidates is not None:
            odds = library.ranking.shipped_odds(query, candidates)
            is_right = bool(supporting(library, candidates.places[:3].tolist(), question).any())
            yield CandidateSet(np.array([[odds, 1.0], [0.0, 0.0]]), np.array([is_right, not is_right]))


def _fit(sets: Sequence[CandidateSet], towards: Floats, strength: Floats) -> Floats:
    """The weights under which the right candidates are likeliest, drawn towards values with a strength each."""
    weights = towards.copy()
    for _ in range(STEPS):
        slope, curve = -strength * (weights - towards), np.diag(strength)
        for features, right in sets:
            chances = _softmax(features @ weights)
            expected = chances @ features
            slope += features[right].mean(axis=0) - expected
            curve += (features * chances[:, None]).T @ features - np.outer(expected, expected)
        step = np.linalg.solve(curve, slope)
        weights = weights + step / max(1.0, float(np.abs(step).max()))
    return weights


def _softmax(scores: Floats) -> Floats:
    likely = np.exp(scores - scores.max())
    chances: Floats = likely / likely.sum()
    return chances


def _read_question(library: Library, question: JudgedQuestion) -> Query:
    query = reduce(follow, map(library.read, [*question.earlier, question.question]))
    return library.reader.restrict(query, question.collections)


def supporting(library: Library, places: Sequence[int], question: JudgedQuestion) -> Flags:
    """Return which of the passages at places support an answer."""
    passages = map(library.passage, places)
    hits = [JudgedSpan(file=p.file, start=p.start, end=p.end) for p in passages]
    return np.array(list(map(question.supported_by, hits)), dtype=bool)
