"""Questions that want the newest or the oldest reports, told by their words."""

import re

from retrieval.models import Age, AgePreference
from retrieval.patterns import lazy_pattern

_REPORT = r"(?:reports?|reported|articles?|mention(?:s|ed)?|news|account|stor(?:y|ies))"
_ASKED_WHEN = r"\bwhen\b.*?\b(?:did|has|have|had|was|were)\b.*?"
_RULES = tuple(
    (age, lazy_pattern(pattern, re.IGNORECASE))
    for age, pattern in (
        (
            Age.NEWEST,
            r"\b(?P<said>la(?:test|stest)|newest|most recent(?:ly)?|recent(?:ly)?|currently|nowadays|up.to.date)\b",
        ),
        (Age.NEWEST, r"\b(?P<said>so far|right now|as of now|at present|these days|this (?:year|month|week)|today)\b"),
        (
            Age.NEWEST,
            r"(?:^\W*|\b(?:the|['’]s|is|are|its|his|her|their|our) )(?P<said>current) (?!(?:in|of|from|at|events)\b)\w",
        ),
        (Age.NEWEST, r"\b(?:is|are|has|have|can|does|do) (?:\w+ ){0,4}?(?P<said>now)\b(?! (?:called|known?)\b)"),
        (Age.NEWEST, r"\b(?P<said>now)\W*$|\b(?P<time>last) time\b"),
        (Age.NEWEST, r"\bwhat(?:['’]s| is) (?P<new>new)\b(?= (?:in|on|about|with|for)\b|\W*$)"),
        (Age.NEWEST, rf"{_ASKED_WHEN}\b(?P<said>last)\b(?! (?:year|month|week|night)\b)"),
        (Age.NEWEST, r"(?P<said>最新|最近|直近|今のところ|現在の|現時点|今[日週月年](?!度))"),
        (
            Age.NEWEST,
            (
                r"\b(?P<said>mới nhất|gần đây(?: nhất)?|hiện nay|hiện tại|bây giờ|mới đây|đến nay|hôm nay"
                r"|(?:tuần|tháng|năm) nay)\b"
            ),
        ),
        (
            Age.OLDEST,
            (
                r"(?P<said>(?:最初|最古)の(?:報道|記事|報告|ニュース))|\b(?P<early>(?:tin|bài(?: báo| viết)?|báo cáo"
                r"|bản tin) (?:đầu tiên|sớm nhất|cũ nhất))\b"
            ),
        ),
        (Age.OLDEST, rf"\b(?P<said>(?:first|earliest|oldest|original) {_REPORT})\b"),
        (Age.OLDEST, rf"{_ASKED_WHEN}(?:(?<!\bthe )(?<!\bits )\b(?P<said>first)\b|\b(?P<early>earliest)\b)"),
    )
)
"""The first rule that fits decides. 'First' alone says nothing of reports: 'the first countries to receive'."""
_MAY_WANT = lazy_pattern(
    r"la(?:te)?st|new|recent|current|now|to.date|so far|present|days|this|first|earliest|oldest|original|today"
    r"|[^\x00-\x7f]"
)
"""Each rule needs one of these in small letters; most questions hold none."""


def age_wanted(text: str) -> AgePreference | None:
    """Return whether a question wants the newest or the oldest reports, and by which of its words; None for neither."""
    if not _MAY_WANT.search(text.lower()):
        return None
    found = ((age, rule.search(text)) for age, rule in _RULES)
    return next((AgePreference(age=age, because=match[match.lastgroup or 0]) for age, match in found if match), None)
