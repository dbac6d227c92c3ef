"""Inline mode, buttons, reactions, edits and mentions on the local Telegram."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    MaybeInaccessibleMessage,
    MessageEntity,
)
from telegram.error import BadRequest

from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from tests.support.closed_desk import Clock
from tests.support.emulator_bots import TOKEN, bot_of, news


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def emulator(clock: Clock) -> AsyncIterator[Emulator]:
    async with Emulator(token=TOKEN, clock=clock) as running:
        yield running


def article(
    number: int | str, text: str = "In June.", markup: InlineKeyboardMarkup | None = None
) -> InlineQueryResultArticle:
    content = InputTextMessageContent(f"<b>{text}</b>", parse_mode="HTML")
    return InlineQueryResultArticle(str(number), f"Result {number}", content, reply_markup=markup)


def button(text: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)]])


# Inline mode


async def test_words_behind_the_bots_name_become_a_query_and_a_result_a_message(emulator: Emulator, bot: Bot) -> None:
    alice = emulator.person("Alice", language_code="ja")
    group = emulator.group("Others", [alice], with_bot=False)
    typed = group.type_inline("frigates")
    (update,) = await news(bot)
    query = update.inline_query
    assert query
    assert (query.query, query.chat_type, query.from_user.language_code) == ("frigates", "supergroup", "ja")
    await bot.answer_inline_query(query.id, [article(1), article(2, "In May.")], cache_time=0, is_personal=True)
    offer = await group.inline_answer(typed)
    assert [result.title for result in offer.results] == ["Result 1", "Result 2"]
    sent = group.choose(typed, "Result 2")
    assert (sent.text, sent.marked("bold"), sent.via_bot and sent.via_bot.id) == ("In May.", ["In May."], bot.id)
    (chosen,) = await news(bot)
    assert chosen.chosen_inline_result
    assert (chosen.chosen_inline_result.result_id, chosen.chosen_inline_result.query) == ("2", "frigates")
    assert chosen.chosen_inline_result.inline_message_id is None


async def test_the_bot_hears_of_what_is_sent_through_it_where_it_is(bot: Bot, chat: Conversation) -> None:
    typed = chat.type_inline("frigates")
    await bot.answer_inline_query(typed.id, [article(1)])
    await news(bot)
    chat.choose(typed, "1")
    said, chosen = await news(bot)
    assert said.message
    assert said.message.via_bot == await bot.get_me()
    assert chosen.chosen_inline_result


async def test_an_answer_is_cached_for_everybody_or_for_one(
    emulator: Emulator, bot: Bot, chat: Conversation, clock: Clock
) -> None:
    bob = emulator.private_chat(emulator.person("Bob"))
    await bot.answer_inline_query(chat.type_inline("mine").id, [article(1)], cache_time=60, is_personal=True)
    await bot.answer_inline_query(chat.type_inline("ours").id, [article(2)], cache_time=60)
    await news(bot)
    assert await chat.inline_answer(chat.type_inline("mine"))
    assert await bob.inline_answer(bob.type_inline("ours"))
    assert await news(bot) == ()
    bob.type_inline("mine")
    assert len(await news(bot)) == 1
    clock.seconds += 61
    bob.type_inline("ours")
    assert len(await news(bot)) == 1


async def test_a_button_leads_from_inline_mode_to_the_private_chat(bot: Bot, chat: Conversation) -> None:
    typed = chat.type_inline("")
    await bot.answer_inline_query(typed.id, [], button=InlineQueryResultsButton("Ask for access", start_parameter="in"))
    offer = await chat.inline_answer(typed)
    assert offer.button
    assert (offer.results, offer.button.start_parameter) == ((), "in")
    said = chat.start("in")
    assert (said.text, said.marked("bot_command")) == ("/start in", ["/start"])


async def test_only_so_much_fits_a_link(chat: Conversation) -> None:
    for payload in ("a b", "é", "x" * 65):
        with pytest.raises(ValueError, match="a link carries 1 to 64"):
            chat.start(payload)


@pytest.mark.parametrize(
    ("results", "options", "reason"),
    [
        ([article(number) for number in range(51)], {}, "RESULTS_TOO_MUCH"),
        ([article(1), article(1)], {}, "RESULT_ID_DUPLICATE"),
        ([article("é" * 33)], {}, "RESULT_ID_INVALID"),
        ([article(1, "<")], {}, "can't parse entities"),
        ([article(1, markup=button("x", "y" * 65))], {}, "BUTTON_DATA_INVALID"),
        ([], {"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ([], {"button": {"text": "x", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
    ],
)
async def test_a_wrong_inline_answer_is_refused(
    emulator: Emulator,
    chat: Conversation,
    results: Sequence[InlineQueryResultArticle],
    options: dict[str, object],
    reason: str,
) -> None:
    typed = chat.type_inline("x")
    given = {"inline_query_id": typed.id, "results": [result.to_dict() for result in results]}
    async with httpx.AsyncClient(base_url=emulator.url) as client:
        answer = await client.post(f"/bot{TOKEN}/answerInlineQuery", json=given | options)
    assert answer.json()["description"].startswith(f"Bad Request: {reason}")


async def test_a_query_can_be_answered_once_and_not_too_late(bot: Bot, chat: Conversation, clock: Clock) -> None:
    typed = chat.type_inline("x")
    await bot.answer_inline_query(typed.id, [])
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
        await bot.answer_inline_query(typed.id, [])
    late, given_up = chat.type_inline("y"), chat.type_inline("z")
    chat.expire(given_up)
    clock.seconds += 31
    for query in (late, given_up):
        with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
            await bot.answer_inline_query(query.id, [])


async def test_a_bot_without_inline_mode_cannot_be_asked_so() -> None:
    async with Emulator(inline=False) as emulator, bot_of(emulator) as bot:
        assert (await bot.get_me()).supports_inline_queries is False
        with pytest.raises(ValueError, match="has no inline mode"):
            emulator.private_chat(emulator.person("Alice")).type_inline("x")


async def test_buttons_under_an_inline_result_name_it_by_its_own_id(emulator: Emulator, bot: Bot) -> None:
    group = emulator.group("Others", [emulator.person("Alice")], with_bot=False)
    typed = group.type_inline("x")
    await bot.answer_inline_query(typed.id, [article(1, markup=button("More", "more"))])
    sent = group.choose(typed, "1")
    group.press(sent, "More")
    _, chosen, pressed = await news(bot)
    assert chosen.chosen_inline_result
    assert pressed.callback_query
    inline_id = pressed.callback_query.inline_message_id
    assert inline_id == chosen.chosen_inline_result.inline_message_id
    assert pressed.callback_query.message is None
    assert await bot.edit_message_text("In full.", inline_message_id=inline_id) is True
    assert group.message(sent).text == "In full."
    group.delete(sent)
    with pytest.raises(BadRequest, match=r"(?i)message_id_invalid"):
        await bot.edit_message_text("x", inline_message_id=inline_id)


# Buttons


async def test_anybody_in_a_group_presses_and_only_they_see_the_answer(emulator: Emulator, bot: Bot) -> None:
    alice, bob = emulator.person("Alice"), emulator.person("Bob")
    group = emulator.group("Desk", [alice, bob])
    sent = await bot.send_message(group.id, "Good?", reply_markup=button("Yes", "yes"))
    press = group.press(group.message(sent.message_id), "Yes", by=bob)
    (update,) = await news(bot)
    assert update.callback_query
    assert update.callback_query.from_user.first_name == "Bob"
    await bot.answer_callback_query(press.id, "Noted", show_alert=True)
    (event,) = [event for event in emulator.world.journal.after(0) if event.kind == "answer"]
    assert event.person == bob.id


async def test_a_button_of_a_deleted_message_names_a_message_the_bot_cannot_see(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
    shown = chat.message(sent.message_id)
    chat.delete(shown)
    chat.press(shown, "Yes")
    (update,) = await news(bot)
    assert update.callback_query
    message: MaybeInaccessibleMessage | None = update.callback_query.message
    assert message
    assert (message.message_id, message.is_accessible) == (sent.message_id, False)
    with pytest.raises(BadRequest, match=r"[Mm]essage to edit not found"):
        await bot.edit_message_text("x", chat.id, sent.message_id)


async def test_a_button_that_has_just_gone_can_still_be_pressed(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
    shown = chat.message(sent.message_id)
    await bot.edit_message_reply_markup(chat.id, sent.message_id)
    with pytest.raises(LookupError, match="no button"):
        chat.press(shown, "Yes")
    assert chat.press(shown, "Yes", stale=True).data == "yes"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [({"text": "x" * 201}, "MESSAGE_TOO_LONG"), ({"url": "https://example.org/"}, "URL_INVALID")],
)
async def test_a_wrong_answer_to_a_button_is_refused(
    bot: Bot, chat: Conversation, answer: dict[str, str], reason: str
) -> None:
    sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
    press = chat.press(chat.message(sent.message_id), "Yes")
    with pytest.raises(BadRequest, match=rf"(?i){reason}"):
        await bot.answer_callback_query(press.id, **answer)  # type: ignore[arg-type]
    await bot.answer_callback_query(press.id, url="https://t.me/policydesk_bot?start=x")


async def test_an_answer_after_a_minute_is_too_late(bot: Bot, chat: Conversation, clock: Clock) -> None:
    sent = await bot.send_message(chat.id, "Good?", reply_markup=button("Yes", "yes"))
    press = chat.press(chat.message(sent.message_id), "Yes")
    clock.seconds += 61
    with pytest.raises(BadRequest, match=r"[Qq]uery is too old"):
        await bot.answer_callback_query(press.id)


# Reactions


async def test_reactions_reach_only_a_bot_that_asks_for_them(bot: Bot, chat: Conversation) -> None:
    sent = await bot.send_message(chat.id, "In June.")
    shown = chat.message(sent.message_id)
    await bot.get_updates(allowed_updates=["message"])
    chat.react(shown, "👎")
    assert await news(bot) == ()
    chat.react(shown, "👍")
    chat.react(shown, None)
    changed, withdrawn = await news(bot)
    assert changed.message_reaction
    reaction = changed.message_reaction
    assert [kind.emoji for kind in reaction.old_reaction + reaction.new_reaction] == ["👎", "👍"]  # type: ignore[attr-defined]
    assert withdrawn.message_reaction
    assert withdrawn.message_reaction.new_reaction == ()
    assert (reaction.user.first_name if reaction.user else None, reaction.message_id) == ("Alice", sent.message_id)


async def test_in_a_group_reactions_reach_administrators_only(emulator: Emulator, bot: Bot) -> None:
    group = emulator.group("Desk", [emulator.person("Alice")])
    sent = await bot.send_message(group.id, "In June.")
    await news(bot)
    group.react(group.message(sent.message_id), "👍")
    assert await news(bot) == ()
    group.promote_bot()
    group.react(group.message(sent.message_id), "👎")
    _, update = await news(bot)
    assert update.message_reaction
    assert group.reactions(group.message(sent.message_id), by=group.owner) == ["👎"]


# Edits, files, mentions, languages


async def test_edited_captions_reach_the_bot(bot: Bot, chat: Conversation) -> None:
    said = chat.send_document(b"words", "a.txt", caption="in:news")
    chat.edit(said, "in:law")
    _, edited = await news(bot)
    assert edited.edited_message
    assert edited.edited_message.caption == "in:law"
    sent = await bot.send_document(chat.id, b"x", filename="x.txt", caption="one", reply_markup=button("A", "a"))
    with pytest.raises(BadRequest, match=r"[Tt]here is no text in the message to edit"):
        await bot.edit_message_text("x", chat.id, sent.message_id)


async def test_a_file_over_20_megabytes_cannot_be_fetched(bot: Bot, chat: Conversation) -> None:
    chat.send_document(b"\0" * (20 * 1024 * 1024 + 1), "big.pdf", "application/pdf")
    (update,) = await news(bot)
    assert update.message
    assert update.message.document
    with pytest.raises(BadRequest, match=r"[Ff]ile is too big"):
        await bot.get_file(update.message.document.file_id)


async def test_people_without_a_username_are_mentioned_by_name(emulator: Emulator, bot: Bot) -> None:
    alice, bob = emulator.person("Alice"), emulator.person("Bob")
    group = emulator.group("Desk", [alice, bob])
    group.say("Bob, have a look", alice, mentioned=bob)
    (update,) = await news(bot)
    assert update.message
    (mention,) = update.message.parse_entities([MessageEntity.TEXT_MENTION])
    assert mention.user
    assert mention.user.id == bob.id
    sent = await bot.send_message(
        group.id, f'<a href="tg://user?id={bob.id}">You</a> and <a href="tg://user?id=99">who</a>', parse_mode="HTML"
    )
    (entity,) = sent.entities
    assert entity.user
    assert (entity.type, entity.user.first_name) == ("text_mention", "Bob")


async def test_a_person_turns_their_app_to_another_language(emulator: Emulator, bot: Bot, chat: Conversation) -> None:
    emulator.set_language(emulator.world.people[chat.id], "vi")
    chat.say("xin chào")
    (update,) = await news(bot)
    assert update.effective_user
    assert update.effective_user.language_code == "vi"


async def test_spoilers_and_long_quotes_count_only_what_is_shown(bot: Bot, chat: Conversation) -> None:
    text = f"<blockquote expandable>{'a' * 4000}</blockquote><tg-spoiler>{'b' * 96}</tg-spoiler>"
    sent = await bot.send_message(chat.id, text, parse_mode="HTML")
    assert [entity.type for entity in sent.entities] == ["expandable_blockquote", "spoiler"]
    with pytest.raises(BadRequest, match=r"[Mm]essage is too long"):
        await bot.send_message(chat.id, f"{text}c", parse_mode="HTML")
