"""The inbox and the page of an exchange: what a reviewer sees, finds and says, and what is kept of it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.review.review_context import context_of
from bot.review.site import open_site
from bot.settings import SEEDS
from prompts.models import Channel, Citation
from retrieval.articles_folder import ArticlesFolder
from retrieval.evaluation.judged_questions import JudgedQuestion
from storage.models import Exchange, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.review import inbox
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, SecondReview, Verdict
from tests.retrieval.semantic.word_meaning import WordMeaning
from tests.support.desk import policydesk
from tests.support.review_site import WHALES, Visitor, abstained, chat, record, site_over, whale_exchange

pytestmark = pytest.mark.both_dialects
HOSTILE = "<script>alert(1)</script> \u202ewhales"


@pytest.fixture
def site(log: ExchangeLog, folder: Callable[..., Path]) -> Iterator[Datasette]:
    with site_over(log.database, folder(whales=WHALES, birds="Birds can fly. Most birds sing.")) as datasette:
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


@pytest.mark.sqlite_only
async def test_a_quote_tells_what_the_semantic_extra_had_to_do_with_its_place(
    log: ExchangeLog, folder: Callable[..., Path]
) -> None:
    number = record(log, whale_exchange())[0]
    for model, told in ((WordMeaning(), True), (None, False)):
        with open_site(log.database, ArticlesFolder(folder(whales=WHALES), model=model), ()) as datasette:
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
@pytest.mark.sqlite_only
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
    around = text[text.index("In the same chat") :]
    assert "“<b>Whales</b> eat krill.”" in text
    assert 'class="sentence quoted"' in text
    assert ">Krill eat algae.</a>" in text
    assert "BM25 4.50" in text
    assert '<span class="term">whales</span>' in text
    assert "thumb down" in text
    assert around.index(f'href="/exchange/{before}"') < around.index(f'href="/exchange/{after}"')


async def test_a_quote_that_no_longer_stands_is_said(
    log: ExchangeLog, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """Where the article has lost the sentence, the quote is shown as logged and marked."""
    folder(whales="Whales sing. They sleep.")
    (number,) = record(log, whale_exchange())
    assert "no longer in the article" in (await reviewer.get(f"/exchange/{number}")).text


@pytest.mark.sqlite_only
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
    assert answer.headers["location"] == f"/exchange/{older}?chat=7&saved={newer}"
    answer = await reviewer.post(f"/exchange/{older}/verdict?chat=7", {"verdict": "right"})
    assert answer.headers["location"] == f"/inbox?chat=7&saved={older}"
    assert [(v.reviewer, v.verdict, v.note) for v in book.of(newer)] == [("Ada", Ruling.PARTLY, "Half. \nYes.")]


@pytest.mark.parametrize(
    ("asked", "fitting"),
    [
        (whale_exchange(), ["right", "partly", "wrong", "should have abstained"]),
        (abstained("Do birds vote?"), ["right", "should have answered"]),
        (chat("Hello!"), ["right", "should have answered"]),
    ],
)
@pytest.mark.sqlite_only
async def test_only_verdicts_that_fit_the_outcome_are_offered(
    log: ExchangeLog, book: VerdictBook, site: Datasette, asked: Exchange, fitting: list[str]
) -> None:
    """First of all in the form; and whatever was given before, so that it can be seen to stand."""
    (number,) = record(log, asked)
    text = (await Visitor(site).get(f"/exchange/{number}")).text
    form = text[text.index('id="verdict"') :]
    assert re.findall(r'name="verdict" value="([^"]+)"', form) == fitting
    assert form.index('name="verdict"') < form.index('id="choose"') < form.index('id="note"')
    book.give(verdict(number, Ruling.SHOULD_HAVE_ANSWERED, "Ada"))
    text = (await Visitor(site).get(f"/exchange/{number}")).text
    assert re.search(r'value="should have answered"[^>]*aria-pressed="true"', text)


async def test_a_verdict_is_undone(log: ExchangeLog, book: VerdictBook, site: Datasette) -> None:
    """The one before it counts again, others keep theirs, and what is not the newest any more is not undone."""
    older, newer = record(log, whale_exchange("One?"), whale_exchange("Two?"))
    reviewer = Visitor(site)
    book.give(verdict(newer, Ruling.WRONG, "Ben"))
    place = {"file": "birds.txt", "start": 15, "end": 31}
    for given in ({"verdict": "right"}, {"verdict": "partly", **place}):
        answer = await reviewer.post(f"/exchange/{newer}/verdict?status=all", given)
    assert answer.headers["location"] == f"/exchange/{older}?status=all&saved={newer}"
    page = (await reviewer.get(f"/exchange/{older}", status="all", saved=newer)).text
    assert f'Saved: <strong>partly</strong> on <a href="/exchange/{newer}?status=all">#{newer}</a>' in page
    form = {"given_at": re.search(r'name="given_at" value="([^"]+)"', page)[1]}  # type: ignore[index]
    assert (await Visitor(site, "Ben").post(f"/exchange/{newer}/undo", form)).status_code == 400
    answer = await reviewer.post(f"/exchange/{newer}/undo?status=all", form)
    assert answer.headers["location"] == (f"/exchange/{newer}?status=all&undone=1&file=birds.txt&start=15&end=31")
    assert [(v.reviewer, v.verdict) for v in book.of(newer)] == [("Ben", Ruling.WRONG), ("Ada", Ruling.RIGHT)]
    assert (await reviewer.post(f"/exchange/{newer}/undo", form)).status_code == 400
    assert (await reviewer.post(f"/exchange/{newer}/undo", {})).status_code == 400
    assert await shown(reviewer, status="disputed") == [newer]


async def test_the_last_verdict_undone_leaves_none(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """The exchange waits again, and is counted so."""
    (number,) = record(log, whale_exchange())
    await reviewer.post(f"/exchange/{number}/verdict", {"verdict": "right"})
    given = book.of(number)[0].given_at.isoformat()
    await reviewer.post(f"/exchange/{number}/undo", {"given_at": given})
    assert await shown(reviewer) == [number]
    assert '<strong id="unreviewed">1</strong>' in (await reviewer.get("/inbox")).text


async def test_the_place_in_the_list(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """An exchange knows the one before and behind it in the list it was opened from, and how far down it is."""
    a, b, c, d = record(log, *(whale_exchange(f"{n}?", n) for n in range(4)))
    book.give(verdict(c))
    text = (await reviewer.get(f"/exchange/{b}")).text
    assert "2 of 3" in text
    assert re.search(rf'rel="prev" href="/exchange/{d}"', text)
    assert re.search(rf'rel="next" href="/exchange/{a}"', text)
    assert "3 in this list" in (await reviewer.get(f"/exchange/{c}")).text
    assert "3 of 4" in (await reviewer.get(f"/exchange/{b}", status="all")).text
    assert 'rel="prev"' not in (await reviewer.get(f"/exchange/{d}", status="all")).text


async def test_people_and_chats_by_name(log: ExchangeLog, reviewer: Visitor) -> None:
    """A row says who asked and where, and how the answer begins; each leads to all else of the same person or chat."""
    named = {"user_id": 5, "user_name": "Aiko <b>", "chat_id": -7, "chat_name": "Desk"}
    asked, other = record(log, whale_exchange().model_copy(update=named), whale_exchange("Other?", chat=8))
    text = (await reviewer.get("/inbox")).text
    assert '<span class="asker">Aiko &lt;b&gt; in Desk</span>' in text
    assert '<span class="asker">person 8</span>' in text  # nobody has told a name
    assert '<p class="first-line">“Whales eat krill.”</p>' in text
    page = (await reviewer.get(f"/exchange/{asked}")).text
    assert '<a href="/inbox?status=all&amp;person=5">Aiko &lt;b&gt;</a> in <a' in page
    assert await shown(reviewer, status="all", person=5) == await shown(reviewer, status="all", chat=-7) == [asked]
    assert "asked by <strong>Aiko &lt;b&gt;</strong>" in (await reviewer.get("/inbox", person=5)).text
    assert await shown(reviewer, status="all", article="whales.txt") == [other, asked]
    assert await shown(reviewer, status="all", article="birds.txt") == []


async def test_chat_is_no_question_to_review(log: ExchangeLog, book: VerdictBook, reviewer: Visitor) -> None:
    """Greetings are neither in the inbox nor in the count of it; who looks for them finds them."""
    greeting, asked = record(log, chat("Hello!"), whale_exchange())
    assert await shown(reviewer) == [asked]
    assert await shown(reviewer, outcome="chat") == [greeting]
    assert await shown(reviewer, status="all") == [asked, greeting]
    for _ in range(2):
        assert '<strong id="unreviewed">1</strong>' in (await reviewer.get("/inbox")).text
        book.give(verdict(greeting))


async def test_filters_are_saved_by_name(site: Datasette, reviewer: Visitor) -> None:
    """A reviewer keeps filters for themselves, until they are removed; none for one person."""
    await reviewer.post("/inbox/filters?outcome=abstained&q=vote", {"name": " Votes "})
    page = (await reviewer.get("/inbox")).text
    assert '<a href="/inbox?outcome=abstained&amp;q=vote">Votes</a>' in page
    assert "Votes" not in (await Visitor(site, "Ben").get("/inbox")).text
    for address, name in (("/inbox/filters?person=5", "Aiko"), ("/inbox/filters?chat=5", "Aiko"),
                          ("/inbox/filters", " "), ("/inbox/filters", "x" * 41)):  # fmt: skip
        assert (await reviewer.post(address, {"name": name})).status_code == 400
    answer = await reviewer.post("/inbox/filters?q=vote", {"remove": "Votes"})
    assert answer.headers["location"] == "/inbox?q=vote"
    assert "Votes" not in (await reviewer.get("/inbox")).text


async def test_quotes_of_an_article_with_two_lines_around(
    log: ExchangeLog, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """Each article once, linked to its original and to the whole of it here; quotes near each other in one block."""
    lines = "\n".join(f"Whale number {n} eats krill." for n in range(1, 41))
    folder(krill=f"---\nurl: https://example.org/krill\n---\n{lines}\n")
    quotes = [f"Whale number {n} eats krill." for n in (5, 7, 30)]
    text = (folder() / "krill.txt").read_text()
    citations = tuple(
        Citation(number=n, file="krill.txt", line=1, start=(at := text.index(quote)), end=at + len(quote), quote=quote,
                 title="", score=1) for n, quote in enumerate(quotes, 1)
    )  # fmt: skip
    given = whale_exchange()
    (number,) = record(
        log, given.model_copy(update={"answer": given.answer.model_copy(update={"citations": citations})})
    )
    page = (await reviewer.get(f"/exchange/{number}")).text
    shown_lines = [int(line) for line in re.findall(r'id="line-(\d+)"', page)]
    first, last = 5 + text[: text.index("Whale")].count("\n"), 30 + text[: text.index("Whale")].count("\n")
    assert shown_lines == [*range(first - 2, first + 5), *range(last - 2, last + 3)]
    assert page.count("Whole article") == 1
    assert f'href="/article?file=krill.txt&amp;exchange={number}#line-{first}"' in page
    assert '<a href="https://example.org/krill"' in page
    whole = (await reviewer.get("/article", file="krill.txt", exchange=number)).text
    assert re.findall(r"<mark>([^<]+)</mark>", whole)[1:] == quotes  # the first explains the mark


async def test_the_next_passages_are_there_before_any_search(log: ExchangeLog, reviewer: Visitor) -> None:
    """The question stands on top; sentences that were quoted are no choice, the next are, each with its button."""
    (number,) = record(log, whale_exchange())
    page = (await reviewer.get(f"/exchange/{number}/choose")).text
    assert '<h1 class="asked">What do whales eat?</h1>' in page
    assert re.findall(r'<p class="sentence-text" id="hit-\d+">([^<]+)', page) == [
        "Nobody eats whales.",
        "Krill eat algae.",
    ]
    assert page.count(">Choose</a>") == 2


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


@pytest.mark.sqlite_only
async def test_one_quote_of_a_comparison_is_judged_alone(desk: Desk, log: ExchangeLog) -> None:
    """The page shows the quotes of both sides; the one that goes with a verdict is the support, and no other."""
    desk.ask("Compare Kishida and Ishiba on OSA", Asker(channel=Channel.CLI))
    (compared,) = log.history()
    *_, quoted = compared.citations
    with site_over(log.database, SEEDS) as site:
        reviewer, place = Visitor(site), {"file": quoted.file, "start": quoted.start, "end": quoted.end}
        page = (await reviewer.get(f"/exchange/{compared.id}")).text
        assert all(f"<strong>[{cited.number}]</strong>" in page for cited in compared.citations)
        answer = await reviewer.post(f"/exchange/{compared.id}/verdict", {"verdict": "partly", **place})
        assert answer.status_code == 302
    judged = JudgedQuestion.model_validate_json(policydesk("judgments", "export").stdout)
    assert judged.question == compared.question
    assert [(span.file, span.start, span.end) for span in judged.support] == [(quoted.file, quoted.start, quoted.end)]


@pytest.mark.parametrize("place", [{"start": 1, "end": 3}, {"start": "x", "end": 3}, {"start": -1, "end": 2**70}, {}])
@pytest.mark.sqlite_only
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
@pytest.mark.sqlite_only
async def test_a_form_that_cannot_be_used_is_explained(
    log: ExchangeLog, book: VerdictBook, reviewer: Visitor, fields: dict[str, str]
) -> None:
    """A verdict that is none, or a note that is too long, is one line; nothing is recorded."""
    (number,) = record(log, whale_exchange())
    assert (await reviewer.post(f"/exchange/{number}/verdict", fields)).status_code == 400
    assert book.of(number) == []


@pytest.mark.sqlite_only
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
