"""The owners are told each Monday what the week brought: once, in their language, and only where that is wanted."""

import datetime as dt
import html
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import Office, open_access
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.messages.localizer import Localizer
from bot.record.weekly_digest import Digests
from bot.serving import build_bot, build_reloader, open_for_questions
from bot.settings import read_settings
from bot.telegram_app import RunningBot, running
from prompts.languages import Language
from prompts.models import Answer, Channel, Citation
from retrieval.models import Kind
from storage.chats.language_choices import LanguageChoices
from storage.models import Exchange, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.record.weekly_figures import WeeklyFigures
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import Ruling, Verdict
from tests.support.desk import write
from tests.support.ships import QUOTE, TONGA

MONDAY = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
Open = Callable[..., Office]


@pytest.fixture
def root(folder: Callable[..., Path]) -> Path:
    return folder(tonga=TONGA)


@pytest.fixture
def office(root: Path, office_of: Open) -> Office:
    return office_of(root)


def asked(question: str, days: float, user: int = 7, *, answered: bool = False) -> Exchange:
    """A question asked so many days after the Monday; an answered one cites an article as it was then."""
    cited = Citation(
        number=1,
        file="tonga.txt",
        line=3,
        start=17,
        end=17 + len(QUOTE),
        quote=QUOTE,
        title="",
        score=1,
        sha256="f" * 64,
    )
    outcome = {"outcome": "answered", "citations": (cited,)} if answered else {"outcome": "abstained"}
    answer = Answer.model_validate({"question": question, "kind": Kind.WHAT, "confidence": 0.5, **outcome})
    made = {"channel": Channel.TELEGRAM, "latency_ms": 1.0, "library": "a" * 64, "version": "0.1", "reply": "."}
    at = MONDAY + dt.timedelta(days=days)
    return Exchange.model_validate({**made, "asked_at": at, "chat_id": 5, "user_id": user, "answer": answer})


def record_week(office: Office) -> None:
    """Five questions of one week, and one each of the weeks around it."""
    log = ExchangeLog(office.database)
    log.record(asked("Who rules the zebras?", -0.01))
    log.record(asked("Who feeds <b>llamas</b>?", 0))
    log.record(asked("WHO feeds <b>llamas</b>?\n", 1, 8))
    log.record(asked("hello", 2))
    log.record(asked("Whose ships?", 3, answered=True))
    log.record(asked("How many ships?", 6.99, answered=True))
    log.record(asked("Who feeds the quaggas?", 7))


@asynccontextmanager
async def owner_of(office: Office) -> AsyncIterator[tuple[Conversation, RunningBot]]:
    """An owner who has written to the bot, and the bot."""
    access = open_access(read_settings(open=True, owners=(FIRST_PERSON,)), office.database)
    async with Emulator() as emulator:
        bot = build_bot(office, build_reloader(office), access, emulator.token, emulator.url)
        async with running(bot, office.desk):
            chat = emulator.private_chat(emulator.person("Olga"))
            await chat.reply_to(chat.say("/start"))
            yield chat, bot


def digests(office: Office, bot: RunningBot, days: float, url: str | None = None) -> Digests:
    """What tells the owner, so many days after the Monday."""
    interpreter = Localizer(office.desk.renderer, LanguageChoices(office.database))
    clock = lambda: MONDAY + dt.timedelta(days=days)  # noqa: E731
    return Digests(
        bot.application.bot,
        WeeklyFigures(office.database),
        office.desk,
        interpreter,
        [FIRST_PERSON],
        office.database,
        url,
        clock,
    )


async def told(chat: Conversation, sending: Digests) -> str:
    """The digest as the owner reads it."""
    last = chat.messages[-1]
    await sending.once()
    return html.unescape((await chat.next_reply(last)).text or "")


@pytest.mark.both_dialects
async def test_the_week_is_told_in_figures_gaps_disputes_and_changed_sources(office: Office) -> None:
    record_week(office)
    FeedbackBook(office.database).press(5, 7, Thumb.DOWN)
    book = VerdictBook(office.database)
    book.give(Verdict(exchange_id=6, reviewer="A", verdict=Ruling.WRONG, given_at=MONDAY))
    book.give(Verdict(exchange_id=4, reviewer="A", verdict=Ruling.RIGHT, given_at=MONDAY))
    book.close()
    async with owner_of(office) as (chat, bot):
        words = await told(chat, digests(office, bot, 7.5))
    assert words == (
        "The week from 2026-11-16 to 2026-11-22\n"
        "5 questions by 2 people; 2 answered (40 %).\n\n"
        "Not answered by any article\n"
        "• WHO feeds <b>llamas</b>? (2 times)\n\n"
        "Disputed answers: 2\n"
        "• No. 6: How many ships?\n"
        "• No. 5: Whose ships?\n\n"
        "Cited sources that have changed since, or are gone\n"
        "• tonga.txt: has changed"
    )


