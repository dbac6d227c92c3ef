"""Shapes: words that look like names, numbers, dates or places, and passages like questions or reasons."""

import json
import re
from collections.abc import Sequence
from enum import IntFlag, auto
from functools import cache, lru_cache
from pathlib import Path

from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.japanese import has_kana, is_katakana
from retrieval.text.orthography.vietnamese import is_vietnamese

PLACES = Path(__file__).parent.parent / "tables" / "places.json"


class WordShape(IntFlag):
    """The kinds of answers that a word may be."""

    NAME = auto()
    NUMBER = auto()
    DATE = auto()
    PLACE = auto()


class PassageShape(IntFlag):
    """A passage as a question, a reason, a stance, words of its author, or no sentence by itself."""

    QUESTION = auto()
    POINTS_BACK = auto()
    REASON = auto()
    FRAGMENT = auto()
    FIRST_PERSON = auto()
    STANCE = auto()


# Python's flags are put together many times more slowly than its numbers, and every word and passage has some
_QUESTION, _BACK, _BECAUSE = int(PassageShape.QUESTION), int(PassageShape.POINTS_BACK), int(PassageShape.REASON)
_FRAGMENT, _FIRST_PERSON = int(PassageShape.FRAGMENT), int(PassageShape.FIRST_PERSON)
_STANCE = int(PassageShape.STANCE)
_NAME, _NUMBER, _DATE, _PLACE = int(WordShape.NAME), int(WordShape.NUMBER), int(WordShape.DATE), int(WordShape.PLACE)


_MONTHS = frozenset(
    "january february april june july august september october november december jan feb apr jun jul aug sep sept oct"
    " nov dec".split()
)
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight".split())
_PERIODS = frozenset("century centuries decade decades".split())
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands"
    " million millions billion billions trillion dozen dozens half third quarter double twice several both first second"
    " fourth fifth sixth seventh eighth ninth tenth".split()
)
_OTHER_LANGUAGES = {
    WordShape.DATE: "年 月 日 世紀 時代 年代 明治 大正 昭和 平成 令和 năm tháng ngày kỷ niên",
    WordShape.NUMBER: (
        "一 二 三 四 五 六 七 八 九 十 百 千 万 億 兆 hai bốn sáu bảy tám chín mười trăm nghìn ngàn triệu tỷ nửa"
    ),
    WordShape.PLACE: "国 県 市 町 村 州 島 都 府 区 郡 港 湾 海 川 山 駅 城 半島 諸島 共和国 地方",
    WordShape.NAME: "氏 卿 公 王 帝 首相 大臣 大統領 議員 長官 教授 博士 監督 天皇 主席",
}
_WORDS_OF_SHAPE = {word: int(shape) for shape, listed in _OTHER_LANGUAGES.items() for word in listed.split()}
"""Japanese and Vietnamese words that make what they stand beside a date, a figure, a place or a name."""
_YEAR = lazy_pattern(r"(?:1\d|20)\d\d(?:s|['’]s)?")
_PREPOSITIONS = (
    "in at from near to into around outside across throughout"
    " ở tại tỉnh phố đảo sông miền châu quận vùng nước thủ đô biển huyện"
).split()
_BEFORE_PLACE = lazy_pattern(rf"\b(?:{'|'.join(_PREPOSITIONS)})\s+(?:the\s+)?$", re.IGNORECASE)
LEADING = (*_PREPOSITIONS, "the")
"""How the word before a place's name ends, where it tells that it is one."""
_OPENING = "“‘\"'([/–—-*>\t\n\xa0"
"""Marks that words begin behind, but for spaces."""
_REASON = lazy_pattern(
    r" (?:a(?:s a result|im(?:s|ed)?)|because|caused?|due to|for \w+ing|in (?:order to|response)|owing to|reasons?"
    r"|s(?:o that|ince)|th(?:anks to|erefore|us))\b"
)
_ENDS = frozenset(".!?")
_END = lazy_pattern(r"[.!?;:。！？…][\W\d]*$")
_END_REACH = 100
"""How far before its end, in code points, a sentence's last mark is looked for."""
_FIRST = lazy_pattern(r"[IWwMmOou](?<!\w.)(?:(?<=I)|(?<=[Ww])e|(?<=[Mm])y|(?<=[Oo])ur|(?<=u)s)\b")
_TAKES_STANCE = lazy_pattern(
    r" (?:affirm|believ|c(?:all(?:s|ed|ing)? (?:on|for|upon)|o(?:ndemn|mmit|ncern)|ritici[sz])|de(?:plor|mand)"
    r"|e(?:xpress|mphasi)|insist|must|oppos|p(?:rais|osition)|re(?:ject|affirm|gret)"
    r"|s(?:upport|tress|hould|tands? (?:with|by|for))|u(?:rg|nderscor)|w(?:elcom|arn))"
)
"""Both patterns begin with a space, which is found in a third of the time that a boundary of words takes."""
_IN_JAPANESE = (
    (_BECAUSE, lazy_pattern("ため|ので|から|により|によって|原因|理由|目的|おかげ|せいで")),
    (_FIRST_PERSON, lazy_pattern("私|我々|我が国|わが国")),
    (_STANCE, lazy_pattern("非難|支持|反対|歓迎|要求|強調|表明|懸念|べき|求め")),
)
_IN_VIETNAMESE = (
    (_BECAUSE, lazy_pattern(r"\b(?:vì|do|bởi|nhằm|để|khiến|nhờ|nguyên nhân|lý do)\b")),
    (_FIRST_PERSON, lazy_pattern(r"\b(?:tôi|chúng t(?:ôi|a))\b")),
    (
        _STANCE,
        lazy_pattern(
            "lên án|ủng hộ|phản đối|hoan nghênh|kêu gọi|nhấn mạnh|khẳng định|quan ngại|bày tỏ|yêu cầu|cam kết"
        ),
    ),
)
_CAPITAL = "[A-ZĐÁÀẢÃẠĂẮẰẲẴẶÂẤẦẨẪẬÉÈẺẼẸÊẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÚÙỦŨỤƯỨỪỬỮỰÝỲỶỸỴ]"
_POINTS_BACK = lazy_pattern(
    r"\W*(?:(?:he|she|it|they|this|these|his|her|their|its|that|such|họ|nó|chúng|điều này|điều đó|đây|đó)\b"
    rf"|(?:ông|bà|cô|anh|chị)\b(?!\s+(?-i:{_CAPITAL}))|[^\W\d_]+ (?:[^\W\d_]+ )?(?:này|ấy)\b"
    r"|[こそ](?:れ|の)|彼|同[氏年日社国])",
    re.IGNORECASE,
)
"""How a sentence begins that is about the one before; with a name after it 'ông' is only 'Mr'."""


