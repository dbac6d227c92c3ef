"""Everybody is spoken to in their language: as they chose, as their group chose, as their Telegram is set."""

import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from bot.access.decisions import Decisions
from bot.access.policy import Access
from bot.app import Office
from bot.desk.desk import Desk
from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.settings import Settings
from bot.telegram_app import running
from prompts.languages import Language
from storage.access.models import AccessRefusal, AttemptKind, Role
from storage.access.parties import AccessBook
from storage.chats.language_choices import LanguageChoices
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from tests.support.closed_desk import ClosedDesk, closed_desk
from tests.support.desk import serving, whole_bot, write
from tests.support.ships import QUOTE

QUESTION = "How many patrol ships did Japan hand to Tonga?"
TONGA = f"Ships for Tonga\n\nApril 28, 2025\n\n{QUOTE}\n"
JAPANESE, VIETNAMESE, ENGLISH = "日本語でお話しします", "tôi nói tiếng Việt", "I speak English"
UNANSWERED = {
    "en": "Nothing in the articles answers this",
    "ja": "この質問の答えとなる文がありません",
    "vi": "Không có câu nào trong các bài trả lời được câu hỏi này",
}
UNANSWERABLE = "Who chairs the parliament of Norway?"
Open = Callable[..., Office]


@pytest.fixture
def office(folder: Callable[..., Path], office_of: Open) -> Office:
    return office_of(folder(tonga=TONGA))


@pytest.fixture
async def telegram(office: Office) -> AsyncIterator[Emulator]:
    """A desk that answers everybody from one article."""
    async with serving(office) as emulator:
        yield emulator


@pytest.fixture
def owner(telegram: Emulator) -> User:
    """Its owner, who is the first person there is."""
    return telegram.person("Olga")


@pytest.fixture
async def closed(desk: Desk, database: DeskDatabase) -> AsyncIterator[ClosedDesk]:
    async with closed_desk(desk, database) as ready:
        yield ready


def private(telegram: Emulator, code: str | None, name: str = "Aiko") -> Conversation:
    return telegram.private_chat(telegram.person(name, language_code=code))


async def reply(chat: Conversation, text: str, sender: User | None = None) -> Message:
    return await chat.reply_to(chat.say(text, sender))


async def ask(chat: Conversation, text: str, sender: User | None = None) -> str:
    return (await reply(chat, text, sender)).text or ""


async def choose(chat: Conversation, label: str, sender: User | None = None) -> str:
    """Choose a language by its button, and return what the message says then."""
    shown = await reply(chat, "/language", sender)
    chat.press(shown, label, sender)
    return (await chat.next_edit(shown)).text or ""


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons()]


def make_curator(database: DeskDatabase, user: User) -> None:
    Decisions(AccessBook(database), ()).approve(str(user.id), Role.CURATOR)


# --- as their Telegram is set


async def test_a_japanese_person_gets_japanese_words_round_an_english_quote(
    telegram: Emulator, log: ExchangeLog
) -> None:
    said = await reply(private(telegram, "ja"), QUESTION)
    assert said.text == (f"“{QUOTE}”\n[1] Ships for Tonga、2025年4月28日、tonga.txt:5；「Monday」は2025年4月28日と算出")
    assert labels(said)[:3] == ["前後の文", "ほかの箇所", "出典を開く"]
    assert "2025年4月28日" in log.history()[0].reply


async def test_a_vietnamese_person_gets_vietnamese(telegram: Emulator) -> None:
    chat = private(telegram, "vi")
    assert "[1] Ships for Tonga, 28/4/2025, tonga.txt:5" in await ask(chat, QUESTION)
    assert "trả lời từ 1 bài" in await ask(chat, "/start")
    assert "Cách hỏi" in await ask(chat, "/help")
    assert "Tôi không biết lệnh đó" in await ask(chat, "/weather")


@pytest.mark.parametrize(
    ("code", "spoken"), [("ja-JP", "ja"), ("vi-VN", "vi"), ("en-GB", "en"), ("fr", "en"), (None, "en")]
)
async def test_the_country_does_not_matter_and_whoever_speaks_another_language_gets_english(
    telegram: Emulator, code: str | None, spoken: str
) -> None:
    assert UNANSWERED[spoken] in await ask(private(telegram, code), UNANSWERABLE)


