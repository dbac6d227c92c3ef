"""Lines around an article that are never quoted: notices, links, counters, remarks, credits, by-lines and datelines."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from retrieval.patterns import lazy_pattern
from retrieval.reading.dates import is_dateline
from retrieval.reading.lines import is_sentence

EDGE = 5
"""How many paragraphs from the top a by-line, a dateline or a counter is looked for."""
TAIL = 4
"""How many from the bottom."""
BYLINE_WORDS = 5
FURNITURE_WORDS = 12
"""Longest line that is furniture for how it begins; a longer one is a sentence that happens to begin so."""
LIST_LENGTH = 3
"""So many names, or figures, one after the other are a list, which is content; near the end two names sign."""


class Furniture(StrEnum):
    """The rules by which a line is never quoted."""

    NOTICE = "a notice or link of the page"
    COUNTER = "a counter of the page"
    REMARK = "a remark in brackets"
    CREDIT = "a photo credit"
    DATELINE = "a dateline"
    BYLINE = "a by-line"
    LABEL = "the label of a speaker"
    PAGE = "the number of a page"


_KNOWN_COUNTER = lazy_pattern(r"(?:views?|reads?|shares?|likes?|comments?)\s*:\s*[\d.,]+\s*[km]?", re.IGNORECASE)
_COUNTER = lazy_pattern(r"[^\W\d_]+(?:\s[^\W\d_]+)?\s*[:：]\s*[\d.,]+\s*[kKmM]?")
_NOTICE = lazy_pattern(
    r"[>»▶▼■◆●【\[]*\s*(?:related (?:posts?|articles?|stor(?:y|ies)|news|content)|comments? (?:are"
    r"|is) closed|(?:no|\d+) comments?"
    r"|[\d.,]+\s?[km]?\s(?:views?|reads?|shares?|likes?)|\d+[ -]min(?:ute)?s?\sread|like this|loading"
    r"|(?:leave|post) a (?:reply|comment)|share (?:this|on)\b.*|read (?:more|also|next)\b.*|more (?:from|on)\b.*"
    r"|you may also like|recommended(?: for you)?|advertisement|sponsored(?: content)?|subscribe\b.*|sign (?:up|in)\b.*"
    r"|log in\b.*|follow us\b.*|(?:tags?|categories|topics|filed under|(?:release|document|content) type)\s*:.*"
    r"|(?:begin|end) text"
    r"|(?:previous|next) (?:post|article|story)\b.*"
    r"|print this\b.*|e-?mail this\b.*|back to top|skip to content|all rights reserved\b.*|copyright\b.*|©.*"
    r"|\(c\)\s*\d{4}\b.*|関連記事.*|無断転載.*|あわせて読みたい.*|コメント.{0,12}"
    r"|関連(?:ニュース|リンク).{0,30}|続きを読む.{0,12}|シェア(?:する)?|ツイート(?:する)?|(?:この)?記事を.{1,8}|有料会員.{0,20}|会員登録.{0,20}"
    r"|印刷(?:する)?|おすすめ記事.{0,12}|人気記事.{0,12}|アクセスランキング.{0,12}|(?:前|次)の記事.{0,30}"
    r"|(?:bài viết|tin|bài) liên quan.*|(?:xem|đọc) (?:thêm|tiếp).*|bình luận.{0,12}"
    r"|theo dõi .{1,40} (?:trên|tại) .{1,30}|chia sẻ.{0,20}"
    r"|từ khóa\s*:.*|gửi bình luận.{0,12}|in bài(?: viết)?|bản quyền .*)[】\]]?[.!:…。：]{0,3}",
    re.IGNORECASE,
)
_REMARK = lazy_pattern(r"[(\[](?:(?!\.\w)[^()\[\]\d\s])+(?:\s(?:(?!\.\w)[^()\[\]\d\s])+){0,2}[)\]]")
"""Three words at most, alone: '(Applause.)', '(New Position)', '[ENDS]'."""
_RECORD = lazy_pattern(r"(?:\d{1,3}\s+)?[AS]/\d+/PV\.\d+(?:\s+\d{1,3})?")
_LEGAL_NOTICE = lazy_pattern(r"(?:copyright\s*)?(?:©|\(c\)|\d{4}\b)", re.IGNORECASE)

WIRES = frozenset("AFP AP Bloomberg EPA Getty Jiji JIJI Kyodo KYODO REUTERS Reuters TASS UPI VNA Xinhua Yonhap".split())
_WIRE = rf"(?:{'|'.join(sorted(WIRES))})"
PUBLICATIONS = lazy_pattern(
    r"(?:読売|朝日|毎日|産経|日本経済|日経|東京|中日|西日本|北海道|神戸|京都|中国|河北|信濃毎日|赤旗)新聞(?:社|デジタル|オンライン|電子版)?"
    r"|(?:共同|時事|新華)通信社?|時事ドットコム|ロイター通信?|琉球新報|沖縄タイムス|NHK(?:NEWS|ニュース)?|日本放送協会"
    r"|(?:外務|防衛|財務|経済産業|農林水産|国土交通|総務|法務|環境)省|内閣(?:官房|府)|首相官邸|海上保安庁|公安調査庁"
    r"|TTXVN|Thông tấn xã Việt Nam|VnExpress|VietnamPlus|VietNamNet|Vietnamnet|Dân trí|Zing ?News"
    r"|Tuổi Trẻ(?: Online)?|Thanh Niên"
    r"|Tiền Phong|Lao Động|Người Lao Động|(?:Báo )?Nhân Dân|(?:Báo )?Quân đội nhân dân"
    r"|Báo (?:điện tử )?Chính phủ|Báo Quốc tế"
    r"|Bộ (?:Ngoại giao|Quốc phòng|Công Thương|Công an)",
    re.IGNORECASE,
)
"""Publishers of Japan and Vietnam whose names have no mark of a publication that English knows."""
_BYLINE_ELSEWHERE = lazy_pattern(
    r"[（(【\[](?:[^（(【\[。]{0,12}(?:[部局班]|記者|特派員|総局|支局)(?:[\s・][^。]{0,16})?|共同|時事|ロイター|AFP)[）)】\]]"
    r"|(?-i:[一-龥ヶ]{1,4}[\s・]?[一-龥ぁ-ん]{1,4})(?:記者|特派員)|(?:政治|経済|国際|社会|外信|文化|科学)部[\s・].{2,12}|(?:文|取材|聞き手)[＝=:：].{2,16}"
    rf"|(?:Theo|Nguồn)\s*:?\s*(?:{PUBLICATIONS.pattern})|(?:PV|Phóng viên)\b.{{0,30}}",
    re.IGNORECASE,
)
_CREDIT_ELSEWHERE = lazy_pattern(
    r"[（(]?(?:写真|画像|撮影|写真提供|Ảnh|Ảnh minh họa|Nguồn ảnh)\s*[:：＝=/]\s*[^。]{1,40}[）)]?", re.IGNORECASE
)
_CREDIT_WORDS = (
    r"(?-i:[A-Z]\w*\s){0,2}(?:(?:file |stock )?(?:photo(?:graph)?s?|images?|pictures?|pics?)(?: credits?| courtesy)?"
    r"|credits?|courtesy)"
)
_CREDIT_NAME = r"(?-i:[^\W\d_a-z]|\d{4}|(?:and|at|de|for|of|the|van|via)\b)[\w.’'&-]*"
_CREDIT_NAMES = rf"{_CREDIT_NAME}(?:[\s,/|]{{1,3}}{_CREDIT_NAME}){{0,9}}"
_NAME = r"(?-i:[A-Z])[\w.’'-]+"
_WIRE_CREDIT = (
    rf"(?-i:{_WIRE}(?:[-/]{_NAME}(?:\s{_NAME}){{0,3}})+"
    rf"|(?:{_NAME}\s){{0,4}}{_NAME}/(?:Pool(?:\svia)?\s)?{_WIRE}|{_WIRE})"
)
CREDIT_REACH = 300
"""How far before the end of a line, in code points, a photo credit may begin."""
_CREDIT_MARKS = ("©", "(", "[", "|", "＝", "photo", "image", "pic", "credit", "courtesy", "/")
"""No credit is without one of these; looking for them takes a tenth of the time."""
_TRAILING_CREDIT = lazy_pattern(
    r"(?:(?<!\s)\s*+©\s*[\w .,’'&/|-]{2,60}"
    rf"|(?<!\s)\s*+[(\[]\s?{_CREDIT_WORDS}"
    r"(?:(?:\s?[:/]|\s(?:by|courtesy|from|provided|supplied|taken|via)\b)[^()\[\]]{0,80}"
    rf"|\s{_CREDIT_NAMES})?\s?[)\]]"
    rf"|(?:^|(?<=[.!?]\s)){_CREDIT_WORDS}\s?(?:by\b|:|/|(?<=courtesy )of\b)\s?{_CREDIT_NAMES}"
    rf"|(?<=[.!?\"”])\s?[|＝]\s?{_CREDIT_NAMES}|(?<=\w)\s\|\s?{_WIRE_CREDIT}"
    rf"|(?<=[.!?\"”])\s(?:{_WIRE_CREDIT}|\({_WIRE_CREDIT}\)))\s*$",
    re.IGNORECASE,
)
_INDEFINITE_ARTICLES = frozenset({"a", "an"})
_SMALL_WORDS = frozenset({"and", "at", "by", "de", "for", "in", "of", "on", "the", "van", "von"})


def trailing_credit(text: str) -> int | None:
    """Return where a photo credit at the end of a line begins: the caption before it may be quoted, the credit not."""
    reached = max(0, len(text) - CREDIT_REACH)
    folded = text[reached:].casefold()
    if not any(mark in folded for mark in _CREDIT_MARKS):
        return None
    credit = _TRAILING_CREDIT.search(text, reached)
    return credit.start() if credit else None


def furniture(lines: Sequence[str]) -> list[Furniture | None]:
    """Name what stands around an article.

    Args:
        lines: The text of each paragraph of one line, "" for a longer one, in order.

    Returns:
        What each is; None for what may be quoted.
    """
    found = [_by_wording(line, place) or _at_edge(line, place, len(lines)) for place, line in enumerate(lines)]
    return [None if _is_content(lines, found, place) else kind for place, kind in enumerate(found)]


def _is_content(lines: Sequence[str], found: Sequence[Furniture | None], place: int) -> bool:
    """Whether a name or a figure belongs to the article: in a list of its kind, or as a signature."""
    if found[place] is Furniture.COUNTER:
        return _is_listed(lines, _COUNTER.fullmatch, place) and not _KNOWN_COUNTER.fullmatch(lines[place])
    return found[place] is Furniture.BYLINE and (
        _is_listed(lines, _is_name, place) or _is_signature(lines, found, place)
    )


def _is_listed(lines: Sequence[str], is_alike: Callable[[str], object], place: int) -> bool:
    """Whether a line stands in a list: among alike lines, or below the announcement of the list."""
    first = last = place
    while first > 1 and is_alike(lines[first - 1]):  # the first line is a title
        first -= 1
    while last + 1 < len(lines) and is_alike(lines[last + 1]):
        last += 1
    announced = first > 0 and lines[first - 1].endswith((":", "："))
    return announced or last - first + 1 >= (LIST_LENGTH if first < EDGE else LIST_LENGTH - 1)


def _is_signature(lines: Sequence[str], found: Sequence[Furniture | None], place: int) -> bool:
    """Whether a name near the end has an office below it, which is no sentence: 'Prime Minister of Israel'."""
    office = lines[place + 1] if place + 1 < len(lines) and found[place + 1] is None else ""
    return place >= EDGE and bool(office) and not is_sentence(office)


def _by_wording(line: str, place: int) -> Furniture | None:
    if not line:
        return None
    if place and _NOTICE.fullmatch(line) and (len(line.split()) <= FURNITURE_WORDS or _LEGAL_NOTICE.match(line)):
        return Furniture.NOTICE
    if place and _REMARK.fullmatch(line):
        return Furniture.REMARK
    if _RECORD.fullmatch(line):
        return Furniture.PAGE
    return Furniture.CREDIT if _TRAILING_CREDIT.fullmatch(line) or _CREDIT_ELSEWHERE.fullmatch(line) else None


def _at_edge(line: str, place: int, count: int) -> Furniture | None:
    """What stands near the top or the bottom: counters, dates, names."""
    if not line or EDGE <= place < count - TAIL:
        return None
    if _COUNTER.fullmatch(line):
        return Furniture.COUNTER
    if is_sentence(line):
        return None
    if is_dateline(line):
        return Furniture.DATELINE
    return Furniture.BYLINE if place and _is_name(line) else None


def _is_name(line: str) -> bool:
    """Whether a line may be the name of a person, an agency or a place."""
    if PUBLICATIONS.fullmatch(line) or _BYLINE_ELSEWHERE.fullmatch(line):
        return True
    words = line.split()
    named = [word for word in words if word.lower() not in _SMALL_WORDS]
    if not named or len(words) > BYLINE_WORDS or words[-1][-1] in ":," or words[0].lower() in _INDEFINITE_ARTICLES:
        return False
    if len(words) >= LIST_LENGTH and " ".join(words).isupper():  # a heading
        return False
    return all(word[0].isupper() and not any(c.isdigit() for c in word) for word in named)
