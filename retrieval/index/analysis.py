"""The analysis of one article: its passages, and all that can be known of them without the other articles."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Bytes, Flags, Ints
from retrieval.index.vectors import SemanticModel, Vectors, encode_passages
from retrieval.models import Article, Passage
from retrieval.reading.sentences import paragraphs_of, passages
from retrieval.text.acronyms import AcronymCounts, count_acronyms
from retrieval.text.answer_shapes import passage_shape
from retrieval.text.languages import languages_in, scripts_of
from retrieval.text.quantity_kinds import quantity_kinds_by_sign
from retrieval.text.terms import terms
from retrieval.text.token_arrays import token_arrays
from retrieval.text.token_ids import TokenIds, token_ids


class AnalysedArticle(NamedTuple):
    """An article with all that a library needs to know of it."""

    article: Article
    passages: tuple[Passage, ...]  # the sentences that may be found
    terms: TokenIds  # of each passage
    title: TokenIds  # its terms
    written: TokenIds  # all words of each passage as written, stop words too, in lower case
    capital: Flags  # whether each of these is written with a capital
    word_shapes: Bytes  # of each term
    shapes: Bytes  # of each passage
    measures: Bytes  # the kinds of quantities that each passage holds
    paragraphs: Ints  # the number of the paragraph that each passage stands in, from 0
    acronyms: AcronymCounts
    scripts: frozenset[str]
    languages: frozenset[str]
    vectors: Vectors  # of each passage; of no dimensions without a semantic model


def analyse(article: Article, model: SemanticModel | None = None) -> AnalysedArticle:
    """Analyse an article, all of its sentences."""
    return analyse_articles(article, passages(article), model)


def analyse_articles(article: Article, found: Sequence[Passage], model: SemanticModel | None = None) -> AnalysedArticle:
    """Analyse an article of which only the passages given, in their order, may be found."""
    texts = [passage.shown for passage in found]
    words = token_arrays(texts)
    signs = np.fromiter(map(quantity_kinds_by_sign, texts), dtype=np.uint8)
    return AnalysedArticle(
        article=article,
        passages=tuple(found),
        terms=words.terms,
        title=token_ids([terms(article.title)]),
        written=words.written,
        capital=words.capital,
        word_shapes=words.shapes,
        shapes=np.array([passage_shape(text) for text in texts], dtype=np.uint8),
        measures=words.measures | signs,
        paragraphs=_paragraphs(article, found),
        acronyms=count_acronyms(texts),
        scripts=scripts_of(article.text),
        languages=languages_in(article.text),
        vectors=encode_passages(model, article.title, texts),
    )


def _paragraphs(article: Article, found: Sequence[Passage]) -> Ints:
    """The number of the paragraph each passage stands in, of those that hold a passage."""
    starts = [paragraph.start for paragraph in paragraphs_of(article)]
    numbers = np.searchsorted(starts, [passage.start for passage in found], "right")
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64)
