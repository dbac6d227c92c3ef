"""Feeds that mean harm: none leads into the desk's network, fills its memory or holds it up."""

import datetime as dt
import gzip
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from bot.feeds import fetcher
from bot.feeds.client import FeedClient
from bot.feeds.guarded_transport import reach_of
from bot.feeds.page import FetchError
from bot.settings import read_settings
from retrieval.errors import FeedError
from retrieval.feeds import listing
from retrieval.feeds.models import FeedDocument, ListingLimits
from retrieval.feeds.reader import read_listing
from storage.database.connection import DeskDatabase
from storage.feeds.book import AddressReach, Feed
from tests.bot.feeds.conftest import FeedDesk
from tests.bot.feeds.feed_site import FeedSite, Reply, item

HOUR = dt.timedelta(hours=1)
PORT = "The new port of Lisbon handles four million containers a year."
PUBLIC = "93.184.216.34"


# --- where a feed may lead


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        (PUBLIC, "public"),
        ("2606:2800:220:1:248:1893:25c8:1946", "public"),
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.5.4", "private"),
        ("192.168.1.1", "private"),
        ("::ffff:10.0.0.1", "private"),
        ("fd00::1", "private"),
        ("169.254.169.254", "nowhere"),
        ("fe80::1%eth0", "nowhere"),
        ("0.0.0.0", "nowhere"),  # noqa: S104 - an address to refuse
        ("::", "nowhere"),
        ("100.64.0.1", "nowhere"),
        ("224.0.0.1", "nowhere"),
        ("255.255.255.255", "nowhere"),
    ],
)
def test_every_address_is_known_for_what_it_reaches(address: str, reach: str) -> None:
    assert reach_of(address).value == reach


@pytest.mark.parametrize(
    "link",
    [
        "http://10.0.0.1/admin",
        "http://192.168.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://167772161/",  # 10.0.0.1 as one number
        "http://0/",
    ],
)
async def test_a_feed_of_this_machine_leads_nowhere_else_in_its_network(
    link: str, feeds: FeedDesk, site: FeedSite
) -> None:
    site.pages["/moved"] = Reply(status=302, headers={"Location": link})
    site.feed(item(link, "Straight"), item("/moved", "By a redirect"))
    report = await feeds.subscribe()
    assert (report.kept, report.failed) == (0, 2)
    assert all("it leads to an address of this machine or its network" in error for error in feeds.errors())


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/", "//", "http://[", ""])
async def test_a_redirect_to_what_is_no_page_is_refused(location: str, feeds: FeedDesk, site: FeedSite) -> None:
    site.pages["/moved"] = Reply(status=302, headers={"Location": location})
    site.pages["/round"] = Reply(status=302, headers={"Location": "/round"})
    site.feed(item("/moved", "Moved"), item("/round", "Round"))
    await feeds.subscribe()
    assert feeds.by_title() == {}
    assert feeds.errors()[1] == "it is redirected more than 5 times"


class _Names:
    """The addresses of hosts, each time one is asked for; every connection is noted, and none is made."""

    def __init__(self, **addresses: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(each) for name, each in addresses.items()}
        self.connections: list[tuple[str, str]] = []

    async def resolve(self, host: str, _: int) -> Sequence[str]:
        if host not in self.answers:
            raise OSError
        answers = self.answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.connections.append((request.url.host, request.headers["host"]))
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        if request.headers["host"] == "moved.example":
            return httpx.Response(302, headers={"location": "http://inside.example/"})
        return httpx.Response(200, stream=httpx.ByteStream(b"fine"))

    def client(self) -> FeedClient:
        async def pause(_: float) -> None:
            """No time is lost."""

        return FeedClient(httpx.MockTransport(self.answer), self.resolve, pause)


def _public_feed() -> Feed:
    now = dt.datetime.now(dt.UTC)
    return Feed(url="http://a.example/", host="a.example", reach=AddressReach.PUBLIC, collection="f", added_at=now)


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::1"])
async def test_no_name_and_no_redirect_leads_a_public_feed_into_the_network(inside: str) -> None:
    names = _Names(inside_example=[[inside]], moved_example=[[PUBLIC]], both_example=[[PUBLIC, inside]])
    async with names.client() as client:
        client.go_as(_public_feed())
        for url in ("http://inside.example/", "http://moved.example/", "http://both.example/"):
            with pytest.raises(FetchError, match="it leads to an address of this machine or its network"):
                await client.get(url, 1_000)
    assert {address for address, _ in names.connections} == {PUBLIC}


async def test_a_name_that_changes_its_address_meanwhile_is_followed_to_the_checked_one_only() -> None:
    names = _Names(turning_example=[[PUBLIC], [PUBLIC], ["127.0.0.1"]])
    async with names.client() as client:
        client.go_as(_public_feed())
        assert (await client.get("http://turning.example/", 1_000)).content == b"fine"
        with pytest.raises(FetchError):
            await client.get("http://turning.example/", 1_000)
    assert names.connections == [(PUBLIC, "turning.example")] * 2


# --- through a proxy


