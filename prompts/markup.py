"""Markup of messages: filters of templates for Telegram's HTML and plain text, and the text behind the markup."""

import html
import re
from collections.abc import Iterable, Sequence

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from prompts.models import Channel
from retrieval.patterns import lazy_pattern


@pass_eval_context
def on_telegram(context: EvalContext) -> bool:
    """Whether the words are read on Telegram, rather than in a terminal."""
    return bool(context.autoescape)


@pass_eval_context
def code(context: EvalContext, text: str) -> str:
    """A name or a command as it is typed."""
    return _tagged("code", text) if context.autoescape else text


@pass_eval_context
def italic(context: EvalContext, text: str) -> str:
    """A title, or words of a question."""
    return _tagged("i", text) if context.autoescape else text


@pass_eval_context
def heading(context: EvalContext, text: str) -> str:
    """The line above what it announces."""
    return _tagged("b", text) if context.autoescape else f"{text}:"


@pass_eval_context
def below(context: EvalContext, text: str) -> str:
    """The line below a quote."""
    return text if context.autoescape else f"  {text}"


@pass_eval_context
def folded(context: EvalContext, text: str) -> str:
    """What Telegram shows only when asked to."""
    return _tagged("blockquote expandable", text) if context.autoescape else text


def _tagged(tag: str, text: str) -> Markup:
    return Markup(f"<{tag}>{escape(text)}</{tag.split(maxsplit=1)[0]}>")  # noqa: S704 - the text is escaped, the tag is one of ours


@pass_eval_context
def quotation(context: EvalContext, text: str) -> str:
    """A sentence of an article, with its quotation marks."""
    return _tagged("blockquote", text) if context.autoescape else text


@pass_eval_context
def linked(context: EvalContext, title: str, url: str | None) -> str:
    """A title, as a link to the published original where there is one."""
    if not context.autoescape or url is None:
        return title
    return Markup(f'<a href="{escape(url)}">{escape(title)}</a>')  # noqa: S704 - both are escaped


@pass_eval_context
def marked(context: EvalContext, quote: str, spans: Sequence[tuple[int, int]]) -> str:
    """A quote with these stretches in bold."""
    if not context.autoescape:
        return quote
    pieces, place = [], 0
    for start, end in spans:
        pieces += [escape(quote[place:start]), Markup("<b>"), escape(quote[start:end]), Markup("</b>")]
        place = end
    return Markup("").join([*pieces, escape(quote[place:])])


_DOUBLE_QUOTE = lazy_pattern(r"(?P<open>(?:^|(?<=[\s(\[—–-]))\")|(?P<inch>(?<=\d)\")|[“”\"]")
_SINGLE = {"“": "‘", "”": "’"}


def nested_quotes(quote: str) -> str:
    """Return a sentence to stand between quotation marks: those in it are single; as long as before."""
    return _DOUBLE_QUOTE.sub(_nested, quote)


def _nested(match: re.Match[str]) -> str:
    if match["inch"] and match.string.count('"', 0, match.start()) % 2 == 0:
        return match[0]  # 12" with no quotation open
    return _SINGLE.get(match[0], "‘" if match["open"] else "’")


_MARKDOWN = lazy_pattern(
    r"[\\`*_{}\[\]<>#|~&!$]|^[-+=:.)]|(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d{3})|(?<=^\d{4}))[.)]", re.MULTILINE
)


def in_markdown(text: str, prefix: str = "> ") -> str:
    """Return a text as Markdown that shows nothing but its words; of several lines each gets a prefix."""
    lines = _MARKDOWN.sub(r"\\\g<0>", clean(text)).split("\n")
    return ("\n" if prefix else " ").join(prefix + line for line in lines)


FILTERS = {
    "code": code,
    "italic": italic,
    "heading": heading,
    "below": below,
    "folded": folded,
    "quotation": quotation,
    "linked": linked,
    "marked": marked,
    "nested": nested_quotes,
    "md": in_markdown,
}


# --- the text behind the markup

MESSAGE_UNITS = 4096
"""Longest Telegram message, in UTF-16 units after its markup is read (Bot API, sendMessage)."""
_CONTROL = lazy_pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u2028-\u202e\u2066-\u2069]"  # the marks that reverse the writing direction of all that follows
)
CAPTION_UNITS, ALERT_CHARS, COPY_UNITS = 1024, 200, 256
"""Longest caption of a file, answer to a press and text to copy (Bot API, sendDocument, answerCallbackQuery,
CopyTextButton)."""
_TAG = lazy_pattern(r"<[^<>]*>")
_PIECE = lazy_pattern(r"<[^<>]*>|&#?\w+;|[^<&]|[<&]", re.DOTALL)
"""What cannot be cut in two: a tag, a character that is written as a name or number, or any other."""


def units(text: str) -> int:
    """Return the length of a Telegram message as Telegram counts it: UTF-16 units of the text behind its HTML."""
    return utf16_units(html.unescape(_TAG.sub("", text)))


def utf16_units(text: str) -> int:
    """Return the length of a plain text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, limit: int = MESSAGE_UNITS) -> str:
    """Return Telegram's HTML, cut behind a word and with its tags closed where it is longer than the limit."""
    if units(text) <= limit:
        return text
    kept, left, spaces = [], limit - 1, 0
    for piece in _PIECE.findall(text):
        size = units(piece)
        if size > left:
            break
        kept.append(piece)
        left -= size
        spaces = len(kept) if piece.isspace() else spaces
    if spaces > len(kept) // 2:
        kept = kept[:spaces]
    return f"{''.join(kept).rstrip()}…{_closing(kept)}"


def _closing(pieces: Iterable[str]) -> str:
    """The closing tags of all tags left open in pieces of HTML."""
    names: list[str] = []
    for tag in filter(_TAG.fullmatch, pieces):
        if tag.startswith("</"):
            names[-1:] = []
        else:
            names.append(tag[1:-1].split(maxsplit=1)[0])
    return "".join(f"</{name}>" for name in reversed(names))


def as_seen(reply: str, channel: Channel) -> str:
    """Return a reply as its reader saw it, without the markup of its channel."""
    return reply if channel is Channel.CLI else html.unescape(_TAG.sub("", reply))


def clean(text: str) -> str:
    """Make control characters visible, so that no article or question can command a terminal or break a message."""
    return harmless(text).strip()


def harmless(text: str) -> str:
    """Clean a part of a text, which may begin or end with a space."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))
