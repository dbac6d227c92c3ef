"""All that a library is made of: the articles that were there from the beginning, what has changed since, an engine."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from retrieval.bm25.choice import EngineName, choose_engine
from retrieval.bm25.max_score import BucketedEngine, Part
from retrieval.bm25.postings import Postings, TermUnits, make_postings
from retrieval.bm25.reference import OkapiEngine
from retrieval.bm25.scorer import Engine
from retrieval.errors import ArticlesError
from retrieval.file_problems import Flaw
from retrieval.index.acronym_lookup import Acronyms, spelt_out_of
from retrieval.index.article_store import Contents
from retrieval.index.passages import PassageIndex
from retrieval.index.positions import Layout, lay_out
from retrieval.index.segment import EMPTY, Pairs, Segment, Texts, segment_of
from retrieval.indexer.memory_maps import Mapped
from retrieval.text.analysis import PreparedArticle
from retrieval.text.term_dictionary import WordList


class Base(NamedTuple):
    """The articles that were there from the beginning, with all that follows from them.

    Attributes:
        segment: The articles.
        layout: What follows from them.
        spelt_out: Their acronyms by their long forms.
        postings: What the bucketed engine searches; None where it does not.
        mapped: The files that all this is mapped from, where it is.
    """

    segment: Segment
    layout: Layout
    spelt_out: WordList
    postings: Postings | None
    mapped: Mapped = Mapped()


class Changed(NamedTuple):
    """What has become of the articles since.

    Attributes:
        more: Those that came, the new texts of changed ones too.
        gone: The numbers of those that went, the old texts of changed ones too.
        gone_pairs: The acronyms of these.
    """

    more: Segment = EMPTY
    gone: Sequence[int] = ()
    gone_pairs: Pairs = EMPTY.pairs


class Address(NamedTuple):
    """Where an index in files is.

    Attributes:
        place: Its folder.
        mark: What tells it from any other, one made anew at the same place too.
    """

    place: Path
    mark: str


class Kept(NamedTuple):
    """Where other processes find the same articles.

    Attributes:
        address: The index of those that were there from the beginning.
        changed: What has become of them since.
    """

    address: Address
    changed: Changed


class Stock(NamedTuple):
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
    engine: Engine
    contents: Contents
    acronyms: Acronyms
    mapped: Mapped
    kept: Kept | None = None


def base_of(segment: Segment, engine: EngineName) -> Base:
    """Work out all that follows from some articles.

    Args:
        segment: The articles.
        engine: What is to search them.
    """
    postings = _postings(segment.terms, len(segment.terms.words)) if engine is EngineName.BUCKETED else None
    return Base(segment, lay_out(segment), spelt_out_of(segment.pairs), postings)


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
            Flaw.NOTHING_QUOTABLE,
        )


def stock_of(prepared: Sequence[PreparedArticle], engine: EngineName) -> Stock:
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
    name = choose_engine(engine, passages)
    base = base_of(segment_of(prepared), name)
    if name is EngineName.BUCKETED:
        return restocked(base, Changed())
    index = _index(base, Changed())
    counted = [dict(Counter(words)) for each in prepared for words in each.terms.texts()]
    return _stock(base, Changed(), index, OkapiEngine(counted, index.passages.places))


def restocked(base: Base, changed: Changed) -> Stock:
    """What is there now, for the bucketed engine.

    Args:
        base: The articles that were there from the beginning, with postings.
        changed: What has become of them since.

    Raises:
        ArticlesError: There is no passage.
    """
    index = _index(base, changed)
    terms, first = index.passages, len(base.segment.starts)
    later = [Part(first, _postings(terms.more, terms.vocabulary.size))] if len(changed.more.starts) else []
    postings = base.postings or _postings(base.segment.terms, len(base.segment.terms.words))
    return _stock(base, changed, index, BucketedEngine(index, [Part(0, postings), *later]))


def _index(base: Base, changed: Changed) -> PassageIndex:
    index = PassageIndex(base.segment, base.layout, changed.more, changed.gone)
    check_quotable(index.size)
    return index


def _stock(base: Base, changed: Changed, index: PassageIndex, engine: Engine) -> Stock:
    acronyms = Acronyms(base.segment.pairs, base.spelt_out, changed.more.pairs, changed.gone_pairs)
    return Stock(index, engine, Contents(index, base.segment, changed.more), acronyms, base.mapped)


def _postings(texts: Texts, terms: int) -> Postings:
    return make_postings(TermUnits(terms, texts.numbers, texts.lengths))
