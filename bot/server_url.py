"""Web addresses of servers in the settings; user and password in one are a secret."""

from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pydantic import Secret

from retrieval.patterns import lazy_pattern

MASK = "********"
_OF_DATABASE = lazy_pattern(r"postgres(?:ql)?://(?:(?:[^@/?#\s%]|%[\da-fA-F]{2})*@)?(?:[^@#\s%]|%[\da-fA-F]{2})*")
_SHORTEST_SECRET = 6
"""Characters from which a password is looked for by itself; a shorter one would be found in every other word."""


class ServerUrl(Secret[str]):
    """The address of a server, shown without the user and password in it."""

    def _display(self) -> str:
        url = self.get_secret_value()
        user, at, _ = urlsplit(url).netloc.rpartition("@")
        return url.replace(f"{user}@", f"{MASK}@", 1) if at else url

    def without_user(self) -> str:
        """Return the address without user and password."""
        return str(self).replace(f"{MASK}@", "", 1)


def check_server_url(url: ServerUrl) -> ServerUrl:
    """Return an address without white space around it and a slash at its end.

    Raises:
        ValueError: It is malformed.
    """
    text = url.get_secret_value().strip().rstrip("/")
    if fault := _fault(text):
        raise ValueError(f"should be a web address such as https://bot.example ({fault})")
    return ServerUrl(text)


def is_database_url(text: str) -> bool:
    """Return whether a text is the address of a PostgreSQL database, with its password where `ServerUrl` masks it."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return _OF_DATABASE.fullmatch(text) is not None and "password=" not in text


def _fault(text: str) -> str:
    import httpx  # noqa: PLC0415 - most commands start without it, and with no address to check

    if not text.isprintable() or " " in text:
        return "write blanks as %20"
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").encode("idna"), (parts.port, httpx.URL(text))
    except (ValueError, httpx.InvalidURL):
        return "its host or port cannot be read"
    if not text.startswith(("http://", "https://")) or not host or "\\" in text:
        return "http:// or https:// and a host"
    if parts.netloc.count("@") > 1:
        return "write @ in a password as %40"
    return "without #" if parts.fragment else ""


def secrets_of(text: str) -> Iterator[str]:
    """Return what must not be shown of an address, in each way in which it may be written."""
    user = urlsplit(text).netloc.rpartition("@")[0]
    for written in dict.fromkeys([user, unquote(user)]):
        password = written.partition(":")[2]
        yield from (written, password if len(password) >= _SHORTEST_SECRET else "")
    if user:
        yield b64encode(unquote(user).encode()).decode()
