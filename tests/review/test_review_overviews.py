"""The pages over many exchanges: articles, gaps and the dashboard say what is on record, and nothing else."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from bot.review.review_context import context_of
from prompts.markup import clean
from storage.database.connection import DeskDatabase
from storage.database.migrations import MIGRATIONS
from storage.models import Exchange, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.review.agreement import kappa
from storage.review.dashboard import percentile
from storage.verdicts.models import Ruling, Verdict
from tests.support.desk import write
from tests.support.review_site import WHALES, Visitor, abstained, chat, record, site_over, whale_exchange

pytestmark = pytest.mark.both_dialects
DAY = 24 * 60
ALL = {"since": "2026-01-01", "until": "2026-12-31"}


@pytest.fixture
def site(log: ExchangeLog, folder: Callable[..., Path]) -> Iterator[Datasette]:
    with site_over(log.database, folder(whales=WHALES, birds="Birds can fly. Most birds sing.")) as datasette:
        yield datasette


@pytest.fixture
def reviewer(site: Datasette) -> Visitor:
    return Visitor(site)


def judge(site: Datasette, exchange_id: int, ruling: Ruling, name: str = "Ada") -> None:
    at = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    context_of(site).book.give(Verdict(exchange_id=exchange_id, reviewer=name, verdict=ruling, given_at=at))


async def figure(reviewer: Visitor, name: str, **days: str) -> list[list[str]]:
    """The rows of a figure's file, without the first line."""
    answer = await reviewer.get(f"/dashboard/{name}.csv", **(days or ALL))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")  # so that spreadsheets read it as UTF-8
    return list(csv.reader(io.StringIO(answer.text)))[1:]


def cells(page: str, row: str) -> list[str]:
    """The words of a table's row that holds some words."""
    found = next(found for found in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if row in found)
    return [
        " ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?>(.*?)</td>", found, re.DOTALL)
    ]


async def test_articles_with_what_they_were_good_for(log: ExchangeLog, site: Datasette, reviewer: Visitor) -> None:
    """Each article says how often and when it was quoted, how that was judged, and what of it was never quoted."""
    first, _ = record(log, whale_exchange(), whale_exchange(minutes=DAY))
    judge(site, first, Ruling.WRONG)
    page = (await reviewer.get("/articles")).text
    assert cells(page, "whales.txt")[1:] == ["2", "2026-03-03", "2 of 3", "1 wrong"]
    assert cells(page, "birds.txt")[1:] == ["0", "–", "2 of 2", "–"]
    assert page.index("whales.txt") < page.index("birds.txt")
    assert (await reviewer.get("/articles", sort="least")).text.index("whales.txt") > page.index("birds.txt") - 2_000
    assert (await reviewer.get("/articles", sort="odd")).status_code == 400


async def test_an_article_shows_what_was_quoted(log: ExchangeLog, reviewer: Visitor) -> None:
    """Sentences that were quoted are marked and say how often; those of one exchange are marked apart."""
    first, _ = record(log, whale_exchange(), whale_exchange())
    page = (await reviewer.get("/article", file="whales.txt")).text
    times = '<span class="times" title="times quoted">2</span>'
    assert f'<span class="was-quoted">Whales eat krill.</span>{times}' in page
    assert ">Krill eat algae.<" not in page  # not marked
    page = (await reviewer.get("/article", file="whales.txt", exchange=first)).text
    assert f"<mark>Whales eat krill.</mark>{times}" in page
    missing = await reviewer.get("/article", file="../etc/passwd")
    assert (missing.status_code, "no such article" in missing.text) == (404, True)


