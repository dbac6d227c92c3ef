"""The bot among others: short answers, topics apart, and all the ways in which a group's messages may be signed."""

import pytest

from bot.emulator.objects import Message, User
from bot.emulator.people.people import BroadcastChannel, Group
from bot.emulator.web.server import Emulator
from storage.record.exchanges import ExchangeLog
from tests.support.osa import ANSWERED, QUESTION, READ_AS

UNANSWERED = "What did Vietnam pay for Norwegian salmon licences?"


@pytest.fixture
def aiko(telegram: Emulator) -> User:
    return telegram.person("Aiko")


@pytest.fixture
def binh(telegram: Emulator) -> User:
    return telegram.person("Binh")


@pytest.fixture
def group(telegram: Emulator, aiko: User, binh: User) -> Group:
    return telegram.group("Desk", [aiko, binh])


@pytest.fixture
def forum(telegram: Emulator, aiko: User, binh: User) -> Group:
    return telegram.forum("Desk", [aiko, binh], ["Trade", "Security"])


@pytest.fixture
def channel(telegram: Emulator, aiko: User, group: Group) -> BroadcastChannel:
    """A channel whose posts are repeated in the group."""
    made = telegram.channel("News", [aiko])
    made.link(group)
    return made


async def ask(group: Group, text: str, sender: User | None = None, reply_to: Message | None = None) -> Message:
    return await group.reply_to(group.say(f"/ask {text}", sender, reply_to=reply_to))


def labels(message: Message) -> list[list[str]]:
    return (
        [[button.text for button in row] for row in message.reply_markup.inline_keyboard]
        if message.reply_markup
        else []
    )


def text_of(message: Message) -> str:
    return message.text or ""


# --- short answers


async def test_a_refusal_is_one_line_in_a_group_and_shows_the_closest_passages_folded_in_private(
    telegram: Emulator, group: Group, aiko: User
) -> None:
    private = telegram.private_chat(aiko)
    assert len(text_of(await ask(group, UNANSWERED)).splitlines()) == 1
    reply = await private.reply_to(private.say(UNANSWERED))
    (folded,) = [entity for entity in reply.entities or () if entity.type == "expandable_blockquote"]
    assert text_of(reply)[folded.offset :].startswith("Closest passages\n“")
    first, copies, verdicts = labels(reply)
    assert (first, verdicts) == (["Context", "More", "Open source"], ["👍", "👎"])
    assert all(label.startswith("Copy") for label in copies)


async def test_in_a_group_the_closest_passages_of_a_refusal_are_shown_by_a_button(group: Group, aiko: User) -> None:
    """They are numbered from 1, and followed by more on another press."""
    refused = await ask(group, UNANSWERED, aiko)
    assert labels(refused) == [["Closest passages"], ["👍", "👎"]]
    group.press(refused, "Closest passages", aiko)
    shown = await group.reply_to(refused)
    assert text_of(shown).startswith("The closest passages, though they may not answer it:\n\n“")
    assert "[1]" in text_of(shown)


async def test_in_a_group_all_but_the_first_quote_is_folded_away(group: Group) -> None:
    reply = await ask(group, "Japan Vietnam defense equipment security cooperation")
    (folded,) = [entity for entity in reply.entities or () if entity.type == "expandable_blockquote"]
    assert text_of(reply)[: folded.offset].count("“") == 1


# --- follow-ups among several people


async def test_a_follow_up_in_a_group_is_that_of_who_asked(group: Group, aiko: User, binh: User) -> None:
    await ask(group, QUESTION, aiko)
    assert "Read as" not in text_of(await ask(group, "and Malaysia?", binh))
    assert READ_AS in text_of(await ask(group, "and Malaysia?", aiko))


async def test_by_reply_anybody_follows_up_on_anything(group: Group, aiko: User, binh: User) -> None:
    asked = group.say(f"/ask {QUESTION}", aiko)
    answer = await group.reply_to(asked)
    await ask(group, "Who is Nobuo Kishi?", binh)
    assert READ_AS in text_of(await group.reply_to(group.say("and Malaysia?", binh, reply_to=answer)))
    assert READ_AS in text_of(await ask(group, "and Malaysia?", binh, reply_to=asked))


