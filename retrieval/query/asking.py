"""The words that only ask, in Japanese and Vietnamese: they say what kind of answer is wanted, not what about."""

import re

from retrieval.text.japanese import has_kana
from retrieval.text.vietnamese import is_vietnamese

_COUNTED = "年月日時人名個回度歳才台機隻つ番位倍円本冊社校両分秒枚票件便号代世紀曜"
_JAPANESE = re.compile(
    "何という|なんという|何者|いつ頃?|何処|どこ|どの(?:よう(?:な|に)?|くらい|ぐらい)?|どれ(?:くらい|ほど|ぐらい)?|どちら|どんな|どう(?:して|やって)?"
    rf"|いくつ|いくら|なぜ|何故|誰|だれ|第?何(?:か国|カ国|ヶ国|か所|カ所|ヶ所|パーセント|キロ|メートル|トン|ドル|[{_COUNTED}])?(?:頃|目|間)?"
    "|教えて(?:くだ|下)さい|教えて|答え(?:て|よ)|(?:名前|理由)は(?:[?？]|何|$)"
)
_VIETNAMESE = re.compile(
    r"\b(?:là )?(?:khi nào|bao giờ|lúc nào|ở đâu|nơi nào|từ đâu|(?:do|vì) đâu|vì sao|tại sao|như thế nào|thế nào|ra sao|bao nhiêu|bao lâu|bao xa"
    r"|mấy|điều gì|cái gì|những gì|là gì|gì|những ai|ai|nào|đâu|hãy|xin|cho (?:tôi )?biết|phải không|hay không)\b",
    re.IGNORECASE,
)


def without_asking(text: str) -> str:
    """Return a question in which the words that only ask are blank; each letter keeps its place."""
    asks = _JAPANESE if has_kana(text) else _VIETNAMESE if is_vietnamese(text) else None
    return text if asks is None else asks.sub(lambda found: " " * len(found[0]), text)
