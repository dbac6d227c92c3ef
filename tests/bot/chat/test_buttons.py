"""The buttons under an answer: the context of a quote, further hits, and the source, for anyone who sees the answer."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

import bot.handlers.asking.button_presses
from bot.access.policy import Access
from bot.app import Office, open_desk
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.emulator.world.journal import CallbackAnswer
from bot.messages.answer_keyboards import AnswerKeyboards
from bot.settings import SEEDS, Settings
from bot.telegram_app import running
from prompts.errors import TemplatesError
from prompts.markup import MESSAGE_UNITS, units
from prompts.render import Renderer
from retrieval.documents.reader import read_document
from retrieval.documents.store import keep
from retrieval.library import Library
from retrieval.models import Article
from retrieval.reading.quote_context import context
from retrieval.reading.sentences import passages
from storage.chats.button_tokens import ButtonBook
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import serving, whole_bot, write
from tests.support.documents import column, pdf, wrapped
from tests.support.osa import QUESTION

NIKAI = "Who chairs the Japan-Vietnam Parliamentary Friendship Union?"
UNKNOWN = "What did Norway pay for salmon licences?"
BotOver = Callable[[Path, Emulator], AbstractAsyncContextManager[object]]


@pytest.fixture
def bot_over(access: Access, settings: Settings, database: DeskDatabase) -> BotOver:
    """The bot on a Telegram, answering from a folder of articles."""

    def over(root: Path, telegram: Emulator) -> AbstractAsyncContextManager[object]:
        here = settings.model_copy(update={"articles": root})
        desk = open_desk(here, Library.open(root), database)
        return running(whole_bot(telegram.token, telegram.url, desk, access, here, database), desk)

    return over


async def ask(chat: Conversation, text: str = QUESTION) -> Message:
    return await chat.reply_to(chat.say(text))


async def press(chat: Conversation, message: Message, label: str) -> Message:
    """Press a button, and wait for the message that it brings."""
    last = chat.messages[-1]
    answer = await told(chat, message, label)
    assert answer.text is None
    return await chat.next_reply(after=last)


async def told(chat: Conversation, message: Message, label: str, *, stale: bool = False) -> CallbackAnswer:
    """Press a button, and wait for what one is told."""
    return await chat.callback_answer(chat.press(message, label, stale=stale))


def labels(message: Message) -> list[list[str]]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return [[button.text for button in row] for row in rows]


def quotes(message: Message) -> list[str]:
    """The quotes of a message, and the sentences before them that they point back to."""
    return re.findall(r"(?<![^\n])“(.*?)”(?: …)?(?=\n|$)", message.text or "", re.DOTALL)


# --- which buttons there are


async def test_a_button_copies_a_quote_with_its_citation(private: Conversation, log: ExchangeLog) -> None:
    """Under the answer, and under its context; where both do not fit, the citation."""
    answer = await ask(private, "When did the Izumo call at Cam Ranh?")
    texts = [button.copy_text.text for button in answer.buttons() if button.copy_text]
    cited = log.history()[0].citations
    assert texts == [f"“{c.shown}”\n{c.title}, 2023-11-29, {c.place}" for c in cited]
    context = await press(private, answer, "Context")
    assert [b.copy_text.text for b in context.buttons() if b.copy_text] == texts[:1]


async def test_the_context_quotes_the_sentence_it_is_about(private: Conversation) -> None:
    answer = await ask(private, "When did the Izumo call at Cam Ranh?")
    context = await press(private, answer, "Context")
    assert context.quote
    assert context.quote.text == quotes(answer)[0]
    assert [mark.type for mark in context.quote.entities or ()] == ["bold"]


async def test_where_a_server_refuses_the_quote_of_a_context_the_reply_stands_below_the_answer_without_it(
    telegram: Emulator, private: Conversation
) -> None:
    """Servers before Bot API 7.0 know no quotes, and Telegram refuses one of words that it does not find."""
    answer = await ask(private, "When did the Izumo call at Cam Ranh?")
    refusal = InjectedFault(kind="refused", code=400, description="Bad Request: QUOTE_TEXT_INVALID")
    telegram.faults.arrange("sendMessage", refusal)
    context = await press(private, answer, "Context")
    assert context.quote is None
    assert context.reply_to_message
    assert context.reply_to_message.message_id == answer.message_id
    assert quotes(answer)[0] in (context.text or "")


async def test_an_answer_has_short_buttons_in_three_rows(private: Conversation) -> None:
    assert labels(await ask(private)) == [
        ["Context", "More", "Open source"],
        ["Copy [1]", "Copy [2]", "Copy [3]"],
        ["👍", "👎"],
    ]


async def test_a_refusal_can_be_judged_but_has_nothing_to_show(private: Conversation) -> None:
    assert labels(await ask(private, UNKNOWN)) == [["👍", "👎"]]


@pytest.mark.parametrize("text", ["Hello", "/help", "/sources"])
async def test_what_is_no_answer_to_a_question_has_no_buttons(private: Conversation, text: str) -> None:
    assert labels(await ask(private, text)) == []


async def test_a_button_says_no_more_than_an_id_that_nobody_guesses(private: Conversation) -> None:
    data = [button.callback_data for button in (await ask(private)).buttons() if button.callback_data]
    other = [button.callback_data for button in (await ask(private)).buttons() if button.callback_data]
    assert all(re.fullmatch(r"[a-z]+:[\w-]{12}", name) for name in data)
    assert not set(data) & set(other)


def test_own_words_that_leave_out_a_button_end_the_start(tmp_path: Path, database: DeskDatabase) -> None:
    write(tmp_path / "own" / "buttons.txt.j2", "context: Around it\nmore:")
    with pytest.raises(TemplatesError, match=r"buttons\.txt\.j2 has no words for more, source, up, down, wrong"):
        AnswerKeyboards(ButtonBook(database), Renderer(tmp_path / "own"))


# --- context


async def test_context_shows_two_sentences_on_either_side_with_the_quote_marked(
    private: Conversation, seeds: Library
) -> None:
    answer = await ask(private, NIKAI)
    shown = await press(private, answer, "Context")
    (article,) = [article for article in seeds.articles if article.file == "000_bfb3414aa8724157.txt"]
    text = [passage.text for passage in seeds.passages if passage.file == article.file]
    (place,) = [n for n, sentence in enumerate(text) if "Toshihiro Nikai" in sentence and "chairs" in sentence]
    assert shown.reply_to_message
    assert shown.reply_to_message.message_id == answer.message_id
    assert shown.marked("bold") == [text[place]]
    said = shown.text or ""
    assert all(sentence in said for sentence in text[place - 2 : place + 3])
    assert text[place - 3] not in said
    assert f"{article.file}:28" in said


async def test_the_context_of_each_quote_of_an_answer_is_shown_in_the_same_message(private: Conversation) -> None:
    answer = await ask(private)
    first = await press(private, answer, "Context")
    count = len(quotes(answer))
    assert labels(first)[0] == ["• [1]", *(f"[{n}]" for n in range(2, count + 1))]
    second = await told(private, first, "[2]")
    assert second.text is None
    shown = private.message(first)
    assert labels(shown)[0][:2] == ["[1]", "• [2]"]
    assert shown.marked("bold")[0] in quotes(answer)[1:]
    assert len(private.bot_messages) == 2


async def test_context_stays_in_the_topic_of_its_answer(telegram: Emulator) -> None:
    forum = telegram.forum("Desk", [telegram.person("Aiko"), telegram.person("Binh")], ["Trade", "Security"])
    answer = await forum.reply_to(forum.say(f"/ask {NIKAI}", topic="Security"))
    shown = await press(forum, answer, "Context")
    assert shown.message_thread_id == forum.topic("Security")


async def test_anyone_in_a_group_may_press(telegram: Emulator) -> None:
    binh = telegram.person("Binh")
    group = telegram.group("Desk", [telegram.person("Aiko"), binh])
    answer = await group.reply_to(group.say(f"/ask {NIKAI}"))
    pressed = group.press(answer, "Context", by=binh)
    await group.callback_answer(pressed)
    assert "Toshihiro Nikai" in ((await group.next_reply(after=answer)).text or "")


def article(text: str) -> Article:
    return Article(file="a.txt", title="A", text=text, sha256="0" * 64)


def test_what_is_never_quoted_is_left_out_of_a_context_and_said_to_be() -> None:
    one = article("Japan sent ships to the region in May.\n\nPhoto: Jiji\n\nThe deal was signed. It cost 5 yen.\n")
    found = context(one, passages(one), one.text.index("It cost"), "It cost 5 yen.")
    assert found
    assert [(s.text, s.gap) for s in found.sentences] == [
        ("Japan sent ships to the region in May.", False),
        ("The deal was signed.", True),
        ("It cost 5 yen.", False),
    ]
    assert "ships to the region in May.\n[…]\nThe deal was signed. <b>It cost 5 yen.</b>" in Renderer().context(
        found, 1
    )


def test_a_quote_that_moved_is_found_at_the_nearest_place_and_said_to_have_moved() -> None:
    old = article("It cost 5 yen.\n" + "Nothing happened here at all.\n" * 3)
    new = article("A line was put before it.\n" + old.text + "It cost 5 yen.\n")
    found = context(new, passages(new), 0, "It cost 5 yen.")
    assert found
    assert (found.line, found.moved) == (2, True)
    assert "the quote now stands here" in Renderer().context(found, 1)


def test_a_quote_that_was_altered_has_no_context() -> None:
    new = article("It cost 6 yen.\n")
    assert context(new, passages(new), 0, "It cost 5 yen.") is None


@pytest.mark.parametrize("word", ["word ", "🙂 ", "<&> "])
def test_the_context_of_endless_sentences_fits_a_message_with_all_of_a_quote_that_fits(word: str) -> None:
    long = f"A {word * 900}end."
    quote = "The deal cost 5 billion yen."
    text = f"{long}\n{long}\n{quote}\n{long}\n{long}\n"
    one = article(text).model_copy(update={"title": "t" * 4_000})
    found = context(one, passages(one), text.index(quote), quote)
    assert found
    shown = Renderer().context(found, 1)
    assert units(shown) <= MESSAGE_UNITS
    assert f"<b>{quote}</b>" in shown
    assert shown.count("…") >= 4


# --- more


async def test_more_shows_the_hits_that_follow_and_numbers_them_on(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private)
    further = await press(private, answer, "More")
    more, first = log.history()
    assert (further.text or "").startswith("Further passages, less likely to answer it:")
    assert more.citations[0].number == first.citations[-1].number + 1
    assert not {c.quote for c in more.citations} & {c.quote for c in first.citations}
    assert all(quote in {c.quote for c in more.citations} for quote in quotes(further))


async def test_more_is_on_record_as_an_exchange_linked_to_the_first(
    telegram: Emulator, private: Conversation, log: ExchangeLog
) -> None:
    answer = await ask(private)
    await press(private, answer, "More")
    more, first = log.history()
    assert (more.question, more.more_of, more.user_id) == (QUESTION, first.id, private.id)
    assert (more.chat_id, more.message_id) == (private.id, answer.message_id)
    assert more.reply == telegram.calls_of("sendMessage")[-1].parameters["text"]


async def test_more_goes_on_page_by_page_without_repeating_until_there_is_nothing_left(
    private: Conversation, log: ExchangeLog
) -> None:
    page = await ask(private)
    while "More" in labels(page)[0]:
        last = private.messages[-1]
        if (await told(private, page, "More")).text == "That was all I found.":
            break
        page = await private.next_reply(after=last)
    pages = log.history()
    citations = [citation for exchange in reversed(pages) for citation in exchange.citations]
    given = [(citation.file, citation.quote) for citation in citations if citation.score]
    assert len(pages) > 3
    assert len(given) == len(set(given))
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))


async def test_filters_hold_for_more_of_the_same_question(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private, "What did Japan and Vietnam agree on? from:kyodo")
    await press(private, answer, "More")
    assert {c.file for exchange in log.history() for c in exchange.citations} == {"003_e5f3be33e5a72950.txt"}


async def test_the_buttons_of_a_further_page_are_about_that_page(private: Conversation, log: ExchangeLog) -> None:
    further = await press(private, await ask(private), "More")
    shown = await press(private, further, "Context")
    assert shown.marked("bold")[0] == log.history()[0].citations[0].quote


# --- source


async def test_open_source_sends_the_article_and_says_on_which_lines_the_quotes_stand(
    telegram: Emulator, private: Conversation, seeds: Library
) -> None:
    answer = await ask(private, NIKAI)
    sent = await press(private, answer, "Open source")
    assert sent.document
    (source,) = [a for a in seeds.articles if a.file == sent.document.file_name]
    assert telegram.world.files.get(sent.document.file_id).content == source.text.encode()
    assert (sent.caption or "").startswith(source.title)
    assert re.search(r"\[1\] line 28\b", sent.caption or "")


async def test_the_other_articles_of_an_answer_are_one_press_away(private: Conversation, log: ExchangeLog) -> None:
    answer = await ask(private, "What is OSA?")
    files = list(dict.fromkeys(c.file for c in log.history()[0].citations))
    assert len(files) > 1
    sent = await press(private, answer, "Open source")
    other = await press(private, sent, labels(sent)[0][0])
    assert sent.document
    assert other.document
    assert [sent.document.file_name, other.document.file_name] == files[:2]


SENTENCES = ("Japan and Vietnam agreed to widen cooperation.", "The plan will cost 12.5 billion yen over five years.")
PDF = pdf([column(wrapped([sentence])) for sentence in SENTENCES], title="The accord")


async def test_of_a_document_the_original_is_sent_with_its_page(folder: Callable[..., Path], bot_over: BotOver) -> None:
    root = folder()
    keep(read_document("accord.pdf", PDF), PDF, root)
    async with Emulator() as telegram, bot_over(root, telegram):
        chat = telegram.private_chat(telegram.person("Aiko"))
        sent = await press(chat, await ask(chat, "What will the plan cost?"), "Open source")
        assert sent.document
        assert sent.document.file_name == "accord.pdf"
        assert telegram.world.files.get(sent.document.file_id).content == PDF
        assert "[1] page 1, [2] page 2" in (sent.caption or "")


async def test_a_document_that_was_changed_is_not_sent_but_the_text_that_was_quoted(
    folder: Callable[..., Path], bot_over: BotOver
) -> None:
    root = folder()
    keep(read_document("accord.pdf", PDF), PDF, root)
    async with Emulator() as telegram, bot_over(root, telegram):
        chat = telegram.private_chat(telegram.person("Aiko"))
        answer = await ask(chat, "What will the plan cost?")
        (root / "accord.pdf").write_bytes(PDF[::-1])
        sent = await press(chat, answer, "Open source")
        assert sent.document
        assert sent.document.file_name == "accord.pdf.txt"
        assert "[1] line 1, [2] line 3" in (sent.caption or "")


# --- old and stale buttons


TEXT = "The frigates of the navy arrived in Da Nang on Monday. They stayed for a week. Nobody was hurt."


ASKED = "When did the frigates arrive in Da Nang?"


async def test_buttons_keep_working_after_a_restart(folder: Callable[..., Path], bot_over: BotOver) -> None:
    root = folder(a=TEXT)
    async with Emulator() as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        async with bot_over(root, telegram):
            answer = await ask(chat, ASKED)
        async with bot_over(root, telegram):
            assert "They stayed for a week." in ((await press(chat, answer, "Context")).text or "")


@pytest.mark.parametrize("label", ["Context", "Open source"])
@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ({"b": "Trade grew by 7 percent last year."}, "The article is gone"),
        ({"a": TEXT.replace("Monday", "Tuesday")}, "it no longer holds the quote"),
    ],
)
async def test_a_source_that_is_gone_or_was_altered_is_said_to_be(
    folder: Callable[..., Path], bot_over: BotOver, label: str, after: dict[str, str], reason: str
) -> None:
    root = folder(a=TEXT)
    async with Emulator() as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        async with bot_over(root, telegram):
            answer = await ask(chat, ASKED)
        (root / "a.txt").unlink()
        async with bot_over(folder(**after), telegram):
            answered = await told(chat, answer, label)
    assert reason in (answered.text or "")
    assert answered.show_alert
    assert len(chat.bot_messages) == 1


async def test_a_quote_that_moved_in_its_article_is_shown_where_it_stands_now(
    folder: Callable[..., Path], bot_over: BotOver
) -> None:
    root = folder(a=TEXT)
    async with Emulator() as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        async with bot_over(root, telegram):
            answer = await ask(chat, ASKED)
        write(root / "a.txt", f"A correction was added on top.\n\n{TEXT}")
        async with bot_over(root, telegram):
            shown = await press(chat, answer, "Context")
            sent = await press(chat, answer, "Open source")
    assert "a.txt:3\nThe article has changed" in (shown.text or "")
    assert "[1] line 3" in (sent.caption or "")


async def test_a_button_that_nothing_knows_says_so(private: Conversation, database: DeskDatabase) -> None:
    answer = await ask(private)
    with database.writing() as db:
        db.execute("delete from buttons")
    for label in ("Context", "More", "Open source", "👍", "👎"):
        answered = await told(private, answer, label)
        assert "no longer good for anything" in (answered.text or "")
        assert answered.show_alert


async def test_a_press_on_a_deleted_answer_brings_nothing_back(private: Conversation) -> None:
    answer = await ask(private)
    private.delete(answer)
    assert "was deleted" in ((await told(private, answer, "Context", stale=True)).text or "")
    assert private.bot_messages == []


# --- data of other messages


def data_of(message: Message) -> dict[str, str]:
    """The data of a message's buttons, by their labels."""
    return {button.text: button.callback_data or "" for button in message.buttons()}


