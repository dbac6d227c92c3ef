"""The context of a review site: log, verdicts, articles, the ways to sign in, and the sessions of its reviewers."""

from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from itsdangerous import BadSignature
from starlette.types import Scope

from bot.review.library_cache import LibraryCache
from bot.review.sign_in.links import SignInLinks
from bot.review.sign_in.passwords import PasswordSignIn
from bot.review.sign_in.sessions import Sessions, SignedInReviewer
from storage.database.connection import DeskDatabase
from storage.verdicts.book import VerdictBook

LOG, VERDICTS = "log", "verdicts"
"""Names of the two databases on the site."""


class ReviewContext(NamedTuple):
    """Everything that the pages of a site work from; the log is only read."""

    log: DeskDatabase
    book: VerdictBook
    articles: LibraryCache
    links: SignInLinks
    passwords: PasswordSignIn
    sessions: Sessions


_CONTEXTS: WeakKeyDictionary[Datasette, ReviewContext] = WeakKeyDictionary()


def add_context(datasette: Datasette, context: ReviewContext) -> None:
    """Make a Datasette a review site."""
    _CONTEXTS[datasette] = context


def remove_context(datasette: Datasette) -> ReviewContext:
    """Make a review site a plain Datasette again, and return the context that it had."""
    return _CONTEXTS.pop(datasette)


def context_of(datasette: Datasette) -> ReviewContext:
    """Return the context of a review site."""
    return _CONTEXTS[datasette]


def is_review(datasette: Datasette) -> bool:
    """Whether a Datasette is a review site; plugins are called for every Datasette in the process."""
    return datasette in _CONTEXTS


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
