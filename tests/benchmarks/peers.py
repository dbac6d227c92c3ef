"""The engines measured beside each other: each indexes passages of numbered terms and finds the best for a question.

All see the same terms, as words `t17`, so that no tokenizer comes between. Those that can compute BM25+ are given its
parameters of policydesk; PISA, tantivy and FTS5 compute their own BM25, so only their speed is compared.
"""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from rank_bm25 import BM25Plus

from retrieval.bm25.choice import ScorerName
from retrieval.bm25.parameters import DELTA, K1, B
from tests.support.corpora import Units

Question = list[str]
Search = Callable[[Question, int], list[float]]
"""Gives the scores of the best passages for a question, best first."""


class Peer(NamedTuple):
    """An engine.

    Attributes:
        name: What it is called.
        build: Indexes passages.
        needs: The package it needs.
        is_same: Whether its scores are to be those of rank-bm25.
    """

    name: str
    build: Callable[[Units], Search]
    needs: str
    is_same: bool


class Figures(NamedTuple):
    """What an engine did at one size: seconds, megabytes, milliseconds."""

    name: str
    passages: int
    indexing: float
    memory: float
    p50: float
    p95: float
    p99: float
    exact: str


def _max_score(units: Units) -> Search:
    engine = units.engine(ScorerName.MAX_SCORE)
    return lambda question, k: [hit.score for hit in engine.search(dict.fromkeys(question, 1.0), k)]


def _reference(units: Units) -> Search:
    engine = units.engine(ScorerName.REFERENCE)
    return lambda question, k: [hit.score for hit in engine.search(dict.fromkeys(question, 1.0), k)]


def _rank_bm25(units: Units) -> Search:
    engine = BM25Plus([passage or [""] for passage in units], k1=K1, b=B, delta=DELTA)

    def search(question: Question, k: int) -> list[float]:
        scores = engine.get_scores(question)
        return [float(score) for score in np.sort(scores[np.argpartition(scores, -k)[-k:]])[::-1]]

    return search


def _bm25s(units: Units) -> Search:
    import bm25s  # noqa: PLC0415 - only where it is measured

    engine = bm25s.BM25(method="bm25+", k1=K1, b=B, delta=DELTA, backend="numba")
    numbers = [units.tokens[a:b].tolist() for a, b in zip(units.starts, units.starts[1:], strict=False)]
    engine.index((numbers, {str(number): number for number in units.vocabulary.values()}), show_progress=False)

    def search(question: Question, k: int) -> list[float]:
        asked = [[units.vocabulary[term] for term in question]]
        return [float(s) for s in engine.retrieve(asked, k=k, show_progress=False, n_threads=1).scores[0]]

    return search


def _tantivy(units: Units) -> Search:
    import tantivy  # noqa: PLC0415

    schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="whitespace", index_option="freq").build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    for passage in units:
        writer.add_document(tantivy.Document(text=" ".join(passage)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(question: Question, k: int) -> list[float]:
        terms = [tantivy.Query.term_query(schema, "text", term, index_option="freq") for term in question]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [score for score, _ in searcher.search(asked, k, count=False).hits]

    return search


def _pisa(units: Units) -> Search:
    # pyterrier_pisa's own entry point is a table of questions, which costs more than the search; the compiled part is
    # called directly, with what that would hand over.
    from pyterrier_pisa import PisaIndex, _pisathon  # noqa: PLC0415

    folder = tempfile.mkdtemp(prefix="pisa")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    texts = ({"docno": str(number), "text": " ".join(p)} for number, p in enumerate(units))
    # one batch: with a second one its indexing waits for itself for ever
    batch = len(units) + 1
    index = PisaIndex(folder, "text", stemmer="none", stops="none", batch_size=batch, overwrite=True).index(texts)
    retriever = PisaIndex(folder, stemmer="none", stops="none").bm25(k1=K1, b=B, query_algorithm="maxscore")
    prepared = retriever._ctxt
    assert len(index) == len(units)

    def search(question: Question, k: int) -> list[float]:
        rows, ranks = np.empty(k, dtype=np.int32), np.empty(k, dtype=np.int32)
        names, scores = np.empty(k, dtype=object), np.empty(k, dtype=np.float32)
        count = _pisathon.retrieve(
            prepared, "maxscore", [(0, " ".join(question))], k=k, threads=1, query_weighted=0, pretokenised=False,
            result_qidxs=rows, result_docnos=names, result_ranks=ranks, result_scores=scores,
        )  # fmt: skip
        found: list[float] = scores[:count].tolist()
        return found

    return search


def _fts5(units: Units) -> Search:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table passages using fts5(text, content='', columnsize=1)")
    database.executemany("insert into passages(text) values (?)", ((" ".join(p),) for p in units))
    database.execute("insert into passages(passages) values ('optimize')")
    best = "select rank from passages where passages match ? order by rank limit ?"
    return lambda question, k: [-rank for (rank,) in database.execute(best, (" OR ".join(question), k))]


PEERS: Sequence[Peer] = tuple(
    peer
    for peer in (
        Peer("max-score", _max_score, "numba", is_same=True),
        Peer("reference", _reference, "rank_bm25", is_same=True),
        Peer("bm25s (Numba)", _bm25s, "bm25s", is_same=True),
        Peer("PISA MaxScore", _pisa, "pyterrier_pisa", is_same=False),
        Peer("tantivy", _tantivy, "tantivy", is_same=False),
        Peer("SQLite FTS5", _fts5, "sqlite3", is_same=False),
        Peer("rank-bm25", _rank_bm25, "rank_bm25", is_same=True),
    )
    if find_spec(peer.needs)
)
