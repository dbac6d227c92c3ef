"""A desk may have weights of its own: read from its folder they answer its questions, and are on record with them."""

from pathlib import Path

import pytest

from bot.settings import read_settings
from retrieval.index.analysis import analyse
from retrieval.library import Library
from retrieval.models import Value
from retrieval.ranking.tuning import FILE, FeatureWeight, Tuning
from storage.record.exchanges import ExchangeLog
from tests.support.desk import policydesk
from tests.support.osa import QUESTION


def tuned(seeds: Library, tuning: Tuning) -> Library:
    """The five articles, gone through with other weights."""
    return Library.from_analysis([analyse(article) for article in seeds.articles], tuning=tuning)


def write_tuning(tuning: Value) -> Path:
    """Put weights where the desk looks for them."""
    folder = read_settings().weights
    folder.mkdir()
    (folder / FILE).write_text(tuning.model_dump_json(), encoding="utf-8")
    return folder / FILE


def test_a_tuning_that_says_nothing_changes_no_figure_and_no_mark(seeds: Library) -> None:
    again = tuned(seeds, Tuning())
    query = seeds.read(QUESTION)
    assert again.search(query, 10) == seeds.search(query, 10)
    assert (again.weights, len(again.weights)) == (seeds.weights, 12)


def test_a_figure_of_great_weight_decides_the_order_and_the_slope_the_confidence(seeds: Library) -> None:
    query = seeds.read(QUESTION)
    plain = seeds.search(query, 10)
    short = tuned(seeds, Tuning(ranker=(FeatureWeight(name="length", weight=-100.0),), intercept=-50.0)).search(
        query, 10
    )
    lengths = [len(hit.passage.text) for hit in short.hits]
    assert lengths[0] < len(plain.hits[0].passage.text)
    assert sum(lengths[:3]) < sum(lengths[-3:])
    assert short.confidence < 1e-9 < plain.confidence


def test_every_exchange_holds_the_mark_of_the_weights_that_answered(log: ExchangeLog, seeds: Library) -> None:
    policydesk("ask", QUESTION)
    write_tuning(Tuning(intercept=-9.0))
    assert policydesk("ask", QUESTION).returncode == 1
    tuned_, plain = log.history()
    assert (plain.weights, plain.outcome) == (seeds.weights, "answered")
    assert (tuned_.weights, tuned_.outcome) == (Tuning(intercept=-9.0).mark, "abstained")
    assert tuned_.weights != plain.weights


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no weights"),
        (b"{", "holds no weights"),
        (b'{"slope": 0}', "holds no weights"),
        (b'{"intercept": NaN}', "holds no weights"),
        (b'{"intercept": Infinity}', "holds no weights"),
        (b'{"ranker": [{"name": "length", "weight": Infinity}]}', "holds no weights"),
        (b'{"mood": 1}', "holds no weights"),
        (b'{"ranker": [{"name": "mood", "weight": 1}]}', "weighs mood, which this version does not know"),
    ],
)
def test_weights_that_cannot_be_read_are_one_clear_line_and_nothing_is_answered(content: bytes, said: str) -> None:
    write_tuning(Tuning()).write_bytes(content)
    ended = policydesk("ask", QUESTION)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert said in ended.stderr
    assert "remove it" in ended.stderr