async def test_data_of_another_message_changes_nothing(office_of: Callable[..., Office], log: ExchangeLog) -> None:
    """A changed app sends the data of any button it has seen, or made up, for any message of the bot."""
    async with serving(office_of(SEEDS)) as telegram:
        await _forge_everything(telegram, log)


async def _forge_everything(telegram: Emulator, log: ExchangeLog) -> None:
    aiko, eve = telegram.person("Aiko"), telegram.person("Eve")
    group = telegram.group("Desk", [aiko, eve])
    for number in range(6):
        own = await group.reply_to(group.say(f"/ask {QUESTION}{'?' * number}", sender=eve))
    other = await group.reply_to(group.say(f"/ask {NIKAI}", sender=aiko))
    context = await press(group, own, "Context")
    await group.callback_answer(group.press(own, "👎", eve))
    pages = await group.reply_to(group.say("/history", sender=eve))
    forget = await group.reply_to(group.say("/forget", sender=eve))
    seen = [
        data
        for message in (own, group.message(own), context, pages, forget)
        for data in data_of(message).values()
        if data
    ]
    made_up = [
        f"history-buttons:newer:{eve.id}:0",
        f"history-buttons:older:{eve.id}:1",
        f"forget-buttons:forget:{eve.id}",
        f"forget-buttons:keep:{eve.id}",
        f"language-buttons:ja:{group.id}",
        "draft-buttons:discard:AAAAAAAAAAAA",
    ]
    before, asked, given = group.messages, log.history(limit=99), list(log.history()[0].feedback)
    for data in {*seen, *made_up}:
        for message in (other, group.message(own) if data in made_up or data.startswith("turn:") else other):
            told = await group.callback_answer(group.forge(message, data, eve))
            assert "no longer good for anything" in (told.text or ""), data
    assert group.messages == before
    assert log.history(limit=99) == asked
    assert list(log.history()[0].feedback) == given


