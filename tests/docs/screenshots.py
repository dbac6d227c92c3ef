"""Takes the pictures that README and docs show; `make screenshots` writes them into docs/pictures."""

import asyncio
import base64
import datetime as dt
import hashlib
import json
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import Browser, Page

from bot.app import Office, open_desk, open_folder
from bot.demo import COLLEAGUES, GROUP, QUESTIONS, SUGGESTIONS, TOPICS
from bot.desk.asker import Asker
from bot.emulator.web.server import Emulator
from bot.review.review_context import context_of
from bot.settings import SEEDS, read_settings
from prompts.models import Channel
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.models import Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import Ruling, Verdict
from storage.verdicts.reviewers import ReviewRole
from tests.docs.blocks import ROOT
from tests.support.browser import browsing
from tests.support.desk import serving
from tests.support.review_site import served, site_over

PICTURES = ROOT / "docs" / "pictures"
DIGESTS = PICTURES / "digests.json"
BRIEFS = {f"brief-{topic}-{page}.webp" for topic in ("osa", "south-china-sea") for page in (1, 2)}
"""The pages of two briefs as Word prints them, taken by hand."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENS = {1280: 860, 390: 844}
"""Widths and heights in pixels: a desk and a phone."""
QUALITY = 80
DRAWN = {"chat": (".message",), "group": (".message",), "dashboard": ("[data-plot=sources] svg",)}
"""What a page's script draws, which is waited for."""


Taken = dict[str, bytes]
"""Pictures by the names of their files."""


class Scene(NamedTuple):
    """Pages that are shown together: their addresses by the names of the pictures, and the files they are made of."""

    pages: dict[str, str]
    files: tuple[str, ...]


SCENES = {
    "chat": Scene(
        {"chat": "/?as={you}", "group": "/?as={you}&chat={group}"},
        ("bot/emulator/web/page/*", "bot/demo.py", "prompts/templates/a[bn]s*.j2", "prompts/templates/parts.j2"),
    ),
    "review": Scene(
        {
            "inbox": "/inbox?status=all",
            "exchange": "/exchange/5",
            "choose": "/exchange/5/choose?find=official+security+assistance",
            "articles": "/articles",
            "gaps": "/gaps",
            "timeline": "/timeline?topic=Vietnam+and+Japan",
            "tables": "/log",
            "dashboard": "/dashboard",
        },
        ("bot/review/templates/**/*.html", "bot/review/static/*", "bot/review/reply_html.py"),
    ),
}
MONTH = (
    *SUGGESTIONS,
    "What is the price of lithium?",
    "Where is lithium mined in Chile?",
    "What did Kishida say about a free and open Indo-Pacific?",
)
"""What is asked in the month that reviewers look at."""
ASKED, CHATS = 160, {5: "Aiko", 6: "Binh", -7: "Security desk", -8: "Trade desk"}


def digest(scene: Scene) -> str:
    """A digest of the files that a scene is made of, this one included."""
    paths = sorted({path for pattern in (*scene.files, "tests/docs/screenshots.py") for path in ROOT.glob(pattern)})
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def pictures(scene: Scene) -> list[str]:
    """The names of the files of a scene's pictures."""
    return [f"{name}-{scheme}-{width}.webp" for name, scheme, width in product(scene.pages, SCHEMES, SCREENS)]


# --- the chat


async def take_chat(browser: Browser, place: Path) -> Taken:
    """The bot on the local Telegram, in a private chat and in a group with topics."""
    settings = read_settings(articles=SEEDS, database=place / "chat.db")
    folder = open_folder(settings)
    with closing(DeskDatabase(settings.database)) as database:
        office = Office(settings, folder, open_desk(settings, folder.open(), database), database)
        async with serving(office, telegram=None) as telegram, _tab(browser, telegram.url) as tab:
            addresses = await _converse(telegram)
            return await _take(tab, {name: path.format(**addresses) for name, path in SCENES["chat"].pages.items()})


