"""The paragraphs of an article: lines read together, with their kind and their speaker."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.reading.furniture import Furniture, furniture, trailing_credit
from retrieval.reading.lines import (
    Line,
    PageEnd,
    Wrapping,
    ends_clause,
    ends_with_number,
    is_sentence,
    page_ends,
    read_lines,
    starts_small,
)
from retrieval.reading.markdown import QUOTABLE, Block, LineBlock, read_blocks
from retrieval.text.shown_text import shown


class ParagraphKind(StrEnum):
    """What a paragraph is."""

    BODY = "body"
    HEADING = "heading"
    ITEM = "list item"
    ROW = "table row"
    SOURCES = "sources"


class Paragraph(NamedTuple):
    """Lines that are read as one.

    Attributes:
        lines: Its lines.
        kind: What it is.
        start: Offset of its first code point; the mark of an item or heading and a speaker's label stand before it.
        end: Offset after its last code point; a photo credit stands behind it.
        omission: Why it is never quoted; None where it may be.
        speaker: Who speaks, as the article names them, in this paragraph or since an earlier one; None for nobody.
        heading: The nearest heading above it, as people are shown it; None where there is none.
    """

    lines: tuple[Line, ...]
    kind: ParagraphKind
    start: int
    end: int
    omission: Furniture | Block | None = None
    speaker: str | None = None
    heading: str | None = None


def is_markdown(file: str) -> bool:
    """Return whether an article is Markdown, by its file's name."""
    return file.lower().endswith((".md", ".markdown"))


@lru_cache(maxsize=2)
def read_paragraphs(text: str, *, markdown: bool = False) -> tuple[Paragraph, ...]:
    """Read the paragraphs of an article.

    Args:
        text: The whole article as decoded.
        markdown: Whether it is Markdown.

    Returns:
        All of them in order, with those that are never quoted; only lines without a letter or digit are in none.
    """
    lines = read_lines(text, soft=True)
    blocks = read_blocks(text, lines, markdown=markdown)
    pages = {} if markdown else page_ends(lines)
    groups = _Grouping(lines, blocks, pages, markdown=markdown).groups()
    paragraphs = [_paragraph(text, group, block, pages.get(group[-1].start)) for group, block in groups]
    paragraphs = _with_furniture(text, list(_with_speakers(text, paragraphs)))
    return tuple(_with_headings(text, paragraphs))


# --- which lines are read as one

_BULLET = lazy_pattern(r"(?:[-*+–—•●○◦▪■‣⁃·∙\uf0b7\uf0a7]\s+|[•●○◦▪■‣⁃∙\uf0b7\uf0a7]|o\s+(?=[A-Z]))(?=\S)")
_NUMBER = lazy_pattern(r"(?!\(c\)\s*(?:19|20)\d\d\b)(?:\(?\d{1,3}[.)]|\([a-z]{1,4}\)|[a-z]\))\s+(?=\S)")
_HEADING = lazy_pattern(r"#{1,6}\s+(?=\S)")
_EMPHASISED = lazy_pattern(r"(?:\*{2,}|__|<(?:b|u|strong)>).*(?:\*{2,}|__|</(?:b|u|strong)>)\\?")
"""A line that is bold from end to end heads what follows."""
LONGEST_HEADING = 300
_SOURCES = lazy_pattern(r"(?:sources?|references|see also)\s*:", re.IGNORECASE)
_ANNOUNCES = lazy_pattern(r"(?:[:;]|\b(?:and|or))[*_]*$")
_FLOWING = frozenset({Block.TEXT, Block.ITEM})
SHORT = 30
"""Shortest line, in code points, that a sentence may be taken up from after a blank line."""


