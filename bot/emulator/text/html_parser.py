"""Telegram's HTML, read the way Telegram reads it: into plain text and entities, or refused in Telegram's words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.emulator.errors import RefusedError, bad_request, unsupported
from bot.emulator.objects import MessageEntity, User
from bot.emulator.text.entities import Formatted, formatted, utf16_length
from bot.emulator.text.links import checked_link, person_in

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
_SPACE = " \t\r\n\0\v"
_END = "\0"
_LONGEST_REFERENCE = 10
_LAST_CODE_POINT = 0x10FFFF


@dataclass
class _Open:
    """A tag that was opened and not closed yet."""

    tag: str
    argument: str
    offset: int
    begin: int


@dataclass
class _Reader:
    """Walks once through the source; ``text`` ends in a NUL that no loop can run past."""

    source: str
    text: str = field(init=False)
    place: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[MessageEntity] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.source + _END

    @property
    def here(self) -> str:
        """The character at the current place."""
        return self.text[self.place]

    def bytes_before(self, place: int) -> int:
        """Return the place as Telegram counts it: in bytes of UTF-8."""
        return len(self.source[:place].encode("utf-8", "surrogatepass"))

    def refuse(self, reason: str, place: int) -> RefusedError:
        """Make the refusal of what stands at a place."""
        return cannot_parse(f"{reason} at byte offset {self.bytes_before(place)}")

    def skip_while(self, wanted: Callable[[str], bool]) -> str:
        """Move on while the character is wanted, at most to the end; return what was passed."""
        start = self.place
        while self.place < len(self.source) and wanted(self.here):
            self.place += 1
        return self.text[start : self.place]

    def skip_spaces(self) -> None:
        """Move to the next character that is no white space."""
        self.skip_while(lambda char: char in _SPACE)

    def put(self, text: str) -> None:
        """Add to the plain text."""
        self.out.append(text)
        self.length += utf16_length(text)

    def read(self) -> None:
        """Read all of the source."""
        while self.place < len(self.source):
            self._step()
        if self.open:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _step(self) -> None:
        if self.here == "<":
            self._end_tag() if self.text[self.place + 1] == "/" else self._start_tag()
        elif plain := _PLAIN.match(self.source, self.place):
            self.put(plain.group())
            self.place = plain.end()
        else:
            self.put(self.character())

    def character(self) -> str:
        """Read one character, or one reference to a character; an unknown reference is plain text."""
        char = _referenced(match) if (match := _REFERENCE.match(self.source, self.place)) else None
        self.place = match.end() if match and char else self.place + 1
        return char or self.text[self.place - 1]

    def _start_tag(self) -> None:
        begin = self.place
        self.place += 1
        tag = self.skip_while(lambda char: char not in _SPACE and char != ">").lower()
        if self.place >= len(self.source):
            raise self.refuse("Unclosed start tag", begin)
        if tag not in _TAGS:
            raise self.refuse(f'Unsupported start tag "{tag}"', begin)
        argument = self._attributes(tag, begin)
        self.place += 1
        self._opened(_Open(tag, argument, self.length, len(self.out)), begin)

    def _opened(self, opened: _Open, begin: int) -> None:
        if opened.tag == "span" and opened.argument != "spoiler":
            raise self.refuse('Tag "span" must have class "tg-spoiler"', begin)
        if opened.tag == "blockquote" and any(outer.tag == "blockquote" for outer in self.open):
            raise self.refuse("blockquote entities can't be nested", begin)
        self.open.append(opened)

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while self.here != ">":
            self.skip_spaces()
            if self.here == ">":
                break
            argument = self._attribute(tag, begin) or argument
        return argument

    def _attribute(self, tag: str, begin: int) -> str:
        name = self.skip_while(lambda char: char not in _SPACE and char not in "=>/\"'")
        if not name:
            raise self.refuse(f'Empty attribute name in the tag "{tag}"', begin)
        self.skip_spaces()
        value = self._value(tag, begin) if self.here == "=" else ""
        if self.place >= len(self.source):
            raise self.refuse(f'Unclosed start tag "{tag}"', begin)
        return _argument(tag, name, value)

    def _value(self, tag: str, begin: int) -> str:
        self.place += 1
        self.skip_spaces()
        if self.place >= len(self.source):
            raise self.refuse(f'Unclosed start tag "{tag}"', begin)
        value = self._quoted() if self.here in "\"'" else self._name_token()
        if self.place >= len(self.source):
            raise self.refuse("Unclosed start tag", begin)
        return value

    def _name_token(self) -> str:
        begin = self.place
        token = self.skip_while(lambda char: char.isascii() and (char.isalnum() or char in ".-"))
        if self.here not in _SPACE and self.here != ">":
            raise self.refuse("Unexpected end of name token", begin)
        return token.lower()

    def _quoted(self) -> str:
        quote = self.here
        self.place += 1
        value = []
        while self.place < len(self.source) and self.here != quote:
            value.append(self.character())
        self.place += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.place
        if not self.open:
            raise self.refuse("Unexpected end tag", begin)
        self.place += 2
        tag = self.skip_while(lambda char: char not in _SPACE and char != ">").lower()
        self.skip_spaces()
        if self.here != ">":
            raise self.refuse("Unclosed end tag", begin)
        self.place += 1
        self._close(tag, begin)

    def _close(self, tag: str, begin: int) -> None:
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise cannot_parse(
                f"Unmatched end tag at byte offset {self.bytes_before(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.length > opened.offset:
            self._mark(opened)

    def _mark(self, opened: _Open) -> None:
        if opened.tag in _SIMPLE_TAGS:
            self._add(opened, _SIMPLE_TAGS[opened.tag])
        elif opened.tag == "blockquote":
            self._add(opened, "expandable_blockquote" if opened.argument else "blockquote")
        elif opened.tag == "tg-emoji":
            self._add(opened, "custom_emoji", custom_emoji_id=_emoji(opened.argument))
        elif opened.tag == "a":
            self._link(opened)
        else:
            self._code(opened)

    def _link(self, opened: _Open) -> None:
        address = opened.argument or "".join(self.out[opened.begin :])
        if (person := person_in(address)) is not None:
            name = "".join(self.out[opened.begin :]) or "?"
            self._add(opened, "text_mention", user=User(id=person, is_bot=False, first_name=name))
        elif url := checked_link(address):
            self._add(opened, "text_link", url=url)

    def _code(self, opened: _Open) -> None:
        last = self.entities[-1] if self.entities else None
        whole = last is not None and (last.offset, last.end) == (opened.offset, self.length)
        if whole and last and last.type == "code" and opened.tag == "pre":
            self.entities[-1] = last.model_copy(update={"type": "pre"})
        elif whole and last and last.type == "pre" and opened.argument:
            self.entities[-1] = last.model_copy(update={"language": opened.argument})
        else:
            self._add(opened, opened.tag, language=opened.argument or None)

    def _add(self, opened: _Open, kind: str, **details: str | User | None) -> None:
        place = {"offset": opened.offset, "length": self.length - opened.offset}
        self.entities.append(MessageEntity.model_validate({"type": kind, **place, **details}))


def cannot_parse(reason: str) -> RefusedError:
    """Make the refusal of markup."""
    return bad_request(f"can't parse entities: {reason}")


def _referenced(match: re.Match[str]) -> str | None:
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
    """Read Telegram's HTML, before anything is trimmed.

    Args:
        source: Text with the tags Telegram knows.

    Returns:
        The plain text and the entities its tags made.

    Raises:
        RefusedError: Telegram would refuse it too, in the same words.
    """
    reader = _Reader(source)
    reader.read()
    text = "".join(reader.out)
    if text != source and any("\ud800" <= char <= "\udfff" for char in text):
        raise cannot_parse(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    plain = [mark.model_copy(update={"language": None}) if mark.type == "code" else mark for mark in reader.entities]
    return text, plain


def parse(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> Formatted:
    """Read a text as a method of the Bot API takes it: marked up, or plain with entities beside it.

    Args:
        source: The text.
        parse_mode: How it is marked up; empty when it is not.
        entities: What is marked, when there is no markup.

    Returns:
        The text, trimmed and cleaned as Telegram does, and its entities.

    Raises:
        RefusedError: The markup is wrong, or is one this emulator does not know.
    """
    if not parse_mode:
        return formatted(source, entities or ())
    if parse_mode.lower() == "html":
        return formatted(*parse_html(source))
    if parse_mode.lower() in {"markdown", "markdownv2"}:
        raise unsupported(f"parse_mode {parse_mode} is not supported, only HTML is")
    raise bad_request("unsupported parse_mode")


def parse_text(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> Formatted:
    """Read the text of a message.

    Raises:
        RefusedError: It is wrong, empty or too long.
    """
    result = parse(source, parse_mode, entities)
    if not result.text:
        raise bad_request("message text is empty")
    if utf16_length(result.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return result


def parse_caption(source: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None) -> Formatted:
    """Read the caption of a file; it may be empty.

    Raises:
        RefusedError: It is wrong or too long.
    """
    result = parse(source, parse_mode, entities)
    if utf16_length(result.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return result
