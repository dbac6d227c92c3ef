"""Watches: whoever watches a topic is told once when an article arrives that answers it, with its quotes."""

from collections.abc import Callable

import pytest

from bot.app import Office
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from tests.support.ships import FIJI, SAMOA
from tests.support.watched import TOPIC, WatchedDesk, person, watch, watched_desk

TONGA = "Ships for Tonga\n2026-11-03\n\nJapan handed seven patrol ships to Tonga in Nukualofa on Monday.\n"
RICE = "Rice\n\nRice prices rose in Osaka because of a poor harvest in the north.\n"
Open = Callable[..., Office]


async def quiet(desk: WatchedDesk, chat: Conversation, after: Message) -> None:
    """Nothing is said in a chat, though whatever is due has been put on its way."""
    await chat.quiet(after, desk.telegram.private_chat(desk.telegram.person("Probe")))


async def told(chat: Conversation, after: Message) -> str:
    return (await chat.next_reply(after)).text or ""


@pytest.mark.both_dialects
async def test_a_watcher_is_told_of_a_new_article_that_answers(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        assert "I watch for patrol ships from Japan here" in (last.text or "")
        await desk.arrive(tonga=TONGA, rice=RICE)
        assert await told(chat, last) == (
            "New on: patrol ships from Japan\n\n"
            "“Japan handed seven patrol ships to Tonga in Nukualofa on Monday.”\n"
            "[1] Ships for Tonga, 2026-11-03, tonga.txt:4; “Monday” worked out as 2026-11-02"
        )


# --- what is new


async def test_nobody_is_told_of_what_was_there_before(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.pass_time()
        desk.start_anew()
        await desk.arrive(rice=RICE)
        await quiet(desk, chat, last)


@pytest.mark.both_dialects
async def test_of_a_changed_article_only_new_passages_are_told(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.pass_time()
        more = "Japan promised Fiji two more patrol ships for the coming year."
        await desk.arrive(fiji=f"{FIJI}\n{more}\n")
        words = await told(chat, last)
    assert more in words
    assert "three patrol ships" not in words


async def test_an_article_that_is_edited_back_and_forth_tells_nobody_twice(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        last = await chat.next_reply(last)
        for text in (RICE, TONGA, None, TONGA):
            await desk.arrive(tonga=text)
            await desk.pass_time(hours=2)
        await desk.arrive(copy=TONGA)
        await quiet(desk, chat, last)


async def test_an_article_that_is_gone_or_gone_elsewhere_before_it_is_told(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        await watch(chat)
        await desk.arrive(samoa=SAMOA)
        last = await chat.next_reply(chat.messages[-1])
        await desk.arrive(tonga=TONGA, fiji=f"{FIJI}\nJapan handed nine patrol ships to Fiji as well.\n")
        await desk.arrive(tonga=None, pacific__tonga=TONGA, fiji=FIJI)
        await desk.pass_time(hours=2)
        words = await told(chat, last)
    assert "pacific/tonga.txt" in words
    assert "nine" not in words


async def test_what_came_while_the_bot_was_away_is_told_when_it_is_back(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.pass_time()
        desk.start_anew()
        await desk.arrive(tonga=TONGA)
        assert "seven patrol ships" in await told(chat, last)


# --- when


@pytest.mark.both_dialects
async def test_what_comes_within_an_hour_is_told_in_one_message(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        first = await chat.next_reply(last)
        await desk.arrive(samoa=SAMOA)
        await desk.arrive(kiribati="Ships for Kiribati\n\nJapan handed five patrol ships to Kiribati on Friday.\n")
        await quiet(desk, chat, first)
        await desk.pass_time(minutes=61)
        words = await told(chat, first)
    assert "two patrol ships" in words
    assert "five patrol ships" in words
    assert "seven" not in words


async def test_a_daily_digest_comes_at_its_hour_where_the_watcher_lives(office: Office) -> None:
    """It is noon in UTC, and nine in the evening in Tokyo."""
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat, f"{TOPIC} daily:8 zone:tokyo")
        assert "once a day, at 8:00\u202fAM (Japan Time)" in (last.text or "")
        await desk.arrive(tonga=TONGA)
        await desk.pass_time(hours=10.9)
        await quiet(desk, chat, last)
        await desk.pass_time(hours=0.2)
        last = await chat.next_reply(last)
        await desk.arrive(samoa=SAMOA)
        await desk.pass_time(hours=24)
        assert "two patrol ships" in await told(chat, last)


@pytest.mark.both_dialects
async def test_the_same_topic_again_changes_when_it_is_told(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        await watch(chat, f"{TOPIC} daily:8 zone:Asia/Ho_Chi_Minh")
        assert "daily at 9:00\u202fAM (Vietnam Time)" in (
            await _listed(chat, "/watch Patrol  ships from JAPAN daily:9")
        )
        assert "daily" not in (await _listed(chat, f"/watch {TOPIC} daily:off")).partition("Another topic")[0]


async def _listed(chat: Conversation, text: str) -> str:
    await chat.reply_to(chat.say(text))
    return (await chat.reply_to(chat.say("/watch"))).text or ""


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("ships daily:25", "I do not understand the hour 25"),
        ("ships daily:8 zone:mars", "I do not know the time zone mars"),
        ("daily:8", "Put the topic after the command"),
        ("what?", "Put the topic after the command"),
        ("ship " * 99, "too long for a topic"),
        ("ships in:nowhere", "nowhere"),
    ],
)
async def test_a_request_that_cannot_be_used_says_what_to_write(office: Office, words: str, answer: str) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        assert answer in ((await watch(chat, words)).text or "")
        assert "Nothing is watched here" in ((await chat.reply_to(chat.say("/watch"))).text or "")


# --- buttons, limits, the record


@pytest.mark.both_dialects
async def test_less_tells_surer_ones_only_and_stop_ends_it(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat)
        await desk.arrive(tonga=TONGA)
        notice = await chat.next_reply(last)
        assert "surely" in await _pressed(chat, notice, "Tell less")
        assert "surely" in await _pressed(chat, notice, "Tell less")
        assert "surest already" in await _pressed(chat, notice, "Tell less")
        assert "· less" in ((await chat.reply_to(chat.say("/watch"))).text or "")
        assert "less surely" in await _pressed(chat, notice, "Tell more")
        await _pressed(chat, notice, "👍")
        assert "no longer watch" in await _pressed(chat, notice, "Stop")
        last = chat.messages[-1]
        await desk.arrive(samoa=SAMOA)
        await desk.pass_time(hours=2)
        await quiet(desk, chat, last)


async def _pressed(chat: Conversation, message: Message, button: str) -> str:
    """The words that a press is answered with."""
    return (await chat.callback_answer(chat.press(message, button))).text or ""


async def test_the_list_stops_a_watch_by_its_button(office: Office) -> None:
    async with watched_desk(office) as desk:
        chat = person(desk)
        await watch(chat)
        await watch(chat, "rice")
        listed = await chat.reply_to(chat.say("/watch"))
        await _pressed(chat, listed, "Stop: rice")
        await chat.next_edit(listed)
        assert "1. patrol ships from Japan" in (chat.message(listed).text or "")
        assert "rice" not in (chat.message(listed).text or "")


async def test_a_figure_that_differs_from_what_was_told_is_said_as_such(office: Office) -> None:
    said = "Support in Japan for the defense pact with Vietnam was {1} percent in a Kyodo poll."
    poll = f"Support for the pact\n{{0}}\n\n{said}\n"
    async with watched_desk(office) as desk:
        chat = person(desk)
        last = await watch(chat, "support for the defense pact with Vietnam")
        await desk.arrive(march=poll.format("2026-03-02", 24))
        first = await chat.next_reply(last)
        await desk.pass_time(hours=2)
        await desk.arrive(april=poll.format("2026-04-02", 27))
        words = await told(chat, first)
    assert "Was 24 percent, now 27 percent." in words
    assert "[1] Support for the pact, 2026-04-02, april.txt:4" in words
    assert "[2] Support for the pact, 2026-03-02, march.txt:4" in words


@pytest.mark.both_dialects
async def test_nobody_watches_more_than_they_may(office: Office) -> None:
    async with watched_desk(office, watch_limit_person=1) as desk:
        chat = person(desk)
        await watch(chat)
        assert "You may watch 1 topic, and do" in ((await watch(chat, "rice")).text or "")
        assert "I watch for rice here" in ((await watch(person(desk, "Binh"), "rice")).text or "")
