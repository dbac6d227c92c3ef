"""What the bot does in Telegram, seen through a local Telegram over real HTTP."""

import io
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import BaseModel

import bot.messages.sending
from bot.access.policy import Access
from bot.app import Office
from bot.desk.desk import Desk, DeskOptions
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.errors import TelegramSetupError
from bot.logging_setup import RedactingFormatter
from bot.settings import SEEDS, Settings
from bot.telegram_app import running
from prompts.render import Renderer
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from storage.models import Exchange
from storage.record.exchanges import ExchangeLog
from tests.support.desk import policydesk, serving, whole_bot
from tests.support.osa import ANSWERED, ARTICLE, QUESTION, SOURCE, check_answered


async def ask(chat: Conversation, text: str) -> Message:
    return await chat.reply_to(chat.say(text))


def answers(reply: Message, asked: Message) -> bool:
    """Whether a reply quotes a message."""
    return reply.reply_to_message is not None and reply.reply_to_message.message_id == asked.message_id


def sent(telegram: Emulator, method: str, parameter: str) -> object:
    """What the bot gave as a parameter when it last called a method."""
    return plain(telegram.calls_of(method)[-1].parameters.get(parameter))


def plain(value: object) -> object:
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


# --- in a private chat


async def test_any_text_in_a_private_chat_is_a_question_and_its_answer_quotes_it(private: Conversation) -> None:
    asked = private.say(QUESTION)
    reply = await private.next_reply(after=asked)
    assert ANSWERED in (reply.text or "")
    assert SOURCE in (reply.text or "")
    assert answers(reply, asked)


async def test_every_quote_is_a_block_quotation_and_the_words_that_answer_are_bold(private: Conversation) -> None:
    reply = await ask(private, "When did the Izumo call at Cam Ranh?")
    assert [words.strip("“”") for words in reply.marked("blockquote")] == re.findall(r"“(.*?)”\n", reply.text or "")
    assert reply.marked("bold") == ["June", "June"]


