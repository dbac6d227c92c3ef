"""All that a library is made of: the articles that were there from the beginning, what has changed since, an engine."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from retrieval.bm25.choice import ScorerName, choose_scorer
from retrieval.bm25.max_score import MaxScoreScorer, PostingsPart
from retrieval.bm25.postings import Postings, TermUnits, make_postings
from retrieval.bm25.reference import ReferenceScorer
from retrieval.bm25.scorer import Scorer
from retrieval.errors import ArticlesError
from retrieval.file_problems import FileProblem
from retrieval.index.acronym_lookup import AcronymLookup, spelt_out_of
from retrieval.index.analysis import AnalysedArticle
from retrieval.index.article_store import ArticleStore
from retrieval.index.passages import PassageIndex
from retrieval.index.positions import Positions, build_positions
from retrieval.index.segment import EMPTY, Pairs, Segment, Texts, segment_of
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.text.term_dictionary import TermDictionary


class BaseSegment(NamedTuple):
    """The articles that were there from the beginning, with all that follows from them.

    Attributes:
        segment: The articles.
        layout: What follows from them.
        spelt_out: Their acronyms by their long forms.
        postings: What the bucketed engine searches; None where it does not.
        mapped: The files that all this is mapped from, where it is.
    """

    segment: Segment
    layout: Positions
    spelt_out: TermDictionary
    postings: Postings | None
    mapped: MemoryMaps = MemoryMaps()


class Delta(NamedTuple):
    """What has become of the articles since.

    Attributes:
        more: Those that came, the new texts of changed ones too.
        gone: The numbers of those that went, the old texts of changed ones too.
        gone_pairs: The acronyms of these.
    """

    more: Segment = EMPTY
    gone: Sequence[int] = ()
    gone_pairs: Pairs = EMPTY.pairs


class IndexAddress(NamedTuple):
    """Where an index in files is.

    Attributes:
        place: Its folder.
        mark: What tells it from any other, one made anew at the same place too.
    """

    place: Path
    mark: str


class SharedIndex(NamedTuple):
    """Where other processes find the same articles.

    Attributes:
        address: The index of those that were there from the beginning.
        changed: What has become of them since.
    """

    address: IndexAddress
    changed: Delta


class IndexSnapshot(NamedTuple):
    """What a library is made of.

    Attributes:
        passages: Its passages.
        engine: What scores them.
        contents: Their texts.
        acronyms: The acronyms of the articles.
        mapped: The files that all this is mapped from, where it is.
        kept: Where other processes find the same; None where they do not.
    """

    passages: PassageIndex
    engine: Scorer
    contents: ArticleStore
    acronyms: AcronymLookup
    mapped: MemoryMaps
    kept: SharedIndex | None = None


def build_base_segment(segment: Segment, engine: ScorerName) -> BaseSegment:
    """Work out all that follows from some articles.

    Args:
        segment: The articles.
        engine: What is to search them.
    """
    postings = _postings(segment.terms, len(segment.terms.words)) if engine is ScorerName.BUCKETED else None
    return BaseSegment(segment, build_positions(segment), spelt_out_of(segment.pairs), postings)


def check_quotable(passages: int) -> None:
    """Check that there is something to quote.

    Args:
        passages: How many passages there are.

    Raises:
        ArticlesError: There is none.
    """
    if not passages:
        raise ArticlesError(
            "No article holds a sentence that could be quoted: put texts into the articles folder.",
            FileProblem.NOTHING_QUOTABLE,
        )


def build_snapshot(prepared: Sequence[AnalysedArticle], engine: ScorerName) -> IndexSnapshot:
    """Index articles.

    Args:
        prepared: The articles, in the order of file names.
        engine: What is to search them.

    Raises:
        ArticlesError: There is no passage.
        EngineError: The engine cannot be used.
    """
    passages = sum(len(each.passages) for each in prepared)
    check_quotable(passages)
    name = choose_scorer(engine, passages)
    base = build_base_segment(segment_of(prepared), name)
    if name is ScorerName.BUCKETED:
        return update_snapshot(base, Delta())
    index = _index(base, Delta())
    counted = [dict(Counter(words)) for each in prepared for words in each.terms.texts()]
    return _stock(base, Delta(), index, ReferenceScorer(counted, index.passages.places))


def update_snapshot(base: BaseSegment, changed: Delta) -> IndexSnapshot:
    """What is there now, for the bucketed engine.

    Args:
        base: The articles that were there from the beginning, with postings.
        changed: What has become of them since.

    Raises:
        ArticlesError: There is no passage.
    """
    index = _index(base, changed)
    terms, first = index.passages, len(base.segment.starts)
    later = [PostingsPart(first, _postings(terms.more, terms.vocabulary.size))] if len(changed.more.starts) else []
    postings = base.postings or _postings(base.segment.terms, len(base.segment.terms.words))
    return _stock(base, changed, index, MaxScoreScorer(index, [PostingsPart(0, postings), *later]))


def _index(base: BaseSegment, changed: Delta) -> PassageIndex:
    index = PassageIndex(base.segment, base.layout, changed.more, changed.gone)
    check_quotable(index.size)
    return index


def _stock(base: BaseSegment, changed: Delta, index: PassageIndex, engine: Scorer) -> IndexSnapshot:
    acronyms = AcronymLookup(base.segment.pairs, base.spelt_out, changed.more.pairs, changed.gone_pairs)
    return IndexSnapshot(index, engine, ArticleStore(index, base.segment, changed.more), acronyms, base.mapped)


def _postings(texts: Texts, terms: int) -> Postings:
    return make_postings(TermUnits(terms, texts.numbers, texts.lengths))
