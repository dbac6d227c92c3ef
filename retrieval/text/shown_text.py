"""The words of a quote as people are shown them: its slice of the file without line breaks, marks and invisible signs.

| in the slice | shown as |
|---|---|
| runs of white space, line breaks of any kind, `>` before a quoted line | one space |
| a hyphen at a line's end that only broke its word | nothing |
| the space behind a hyphen where lines were put together (`cross- border`, but not `low- and`) | nothing |
| soft hyphens, zero-width characters, byte order marks, marks of writing direction | nothing |
| HTML comments and tags | nothing; `<br>` and the tags of blocks: one space |
| HTML character references (`&#8217;`) | the character |
| Markdown links and images | their text |
| Markdown emphasis, strike-through and code marks, backslashes before punctuation or a line's end | nothing |
| footnote marks (`[^1]`, `law.[3]`, `law.”4`, `in 2013.1`, raised digits behind a word) | nothing |
| the pipes around a table's row | nothing |
| the foot of a page of the United Nations' records (`10-54959 32` between runs of spaces, `15-29425 33/34`) | nothing |
| the head of such a page (`18 General Assembly - Forty-eighth session`) | nothing |
| the name of a page of the Congressional Record (`[[Page S8588]]`) | nothing |
| the number of a page before a blank line within a sentence | nothing |
| letters that a wrong encoding made of marks, amid English (`Councilís`, `ìfrozenî`, `â€œ`, `State?s`) | the marks |

Nothing else is left out, and words stay in their order.
"""

import html
import re
from functools import lru_cache

from retrieval.patterns import lazy_pattern
from retrieval.text.hyphenation import keeps_hyphen
from retrieval.text.terms import terms

SHOWN = 1 << 12
"""How many quotes are remembered as shown."""

_SPACE = "\t\n\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_RAISED_DIGITS = "¹²³⁰⁴-⁹"
_SIGN = lazy_pattern(rf"[{_SPACE}{_UNSEEN}{_RAISED_DIGITS}&<\\*_`~\[|]")
_MARK_NUMBER = lazy_pattern(r"[.!?,][\"”’)]?\d{1,3}(?!\d)")
"""What a slice that is not shown as it stands has in it, beside numbers of prints; most sentences have none."""

_NOTE_NUMBER = lazy_pattern(rf"[{_RAISED_DIGITS}]|{_MARK_NUMBER.pattern}")
_EMPHASIS_SIGN = lazy_pattern(r"[*_~`]")
_JOB_NUMBER = lazy_pattern(r"\b\d\d-\d{5}\b")
_LINE_BREAK = lazy_pattern(r"[\r\n\v\f\x85\u2028\u2029]")
"""What the longer patterns below need; to look for it takes a tenth of their time."""

