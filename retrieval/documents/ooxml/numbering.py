"""The numbers of a Word file's numbered paragraphs, which stand in no text of it."""

import re
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml.etree import _Element

from retrieval.documents.markup.list_labels import numeral
from retrieval.documents.ooxml.styles import NumberedStyle, Styles, numbering_property, switch, whole_number
from retrieval.patterns import lazy_pattern

_PLACE = lazy_pattern(r"%([1-9])")
LONGEST_LABEL = 60


class Level(NamedTuple):
    """A level of a list: the form of its numbers, what is written, and where it starts."""

    form: str
    text: str
    start: int
    is_decimal: bool
    style: str


class Numbering:
    """The lists of a document, and the numbers that were reached in them."""

    def __init__(self, numbering: _Element | None, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._reached: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read(numbering)

    def label(self, paragraph: _Element | None, style: str | None) -> str:
        """Return the number of the next paragraph, which has these properties; empty where it has none."""
        own = None if paragraph is None else paragraph.find(qn("w:numPr"))
        numbered = self._styles.numbering(style) if own is None else self._own(own, style)
        kind = None if numbered is None else self._lists.get(numbered.list_id)
        levels = self._levels.get(kind or "", {})
        if numbered is None or kind is None or not levels:
            return ""
        depth = numbered.level if own is not None else _level_of(levels, style, numbered.level)
        if depth not in levels:
            return ""
        return self._shown(levels, self._count(kind, numbered.list_id, depth, levels), depth)

    def _own(self, own: _Element, style: str | None) -> NumberedStyle:
        stated = numbering_property(own)
        inherited = self._styles.numbering(style) if own.find(qn("w:numId")) is None else None
        return stated if inherited is None else NumberedStyle(inherited.list_id, stated.level)

    def _read(self, numbering: _Element) -> None:
        for kind in numbering.findall(qn("w:abstractNum")):
            levels = {whole_number(each, "w:ilvl"): _level(each) for each in kind.findall(qn("w:lvl"))}
            self._levels[kind.get(qn("w:abstractNumId"), "")] = levels
        for each in numbering.findall(qn("w:num")):
            name, kind = each.get(qn("w:numId"), ""), each.find(qn("w:abstractNumId"))
            self._lists[name] = "" if kind is None else kind.get(qn("w:val"), "")
            for override in each.findall(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    self._restarts.setdefault(name, {})[whole_number(override, "w:ilvl")] = whole_number(start, "w:val")

    def _count(self, kind: str, list_id: str, depth: int, levels: dict[int, Level]) -> dict[int, int]:
        """The numbers of all levels, this paragraph counted."""
        reached = self._reached.setdefault(kind, {})
        restart = self._restarts.get(list_id, {}).pop(depth, None)
        if restart is not None:
            reached[depth] = restart
        else:
            reached[depth] = reached.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in reached if level > depth]:
            del reached[deeper]
        for upper in range(depth):
            if upper in levels:
                reached.setdefault(upper, levels[upper].start)
        return reached

    @staticmethod
    def _shown(levels: dict[int, Level], reached: dict[int, int], depth: int) -> str:
        level = levels[depth]
        if level.form in {"bullet", "none"}:
            return ""

        def number(place: re.Match[str]) -> str:
            of = int(place[1]) - 1
            if of not in levels:
                return ""
            form = "decimal" if level.is_decimal else levels[of].form
            return numeral(reached.get(of, levels[of].start), form)

        return _PLACE.sub(number, level.text)[:LONGEST_LABEL].strip()


def _level_of(levels: dict[int, Level], style: str | None, otherwise: int) -> int:
    """The level that a style of paragraphs is tied to."""
    return next((depth for depth, level in levels.items() if style and level.style == style), otherwise)


def _level(element: _Element) -> Level:
    def value(name: str) -> str:
        found = element.find(qn(name))
        return "" if found is None else found.get(qn("w:val"), "")

    start = element.find(qn("w:start"))
    return Level(
        form=value("w:numFmt") or "decimal",
        text=value("w:lvlText")[:LONGEST_LABEL],
        start=1 if start is None else whole_number(start, "w:val"),
        is_decimal=bool(switch(element, "w:isLgl")),
        style=value("w:pStyle"),
    )
