"""The letters of a PDF's pages and their places on the page as it is seen; PDFium finds both."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from retrieval.patterns import lazy_pattern

_BOLD = lazy_pattern(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_LINE_END_HYPHENS = (0x02, 0xFFFE)
"""What PDFium says for a hyphen at the end of a line."""
_INVISIBLE_MODE = raw.FPDF_TEXTRENDERMODE_INVISIBLE
_QUARTER = math.pi / 2
_SKEW = 0.2
"""Radians by which letters may lean from the direction of their page's text."""
_VERTICAL_SHARE = 0.6
_NAME_BYTES = 200
_FORMS = 3
"""How deep in each other forms with pictures are looked into."""
_NO_WIDTH = 0.01
SAME_PLACE = 0.12
"""In letter heights: the same letter drawn again this near, in another go, is the same letter made bold."""


class Glyph(NamedTuple):
    """A letter: its start and end on the baseline, from the lower left corner, in points."""

    text: str
    x: float
    end: float
    y: float
    size: float
    bold: bool = False
    hidden: bool = False  # drawn invisibly, as text recognition does over a picture
    piece: int = 0  # letters that were drawn together have the same
    spaced: bool = False  # PDFium sees a space before it


class PageGlyphs(NamedTuple):
    """The letters of a page in the order drawn, and the counts of those left out."""

    glyphs: list[Glyph]
    askew: int  # letters in another direction than the page's
    lost: int  # pieces of text that PDFium passes over
    pictures: int


class _Style(NamedTuple):
    bold: bool
    hidden: bool
    piece: int


class _Placed(NamedTuple):
    glyph: Glyph
    angle: float


def page_glyphs(page: pypdfium2.PdfPage) -> PageGlyphs:
    """Return the letters of a page, turned so that its text runs from left to right."""
    text_page = page.get_textpage()
    styles: dict[int, _Style] = {}
    try:
        placed = list(_placed(text_page.raw, styles))
    finally:
        text_page.close()
    edges = page.get_bbox()
    inside = [each for each in placed if _is_inside(each.glyph, edges)]
    turn = _usual_turn(inside)
    straight = [each.glyph for each in inside if _is_along(each.angle, turn)]
    askew = len(inside) - len(straight)
    if turn:
        straight = [_turned(glyph, turn) for glyph in straight]
    elif _is_vertical(straight):
        straight = [_laid_down(glyph) for glyph in straight]
    drawn = list(_drawn(page.raw))
    pictures = sum(raw.FPDFPageObj_GetType(each) == raw.FPDF_PAGEOBJ_IMAGE for each in drawn)
    heights = [_lost_height(each) for each in drawn if _address(each) not in styles]
    lost = sum(height > _NO_WIDTH for height in heights)
    points = sum(height >= 0 for height in heights) - lost  # spaces too are of no width and height
    return PageGlyphs(_without_doubles(straight), askew, lost + points * (points > len(placed)), pictures)


def _drawn(page: raw.FPDF_PAGE) -> Iterator[raw.FPDF_PAGEOBJECT]:
    """The pieces of text and the pictures on a page, and in the forms on it."""
    waiting = [(raw.FPDFPage_GetObject(page, n), 0) for n in range(raw.FPDFPage_CountObjects(page))]
    while waiting:
        drawn, depth = waiting.pop()
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind in {raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE}:
            yield drawn
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _FORMS:
            inner = range(raw.FPDFFormObj_CountObjects(drawn))
            waiting += [(raw.FPDFFormObj_GetObject(drawn, n), depth + 1) for n in inner]


