"""Passages that are nothing but terms, for engines alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from retrieval.arrays import Ints, Numbers
from retrieval.bm25 import exhaustive_search
from retrieval.bm25.choice import ScorerName
from retrieval.bm25.jit_warm_up import PostingsSearch
from retrieval.bm25.max_score import MaxScoreScorer, PostingsPart
from retrieval.bm25.reference import ReferenceScorer
from retrieval.bm25.scorer import Scorer
from retrieval.index.passages import PassageIndex
from retrieval.index.positions import build_positions
from retrieval.index.segment import EMPTY, ArticleEntry, Segment, Texts
from retrieval.indexer.snapshot import group_postings
from retrieval.models import Source
from retrieval.text.term_dictionary import TermDictionary
from retrieval.text.token_ids import TokenIds


class Units:
    """A sequence of passages as numbers of terms.

    Attributes:
        vocabulary: The number of each term.
        tokens: The terms of all passages by their numbers, one passage after the other.
        lengths: How many terms each passage has.
        starts: Where in `tokens` each passage begins, and at the end where the last one ends.
    """

    def __init__(self, parts: Sequence[TokenIds]) -> None:
        """Number the terms of some texts by when they first occur."""
        words = dict.fromkeys(chain.from_iterable(part.words for part in parts))
        self.vocabulary = {word: number for number, word in enumerate(words)}
        own = (np.array([self.vocabulary[word] for word in part.words], dtype=np.int32) for part in parts)
        numbers = [new[part.numbers] for new, part in zip(own, parts, strict=True)]
        self.tokens: Numbers = np.concatenate([np.empty(0, dtype=np.int32), *numbers])
        self.lengths: Ints = np.concatenate([part.lengths for part in parts])
        self.starts: Ints = np.concatenate([[0], np.cumsum(self.lengths)])

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[list[str]]:
        words = list(self.vocabulary)
        for start, end in zip(self.starts, self.starts[1:], strict=False):
            yield [words[number] for number in self.tokens[start:end]]

    def segment(self) -> Segment:
        """The passages as those of one article."""
        words, count = TermDictionary.of(self.vocabulary), len(self)
        new = np.array([words.find(word) for word in self.vocabulary], dtype=np.int32)
        nothing, zeros = np.empty(0, dtype=np.int32), np.zeros(count, dtype=np.int32)
        article = Source(file="corpus.txt", title="", sha256="")
        return EMPTY._replace(
            entries=(ArticleEntry(source=article, scripts="", languages=""),),
            passage_counts=np.array([count], dtype=np.int32),
            starts=zeros,
            before=zeros,
            after=zeros,
            terms=Texts(words, new[self.tokens] if len(new) else nothing, self.lengths.astype(np.int32)),
            titles=EMPTY.titles._replace(lengths=np.zeros(1, dtype=np.int32)),
            written=EMPTY.written._replace(lengths=zeros),
        )

    def engine(self, name: ScorerName) -> Scorer:
        """An engine over the passages; MaxScore in machine code from the first question on."""
        if name is ScorerName.MAX_SCORE:
            from retrieval.bm25.pruned_search import search  # noqa: PLC0415 - Numba may not be there

            return self.max_score(search)
        segment = self.segment()
        index = PassageIndex(segment, build_positions(segment), EMPTY)
        return ReferenceScorer([Counter(passage) for passage in self], index.passages)

    def max_score(self, search: PostingsSearch = exhaustive_search.search) -> Scorer:
        """MaxScore with the code that it is to search with; if not given, without machine code."""
        segment = self.segment()
        positions = build_positions(segment)
        index = PassageIndex(segment, positions, EMPTY)
        postings = group_postings(positions.terms, segment.terms)
        return MaxScoreScorer(index, [PostingsPart(0, postings)], search)
