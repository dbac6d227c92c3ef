"""The chat page in a real browser, with a bot behind it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from tests.support.browser import BROWSED, DESK, ask, visiting
from tests.support.emulator_bots import Context, polling

QUOTE = "The Council adopted the regulation after the Parliament had given its consent in plenary. " * 8
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script>"

pytestmark = BROWSED


async def answer(update: Update, _: Context) -> None:
    """Answer with a quote that folds; repeat hostile text; only begin to type when asked to think."""
    message = update.effective_message
    assert message
    text = message.text or ""
    if "think" in text:
        await message.chat.send_action("typing")
    elif "<" in text:
        await message.reply_text(text)
    elif "file" in text:
        await message.reply_document(b"a,b\n", filename="log.csv", caption="The log")
    else:
        await message.reply_html(
            f"<b>In June.</b>\n<blockquote expandable>{QUOTE}</blockquote>\n"
            '<a href="https://example.org/">Source</a>, see /help',
            do_quote=True,
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Helpful", callback_data="up")]]),
        )


async def thank(update: Update, _: Context) -> None:
    """Take a pressed button."""
    assert update.callback_query
    await update.callback_query.answer("Thank you.")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def emulator() -> AsyncIterator[Emulator]:
    handlers = (CallbackQueryHandler(thank), MessageHandler(filters.ALL, answer))
    async with Emulator(suggestions=["When was it adopted?"]) as running, polling(running, *handlers) as bot:
        await bot.set_my_commands([("help", "What I can answer"), ("sources", "What I read")])
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(tab: Page, emulator: Emulator, chat: Conversation) -> AsyncIterator[Page]:
    """That chat on a wide screen; a test fails when anything is written to the browser's console."""
    async with visiting(tab, f"{emulator.url}/?as={chat.id}", DESK) as opened:
        await expect(opened.locator("#welcome")).to_be_visible()
        yield opened


async def test_words_typed_while_the_page_loads_are_kept_and_sent(
    tab: Page, emulator: Emulator, chat: Conversation
) -> None:
    """Until the page knows the chat nothing can be sent, and nothing typed is lost."""
    loaded = asyncio.Event()

    async def wait(route: Route) -> None:
        await loaded.wait()
        await route.continue_()

    await tab.route("**/people/*", wait)
    async with visiting(tab, f"{emulator.url}/?as={chat.id}", DESK) as page:
        await page.get_by_label("Your question").fill("When was it adopted?")
        await expect(page.get_by_role("button", name="Send")).to_be_disabled()
        loaded.set()
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("In June.")).to_be_visible()
    await tab.unroute("**/people/*")


async def test_a_question_is_answered_with_bold_words_and_a_quote(page: Page) -> None:
    await ask(page, "When was it adopted?")
    reply = page.locator(".message:not(.mine)")
    await expect(reply.locator("strong")).to_have_text("In June.")
    await expect(reply.locator("blockquote .said")).to_have_text(QUOTE.strip())
    await expect(reply.locator("a", has_text="Source")).to_have_attribute("rel", "noopener noreferrer")
    await expect(reply.locator(".answered")).to_have_text("When was it adopted?")
    await expect(reply.locator("time")).to_be_visible()


async def test_on_a_phone_the_keyboard_does_not_hide_the_newest_message(page: Page) -> None:
    """The keyboard takes half of the screen; who was at the end of the chat stays there."""
    await page.set_viewport_size({"width": 390, "height": 844})
    for number in range(6):
        await ask(page, f"<{number}>")
        await expect(page.locator(".message:not(.mine) .words").last).to_have_text(f"<{number}>")
    await page.set_viewport_size({"width": 390, "height": 420})
    await expect(page.locator(".message").last).to_be_in_viewport(ratio=1)


async def test_a_long_quote_opens_and_closes(page: Page) -> None:
    await ask(page, "When was it adopted?")
    button = page.get_by_role("button", name="Show the whole quote")
    await expect(button).to_have_attribute("aria-expanded", "false")
    folded = await page.locator("blockquote").bounding_box()
    await button.click()
    await expect(page.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    opened = await page.locator("blockquote").bounding_box()
    assert folded
    assert opened
    assert opened["height"] > folded["height"]


async def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text("first line\nsecond line")
    await expect(page.locator(".keyboard button")).to_be_visible()
    for _ in range(30):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.textContent") == "Helpful":
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("#toast")).to_have_text("Thank you.")


async def test_the_menu_of_commands_opens_with_a_slash_and_closes_with_escape(page: Page) -> None:
    question = page.get_by_label("Your question")
    await question.press("/")
    await expect(page.locator("#menu").get_by_role("option")).to_have_count(2)
    await question.press("s")
    await expect(page.locator("#menu").get_by_role("option", name="/sources")).to_have_attribute(
        "aria-selected", "true"
    )
    await question.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(question).to_have_value("/s")
    await question.press("Backspace")
    await question.press("ArrowDown")
    await question.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text("/sources")


