"""The kind of quantity that a question asks for, and the word that its answer turns on."""

import re
from functools import lru_cache

from retrieval.patterns import lazy_pattern
from retrieval.text.quantity_kinds import QuantityKind
from retrieval.text.terms import words

_ASKED = tuple(
    (kind, lazy_pattern(pattern))
    for kind, pattern in (
        (
            QuantityKind.SHARE,
            r"percent|percentage|share|proportion|fraction|rate|割合|何(?:パーセント|[%％割])|phần trăm|tỷ lệ|tỉ lệ",
        ),
        (
            QuantityKind.MONEY,
            (
                r"how much|cost|price|money|salary|budget|revenue|profit|fee|fund|\b(?:paid|pay)\b|worth|value"
                r"|いくら|何(?:円|ドル|ユーロ)|費用|予算|価格|bao nhiêu (?:tiền|đồng|đô la|usd|tỷ|triệu)"
                r"|chi phí|ngân sách|giá bao nhiêu"
            ),
        ),
        (
            QuantityKind.DURATION,
            (
                r"how (?:long|old)|\bage\b|duration|何(?:年間|時間|日間|ヶ月|か月|カ月|歳|分間?|秒)|bao lâu"
                r"|bao nhiêu (?:năm|tuổi|ngày|tháng)"
            ),
        ),
        (
            QuantityKind.EXTENT,
            (
                r"how (?:far|tall|high|deep|wide|large|big)|distance|height|area|length"
                r"|何(?:キロ|メートル|平方)|面積|距離|高さ|長さ|bao xa|diện tích|chiều (?:cao|dài|rộng)|khoảng cách"
            ),
        ),
        (
            QuantityKind.DATE,
            (
                r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)"
                r"|いつ|何[年月日]|何世紀|khi nào|bao giờ|(?:năm|ngày|tháng|thế kỷ) nào"
            ),
        ),
        (QuantityKind.COUNT, r"\bhow many\b|\b(?:number|population) of\b"),
    )
)
"""By the words of a question in small letters."""
_FOCUS = lazy_pattern(
    r"\b(?:what|which)\b\s+(?:(?:is|was|are|were|(?:kind|type|sort)s? of|the|other|name of|term|two|three)\s+)*"
    r"([\w-]+)"
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
    plain = question.lower()
    return next((kind for kind, asked in _ASKED if asked.search(plain)), None)


def focus_of(question: str) -> str | None:
    """Return the term for the kind of thing that is asked for: 'city' in 'Which city ...?'.

    A passage that answers often leaves it out, and names the thing instead.
    """
    found = _FOCUS.search(question)
    named = words(found[found.lastindex or 0]) if found else []
    return named[0].term if named else None
