"""Texts and their entities as Telegram keeps them: clean, trimmed, sorted, and with links and commands marked."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from bot.emulator.errors import RefusedError, bad_request
from bot.emulator.objects.base import TelegramObject
from bot.emulator.objects.chats import User
from bot.emulator.objects.texts import MessageEntity

_SPLITTABLE = {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94}
_QUOTES = {"blockquote", "expandable_blockquote"}
_CODE = {"code", "pre"}
_HIDDEN = {"text_link", "text_mention", "custom_emoji"}
_CONTINUOUS = _CODE | _HIDDEN
_PRIORITY = {
    **_SPLITTABLE,
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
}
_FOUND_BY_TELEGRAM = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
_KNOWN = {*_SPLITTABLE, *_QUOTES, *_CONTINUOUS, *_FOUND_BY_TELEGRAM}

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DETECTED = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?!\w)")),
    ("url", re.compile(r"(?<![\w@])(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?'»”)\]}]", re.IGNORECASE)),
    ("url", re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|int|io|me|eu|gov)(?:/[^\s<>\"]*)?(?![\w.-])")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}")),
)


class FormattedText(TelegramObject):
    """A text and its entities."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    def knowing(self, people: Mapping[int, User]) -> "FormattedText":
        """Return the same with mentions of people filled in; a person whom the bot does not know is not mentioned."""
        marks = (
            mark.model_copy(update={"user": people.get(mark.user.id)}) if mark.user else mark for mark in self.entities
        )
        known = tuple(mark for mark in marks if mark.type != "text_mention" or mark.user)
        return self.model_copy(update={"entities": known})

    # Telegram sends no empty lists of entities, and no empty captions.

    def as_text(self) -> dict[str, object]:
        """Return the fields of a message with this text."""
        return {"text": self.text, "entities": self.entities or None}

    def as_caption(self) -> dict[str, object]:
        """Return the fields of a message with this caption."""
        return {"caption": self.text or None, "caption_entities": self.entities or None}


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Utf16Offsets:
    """The offsets of a text's characters in UTF-16 code units."""

    def __init__(self, text: str) -> None:
        plain = utf16_length(text) == len(text)
        self._offsets: Sequence[int] = range(len(text) + 1) if plain else _offsets(text)

    def of(self, place: int) -> int:
        """Return the offset of the character at a place."""
        return self._offsets[place]

    def place(self, offset: int) -> int:
        """Return the place of the character that begins at an offset, or holds it."""
        return bisect_right(self._offsets, offset) - 1

    def splits(self, offset: int) -> bool:
        """Tell whether an offset lies within a character."""
        return self._offsets[self.place(offset)] != offset

    @property
    def end(self) -> int:
        """The length of the text."""
        return self._offsets[-1]


def _offsets(text: str) -> list[int]:
    return [0, *accumulate(1 + (char > "\uffff") for char in text)]


def find_entities(text: str) -> list[MessageEntity]:
    """Return the entities that Telegram marks in any text: commands, mentions, links, addresses, hashtags."""
    units, found = Utf16Offsets(text), list[MessageEntity]()
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(text):
            start, end = units.of(match.start()), units.of(match.end())
            if not _crosses(start, end, found):
                found.append(MessageEntity(type=kind, offset=start, length=end - start))
    return sorted(found, key=_order)


def fix_formatted_text(text: str, entities: Iterable[MessageEntity] = ()) -> FormattedText:
    """Bring a text and its entities, in any order, into the form in which Telegram keeps them.

    The text loses control characters and outer white space; entities move along, and are trimmed, merged and sorted.
    Refuse a text that is no Unicode, and an entity that lies outside of it or cuts a character in two.
    """
    if _SURROGATE.search(text):
        raise bad_request("strings must be encoded in UTF-8")
    marks = [_check_type(mark) for mark in entities if mark.type not in _FOUND_BY_TELEGRAM and mark.length]
    _check_places(text, marks)
    text, marks = _clean(text, marks)
    return _detect(*_trim(text, _untangle(_narrow_all(text, marks))))


def _check_type(mark: MessageEntity) -> MessageEntity:
    if mark.type not in _KNOWN:
        raise bad_request(f"emulator: unsupported entity type {mark.type}")
    return mark


def _check_places(text: str, marks: Sequence[MessageEntity]) -> None:
    units = Utf16Offsets(text)
    for mark in marks:
        if reason := _misplacement(units, mark):
            raise bad_request(reason)


def _misplacement(units: Utf16Offsets, mark: MessageEntity) -> str:
    if mark.offset < 0:
        return f"receive an entity with incorrect offset {mark.offset}"
    if mark.length < 0:
        return f"receive an entity with incorrect length {mark.length}"
    if mark.offset >= units.end:
        return f"entity begins after the end of the text at UTF-16 offset {mark.offset}"
    start = f"entity beginning at UTF-16 offset {mark.offset}"
    if mark.end > units.end:
        return f"{start} ends after the end of the text at UTF-16 offset {mark.end}"
    return f"{start} cuts a UTF-16 symbol" if units.splits(mark.offset) or units.splits(mark.end) else ""