async def test_an_example_is_asked_by_pressing_it(page: Page) -> None:
    await expect(page.get_by_text("Say something to begin.")).to_be_visible()
    await page.locator("#suggestions button").click()
    await expect(page.locator(".mine .words")).to_have_text("When was it adopted?")
    await expect(page.locator("#welcome")).to_be_hidden()


async def test_reloading_keeps_the_conversation(page: Page) -> None:
    await ask(page, "When was it adopted?")
    await expect(page.locator(".message")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".message:not(.mine) strong")).to_have_text("In June.")


async def test_typing_is_shown_until_the_reply_comes(page: Page) -> None:
    await ask(page, "think")
    await expect(page.locator("#typing")).to_have_text("Policy desk is typing…")
    await ask(page, "When?")
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    await expect(page.locator("#typing")).to_be_empty()


async def test_a_reply_quotes_the_message_it_answers_and_escape_gives_it_up(page: Page, chat: Conversation) -> None:
    await ask(page, "When was it adopted?")
    await page.get_by_role("button", name="Reply to: In June.").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#replying")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#replying")).to_be_hidden()
    await page.get_by_role("button", name="Reply to: In June.").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("thanks")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .answered")).to_contain_text("In June.")
    answered = chat.messages[2].reply_to_message
    assert answered
    assert answered.message_id == 2


async def test_hostile_text_is_shown_as_text(page: Page) -> None:
    await ask(page, HOSTILE)
    await expect(page.locator(".message .words")).to_have_text([HOSTILE, HOSTILE])
    await expect(page.locator(".message img, .message script")).to_have_count(0)
    assert await page.title() == "Policy desk"


async def test_a_document_can_be_saved(page: Page) -> None:
    await ask(page, "the file, please")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="log.csv").click()
    saved = await download.value
    assert saved.suggested_filename == "log.csv"
    assert (await asyncio.to_thread((await saved.path()).read_bytes)) == b"a,b\n"


async def test_edits_and_deletions_show_at_once(page: Page, chat: Conversation) -> None:
    await ask(page, "think")
    await expect(page.locator(".mine .words")).to_have_text("think")
    chat.edit(chat.messages[0], "think again")
    await expect(page.locator(".mine .words")).to_have_text("think again")
    await expect(page.locator(".mine .below")).to_contain_text("edited")
    chat.delete(chat.messages[0])
    await expect(page.locator(".message")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1440])
async def test_no_width_of_screen_scrolls_sideways(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 740})
    await ask(page, "When? " + "unbreakable" * 40)
    await expect(page.locator(".keyboard")).to_be_visible()
    wide = "Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.scroller, .foot')]"
    assert await page.evaluate(f"{wide}.map((box) => box.scrollWidth))") <= width
    send = await page.get_by_role("button", name="Send").bounding_box()
    assert send
    assert send["x"] + send["width"] <= width


async def test_the_page_tells_its_language_its_regions_and_its_labels(page: Page, emulator: Emulator) -> None:
    await page.goto(emulator.url)
    assert await page.evaluate("document.documentElement.lang") == "en"
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Policy desk")
    await expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    unnamed = (
        "[...document.querySelectorAll('button, a, textarea')].filter((e) => !e.ariaLabel && !e.textContent.trim()"
    )
    assert await page.evaluate(f"{unnamed} && !e.labels?.length).length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground_as_wcag_aa_asks(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    ratios = await page.evaluate(CONTRAST)
    await page.emulate_media()
    assert min(ratios.values()) >= 4.5, ratios


# The luminance and the ratio are those of WCAG 2.2, 1.4.3.
CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (name) => {
    const number = parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    const [red, green, blue] = [16, 8, 0].map((shift) => part(((number >> shift) & 255) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pairs = ["ink page", "ink card", "soft page", "soft card", "soft accent-wash", "accent page", "accent card",
    "accent accent-wash", "accent-ink accent", "mine-ink mine", "ink accent-wash"];
  return Object.fromEntries(pairs.map((pair) => {
    const [dark, bright] = pair.split(" ").map((name) => light(`--${name}`)).sort((a, b) => a - b);
    return [pair, (bright + 0.05) / (dark + 0.05)];
  }));
}"""


async def test_the_page_forbids_everything_that_is_not_its_own(emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answers = [await client.get(path) for path in ("/", "/page/chat.js", "/people/you")]
    assert all("default-src 'self'" in answer.headers["content-security-policy"] for answer in answers)
    assert all(answer.headers["x-content-type-options"] == "nosniff" for answer in answers)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/people/7", 404), ("/people/you/chats/7", 404), ("/people/you/files/none", 400)],
)
async def test_what_is_not_there_is_said_to_be_missing(emulator: Emulator, path: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        assert (await client.get(path)).status_code == status


async def test_what_cannot_be_sent_is_answered_with_a_sentence(emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        chat = (await client.get("/people/you")).json()["chats"][0]["id"]
        path = f"/people/you/chats/{chat}/messages"
        assert (await client.post(path, json={"text": " "})).json() == {"error": "nobody can send an empty message"}
        assert (await client.post(path, json={"words": "x"})).status_code == 400
        assert (await client.post(path, content="text=x")).status_code == 415
