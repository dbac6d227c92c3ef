"""Answers that never arrive whole: the connection is closed before them, or reset in the middle."""

import socket
import struct

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

# Linger for no time at all: the system then resets the connection instead of closing it.
_RESET = struct.pack("ii", 1, 0)


class ConnectionCut(Response):
    """Sends half of its content and resets the connection; without content, closes the connection at once."""

    def __init__(self, request: Request, content: bytes = b"") -> None:
        super().__init__(content, media_type="application/json")
        self._server: uvicorn.Server = request.app.state.server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half of the content, and end the connection."""
        if self.body:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            half = bytes(self.body[: len(self.body) // 2])
            await send({"type": "http.response.body", "body": half, "more_body": True})
        self._end(scope["client"])
        while (await receive())["type"] != "http.disconnect":
            pass

    def _end(self, client: tuple[str, int]) -> None:
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport and transport.get_extra_info("peername") == client:
                if self.body:
                    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                transport.abort()
