"""A merge of segments, read one after the other, into the files of one index, with few segments in memory.

What belongs to a passage or an article is written as it comes. Words are numbered anew when the dictionaries of all
pieces are known, which are merged word by word; then the places of a range of terms at a time are collected from the
pieces, and the postings are built of these. The files are, byte for byte, those of an index made in one go.
"""

import heapq
import shutil
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrieval.arrays import Array, Ints, Numbers
from retrieval.bm25.build_postings import TermFigures, postings_in_parts
from retrieval.index.acronym_lookup import long_form_dictionary
from retrieval.index.positions import GroupIndex, build_positions, most_in_one
from retrieval.index.segment import Pairs, Segment, Texts, concatenate_segments
from retrieval.indexer.column_files import ColumnFile, ColumnFolder
from retrieval.indexer.snapshot import check_quotable
from retrieval.text.term_dictionary import TermDictionary

PIECE_SHARE = 16
"""A piece has one part in so many of the memory allowed: grouping its words by number takes several times as much."""
TOKEN_BYTES = 256
"""Memory allowed for each token of those whose postings are built at a time, of which a quarter is used."""
WORDS_AT_A_TIME = 1 << 13


def size_of(segment: Segment) -> int:
    """Return about how many bytes the arrays of a segment take, its texts left out."""
    texts = (segment.terms, segment.titles, segment.written)
    numbers = sum(each.numbers.nbytes + each.lengths.nbytes + each.words.letters.nbytes for each in texts)
    return numbers + sum(column.nbytes for column in segment if isinstance(column, np.ndarray))


def in_pieces(segments: Iterable[Segment], memory: int) -> Iterator[Segment]:
    """Put neighbouring segments together as long as they are small."""
    waiting: list[Segment] = []
    size = 0
    for segment in segments:
        waiting.append(segment)
        size += size_of(segment)
        if size * PIECE_SHARE > memory:
            yield concatenate_segments(waiting)
            size = 0
    if waiting:
        yield concatenate_segments(waiting)


