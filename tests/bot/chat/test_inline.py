"""Inline mode: passages behind the bot's name in any chat; what is sent goes on record, what is typed does not."""

import html
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.access.policy import Access
from bot.app import open_desk
from bot.desk.desk import Desk
from bot.emulator.objects import InlineAnswer
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.handlers.asking.inline import Inline
from bot.messages.localizer import Localizer
from bot.settings import Settings
from bot.telegram_app import running
from retrieval.library import Library
from storage.chats.language_choices import LanguageChoices
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import whole_bot, write
from tests.support.emulator_bots import polling
from tests.support.osa import SOURCE

WORDS = "first recipients of OSA"
TEXT = "The frigates of the navy arrived in Da Nang on Monday. They stayed for a week. Nobody was hurt."


@pytest.fixture
def elsewhere(telegram: Emulator) -> Group:
    """A group that the bot is not in."""
    return telegram.group("Elsewhere", [telegram.person("Aiko"), telegram.person("Binh")], with_bot=False)


async def typed(chat: Conversation, words: str) -> InlineAnswer:
    return await chat.inline_answer(chat.type_inline(words))


async def heard(telegram: Emulator) -> None:
    """Wait until the bot has dealt with what Aiko did: it takes what one person does in order."""
    aiko = telegram.private_chat(next(iter(telegram.world.people.values())))
    await aiko.reply_to(aiko.say("/help"))


async def test_words_bring_the_best_passages_with_title_date_and_place(elsewhere: Group) -> None:
    offer = await typed(elsewhere, WORDS)
    first = offer.results[0]
    assert first.title == "Japan and Vietnam upgrade security ties with eye on China, 2023-11-29"
    assert "OSA program, a central element of the support discussion" in (first.description or "")
    assert "Bangladesh” …" in (first.description or "")
    assert (first.description or "").endswith(SOURCE)
    assert 1 < len(offer.results) <= 8


async def test_results_are_for_the_person_who_typed_and_kept_for_seconds_only(elsewhere: Group) -> None:
    offer = await typed(elsewhere, WORDS)
    assert offer.is_personal
    assert offer.cache_time <= 10


async def test_a_result_that_is_sent_is_the_quote_with_its_citation(elsewhere: Group, seeds: Library) -> None:
    query = elsewhere.type_inline(WORDS)
    offer = await elsewhere.inline_answer(query)
    sent = elsewhere.choose(query, offer.results[0].id)
    found = re.fullmatch(r"“(.*)”\n(.*), 2023-11-29, 001_dd85be5707bc16ac\.txt:17", sent.text or "", re.DOTALL)
    assert found
    assert found[1] in {passage.text for passage in seeds.passages}
    assert sent.marked("italic") == [found[2]]


async def test_what_is_sent_goes_on_record_with_the_exact_words_and_who_sent_it(
    telegram: Emulator, elsewhere: Group, log: ExchangeLog
) -> None:
    query = elsewhere.type_inline(f" {WORDS} ")
    offer = await elsewhere.inline_answer(query)
    elsewhere.choose(query, offer.results[1].id)
    await heard(telegram)
    (logged,) = log.history()
    assert (logged.channel, logged.question, logged.outcome) == ("inline", WORDS, "answered")
    assert (logged.user_id, logged.chat_id) == (elsewhere.first().id, None)
    assert logged.reply == offer.results[1].input_message_content.message_text
    assert [citation.quote in html.unescape(logged.reply) for citation in logged.citations] == [True]


async def test_what_is_typed_is_not_on_record(telegram: Emulator, elsewhere: Group, log: ExchangeLog) -> None:
    for end in range(1, len(WORDS) + 1):
        await typed(elsewhere, WORDS[:end])
    await heard(telegram)
    assert log.history() == []


