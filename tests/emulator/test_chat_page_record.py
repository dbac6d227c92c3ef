"""Buttons, inline mode, documents and one's own record as a person meets them: the real bot on the page of a phone."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from bot.app import Office
from bot.emulator.people.people import Conversation
from bot.settings import SEEDS
from storage.record.exchanges import ExchangeLog
from tests.support.browser import BROWSED, PHONE, ask, check_width, visiting
from tests.support.desk import serving
from tests.support.osa import SOURCE

pytestmark = BROWSED

QUESTION = "Is the equipment that OSA provides free?"
NEWS = "Ships for Tonga\n\nJapan handed seven patrol ships to Tonga in Nukualofa on Monday.\n"
HARBOUR = FilePayload(
    name="harbour.txt",
    mimeType="text/plain",
    buffer=b"The harbour of Apia\n\nSamoa opened a harbour in Apia on Monday.\n",
)


@pytest.fixture
def tonga(folder: Callable[..., Path], office_of: Callable[..., Office]) -> Office:
    return office_of(folder(tonga=NEWS))


@pytest.fixture
def seeds_office(office_of: Callable[..., Office]) -> Office:
    return office_of(SEEDS)


@asynccontextmanager
async def on_a_phone(tab: Page, office: Office) -> AsyncIterator[tuple[Page, Conversation]]:
    """A private chat with the bot; a test fails when anything is written to the browser's console."""
    async with serving(office) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        async with visiting(tab, f"{telegram.url}/?as={chat.id}", PHONE) as page:
            yield page, chat


async def test_a_document_is_kept_by_a_press_and_answered_from_at_once(tab: Page, tonga: Office) -> None:
    async with on_a_phone(tab, tonga) as (page, _):
        await page.locator("input[type=file]").set_input_files(HARBOUR)
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("The harbour of Apia")).to_be_visible()
        await expect(page.get_by_role("button", name="Discard")).to_be_in_viewport()
        await check_width(page)
        await page.get_by_role("button", name="Keep").click()
        await expect(page.get_by_text("Questions are answered from it now.")).to_be_visible()
        await ask(page, "Where did Samoa open a harbour?")
        await expect(page.get_by_text("harbour.txt:3")).to_be_visible()


async def test_one_turns_the_pages_of_ones_own_questions_and_has_them_forgotten(tab: Page, tonga: Office) -> None:
    async with on_a_phone(tab, tonga) as (page, chat):
        for number in range(5):
            await chat.reply_to(chat.say(f"What about report {number}?"))
        await ask(page, "/history")
        shown = page.locator(".message:not(.mine)").last
        await expect(shown).to_contain_text("report 4")
        await shown.get_by_role("button", name="Older").click()
        await expect(shown).to_contain_text("report 0")
        await check_width(page)
        await shown.get_by_role("button", name="Newer").click()
        await expect(shown).to_contain_text("report 4")
        await ask(page, "/forget")
        await page.get_by_role("button", name="Forget me").click()
        await expect(page.get_by_text("Forgotten: 5 questions.")).to_be_visible()
        await expect(page.get_by_role("button", name="Forget me")).to_have_count(0)


async def test_context_source_and_a_thumb_with_its_reason_on_a_phone(
    tab: Page, seeds_office: Office, log: ExchangeLog
) -> None:
    async with on_a_phone(tab, seeds_office) as (page, chat):
        await ask(page, QUESTION)
        await page.get_by_role("button", name="👎").click()
        for label in ("Wrong", "Incomplete", "Old", "Should have abstained", "Other …"):
            await expect(page.get_by_role("button", name=label)).to_be_in_viewport()
        await check_width(page)
        await page.get_by_role("button", name="Incomplete").click()
        await expect(page.get_by_role("button", name="Incomplete")).to_have_count(0)
        assert [feedback.reason for feedback in log.history()[0].feedback] == ["incomplete"]
        await page.get_by_role("button", name="Context").click()
        context = page.locator(".message:not(.mine)").nth(1)
        await context.get_by_role("button", name="[2]", exact=True).click()
        await expect(context.get_by_role("button", name="• [2]")).to_be_focused()
        await expect(context.locator("strong")).to_have_text(log.history()[0].citations[1].quote)
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Open source").first.click()
            await page.locator("a.file").click()
        assert (await download.value).suggested_filename == log.history()[0].citations[0].file
        await check_width(page)
        assert len(chat.bot_messages) == 3


async def test_a_passage_is_found_and_sent_behind_the_bots_name_on_a_phone(
    tab: Page, seeds_office: Office, log: ExchangeLog
) -> None:
    async with on_a_phone(tab, seeds_office) as (page, _):
        await page.get_by_label("Your question").fill("@policydesk_bot first recipients of OSA")
        options = page.locator("#menu").get_by_role("option")
        await expect(options.first).to_contain_text(
            "Japan and Vietnam upgrade security ties with eye on China, 2023-11-29"
        )
        await expect(options.first).to_contain_text(SOURCE)
        await check_width(page)
        await options.first.click()
        await expect(page.locator(".mine .words")).to_contain_text(SOURCE)
        await ask(page, "/help")
        await expect(page.locator(".message:not(.mine)")).to_have_count(1)
        (logged,) = log.history()
        assert logged.channel == "inline"
        assert logged.citations[0].quote in {passage.text for passage in seeds_office.desk.library.passages}
