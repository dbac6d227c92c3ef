"""Telegram's HTML, read the way Telegram reads it: into plain text and entities, or refused in Telegram's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.emulator.errors import RefusedError, bad_request, unsupported
from bot.emulator.objects.chats import User
from bot.emulator.objects.texts import MessageEntity
from bot.emulator.text.entities import FormattedText, fix_formatted_text, utf16_length
from bot.emulator.text.links import normal_link, person_in

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = {*_SIMPLE_TAGS, "a", "code", "pre", "blockquote", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PLAIN = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<decimal>[0-9]*)|(?P<name>[a-zA-Z]*));?")
_SPACES = re.compile(r"[ \t\r\n\0\v]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\0\v>]*")
_ATTRIBUTE_NAME = re.compile(r"""[^ \t\r\n\0\v=>/"']*""")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_TAG_END = re.compile(r"[ \t\r\n\0\v>]")
_END = "\0"
_LONGEST_REFERENCE = 10
_LAST_CODE_POINT = 0x10FFFF


@dataclass
class _Tag:
    """A tag that was opened and not closed yet: its place in the plain text, and among its pieces."""

    name: str
    argument: str
    offset: int
    begin: int


class _Reader:
    """Walks once through the source; its text ends in a NUL that no loop can run past."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = source + _END
        self._place = 0
        self._length = 0
        self._open: list[_Tag] = []
        self.pieces: list[str] = []
        self.entities: list[MessageEntity] = []

    def read(self) -> None:
        """Read all of the source."""
        while not self._is_over:
            self._step()
        if self._open:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')

    @property
    def _is_over(self) -> bool:
        return self._place >= len(self._source)

    @property
    def _here(self) -> str:
        return self._text[self._place]

    def _bytes_before(self, place: int) -> int:
        # Telegram counts a place in bytes of UTF-8.
        return len(self._source[:place].encode("utf-8", "surrogatepass"))

    def _refusal(self, reason: str, place: int) -> RefusedError:
        return cannot_parse(f"{reason} at byte offset {self._bytes_before(place)}")

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._source, self._place)
        self._place = match.end() if match else self._place
        return match.group() if match else ""

    def _step(self) -> None:
        if self._here == "<":
            self._end_tag() if self._text[self._place + 1] == "/" else self._start_tag()
        else:
            text = self._take(_PLAIN) or self._character()
            self.pieces.append(text)
            self._length += utf16_length(text)

    def _character(self) -> str:
        """Read one character, or one reference to a character; an unknown reference is plain text."""
        char = _code_point(match) if (match := _REFERENCE.match(self._source, self._place)) else None
        self._place = match.end() if match and char else self._place + 1
        return char or self._text[self._place - 1]

    def _start_tag(self) -> None:
        begin = self._place
        self._place += 1
        name = self._take(_TAG_NAME).lower()
        if self._is_over:
            raise self._refusal("Unclosed start tag", begin)
        if name not in _TAGS:
            raise self._refusal(f'Unsupported start tag "{name}"', begin)
        argument = self._attributes(name, begin)
        self._place += 1
        if name == "span" and argument != "spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler"', begin)
        if name == "blockquote" and any(outer.name == "blockquote" for outer in self._open):
            raise self._refusal("blockquote entities can't be nested", begin)
        self._open.append(_Tag(name, argument, self._length, len(self.pieces)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        self._take(_SPACES)
        while self._here != ">":
            argument = self._attribute(tag, begin) or argument
            self._take(_SPACES)
        return argument

    def _attribute(self, tag: str, begin: int) -> str:
        name = self._take(_ATTRIBUTE_NAME)
        if not name:
            raise self._refusal(f'Empty attribute name in the tag "{tag}"', begin)
        self._take(_SPACES)
        value = self._value(tag, begin) if self._here == "=" else ""
        if self._is_over:
            raise self._refusal(f'Unclosed start tag "{tag}"', begin)
        return _argument(tag, name, value)

    def _value(self, tag: str, begin: int) -> str:
        self._place += 1
        self._take(_SPACES)
        if self._is_over:
            raise self._refusal(f'Unclosed start tag "{tag}"', begin)
        value = self._quoted_value() if self._here in "\"'" else self._name_token()
        if self._is_over:
            raise self._refusal("Unclosed start tag", begin)
        return value

    def _name_token(self) -> str:
        begin = self._place
        token = self._take(_NAME_TOKEN)
        if not _TAG_END.match(self._text, self._place):
            raise self._refusal("Unexpected end of name token", begin)
        return token.lower()

    def _quoted_value(self) -> str:
        quote = self._here
        self._place += 1
        value = []
        while not self._is_over and self._here != quote:
            value.append(self._character())
        self._place += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self._place
        if not self._open:
            raise self._refusal("Unexpected end tag", begin)
        self._place += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_SPACES)
        if self._here != ">":
            raise self._refusal("Unclosed end tag", begin)
        self._place += 1
        tag = self._open.pop()
        if name and name != tag.name:
            raise cannot_parse(
                f"Unmatched end tag at byte offset {self._bytes_before(begin)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self._length > tag.offset:
            self._mark(tag)

    def _mark(self, tag: _Tag) -> None:
        if tag.name in _SIMPLE_TAGS:
            self._add(tag, _SIMPLE_TAGS[tag.name])
        elif tag.name == "blockquote":
            self._add(tag, "expandable_blockquote" if tag.argument else "blockquote")
        elif tag.name == "tg-emoji":
            self._add(tag, "custom_emoji", custom_emoji_id=_emoji(tag.argument))
        elif tag.name == "a":
            self._link(tag)
        else:
            self._code(tag)

    def _link(self, tag: _Tag) -> None:
        name = "".join(self.pieces[tag.begin :])
        address = tag.argument or name
        if (person := person_in(address)) is not None:
            self._add(tag, "text_mention", user=User(id=person, is_bot=False, first_name=name or "?"))
        elif url := normal_link(address):
            self._add(tag, "text_link", url=url)

    def _code(self, tag: _Tag) -> None:
        last = self.entities[-1] if self.entities else None
        whole = last is not None and (last.offset, last.end) == (tag.offset, self._length)
        if whole and last and last.type == "code" and tag.name == "pre":
            self.entities[-1] = last.model_copy(update={"type": "pre"})
        elif whole and last and last.type == "pre" and tag.argument:
            self.entities[-1] = last.model_copy(update={"language": tag.argument})
        else:
            self._add(tag, tag.name, language=tag.argument or None)

    def _add(self, tag: _Tag, kind: str, **details: str | User | None) -> None:
        place = {"offset": tag.offset, "length": self._length - tag.offset}
        self.entities.append(MessageEntity.model_validate({"type": kind, **place, **details}))


def cannot_parse(reason: str) -> RefusedError:
    """Make the refusal of markup."""
    return bad_request(f"can't parse entities: {reason}")


def _code_point(match: re.Match[str]) -> str | None:
    if match["name"] is not None:
        return _NAMED.get(match["name"])
    digits, base = (match["hex"], 16) if match["hex"] is not None else (match["decimal"], 10)
    code = int(digits or "0", base)
    too_long = len(match[0].removesuffix(";")) >= _LONGEST_REFERENCE
    return None if code == 0 or code >= _LAST_CODE_POINT or too_long else chr(code)


def _argument(tag: str, name: str, value: str) -> str:
    wanted = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id", "blockquote": "expandable"}
    if wanted.get(tag) != name:
        return ""
    if tag == "blockquote":
        return "1"
    prefix = {"code": "language-", "span": "tg-"}.get(tag, "")
    return value.removeprefix(prefix) if value.startswith(prefix) else ""


def _emoji(argument: str) -> str:
    if not argument.isdecimal() or int(argument) == 0:
        raise cannot_parse("Invalid custom emoji identifier specified")
    return argument


def parse_html(source: str) -> tuple[str, list[MessageEntity]]:
    """Return the plain text and the entities of HTML, before anything is trimmed; refuse markup as Telegram does."""
    reader = _Reader(source)
    reader.read()
    text = "".join(reader.pieces)
    if text != source and any("\ud800" <= char <= "\udfff" for char in text):
        raise cannot_parse(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    plain = [mark.model_copy(update={"language": None}) if mark.type == "code" else mark for mark in reader.entities]
    return text, plain


def parse(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> FormattedText:
    """Read a text as a method of the Bot API takes it: with markup, or plain with entities beside it."""
    if not parse_mode:
        return fix_formatted_text(source, entities or ())
    if parse_mode.lower() == "html":
        return fix_formatted_text(*parse_html(source))
    if parse_mode.lower() in {"markdown", "markdownv2"}:
        raise unsupported(f"parse_mode {parse_mode} is not supported, only HTML is")
    raise bad_request("unsupported parse_mode")


def parse_text(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> FormattedText:
    """Read the text of a message; refuse it when it is wrong, empty or too long."""
    result = parse(source, parse_mode, entities)
    if not result.text:
        raise bad_request("message text is empty")
    if utf16_length(result.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return result


def parse_caption(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> FormattedText:
    """Read the caption of a file, which may be empty; refuse it when it is wrong or too long."""
    result = parse(source, parse_mode, entities)
    if utf16_length(result.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return result
