"""Groups, forums and channels on the local Telegram: who comes, goes and runs them, and what the bot is told."""

import pytest
from telegram import Bot, User
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.emulator.people.people import Group
from bot.emulator.web.server import Emulator
from tests.support.emulator_bots import TOKEN, bot_of, news


@pytest.fixture
def group(emulator: Emulator) -> Group:
    """A supergroup of Alice, who owns it, and Bob."""
    return emulator.group("Desk", [emulator.person("Alice"), emulator.person("Bob")])


def name(user: User | None) -> str:
    assert user
    return user.first_name


# Coming and going


async def test_the_bot_is_told_who_added_it_and_who_removed_it(emulator: Emulator, bot: Bot) -> None:
    alice = emulator.person("Alice")
    group = emulator.group("Desk", [alice, emulator.person("Bob")], with_bot=False)
    group.say("unheard")
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")
    group.add_bot(by=alice)
    added, greeted = await news(bot)
    assert added.my_chat_member
    assert name(added.my_chat_member.from_user) == "Alice"
    assert (added.my_chat_member.old_chat_member.status, added.my_chat_member.new_chat_member.status) == (
        "left",
        "member",
    )
    assert greeted.message
    assert [member.id for member in greeted.message.new_chat_members] == [bot.id]
    group.remove_bot(by=alice)
    removed, farewell = await news(bot)
    assert removed.my_chat_member
    assert removed.my_chat_member.new_chat_member.status == "kicked"
    assert farewell.message
    assert farewell.message.left_chat_member
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_people_who_come_and_go_are_announced(emulator: Emulator, bot: Bot, group: Group) -> None:
    carol = emulator.person("Carol")
    group.join(carol)
    group.leave(carol, by=group.owner)
    came, went = await news(bot)
    assert came.message
    assert [member.first_name for member in came.message.new_chat_members] == ["Carol"]
    assert went.message
    assert name(went.message.left_chat_member) == "Carol"
    assert name(went.message.from_user) == "Alice"
    with pytest.raises(ValueError, match="Carol is not in Desk"):
        group.say("let me in", carol)


async def test_an_administrator_is_told_of_everybodys_part_and_a_member_only_of_its_own(
    emulator: Emulator, bot: Bot, group: Group
) -> None:
    bob = group.message(group.say("hello", emulator.world.people[1002])).from_user
    assert bob
    await news(bot)
    group.promote(bob)
    assert await news(bot) == ()
    group.promote_bot()
    group.demote(bob)
    own, others = await news(bot)
    assert own.my_chat_member
    assert own.my_chat_member.new_chat_member.status == "administrator"
    assert others.chat_member
    assert (others.chat_member.old_chat_member.status, name(others.chat_member.new_chat_member.user)) == (
        "administrator",
        "Bob",
    )


async def test_a_bot_that_was_muted_cannot_write(bot: Bot, group: Group) -> None:
    group.mute_bot()
    with pytest.raises(BadRequest, match=r"[Nn]ot enough rights to send text messages to the chat"):
        await bot.send_message(group.id, "x")
    (muted,) = await news(bot)
    assert muted.my_chat_member
    assert muted.my_chat_member.new_chat_member.status == "restricted"


async def test_a_person_who_blocks_the_bot_is_out_of_reach_until_they_let_it_in(emulator: Emulator, bot: Bot) -> None:
    chat = emulator.private_chat(emulator.person("Alice"))
    chat.block_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(chat.id, "x")
    chat.unblock_bot()
    await bot.send_message(chat.id, "x")
    blocked, let_in = await news(bot)
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert let_in.my_chat_member
    assert let_in.my_chat_member.new_chat_member.status == "member"


async def test_a_person_who_never_wrote_to_the_bot_cannot_be_written_to(bot: Bot, group: Group) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(group.owner.id, "x")


# Who speaks


async def test_an_anonymous_administrator_speaks_as_the_group(bot: Bot, group: Group) -> None:
    group.promote(group.owner, is_anonymous=True, custom_title="Editor")
    group.say("/help", group.owner)
    (update,) = await news(bot)
    assert update.message
    assert (update.message.from_user.id if update.message.from_user else 0) == 1087968824
    assert update.message.sender_chat == update.message.chat
    assert update.message.author_signature == "Editor"


async def test_a_post_of_a_channel_has_no_sender_and_is_repeated_in_the_linked_group(
    emulator: Emulator, bot: Bot, group: Group
) -> None:
    channel = emulator.channel("News", [group.owner])
    channel.link(group)
    post = channel.say("It is out.")
    channel.edit(post, "It is out now.")
    posted, forwarded, edited = await news(bot)
    assert posted.channel_post
    assert posted.channel_post.from_user is None
    assert posted.channel_post.sender_chat == posted.channel_post.chat
    assert forwarded.message
    assert forwarded.message.is_automatic_forward
    assert name(forwarded.message.from_user) == "Telegram"
    assert forwarded.message.sender_chat == posted.channel_post.chat
    assert edited.edited_channel_post


