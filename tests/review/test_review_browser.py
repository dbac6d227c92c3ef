"""The pages for reviewers in a real browser: by keyboard, without scripts, light and dark, and open to everybody."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from datasette.app import Datasette
from playwright.async_api import Browser, Page, expect

from bot.review.review_context import context_of
from prompts.composition.brief import BriefPlan, PlannedQuote
from retrieval.brief.aspects import Aspect
from storage.briefs.book import BriefBook
from storage.database.connection import DeskDatabase
from storage.models import Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.verdicts.models import BetterQuote, Ruling, SecondReview, Verdict
from storage.verdicts.reviewers import ReviewRole, add_reviewer
from tests.support.browser import BROWSED, DESK
from tests.support.desk import write
from tests.support.review_site import NOON, ROUTES, WHALES, abstained, record, served, site_over, whale_exchange

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
PAGES = (
    "/inbox?q=day 3",
    "/inbox?status=all&q=lithium",
    "/inbox?q=(",
    "/exchange/1",
    "/exchange/1?file=whales.txt&start=18&end=34",
    "/exchange/1/choose?find=krill",
    "/exchange/1/choose?open=whales.txt",
    "/articles",
    "/article?file=whales.txt",
    "/gaps?since=2026-01-01",
    "/timeline?topic=krill since 1990",
    "/briefs",
    "/brief/40?said=made",
    "/brief/40/html",
    "/dashboard?since=2026-01-01",
    "/-/logout",
    "/log",
    "/log?sql=select+1+as+one",
    "/log?sql=select+nothing",
    "/log?sql=delete+from+exchanges",
    "/log/exchanges?_facet=outcome&_sort_desc=id&_size=3",
    "/log/exchanges/1",
    "/log/citations?_col=exchange_id&_col=quote&_size=3",
    "/log/by_article?file=whales&_size=3",
    "/verdicts/verdicts",
    "/nowhere",
)
WHALES_SAY = (WHALES[:17], WHALES[18:34], WHALES[35:])
_VIOLATIONS = {"resultTypes": ["violations"], "preload": False}  # to hand over the rest takes as long as to look
_SEEN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "summary-name", "target-size"]
LOOKED_FOR: tuple[tuple[int, Literal["light", "dark"], dict[str, object]], ...] = (
    (1440, "light", _VIOLATIONS),
    (360, "dark", {**_VIOLATIONS, "runOnly": _SEEN}),
)
"""All that axe-core knows, light and wide; and dark and narrow, what hangs on colours, widths and what is folded."""

pytestmark = BROWSED


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    """A record of some weeks, with feedback and verdicts."""
    folder = tmp_path_factory.mktemp("review")
    write(folder / "articles" / "whales.txt", WHALES)
    ada = add_reviewer(folder / "reviewers.json", "Ada", ReviewRole.OWNER, PASSWORD)
    with closing(DeskDatabase(folder / "policydesk.db")) as database:
        log = ExchangeLog(database)
        record(log, *(whale_exchange(f"What do whales eat on day {n}?", n * 1440) for n in range(40)))
        record(log, abstained("Who sells lithium?"), abstained("Where is lithium mined?"))
        FeedbackBook(database).press(1, 7, Thumb.DOWN)
        BriefBook(database).add(40, whale_brief(), ())
        with site_over(database, folder / "articles", ada) as datasette:
            yield datasette


def whale_brief() -> BriefPlan:
    """A brief of three sentences in one part, the first of which is left out."""
    cited = whale_exchange().answer.citations[0]
    quotes = [
        PlannedQuote(
            aspect=Aspect.HEADLINE,
            citations=(cited.model_copy(update={"start": start, "end": end, "quote": WHALES[start:end]}),),
            is_chosen=start > 0,
        )
        for start, end in ((0, 17), (18, 34), (35, 54))
    ]
    return BriefPlan(question="Brief on krill", topic="krill", quotes=tuple(quotes))


@pytest.fixture(scope="module")
def address(site: Datasette) -> Iterator[str]:
    with served(site) as url:
        yield url


async def signed_in(chromium: Browser, site: Datasette, address: str, **how: object) -> Page:
    """A page of somebody who has signed in by a link, in a window of its own."""
    context = await chromium.new_context(base_url=address, **how)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto("/sign-in/" + context_of(site).links.make("Ada", ReviewRole.OWNER))
    return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(chromium: Browser, site: Datasette, address: str) -> AsyncIterator[Page]:
    """One window for the tests of this file: the browser starts a process for each, which takes longer than most."""
    page = await signed_in(chromium, site, address)
    yield page
    await page.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(tab: Page) -> AsyncIterator[Page]:
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    tab.on("pageerror", note)
    await tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    yield tab
    tab.remove_listener("pageerror", note)
    assert errors == []


async def choose(page: Page, sentence: str) -> None:
    """Press the button beside a sentence."""
    await (
        page.locator(".hit")
        .filter(has=page.get_by_text(sentence, exact=True))
        .get_by_role("link", name="Choose")
        .click()
    )


async def test_signing_in_with_a_password(chromium: Browser, address: str) -> None:
    """Name and password lead from any page to the inbox, and signing out leads back."""
    context = await chromium.new_context(base_url=address)
    page = await context.new_page()
    await page.goto("/dashboard")
    await page.get_by_label("Name").fill("Ada")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await context.close()


async def test_exchanges_by_keyboard(page: Page, site: Datasette) -> None:
    """Four verdicts from the inbox and four from exchange to exchange, without a mouse; the count goes down by eight.

    The same key says that an answer should have been none, and of a refusal, that there should have been an answer.
    """
    await page.goto("/inbox?status=unreviewed")
    before = int(await page.locator("#unreviewed").inner_text())
    given_before = len(context_of(site).book.newest())
    for key in "4123":
        await page.keyboard.press("j")
        async with page.expect_navigation():
            await page.keyboard.press(key)
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    for key in "4123":
        await expect(page.get_by_role("heading", name="Your verdict")).to_be_visible()
        async with page.expect_navigation():
            await page.keyboard.press(key)
    await page.goto("/inbox")
    assert int(await page.locator("#unreviewed").inner_text()) == before - 8
    given = context_of(site).book.newest()
    assert len(given) == given_before + 8
    assert {each.verdict for each in given} == set(Ruling)


async def test_keys_move_and_leave_typing_alone(page: Page) -> None:
    """j and k move the mark, and letters that somebody types stay letters."""
    await page.goto("/inbox?status=all")
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        await page.keyboard.press(key)
        await expect(page.locator(".row").nth(place)).to_have_class("row selected")
    await page.get_by_label("Words").fill("")
    await page.get_by_label("Words").press_sequentially("jk1")
    await expect(page.get_by_label("Words")).to_have_value("jk1")


async def test_a_better_sentence_by_clicking_it(page: Page, site: Datasette) -> None:
    """A search finds it, a click chooses it, what was noted before is still there, and the verdict carries both."""
    await page.goto("/exchange/2?status=all")
    await page.get_by_label("Note").fill("The other half.")
    await page.get_by_role("link", name="Choose the sentence").click()
    await page.get_by_label("Search in all articles").fill("algae")
    await page.get_by_role("button", name="Show").click()
    await choose(page, "Krill eat algae.")
    await expect(page.locator(".better")).to_contain_text("Krill eat algae.")
    await expect(page.get_by_label("Note")).to_have_value("The other half.")
    async with page.expect_navigation():
        await page.get_by_role("button", name="partly").click()
    given = context_of(site).book.of(2)[0]
    better = BetterQuote(file="whales.txt", start=18, end=34, quote="Krill eat algae.")
    assert (given.verdict, given.note, given.better) == (Ruling.PARTLY, "The other half.", better)


async def test_a_verdict_is_undone_with_its_note_and_sentence(page: Page, site: Datasette) -> None:
    """One key takes it back, and leads to the exchange as it was left."""
    await page.goto("/exchange/10?status=all&file=whales.txt&start=18&end=34")
    await page.keyboard.press("n")
    await page.keyboard.type("Not quite.")
    await page.keyboard.press("Escape")
    async with page.expect_navigation():
        await page.keyboard.press("2")
    await expect(page.get_by_role("status")).to_contain_text("Saved: partly on #10")
    async with page.expect_navigation():
        await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name="What do whales eat on day 9?")).to_be_visible()
    await expect(page.get_by_label("Note")).to_have_value("Not quite.")
    await expect(page.locator(".better")).to_contain_text("Krill eat algae.")
    assert context_of(site).book.of(10) == []


async def test_a_sentence_is_chosen_by_keyboard(page: Page) -> None:
    """The next passages are there before any search, and lead back to the verdict."""
    await page.goto("/exchange/31?status=all")
    async with page.expect_navigation():
        await page.keyboard.press("c")
    await expect(page.get_by_role("heading", name="What do whales eat on day 30?")).to_be_visible()
    await page.keyboard.press("j")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator(".better")).to_contain_text("Nobody eats whales.")


async def test_on_a_phone_the_verdict_is_at_hand_and_the_filters_are_folded(page: Page) -> None:
    """Without a scroll the buttons are in the window, side by side at its bottom; a press unfolds the filters."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto("/exchange/32?status=all")
    boxes = [await button.bounding_box() for button in await page.locator(".verdicts button").all()]
    assert len(boxes) == 4
    assert all(box and box["y"] > 700 and box["y"] + box["height"] <= 844 for box in boxes)
    await page.goto("/inbox")
    await expect(page.get_by_label("Words")).not_to_be_visible()
    await page.locator("summary", has_text="Filters").click()
    await expect(page.get_by_label("Words")).to_be_visible()


