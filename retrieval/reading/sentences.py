"""An article's passages: its sentences, each with the exact place it stands in.

nupunkt finds the boundaries line by line; a repair pass then mends what line-wise splitting gets wrong in real
articles: pieces that continue the sentence before, full stops of East Asian scripts, stray marks at the ends.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from retrieval.models import Article, Passage
from retrieval.reading.lines import QUOTABLE, Line, LineKind, is_sentence, read_lines, trailing_credit

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

Span: TypeAlias = tuple[int, int]
"""Start and end offsets, in code points."""

WRAP_WIDTH = range(40, 121)
"""Widths at which a paragraph may have been broken into lines by hand or by a mail program."""

ABBREVIATIONS = frozenset(
    # titles and ranks
    "adm amb assoc atty brig capt cdr cmdr col comdr cpl dr esq fr gen gov h.e hon jr lt m.d maj messrs mlle mme mr mrs"
    " ms p.m.q ph.d pres prof pvt rep reps rev sec sen sens sgt sr st supt"
    # months and days
    " apr aug dec feb fri jan jul jun mar mon nov oct sep sept thu thur thurs tue tues"
    # organizations and places
    " assn ave bldg blvd bros calif co conn corp d.c dept dist ft govt inc intl ltd minn mt mts natl penn pref tenn u.k"
    " u.n u.s u.s.a univ wash"
    # references and Latin
    " a.m al approx art arts c ca cf ch e.g ed eds et est etc fig figs i.e ibid incl no nos op p p.m para paras pp resp"
    " secs v viz vol vols vs"
    " a b c d e f g h i j k l m n o p q r s t u v w x y z".split()
)
"""Abbreviations of English reports, whose full stop ends no sentence. nupunkt's own list was learnt from scanned court
papers and holds 'fish', 'century' and 4,000 misread words (docs/decisions/retrieval.md)."""

_MARKER = re.compile(r"[\s\ufeff]*(?:#{1,6}\s+|(?:[-•*–‣▪]|\(?\d{1,3}[.)])\s+|>\s+)?")
_OTHER_STOPS = (
    re.compile(r"[。！？](?:[」』）”’]+(?!\s*[とかのなにがをはも、])|(?=\s*[^\s」』）”’]))"),
    re.compile(r"\bthe U\.[SKN]\.(?=\s+(?:Washington|London|Beijing|Moscow|Tokyo|Hanoi|Seoul|Brussels)\b)"),
)
"""Sentence ends that nupunkt does not see: East Asian full stops, and a country's dotted name before a capital's."""
_OTHER_MARKS = ("。", "！", "？", "the U.")
"""What none of these is without, and most texts are."""
_OPENING = re.compile(r"[\s\"'“”‘’(\[–—-]*")
_STRAY_END = re.compile(r"(?<=[.!?…。！？\"”’)\]])(?:\s{1,4}[.“‘\"(\[]{1,3}){1,3}$")
STRAY_CHARS = 21
"""How many characters stray marks have at most; what stands before need not be looked through."""
_LONG_RUN = re.compile(r"(?<!\S)\S{500,}")
_MARK = re.compile(r"[.!?…\"'”’)\]]")
_WORD = re.compile(r"\w")


def passages(article: Article) -> list[Passage]:
    """Return the passages of an article in order: a sentence, caption, heading or list item each."""
    lines = read_lines(article.text)
    starts = [line.start for line in lines]
    spans = [span for first, last in _read_units(lines) for span in _unit_spans(article.text, first, last)]
    return [passage_at(article, span, number) for span, number in zip(spans, _line_numbers(spans, starts), strict=True)]


def passage_at(article: Article, span: Span, line: int) -> Passage:
    """Return a span of an article, which starts on a line, as a passage."""
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
        sha256=article.sha256,
        original=article.original.place(start) if article.original else None,
    )


def _line_numbers(spans: Iterable[Span], starts: Sequence[int]) -> Iterator[int]:
    """The line, from 1, that each span starts on; spans and line starts are in order."""
    number = 0
    for start, _ in spans:
        while number < len(starts) and starts[number] <= start:
            number += 1
        yield number


# --- which lines are read as one


def _read_units(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """First and last line of each stretch that is split into sentences as a whole."""
    for block in _blocks(lines):
        if _is_wrapped(block):
            yield block[0], block[-1]
        else:
            yield from ((line, line) for line in block)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines of text; any other kind of line stands alone, with the indented lines that continue it."""
    block: list[Line] = []
    for line in lines:
        if block and _continues(block[-1], line, block[0]):
            block.append(line)
            continue
        if block:
            yield block
        block = [line] if line.kind in QUOTABLE else []
    if block:
        yield block


