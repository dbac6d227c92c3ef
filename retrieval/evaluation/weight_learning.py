"""A desk's own weights, learnt from its judged questions and added to the shipped ones, which so few cannot replace.

Two small convex fits, both by Newton's method and drawn towards what is shipped: the order of a question's candidates
as a conditional logit (McFadden 1974), and the confidence as a line through the shipped log-odds (Platt 1999).
"""

import random
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from retrieval.evaluation.measures import JudgedQuestion, JudgedSpan, supports
from retrieval.index.passages import Flags, Floats
from retrieval.library import Library
from retrieval.models import Query
from retrieval.query.follow_ups import follow
from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.ranker import blend
from retrieval.ranking.trees import trained
from retrieval.ranking.tuning import FeatureWeight, Tuning, standardise

FIGURES = (
    "score_passage score_window score_paragraph score_article score_title score_bigrams coverage proximity answer_near"
    " names length"
).split()
"""The figures that are weighed anew: those whose worth differs most from one kind of article to another."""
DRAWN = 10.0
"""How strongly the weights of the figures are drawn to none: about as much as ten questions speak."""
DRAWN_CONFIDENCE = 5.0
FIXED = 1e9
"""What draws so strongly that nothing else speaks."""
FLATTEST = 0.1
SHARPNESS = 2.0
"""What the shipped score counts for before anything is learnt: one deviation makes a candidate e^2 times as likely."""
STEPS = 25
FOLDS = 5
SEED = 1


class CandidateSet(NamedTuple):
    """What there is to choose from: one row of figures a candidate, and which of them are right."""

    figures: Floats
    right: Flags


def retuned(library: Library, questions: Sequence[JudgedQuestion]) -> Tuning:
    """Learn from judged questions.

    Args:
        library: The articles, with the shipped weights alone.
        questions: The questions.

    Returns:
        What to add to the shipped weights; nothing where there is nothing to learn from.
    """
    ranker = _ranker(library, questions)
    tuned = Tuning(ranker=ranker)
    slope, intercept = _confidence(library.retuned(tuned), questions)
    return Tuning(ranker=ranker, slope=slope, intercept=intercept)


def folds(questions: Sequence[JudgedQuestion]) -> Iterator[tuple[list[JudgedQuestion], list[JudgedQuestion]]]:
    """Questions to learn from and the others to measure on, so often that each is measured once."""
    shuffled = list(questions)
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - not for secrets
    for number in range(FOLDS):
        held_out = shuffled[number::FOLDS]
        if held_out:
            yield [question for question in shuffled if question not in held_out], held_out


def _ranker(library: Library, questions: Sequence[JudgedQuestion]) -> tuple[FeatureWeight, ...]:
    choices = [choice for question in questions if (choice := _choice(library, question)) is not None]
    towards = np.array([SHARPNESS, *np.zeros(len(FIGURES))])
    sharpness, *weights = _fit(choices, towards, np.full(len(towards), DRAWN)).tolist()
    if sharpness <= 0:
        return ()
    rounded = [(name, round(weight / sharpness, 4)) for name, weight in zip(FIGURES, weights, strict=True)]
    return tuple(FeatureWeight(name=name, weight=weight) for name, weight in rounded if weight)


def _choice(library: Library, question: JudgedQuestion) -> CandidateSet | None:
    """A question's candidates; None where none of them, or all, are right, so that there is nothing to choose."""
    evidence = library.evidence(_read(library, question), None)
    ranker = trained("ranker")
    if evidence is None or ranker is None:
        return None
    right = _right(library, evidence, question)
    if right.all() or not right.any():
        return None
    shipped = blend(ranker.predict(evidence.figures), evidence.untrained)
    return CandidateSet(np.column_stack([shipped, standardise(evidence.figures, FIGURES)]), right)


def _confidence(library: Library, questions: Sequence[JudgedQuestion]) -> tuple[float, float]:
    """The slope and the intercept that make the log-odds of a library's confidence true."""
    choices, towards = list(_certainties(library, questions)), np.array([1.0, 0.0])
    slope, intercept = _fit(choices, towards, np.array([DRAWN_CONFIDENCE, DRAWN_CONFIDENCE])).tolist()
    if slope < FLATTEST:  # such as where nothing was ever right: more confidence may not come to mean less
        slope, intercept = _fit(choices, towards, np.array([FIXED, DRAWN_CONFIDENCE])).tolist()
    return round(slope, 4), round(intercept, 4)


def _certainties(library: Library, questions: Sequence[JudgedQuestion]) -> Iterator[CandidateSet]:
    """For each question the choice between 'one of the first three is right', with its log-odds, and 'none is'."""
    sure = trained("confidence")
    for question in questions:
        query = _read(library, question)
        evidence = library.ranked(query)
        if evidence is not None and sure is not None:
            odds = float(sure.predict(library.confidence_figures(query, evidence)[None, :])[0])
            is_right = bool(_right(library, evidence, question)[:3].any())
            yield CandidateSet(np.array([[odds, 1.0], [0.0, 0.0]]), np.array([is_right, not is_right]))


def _fit(choices: Sequence[CandidateSet], towards: Floats, drawn: Floats) -> Floats:
    """The weights under which the right candidates are likeliest, drawn towards some values."""
    weights = towards.copy()
    for _ in range(STEPS):
        slope, curve = -drawn * (weights - towards), np.diag(drawn)
        for choice in choices:
            chances = _chances(choice.figures @ weights)
            expected = chances @ choice.figures
            slope += choice.figures[choice.right].mean(axis=0) - expected
            curve += (choice.figures * chances[:, None]).T @ choice.figures - np.outer(expected, expected)
        step = np.linalg.solve(curve, slope)
        weights = weights + step / max(1.0, float(np.abs(step).max()))
    return weights


def _chances(scores: Floats) -> Floats:
    likely = np.exp(scores - scores.max())
    chances: Floats = likely / likely.sum()
    return chances


def _read(library: Library, question: JudgedQuestion) -> Query:
    query = reduce(follow, map(library.read, [*question.earlier, question.question]))
    return library.restricted(query, question.collections)


def _right(library: Library, evidence: CandidateFeatures, question: JudgedQuestion) -> Flags:
    """Which candidates support an answer."""
    found = [library.passages[place] for place in evidence.places.tolist()]
    hits = [JudgedSpan(file=p.file, start=p.start, end=p.end) for p in found]
    return np.array([any(supports(hit, span) for span in question.support) for hit in hits], dtype=bool)
