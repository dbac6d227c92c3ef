"""An article's passages: its sentences, each with the exact place it stands in."""

from collections.abc import Iterator, Sequence

from retrieval.models import Article, Passage
from retrieval.reading.paragraphs import Paragraph, ParagraphKind, is_markdown, read_paragraphs
from retrieval.reading.segmentation import Span, sentence_spans
from retrieval.text.shown_text import shown

FORMULA, PICTURE = "[formula]", "[picture]"
"""Marks in a document's text for a part that letters cannot show; a sentence that lacks a part is never quoted."""


def passages(article: Article) -> list[Passage]:
    """Return the sentences of an article that may be quoted, in order.

    Returns:
        One passage a sentence, caption, heading, list item or table row; `article.text[start:end] == text` for each.
    """
    found = [
        (span, paragraph)
        for paragraph in paragraphs_of(article)
        if paragraph.omission is None
        for span in _spans(article.text, paragraph)
        if _is_whole(article.text[slice(*span)])
    ]
    lines = _line_numbers(article.text, [span for span, _ in found])
    return [
        passage_at(article, span, line, paragraph.speaker, paragraph.heading)
        for (span, paragraph), line in zip(found, lines, strict=True)
    ]


def _is_whole(text: str) -> bool:
    """Whether words are shown of a sentence, and none is missing; only markup may hide them all."""
    may_hide = "<" in text or "](" in text
    return not (may_hide and not shown(text)) and FORMULA not in text and PICTURE not in text


def paragraphs_of(article: Article) -> tuple[Paragraph, ...]:
    """Return the paragraphs of an article, those that are never quoted too."""
    return read_paragraphs(article.text, markdown=is_markdown(article.file))


def passage_at(
    article: Article, span: Span, line: int, speaker: str | None = None, heading: str | None = None
) -> Passage:
    """Return a stretch of an article as a passage.

    Args:
        article: The article.
        span: Where it stands, in code points.
        line: The line it starts on, from 1.
        speaker: Who speaks, as the article names them.
        heading: The nearest heading above it, as people are shown it.
    """
    start, end = span
    return Passage(
        file=article.file,
        line=line,
        start=start,
        end=end,
        text=article.text[start:end],
        title=article.title,
        date=article.date,
        publisher=article.publisher,
        url=article.url,
        sha256=article.sha256,
        original=article.original.place(start) if article.original else None,
        speaker=speaker,
        heading=heading,
    )


def _spans(text: str, paragraph: Paragraph) -> Iterator[Span]:
    piece = text[paragraph.start : paragraph.end]
    whole = paragraph.kind in {ParagraphKind.SOURCES, ParagraphKind.ROW}
    for start, end in [(0, len(piece.rstrip()))] if whole else sentence_spans(piece):
        yield paragraph.start + start, paragraph.start + end


def _line_numbers(text: str, spans: Sequence[Span]) -> Iterator[int]:
    """The line, from 1, that each span starts on, as editors count lines; spans are in order."""
    number, reached = 1, 0
    for start, _ in spans:
        number += _line_ends(text, reached, start)
        reached = start
        yield number


def _line_ends(text: str, start: int, end: int) -> int:
    pairs = text.count("\r\n", start, end)
    return text.count("\n", start, end) + text.count("\r", start, end) - pairs