def passage_shape(text: str) -> int:
    """Return the `PassageShape` of a passage as a plain number."""
    shape = _QUESTION if text.rstrip(" \"'”’)」』").endswith(("?", "？", "か。")) else 0
    shape |= _BACK if _POINTS_BACK.match(text) else 0
    shape |= 0 if text[-1:] in _ENDS or _END.search(text[-_END_REACH:]) else _FRAGMENT
    lower = text.lower()  # to look in small letters takes a fourth of the time that ignoring case takes
    if rules := () if text.isascii() else _rules_of(text):
        return shape | sum(told for told, rule in rules if rule.search(lower))
    spaced = f" {lower}"
    for mark in _OPENING:
        spaced = spaced.replace(mark, " ")
    shape |= _BECAUSE if _REASON.search(spaced) else 0
    shape |= _FIRST_PERSON if _FIRST.search(text) else 0
    return shape | (_STANCE if _TAKES_STANCE.search(spaced) else 0)


def _rules_of(text: str) -> Sequence[tuple[int, re.Pattern[str]]]:
    """The words that tell the shape of a Japanese or Vietnamese passage; none for any other."""
    if has_kana(text):
        return _IN_JAPANESE
    return _IN_VIETNAMESE if is_vietnamese(text) else ()


def is_before_place(text: str, start: int) -> bool:
    """Return whether a text up to `start` ends as it does where a place is named."""
    return _BEFORE_PLACE.search(text, max(0, start - 16), start) is not None


@lru_cache(maxsize=1 << 16)
def shape_of(written: str) -> tuple[int, bool]:
    """Return the `WordShape` of a word anywhere in a text, as a plain number, and whether it may be a name.

    A name is capitalised and no date; an ordinary word's shape is 0.
    """
    lower, shape = written.lower(), 0
    if not written.isascii():
        shape = _WORDS_OF_SHAPE.get(lower, 0) | (_NAME if is_katakana(written) else 0)
    if lower in _NUMBERS or any(map(str.isdigit, written)):
        shape |= _NUMBER
    if lower in _MONTHS or lower in _DAYS or lower in _PERIODS or _YEAR.fullmatch(lower):
        shape |= _DATE
    capital = written[:1].isupper()
    if capital and lower.removesuffix("'s").removesuffix("’s") in place_words():
        shape |= _PLACE
    return shape, capital and not shape & _DATE


@cache
def place_groups() -> tuple[tuple[str, ...], ...]:
    """Return the names of each country, its people and capital among them (`retrieval.training.build_tables`)."""
    return tuple(tuple(group) for group in json.loads(PLACES.read_text(encoding="utf-8")))


@cache
def place_words() -> frozenset[str]:
    """Return the words in lower case that name a country or capital by themselves."""
    return frozenset(name.lower() for group in place_groups() for name in group if " " not in name)
