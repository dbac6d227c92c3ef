"""Access to the server: only for browsers and bots on this machine that asked for this very server."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.emulator.text.links import is_on_this_machine

# The page's own scripts and styles and nothing else; no frame, form or base address can change where it talks to.
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"


class LocalOnly:
    """Refuses requests under a foreign name (DNS rebinding) and from foreign pages; adds headers that protect ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the app answer it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if reason := _refusal(Headers(scope=scope)):
            return await PlainTextResponse(reason, status_code=403)(scope, receive, send)

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message))
            await send(message)

        return await self._app(scope, receive, send_protected)


def _refusal(headers: Headers) -> str:
    host, origin = headers.get("host", ""), headers.get("origin")
    if not is_on_this_machine(f"//{host}"):
        return "This server answers only under a name of this machine, such as 127.0.0.1."
    if origin is not None and origin != f"http://{host}":
        return "This server does not answer other pages."
    return ""


def _protect(headers: MutableHeaders) -> None:
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
