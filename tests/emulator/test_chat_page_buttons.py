"""The buttons of an answer and inline mode as a person meets them: the real bot on the chat page, on a phone."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from retrieval.library import Library
from storage.record.exchanges import ExchangeLog
from tests.support.browser import NEEDS_CHROMIUM, PHONE, ask, browsing, check_width, visiting
from tests.support.osa import SOURCE

QUESTION = "Is the equipment that OSA provides free?"

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def chat(telegram: Emulator) -> Conversation:
    return telegram.private_chat(telegram.person("Aiko"))


@pytest.fixture
async def page(telegram: Emulator, chat: Conversation) -> AsyncIterator[Page]:
    """That chat on a phone; a test fails when anything is written to the browser's console."""
    async with browsing() as tab, visiting(tab, f"{telegram.url}/?as={chat.id}", PHONE) as opened:
        yield opened


async def test_context_source_and_a_thumb_with_its_reason_on_a_phone(
    page: Page, chat: Conversation, log: ExchangeLog
) -> None:
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
    page: Page, seeds: Library, log: ExchangeLog
) -> None:
    await page.get_by_label("Your question").fill("@policydesk_bot first recipients of OSA")
    options = page.locator("#menu").get_by_role("option")
    await expect(options.first).to_contain_text("Japan and Vietnam upgrade security ties with eye on China, 2023-11-29")
    await expect(options.first).to_contain_text(SOURCE)
    await check_width(page)
    await options.first.click()
    await expect(page.locator(".mine .words")).to_contain_text(SOURCE)
    await ask(page, "/help")
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    (logged,) = log.history()
    assert logged.channel == "inline"
    assert logged.citations[0].quote in {passage.text for passage in seeds.passages}
