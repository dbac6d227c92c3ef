"""Collections: a chat or a topic can be tied to some of them, and its questions are answered from these only."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from storage.chats.collection_choices import CollectionChoices
from storage.database.connection import DeskDatabase
from tests.support.desk import serving, write

ASKED = "How many patrol ships did Japan hand over?"
TEXT = "Ships for {0}\n\nJapan handed over {1} patrol ships to {0} on Monday.\n"
Open = Callable[..., Office]


@pytest.fixture
def root(folder: Callable[..., Path]) -> Path:
    """Articles in three collections, one of them with a space in its name, and one article in none."""
    articles = folder(pacific__a=TEXT.format("Fiji", "three"), loose=TEXT.format("Manila", "nine"))
    write(articles / "South Asia" / "b", TEXT.format("Dhaka", "five"))
    write(articles / "africa" / "c", TEXT.format("Djibouti", "two"))
    return articles


async def ask(chat: Conversation, text: str, topic: str | None = None) -> str:
    return (await chat.reply_to(chat.say(text, topic=topic))).text or ""


def places(reply: str) -> set[str]:
    """The places that ships were handed to, as a reply quotes them."""
    return {place for place in ("Fiji", "Manila", "Dhaka", "Djibouti") if f"ships to {place}" in reply}


async def test_questions_in_a_tied_chat_are_answered_from_its_collections_only(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert len(places(await ask(chat, ASKED))) == 3
        assert "now answered from pacific only" in await ask(chat, "/use pacific")
        assert places(await ask(chat, ASKED)) == {"Fiji"}


async def test_several_collections_can_be_named_as_in_filters(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert "answered from pacific, South Asia only" in await ask(chat, "/use in:PACIFIC, south-asia")
        assert places(await ask(chat, ASKED)) == {"Fiji", "Dhaka"}


async def test_use_all_undoes_it(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific")
        assert "again answered from all articles" in await ask(chat, "/use all")
        assert len(places(await ask(chat, ASKED))) == 3


async def test_a_question_that_names_a_collection_is_answered_from_that_one(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific")
        assert places(await ask(chat, f"{ASKED} in:africa")) == {"Djibouti"}


async def test_an_abstention_says_what_was_searched(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use south-asia")
        reply = await ask(chat, "Who chairs the parliament of Norway?")
        assert reply.startswith("Nothing in the articles that pass in:South-Asia answers this")


async def test_other_filters_hold_beside_it(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific")
        assert "No article passes after:2024, in:pacific" in await ask(chat, f"{ASKED} after:2024")


async def test_a_follow_up_leans_on_what_was_asked_and_stays_in_the_collections(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific africa")
        await ask(chat, "How many patrol ships did Japan hand over to Fiji?")
        assert places(await ask(chat, "and Djibouti?")) >= {"Djibouti"}
        assert "in:pacific answers this: nothing on Dhaka" in await ask(chat, "and Dhaka?")


async def test_topics_are_tied_apart_and_go_by_their_group_where_they_are_not(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        forum = telegram.forum("Desk", [telegram.person("Aiko")], ["Trade", "Security"])
        await ask(forum, "/use africa")
        assert "in this topic are now answered from pacific only" in await ask(forum, "/use pacific", "Trade")
        assert places(await ask(forum, f"/ask {ASKED}", "Trade")) == {"Fiji"}
        assert places(await ask(forum, f"/ask {ASKED}", "Security")) == {"Djibouti"}
        reply = await ask(forum, "/use all", "Trade")
        assert "answered from africa only, as everywhere in this group" in reply


async def test_use_alone_says_what_there_is(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        reply = await ask(telegram.private_chat(telegram.person("Aiko")), "/use")
    assert "Questions here are answered from all articles." in reply
    assert "There are the collections africa, pacific, South Asia." in reply


async def test_use_without_collections_says_that_there_are_none(folder: Callable[..., Path], office_of: Open) -> None:
    async with serving(office_of(folder(a=TEXT))) as telegram:
        reply = await ask(telegram.private_chat(telegram.person("Aiko")), "/use")
    assert "There are no collections" in reply


async def test_an_unknown_collection_changes_nothing_and_says_what_there_is(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific")
        reply = await ask(chat, "/use africa <b>europe</b>")
        assert "No collection is named <b>europe</b>, so nothing was changed." in reply
        assert "africa, pacific, South Asia" in reply
        assert places(await ask(chat, ASKED)) == {"Fiji"}


async def test_only_curators_tie_and_everybody_sees_it(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        group = telegram.group("Desk", [aiko := telegram.person("Aiko"), binh := telegram.person("Binh")])

        async def said(text: str, sender: object) -> str:
            return (await group.reply_to(group.say(text, sender))).text or ""  # type: ignore[arg-type]

        assert "Only curators" in await said("/use pacific", binh)
        assert "now answered from pacific" in await said("/use pacific", aiko)
        assert "Questions here are answered from pacific only." in await said("/use", binh)
        assert "Questions here are answered from pacific only." in await said("/sources", binh)


async def test_sources_name_the_collection_of_each_article(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        reply = await ask(telegram.private_chat(telegram.person("Aiko")), "/sources")
    assert "Ships for Dhaka, in South Asia, 2 passages" in reply


async def test_a_collection_that_vanished_is_said_and_how_to_choose_another(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use south-asia")
        shutil.rmtree(root / "South Asia")
        await ask(chat, "/reload")
        reply = await ask(chat, ASKED)
        assert "Questions here are answered from in:South-Asia only, and no article is there any more." in reply
        assert "/use all. There are: africa, pacific." in reply
        assert "South Asia only (South Asia: no article is there any more)" in await ask(chat, "/sources")
        assert "Of these, South Asia holds no article any more." in await ask(chat, "/use")


async def test_of_several_collections_those_that_are_left_answer(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use south-asia pacific")
        shutil.rmtree(root / "South Asia")
        await ask(chat, "/reload")
        assert places(await ask(chat, ASKED)) == {"Fiji"}


async def test_what_a_group_is_tied_to_follows_it_when_it_becomes_a_supergroup(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        group = telegram.group("Desk", [telegram.person("Aiko")], basic=True)
        await ask(group, "/use pacific")
        group = group.upgrade()
        assert places(await ask(group, f"/ask {ASKED}")) == {"Fiji"}


async def test_an_edited_question_stays_in_the_collections(root: Path, office_of: Open) -> None:
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        await ask(chat, "/use pacific")
        asked: Message = chat.say("Who chairs the parliament of Norway?")
        reply = await chat.reply_to(asked)
        chat.edit(asked, ASKED)
        assert places((await chat.next_edit(reply)).text or "") == {"Fiji"}


def test_ties_are_kept_by_chat_and_topic(database: DeskDatabase) -> None:
    ties = CollectionChoices(database)
    ties.tie(-1, None, ["b", "a"])
    ties.tie(-1, 7, ["c"])
    assert [ties.of(-1), ties.of(-1, 7), ties.of(-1, 8), ties.of(-2)] == [("a", "b"), ("c",), ("a", "b"), ()]
    ties.tie(-1, None, [])
    assert [ties.of(-1), ties.of(-1, 7)] == [(), ("c",)]
    ties.move(-1, -100)
    assert [ties.of(-1, 7), ties.of(-100, 7)] == [(), ("c",)]
