"""The BM25 engine scores as rank-bm25 and as the textbook do, and finds only passages that share a term."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from retrieval.engines.okapi import DELTA, K1, B, OkapiEngine
from retrieval.index import Units
from retrieval.prepared import tokens

Corpus = list[list[str]]

WORDS = st.sampled_from("japan vietnam china osa ship deal".split())
CORPORA = st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=12)
QUESTIONS = st.lists(st.one_of(WORDS, st.just("unknown")), max_size=5, unique=True)


def engine_of(corpus: Corpus) -> OkapiEngine:
    return OkapiEngine([Counter(passage) for passage in corpus], Units([tokens(corpus)]).places)


def textbook(corpus: Corpus, question: list[str]) -> list[float]:
    """BM25+ of Lv and Zhai 2011; like rank-bm25, a passage gets delta for a term it lacks, as every passage does."""
    lengths = [len(passage) or 1 for passage in corpus]
    average = sum(lengths) / len(lengths)
    scores = []
    for passage, length in zip(corpus, lengths, strict=True):
        score = 0.0
        for term in question:
            holding = sum(term in other for other in corpus)
            if holding:
                frequency = passage.count(term)
                norm = K1 * (1 - B + B * length / average)
                score += math.log((len(corpus) + 1) / holding) * (DELTA + frequency * (K1 + 1) / (norm + frequency))
        scores.append(score)
    return scores


@given(CORPORA, QUESTIONS)
@settings(deadline=None, max_examples=200)
@example([["osa"]], ["osa"])
@example([[], ["osa"], []], ["osa", "unknown"])
def test_scores_are_those_of_rank_bm25(corpus: Corpus, question: list[str]) -> None:
    expected = BM25Plus([passage or [""] for passage in corpus], k1=K1, b=B, delta=DELTA).get_scores(question)
    for place, score in engine_of(corpus).search(dict.fromkeys(question, 1.0), len(corpus)):
        assert score == pytest.approx(expected[place])


@given(CORPORA, QUESTIONS)
@settings(deadline=None, max_examples=200)
def test_scores_are_those_of_the_textbook(corpus: Corpus, question: list[str]) -> None:
    expected = textbook(corpus, question)
    for place, score in engine_of(corpus).search(dict.fromkeys(question, 1.0), len(corpus)):
        assert score == pytest.approx(expected[place])


@given(CORPORA, QUESTIONS, st.integers(1, 15))
@settings(deadline=None, max_examples=200)
def test_hits_are_all_passages_that_share_a_term_best_first_ties_by_place(
    corpus: Corpus, question: list[str], k: int
) -> None:
    found = engine_of(corpus).search(dict.fromkeys(question, 1.0), k)
    sharing = [place for place, passage in enumerate(corpus) if set(passage) & set(question)]
    assert {place for place, _ in found} <= set(sharing)
    assert len(found) == min(k, len(sharing))
    assert found == sorted(found, key=lambda hit: (-hit.score, hit.place))


@given(CORPORA, QUESTIONS, st.integers(1, 15))
@settings(deadline=None)
def test_fewer_hits_are_the_first_of_more(corpus: Corpus, question: list[str], k: int) -> None:
    engine, terms = engine_of(corpus), dict.fromkeys(question, 1.0)
    assert engine.search(terms, k) == engine.search(terms, len(corpus))[:k]


@given(CORPORA, QUESTIONS, st.integers(1, 15), st.data())
@settings(deadline=None)
def test_only_passages_that_are_allowed_are_found_with_the_scores_they_have_among_all(
    corpus: Corpus, question: list[str], k: int, data: st.DataObject
) -> None:
    allowed = data.draw(st.lists(st.booleans(), min_size=len(corpus), max_size=len(corpus)))
    engine, terms = engine_of(corpus), dict.fromkeys(question, 1.0)
    left = [hit for hit in engine.search(terms, len(corpus)) if allowed[hit.place]]
    assert engine.search(terms, k, np.array(allowed)) == left[:k]


def test_the_same_passage_in_several_places_is_found_in_the_order_of_places() -> None:
    corpus = [["china"], *[["osa", "deal"]] * 40]
    assert [hit.place for hit in engine_of(corpus).search({"osa": 1.0}, 40)] == list(range(1, 41))


def test_one_passage_is_found_with_a_score_above_zero() -> None:
    (hit,) = engine_of([["osa", "deal"]]).search({"osa": 1.0}, 10)
    assert (hit.place, hit.score > 0) == (0, True)


def test_a_question_without_a_known_term_finds_nothing() -> None:
    engine = engine_of([["osa"], ["deal"]])
    assert [engine.search(dict.fromkeys(question, 1.0), 10) for question in ([], ["unknown"], [""])] == [[], [], []]


def test_passages_without_terms_are_never_found() -> None:
    assert engine_of([[], []]).search({"osa": 1.0}, 10) == []


def test_the_rarer_a_term_the_more_telling_and_an_unknown_one_is_the_most() -> None:
    engine = engine_of([["osa", "deal"], ["deal", "china"], ["deal"]])
    assert engine.idf("unknown") >= engine.idf("osa") > engine.idf("deal") > 0
