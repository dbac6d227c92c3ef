"""An index that goes on when articles come and go, without reading the others again."""

from collections.abc import Sequence

from retrieval.bm25.choice import ScorerName
from retrieval.index.analysis import AnalysedArticle, analyse
from retrieval.index.segment import concatenate_segments, pairs_of, passage_texts, pick_articles, segment_of, without
from retrieval.indexer.location import ProgressTracker
from retrieval.indexer.snapshot import (
    BaseSegment,
    Delta,
    IndexAddress,
    IndexSnapshot,
    SharedIndex,
    build_base_segment,
    update_snapshot,
)
from retrieval.models import Article, Source
from retrieval.text.acronyms import AcronymCounts, count_acronyms

STALE = 100
"""An index is made anew once one passage in so many came or went: until then each start reads those that came again."""


class IncrementalIndex:
    """A base, and what has changed since it was made; for one thread at a time."""

    def __init__(self, base: BaseSegment, address: IndexAddress | None = None) -> None:
        """Begin with nothing changed.

        Args:
            base: The articles as they were, with postings.
            address: Where they are in files, if they are.
        """
        self._base, self._address = base, address
        self._numbers = {entry.source.file: number for number, entry in enumerate(base.segment.entries)}
        self._came: dict[str, AnalysedArticle] = {}
        self._gone: dict[int, AcronymCounts] = {}
        self._stock: IndexSnapshot | None = None

    def stock(self, sources: Sequence[Source], track: ProgressTracker) -> IndexSnapshot:
        """What is there now.

        Args:
            sources: All articles there are; those that are not as in the base with their texts.
            track: Shows progress.

        Returns:
            It; the same object as before where nothing has changed.

        Raises:
            ArticlesError: There is no passage.
        """
        new = [source for source in sources if not self._is_held(source)]
        left = {self._numbers[source.file] for source in sources if source.file in self._numbers}
        left -= {self._numbers[source.file] for source in new if source.file in self._numbers}
        gone = [number for number in range(len(self._numbers)) if number not in left]
        wanted = {source.file: source for source in new}
        known = {file: each for file, each in self._came.items() if wanted.get(file) == each.article}
        if self._stock and len(known) == len(self._came) == len(new) and gone == sorted(self._gone):
            return self._stock
        self._stock = None  # where what follows fails, the next call fails likewise
        unread = [source for source in new if isinstance(source, Article) and source.file not in known]
        known |= {article.file: analyse(article) for article in track(unread)}
        self._came = {source.file: known[source.file] for source in new}
        self._gone = {number: self._gone.get(number) or self._acronyms(number) for number in gone}
        changed = self._changed()
        kept = SharedIndex(self._address, changed) if self._address else None
        self._stock = update_snapshot(self._base, changed)._replace(kept=kept)
        return self._stock

    def _is_held(self, source: Source) -> bool:
        """Whether the base holds an article as it is."""
        number = self._numbers.get(source.file)
        if number is None:
            return False
        held = self._base.segment.entries[number].source
        return held is source or held == (source.source if isinstance(source, Article) else source)

    def _acronyms(self, number: int) -> AcronymCounts:
        return count_acronyms(passage_texts(self._base.segment, number))

    def _changed(self) -> Delta:
        if not self._came and not self._gone:
            return Delta()
        return Delta(segment_of(list(self._came.values())), tuple(self._gone), pairs_of(self._gone.values()))

    @property
    def has_changed(self) -> bool:
        """Whether anything has changed."""
        return bool(self._came or self._gone)

    @property
    def is_stale(self) -> bool:
        """Whether so much has changed that the index should be made anew."""
        came = sum(len(each.passages) for each in self._came.values())
        went = int(self._base.segment.passage_counts[list(self._gone)].sum())
        return (came + went) * STALE > len(self._base.segment.starts)

    def merged(self) -> BaseSegment:
        """A base of what is there now."""
        changed = self._changed()
        whole = concatenate_segments([self._base.segment, changed.more])
        there = set(range(len(whole.entries))).difference(self._gone)
        order = sorted(there, key=lambda number: whole.entries[number].source.file)
        segment = pick_articles(whole, order)._replace(pairs=without(whole.pairs, changed.gone_pairs))
        return build_base_segment(segment, ScorerName.BUCKETED)
