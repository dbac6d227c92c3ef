"""The gate: what of the site who may reach. Whatever is not named here is refused."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple

from datasette.app import Datasette
from datasette.utils.asgi import Response
from itsdangerous import BadSignature

from storage.verdicts.reviewers import ReviewRole

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PUBLIC = re.compile(r"/-/login|/sign-in/[\w-]+|/review/[\w.-]+|/favicon\.ico")
SIGNED_IN = re.compile(
    r"/|/inbox|/exchange/\d+(/verdict|/second|/choose)?|/articles|/article|/gaps|/dashboard|/dashboard/[a-z]+\.csv"
    r"|/-/static-plugins/datasette[-_]dashboards/vega[a-z.-]*\.js|/-/logout"
)
OWNERS = re.compile(r"/(log|verdicts)([./].*)?|/-/static/[\w./-]+", re.DOTALL)
SIGN_IN = "/-/login"
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_OWN_PAGES = (
    b"default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'; img-src 'self' data:;"
    b" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For our own pages; Vega compiles its expressions, and styles its charts as it draws them."""


class SignedInReviewer(NamedTuple):
    """Who is signed in."""

    name: str
    role: ReviewRole


def gated(datasette: Datasette, app: App) -> App:
    """Put the gate before the site.

    Args:
        datasette: The site, which has signed the cookie that tells who is there.
        app: What serves it.
    """

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = path_of(scope)
        refusal = _refusal(path, person_of(datasette, scope), scope["method"])
        if refusal is not None:
            await refusal.asgi_send(send)
        else:
            await app(scope, receive, _guarded(send, is_own=not OWNERS.fullmatch(path)))

    return gate


def path_of(scope: Scope) -> str:
    """The path as the site will route it: not decoded, so that nothing can be written in two ways."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


def person_of(datasette: Datasette, scope: Scope) -> SignedInReviewer | None:
    """Who sends a request, by the cookie that signing in gave them; none where it is missing or not ours."""
    cookies = b"; ".join(value for name, value in scope.get("headers") or [] if name.lower() == b"cookie")
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get("ds_actor")
        actor = datasette.unsign(found.value, "actor")["a"] if found else None
        return SignedInReviewer(actor["id"], ReviewRole(actor["role"])) if actor else None
    except (BadSignature, CookieError, KeyError, TypeError, ValueError):
        return None


def _refusal(path: str, person: SignedInReviewer | None, method: str) -> Response | None:
    if PUBLIC.fullmatch(path):
        return None
    if person is None:
        is_page = method in {"GET", "HEAD"} and "." not in path
        return Response("", 303, {"location": SIGN_IN}) if is_page else Response("Sign in first.\n", 403)
    if SIGNED_IN.fullmatch(path):
        return None
    if OWNERS.fullmatch(path) and person.role is ReviewRole.OWNER:
        return None
    return Response("This is not for you to see, or it is not there.\n", 403)


def _guarded(send: Send, *, is_own: bool) -> Send:
    """Add to each response what keeps browsers from misusing it."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, _unscripted(name, value)) for name, value in message.get("headers", [])]
            policy = [(b"content-security-policy", _OWN_PAGES)] if is_own else []
            message = {**message, "headers": [*headers, *_HEADERS, *policy]}
        await send(message)

    return guarded


def _unscripted(name: bytes, value: bytes) -> bytes:
    """A cookie that no script can read."""
    is_open = name.lower() == b"set-cookie" and b"httponly" not in value.lower()
    return value + b"; HttpOnly" if is_open else value
