"""The views of signing in, by a link or with a password, and of signing out."""

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from bot.review.access_gate import SIGN_IN
from bot.review.page import Route, form_fields, render_problem
from bot.review.review_context import context_of, session_of
from bot.review.sign_in.sessions import SESSION_SECONDS, SignedInReviewer
from storage.errors import ReviewError, SignInError

COOKIE = "ds_actor"


async def sign_in_by_link(request: Request, datasette: Datasette) -> Response:
    """Sign in the reviewer of a link, once."""
    reviewer = context_of(datasette).links.use(request.url_vars["token"])
    if reviewer is None:
        return await render_problem(
            request, datasette, ReviewError("This link was used before, or is too old."), status=403
        )
    return _signed_in(datasette, reviewer)


async def sign_in_by_password(request: Request, datasette: Datasette) -> Response:
    """Show the form, or sign in who has filled it in."""
    if request.method != "POST":
        return await _form(request, datasette)
    fields, client = await form_fields(request), request.scope.get("client")
    try:
        reviewer = await context_of(datasette).passwords.sign_in(
            fields.get("username", ""), fields.get("password", ""), client[0] if client else ""
        )
    except SignInError as error:
        return await _form(request, datasette, error)
    return _signed_in(datasette, reviewer)


async def sign_out(request: Request, datasette: Datasette) -> Response:
    """Ask whether to sign out, or end the session."""
    if request.method != "POST":
        return Response.html(await datasette.render_template("logout.html", request=request))
    context_of(datasette).sessions.end(session_of(datasette, request.scope))
    response = Response.redirect(SIGN_IN)
    response.set_cookie(COOKIE, "", expires=0, max_age=0)
    return response


async def _form(request: Request, datasette: Datasette, error: SignInError | None = None) -> Response:
    page = await datasette.render_template("password_login.html", {"error": error}, request=request)
    if error is None or not error.retry_after:
        return Response.html(page)
    return Response.html(page, 429, {"retry-after": str(error.retry_after)})


def _signed_in(datasette: Datasette, reviewer: SignedInReviewer) -> Response:
    response = Response.redirect("/inbox")
    response.set_cookie(COOKIE, session_cookie(datasette, reviewer), max_age=SESSION_SECONDS, httponly=True)
    return response


def session_cookie(datasette: Datasette, reviewer: SignedInReviewer) -> str:
    """Begin a session; returns the value of its cookie, from which Datasette takes what its reviewer may open."""
    session = context_of(datasette).sessions.begin(reviewer)
    actor = {"id": reviewer.name, "role": reviewer.role.value, "session": session}
    return str(datasette.sign({"a": actor}, "actor"))


ROUTES: tuple[Route, ...] = (
    (r"^/sign-in/(?P<token>[\w-]+)$", sign_in_by_link),
    ("^/-/login$", sign_in_by_password),
    (r"/-/logout$", sign_out),
)
