"""The chat page for a team in a real browser: people, groups with topics, reactions, files and inline mode."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.ext import CallbackQueryHandler, InlineQueryHandler, MessageHandler, filters

from bot.emulator.people.people import Group
from bot.emulator.web.server import Emulator
from tests.support.browser import BROWSED, DESK, ask, visiting
from tests.support.emulator_bots import Context, polling

pytestmark = BROWSED


async def answer(update: Update, _: Context) -> None:
    """Answer with a button; a file with its name."""
    message = update.effective_message
    assert message
    yes = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    name = message.document.file_name if message.document else message.text
    await message.reply_text(f"You sent {name}", reply_markup=yes, do_quote=True)


async def alarm(update: Update, _: Context) -> None:
    """Answer a pressed button with an alert."""
    assert update.callback_query
    await update.callback_query.answer("Are you sure?", show_alert=True)


async def offer(update: Update, _: Context) -> None:
    """Offer two results and a way to the private chat."""
    query = update.inline_query
    assert query
    results = [
        InlineQueryResultArticle(name, f"About {query.query} {name}", InputTextMessageContent(f"Quote {name}"))
        for name in ("one", "two")
    ]
    await query.answer(results, cache_time=0, button=InlineQueryResultsButton("Ask for access", start_parameter="in"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def emulator() -> AsyncIterator[Emulator]:
    talk = MessageHandler((filters.TEXT | filters.Document.ALL) & ~filters.ChatType.CHANNEL, answer)
    async with Emulator() as running, polling(running, CallbackQueryHandler(alarm), InlineQueryHandler(offer), talk):
        yield running


@pytest.fixture
def group(emulator: Emulator) -> Group:
    """A forum of Alice and Bob with two topics."""
    return emulator.forum("Desk", [emulator.person("Alice"), emulator.person("Bob")], topics=["Steel", "Trade"])


@pytest_asyncio.fixture(loop_scope="session")
async def page(tab: Page, emulator: Emulator, group: Group) -> AsyncIterator[Page]:
    """That forum as Alice sees it; a test fails when anything is written to the browser's console."""
    async with visiting(tab, f"{emulator.url}/?as={group.owner.id}&chat={group.id}", DESK) as opened:
        await expect(opened.get_by_role("heading", level=1)).to_have_text("Desk")
        yield opened


async def test_a_topic_shows_its_own_messages_only(page: Page, group: Group) -> None:
    await page.get_by_role("button", name="Steel").click()
    await ask(page, "In steel")
    await expect(page.locator(".message .words")).to_have_text(["In steel", "You sent In steel"])
    await page.get_by_role("button", name="Trade").click()
    await expect(page.locator(".message .words")).to_have_count(0)
    assert [message.message_thread_id for message in group.messages[2:]] == [group.topic("Steel")] * 2


async def test_another_person_sees_the_same_group_and_their_own_messages_to_the_right(page: Page, group: Group) -> None:
    await ask(page, "From Alice")
    await expect(page.locator(".mine .words")).to_have_text("From Alice")
    await page.get_by_label("You are").select_option(str(group.owner.id + 1))
    await expect(page.locator(".message:not(.mine) .sender").first).to_have_text("Alice")
    await ask(page, "From Bob")
    await expect(page.locator(".mine .words")).to_have_text("From Bob")
    assert group.messages[-1].from_user


async def test_an_alert_waits_to_be_closed(page: Page) -> None:
    await ask(page, "hello")
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Are you sure?")
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_reaction_is_given_and_taken_back_with_the_keyboard(page: Page, group: Group) -> None:
    await ask(page, "hello")
    await page.get_by_role("button", name="React to: You sent hello").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    pill = page.get_by_role("button", name="Thumbs down, 1")
    await expect(pill).to_be_visible()
    assert group.reactions(group.messages[-1], by=group.owner) == ["👎"]
    await pill.click()
    await expect(pill).to_have_count(0)


async def test_somebody_edits_and_deletes_their_own_message_only(page: Page, group: Group) -> None:
    await ask(page, "helo")
    await expect(page.get_by_role("button", name="Edit: You sent")).to_have_count(0)
    await page.get_by_role("button", name="Edit: helo").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your question")).to_have_value("helo")
    await ask(page, "hello")
    await expect(page.locator(".mine .words")).to_have_text("hello")
    assert group.messages[2].edit_date
    await page.get_by_role("button", name="Delete: hello").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_count(0)


async def test_nobody_edits_what_somebody_else_said(page: Page, emulator: Emulator, group: Group) -> None:
    said = group.say("mine", group.owner)
    path = f"{emulator.url}/people/{group.owner.id + 1}/chats/{group.id}/messages/{said.message_id}"
    for answer in (await page.request.post(path, data={"text": "yours"}), await page.request.delete(path)):
        assert (answer.status, await answer.json()) == (400, {"error": "this message is somebody else's"})