def _lost_height(drawn: raw.FPDF_PAGEOBJECT) -> float:
    """The height of text that PDFium passes over for it has no width: vertical text whose font is not in the file."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_TEXT:
        return -1.0
    raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
    return top.value - bottom.value if right.value - left.value < _NO_WIDTH else -1.0


def _address(drawn: raw.FPDF_PAGEOBJECT) -> int:
    return ctypes.c_void_p.from_buffer(drawn).value or 0


def _placed(text: raw.FPDF_TEXTPAGE, styles: dict[int, _Style]) -> Iterator[_Placed]:
    """The letters of a page; a ligature, which is drawn as one letter, is one."""
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    last: _Placed | None = None
    spaced = False
    for number in range(raw.FPDFText_CountChars(text)):
        if raw.FPDFText_IsGenerated(text, number) == 1:  # a space or line break that is not drawn
            spaced = True
            continue
        letter = _letter(text, number)
        if not letter or not raw.FPDFText_GetCharOrigin(text, number, x, y):
            continue
        style = _style(raw.FPDFText_GetTextObject(text, number), styles)
        if last and (last.glyph.x, last.glyph.y, last.glyph.piece) == (x.value, y.value, style.piece):
            whole = last.glyph.text + letter
            last = last._replace(glyph=last.glyph._replace(text=whole, end=max(last.glyph.end, _ink_end(text, number))))
            continue
        if last:
            yield last
        last = _place(text, number, Glyph(letter, x.value, x.value, y.value, 0.0, *style, spaced), box, matrix)
        spaced = False
    if last:
        yield last


def _place(text: raw.FPDF_TEXTPAGE, number: int, glyph: Glyph, box: raw.FS_RECTF, matrix: raw.FS_MATRIX) -> _Placed:
    """A letter with its width, height and direction; box and matrix are written to."""
    raw.FPDFText_GetLooseCharBox(text, number, box)
    raw.FPDFText_GetMatrix(text, number, matrix)
    size = max(raw.FPDFText_GetFontSize(text, number) * math.hypot(matrix.c, matrix.d), 1.0)
    upright = abs(matrix.b) > abs(matrix.a)  # up or down the page rather than across
    end = glyph.x + (box.top - box.bottom if upright else box.right - box.left)
    return _Placed(Glyph(glyph.text, glyph.x, end, glyph.y, size, *glyph[5:]), math.atan2(matrix.b, matrix.a))


def _ink_end(text: raw.FPDF_TEXTPAGE, number: int) -> float:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text, number, left, right, bottom, top)
    return right.value


def _letter(text: raw.FPDF_TEXTPAGE, number: int) -> str:
    code = raw.FPDFText_GetUnicode(text, number)
    if code in _LINE_END_HYPHENS:
        return "-"
    if code == 0 or (code < ord(" ") and raw.FPDFText_HasUnicodeMapError(text, number) == 1):
        return "\ufffd"  # not passed over: a quote with a hole says something else
    letter = chr(code)
    return "" if letter in "\r\n" else letter


def _style(drawn: raw.FPDF_PAGEOBJECT, styles: dict[int, _Style]) -> _Style:
    """The style of a text object, asked for once."""
    key = _address(drawn)
    if key not in styles:
        font = raw.FPDFTextObj_GetFont(drawn) if key else None
        name = ctypes.create_string_buffer(_NAME_BYTES)
        if font:
            raw.FPDFFont_GetBaseFontName(font, name, _NAME_BYTES)
        weight = raw.FPDFFont_GetWeight(font) if font else 0
        bold = bool(_BOLD.search(name.value.decode("utf-8", "replace"))) or weight >= _BOLD_WEIGHT
        styles[key] = _Style(
            bold, bool(key) and raw.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE_MODE, len(styles)
        )
    return styles[key]


def _is_inside(glyph: Glyph, edges: Sequence[float]) -> bool:
    left, bottom, right, top = edges
    return left - glyph.size <= glyph.x <= right and bottom - glyph.size <= glyph.y <= top + glyph.size


# --- the direction of a page's text


def _usual_turn(placed: Sequence[_Placed]) -> int:
    """The quarter turns in which most letters of a page are drawn."""
    turns = Counter(round(each.angle / _QUARTER) % 4 for each in placed)
    return turns.most_common(1)[0][0] if turns else 0


def _is_along(angle: float, turn: int) -> bool:
    lean = (angle - turn * _QUARTER + math.pi) % (2 * math.pi) - math.pi
    return abs(lean) <= _SKEW


def _turned(glyph: Glyph, turn: int) -> Glyph:
    """A letter's place on a page turned the way its text runs."""
    width = glyph.end - glyph.x
    x, y = {1: (glyph.y, -glyph.x), 2: (-glyph.x, -glyph.y), 3: (-glyph.y, glyph.x)}[turn]
    return glyph._replace(x=x, end=x + width, y=y)


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether most letters stand below the one before, as in Japanese set vertically."""
    below = 0
    for before, glyph in pairwise(glyphs):
        below += abs(glyph.x - before.x) < SAME_PLACE * glyph.size and 0 < before.y - glyph.y < 2 * glyph.size
    return below > _VERTICAL_SHARE * max(len(glyphs) - 1, 1)


def _laid_down(glyph: Glyph) -> Glyph:
    """A letter of a vertical line as of a horizontal one, whose lines follow each other downwards."""
    return glyph._replace(x=-glyph.y, end=-glyph.y + glyph.size, y=glyph.x)


def _without_doubles(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Letters without those drawn again at nearly the same place, which is how some programs make them bold."""
    places = sorted((glyph.text, round(glyph.y), glyph.x, number) for number, glyph in enumerate(glyphs))
    order = [number for *_, number in places]
    again = {max(a, b) for a, b in pairwise(order) if _is_again(glyphs[a], glyphs[b])}
    return [glyph for number, glyph in enumerate(glyphs) if number not in again] if again else list(glyphs)


def _is_again(glyph: Glyph, other: Glyph) -> bool:
    near = SAME_PLACE * glyph.size
    at_one_place = abs(other.x - glyph.x) < near and abs(other.y - glyph.y) < near
    return at_one_place and glyph.text == other.text and glyph.piece != other.piece
