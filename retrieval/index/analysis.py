"""One article made ready for a library: its passages, and all that can be known of them without the other articles."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.models import Article, Passage
from retrieval.reading.sentences import passages
from retrieval.text.acronyms import AcronymCounts, count_acronyms
from retrieval.text.answer_shapes import passage_shape
from retrieval.text.languages import languages_in, scripts_of
from retrieval.text.quantity_kinds import quantity_kinds_by_sign
from retrieval.text.terms import terms
from retrieval.text.token_arrays import token_arrays
from retrieval.text.token_ids import TokenIds, token_ids

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


class AnalysedArticle(NamedTuple):
    """An article with what a library needs to know of it.

    Attributes:
        article: The article.
        passages: Those of its sentences that may be found.
        terms: The terms of each passage.
        title: The terms of its title.
        written: All words of each passage as written, stop words too, in lower case.
        capital: Whether each of these is written with a capital.
        word_shapes: The shape of each term, in step with `terms`.
        shapes: The shape of each passage.
        measures: The kinds of figures each passage holds.
        paragraphs: The number of the paragraph each passage stands in, from 0.
        acronyms: What may be acronyms, and what they stand for.
        scripts: The scripts it is written in.
        languages: The languages it is in.
    """

    article: Article
    passages: tuple[Passage, ...]
    terms: TokenIds
    title: TokenIds
    written: TokenIds
    capital: Flags
    word_shapes: Bytes
    shapes: Bytes
    measures: Bytes
    paragraphs: Ints
    acronyms: AcronymCounts
    scripts: frozenset[str]
    languages: frozenset[str]


def analyse(article: Article) -> AnalysedArticle:
    """Make an article ready, all of its sentences."""
    return analyse_articles(article, passages(article))


def analyse_articles(article: Article, found: Sequence[Passage]) -> AnalysedArticle:
    """Make an article ready of which only some passages may be found.

    Args:
        article: The article.
        found: The passages, in the order of the article.
    """
    words = token_arrays([passage.text for passage in found])
    signs = np.fromiter((quantity_kinds_by_sign(passage.text) for passage in found), dtype=np.uint8)
    return AnalysedArticle(
        article=article,
        passages=tuple(found),
        terms=words.terms,
        title=token_ids([terms(article.title)]),
        written=words.written,
        capital=words.capital,
        word_shapes=words.shapes,
        shapes=np.array([passage_shape(passage.text) for passage in found], dtype=np.uint8),
        measures=words.measures | signs,
        paragraphs=_paragraphs(article.text, found),
        acronyms=count_acronyms(passage.text for passage in found),
        scripts=scripts_of(article.text),
        languages=languages_in(article.text),
    )


def _paragraphs(text: str, found: Sequence[Passage]) -> Ints:
    """The number of the paragraph each passage stands in: a line's end between two passages begins another."""
    ends = [passage.end for passage in found]
    begins = ["\n" in text[end : passage.start] for end, passage in zip(ends, found[1:], strict=False)]
    return np.cumsum([0, *begins])[: len(found)].astype(np.int64)
