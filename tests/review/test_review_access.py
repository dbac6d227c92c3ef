"""Who reaches the pages for reviewers: nothing is seen signed out, and the tables behind them by owners only."""

import asyncio
import contextlib
import re
import socket
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from html import escape
from itertools import cycle, product
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from datasette_auth_passwords.utils import hash_password

from bot.review.review_context import context_of
from bot.review.sign_in import passwords
from bot.review.sign_in.links import VALID_SECONDS, SignInLinks
from bot.review.sign_in.passwords import FREE_TO_ONE, FREE_TO_PAIR, LONGEST_WAIT, AttemptCounts, attempt_keys
from bot.review.sign_in.sessions import SESSION_SECONDS, Sessions, SignedInReviewer
from bot.review.tables import TABLES
from storage.errors import ReviewersError, SignInError
from storage.record.exchanges import ExchangeLog
from storage.verdicts.reviewers import Reviewer, ReviewRole, add_reviewer, read_reviewers, remove_reviewer
from tests.support.desk import policydesk
from tests.support.postgres import postgres_database
from tests.support.review_site import ROUTES, WHALES, Visitor, record, record_brief, site_over, whale_exchange

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
SECRET = "What do whales eat?"  # noqa: S105 - what must not be seen

FORMS = {
    r"^/exchange/(?P<number>\d{1,18})/verdict$": "/exchange/1/verdict",
    r"^/exchange/(?P<number>\d{1,18})/second$": "/exchange/1/second",
    r"^/exchange/(?P<number>\d{1,18})/undo$": "/exchange/1/undo",
    "^/inbox/filters$": "/inbox/filters",
    "^/briefs/make$": "/briefs/make",
    r"^/brief/(?P<number>\d{1,18})/choose$": "/brief/1/choose",
}
PUBLIC = {
    r"^/sign-in/(?P<token>[\w-]+)$": "/sign-in/never-made",
    "^/-/login$": "/-/login",
    "/review/(?P<path>.*)$": "/review/review.css",
    "/favicon.ico": "/favicon.ico",
}
OWNERS = {
    r"/-/static/(?P<path>.*)$": "/-/static/app.css",
    r"/(?P<database>[^\/\.]+)(\.(?P<format>\w+))?$": "/log.json?sql=select+question+from+exchanges",
    r"/(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)(\.(?P<format>\w+))?$": "/log/exchanges.json?_facet=outcome",
    r"/(?P<database>[^\/\.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(\.(?P<format>\w+))?$": "/log/exchanges/1",
}
NOBODY = {
    "^/-/refused/(?P<status>40[34])$": "/-/refused/404",
    "^/-/password-tool$": "/-/password-tool",
    r"/(\.(?P<format>jsono?))?$": "/.json",
    r"/:memory:(?P<rest>.*)$": "/:memory:",
    r"/-/metadata(\.(?P<format>json))?$": "/-/metadata.json",
    r"/-/versions(\.(?P<format>json))?$": "/-/versions.json",
    r"/-/plugins(\.(?P<format>json))?$": "/-/plugins",
    r"/-/settings(\.(?P<format>json))?$": "/-/settings",
    "/-/config.json": "/-/config.json",
    "/-/config": "/-/config",
    r"/-/threads(\.(?P<format>json))?$": "/-/threads",
    r"/-/databases(\.(?P<format>json))?$": "/-/databases",
    r"/-/actor(\.(?P<format>json))?$": "/-/actor.json",
    "/-/auth-token$": "/-/auth-token?token=0",
    "/-/permissions$": "/-/permissions",
    "/-/messages$": "/-/messages",
    "/-/allow-debug$": "/-/allow-debug",
    "/-/patterns$": "/-/patterns",
    r"/(?P<database>[^\/\.]+)\.db$": "/_internal.db",
}
PLUGINS = re.compile(r"[\^]?/-/(static-plugins/|dashboards)")
"""Routes of plugins; their files are not secret, and their pages are refused."""