def merge_pieces(folder: Path, pieces: Iterable[Segment], memory: int) -> None:
    """Write the arrays of an index into a folder that is there.

    Args:
        folder: The folder.
        pieces: Segments with the articles of the library, in the order of file names.
        memory: About how many bytes are used at a time.

    Raises:
        ArticlesError: There is no passage.
        OSError: They cannot be written.
    """
    spool_folder = folder / "pieces"
    spool_folder.mkdir()
    with ColumnFolder(folder) as columns, ColumnFolder(spool_folder) as spool:
        merge = _PieceMerge(columns, spool)
        for piece in pieces:
            merge.add(piece)
        merge.finish(memory // TOKEN_BYTES)
    shutil.rmtree(spool_folder)


class _PieceMerge:
    """The arrays of an index, of pieces; those of which more must be known before they are final are in a spool."""

    def __init__(self, columns: ColumnFolder, spool: ColumnFolder) -> None:
        self._columns = columns
        self._terms, self._titles = (_GroupedTexts(name, columns, spool) for name in ("terms", "titles"))
        self._written = _NumberedTexts("written", columns, spool)
        self._word_counts, self._pairs = _Counts("written.counts", spool), _SpooledDictionaries("pairs.keys", spool)
        self._defined, self._suggested = (_Counts(f"pairs.{name}", spool) for name in ("defined", "suggested"))
        self._totals = np.zeros(0, dtype=np.int64)

    def add(self, piece: Segment) -> None:
        """Add a piece; the entries of its articles are not kept."""
        positions, columns = build_positions(piece), self._columns
        articles, passages = columns["segment.passage_counts"].rows, columns["segment.starts"].rows
        arrays = {name: column for name, column in piece._asdict().items() if isinstance(column, np.ndarray)}
        columns.append_all(arrays, "segment.")
        columns.append_all({"article": positions.article + np.int32(articles), "order": positions.order}, "positions.")
        columns["positions.written_begins"].append(positions.written_begins + self._written.tokens)
        self._terms.add_grouped(piece.terms, positions.terms, passages)
        self._titles.add_grouped(piece.titles, positions.titles, articles)
        self._written.add(piece.written)
        self._word_counts.add(positions.word_counts)
        self._pairs.add(piece.pairs.keys)
        self._defined.add(piece.pairs.defined)
        self._suggested.add(piece.pairs.suggested)
        self._totals = positions.totals + (self._totals if len(self._totals) else 0)

    def finish(self, tokens_at_a_time: int) -> None:
        """Write what follows from all pieces together."""
        check_quotable(self._columns["segment.starts"].rows)
        self._columns["positions.totals"].append(self._totals)
        self._finish_words()
        self._finish_pairs()
        for grouped in (self._titles, self._terms):
            grouped.renumber()
        for first, last in pairwise([*range(0, self._titles.size, WORDS_AT_A_TIME), self._titles.size]):
            self._titles.read_holders(first, last)
        lengths = self._columns["segment.terms.lengths"]
        figures, rows = self._terms.figures(), lengths.read(0, lengths.rows)
        for part in postings_in_parts(figures, rows, self._terms.read_holders, tokens_at_a_time):
            self._columns.append_all(part, "postings.")

    def _finish_words(self) -> None:
        numbers = self._written.renumber()
        self._columns["positions.word_counts"].append(
            self._word_counts.total(numbers, self._written.size).astype(np.int64)
        )

    def _finish_pairs(self) -> None:
        numbers, size = self._pairs.merge(self._columns, "segment.pairs.keys")
        counts = [each.total(numbers, size).astype(np.int32) for each in (self._defined, self._suggested)]
        self._columns.append_all(dict(zip(("defined", "suggested"), counts, strict=True)), "segment.pairs.")
        letters, bounds = (self._columns[f"segment.pairs.keys.{name}"] for name in ("letters", "bounds"))
        keys = TermDictionary(letters.read(0, letters.rows), bounds.read(0, bounds.rows))
        long_forms = long_form_dictionary(Pairs(keys, *counts))
        self._columns.append_all({"letters": long_forms.letters, "bounds": long_forms.bounds}, "long_forms.")


class _Counts:
    """The counts of a piece's words, in a spool, for each piece."""

    def __init__(self, name: str, spool: ColumnFolder) -> None:
        self._column, self._begins = spool[name], [0]

    def add(self, counts: Array) -> None:
        self._column.append(counts)
        self._begins.append(self._column.rows)

    def total(self, numbers: Sequence[Numbers], size: int) -> Ints:
        """Return the counts of all pieces added up, by the numbers that the words of each piece have among `size`."""
        total = np.zeros(size, dtype=np.int64)
        for own, (first, last) in zip(numbers, pairwise(self._begins), strict=True):
            total[own] += self._column.read(first, last)
        return total


class _PieceWords(NamedTuple):
    """Where the dictionary of a piece stands in a spool."""

    bounds: int
    letters: int
    words: int


class _SpooledDictionaries:
    """The words of all pieces, each in order."""

    def __init__(self, name: str, spool: ColumnFolder) -> None:
        self._letters, self._bounds = spool[f"{name}.letters"], spool[f"{name}.bounds"]
        self._pieces: list[_PieceWords] = []

    def add(self, words: TermDictionary) -> None:
        self._pieces.append(_PieceWords(self._bounds.rows, self._letters.rows, len(words)))
        self._letters.append(words.letters)
        self._bounds.append(words.bounds)

    def merge(self, columns: ColumnFolder, name: str) -> tuple[list[Numbers], int]:
        """Write the dictionary of all words; return the numbers of each piece's words in it, and how many there are."""
        numbers = [array("i") for _ in self._pieces]
        letters, bounds = columns[f"{name}.letters"], columns[f"{name}.bounds"]
        bounds.append(np.zeros(1, dtype=np.int64))
        last, number, new = None, -1, list[bytes]()
        for word, piece in heapq.merge(*(self._read(number) for number in range(len(self._pieces)))):
            if word != last:
                if len(new) >= WORDS_AT_A_TIME:
                    _append_words(letters, bounds, new)
                new.append(word)
                last, number = word, number + 1
            numbers[piece].append(number)
        _append_words(letters, bounds, new)
        return [
            np.frombuffer(own, dtype=np.int32) if own else np.empty(0, dtype=np.int32) for own in numbers
        ], number + 1

    def _read(self, number: int) -> Iterator[tuple[bytes, int]]:
        """Return the words of a piece, each with the number of the piece."""
        piece = self._pieces[number]
        for first in range(0, piece.words, WORDS_AT_A_TIME):
            count = min(WORDS_AT_A_TIME, piece.words - first)
            bounds: list[int] = self._bounds.read(piece.bounds + first, piece.bounds + first + count + 1).tolist()
            letters = self._letters.read(piece.letters + bounds[0], piece.letters + bounds[-1]).tobytes()
            for begin, end in pairwise(bounds):
                yield letters[begin - bounds[0] : end - bounds[0]], number


def _append_words(letters: ColumnFile, bounds: ColumnFile, words: list[bytes]) -> None:
    """Add words to a dictionary in files, and empty the list."""
    before = letters.append(np.frombuffer(b"".join(words), dtype=np.uint8))
    bounds.append(before + np.cumsum(list(map(len, words)), dtype=np.int64))
    words.clear()


class _NumberedTexts:
    """Texts of a segment, by the word numbers of each piece, until they are numbered anew.

    Attributes:
        size: How many words all pieces have, when that is known.
    """

    def __init__(self, name: str, columns: ColumnFolder, spool: ColumnFolder) -> None:
        self._name, self._columns = f"segment.{name}", columns
        self._dictionaries = _SpooledDictionaries(name, spool)
        self._numbers, self._begins, self.size = columns[f"{self._name}.numbers"], [0], 0

    @property
    def tokens(self) -> int:
        """How many words the texts have."""
        return self._numbers.rows

    def add(self, texts: Texts) -> None:
        self._dictionaries.add(texts.words)
        self._numbers.append(texts.numbers)
        self._columns[f"{self._name}.lengths"].append(texts.lengths)
        self._begins.append(self._numbers.rows)

    def renumber(self) -> list[Numbers]:
        """Number the words of all texts anew; return the new numbers of each piece's words."""
        numbers, self.size = self._dictionaries.merge(self._columns, f"{self._name}.words")
        for own, (first, last) in zip(numbers, pairwise(self._begins), strict=True):
            self._numbers.replace(first, own[self._numbers.read(first, last)])
        return numbers


class _GroupedTexts(_NumberedTexts):
    """Such texts with the places of each word."""

    def __init__(self, name: str, columns: ColumnFolder, spool: ColumnFolder) -> None:
        super().__init__(name, columns, spool)
        self._positions = f"positions.{name}"
        self._holders, self._bounds = spool[f"{name}.holders"], spool[f"{name}.bounds_of_holders"]
        self._firsts: list[int] = []
        self._holding, self._of_piece, self._most = _Counts(f"{name}.holding", spool), list[Numbers](), 0
        self._token_counts = _Counts(f"{name}.tokens", spool)

    def add_grouped(self, texts: Texts, grouped: GroupIndex, first: int) -> None:
        """Add the texts of a piece, from the number `first` on."""
        self._columns[f"{self._positions}.begins"].append(grouped.begins + self.tokens)
        self._firsts.append(self._bounds.rows)
        self._bounds.append(grouped.bounds + self._holders.rows)
        self._holders.append(grouped.holders + np.int32(first))
        self._columns[f"{self._positions}.holders"].append(grouped.holders[:0])
        self._holding.add(grouped.holding)
        self._token_counts.add(np.diff(grouped.bounds))
        self._most = max(self._most, most_in_one(grouped))
        self.add(texts)

    def renumber(self) -> list[Numbers]:
        """Number the words of all texts anew, and count them."""
        self._of_piece = super().renumber()
        figures = self.figures()
        self._columns.append_all({"bounds": figures.bounds, "holding": figures.holding}, f"{self._positions}.")
        return self._of_piece

    def figures(self) -> TermFigures:
        """Return how often the words occur."""
        counts = self._token_counts.total(self._of_piece, self.size)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        return TermFigures(bounds, self._holding.total(self._of_piece, self.size), self._most)

    def read_holders(self, first: int, last: int) -> Numbers:
        """Write and return the places of the words from `first` up to and without `last`."""
        pairs = [np.empty(0, dtype=np.int64)]
        for begin, own in zip(self._firsts, self._of_piece, strict=True):
            here = slice(*np.searchsorted(own, [first, last]).tolist())
            if here.start < here.stop:
                bounds = self._bounds.read(begin + here.start, begin + here.stop + 1)
                words = np.repeat(own[here].astype(np.int64) << 32, np.diff(bounds))
                pairs.append(words | self._holders.read(int(bounds[0]), int(bounds[-1])))
        together = np.concatenate(pairs)
        together.sort()
        holders = (together & 0xFFFFFFFF).astype(np.int32)
        self._columns[f"{self._positions}.holders"].append(holders)
        return holders
