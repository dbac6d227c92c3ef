"""The gate: the paths that each role may reach; every other path is refused."""

import re
from http.cookies import CookieError, SimpleCookie

from datasette.app import Datasette
from datasette.utils.asgi import Response
from itsdangerous import BadSignature
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.review.review_context import context_of
from bot.review.sign_in.sessions import SignedInReviewer
from storage.verdicts.reviewers import ReviewRole

PUBLIC = re.compile(r"/-/login|/sign-in/[\w-]+|/review/[\w.-]+|/favicon\.ico")
SIGNED_IN = re.compile(
    r"/|/inbox|/exchange/\d+(/verdict|/second|/choose)?|/articles|/article|/gaps|/timeline|/dashboard"
    r"|/dashboard/[a-z]+\.csv|/-/static-plugins/datasette[-_]dashboards/vega[a-z.-]*\.js|/-/logout"
)
OWNERS = re.compile(r"/(log|verdicts)([./].*)?|/-/static/[\w./-]+", re.DOTALL)
SIGN_IN = "/-/login"
TOO_LARGE_DIGITS = 6
"""Digits of the least number of bytes that is too large for a form."""
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_OWN_PAGES = (
    b"default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'; img-src 'self' data:;"
    b" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For the review pages; Vega compiles its expressions, and styles its charts as it draws them."""


class AccessGate:
    """Stands before a site, whose cookies it trusts, and refuses requests that a reviewer's role does not allow."""

    def __init__(self, datasette: Datasette, app: ASGIApp) -> None:
        self._datasette, self._app = datasette, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with safe headers on its response, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _raw_path(scope)
        refusal = _too_large(scope) or _refusal(path, reviewer_of(self._datasette, scope), scope["method"])
        if refusal is not None:
            await refusal.asgi_send(send)
        else:
            await self._app(scope, receive, _with_safe_headers(send, is_own=not OWNERS.fullmatch(path)))


def _raw_path(scope: Scope) -> str:
    """Return the path as the site routes it: not decoded, so that no path can be spelt in two ways."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


def reviewer_of(datasette: Datasette, scope: Scope) -> SignedInReviewer | None:
    """Return the reviewer of a request's session; None where there is no session, or the session has ended."""
    return context_of(datasette).sessions.find(session_of(datasette, scope))


def session_of(datasette: Datasette, scope: Scope) -> str:
    """Return the token of the session in a request's cookie; empty where the site did not sign it."""
    cookies = b"; ".join(value for name, value in scope.get("headers") or [] if name.lower() == b"cookie")
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get("ds_actor")
        return str(datasette.unsign(found.value, "actor")["a"]["session"]) if found else ""
    except (BadSignature, CookieError, KeyError, TypeError, ValueError):
        return ""


def _too_large(scope: Scope) -> Response | None:
    """Refuse a body without a length, or longer than any form: it would be read into memory first."""
    if scope["method"] in {"GET", "HEAD"}:
        return None
    length = dict(scope["headers"]).get(b"content-length", b"")
    is_small = length.isdigit() and len(length) < TOO_LARGE_DIGITS
    return None if is_small else Response("This is too large for a form.\n", 413)


def _refusal(path: str, reviewer: SignedInReviewer | None, method: str) -> Response | None:
    if PUBLIC.fullmatch(path):
        return None
    if reviewer is None:
        is_page = method in {"GET", "HEAD"} and "." not in path
        return Response("", 303, {"location": SIGN_IN}) if is_page else Response("Sign in first.\n", 403)
    if SIGNED_IN.fullmatch(path):
        return None
    if OWNERS.fullmatch(path) and reviewer.role is ReviewRole.OWNER:
        return None
    return Response("This is not for you to see, or it is not there.\n", 403)


def _with_safe_headers(send: Send, *, is_own: bool) -> Send:
    """Add to each response the headers that keep browsers from misusing it."""

    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, _http_only(name, value)) for name, value in message.get("headers", [])]
            policy = [(b"content-security-policy", _OWN_PAGES)] if is_own else []
            message = {**message, "headers": [*headers, *_HEADERS, *policy]}
        await send(message)

    return send_safely


def _http_only(name: bytes, value: bytes) -> bytes:
    """Return a header's value, of a cookie such that no script can read it."""
    is_open = name.lower() == b"set-cookie" and b"httponly" not in value.lower()
    return value + b"; HttpOnly" if is_open else value