# --- presses at once, and presses that fail


@pytest.mark.parametrize("label", ["Context", "More", "Open source"])
async def test_two_presses_at_once_bring_one_message(private: Conversation, label: str) -> None:
    answer = await ask(private)
    presses = [private.press(answer, label) for _ in range(3)]
    answers = await asyncio.gather(*map(private.callback_answer, presses))
    assert sorted(answered.text or "" for answered in answers) == ["", *["It is in the chat already."] * 2]
    assert len(private.bot_messages) == 2


async def test_a_press_that_fails_is_told_so_and_may_be_tried_again(
    telegram: Emulator, private: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await ask(private)
    telegram.faults.arrange("sendMessage", InjectedFault(kind="blocked"))
    assert "Something went wrong" in ((await told(private, answer, "Context")).text or "")
    assert await press(private, answer, "Context")
    assert any("could not be answered: Forbidden" in record.getMessage() for record in caplog.records)


async def test_a_press_is_answered_though_its_message_is_still_on_the_way(
    telegram: Emulator, private: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.handlers.asking.button_presses, "ANSWERED_WITHIN", 0.1)
    answer = await ask(private)
    telegram.faults.arrange("sendMessage", InjectedFault(kind="hang", carried_out=True))
    assert (await told(private, answer, "Context")).text is None
    telegram.faults.release()
    await private.next_reply(after=answer)


async def test_an_answer_is_given_without_buttons_when_they_cannot_be_recorded(
    private: Conversation, database: DeskDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as db:
        db.execute("drop table buttons")
    answer = await ask(private)
    assert "the Philippines, Malaysia" in (answer.text or "")
    assert labels(answer) == []
    assert any("answered without buttons" in record.getMessage() for record in caplog.records)


# --- the book of buttons


def test_the_same_button_made_twice_is_one_and_fits_what_telegram_takes(database: DeskDatabase) -> None:
    book = ButtonBook(database)
    first, again = book.make("context", "1 2"), book.make("context", "1 2")
    assert first == again
    assert len(first.encode()) <= 64
    assert book.find(first) == ("context", "1 2")
    assert book.make("source", "1 2") != first


@pytest.mark.parametrize("data", ["", ":", "context:", "context:1", "context", "🙂:🙂", "context:' or 1=1 --"])
def test_data_that_no_button_sends_is_not_found(database: DeskDatabase, data: str) -> None:
    ButtonBook(database).make("context", "1")
    assert ButtonBook(database).find(data) is None


def test_the_id_of_one_button_does_nothing_for_another_action(database: DeskDatabase) -> None:
    _, _, token = ButtonBook(database).make("context", "1").partition(":")
    assert ButtonBook(database).find(f"source:{token}") is None