@pytest.fixture
def site(log: ExchangeLog, folder: Callable[..., Path]) -> Iterator[Datasette]:
    record(log, whale_exchange(SECRET))
    record_brief(log, 1)
    with site_over(log.database, folder(whales=WHALES)) as datasette:
        yield datasette


def test_every_route_is_in_one_of_the_lists(site: Datasette) -> None:
    """A route that is new has to be put into a list, and so to be tested."""
    patterns = {regex.pattern for regex, _ in site._routes()}
    known = {*ROUTES, *FORMS, *PUBLIC, *OWNERS, *NOBODY}
    assert {pattern for pattern in patterns if not PLUGINS.match(pattern)} == known


def _all_paths(site: Datasette) -> Iterator[str]:
    for listed in (ROUTES, FORMS, OWNERS, NOBODY):
        yield from listed.values()
    for regex, _ in site._routes():
        if PLUGINS.match(regex.pattern):
            yield re.sub(r"\(\?P<\w+>.*?\)", "vega.min.js", regex.pattern).strip("^$")


def _plugin_pages(site: Datasette) -> Iterator[str]:
    """The pages that plugins bring, which are ours to refuse; not their files."""
    return (path for path in _all_paths(site) if path.startswith("/-/dashboards"))


async def test_signed_out_nothing_is_seen(site: Datasette) -> None:
    """Every route leads to the sign-in page or is refused, whatever the method, and says nothing."""
    nobody = Visitor(site, role=None)
    for path in _all_paths(site):
        answer = await nobody.get(path)
        assert (answer.status_code, answer.headers.get("location")) in {(303, "/-/login"), (403, None)}, path
        assert len(answer.text) < 30, path
        assert (await nobody.post(path, {"verdict": "right"})).status_code == 403, path


async def test_what_is_public_tells_nothing(site: Datasette) -> None:
    """The sign-in page, its style and used links show no word of the record."""
    nobody = Visitor(site, role=None)
    for path in PUBLIC.values():
        assert "whale" not in (await nobody.get(path)).text.lower(), path


async def test_reviewers_see_the_pages_and_no_tables(site: Datasette) -> None:
    """A reviewer opens every page; tables, SQL and JSON are refused."""
    reviewer = Visitor(site)
    for path in ROUTES.values():
        assert (await reviewer.get(path)).status_code in {200, 302}, path
    for path in [*OWNERS.values(), *NOBODY.values(), *_plugin_pages(site)]:
        answer = await reviewer.get(path)
        assert answer.status_code == 403, path
        assert "whale" not in answer.text.lower(), path


async def test_owners_see_tables_facets_sql_and_json(site: Datasette) -> None:
    """An owner has Datasette's own pages over log and verdicts, and nothing that tells how the site is set up."""
    owner = Visitor(site, role=ReviewRole.OWNER)
    for path in [*ROUTES.values(), *OWNERS.values(), "/log", "/verdicts/verdicts"]:
        assert (await owner.get(path)).status_code in {200, 302}, path
    assert SECRET in (await owner.get("/log.json?sql=select+question+from+exchanges")).text
    for path in [*NOBODY.values(), *_plugin_pages(site)]:
        assert (await owner.get(path)).status_code == 403, path