async def test_links_lead_to_the_review_pages_where_their_address_is_known(office: Office) -> None:
    record_week(office)
    FeedbackBook(office.database).press(5, 7, Thumb.DOWN)
    async with owner_of(office) as (chat, bot):
        await told(chat, digests(office, bot, 7.5, "https://desk.example.org"))
        entities = chat.messages[-1].entities or ()
    assert [entity.url for entity in entities if entity.url] == [
        "https://desk.example.org/exchange/5",
        "https://desk.example.org/inbox",
    ]


async def test_a_week_is_told_once_and_the_next_when_it_has_ended(office: Office) -> None:
    record_week(office)
    async with owner_of(office) as (chat, bot):
        assert "2026-11-09 to 2026-11-15" in await told(chat, digests(office, bot, 7.2))  # Monday, before seven
        assert "2026-11-16 to 2026-11-22" in await told(chat, digests(office, bot, 7.3))
        before = len(chat.messages)
        await digests(office, bot, 7.4).once()
        await digests(office, bot, 13.9).once()
        assert len(chat.messages) == before
        assert "2026-11-23 to 2026-11-29" in await told(chat, digests(office, bot, 14.5))


async def test_a_week_without_a_question_is_told_as_such_in_the_owners_language(office: Office) -> None:
    LanguageChoices(office.database).choose(FIRST_PERSON, Language.VIETNAMESE)
    async with owner_of(office) as (chat, bot):
        assert await told(chat, digests(office, bot, 7.5)) == "Tuần từ 2026-11-16 đến 2026-11-22\nKhông ai hỏi gì."


@pytest.mark.parametrize("language", list(Language))
async def test_the_longest_digest_fits_a_message_in_every_language(
    office: Office, root: Path, language: Language
) -> None:
    log, thumbs = ExchangeLog(office.database), FeedbackBook(office.database)
    for number in range(12):
        log.record(asked(f"{number} & zebras " * 100, number / 2))
        log.record(asked(f"{number} <ships> " * 100, number / 2, answered=True))
        thumbs.press(2 * number + 2, 7, Thumb.DOWN)
    write(root / "tonga", "Another text.")
    LanguageChoices(office.database).choose(FIRST_PERSON, language)
    async with owner_of(office) as (chat, bot):
        assert len(await told(chat, digests(office, bot, 7.5))) > 500


@pytest.mark.both_dialects
async def test_what_was_forgotten_is_not_told(office: Office) -> None:
    record_week(office)
    PeopleRecord(office.database).forget(7)
    async with owner_of(office) as (chat, bot):
        words = await told(chat, digests(office, bot, 7.5))
    assert "1 question by 1 person; 0 answered (0 %)." in words
    assert "ships" not in words


async def test_an_owner_who_cannot_be_reached_is_told_when_they_can(office: Office) -> None:
    access = open_access(read_settings(open=True, owners=(FIRST_PERSON,)), office.database)
    async with Emulator() as emulator:
        bot = build_bot(office, build_reloader(office), access, emulator.token, emulator.url)
        async with running(bot, office.desk):
            await digests(office, bot, 7.5).once()
            chat = emulator.private_chat(emulator.person("Olga"))
            await chat.reply_to(chat.say("/start"))
            assert "The week from 2026-11-16" in await told(chat, digests(office, bot, 7.6))


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_bot_tells_the_week_only_where_that_is_set(root: Path, office_of: Open, wanted: bool) -> None:
    office = office_of(root, digest=wanted, open=True, owners=(FIRST_PERSON,))
    access = open_access(office.settings, office.database)
    async with Emulator() as emulator:
        chat = emulator.private_chat(emulator.person("Olga"))
        started = chat.say("/start")
        async with open_for_questions(office, access, emulator.token, emulator.url):
            await chat.reply_to(started)
            if wanted:
                while not any("The week from" in (message.text or "") for message in chat.messages):
                    await chat.next_reply(chat.messages[-1])
            asked_ = chat.say("zebra?")
            await chat.reply_to(asked_)
    assert any("The week from" in (message.text or "") for message in chat.messages) is wanted
