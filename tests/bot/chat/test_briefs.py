"""`/brief` in a chat: a Word file with the buttons of an answer; it is on record with its quotes."""

import io
from pathlib import Path

import docx
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
