"""An index snapshot: a base segment, the delta since, and the scorer over both."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrieval.bm25.build_postings import TermFigures, build_postings
from retrieval.bm25.choice import ScorerName
from retrieval.bm25.max_score import MaxScoreScorer, PostingsPart
from retrieval.bm25.postings import Postings
from retrieval.bm25.scorer import Scorer
from retrieval.errors import ArticlesError
from retrieval.file_problems import FileProblem
from retrieval.index.acronym_lookup import AcronymLookup, long_form_dictionary
from retrieval.index.analysis import AnalysedArticle
from retrieval.index.article_store import ArticleStore
from retrieval.index.passages import PassageIndex
from retrieval.index.positions import GroupIndex, Positions, build_positions, most_in_one
from retrieval.index.segment import EMPTY, Pairs, Segment, Texts, build_segment
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.text.term_dictionary import TermDictionary


class BaseSegment(NamedTuple):
    """Articles with all that follows from them, never changed."""

    segment: Segment
    positions: Positions
    long_forms: TermDictionary  # the acronyms by their long forms
    postings: Postings | None  # None where MaxScore does not search
    mapped: MemoryMaps = MemoryMaps()  # the files that all this is mapped from, where it is


class Delta(NamedTuple):
    """The articles that came and went since a base segment; one whose text has changed did both."""

    more: Segment = EMPTY
    gone: Sequence[int] = ()  # by their numbers
    gone_pairs: Pairs = EMPTY.pairs  # their acronyms


class IndexAddress(NamedTuple):
    """The folder of an index in files, and a mark that no other index has, one made anew at the same place either."""

    place: Path
    mark: str


class SharedIndex(NamedTuple):
    """An index as other processes are told of it: the address of the base segment, and the delta."""

    address: IndexAddress
    delta: Delta


class IndexSnapshot(NamedTuple):
    """All arrays and lookups of a library."""

    passages: PassageIndex
    engine: Scorer
    contents: ArticleStore
    acronyms: AcronymLookup
    mapped: MemoryMaps  # the files that all this is mapped from, where it is
    shared: SharedIndex | None = None  # None where other processes find no such index


def build_base_segment(segment: Segment, engine: ScorerName) -> BaseSegment:
    """Work out all that follows from a segment, with postings where the scorer needs them."""
    positions = build_positions(segment)
    postings = None if engine is ScorerName.REFERENCE else group_postings(positions.terms, segment.terms)
    return BaseSegment(segment, positions, long_form_dictionary(segment.pairs), postings)


def check_quotable(passages: int) -> None:
    """Check that there is at least one passage.

    Raises:
        ArticlesError: There is none.
    """
    if not passages:
        raise ArticlesError(
            "No article holds a sentence that could be quoted: put texts into the articles folder.",
            FileProblem.NOTHING_QUOTABLE,
        )


def build_snapshot(articles: Sequence[AnalysedArticle], engine: ScorerName) -> IndexSnapshot:
    """Index analysed articles, in the order of file names.

    Raises:
        ArticlesError: There is no passage.
    """
    check_quotable(sum(len(each.passages) for each in articles))
    base = build_base_segment(build_segment(articles), engine)
    return reference_snapshot(base) if engine is ScorerName.REFERENCE else update_snapshot(base, Delta())


def update_snapshot(base: BaseSegment, delta: Delta) -> IndexSnapshot:
    """Put a base segment and a delta together, searched by MaxScore.

    Raises:
        ArticlesError: There is no passage.
    """
    index = _index(base, delta)
    terms, first = index.passages, len(base.segment.starts)
    later = [PostingsPart(first, group_postings(terms.grouped_more, terms.more))] if len(delta.more.starts) else []
    postings = base.postings or group_postings(base.positions.terms, base.segment.terms)
    return _snapshot(base, delta, index, MaxScoreScorer(index, [PostingsPart(0, postings), *later]))


def reference_snapshot(base: BaseSegment) -> IndexSnapshot:
    """Have a base segment, without a delta, searched by the reference scorer.

    Raises:
        ArticlesError: There is no passage.
    """
    from retrieval.bm25.reference import ReferenceScorer  # noqa: PLC0415 - rank-bm25 loads what starts processes

    index, texts = _index(base, Delta()), base.segment.terms
    words = list(texts.words)
    numbers = np.split(texts.numbers, np.cumsum(texts.lengths)[:-1])
    counts = [Counter(words[number] for number in passage.tolist()) for passage in numbers]
    return _snapshot(base, Delta(), index, ReferenceScorer(counts, index.passages))


def _index(base: BaseSegment, delta: Delta) -> PassageIndex:
    index = PassageIndex(base.segment, base.positions, delta.more, delta.gone)
    check_quotable(index.size)
    return index


def _snapshot(base: BaseSegment, delta: Delta, index: PassageIndex, engine: Scorer) -> IndexSnapshot:
    acronyms = AcronymLookup(base.segment.pairs, base.long_forms, delta.more.pairs, delta.gone_pairs)
    return IndexSnapshot(index, engine, ArticleStore(index, base.segment, delta.more), acronyms, base.mapped)


def group_postings(grouped: GroupIndex, texts: Texts) -> Postings:
    """Build the postings of texts whose tokens are grouped by term."""
    figures = TermFigures(grouped.bounds, grouped.holding, most_in_one(grouped))
    return build_postings(figures, texts.lengths, grouped.holders)