def _continues(before: Line, line: Line, first: Line) -> bool:
    if line.kind is not LineKind.BODY or line.number != before.number + 1:
        return False
    return first.kind is LineKind.BODY or (first.kind is LineKind.BULLET and line.text[:1].isspace())


def _is_wrapped(block: Sequence[Line]) -> bool:
    """Whether lines belong together: a list item with its continuation, or a paragraph broken to fit a width."""
    if len(block) == 1 or block[0].kind is LineKind.BULLET:
        return len(block) > 1
    lengths = [len(line.text.rstrip()) for line in block]
    if max(lengths) not in WRAP_WIDTH or min(lengths[:-1]) < 0.75 * max(lengths):
        return False
    return any(_starts_lower(line.text) and not is_sentence(before.text.rstrip()) for before, line in pairwise(block))


# --- where a stretch of text is split


def _unit_spans(text: str, first: Line, last: Line) -> list[Span]:
    start, end = first.start, last.end
    credit = trailing_credit(text[start:end])
    if credit is not None:
        end = start + credit
    marker = _MARKER.match(text, start, end)
    start = marker.end() if marker else start
    if first.kind is LineKind.SOURCES:
        return [(start, start + len(text[start:end].rstrip()))]
    return [(start + a, start + b) for a, b in sentence_spans(text[start:end])]


def sentence_spans(text: str) -> list[Span]:
    """Split a line, or a hard-wrapped paragraph, into sentences.

    Args:
        text: The text, without list or heading marks.

    Returns:
        Their spans, in order, without white space or stray marks around them; none is empty.
    """
    trimmed = (_trim_span(text, span) for span in _glue_fragments(text, _sentence_bounds(text)))
    return [(start, end) for start, end in trimmed if _WORD.search(text, start, end)]


def _sentence_bounds(text: str) -> Iterator[Span]:
    """nupunkt's boundaries, and boundaries at marks that it does not know."""
    masked = _LONG_RUN.sub(lambda run: _MARK.sub("-", run[0]), text)  # nupunkt's time is quadratic in '!!!!...'
    spans = _segmenter().span_tokenize(masked)
    if not any(mark in text for mark in _OTHER_MARKS):
        yield from spans
        return
    for start, end in spans:
        stops = {match.end() for mark in _OTHER_STOPS for match in mark.finditer(text, start, end)}
        yield from pairwise(sorted({start, end} | stops))


@cache
def _segmenter() -> "PunktSentenceTokenizer":
    import nupunkt  # noqa: PLC0415 - who opens an index divides nothing into sentences

    segmenter = nupunkt.PunktSentenceTokenizer.load(nupunkt.models.get_default_model_path())
    for abbreviation in segmenter.abbreviations - ABBREVIATIONS:
        segmenter.remove_abbreviation(abbreviation)
    segmenter.add_abbreviations(sorted(ABBREVIATIONS - segmenter.abbreviations))
    return segmenter


def _glue_fragments(text: str, spans: Iterable[Span]) -> list[Span]:
    """Join a piece that starts in lower case, or holds no letter or digit, to the piece before."""
    glued: list[Span] = []
    for start, end in spans:
        piece = text[start:end]
        if glued and (_starts_lower(piece) or not _WORD.search(piece)):
            glued[-1] = (glued[-1][0], end)
        else:
            glued.append((start, end))
    return glued


def _starts_lower(text: str) -> bool:
    opening = _OPENING.match(text)
    place = opening.end() if opening else 0
    return text[place : place + 1].islower()


def _trim_span(text: str, span: Span) -> Span:
    start, end = span
    piece = text[start:end].rstrip()
    stray = _STRAY_END.search(piece, max(0, len(piece) - STRAY_CHARS))
    kept = piece[: stray.start()] if stray else piece
    return start + len(kept) - len(kept.lstrip()), start + len(kept)
