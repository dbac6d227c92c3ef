"""One article made ready for a library: its passages, and all that can be known of them without the other articles."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.acronyms import AcronymCounts, count_acronyms
from retrieval.languages import languages_in, scripts_of
from retrieval.measures import measure_of, measures_by_sign
from retrieval.models import Article, Passage
from retrieval.sentences import passages
from retrieval.shapes import passage_shape, word_shapes
from retrieval.terms import read_words, terms

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


class Tokens(NamedTuple):
    """The words of a sequence of texts, as numbers.

    Attributes:
        words: The distinct words, in the order in which they first occur.
        numbers: The words of all texts, one after the other, each by its place in `words`.
        lengths: How many words each text has.
    """

    words: Sequence[str]
    numbers: Numbers
    lengths: Ints


def tokens(texts: Sequence[Sequence[str]]) -> Tokens:
    """Number the words of some texts.

    Args:
        texts: The words of each text, in order and with repetitions.
    """
    places: dict[str, int] = {}
    numbers = [places.setdefault(word, len(places)) for word in chain.from_iterable(texts)]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    return Tokens(tuple(map(sys.intern, places)), np.array(numbers, dtype=np.int32), lengths)


class PreparedArticle(NamedTuple):
    """An article with what a library needs to know of it.

    Attributes:
        article: The article.
        passages: Those of its sentences that may be found.
        terms: The terms of each passage.
        frequencies: The same as counts, as BM25 wants them.
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
    terms: Tokens
    frequencies: Sequence[Mapping[str, int]]
    title: Tokens
    written: Tokens
    capital: Flags
    word_shapes: Bytes
    shapes: Bytes
    measures: Bytes
    paragraphs: Ints
    acronyms: AcronymCounts
    scripts: frozenset[str]
    languages: frozenset[str]


def prepare(article: Article) -> PreparedArticle:
    """Make an article ready, all of its sentences."""
    return prepare_some(article, passages(article))


def prepare_some(article: Article, found: Sequence[Passage]) -> PreparedArticle:
    """Make an article ready of which only some passages may be found.

    Args:
        article: The article.
        found: The passages, in the order of the article.
    """
    read = [read_words(passage.text) for passage in found]
    texts = [[sys.intern(word.term) for word in words.telling] for words in read]
    wording = _wording([words.written for words in read])
    shapes = (word_shapes(passage.text, words.telling) for passage, words in zip(found, read, strict=True))
    signs = np.fromiter((measures_by_sign(passage.text) for passage in found), dtype=np.uint8)
    return PreparedArticle(
        article=article,
        passages=tuple(found),
        terms=tokens(texts),
        frequencies=[dict(Counter(text)) for text in texts],
        title=tokens([terms(article.title)]),
        written=wording.written,
        capital=wording.capital,
        word_shapes=np.fromiter(chain.from_iterable(shapes), dtype=np.uint8),
        shapes=np.array([passage_shape(passage.text) for passage in found], dtype=np.uint8),
        measures=wording.measures | signs,
        paragraphs=_paragraphs(article.text, found),
        acronyms=count_acronyms(passage.text for passage in found),
        scripts=scripts_of(article.text),
        languages=languages_in(article.text),
    )


class _Wording(NamedTuple):
    """The words of an article as written.

    Attributes:
        written: The words of each passage, in lower case.
        capital: Whether each of these is written with a capital.
        measures: The kinds of figures each passage's words speak of.
    """

    written: Tokens
    capital: Flags
    measures: Bytes


def _wording(texts: Sequence[Sequence[str]]) -> _Wording:
    """Read the words of an article's passages, each form of a word once: most are repeated many times."""
    forms = tokens(texts)
    lower = tokens([[form.lower() for form in forms.words]])
    capital = np.array([form[0].isupper() for form in forms.words], dtype=np.bool_)
    kinds = np.array([measure_of(lower.words[number]) for number in lower.numbers.tolist()], dtype=np.uint8)
    owners = np.repeat(np.arange(len(texts)), forms.lengths)
    measures = np.zeros(len(texts), dtype=np.uint8)
    np.bitwise_or.at(measures, owners, kinds[forms.numbers])
    written = Tokens(lower.words, lower.numbers[forms.numbers], forms.lengths)
    return _Wording(written, capital[forms.numbers], measures)


def _paragraphs(text: str, found: Sequence[Passage]) -> Ints:
    """The number of the paragraph each passage stands in: a line's end between two passages begins another."""
    ends = [passage.end for passage in found]
    begins = ["\n" in text[end : passage.start] for end, passage in zip(ends, found[1:], strict=False)]
    return np.cumsum([0, *begins])[: len(found)].astype(np.int64)
