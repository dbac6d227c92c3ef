"""A web site on this machine with a feed and its pages, which a test makes as hostile as it likes."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Reply(NamedTuple):
    """What the site answers; `then` goes on writing until whoever asked has enough."""

    body: bytes | str = b""
    status: int = 200
    type: str = "text/html"
    headers: Mapping[str, str] = {}
    then: Callable[[Callable[[bytes], object]], None] | None = None


class Seen(NamedTuple):
    """A request that reached the site."""

    path: str
    headers: Mapping[str, str]


class FeedSite:
    """The pages by path, and the requests for them in order."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Reply | Callable[[Seen], Reply]] = {}
        self.seen: list[Seen] = []

    def asked(self) -> list[str]:
        """The paths that were asked for, robots.txt left out, since this was last called."""
        paths = [seen.path for seen in self.seen if seen.path != "/robots.txt"]
        self.seen.clear()
        return paths

    def feed(self, *items: str, title: str = "Harbour Ministry", path: str = "/feed.xml", **headers: str) -> None:
        """Put up a feed of items, each XML."""
        channel = f"<channel><title>{title}</title>{''.join(items)}</channel>"
        body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
        self.pages[path] = Reply(body, type="application/rss+xml", headers=headers)

    def article(self, name: str, words: str, title: str | None = None) -> str:
        """Put up a page, and return its item."""
        self.pages[f"/{name}"] = Reply(web_page(title or name, words))
        return item(f"/{name}", title or name)

    def answer(self, seen: Seen) -> Reply:
        """The reply to a request."""
        self.seen.append(seen)
        page = self.pages.get(seen.path, Reply("not here", status=404))
        return page(seen) if callable(page) else page


def item(link: str, title: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def published(day: dt.datetime) -> str:
    return f"<pubDate>{format_datetime(day)}</pubDate>"


def web_page(title: str, words: str) -> str:
    around = "Ministers met again in the harbour town and spoke for hours about the work that lies before them. "
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{words}</p><p>{around * 3}</p></article></body></html>"
    )


@contextlib.contextmanager
def feed_site() -> Iterator[FeedSite]:
    """A site that answers on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = site.answer(Seen(self.path, dict(self.headers.items())))
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.type)
            if reply.then is None:
                self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)
                if reply.then is not None:
                    reply.then(self.wfile.write)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site = FeedSite(server.server_address[1])
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()
