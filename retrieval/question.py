"""A question as asked to a question as read: what it asks for, and its terms."""

import re
import unicodedata
from collections.abc import Set

from retrieval.models import Kind, Query
from retrieval.terms import terms

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n['’]t)?"
)
_MEASURE = r"(?:percent(?:age)?|share|number|amount|proportion|fraction|population|price|cost|rate|budget|size|total)"
_PEOPLE = r"(?:person|man|woman|president|minister|leader|king|queen|author|official|general|chairman|chairperson)"
_PLACE = r"(?:country|nation|city|state|town|place|location|region|continent|island|county|port|province|capital)"

_GROUP = (
    r"(?:countries|nations|states|people|members|areas|fields|topics|companies|leaders|ministers|islands|officials"
    r"|parties|partners|recipients|technologies)"
)

_ASKED_FIRST = r"^(?:(?!\b(?:what|which|who(?:m|se)?|when|where|why|how)\b)[\s\S])*?"
"""Before it stands no other question word: in 'What happened when they met?' the first one asks."""
_TOLD = r"\b(?:know|say|tell|explain|describe|show|list|name)\b"
_REQUEST = r"^\s*(?:please |(?:can|could|will|would) you (?:please )?)?"

_RULES = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b(?!.*{_TOLD})"),
        (Kind.HOW_MANY, r"\bhow (?:many|much|big|large|high|tall|deep|old|long|far|fast|often)\b(?! ago)"),
        (Kind.HOW_MANY, rf"\b(?:what|which)(?:['’]s the| (?:is|was|are|were) the)? (?:\w+ )?{_MEASURE}\b"),
        (Kind.LIST, rf"{_REQUEST}(?:list|name|enumerate)\b(?! of)|\b(?:which|what) (?:\w+ )?{_GROUP}\b"),
        (Kind.LIST, r"^\s*(?:what|who) are (?:all )?(?:the|some)\b"),
        (Kind.WHEN, rf"{_ASKED_FIRST}\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|period)\b"),
        (Kind.WHEN, r"\bhow long ago\b"),
        (Kind.WHO, rf"{_ASKED_FIRST}\b(?-i:(?!WHO\b))who(?:m|se|['’]s)?\b|\b(?:what|which) (?:\w+ )?{_PEOPLE}\b"),
        (Kind.WHERE, rf"{_ASKED_FIRST}\bwhere\b|\b(?:what|which) (?:\w+ )?{_PLACE}\b"),
        (Kind.WHY, r"\bwhy\b|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:reason|cause|purpose|aim)s?\b|\bhow come\b"),
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b"),
        (Kind.WHAT, r"\b(?:what|which|how)\b|\?\s*$|^\s*(?:explain|describe|define|tell me)\b"),
    )
)
"""The first rule that fits decides."""


def read_question(text: str, scripts: Set[str]) -> Query:
    """Read a question: what kind it is, by its words, and what it is about.

    Args:
        text: The question as asked.
        scripts: The scripts that the articles are written in.

    Returns:
        The question with its kind and its distinct terms; a question of stop words alone has none.
    """
    used = scripts_of(text)
    return Query(
        text=text,
        kind=kind_of(text),
        terms=tuple(dict.fromkeys(terms(text))),
        foreign=bool(used) and not used & scripts,
    )


def kind_of(text: str) -> Kind:
    """What a question asks for; words without the form of a question are keywords."""
    spoken = text.lower() if text.isupper() else text  # 'WHO' is a question word where everything is in capitals
    return next((kind for kind, rule in _RULES if rule.search(spoken)), Kind.KEYWORDS)


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of a text's letters, as the first word of their Unicode names: 'LATIN', 'CJK', 'CYRILLIC'."""
    return frozenset(_script(letter) for letter in frozenset(text) if letter.isalpha())


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNNAMED").split(maxsplit=1)[0].split("-")[0]