async def test_whoever_turns_their_telegram_to_another_language_is_spoken_to_in_that(telegram: Emulator) -> None:
    aiko = telegram.person("Aiko", language_code="ja")
    chat = telegram.private_chat(aiko)
    assert UNANSWERED["ja"] in await ask(chat, UNANSWERABLE)
    chat.say(UNANSWERABLE, telegram.set_language(aiko, "vi"))
    assert UNANSWERED["vi"] in ((await chat.next_reply(after=chat.bot_messages[-1])).text or "")


async def test_in_a_group_everybody_is_answered_in_their_own_language(telegram: Emulator) -> None:
    people = [
        telegram.person(name, language_code=code) for name, code in (("Aiko", "ja"), ("Binh", "vi"), ("Carl", "de"))
    ]
    group = telegram.group("Desk", people)
    said = [await ask(group, f"/ask {UNANSWERABLE}", person) for person in people]
    assert [UNANSWERED[code] in text for code, text in zip(("ja", "vi", "en"), said, strict=True)] == [True] * 3


async def test_an_edited_question_is_answered_in_the_same_language(telegram: Emulator) -> None:
    chat = private(telegram, "ja")
    asked = chat.say(UNANSWERABLE)
    answer = await chat.reply_to(asked)
    chat.edit(asked, QUESTION)
    edited = await chat.next_edit(answer)
    assert "2025年4月28日" in (edited.text or "")
    assert "前後の文" in labels(edited)


async def test_what_buttons_show_is_in_the_language_of_whoever_presses(telegram: Emulator) -> None:
    aiko, binh = (telegram.person(name, language_code=code) for name, code in (("Aiko", "ja"), ("Binh", "vi")))
    group = telegram.group("Desk", [aiko, binh])
    said = await reply(group, f"/ask {QUESTION}", aiko)
    assert (await group.callback_answer(group.press(said, "👍", binh))).text == "Cảm ơn bạn, đã ghi nhận: 👍"
    group.press(said, "前後の文", binh)
    context = await group.reply_to(said)
    assert "28/4/2025" in (context.text or "")
    assert labels(context) == ["Sao chép", "Mở nguồn"]
    group.press(said, "出典を開く", aiko)
    assert "5 行目" in ((await group.next_reply(after=context)).caption or "")


async def test_why_an_answer_is_wrong_is_asked_in_their_language(telegram: Emulator) -> None:
    chat = private(telegram, "vi")
    said = await reply(chat, QUESTION)
    chat.press(said, "👎")
    asked = await chat.next_edit(said)
    assert {"Sai", "Thiếu", "Đã cũ"} <= set(labels(asked))
    chat.press(asked, "Khác …")
    why = await chat.reply_to(asked)
    assert why.text == "Câu trả lời đó sai ở đâu? Hãy cho tôi biết bằng cách trả lời tin nhắn này."
    chat.say("old news", reply_to=why)
    assert (await chat.next_reply(after=why)).text == "Cảm ơn bạn, tôi đã ghi nhận."


async def test_inline_results_and_what_is_sent_and_recorded_are_in_their_language(
    telegram: Emulator, log: ExchangeLog
) -> None:
    chat = private(telegram, "ja")
    typed = chat.type_inline("patrol ships Tonga")
    offer = await chat.inline_answer(typed)
    assert offer.results[0].title == "Ships for Tonga、2025年4月28日"
    sent = chat.choose(typed, offer.results[0].id)
    await ask(chat, "/start")
    assert sent.text == f"“{QUOTE}”\nShips for Tonga、2025年4月28日、tonga.txt:5"
    assert "2025年4月28日" in log.history()[0].reply
    empty = await chat.inline_answer(chat.type_inline(""))
    assert empty.button
    assert empty.button.text == "言葉か質問を入力すると、記事を引用できます"


async def test_a_result_that_was_offered_before_a_restart_is_recorded_in_the_words_that_were_sent(
    desk: Desk, access: Access, settings: Settings, database: DeskDatabase, log: ExchangeLog
) -> None:
    """Though the person has chosen another language meanwhile."""

    def bot() -> AbstractAsyncContextManager[object]:
        return running(whole_bot(emulator.token, emulator.url, desk, access, settings, database), desk)

    async with Emulator() as emulator:
        chat = private(emulator, "vi")
        async with bot():
            typed = chat.type_inline("patrol ships")
            result = next(result for result in (await chat.inline_answer(typed)).results if "/2023" in result.title).id
        LanguageChoices(database).choose(chat.id, Language.JAPANESE)
        async with bot():
            sent = chat.choose(typed, result)
            assert UNANSWERED["ja"] in await ask(chat, UNANSWERABLE)
    assert "/2023, " in (sent.text or "")
    assert [html.unescape(re.sub("<[^>]*>", "", exchange.reply)) for exchange in log.history()][1:] == [sent.text]