async def test_tables_that_people_want_come_first(site: Datasette) -> None:
    """The four of them with a description, and queries that run; technical ones are folded away."""
    owner = Visitor(site, role=ReviewRole.OWNER)
    page = (await owner.get("/log")).text
    first, _, folded = page.partition("<details")
    for table in TABLES:
        assert table.description in first
        assert escape(f"/{table.database}/{table.table}?{table.query}") in first
        assert (await owner.get(f"/{table.database}/{table.table}?{table.query}")).status_code == 200
    assert ("/log/tally_chats" in first, "/log/tally_chats" in folded) == (False, True)
    queries = re.findall(r'href="(/log/[a-z_]+)"', first)
    assert len(queries) == 4
    for query in queries:
        assert 'role="alert"' not in (await owner.get(query)).text, query
    assert '<a href="/exchange/1?status=all">#1</a>' in (await owner.get("/log/by_article", file="whales")).text


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nope from nowhere", "no such table: nowhere"),
        ("delete from exchanges", "begin with select"),
        ("with recursive t (n) as (select 1 union all select n + 1 from t) select max(n) from t", "two seconds"),
    ],
)
async def test_an_error_keeps_the_sql(site: Datasette, sql: str, said: str) -> None:
    """What is wrong is said above the query, which can be gone on from, on a page with navigation."""
    page = (await Visitor(site, role=ReviewRole.OWNER).get("/log", sql=sql)).text
    assert said in re.findall(r'role="alert">([^<]+)', page)[0]
    assert f">{escape(sql)}</textarea>" in page
    assert 'href="/inbox"' in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/exchange/77", 404), ("/log/nowhere", 404), ("/log/exchanges/77", 404), ("/-/metadata", 403)],
)
async def test_not_found_is_a_page_with_navigation(site: Datasette, path: str, status: int) -> None:
    """A wrong address leads on; of a page that is not for somebody no more is said."""
    answer = await Visitor(site, role=ReviewRole.OWNER).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert 'href="/dashboard"' in answer.text
    assert "content-security-policy" in answer.headers


async def test_the_log_cannot_be_written_through_the_pages(site: Datasette, log: ExchangeLog) -> None:
    """Whatever SQL an owner sends, the log stays as it was."""
    owner = Visitor(site, role=ReviewRole.OWNER)
    for sql in ("delete from exchanges", "with a as (select 1) delete from exchanges", "drop table exchanges"):
        assert (await owner.get("/log.json", sql=sql)).status_code == 400
    assert len(log.history()) == 1


@pytest.mark.parametrize(
    "path", ["/%69nbox", "//inbox", "/inbox/", "/log%2Fexchanges", "/LOG", "/exchange/1/../../log"]
)
async def test_a_path_written_otherwise_is_refused(site: Datasette, path: str) -> None:
    """What is not written exactly as a known route is refused for reviewers too."""
    assert (await Visitor(site).get(path)).status_code in {403, 404}
    assert (await Visitor(site, role=None).get(path)).status_code in {303, 403}


@pytest.mark.parametrize("cookie", ["", "x", "eyJhIjp7ImlkIjoiQWRhIiwicm9sZSI6Im93bmVyIn19.AAAA", "a=b; ;;", '"'])
async def test_a_cookie_that_is_not_ours_is_nobody(site: Datasette, cookie: str) -> None:
    """A forged or broken cookie signs nobody in."""
    visitor = Visitor(site, role=None)
    visitor.cookies["ds_actor"] = cookie
    assert (await visitor.get("/inbox")).status_code == 303


async def test_a_session_that_never_began_is_nobody(site: Datasette) -> None:
    """Even a cookie of ours counts only with a session that there is."""
    visitor = Visitor(site, role=None)
    visitor.cookies["ds_actor"] = site.sign({"a": {"id": "Ada", "role": "owner"}}, "actor")
    assert (await visitor.get("/inbox")).status_code == 303


async def test_a_form_without_its_token_is_refused(site: Datasette) -> None:
    """Another site cannot send a verdict in a reviewer's name."""
    reviewer = Visitor(site)
    assert (await reviewer.post("/exchange/1/verdict", {"verdict": "right"}, with_token=False)).status_code == 403
    assert context_of(site).book.newest() == []


async def test_a_link_signs_in_once(site: Datasette) -> None:
    """The link that is printed at the start gives its owner a cookie that no script can read; then it is void."""
    path = "/sign-in/" + context_of(site).links.make("Ada", ReviewRole.OWNER)
    visitor = Visitor(site, role=None)
    first = await visitor.get(path)
    assert (first.status_code, first.headers["location"]) == (302, "/inbox")
    assert "httponly" in first.headers["set-cookie"].lower()
    assert (await visitor.get("/log")).status_code == 200
    again = await Visitor(site, role=None).get(path)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers


def test_a_link_is_void_after_an_hour() -> None:
    """A link that is left lying about signs nobody in."""
    time = [0.0]
    links = SignInLinks(lambda: time[0])
    token = links.make("Ada", ReviewRole.OWNER)
    time[0] += VALID_SECONDS
    assert links.use(token) is None


@pytest.fixture
def locked(log: ExchangeLog, folder: Callable[..., Path]) -> Iterator[Datasette]:
    """A site with a reviewer whose password is quickly checked."""
    ada = Reviewer(name="Ada", role=ReviewRole.REVIEWER, password=hash_password(PASSWORD, iterations=1))
    with site_over(log.database, folder(whales=WHALES), ada) as datasette:
        yield datasette


async def sign_in(site: Datasette, name: str, password: str, address: str = "127.0.0.1") -> httpx.Response:
    return await Visitor(site, role=None, address=address).post("/-/login", {"username": name, "password": password})


async def test_signing_in_by_password(locked: Datasette) -> None:
    """Name and password of the file of reviewers sign in with the role that is there; anything else does not."""
    visitor = Visitor(locked, role=None)
    wrong = await visitor.post("/-/login", {"username": "Ada", "password": "wrong"})
    assert "Invalid username or password" in wrong.text
    assert (await visitor.get("/inbox")).status_code == 303
    right = await visitor.post("/-/login", {"username": "Ada", "password": PASSWORD})
    assert "httponly" in right.headers["set-cookie"].lower()
    assert (await visitor.get("/inbox")).status_code == 200
    assert (await visitor.get("/log")).status_code == 403


@pytest.mark.parametrize("name", ["Ada", "Nobody", ""])
async def test_a_password_takes_as_long_for_unknown_names_and_the_pages_do_not_wait(
    locked: Datasette, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is hashed once, whoever it is for, and not by the thread that answers."""
    hashed: list[str] = []

    def verify(_: str, __: str) -> bool:
        hashed.append(threading.current_thread().name)
        return False

    monkeypatch.setattr(passwords, "verify_password", verify)
    monkeypatch.setattr(passwords, "hash_password", lambda _: "a hash")
    assert "Invalid username or password" in (await sign_in(locked, name, "wrong")).text
    (thread,) = hashed
    assert thread.startswith("sign-in")


@pytest.mark.parametrize("name", ["Ada", "Nobody"])
async def test_who_guesses_waits_ever_longer_and_learns_no_name_by_it(locked: Datasette, name: str) -> None:
    """While one waits, not even the right password helps; from elsewhere the name's owner still signs in."""
    guesses = [await sign_in(locked, f"No {number}", "guess") for number in range(FREE_TO_PAIR)]
    guesses += [await sign_in(locked, name, "guess") for _ in range(FREE_TO_PAIR)]
    assert [guess.status_code for guess in guesses] == [200] * FREE_TO_PAIR * 2
    refused = await sign_in(locked, name, PASSWORD)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "Too many attempts" in refused.text
    assert (await sign_in(locked, "Ada", PASSWORD, "192.0.2.1")).status_code == 302


@pytest.mark.parametrize(
    ("names", "addresses", "free"),
    [
        (["Ada"], ["a"], FREE_TO_PAIR),
        (["Ada"], "abcdefghijklmnopqrstuvwxyz", FREE_TO_ONE),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ["a"], FREE_TO_ONE),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [f"2001:db8::{number:x}" for number in range(26)], FREE_TO_ONE),
    ],
    ids=["pair", "name", "address", "network"],
)
def test_attempts_are_few_whatever_changes_between_them(
    names: Sequence[str], addresses: Sequence[str], free: int
) -> None:
    """A day of guessing at one name from one address comes to some hundred guesses."""
    time = [0.0]
    counts, made = AttemptCounts(lambda: time[0]), []
    turn = cycle(zip(cycle(names), addresses, strict=False) if len(addresses) > 1 else product(names, addresses))
    for time[0] in (*[0] * 100, *range(1, 86_400, 30)):
        with contextlib.suppress(SignInError):
            counts.add(attempt_keys(*next(turn)))
            made.append(time[0])
    assert made.count(0) <= free
    assert len(made) < free + 86_400 / LONGEST_WAIT + 12