class _Grouping:
    """Puts the lines of an article together to paragraphs."""

    def __init__(
        self, lines: Sequence[Line], blocks: Sequence[LineBlock], pages: Mapping[int, PageEnd], *, markdown: bool
    ) -> None:
        self._lines, self._blocks, self._pages, self._markdown = lines, blocks, pages, markdown
        texts = [line for line, block in zip(lines, blocks, strict=True) if block.block in {Block.TEXT, Block.ITEM}]
        self._wrapping = Wrapping(texts)

    def groups(self) -> Iterator[tuple[list[Line], LineBlock]]:
        """The lines of each paragraph, and what the first of them is."""
        group: list[Line] = []
        first = last = LineBlock(Block.MARKS, 0)
        has_gap = False
        for line, block in zip(self._lines, self._blocks, strict=True):
            if line.is_blank:
                has_gap = True
                continue
            if group and self._belongs(group, last, line, block, has_gap=has_gap):
                group.append(line)
            else:
                if group:
                    yield group, first
                group, first = [line], block
            last, has_gap = block, False
        if group:
            yield group, first

    def _belongs(self, group: Sequence[Line], last: LineBlock, line: Line, block: LineBlock, *, has_gap: bool) -> bool:
        """Whether a line goes on with the paragraph before it."""
        before = group[-1]
        if block.block not in _FLOWING or last.block not in _FLOWING:
            is_new_row = block.block is Block.ROW and line.content.startswith("|")
            return block == last._replace(is_broken=block.is_broken) and not is_new_row
        if block.block is Block.ITEM or _HEADING.match(before.content) or self._starts_item(before, line):
            return False
        if (page := self._pages.get(line.start)) and not page.content:
            return False
        if has_gap:
            return self._goes_on_after_gap(before, line)
        if last.is_broken:
            return not is_sentence(before.content) and starts_small(line.content)
        return block.number == last.number and self._wrapping.continues(before, line, flowing=self._markdown)

    def _goes_on_after_gap(self, before: Line, line: Line) -> bool:
        """Whether a sentence was cut by a blank line, as at a page's end."""
        page = self._pages.get(before.start)
        content = page.content if page else before.content
        if len(content) < SHORT or ends_clause(content) or (ends_with_number(before) and not page):
            return False
        return starts_small(line.content) or (page is not None and (content[-1].isalnum() or content[-1] in ",-–—"))

    def _starts_item(self, before: Line, line: Line) -> bool:
        """Whether a line begins with the mark of a list item, a heading or a list of sources."""
        if _HEADING.match(line.content) or _SOURCES.match(line.content):
            return True
        mark = _BULLET.match(line.content) or _NUMBER.match(line.content)
        if mark is None:
            return False
        goes_on = not ends_clause(before.content) and not _ANNOUNCES.search(before.content)
        if goes_on and starts_small(line.content[mark.end() :]) and mark[0].strip() in {"-", "–", "—", "*"}:
            return False  # a dash within a sentence
        is_number = mark[0].strip().rstrip(".").isdigit()
        return not (goes_on and is_number and self._wrapping.is_full(before, line))


def _paragraph(text: str, group: Sequence[Line], block: LineBlock, page: PageEnd | None) -> Paragraph:
    first, last = group[0], group[-1]
    start, end = first.start + first.indent, last.start + len(last.text.rstrip())
    if page and page.start == start:
        return Paragraph(tuple(group), ParagraphKind.BODY, start, end, Furniture.PAGE)
    end = page.start if page else end
    kind, mark = _kind(first.content, block.block)
    start += mark
    credit = trailing_credit(text[start:end])
    end = start + credit if credit else end
    omission = None if block.block in QUOTABLE else block.block
    return Paragraph(tuple(group), kind, start, end, omission)


def _kind(content: str, block: Block) -> tuple[ParagraphKind, int]:
    """What a paragraph is, and how many characters its mark has."""
    if block is Block.ROW:
        return ParagraphKind.ROW, 0
    if heading := _HEADING.match(content):
        return ParagraphKind.HEADING, heading.end()
    if block is Block.HEADING or (len(content) < LONGEST_HEADING and _EMPHASISED.fullmatch(content)):
        return ParagraphKind.HEADING, 0
    if _SOURCES.match(content):
        return ParagraphKind.SOURCES, 0
    if mark := _BULLET.match(content) or _NUMBER.match(content):
        return ParagraphKind.ITEM, mark.end() if _BULLET.match(content) or block is Block.ITEM or mark else 0
    return ParagraphKind.BODY, 0


# --- what only surrounds the article


