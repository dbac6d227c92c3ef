"""The kinds of quantities that a text holds: money, shares, durations, extents, dates, counts."""

from enum import IntFlag, auto
from functools import lru_cache

from retrieval.patterns import lazy_pattern


class QuantityKind(IntFlag):
    """What kind of figure a text holds or a question asks for."""

    SHARE = auto()
    MONEY = auto()
    DURATION = auto()
    EXTENT = auto()
    DATE = auto()
    COUNT = auto()


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"

_NUMBERS = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy"
    "|eighty|ninety|(?:hundred|thousand|million|billion|trillion|dozen)s?"
)

_CURRENCIES = (
    "yen|(?:rupee|crown|peso|franc|ruble|rouble|riyal|dirham|lira|shekel|ringgit|dong|krone|krona|kronor|rand)s?"
    "|rupiah|yuan|renminbi|baht|kina|zloty|hryvnia|usd|eur|gbp|jpy|aud|cny|vnd"
)
_HELD = tuple(
    (measure, lazy_pattern(pattern))
    for measure, pattern in (
        (QuantityKind.SHARE, r".*percent.*|cent|half|third|quarter.*|.*majority.*|割|割合|パーセント|trăm"),
        (
            QuantityKind.MONEY,
            rf".*(?:dollar|euro|pound|million|billion).*|{_CURRENCIES}|[万億兆]?円|ドル|ユーロ|ウォン|đồng|đô|tỷ|triệu",
        ),
        (
            QuantityKind.DURATION,
            r".*(?:year|month|week|day|hour|minute|decade|centur).*|年間?|[週日時]間|歳|分|秒|năm|tháng|tuần|ngày|giờ|phút|tuổi",
        ),
        (
            QuantityKind.EXTENT,
            r".*(?:mile|kilomet|acre|hectare|square|inch).*|km|met(?:er|re)s?|feet|foot|m|キロ|キロメートル|メートル|平方キロメートル|ヘクタール|面積|mét|dặm",
        ),
        (
            QuantityKind.DATE,
            rf"(?:1\d|20)\d\d|{_MONTHS}|{_DAYS}|.*centur.*|年|年[^\W\d_]?|月|日|世紀|năm|tháng|ngày|kỷ",
        ),
        (QuantityKind.COUNT, rf"(?!(?:19|20)\d\d$)\d[\d.,]*|{_NUMBERS}"),
    )
)
"""What a word, in small letters, says of the figures beside it."""
_SIGNS = (("%", int(QuantityKind.SHARE)), *((sign, int(QuantityKind.MONEY)) for sign in "$€£¥"))


def quantity_kinds_by_sign(passage: str) -> int:
    """The kinds of figures that signs in a passage speak of, as flags."""
    return sum(measure for measure in {measure for sign, measure in _SIGNS if sign in passage})


@lru_cache(maxsize=1 << 16)
def quantity_kind_of(word: str) -> int:
    """The kinds of figures that a word in small letters speaks of, as flags."""
    return sum(int(measure) for measure, pattern in _HELD if pattern.fullmatch(word))
