"""The inbox and the page of an exchange: what a reviewer sees, finds and says, and what is kept of it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette

from bot.review.review_context import context_of
from bot.review.site import open_site
from retrieval.articles_folder import ArticlesFolder
from storage.models import Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.review import inbox
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, SecondReview, Verdict
from tests.support.review_site import WHALES, Visitor, abstained, record, site_over, whale_exchange
from tests.support.word_meaning import WordMeaning

HOSTILE = "<script>alert(1)</script> \u202ewhales"


@pytest.fixture
def site(log: ExchangeLog, folder: Callable[..., Path]) -> Iterator[Datasette]:
    with site_over(log.database.path, folder(whales=WHALES, birds="Birds can fly. Most birds sing.")) as datasette:
        yield datasette


@pytest.fixture
def book(site: Datasette) -> VerdictBook:
    return context_of(site).book


@pytest.fixture
def reviewer(site: Datasette) -> Visitor:
    return Visitor(site)


def verdict(exchange_id: int, ruling: Ruling = Ruling.RIGHT, name: str = "Ben") -> Verdict:
    now = dt.datetime.now(dt.UTC)
    return Verdict(exchange_id=exchange_id, reviewer=name, verdict=ruling, given_at=now)


async def shown(reviewer: Visitor, **parameters: object) -> list[int]:
    """The numbers of the exchanges that the inbox shows."""
    page = await reviewer.get("/inbox", **parameters)
    assert page.status_code == 200, page.text
    return [int(number) for number in re.findall(r'data-number="(\d+)"', page.text)]


async def test_a_quote_tells_what_the_semantic_extra_had_to_do_with_its_place(
    log: ExchangeLog, folder: Callable[..., Path]
) -> None:
    number = record(log, whale_exchange())[0]
    for model, told in ((WordMeaning(), True), (None, False)):
        with open_site(log.database.path, ArticlesFolder(folder(whales=WHALES), model=model), ()) as datasette:
            page = await Visitor(datasette).get(f"/exchange/{number}")
        assert bool(re.search(r"alike in meaning 0\.\d\d, place 1 today, by words alone 1", page.text)) is told


async def test_the_inbox_shows_what_nobody_has_judged_newest_first(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor
) -> None:
    """What somebody judged leaves the inbox, and the count with it."""
    first, second, third = record(log, whale_exchange("One?"), whale_exchange("Two?"), whale_exchange("Three?"))
    book.give(verdict(second))
    assert await shown(reviewer) == [third, first]
    assert '<strong id="unreviewed">2</strong>' in (await reviewer.get("/inbox")).text
    assert await shown(reviewer, status="all") == [third, second, first]
    assert await shown(reviewer, status="reviewed") == [second]


async def test_what_was_forgotten_is_not_shown(log: ExchangeLog, reviewer: Visitor) -> None:
    """An exchange that somebody had forgotten is in no list, has no page, and is not counted as waiting."""
    gone, stays = record(log, whale_exchange("Mine?", chat=5), whale_exchange("Yours?", chat=6))
    PeopleRecord(log.database).forget(5)
    assert await shown(reviewer, status="all") == [stays]
    assert '<strong id="unreviewed">1</strong>' in (await reviewer.get("/inbox")).text
    assert (await reviewer.get(f"/exchange/{gone}")).status_code == 404
    assert (await reviewer.post(f"/exchange/{gone}/verdict", {"verdict": "right"})).status_code == 400


async def test_filters(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """Outcome, feedback, chat, days, words and verdict each leave some, and all of them together fewer."""
    day = 24 * 60
    a, b, c = record(log, whale_exchange(), abstained("Do birds vote?", day), abstained("Do fish vote?", 2 * day, 8))
    FeedbackBook(log.database).press(b, 7, Thumb.DOWN)
    book.give(verdict(c, Ruling.SHOULD_HAVE_ANSWERED))
    assert await shown(reviewer, status="all", outcome="abstained") == [c, b]
    assert await shown(reviewer, thumb="down") == [b]
    assert await shown(reviewer, thumb="up") == []
    assert await shown(reviewer, chat=7) == [b, a]
    assert await shown(reviewer, status="all", since="2026-03-03") == [c, b]
    assert await shown(reviewer, status="all", until="2026-03-03") == [b, a]
    assert await shown(reviewer, status="all", since="2027-01-01") == []
    assert await shown(reviewer, status="all", q="vote NOT fish") == [b]
    assert await shown(reviewer, status="all", verdict="should have answered") == [c]
    assert await shown(reviewer, status="all", verdict="should have answered", q="birds") == []
    assert await shown(reviewer, status="unreviewed", verdict="should have answered") == [c]  # as the form sends it
    assert await shown(reviewer, q="vote", outcome="abstained", thumb="down", chat=7, since="2026-03-03") == [b]


async def test_a_verdict_that_was_changed_is_found_by_what_it_is_now(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor
) -> None:
    """The filter goes by the newest verdict of a reviewer."""
    (number,) = record(log, whale_exchange())
    book.give(verdict(number, Ruling.WRONG))
    book.give(verdict(number, Ruling.RIGHT))
    assert await shown(reviewer, status="all", verdict="wrong") == []
    assert await shown(reviewer, status="all", verdict="right") == [number]


async def test_second_opinions_and_disagreements(log: ExchangeLog, book: VerdictBook, site: Datasette) -> None:
    """A second opinion is wanted of everybody but the first reviewer; where the two differ there is a filter."""
    (number,) = record(log, whale_exchange())
    ada, ben = Visitor(site, "Ada"), Visitor(site, "Ben")
    await ada.post(f"/exchange/{number}/verdict", {"verdict": "right"})
    await ada.post(f"/exchange/{number}/second", {})
    assert book.second_review(number) is not None
    assert (await shown(ada, status="second"), await shown(ben, status="second")) == ([], [number])
    assert await shown(ada, status="disputed") == []
    await ben.post(f"/exchange/{number}/verdict", {"verdict": "wrong"})
    assert (await shown(ben, status="second"), await shown(ada, status="disputed")) == ([], [number])


async def test_pages_of_the_inbox_meet(log: ExchangeLog, reviewer: Visitor) -> None:
    """Page by page each exchange comes once, also when new ones arrive meanwhile."""
    numbers = record(log, *(whale_exchange(f"Question {number}?", number) for number in range(60)))
    seen: list[int] = []
    before: int | None = None
    while True:
        page = await reviewer.get("/inbox", **({"before": before} if before else {}))
        seen += [int(number) for number in re.findall(r'data-number="(\d+)"', page.text)]
        record(log, whale_exchange("Newer?", 100))
        older = re.search(r'rel="next" href="/inbox\?before=(\d+)"', page.text)
        if older is None:
            break
        before = int(older[1])
    assert seen == numbers[::-1]


async def test_a_page_looks_through_so_many_and_says_so(
    log: ExchangeLog, reviewer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is rare is found page by page: none of them takes longer because there is more on record."""
    monkeypatch.setattr(inbox, "LOOKED_AT", 10)
    (wanted, *_) = record(log, whale_exchange("Rare?"), *(abstained(f"{n}?", n) for n in range(1, 26)))
    FeedbackBook(log.database).press(wanted, 7, Thumb.UP)
    address, pages = "/inbox?q=rare+OR+found&status=all&thumb=up", 0
    while not re.search(rf'data-number="{wanted}"', text := (await reviewer.get(address)).text):
        assert "Look further back" in text
        following = re.search(r'rel="next" href="([^"]+)"', text)
        assert following
        address, pages = following[1].replace("&amp;", "&"), pages + 1
    assert pages == 2