def _clean(text: str, marks: list[MessageEntity]) -> tuple[str, list[MessageEntity]]:
    units = Utf16Offsets(text)
    removed = [units.of(match.start()) for match in _REMOVED.finditer(text)]
    clean = _CONTROL.sub(" ", _REMOVED.sub("", text))
    moved = [mark.at(_shift(mark.offset, removed), _shift(mark.end, removed)) for mark in marks]
    return clean, moved


def _shift(offset: int, removed: list[int]) -> int:
    return offset - bisect_right(removed, offset - 1)


def _narrow_all(text: str, marks: list[MessageEntity]) -> list[MessageEntity]:
    units = Utf16Offsets(text)
    return [narrow for mark in marks if (narrow := _narrow(text, units, mark)).length > 0]


def _narrow(text: str, units: Utf16Offsets, mark: MessageEntity) -> MessageEntity:
    if mark.type in _HIDDEN:
        return mark
    start, end = units.place(mark.offset), units.place(mark.end)
    if not text[start:end].strip(" \n"):
        return mark.at(mark.offset, mark.offset)
    while text[start] in " \n":
        start += 1
    return mark.at(units.of(start), mark.end)


def _order(mark: MessageEntity) -> tuple[int, int, int]:
    return (mark.offset, -mark.length, _PRIORITY.get(mark.type, 50))


def _crosses(start: int, end: int, marks: Iterable[MessageEntity]) -> bool:
    return any(start < mark.end and mark.offset < end for mark in marks)


def _untangle(marks: list[MessageEntity]) -> list[MessageEntity]:
    quotes = _apart(mark for mark in marks if mark.type in _QUOTES)
    pieces = _apart(mark for mark in marks if mark.type in _CONTINUOUS and _fits(mark, quotes))
    code = [mark for mark in pieces if mark.type in _CODE]
    styles = [rest for kind in _SPLITTABLE for mark in _merge(marks, kind) for rest in _without(mark, code)]
    return sorted([*quotes, *pieces, *styles], key=_order)


def _apart(marks: Iterable[MessageEntity]) -> list[MessageEntity]:
    kept: list[MessageEntity] = []
    for mark in sorted(marks, key=_order):
        if not _crosses(mark.offset, mark.end, kept):
            kept.append(mark)
    return kept


def _fits(mark: MessageEntity, quotes: list[MessageEntity]) -> bool:
    crossed = [quote for quote in quotes if _crosses(mark.offset, mark.end, [quote])]
    return all(quote.offset <= mark.offset and mark.end <= quote.end for quote in crossed)


def _merge(marks: list[MessageEntity], kind: str) -> list[MessageEntity]:
    merged: list[MessageEntity] = []
    for mark in sorted((mark for mark in marks if mark.type == kind), key=_order):
        if merged and mark.offset <= merged[-1].end:
            merged[-1] = merged[-1].at(merged[-1].offset, max(mark.end, merged[-1].end))
        else:
            merged.append(mark)
    return merged


def _without(mark: MessageEntity, code: list[MessageEntity]) -> list[MessageEntity]:
    rest, start = [], mark.offset
    for hole in code:
        if _crosses(start, mark.end, [hole]):
            rest.append(mark.at(start, hole.offset))
            start = hole.end
    return [piece for piece in [*rest, mark.at(start, mark.end)] if piece.length > 0]


def _trim(text: str, marks: list[MessageEntity]) -> tuple[str, list[MessageEntity]]:
    short = text.rstrip(" \n")
    end, units = utf16_length(short), Utf16Offsets(text)
    first = units.place(min((mark.offset for mark in marks), default=end))
    skipped = len(short[:first]) - len(short[:first].lstrip(" \n"))
    kept = [mark.at(mark.offset - skipped, min(mark.end, end) - skipped) for mark in marks if mark.offset < end]
    return short[skipped:], kept


def _detect(text: str, marks: list[MessageEntity]) -> FormattedText:
    taken = [mark for mark in marks if mark.type in _CONTINUOUS]
    found = [mark for mark in find_entities(text) if not _crosses(mark.offset, mark.end, taken)]
    return FormattedText(text=text, entities=tuple(sorted([*marks, *found], key=_order)))


def quote_position(text: str, quote: str) -> int:
    """Return the offset of a quote in a text, in UTF-16 code units; refuse a quote that is not there word for word."""
    place = text.find(quote)
    if place < 0:
        raise RefusedError(400, "Bad Request: QUOTE_TEXT_INVALID")
    return utf16_length(text[:place])
