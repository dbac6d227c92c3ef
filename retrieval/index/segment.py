"""Articles as arrays, so that they can be kept in files, mapped from there, and put together with others."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import chain
from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt

from retrieval.arrays import Array, Bytes, Flags, Ints, Numbers
from retrieval.index.analysis import AnalysedArticle
from retrieval.index.vectors import Vectors, signs_of
from retrieval.models import Source, Value
from retrieval.text.acronyms import AcronymCounts
from retrieval.text.shown_text import shown
from retrieval.text.term_dictionary import TermDictionary
from retrieval.text.token_ids import TokenIds


class ArticleEntry(Value):
    """An article as a segment lists it."""

    source: Source
    scripts: str  # in order, with a space between
    languages: str  # likewise
    speakers: tuple[str, ...] = ()  # as the article names them
    headings: tuple[str, ...] = ()  # as people are shown them


class Texts(NamedTuple):
    """Texts as word numbers, one text after the other."""

    words: TermDictionary
    numbers: Numbers
    lengths: Numbers  # of each text, in words


class Pairs(NamedTuple):
    """Acronyms with their possible long forms, and how often these are found beside them."""

    keys: TermDictionary  # the acronym, a tab, and its long form
    defined: Numbers  # how often the long form defines the acronym
    suggested: Numbers  # how often its initials suggest it


class Per(Enum):
    """The rows of a column: one for each of these things."""

    ARTICLE = auto()
    BYTE = auto()
    PASSAGE = auto()
    TERM = auto()
    WORD = auto()


class Segment(NamedTuple):
    """Articles in the order of file names, in columns."""

    entries: Annotated[tuple[ArticleEntry, ...], Per.ARTICLE]
    letters: Annotated[Bytes, Per.BYTE]  # the texts in UTF-8
    letter_counts: Annotated[Ints, Per.ARTICLE]
    passage_counts: Annotated[Numbers, Per.ARTICLE]
    starts: Annotated[Numbers, Per.PASSAGE]  # its place in its article, in code points
    ends: Annotated[Numbers, Per.PASSAGE]
    lines: Annotated[Numbers, Per.PASSAGE]  # where it starts, from 1
    speakers: Annotated[Numbers, Per.PASSAGE]  # the number of whoever speaks among the article's, from 1; 0 for nobody
    headings: Annotated[Numbers, Per.PASSAGE]  # likewise of the nearest heading above it
    before: Annotated[Numbers, Per.PASSAGE]  # how many passages of its paragraph stand before it
    after: Annotated[Numbers, Per.PASSAGE]
    shapes: Annotated[Bytes, Per.PASSAGE]
    measures: Annotated[Bytes, Per.PASSAGE]  # the kinds of quantities it holds
    terms: Annotated[Texts, Per.PASSAGE]
    word_shapes: Annotated[Bytes, Per.TERM]
    titles: Annotated[Texts, Per.ARTICLE]  # by their terms
    written: Annotated[Texts, Per.PASSAGE]  # all words as written, stop words too, in lower case
    capital: Annotated[Flags, Per.WORD]  # whether it is written with a capital
    vectors: Annotated[Vectors, Per.PASSAGE]  # of its meaning, where there is a semantic model
    signs: Annotated[Bytes, Per.PASSAGE]  # of the figures of its vector
    pairs: Pairs  # of all articles


_PER: Mapping[str, Per] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(Segment, include_extras=True).items()
    if hasattr(hint, "__metadata__")
}


def build_segment(articles: Sequence[AnalysedArticle]) -> Segment:
    """Put analysed articles, in the order of file names, into columns."""
    texts = [each.article.text.encode() for each in articles]
    passages = [passage for each in articles for passage in each.passages]
    paragraphs = [_paragraph_neighbours(each.paragraphs) for each in articles]
    vectors: Vectors = _join([each.vectors for each in articles] or [np.zeros((0, 0), dtype=np.int8)])
    return Segment(
        entries=tuple(_entry(each) for each in articles),
        letters=np.frombuffer(b"".join(texts), dtype=np.uint8),
        letter_counts=np.array([len(text) for text in texts], dtype=np.int64),
        passage_counts=_numbers(len(each.passages) for each in articles),
        starts=_numbers(passage.start for passage in passages),
        ends=_numbers(passage.end for passage in passages),
        lines=_numbers(passage.line for passage in passages),
        speakers=_numbers(number for each in articles for number in _name_numbers(p.speaker for p in each.passages)),
        headings=_numbers(number for each in articles for number in _name_numbers(p.heading for p in each.passages)),
        before=_array([before for before, _ in paragraphs], np.int32),
        after=_array([after for _, after in paragraphs], np.int32),
        shapes=_array([each.shapes for each in articles], np.uint8),
        measures=_array([each.measures for each in articles], np.uint8),
        terms=_merge_texts([each.terms for each in articles]),
        word_shapes=_array([each.word_shapes for each in articles], np.uint8),
        titles=_merge_texts([each.title for each in articles]),
        written=_merge_texts([each.written for each in articles]),
        capital=_array([each.capital for each in articles], np.bool_),
        vectors=vectors,
        signs=signs_of(vectors),
        pairs=count_pairs(each.acronyms for each in articles),
    )


def _entry(analysed: AnalysedArticle) -> ArticleEntry:
    return ArticleEntry(
        source=analysed.article.source,
        scripts=" ".join(sorted(analysed.scripts)),
        languages=" ".join(sorted(analysed.languages)),
        speakers=_names(passage.speaker for passage in analysed.passages),
        headings=_names(passage.heading for passage in analysed.passages),
    )


def _names(stated: Iterable[str | None]) -> tuple[str, ...]:
    """Speakers or headings of an article, each once, in order."""
    return tuple(dict.fromkeys(filter(None, stated)))


def _name_numbers(stated: Iterable[str | None]) -> Iterator[int]:
    """The number of each among `_names`, from 1; 0 for none."""
    numbers: dict[str, int] = {}
    return (numbers.setdefault(name, len(numbers) + 1) if name else 0 for name in stated)


def _paragraph_neighbours(paragraphs: Ints) -> tuple[Ints, Ints]:
    """Return how many passages of the same paragraph stand before and after each passage of an article."""
    place = np.arange(len(paragraphs))
    first, last = np.searchsorted(paragraphs, paragraphs, "left"), np.searchsorted(paragraphs, paragraphs, "right")
    return place - first, last - 1 - place


def _numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int32)


def _array(parts: Sequence[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype, copy=False)


def beginnings(lengths: npt.NDArray[np.integer[Any]]) -> Ints:
    """Return where stretches begin that stand one after the other, by their lengths."""
    return np.cumsum(lengths, dtype=np.int64) - lengths


# --- the texts of passages


def article_text(segment: Segment, begin: int, article: int) -> str:
    """Return the text of an article, by its number and its first byte."""
    return segment.letters[begin : begin + int(segment.letter_counts[article])].tobytes().decode()


def passage_texts(segment: Segment, article: int) -> Iterator[str]:
    """Return the passages of an article as people are shown them, by its number."""
    text = article_text(segment, int(segment.letter_counts[:article].sum()), article)
    first = int(segment.passage_counts[:article].sum())
    for place in range(first, first + int(segment.passage_counts[article])):
        yield shown(text[segment.starts[place] : segment.ends[place]])


# --- several segments as one


def concatenate_segments(segments: list[Segment]) -> Segment:
    """Return one segment of the articles of several, one segment's after the other's.

    The list is emptied, so that no more than one column of a large segment is held twice.
    """
    parts = [segment._asdict() for segment in segments]
    segments.clear()
    return Segment(**{name: _concatenate([part.pop(name) for part in parts]) for name in Segment._fields})


def _concatenate(columns: list[Any]) -> Any:
    """Return one column of all rows; texts and pairs by the numbers of all their words."""
    match columns[0]:
        case np.ndarray():
            return _join(columns)
        case Texts():
            return _merge_texts(columns)
        case Pairs():
            return merge_pairs(columns)
        case _:
            return tuple(chain.from_iterable(columns))


def _join(columns: Sequence[Array]) -> Array:
    """Return one array of all rows; where there are none, its rows may have another width than elsewhere."""
    return np.concatenate([column for column in columns if len(column)] or columns[:1])


def _merge_texts(parts: Sequence[TokenIds] | Sequence[Texts]) -> Texts:
    """Return the texts of all parts by the numbers of all their words."""
    words = TermDictionary.of(chain.from_iterable(part.words for part in parts))
    number = _by_word(words)
    numbers = [_numbers(map(number.__getitem__, part.words))[part.numbers] for part in parts]
    return Texts(words, _array(numbers, np.int32), _array([part.lengths for part in parts], np.int32))


def _by_word(words: TermDictionary) -> Mapping[str, int]:
    return {word: number for number, word in enumerate(words)}


# --- some articles of a segment


def slice_segment(segment: Segment, rows: Mapping[Per, slice], titles: slice) -> Segment:
    """Return neighbouring articles of a segment, without a copy, by its dictionaries and with the acronyms of all.

    Args:
        segment: The segment.
        rows: The rows of its columns.
        titles: The rows of the terms of its titles.
    """
    tokens = {"terms": rows[Per.TERM], "titles": titles, "written": rows[Per.WORD]}
    sliced: dict[str, Any] = {}
    for name, per in _PER.items():
        column = getattr(segment, name)
        if isinstance(column, Texts):
            sliced[name] = Texts(column.words, column.numbers[tokens[name]], column.lengths[rows[per]])
        else:
            sliced[name] = column[rows[per]]
    return segment._replace(**sliced)


def pick_articles(segment: Segment, articles: Sequence[int]) -> Segment:
    """Return some articles of a segment, by their numbers in the order of file names, with the acronyms of all."""
    numbers = np.array(articles, dtype=np.int64)
    rows = _Rows(numbers, numbers + 1)
    passages = rows.within(segment.passage_counts)
    rows_per = {
        Per.ARTICLE: rows,
        Per.BYTE: rows.within(segment.letter_counts),
        Per.PASSAGE: passages,
        Per.TERM: passages.within(segment.terms.lengths),
        Per.WORD: passages.within(segment.written.lengths),
    }
    return segment._replace(**{name: rows_per[per].take(getattr(segment, name)) for name, per in _PER.items()})


class _Rows:
    """Stretches of rows, each from `first` up to and without `last`; neighbouring ones are made one."""

    def __init__(self, first: Ints, last: Ints) -> None:
        begins = np.concatenate([[True], first[1:] != last[:-1]])[: len(first)]
        self._first, self._last = first[begins], last[np.roll(begins, -1)]

    def within(self, lengths: npt.NDArray[np.integer[Any]]) -> "_Rows":
        """Return the rows of the parts that these rows consist of, so many parts each."""
        bounds = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        return _Rows(bounds[self._first], bounds[self._last])

    def take(self, column: Any) -> Any:
        """Return these rows of a column; of texts with only the words that they hold."""
        if isinstance(column, Texts):
            return _trim(column.words, self.within(column.lengths).take(column.numbers), self.take(column.lengths))
        stretches = [column[a:b] for a, b in zip(self._first.tolist(), self._last.tolist(), strict=True)]
        return _concatenate([column[:0], *stretches])


def _trim(words: TermDictionary, numbers: Any, lengths: Any) -> Texts:
    is_held = np.bincount(numbers, minlength=len(words)) > 0
    new = np.cumsum(is_held, dtype=np.int32) - 1
    return Texts(TermDictionary.of(words.word(n) for n in np.flatnonzero(is_held).tolist()), new[numbers], lengths)


# --- acronyms


def count_pairs(counted: Iterable[AcronymCounts]) -> Pairs:
    """Add up the acronyms of several articles."""
    defined: Counter[str] = Counter()
    suggested: Counter[str] = Counter()
    for counts in counted:
        defined.update({"\t".join(pair): count for pair, count in counts.defined.items()})
        suggested.update({"\t".join(pair): count for pair, count in counts.suggested.items()})
    keys = TermDictionary.of(chain(defined, suggested))
    return Pairs(keys, *(_numbers(counted.get(key, 0) for key in keys) for counted in (defined, suggested)))


def subtract_pairs(pairs: Pairs, gone: Pairs) -> Pairs:
    """Return acronyms less those of articles that have gone."""
    own = _numbers(number for key in gone.keys if (number := pairs.keys.find(key)) is not None)
    defined, suggested = pairs.defined.copy(), pairs.suggested.copy()
    defined[own] -= gone.defined
    suggested[own] -= gone.suggested
    left = np.flatnonzero(defined + suggested)
    return Pairs(TermDictionary.of(pairs.keys.word(n) for n in left.tolist()), defined[left], suggested[left])


def merge_pairs(parts: Sequence[Pairs]) -> Pairs:
    """Add up the acronyms of several segments."""
    keys = TermDictionary.of(chain.from_iterable(part.keys for part in parts))
    number = _by_word(keys)
    defined, suggested = np.zeros((2, len(keys)), dtype=np.int32)
    for part in parts:
        own = _numbers(map(number.__getitem__, part.keys))
        defined[own] += part.defined
        suggested[own] += part.suggested
    return Pairs(keys, defined, suggested)


EMPTY = build_segment([])
"""No articles."""
