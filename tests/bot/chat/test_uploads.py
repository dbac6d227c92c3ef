"""A curator sends a document to the bot: it is shown as it was read, and becomes an article when they say so."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office, open_access
from bot.articles.upload_intake import MOST_WAITING
from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.operations.retention import Retention
from bot.serving import build_bot, build_reloader
from bot.settings import SEEDS, read_settings
from bot.telegram_app import running
from retrieval.reading.articles import scan_folder
from storage.access.models import Role, Standing
from storage.access.parties import AccessBook, AccessDecision
from storage.chats.upload_drafts import DraftBook
from storage.database.connection import DeskDatabase
from storage.delivery.inbox import Inbox
from storage.record.people import PeopleRecord
from tests.support.desk import serving, write
from tests.support.documents import column, files, pdf, press, send, web_page, word, wrapped

FIRST = "Japan and Tonga agreed to widen their cooperation on maritime security, the ministry said on Monday."
SECOND = "The implementation of the plan begins in April and will cost 12.5 billion yen over five years."
PDF = pdf([column(wrapped([FIRST])), column(wrapped([SECOND]))], title="The accord")
NEWER = pdf([column(wrapped([FIRST])), column(wrapped([SECOND.replace("12.5", "14.5")]))], title="The accord")
COST = "What will the implementation of the plan cost?"
KEPT = ["accord.pdf", "accord.pdf.source.json", "accord.pdf.txt"]
Open = Callable[..., Office]


@pytest.fixture
def root(folder: Callable[..., Path]) -> Path:
    return folder(energy__a="Wind\n\nThe council of Samoa built a wind farm near Apia.\n")


@pytest.fixture
def office(root: Path, office_of: Open) -> Office:
    return office_of(root)


def private(telegram: Emulator) -> Conversation:
    """The chat of the owner."""
    return telegram.private_chat(telegram.person("Aiko"))


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons()]


async def ask(chat: Conversation, text: str) -> str:
    return (await chat.reply_to(chat.say(text))).text or ""


# --- what was read is shown, and kept or dropped


async def test_a_document_is_shown_as_it_was_read_and_nothing_is_kept_yet(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        shown = await send(private(telegram), PDF, "accord.pdf")
    text = shown.text or ""
    head, day = "I have read accord.pdf.\n\nTitle: The accord\n", "Date: not recognised; write it in the caption\n"
    assert text.startswith(f"{head}{day}Publisher: not stated\n")
    assert "Sentences: 2\n" in text
    assert f"Begins\n{FIRST}\n{SECOND}" in text
    assert labels(shown) == ["Keep", "Discard"]
    assert files(root) == []


async def test_a_kept_document_is_stored_with_its_text_and_answered_from_by_its_page(
    office: Office, root: Path
) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf")
        assert await press(chat, shown, "Keep") == "Kept: accord.pdf. Questions are answered from it now."
        assert labels(chat.message(shown)) == []
        assert "[1] The accord, accord.pdf, page 2" in await ask(chat, COST)
    assert files(root) == KEPT
    assert (root / "accord.pdf").read_bytes() == PDF


async def test_a_discarded_document_leaves_nothing_behind(office: Office, root: Path, database: DeskDatabase) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf")
        assert "Discarded: accord.pdf. Nothing of it was stored." in await press(chat, shown, "Discard")
    assert files(root) == []
    assert DraftBook(database).count(FIRST_PERSON, dt.datetime.now(dt.UTC)) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.txt", f"The accord\n\n{FIRST} {SECOND}\n".encode()),
        ("report.md", f"# The accord\n\n{FIRST} {SECOND}\n".encode()),
        (
            "report.html",
            f"<html><body><article><h1>The accord</h1><p>{FIRST} {SECOND}</p></article></body></html>".encode(),
        ),
        ("report.docx", word("# The accord", FIRST, SECOND)),
    ],
)
@pytest.mark.usefixtures("reader_process")
async def test_every_format_is_taken(office: Office, root: Path, name: str, content: bytes) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, content, name), "Keep")
        assert SECOND in await ask(chat, COST)
    assert (root / name).read_bytes() == content


async def test_what_was_left_out_is_said(office: Office) -> None:
    texts = (FIRST, SECOND, "The council of Samoa met in Apia on Friday to speak about the new harbour of the island.")
    paged = pdf([column(["The Daily Report", *wrapped([text])]) for text in texts], title="The accord")
    async with serving(office) as telegram:
        shown = await send(private(telegram), paged, "accord.pdf")
    assert "Left out\n3 running headers, footers and page numbers (The Daily Report)" in (shown.text or "")


async def test_what_a_web_page_shows_struck_or_hides_is_said(office: Office) -> None:
    body = f"<p>{FIRST} It <s>lapses</s> lasts in 2023<sup>1</sup>.</p><p hidden>It is void.</p><p>{SECOND}</p>"
    async with serving(office) as telegram:
        shown = await send(private(telegram), web_page(body), "accord.html")
    said = "Left out\n1 struck-out passages (lapses)\n1 footnote marks (1)\n1 hidden passages (It is void.)"
    assert said in (shown.text or "")


# --- collections


@pytest.mark.parametrize(
    ("caption", "goes_to"), [("Energy", "the collection energy"), ("in:trade", "the new collection trade")]
)
async def test_the_caption_names_the_collection(office: Office, root: Path, caption: str, goes_to: str) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf", caption)
        assert f"Goes to: {goes_to}\n" in (shown.text or "")
        await press(chat, shown, "Keep")
    assert files(root) == [f"{goes_to.rpartition(' ')[2]}/{name}" for name in KEPT]


async def test_a_date_in_the_caption_dates_the_document(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf", "energy 28 April 2025")
        assert "Date: 2025-04-28\n" in (shown.text or "")
        await press(chat, shown, "Keep")
        assert "[1] The accord, 2025-04-28" in await ask(chat, COST)


async def test_an_address_in_the_caption_is_that_of_the_published_original(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf", "energy https://daily.example/2025/04/28/accord")
        assert "Date: not recognised" in (shown.text or "")
        assert "Goes to: the collection energy\n" in (shown.text or "")
        assert "Published at: https://daily.example/2025/04/28/accord\n" in (shown.text or "")
        await press(chat, shown, "Keep")
    articles, _ = scan_folder(root)
    assert [article.url for article in articles if article.url] == ["https://daily.example/2025/04/28/accord"]


async def test_a_caption_that_is_no_name_is_told_so(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        reply = await send(private(telegram), PDF, "accord.pdf", "../../etc")
    assert "The caption of a document names the collection it goes to" in (reply.text or "")
    assert files(root) == []


# --- what is there already


async def test_the_same_document_twice_is_said_and_asked(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, PDF, "accord.pdf"), "Keep")
        again = await send(chat, PDF, "accord.pdf")
        assert "⚠ The same text is there already: accord.pdf." in (again.text or "")
        assert labels(again) == ["Replace", "Keep both", "Discard"]
        await press(chat, again, "Discard")
    assert files(root) == KEPT


async def test_a_new_version_takes_the_place_of_the_old_one(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, PDF, "accord.pdf"), "Keep")
        newer = await send(chat, NEWER, "accord-2.pdf", "energy")
        assert "⚠ There is already an article of this title: accord.pdf." in (newer.text or "")
        assert "Kept: energy/accord-2.pdf, in the place of accord.pdf." in await press(chat, newer, "Replace")
        assert "14.5 billion" in (answer := await ask(chat, COST))
        assert "12.5 billion" not in answer
    assert files(root) == [f"energy/{name.replace('accord', 'accord-2')}" for name in KEPT]


async def test_both_versions_can_be_kept(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, PDF, "accord.pdf"), "Keep")
        assert "Kept: accord-2.pdf." in await press(chat, await send(chat, NEWER, "accord.pdf"), "Keep both")
    assert len(files(root)) == 6


async def test_an_article_that_came_in_meanwhile_is_said_before_anything_is_stored(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        first, second = await send(chat, PDF, "accord.pdf"), await send(chat, NEWER, "accord.pdf")
        assert labels(second) == ["Keep", "Discard"]
        await press(chat, first, "Keep")
        assert "There is already an article of this title: accord.pdf" in await press(chat, second, "Keep")
        assert labels(chat.message(second)) == ["Replace", "Keep both", "Discard"]
        assert files(root) == KEPT
        assert "in the place of accord.pdf" in await press(chat, second, "Replace")
    assert (root / "accord.pdf").read_bytes() == NEWER


async def test_nothing_is_replaced_that_its_sender_was_not_shown(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        await press(chat, await send(chat, PDF, "accord.pdf"), "Keep")
        newer = await send(chat, NEWER, "newer.pdf")
        write(root / "other", f"The accord\n\n{FIRST}\n")
        await ask(chat, "/reload")
        assert "accord.pdf, other.txt. Is this a new version" in await press(chat, newer, "Replace")
        assert files(root) == [*KEPT, "other.txt"]
        assert "in the place of accord.pdf, other.txt" in await press(chat, newer, "Replace")
    assert files(root) == [name.replace("accord", "newer") for name in KEPT]


# --- drafts wait, but not for ever and for nobody else


async def test_a_draft_survives_a_restart(office: Office, root: Path) -> None:
    access = open_access(read_settings(owners=(FIRST_PERSON,)), office.database)
    async with Emulator() as telegram:
        chat = private(telegram)
        bot = build_bot(office, build_reloader(office), access, telegram.token, telegram.url)
        async with running(bot, office.desk):
            shown = await send(chat, PDF, "accord.pdf")
        bot = build_bot(office, build_reloader(office), access, telegram.token, telegram.url)
        async with running(bot, office.desk):
            assert (await press(chat, shown, "Keep")).startswith("Kept: accord.pdf.")
    assert files(root) == KEPT


async def test_a_draft_nobody_decided_on_for_a_day_is_gone(office: Office, root: Path, database: DeskDatabase) -> None:
    drafts, later = DraftBook(database), dt.datetime.now(dt.UTC) + dt.timedelta(hours=24, minutes=1)
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf")
        assert drafts.count(FIRST_PERSON, later) == 0
        Retention(PeopleRecord(database), drafts, Inbox(database), None, lambda: later).once()
        assert "This no longer waits" in await press(chat, shown, "Keep")
    assert files(root) == []


async def test_a_second_press_finds_it_decided(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf")
        await press(chat, shown, "Keep")
        answered = await chat.callback_answer(chat.press(shown, "Discard", stale=True))
        assert "no longer good for anything" in (answered.text or "")
        assert "Kept: accord.pdf." in (chat.message(shown).text or "")
    assert files(root) == KEPT


async def test_only_so_many_wait_for_one_person(office: Office) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        texts = [f"Report {n}\n\nThe council of Samoa met {n} times.\n".encode() for n in range(MOST_WAITING + 1)]
        replies = [(await send(chat, text, f"r{n}.txt")).text or "" for n, text in enumerate(texts)]
    assert [reply.startswith("I have read") for reply in replies] == [True] * MOST_WAITING + [False]
    assert "10 documents of yours wait to be decided on" in replies[-1]


async def test_what_cannot_be_stored_goes_on_waiting_and_says_why(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        chat = private(telegram)
        shown = await send(chat, PDF, "accord.pdf", "trade")
        write(root / "trade.txt", "x")
        (root / "trade.txt").rename(root / "trade")
        answer = await chat.callback_answer(chat.press(shown, "Keep"))
        assert (answer.text or "").startswith("It could not be stored: it cannot be stored (")
        assert answer.show_alert
        (root / "trade").unlink()
        assert (await press(chat, shown, "Keep")).startswith("Kept: trade/accord.pdf.")


def make_curator(database: DeskDatabase, person: User, standing: Standing = Standing.APPROVED) -> None:
    decision = AccessDecision(standing=standing, role=Role.CURATOR, by="a test", at=dt.datetime.now(dt.UTC))
    AccessBook(database).decide(person.id, decision)


async def test_in_a_group_only_the_sender_decides_and_only_while_a_curator(
    office: Office, root: Path, database: DeskDatabase
) -> None:
    async with serving(office) as telegram:
        aiko, binh = telegram.person("Aiko"), telegram.person("Binh")
        group = telegram.group("Desk", [aiko, binh])
        make_curator(database, binh)
        shown = await send(group, PDF, "accord.pdf", "@policydesk_bot energy", binh)
        answer = await group.callback_answer(group.press(shown, "Keep", aiko))
        assert answer.text == "These buttons are somebody else's."
        decision = AccessDecision(standing=Standing.APPROVED, role=Role.ASKER, by="a test", at=dt.datetime.now(dt.UTC))
        AccessBook(database).decide(binh.id, decision)
        answer = await group.callback_answer(group.press(shown, "Keep", binh))
        assert answer.text == "Only curators change the articles."
        assert files(root) == []
        make_curator(database, binh)
        group.press(shown, "Keep", binh)
        assert ((await group.next_edit(shown)).text or "").startswith("Kept: energy/accord.pdf.")


# --- what is turned away


async def test_documents_that_people_send_each_other_are_left_alone(office: Office) -> None:
    async with serving(office) as telegram:
        group = telegram.group("Desk", [telegram.person("Aiko")])
        group.promote_bot()
        await group.quiet(group.send_document(PDF, "accord.pdf", None, caption="For Binh"))


async def test_others_than_curators_are_told_and_nothing_is_read(office: Office, root: Path) -> None:
    async with serving(office) as telegram:
        telegram.person("Aiko")
        reply = await send(telegram.private_chat(telegram.person("Binh")), PDF, "accord.pdf", "What is this?")
    assert (reply.text or "").startswith("Only curators change the articles.")
    assert files(root) == []


async def test_what_telegram_does_not_hand_over_is_told_so(office: Office) -> None:
    async with serving(office) as telegram:
        reply = await send(private(telegram), bytes(20 * 1024 * 1024 + 1), "accord.pdf")
    assert "Telegram lets bots fetch files of up to 20 MB" in (reply.text or "")


async def test_what_is_larger_than_an_article_may_be_is_not_even_fetched(office: Office) -> None:
    async with serving(office) as telegram:
        reply = await send(private(telegram), bytes(10_000_001), "accord.pdf")
        assert "larger than the 10,000,000 bytes that an article may have" in (reply.text or "")
        assert not telegram.calls_of("getFile")


async def test_what_cannot_be_read_gets_the_reason_and_the_cure(office: Office) -> None:
    async with serving(office) as telegram:
        reply = await send(private(telegram), b"\x89PNG\r\n\x1a\n", "<b>picture</b>.pdf")
    assert reply.text == (
        "I cannot add b_.pdf: its name ends in .pdf, but it is a picture; give it the ending of what it is, or save it"
        " again in the format of its name."
    )


async def test_the_shipped_articles_are_not_added_to(office_of: Open) -> None:
    before = sorted(path.name for path in SEEDS.iterdir())
    async with serving(office_of(SEEDS)) as telegram:
        reply = await send(private(telegram), PDF, "accord.pdf")
    assert "Nothing is added to the five articles that come with policydesk" in (reply.text or "")
    assert sorted(path.name for path in SEEDS.iterdir()) == before


async def test_markup_in_a_document_stays_text(office: Office) -> None:
    text = f"<script>alert(1)</script> & more\n\n{FIRST} <b>bold</b>\n"
    async with serving(office) as telegram:
        shown = await send(private(telegram), text.encode(), "a.txt")
    assert "Title: <script>alert(1)</script> & more" in (shown.text or "")
    assert f"{FIRST} <b>bold</b>" in (shown.text or "")


async def test_a_document_with_the_longest_lines_still_fits_a_message(office: Office) -> None:
    line = "𝔍𝔞𝔭𝔞𝔫 & 𝔗𝔬𝔫𝔤𝔞 " * 60
    text = "\n\n".join(f"{line} {n}." for n in range(9))
    async with serving(office) as telegram:
        shown = await send(private(telegram), text.encode(), f"{'𝔩𝔬𝔫𝔤 ' * 60}.txt", "𝔩𝔬𝔫𝔤" * 10)
    assert (shown.text or "").startswith("I have read")


@pytest.mark.usefixtures("reader_process")
async def test_questions_are_answered_while_documents_are_read(office: Office) -> None:
    slow = ("1 " * 2_000_000).encode()
    async with serving(office) as telegram:
        chat = private(telegram)
        sent = [chat.send_document(slow, f"slow{n}.txt", None) for n in range(3)]
        answered = await chat.reply_to(chat.say("Who built a wind farm near Apia?"))
        assert "The council of Samoa built" in (answered.text or "")
        replies = [await chat.reply_to(each, timeout=120) for each in sent]
    assert all(reply.message_id > answered.message_id for reply in replies)
