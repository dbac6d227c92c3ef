"""Articles as pages show them: lines cut into sentences, some of them quoted and all of them to be chosen."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from retrieval.models import Article, Passage, Value
from retrieval.reading.lines import Line, read_lines

LINES_AROUND = 2
"""Lines shown on either side of a quote."""
LINES_A_PAGE = 400
LONGEST_LINE = 4_000
"""Code points of a line shown on either side of a quote; a document may be a single line."""


class LinePart(Value):
    """A piece of a line.

    Attributes:
        start: Where its sentence starts in the article; none for text that is never quoted.
        end: Where its sentence ends.
        is_quoted: Whether it is (part of) the quote that the page is about.
        times: How often its sentence was quoted.
    """

    text: str
    start: int | None = None
    end: int | None = None
    is_quoted: bool = False
    times: int = 0


class ShownLine(Value):
    """A line with its number."""

    number: int
    parts: tuple[LinePart, ...]


class TextRange(Value):
    """A stretch of an article's text, in offsets."""

    start: int
    end: int


class QuotedLines(Value):
    """Lines that hold quotes, with those around them."""

    quotes: tuple[TextRange, ...]
    lines: tuple[ShownLine, ...]


def around(article: Article, passages: Sequence[Passage], quotes: Sequence[TextRange]) -> Iterator[QuotedLines]:
    """Quotes with two lines on either side, in the order of the text; those near each other stand in one block."""
    lines = read_lines(article.text)
    starts = [line.start for line in lines]
    blocks: list[tuple[int, int, list[TextRange]]] = []
    for quote in sorted(quotes, key=attrgetter("start", "end")):
        first = max(0, bisect_right(starts, quote.start) - 1 - LINES_AROUND)
        last = bisect_left(starts, quote.end) + LINES_AROUND
        if blocks and first <= blocks[-1][1] and quote.start - blocks[-1][2][-1].end <= LONGEST_LINE:
            start, end, together = blocks.pop()
            blocks.append((start, max(end, last), [*together, quote]))
        else:
            blocks.append((first, last, [quote]))
    for first, last, together in blocks:
        window = TextRange(start=max(0, together[0].start - LONGEST_LINE), end=together[-1].end + LONGEST_LINE)
        cut = _cut(lines[first:last], _Sentences(passages, together), window)
        yield QuotedLines(quotes=tuple(together), lines=tuple(cut))


def page_of(
    article: Article,
    passages: Sequence[Passage],
    first: int,
    times: Mapping[int, int],
    quotes: Sequence[TextRange] = (),
) -> list[ShownLine]:
    """The lines of an article from a number on, a page of them, with how often the sentence at an offset was quoted."""
    lines = read_lines(article.text)[first - 1 : first - 1 + LINES_A_PAGE]
    whole = TextRange(start=0, end=len(article.text))
    return list(_cut(lines, _Sentences(passages, quotes, times), whole))


def line_count(article: Article) -> int:
    """Count the lines of an article."""
    return len(read_lines(article.text))


class _Sentences:
    """The sentences of an article, found by place."""

    def __init__(
        self, passages: Sequence[Passage], quotes: Sequence[TextRange], times: Mapping[int, int] | None = None
    ) -> None:
        self._passages, self._ends = passages, [passage.end for passage in passages]
        self._quotes, self._times = quotes, times or {}

    def parts(self, text: str, start: int) -> Iterator[LinePart]:
        """A line's text, which starts at an offset, as sentences and what stands between them."""
        at, end = start, start + len(text)
        for passage in self._passages[bisect_right(self._ends, start) :]:
            if passage.start >= end:
                break
            yield from self._between(text, start, TextRange(start=at, end=max(at, passage.start)))
            first, last = max(at, passage.start), min(end, passage.end)
            yield LinePart(
                text=text[first - start : last - start],
                start=passage.start,
                end=passage.end,
                is_quoted=self._is_quoted(first, last),
                times=self._times.get(passage.start, 0),
            )
            at = last
        yield from self._between(text, start, TextRange(start=at, end=end))

    def _between(self, text: str, start: int, span: TextRange) -> Iterator[LinePart]:
        if span.start < span.end:
            shown = text[span.start - start : span.end - start]
            yield LinePart(text=shown, is_quoted=self._is_quoted(span.start, span.end))

    def _is_quoted(self, start: int, end: int) -> bool:
        return any(start < quote.end and end > quote.start for quote in self._quotes)


def _cut(lines: Sequence[Line], sentences: _Sentences, window: TextRange) -> Iterator[ShownLine]:
    for line in lines:
        start, end = max(line.start, window.start), min(line.end, window.end)
        if start <= end:
            text = line.text[start - line.start : end - line.start]
            yield ShownLine(number=line.number, parts=tuple(sentences.parts(text, start)))
