"""The pages of briefs: made, chosen by hand without a script, saved, renewed, and sent as documents."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette

from storage.briefs.book import BriefBook
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import write
from tests.support.review_site import Visitor, site_over

pytestmark = pytest.mark.both_dialects
AID = "Japan agreed to hand Samoa two patrol boats under its OSA program in 2024."
MORE = "Samoa welcomed the OSA program and asked for four radar stations in Apia."


@pytest.fixture
def root(folder: Callable[..., Path]) -> Path:
    return folder(aid=f"Aid for Samoa\n\n{AID}\n", more=f"More aid\n\n{MORE}\n")


@pytest.fixture
def site(log: ExchangeLog, root: Path) -> Iterator[Datasette]:
    with site_over(log.database, root) as datasette:
        yield datasette


@pytest.fixture
def reviewer(site: Datasette) -> Visitor:
    return Visitor(site)


@pytest.fixture
def book(database: DeskDatabase) -> BriefBook:
    return BriefBook(database)


async def made(reviewer: Visitor, topic: str = "OSA") -> str:
    """The address of a brief that is made on a topic."""
    answer = await reviewer.post("/briefs/make", {"topic": topic})
    return answer.headers["location"].partition("?")[0]


def fields(page: str) -> dict[str, str]:
    """The fields of the form of choices as they stand."""
    found = re.findall(r'<input type="checkbox" name="([a-z]+-\d+)" value="1" checked', page)
    places = re.findall(r'<input type="number" name="(place-\d+)" value="(\d+)"', page)
    return dict.fromkeys(found, "1") | dict(places)


async def test_a_brief_is_made_from_a_topic_and_stands_on_record(reviewer: Visitor, log: ExchangeLog) -> None:
    address = await made(reviewer)
    page = (await reviewer.get(address)).text
    assert AID in page
    assert MORE in page
    (logged,) = log.history()
    assert (f"/brief/{logged.id}", logged.kind) == (address, "brief")
    assert address in (await reviewer.get("/briefs")).text


async def test_quotes_are_chosen_without_a_script(reviewer: Visitor, log: ExchangeLog) -> None:
    address = await made(reviewer)
    form = fields((await reviewer.get(address)).text)
    left_out = next(name for name in form if name.startswith("chosen"))
    answer = await reviewer.post(f"{address}/choose", {k: v for k, v in form.items() if k != left_out} | {"make": "1"})
    newest, first = log.history()
    assert answer.headers["location"].startswith(f"/brief/{newest.id}?")
    assert len(newest.citations) <= len(first.citations)
    assert left_out not in fields((await reviewer.get(f"/brief/{newest.id}")).text)


async def test_choices_are_kept_until_the_document_is_made(
    reviewer: Visitor, log: ExchangeLog, book: BriefBook
) -> None:
    address = await made(reviewer)
    form = fields((await reviewer.get(address)).text)
    await reviewer.post(f"{address}/choose", {**form, "pinned-1": "1", "place-1": "9", "keep": "1"})
    assert len(log.history()) == 1
    kept = book.find(1)
    assert kept is not None
    assert any(quote.is_pinned for quote in kept.draft.quotes)
    assert not any(quote.is_pinned for quote in kept.plan.quotes)


async def test_a_saved_brief_is_renewed(reviewer: Visitor, book: BriefBook) -> None:
    address = await made(reviewer)
    form = fields((await reviewer.get(address)).text)
    await reviewer.post(f"{address}/choose", {**form, "save": "1"})
    assert [saved.exchange_id for saved in book.saved()] == [1]
    answer = await reviewer.post(f"{address}/choose", {**form, "renew": "1"})
    assert [saved.exchange_id for saved in book.saved()] == [2]
    text = (await reviewer.get(answer.headers["location"].partition("?")[0] + "/md")).text
    assert "Since the brief of" in text


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("md", b"# OSA"), ("html", b"<!doctype html>")])
@pytest.mark.sqlite_only
async def test_it_is_sent_as_a_document(reviewer: Visitor, form: str, begins: bytes) -> None:
    answer = await reviewer.get(f"{await made(reviewer)}/{form}")
    assert answer.content.startswith(begins)
    assert f".{form}" in answer.headers["content-disposition"]


@pytest.mark.sqlite_only
async def test_what_is_wrong_is_said_on_a_page(reviewer: Visitor) -> None:
    assert "hold nothing on this" in (await reviewer.post("/briefs/make", {"topic": "unicorns"})).text
    assert "Name the topic" in (await reviewer.post("/briefs/make", {"topic": " "})).text
    assert (await reviewer.get("/brief/77")).status_code == 404


@pytest.mark.sqlite_only
async def test_nobody_makes_a_brief_without_signing_in(site: Datasette, log: ExchangeLog) -> None:
    await Visitor(site, role=None).post("/briefs/make", {"topic": "OSA"})
    assert log.history() == []


@pytest.mark.sqlite_only
async def test_an_article_is_no_markup_of_the_page(root: Path, reviewer: Visitor) -> None:
    write(root / "evil", "<b>Ships</b>\n\nThe frigate <script>alert(1)</script> of OSA sailed to Apia twice in 2024.\n")
    page = (await reviewer.get(await made(reviewer, "frigate OSA"))).text
    assert "<script>alert" not in page


@pytest.mark.sqlite_only
async def test_briefs_are_read_but_not_made_on_a_record_that_cannot_be_written(
    reviewer: Visitor, log: ExchangeLog
) -> None:
    """As once its disk is read only. What is shown still is; what would be written says why not, and what to do."""
    address = await made(reviewer)
    form = fields((await reviewer.get(address)).text)
    with log.database.reading() as db:
        db.execute("pragma query_only = 1")
    for page in ("/briefs", address, f"{address}/docx"):
        assert (await reviewer.get(page)).status_code == 200
    posts = [("/briefs/make", {"topic": "OSA"})]
    posts += [(f"{address}/choose", form | {button: "1"}) for button in ("make", "keep", "save", "renew")]
    for path, sent in posts:
        answer = await reviewer.post(path, sent)
        assert answer.status_code == 400
        assert "give the bot&#39;s user the right to write the file and its folder" in answer.text
        assert "Traceback" not in answer.text
    assert len(log.history()) == 1
