"""The language of a question, its kind, and its question words."""

import re
from collections.abc import Sequence
from enum import Enum

from retrieval.models import Kind
from retrieval.patterns import lazy_pattern
from retrieval.query.asking import english, japanese, vietnamese
from retrieval.text.languages import is_vietnamese_question
from retrieval.text.orthography.japanese import has_kana
from retrieval.text.orthography.vietnamese import AI, is_vietnamese, without_marks

Rules = Sequence[tuple[Kind, re.Pattern[str]]]
FORM = 2_000
"""Characters within which a question shows its form; rules look from each word through all that follow it."""


class Tongue(Enum):
    """The languages whose questions are read by rules of their own."""

    ENGLISH = "en"
    JAPANESE = "ja"
    VIETNAMESE = "vi"


def tongue_of(text: str) -> Tongue:
    """Return the language whose rules a question is read by; kana or Vietnamese syllables tell it from English."""
    if has_kana(text) or _KANJI_ASKING.search(text):
        return Tongue.JAPANESE
    return Tongue.VIETNAMESE if is_vietnamese_question(text) or _ASKS_ALONE.fullmatch(text) else Tongue.ENGLISH


_ASKS_ALONE = lazy_pattern(
    r"\W*(?:(?!AI\b)(?i:(?:là |la )?"
    r"(?:ai|gi|khi nao|bao gio|o dau|tai sao|vi sao|bao nhieu|nhu the nao|the nao|ra sao))"
    r"(?i: (?:vay|the|nua|do|day))?)\W*"
)
"""A question word by itself, typed without marks or one that has none; 'AI' is artificial intelligence."""


_KANJI_ASKING = lazy_pattern("[何誰]")


def _compiled(rules: Sequence[tuple[Kind, str]], *, bare: bool = False) -> Rules:
    return tuple((kind, lazy_pattern(without_marks(rule) if bare else rule, re.IGNORECASE)) for kind, rule in rules)


_RULES = {
    Tongue.ENGLISH: _compiled(english.KINDS),
    Tongue.JAPANESE: _compiled(japanese.KINDS),
    Tongue.VIETNAMESE: _compiled(vietnamese.KINDS),
}
_BARE_RULES = _compiled(vietnamese.KINDS, bare=True)
_MARKED_ASKS = lazy_pattern(vietnamese.ASKS, re.IGNORECASE)
_BARE_ASKS = lazy_pattern(without_marks(vietnamese.ASKS), re.IGNORECASE)


_OFFICE_HELD = lazy_pattern(english.OFFICE_HELD, re.IGNORECASE)
_OFFICE_NOTED = lazy_pattern(english.OFFICE_NOTED, re.IGNORECASE)


def kind_of(text: str) -> Kind:
    """Return the kind of a question; words without the form of a question are keywords."""
    text = text[:FORM]
    tongue = tongue_of(text)
    rules = _RULES[tongue]
    if text.isupper():
        text = text.lower()  # 'WHO' and 'AI' are question words where everything is in capitals
    if tongue is Tongue.VIETNAMESE and not is_vietnamese(text):
        rules, text = _BARE_RULES, without_marks(text)
    return next((kind for kind, rule in rules if rule.search(text)), Kind.KEYWORDS)


def asks_for_office(text: str, kind: Kind) -> bool:
    """Return whether a question of a kind asks for the office that a person holds."""
    rules = {Kind.KEYWORDS: _OFFICE_NOTED, Kind.WHAT: _OFFICE_HELD, Kind.DEFINITION: _OFFICE_HELD}
    return kind in rules and rules[kind].search(text) is not None


_LONG_FORMS = {
    Tongue.ENGLISH: lazy_pattern(english.LONG_FORM, re.IGNORECASE),
    Tongue.JAPANESE: lazy_pattern(japanese.LONG_FORM, re.IGNORECASE),
    Tongue.VIETNAMESE: lazy_pattern(f"{vietnamese.LONG_FORM}|{without_marks(vietnamese.LONG_FORM)}", re.IGNORECASE),
}


def acronym_asked(text: str) -> str | None:
    """Return the acronym whose long form a question asks for: 'OSA' in 'What does OSA stand for?'; None for none."""
    found = _LONG_FORMS[tongue_of(text)].search(text[:FORM])
    return found[found.lastindex] if found and found.lastindex else None


def without_asking(tongue: Tongue, text: str) -> str:
    """Return a question in which the words that only ask are blank; each letter keeps its place."""
    if tongue is Tongue.ENGLISH:
        return text
    asks = japanese.ASKS if tongue is Tongue.JAPANESE else _MARKED_ASKS
    searched = text.replace(AI, AI.lower()) if text.isupper() else text
    if tongue is Tongue.VIETNAMESE and not is_vietnamese(text):
        asks, searched = _BARE_ASKS, without_marks(searched)
    left = list(text)
    for found in asks.finditer(searched):
        left[slice(*found.span())] = " " * len(found[0])
    return "".join(left)