async def test_too_many_questions_are_told_so_in_their_language(office: Office) -> None:
    async with serving(office, limit_person=1, owners=()) as telegram:
        chat = private(telegram, "ja")
        await ask(chat, QUESTION)
        assert "秒後にもう一度お尋ねください" in await ask(chat, QUESTION)


async def test_history_and_forgetting_are_in_their_language(telegram: Emulator) -> None:
    chat = private(telegram, "vi")
    await ask(chat, QUESTION)
    assert "Các câu hỏi gần đây của bạn" in await ask(chat, "/history")
    shown = await reply(chat, "/forget")
    assert labels(shown) == ["Xóa đi", "Giữ lại"]
    chat.press(shown, "Xóa đi")
    assert ((await chat.next_edit(shown)).text or "").startswith("Đã xóa 1 câu hỏi.")


async def test_a_document_that_cannot_be_read_is_refused_in_the_language_of_its_sender(
    telegram: Emulator, owner: User
) -> None:
    chat = telegram.private_chat(telegram.set_language(owner, "ja"))
    refused = await chat.reply_to(chat.send_document(b"\x89PNG", "report.pdf", None), timeout=60)
    assert (refused.text or "").startswith(
        "report.pdf を追加できません。名前は .pdf で終わっていますが、中身は画像です。"
    )


async def test_files_that_are_not_used_are_named_in_the_language_of_whoever_looks(
    telegram: Emulator, owner: User, office: Office
) -> None:
    chat = telegram.private_chat(telegram.set_language(owner, "vi"))
    write(office.settings.articles / "b.txt", b"\xff")
    text = await ask(chat, "/reload")
    assert "b.txt: không phải UTF-8 (byte 1 trên 1); hãy lưu lại với bảng mã UTF-8" in text
    for path in office.settings.articles.iterdir():
        path.unlink()
    assert "Thư mục bài không có bài nào dùng được" in await ask(chat, "/reload")


async def test_a_failure_is_told_in_their_language(telegram: Emulator, office: Office) -> None:
    chat = private(telegram, "ja")
    await ask(chat, QUESTION)
    with office.database.writing() as db:
        db.execute("alter table exchanges rename to gone")
    assert "こちらで問題が起き" in await ask(chat, UNANSWERABLE)


@pytest.mark.usefixtures("commands_offered")
async def test_the_menu_of_commands_is_in_the_language_of_the_app(telegram: Emulator) -> None:
    await telegram.world.bell.until(lambda: len(telegram.calls_of("setMyCommands")) == 6, 10)
    calls = telegram.calls_of("setMyCommands")
    assert [call.parameters.get("language_code") for call in calls] == [None, None, "ja", "ja", "vi", "vi"]
    assert "質問する" in str(calls[2].parameters["commands"])


# --- as they chose


async def test_language_shows_the_languages_and_says_which_is_spoken(telegram: Emulator) -> None:
    shown = await reply(private(telegram, "ja"), "/language")
    assert (shown.text or "").startswith("あなたの Telegram の言語でお話しします。")
    assert labels(shown) == ["English", "日本語", "Tiếng Việt", "Telegram に合わせる"]


async def test_a_choice_that_could_not_be_acknowledged_is_not_made_again(telegram: Emulator) -> None:
    chat = private(telegram, "en")
    telegram.faults.arrange("answerCallbackQuery", InjectedFault(kind="close"))
    assert "日本語" in await choose(chat, "日本語")
    await reply(chat, "/help")  # after the press, for a chat's updates are worked off in order
    assert len(telegram.calls_of("answerCallbackQuery")) == 1


async def test_a_choice_is_confirmed_and_held_to_in_the_language_chosen(telegram: Emulator) -> None:
    chat = private(telegram, "en")
    assert JAPANESE in await choose(chat, "日本語")
    assert UNANSWERED["ja"] in await ask(chat, UNANSWERABLE)
    assert VIETNAMESE in await choose(chat, "Tiếng Việt")
    assert UNANSWERED["vi"] in await ask(chat, UNANSWERABLE)
    assert "I speak to you in the language of your Telegram" in await choose(chat, "Theo Telegram")
    assert UNANSWERED["en"] in await ask(chat, UNANSWERABLE)


