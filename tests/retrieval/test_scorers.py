"""The BM25 engines score as rank-bm25 and as the textbook do, and find only passages that share a term."""

import math
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from retrieval.bm25.choice import ScorerName
from retrieval.bm25.jit_warm_up import AT_ONCE, JitWarmUp
from retrieval.bm25.max_score import MaxScoreScorer
from retrieval.bm25.parameters import DELTA, K1, B
from retrieval.bm25.scorer import Scorer
from retrieval.library import Library
from retrieval.text.token_ids import token_ids
from tests.support.corpora import Units
from tests.support.desk import policydesk

ROOT = Path(__file__).parents[2]

Corpus = list[list[str]]

WORDS = st.sampled_from("japan vietnam china osa ship deal".split())
CORPORA = st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=12)
QUESTIONS = st.lists(st.one_of(WORDS, st.just("unknown")), max_size=5, unique=True)


EngineOf = Callable[[Corpus], Scorer]


def made(name: ScorerName, corpus: Corpus) -> Scorer:
    return Units([token_ids(corpus)]).engine(name)


@pytest.fixture(scope="module", params=[ScorerName.REFERENCE, ScorerName.MAX_SCORE])
def engine_of(request: pytest.FixtureRequest) -> EngineOf:
    """Each engine in turn."""
    if request.param is ScorerName.MAX_SCORE:
        pytest.importorskip("numba")
    return partial(made, request.param)


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
@example([["osa"]], ["osa"])
@example([[], ["osa"], []], ["osa", "unknown"])
def test_scores_are_those_of_rank_bm25(engine_of: EngineOf, corpus: Corpus, question: list[str]) -> None:
    expected = BM25Plus([passage or [""] for passage in corpus], k1=K1, b=B, delta=DELTA).get_scores(question)
    for place, score in engine_of(corpus).search(dict.fromkeys(question, 1.0), len(corpus)):
        assert score == pytest.approx(expected[place])


@given(CORPORA, QUESTIONS)
def test_scores_are_those_of_the_textbook(engine_of: EngineOf, corpus: Corpus, question: list[str]) -> None:
    expected = textbook(corpus, question)
    for place, score in engine_of(corpus).search(dict.fromkeys(question, 1.0), len(corpus)):
        assert score == pytest.approx(expected[place])


@given(CORPORA, QUESTIONS, st.integers(1, 15))
def test_hits_are_all_passages_that_share_a_term_best_first_ties_by_place(
    engine_of: EngineOf, corpus: Corpus, question: list[str], k: int
) -> None:
    found = engine_of(corpus).search(dict.fromkeys(question, 1.0), k)
    sharing = [place for place, passage in enumerate(corpus) if set(passage) & set(question)]
    assert {place for place, _ in found} <= set(sharing)
    assert len(found) == min(k, len(sharing))
    assert found == sorted(found, key=lambda hit: (-hit.score, hit.place))


@given(CORPORA, QUESTIONS, st.integers(1, 15))
def test_fewer_hits_are_the_first_of_more(engine_of: EngineOf, corpus: Corpus, question: list[str], k: int) -> None:
    engine, terms = engine_of(corpus), dict.fromkeys(question, 1.0)
    assert engine.search(terms, k) == engine.search(terms, len(corpus))[:k]


@given(CORPORA, QUESTIONS, st.integers(1, 15), st.data())
def test_only_passages_that_are_allowed_are_found_with_the_scores_they_have_among_all(
    engine_of: EngineOf, corpus: Corpus, question: list[str], k: int, data: st.DataObject
) -> None:
    allowed = data.draw(st.lists(st.booleans(), min_size=len(corpus), max_size=len(corpus)))
    engine, terms = engine_of(corpus), dict.fromkeys(question, 1.0)
    left = [hit for hit in engine.search(terms, len(corpus)) if allowed[hit.place]]
    assert engine.search(terms, k, np.array(allowed)) == left[:k]


def test_the_same_passage_in_several_places_is_found_in_the_order_of_places(engine_of: EngineOf) -> None:
    corpus = [["china"], *[["osa", "deal"]] * 40]
    assert [hit.place for hit in engine_of(corpus).search({"osa": 1.0}, 40)] == list(range(1, 41))


def test_one_passage_is_found_with_a_score_above_zero(engine_of: EngineOf) -> None:
    (hit,) = engine_of([["osa", "deal"]]).search({"osa": 1.0}, 10)
    assert (hit.place, hit.score > 0) == (0, True)


def test_a_question_without_a_known_term_finds_nothing(engine_of: EngineOf) -> None:
    engine = engine_of([["osa"], ["deal"]])
    assert [engine.search(dict.fromkeys(question, 1.0), 10) for question in ([], ["unknown"], [""])] == [[], [], []]


def test_passages_without_terms_are_never_found(engine_of: EngineOf) -> None:
    assert engine_of([[], []]).search({"osa": 1.0}, 10) == []


def test_the_rarer_a_term_the_more_telling_and_an_unknown_one_is_the_most(engine_of: EngineOf) -> None:
    engine = engine_of([["osa", "deal"], ["deal", "china"], ["deal"]])
    assert engine.idf("unknown") >= engine.idf("osa") > engine.idf("deal") > 0


# --- MaxScore beside the reference


