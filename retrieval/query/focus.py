"""The kind of quantity that a question asks for, and the word that its answer turns on."""

import re
from functools import lru_cache

from retrieval.models import Kind
from retrieval.patterns import lazy_pattern
from retrieval.query.asking.english import MODIFIERS, NOUN_ENDS
from retrieval.query.asking.tongues import kind_of
from retrieval.text.quantity_kinds import QuantityKind
from retrieval.text.terms import words

_UNIT = (
    r"(?:dollars|euros|yen|[mb]illions|[mb]n|percent|years|months|weeks|days|hours|minutes|km|kilomet\w+|miles|acres"
    r"|hectares|feet)"
)
_ASKED = tuple(
    (kind, lazy_pattern(pattern))
    for kind, pattern in (
        (QuantityKind.COUNT, rf"\bhow many (?!{_UNIT}\b)"),
        (
            QuantityKind.SHARE,
            (
                r"\b(?:percent(?:age)?|shares?|proportion|fraction|rates?|quota|turnout)\b"
                r"|割合|何(?:パーセント|[%％割])|phần trăm|tỷ lệ|tỉ lệ"
            ),
        ),
        (
            QuantityKind.MONEY,
            (
                r"\b(?:how much|[mb]illions|[mb]n|amount|costs?|prices?|money|dollars|euros|sums?|salary|wages?|rent"
                r"|budget|revenues?|income|profits?|fees?|fines?|bonus|bounty|ransom|funds?|funding|deficit|surplus|debt"
                r"|paid|pay|worth|value)\b"
                r"|いくら|何(?:円|ドル|ユーロ)|費用|予算|価格|bao nhiêu (?:tiền|đồng|đô la|usd|tỷ|triệu)"
                r"|chi phí|ngân sách|giá bao nhiêu"
            ),
        ),
        (
            QuantityKind.DURATION,
            (
                r"\b(?:how (?:long|old|many (?:years|months|weeks|days|hours|minutes))|age|duration)\b"
                r"|何(?:年間|時間|日間|ヶ月|か月|カ月|歳|分間?|秒)|bao lâu|bao nhiêu (?:năm|tuổi|ngày|tháng)"
            ),
        ),
        (
            QuantityKind.EXTENT,
            (
                r"\b(?:how (?:far|tall|high|deep|wide|large|big)|distance|height|area|length)\b"
                r"|\bhow many (?:km|kilomet\w+|miles)\b"
                r"|何(?:キロ|メートル|平方)|面積|距離|高さ|長さ|bao xa|diện tích|chiều (?:cao|dài|rộng)|khoảng cách"
            ),
        ),
        (
            QuantityKind.DATE,
            (
                r"\b(?:what|which) (?:year|date|day|month|century|decade)\b"
                r"|何[年月日]|何世紀|(?:năm|ngày|tháng|thế kỷ) nào"
            ),
        ),
        (QuantityKind.COUNT, r"\b(?:number|population|toll) of\b|\bdeath toll\b"),
    )
)
"""By the words of a question in small letters."""
_OF_QUANTITIES = frozenset({Kind.WHEN, Kind.HOW_MANY, Kind.WHAT, Kind.KEYWORDS, Kind.COMPARISON})
_LEAD = (
    r"\b(?:what|which)\b(?:['’]s)?\s+(?:(?:is|was|are|were|(?:kind|type|sort)s? of|the|other|name of|term|two|three"
    r"|[\w-]+(?:['’]s|s['’]))\s+)*"
)
_FOCUS = lazy_pattern(
    rf"{_LEAD}(?:{MODIFIERS}([\w-]+){NOUN_ENDS}|([\w-]+))"
    r"|(?:どの|何という)((?-i:[一-龥]+|[ァ-ヺー]+))|([^\W\d_]+) nào\b",
    re.IGNORECASE,
)


_COUNTED = lazy_pattern(
    r"\bhow many ((?:of (?:the|its|their) )?[\w-]+(?: [\w-]+)?)|\b(?:bao nhiêu|mấy) ([^\W\d_]+(?: [^\W\d_]+)?)",
    re.IGNORECASE,
)
_KIND_OF_THING = lazy_pattern(
    r"\b(?:what|which)\s+(?!(?:is|was|are|were)\b)|(?:どの|何という)(?-i:[一-龥ァ-ヺ])|\bnào\b", re.IGNORECASE
)


def asks_for_a_kind_of_thing(question: str) -> bool:
    """Return whether the word in focus names a kind of thing ('Which city'), not a thing ('What is a city')."""
    return _KIND_OF_THING.search(question) is not None


def counted_asked(question: str) -> frozenset[str]:
    """Return the terms for what a question wants counted: 'soldier' in 'How many wounded soldiers ...?'."""
    found = _COUNTED.search(question)
    return frozenset(word.term for word in words(found[1] or found[2])) if found else frozenset()


@lru_cache(maxsize=64)  # a question is asked several times: of its candidates, and of two hits beside each other
def quantity_kind_asked(question: str) -> QuantityKind | None:
    """Return the kind of quantity that a question asks for; None for none."""
    if (asking := kind_of(question)) not in _OF_QUANTITIES:
        return None
    if asking is Kind.WHEN:
        return QuantityKind.DATE
    plain = question.lower()
    return next((kind for kind, asked in _ASKED if asked.search(plain)), None)


def focus_of(question: str) -> str | None:
    """Return the term for the kind of thing that is asked for: 'city' in 'Which city ...?'.

    A passage that answers often leaves it out, and names the thing instead.
    """
    found = _FOCUS.search(question)
    named = words(found[found.lastindex or 0]) if found else []
    return named[0].term if named else None
