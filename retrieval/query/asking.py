"""How Japanese and Vietnamese ask: the kind of a question, and the words of it that only ask."""

import re
from collections.abc import Sequence
from enum import Enum

from retrieval.models import Kind
from retrieval.patterns import lazy_pattern
from retrieval.text.languages import is_vietnamese_question
from retrieval.text.orthography.japanese import has_kana
from retrieval.text.orthography.vietnamese import is_vietnamese, without_marks

Rules = Sequence[tuple[Kind, re.Pattern[str]]]


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
_COUNTED = "年月日時人名個回度歳才台機隻番位倍円本冊社校両分秒枚票件便号代世紀曜階级級点軒頭羽匹行字語巻章"
_UNITS = (
    "か国|カ国|ヶ国|ヵ国|か所|カ所|ヶ所|か月|カ月|ヶ月|時間|年間|週間|パーセント|%|キロ|メートル|トン|ドル"
    "|ユーロ|ヘクタール|平方|グラム|リットル"
)
_WHICH_PLACE = "[国県市町村州島都省区港]|都市|地方|地域|場所|空港|大学|川|山"
_JAPANESE_ASKS = lazy_pattern(
    "何という|なんという|何者|いつ頃?|何処|どこ|どの(?:よう(?:な|に)?|くらい|ぐらい)?|どれ(?:くらい|ほど|ぐらい|だけ)?|どちら|どんな|どう(?:して|やって)?"
    rf"|いくつ|いくら|なぜ|何故|誰|だれ|第?何(?:{_UNITS}|[{_COUNTED}]|つ)?(?:頃|目|間)?"
    "|の場合は(?=[?？]?$)|について教えて(?:くだ|下)さい|教えて(?:くだ|下)さい|教えて|知りたい|名前は(?:[?？]?$|何)"
)
_VIETNAMESE_ASKS = (
    "(?:(?:là )?(?:vào )?(?:khi nào|bao giờ|lúc nào|hồi nào|ở đâu|nơi nào|từ đâu|do đâu|vì đâu|vì sao"
    "|tại sao|như thế nào|thế nào|ra sao"
    "|bao nhiêu|bao lâu|bao xa|mấy|điều gì|cái gì|những gì|gì|những ai|ai|nào|đâu|hãy|xin(?! lỗi| phép)|cho biết"
    r"|phải không|hay không|(?:không|chưa)(?=\W*$)|(?:làm|thì) sao)"
    "|(?:kể|nêu)(?: ra)? tên|liệt kê|xảy ra|diễn ra|có thể"
    "|(?:được|bị) (?:gọi|biết đến|xem|coi|mô tả|miêu tả|mệnh danh)(?: (?:là|như))*"
    "|thuật ngữ(?: khác)?(?: (?:cho|của|dành cho))?|tên(?: gọi)?(?: khác)? (?:của|cho|là(?= gì| ai)))"
)
_JAPANESE_KINDS = (
    (Kind.COMPARISON, r"違い|比較|比べ|変化|推移|変遷|どう変わ|どのように変わ|の差は"),
    (Kind.WHY, r"なぜ|何故|どうして|理由|原因|何のため|目的は"),
    (
        Kind.HOW_MANY,
        (
            rf"何(?:{_UNITS}|[人名個回度歳才台機隻番位倍円本冊社校両分秒枚票件階点軒頭羽匹行字巻章代]|つ)|いくつ|幾つ|いくら|(?:どの|どれ)(?:くらい|ぐらい|ほど|だけ)"
            r"|(?:割合|人口|面積|高さ|長さ|距離|数|率|額|費用|値段|価格|予算|速度|重さ)は(?:[?？]?$|何|いく|どの)"
        ),
    ),
    (Kind.WHEN, r"いつ|何[年月日時]|何時代|何世紀|何曜|何年代|(?:時期|年号|日付|年代)は"),
    (
        Kind.ROLE,
        r"(?:首相|大臣|大統領|長官|総理|主席|書記長?|外相|防衛相|大使|知事|市長|社長|会長|議長|総裁|事務総長)は(?:誰|だれ|[?？]?$)",
    ),
    (
        Kind.WHO,
        r"誰|だれ|何者|どの人|何という(?:人|人物)|(?:人|人物|作者|監督|著者|名前)(?:の名前)?は[?？]?$|(?:人|人物)は何",
    ),
    (Kind.POSITION, r"立場|見解|姿勢|態度|主張は|(?:何と|どう)(?:述べ|言|語|発言|答え|主張|考え|見て|評価)"),
    (
        Kind.WHERE,
        rf"どこ|何処|(?:どの|どちらの|何という|何)(?:{_WHICH_PLACE})|(?:場所|開催地|出身地|所在地|首都|国)は(?:[?？]?$|何|ど)",
    ),
    (Kind.LIST, r"挙げ|列挙|一覧|すべて|全て|どのような.{1,20}が(?:あり|ある)|どんな.{1,20}が(?:あり|ある)|リスト"),
    (Kind.DEFINITION, r"とは(?:何|なん|どう|どんな|誰|[?？]?\s*$)|の意味|の略|定義|^\S{1,20}って(?:何|なに)"),
    (Kind.HOW, r"どのように|どうやって|どう|いかに|方法"),
    (Kind.WHAT, r"何|なに|どの|どれ|どちら|どっち|どんな|教えて|について(?:の|[?？。]?$)|は[?？]?\s*$"),
    (Kind.YES_NO, r"(?:です|ます|ました|でした|した|せん|のです|ある|いる|なの|の)か[?？。]?\s*$"),
    (Kind.WHAT, r"[?？]\s*$"),
)
_KIN = "con trai|con gái|em gái|em trai|anh trai|chị gái|vợ|chồng|cha|mẹ"
_VIETNAMESE_KINDS = (
    (
        Kind.COMPARISON,
        (
            r"\b(?:so sánh|so với .* (?:thế nào|ra sao)|khác (?:nhau|biệt|gì)|sự khác|thay đổi (?:như thế nào"
            r"|ra sao|thế nào))"
        ),
    ),
    (Kind.WHY, r"\b(?:vì sao|tại sao|do đâu|vì đâu|lý do|lí do|nguyên nhân|mục đích)\b"),
    (
        Kind.WHEN,
        (
            r"\b(?:khi|năm|ngày|tháng|thời gian|lúc|thế kỷ|thập niên|thập kỷ|thời điểm|mùa|hồi|thời|giai đoạn"
            r"|thứ) nào\b|\bbao giờ\b|\bnăm bao nhiêu\b"
        ),
    ),
    (
        Kind.HOW_MANY,
        (
            r"\b(?:bao nhiêu|mấy|bao lâu|bao xa|(?:mức|chừng) nào)\b"
            r"|^\W*(?:số lượng|dân số|tỷ lệ|tỉ lệ|diện tích|chiều cao|chiều dài|phần trăm)\b(?!.* nào\b)"
        ),
    ),
    (
        Kind.ROLE,
        (
            r"\b(?:thủ tướng|bộ trưởng|tổng thống|chủ tịch|tổng bí thư|đại sứ|ngoại trưởng|tổng thư ký"
            r"|chủ tịch nước)\b.* là ai\b"
        ),
    ),
    (
        Kind.WHO,
        (
            rf"\bai\b|\b(?:người|nhân vật|vị \w+) nào\b|\btên (?:của )?(?:(?:các|những) )?(?:người|{_KIN})\b.* là gì"
            rf"|\b(?:người|{_KIN}|ông|bà|họ) (?:.* )?tên là gì"
        ),
    ),
    (
        Kind.POSITION,
        r"\b(?:lập trường|quan điểm|thái độ|ý kiến)\b|\b(?:nói|phát biểu|tuyên bố|cho rằng) (?:gì|thế nào)\b",
    ),
    (
        Kind.WHERE,
        (
            r"\b(?:ở đâu|tới đâu|đến đâu|từ đâu|nằm đâu|nơi nào)\b|\b(?:nước|quốc gia|thành phố|tỉnh|bang"
            r"|khu vực|châu lục|địa điểm|đảo|vùng|quận|cảng|nơi) nào\b"
        ),
    ),
    (
        Kind.LIST,
        r"\b(?:liệt kê|kể tên|(?:những|các) (?!năm )(?:\w+ ){1,5}(?<!\bthế )(?<!\bnhư thế )nào|những gì)\b",
    ),
    (
        Kind.DEFINITION,
        r"^\W*(?!.*\b(?:của|tên|gọi)\b)(?:\w+\W+){1,5}là gì\W*$|\bviết tắt của\b|\b(?:định nghĩa|nghĩa là gì)\b",
    ),
    (Kind.HOW, r"\b(?:như thế nào|thế nào|ra sao|bằng cách nào|làm sao)\b"),
    (Kind.WHAT, r"\b(?:gì|nào|đâu|cho biết)\b"),
    (Kind.YES_NO, r"\b(?:có|đã) .*\b(?:không|chưa)\W*$|\bphải không\b|\bhay không\b"),
    (Kind.WHAT, r"\?\s*$"),
)


