"""The wordings of questions that compare, in English, Japanese and Vietnamese."""

import re

from retrieval.patterns import lazy_pattern

_ON = r"(?:on|about|regarding|concerning|over|when it comes to|in terms of|as to|with (?:regard|respect) to)"
_TOPIC = rf"(?:,?\s+{_ON}\s+(?P<topic>.+))?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = rf"(?:(?:early|mid|late)[\s-])?(?:(?:\d{{1,2}}\s+)?{_MONTH}\s+(?:\d{{1,2}},?\s+)?)?(?:19|20)\d\ds?"
_YEARS = r"(?:in\s+)?(?:the\s+)?(?:years?\s+)?"
VERSUS = r"(?:versus|vs\.?|v\.|compared (?:to|with)|as against|as opposed to)"
_PLEASE = r"(?:(?:please|can you|could you|would you)\s+)*"
_COMPARE = (
    rf"{_PLEASE}(?:(?:show|give|tell|make|draw|do)\s+)?(?:(?:me|us)\s+)?(?:an?\s+|the\s+)?"
    r"(?:compar(?:e|ing|ison)|contrast|juxtapose)(?:\s+(?:of|between|how|the))*"
)
_WHAT_IS = r"(?:what(?:['’]s|\s+(?:is|are|was|were))\s+)?(?:the\s+)?(?:main\s+|key\s+)?"
_WHAT_CHANGED = (
    r"what\s+(?:(?:has|have|had|all|really|else)\s+)*"
    r"(?:changed|changes|is different|was different|is new|differs|differed)"
)
_OLD = r"(?:the\s+)?(?:old|older|former|previous|earlier|original)"
_NEW = r"(?:the\s+)?(?:new|newer|current|latest|later|present)"
_DIFFER = r"(?:differ(?:s|ed|ent)?|diverge[ds]?|compare[ds]?|disagree[ds]?|deviate[ds]?)"
_HOW = r"how\s+(?:does|do|did|is|are|was|were|has|have|would|far)\s+(?:do\s+|does\s+)?"
_ONE, _OTHER = rf"{_YEARS}(?P<one>{_DATE})", rf"{_YEARS}(?P<other>{_DATE})"
_BETWEEN = rf"{_ONE}\s+(?:and|to|until|till|through|with|{VERSUS}|–|-)\s+{_OTHER}"
_BEFORE_AND_SINCE = rf",?\s+(?P<by>before and (?:after|since))\s+{_ONE}"


_MARKS = (
    *("against", "before and", "chang", "compar", "contrast", "deviate", "differ", "disagree", "diverge", "earlier"),
    *("former", "gap", "is new", "juxtapose", "old", "opposed", "original", "previous", "then", "v.", "versus", "vs"),
    *("年と", "差", "比", "相違", "違", "khác", "so sánh", "thay đổi"),
)


def may_compare(text: str) -> bool:
    """Whether a question has a word that each of the wordings has one of; few questions do, and few need be read."""
    folded = text.casefold()
    return any(mark in folded for mark in _MARKS)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(lazy_pattern(pattern, re.IGNORECASE) for pattern in patterns)