def test_a_success_counts_for_nothing() -> None:
    counts = AttemptCounts(lambda: 0.0)
    for _ in range(100):
        counts.add(keys := attempt_keys("Ada", "127.0.0.1"))
        counts.take_back(keys)


async def test_no_more_than_a_few_passwords_are_checked_at_once(locked: Datasette) -> None:
    """Guesses by the hundred do not queue up before who knows the password."""
    guesses = await asyncio.gather(*(sign_in(locked, "Ada", "guess", f"192.0.2.{number}") for number in range(30)))
    assert {guess.status_code for guess in guesses} == {200, 429}


@pytest.mark.parametrize("headers", [{"content-length": "1000000"}, {}])
async def test_what_is_too_large_for_a_form_is_not_read(locked: Datasette, headers: dict[str, str]) -> None:
    """Nobody has to sign in to send a form."""

    async def endless() -> AsyncIterator[bytes]:
        raise AssertionError("it is read")
        yield b""

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=locked.app())) as client:
        answer = await client.post("http://localhost/-/login", content=endless(), headers=headers)
    assert answer.status_code == 413


async def test_an_authorization_header_signs_nobody_in(locked: Datasette) -> None:
    """There is one way to guess a password, and it is counted."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=locked.app())) as client:
        answer = await client.get("http://localhost/inbox", auth=("Ada", PASSWORD))
    assert answer.status_code == 303


async def test_signing_out_ends_the_session(site: Datasette) -> None:
    """Whoever kept the cookie has to sign in again, too."""
    reviewer = Visitor(site)
    kept = reviewer.cookies["ds_actor"]
    assert "signed in as <strong>Ada" in (await reviewer.get("/-/logout")).text
    answer = await reviewer.post("/-/logout", {})
    assert 'ds_actor=""' in answer.headers["set-cookie"]
    reviewer.cookies["ds_actor"] = kept
    assert (await reviewer.get("/inbox")).status_code == 303


def test_a_session_ends_after_some_hours() -> None:
    time = [0.0]
    sessions = Sessions(lambda: time[0])
    token = sessions.begin(SignedInReviewer("Ada", ReviewRole.OWNER))
    assert sessions.find(token)
    time[0] += SESSION_SECONDS
    assert sessions.find(token) is None


def test_the_file_of_reviewers_is_only_for_its_owner(tmp_path: Path) -> None:
    """It holds hashes, never passwords, and others on the machine cannot read it."""
    path = tmp_path / "reviewers.json"
    add_reviewer(path, "Ada", ReviewRole.OWNER, PASSWORD)
    assert path.stat().st_mode & 0o077 == 0
    assert PASSWORD not in path.read_text()


def test_reviewers_are_added_changed_and_removed(tmp_path: Path) -> None:
    """Adding somebody again changes their role; a name without a file, or unknown, is said."""
    path = tmp_path / "reviewers.json"
    assert read_reviewers(path) == []
    add_reviewer(path, " Ada  Lovelace ", ReviewRole.OWNER, PASSWORD)
    add_reviewer(path, "Ada Lovelace", ReviewRole.REVIEWER, PASSWORD)
    assert [(each.name, each.role) for each in read_reviewers(path)] == [("Ada Lovelace", ReviewRole.REVIEWER)]
    remove_reviewer(path, "Ada Lovelace")
    with pytest.raises(ReviewersError, match="no reviewer"):
        remove_reviewer(path, "Ada Lovelace")


@pytest.mark.parametrize("name", ["", "<b>", "a\nb" * 40, "x_password_hash", "-"])
def test_a_name_that_cannot_be_one_is_said(tmp_path: Path, name: str) -> None:
    """Names are words, so that they can stand anywhere."""
    with pytest.raises(ReviewersError, match="cannot be a reviewer's name"):
        add_reviewer(tmp_path / "reviewers.json", name, ReviewRole.REVIEWER, PASSWORD)


def test_a_short_password_and_a_broken_file_are_said(tmp_path: Path) -> None:
    """Each is one line with the cure."""
    path = tmp_path / "reviewers.json"
    with pytest.raises(ReviewersError, match="at least 12"):
        add_reviewer(path, "Ada", ReviewRole.REVIEWER, "short")
    path.write_text("{}")
    with pytest.raises(ReviewersError, match="no list of reviewers"):
        read_reviewers(path)


def test_reviewers_from_the_shell(tmp_path: Path) -> None:
    """The commands keep the file beside the database, or where the setting says."""
    given = policydesk("reviewers", "add", "Ada", "--role", "owner", stdin=f"{PASSWORD}\n")
    assert (given.returncode, "Ada may sign in (owner)" in given.stdout) == (0, True)
    assert (tmp_path / "policydesk.reviewers.json").exists()
    assert policydesk("reviewers", "list").stdout == "Ada (owner)\n"
    elsewhere = str(tmp_path / "others.json")
    assert policydesk("reviewers", "list", POLICYDESK_REVIEWERS=elsewhere).stdout == ""
    assert policydesk("reviewers", "remove", "Ada").stdout == "Removed: Ada\n"


async def test_tables_on_a_server_are_looked_into_in_a_copy_and_that_is_said(
    postgres: str, folder: Callable[..., Path], tmp_path: Path
) -> None:
    """To owners; to reviewers they are refused as ever."""
    with postgres_database(postgres, tmp_path / "there") as on_server:
        record(ExchangeLog(on_server), whale_exchange(SECRET))
        with site_over(on_server, folder(whales=WHALES)) as site:
            owner, reviewer = Visitor(site, role=ReviewRole.OWNER), Visitor(site)
            for path in ("/log", "/log/exchanges", "/verdicts", "/log.json?sql=select+question+from+exchanges"):
                page = await owner.get(path)
                assert (page.status_code, "`policydesk record ship COPY.db`" in page.text) == (404, True), path
                assert (await reviewer.get(path)).status_code == 403
            assert SECRET in (await owner.get("/inbox")).text


def test_a_taken_port_is_said() -> None:
    """A port that another program has is one line with the cure, and nothing is opened."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        answer = policydesk("review", "--port", str(taken.getsockname()[1]))
    assert answer.returncode == 2
    assert "--port" in answer.stderr


@pytest.mark.both_dialects
async def test_the_command_prints_a_link_and_shows_what_is_asked_meanwhile(log: ExchangeLog) -> None:
    """It serves this machine alone, and the record as it grows under it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "bot", "review", "--port", port, "--name", "Ada"]
    pages = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        assert pages.stdout is not None
        link = re.search(rf"http://127\.0\.0\.1:{port}/sign-in/\S+", (await pages.stdout.readline()).decode())
        assert link is not None
        assert log.database.is_file or b"policydesk record ship COPY.db" in await pages.stdout.readline()
        async with httpx.AsyncClient(follow_redirects=True, timeout=60) as client:
            assert SECRET not in (await client.get(link[0])).text
            record(log, whale_exchange(SECRET))
            assert SECRET in (await client.get(f"http://127.0.0.1:{port}/inbox")).text
            assert (await client.get(link[0])).status_code == 403
    finally:
        pages.terminate()
        await pages.wait()
