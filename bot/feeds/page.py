"""A page as it was served, and how it is read: unpacked within a limit, its format and its encoding."""

import codecs
import datetime as dt
import os
import zlib
from collections.abc import AsyncIterable
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import NamedTuple

import httpx

from retrieval.documents.formats import ENDINGS

_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
_UNSTATED = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_TEXTS = frozenset({".html", ".txt", ".md"})


class Setback(StrEnum):
    """How long a failure lasts."""

    PASSING = "passing"
    LASTING = "lasting"  # the same request would fail again
    GONE = "gone"  # for good, as the server says


class FetchError(Exception):
    """Why a page was not fetched; `retry_after` are the seconds that its server asks to wait."""

    def __init__(self, reason: str, setback: Setback = Setback.PASSING, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.setback, self.retry_after = reason, setback, retry_after


class Page(NamedTuple):
    """A page as it was served; its content is empty where it is unchanged."""

    url: str  # after redirects
    content: bytes
    content_type: str
    etag: str | None
    modified: str | None
    is_unchanged: bool = False

    @property
    def ending(self) -> str | None:
        """The ending of a file of this page; None where its format is not read."""
        stated, _ = _content_type(self.content_type)
        if stated in _UNSTATED:
            ending = os.path.splitext(httpx.URL(self.url).path)[1].lower()  # noqa: PTH122 - an address, no path
            return ending if ending in ENDINGS else None
        return _TYPES.get(stated)

    @property
    def document(self) -> bytes:
        """The content, where it is text of another encoding by its header, in UTF-8; the header counts (RFC 9110)."""
        _, charset = _content_type(self.content_type)
        if self.ending not in _TEXTS or not charset or self.content.startswith(codecs.BOM_UTF8):
            return self.content
        try:
            if codecs.lookup(charset).name in {"utf-8", "ascii"}:
                return self.content
            return codecs.BOM_UTF8 + self.content.decode(charset).encode()
        except (LookupError, UnicodeError):
            return self.content  # what it is in itself is all that is known


def _content_type(header: str) -> tuple[str, str]:
    message = Message()
    message["content-type"] = header
    return (message.get_content_type() if header else "", str(message.get_param("charset") or ""))


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Read a response within a limit, which holds for what is unpacked.

    Raises:
        FetchError: It is larger, or packed in a way that cannot be unpacked.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise FetchError("it is packed in a way that was not asked for", Setback.LASTING)
    chunks = response.aiter_raw()
    body = await (_unpacked(chunks, limit) if coding.endswith("gzip") else _plain(chunks, limit))
    if len(body) > limit:
        raise FetchError(f"it is larger than {limit:,} bytes", Setback.LASTING)
    return body


async def _plain(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


async def _unpacked(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    unpacker, body = zlib.decompressobj(wbits=31), bytearray()
    try:
        async for chunk in chunks:
            body += unpacker.decompress(chunk, limit + 1 - len(body))
            if len(body) > limit:
                break
    except zlib.error as error:
        raise FetchError("it is damaged", Setback.LASTING) from error
    if len(body) <= limit and not unpacker.eof:
        raise FetchError("its end is missing")
    return bytes(body)


def unpack_file(content: bytes, limit: int) -> bytes:
    """Unpack a gzip file, as a sitemap may be one; other content is returned as it is.

    Raises:
        FetchError: It is larger than the limit, or damaged.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        body = zlib.decompressobj(wbits=31).decompress(content, limit + 1)
    except zlib.error as error:
        raise FetchError("it is damaged", Setback.LASTING) from error
    if len(body) > limit:
        raise FetchError(f"it is larger than {limit:,} bytes", Setback.LASTING)
    return body


def check_status(response: httpx.Response, now: dt.datetime) -> None:
    """Refuse an answer that holds no page.

    Raises:
        FetchError: The server answers with an error.
    """
    status = response.status_code
    if status < 300 or status == 304:  # noqa: PLR2004 - successes, and what is unchanged
        return
    if status == 410:  # noqa: PLR2004 - Gone
        raise FetchError("it is gone for good (410)", Setback.GONE)
    is_passing = status >= 500 or status in {408, 425, 429}  # noqa: PLR2004 - errors of the server, and asked to wait
    reason = f"the server answers {status}" + (f" ({response.reason_phrase})" if response.reason_phrase else "")
    wait = _retry_after(response.headers.get("retry-after", ""), now) if is_passing else None
    raise FetchError(reason, Setback.PASSING if is_passing else Setback.LASTING, wait)


def _retry_after(value: str, now: dt.datetime) -> float | None:
    """The seconds that a server asks to wait (RFC 9110, 10.2.3: a number of them, or a date)."""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, IndexError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or dt.UTC) - now).total_seconds())