async def test_wide_filters_stand_in_one_row(page: Page) -> None:
    """All of them and their buttons have the same bottom edge."""
    await page.goto("/inbox")
    fields = await page.locator(".row-of").locator("input:not([type=hidden]), select, button, .button").all()
    bottoms = {round(box["y"] + box["height"]) for field in fields if (box := await field.bounding_box())}
    assert (len(fields), len(bottoms)) == (9, 1)


async def test_everything_but_plots_and_keys_without_scripts(chromium: Browser, site: Datasette, address: str) -> None:
    """With scripts off a reviewer filters, reads, chooses, judges, asks for a second opinion and reads the figures."""
    page = await signed_in(chromium, site, address, java_script_enabled=False)
    await page.goto("/inbox")
    await page.get_by_label("Outcome").select_option("abstained")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_role("link", name="Who sells lithium?").click()
    await page.get_by_role("button", name="Ask for a second opinion").click()
    await expect(page.get_by_text("Ada asked for a second opinion")).to_be_visible()
    await page.get_by_role("link", name="Choose the sentence").click()
    await page.get_by_label("Search in all articles").fill("krill")
    await page.get_by_role("button", name="Show").click()
    await choose(page, "Whales eat krill.")
    await page.get_by_role("button", name="should have answered").click()
    await page.goto("/dashboard?since=2026-01-01")
    await page.locator("summary").first.click()
    await expect(page.locator("#questions")).to_be_visible()
    assert context_of(site).book.of(41)[0].verdict is Ruling.SHOULD_HAVE_ANSWERED
    await page.context.close()