async def test_choosing_the_language_that_is_chosen_changes_nothing(telegram: Emulator) -> None:
    chat = private(telegram, "en")
    await choose(chat, "日本語")
    shown = await reply(chat, "/language")
    assert (await chat.callback_answer(chat.press(shown, "日本語"))).text is None
    assert UNANSWERED["ja"] in await ask(chat, UNANSWERABLE)


async def test_a_choice_holds_in_groups_and_inline_too(telegram: Emulator) -> None:
    aiko = telegram.person("Aiko")
    chat, group = telegram.private_chat(aiko), telegram.group("Desk", [aiko])
    await choose(chat, "Tiếng Việt")
    assert UNANSWERED["vi"] in await ask(group, f"/ask {UNANSWERABLE}")
    offer = await chat.inline_answer(chat.type_inline(""))
    assert offer.button
    assert offer.button.text == "Gõ từ hoặc câu hỏi để trích dẫn một bài"


async def test_a_choice_outlives_a_restart(office: Office) -> None:
    async with serving(office) as telegram:
        await choose(private(telegram, "en"), "日本語")
    async with serving(office) as telegram:
        assert UNANSWERED["ja"] in await ask(private(telegram, "en"), UNANSWERABLE)


async def test_a_choice_is_forgotten_with_the_person(telegram: Emulator, office: Office) -> None:
    chat = private(telegram, "vi")
    await choose(chat, "日本語")
    shown = await reply(chat, "/forget")
    chat.press(shown, "消してください")
    assert "件の質問を消しました" in ((await chat.next_edit(shown)).text or "")
    assert UNANSWERED["vi"] in await ask(chat, UNANSWERABLE)
    with closing(DeskDatabase(office.settings.database)) as database:
        assert LanguageChoices(database).of(chat.id) is None


async def test_nobody_else_chooses_for_somebody(telegram: Emulator) -> None:
    chat, binh = private(telegram, "en"), telegram.person("Binh")
    shown = await reply(chat, "/language")
    assert (await chat.callback_answer(chat.press(shown, "日本語", binh))).text == "These buttons are somebody else's."
    assert UNANSWERED["en"] in await ask(chat, UNANSWERABLE)


# --- as their group chose


@pytest.fixture
def aiko(owner: User, telegram: Emulator) -> User:
    """Somebody who is no curator."""
    assert owner.first_name == "Olga"
    return telegram.person("Aiko")


@pytest.fixture
def group(telegram: Emulator, owner: User, aiko: User) -> Group:
    return telegram.group("Desk", [owner, aiko])


async def test_a_curator_chooses_for_a_group_and_all_who_did_not_choose_are_answered_so(
    telegram: Emulator, group: Group, owner: User, aiko: User, database: DeskDatabase
) -> None:
    make_curator(database, aiko)
    assert "このグループでは日本語でお話しします" in await choose(group, "日本語", aiko)
    for person in (owner, aiko):
        assert UNANSWERED["ja"] in await ask(group, f"/ask {UNANSWERABLE}", person)
    assert UNANSWERED["en"] in await ask(telegram.private_chat(aiko), UNANSWERABLE)


async def test_whoever_chose_for_themselves_is_spoken_to_so_in_a_group_too(
    telegram: Emulator, group: Group, owner: User, aiko: User
) -> None:
    await choose(telegram.private_chat(aiko), "Tiếng Việt")
    await choose(group, "日本語", owner)
    assert UNANSWERED["vi"] in await ask(group, f"/ask {UNANSWERABLE}", aiko)


async def test_others_may_not_choose_for_a_group(group: Group, owner: User, aiko: User, database: DeskDatabase) -> None:
    assert (await ask(group, "/language", aiko)).startswith("Curators choose the language of a group.")
    shown = await reply(group, "/language", owner)
    told = await group.callback_answer(group.press(shown, "日本語", aiko))
    assert (told.text or "").startswith("Curators choose the language of a group.")
    assert UNANSWERED["en"] in await ask(group, f"/ask {UNANSWERABLE}", owner)
    with database.reading() as db:
        rows = db.execute(
            "select kind from refusals where reason = ? order by id", [AccessRefusal.ROLE.value]
        ).fetchall()
    assert [kind for (kind,) in rows] == [AttemptKind.COMMAND, AttemptKind.BUTTON]


