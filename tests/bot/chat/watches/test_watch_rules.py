"""Who is told of what is watched for: groups, topics, access, collections, languages; what is kept and forgotten."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import Office, open_access
from bot.settings import read_settings
from storage.access.models import Role, Standing
from storage.access.parties import AccessDecision
from storage.database.backups import back_up, restore
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from storage.watches.arrivals import ArrivalBook
from storage.watches.book import WatchBook
from tests.support.desk import policydesk
from tests.support.ships import SAMOA, TONGA
from tests.support.watched import NOON, TOPIC, person, watch, watched_desk

Open = Callable[..., Office]


def decide(office: Office, party: int, standing: Standing) -> None:
    """Let a person or group in, or turn them away."""
    book = open_access(read_settings(), office.database).book
    book.decide(party, AccessDecision(standing=standing, role=Role.ASKER, by="a test", at=NOON))


async def test_a_topic_of_a_forum_has_watches_of_its_own(office: Office) -> None:
    async with watched_desk(office) as desk:
        forum = desk.telegram.forum("Desk", [desk.telegram.person("Aiko")], ["Ships", "Rice"])
        last = await watch(forum, topic="Ships")
        listed = await forum.reply_to(forum.say("/watch", topic="Rice"))
        assert "Nothing is watched here" in (listed.text or "")
        await desk.arrive(tonga=TONGA)
        notice = await forum.next_reply(listed)
    assert "seven patrol ships" in (notice.text or "")
    assert notice.message_thread_id == last.message_thread_id


async def test_a_watch_follows_its_group_when_that_becomes_a_supergroup(office: Office) -> None:
    async with watched_desk(office) as desk:
        group = desk.telegram.group("Desk", [desk.telegram.person("Aiko")], basic=True)
        await watch(group)
        now = group.upgrade()
        await now.reply_to(now.say("/help"))
        await desk.arrive(tonga=TONGA)
        assert "seven patrol ships" in ((await now.next_reply(now.messages[-1])).text or "")


async def test_who_lost_access_is_told_nothing(office: Office) -> None:
    async with watched_desk(office, open=False) as desk:
        desk.telegram.person("Olga")  # who owns it
        chat, other = person(desk), person(desk, "Binh")
        for each in (chat, other):
            decide(office, each.id, Standing.APPROVED)
            last = await watch(each)
        decide(office, chat.id, Standing.REVOKED)
        await desk.arrive(tonga=TONGA)
        await other.next_reply(last)
        assert "I watch" in (chat.bot_messages[-1].text or "")
        decide(office, chat.id, Standing.APPROVED)
        await desk.pass_time(hours=2)
        await desk.arrive(samoa=SAMOA)
        words = (await chat.next_reply(chat.messages[-1])).text or ""
    assert "two patrol ships" in words
    assert "seven" not in words


async def test_who_blocked_the_bot_holds_up_nobody(office: Office) -> None:
    async with watched_desk(office) as desk:
        gone, chat = person(desk), person(desk, "Binh")
        await watch(gone)
        last = await watch(chat)
        gone.block_bot()
        await desk.arrive(tonga=TONGA)
        assert "seven patrol ships" in ((await chat.next_reply(last)).text or "")
    assert not WatchBook(office.database).counts_waiting()


async def test_what_a_chat_is_not_answered_from_is_not_told_there(office: Office) -> None:
    """Also where it was tied to a collection after the article had come."""
    async with watched_desk(office) as desk:
        tied, chat = person(desk), person(desk, "Chi")
        later = desk.telegram.group("Desk", [tied.first()])
        await desk.arrive(pacific__kiribati="Ships\n\nJapan handed five ships to Kiribati on Friday.\n")
        await tied.reply_to(tied.say("/use pacific"))
        assert "Only pacific is watched" in ((await watch(tied)).text or "")
        await watch(later, f"{TOPIC} daily:13")
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        await chat.next_reply(last)
        await later.reply_to(later.say("/use pacific"))
        await desk.pass_time(hours=2)
        await tied.quiet(tied.messages[-1])
        assert "answered from pacific only" in (later.bot_messages[-1].text or "")
        await desk.arrive(pacific__samoa=SAMOA)
        assert "two patrol ships" in ((await tied.next_reply(tied.messages[-1])).text or "")


async def test_what_came_first_where_a_watcher_is_told_nothing_is_told_where_they_are(office: Office) -> None:
    """The article moves into their collection; whoever was told of it before hears nothing again."""
    async with watched_desk(office) as desk:
        aiko, ben = person(desk), person(desk, "Ben")
        await desk.arrive(asia__rice="Rice\n\nRice is dear.\n", pacific__maize="Maize\n\nMaize is cheap.\n")
        await ben.reply_to(ben.say("/use asia"))
        heard, last = await watch(aiko), await watch(ben)
        await desk.arrive(pacific__tonga=TONGA)
        heard = await aiko.next_reply(heard)
        await desk.arrive(pacific__tonga=None, asia__tonga=TONGA)
        assert "seven patrol ships" in ((await ben.next_reply(last)).text or "")
        await aiko.quiet(heard, person(desk, "Probe"))


async def test_a_copy_in_a_collection_out_of_reach_takes_nothing_away_from_who_watches(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        await desk.arrive(pacific__kiribati="Ships\n\nJapan handed five ships to Kiribati on Friday.\n")
        await chat.reply_to(chat.say("/use pacific"))
        last = await watch(chat, f"{TOPIC} daily:8")
        await desk.arrive(pacific__tonga=TONGA)
        await desk.arrive(internal__tonga=TONGA)
        await desk.pass_time(days=1)
        assert "pacific/tonga.txt" in ((await chat.next_reply(last)).text or "")


async def test_a_notice_is_on_record_as_an_exchange_whose_quotes_verify(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        notice = await chat.next_reply(last)
        await chat.callback_answer(chat.press(notice, "👍"))
    (logged,) = ExchangeLog(office.database).history()
    assert (logged.question, logged.outcome, logged.chat_id, logged.user_id) == (TOPIC, "answered", chat.id, chat.id)
    assert logged.feedback
    verified = policydesk("verify", "--all", "--articles", office.folder.path)
    assert verified.returncode == 0, verified.stdout


async def test_a_notice_between_two_questions_is_not_what_the_second_leans_on(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat, "rice")
        await chat.reply_to(chat.say("How many patrol ships did Japan hand to Fiji?"))
        last = chat.messages[-1]
        await desk.arrive(tonga=TONGA, rice="Rice\n\nRice prices rose in Osaka after a poor harvest of rice.\n")
        notice = await chat.next_reply(last)
        assert "Rice prices" in (notice.text or "")
        answer = await chat.reply_to(chat.say("and Tonga?"))
    assert "seven patrol ships" in (answer.text or "")


async def test_forget_ends_the_watches_of_a_person(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        await watch(chat)
        asked = await chat.reply_to(chat.say("/forget"))
        chat.press(asked, "Forget me")
        await chat.next_edit(asked)
        assert "Nothing is watched here" in ((await chat.reply_to(chat.say("/watch"))).text or "")


@pytest.mark.parametrize(("code", "words"), [("ja", "新着"), ("vi", "Mới")])
async def test_a_watcher_is_told_in_their_language(office: Office, code: str, words: str) -> None:
    async with watched_desk(office) as desk:
        chat = desk.telegram.private_chat(desk.telegram.person("Aiko", language_code=code))
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        assert words in ((await chat.next_reply(last)).text or "")


async def test_after_a_backup_is_put_back_nobody_is_told_again(office: Office, tmp_path: Path) -> None:
    """What came since the backup was told; what comes from now on is told."""
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        back_up(office.database.path, tmp_path / "backup.db")
        await desk.arrive(tonga=TONGA)
        await chat.next_reply(last)
    office.database.close()
    restore(tmp_path / "backup.db", office.database.path, NOON)
    with closing(DeskDatabase(office.database.path)) as database:
        arrivals = ArrivalBook(database, office.folder.path)
        assert (WatchBook(database).all()[0].topic, arrivals.seen(), arrivals.waiting()) == (TOPIC, {}, {})


async def test_the_command_line_lists_watches_and_stops_them(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        (listed,) = json.loads(policydesk("watch", "list", "--json").stdout)
        assert (listed["topic"], listed["chat_id"], listed["waiting"]) == (TOPIC, chat.id, 0)
        assert TOPIC in policydesk("watch", "list").stdout
        assert "Stopped" in policydesk("watch", "stop", str(listed["id"])).stdout
        assert policydesk("watch", "stop", str(listed["id"])).returncode == 2
        await desk.arrive(tonga=TONGA)
        await chat.quiet(last)
    assert "Nothing is watched for" in policydesk("watch", "list").stdout
