"""Questions about the bot itself and about its articles at large, which no article answers."""

import re

from retrieval.models import SmallTalk
from retrieval.patterns import lazy_pattern

_YOU = r"(?:you|u|this bot|the bot|it|policydesk)"
_YOUR = r"(?:your|the|ur|its)"
_HAVE = r"(?:have|got|use|read|know|draw on|rely on|answer from|cover|search|work with)"
_TEXTS = r"(?:sources?|articles?|documents?|texts?|files?|publications?|collections?|library|data)"
_WHATS = r"what(?:['’]?s| is| are)"
_LATEST = r"(?:latest|newest|most recent|recent)"
_PATTERNS = {
    SmallTalk.MAKER: (
        rf"who (?:made|built|created|wrote|runs?|owns?|developed|programmed|operates|is behind) {_YOU}",
        rf"who (?:are|is) {_YOUR} (?:makers?|creators?|owners?|authors?|developers?)",
        rf"where (?:do|did) {_YOU} come from",
        r"(?:are|r) (?:you|u) (?:an? )?(?:chatgpt|gpt|claude|llm|language model|ai)",
    ),
    SmallTalk.SOURCES: (
        r"(?:どんな|どの)(?:記事|資料|情報源|ニュース)が(?:あり|ある)(?:ますか|の)?|(?:記事|資料|情報源)の一覧(?:を(?:見せて|教えて)(?:ください)?)?|出典は(?:何ですか)?",
        (
            r"(?:có )?(?:những )?(?:bài báo|bài viết|tài liệu|nguồn) (?:nào|gì)|bạn có (?:những )?(?:bài"
            r"|bài báo|tài liệu|nguồn) (?:nào|gì)|danh sách (?:bài viết|bài báo|nguồn)"
        ),
        rf"(?:what|which) {_TEXTS} (?:do|can|does|are) (?:you|u|it|there)(?: {_HAVE})?(?: (?:from|in|on|here))?",
        rf"(?:what|which) (?:are|r) {_YOUR} {_TEXTS}",
        rf"where (?:do|does) {_YOU} get {_YOUR} (?:answers|{_TEXTS})(?: from)?",
        rf"(?:list|show)(?: me)?(?: all)?(?: {_YOUR})? {_TEXTS}",
        rf"(?:what|which) do (?:you|u) {_HAVE}",
        rf"your {_TEXTS}",
        rf"how many {_TEXTS} (?:do|are|does) (?:you|u|there|it)(?: {_HAVE})?",
    ),
    SmallTalk.NEWS: (
        r"最新(?:の)?(?:ニュース|記事|情報)(?:は|を教えて(?:ください|下さい)?)?|(?:何か)?新しい(?:記事|ニュース)は(?:あり|ある)?(?:ますか|の)?",
        r"(?:có )?(?:tin(?: tức)?|bài(?: báo| viết)?)(?: gì| nào)? mới(?: nhất)?(?: không)?|có gì mới(?: không)?",
        r"(?:(?:is|are) there )?any(?:thing)? (?:news|new|updates?|new articles)(?: (?:today|here|in|now))?",
        rf"(?:the )?{_LATEST} (?:news|articles?|updates?)",
        r"news(?: today)?",
        rf"{_WHATS} (?:new|the news|the latest(?: news)?)(?: today| here)?",
        r"what happened (?:today|lately|recently)",
        rf"{_WHATS} {_YOUR} {_LATEST} {_TEXTS}",
    ),
    SmallTalk.ABOUT: (
        r"(?:what|how) (?:can|do|could) (?:you|u|i) (?:do|help(?: me)?|ask(?: you)?|use (?:you|this))",
        r"what (?:are|r) (?:you|u)(?: for)?",
        r"what (?:can|should) i ask(?: you)?",
        r"what (?:is|does) this bot(?: do)?",
        r"who (?:are|r) (?:you|u)",
    ),
}
_RULES = tuple(
    (
        chat,
        lazy_pattern(
            rf"\W*(?:(?:hi|hello|hey|ok|so|and|please)\b\W*)*(?:{'|'.join(patterns)})"
            r"(?: (?:with|here|for me|about|please))?\W*",
            re.IGNORECASE,
        ),
    )
    for chat, patterns in _PATTERNS.items()
)


def about_asked(text: str) -> SmallTalk | None:
    """Return what a message asks of the bot itself or of its articles at large; None for any other question."""
    return next((chat for chat, rule in _RULES if rule.fullmatch(text)), None)