async def test_links_are_never_previewed(telegram: Emulator, private: Conversation) -> None:
    await ask(private, QUESTION)
    assert sent(telegram, "sendMessage", "link_preview_options") == {"is_disabled": True}


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer takes longer than a person is left without a sign."""
    monkeypatch.setattr(bot.messages.sending, "TYPING_AFTER", 0)


@pytest.mark.usefixtures("_slow")
async def test_typing_is_shown_while_an_answer_that_takes_a_while_is_looked_for(
    telegram: Emulator, private: Conversation
) -> None:
    await ask(private, QUESTION)
    assert sent(telegram, "sendChatAction", "action") == "typing"


async def test_a_question_nothing_answers_is_refused(private: Conversation) -> None:
    reply = await ask(private, "What did Norway pay for salmon licences?")
    assert (reply.text or "").startswith("Nothing in the articles answers this: nothing on Norway, salmon")


async def test_an_exchange_is_logged_with_where_it_came_from_and_the_exact_words(
    telegram: Emulator, private: Conversation, log: ExchangeLog
) -> None:
    asked = private.say(QUESTION)
    await private.reply_to(asked)
    logged = log.history()[0]
    assert (logged.channel, logged.chat_id, logged.message_id) == ("telegram", private.id, asked.message_id)
    assert logged.update_id is not None
    assert logged.reply == sent(telegram, "sendMessage", "text")


async def test_a_message_without_words_is_told_what_works(private: Conversation) -> None:
    for sent in (private.send_voice(), private.send_photo(), private.send_sticker()):
        reply = await private.reply_to(sent)
        assert (reply.text or "").startswith("I read questions in words")


async def test_a_photo_with_a_question_under_it_is_answered(private: Conversation) -> None:
    reply = await private.reply_to(private.send_photo(caption=QUESTION))
    assert ANSWERED in (reply.text or "")


async def test_a_question_in_another_script_is_told_so(private: Conversation) -> None:
    assert "script" in ((await ask(private, "일본의 방위 장비는?")).text or "")


async def test_markup_in_a_question_stays_text(private: Conversation) -> None:
    reply = await ask(private, "<blink>OSA</blink> <script>alert(1)</script> &amp; zebra?")
    assert "nothing on blink, script, alert, amp" in (reply.text or "")


async def test_start_and_help_say_what_the_bot_does(private: Conversation) -> None:
    assert "5 articles" in ((await ask(private, "/start")).text or "")
    assert "/sources" in ((await ask(private, "/help")).text or "")


async def test_start_with_a_deep_link_is_a_start(private: Conversation) -> None:
    assert "5 articles" in ((await ask(private, "/start something")).text or "")


async def test_an_unknown_command_in_a_private_chat_is_said_to_be_unknown(private: Conversation) -> None:
    assert "do not know that command" in ((await ask(private, "/weather")).text or "")


async def test_ask_without_a_question_says_how(private: Conversation) -> None:
    assert "after the command" in ((await ask(private, "/ask")).text or "")


async def test_ask_works_in_a_private_chat_too(private: Conversation) -> None:
    assert ANSWERED in ((await ask(private, f"/ask {QUESTION}")).text or "")


async def test_timeline_quotes_a_topic_in_the_order_of_time(private: Conversation, log: ExchangeLog) -> None:
    text = (await ask(private, "/timeline Japan-Vietnam relations")).text or ""
    assert text.startswith("In the order of the days that the sentences speak of")
    days = ["2014-03", "2023 (worked out from “this year”)", "2023-11-27 (worked out from “Monday”)", "Undated (“"]
    assert sorted(days, key=text.index) == days
    (logged,) = log.history()
    assert (logged.question, logged.kind) == ("Timeline of Japan-Vietnam relations", "timeline")
    assert all(cited.quote in (SEEDS / cited.file).read_bytes().decode() for cited in logged.citations)


async def test_timeline_without_a_topic_says_how(private: Conversation) -> None:
    assert "/timeline Official" in ((await ask(private, "/timeline")).text or "")


async def test_a_timeline_of_what_no_article_knows_is_refused(private: Conversation) -> None:
    assert "nothing on unicorns" in ((await ask(private, "/timeline unicorns")).text or "")


async def test_a_question_for_the_course_of_events_is_answered_in_their_order(private: Conversation) -> None:
    text = (await ask(private, "How did the relationship evolve?")).text or ""
    assert 0 < text.index("2014-03") < text.index("2023-11-27 (worked out from “Monday”)")


async def test_compare_sets_two_sides_beside_each_other(private: Conversation, log: ExchangeLog) -> None:
    text = (await ask(private, "/compare Kishida and Ishiba on OSA")).text or ""
    assert text.startswith("Side by side, differences first\n\nKishida\n“Japan’s OSA program")
    assert 0 < text.index("Bangladesh and Fiji · [1]") < text.index("\nIshiba\n“") < text.index("and Indonesia · [4]")
    (logged,) = log.history()
    assert (logged.question, logged.kind) == ("Compare Kishida and Ishiba on OSA", "side by side")
    assert all(cited.quote in (SEEDS / cited.file).read_bytes().decode() for cited in logged.citations)


async def test_compare_without_sides_says_how(private: Conversation) -> None:
    assert "/compare Kishida and Ishiba" in ((await ask(private, "/compare")).text or "")


# --- in a group


async def test_a_comparison_in_a_group_shows_one_quote_of_each_side_and_folds_the_others(group: Group) -> None:
    reply = await ask(group, "/compare@policydesk_bot Kishida and Ishiba on OSA")
    folded = [entity for entity in reply.entities or () if entity.type == "expandable_blockquote"]
    assert len(folded) == 2


async def test_timeline_in_a_group_is_answered(group: Group) -> None:
    assert "2014-03" in ((await ask(group, "/timeline@policydesk_bot Extensive Strategic Partnership")).text or "")


async def check_left_alone(group: Group, ignored: Message) -> None:
    """The bot leaves a message alone: in a chat it works in order, and what it says next answers a later one."""
    probe = group.say("/help")
    assert answers(await group.next_reply(after=ignored), probe)


async def test_ask_in_a_group_is_answered(group: Group) -> None:
    assert ANSWERED in ((await ask(group, f"/ask {QUESTION}")).text or "")
    assert ANSWERED in ((await ask(group, f"/ask@policydesk_bot {QUESTION}")).text or "")


async def test_a_mention_in_a_group_is_answered_without_the_mention(group: Group, log: ExchangeLog) -> None:
    assert ANSWERED in ((await ask(group, f"@PolicyDesk_bot {QUESTION}")).text or "")
    assert log.history()[0].question == QUESTION


async def test_a_reply_to_the_bot_in_a_group_is_answered(group: Group) -> None:
    answer = await ask(group, f"/ask {QUESTION}")
    follow_up = group.say("Who chairs the Japan-Vietnam Parliamentary Friendship Union?", reply_to=answer)
    assert "Toshihiro Nikai" in ((await group.reply_to(follow_up)).text or "")


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "/ask@other_bot Which countries were the first to receive OSA?",
        "/weather",
        "@other_bot hello",
        "mail policydesk_bot about it",
    ],
)
async def test_what_is_not_addressed_to_the_bot_in_a_group_is_left_alone(group: Group, text: str) -> None:
    await check_left_alone(group, group.say(text))


async def test_a_reply_to_somebody_else_in_a_group_is_left_alone(group: Group) -> None:
    await check_left_alone(group, group.say("And Malaysia?", reply_to=group.say("We talked about Fiji.")))


async def test_a_mention_with_nothing_else_is_told_what_works(group: Group) -> None:
    assert "I read questions in words" in ((await ask(group, "@policydesk_bot")).text or "")


@pytest.mark.usefixtures("_slow")
async def test_an_answer_stays_in_its_topic(telegram: Emulator) -> None:
    forum = telegram.forum("Desk", [telegram.person("Aiko")], ["Trade", "Security"])
    asked = forum.say(f"/ask {QUESTION}", topic="Security")
    reply = await forum.reply_to(asked)
    assert reply.message_thread_id == forum.topic("Security")
    assert sent(telegram, "sendChatAction", "message_thread_id") == forum.topic("Security")


async def test_small_talk_in_a_topic_is_left_alone(telegram: Emulator) -> None:
    forum = telegram.forum("Desk", [telegram.person("Aiko")], ["Trade"])
    ignored = forum.say("Good morning", topic="Trade")
    probe = forum.say("/help", topic="Trade")
    assert answers(await forum.next_reply(after=ignored), probe)


async def test_a_thread_of_replies_in_a_plain_group_is_no_topic(telegram: Emulator, group: Group) -> None:
    first = await ask(group, f"/ask {QUESTION}")
    reply = await group.reply_to(group.say("Who is Nobuo Kishi?", reply_to=first))
    assert reply.text
    assert sent(telegram, "sendMessage", "message_thread_id") is None


# --- the articles


async def test_sources_lists_titles_dates_and_passages(private: Conversation) -> None:
    text = (await ask(private, "/sources")).text or ""
    assert "2. Japan and Vietnam upgrade security ties with eye on China, 2023-11-29, 25 passages" in text
    assert "4. Japan signs deal to export defense assets to Vietnam amid China’s concern, Kyodo, 14 passages" in text


async def test_source_sends_the_file_byte_for_byte(telegram: Emulator, private: Conversation) -> None:
    reply = await ask(private, "/source 2")
    assert reply.document is not None
    assert reply.document.file_name == ARTICLE
    assert telegram.world.files.get(reply.document.file_id).content == (SEEDS / ARTICLE).read_bytes()


@pytest.mark.parametrize("wanted", ["0", "6", "99999999999999999999", "../../etc/passwd", "²", "two"])
async def test_a_source_that_is_not_there_is_said_to_be_unknown(private: Conversation, wanted: str) -> None:
    assert "/sources numbers them from 1 to 5" in ((await ask(private, f"/source {wanted}")).text or "")


async def test_source_without_a_number_says_how(private: Conversation) -> None:
    assert "its number, 1 to 5" in ((await ask(private, "/source")).text or "")


@pytest.mark.usefixtures("commands_offered")
async def test_the_commands_are_registered_for_private_chats_and_groups(telegram: Emulator) -> None:
    await telegram.world.bell.until(lambda: len(telegram.calls_of("setMyCommands")) == 6, 10)
    calls = telegram.calls_of("setMyCommands")
    scopes = [plain(call.parameters["scope"]) for call in calls if "language_code" not in call.parameters]
    assert scopes == [{"type": "all_private_chats"}, {"type": "all_group_chats"}]


# --- when something goes wrong


async def test_a_failure_is_logged_first_and_the_asker_is_told_and_the_bot_goes_on(
    seeds: Library,
    log: ExchangeLog,
    access: Access,
    settings: Settings,
    database: DeskDatabase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def record(exchange: Exchange) -> Exchange:
        if "Kishi" in exchange.answer.question:
            raise RuntimeError("no such luck")
        return log.record(exchange)

    desk = Desk(seeds, Renderer(), record, DeskOptions(threshold=0))
    async with (
        Emulator() as emulator,
        running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk),
    ):
        chat = emulator.private_chat(emulator.person("Aiko"))
        asked = chat.say("Who is Nobuo Kishi?")
        assert "Something went wrong" in ((await chat.reply_to(asked)).text or "")
        assert ANSWERED in ((await ask(chat, QUESTION)).text or "")
        update_id = emulator.world.update_about(asked)
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [f"Update {update_id} failed: RuntimeError('no such luck')"]


async def test_nothing_is_said_that_is_not_on_record(
    seeds: Library, log: ExchangeLog, access: Access, settings: Settings, database: DeskDatabase
) -> None:
    said_too_early = []

    def record(exchange: Exchange) -> Exchange:
        said_too_early.extend(chat.bot_messages)
        return log.record(exchange)

    desk = Desk(seeds, Renderer(), record, DeskOptions(threshold=0))
    async with (
        Emulator() as emulator,
        running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk),
    ):
        chat = emulator.private_chat(emulator.person("Aiko"))
        reply = await ask(chat, QUESTION)
    assert said_too_early == []
    with sqlite3.connect(log.database.path) as connection:
        (logged,) = connection.execute("select reply from exchanges").fetchone()
    connection.close()
    assert (reply.text or "")[:60] in logged.replace("<b>", "").replace("</b>", "")


async def test_questions_of_one_chat_are_answered_in_order_beside_those_of_others(telegram: Emulator) -> None:
    chats = [telegram.private_chat(telegram.person(f"Person {n}")) for n in range(8)]
    asked = [[chat.say(f"OSA recipients Fiji {n}?") for n in range(5)] for chat in chats]
    for chat, messages in zip(chats, asked, strict=True):
        await chat.reply_to(messages[-1])
        quoted = [reply.reply_to_message.message_id for reply in chat.bot_messages if reply.reply_to_message]
        assert quoted == [message.message_id for message in messages]


async def test_a_question_deleted_meanwhile_still_gets_its_answer(private: Conversation) -> None:
    asked = private.say(QUESTION)
    private.delete(asked)
    assert ANSWERED in ((await private.next_reply(after=asked)).text or "")


async def test_other_bots_are_left_alone(telegram: Emulator, group: Group) -> None:
    robot = telegram.person("Robot")
    group.join(robot.model_copy(update={"is_bot": True}))
    ignored = group.say(f"/ask {QUESTION}", sender=robot.model_copy(update={"is_bot": True}))
    await check_left_alone(group, ignored)


async def test_a_refused_token_ends_the_start_with_the_cure(
    desk: Desk, access: Access, settings: Settings, database: DeskDatabase
) -> None:
    async with Emulator() as emulator:
        with pytest.raises(TelegramSetupError, match="POLICYDESK_TELEGRAM_TOKEN"):
            async with running(whole_bot("1:wrong", emulator.url, desk, access, settings, database), desk):
                pass


def test_serve_without_a_token_says_where_to_get_one() -> None:
    done = policydesk("serve")
    assert done.returncode == 2
    assert "No Telegram token: get one from @BotFather" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
async def test_the_token_is_in_no_log_line_error_or_traceback(
    desk: Desk, access: Access, settings: Settings, database: DeskDatabase, level: int
) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    async with Emulator(token="12345:secret-of-the-bot") as emulator:  # noqa: S106 - it opens nothing
        handler.setFormatter(RedactingFormatter([emulator.token]))
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(level)
        try:
            async with running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk):
                await ask(emulator.private_chat(emulator.person("Aiko")), QUESTION)
            try:
                raise RuntimeError(f"cannot reach {emulator.url}/bot{emulator.token}/getMe")
            except RuntimeError:
                logging.getLogger("policydesk").exception("failed with %s", emulator.token)
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
    assert "/bot<secret>/" in lines.getvalue()
    assert "RuntimeError: cannot reach" in lines.getvalue()
    assert "secret-of-the-bot" not in lines.getvalue()


async def test_the_token_is_not_in_the_database(telegram: Emulator, private: Conversation, log: ExchangeLog) -> None:
    await ask(private, QUESTION)
    files = list(log.database.path.parent.glob(f"{log.database.path.name}*"))
    assert files
    assert not any(telegram.token.encode() in file.read_bytes() for file in files)


# --- captions, albums, and what is no question


@pytest.fixture
async def limited(office_of: Callable[..., Office]) -> AsyncIterator[Emulator]:
    """A bot of which a person may ask three questions a minute."""
    async with serving(office_of(SEEDS), limit_person=3) as telegram:
        telegram.person("Owner")
        yield telegram


async def answers_left(chat: Conversation) -> int:
    """How many questions the person of a private chat may still ask."""
    for left in range(9):
        if ANSWERED not in ((await ask(chat, QUESTION)).text or ""):
            return left
    raise AssertionError


async def test_ask_as_the_caption_of_a_photo_or_file_is_a_question(limited: Emulator, log: ExchangeLog) -> None:
    binh = limited.person("Binh")
    private, group = limited.private_chat(binh), limited.group("Desk", [binh])
    assert ANSWERED in ((await private.reply_to(private.send_photo(caption=f"/ask {QUESTION}"))).text or "")
    assert ANSWERED in ((await group.reply_to(group.send_photo(caption=f"/ask {QUESTION}"))).text or "")
    sent = private.send_document(b"words", caption=f"/ask {QUESTION}")
    assert ANSWERED in ((await private.reply_to(sent)).text or "")
    assert [exchange.question for exchange in log.history()] == [QUESTION] * 3
    assert await answers_left(private) == 0


async def test_ask_as_a_caption_without_a_question_says_how_and_other_commands_do_nothing(limited: Emulator) -> None:
    private, group = limited.private_chat(limited.person("Binh")), limited.group("Desk", [limited.person("Chi")])
    assert "/ask" in ((await private.reply_to(private.send_photo(caption="/ask"))).text or "")
    assert "do not know" in ((await private.reply_to(private.send_photo(caption="/forget"))).text or "")
    await group.quiet(group.send_photo(caption="/forget"))
    await group.quiet(group.send_photo(caption="/ask@other_bot who?"), private)


@pytest.mark.parametrize("captions", [(QUESTION, "", ""), ("", "", QUESTION), ("", QUESTION, "Who is Nobuo Kishi?")])
@pytest.mark.parametrize("place", ["private", "group", "reply"])
async def test_an_album_is_one_message_with_one_answer_and_one_question_of_the_limit(
    limited: Emulator, captions: tuple[str, ...], place: str
) -> None:
    binh = limited.person("Binh")
    private, group = limited.private_chat(binh), limited.group("Desk", [binh])
    chat = private if place == "private" else group
    before = await check_answered(group, f"/ask {QUESTION}") if place == "reply" else None
    words = [f"/ask {caption}" if caption and place == "group" else caption for caption in captions]
    parts = chat.send_album(*words, reply_to=before)
    speaking, *_ = [part for part in parts if part.caption]
    await chat.reply_to(speaking)
    chat.edit(next(part for part in parts if part is not speaking), f"/ask {QUESTION}")
    assert await answers_left(private) == (1 if before else 2)
    answered = [said.reply_to_message.message_id for said in chat.bot_messages if said.reply_to_message]
    assert sum(part.message_id in answered for part in parts) == 1


async def test_an_album_of_files_of_somebody_who_may_not_add_any_is_refused_once(limited: Emulator) -> None:
    private = limited.private_chat(limited.person("Binh"))
    private.send_album("", "osa", "", documents=True)
    assert await answers_left(private) == 2
    refused = [said for said in private.bot_messages if "curator" in (said.text or "").lower()]
    assert len(refused) == 1


async def test_what_holds_no_words_and_asks_nothing_is_no_question(limited: Emulator) -> None:
    binh = limited.person("Binh")
    private, group = limited.private_chat(binh), limited.group("Desk", [binh])
    answer, other = await check_answered(private), await check_answered(group, f"/ask {QUESTION}")
    private.send_sticker(reply_to=answer)
    group.send_sticker(reply_to=other)
    group.send_photo(reply_to=other)
    private.send_photo(reply_to=answer)
    private.send_album("", "")
    group.send_album("", "", reply_to=other)
    shared = group.send_live_location(reply_to=other)
    for _ in range(5):
        shared = group.move(shared)
    head = {"message_id": 77, "date": 1_800_000_000, "from": binh.wire(), "chat": private.chat.wire()}
    limited.updates.put_strange({"message": {**head, "telepathy_started": {"by": "mind"}}})
    limited.updates.put_strange({"message": {**head, "message_id": 78, "gift_of_tongues": {}}})
    assert await answers_left(private) == 1
    assert len(group.bot_messages) == 1
    assert len(private.bot_messages) == 1 + 2  # the answer, one more, and that it was enough


async def test_a_live_location_that_moves_counts_once(limited: Emulator) -> None:
    private = limited.private_chat(limited.person("Binh"))
    shared = private.send_live_location()
    assert "questions in words" in ((await private.reply_to(shared)).text or "")
    for _ in range(9):
        shared = private.move(shared)
    assert await answers_left(private) == 2
