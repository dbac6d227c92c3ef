"""What goes wrong on purpose on the local Telegram, as python-telegram-bot and plain HTTP see it."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.emulator.notifier import Notifier
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator, serve
from bot.emulator.world.faults import Disturbance, FaultKind, InjectedFault
from tests.support.emulator_bots import TOKEN, bot_of


async def ids(bot: Bot, offset: int | None = None) -> list[int]:
    return [update.update_id for update in await bot.get_updates(offset=offset)]


# Calls


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("server_error", NetworkError, "Internal Server Error"),
        ("bad_gateway", NetworkError, "Bad Gateway"),
        ("blocked", Forbidden, "bot was blocked by the user"),
        ("chat_not_found", BadRequest, "[Cc]hat not found"),
        ("conflict", Conflict, "terminated by other getUpdates request"),
        ("close", NetworkError, "RemoteProtocolError|ReadError"),
        ("reset", NetworkError, "RemoteProtocolError|ReadError"),
        ("malformed", TelegramError, "Invalid server response"),
    ],
)
async def test_a_call_goes_wrong_once_and_the_next_does_not(
    emulator: Emulator, bot: Bot, chat: Conversation, kind: FaultKind, error: type[TelegramError], words: str
) -> None:
    emulator.faults.arrange("sendMessage", InjectedFault(kind=kind))
    with pytest.raises(error, match=words):
        await bot.send_message(chat.id, "one")
    await bot.send_message(chat.id, "two")
    assert [message.text for message in chat.bot_messages] == ["two"]
    assert [struck.fault.kind for struck in emulator.faults.events] == [kind]
    assert emulator.calls[-2].error


async def test_too_many_requests_tell_how_long_to_wait(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    emulator.faults.arrange("sendMessage", InjectedFault(kind="flood", retry_after=7))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(chat.id, "one")
    assert refused.value.retry_after == timedelta(seconds=7)


async def test_an_answer_can_be_lost_although_the_message_was_sent(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    for kind in ("close", "reset"):
        emulator.faults.arrange("sendMessage", InjectedFault(kind=kind, carried_out=True))
        with pytest.raises(NetworkError):
            await bot.send_message(chat.id, kind)
    assert [message.text for message in chat.bot_messages] == ["close", "reset"]


async def test_a_call_hangs_until_it_is_let_go(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    emulator.faults.arrange("sendMessage", InjectedFault(kind="hang"))
    sending = asyncio.create_task(bot.send_message(chat.id, "one", read_timeout=30))
    await emulator.world.bell.until(lambda: emulator.faults.hanging or None, 10)
    assert not sending.done()
    emulator.faults.release()
    with pytest.raises(NetworkError):
        await sending
    assert chat.bot_messages == []


async def test_a_bot_gives_up_on_a_call_that_hangs_for_longer_than_it_waits(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    emulator.faults.arrange("sendMessage", InjectedFault(kind="hang"))
    with pytest.raises(TimedOut):
        await bot.send_message(chat.id, "one", read_timeout=0.05)


async def test_faults_strike_one_chat_and_so_many_times_only(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    other = emulator.private_chat(emulator.person("Bob"))
    emulator.faults.arrange("sendMessage", InjectedFault(kind="blocked"), times=2, chat_id=chat.id)
    await bot.send_message(other.id, "fine")
    for _ in range(2):
        with pytest.raises(Forbidden):
            await bot.send_message(chat.id, "x")
    await bot.send_message(chat.id, "fine again")
    assert len(chat.bot_messages) == 1


async def test_a_share_of_calls_goes_wrong_and_the_same_seed_chooses_the_same(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    runs = []
    for _ in range(2):
        emulator.faults.arrange_rate("sendMessage", InjectedFault(kind="server_error"), 0.5, seed=3)
        runs.append([await went_wrong(bot, chat) for _ in range(12)])
        emulator.faults.clear()
    assert runs[0] == runs[1]
    assert 0 < sum(runs[0]) < 12


async def went_wrong(bot: Bot, chat: Conversation) -> bool:
    try:
        await bot.send_message(chat.id, "x")
    except NetworkError:
        return True
    return False


async def test_nobody_reaches_a_telegram_that_is_down_and_nothing_is_lost(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await emulator.call_of("getUpdates")
    async with emulator.unreachable():
        with pytest.raises(NetworkError):
            await waiting
        with pytest.raises(NetworkError):
            await bot.get_me()
        chat.say("are you there?")
    assert len(await bot.get_updates()) == 1


async def test_the_download_of_a_file_goes_wrong_too(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_document(chat.id, b"words", filename="a.txt")
    assert sent.document
    file = await bot.get_file(sent.document.file_id)
    emulator.faults.arrange("download", InjectedFault(kind="reset"))
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert await file.download_as_bytearray() == b"words"


async def test_faults_can_be_arranged_from_another_process(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        wanted = {"method": "sendMessage", "fault": {"kind": "flood", "retry_after": 2}, "share": 1}
        assert (await client.post("/faults", json=wanted)).status_code == 204
        with pytest.raises(RetryAfter):
            await bot.send_message(chat.id, "x")
        assert (await client.get("/faults")).json()[0]["method"] == "sendMessage"
        assert (await client.delete("/faults")).status_code == 204
        assert (await client.post("/faults", json={"method": "x", "fault": {"kind": "rain"}})).status_code == 400
        assert (await client.post("/faults/updates", json={"repeat": 1, "times": 1})).status_code == 204
    await bot.send_message(chat.id, "x")
    chat.say("one")
    (only,) = await ids(bot)
    assert await ids(bot, only + 1) == [only]


# Updates


async def test_a_confirmed_update_comes_once_more(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    chat.say("one")
    chat.say("two")
    first, second = await ids(bot)
    emulator.updates.repeat(first)
    assert await ids(bot, first + 1) == [first, second]
    assert await ids(bot) == [second]


async def test_updates_come_in_another_order_and_all_of_them(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    for number in range(8):
        chat.say(str(number))
    emulator.updates.disturb(Disturbance(reorder=1, times=1))
    shuffled, straight = await ids(bot), await ids(bot)
    assert shuffled != straight
    assert sorted(shuffled) == straight


async def test_an_update_of_an_unknown_kind_is_sent_as_it_is(emulator: Emulator) -> None:
    number = emulator.updates.put_strange({"telepathy": {"from": {"id": 1}}, "message": "not one"})
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.get(f"/bot{TOKEN}/getUpdates")
    assert answer.json()["result"] == [{"update_id": number, "telepathy": {"from": {"id": 1}}, "message": "not one"}]


async def test_a_cut_answer_to_get_updates_confirms_nothing(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    chat.say("one")
    (first,) = await ids(bot)
    emulator.faults.arrange("getUpdates", InjectedFault(kind="malformed", carried_out=True))
    with pytest.raises(TelegramError):
        await bot.get_updates()
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        emulator.faults.arrange("getUpdates", InjectedFault(kind="malformed"))
        with pytest.raises(json.JSONDecodeError):
            (await client.get(f"/bot{TOKEN}/getUpdates")).json()
    assert await ids(bot) == [first]


async def test_a_webhook_is_sent_an_update_twice_and_too_early(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    got: asyncio.Queue[int] = asyncio.Queue()

    async def take(request: Request) -> Response:
        got.put_nowait((await request.json())["update_id"])
        return Response()

    bell = Notifier()
    listener, task = serve(Starlette(routes=[Route("/hook", take, methods=["POST"])]), bell, 0)
    chat.say("one")
    chat.say("two")
    first, second = await ids(bot)
    emulator.updates.disturb(Disturbance(reorder=1, times=1))
    emulator.updates.repeat(second)
    await bot.set_webhook(f"http://127.0.0.1:{listener.getsockname()[1]}/hook")
    assert sorted([await got.get() for _ in range(3)]) == [first, second, second]
    await bot.delete_webhook()
    bell.close()
    await task


async def test_a_telegram_that_ends_does_not_go_on_posting_what_nobody_takes() -> None:
    async with Emulator() as telegram, bot_of(telegram) as bot:
        await bot.set_webhook("http://127.0.0.1:9/nobody")
        telegram.private_chat(telegram.person("Aiko")).say("one")
        assert await telegram.world.bell.until(lambda: telegram.updates.failure, 10)