def _compiled(rules: Sequence[tuple[Kind, str]], *, bare: bool = False) -> Rules:
    return tuple((kind, lazy_pattern(without_marks(rule) if bare else rule, re.IGNORECASE)) for kind, rule in rules)


_JAPANESE_RULES, _MARKED_RULES = _compiled(_JAPANESE_KINDS), _compiled(_VIETNAMESE_KINDS)
_BARE_RULES = _compiled(_VIETNAMESE_KINDS, bare=True)
_LEADS = r"^\W*(?:(?:thế|vậy)(?: còn| thì)?|còn|và)(?=\s)"
"""How a question begins that goes on from another."""
_MARKED_ASKS = lazy_pattern(rf"{_LEADS}|\b{_VIETNAMESE_ASKS}\b", re.IGNORECASE)
_BARE_ASKS = lazy_pattern(without_marks(rf"{_LEADS}|\b{_VIETNAMESE_ASKS}\b"), re.IGNORECASE)


def kind_in(tongue: Tongue, text: str) -> Kind:
    """Return the kind of a question in Japanese or Vietnamese, with or without marks."""
    rules = _JAPANESE_RULES if tongue is Tongue.JAPANESE else _MARKED_RULES
    if tongue is Tongue.VIETNAMESE and not is_vietnamese(text):
        rules, text = _BARE_RULES, without_marks(text)
    return next((kind for kind, rule in rules if rule.search(text)), Kind.KEYWORDS)


def without_asking(tongue: Tongue, text: str) -> str:
    """Return a question in which the words that only ask are blank; each letter keeps its place."""
    if tongue is Tongue.ENGLISH:
        return text
    asks, searched = _JAPANESE_ASKS if tongue is Tongue.JAPANESE else _MARKED_ASKS, text
    if tongue is Tongue.VIETNAMESE and not is_vietnamese(text):
        asks, searched = _BARE_ASKS, without_marks(text)
    left = list(text)
    for found in asks.finditer(searched):
        left[slice(*found.span())] = " " * len(found[0])
    return "".join(left)
