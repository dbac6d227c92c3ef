"""Feeds: added, fetched with courtesy, and their items kept as articles that link to the original."""

import datetime as dt
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from bot.feeds.job import FeedJob
from bot.metrics import Metrics
from bot.version import VERSION
from storage.database.connection import DeskDatabase
from storage.feeds.book import FeedBook
from tests.bot.feeds.conftest import FeedDesk
from tests.bot.feeds.feed_site import FeedSite, Reply, Seen, item, published, web_page
from tests.support.desk import policydesk

UNZONED = "<pubDate>29 Nov 2023 10:00</pubDate>"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PORT = "The new port of Lisbon handles four million containers a year."
RAIL = "The rail line to Setubal carries nine thousand travellers a day."


# --- from the feed to a citation


def test_an_item_becomes_an_article_whose_citation_links_to_the_original(site: FeedSite, own_articles: Path) -> None:
    site.feed(site.article("port.html", PORT, "Port of Lisbon"))
    feed = f"{site.url}/feed.xml"
    added = policydesk("feed", "add", feed)
    assert (added.returncode, added.stdout) == (0, "Added: Harbour Ministry, 1 item, into feeds/127.0.0.1.\n")
    fetched = policydesk("feed", "fetch")
    assert (fetched.returncode, fetched.stdout) == (0, f"{feed}: 1 kept, 0 there already, 0 failed\n")
    names = sorted(path.name for path in (own_articles / "feeds" / "127.0.0.1").iterdir())
    assert names == ["Port of Lisbon.html", "Port of Lisbon.html.source.json", "Port of Lisbon.html.txt"]
    answer = json.loads(policydesk("ask", "How many containers does the port of Lisbon handle?", "--json").stdout)
    cited = answer["citations"][0]
    assert (cited["quote"], cited["title"]) == (PORT, "Port of Lisbon")
    assert (cited["url"], cited["publisher"]) == (f"{site.url}/port.html", "Harbour Ministry")


@pytest.mark.both_dialects
def test_a_feed_is_listed_with_how_its_last_fetch_ended_and_removed_without_its_articles(
    site: FeedSite, own_articles: Path
) -> None:
    site.feed(site.article("port.html", PORT), item("/missing.html", "Missing"))
    feed = f"{site.url}/feed.xml"
    policydesk("feed", "add", feed, "--collection", "harbours")
    policydesk("feed", "fetch")
    (listed,) = json.loads(policydesk("feed", "list", "--json").stdout)
    assert (listed["kept"], listed["failed"], listed["feed"]["collection"]) == (1, 1, "harbours")
    assert feed in policydesk("feed", "list").stdout
    assert policydesk("feed", "fetch").stdout == "No feed is due; `policydesk feed list` says when the next one is.\n"
    assert policydesk("feed", "remove", feed).stdout == f"Removed: {feed}. Its articles stay.\n"
    assert json.loads(policydesk("feed", "list", "--json").stdout) == []
    assert (own_articles / "harbours" / "port.html.html").exists()
    assert "there is no such feed" in policydesk("feed", "remove", feed).stderr


@pytest.mark.usefixtures("own_articles")
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/page.html", "it is a web page; name the address of its RSS or Atom feed"),
        ("/notes.txt", "it is neither an RSS or Atom feed nor a sitemap"),
        ("/missing.xml", "the server answers 404"),
        ("ftp://127.0.0.1/feed", "it is no address of a feed"),
        ("http://127.0.0.1:1/feed", "no connection"),
        ("http://no-such-host.invalid/feed", "there is no host no-such-host.invalid"),
        ("http://0.0.0.0/feed", "its address is none that a feed can have"),
    ],
)
def test_whatever_is_no_feed_is_not_added_and_the_reason_is_said(address: str, said: str, site: FeedSite) -> None:
    site.pages |= {"/page.html": Reply(web_page("Page", PORT)), "/notes.txt": Reply("Notes.", type="text/plain")}
    ended = policydesk("feed", "add", site.url + address if address.startswith("/") else address)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert json.loads(policydesk("feed", "list", "--json").stdout) == []