def _with_furniture(text: str, paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Mark notices, counters, credits, datelines and by-lines: paragraphs of one line that are text."""
    texts = [p for p in paragraphs if p.omission is None]
    lines = [shown(text[p.lines[0].start : p.lines[0].end]) if _may_surround(p) else "" for p in texts]
    found = iter(furniture(lines))
    return [p if p.omission else p._replace(omission=next(found)) for p in paragraphs]


LONGEST_SURROUNDING = 400
"""Longest line, in code points, that may stand around an article: a legal notice."""


def _may_surround(paragraph: Paragraph) -> bool:
    first = paragraph.lines[0]
    is_short = paragraph.end - paragraph.start <= LONGEST_SURROUNDING
    is_labelled = paragraph.start > first.start + first.indent  # what somebody says, however short, is content
    return paragraph.kind is ParagraphKind.BODY and len(paragraph.lines) == 1 and is_short and not is_labelled


# --- who speaks

_TITLES = (
    r"(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|Amb|Gen|Adm|Sen|Rep|Hon|(?:Vice |Deputy |Prime |First |Foreign |Defen[cs]e )*"
    r"(?:President|Minister|Secretary|Ambassador|Chair(?:man|woman|person)?|Governor|Senator|Director|Spokes(?:man|woman"
    r"|person))|Moderator|Interpreter|Reporter|Question|Operator)"
)
_NAME = r"(?:\s(?:[A-Z][\w'’-]*\.?|of|de|and|the|for)){0,6}"
_COUNTRY = r"(?:\s\([^()]{1,40}\))?"
_COLON = r"\s?:[*_]*(?:\s+(?=\S)|$)"
_SPEAKER = lazy_pattern(
    rf"[*_]*(?P<label>(?i:(?:the )?{_TITLES})\b\.?{_NAME}{_COUNTRY}){_COLON}"
    rf"|[*_]*(?P<shouted>(?:[A-Z][A-Z.'’-]*\s){{0,4}}[A-Z][A-Z'’-]+{_COUNTRY}){_COLON}"
    r"|(?P<floor>(?:Mr|Mrs|Ms|Dr|The)\.? [A-Z][A-Z'’-]{2,}(?: [A-Z][A-Z'’-]{2,})*(?: of [A-Z]\w+)?)\.\s+(?=[A-Z])"
    r"|[*_]*(?P<question>Q)(?:[.:]\s+|[*_]*\s{2,})(?=\S)"
    r"|(?P<asked>Q)\s(?=\S)"
)
"""Labels of speakers at a paragraph's start: 'Ms. Tanaka:', 'THE PRESIDENT:', 'Mr. WANG (China):', 'Mr. PARK.', 'Q'."""
_TITLE = lazy_pattern(rf"\b{_TITLES}\b", re.IGNORECASE)
_SPOKEN_OF = lazy_pattern(r"\b(?:ABOUT|BY|FOR|FROM|ON|TO|WITH)\b")
"""In a label in capitals: the office behind it does not speak ('STATEMENT BY THE PRESIDENT:')."""
_ENTRY = lazy_pattern(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?, [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)?")
"""A name as registers have it, which nobody says: 'Turner, Malcolm'."""


def _with_speakers(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Give each paragraph who speaks in it; a label is no part of what is quoted."""
    labels = [_label(text, p) for p in paragraphs]
    counts = Counter(match[match.lastgroup or 0] for match in labels if match)
    speaker: str | None = None
    for paragraph, match in zip(paragraphs, labels, strict=True):
        if paragraph.kind is ParagraphKind.HEADING or (match and match.lastgroup == "shouted"):
            speaker = None
        if match and _is_speaker(match, counts):
            speaker = match[match.lastgroup or 0]
            start = paragraph.start + match.end()
            alone = Furniture.LABEL if start == paragraph.end else None
            yield paragraph._replace(start=start, speaker=speaker, omission=alone)
        else:
            yield paragraph._replace(speaker=speaker)


def _label(text: str, paragraph: Paragraph) -> re.Match[str] | None:
    may_speak = paragraph.kind is ParagraphKind.BODY and paragraph.omission is None
    match = _SPEAKER.match(text[paragraph.start : paragraph.end]) if may_speak else None
    return match if match and not _ENTRY.fullmatch(match.string, match.end()) else None


def _is_speaker(match: re.Match[str], counts: Counter[str]) -> bool:
    """Whether a label names a speaker: it has a title with a name or country, or comes again."""
    label = match[match.lastgroup or 0]
    if match.lastgroup == "asked":
        return len(counts) > 1  # others are named in the article
    if match.lastgroup == "label" and match.end() == len(match.string):
        return counts[label] > 1 or label.isupper()
    if match.lastgroup == "shouted" and _TITLE.search(label) and not _SPOKEN_OF.search(label):
        return True
    return (
        match.lastgroup in {"floor", "question"} or counts[label] > 1 or bool(_TITLE.match(label.removeprefix("THE ")))
    )


# --- under which heading

HEADING_CHARS, HEADING_WORDS = 120, 16
"""Longest line of plain text that heads what follows."""
_RULES_OUT_HEADING = lazy_pattern(r"(?:[,;–—-]|\b(?:and|or))$")


def _with_headings(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Give each paragraph the nearest heading above it."""
    heading: str | None = None
    content = [p for p in paragraphs if p.omission is None]
    neighbours = zip(content, (None, *content), content[1:], strict=False)
    heads = {p.start for p, before, after in neighbours if _heads(text, p, before, after)}
    for paragraph in paragraphs:
        yield paragraph._replace(heading=heading)
        if paragraph.omission is None and paragraph.start in heads:
            heading = shown(text[paragraph.start : paragraph.end])


def _heads(text: str, paragraph: Paragraph, before: Paragraph | None, after: Paragraph) -> bool:
    """Whether a paragraph heads what follows: it is marked as a heading, or short, no sentence, and above sentences."""
    if paragraph.kind is ParagraphKind.HEADING:
        return paragraph.lines[0].content.startswith("#") or not is_sentence(text[paragraph.start : paragraph.end])
    if paragraph.end - paragraph.start > HEADING_CHARS or not _may_head(paragraph, before, after):
        return False
    line, following = text[paragraph.start : paragraph.end].strip(), text[after.start : after.end]
    if len(paragraph.lines) > 1 and not line.isupper():
        return False
    is_short = len(line.split()) <= HEADING_WORDS and not starts_small(line)
    return is_short and not ends_clause(line) and not _RULES_OUT_HEADING.search(line) and is_sentence(following)


def _may_head(paragraph: Paragraph, before: Paragraph | None, after: Paragraph) -> bool:
    """Whether a paragraph is of plain text, or has a number that counts no list: '1. Introduction'."""
    if paragraph.kind is not ParagraphKind.ITEM:
        return paragraph.kind is ParagraphKind.BODY
    is_numbered = bool(_NUMBER.match(paragraph.lines[0].content))
    return is_numbered and after.kind is ParagraphKind.BODY and (before is None or before.kind is ParagraphKind.BODY)