async def test_only_administrators_post_in_a_channel(emulator: Emulator, bot: Bot, group: Group) -> None:
    reader = emulator.person("Reader")
    channel = emulator.channel("News", [group.owner, reader])
    with pytest.raises(ValueError, match="Reader may not post in News"):
        channel.say("hello", reader)
    assert (await bot.send_message(channel.id, "x")).sender_chat
    channel.demote_bot()
    with pytest.raises(BadRequest, match=r"[Nn]eed administrator rights in the channel chat"):
        await bot.send_message(channel.id, "x")


async def test_somebody_speaks_in_a_group_as_a_channel_they_run(emulator: Emulator, bot: Bot, group: Group) -> None:
    channel = emulator.channel("News", [group.owner])
    group.say_as_channel("a word from us", channel)
    (update,) = await news(bot)
    assert update.message
    assert update.message.sender_chat
    assert (update.message.sender_chat.title, name(update.message.from_user)) == ("News", "Channel")


# Supergroups


async def test_a_group_that_becomes_a_supergroup_has_another_id(emulator: Emulator, bot: Bot) -> None:
    old = emulator.group("Desk", [emulator.person("Alice")], basic=True)
    new = old.upgrade()
    left, came = await news(bot)
    assert left.message
    assert (left.message.chat.id, left.message.migrate_to_chat_id) == (old.id, new.id)
    assert came.message
    assert (came.message.chat.id, came.message.migrate_from_chat_id) == (new.id, old.id)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old.id, "x")
    assert moved.value.new_chat_id == new.id
    await bot.send_message(new.id, "x")
    with pytest.raises(ValueError, match="Alice is not in Desk"):
        old.say("still here?")
    new.say("here now")


# Topics


async def test_a_reply_in_the_general_topic_names_a_thread_and_is_no_topic_message(
    emulator: Emulator, bot: Bot
) -> None:
    forum = emulator.forum("Desk", [emulator.person("Alice")], topics=["Steel"])
    question = forum.say("When?")
    answer = forum.say("In June.", reply_to=question)
    assert (question.message_thread_id, question.is_topic_message) == (None, None)
    assert (answer.message_thread_id, answer.is_topic_message) == (question.message_id, None)
    with pytest.raises(BadRequest, match=r"[Mm]essage thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=answer.message_thread_id)
    with pytest.raises(BadRequest, match=r"[Mm]essage thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=1)
    assert await bot.send_chat_action(forum.id, "typing", message_thread_id=1)


async def test_in_a_closed_topic_only_administrators_write(emulator: Emulator, bot: Bot) -> None:
    alice, bob = emulator.person("Alice"), emulator.person("Bob")
    forum = emulator.forum("Desk", [alice, bob], topics=["Steel"])
    question = forum.say("When?", bob, topic="Steel")
    forum.close_topic("Steel")
    with pytest.raises(ValueError, match="the topic Steel is closed"):
        forum.say("Hello?", bob, topic="Steel")
    for place in ({"message_thread_id": forum.topic("Steel")}, {"reply_to_message_id": question.message_id}):
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(forum.id, "x", **place)
    forum.say("Moved.", alice, topic="Steel")
    forum.promote_bot()
    await bot.send_message(forum.id, "x", message_thread_id=forum.topic("Steel"))
    forum.demote_bot()
    forum.reopen_topic("Steel")
    await bot.send_message(forum.id, "x", message_thread_id=forum.topic("Steel"))


async def test_a_deleted_topic_takes_its_messages_with_it(emulator: Emulator, bot: Bot) -> None:
    forum = emulator.forum("Desk", [emulator.person("Alice")], topics=["Steel"])
    topic = forum.add_topic("Trade")
    forum.say("When?", topic="Trade")
    forum.delete_topic("Trade")
    with pytest.raises(BadRequest, match=r"[Mm]essage thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic)
    assert [message.forum_topic_created is not None for message in forum.messages] == [True]


# Privacy mode


async def test_in_privacy_mode_a_bot_hears_of_comings_and_goings_and_of_what_is_sent_through_it() -> None:
    async with Emulator(token=TOKEN, privacy=True) as emulator, bot_of(emulator) as bot:
        group = emulator.group("Desk", [emulator.person("Alice")])
        group.say("just talking")
        group.join(emulator.person("Bob"))
        (only,) = await news(bot)
        assert only.message
        assert only.message.new_chat_members
        assert (await bot.get_me()).can_read_all_group_messages is False


async def test_administrators_see_their_own_commands(emulator: Emulator, group: Group) -> None:
    async with bot_of(emulator) as bot:
        await bot.set_my_commands([("ask", "Everybody")], scope={"type": "all_group_chats"})  # type: ignore[arg-type]
        await bot.set_my_commands([("use", "Here")], scope={"type": "chat_administrators", "chat_id": group.id})  # type: ignore[arg-type]
    shown = emulator.world.commands.menu
    assert [command.command for command in shown(group.chat, 1, "en")] == ["ask"]
    assert [command.command for command in shown(group.chat, 1, "en", runs_it=True)] == ["use"]
