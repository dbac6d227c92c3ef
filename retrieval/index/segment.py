"""Some articles as arrays, so that they can be kept in files, mapped from there, and put together with others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.index.analysis import AnalysedArticle
from retrieval.models import Source, Value
from retrieval.text.acronyms import AcronymCounts
from retrieval.text.term_dictionary import TermDictionary
from retrieval.text.token_ids import TokenIds

Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]


class ArticleEntry(Value):
    """An article as a segment lists it.

    Attributes:
        source: What it is known by.
        scripts: The scripts it is written in, in order, with a space between.
        languages: The languages it is in, likewise.
    """

    source: Source
    scripts: str
    languages: str


class Texts(NamedTuple):
    """Texts as numbers of words.

    Attributes:
        words: The words of all texts.
        numbers: The words of each text by number, one text after the other.
        lengths: How many words each text has.
    """

    words: TermDictionary
    numbers: Numbers
    lengths: Numbers


class Pairs(NamedTuple):
    """Acronyms with what they may stand for.

    Attributes:
        keys: The acronym, a tab, and its long form.
        defined: How often the long form defines the acronym.
        suggested: How often its initials suggest it.
    """

    keys: TermDictionary
    defined: Numbers
    suggested: Numbers


class Segment(NamedTuple):
    """Some articles, in the order of file names; a token is a word of a passage.

    Attributes:
        entries: The articles.
        letters: Their texts in UTF-8, one after the other.
        letter_begins: Where each of these begins.
        letter_counts: How many bytes it has.
        passage_counts: How many passages each article has.
        starts: Where in its article each passage begins, in code points.
        ends: Where it ends.
        lines: The line it starts on, from 1.
        before: How many passages of its paragraph stand before it.
        after: How many stand after it.
        shapes: The shape of each passage.
        measures: The kinds of figures it holds.
        terms: The terms of each passage.
        word_shapes: The shape of each of these.
        titles: The terms of each article's title.
        written: All words of each passage as written, stop words too, in lower case.
        capital: Whether each of these is written with a capital.
        pairs: What may be acronyms.
    """

    entries: tuple[ArticleEntry, ...]
    letters: Bytes
    letter_begins: Ints
    letter_counts: Ints
    passage_counts: Numbers
    starts: Numbers
    ends: Numbers
    lines: Numbers
    before: Numbers
    after: Numbers
    shapes: Bytes
    measures: Bytes
    terms: Texts
    word_shapes: Bytes
    titles: Texts
    written: Texts
    capital: Flags
    pairs: Pairs


def segment_of(prepared: Sequence[AnalysedArticle]) -> Segment:
    """Put articles that were made ready one by one into arrays.

    Args:
        prepared: The articles, in the order of file names.
    """
    texts = [each.article.text.encode() for each in prepared]
    counts = np.array([len(text) for text in texts], dtype=np.int64)
    passages = [passage for each in prepared for passage in each.passages]
    paragraphs = [_around(each.paragraphs) for each in prepared]
    return Segment(
        entries=tuple(_entry(each) for each in prepared),
        letters=np.frombuffer(b"".join(texts), dtype=np.uint8),
        letter_begins=beginnings(counts),
        letter_counts=counts,
        passage_counts=_numbers(len(each.passages) for each in prepared),
        starts=_numbers(passage.start for passage in passages),
        ends=_numbers(passage.end for passage in passages),
        lines=_numbers(passage.line for passage in passages),
        before=_row([before for before, _ in paragraphs], np.int32),
        after=_row([after for _, after in paragraphs], np.int32),
        shapes=_row([each.shapes for each in prepared], np.uint8),
        measures=_row([each.measures for each in prepared], np.uint8),
        terms=_texts([each.terms for each in prepared]),
        word_shapes=_row([each.word_shapes for each in prepared], np.uint8),
        titles=_texts([each.title for each in prepared]),
        written=_texts([each.written for each in prepared]),
        capital=_row([each.capital for each in prepared], np.bool_),
        pairs=pairs_of(each.acronyms for each in prepared),
    )


def concatenate_segments(segments: list[Segment]) -> Segment:
    """One segment of all articles of some.

    Args:
        segments: Segments, such that their articles are in order one after the other. The list is emptied, so that no
            more than one column of a large one is held twice.
    """
    parts = [segment._asdict() for segment in segments]
    segments.clear()
    columns: dict[str, Any] = {}
    for name, kind in Segment.__annotations__.items():
        column = [part.pop(name) for part in parts]
        columns[name] = _JOINING.get(kind, np.concatenate)(column)
    columns["letter_begins"] = beginnings(columns["letter_counts"])
    return Segment(**columns)


def pick_articles(segment: Segment, articles: Sequence[int]) -> Segment:
    """Some articles of a segment.

    Args:
        segment: All of them.
        articles: The numbers of those wanted, in the order of file names.

    Returns:
        Them, with the acronyms of all.
    """
    numbers = np.array(articles, dtype=np.int64)
    passages = _Runs(segment.passage_counts, numbers)
    terms, written = passages.inside(segment.terms.lengths), passages.inside(segment.written.lengths)
    letters = _Runs(segment.letter_counts, numbers)
    return Segment(
        entries=tuple(segment.entries[number] for number in articles),
        letters=letters.of(segment.letters),
        letter_begins=beginnings(segment.letter_counts[numbers]),
        letter_counts=segment.letter_counts[numbers],
        passage_counts=segment.passage_counts[numbers],
        starts=passages.of(segment.starts),
        ends=passages.of(segment.ends),
        lines=passages.of(segment.lines),
        before=passages.of(segment.before),
        after=passages.of(segment.after),
        shapes=passages.of(segment.shapes),
        measures=passages.of(segment.measures),
        terms=_trimmed(segment.terms.words, terms.of(segment.terms.numbers), passages.of(segment.terms.lengths)),
        word_shapes=terms.of(segment.word_shapes),
        titles=_trimmed(
            segment.titles.words,
            _Runs(segment.titles.lengths, numbers).of(segment.titles.numbers),
            segment.titles.lengths[numbers],
        ),
        written=_trimmed(
            segment.written.words, written.of(segment.written.numbers), passages.of(segment.written.lengths)
        ),
        capital=written.of(segment.capital),
        pairs=segment.pairs,
    )


def passage_texts(segment: Segment, article: int) -> Iterator[str]:
    """The passages of an article, by its number."""
    begin = int(segment.letter_begins[article])
    text = segment.letters[begin : begin + int(segment.letter_counts[article])].tobytes().decode()
    first = int(segment.passage_counts[:article].sum())
    for place in range(first, first + int(segment.passage_counts[article])):
        yield text[segment.starts[place] : segment.ends[place]]


class _Runs:
    """Things that stand one after the other in an array, some for each of some articles."""

    def __init__(self, counts: npt.NDArray[np.integer[Any]], articles: Ints) -> None:
        """Take how many things each article has, and which articles are wanted."""
        ends = np.cumsum(counts, dtype=np.int64)
        self._first, self._last = (ends - counts)[articles], ends[articles]

    def inside(self, lengths: Numbers) -> "_Runs":
        """What each of the things consists of, so many parts each."""
        runs = copy(self)
        bounds = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        runs._first, runs._last = bounds[self._first], bounds[self._last]
        return runs

    def of(self, column: Array) -> Array:
        """The things of the articles wanted."""
        pairs = zip(self._first.tolist(), self._last.tolist(), strict=True)
        return np.concatenate([column[:0], *(column[first:last] for first, last in pairs)])


def _trimmed(words: TermDictionary, numbers: Numbers, lengths: Numbers) -> Texts:
    """Texts with only the words that they hold."""
    held = np.bincount(numbers, minlength=len(words)) > 0
    new = np.cumsum(held, dtype=np.int32) - 1
    return Texts(TermDictionary.of(words.word(n) for n in np.flatnonzero(held).tolist()), new[numbers], lengths)


def beginnings(lengths: npt.NDArray[np.integer[Any]]) -> Ints:
    """Where things of some lengths begin that stand one after the other."""
    return np.cumsum(lengths, dtype=np.int64) - lengths


def _entry(prepared: AnalysedArticle) -> ArticleEntry:
    return ArticleEntry(
        source=prepared.article.source,
        scripts=" ".join(sorted(prepared.scripts)),
        languages=" ".join(sorted(prepared.languages)),
    )


def _numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int32)


def _row(parts: Sequence[Array], kind: type[np.generic]) -> Array:
    return np.concatenate([np.empty(0, dtype=kind), *parts]).astype(kind, copy=False)


def _around(paragraphs: Ints) -> tuple[Ints, Ints]:
    """How many passages of the same paragraph stand before and after each passage of an article."""
    place = np.arange(len(paragraphs))
    first, last = np.searchsorted(paragraphs, paragraphs, "left"), np.searchsorted(paragraphs, paragraphs, "right")
    return place - first, last - 1 - place


def _texts(parts: Sequence[TokenIds] | Sequence[Texts]) -> Texts:
    """The texts of all parts by the numbers of all their words."""
    words = TermDictionary.of(chain.from_iterable(part.words for part in parts))
    number = _by_word(words)
    numbers = [_numbers(map(number.__getitem__, part.words))[part.numbers] for part in parts]
    return Texts(words, _row(numbers, np.int32), _row([part.lengths for part in parts], np.int32))


def _by_word(words: TermDictionary) -> Mapping[str, int]:
    return {word: number for number, word in enumerate(words)}


def pairs_of(counted: Iterable[AcronymCounts]) -> Pairs:
    """What was counted of acronyms, added up."""
    defined: Counter[str] = Counter()
    suggested: Counter[str] = Counter()
    for counts in counted:
        defined.update({"\t".join(pair): count for pair, count in counts.defined.items()})
        suggested.update({"\t".join(pair): count for pair, count in counts.suggested.items()})
    return _pairs(defined, suggested)


def _pairs(defined: Mapping[str, int], suggested: Mapping[str, int]) -> Pairs:
    keys = TermDictionary.of(chain(defined, suggested))
    counts = (_numbers(counted.get(key, 0) for key in keys) for counted in (defined, suggested))
    return Pairs(keys, *counts)


def without(pairs: Pairs, gone: Pairs) -> Pairs:
    """What was counted of acronyms, less what has gone."""
    own = _numbers(map(_by_word(pairs.keys).__getitem__, gone.keys))
    defined, suggested = pairs.defined.copy(), pairs.suggested.copy()
    defined[own] -= gone.defined
    suggested[own] -= gone.suggested
    left = np.flatnonzero(defined + suggested)
    return Pairs(TermDictionary.of(pairs.keys.word(n) for n in left.tolist()), defined[left], suggested[left])


def _joined_pairs(parts: Sequence[Pairs]) -> Pairs:
    keys = TermDictionary.of(chain.from_iterable(part.keys for part in parts))
    number = _by_word(keys)
    defined, suggested = np.zeros((2, len(keys)), dtype=np.int32)
    for part in parts:
        own = _numbers(map(number.__getitem__, part.keys))
        defined[own] += part.defined
        suggested[own] += part.suggested
    return Pairs(keys, defined, suggested)


_JOINING: Mapping[object, Callable[[Any], Any]] = {
    tuple[ArticleEntry, ...]: lambda parts: tuple(chain.from_iterable(parts)),
    Texts: _texts,
    Pairs: _joined_pairs,
}
"""How columns of each kind are joined that are no arrays."""
EMPTY = segment_of([])
"""No articles."""