def test_nothing_is_fetched_for_the_shipped_articles(site: FeedSite) -> None:
    site.feed()
    assert "name a folder of your own" in policydesk("feed", "add", f"{site.url}/feed.xml").stderr
    assert site.seen == []


# --- courtesy


@pytest.mark.both_dialects
async def test_a_feed_is_asked_once_an_hour_and_only_for_what_is_new(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(site.article("port.html", PORT), ETag='"one"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    await feeds.subscribe()
    assert site.asked() == ["/feed.xml", "/port.html"]
    assert await feeds.fetch(after=HOUR - dt.timedelta(seconds=1)) == []
    site.pages["/feed.xml"] = Reply(status=304)
    await feeds.fetch(after=dt.timedelta(seconds=1))
    (seen,) = [seen for seen in site.seen if seen.path == "/feed.xml"]
    assert (seen.headers["If-None-Match"], seen.headers["If-Modified-Since"]) == (
        '"one"',
        "Mon, 01 Jan 2024 00:00:00 GMT",
    )
    assert seen.headers["User-Agent"].startswith(f"policydesk/{VERSION}")
    assert feeds.status.feed.error is None


@pytest.mark.both_dialects
async def test_of_a_feed_that_changes_only_new_items_are_read_and_nothing_is_overwritten(
    feeds: FeedDesk, site: FeedSite
) -> None:
    port = site.article("port.html", PORT, "Port")
    site.feed(port)
    await feeds.subscribe()
    site.pages["/port.html"] = Reply(web_page("Port", "All was otherwise and the port is closed for good."))
    site.feed(item("/port.html", "Port", published(feeds.now)), site.article("rail.html", RAIL, "Rail"))
    site.asked()
    (report,) = await feeds.fetch(after=HOUR)
    assert (report.new, report.kept, site.asked()) == (1, 1, ["/feed.xml", "/rail.html"])
    site.feed()
    await feeds.fetch(after=HOUR)
    texts = [article.text for article in feeds.by_title().values()]
    assert sorted(PORT in text or RAIL in text for text in texts) == [True, True]


async def test_robots_txt_is_obeyed_for_feed_and_items(feeds: FeedDesk, site: FeedSite) -> None:
    site.pages["/robots.txt"] = Reply(
        "User-agent: policydesk\nDisallow: /private/\nCrawl-delay: 7\n", type="text/plain"
    )
    site.feed(site.article("private/a.html", PORT), site.article("open.html", RAIL))
    report = await feeds.subscribe()
    assert (report.kept, report.failed, site.asked()) == (1, 1, ["/feed.xml", "/open.html"])
    assert feeds.errors() == ["robots.txt of its site forbids it"]
    assert max(feeds.pauses) > 6  # seconds between two requests to the site
    site.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", type="text/plain")
    (report,) = await feeds.fetch(after=HOUR)
    assert (report.error, site.asked()) == ("robots.txt of its site forbids it", [])


async def test_where_robots_txt_cannot_be_asked_nothing_is_fetched(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(site.article("port.html", PORT))
    await feeds.add()
    site.asked()
    site.pages["/robots.txt"] = Reply(status=503)
    (report,) = await feeds.fetch()
    assert (report.kept, report.failed, site.asked()) == (0, 0, [])
    assert feeds.errors()[0].startswith("robots.txt of its site: the server answers 503")
    site.pages["/robots.txt"] = Reply(status=404)
    (report,) = await feeds.fetch(after=HOUR)
    assert report.kept == 1


async def test_a_server_that_asks_to_wait_is_left_alone_for_as_long(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(site.article("port.html", PORT), site.article("rail.html", RAIL))
    site.pages["/port.html"] = Reply(status=429, headers={"Retry-After": "10800"})
    report = await feeds.subscribe()
    assert (report.error, site.asked()) == ("the server answers 429 (Too Many Requests)", ["/feed.xml", "/port.html"])
    assert await feeds.fetch(after=HOUR * 3 - dt.timedelta(seconds=1)) == []
    site.pages["/feed.xml"] = Reply(
        status=503, headers={"Retry-After": (feeds.now + DAY * 2).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    )
    assert len(await feeds.fetch(after=dt.timedelta(seconds=1))) == 1
    assert await feeds.fetch(after=DAY * 2 - dt.timedelta(seconds=3)) == []


async def test_a_feed_that_fails_is_asked_ever_less_and_one_that_is_gone_never_again(
    feeds: FeedDesk, site: FeedSite
) -> None:
    site.feed()
    await feeds.subscribe()
    site.pages["/feed.xml"] = Reply(status=500)
    waits = []
    for _ in range(7):
        await feeds.fetch(after=(feeds.status.feed.due_at or feeds.now) - feeds.now)
        waits.append(((feeds.status.feed.due_at or feeds.now) - feeds.now) / HOUR)
    assert waits == pytest.approx([2, 4, 8, 16, 24, 24, 24], abs=0.01)
    site.pages["/feed.xml"] = Reply(status=410)
    await feeds.fetch(after=DAY)
    assert (feeds.status.feed.error, feeds.status.feed.due_at) == ("it is gone for good (410)", None)
    assert await feeds.fetch(after=DAY * 400) == []


@pytest.mark.both_dialects
async def test_two_fetches_at_once_share_no_feed_and_no_host(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(site.article("port.html", PORT))
    site.feed(site.article("rail.html", RAIL), path="/other.xml")
    await feeds.add()
    await feeds.add("/other.xml")
    first, second = feeds.book.due(feeds.now)
    assert feeds.book.claim(first, feeds.now, feeds.now + HOUR)
    assert not feeds.book.claim(second, feeds.now, feeds.now + HOUR)
    assert await feeds.fetch() == []
    assert len(await feeds.fetch(after=HOUR)) == 2  # whoever had it was killed


async def test_a_site_that_wants_long_pauses_keeps_its_feed_claimed(feeds: FeedDesk, site: FeedSite) -> None:
    """Fifty pages a minute apart take longer than a claim is good for: each page makes it good for longer."""
    site.feed(*(site.article(f"{number}.html", f"{PORT} {number}") for number in range(5)))
    await feeds.add()
    (feed,) = feeds.book.due(feeds.now)
    taken: list[bool] = []

    def slowly(_: Seen) -> Reply:
        feeds.now += dt.timedelta(minutes=20)
        taken.append(feeds.book.claim(feed, feeds.now, feeds.now + HOUR))
        return Reply(web_page("Port", PORT))

    site.pages |= dict.fromkeys((f"/{number}.html" for number in range(5)), slowly)
    await feeds.fetch()
    assert taken == [False] * 5


# --- the forms that feeds have


async def test_links_dates_titles_and_publishers_of_items_are_read_in_whatever_form(
    feeds: FeedDesk, site: FeedSite
) -> None:
    site.pages["/a/one.html"] = Reply(web_page("", PORT))
    site.pages["/feeds/two.html"] = Reply(web_page("", RAIL))
    site.feed(
        item(
            "/a/one.html#top",
            "Port &lt;b&gt;opened&lt;/b&gt; &amp;amp; blessed",
            UNZONED,
        ),
        item(
            "two.html",
            "Rail",
            "<pubDate>Wed, 29 Nov 2023 23:30:00 -0500</pubDate><source url='http://x.org/'>Rail Office</source>",
        ),
        item("javascript:alert(1)", "Script"),
        "<item><title>Without a link</title></item>",
        path="/feeds/feed.xml",
    )
    report = await feeds.subscribe("/feeds/feed.xml")
    assert (report.kept, report.failed) == (2, 0)
    found = {a.title: (a.date, a.publisher, a.url) for a in feeds.by_title().values()}
    day = dt.date(2023, 11, 29)
    assert found == {
        "Port opened & blessed": (day, "Harbour Ministry", f"{site.url}/a/one.html"),
        "Rail": (day, "Rail Office", f"{site.url}/feeds/two.html"),
    }


async def test_atom_and_broken_xml_and_other_encodings_are_read(feeds: FeedDesk, site: FeedSite) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>海の省</title><entry><title>港が開いた</title>'
        '<link href="/port.html"/><updated>2023-11-29T00:30:00+09:00</updated></entry>'
    )  # its end is missing
    site.pages["/feed.xml"] = Reply(atom.encode("shift_jis"), type="application/atom+xml; charset=Shift_JIS")
    words = "港は二〇二三年に開かれ、年間四百万個のコンテナを扱う。" * 5
    page = f"<html><head><title>x</title></head><body><article><p>{words}</p></article></body></html>"
    site.pages["/port.html"] = Reply(page.encode("euc_jp"), type="text/html; charset=EUC-JP")
    await feeds.subscribe()
    (article,) = feeds.by_title().values()
    assert (article.title, article.publisher, article.date) == ("港が開いた", "海の省", dt.date(2023, 11, 29))
    assert "四百万個のコンテナ" in article.text


async def test_a_sitemap_its_index_and_its_packed_form_are_read_for_their_own_host(
    feeds: FeedDesk, site: FeedSite
) -> None:
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.article("port.html", PORT)
    site.article("rail.html", RAIL)
    one = f"<urlset {space}><url><loc>{site.url}/port.html</loc></url><url><loc>http://elsewhere.org/x</loc></url></urlset>"
    two = f"<urlset {space}><url><loc>{site.url}/rail.html</loc></url></urlset>"
    index = (
        f"<sitemapindex {space}><sitemap><loc>{site.url}/one.xml</loc></sitemap>"
        f"<sitemap><loc>{site.url}/two.xml.gz</loc></sitemap></sitemapindex>"
    )
    site.pages["/sitemap.xml"] = Reply(index, type="text/xml", headers={"ETag": '"index"'})
    site.pages["/one.xml"] = Reply(one, type="text/xml")
    site.pages["/two.xml.gz"] = Reply(gzip.compress(two.encode()), type="application/gzip")
    report = await feeds.subscribe("/sitemap.xml")
    assert (report.kept, report.failed, feeds.status.feed.etag) == (2, 0, None)


async def test_documents_and_texts_are_kept_in_their_own_format_and_other_types_are_refused(
    feeds: FeedDesk, site: FeedSite
) -> None:
    site.pages["/a"] = Reply(f"Port\n\n{PORT}\n", type="text/plain")
    site.pages["/b.md"] = Reply(f"# Rail\n\n{RAIL}\n", type="application/octet-stream")
    site.pages["/c.mp4"] = Reply(b"\0\0", type="video/mp4")
    site.pages["/d.html"] = Reply("%PDF-1.7 not a page", type="text/html")
    site.feed(item("/a", "Port"), item("/b.md", "Rail"), item("/c.mp4", "Film"), item("/d.html", "Misnamed"))
    report = await feeds.subscribe()
    assert (report.kept, report.failed) == (2, 2)
    assert sorted(article.file for article in feeds.by_title().values()) == [
        "feeds/127.0.0.1/Port.txt",
        "feeds/127.0.0.1/Rail.md",
    ]
    assert feeds.errors()[0] == "its format is not read (video/mp4)"


# --- once each


@pytest.mark.both_dialects
async def test_the_same_article_by_another_way_is_kept_once(feeds: FeedDesk, site: FeedSite) -> None:
    port = site.article("port.html", PORT, "Port")
    site.pages["/moved"] = Reply(status=301, headers={"Location": "/port.html?utm_source=feed"})
    site.pages["/port.html?utm_source=feed"] = site.pages["/port.html"]
    site.pages["/copy.html"] = site.pages["/port.html"]
    site.feed(port, item("/port.html?utm_source=rss#x", "Again"), item("/moved", "Moved"), item("/copy.html", "Copy"))
    report = await feeds.subscribe()
    assert (report.kept, report.repeated, report.failed) == (1, 2, 0)
    assert len(feeds.by_title()) == 1


async def test_an_article_that_somebody_added_by_hand_is_not_fetched_or_not_kept_again(
    feeds: FeedDesk, site: FeedSite, own_articles: Path
) -> None:
    (own_articles / "port.md").write_text(f"---\ntitle: Port\nurl: {site.url}/port.html\n---\n{PORT}\n")
    (own_articles / "rail.txt").write_text(f"Rail\n\n{RAIL}\n")
    site.pages["/rail.txt"] = Reply(f"Rail\n\n{RAIL}\n", type="text/plain")
    site.feed(site.article("port.html", PORT, "Port"), item("/rail.txt", "Rail"))
    report = await feeds.subscribe()
    assert (report.kept, report.repeated, site.asked()) == (0, 2, ["/feed.xml", "/rail.txt"])


async def test_titles_of_items_lead_nowhere_and_take_no_place_of_another(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(
        site.article("1.html", PORT, "../../etc/passwd"),
        site.article("2.html", RAIL, ".."),
        site.article("3.html", PORT.replace("four", "five"), "Same"),
        site.article("4.html", PORT.replace("four", "six"), "Same"),
        site.article("5.html", PORT.replace("four", "seven"), "x" * 400),
    )
    report = await feeds.subscribe()
    assert (report.kept, report.failed) == (5, 0)
    files = sorted(article.file for article in feeds.articles() if article.file != "first.txt")
    assert {file.rpartition("/")[0] for file in files} == {"feeds/127.0.0.1"}
    assert [file for file in files if "Same" in file] == [
        "feeds/127.0.0.1/Same-2.html.txt",
        "feeds/127.0.0.1/Same.html.txt",
    ]


async def test_a_fetch_that_is_broken_off_loses_no_item(feeds: FeedDesk, site: FeedSite) -> None:
    site.feed(site.article("port.html", PORT), site.article("rail.html", RAIL), ETag='"one"')
    site.pages["/rail.html"] = Reply(status=500)
    report = await feeds.subscribe()
    assert (report.kept, report.failed, feeds.status.waiting) == (1, 0, 1)
    site.article("rail.html", RAIL)
    site.pages["/feed.xml"] = Reply(status=304)
    (report,) = await feeds.fetch(after=HOUR)
    assert (report.new, report.kept, feeds.status.waiting) == (0, 1, 0)


@pytest.mark.both_dialects
async def test_where_nothing_can_be_stored_items_wait(
    feeds: FeedDesk, site: FeedSite, own_articles: Path, tmp_path: Path
) -> None:
    site.feed(site.article("port.html", PORT))
    await feeds.add()
    (own_articles / "feeds").write_text("a file where the folder belongs")
    (report,) = await feeds.fetch()
    assert report.error is not None
    assert "it cannot be stored" in report.error
    assert feeds.status.waiting == 1
    shutil.move(own_articles, tmp_path / "away")
    (report,) = await feeds.fetch(after=DAY)
    assert report.error == f"There is no folder of articles at {own_articles}."


# --- while the bot runs


@pytest.mark.both_dialects
async def test_the_bot_fetches_what_is_due_and_metrics_and_doctor_tell(
    office_of: Callable[..., Office], site: FeedSite, own_articles: Path
) -> None:
    site.feed(site.article("port.html", PORT), item("/missing.html", "Missing"))
    office = office_of(own_articles)
    metrics, book = Metrics(), FeedBook(office.database)
    metrics.watch_feeds(book)
    job = FeedJob(office)
    await job.once()
    assert site.seen == []  # no feed, no request
    desk = FeedDesk(office.settings, office.database, site)
    async with desk.client:
        await desk.add()
    await job.once()
    assert (own_articles / "feeds" / "127.0.0.1" / "port.html.html").exists()
    told = metrics.text().decode()
    assert "policydesk_feeds 1.0" in told
    assert 'policydesk_feed_items{state="kept"} 1.0' in told
    assert "127.0.0.1" not in told


@pytest.mark.both_dialects
def test_the_doctor_names_a_feed_that_fails(database: DeskDatabase) -> None:
    with database.writing() as db:
        db.execute(
            "insert into feeds (url, host, reach, collection, added_at, error)"
            " values ('http://a.org/feed', 'a.org', 'public', 'feeds', '2026-01-01', 'the server answers 500')"
        )
    said = policydesk("doctor").stdout
    assert "http://a.org/feed: the server answers 500" in said