async def _converse(telegram: Emulator) -> dict[str, int]:
    """Ask what the demo asks, alone and in its group; the chats by the names in the addresses."""
    you = telegram.person("You")
    colleagues = [telegram.person(name, language_code=language) for name, language in COLLEAGUES]
    chat = telegram.private_chat(you)
    for question in reversed(QUESTIONS):
        await chat.reply_to(chat.say(question))
    group = telegram.forum(GROUP, [you, *colleagues], TOPICS)
    for question in SUGGESTIONS[1:3]:
        await group.reply_to(group.say(f"/ask {question}", you))
    return {"you": chat.id, "group": group.id}


# --- the record


def fill(path: Path) -> None:
    """A month of questions that the five articles answer or do not, with feedback and verdicts; always the same."""
    settings, dice, now = read_settings(articles=SEEDS, database=path), random.Random(5), dt.datetime.now(dt.UTC)
    with closing(DeskDatabase(path)) as database, closing(VerdictBook(database)) as book:
        desk, log = open_desk(settings, open_folder(settings).open(), None), ExchangeLog(database)
        for place in range(ASKED):
            chat, name = dice.choice(list(CHATS.items()))
            person = chat if chat > 0 else dice.choice((5, 6))
            asker = Asker(
                channel=Channel.TELEGRAM, chat_id=chat, user_id=person, user_name=CHATS[person], chat_name=name
            )
            asked = desk.ask(dice.choice(MONTH), asker)
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


async def take_review(browser: Browser, place: Path) -> Taken:
    """The pages for reviewers over a month of questions."""
    record = place / "review.db"
    fill(record)
    with closing(DeskDatabase(record)) as log, site_over(log, SEEDS) as site, served(site) as address:
        async with _tab(browser, address) as tab:
            await tab.goto(f"/sign-in/{context_of(site).links.make('Ada', ReviewRole.OWNER)}")
            return await _take(tab, SCENES["review"].pages)


# --- taking


@asynccontextmanager
async def _tab(browser: Browser, address: str) -> AsyncIterator[Page]:
    async with await browser.new_page(base_url=address) as tab:
        yield tab


async def _take(tab: Page, pages: dict[str, str]) -> Taken:
    """Take every page, light and dark, on each screen."""
    taken = {}
    for scheme, (width, height) in product(SCHEMES, SCREENS.items()):
        await tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await tab.set_viewport_size({"width": width, "height": height})
        for name, path in pages.items():
            await tab.goto(path)
            await tab.locator("main").first.wait_for()
            for shown in DRAWN.get(name, ()):
                await tab.locator(shown).last.wait_for()
            taken[f"{name}-{scheme}-{width}.webp"] = await _picture(tab)
    return taken


async def _picture(tab: Page) -> bytes:
    """Return what a tab shows as WebP, of a third of PNG's size, which playwright itself does not write."""
    session = await tab.context.new_cdp_session(tab)
    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    await session.detach()
    return base64.b64decode(taken["data"])


async def check_fonts(browser: Browser) -> None:
    """End where thumbs would be shown as empty boxes, which look alike."""
    drawn = """(sign) => {
        const canvas = document.createElement("canvas"), brush = canvas.getContext("2d");
        brush.fillText(sign, 20, 20);
        return canvas.toDataURL();
    }"""
    async with _tab(browser, "about:blank") as tab:
        if await tab.evaluate(drawn, "👍") == await tab.evaluate(drawn, "👎"):
            raise SystemExit("No font here has emoji: install one (Noto Color Emoji), then take the pictures.")


async def take_all(place: Path) -> Taken:
    """Take the pictures of every scene, with a folder for what they are made of."""
    async with browsing() as browser:
        await check_fonts(browser)
        return await take_chat(browser, place) | await take_review(browser, place)


def main() -> None:
    """Write the pictures, and digests of what they show."""
    with tempfile.TemporaryDirectory() as folder:
        taken = asyncio.run(take_all(Path(folder)))
    PICTURES.mkdir(parents=True, exist_ok=True)
    for former in PICTURES.iterdir():
        if former.name not in BRIEFS:
            former.unlink()
    for name, picture in taken.items():
        (PICTURES / name).write_bytes(picture)
    digests = {name: digest(scene) for name, scene in SCENES.items()}
    DIGESTS.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
