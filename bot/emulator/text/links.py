"""Web addresses: Telegram's links, and the addresses on this machine."""

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LINKS = {"http", "https", "tg", "ton", "tonsite", "mailto", "tel"}
_BUTTONS = {"http", "https", "tg"}
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_EMPTY = SplitResult("", "", "", "", "")


def split_address(address: str) -> SplitResult:
    """Return the parts of an address, all empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return _EMPTY


def is_on_this_machine(address: str) -> bool:
    """Tell whether an address names this machine's loopback interface."""
    return split_address(address).hostname in _LOOPBACK


def is_for_button(address: str) -> bool:
    """Tell whether a button may open an address."""
    return split_address(address).scheme in _BUTTONS


def normal_link(address: str) -> str:
    """Return a link as Telegram keeps it; empty when Telegram would drop it."""
    parts = split_address(address if _SCHEME.match(address) else f"http://{address}")
    if parts.scheme not in _LINKS or re.search(r"\s", parts.netloc):
        return ""
    if parts.scheme not in {"http", "https"}:
        return parts.geturl()
    return parts._replace(path=parts.path or "/").geturl() if "." in parts.netloc.strip(".") else ""


def person_in(address: str) -> int | None:
    """Return the id of the person a link mentions (``tg://user?id=…``); `None` when it leads elsewhere."""
    parts = split_address(address)
    number = parse_qs(parts.query).get("id", [""])[0]
    return int(number) if (parts.scheme, parts.netloc) == ("tg", "user") and number.isdecimal() else None
