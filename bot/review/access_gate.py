"""The gate: the paths that each role may reach; every other path is refused."""

import re

from datasette.app import Datasette
from datasette.utils.asgi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.review.review_context import reviewer_of
from bot.review.sign_in.sessions import SignedInReviewer
from retrieval.patterns import lazy_pattern
from storage.verdicts.reviewers import ReviewRole

PUBLIC = lazy_pattern(r"/-/login|/sign-in/[\w-]+|/review/[\w.-]+|/favicon\.ico")
SIGNED_IN = lazy_pattern(
    r"/|/inbox|/inbox/filters|/exchange/\d+(/verdict|/undo|/second|/choose)?|/articles|/article|/gaps|/timeline|/dashboard"
    r"|/briefs(/make)?|/brief/\d{1,18}(/(choose|docx|md|html))?"
    r"|/dashboard/[a-z]+\.csv|/-/static-plugins/datasette[-_]dashboards/vega[a-z.-]*\.js|/-/logout"
)
OWNERS = lazy_pattern(r"/(log|verdicts)([./].*)?|/-/static/[\w./-]+", re.DOTALL)
SIGN_IN = "/-/login"
REFUSED = "/-/refused/"
"""Beginning of the address of the page that says to a reviewer that a page is not there, or not for them."""
NO_PAGE = "There is no such page, or it is not for you to see."
TOO_LARGE_DIGITS = 6
"""Digits of the least number of bytes that is too large for a form."""
_POLICY = (
    b"default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'; img-src 'self' data:;"
    b" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Vega compiles its expressions, and styles its charts as it draws them."""
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", _POLICY),
)


class AccessGate:
    """Stands before a site, whose cookies it trusts, and refuses requests that a reviewer's role does not allow."""

    def __init__(self, datasette: Datasette, app: ASGIApp) -> None:
        self._datasette, self._app = datasette, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with safe headers on its response, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_safe_headers(send)
        reviewer = reviewer_of(self._datasette, scope)
        refusal = _too_large(scope) or _refusal(_raw_path(scope), reviewer, scope["method"])
        if refusal is None:
            await self._app(scope, receive, send)
        elif reviewer is not None and scope["method"] == "GET":
            path = f"{REFUSED}{refusal.status}"
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        else:
            await refusal.asgi_send(send)


def _raw_path(scope: Scope) -> str:
    """Return the path as the site routes it: not decoded, so that no path can be spelt in two ways."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


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
    is_hidden = OWNERS.fullmatch(path) or not re.fullmatch(r"/[\w/]+", path)
    return Response(NO_PAGE, 403 if is_hidden else 404)


def _with_safe_headers(send: Send) -> Send:
    """Add to each response the headers that keep browsers from misusing it."""

    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, _http_only(name, value)) for name, value in message.get("headers", [])]
            message = {**message, "headers": [*headers, *_HEADERS]}
        await send(message)

    return send_safely


def _http_only(name: bytes, value: bytes) -> bytes:
    """Return a header's value, of a cookie such that no script can read it."""
    is_open = name.lower() == b"set-cookie" and b"httponly" not in value.lower()
    return value + b"; HttpOnly" if is_open else value
