"""The formats of a Word file that decide what is read: struck, hidden and raised text, from styles and from runs."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml.etree import _Element

_OFF = {"0", "false", "off", "none"}
LONGEST_CHAIN = 30
"""How many styles may be based on each other."""


class RunFormat(NamedTuple):
    """Whether text is struck out, hidden and raised; None where that is not said."""

    struck: bool | None = None
    hidden: bool | None = None
    raised: bool | None = None

    def over(self, base: "RunFormat") -> "RunFormat":
        """Return this format, with that of its base where it says nothing."""
        return RunFormat(*(own if own is not None else inherited for own, inherited in zip(self, base, strict=True)))


class NumberedStyle(NamedTuple):
    """The list that a style's paragraphs are numbered in, and its level."""

    list_id: str
    level: int


class Styles:
    """The styles of a document, by their identifiers."""

    def __init__(self, styles: _Element | None) -> None:
        found = [] if styles is None else styles.findall(qn("w:style"))
        self._styles: Mapping[str, _Element] = {style.get(qn("w:styleId"), ""): style for style in found}
        self._formats: dict[str, RunFormat] = {}
        defaults = None if styles is None else styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self.base = run_format(defaults)
        self._default = next((name for name, style in self._styles.items() if _is_default_paragraph(style)), "")

    def run_format(self, style: str | None) -> RunFormat:
        """Return the format that a style gives to text; without a style, that of the usual paragraph."""
        name = style or self._default
        if name not in self._formats:
            found = RunFormat()
            for each in self._chain(name):
                found = found.over(run_format(each.find(qn("w:rPr"))))
            self._formats[name] = found
        return self._formats[name]

    def is_title(self, style: str | None) -> bool:
        """Return whether a style is that of a title or of a chapter's heading."""
        found = self._styles.get(style or "")
        name = None if found is None else found.find(qn("w:name"))
        return name is not None and name.get(qn("w:val"), "").lower() in {"title", "heading 1"}

    def numbering(self, style: str | None) -> NumberedStyle | None:
        """Return the list that a style's paragraphs are numbered in."""
        for each in self._chain(style or self._default):
            numbered = each.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if numbered is not None:
                return numbering_property(numbered)
        return None

    def _chain(self, name: str) -> Iterator[_Element]:
        """A style and those it is based on."""
        for _ in range(LONGEST_CHAIN):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            based_on = style.find(qn("w:basedOn"))
            name = "" if based_on is None else based_on.get(qn("w:val"), "")


def _is_default_paragraph(style: _Element) -> bool:
    return style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default"), "0") not in _OFF


def run_format(properties: _Element | None) -> RunFormat:
    """Return the format that properties of a run state."""
    if properties is None:
        return RunFormat()
    struck = [switch(properties, name) for name in ("w:strike", "w:dstrike")]
    aligned, position = properties.find(qn("w:vertAlign")), properties.find(qn("w:position"))
    raised = None if position is None else whole_number(position, "w:val") > 0
    return RunFormat(
        struck=True if True in struck else (False if False in struck else None),
        hidden=switch(properties, "w:vanish"),
        raised=raised if aligned is None else aligned.get(qn("w:val")) == "superscript",
    )


def switch(properties: _Element, name: str) -> bool | None:
    """Return whether a property is on; None where it is not stated."""
    found = properties.find(qn(name))
    return None if found is None else found.get(qn("w:val"), "true").lower() not in _OFF


def numbering_property(numbered: _Element) -> NumberedStyle:
    """Return the list and level of a numbering property."""
    list_id, level = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
    return NumberedStyle(
        "" if list_id is None else list_id.get(qn("w:val"), ""), 0 if level is None else whole_number(level, "w:val")
    )


def whole_number(element: _Element, name: str) -> int:
    """Return an attribute that is a number of up to six digits; 0 for any other."""
    stated = element.get(qn(name), "")
    return int(stated) if re.fullmatch(r"[0-9]{1,6}", stated) else 0