async def test_an_article_that_is_gone_keeps_its_citations(
    log: ExchangeLog, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """What was quoted from an article that is no longer there stays in the list."""
    (folder() / "whales.txt").unlink()
    record(log, whale_exchange())
    page = (await reviewer.get("/articles")).text
    assert cells(page, "whales.txt")[:2] == ["gone whales.txt", "1"]


async def test_gaps_are_grouped_by_the_words_they_share(log: ExchangeLog, site: Datasette, reviewer: Visitor) -> None:
    """Unanswered and badly judged questions that share a word stand together, with what no article holds."""
    lithium = [abstained(f"{question} lithium?") for question in ("Who mines", "What is the price of", "Where lies")]
    *_, wrong, liked = record(
        log,
        *lithium,
        chat("Hello!"),
        abstained("Do birds vote?"),
        whale_exchange("Do whales sing?"),
        whale_exchange(),
    )
    judge(site, wrong, Ruling.WRONG)
    FeedbackBook(log.database).press(liked, 7, Thumb.UP)
    page = (await reviewer.get("/gaps", **ALL)).text
    assert "3 questions" in page
    assert "lithium: in no article" in page
    assert "Do birds vote?" in page
    assert re.search(r"Do whales sing\?</a>\s*<span class=\"tag wrong\">", page)
    assert "What do whales eat?" not in page
    assert "Hello!" not in page


async def test_a_gap_of_japanese_questions_is_named_by_a_word_that_the_inbox_finds(
    log: ExchangeLog, reviewer: Visitor
) -> None:
    """Not by pairs of its letters; and the questions are found by it, as Vietnamese ones are by theirs."""
    asked = ("ベトナムの海軍は?", "誰がベトナムに行く?", "Tàu ở Đà Nẵng?", "Ai đến Đà Nẵng?")
    record(log, *(abstained(question, minutes) for minutes, question in enumerate(asked)))
    page = (await reviewer.get("/gaps", **ALL)).text
    named = [re.findall(r">([^<:]+)[<:]", terms) for terms in re.findall(r'<p class="gap-terms">(.*?)</p>', page)]
    assert [names[0] for names in sorted(named)] == ["Đà", "ベトナム"]
    for search, expected in (("ベトナム", asked[:2]), ("海軍", asked[:1]), ("da nang", asked[2:]), ("Đà", asked[2:])):
        inbox = (await reviewer.get("/inbox", q=search)).text
        assert {question for question in asked if question in inbox} == set(expected), search


async def test_a_question_asked_again_and_again_is_one_gap(log: ExchangeLog, reviewer: Visitor) -> None:
    """The same words count as often as they were asked, and are shown once."""
    record(log, *(abstained("Do birds vote?", minutes) for minutes in range(5)))
    page = (await reviewer.get("/gaps", **ALL)).text
    assert "5 questions" in page
    assert page.count("Do birds vote?") == 1
    assert "5 times" in page


async def test_figures_of_the_dashboard(log: ExchangeLog, site: Datasette, reviewer: Visitor) -> None:
    """Each figure comes as a file with exactly what is on record for the days asked for."""
    a, b, _ = record(log, whale_exchange(), abstained("Do birds vote?", 1, 8), whale_exchange(minutes=DAY))
    FeedbackBook(log.database).press(a, 7, Thumb.UP)
    judge(site, a, Ruling.RIGHT)
    judge(site, a, Ruling.RIGHT, "Ben")
    judge(site, b, Ruling.WRONG)
    judge(site, b, Ruling.RIGHT, "Ben")
    assert await figure(reviewer, "questions") == [["2026-03-02", "1", "1"], ["2026-03-03", "1", "0"]]
    assert await figure(reviewer, "questions", since="2026-03-03", until="2026-03-03") == [["2026-03-03", "1", "0"]]
    assert await figure(reviewer, "latencies") == [["2026-03-02", "12", "12", "12"], ["2026-03-03", "12", "12", "12"]]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert await figure(reviewer, "feedback", since=today, until=today) == [[today, "1", "0"]]
    assert await figure(reviewer, "verdicts") == [["right", "3"], ["wrong", "1"]]
    assert await figure(reviewer, "chats") == [["7", "", "2"], ["8", "", "1"]]
    assert await figure(reviewer, "sources") == [["whales.txt", "2"]]
    assert await figure(reviewer, "agreement") == [["Ada", "Ben", "2", "1", "0.0"]]
    page = (await reviewer.get("/dashboard", **ALL)).text
    assert "<dd>3</dd>" in page
    assert "<dd>67%</dd>" in page
    assert "Ada and Ben" in page


@pytest.mark.sqlite_only
async def test_a_topic_is_shown_in_the_order_of_time_with_a_plot(
    log: ExchangeLog, reviewer: Visitor, folder: Callable[..., Path]
) -> None:
    """Each event has its day, its quote, a link to its place and a mark; nothing of it goes on record."""
    told = "Krill was counted on March 3, 2014.\n\nKrill was counted again last year by Ada & <Ben>.\n"
    write(folder() / "krill.txt", f"Counts\n\n{told}")
    page = (await reviewer.get("/timeline", topic="krill")).text
    assert page.index("2014-03-03") < page.index("Undated")
    assert "“last year”, in an article without a date" in page
    assert "by Ada &amp; &lt;Ben&gt;." in page
    assert 'href="/article?file=krill.txt&amp;line=3"' in page
    assert page.count("<circle") == 1
    assert log.history() == []


@pytest.mark.sqlite_only
async def test_a_topic_without_dated_sentences_is_said_to_have_none(reviewer: Visitor) -> None:
    assert "No article has a dated sentence on this" in (await reviewer.get("/timeline", topic="zebras")).text
    assert "<circle" not in (await reviewer.get("/timeline")).text


async def test_a_desk_without_a_record(reviewer: Visitor) -> None:
    """Before the first question every page is there and says so."""
    for path in ("/inbox", "/articles", "/gaps", "/timeline", "/dashboard"):
        assert (await reviewer.get(path)).status_code == 200, path
    assert "Nothing in these days" in (await reviewer.get("/dashboard")).text


@pytest.mark.parametrize(
    "days", [{"since": "x"}, {"since": "2026-03-04", "until": "2026-03-03"}, {"until": "0001-01-01"}]
)
@pytest.mark.sqlite_only
async def test_days_that_cannot_be_used_are_explained(reviewer: Visitor, days: dict[str, str]) -> None:
    """Bad days are one line with the cure, on every page that takes days."""
    for path in ("/gaps", "/dashboard", "/dashboard/questions.csv"):
        answer = await reviewer.get(path, **days)
        assert answer.status_code == 400
        assert "choose them again" in answer.text or "write them as" in answer.text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "＝", "＋", "－", "＠"])