async def test_nothing_typed_brings_a_hint_and_no_results(elsewhere: Group) -> None:
    offer = await typed(elsewhere, "")
    assert offer.results == ()
    assert offer.button
    assert offer.button.text.startswith("Type words")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("zebra xylophone", "Nothing in the articles"),
        ("일본의 방위 장비는?", "Nothing in the articles"),
        ("hello", "Nothing in the articles"),
        ("OSA after:someday", "A filter here cannot be used"),
        ("x" * 256, "Nothing in the articles"),
    ],
)
async def test_words_that_nothing_answers_bring_a_line_that_says_so(elsewhere: Group, words: str, hint: str) -> None:
    offer = await typed(elsewhere, words)
    assert offer.results == ()
    assert offer.button
    assert offer.button.text.startswith(hint)


async def test_passages_that_may_not_answer_are_offered_as_such(elsewhere: Group) -> None:
    offer = await typed(elsewhere, "What did Vietnam pay for the zebra xylophone?")
    assert offer.results
    assert offer.button
    assert "may not answer" in offer.button.text


async def test_filters_hold_in_inline_mode(elsewhere: Group) -> None:
    offer = await typed(elsewhere, "Japan Vietnam from:kyodo")
    assert {"003_e5f3be33e5a72950.txt" in (result.description or "") for result in offer.results} == {True}


async def test_the_line_above_results_leads_to_the_bot(telegram: Emulator, elsewhere: Group) -> None:
    offer = await typed(elsewhere, "")
    assert offer.button
    chat = telegram.private_chat(elsewhere.first())
    assert "5 articles" in ((await chat.reply_to(chat.start(offer.button.start_parameter or ""))).text or "")


async def test_whoever_may_not_ask_sees_nothing_but_the_way_to_the_bot(desk: Desk, database: DeskDatabase) -> None:
    interpreter = Localizer(desk.renderer, LanguageChoices(database))
    async with Emulator() as telegram:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        async with polling(telegram, *Inline(desk, lambda person: person == aiko.id, interpreter).handlers()):
            for words in (WORDS, ""):
                offer = await typed(telegram.private_chat(binh), words)
                assert offer.results == ()
                assert offer.button
                assert (offer.button.text, offer.button.start_parameter) == ("Ask for access first", "access")
            assert (await typed(telegram.private_chat(aiko), WORDS)).results


async def test_a_result_is_not_taken_for_a_question_where_the_bot_is(telegram: Emulator, log: ExchangeLog) -> None:
    group = telegram.group("Desk", [telegram.person("Aiko")])
    query = group.type_inline(WORDS)
    await group.inline_answer(query)
    group.choose(query, telegram.world.queries.inline_answers[query.id].results[0].id)
    await heard(telegram)
    assert [exchange.channel for exchange in log.history()] == ["inline"]
    assert group.bot_messages == []


async def test_what_is_sent_after_a_restart_or_a_change_of_the_articles_goes_on_record(
    folder: Callable[..., Path],
    access: Access,
    settings: Settings,
    database: DeskDatabase,
    log: ExchangeLog,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a restart the passage is found again; only one that is gone by then cannot be recorded, which is told."""

    def bot(telegram: Emulator, root: Path) -> AbstractAsyncContextManager[object]:
        desk = open_desk(settings, Library.open(root), database)
        return running(whole_bot(telegram.token, telegram.url, desk, access, settings, database), desk)

    root = folder(a=TEXT)
    async with Emulator() as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        async with bot(telegram, root):
            first, second = chat.type_inline("frigates in Da Nang"), chat.type_inline("frigates of the navy")
            name = (await chat.inline_answer(first)).results[0].id
            await chat.inline_answer(second)
        async with bot(telegram, root):
            chat.choose(first, name)
            await heard(telegram)
        assert [exchange.question for exchange in log.history()] == ["frigates in Da Nang"]
        write(root / "a.txt", TEXT.replace("Monday", "Tuesday"))
        async with bot(telegram, root):
            chat.choose(second, name)
            await heard(telegram)
    assert len(log.history()) == 1
    assert any("Not on record" in record.getMessage() for record in caplog.records)


async def test_results_that_come_too_late_are_no_failure(
    telegram: Emulator, elsewhere: Group, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere.expire(elsewhere.type_inline(WORDS))
    await heard(telegram)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
