"""Measures what is learnt from judged collections: `python -m retrieval.training.cross FOLDER[:WEIGHT[:SURE]] ...`.

Each collection is measured with what was learnt from other articles of all, and its order with what was learnt from
the other collections alone.
"""

import sys
from collections.abc import Sequence

import numpy as np

from retrieval.arrays import Floats
from retrieval.evaluation.measures import SUPPORTING, auroc
from retrieval.ranking.confidence import chance_of, shipped_odds
from retrieval.ranking.trees import Trees
from retrieval.training.fit import (
    FOLDS,
    ConfidenceExample,
    Examples,
    Ranking,
    fit_confidence,
    fit_quotes,
    fit_ranker,
    fold_of,
    judge,
    rankers_by_fold,
    read_examples,
)
from retrieval.training.question_variants import Style

THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55)
"""The confidences from which on a question counts as answered."""


def main(arguments: Sequence[str]) -> None:
    """Measure the collections named."""
    examples = read_examples(arguments)
    rankers = rankers_by_fold(examples)
    judged = [judge(each.collection, rankers) for each in examples]
    report_order(examples, rankers)
    report_confidence(examples, judged)


def report_order(examples: Sequence[Examples], rankers: Sequence[Trees]) -> None:
    """Print hit@1 and hit@3 of each collection by what other articles, and what other collections, have taught."""
    for each in examples:
        others = fit_ranker([other for other in examples if other is not each])
        plain = [ranking for ranking in each.rankings if ranking.style is Style.PLAIN]
        questions = len(each.collection.questions)
        by_articles = _hits(plain, [rankers[fold_of(ranking.file)] for ranking in plain], questions)
        by_collections = _hits(plain, [others] * len(plain), questions)
        print(f"{each.collection.name}: hit@1 / hit@3 by other articles {by_articles}, collections {by_collections}")


def _hits(rankings: Sequence[Ranking], rankers: Sequence[Trees], questions: int) -> str:
    """The share of questions with a right passage first, and among the first three."""
    pairs = zip(rankings, rankers, strict=True)
    ordered = [ranking.right[np.argsort(-ranker.predict(ranking.features), kind="stable")] for ranking, ranker in pairs]
    first, three = (sum(right[:count].any() for right in ordered) / questions for count in (1, SUPPORTING))
    return f"{first:.3f} / {three:.3f}"


def report_confidence(examples: Sequence[Examples], judged: Sequence[Sequence[ConfidenceExample]]) -> None:
    """Print how well the confidence that other articles have taught tells what is answered."""
    chances = [np.zeros(len(found)) for found in judged]
    for fold in range(FOLDS):
        others = [
            (each.collection.sure, [one for one in found if one.fold != fold])
            for each, found in zip(examples, judged, strict=True)
        ]
        whole, quotes = fit_confidence(others), fit_quotes(others)
        for found, chance in zip(judged, chances, strict=True):
            for row, one in enumerate(found):
                if one.fold == fold:
                    sure = chance_of(quotes.predict(one.quotes))
                    chance[row] = chance_of(shipped_odds(one.features, sure, whole))
    for each, found, chance in zip(examples, judged, chances, strict=True):
        plain = np.array([one.plain for one in found])
        print(f"{each.collection.name}: as asked {_outcomes(found, chance, plain)}")
        print(f"{each.collection.name}: made by rule {_outcomes(found, chance, ~plain)}")


def _outcomes(judged: Sequence[ConfidenceExample], chances: Floats, chosen: Floats) -> str:
    able = np.array([one.answerable for one in judged])[chosen]
    right = np.array([one.right for one in judged])[chosen]
    own = chances[chosen]
    area = auroc(own[able].tolist(), own[~able].tolist())
    parts = ["auroc -" if area is None else f"auroc {area:.3f}"]
    for least in THRESHOLDS:
        said = own >= least
        refused = f"{(~said[~able]).mean():.3f}" if (~able).any() else "-"
        parts.append(
            f"at {least}: answered {said[able].mean():.3f}, refused {refused}, wrong {(~right[said]).mean():.3f}"
        )
    return "; ".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