PERIODS = _compiled(
    rf"{_WHAT_CHANGED}\s*(?P<topic>.*?)\s*,?\s*\b(?:between|from)\s+{_BETWEEN}(?P<more>.*)",
    rf"{_WHAT_CHANGED}\s*(?P<topic>.*?)\s*,?\s*\b(?P<by>since|after)\s+{_ONE}(?P<more>.*)",
    rf"{_WHAT_IS}(?:changes?|differences?)\s+(?P<topic>.*?)\s*,?\s*\b(?:between|from)\s+{_BETWEEN}(?P<more>.*)",
    rf"{_HOW}(?P<topic>.+?)\s+{_ONE}\s+{_DIFFER}\s+(?:from|to|with)\s+{_OTHER}",
    rf"{_COMPARE}\s+{_BETWEEN}(?P<more>,?\s+{_ON}\s+.+)",
    rf"{_COMPARE}\s+(?P<topic>.+?)\s+(?:in|between|from|for|of|during)\s+{_BETWEEN}",
    rf"(?:{_COMPARE}\s+)?(?P<topic>.+?){_BEFORE_AND_SINCE}",
    rf"(?P<topic>.+?)[,:]?\s+{_ONE}\s+{VERSUS}\s+{_OTHER}",
    rf"{_ONE}\s+{VERSUS}\s+{_OTHER}(?P<more>,?\s+{_ON}\s+.+|:\s*.+)",
    (
        r"(?P<one>\d{4}年)と(?P<other>\d{4}年)(?:で|の間に|では|を比べて)、?(?P<topic>.+?)(?:は|が)?"
        r"(?:どう|どのように|何が)(?:変わ|違).*"
    ),
    r"so sánh (?P<topic>.+?) (?:năm|giữa năm|giữa) (?P<one>\d{4}) (?:và|với) (?:năm )?(?P<other>\d{4})",
    (
        r"(?P<topic>.+?) (?:đã )?thay đổi (?:như thế nào|thế nào|ra sao|gì) (?:từ|giữa)(?: năm)? (?P<one>\d{4})"
        r" (?:đến|và)(?: năm)? (?P<other>\d{4})"
    ),
)
"""Two periods, `one` and `other`, or the time before `one` and since; the topic is `topic` with `more`."""
AGES = _compiled(
    rf"(?:{_COMPARE}\s+|{_WHAT_IS})?{_OLD}\s+(?:and|or|versus|vs\.?|with|to)\s+{_NEW}\s+(?P<topic>.+)",
    r"(?P<topic>.+?),?\s+(?:then (?:and|versus|vs\.?) now|old and new)",
    rf"{_WHAT_CHANGED}\s+{_ON[:-1]}|in|with|for|to)\s+(?P<topic>.+)",
)
"""Older and newer reports on a topic."""
_SAY = (
    r"(?:(?:have|has) )?(?:said|say|think|thought|told|wrote|feel|felt|see|saw|view(?:ed)?|talk(?:ed)?|sp(?:oke|eak))"
)
NAMES = _compiled(
    rf"{_COMPARE}\s+(?:what|how)\s+(?P<one>.+?)\s+and\s+(?P<other>.+?)\s+{_SAY}(?:\s+(?:{_ON}\s+)?(?P<topic>.+))?",
    rf"{_COMPARE}\s+(?P<sides>.+?){_TOPIC}",
    rf"{_WHAT_IS}(?:differences?|contrast|gap)\s+(?:in\s+(?P<lead>.+?)\s+)?between\s+(?P<sides>.+?){_TOPIC}",
    rf"{_HOW}(?P<one>.+?)\s+{_DIFFER}\s+(?:from|to|with|against)\s+(?P<other>.+?){_TOPIC}",
    rf"{_HOW}(?P<sides>.+?\s+and\s+.+?)\s+{_DIFFER}(?:\s+in\s+(?P<lead>.+?))?{_TOPIC}",
    rf"where\s+do\s+(?P<sides>.+?\s+and\s+.+?)\s+{_DIFFER}(?:\s+in\s+(?P<lead>.+?))?{_TOPIC}",
    rf"(?:(?P<lead>[^:,]+)[:,]\s+)?(?P<sides>.+?\s+{VERSUS}\s+.+?)(?:,?\s+(?:in|{_ON[3:]}\s+(?P<topic>.+))?",
    (
        r"(?:(?P<topic>[^、。]+?)(?:について|に関して|における|に関する|をめぐる)(?:の|、)?)?"
        r"(?P<one>[^、。]+?)と(?P<other>[^、。]+?)(?:の(?P<lead>[^、。]+?))?"
        r"(?:を(?:比較|比べ)|の(?:違い|差異?|相違)|は(?:どう|どのように|どこが|何が)違).*"
    ),
    r"compare\s+(?:(?P<topic>[^、。]+?)(?:について|に関して|における)(?:の|、)?)?(?P<one>[^、。]+?)と(?P<other>[^、。]+)",
    r"(?:compare|so sánh)\s+(?P<one>.+?)\s+(?:và|với)\s+(?P<other>.+?)(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+))?",
    (
        r"(?:sự )?khác (?:nhau|biệt) giữa\s+(?P<one>.+?)\s+(?:và|với)\s+(?P<other>.+?)"
        r"(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+?))?(?:\s+là gì)?"
    ),
    (
        r"(?P<one>.+?)\s+khác (?:với |so với )?(?P<other>.+?)\s+(?:như thế nào|thế nào|ra sao)"
        r"(?:\s+(?:về|trong vấn đề)\s+(?P<topic>.+))?"
    ),
)
"""People, countries, publishers or things, in `sides` or as `one` and `other`; the topic is `lead` with `topic`."""
