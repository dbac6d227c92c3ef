"""People see their own questions, nobody else's, and can have them forgotten: out of log, index and file."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import Office
from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation, Group
from bot.emulator.web.server import Emulator
from bot.operations.retention import Retention
from retrieval.documents.reader import read_document
from retrieval.documents.store import describe_draft, keep
from storage.access.models import AccessRefusal, Attempt, AttemptKind
from storage.access.refusals import RefusalLog
from storage.chats.upload_drafts import DraftBook
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from storage.record.sent_messages import SentMessages
from tests.support.answers import exchange
from tests.support.desk import policydesk, serving, write
from tests.support.documents import column, pdf, wrapped
from tests.support.ships import TONGA

ASKED = "How many patrol ships did Japan hand to Tonga?"
Open = Callable[..., Office]
Folder = Callable[..., Path]


@pytest.fixture
def office(folder: Folder, office_of: Open) -> Office:
    return office_of(folder(tonga=TONGA))


@pytest.fixture
def people(database: DeskDatabase) -> PeopleRecord:
    return PeopleRecord(database)


async def ask(chat: Conversation, text: str, sender: User | None = None) -> str:
    return (await reply(chat, text, sender)).text or ""


async def reply(chat: Conversation, text: str, sender: User | None = None) -> Message:
    return await chat.reply_to(chat.say(text, sender))


def private(telegram: Emulator, name: str = "Aiko") -> Conversation:
    return telegram.private_chat(telegram.person(name))


# --- /history


@pytest.mark.both_dialects
async def test_history_shows_ones_own_questions_with_their_answers_newest_first(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await ask(chat, ASKED)
        await ask(chat, "Who chairs the parliament of Norway?")
        text = await ask(chat, "/history")
    assert text.index("Norway?\nNo answer was found.") < text.index(ASKED)
    assert (
        "“Japan handed seven patrol ships to Tonga in Nukualofa on Monday.”\n[1] Ships for Tonga, tonga.txt:3" in text
    )
    assert " UTC" in text


async def test_a_document_is_cited_by_its_page_wherever_it_is_cited(folder: Folder, office_of: Open) -> None:
    """In the answer, in one's own history, on the command line and in exports; the title leads to the original."""
    root, content = folder(), pdf([column(wrapped([TONGA.split("\n\n")[1].strip()]))])
    draft = read_document("port.pdf", content)
    keep(describe_draft(draft, "Ships", url="https://example.org/ships"), content, root)
    async with serving(office_of(root)) as telegram:
        chat = private(telegram)
        answer, history = await reply(chat, ASKED), await reply(chat, "/history")
    for said in (answer, history):
        assert "[1] Ships, port.pdf, page 1" in (said.text or "")
        assert [e.url for e in said.entities or () if e.url] == ["https://example.org/ships"]
    for command in ("history", "history show 1", "history export --format csv", "history export --format md"):
        shown = policydesk(*command.split(), POLICYDESK_ARTICLES=str(root)).stdout
        assert "port.pdf, page 1" in " ".join(shown.replace("\\", "").split()), command
        assert "port.pdf.txt:" not in shown
    assert "[Ships](<https://example.org/ships>)" in shown


async def test_the_button_that_forgets_is_red(office: Office) -> None:
    async with serving(office) as telegram:
        asked = await reply(private(telegram), "/forget")
    assert [(button.text, button.style) for button in asked.buttons()] == [("Forget me", "danger"), ("Keep it", None)]


async def test_history_without_questions_says_so(office: Office) -> None:
    async with serving(office) as telegram:
        assert await ask(private(telegram), "/history") == "No question of yours is on record."