@pytest.mark.parametrize("search", ['"open', "AND", "a:b:", "(", "*", "what's", "\x00", "x" * 500])
async def test_a_search_that_cannot_be_read_is_explained(log: ExchangeLog, reviewer: Visitor, search: str) -> None:
    """Bad syntax is one line on how to write it, never an error page."""
    record(log, whale_exchange())
    page = await reviewer.get("/inbox", q=search)
    assert page.status_code == 200 or "double quotes" in page.text


@pytest.mark.parametrize("wrong", [{"since": "yesterday"}, {"chat": "x"}, {"status": "odd"}, {"chat": 2**64}])
async def test_a_filter_that_cannot_be_read_is_explained(reviewer: Visitor, wrong: dict[str, object]) -> None:
    """An address written by hand is answered with what is wrong in it."""
    page = await reviewer.get("/inbox", **wrong)
    assert page.status_code == 400
    assert f"cannot be read: {next(iter(wrong))}" in page.text


async def test_an_exchange_with_all_there_is_to_it(log: ExchangeLog, reviewer: Visitor) -> None:
    """Question, reading, reply as seen, the quote in its article with score and reason, thumbs, and the chat."""
    before, number, after = record(log, abstained("Before?"), whale_exchange(minutes=1), abstained("After?", 2))
    FeedbackBook(log.database).press(number, 7, Thumb.DOWN)
    text = (await reviewer.get(f"/exchange/{number}")).text
    assert "“<b>Whales</b> eat krill.”" in text
    assert 'class="sentence quoted"' in text
    assert ">Krill eat algae.</a>" in text
    assert "BM25 4.50" in text
    assert '<span class="term">whales</span>' in text
    assert "thumb down" in text
    assert text.index(f'href="/exchange/{before}"') < text.index(f'href="/exchange/{after}"')


