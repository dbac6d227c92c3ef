"""An index that goes on when articles come and go, without reading the others again."""

from collections.abc import Iterator, Sequence

from retrieval.bm25.choice import ScorerName
from retrieval.index.analysis import AnalysedArticle, analyse
from retrieval.index.positions import slice_articles
from retrieval.index.segment import (
    EMPTY,
    Segment,
    build_segment,
    concatenate_segments,
    count_pairs,
    merge_pairs,
    passage_texts,
    pick_articles,
    subtract_pairs,
)
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.folder_reader import CachedFile
from retrieval.indexer.location import ProgressTracker
from retrieval.indexer.snapshot import (
    BaseSegment,
    Delta,
    IndexAddress,
    IndexSnapshot,
    SharedIndex,
    build_base_segment,
    reference_snapshot,
    update_snapshot,
)
from retrieval.models import Article, Source
from retrieval.text.acronyms import AcronymCounts, count_acronyms

PIECE = 50_000
"""How many passages of an index that is made anew are looked at together."""
STALE = 100
"""An index is made anew once one passage in so many came or went: until then each start reads those that came again."""


class IncrementalIndex:
    """A base segment with postings, and the articles that came and went since; for one thread at a time."""

    def __init__(
        self,
        base: BaseSegment,
        address: IndexAddress | None = None,
        engine: ScorerName = ScorerName.AUTO,
        model: SemanticModel | None = None,
    ) -> None:
        """Begin with nothing changed; `address` is where the base segment is in files, if it is."""
        self._base, self.address, self._engine, self._model = base, address, engine, model
        self._numbers = {entry.source.file: number for number, entry in enumerate(base.segment.entries)}
        self._added: dict[str, AnalysedArticle] = {}
        self._gone: dict[int, AcronymCounts] = {}
        self._snapshot: IndexSnapshot | None = None

    def update(self, sources: Sequence[Source], track: ProgressTracker) -> IndexSnapshot:
        """Return a snapshot of all articles there are; the same object as before where nothing has changed.

        Args:
            sources: The articles; those that are not as in the base segment with their texts.
            track: Shows progress.

        Raises:
            ArticlesError: There is no passage.
        """
        new = {source.file: source for source in sources if not self._is_in_base(source)}
        left = {self._numbers.get(source.file) for source in sources if source.file not in new}
        gone = [number for number in range(len(self._numbers)) if number not in left]
        known = {file: each for file, each in self._added.items() if new.get(file) == each.article}
        if self._snapshot and len(known) == len(self._added) == len(new) and gone == sorted(self._gone):
            return self._snapshot
        self._snapshot = None  # where what follows fails, the next call fails likewise
        unread = [source for file, source in new.items() if isinstance(source, Article) and file not in known]
        known |= {article.file: analyse(article, self._model) for article in track(unread)}
        self._added = {file: known[file] for file in new}
        self._gone = {number: self._gone.get(number) or self._acronyms(number) for number in gone}
        if self._engine is ScorerName.REFERENCE:
            self._snapshot = reference_snapshot(self.merge() if self.has_changed else self._base)
            return self._snapshot
        delta = self._delta()
        shared = SharedIndex(self.address, delta) if self.address else None
        self._snapshot = update_snapshot(self._base, delta)._replace(shared=shared)
        return self._snapshot

    def _is_in_base(self, source: Source) -> bool:
        """Return whether the base segment holds an article as it is."""
        number = self._numbers.get(source.file)
        if number is None:
            return False
        held = self._base.segment.entries[number].source
        return held is source or held == (source.source if isinstance(source, Article) else source)

    def is_kept(self, cached: CachedFile) -> bool:
        """Return whether the base segment holds the article of a file, or this is none."""
        return not isinstance(cached.content, Source) or self._is_in_base(cached.content)

    def _acronyms(self, number: int) -> AcronymCounts:
        return count_acronyms(passage_texts(self._base.segment, number))

    def _delta(self) -> Delta:
        if not self._added and not self._gone:
            return Delta()
        return Delta(build_segment(list(self._added.values())), tuple(self._gone), count_pairs(self._gone.values()))

    @property
    def has_changed(self) -> bool:
        """Whether any article came or went."""
        return bool(self._added or self._gone)

    @property
    def is_stale(self) -> bool:
        """Whether so much has changed that the index should be made anew."""
        came = sum(len(each.passages) for each in self._added.values())
        went = int(self._base.segment.passage_counts[list(self._gone)].sum())
        return (came + went) * STALE > len(self._base.segment.starts)

    def merge(self) -> BaseSegment:
        """Return a base segment of the articles there are."""
        return build_base_segment(concatenate_segments(list(self.pieces())), self._engine)

    def pieces(self) -> Iterator[Segment]:
        """Return the articles there are in the order of file names, some neighbouring ones at a time.

        The acronyms of all come with the first of them.
        """
        base, delta = self._base.segment, self._delta()
        files = [entry.source.file for segment in (base, delta.more) for entry in segment.entries]
        sizes = [*base.passage_counts.tolist(), *delta.more.passage_counts.tolist()]
        order = sorted(set(range(len(files))).difference(self._gone), key=files.__getitem__)
        pairs = subtract_pairs(merge_pairs([base.pairs, delta.more.pairs]), delta.gone_pairs)
        for numbers in _divide(order, sizes):
            yield self._pick(numbers, delta.more)._replace(pairs=pairs)
            pairs = EMPTY.pairs
            self._base.mapped.give_back()

    def _pick(self, numbers: Sequence[int], more: Segment) -> Segment:
        """Some articles, by their numbers in the base segment, continued in the delta, in the order given."""
        first = len(self._base.segment.entries)
        old, new = [number for number in numbers if number < first], [n - first for n in numbers if n >= first]
        segments = [pick_articles(more, new)]
        if old:
            near = slice_articles(self._base.segment, self._base.positions, old[0], old[-1] + 1)
            segments.insert(0, pick_articles(near, [number - old[0] for number in old]))
        both = concatenate_segments([each._replace(pairs=EMPTY.pairs) for each in segments])
        place = {number: place for place, number in enumerate((*old, *(first + number for number in new)))}
        return pick_articles(both, [place[number] for number in numbers])


def _divide(numbers: Sequence[int], sizes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Divide articles, by their numbers and how many passages each has, into stretches of about `PIECE`."""
    first = size = 0
    for at, number in enumerate(numbers):
        size += sizes[number]
        if size >= PIECE:
            yield numbers[first : at + 1]
            first, size = at + 1, 0
    if first < len(numbers):
        yield numbers[first:]
