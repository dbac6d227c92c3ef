"""The whole loop: what was answered is reviewed in a browser, exported, measured, learnt from, and answered anew."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import SEEDS
from prompts.models import Channel
from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.library import Library
from storage.record.exchanges import ExchangeLog
from storage.verdicts.reviewers import ReviewRole, add_reviewer
from tests.support.browser import BROWSED
from tests.support.desk import JUDGMENTS, policydesk
from tests.support.review_site import served, site_over

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
REVIEWED = 20
KEYS = "3" + "1" * 3 + "4" * 16
"""Of the newest exchange first: one wrong, three right, and the others better refused."""
BETTER = (
    "Stability in that region is important to Japan, which relies on imported resources such as oil and natural gas."
)

pytestmark = BROWSED


@pytest.fixture
def questions() -> list[JudgedQuestion]:
    """Questions that the five articles answer."""
    return [question for question in read_questions(JUDGMENTS / "questions.jsonl") if question.answerable][:REVIEWED]


@pytest.fixture
def address(questions: list[JudgedQuestion], desk: Desk, log: ExchangeLog, tmp_path: Path) -> Iterator[str]:
    """The pages over what the desk said to these questions."""
    for number, question in enumerate(questions, 1):
        desk.ask(question.question, Asker(channel=Channel.TELEGRAM, chat_id=987654, user_id=456789, message_id=number))
    ada = add_reviewer(tmp_path / "reviewers.json", "Ada", ReviewRole.REVIEWER, PASSWORD)
    with site_over(log.database, SEEDS, ada) as site, served(site) as url:
        yield url


async def test_from_an_answer_to_a_better_desk(
    chromium: Browser, address: str, log: ExchangeLog, seeds: Library, tmp_path: Path
) -> None:
    """Sign in, judge twenty exchanges by keyboard, choose a better sentence, export, evaluate, tune, and ask again."""
    async with await chromium.new_page() as page:
        await sign_in(page, address)
        await judge_by_keyboard(page)
        await choose_a_better_sentence(page)
    check_judgments(tmp_path / "judged.jsonl", seeds)
    check_learning()
    *_, before = log.history(limit=REVIEWED)
    policydesk("ask", before.question)
    now, *_ = log.history(limit=1)
    assert now.weights != before.weights
    assert now.confidence < before.confidence


async def sign_in(page: Page, address: str) -> None:
    await page.goto(f"{address}/inbox")
    await page.get_by_label("Name").fill("Ada")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Password").press("Enter")
    await expect(page.locator("#unreviewed")).to_have_text(str(REVIEWED))


async def judge_by_keyboard(page: Page) -> None:
    """Half of them from the inbox, the others from one exchange to the next."""
    await page.wait_for_load_state()
    for key in "jjk":
        await page.keyboard.press(key)
    for key in KEYS[: REVIEWED // 2]:
        await press(page, key)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    for key in KEYS[REVIEWED // 2 :]:
        await expect(page.get_by_role("heading", name="Your verdict")).to_be_visible()
        await press(page, key)
    await expect(page.locator("#unreviewed")).to_have_text("0")


async def press(page: Page, key: str) -> None:
    """Judge; of a refusal it is said that it is right, rather than that it should have been one."""
    answered = page.locator(".selected[data-fitting*=abstained], .verdicts .should-have-abstained")
    async with page.expect_navigation():
        await page.keyboard.press(key if key != "4" or await answered.count() else "1")


async def choose_a_better_sentence(page: Page) -> None:
    """For the one that was wrong, which the filter finds, by a search and a click."""
    await page.get_by_label("Verdict").select_option("wrong")
    await page.get_by_role("button", name="Show").click()
    await page.locator(".row a").first.click()
    await page.get_by_role("link", name="Choose the sentence").click()
    await page.get_by_label("Search in all articles").fill("imported oil and natural gas")
    await page.get_by_role("button", name="Show").click()
    await page.locator(".hit", has_text=BETTER).get_by_role("link", name="Choose").click()
    await expect(page.locator(".better")).to_contain_text(BETTER)
    await page.wait_for_load_state()
    async with page.expect_navigation():
        await page.keyboard.press("3")


def check_judgments(path: Path, seeds: Library) -> None:
    """Every verdict is a judged question, the sentence that was clicked the support of one, and nobody is named."""
    exported = policydesk("judgments", "export", "--output", path)
    assert (exported.returncode, exported.stderr) == (0, "")
    judged = {question.id: question for question in read_questions(path)}
    assert len(judged) == REVIEWED
    articles = {article.file: article.text for article in seeds.articles}
    support = judged[f"log-{REVIEWED}"].support
    assert [articles[span.file][span.start : span.end] for span in support] == [BETTER]
    assert not any(told in path.read_text(encoding="utf-8") for told in ("987654", "456789", "Ada"))


def check_learning() -> None:
    """The desk is measured on these verdicts, learns from them, and shows what questions held out gain by it."""
    measured = json.loads(policydesk("evaluate", "--from-log", "--json").stdout)
    assert measured["questions"] == REVIEWED
    tuned = json.loads(policydesk("tune", "--write", "--json").stdout)
    assert (tuned["questions"], tuned["improved"], tuned["written"]) == (REVIEWED, True, True)
    gained = {gain["name"]: gain for gain in tuned["gains"]}
    assert gained["calibration"]["low"] > 0