@pytest.fixture(scope="module")
def large() -> tuple[Scorer, Scorer, Scorer]:
    """Both engines, and MaxScore without machine code, over 30,000 passages.

    So many that terms have lists by bucket, rows and more postings than are seeds.
    """
    pytest.importorskip("numba")
    draw = random.Random(1)
    words = [f"w{number}" for number in range(300)]
    shares = [1 / number for number in range(1, 301)]
    corpus = [draw.choices(words, shares, k=draw.randint(0, 25)) for _ in range(30_000)]
    return (
        made(ScorerName.REFERENCE, corpus),
        made(ScorerName.MAX_SCORE, corpus),
        Units([token_ids(corpus)]).max_score(),
    )


@given(CORPORA, st.dictionaries(WORDS, st.sampled_from((1.0, 0.9, 0.45, 1 / 3)), max_size=6), st.integers(1, 15))
def test_both_engines_find_the_same_with_the_same_scores_to_the_last_bit(
    corpus: Corpus, terms: dict[str, float], k: int
) -> None:
    pytest.importorskip("numba")
    reference, max_score = made(ScorerName.REFERENCE, corpus), made(ScorerName.MAX_SCORE, corpus)
    assert (
        max_score.search(terms, k)
        == Units([token_ids(corpus)]).max_score().search(terms, k)
        == reference.search(terms, k)
    )
    assert [max_score.idf(term) for term in terms] == [reference.idf(term) for term in terms]


@given(st.randoms(use_true_random=False), st.integers(1, 40), st.sampled_from((1, 10, 100, 2_000)), st.booleans())
def test_both_engines_find_the_same_in_a_large_library(
    large: tuple[Scorer, Scorer, Scorer], draw: random.Random, count: int, k: int, is_filtered: bool
) -> None:
    """Questions of rare and common terms, up to very long ones, with and without filters."""
    reference, *both = large
    shares = [1 / number for number in range(1, 301)] if draw.random() < 0.5 else None
    chosen = draw.choices(range(300), shares, k=count)
    terms = {f"w{number}": draw.choice((1.0, 1.0, 0.9, 0.4, 0.05)) for number in chosen}
    allowed = np.random.default_rng(count).random(30_000) < draw.choice((0.001, 0.3)) if is_filtered else None
    expected = reference.search(terms, k, allowed)
    assert [max_score.search(terms, k, allowed) for max_score in both] == [expected, expected]


def test_machine_code_is_loaded_beside_who_asks_on_and_not_for_a_single_question() -> None:
    pytest.importorskip("numba")
    corpus = [["osa", "deal"], ["deal", "china"], ["deal"]]
    search = JitWarmUp(least=0)
    engine, expected = (
        Units([token_ids(corpus)]).max_score(search),
        made(ScorerName.REFERENCE, corpus).search({"osa": 1.0}, 3),
    )
    for number in range(AT_ONCE + 2):
        assert (search.loading is not None) == (number > AT_ONCE)
        assert engine.search({"osa": 1.0}, 3) == expected
    assert search.loading is not None
    search.loading.join()
    assert search.is_ready
    assert engine.search({"osa": 1.0}, 3) == expected


def test_threads_search_by_max_score_at_the_same_time(large: tuple[Scorer, Scorer, Scorer]) -> None:
    _, max_score, _ = large
    questions = [{f"w{first}": 1.0, f"w{first // 7}": 0.5, "w1": 1.0} for first in range(200)]
    expected = [max_score.search(question, 50) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda question: max_score.search(question, 50), questions)) == expected


# --- which engine


def test_small_and_large_libraries_are_searched_by_max_score_with_numba_and_without(
    monkeypatch: pytest.MonkeyPatch, seeds: Library
) -> None:
    assert isinstance(seeds.snapshot.engine, MaxScoreScorer)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert isinstance(Library.open(ROOT / "seeds").snapshot.engine, MaxScoreScorer)


def test_the_loops_over_postings_run_without_numba_and_say_the_same() -> None:
    """In a process of its own, which never sees Numba; a word said a thousand times is counted a thousand times."""
    script = (
        "import sys; sys.modules['numba'] = None\n"
        "from tests.retrieval.test_scorers import made, ScorerName\n"
        "mixed = [['osa', 'fiji'], ['osa', 'osa', 'palau'], ['palau']] * 50\n"
        "often = [['osa'] * 1_000, ['osa'] * 300, *[['osa', 'palau']] * 20]\n"
        "for corpus, k in ((mixed, 9), (often, 22)):\n"
        "    asked = {'osa': 1, 'palau': 0.5}\n"
        "    one, other = (made(name, corpus).search(asked, k) for name in ('reference', 'max-score'))\n"
        "    assert one == other and one, (one, other)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


@pytest.mark.parametrize("names", [("reference", "max-score"), ("okapi", "bucketed")])
def test_the_answer_is_the_same_by_either_engine_and_its_former_name_is_told(names: tuple[str, str]) -> None:
    pytest.importorskip("numba")
    question = "Who chairs the Japan-Vietnam Parliamentary Friendship Union?"
    reference, max_score = (policydesk("ask", question, "--json", POLICYDESK_ENGINE=name) for name in names)
    assert (reference.returncode, reference.stdout) == (max_score.returncode, max_score.stdout)
    assert reference.returncode == 0
    is_told = "POLICYDESK_ENGINE=bucketed is called max-score by now." in max_score.stderr
    assert is_told == (names[1] == "bucketed")
