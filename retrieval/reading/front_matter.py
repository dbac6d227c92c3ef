"""The block of keys before an article's text, in YAML or TOML."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from retrieval.patterns import lazy_pattern
from retrieval.reading.lines import Line
from retrieval.reading.markdown import front_matter_end

KEYS = {
    "title": ("title", "headline"),
    "date": ("date", "published", "published_time", "pubdate", "publishdate"),
    "publisher": ("publisher", "source", "publication", "site", "sitename", "site_name"),
    "url": ("url", "link", "source_url", "canonical", "canonical_url", "permalink", "original_url"),
}
"""What describes an article, by the keys that may say it, in any case; the first that is there counts."""


ADDRESS_CHARS = 2_000
"""Longest address that is kept, in code points; browsers and Telegram take no longer ones either."""
_ADDRESS = lazy_pattern(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ENDINGS = ".,;:!?'…。、，！？"
_PLAIN_KEY = lazy_pattern(r"[\w-]+")
_MARKS = frozenset("[{&*!|>%@`")
"""Signs with which a value of YAML is more than plain text."""


class FrontMatterError(ValueError):
    """The block cannot be read as keys and values."""


def read_front_matter(lines: Sequence[Line]) -> Mapping[str, str]:
    """Read the keys that describe an article.

    Args:
        lines: All lines of the article.

    Returns:
        Those of `KEYS` that are stated, as text; none where there is no front matter.

    Raises:
        FrontMatterError: It is no valid YAML or TOML; with no argument where it is valid and has no keys.
    """
    end = front_matter_end(lines)
    if not end:
        return {}
    block = "\n".join(line.text for line in lines[1 : end - 1])
    values = _toml(block) if lines[0].text.strip("\ufeff \t") == "+++" else _yaml(block)
    stated = {str(key).lower().replace("-", "_"): _plain(value) for key, value in values.items()}
    return {name: text for name, keys in KEYS.items() if (text := next(filter(None, map(stated.get, keys)), ""))}


class AddressedText(NamedTuple):
    """A text without the first address in it, and that address."""

    rest: str
    url: str | None


def split_address(text: str) -> AddressedText:
    """Take the first usable address out of a text, such as a caption."""
    found = ((match, web_address(_without_ending(match[0]))) for match in _ADDRESS.finditer(text))
    match, url = next(((match, url) for match, url in found if url), (None, None))
    if match is None:
        return AddressedText(text, None)
    return AddressedText(f"{text[: match.start()]} {text[match.end() :]}".strip(), url)


def _without_ending(address: str) -> str:
    """An address in a sentence without the marks behind the address."""
    kept = address.rstrip(_ENDINGS)
    while kept.endswith(")") and kept.count("(") < kept.count(")"):
        kept = kept[:-1].rstrip(_ENDINGS)
    return kept


def web_address(text: str | None) -> str | None:
    """Return the address of a web page; None for any other text, of which no link is to be made."""
    text = (text or "").strip()
    if len(text) > ADDRESS_CHARS or not _ADDRESS.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        return text if parts.hostname and parts.port != 0 else None
    except ValueError:  # no valid host or port
        return None


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else ""


def _toml(block: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        raise FrontMatterError(str(error)) from error


def _yaml(block: str) -> Mapping[str, object]:
    import yaml  # noqa: PLC0415 - most articles have no front matter, and start-up is watched

    try:
        values = yaml.load(block, yaml.BaseLoader) or {}  # noqa: S506 - it makes nothing but strings
    except (yaml.YAMLError, RecursionError) as error:
        lenient = _lines_of_keys(block)
        if lenient is None:
            raise FrontMatterError(str(error)) from error
        return lenient
    if not isinstance(values, dict):
        raise FrontMatterError
    return values


def _lines_of_keys(block: str) -> Mapping[str, object] | None:
    """A key and a value a line, as people write them who put a colon into a title; None where a line is otherwise."""
    pairs = [line.partition(":") for line in block.splitlines() if line.strip()]
    values = {key: value.strip() for key, colon, value in pairs if colon and _PLAIN_KEY.fullmatch(key)}
    if not pairs or len(values) < len(pairs) or any(value[:1] in _MARKS for value in values.values() if value):
        return None
    return {key: value.strip("\"'") for key, value in values.items()}
