"""Takes the pictures of the pages that README and docs show; `make screenshots` writes them into docs/pictures."""

import asyncio
import datetime as dt
import random
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Literal

from playwright.async_api import ViewportSize, async_playwright

from bot.app import open_desk, open_folder
from bot.desk.asker import Asker
from bot.review.review_context import context_of
from bot.settings import SEEDS, read_settings
from prompts.models import Channel
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.database.verdict_migrations import verdicts_beside
from storage.models import Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import Ruling, Verdict
from storage.verdicts.reviewers import ReviewRole
from tests.support.browser import CHROMIUM, FLAGS
from tests.support.osa import QUESTION
from tests.support.review_site import served, site_over

TARGET = Path(__file__).parent.parent / "docs" / "pictures"
PAGES = {
    "inbox": "/inbox?status=all",
    "exchange": "/exchange/5",
    "choose": "/exchange/5/choose?find=official+security+assistance",
    "articles": "/articles",
    "gaps": "/gaps",
    "dashboard": "/dashboard",
}
QUESTIONS = (
    QUESTION,
    "Who won the football world cup in 2022?",
    "When did the Izumo call at Cam Ranh?",
    "Who chairs the Japan-Vietnam Parliamentary Friendship Union?",
    "What is the price of lithium?",
    "Where is lithium mined in Chile?",
    "How many countries have signed a defense equipment deal with Japan?",
    "What did Kishida say about a free and open Indo-Pacific?",
)
SIZE = ViewportSize(width=1280, height=860)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ASKED, CHATS = 160, (5, 6, -7, -8)


def fill(path: Path) -> None:
    """A month of questions that the five articles answer or do not, with feedback and verdicts; always the same."""
    settings, dice, now = read_settings(articles=SEEDS, database=path), random.Random(5), dt.datetime.now(dt.UTC)
    with closing(DeskDatabase(path)) as database, closing(VerdictBook(verdicts_beside(path))) as book:
        desk, log = open_desk(settings, open_folder(settings).open(), None), ExchangeLog(database)
        for place in range(ASKED):
            chat = dice.choice(CHATS)
            asked = desk.ask(dice.choice(QUESTIONS), Asker(channel=Channel.TELEGRAM, chat_id=chat, user_id=5))
            at = now - dt.timedelta(days=29 * (ASKED - place) / ASKED)
            slow = {"asked_at": at, "latency_ms": dice.lognormvariate(4.6, 0.4)}
            number = log.record(asked.model_copy(update=slow)).id or 0
            if place % 5 == 0:
                FeedbackBook(database).press(number, 5, dice.choice(list(Thumb)))
                with database.writing() as db:
                    db.execute("update feedback set given_at = ? where exchange_id = ?", [timestamp(at), number])
            for reviewer in ("Ada", "Ben")[: (place % 3 == 0) + (place % 6 == 0)]:
                ruling = dice.choices(list(Ruling), [8, 3, 2, 1, 1])[0]
                book.give(Verdict(exchange_id=number, reviewer=reviewer, verdict=ruling, given_at=at))


async def take(address: str, token: str) -> None:
    """Take every page, light and dark."""
    TARGET.mkdir(parents=True, exist_ok=True)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as chromium,
    ):
        page = await chromium.new_page(base_url=address, viewport=SIZE)
        await page.goto(f"/sign-in/{token}")
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            for name, path in PAGES.items():
                await page.goto(path)
                if name == "dashboard":
                    await page.locator("[data-plot=sources] svg").first.wait_for()
                await page.screenshot(path=TARGET / f"{name}-{scheme}-1280.png")


def main() -> None:
    """Make a record, serve it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policydesk.db"
        fill(path)
        with site_over(path, SEEDS) as site, served(site) as address:
            asyncio.run(take(address, context_of(site).links.make("Ada", ReviewRole.OWNER)))


if __name__ == "__main__":
    main()