async def test_an_anonymous_administrator_is_spoken_to_as_the_group_chose_and_may_not_choose(
    group: Group, owner: User, aiko: User
) -> None:
    await choose(group, "日本語", owner)
    group.promote(aiko, is_anonymous=True)
    assert "グループの言語を選ぶのはキュレーターです" in await ask(group, "/language", aiko)
    assert UNANSWERED["ja"] in await ask(group, f"/ask {UNANSWERABLE}", aiko)


async def test_what_a_group_chose_follows_it_when_it_becomes_a_supergroup(telegram: Emulator, owner: User) -> None:
    basic = telegram.group("Desk", [owner], basic=True)
    await choose(basic, "日本語")
    new = basic.upgrade()
    assert UNANSWERED["ja"] in await ask(new, f"/ask {UNANSWERABLE}")
    assert "このグループでは日本語でお話しします" in await ask(new, "/language")


def test_what_the_supergroup_chose_already_stays(database: DeskDatabase) -> None:
    choices = LanguageChoices(database)
    choices.choose(-1, Language.JAPANESE)
    choices.choose(-2, Language.VIETNAMESE)
    for _ in range(2):  # both groups are told
        choices.move(-1, -2)
    for kept in (choices, LanguageChoices(database)):
        assert (kept.of(-1), kept.of(-2)) == (None, Language.VIETNAMESE)


def test_a_person_is_forgotten_in_the_database_as_well(database: DeskDatabase) -> None:
    choices = LanguageChoices(database)
    choices.choose(7, Language.JAPANESE)
    choices.choose(8, Language.JAPANESE)
    PeopleRecord(database).forget(7)
    kept = LanguageChoices(database)
    assert (kept.of(7), kept.of(8)) == (None, Language.JAPANESE)


def test_a_language_that_only_a_newer_version_knows_counts_as_none(database: DeskDatabase) -> None:
    with database.writing() as db:
        db.execute("insert into languages (party_id, language) values (7, 'tlh')")
    assert LanguageChoices(database).of(7) is None


# --- who is let in


async def test_a_stranger_an_owner_and_the_welcome_each_have_their_language(closed: ClosedDesk) -> None:
    await choose(closed.owner, "日本語")
    stranger, before = private(closed.telegram, "vi", "Binh"), closed.owner.bot_messages[-1]
    assert "Tôi chỉ trả lời những ai được chủ sở hữu cho phép" in await ask(stranger, QUESTION)
    shown = await closed.owner.next_reply(after=before)
    assert "Binh（" in (shown.text or "")
    assert "が利用を希望しています" in (shown.text or "")
    assert labels(shown) == ["承認する", "断る"]
    told = await closed.owner.callback_answer(closed.owner.press(shown, "承認する"))
    assert told.text == "決定しました：承認"
    assert "承認しました" in ((await closed.owner.next_edit(shown)).text or "")
    welcome = await stranger.next_reply(after=stranger.bot_messages[-1])
    assert (welcome.text or "").startswith("Bạn đã được phép hỏi")


async def test_an_owner_who_chose_nothing_is_told_in_the_language_of_their_telegram_once_they_wrote(
    closed: ClosedDesk,
) -> None:
    owner = closed.telegram.set_language(closed.owner.first(), "vi")
    await ask(closed.owner, "/start", owner)
    private(closed.telegram, "en", "Carl").say(QUESTION)
    shown = await closed.owner.next_reply(after=closed.owner.bot_messages[-1])
    assert "muốn được hỏi" in (shown.text or "")


async def test_a_group_is_told_in_the_language_of_whoever_added_the_bot(closed: ClosedDesk) -> None:
    owner = closed.telegram.set_language(closed.owner.first(), "ja")
    group = closed.telegram.group("Desk", [owner], with_bot=False)
    group.add_bot()
    assert "このグループで質問していただけるようになりました" in ((await group.next_reply()).text or "")


async def test_whoever_is_not_let_in_cannot_choose(closed: ClosedDesk, database: DeskDatabase) -> None:
    stranger = private(closed.telegram, "ja", "Aiko")
    assert "オーナーが認めた方だけにお答えしています" in await ask(stranger, "/language")
    assert LanguageChoices(database).of(stranger.id) is None
