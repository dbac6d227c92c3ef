"""Documents, one's own record and its pages as a person meets them: the real bot on the chat page, on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from bot.app import Office
from tests.support.browser import NEEDS_CHROMIUM, PHONE, ask, check_width, visiting
from tests.support.desk import serving

pytestmark = [NEEDS_CHROMIUM, pytest.mark.asyncio(loop_scope="module")]

NEWS = "Ships for Tonga\n\nJapan handed seven patrol ships to Tonga in Nukualofa on Monday.\n"
HARBOUR = FilePayload(
    name="harbour.txt",
    mimeType="text/plain",
    buffer=b"The harbour of Apia\n\nSamoa opened a harbour in Apia on Monday.\n",
)


async def test_a_document_is_kept_by_a_press_and_answered_from_at_once(
    tab: Page, folder: Callable[..., Path], office_of: Callable[..., Office]
) -> None:
    async with serving(office_of(folder(tonga=NEWS))) as telegram:
        person = telegram.person("Aiko")
        telegram.private_chat(person)
        async with visiting(tab, f"{telegram.url}/?as={person.id}", PHONE) as page:
            await page.locator("input[type=file]").set_input_files(HARBOUR)
            await page.get_by_role("button", name="Send").click()
            await expect(page.get_by_text("The harbour of Apia")).to_be_visible()
            await expect(page.get_by_role("button", name="Discard")).to_be_in_viewport()
            await check_width(page)
            await page.get_by_role("button", name="Keep").click()
            await expect(page.get_by_text("Questions are answered from it now.")).to_be_visible()
            await ask(page, "Where did Samoa open a harbour?")
            await expect(page.get_by_text("harbour.txt:3")).to_be_visible()


async def test_one_turns_the_pages_of_ones_own_questions_and_has_them_forgotten(
    tab: Page, folder: Callable[..., Path], office_of: Callable[..., Office]
) -> None:
    async with serving(office_of(folder(tonga=NEWS))) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        for number in range(5):
            await chat.reply_to(chat.say(f"What about report {number}?"))
        async with visiting(tab, f"{telegram.url}/?as={chat.id}", PHONE) as page:
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
