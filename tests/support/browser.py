"""A real browser for the tests of pages."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = (1280, 800), (360, 740)
"""Screens, in pixels."""
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="no chromium found on the PATH: the page is not tested")
expect.set_options(timeout=30_000)  # milliseconds: what is expected comes, however busy the machine is


BROWSED = [NEEDS_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]
"""Marks of a file of tests that share the browser of `tests/conftest.py`, and so its event loop."""


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as chromium,
    ):
        yield chromium


@asynccontextmanager
async def visiting(tab: Page, url: str, screen: tuple[int, int]) -> AsyncIterator[Page]:
    """A page in a tab; the test fails when anything is written to the browser's console meanwhile."""
    complaints: list[str] = []

    def note(complaint: object) -> None:
        complaints.append(str(complaint))

    tab.on("console", note)
    tab.on("pageerror", note)
    await tab.set_viewport_size({"width": screen[0], "height": screen[1]})
    await tab.goto(url)
    yield tab
    tab.remove_listener("console", note)
    tab.remove_listener("pageerror", note)
    assert complaints == []


async def check_width(page: Page) -> None:
    """Nothing scrolls sideways, and the words on every button fit it."""
    boxes = "[document.documentElement, ...document.querySelectorAll('.scroller, .foot')]"
    widths = await page.evaluate(f"{boxes}.map((box) => box.scrollWidth)")
    assert max(widths) <= await page.evaluate("window.innerWidth")
    fits = "[...document.querySelectorAll('.keyboard button')].every((key) => key.scrollWidth <= key.clientWidth)"
    assert await page.evaluate(fits)


async def ask(page: Page, text: str) -> None:
    """Say something on the chat page."""
    await page.get_by_label("Your question").fill(text)
    await page.get_by_role("button", name="Send").click()