_BREAK = r"(?<!\s)[^\S\r\n\v\f\x85\u2028\u2029]*+(?:\r\n|[\r\n\v\f\x85\u2028\u2029])(?:\s|>(?=[\s>]|\w))*"
_BROKEN_WORD = lazy_pattern(rf"([^\W\d_]+)[-\u2010\u00ad]{_BREAK}(?=([^\W\d_]+))")
_SPACED_WORD = lazy_pattern(r"(?<![\w-])([^\W\d_]{2,})- (?=([^\W\d_]{2,}))")
_LINE_END = lazy_pattern(rf"\\?{_BREAK}")
_COMMENT = lazy_pattern(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLOCKS = (
    "address|article|aside|blockquote|body|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head"
    "|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|picture|q|rp|rt|ruby|s|samp|small"
    "|source|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_REST = r"(?:\s[^<>]*)?/?>"
_BLOCK_TAG = lazy_pattern(rf"</?(?:{_BLOCKS}){_REST}", re.IGNORECASE)
_TAG = lazy_pattern(rf"</?(?:{_INLINE}){_REST}", re.IGNORECASE)
"""Elements of HTML (Living Standard, section 4, and older versions); other words in angle brackets stay."""
_AUTOLINK = lazy_pattern(r"<((?:https?://|mailto:)[^<>\s]+)>")
_REFERENCE = lazy_pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_TARGET = r"\(\s*(?:<[^<>]*>|(?:[^()\s]|\([^()\s]*\))*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_IMAGE = lazy_pattern(rf"!\[([^\[\]]*)\]{_TARGET}")
_LINK = lazy_pattern(rf"\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:{_TARGET}|\[[^\[\]]*\])")
_CUT_LINK = lazy_pattern(rf"\]{_TARGET}")
_BEHIND = r"(?<=[\w.,;:!?”’\"')\]])"
_FOOTNOTE = lazy_pattern(
    rf"\[\^[^\[\]\s]+\]:?|{_BEHIND}\[\d{{1,3}}\]"  # Markdown's own, and bracketed numbers
    r"|(?<=[.!?,][”\"’)])\d{1,3}(?=\s|$)"  # law.”4
    r"|(?<=[a-zà-öø-ÿ]{3}[.!?])(?<!\b(?:art|fig|sec|vol|pag|doc|res|reg)[.])\d{1,3}$"  # at a sentence's end: law.4
    r"|(?<=\b(?:19|20)\d\d\.)\d{1,2}$"  # in 2013.1
    rf"|(?<=[^\W\d_])(?<!\b[kcm]m)(?<!\bm)(?<!\bft)(?<!\bmi)[{_RAISED_DIGITS}]+(?!\w)|(?<=[.,;:!?”’)])[{_RAISED_DIGITS}]+"
)
_EMPHASIS = lazy_pattern(
    r"(?<![\w*])\*+(?=[^\s*])|(?<=[^\s*])\*+(?![\w*])|(?<![^\s])\*{2,}(?![^\s])"
    r"|(?<!\w)_{1,3}(?=[^\W_]|[\"“‘'(\[*$])|(?<=[^\W_]|[.,;:!?”’\"')\]*])_{1,3}(?!\w)|~~|`+"
)
"""Marks of emphasis beside a space or a sign; between two letters or digits a star is none ('7*7')."""
_ESCAPE = lazy_pattern(r"\\(?=[!-/:-@\[-`{-~])")
_ROW_EDGE = lazy_pattern(r"^\s*\||\|\s*$")
_JOB = r"\d\d-\d{5}"
_SHEET = r"\d{1,3}/\d{1,3}"
_RECORD = r"(?:\d\d/\d\d/\d{4}\s+[AS]/\d+/PV\.\d+|[AS]/\d+/PV\.\d+\s+\d\d/\d\d/\d{4})"
_PAGE_FOOT = lazy_pattern(
    rf"(?:^|(?<=\s\s))(?:[AS]/\d+/PV\.\d+\s+)?"
    rf"(?:\d{{1,3}}\s+{_JOB}|{_JOB}\s+\d{{1,3}})(?=\s\s|$)"  # the number of a page and of the print
    rf"|(?<!\S)(?:{_SHEET}\s+{_JOB}|{_JOB}\s+{_SHEET})(?:\s+{_RECORD})?(?!\S)"  # with the head of the next page
)
_SESSION = r"[A-Z][a-z]+(?:-[a-z]+)?\s+session"
_ASSEMBLY = "General Assembly"
_PAGE_HEAD = lazy_pattern(
    rf"(?<!\S)\d{{1,3}}\s+{_ASSEMBLY}\s+(?:-\s+{_SESSION}"
    rf"|\d{{1,3}}(?:st|nd|rd|th)\s+(?:plenary\s+)?meeting(?:\s+{_SESSION}\s+\d{{1,2}}\s+[A-Z][a-z]+\s+\d{{4}})?)(?!\S)"
)
PAGE_NAME = lazy_pattern(r"\[\[Page [A-Z]{0,2}\d{1,6}\]\]")
_PAGE_NUMBER = lazy_pattern(
    r"(?<=\S)(?<!\bArticle)(?<!\bChapter)(?<!\bSection)[^\S\r\n]+\d{1,3}"
    r"[^\S\r\n]*(?:\r\n|[\r\n])[^\S\r\n]*(?:\r\n|[\r\n])(?=\s*\S)"
)
"""Behind another number a sentence goes on over a blank line only where such numbers count on, as those of pages."""
_MISREAD_SIGN = lazy_pattern(r"[íìóñ]|[.,;!?]î|â€|[a-z]\?s\s")
_ENGLISH = lazy_pattern(r"\b(?:the|of|and|that|with|have|has|is|are|our)\b|^\w+$", re.IGNORECASE)
_NAME_IN_IS = r"(?:(?<=\b(?:Sol|Par|Ass))|(?<=\b(?:Mois|Vigd|Hafd|Herd|Vald))|(?<=\b(?:Brynd|Svand)))"
_QUOTED = lazy_pattern(r"(?<!\S)ì(?=[A-Za-z])([^ìî]*)î(?!\w)")
_MISREAD = lazy_pattern(
    rf"(?<=[A-Za-z]{{3}})(?!{_NAME_IN_IS})í(?=s\b)|(?<=[a-rt-z]s)í(?=\s)|(?<=n)í(?=t\b)|(?<=\b[Ww]e)í(?=(?:ll|re|ve)\b)"
    r"|(?<=\b[Tt]hey)í(?=(?:ll|re|ve)\b)|(?<=\bI)í(?=(?:m|ll|ve)\b)|(?<=\b[dl])í(?=[A-Z])|(?<=[\w,;:”’)%] )[óñ](?= )"
    r"|(?<!\S)ì(?=[A-Za-z])|(?<=[.,;!?])î(?!\w)|â€[œ\x9d™˜”“¦]|(?<=[a-z])\?(?=s\s)"
)
_MEANT = {"í": "’", "ó": "—", "ñ": "–", "ì": "“", "î": "”", "?": "’"} | {
    "â€œ": "“", "â€\x9d": "”", "â€™": "’", "â€˜": "‘", "â€”": "—", "â€“": "–", "â€¦": "…"
}  # fmt: skip
"""Marks of which a wrong encoding made letters: Windows' read as Macintosh's, UTF-8's as Windows', and lost ones."""
_UNSEEN_SIGN = lazy_pattern(f"[{_UNSEEN}]")
_RUN_OF_SPACE = lazy_pattern(r"\s+")


@lru_cache(maxsize=SHOWN)
def shown(text: str) -> str:
    """Return a quote as people are shown it.

    Args:
        text: The slice of its file.
    """
    may_differ = (
        _SIGN.search(text)
        or "  " in text
        or "- " in text
        or _ASSEMBLY in text
        or _MISREAD_SIGN.search(text)
        or _MARK_NUMBER.search(text)
        or _JOB_NUMBER.search(text)
    )
    return _shown(text) if may_differ else text.strip()


def _shown(text: str) -> str:
    if _JOB_NUMBER.search(text):
        text = _PAGE_FOOT.sub("", text)
    if _ASSEMBLY in text:
        text = _PAGE_HEAD.sub("", text)
    if "[[" in text:
        text = PAGE_NAME.sub("", text)
    if _LINE_BREAK.search(text):
        text = _PAGE_NUMBER.sub("\n", text)
        text = _LINE_END.sub(" ", _BROKEN_WORD.sub(_mended, text))
    if "- " in text:
        text = _SPACED_WORD.sub(_closed, text)
    text = _without_markdown(_without_html(text))
    text = _RUN_OF_SPACE.sub(" ", _UNSEEN_SIGN.sub("", text)).strip()
    return _as_meant(text) if _MISREAD_SIGN.search(text) and _ENGLISH.search(text) else text


def _as_meant(text: str) -> str:
    return _MISREAD.sub(_meant, _QUOTED.sub(r"“\1”", text))


def _meant(misread: re.Match[str]) -> str:
    return _MEANT[misread[0]]


def _mended(broken: re.Match[str]) -> str:
    first, rest = broken.groups()
    breaks_word = first[-1].islower() and rest[0].islower() and not keeps_hyphen(first.lower(), rest.lower())
    return first if breaks_word or "\u00ad" in broken[0] else f"{first}-"


def _closed(spaced: re.Match[str]) -> str:
    """A word joined to the next by its hyphen; two words of one ending, and a dash, keep their space."""
    return _mended(spaced) if terms(spaced[2]) else spaced[0]


def _without_html(text: str) -> str:
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", _BLOCK_TAG.sub(" ", _COMMENT.sub("", text)))
        text = _TAG.sub("", text)
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    return html.unescape(reference[0])


def _without_markdown(text: str) -> str:
    if "](" in text or "][" in text:
        text = _CUT_LINK.sub("", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text)))
    if "[" in text or _NOTE_NUMBER.search(text):
        text = _FOOTNOTE.sub("", text)
    if "|" in text:
        text = _ROW_EDGE.sub("", text)
    if _EMPHASIS_SIGN.search(text):
        text = _EMPHASIS.sub("", text)
    return _ESCAPE.sub("", text) if "\\" in text else text
