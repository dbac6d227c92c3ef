"""What people think of an answer: a thumb each, why it is down, in words or by a reaction, and all of it on record."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from bot.access.policy import Access
from bot.app import open_desk
from bot.desk.desk import Desk
from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.settings import Settings
from bot.telegram_app import running
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.models import FeedbackReason, Thumb
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from tests.support.desk import CLI, policydesk, whole_bot
from tests.support.osa import QUESTION

REASONS = [["Wrong", "Incomplete", "Old"], ["Should have abstained", "Other …"]]
SHOWS = [["Context", "More", "Open source"], ["Copy [1]", "Copy [2]", "Copy [3]"]]
USUAL, UP, DOWN = ([*SHOWS, thumbs] for thumbs in (["👍", "👎"], ["👍 ✓", "👎"], ["👍", "👎 ✓"]))


@pytest.fixture
def people(telegram: Emulator) -> list[User]:
    return [telegram.person("Aiko"), telegram.person("Binh")]


@pytest.fixture
def private(telegram: Emulator, people: Sequence[User]) -> Conversation:
    return telegram.private_chat(people[0])


@pytest.fixture
def group(telegram: Emulator, people: Sequence[User]) -> Group:
    made = telegram.group("Desk", people)
    made.promote_bot()
    return made


async def ask(chat: Conversation, text: str = QUESTION) -> Message:
    return await chat.reply_to(chat.say(text))


async def press(chat: Conversation, message: Message, label: str, by: User | None = None) -> str:
    """Press a button; returns what one is told."""
    return (await chat.callback_answer(chat.press(message, label, by))).text or ""


async def heard(chat: Conversation) -> None:
    """Wait until the bot has dealt with everything that happened in a chat."""
    await chat.reply_to(chat.say("/help"))


def given(log: ExchangeLog, question: str = QUESTION) -> list[tuple[int | None, str, str | None, str | None]]:
    """What everybody thinks of the latest answer to a question."""
    exchange = next(exchange for exchange in log.history() if question in exchange.question)
    return [(f.user_id, f.thumb, f.reason, f.note) for f in exchange.feedback]


def sent(telegram: Emulator, parameter: str) -> object:
    """What the bot gave as a parameter with its latest message."""
    value = telegram.calls_of("sendMessage")[-1].parameters[parameter]
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def labels(message: Message) -> list[list[str]]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return [[button.text for button in row] for row in rows]


# --- thumbs


async def test_a_thumb_up_is_on_record_and_thanked_for(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    assert "Thank you" in await press(private, answer, "👍")
    assert given(log) == [(private.id, "up", None, None)]
    assert labels(private.message(answer)) == UP


async def test_pressing_a_thumb_again_withdraws_it(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👍")
    assert "withdrawn" in await press(private, answer, "👍 ✓")
    assert given(log) == []
    assert labels(private.message(answer)) == USUAL


async def test_another_thumb_takes_the_place_of_the_first(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "👍")
    assert given(log) == [(private.id, "up", None, None)]
    assert labels(private.message(answer)) == UP


async def test_everyones_own_thumb_counts_once(group: Group, people: Sequence[User], log: ExchangeLog) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    for number, person in enumerate(people):
        await press(group, answer, f"👍 {number}" if number else "👍", person)
    assert given(log) == [(person.id, "up", None, None) for person in people]
    assert labels(group.message(answer))[-1] == [f"👍 {len(people)}", "👎"]
    await press(group, answer, f"👍 {len(people)}", people[1])
    assert given(log) == [(people[0].id, "up", None, None)]
    assert labels(group.message(answer))[-1] == ["👍 1", "👎"]


async def test_many_presses_at_once_leave_one_thumb_each(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    presses = [group.press(answer, "👍", person) for person in (*people, *people, *people)]
    await asyncio.gather(*map(group.callback_answer, presses))
    assert sorted(given(log)) == [(person.id, "up", None, None) for person in people]


async def test_a_thumb_counts_for_the_answer_it_is_under(private: Conversation, log: ExchangeLog) -> None:
    first = await ask(private)
    await ask(private, "When was OSA launched?")
    await press(private, first, "👍")
    assert given(log) == [(private.id, "up", None, None)]
    assert given(log, "launched") == []


# --- why it is down


async def test_a_thumb_down_counts_at_once_and_asks_why_in_the_same_message(
    private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    assert "What is wrong" in await press(private, answer, "👎")
    assert labels(private.message(answer)) == [*DOWN, *REASONS]
    assert given(log) == [(private.id, "down", None, None)]
    assert len(private.bot_messages) == 1


@pytest.mark.parametrize(
    ("label", "reason"),
    [("Wrong", "wrong"), ("Incomplete", "incomplete"), ("Old", "old"), ("Should have abstained",) * 2],
)
async def test_why_is_one_press_and_the_question_goes(
    private: Conversation, log: ExchangeLog, label: str, reason: str
) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    assert "Thank you" in await press(private, answer, label)
    assert given(log) == [(private.id, "down", reason.lower(), None)]
    assert labels(private.message(answer)) == DOWN


async def test_a_thumb_down_pressed_again_withdraws_reason_and_all(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "Old")
    assert "withdrawn" in await press(private, answer, "👎 ✓")
    assert given(log) == []


async def test_a_reason_that_somebody_else_presses_is_their_own(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    await press(group, answer, "👎", people[0])
    await press(group, answer, "Wrong", people[1])
    assert given(log) == [(people[0].id, "down", None, None), (people[1].id, "down", "wrong", None)]


async def test_whose_thumb_is_down_without_a_reason_is_asked_again_when_the_question_is_gone(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    await press(group, answer, "👎", people[0])
    await press(group, answer, "Wrong", people[1])
    assert "What is wrong" in await press(group, answer, "👎 2", people[0])
    await press(group, answer, "Incomplete", people[0])
    assert given(log) == [(people[1].id, "down", "wrong", None), (people[0].id, "down", "incomplete", None)]


async def test_a_refusal_is_wrong_when_there_is_an_answer(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private, "What did Norway pay for salmon licences?")
    await press(private, answer, "👎")
    assert labels(private.message(answer)) == [["👍", "👎 ✓"], ["There is an answer", "Other …"]]
    await press(private, answer, "There is an answer")
    assert given(log, "Norway") == [(private.id, "down", "should have answered", None)]


async def test_a_thumb_counts_though_the_buttons_cannot_be_changed(
    telegram: Emulator, private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    telegram.faults.arrange("editMessageReplyMarkup", InjectedFault(kind="message_not_found"))
    assert "What is wrong" in await press(private, answer, "👎")
    assert given(log) == [(private.id, "down", None, None)]


# --- in one's own words


async def test_an_explanation_that_is_corrected_is_noted_and_no_question(
    private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "Other …")
    said = private.say("Tonga is mising.", reply_to=private.bot_messages[-1])
    thanks = await private.reply_to(said)
    private.edit(said, "Tonga is missing.")
    assert (await private.next_reply(after=thanks)).text == "Thank you, noted."
    assert given(log) == [(private.id, "down", "other", "Tonga is missing.")]


async def test_another_reason_is_given_in_a_reply(telegram: Emulator, private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "Other …")
    asks = private.bot_messages[-1]
    assert "Tell me in a reply" in (asks.text or "")
    assert sent(telegram, "reply_markup") == {"force_reply": True, "selective": True}
    thanks = await private.reply_to(private.say("The list leaves out <b>Tonga</b>.", reply_to=asks))
    assert thanks.text == "Thank you, noted."
    assert given(log) == [(private.id, "down", "other", "The list leaves out <b>Tonga</b>.")]
    assert len(log.history()) == 1


async def test_in_a_group_the_person_is_named_and_a_reply_is_the_replying_persons(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    await press(group, answer, "👎", people[1])
    await press(group, answer, "Other …", people[1])
    asks = group.bot_messages[-1]
    assert (asks.text or "").startswith("Binh, what is wrong")
    await group.reply_to(group.say("It is about 2023.", people[1], reply_to=asks))
    assert given(log) == [(people[1].id, "down", "other", "It is about 2023.")]


async def test_two_people_with_another_reason_are_each_asked_once(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    await press(group, answer, "👎", people[0])
    shown = group.message(answer)
    presses = [group.press(shown, "Other …", person, stale=True) for person in (*people, *people)]
    await asyncio.gather(*map(group.callback_answer, presses))
    assert [(message.text or "")[:4] for message in group.bot_messages[1:]] == ["Aiko", "Binh"]
    assert given(log) == [(person.id, "down", "other", None) for person in people]


async def test_a_command_or_a_question_besides_is_none_of_that(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "Other …")
    asks = private.bot_messages[-1]
    assert "How to ask" in ((await private.reply_to(private.say("/help", reply_to=asks))).text or "")
    await ask(private, "When was OSA launched?")
    assert log.history()[0].question == "When was OSA launched?"
    assert given(log) == [(private.id, "down", "other", None)]


async def test_words_are_still_awaited_after_a_restart(
    desk: Desk, access: Access, settings: Settings, database: DeskDatabase, log: ExchangeLog
) -> None:
    async with Emulator() as emulator:
        chat = emulator.private_chat(emulator.person("Aiko"))
        async with running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk):
            answer = await ask(chat)
            await press(chat, answer, "👎")
            await press(chat, answer, "Other …")
        async with running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk):
            await chat.reply_to(chat.say("Too short.", reply_to=chat.bot_messages[-1]))
    assert given(log) == [(chat.id, "down", "other", "Too short.")]


# --- reactions


async def test_a_reaction_counts_as_a_thumb_and_taking_it_back_withdraws_it(
    private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    private.react(answer, "👍")
    await heard(private)
    assert given(log) == [(private.id, "up", None, None)]
    private.react(answer, "👎")
    await heard(private)
    assert given(log) == [(private.id, "down", None, None)]
    private.react(answer, None)
    await heard(private)
    assert given(log) == []


async def test_a_reaction_and_a_button_of_one_person_count_once(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    await press(private, answer, "👎")
    await press(private, answer, "Old")
    private.react(answer, "👎")
    await heard(private)
    assert given(log) == [(private.id, "down", "old", None)]
    private.react(answer, None)
    await heard(private)
    assert given(log) == [(private.id, "down", "old", None)]


async def test_reactions_in_a_group_count_for_each_person(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    group.react(answer, "👍", people[0])
    group.react(answer, "👎", people[1])
    await heard(group)
    assert given(log) == [(people[0].id, "up", None, None), (people[1].id, "down", None, None)]


async def test_an_anonymous_administrator_counts_as_the_group(
    group: Group, people: Sequence[User], log: ExchangeLog
) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    group.promote(people[1], is_anonymous=True)
    group.react(answer, "👍", people[1])
    await heard(group)
    assert given(log) == [(group.id, "up", None, None)]


async def test_other_reactions_and_those_to_other_messages_mean_nothing(
    private: Conversation, log: ExchangeLog
) -> None:
    asked = private.say(QUESTION)
    answer = await private.reply_to(asked)
    help_ = await ask(private, "/help")
    private.react(answer, "🔥")
    private.react(asked, "👍")
    private.react(help_, "👎")
    await heard(private)
    assert given(log) == []


async def test_a_message_of_the_same_number_in_another_chat_is_another(
    telegram: Emulator, private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    other = telegram.private_chat(telegram.person("Chi"))
    theirs = await ask(other, "When was OSA launched?")
    assert theirs.message_id == answer.message_id
    other.react(theirs, "👎")
    await heard(other)
    assert given(log) == []
    assert given(log, "launched") == [(other.id, "down", None, None)]


# --- on record


def test_history_shows_feedback_in_the_table_and_as_a_field(
    settings: Settings, seeds: Library, database: DeskDatabase
) -> None:
    number = open_desk(settings, seeds, database).ask(QUESTION, CLI).id
    assert number
    book = FeedbackBook(database)
    book.press(number, 7, Thumb.UP)
    book.explain(number, 8, FeedbackReason.OLD)
    book.explain(number, 9, FeedbackReason.OTHER, "Leaves out Tonga.")
    (exchange,) = json.loads(policydesk("history", "--json").stdout)
    assert [(f["user_id"], f["thumb"], f["reason"], f["note"]) for f in exchange["feedback"]] == [
        (7, "up", None, None),
        (8, "down", "old", None),
        (9, "down", "other", "Leaves out Tonga."),
    ]
    table = policydesk("history").stdout
    assert all(line in table for line in ("1 up", "1 down: old", "1 down: other", "“Leaves out Tonga.”"))


def test_a_person_can_be_forgotten_while_their_thumb_still_counts(
    settings: Settings, seeds: Library, database: DeskDatabase, log: ExchangeLog
) -> None:
    desk, book = open_desk(settings, seeds, database), FeedbackBook(database)
    for number in (desk.ask(QUESTION, CLI).id, desk.ask(QUESTION, CLI).id):
        book.explain(number or 0, 7, FeedbackReason.OTHER, "I, Aiko, disagree.")
    PeopleRecord(database).forget(7)
    assert [[(f.user_id, f.thumb, f.reason, f.note) for f in e.feedback] for e in log.history()] == [
        [(None, "down", "other", None)]
    ] * 2
