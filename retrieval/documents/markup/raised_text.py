"""Superscripts to plain text: exponents and ordinals are kept, the marks of footnotes are left out."""

import re

from retrieval.patterns import lazy_pattern

_NOTE = r"(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶#]{1,3})"
_NOTE_MARK = lazy_pattern(
    rf"[\[(]?(?:note\s*|fn\.?\s*)?{_NOTE}(?:\s*[,;–-]\s*{_NOTE})*[\])]?[,;]?|\[[^\[\]]*\]", re.IGNORECASE
)
_ORDINAL = lazy_pattern(r"(?:st|nd|rd|th|er|ers|re|res|e|es|ème|eme|ère|nde?|o|os|º|ª)", re.IGNORECASE)
_POWER = lazy_pattern(r"[-−–+]?(?:\d{1,2}|[nkmx](?:\s?[-−–+]\s?\d)?)")
_SIGNED = lazy_pattern(r"[-−–+]\d{1,2}")
_TEN = lazy_pattern(r"(?:^|[^\w.,]|(?<=\d)\s?x\s?)10$", re.IGNORECASE)
_TWO = lazy_pattern(r"(?:^|[^\w.,])2$")
_NUMBER = lazy_pattern(r"(?:^|[^\w.,])\d{1,2}$")
_UNIT = lazy_pattern(r"(?:^|[\d\s/(·.])(?:[kcdmnµμ]?m|ft|yd|mi)$")
_VARIABLE = lazy_pattern(r"(?:^|[^\w.'’])[b-zB-HJ-ZΑ-Ωα-ω]$")
_REFERENCE = lazy_pattern(
    r"\b(?:art(?:icles?|s?\.)|sec(?:tions?|s?\.)|para(?:graphs?|s?\.)|clauses?|chapters?|ch\.|annex(?:es)?|appendix|parts?"
    r"|rules?|tables?|figures?|figs?\.|pages?|pp?\.|nos?\.|numbers?|vol\.|volumes?|items?|steps?|class|groups?|grade"
    r"|stages?|points?|questions?|schedule|regulations?|resolutions?|res\.|plans?|options?|category|phases?"
    r"|jan(?:uary|\.)|feb(?:ruary|\.)|mar(?:ch|\.)|apr(?:il|\.)|may|june?|july?|aug(?:ust|\.)|sept?(?:ember|\.)"
    r"|oct(?:ober|\.)|nov(?:ember|\.)|dec(?:ember|\.))\s+\S{1,3}$",
    re.IGNORECASE,
)
"""A number or letter that names a part of a document, or a day: raised digits after it are a footnote's."""
REACH = 40
"""How many characters before raised text decide on its meaning."""


def raised_text(before: str, raised: str, after: str = "", *, linked: bool = False) -> str | None:
    """Return raised text as it is written in a line, or None for the mark of a footnote.

    Args:
        before: The text of the paragraph before it; its last characters are enough.
        raised: The raised text.
        after: The text directly after it.
        linked: Whether it is a link, as marks of footnotes are.
    """
    text, base = " ".join(raised.split()), before[-REACH:]
    if not text:
        return raised
    if not linked and text.isdigit() and after[:1] in {"/", "⁄"} and after:
        return f" {text}" if base[-1:].isdigit() else text
    if not linked and _is_exponent(base, text):
        return f"^{text}"
    if not linked and _is_part_of_word(base, text):
        return text
    return None if linked or _NOTE_MARK.fullmatch(text) else raised


def _is_exponent(base: str, text: str) -> bool:
    if not _POWER.fullmatch(text) or _REFERENCE.search(base):
        return False
    if _SIGNED.fullmatch(text):
        return bool(re.search(r"\w$", base))
    if _TEN.search(base):
        return True
    if text.isdigit():
        squared = text in {"2", "3"} and bool(_UNIT.search(base) or _VARIABLE.search(base))
        return squared or (len(text) > 1 and bool(_TWO.search(base)))
    return bool(_NUMBER.search(base)) and text != "m"


def _is_part_of_word(base: str, text: str) -> bool:
    """Whether letters are raised as in 20th, Mme or nº."""
    if not text.isalpha():
        return False
    if base[-1:].isdigit():
        return bool(_ORDINAL.fullmatch(text))
    return bool(re.search(r"(?:^|[^\w])[^\W\d_]$", base)) and text in {
        "o",
        "os",
        "e",
        "r",
        "rs",
        "me",
        "mes",
        "lle",
        "gr",
    }