async def test_quotes_are_dragged_and_moved_by_arrow_keys_into_the_order_of_the_document(page: Page) -> None:
    """The document that is made next has them in that order, and a quote that is ticked besides."""
    await page.goto("/brief/40")
    krill, algae, nobody = (page.locator(".choice-row", has_text=text) for text in WHALES_SAY)
    await krill.get_by_label("Quote", exact=True).check()
    await krill.locator(".handle").drag_to(nobody, target_position={"x": 200, "y": 40})
    await expect(page.locator(".choice-row [name^=place-]").nth(2)).to_have_attribute("name", "place-1")
    await nobody.locator(".handle").press("ArrowUp")
    await expect(nobody.locator(".handle")).to_be_focused()
    assert [await row.get_by_label("Place").input_value() for row in (nobody, algae, krill)] == ["1", "2", "3"]
    async with page.expect_navigation():
        await page.get_by_role("button", name="Make the document").click()
    await expect(page.get_by_role("status")).to_contain_text("The document is made")
    await page.get_by_role("link", name="page to print").click()
    await expect(page.locator(".headline .quote")).to_have_text([WHALES_SAY[2], WHALES_SAY[1], WHALES_SAY[0]])


async def test_plots_are_drawn_from_the_tables(page: Page) -> None:
    """Every figure that has rows has a plot, made by nothing that is fetched from elsewhere."""
    await page.goto("/exchange/1")
    async with page.expect_navigation():
        await page.keyboard.press("1")
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    await page.goto("/dashboard?since=2026-01-01")
    for name in ("questions", "latencies", "feedback", "verdicts", "chats", "sources"):
        await expect(page.locator(f"[data-plot={name}] svg").first).to_be_visible()
    assert hosts == {page.url.split("/")[2]}


async def test_no_barrier_on_any_page(chromium: Browser, site: Datasette, address: str) -> None:
    """axe-core finds nothing of any weight on any page, the tables included, wide and light or narrow and dark."""
    book = context_of(site).book
    book.ask_second(SecondReview(exchange_id=3, asked_by="Ben", asked_at=NOON))
    book.give(Verdict(exchange_id=5, reviewer="Ada", verdict=Ruling.PARTLY, note="Half.", given_at=NOON))
    book.save_filter("Ada", "Whales", "?q=whales")
    page = await signed_in(chromium, site, address, reduced_motion="reduce")
    await page.add_init_script(AXE_SCRIPT)
    found = []
    for path in (*PAGES, "/exchange/5?status=all&saved=5", "/inbox?person=7&status=all&saved=5&q=lithium"):
        await page.goto(path)
        found += await barriers(page)
    await page.context.clear_cookies()
    await page.goto("/-/login")
    assert found + await barriers(page) == []
    await page.context.close()


async def test_no_page_is_left_out_of_the_search_for_barriers() -> None:
    """Every route of a page that reviewers may open has an address among those that axe-core looks at."""
    looked_at = [path.partition("?")[0] for path in PAGES]
    for pattern in ROUTES.keys() - {"^/$", r"^/dashboard/(?P<figure>[a-z]+)\.csv$"}:  # leads on; is a file
        assert any(re.search(pattern, path) for path in looked_at), pattern


async def barriers(page: Page) -> list[tuple[str, str, str]]:
    """What axe-core finds on a page, and whether the page is wider than the window, a wide or a narrow one."""
    found = []
    for width, scheme, rules in LOOKED_FOR:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        results = await page.evaluate("(rules) => axe.run(rules)", rules)
        found += [(f"{page.url} {scheme}", each["id"], str(each["nodes"][0]["html"])) for each in results["violations"]]
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((page.url, "wider than the window", str(width)))
    return found
