"""Ask a person: a question without an answer goes before the curators, and their reply to who asked."""

import datetime as dt
from collections.abc import Callable

import pytest

from bot.app import Office
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.settings import SEEDS
from retrieval.reading.front_matter import split_address
from storage.chats.referrals import MessagePlace, Referral, ReferralBook
from storage.database.connection import DeskDatabase
from storage.database.verdict_migrations import verdicts_beside
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from storage.review.dashboard import DateRange
from storage.review.gaps import gaps_page
from storage.verdicts.book import VerdictBook
from tests.support.answers import exchange
from tests.support.desk import serving
from tests.support.osa import QUESTION

Open = Callable[..., Office]
UNANSWERED = "Who won the football world cup in 2022?"


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons()]


async def refused(chat: Conversation) -> Message:
    return await chat.reply_to(chat.say(UNANSWERED))


async def test_a_refusal_offers_to_ask_a_person_only_where_curators_are_named(office_of: Open) -> None:
    async with serving(office_of(SEEDS)) as telegram:
        assert labels(await refused(telegram.private_chat(telegram.person("Aiko")))) == ["👍", "👎"]
    async with serving(office_of(SEEDS, curators_chat=5)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert labels(await refused(chat)) == ["Ask a person", "👍", "👎"]
        assert "Ask a person" not in labels(await chat.reply_to(chat.say(QUESTION)))


async def test_a_curators_reply_goes_to_who_asked_under_their_name_and_on_record(
    office_of: Open, database: DeskDatabase
) -> None:
    async with Emulator() as telegram:
        haruka, aiko = telegram.person("Haruka"), telegram.person("Aiko")
        desk, chat = telegram.group("Curators", [haruka]), telegram.private_chat(aiko)
        async with serving(office_of(SEEDS, curators_chat=desk.id), telegram=telegram):
            refusal = await refused(chat)
            told = await chat.callback_answer(chat.press(refusal, "Ask a person"))
            assert told.text == "Your question is before the curators. What they reply comes here."
            post = await desk.next_reply()
            assert (post.text or "").startswith(f"Aiko asks, and no article answers it:\n{UNANSWERED}")
            again = await chat.callback_answer(chat.press(refusal, "Ask a person"))
            assert again.text == "This question is before the curators already."
            sent = await desk.reply_to(desk.say("Argentina. https://fifa.example/2022", haruka, reply_to=post))
            assert sent.text == "Sent to who asked, and on record."
            reply = await chat.reply_to(refusal)
    assert reply.text == "Haruka, a person, answers:\nArgentina.\nSource: https://fifa.example/2022"
    with database.reading() as db:
        row = db.execute("select answerer_id, answerer, words, url from referrals").fetchone()
    assert row == (haruka.id, "Haruka", "Argentina.", "https://fifa.example/2022")
    VerdictBook(database)
    with database.reading() as db:
        db.execute("attach database ? as verdicts", [str(verdicts_beside(database.path))])
        (gap,) = gaps_page(db, None, DateRange(since=dt.date(2020, 1, 1), until=dt.date(2099, 1, 1))).single
    assert (gap.reply, gap.replied_by) == ("Argentina.", "Haruka")
    PeopleRecord(database).forget(haruka.id)
    PeopleRecord(database).forget(aiko.id)
    with database.reading() as db:
        assert db.execute("select count(*) from referrals").fetchone() == (0,)


async def test_a_reply_without_a_source_says_so_and_comes_after_a_restart(office_of: Open) -> None:
    async with Emulator() as telegram:
        haruka = telegram.person("Haruka")
        desk, chat = telegram.forum("Curators", [haruka], ["Questions"]), telegram.private_chat(telegram.person("Aiko"))
        office = office_of(SEEDS, curators_chat=desk.id)
        async with serving(office, telegram=telegram):
            refusal = await refused(chat)
            chat.press(refusal, "Ask a person")
            post = await desk.next_reply()
        async with serving(office, telegram=telegram):
            desk.say("Nobody knows.", haruka, reply_to=post)
            reply = await chat.reply_to(refusal)
    assert reply.text == "Haruka, a person, answers:\nNobody knows.\nNo source was given; no article says it."


async def test_a_reply_that_is_corrected_goes_to_who_asked_again_and_is_no_question(
    office_of: Open, log: ExchangeLog
) -> None:
    async with Emulator() as telegram:
        haruka = telegram.person("Haruka")
        desk, chat = telegram.group("Curators", [haruka]), telegram.private_chat(telegram.person("Aiko"))
        async with serving(office_of(SEEDS, curators_chat=desk.id), telegram=telegram):
            refusal = await refused(chat)
            chat.press(refusal, "Ask a person")
            said = desk.say("Brazil.", haruka, reply_to=await desk.next_reply())
            wrong = await chat.reply_to(refusal)
            desk.edit(said, "Argentina.")
            assert "Argentina." in ((await chat.next_reply(after=wrong)).text or "")
    assert [entry.question for entry in log.history()] == [UNANSWERED]


async def test_a_reply_reaches_a_group_that_has_become_a_supergroup(office_of: Open) -> None:
    async with Emulator() as telegram:
        haruka, aiko = telegram.person("Haruka"), telegram.person("Aiko")
        desk, group = telegram.group("Curators", [haruka]), telegram.group("Team", [aiko])
        async with serving(office_of(SEEDS, curators_chat=desk.id), telegram=telegram):
            refusal = await group.reply_to(group.say(f"/ask {UNANSWERED}"))
            group.press(refusal, "Ask a person")
            post = await desk.next_reply()
            moved = group.upgrade()
            await moved.reply_to(moved.say("/ask Who is Nobuo Kishi?"))
            desk.say("Argentina.", haruka, reply_to=post)
            assert "Argentina." in ((await moved.next_reply(after=moved.bot_messages[-1])).text or "")


def test_a_question_forgotten_while_it_is_put_before_the_curators_stays_forgotten(
    log: ExchangeLog,
) -> None:
    asked, book = log.record(exchange(UNANSWERED)), ReferralBook(log.database)
    PeopleRecord(log.database).forget(asked.user_id or 0)
    book.add(Referral(asked.id or 0, MessagePlace(5, 1), MessagePlace(-7, 1)), dt.datetime.now(dt.UTC))
    assert not book.is_referred(asked.id or 0)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("Argentina, see https://fifa.example/2022.", "https://fifa.example/2022"),
        ("Argentina (https://fifa.example/a?b=1).", "https://fifa.example/a?b=1"),
        ("アルゼンチンです。https://fifa.example/2022。", "https://fifa.example/2022"),
        ("https://fifa.example/Cup_(2022)", "https://fifa.example/Cup_(2022)"),
        ("As in https://... or https://fifa.example", "https://fifa.example"),
    ],
)
def test_the_marks_of_a_sentence_are_no_part_of_an_address_in_it(said: str, url: str) -> None:
    assert split_address(said).url == url
