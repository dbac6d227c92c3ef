"""The requests for feeds and pages: one at a time, with pauses, as robots.txt allows, within limits."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from urllib.robotparser import RobotFileParser

import httpx

from bot.clock import Clock, utc_now
from bot.feeds.guarded_transport import GuardedTransport, Resolve, proxies_to_sites, resolve
from bot.feeds.page import FetchError, Page, Setback, check_status, read_body
from bot.version import VERSION
from retrieval.errors import FeedError
from storage.feeds.book import AddressReach, Feed

AGENT = "policydesk"
"""The name by which robots.txt may address it."""
HEADERS = {
    "User-Agent": f"{AGENT}/{VERSION} (reader of feeds)",
    "Accept-Encoding": "gzip",
    "Accept": "application/rss+xml, application/atom+xml, text/html, application/pdf, */*;q=0.5",
}
MOST_REDIRECTS = 5
SILENCE_SECONDS, REQUEST_SECONDS = 10.0, 60.0
"""How long a server may be silent, and how long one request may take in all."""
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
"""Least time between two requests to a host, and the longest that robots.txt may ask for."""
ROBOTS_BYTES = 500_000  # as much as RFC 9309 (2.5) asks to read

Pause = Callable[[float], Awaitable[object]]


class FeedClient:
    """Fetches the pages of one feed after the other; the feed says how far it may reach."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        resolver: Resolve = resolve,
        pause: Pause = asyncio.sleep,
        clock: Clock = utc_now,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        """Set it up.

        Args:
            transport: What sends a request whose address was checked.
            resolver: Gives the addresses of a host.
            pause: Waits for so many seconds.
            clock: Gives the time.
            request_seconds: The longest that a request may take.
        """
        limits = httpx.Limits(max_keepalive_connections=0)  # each is made for the host it is checked for
        proxies = {} if transport else proxies_to_sites()
        self._guard = GuardedTransport(transport or httpx.AsyncHTTPTransport(limits=limits), resolver, proxies)
        self._http = httpx.AsyncClient(
            transport=self._guard, headers=HEADERS, timeout=SILENCE_SECONDS, trust_env=False, follow_redirects=False
        )
        self._pause, self._clock, self._seconds = pause, clock, request_seconds
        self._robots: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    async def __aenter__(self) -> "FeedClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def reach(self, url: str) -> AddressReach:
        """From where the host of an address can be reached.

        Raises:
            FeedError: There is no such host.
        """
        return await self._guard.reach(httpx.URL(url))

    def go_as(self, feed: Feed) -> None:
        """Reach public addresses from now on, and those of the kind that the feed itself has."""
        self._guard.allowed = frozenset({AddressReach.PUBLIC, feed.reach} - {AddressReach.NOWHERE})
        self._robots.clear()

    async def get(self, url: str, limit: int, headers: Mapping[str, str] | None = None) -> Page:
        """Fetch a page, its redirects followed.

        Raises:
            FetchError: It cannot or may not be fetched.
        """
        return await self._get(url, limit, headers or {})

    async def _get(self, url: str, limit: int, headers: Mapping[str, str], *, is_robots_file: bool = False) -> Page:
        place = web_place(url)
        for _ in range(MOST_REDIRECTS + 1):
            if not is_robots_file:
                await self._check_robots(place)
            await self._await_turn(place)
            async with self._response(place, headers) as response:
                if not response.has_redirect_location:
                    check_status(response, self._clock())
                    is_unchanged = response.status_code == 304  # noqa: PLR2004 - Not Modified
                    content = b"" if is_unchanged else await read_body(response, limit)
                    stated = map(response.headers.get, ("content-type", "etag", "last-modified"))
                    content_type, etag, modified = stated
                    return Page(str(place), content, content_type or "", etag, modified, is_unchanged)
                place = web_place(place.join(response.headers["location"]))
        raise FetchError(f"it is redirected more than {MOST_REDIRECTS} times", Setback.LASTING)

    @contextlib.asynccontextmanager
    async def _response(self, url: httpx.URL, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The answer to a request; whatever the network does becomes a `FetchError`."""
        try:
            async with asyncio.timeout(self._seconds), self._http.stream("GET", url, headers=headers) as response:
                yield response
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchError("no answer in time") from error
        except FeedError as error:
            raise FetchError(error.reason, Setback.LASTING) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise FetchError(f"no connection, or no answer by the rules ({type(error).__name__})") from error
        finally:
            self._last[url.host] = time.monotonic()

    async def _await_turn(self, url: httpx.URL) -> None:
        """Leave a pause after the last request to the host."""
        robots = self._robots.get(_site(url))
        asked = robots.crawl_delay(AGENT) if robots else None
        pause = min(max(PAUSE_SECONDS, float(asked or 0)), LONGEST_PAUSE_SECONDS)
        if (last := self._last.get(url.host)) is not None and (rest := last + pause - time.monotonic()) > 0:
            await self._pause(rest)

    async def _check_robots(self, url: httpx.URL) -> None:
        """Refuse an address that the site's robots.txt forbids.

        Raises:
            FetchError: It forbids it, or cannot be asked.
        """
        site = _site(url)
        if site not in self._robots:
            self._robots[site] = await self._read_robots(url)
        try:
            allowed = self._robots[site].can_fetch(AGENT, str(url))
        except ValueError as error:  # it takes apart what the percent signs of an address stand for
            raise FetchError("its address is none", Setback.LASTING) from error
        if not allowed:
            raise FetchError("robots.txt of its site forbids it", Setback.LASTING)

    async def _read_robots(self, url: httpx.URL) -> RobotFileParser:
        """Read robots.txt of a site; where there is none all is allowed, where it fails nothing is (RFC 9309, 2.3)."""
        robots = RobotFileParser()
        try:
            page = await self._get(str(url.join("/robots.txt")), ROBOTS_BYTES, {}, is_robots_file=True)
            robots.parse(page.content.decode("utf-8", "replace").splitlines())
        except FetchError as error:
            if error.setback is Setback.PASSING:
                raise FetchError(f"robots.txt of its site: {error.reason}", retry_after=error.retry_after) from error
            robots.parse([])
        return robots


def _site(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def web_place(url: str | httpx.URL) -> httpx.URL:
    """An address of the web, as nothing else is fetched."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError("its address is none", Setback.LASTING) from error
    if place.scheme not in {"http", "https"} or not place.host:
        raise FetchError(f"it leads to an address of another kind ({place.scheme})", Setback.LASTING)
    return place
