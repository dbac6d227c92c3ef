"""Who may ask: a closed desk, its owners, and everybody they did not let in."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from bot.app import open_access
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.settings import read_settings
from storage.access.models import Role, Standing
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox
from storage.models import Exchange
from tests.support.closed_desk import BUTTONS, ClosedDesk, ask, closed_desk, code_in, serving
from tests.support.desk import policydesk, policydesk_process
from tests.support.osa import ANSWERED, QUESTION, check_answered

HOUR = 3600


@pytest.fixture
async def closed(desk: Desk, database: DeskDatabase) -> AsyncIterator[ClosedDesk]:
    async with closed_desk(desk, database) as ready:
        yield ready


@pytest.fixture
async def shared(desk: Desk, database: DeskDatabase) -> AsyncIterator[ClosedDesk]:
    """A closed desk with two owners."""
    async with closed_desk(desk, database, owners=2) as ready:
        yield ready


def new_group(closed: ClosedDesk, *people: User, title: str = "Desk") -> Group:
    """A group that the bot is not in yet; the first of the people owns it."""
    return closed.telegram.group(title, people, with_bot=False)


async def group_of_owner(closed: ClosedDesk, *others: User) -> Group:
    """A group to which an owner added the bot."""
    group = new_group(closed, closed.owner.first(), *others)
    group.add_bot()
    assert "may ask now" in ((await group.next_reply()).text or "")
    return group


async def request(closed: ClosedDesk, chat: Conversation) -> Message:
    """What the owner is shown once somebody asked."""
    await ask(chat)
    return await closed.owner.next_reply()


async def press(
    chat: Conversation, message: Message, button: str, by: User | None = None, *, stale: bool = True
) -> str:
    """What somebody who presses a button is shown."""
    return (await chat.callback_answer(chat.press(message, button, by, stale=stale))).text or ""


async def let_in(closed: ClosedDesk, chat: Conversation) -> None:
    shown = await request(closed, chat)
    await press(closed.owner, shown, "Approve")
    await chat.next_reply(after=chat.bot_messages[-1])


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons()]


# --- somebody unknown


async def test_somebody_unknown_gets_one_line_with_a_code_and_no_answer(closed: ClosedDesk) -> None:
    reply = await ask(closed.stranger())
    assert "\n" not in reply
    assert "code" in reply
    assert ANSWERED not in reply
    assert closed.asked() == 0


async def test_who_asks_where_no_owner_can_be_asked_is_told_the_truth(desk: Desk, database: DeskDatabase) -> None:
    async with closed_desk(desk, database, owners=0) as closed:
        chat, group = closed.stranger(), closed.telegram.group("Desk", [closed.telegram.person("Eve")], with_bot=False)
        assert "could ask none of them about you" in await ask(chat)
        group.add_bot()
        assert "could ask none of them about this group" in ((await group.next_reply()).text or "")
    async with closed_desk(desk, database) as closed:
        closed.owner.block_bot()
        unseen = closed.stranger("Chi")
        assert "could ask none of them about you" in await ask(unseen)
        closed.owner.unblock_bot()
        assert "have asked them about you" in ((await closed.an_hour_later(unseen)).text or "")
        assert "have asked them about you" in ((await closed.an_hour_later(unseen)).text or "")


async def test_what_was_asked_while_waiting_is_answered_once_an_owner_lets_one_in(closed: ClosedDesk) -> None:
    """A second message is answered too; the last question needs not be typed again."""
    stranger = closed.stranger()
    assert "have asked them about you" in await ask(stranger, "Who is Nobuo Kishi?")
    asked = stranger.say(QUESTION)
    told = await stranger.reply_to(asked)
    assert "No owner has decided about you yet" in (told.text or "")
    stranger.say("hello?")
    closed.owner.press(await closed.owner.next_reply(), "Approve")
    await stranger.next_reply(after=told)
    while ANSWERED not in (stranger.bot_messages[-1].text or ""):
        await stranger.next_reply(after=stranger.bot_messages[-1])
    assert (stranger.bot_messages[-2].text or "").startswith("You may ask now")


async def test_what_was_asked_while_waiting_is_answered_though_the_first_try_fails(
    closed: ClosedDesk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, failures = desk.answer, iter([RuntimeError("once")])

    def fail_once(question: str, asker: Asker) -> Exchange:
        for failure in failures:
            raise failure
        return answer(question, asker)

    monkeypatch.setattr(desk, "answer", fail_once)
    stranger = closed.stranger()
    await let_in(closed, stranger)
    assert ANSWERED in ((await stranger.next_reply(after=stranger.bot_messages[-1])).text or "")
    assert closed.asked() == 1


async def test_what_was_asked_while_waiting_is_answered_once_though_two_owners_let_one_in(shared: ClosedDesk) -> None:
    stranger = shared.stranger()
    await ask(stranger)
    shown = [await owner.next_reply() for owner in shared.owners]
    for owner, message in zip(shared.owners, shown, strict=True):
        owner.press(message, "Approve")
    for owner in shared.owners:
        await owner.reply_to(owner.say("/help"))  # by then the press is worked off
    assert shared.asked() == 1
    assert sum(ANSWERED in (message.text or "") for message in stranger.bot_messages) == 1


async def test_what_was_asked_in_a_group_that_waits_is_forgotten_with_its_author(closed: ClosedDesk) -> None:
    eve = closed.telegram.person("Eve")
    own, group = closed.telegram.private_chat(eve), new_group(closed, eve)
    closed.shell().approve(str(eve.id), Role.ASKER)
    group.add_bot()
    shown = await closed.owner.next_reply()
    await group.reply_to(group.say(f"/ask {QUESTION}"))
    forget = await own.reply_to(own.say("/forget"))
    own.press(forget, "Forget me")
    await own.next_edit(forget)
    await press(closed.owner, shown, "Approve")
    await group.next_reply(after=group.bot_messages[-1])
    await own.reply_to(own.say("/history"))
    assert closed.asked() == 0


async def test_the_owners_are_shown_who_asks_with_the_same_code_and_two_buttons(shared: ClosedDesk) -> None:
    stranger = shared.telegram.private_chat(shared.telegram.person("Binh", username="binh"))
    reply = await stranger.reply_to(stranger.say(QUESTION))
    for owner in shared.owners:
        shown = await owner.next_reply()
        assert f"Binh (@binh) ({stranger.id}) wants to ask" in (shown.text or "")
        assert code_in(shown) == code_in(reply)
        assert labels(shown) == BUTTONS


async def test_what_they_wrote_is_not_shown_to_the_owners_and_stands_nowhere(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    await ask(stranger, "The secret word is zebra")
    shown = await closed.owner.next_reply()
    assert "zebra" not in (shown.text or "")
    await closed.an_hour_later(stranger)  # by then the update is done
    Inbox(closed.database).sweep(closed.clock.now())
    assert not any(b"zebra" in file.read_bytes() for file in closed.database.path.parent.glob("policydesk.db*"))


async def test_refused_attempts_are_on_record_with_who_where_and_what_kind(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    for text in (QUESTION, QUESTION, "/sources", "/start welcome"):
        stranger.say(text)
    stranger.send_document(b"words", caption="for you")
    await closed.an_hour_later(stranger)
    assert len(stranger.bot_messages) == 3
    assert closed.refusals()[:4] == [
        ("message", "unknown", stranger.id, stranger.id, 2),
        ("command", "unknown", stranger.id, stranger.id, 1),
        ("deep link", "unknown", stranger.id, stranger.id, 1),
        ("document", "unknown", stranger.id, stranger.id, 1),
    ]


async def test_the_same_chat_is_answered_twice_an_hour(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    first = await stranger.reply_to(stranger.say(QUESTION))
    second = await stranger.reply_to(stranger.say(QUESTION))
    assert code_in(second) == code_in(first)
    for _ in range(3):
        stranger.say(QUESTION)
    again = await closed.an_hour_later(stranger)
    assert code_in(again) == code_in(first)
    assert [m.message_id for m in stranger.bot_messages] == [m.message_id for m in (first, second, again)]
    assert len(closed.owner.bot_messages) == 1


async def test_after_a_clock_was_set_back_they_are_answered_again(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    await ask(stranger)
    closed.clock.seconds -= 30 * 24 * HOUR
    assert "code" in await ask(stranger)


async def test_a_code_lets_nobody_in_who_sends_it(closed: ClosedDesk) -> None:
    first, second = closed.stranger("Binh"), closed.stranger("Chi")
    code = code_in(await first.reply_to(first.say(QUESTION)))
    for chat in (first, second):
        chat.start(code)
        chat.say(code)
        chat.say(f"access:approve:{code}")
        await closed.an_hour_later(chat)
    assert {party.standing for party in closed.access.book.parties()} == {Standing.ASKING}


async def test_a_hundred_strangers_get_their_line_each_and_the_owners_eleven_messages(closed: ClosedDesk) -> None:
    strangers = [closed.stranger(f"Person {number}") for number in range(100)]
    replies = await asyncio.gather(*(ask(stranger) for stranger in strangers))
    assert all("code" in reply for reply in replies)
    told = [await closed.owner.next_reply()]
    while len(told) < 11:
        told.append(await closed.owner.next_reply(after=told[-1]))
    (crowd,) = [message for message in told if labels(message) != BUTTONS]
    assert "policydesk access list" in (crowd.text or "")
    assert closed.rows("select count(shown_at), count(*) from parties") == [(11, 100)]
    assert closed.owner.bot_messages == told


async def test_an_hour_later_those_who_ask_again_are_shown_to_the_owners(closed: ClosedDesk) -> None:
    strangers = [closed.stranger(f"Person {number}") for number in range(13)]
    for stranger in strangers:
        await ask(stranger)
    closed.clock.seconds += HOUR
    before = closed.owner.say("/help")
    await ask(strangers[-1])
    shown = await closed.owner.next_reply(after=await closed.owner.reply_to(before))
    assert "Person 12" in (shown.text or "")


async def test_a_name_is_shown_as_it_is_and_neither_marks_up_nor_commands(closed: ClosedDesk) -> None:
    hostile = "<b>Olga</b> \u202eapproved\n" + "x" * 300
    await ask(closed.stranger(hostile))
    shown = await closed.owner.next_reply()
    assert "<b>Olga</b>" in (shown.text or "")
    assert "\u202e" not in (shown.text or "")
    assert len(shown.text or "") < 200


async def test_owners_who_cannot_be_told_are_shown_the_request_when_they_can(closed: ClosedDesk) -> None:
    closed.telegram.faults.arrange("sendMessage", InjectedFault(kind="blocked"), chat_id=closed.owner.id)
    stranger = closed.stranger()
    await ask(stranger)
    for _ in range(3):
        stranger.say(QUESTION)
    await closed.an_hour_later(stranger)
    assert labels(await closed.owner.next_reply()) == BUTTONS
    tries = [str(call.parameters["chat_id"]) for call in closed.telegram.calls_of("sendMessage")]
    assert tries.count(str(closed.owner.id)) == 2


# --- the owners decide


async def test_whoever_is_approved_is_told_and_may_ask(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    shown = await request(closed, stranger)
    assert await press(closed.owner, shown, "Approve") == "Done: approved."
    told = await stranger.next_reply(after=stranger.bot_messages[-1])
    assert "You may ask now" in (told.text or "")
    assert ANSWERED in await ask(stranger)
    assert closed.access.role(stranger.id) is Role.ASKER


async def test_whoever_is_denied_is_told_when_they_ask_and_the_owners_are_not_asked_again(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    shown = await request(closed, stranger)
    await press(closed.owner, shown, "Deny")
    reply = await ask(stranger)
    assert "do not let you ask" in reply
    assert "code" not in reply
    closed.clock.seconds += HOUR
    await ask(stranger)
    assert len(closed.owner.bot_messages) == 1
    assert closed.asked() == 0


async def test_a_decision_takes_the_buttons_away_for_all_owners_and_says_who_decided(shared: ClosedDesk) -> None:
    stranger = shared.stranger()
    await ask(stranger)
    shown = [await owner.next_reply() for owner in shared.owners]
    await press(shared.owner, shown[0], "Approve")
    for owner, message in zip(shared.owners, shown, strict=True):
        edited = await owner.next_edit(message)
        assert edited.text == f"Binh ({stranger.id}): approved by Olga ({shared.owner.id})."
        assert labels(edited) == []


async def test_a_button_pressed_twice_decides_once(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    shown = await request(closed, stranger)
    pressed = [closed.owner.press(shown, "Approve", stale=True) for _ in range(2)]
    told = [(await closed.owner.callback_answer(press)).text for press in pressed]
    assert told == ["Done: approved.", f"Already approved by Olga ({closed.owner.id})."]
    assert len([message for message in stranger.bot_messages if "may ask now" in (message.text or "")]) == 1


async def test_a_press_that_can_no_longer_be_answered_decides_all_the_same(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    shown = await request(closed, stranger)
    closed.owner.expire(closed.owner.press(shown, "Approve"))
    assert "You may ask now" in ((await stranger.next_reply(after=stranger.bot_messages[-1])).text or "")
    assert labels(await closed.owner.next_edit(shown)) == []


async def test_of_two_owners_at_once_the_first_decides_and_the_other_is_told(shared: ClosedDesk) -> None:
    stranger = shared.stranger()
    await ask(stranger)
    shown = [await owner.next_reply() for owner in shared.owners]
    pressed = [
        owner.press(message, button, stale=True)
        for owner, message, button in zip(shared.owners, shown, BUTTONS, strict=True)
    ]
    told = [
        (await owner.callback_answer(press)).text or "" for owner, press in zip(shared.owners, pressed, strict=True)
    ]
    assert sorted(text.split()[0] for text in told) == ["Already", "Done:"]
    (party,) = shared.access.book.parties()
    assert all(party.standing.value in text for text in told)


async def test_buttons_that_were_passed_on_decide_nothing(closed: ClosedDesk) -> None:
    asker, stranger = closed.stranger("Binh"), closed.stranger("Chi")
    await let_in(closed, asker)
    before = closed.owner.bot_messages[-1]
    await ask(stranger)
    shown = await closed.owner.next_reply(after=before)
    assert await press(closed.owner, shown, "Approve", by=asker.first()) == "Only an owner of this desk decides this."
    assert "only whom my owners have let in" in await press(closed.owner, shown, "Approve", by=stranger.first())
    assert closed.access.role(stranger.id) is None
    assert ("button", "role", closed.owner.id, asker.id, 1) in closed.refusals()
    assert ("button", "unknown", closed.owner.id, stranger.id, 1) in closed.refusals()


async def test_whoever_is_no_owner_any_more_decides_nothing(desk: Desk, database: DeskDatabase) -> None:
    async with Emulator() as telegram:
        olga, binh = (telegram.private_chat(telegram.person(name)) for name in ("Olga", "Binh"))
        async with serving(telegram, desk, database, open_access(read_settings(), database, olga.id)):
            await ask(binh)
            shown = await olga.next_reply()
        async with serving(telegram, desk, database, open_access(read_settings(), database)):
            assert "only whom my owners have let in" in await press(olga, shown, "Approve")
            assert "code" in await ask(olga)


async def test_a_request_that_is_no_longer_there_is_said_to_be_gone(closed: ClosedDesk) -> None:
    shown = await request(closed, closed.stranger())
    with closing(sqlite3.connect(closed.database.path)) as connection, connection:
        connection.execute("delete from parties")
    assert "no longer there" in await press(closed.owner, shown, "Approve")


async def test_a_request_that_the_shell_decided_is_said_to_be_decided(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    shown = await request(closed, stranger)
    closed.shell().deny(code_in(shown))
    assert await press(closed.owner, shown, "Approve") == "Already denied by the command line."
    assert closed.access.role(stranger.id) is None


# --- groups


async def test_a_group_to_which_an_owner_adds_the_bot_may_ask_at_once(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    group = await group_of_owner(closed, binh)
    await check_answered(group, f"/ask {QUESTION}", binh)


async def test_a_group_to_which_somebody_else_adds_the_bot_has_the_owners_asked(closed: ClosedDesk) -> None:
    group = new_group(closed, closed.telegram.person("Binh"))
    group.add_bot()
    line = await group.next_reply()
    shown = await closed.owner.next_reply()
    assert f"The group Desk ({group.id}) wants to ask. Binh ({group.first().id}) added me to it." in (shown.text or "")
    assert code_in(shown) == code_in(line)
    await press(closed.owner, shown, "Approve")
    told = await group.next_reply(after=line)
    assert "This group may ask now" in (told.text or "")
    await check_answered(group, f"/ask {QUESTION}")


async def test_in_a_group_that_is_not_let_in_nobody_is_answered_owners_included(closed: ClosedDesk) -> None:
    owner = closed.owner.first()
    group = closed.telegram.group("Desk", [closed.telegram.person("Binh"), owner])
    line = await group.reply_to(group.say(f"/ask {QUESTION}", owner))
    assert "about this group" in (line.text or "")
    group.say("/sources", owner)
    await closed.an_hour_later(group)
    assert closed.asked() == 0
    assert len(group.bot_messages) == 3
    assert closed.refusals()[0] == ("command", "unknown", group.id, owner.id, 2)


async def test_what_people_say_to_each_other_there_is_neither_answered_nor_recorded(closed: ClosedDesk) -> None:
    group = closed.telegram.group("Desk", [closed.telegram.person("Binh")])
    for text in ("Good morning", "/weather", "/ask@other_bot who?", "see @other_bot"):
        group.say(text)
    probe = group.say(f"/ask {QUESTION}")
    await group.reply_to(probe)
    assert len(group.bot_messages) == 1
    assert closed.refusals() == [("command", "unknown", group.id, group.first().id, 1)]


async def test_whoever_asks_in_a_group_is_not_let_in_elsewhere(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    group = await group_of_owner(closed, binh)
    await group.reply_to(group.say(f"/ask {QUESTION}", binh))
    private = closed.telegram.private_chat(binh)
    assert "code" in await ask(private)
    offered = await private.inline_answer(private.type_inline("OSA"))
    assert offered.results == ()


async def test_whoever_is_denied_is_not_answered_in_a_group_either_and_the_group_is_not_told(
    closed: ClosedDesk,
) -> None:
    binh = closed.telegram.person("Binh")
    group = await group_of_owner(closed, binh)
    closed.shell().deny(str(binh.id))
    refused = group.say(f"/ask {QUESTION}", binh)
    reply = await check_answered(group, f"/ask {QUESTION}", closed.owner.first())
    assert group.from_bot_after(refused.message_id) == reply
    assert closed.refusals() == [("command", "barred", group.id, binh.id, 1)]


async def test_a_removal_ends_access_and_whoever_adds_the_bot_again_must_be_let_in(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    group = await group_of_owner(closed, binh)
    group.remove_bot(by=binh)
    group.add_bot(by=binh)
    assert "code" in ((await group.next_reply(after=group.bot_messages[-1])).text or "")
    assert labels(await closed.owner.next_reply()) == BUTTONS
    (party,) = closed.access.book.parties()
    assert party.standing is Standing.ASKING


async def test_a_removal_ends_a_request_too_and_an_owner_may_add_the_bot_again(closed: ClosedDesk) -> None:
    group = await group_of_owner(closed)
    group.remove_bot()
    group.add_bot(by=closed.telegram.person("Binh"))
    await group.next_reply(after=group.bot_messages[-1])
    group.remove_bot()
    group.add_bot(by=closed.owner.first())
    await group.next_reply(after=group.bot_messages[-1])
    (party,) = closed.access.book.parties()
    assert (party.standing, party.removed_at) == (Standing.APPROVED, None)


async def test_adding_and_removing_the_bot_over_and_over_is_told_once_an_hour(closed: ClosedDesk) -> None:
    group = new_group(closed, closed.telegram.person("Binh"))
    for _ in range(20):
        group.add_bot()
        group.remove_bot()
    group.add_bot()
    await closed.an_hour_later(group)
    assert len(group.bot_messages) == 2
    assert [labels(message) for message in closed.owner.bot_messages] == [BUTTONS]


async def test_making_the_bot_an_administrator_asks_nobody_for_anything(closed: ClosedDesk) -> None:
    group = await group_of_owner(closed)
    group.promote_bot()
    group.demote_bot()
    await check_answered(group, f"/ask {QUESTION}")
    assert len(group.bot_messages) == 2


async def test_access_follows_a_group_that_becomes_a_supergroup(closed: ClosedDesk) -> None:
    basic = closed.telegram.group("Desk", [closed.owner.first()], basic=True, with_bot=False)
    basic.add_bot()
    await basic.next_reply()
    new = basic.upgrade()
    await check_answered(new, f"/ask {QUESTION}")
    assert [party.id for party in closed.access.book.parties()] == [new.id]


async def test_a_group_that_was_denied_stays_so_as_a_supergroup(closed: ClosedDesk) -> None:
    basic = closed.telegram.group("Desk", [closed.owner.first()], basic=True)
    closed.shell().deny(str(basic.id))
    new = basic.upgrade()
    reply = await new.reply_to(new.say(f"/ask {QUESTION}"))
    assert "do not let this group ask" in (reply.text or "")


async def test_a_request_moves_with_its_group_and_its_old_buttons_decide_on_the_new_one(closed: ClosedDesk) -> None:
    basic = closed.telegram.group("Desk", [closed.telegram.person("Binh")], basic=True, with_bot=False)
    basic.add_bot()
    shown = await closed.owner.next_reply()
    new = basic.upgrade()
    await closed.an_hour_later(new)
    await press(closed.owner, shown, "Approve")
    assert "This group may ask now" in ((await new.next_reply(after=new.bot_messages[-1])).text or "")


async def test_an_anonymous_administrator_asks_as_the_group(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    group = await group_of_owner(closed, binh)
    group.promote(binh, is_anonymous=True)
    await check_answered(group, f"/ask {QUESTION}", binh)
    stranger = closed.telegram.person("Chi")
    other = closed.telegram.group("Other", [stranger])
    other.promote(stranger, is_anonymous=True)
    assert "about this group" in ((await other.reply_to(other.say(f"/ask {QUESTION}"))).text or "")
    assert ("command", "unknown", other.id, None, 1) in closed.refusals()


async def test_an_anonymous_owner_who_adds_the_bot_is_not_taken_for_an_owner(closed: ClosedDesk) -> None:
    group = closed.telegram.group("Desk", [closed.telegram.person("Binh"), closed.owner.first()])
    group.promote(closed.owner.first(), is_anonymous=True)
    reply = await group.reply_to(group.say(f"/ask {QUESTION}", closed.owner.first()))
    assert "about this group" in (reply.text or "")


async def test_somebody_who_speaks_as_a_channel_is_refused_like_anybody(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    channel = closed.telegram.channel("News", [binh])
    group = closed.telegram.group("Desk", [binh])
    reply = await group.reply_to(group.say_as_channel(f"/ask {QUESTION}", channel))
    assert "about this group" in (reply.text or "")


async def test_a_channel_that_is_denied_is_not_answered_wherever_somebody_speaks_as_it(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    channel, other = closed.telegram.channel("News", [binh]), closed.telegram.channel("Sport", [binh])
    group = await group_of_owner(closed, binh)
    asked = group.say_as_channel(f"/ask {QUESTION}", channel)
    assert ANSWERED in ((await group.reply_to(asked)).text or "")
    closed.shell().deny(str(channel.id))
    before = len(group.bot_messages)
    group.say_as_channel(f"/ask {QUESTION}", channel)
    group.edit(asked, f"/ask {QUESTION} again")
    assert ANSWERED in ((await group.reply_to(group.say_as_channel(f"/ask {QUESTION}", other))).text or "")
    assert len(group.bot_messages) == before + 1
    barred = [refusal for refusal in closed.refusals() if refusal[1] == "barred"]
    assert barred == [
        ("command", "barred", group.id, channel.id, 1),
        ("edit", "barred", group.id, channel.id, 1),
    ]


async def test_a_channel_is_asked_about_and_never_written_to(closed: ClosedDesk) -> None:
    binh = closed.telegram.person("Binh")
    channel = closed.telegram.channel("News", [binh])
    channel.remove_bot(by=binh)
    channel.add_bot(by=binh)
    assert "The group News" in ((await closed.owner.next_reply()).text or "")
    channel.say(f"/ask {QUESTION}")
    assert ANSWERED in await ask(closed.owner)
    assert channel.bot_messages == []


# --- other doors


async def test_inline_mode_is_empty_for_the_unapproved_and_leads_to_the_bot(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    offered = await stranger.inline_answer(stranger.type_inline("OSA"))
    assert (offered.results, offered.is_personal) == ((), True)
    assert offered.button is not None
    assert "code" in ((await stranger.reply_to(stranger.start(offered.button.start_parameter or ""))).text or "")
    assert closed.refusals()[0] == ("inline query", "unknown", None, stranger.id, 1)


async def test_edits_and_reactions_of_strangers_are_on_record_and_met_with_silence(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    asked = stranger.say("Good morning")
    line = await stranger.reply_to(asked)
    stranger.edit(asked, QUESTION)
    stranger.react(line, "👍")
    again = await closed.an_hour_later(stranger)
    assert stranger.from_bot_after(line.message_id) == again
    assert [kind for kind, *_ in closed.refusals()] == ["message", "edit", "reaction", "command"]


@pytest.mark.parametrize(
    "content",
    [
        {"telepathy": {"thought": "zebra"}},
        {
            "purchased_paid_media": {
                "from": {"id": 5, "is_bot": False, "first_name": "Chi"},
                "paid_media_payload": "zebra",
            }
        },
    ],
)
async def test_what_nobody_knows_is_stopped_and_the_bot_goes_on(closed: ClosedDesk, content: dict[str, object]) -> None:
    closed.telegram.updates.put_strange(content)
    assert ANSWERED in await ask(closed.owner)
    assert [kind for kind, *_ in closed.refusals()] == ["unknown"]


async def test_what_cannot_be_decided_does_not_pass(closed: ClosedDesk, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(closed.database.path)) as connection, connection:
        connection.execute("alter table parties rename to elsewhere")
    reply = await ask(closed.stranger())
    assert "Something went wrong" in reply
    assert closed.asked() == 0
    assert "no such table: parties" in caplog.text


# --- an open desk


async def test_an_open_desk_answers_everybody_whom_the_owners_did_not_turn_away(
    desk: Desk, database: DeskDatabase
) -> None:
    async with closed_desk(desk, database, open=True) as ready:
        stranger, denied = ready.stranger("Binh"), ready.stranger("Chi")
        ready.shell().deny(str(denied.id))
        group = ready.telegram.group("Desk", [denied.first(), stranger.first()])
        assert ANSWERED in await ask(stranger)
        assert "do not let you ask" in await ask(denied)
        group.say(f"/ask {QUESTION}", denied.first())
        await check_answered(group, f"/ask {QUESTION}", stranger.first())
        assert len(group.bot_messages) == 1


# --- roles


async def test_a_curator_may_change_articles_and_so_may_an_owner_and_nobody_else(closed: ClosedDesk) -> None:
    curator = closed.stranger()
    closed.shell().approve(str(curator.id), Role.CURATOR)
    closed.shell().approve("4242", Role.ASKER)
    allowed = [closed.access.is_curator(who) for who in (curator.id, closed.owner.id, 4242, 4711, None)]
    assert allowed == [True, True, False, False, False]


async def test_what_was_given_can_be_taken_back(closed: ClosedDesk) -> None:
    curator = closed.stranger()
    closed.shell().approve(str(curator.id), Role.CURATOR)
    assert ANSWERED in await ask(curator)
    closed.shell().revoke(str(curator.id))
    assert "do not let you ask" in await ask(curator)
    assert closed.access.is_curator(curator.id) is False


# --- the shell


def test_the_shell_lists_approves_denies_and_revokes() -> None:
    assert (
        policydesk("access", "approve", "42", "--role", "curator").stdout == "Approved: unseen so far (42), curator.\n"
    )
    assert policydesk("access", "approve", "-1002001").stdout == "Approved: unseen so far (-1002001), asker.\n"
    assert policydesk("access", "deny", "43").stdout == "Denied: unseen so far (43).\n"
    assert policydesk("access", "revoke", "42").stdout == "Revoked: unseen so far (42).\n"
    listed = policydesk("access", "list", POLICYDESK_OWNERS="7, 8").stdout
    assert listed.startswith("Owners: 7, 8")
    assert all(word in listed for word in ("-1002001", "approved", "denied", "revoked", "the command line"))


async def test_the_shell_decides_by_the_code_that_somebody_was_given(closed: ClosedDesk) -> None:
    stranger = closed.stranger()
    code = code_in(await stranger.reply_to(stranger.say(QUESTION)))
    done = await asyncio.to_thread(policydesk_process, "access", "approve", code.lower())
    assert done.stdout == f"Approved: Binh ({stranger.id}), asker.\n"
    assert ANSWERED in await ask(stranger)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("approve", "ZZZZZZ"), "Nobody has the code ZZZZZZ: see `policydesk access list`."),
        (
            ("approve", "1087968824"),
            "1087968824 is not the id of a person or a group: see `policydesk access list`.",
        ),
        (("approve", "0"), "0 is not the id of a person or a group: see `policydesk access list`."),
        (("approve", "9" * 30), f"{'9' * 30} is not the id of a person or a group: see `policydesk access list`."),
        (("approve", "42", "--role", "owner"), ("An owner is made by the settings only: put the user id into"
         " POLICYDESK_OWNERS.")),
        (("approve", "-5", "--role", "curator"), ("A group's members are askers: let a person in as curator, by their"
         " own id or code.")),
        (("deny", "7"), "7 is an owner by the settings: change POLICYDESK_OWNERS instead."),
        (("revoke", "7"), "7 is an owner by the settings: change POLICYDESK_OWNERS instead."),
        (("revoke", "42"), "42 was not let in: see `policydesk access list`. To keep somebody out: deny."),
    ],
)  # fmt: skip
def test_what_the_shell_cannot_do_is_said_in_one_line(arguments: tuple[str, ...], line: str) -> None:
    done = policydesk("access", *arguments, POLICYDESK_OWNERS="7")
    assert (done.returncode, done.stderr) == (2, f"policydesk: {line}\n")


@pytest.mark.parametrize("owners", ["me", "1,,x", "-5", "0", "1.5"])
def test_owners_that_are_no_user_ids_are_told_so(owners: str) -> None:
    done = policydesk("config", POLICYDESK_OWNERS=owners)
    assert done.returncode == 2
    assert "POLICYDESK_OWNERS: should be user ids, whole numbers above 0, separated by commas" in done.stderr


def test_the_command_line_asks_without_any_settings() -> None:
    assert ANSWERED in policydesk("ask", QUESTION).stdout
    assert ANSWERED in policydesk("chat", stdin=f"{QUESTION}\n").stdout