async def test_a_file_is_attached_with_words_and_can_be_saved(page: Page, group: Group) -> None:
    notes = FilePayload(name="notes é.txt", mimeType="text/plain", buffer=b"words")
    await page.set_input_files("#file", files=[notes])
    await expect(page.locator("#attached-name")).to_have_text("notes é.txt")
    await ask(page, "in:steel")
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("You sent notes é.txt")
    assert group.messages[2].caption == "in:steel"
    async with page.expect_download() as download:
        await page.get_by_role("link", name="notes é.txt").click()
    assert (await asyncio.to_thread((await (await download.value).path()).read_bytes)) == b"words"


async def test_inline_results_are_shown_above_the_question_and_one_is_sent(page: Page, group: Group) -> None:
    await page.get_by_label("Your question").fill("@policydesk_bot steel")
    options = page.locator("#menu").get_by_role("option")
    await expect(options).to_have_text(["About steel one", "About steel two", "Ask for access"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text("Quote two")
    await expect(page.locator(".mine .sender")).to_have_text("via @policydesk_bot")
    assert group.messages[2].via_bot


@pytest.mark.usefixtures("group")
async def test_an_empty_group_shows_how_to_ask(page: Page) -> None:
    await expect(page.locator("#welcome")).to_contain_text(
        "In a group: /ask and your question, mention @policydesk_bot"
    )
    await ask(page, "/ask When?")
    await expect(page.locator("#welcome")).to_be_hidden()


@pytest.mark.usefixtures("group")
async def test_the_inline_list_closes_when_something_is_sent(page: Page) -> None:
    """Also when the words were sent before the bot had offered anything for them."""
    await page.get_by_label("Your question").fill("@policydesk_bot steel")
    await expect(page.locator("#menu")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("Your question").press_sequentially("s")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine .words")).to_have_text("@policydesk_bot steels")
    await ask(page, "/ask When?")
    await expect(page.locator(".message:not(.mine) .words").last).to_be_visible()
    await expect(page.locator("#menu")).to_be_hidden()


async def test_the_button_above_inline_results_leads_to_the_private_chat(page: Page) -> None:
    await page.get_by_label("Your question").fill("@policydesk_bot steel")
    await page.locator("#menu").get_by_role("option", name="Ask for access").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Policy desk")
    await expect(page.locator(".mine .words")).to_have_text("/start in")


async def test_the_bot_is_removed_added_and_promoted(page: Page, emulator: Emulator, group: Group) -> None:
    await page.get_by_role("button", name="Members").click()
    await page.get_by_role("button", name="Remove Policy desk").click()
    await page.get_by_role("button", name="Add Policy desk").click()
    await page.get_by_role("button", name="Promote Policy desk").click()
    await expect(page.get_by_role("button", name="Demote Policy desk")).to_be_visible()
    await page.get_by_role("button", name="Hide name Alice").click()
    await expect(page.get_by_role("dialog")).to_contain_text("speaks as the group")
    await page.get_by_role("button", name="Done").click()
    notes = page.locator(".message.note")
    await expect(notes).to_have_text(["You removed Policy desk", "You added Policy desk"])
    assert emulator.world.rooms[group.id].bot_member.status == "administrator"


async def test_a_group_with_topics_is_begun_on_the_page(page: Page, emulator: Emulator) -> None:
    await page.get_by_role("button", name="New group").click()
    await page.get_by_role("textbox", name="Name").fill("Fisheries")
    await page.get_by_role("textbox", name="Topics").fill("Tuna, Quotas")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=re.compile("^Fisheries")).click()
    await page.get_by_role("button", name="Quotas").click()
    await expect(page.locator("#about")).to_contain_text("Quotas")
    (found,) = [room for room in emulator.world.rooms.values() if room.chat.title == "Fisheries"]
    assert list(found.topics.values()) == ["Tuna", "Quotas"]


async def test_on_a_phone_the_chats_open_over_the_conversation_and_nothing_scrolls_sideways(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await ask(page, "hello")
    await expect(page.locator("#chats")).to_be_hidden()
    await page.get_by_role("button", name="Chats").click()
    await page.get_by_role("button", name="Steel").click()
    await expect(page.locator("#chats")).to_be_hidden()
    await expect(page.locator("#about")).to_contain_text("Steel")
    await ask(page, "hello")
    await page.get_by_role("button", name="React to: You sent").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="Reactions", exact=True)).to_be_visible()
    widths = (
        "[document.documentElement, ...document.querySelectorAll('.scroller, .foot')].map((box) => box.scrollWidth)"
    )
    assert max(await page.evaluate(widths)) <= 360
