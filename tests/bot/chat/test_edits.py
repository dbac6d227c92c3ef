"""Somebody edits what they asked: the answer changes where it stands, and both are on record."""

import logging
import sqlite3

import pytest

from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from storage.models import LoggedExchange
from storage.record.exchanges import ExchangeLog
from tests.support.osa import ANSWERED, QUESTION

OTHER = "Who chairs the Japan-Vietnam Parliamentary Friendship Union?"
OTHERWISE = "Toshihiro Nikai"


def logged(log: ExchangeLog) -> list[LoggedExchange]:
    """What is on record, oldest first."""
    return log.history()[::-1]


async def settled(chat: Conversation) -> None:
    """Everything said and edited in a chat has been dealt with: it is worked off in order, and this comes last."""
    await chat.reply_to(chat.say("/help"))


async def test_an_edited_question_edits_its_answer_in_place(private: Conversation) -> None:
    asked = private.say(QUESTION)
    reply = await private.reply_to(asked)
    private.edit(asked, OTHER)
    changed = await private.next_edit(reply)
    assert changed.message_id == reply.message_id
    assert OTHERWISE in (changed.text or "")
    assert ANSWERED not in (changed.text or "")
    assert len(private.bot_messages) == 1


async def test_links_in_an_edited_answer_are_not_previewed_and_its_markup_is_read(
    telegram: Emulator, private: Conversation
) -> None:
    asked = private.say(OTHER)
    reply = await private.reply_to(asked)
    private.edit(asked, QUESTION)
    changed = await private.next_edit(reply)
    assert "bold" in {entity.type for entity in changed.entities or ()}
    options = telegram.calls_of("editMessageText")[-1].parameters["link_preview_options"]
    assert getattr(options, "is_disabled", False) is True


async def test_both_exchanges_are_on_record_and_linked(private: Conversation, log: ExchangeLog) -> None:
    asked = private.say(QUESTION)
    reply = await private.reply_to(asked)
    private.edit(asked, OTHER)
    await private.next_edit(reply)
    private.edit(asked, "Who is Nobuo Kishi?")
    await settled(private)
    first, second, third = logged(log)
    assert [entry.question for entry in (first, second, third)] == [QUESTION, OTHER, "Who is Nobuo Kishi?"]
    assert [entry.replaces for entry in (first, second, third)] == [None, first.id, second.id]
    assert {entry.message_id for entry in (first, second, third)} == {asked.message_id}
    assert {entry.reply_message_id for entry in (first, second, third)} == {reply.message_id}


async def test_an_edit_that_does_not_change_the_question_does_nothing(
    telegram: Emulator, group: Group, log: ExchangeLog
) -> None:
    asked = group.say(f"@policydesk_bot {QUESTION}")
    await group.reply_to(asked)
    group.edit(asked, f"{QUESTION} @policydesk_bot")
    await settled(group)
    assert len(logged(log)) == 1
    assert telegram.calls_of("editMessageText") == []


async def test_a_deleted_answer_is_not_resurrected(
    telegram: Emulator, private: Conversation, log: ExchangeLog, caplog: pytest.LogCaptureFixture
) -> None:
    """However often its question is edited, nothing is sent; what would have been said is on record."""
    caplog.set_level(logging.INFO, "bot")
    asked = private.say(QUESTION)
    reply = await private.reply_to(asked)
    private.delete(reply)
    for text in (OTHER, "Who is Nobuo Kishi?"):
        private.edit(asked, text)
    await settled(private)
    assert [message.message_id for message in private.bot_messages] == [private.messages[-1].message_id]
    assert len(telegram.calls_of("editMessageText")) == 2
    assert [entry.question for entry in logged(log)] == [QUESTION, OTHER, "Who is Nobuo Kishi?"]
    assert "could not be changed: Message to edit not found" in caplog.text


async def test_a_message_that_an_edit_makes_a_question_is_answered(group: Group, log: ExchangeLog) -> None:
    said = group.say(QUESTION)
    await settled(group)
    edited = group.edit(said, f"@policydesk_bot {QUESTION}")
    assert ANSWERED in ((await group.reply_to(edited)).text or "")
    assert [entry.replaces for entry in logged(log)] == [None]


async def test_a_command_that_lacked_its_question_is_answered_when_that_is_put_in(group: Group) -> None:
    said = group.say("/ask")
    usage = await group.reply_to(said)
    group.edit(said, f"/ask {QUESTION}")
    assert ANSWERED in ((await group.next_reply(after=usage)).text or "")


@pytest.mark.parametrize("text", ["never mind", "/ask@other_bot Who?", "@other_bot Who?", "/help", "/ask"])
async def test_a_question_edited_into_something_else_keeps_its_answer(
    telegram: Emulator, group: Group, text: str
) -> None:
    asked = group.say(f"/ask {QUESTION}")
    reply = await group.reply_to(asked)
    group.edit(asked, text)
    await settled(group)
    assert group.message(reply) == reply
    assert telegram.calls_of("editMessageText") == []


async def test_an_edit_while_the_first_answer_is_worked_out_comes_after_it(
    private: Conversation, log: ExchangeLog
) -> None:
    asked = private.say(QUESTION)
    for text in ("Who is Nobuo Kishi?", OTHER):
        private.edit(asked, text)
    await settled(private)
    first = private.bot_messages[0]
    assert OTHERWISE in (first.text or "")
    assert [entry.question for entry in logged(log)] == [QUESTION, "Who is Nobuo Kishi?", OTHER]


async def test_an_answer_that_could_not_be_sent_is_sent_when_the_question_is_edited(
    telegram: Emulator, private: Conversation
) -> None:
    telegram.faults.arrange("sendMessage", InjectedFault(kind="chat_not_found"), chat_id=private.id)
    asked = private.say(QUESTION)
    await settled(private)
    private.edit(asked, OTHER)
    await settled(private)
    quoted = [message for message in private.bot_messages if message.reply_to_message]
    assert OTHERWISE in next(m.text or "" for m in quoted if _answers(m, asked))


def _answers(reply: Message, asked: Message) -> bool:
    return reply.reply_to_message is not None and reply.reply_to_message.message_id == asked.message_id


async def test_a_failure_over_an_edited_question_is_told(private: Conversation, log: ExchangeLog) -> None:
    asked = private.say(QUESTION)
    reply = await private.reply_to(asked)
    with sqlite3.connect(log.database.path) as other:
        other.execute("create trigger broken before insert on exchanges begin select raise(abort, 'broken'); end")
    other.close()
    private.edit(asked, OTHER)
    assert "Something went wrong" in ((await private.next_reply(after=reply)).text or "")


async def test_an_edited_photo_caption_is_an_edited_question(private: Conversation) -> None:
    asked = private.send_photo(caption=QUESTION)
    reply = await private.reply_to(asked)
    private.edit(asked, OTHER)
    assert OTHERWISE in ((await private.next_edit(reply)).text or "")


async def test_an_edited_follow_up_still_leans_on_what_came_before_it(private: Conversation) -> None:
    """Not on itself, nor on what was asked later."""
    await private.reply_to(private.say(QUESTION))
    asked = private.say("and Malaysia?")
    reply = await private.reply_to(asked)
    await private.reply_to(private.say(OTHER))
    private.edit(asked, "and Fiji?")
    changed = await private.next_edit(reply)
    assert (changed.text or "").startswith("Read as: and Fiji, with countries, first, receive, OSA from")
