"""`/brief` in a chat: a Word file with the buttons of an answer; it is on record with its quotes."""

import io
import re
from pathlib import Path

import docx
import pytest
from docx.document import Document

from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from storage.briefs.book import BriefBook
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from tests.support.desk import policydesk


async def ask(chat: Conversation, text: str) -> Message:
    return await chat.reply_to(chat.say(text))


async def document(telegram: Emulator, reply: Message) -> Document:
    return docx.Document(io.BytesIO(await content(telegram, reply)))


async def content(telegram: Emulator, reply: Message) -> bytes:
    assert reply.document is not None
    return telegram.world.files.get(reply.document.file_id).content


async def test_a_brief_comes_as_a_word_file(telegram: Emulator, private: Conversation, log: ExchangeLog) -> None:
    reply = await ask(private, "/brief OSA")
    assert reply.document is not None
    assert (reply.document.file_name or "").startswith("brief-osa-20")
    assert (reply.document.file_name or "").endswith(".docx")
    assert "Brief on OSA" in (reply.caption or "")
    text = "\n".join(p.text for p in (await document(telegram, reply)).paragraphs)
    (logged,) = log.history()
    assert (logged.kind, logged.question) == ("brief", "Brief on OSA")
    assert any(cited.shown in text for cited in logged.citations)


@pytest.mark.parametrize("command", ["/brief", "/timeline", "/compare", "/watch"])
@pytest.mark.parametrize("topic", ["", " ?!", " \u200b"])
async def test_a_command_without_a_topic_is_told_how_to_name_one(
    private: Conversation, log: ExchangeLog, command: str, topic: str
) -> None:
    said = (await ask(private, f"{command}{topic}")).text or ""
    assert f"{command} " in said
    assert not log.history()


async def test_its_document_can_be_checked(telegram: Emulator, private: Conversation, tmp_path: Path) -> None:
    file = tmp_path / "brief.docx"
    file.write_bytes(await content(telegram, await ask(private, "/brief OSA")))
    assert policydesk("verify", file).returncode == 0


async def test_a_thumb_counts_for_it(private: Conversation, log: ExchangeLog) -> None:
    reply = await ask(private, "/brief OSA")
    private.press(reply, "👍")
    await private.next_edit(reply)
    (logged,) = log.history()
    assert [given.thumb for given in logged.feedback] == ["up"]


async def test_without_a_topic_it_says_how(private: Conversation) -> None:
    assert "/brief Official" in ((await ask(private, "/brief")).text or "")


async def test_on_what_no_article_knows_it_is_refused(private: Conversation) -> None:
    assert "nothing on unicorns" in ((await ask(private, "/brief unicorns")).text or "")


async def test_in_a_group_it_is_sent_too(group: Group) -> None:
    assert (await ask(group, "/brief@policydesk_bot OSA")).document is not None


async def test_what_others_asked_is_told_to_curators_alone(
    telegram: Emulator, private: Conversation, group: Group
) -> None:
    await ask(private, "How many zebras received OSA?")
    told = [
        "\n".join(p.text for p in (await document(telegram, await ask(chat, "/brief OSA"))).paragraphs)
        for chat in (private, group)
    ]
    assert ["zebras" in text for text in told] == [True, False]


async def test_forgetting_empties_it(private: Conversation, database: DeskDatabase, log: ExchangeLog) -> None:
    await ask(private, "/brief OSA")
    (logged,) = log.history()
    assert BriefBook(database).find(logged.id) is not None
    PeopleRecord(database).forget(logged.user_id or 0)
    assert BriefBook(database).find(logged.id) is None


# --- chosen, saved, renewed


async def pressed(chat: Conversation, message: Message, button: str) -> Message:
    """Press a button that changes its message, and wait for that."""
    chat.press(chat.message(message), button)
    return await chat.next_edit(message, timeout=30)


async def test_quotes_are_left_out_pinned_and_moved_before_the_document_is_made(
    telegram: Emulator, private: Conversation, log: ExchangeLog
) -> None:
    reply = await ask(private, "/brief OSA")
    private.press(reply, "Choose quotes")
    chosen = await private.next_reply(after=reply)
    assert "☑ 1. Japan is considering" in (chosen.text or "")
    one = await pressed(private, chosen, "1")
    assert "It is quoted." in (one.text or "")
    one = await pressed(private, one, "Leave it out")
    assert "It is left out." in (one.text or "")
    every = await pressed(private, one, "All quotes")
    assert "☐ 1. Japan is considering" in (every.text or "")
    pinned = await pressed(private, await pressed(private, every, "3"), "Pin")
    again = await pressed(private, await pressed(private, pinned, "Earlier"), "All quotes")
    second, third = (re.findall(rf"^☑ {n}\. (.{{20}})", every.text or "", re.MULTILINE)[0] for n in (2, 3))
    assert f"📌 2. {third}" in (again.text or "")
    private.press(private.message(again), "Make the document")
    made = await private.next_reply(after=again)
    text = "\n".join(p.text for p in (await document(telegram, made)).paragraphs)
    assert text.index(third) < text.index(second)
    assert "Japan is considering including" not in text
    newest, first = log.history()
    assert len(newest.citations) == len(first.citations) - 1


async def test_only_who_asked_or_a_curator_chooses(telegram: Emulator, group: Group) -> None:
    reply = await ask(group, "/brief@policydesk_bot OSA")
    answer = await group.callback_answer(group.press(reply, "Choose quotes", telegram.person("Chi")))
    assert "Only who asked for the brief" in (answer.text or "")


async def test_a_saved_brief_is_renewed(private: Conversation, database: DeskDatabase, log: ExchangeLog) -> None:
    reply = await ask(private, "/brief OSA")
    saved = await private.callback_answer(private.press(reply, "Save brief"))
    assert "is saved" in (saved.text or "")
    book = BriefBook(database)
    (first,) = log.history()
    assert [saved.exchange_id for saved in book.saved()] == [first.id]
    private.press(private.message(reply), "Renew")
    await private.next_reply(after=reply)
    assert [saved.exchange_id for saved in book.saved()] == [log.history()[0].id]
    kept = book.find(log.history()[0].id)
    assert kept is not None
    assert kept.renews == first.id
