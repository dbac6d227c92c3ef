"""A reply as HTML: Telegram's few tags stay, everything else is escaped."""

from html import escape
from html.parser import HTMLParser

from markupsafe import Markup

from prompts.models import Channel
from retrieval.patterns import lazy_pattern

_AROUND_BLOCKS = lazy_pattern(r"\n*(</?blockquote>)\n*")
_TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote"}


def reply_markup(reply: str, channel: Channel) -> Markup:
    """Return the HTML of a reply, which is plain text on the command line and HTML of the Bot API on Telegram."""
    if channel is Channel.CLI:
        return Markup(escape(reply))  # noqa: S704 - escaped right here
    parser = _ReplyParser()
    parser.feed(reply)
    parser.close()
    return Markup(parser.html())  # noqa: S704 - made of our own tags and escaped text


def reply_beginning(reply: str, channel: Channel) -> str:
    """Return a reply, or its beginning, as people read it, on one line."""
    if channel is not Channel.CLI:
        parser = _ReplyParser()
        parser.feed(reply)
        reply = "".join(parser.texts)
    return " · ".join(line.strip() for line in reply.splitlines() if line.strip())


class _ReplyParser(HTMLParser):
    """Writes the text and the allowed tags that it reads, each tag closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []

    def html(self) -> str:
        """The HTML; a block stands apart by itself, so that of the lines left free around one none is shown."""
        return _AROUND_BLOCKS.sub(r"\1", "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _TAGS:
            self._parts.append(f"<{tag}>")
            self._open.append(tag)
        elif tag == "a":
            address = dict(attrs).get("href") or ""
            self._parts.append(f'<span class="link" title="{escape(address)}">')
            self._open.append("span")

    def handle_endtag(self, tag: str) -> None:
        name = "span" if tag == "a" else tag
        if self._open and self._open[-1] == name:
            self._parts.append(f"</{self._open.pop()}>")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        self._parts.append(escape(data))