@pytest.mark.both_dialects
async def test_older_questions_are_a_press_away_and_the_newer_ones_too(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        for number in range(6):
            await ask(chat, f"What about report {number}?")
        first = await reply(chat, "/history")
        assert ("report 5" in (first.text or ""), "report 1" in (first.text or "")) == (True, False)
        chat.press(first, "Older ›")
        second = await chat.next_edit(first)
        assert ("report 1" in (second.text or ""), "report 2" in (second.text or "")) == (True, False)
        assert [button.text for button in second.buttons()] == ["‹ Newer"]
        chat.press(second, "‹ Newer")
        assert (await chat.next_edit(second)).text == first.text


async def test_an_answer_whose_source_has_changed_or_gone_is_marked(office: Office) -> None:
    root = office.settings.articles
    async with serving(office) as telegram:
        chat = private(telegram)
        await ask(chat, ASKED)
        assert "⚠" not in await ask(chat, "/history")
        write(root / "tonga", TONGA.replace("seven", "eight"))
        await ask(chat, "/reload")
        changed = await ask(chat, "/history")
        assert "⚠ a source has changed since" in changed
        assert "tonga.txt:3 (has changed since)" in changed
        write(root / "other", "Other news\n\nThe council of Samoa met in Apia on Friday.\n")
        (root / "tonga.txt").unlink()
        await ask(chat, "/reload")
        assert "tonga.txt:3 (is gone since)" in await ask(chat, "/history")


async def test_an_edited_question_is_shown_once_as_it_is_now(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        asked = chat.say("Who chairs the parliament of Norway?")
        answer = await chat.reply_to(asked)
        chat.edit(asked, ASKED)
        await chat.next_edit(answer)
        text = await ask(chat, "/history")
    assert (ASKED in text, "Norway" in text) == (True, False)


@pytest.fixture
def group() -> Callable[[Emulator], tuple[Group, User, User]]:
    def make(telegram: Emulator) -> tuple[Group, User, User]:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        return telegram.group("Desk", [aiko, binh]), aiko, binh

    return make


async def test_in_a_group_only_what_was_asked_there_is_shown_for_others_read_along(
    office: Office, group: Callable[[Emulator], tuple[Group, User, User]]
) -> None:
    async with serving(office) as telegram:
        desk, aiko, binh = group(telegram)
        chat = telegram.private_chat(aiko)
        await ask(chat, "What is the secret of Samoa?")
        await ask(desk, f"/ask {ASKED}", aiko)
        await ask(desk, "/ask What did Binh want?", binh)
        there, here = await ask(desk, "/history", aiko), await ask(chat, "/history")
    assert (ASKED in there, "Samoa" in there, "Binh" in there) == (True, False, False)
    assert "Your last questions in this chat" in there
    assert (ASKED in here, "Samoa" in here, "Binh" in here) == (True, True, False)


@pytest.mark.both_dialects
async def test_a_groups_history_follows_it_when_it_becomes_a_supergroup(office: Office, log: ExchangeLog) -> None:
    """To `/history`, the shell and the counts; messages there, numbered anew, are not taken for the old ones."""
    async with serving(office) as telegram:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        desk = telegram.group("Desk", [aiko, binh], basic=True)
        answer = await reply(desk, f"/ask {ASKED}", aiko)
        await ask(desk, "/ask What did Binh want?", binh)
        new = desk.upgrade()
        there = await ask(new, "/history", aiko)
        assert (ASKED in there, "Binh" in there) == (True, False)
        assert {entry.chat_id for entry in log.history()} == {new.id}
        sent = SentMessages(log.database)
        assert sent.answered_by(new.id, answer.message_id) is sent.answered_by(desk.id, answer.message_id) is None
        assert Conversations(log.database).of_message(new.id, answer.message_id) is None
        await ask(new, f"/ask {ASKED}", aiko)
        assert (await ask(new, "/history", aiko)).count(ASKED) == 2
    with log.database.reading() as db:
        assert db.execute("select chat_id, sum(exchanges) from tally_chats group by 1").fetchall() == [(new.id, 3)]


async def test_buttons_of_somebody_else_do_nothing_and_say_so(
    office: Office, group: Callable[[Emulator], tuple[Group, User, User]]
) -> None:
    async with serving(office) as telegram:
        desk, aiko, binh = group(telegram)
        for number in range(5):
            await ask(desk, f"/ask What about report {number}?", aiko)
        shown = await reply(desk, "/history", aiko)
        asked = await reply(desk, "/forget", aiko)
        for message, button in ((shown, "Older ›"), (asked, "Forget me")):
            answer = await desk.callback_answer(desk.press(message, button, binh))
            assert (answer.text, answer.show_alert) == ("These buttons are somebody else's.", True)
        assert desk.message(shown) == shown
        assert "report 4" in await ask(desk, "/history", aiko)


@pytest.mark.parametrize("command", ["/history", "/forget"])
async def test_whoever_writes_as_the_group_is_told_that_nobody_knows_who_it_is(office: Office, command: str) -> None:
    async with serving(office) as telegram:
        desk = telegram.group("Desk", [aiko := telegram.person("Aiko")])
        desk.promote(aiko, is_anonymous=True)
        assert "I cannot tell who you are" in await ask(desk, command)


async def test_the_longest_questions_and_quotes_fit_a_message(folder: Folder, office_of: Open) -> None:
    wide = "𝔍𝔞𝔭𝔞𝔫 handed 𝔰𝔢𝔳𝔢𝔫 patrol ships to Tonga " + "and 𝔬𝔫𝔢 𝔪𝔬𝔯𝔢 & < > " * 40
    office = office_of(folder(**{f"long{'x' * 100}__{'y' * 100}{n}": f"Ships {n}\n\n{wide}.\n" for n in range(3)}))
    async with serving(office) as telegram:
        chat = private(telegram)
        for _ in range(4):
            await ask(chat, f"How many patrol ships to Tonga? {'𝔞𝔟𝔠 ' * 100}")
        assert "Your last questions" in await ask(chat, "/history")


# --- /forget


def held(database: DeskDatabase) -> bytes:
    """All bytes of the database's files."""
    return b"".join(path.read_bytes() for path in sorted(database.path.parent.glob(database.path.name + "*")))


def indexed(database: DeskDatabase) -> set[str]:
    """All words of the full-text index, read by another program."""
    with closing(sqlite3.connect(database.path)) as raw:
        raw.execute("create virtual table temp.words using fts5vocab(main, exchanges_fts, row)")
        return {word for (word,) in raw.execute("select term from words")}


@pytest.mark.both_dialects
async def test_forget_asks_and_then_leaves_nothing_of_the_person_but_counts(
    office: Office, log: ExchangeLog, people: PeopleRecord
) -> None:
    async with serving(office) as telegram:
        aiko, binh = private(telegram, "Aiko"), private(telegram, "Binh")
        await ask(aiko, "Is the xylophone for Tonga a secret?")
        await ask(aiko, ASKED)
        await ask(binh, "What about the zebra of Tonga?")
        asked = await reply(aiko, "/forget")
        assert "On record are 2 questions of yours" in (asked.text or "")
        assert people.count(aiko.id) == 2
        aiko.press(asked, "Forget me")
        done = await aiko.next_edit(asked)
        assert (done.text or "").startswith("Forgotten: 2 questions.")
        assert done.buttons() == []
        assert await ask(aiko, "/history") == "No question of yours is on record."
    assert [entry.question for entry in log.history()] == ["What about the zebra of Tonga?"]
    assert log.history("xylophone") == []
    with log.database.reading() as db:
        rows = db.query("select * from exchanges where forgotten = 1 order by id")
        kept = [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]
        cited = db.execute("select count(*) from citations where exchange_id in (1, 2)").fetchone()
    assert cited == (0,)
    assert [row["outcome"] for row in kept] == ["abstained", "answered"]
    assert all(row["asked_at"].endswith("T00:00:00.000Z") for row in kept)
    assert set(kept[0]) == set(
        "id uid asked_at channel kind outcome confidence latency_ms library version weights forgotten in_doubt".split()
    )


async def test_what_was_forgotten_is_neither_in_the_index_nor_anywhere_in_the_files(
    office: Office, database: DeskDatabase, people: PeopleRecord
) -> None:
    async with serving(office) as telegram:
        aiko, binh = private(telegram, "Aiko"), private(telegram, "Binh")
        for number in range(40):
            await ask(aiko, f"Is the xylophone{number} for Tonga a secret of quaggaland?")
        await ask(binh, "What about the zebra of Tonga?")
    assert b"quaggaland" in held(database)
    assert people.forget(aiko.id) == 40
    assert b"quaggaland" not in held(database)
    assert b"xylophone" not in held(database)
    assert [word for word in indexed(database) if word.startswith(("xylophone", "quagga"))] == []
    assert "zebra" in indexed(database)


async def test_keeping_it_deletes_nothing(office: Office, people: PeopleRecord) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await ask(chat, ASKED)
        asked = await reply(chat, "/forget")
        chat.press(asked, "Keep it")
        assert (await chat.next_edit(asked)).text == "Nothing was deleted."
        assert people.count(chat.id) == 1


@pytest.mark.both_dialects
def test_refusals_are_no_longer_about_the_person_either(database: DeskDatabase, people: PeopleRecord) -> None:
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    for chat_id in (7, -100):
        attempt = Attempt(kind=AttemptKind.MESSAGE, user_id=7, chat_id=chat_id, at=at)
        RefusalLog(database).record(attempt, AccessRefusal.LIMIT)
    people.forget(7)
    with database.reading() as db:
        assert set(db.execute("select chat_id, user_id from refusals")) == {(None, None), (-100, None)}


@pytest.mark.both_dialects
def test_the_number_of_a_forgotten_question_is_never_given_again(log: ExchangeLog, people: PeopleRecord) -> None:
    """Old buttons name answers by their number, and must not lead to somebody else's."""
    last = log.record(exchange()).id
    people.forget(2**52)
    assert log.record(exchange()).id == (last or 0) + 1


async def test_a_reply_to_a_forgotten_answer_stands_for_itself(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        answer = await reply(chat, ASKED)
        asked = await reply(chat, "/forget")
        chat.press(asked, "Forget me")
        await chat.next_edit(asked)
        follow_up = await chat.reply_to(chat.say("and Fiji?", reply_to=answer))
        assert "Read as" not in (follow_up.text or "")


async def test_buttons_under_a_forgotten_answer_say_that_it_is_no_longer_known(
    office: Office, database: DeskDatabase
) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        answer = await reply(chat, ASKED)
        chat.press(answer, "👍")
        asked = await reply(chat, "/forget")
        chat.press(asked, "Forget me")
        await chat.next_edit(asked)
        for label in ("Context", "Open source", "👍 ✓", "👎"):
            told = await chat.callback_answer(chat.press(answer, label))
            assert told.show_alert, label
            assert (told.text or "").startswith("This button is no longer good"), label
    with database.reading() as db:
        assert db.execute("select user_id, thumb, note from feedback").fetchall() == [(None, "up", None)]


# --- /privacy, and how long anything is kept


async def test_privacy_says_what_is_kept_and_that_it_is_forgotten_after_a_year(office: Office) -> None:
    async with serving(office) as telegram:
        text = await ask(private(telegram), "/privacy")
    assert "your name and Telegram user id, the chat and the message" in text
    assert "Questions and answers for 365 days" in text


async def test_privacy_says_where_nothing_is_forgotten_by_itself(folder: Folder, office_of: Open) -> None:
    async with serving(office_of(folder(tonga=TONGA), keep_days="never")) as telegram:
        assert "until you have me forget them" in await ask(private(telegram), "/privacy")


async def test_privacy_says_after_how_many_days_all_is_forgotten(folder: Folder, office_of: Open) -> None:
    async with serving(office_of(folder(tonga=TONGA), keep_days=90)) as telegram:
        assert "Questions and answers for 90 days" in await ask(private(telegram), "/privacy")


@pytest.mark.both_dialects
def test_what_is_older_than_the_days_to_keep_is_forgotten(
    database: DeskDatabase, log: ExchangeLog, people: PeopleRecord
) -> None:
    old, new = (exchange(f"{age} xylophone").model_copy(update={"asked_at": at}) for age, at in AGES)
    log.record(old)
    log.record(new)
    Retention(people, DraftBook(database), Inbox(database), 30, lambda: dt.datetime(2025, 5, 28, tzinfo=dt.UTC)).once()
    assert [entry.question for entry in log.history()] == ["new xylophone"]
    assert b"old xylophone" not in held(database)
    Retention(people, DraftBook(database), Inbox(database), None).once()
    assert [entry.question for entry in log.history()] == ["new xylophone"]


AGES = (
    ("old", dt.datetime(2025, 4, 27, 23, 59, tzinfo=dt.UTC)),
    ("new", dt.datetime(2025, 4, 28, 0, 0, tzinfo=dt.UTC)),
)


@pytest.mark.parametrize("days", ["0", "-1", "always"])
def test_days_to_keep_are_a_day_at_least_or_never_end(days: str) -> None:
    done = policydesk("history", POLICYDESK_KEEP_DAYS=days)
    assert done.returncode == 2
    assert "POLICYDESK_KEEP_DAYS" in done.stderr


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("en", ("Timeline of ships & Tonga", "Compare Japan and Tonga", "Brief on Tonga")),
        ("ja", ("ships & Tonga の年表", "Japan and Tonga の比較", "Tonga のブリーフ")),
        ("vi", ("Dòng thời gian về ships & Tonga", "So sánh Japan and Tonga", "Bản tóm lược về Tonga")),
    ],
)
async def test_history_shows_what_a_command_asked_for_in_the_readers_language(
    office: Office, code: str, shown: tuple[str, ...]
) -> None:
    async with serving(office) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko", language_code=code))
        for command in ("/timeline ships & Tonga", "/compare Japan and Tonga", "/brief Tonga"):
            await reply(chat, command)
        text = await ask(chat, "/history")
    assert all(f"\n{words}\n" in text for words in shown)