async def test_a_quote_that_no_longer_stands_is_said(
    log: ExchangeLog, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """Where the article has lost the sentence, the quote is shown as logged and marked."""
    folder(whales="Whales sing. They sleep.")
    (number,) = record(log, whale_exchange())
    assert "no longer in the article" in (await reviewer.get(f"/exchange/{number}")).text


async def test_hostile_text_stays_text(log: ExchangeLog, reviewer: Visitor) -> None:
    """Whatever people wrote, or a reply holds, no page takes it for its own markup."""
    hostile = whale_exchange(HOSTILE).model_copy(
        update={"reply": f"<b onclick=x>a</b>{HOSTILE}<a href='javascript:x'>b"}
    )
    (number,) = record(log, hostile)
    for path in ("/inbox", f"/exchange/{number}", f"/exchange/{number}/choose"):
        text = (await reviewer.get(path, find=HOSTILE)).text
        assert "<script>alert" not in text
        assert "onclick" not in text
        assert 'href="javascript' not in text


async def test_a_verdict_leads_to_the_next_exchange(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """After a verdict the next one of the same list is shown; after the last, the inbox."""
    older, newer = record(log, whale_exchange("One?"), whale_exchange("Two?"))
    answer = await reviewer.post(f"/exchange/{newer}/verdict?chat=7", {"verdict": "partly", "note": " Half. \r\nYes."})
    assert answer.headers["location"] == f"/exchange/{older}?chat=7"
    answer = await reviewer.post(f"/exchange/{older}/verdict?chat=7", {"verdict": "right"})
    assert answer.headers["location"] == "/inbox?chat=7"
    assert [(v.reviewer, v.verdict, v.note) for v in book.of(newer)] == [("Ada", Ruling.PARTLY, "Half. \nYes.")]


async def test_a_better_sentence_is_chosen(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """A sentence of any article, found by a search or by reading, goes with the verdict and stays with it."""
    (number,) = record(log, whale_exchange())
    found = (await reviewer.get(f"/exchange/{number}/choose", find="sing")).text
    assert "birds.txt" in found
    read = (await reviewer.get(f"/exchange/{number}/choose", open="birds.txt")).text
    assert "start=15&amp;end=31#verdict" in read
    page = (await reviewer.get(f"/exchange/{number}", file="birds.txt", start=15, end=31)).text
    assert "Most birds sing." in page
    place = {"file": "birds.txt", "start": 15, "end": 31}
    await reviewer.post(f"/exchange/{number}/verdict", {"verdict": "wrong", **place})
    better = BetterQuote(file="birds.txt", start=15, end=31, quote="Most birds sing.")
    assert [each.better for each in book.of(number)] == [better]
    assert 'name="start" value="15"' in (await reviewer.get(f"/exchange/{number}")).text


@pytest.mark.parametrize("place", [{"start": 1, "end": 3}, {"start": "x", "end": 3}, {"start": -1, "end": 2**70}, {}])
async def test_what_is_no_sentence_is_not_taken(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor, place: dict[str, object]
) -> None:
    """Only a sentence of today's articles can be named; nothing is recorded otherwise."""
    (number,) = record(log, whale_exchange())
    answer = await reviewer.post(f"/exchange/{number}/verdict", {"verdict": "wrong", "file": "birds.txt", **place})
    assert answer.status_code == 400
    assert "choose it again" in answer.text
    assert book.of(number) == []


@pytest.mark.parametrize("fields", [{}, {"verdict": "great"}, {"verdict": "right", "note": "x" * 4001}])
async def test_a_form_that_cannot_be_used_is_explained(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor, fields: dict[str, str]
) -> None:
    """A verdict that is none, or a note that is too long, is one line; nothing is recorded."""
    (number,) = record(log, whale_exchange())
    assert (await reviewer.post(f"/exchange/{number}/verdict", fields)).status_code == 400
    assert book.of(number) == []


async def test_an_address_for_forms_cannot_be_opened(log: ExchangeLog, reviewer: Visitor) -> None:
    """Following a link never changes anything."""
    (number,) = record(log, whale_exchange())
    assert (await reviewer.get(f"/exchange/{number}/verdict")).status_code == 400
    assert (await reviewer.get(f"/exchange/{number}/second")).status_code == 400


async def test_without_articles_the_record_can_be_read_and_judged(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """When no article can be used, exchanges are shown as logged; only choosing is not possible, and says so."""
    for article in folder().iterdir():
        article.unlink()
    (number,) = record(log, whale_exchange())
    assert "article gone" in (await reviewer.get(f"/exchange/{number}")).text
    assert "sources --check" in (await reviewer.get(f"/exchange/{number}/choose")).text
    assert (await reviewer.post(f"/exchange/{number}/verdict", {"verdict": "right"})).status_code == 302
    assert len(book.of(number)) == 1


async def test_second_opinions_name_who_asked(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """The page says who wants a second opinion, and shows what others said."""
    (number,) = record(log, whale_exchange())
    book.ask_second(SecondReview(exchange_id=number, asked_by="Ben", asked_at=dt.datetime.now(dt.UTC)))
    book.give(verdict(number, Ruling.PARTLY))
    text = (await reviewer.get(f"/exchange/{number}")).text
    assert "Ben asked for a second opinion" in text
    assert re.search(r"Ben: <span class=\"tag partly\">partly</span>", text)
