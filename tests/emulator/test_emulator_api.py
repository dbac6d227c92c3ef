"""The local Telegram, driven by python-telegram-bot over real HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.emulator.notifier import Notifier
from bot.emulator.people.people import Conversation
from bot.emulator.web import server
from bot.emulator.web.server import Emulator, serve
from tests.support.emulator_bots import TOKEN, Context, bot_of, echoing, polling, request


@pytest.fixture
def chat(emulator: Emulator) -> Conversation:
    return emulator.private_chat(emulator.person("Alice", username="alice_b", language_code="en"))


def texts(updates: Sequence[Update]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


def button(text: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)]])


# The way there and back


async def test_a_question_is_answered_through_a_whole_application(emulator: Emulator, chat: Conversation) -> None:
    async with polling(emulator, echoing()):
        reply = await chat.reply_to(chat.say("When was it adopted?"))
    assert reply.text == "When was it adopted?"
    assert reply.marked("bold") == ["When was it adopted?"]


async def test_get_me_describes_the_bot(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username, me.can_read_all_group_messages) == (4242, True, "policydesk_bot", True)


async def test_a_made_up_token_has_the_form_of_a_real_one() -> None:
    async with Emulator() as emulator, bot_of(emulator) as bot:
        assert bot.token == emulator.token
        assert len(emulator.token.partition(":")[2]) == 35


async def test_every_call_is_noted_with_its_parameters_in_order(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    await bot.send_chat_action(chat.id, "typing")
    with pytest.raises(BadRequest):
        await bot.send_message(chat.id, "<b>", parse_mode="HTML")
    typing, sending = emulator.calls[-2:]
    assert (typing.method, typing.parameters["action"], typing.error) == ("sendChatAction", "typing", None)
    assert sending.parameters == {"chat_id": str(chat.id), "text": "<b>", "parse_mode": "HTML"}
    assert sending.error
    assert "Can't find end tag" in sending.error


async def test_emulator_stops_at_once_while_a_bot_waits_for_updates(emulator: Emulator, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await emulator.call_of("getUpdates")
    emulator.world.bell.close()
    assert await waiting == ()


# Updates


async def test_updates_are_sent_again_until_their_offset_confirms_them(bot: Bot, chat: Conversation) -> None:
    for text in ("one", "two", "three"):
        chat.say(text)
    first = await bot.get_updates()
    assert texts(first) == ["one", "two", "three"]
    assert texts(await bot.get_updates(offset=first[0].update_id + 1)) == ["two", "three"]
    assert texts(await bot.get_updates()) == ["two", "three"]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()


async def test_unconfirmed_updates_come_again_after_the_bot_was_restarted(
    emulator: Emulator, chat: Conversation
) -> None:
    chat.say("are you there?")
    for _ in range(2):
        async with bot_of(emulator) as bot:
            assert texts(await bot.get_updates()) == ["are you there?"]


async def test_update_ids_increase_one_by_one(bot: Bot, chat: Conversation) -> None:
    chat.edit(chat.say("one"), "two")
    first, second = await bot.get_updates()
    assert second.update_id == first.update_id + 1
    assert second.edited_message
    assert second.edited_message.edit_date


async def test_a_limit_holds_back_the_later_updates(bot: Bot, chat: Conversation) -> None:
    for text in ("one", "two", "three"):
        chat.say(text)
    assert texts(await bot.get_updates(limit=2)) == ["one", "two"]


async def test_a_negative_offset_forgets_all_but_the_last_updates(bot: Bot, chat: Conversation) -> None:
    for text in ("one", "two", "three"):
        chat.say(text)
    assert texts(await bot.get_updates(offset=-1)) == ["three"]
    assert texts(await bot.get_updates()) == ["three"]


async def test_a_long_poll_waits_and_is_woken_by_a_message(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await emulator.call_of("getUpdates")
    assert not waiting.done()
    chat.say("wake up")
    assert texts(await waiting) == ["wake up"]


async def test_a_long_poll_ends_empty_when_its_time_is_up(emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.get(f"/bot{TOKEN}/getUpdates", params={"timeout": 0.05})
    assert answer.json() == {"ok": True, "result": []}


async def test_a_second_poll_ends_the_first_with_a_conflict(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await emulator.call_of("getUpdates")
    async with bot_of(emulator) as second:
        assert await second.get_updates() == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await waiting
    chat.say("still here")
    assert texts(await bot.get_updates()) == ["still here"]


async def test_only_the_kinds_of_updates_that_were_asked_for_are_sent(bot: Bot, chat: Conversation) -> None:
    await bot.get_updates(allowed_updates=["edited_message"])
    chat.edit(chat.say("one"), "two")
    (only,) = await bot.get_updates()
    assert only.edited_message
    assert only.edited_message.text == "two"


async def test_confirmed_waits_until_the_bot_has_taken_the_update(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    said = chat.say("one")
    waiting = asyncio.create_task(emulator.confirmation(said))
    (update,) = await bot.get_updates()
    assert not waiting.done()
    await bot.get_updates(offset=update.update_id + 1)
    await waiting


# Webhooks


@asynccontextmanager
async def receiver(answers: Sequence[int]) -> AsyncIterator[tuple[str, "asyncio.Queue[tuple[str, str]]"]]:
    """A web server that takes updates, answering with these statuses first and 200 then."""
    got: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    statuses = list(answers)

    async def take(request: Request) -> Response:
        update = await request.json()
        got.put_nowait((update["message"]["text"], request.headers.get("x-telegram-bot-api-secret-token", "")))
        return Response(status_code=statuses.pop(0) if statuses else 200)

    app = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    async with serving(app) as port:
        yield f"http://127.0.0.1:{port}/hook", got


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[int]:
    bell = Notifier()
    listener, task = serve(app, bell, 0)
    yield listener.getsockname()[1]
    bell.close()
    await task


async def test_a_webhook_gets_updates_in_order_with_the_secret(bot: Bot, chat: Conversation) -> None:
    chat.say("before")
    async with receiver([]) as (url, got):
        await bot.set_webhook(url, secret_token="s3cret")  # noqa: S106 - opens nothing
        chat.say("after")
        assert [await got.get(), await got.get()] == [("before", "s3cret"), ("after", "s3cret")]
        await bot.delete_webhook()


async def test_a_webhook_that_fails_gets_the_same_update_again(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    async with receiver([500, 503]) as (url, got):
        await bot.set_webhook(url)
        said = chat.say("one")
        assert [(await got.get())[0] for _ in range(3)] == ["one", "one", "one"]
        await emulator.confirmation(said)
        assert (await bot.get_webhook_info()).pending_update_count == 0
        await bot.delete_webhook()


async def test_webhook_info_tells_of_updates_that_wait_and_of_the_last_failure(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    async with receiver([500] * 99) as (url, got):
        await bot.set_webhook(url, allowed_updates=["message"])
        chat.say("one")
        await got.get()
        await got.get()
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.allowed_updates) == (url, 1, ("message",))
        assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
    assert emulator.world.updates.waiting == 0


async def test_updates_cannot_be_fetched_while_a_webhook_is_set(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_elsewhere_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="a webhook must be on this machine"):
        await bot.set_webhook("https://example.org/hook")


# What is refused


async def test_an_unknown_parameter_is_refused_by_name(bot: Bot, chat: Conversation) -> None:
    with pytest.raises(BadRequest, match=r'(?i)emulator: unknown parameter "colour" of sendMessage'):
        await bot.send_message(chat.id, "x", api_kwargs={"colour": "red"})


async def test_an_unknown_field_deep_in_a_parameter_is_refused_by_name(bot: Bot, chat: Conversation) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", pay=True)]])
    with pytest.raises(BadRequest, match=r"unknown parameter .*pay"):
        await bot.send_message(chat.id, "x", reply_markup=markup)


async def test_an_unknown_method_is_refused_by_name(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendSmell")
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{bot.base_url}/sendSmell")
    assert (answer.status_code, answer.json()["description"]) == (
        404,
        'Not Found: emulator: unknown method "sendSmell"',
    )


@pytest.mark.parametrize(
    ("token", "code", "description"), [("4242:wrong", 401, "Unauthorized"), ("nonsense", 404, "Not Found")]
)
async def test_a_wrong_token_is_refused(emulator: Emulator, token: str, code: int, description: str) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.post(f"/bot{token}/getMe")
    assert answer.status_code == code
    assert answer.json() == {"ok": False, "error_code": code, "description": description}
    async with request() as first, request() as second:
        bot = Bot(token, base_url=emulator.base_url, request=first, get_updates_request=second)
        with pytest.raises(InvalidToken):
            await bot.get_me()


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 7, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": 1001}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "a" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "message_thread_id": 9}, "message thread not found"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
        ("sendMessage", {"chat_id": 1001, "text": "*x*", "parse_mode": "MarkdownV2"}, "emulator: parse_mode"),
        ("editMessageText", {"chat_id": 1001, "message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "x"}, "message can't be edited"),
        ("sendChatAction", {"chat_id": 1001, "action": "dance"}, "wrong parameter action in request"),
        ("getFile", {"file_id": "nothing"}, "wrong file_id"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("setMyCommands", {"commands": [{"command": "Bad", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMessageReaction", {"chat_id": 1001, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "x"}]}, "RE"),
        ("getUpdates", {"limit": 101}, "emulator: wrong parameter"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_markup": "{"}, "object expected"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "colour": "red"},
            'emulator: unknown parameter "colour" of sendMessage',
        ),
    ],
)
async def test_a_wrong_call_is_refused_in_telegrams_words(
    emulator: Emulator, chat: Conversation, method: str, parameters: dict[str, object], description: str
) -> None:
    chat.say("hello")
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.post(f"/bot{TOKEN}/{method}", json=parameters)
    assert (answer.status_code, answer.json()["error_code"], answer.json()["ok"]) == (400, 400, False)
    assert answer.json()["description"].startswith(f"Bad Request: {description}")


async def test_parameters_may_come_as_json_as_a_form_or_in_the_address(emulator: Emulator, chat: Conversation) -> None:
    path = f"/bot{TOKEN}/SENDMESSAGE"
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        await client.post(path, json={"chat_id": chat.id, "text": "as JSON"})
        await client.post(path, data={"chat_id": str(chat.id), "text": "as a form"})
        await client.get(path, params={"chat_id": str(chat.id), "text": "in the address"})
        wrong = await client.post(path, content="{", headers={"Content-Type": "application/json"})
    assert [message.text for message in chat.bot_messages] == ["as JSON", "as a form", "in the address"]
    assert wrong.json()["description"] == "Bad Request: can't parse request body as JSON"


@pytest.mark.parametrize(
    "headers", [{"Host": "example.org"}, {"Origin": "http://example.org"}, {"Origin": "null"}, {"Host": "[::1"}]
)
async def test_foreign_names_and_foreign_pages_are_not_served(emulator: Emulator, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        assert (await client.get("/people/you", headers=headers)).status_code == 403


# Messages


async def test_an_answer_carries_the_message_and_the_words_it_answers(bot: Bot, chat: Conversation) -> None:
    said = chat.say("Who voted, and when?")
    sent = await bot.send_message(
        chat.id, "In June.", reply_parameters=ReplyParameters(said.message_id, quote="and when")
    )
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Who voted, and when?"
    assert sent.quote
    assert (sent.quote.text, sent.quote.position) == ("and when", 11)


async def test_a_quote_holds_the_bold_words_of_the_message_as_they_are_there(bot: Bot, chat: Conversation) -> None:
    said = await bot.send_message(chat.id, "It docked <b>in June</b>.", "HTML")
    bold = [MessageEntity(MessageEntity.BOLD, 7, 7)]
    quoted = ReplyParameters(said.message_id, quote="docked in June", quote_entities=bold, quote_position=3)
    sent = await bot.send_message(chat.id, "x", reply_parameters=quoted)
    assert sent.quote
    assert list(sent.quote.entities or ()) == bold
    with pytest.raises(BadRequest, match=r"(?i)QUOTE_TEXT_INVALID"):
        await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(said.message_id, quote="docked in June"))


async def test_a_quote_must_be_word_for_word(bot: Bot, chat: Conversation) -> None:
    said = chat.say("Who voted?")
    with pytest.raises(BadRequest, match=r"(?i)QUOTE_TEXT_INVALID"):
        await bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(said.message_id, quote="who voted"))


async def test_an_answer_to_a_deleted_message_goes_out_only_if_it_may(bot: Bot, chat: Conversation) -> None:
    said = chat.say("never mind")
    chat.delete(said)
    with pytest.raises(BadRequest, match=r"[Mm]essage to be replied not found"):
        await bot.send_message(chat.id, "x", reply_to_message_id=said.message_id)
    sent = await bot.send_message(chat.id, "x", reply_to_message_id=said.message_id, allow_sending_without_reply=True)
    assert sent.reply_to_message is None


async def test_entities_and_options_travel_as_they_were_given(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(
        chat.id,
        "😀 bold",
        entities=[MessageEntity(MessageEntity.BOLD, 3, 4)],
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        protect_content=True,
        disable_notification=True,
    )
    assert sent.parse_entities() == {MessageEntity(MessageEntity.BOLD, 3, 4): "bold"}
    assert sent.has_protected_content


async def test_what_people_say_carries_commands_and_mentions(bot: Bot, chat: Conversation) -> None:
    chat.say("/start")
    chat.say("@policydesk_bot hello")
    start, hello = (update.message for update in await bot.get_updates())
    assert start
    assert hello
    assert start.parse_entities() == {MessageEntity(MessageEntity.BOT_COMMAND, 0, 6): "/start"}
    assert hello.parse_entities() == {MessageEntity(MessageEntity.MENTION, 0, 15): "@policydesk_bot"}
    assert start.from_user
    assert (start.from_user.first_name, start.from_user.language_code, start.chat.type) == ("Alice", "en", "private")


async def test_nobody_can_say_nothing_or_too_much(chat: Conversation) -> None:
    for text in (" ", "a" * 4097):
        with pytest.raises(ValueError, match="nobody can send"):
            chat.say(text)


async def test_the_bot_edits_its_text_and_its_buttons(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "one", reply_markup=button("A", "a"))
    shown = chat.message(sent.message_id)
    await bot.edit_message_text("<i>two</i>", chat.id, sent.message_id, parse_mode="HTML")
    changed = await chat.next_edit(shown)
    assert (changed.text, changed.marked("italic"), changed.buttons()) == ("two", ["two"], [])
    assert changed.edit_date
    await bot.edit_message_reply_markup(chat.id, sent.message_id, reply_markup=button("B", "b"))
    assert [key.text for key in chat.message(sent.message_id).buttons()] == ["B"]


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "one", reply_markup=button("A", "a"))
    with pytest.raises(BadRequest, match="specified new message content and reply markup are exactly the same"):
        await bot.edit_message_text("one", chat.id, sent.message_id, reply_markup=button("A", "a"))
    with pytest.raises(BadRequest, match="exactly the same"):
        await bot.edit_message_reply_markup(chat.id, sent.message_id, reply_markup=button("A", "a"))


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (button("x", "é" * 33), "BUTTON_DATA_INVALID"),
        (button(" ", "x"), "text must be non-empty"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x", url="ftp://example.org")]]), "Wrong HTTP URL"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x")]]), "Text buttons are unallowed"),
    ],
)
async def test_a_button_that_telegram_would_not_show_is_refused(
    bot: Bot, chat: Conversation, markup: InlineKeyboardMarkup, reason: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.send_message(chat.id, "x", reply_markup=markup)


async def test_a_pressed_button_reaches_the_bot_and_its_answer_the_person(
    emulator: Emulator, chat: Conversation
) -> None:
    async def pressed(update: Update, _: Context) -> None:
        assert update.callback_query
        await update.callback_query.answer(f"you sent {update.callback_query.data}", show_alert=True)

    async with polling(emulator, CallbackQueryHandler(pressed)) as bot:
        sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
        press = chat.press(chat.message(sent.message_id), "Yes")
        answer = await chat.callback_answer(press)
        with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
            await bot.answer_callback_query(press.id)
    assert (answer.text, answer.show_alert) == ("you sent yes", True)


async def test_a_button_that_is_not_there_cannot_be_pressed(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
    with pytest.raises(LookupError, match=r"no button 'No'.*'Yes'"):
        chat.press(chat.message(sent.message_id), "No")


async def test_the_bot_reacts_to_a_message(bot: Bot, chat: Conversation) -> None:
    said = chat.say("thanks")
    await bot.set_message_reaction(chat.id, said.message_id, "👍")
    assert chat.reactions(said) == ["👍"]
    await bot.set_message_reaction(chat.id, said.message_id)
    assert chat.reactions(said) == []


# Files


async def test_a_file_the_bot_sends_can_be_downloaded_by_people(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    sent = await bot.send_document(
        chat.id, b"a,b\n1,2\n", filename="log é.csv", caption="<b>Log</b>", parse_mode="HTML"
    )
    assert sent.document
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("log é.csv", 8, "Log")
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.get(f"/people/{chat.id}/files/{sent.document.file_id}")
    assert answer.content == b"a,b\n1,2\n"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''log%20%C3%A9.csv"


async def test_a_file_that_people_send_can_be_downloaded_by_the_bot(bot: Bot, chat: Conversation) -> None:
    chat.send_document(b"some words", "notes.txt", caption="see /this")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.document
    file = await bot.get_file(update.message.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"some words"


async def test_a_file_can_be_sent_again_by_its_id_but_not_empty_or_from_the_web(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_document(chat.id, b"x", filename="x.txt")
    assert sent.document
    again = await bot.send_document(chat.id, sent.document.file_id)
    assert again.document == sent.document
    for document, reason in ((b"", "file must be non-empty"), ("https://example.org/x", "not fetched from the web")):
        with pytest.raises(BadRequest, match=rf"(?i){reason}"):
            await bot.send_document(chat.id, document)


async def test_voice_notes_photos_and_stickers_arrive_as_such(bot: Bot, chat: Conversation) -> None:
    chat.send_voice()
    chat.send_photo(caption="Look")
    chat.send_sticker(emoji="👋")
    voice, photo, sticker = (update.message for update in await bot.get_updates())
    assert voice
    assert voice.voice
    assert voice.voice.mime_type == "audio/ogg"
    assert photo
    assert (len(photo.photo), photo.caption) == (1, "Look")
    assert sticker
    assert sticker.sticker
    assert sticker.sticker.emoji == "👋"


# Groups


async def test_an_answer_in_a_group_names_its_thread_and_is_no_topic_message(emulator: Emulator, bot: Bot) -> None:
    alice, bob = emulator.person("Alice"), emulator.person("Bob")
    group = emulator.group("Desk", [alice, bob])
    first = group.say("one", alice)
    second = group.say("two", bob, reply_to=first)
    third = group.say("three", alice, reply_to=second)
    assert [message.message_thread_id for message in (first, second, third)] == [None, 1, 1]
    assert third.is_topic_message is None
    with pytest.raises(BadRequest, match=r"[Mm]essage thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=first.message_id)


async def test_a_message_in_a_topic_answers_the_message_that_began_it(emulator: Emulator, bot: Bot) -> None:
    forum = emulator.forum("Desk", [emulator.person("Alice")], topics=["Trade", "Steel"])
    said = forum.say("When?", topic="Steel")
    assert (said.is_topic_message, said.message_thread_id) == (True, forum.topic("Steel"))
    assert said.reply_to_message
    assert said.reply_to_message.forum_topic_created
    sent = await bot.send_message(forum.id, "In June.", message_thread_id=said.message_thread_id)
    assert (sent.is_topic_message, sent.message_thread_id) == (True, said.message_thread_id)


async def test_an_answer_to_a_message_in_a_topic_stays_in_that_topic(emulator: Emulator) -> None:
    forum = emulator.forum("Desk", [emulator.person("Alice")], topics=["Trade", "Steel"])
    async with polling(emulator, echoing()):
        said = forum.say("When?", topic="Trade")
        reply = await forum.reply_to(said)
    assert (reply.is_topic_message, reply.message_thread_id) == (True, forum.topic("Trade"))


async def test_a_topic_that_is_not_there_is_refused(emulator: Emulator, bot: Bot) -> None:
    forum = emulator.forum("Desk", [emulator.person("Alice")], topics=["Trade"])
    with pytest.raises(BadRequest, match=r"[Mm]essage thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=99)


async def test_in_privacy_mode_a_bot_sees_only_what_is_meant_for_it() -> None:
    async with Emulator(token=TOKEN, privacy=True) as emulator, bot_of(emulator) as bot:
        group = emulator.group("Desk", [emulator.person("Alice")])
        group.say("just talking to @policydesk_bot")
        group.say("/help@other_bot")
        command = group.say("/help@policydesk_bot")
        sent = await bot.send_message(group.id, "yes?")
        group.say("an answer", reply_to=group.message(sent.message_id))
        group.say("about the command", reply_to=command)
        assert texts(await bot.get_updates()) == ["/help@policydesk_bot", "an answer", "about the command"]
        group.promote_bot()
        group.say("anything")
        assert texts(await bot.get_updates(offset=-1)) == ["anything"]


# Commands


async def test_each_scope_has_its_own_commands_and_the_narrowest_is_shown(
    emulator: Emulator, bot: Bot, chat: Conversation
) -> None:
    group = emulator.group("Desk", [emulator.person("Bob")])
    await bot.set_my_commands([("help", "For all")])
    await bot.set_my_commands([("ask", "In groups")], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([("mine", "Here")], scope=BotCommandScopeChat(chat.id))
    await bot.set_my_commands([("mine", "Ici")], scope=BotCommandScopeChat(chat.id), language_code="fr")
    commands = emulator.world.commands
    assert [shown.description for shown in commands.menu(chat.chat, chat.id, "fr")] == ["Ici"]
    assert [shown.description for shown in commands.menu(group.chat, 1, "en")] == ["In groups"]


def test_the_scripts_of_the_chat_page_import_each_other_in_one_direction() -> None:
    scripts = Path(server.__file__).with_name("page").glob("*.js")
    imports = {path.name: re.findall(r'from "\./(.+?)"', path.read_text(encoding="utf-8")) for path in scripts}
    assert list(TopologicalSorter(imports).static_order())[-1] == "chat.js"


# Waiting


async def test_waiting_for_a_reply_that_does_not_come_says_what_was_seen(chat: Conversation) -> None:
    said = chat.say("anyone?")
    with pytest.raises(AssertionError, match=r"no a message after number 1(?s:.*)Alice: 'anyone\?'"):
        await chat.next_reply(said, timeout=0.01)


async def test_quiet_passes_when_the_bot_stays_quiet_and_fails_when_it_does_not(emulator: Emulator) -> None:
    async def answer(update: Update, _: Context) -> None:
        if update.effective_message:
            await update.effective_message.reply_text("here")

    alice = emulator.person("Alice")
    silent, chatty = emulator.group("Silent", [alice]), emulator.group("Chatty", [alice])
    leaves_alone = MessageHandler(filters.Chat(silent.id), answer_nothing)
    async with polling(emulator, leaves_alone, CommandHandler("help", answer), MessageHandler(filters.ALL, answer)):
        await silent.quiet(silent.say("hello"))
        with pytest.raises(AssertionError, match="should have stayed quiet, but said: 2 Policy desk: 'here'"):
            await chatty.quiet(chatty.say("hello"))


async def answer_nothing(_: Update, __: Context) -> None:
    """Take an update and say nothing."""