@pytest.fixture
def proxy(site: FeedSite, monkeypatch: pytest.MonkeyPatch) -> FeedSite:
    """A proxy, which answers for every site; it is named by the usual variables."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", site.url)
    site.pages["http://a.example/page"] = Reply("fine")
    return site


async def test_a_feed_is_reached_through_the_proxy_that_the_environment_names(proxy: FeedSite) -> None:
    """Also where only the proxy knows the name."""
    async with FeedClient(resolver=_Names().resolve) as client:
        assert await client.reach("http://a.example/page") is AddressReach.PUBLIC
        client.go_as(_public_feed())
        assert (await client.get("http://a.example/page", 1_000)).content == b"fine"
    assert proxy.asked() == ["http://a.example/robots.txt", "http://a.example/page"]


async def test_no_name_leads_into_the_network_through_a_proxy(proxy: FeedSite) -> None:
    names = _Names(inside_example=[["10.0.0.1"]])
    names.answers["10.0.0.2"] = [["10.0.0.2"]]
    async with FeedClient(resolver=names.resolve) as client:
        client.go_as(_public_feed())
        for url in ("http://inside.example/", "http://10.0.0.2/"):
            with pytest.raises(FetchError, match="it leads to an address of this machine or its network"):
                await client.get(url, 1_000)
    assert proxy.asked() == []


async def test_what_goes_past_the_proxy_is_reached_directly(proxy: FeedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    proxy.pages["/page"] = Reply("near")
    feed = _public_feed().model_copy(update={"reach": AddressReach.LOOPBACK})
    async with FeedClient() as client:
        client.go_as(feed)
        assert (await client.get(f"{proxy.url}/page", 1_000)).content == b"near"
    assert proxy.asked() == ["/page"]


# --- what a feed may cost


def _forever(write: Callable[[bytes], object]) -> None:
    while True:
        write(b"<p>And so on.</p>" * 4_000)


def _drip(write: Callable[[bytes], object]) -> None:
    for _ in range(100):
        write(b".")
        time.sleep(0.05)  # the server's, whose slowness it is


async def test_bombs_endless_and_slow_pages_are_given_up_and_the_next_item_is_read(
    own_articles: Path, database: DeskDatabase, site: FeedSite
) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    site.pages |= {
        "/bomb": Reply(bomb, headers={"Content-Encoding": "gzip"}),
        "/endless": Reply(then=_forever),
        "/slow": Reply(then=_drip),
        "/cut": Reply(gzip.compress(b"x" * 5_000)[:30], headers={"Content-Encoding": "gzip"}),
        "/noise": Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"}),
        "/other": Reply(b"?", headers={"Content-Encoding": "br"}),
    }
    site.feed(*(item(path, path[1:]) for path in list(site.pages)), site.article("port.html", PORT))
    desk = FeedDesk(read_settings(articles=own_articles, max_article_bytes=100_000), database, site)
    tracemalloc.start()
    try:
        async with desk.client:
            report = await desk.subscribe()
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    assert report.kept == 1
    assert desk.errors() == [
        "it is larger than 100,000 bytes",
        "it is larger than 100,000 bytes",
        "no answer in time",
        "its end is missing",
        "it is damaged",
        "it is packed in a way that was not asked for",
    ]


def test_entities_of_xml_neither_grow_nor_read_files() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        '<rss version="2.0"><channel><title>T&f;</title><item><title>&a9;&f;</title><link>http://a.org/1</link></item>'
        "</channel></rss>"
    )
    found = read_listing(FeedDocument("http://a.org/feed", bomb.encode()), ListingLimits(seconds=15))
    assert len(found.model_dump_json()) < 1_000
    assert "root:" not in found.model_dump_json()
    sitemap = bomb.replace("<rss", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"').replace(
        "<title>&a9;&f;</title><link>http://a.org/1</link>", "<url><loc>&f;http://a.org/1</loc></url>"
    )
    assert "root:" not in read_listing(FeedDocument("http://a.org/s", sitemap.encode())).model_dump_json()


@pytest.mark.parametrize(
    "content",
    [b"<rss" + b"<a" * 400_000, b"<rss version='2.0'>" + b"<item>" * 200_000, b"\xff\xfe<rss\0" * 10],
    ids=["tags", "items", "encoding"],
)
def test_a_feed_that_is_nested_or_broken_without_end_is_read_or_refused_in_time(content: bytes) -> None:
    started = time.monotonic()
    try:
        read_listing(FeedDocument("http://a.org/feed", content), ListingLimits(seconds=1))
    except FeedError as error:
        assert str(error).startswith("http://a.org/feed: ")  # noqa: PT017 - either is fine
    assert time.monotonic() - started < 15


async def test_of_a_feed_with_very_many_items_some_are_read_at_a_time(
    feeds: FeedDesk, site: FeedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "MOST_ITEMS", 5)
    monkeypatch.setattr(listing, "MOST_ITEMS", 40)
    site.feed(*(item(f"/missing/{n}", f"Item {n}") for n in range(60)))
    report = await feeds.add()
    assert report.new == 40
    (report,) = await feeds.fetch()
    assert (report.failed, feeds.status.waiting) == (5, 35)