async def test_topics_are_conversations_of_their_own(forum: Group, aiko: User) -> None:
    asked = forum.say(f"/ask {QUESTION}", aiko, topic="Trade")
    await forum.reply_to(asked)
    elsewhere = [forum.say("/ask and Malaysia?", aiko, topic=topic) for topic in ("Security", None)]
    assert all(["Read as" not in text_of(await forum.reply_to(said)) for said in elsewhere])
    here = forum.say("/ask and Malaysia?", aiko, topic="Trade")
    assert READ_AS in text_of(await forum.reply_to(here))


async def test_the_topic_is_on_record(forum: Group, aiko: User, log: ExchangeLog) -> None:
    for topic in ("Trade", None):
        await forum.reply_to(forum.say(f"/ask {QUESTION}", aiko, topic=topic))
    assert [entry.thread_id for entry in log.history()] == [None, forum.topic("Trade")]


# --- who may be behind a message


async def test_an_anonymous_administrator_is_answered_as_a_reply(group: Group, aiko: User, log: ExchangeLog) -> None:
    group.promote(aiko, is_anonymous=True)
    assert ANSWERED in text_of(await ask(group, QUESTION, aiko))
    assert ANSWERED in text_of(await group.reply_to(group.say(f"@policydesk_bot {QUESTION}", aiko)))
    assert {entry.user_id for entry in log.history()} == {None}


async def test_anonymous_administrators_do_not_follow_up_on_each_other(group: Group, aiko: User, binh: User) -> None:
    for person in (aiko, binh):
        group.promote(person, is_anonymous=True)
    answer = await ask(group, QUESTION, aiko)
    assert "Read as" not in text_of(await ask(group, "and Malaysia?", binh))
    assert READ_AS in text_of(await ask(group, "and Malaysia?", binh, reply_to=answer))


async def test_an_anonymous_administrator_may_edit_a_question(group: Group, aiko: User) -> None:
    group.promote(aiko, is_anonymous=True)
    asked = group.say("/ask Who is Nobuo Kishi?", aiko)
    reply = await group.reply_to(asked)
    group.edit(asked, f"/ask {QUESTION}")
    assert ANSWERED in text_of(await group.next_edit(reply))


async def test_who_writes_as_a_channel_is_answered_as_a_reply(
    group: Group, channel: BroadcastChannel, aiko: User
) -> None:
    assert ANSWERED in text_of(await group.reply_to(group.say_as_channel(f"/ask {QUESTION}", channel, aiko)))


async def test_posts_of_a_channel_are_left_alone_there_and_where_they_are_repeated(
    telegram: Emulator, group: Group, channel: BroadcastChannel, aiko: User, log: ExchangeLog
) -> None:
    for text in (f"/ask {QUESTION}", f"@policydesk_bot {QUESTION}", QUESTION):
        post = channel.say(text, aiko)
        channel.edit(post, f"{text} Please.")
    await ask(group, "Who is Nobuo Kishi?", aiko)
    assert channel.bot_messages == []
    assert len(group.bot_messages) == len(log.history()) == 1
    assert [call for call in telegram.calls if call.error] == []


async def test_a_comment_under_a_repeated_post_is_answered_if_it_asks(
    group: Group, channel: BroadcastChannel, aiko: User, binh: User
) -> None:
    channel.say("Ten ships for Hanoi", aiko)
    forwarded = group.messages[-1]
    small_talk = group.say("Well, well.", binh, reply_to=forwarded)
    assert ANSWERED in text_of(await ask(group, QUESTION, binh, reply_to=forwarded))
    assert [reply for reply in group.bot_messages if reply.reply_to_message == small_talk] == []


async def test_a_question_whose_group_becomes_a_supergroup_meanwhile_is_answered_there(
    telegram: Emulator, aiko: User
) -> None:
    small = telegram.group("Desk", [aiko], basic=True)
    small.say(f"/ask {QUESTION}")
    large = small.upgrade()
    assert ANSWERED in text_of(await large.next_reply())
    assert ANSWERED in text_of(await ask(large, QUESTION))