@pytest.mark.sqlite_only
async def test_no_cell_is_a_formula(log: ExchangeLog, reviewer: Visitor, start: str) -> None:
    """A file's name, which anybody may have chosen, does not run in a spreadsheet."""
    given = whale_exchange()
    citation = given.answer.citations[0].model_copy(update={"file": f"{start}cmd()"})
    record(log, given.model_copy(update={"answer": given.answer.model_copy(update={"citations": (citation,)})}))
    ((name, quotes),) = await figure(reviewer, "sources")
    assert (name, quotes) == (f"'{clean(f'{start}cmd()')}", "1")


@pytest.mark.sqlite_only
async def test_there_is_no_other_figure(reviewer: Visitor) -> None:
    """A file of another name is explained."""
    assert (await reviewer.get("/dashboard/secrets.csv")).status_code == 400


def tallies(database: DeskDatabase) -> list[list[tuple[object, ...]]]:
    """All that the database counts by the day."""
    with database.reading() as db:
        return [
            sorted(tuple(row) for row in db.execute(f"select * from tally_{name}") if row[-1] or name == "outcomes")  # noqa: S608 - our own names
            for name in ("outcomes", "chats", "latencies", "sources")
        ]


def some_exchanges() -> Sequence[Exchange]:
    slow = whale_exchange(minutes=DAY, chat=None).model_copy(update={"latency_ms": 12_345.6})
    return [whale_exchange(), abstained("Do birds vote?", 3, 8), slow, whale_exchange(minutes=DAY, chat=8)]


async def test_counts_stay_right_when_people_are_forgotten(log: ExchangeLog, reviewer: Visitor) -> None:
    """Who is forgotten stays counted by the day, and no count holds their id any more."""
    record(log, *some_exchanges())
    PeopleRecord(log.database).forget(8)
    assert await figure(reviewer, "questions") == [["2026-03-02", "1", "1"], ["2026-03-03", "2", "0"]]
    assert await figure(reviewer, "chats") == [["7", "", "1"]]
    with log.database.reading() as db:
        assert db.execute("select count(*) from tally_chats where chat_id = 8").fetchone()[0] == 0


@pytest.mark.sqlite_only
def test_an_older_log_is_counted_when_it_is_opened(log: ExchangeLog, tmp_path: Path) -> None:
    """A log from before there were counts has the same counts afterwards as one that always had them."""
    record(log, *some_exchanges())
    old = tmp_path / "old.db"
    with closing(Database(old).conn) as connection:
        MIGRATIONS.apply(Database(connection), stop_before="0009_review")
        connection.execute("attach database ? as new", [str(log.database.path)])
        for table in ("exchanges", "citations"):
            names = ", ".join(Database(connection).table(table).columns_dict)
            connection.execute(f"insert into {table} select {names} from new.{table}")  # noqa: S608 - our own names
        connection.commit()
    with closing(DeskDatabase(old)) as opened:
        assert tallies(opened) == tallies(log.database)


def test_percentiles_by_nearest_rank() -> None:
    """The least value that so many do not exceed."""
    counts = {10: 90, 200: 9, 5_000: 1}
    assert [percentile(counts, share) for share in (0.5, 0.9, 0.95, 0.99, 1.0)] == [10, 10, 200, 200, 5_000]


def test_kappa_as_in_the_textbook() -> None:
    """Cohen's example by hand: 20 both right, 15 both wrong, 5 and 10 split: 0.7 observed, 0.5 expected, 0.4 kappa."""
    right, wrong = Ruling.RIGHT, Ruling.WRONG
    given = [(right, right)] * 20 + [(wrong, wrong)] * 15 + [(right, wrong)] * 5 + [(wrong, right)] * 10
    assert kappa(given) == pytest.approx(0.4)
    assert kappa([(right, right)]) is None


async def test_long_spans_are_added_up_by_the_month(log: ExchangeLog, reviewer: Visitor) -> None:
    """A year is shown by its months; its files still have each day."""
    record(log, whale_exchange(), whale_exchange(minutes=DAY), whale_exchange(minutes=40 * DAY))
    page = (await reviewer.get("/dashboard", **ALL)).text
    assert cells(page, "2026-03-01") == ["2026-03-01", "2", "0"]
    assert cells(page, "2026-04-01") == ["2026-04-01", "1", "0"]
    assert len(await figure(reviewer, "questions")) == 3
