"""Articles that change while the bot answers: read again at once, swapped in whole, and no question fails."""

import asyncio
import json
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import Office
from bot.articles.folder_watch import FolderWatch
from bot.articles.reloader import LibraryReloader
from bot.desk.desk import Desk, DeskOptions
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.operations.background_jobs import alongside
from prompts.render import Renderer
from retrieval.articles_folder import ArticlesFolder, Changes, changes
from retrieval.bm25.choice import ScorerName
from retrieval.index.analysis import analyse
from retrieval.indexer.file_cache import SETTLED_NS, FileCache
from retrieval.indexer.location import Item
from retrieval.indexer.snapshot import build_snapshot
from retrieval.library import Library
from retrieval.models import Article, Findings, Query
from storage.record.exchanges import ExchangeLog
from tests.support.desk import CLI, policydesk, serving, write
from tests.support.ships import FIJI, TONGA

ASKED = "How many patrol ships did Japan hand to Tonga?"
Open = Callable[..., Office]
Folder = Callable[..., Path]


class Watched:
    """A bot whose articles folder is watched, and the libraries it answered from one after the other."""

    def __init__(self, office: Office) -> None:
        self.libraries: asyncio.Queue[Library] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self.keeper = LibraryReloader(office.folder, office.desk, self._note)

    def _note(self, library: Library) -> None:
        self._loop.call_soon_threadsafe(self.libraries.put_nowait, library)

    async def next_library(self) -> Library:
        return await asyncio.wait_for(self.libraries.get(), 60)


@asynccontextmanager
async def watching(office: Office) -> AsyncIterator[tuple[Watched, Emulator]]:
    watched = Watched(office)
    async with serving(office, watched.keeper) as telegram, alongside(FolderWatch(watched.keeper).run):
        yield watched, telegram


async def ask(chat: Conversation, text: str) -> str:
    return (await chat.reply_to(chat.say(text), timeout=60)).text or ""


# --- the folder is watched


async def test_a_new_article_is_answered_from_without_a_restart(folder: Folder, office_of: Open) -> None:
    root = folder(fiji=FIJI)
    async with watching(office_of(root)) as (watched, telegram):
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert "seven patrol ships" not in await ask(chat, ASKED)
        write(root / "tonga", TONGA)
        await watched.next_library()
        assert "seven patrol ships" in await ask(chat, ASKED)


async def test_a_changed_and_a_removed_article_are_noticed_as_well(folder: Folder, office_of: Open) -> None:
    root = folder(fiji=FIJI, tonga=TONGA)
    async with watching(office_of(root)) as (watched, telegram):
        chat = telegram.private_chat(telegram.person("Aiko"))
        write(root / "tonga", TONGA.replace("seven", "eight"))
        await watched.next_library()
        assert "eight patrol ships" in await ask(chat, ASKED)
        (root / "tonga.txt").unlink()
        await watched.next_library()
        assert "patrol ships to Tonga" not in await ask(chat, ASKED)


async def test_a_new_sub_folder_is_watched_too(folder: Folder, office_of: Open) -> None:
    root = folder(fiji=FIJI)
    async with watching(office_of(root)) as (watched, _):
        write(root / "pacific" / "2025" / "tonga", TONGA)
        library = await watched.next_library()
        while len(library.articles) < 2:  # the folder may be seen before the file in it
            library = await watched.next_library()
        write(root / "pacific" / "2025" / "samoa", TONGA.replace("Tonga", "Samoa"))
        assert len((await watched.next_library()).articles) == 3


async def test_what_changed_before_the_watch_began_is_read_too(folder: Folder, office_of: Open) -> None:
    office = office_of(root := folder(fiji=FIJI))
    write(root / "tonga", TONGA)
    async with watching(office) as (watched, _):
        assert len((await watched.next_library()).articles) == 2


async def test_a_folder_that_is_swapped_for_another_is_read_and_watched_on(tmp_path: Path, office_of: Open) -> None:
    for name, text in (("first", FIJI), ("second", TONGA)):
        write(tmp_path / name / "a", text)
    link = tmp_path / "articles"
    link.symlink_to(tmp_path / "first")
    async with watching(office_of(link)) as (watched, _):
        (tmp_path / "link").symlink_to(tmp_path / "second")
        (tmp_path / "link").replace(link)
        assert "Tonga" in (await watched.next_library()).articles[0].title
        write(tmp_path / "second" / "b", FIJI)
        assert len((await watched.next_library()).articles) == 2


@pytest.mark.parametrize("loss", ["emptied", "moved away"])
async def test_a_folder_that_is_lost_leaves_the_last_good_library_and_says_so_in_the_log(
    folder: Folder, office_of: Open, caplog: pytest.LogCaptureFixture, loss: str
) -> None:
    root = folder(tonga=TONGA)
    async with watching(office_of(root)) as (watched, telegram):
        chat = telegram.private_chat(telegram.person("Aiko"))
        (root / "tonga.txt").unlink() if loss == "emptied" else root.rename(root.with_name("aside"))
        reload = await watched.keeper.reload()
        assert reload.problem
        assert "seven patrol ships" in await ask(chat, ASKED)
        assert "The articles stay as they were read before. No " in caplog.text
        root.mkdir(exist_ok=True)
        write(root / "fiji", FIJI)
        assert [article.file for article in (await watched.next_library()).articles] == ["fiji.txt"]


async def test_hidden_files_are_no_change(folder: Folder, office_of: Open) -> None:
    root = folder(fiji=FIJI)
    office = office_of(root)
    async with watching(office) as (watched, _):
        before = office.desk.library
        write(root / ".adding-x" / "new", TONGA)
        assert (await watched.keeper.reload()).library is before


# --- a question keeps to one library


class Held(Library):
    """A library that finds nothing until it is let go."""

    def __init__(self, articles: Library) -> None:
        super().__init__(build_snapshot([analyse(article) for article in articles.articles], ScorerName.REFERENCE))
        self.asked, self.go_on = threading.Event(), threading.Event()

    def search(self, query: Query, k: int) -> Findings:
        self.asked.set()
        assert self.go_on.wait(30)
        return super().search(query, k)


async def test_a_question_in_flight_is_answered_and_logged_from_the_library_it_began_with(
    folder: Folder, log: ExchangeLog
) -> None:
    old, new = Held(Library.open(folder(tonga=TONGA))), Library.open(folder(tonga=FIJI))
    desk = Desk(old, Renderer(), log.record, DeskOptions(threshold=0))
    asking = asyncio.create_task(asyncio.to_thread(desk.ask, ASKED, CLI))
    await asyncio.to_thread(old.asked.wait, 30)
    desk.renew(new)
    assert desk.ask(ASKED, CLI).library == new.hash
    old.go_on.set()
    exchange = await asking
    assert exchange.library == old.hash
    assert "seven" in exchange.reply


def test_a_question_asked_again_is_searched_again_when_the_articles_have_changed(folder: Folder) -> None:
    desk = Desk(Library.open(folder(tonga=TONGA)), Renderer(), lambda exchange: exchange, DeskOptions(threshold=0))
    before = desk.ask(ASKED, CLI)
    desk.renew(Library.open(folder(tonga=TONGA.replace("seven", "eight"))))
    assert ("seven" in before.reply, "eight" in desk.ask(ASKED, CLI).reply) == (True, True)


async def test_a_folder_that_changes_under_load_fails_no_question(
    tmp_path: Path, office_of: Open, log: ExchangeLog, pytestconfig: pytest.Config
) -> None:
    """Every question is answered, by a library that was whole; `make fresh` does it with 2,000 articles."""
    count = 2_000 if pytestconfig.getoption("--large-folder") else 60
    root = tmp_path / "articles"
    for number in range(count):
        write(root / f"c{number % 7}" / f"a{number}", _report(number, 0))
    office = office_of(root)
    whole = {office.desk.library.hash}
    async with watching(office) as (watched, telegram):
        chats = [telegram.private_chat(telegram.person(f"Person {n}")) for n in range(4)]
        over = asyncio.Event()
        asking = asyncio.gather(*(_keep_asking(chat, count, over) for chat in chats))
        for turn in range(1, 5):
            await asyncio.to_thread(_disturb, root, turn, count)
            whole.add((await watched.next_library()).hash)
        over.set()
        replies = [reply for each in await asking for reply in each]
    while not watched.libraries.empty():
        whole.add(watched.libraries.get_nowait().hash)
    assert not [reply for reply in replies if "Something went wrong" in reply]
    logged = log.history(limit=1_000_000)
    assert len(logged) == len(replies) > len(chats)
    assert {exchange.library for exchange in logged} <= whole


async def _keep_asking(chat: Conversation, count: int, over: asyncio.Event) -> list[str]:
    """Ask one question after the other until it is over; every reply must come."""
    replies: list[str] = []
    while not over.is_set():
        replies.append(await ask(chat, f"How many ships did yard {len(replies) * 7 % count} build?"))
    return replies


def _report(number: int, turn: int) -> str:
    lines = "\n".join(f"Yard {number} sold part {n} of its docks to Fiji in 2019." for n in range(12))
    return f"Report {number}\n\nYard {number} built {number + 100 * turn} ships for the navy of Tonga.\n{lines}\n"


def _disturb(root: Path, turn: int, count: int) -> None:
    """Change some articles, move a collection away and back, remove some and add some."""
    for number in range(turn, count, 10):
        write(root / f"c{number % 7}" / f"a{number}", _report(number, turn))
    (root / f"c{turn}").rename(root / "moving")
    (root / "moving").rename(root / f"c{turn}")
    shutil.rmtree(root / f"new{turn - 1}", ignore_errors=True)
    for number in range(5):
        write(root / f"new{turn}" / f"b{number}", _report(count + number, turn))


# --- only what has changed is read


def test_a_file_is_read_once_until_it_or_what_belongs_to_it_changes(tmp_path: Path) -> None:
    write(path := tmp_path / "report.pdf.txt", TONGA)
    memory: FileCache[int] = FileCache(lambda: time.time_ns() + 2 * SETTLED_NS)
    reads: list[Path] = []

    def read() -> int:
        reads.append(path)
        return len(reads)

    assert [memory.read(str(path), read) for _ in range(3)] == [1, 1, 1]
    write(tmp_path / "report.pdf.source.json", "{}")
    assert [memory.read(str(path), read) for _ in range(2)] == [2, 2]
    write(path, FIJI)
    assert memory.read(str(path), read) == 3
    memory.forget_others()
    memory.forget_others()
    assert memory.read(str(path), read) == 4


def test_a_file_that_was_changed_a_moment_ago_is_read_again_for_its_clock_may_stand_still(tmp_path: Path) -> None:
    write(path := tmp_path / "a.txt", TONGA)
    memory: FileCache[str] = FileCache()
    assert memory.read(str(path), lambda: "first") == "first"
    assert memory.read(str(path), lambda: "second") == "second"


def test_articles_that_did_not_change_are_not_split_and_counted_again(folder: Folder) -> None:
    reader = ArticlesFolder(root := folder(fiji=FIJI, tonga=TONGA))
    before = reader.open()
    write(root / "fiji", FIJI.replace("three", "four"))
    split: list[str] = []

    def track(articles: Sequence[Item]) -> Iterable[Item]:
        split.extend(article.file for article in articles if isinstance(article, Article))
        return articles

    assert reader.open(track, before=before) is not before
    assert split == ["fiji.txt"]


def test_a_folder_in_which_nothing_changed_keeps_its_library(folder: Folder) -> None:
    reader = ArticlesFolder(root := folder(fiji=FIJI))
    before = reader.open()
    (root / "fiji.txt").touch()
    assert reader.open(before=before) is before
    assert reader.open(before=before, thorough=True) is before


def test_a_library_made_of_what_was_read_before_answers_as_one_read_anew(folder: Folder) -> None:
    reader = ArticlesFolder(root := folder(fiji=FIJI, samoa=TONGA.replace("Tonga", "Samoa"), z=FIJI * 3))
    reader.open()
    write(root / "tonga", TONGA)
    (root / "samoa.txt").unlink()
    renewed, anew = reader.open(), Library.open(root)
    assert renewed.hash == anew.hash
    for question in (ASKED, "ships Suva", "Who got shpis?"):
        assert renewed.search(renewed.read(question), 10) == anew.search(anew.read(question), 10)


def test_what_became_of_articles_is_told_by_file() -> None:
    assert changes({"a": 1, "b": 1, "c": 1}, {"b": 2, "c": 1, "d": 1}) == Changes(
        added=("d",), changed=("b",), gone=("a",)
    )
    assert not changes({"a": 1}, {"a": 1})


# --- reading again on request


async def test_reload_says_what_is_new_changed_and_gone(folder: Folder, office_of: Open) -> None:
    office = office_of(root := folder(a=FIJI, b=FIJI, c=FIJI))
    async with serving(office) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        assert "Nothing has changed." in await ask(chat, "/reload")
        write(root / "b", TONGA)
        write(root / "d", TONGA)
        write(root / "bad.txt", b"\xff")
        (root / "c.txt").unlink()
        reply = await ask(chat, "/reload")
        assert "3 can be used.\nNew: d.txt\nChanged: b.txt\nGone: c.txt" in reply
        assert "bad.txt: it is not UTF-8 (byte 1 of 1); save it again with the encoding UTF-8" in reply
        assert "seven patrol ships" in await ask(chat, ASKED)


async def test_reload_of_a_folder_without_articles_says_why_and_goes_on(folder: Folder, office_of: Open) -> None:
    root = folder(tonga=TONGA)
    async with serving(office_of(root)) as telegram:
        chat = telegram.private_chat(telegram.person("Aiko"))
        (root / "tonga.txt").unlink()
        assert "so I go on with the 1 I had. No usable article" in await ask(chat, "/reload")
        assert "seven patrol ships" in await ask(chat, ASKED)


async def test_an_anonymous_administrator_is_nobody_who_may_change_articles(folder: Folder, office_of: Open) -> None:
    async with serving(office_of(folder(tonga=TONGA))) as telegram:
        group = telegram.group("Desk", [aiko := telegram.person("Aiko")])
        group.promote(aiko, is_anonymous=True)
        reply = await group.reply_to(group.say("/reload"))
        assert "Only curators" in (reply.text or "")


def test_check_says_what_cannot_be_used_and_fails_then(folder: Folder) -> None:
    root = folder(a=FIJI)
    fine = policydesk("sources", "--check", "--articles", root)
    assert fine.returncode == 0
    assert fine.stdout.splitlines()[0] == "Articles that can be used: 1; files that cannot: 0."
    assert fine.stdout.splitlines()[1].startswith("Without a date: 1; state it in the front matter")
    write(root / "bad.txt", b"\xff")
    done = policydesk("sources", "--check", "--json", "--articles", root)
    assert done.returncode == 1
    assert json.loads(done.stdout)["skipped"][0]["cure"] == "save it again with the encoding UTF-8"


def test_check_counts_and_names_dates_with_two_readings(folder: Folder) -> None:
    root = folder(a=FIJI.replace("\n\n", "\n\n05/04/2023\n\n", 1), b=TONGA)
    done = policydesk("sources", "--check", "--articles", root)
    assert done.returncode == 0
    assert "Without a date: 2" in done.stdout
    assert done.stdout.splitlines()[-1].split(maxsplit=1) == ["a.txt", "05/04/2023 may be 5 April or 4 May"]
    told = json.loads(policydesk("sources", "--check", "--json", "--articles", root).stdout)["undecided"]
    assert told == [{"file": "a.txt", "written": "05/04/2023", "readings": ["2023-04-05", "2023-05-04"]}]


async def test_check_says_what_the_bot_has_not_read_yet(folder: Folder, office_of: Open) -> None:
    root = folder(a=FIJI, b=FIJI)
    async with serving(office_of(root)):
        pass
    write(root / "a", TONGA)
    write(root / "c", TONGA)
    (root / "b.txt").unlink()
    done = policydesk("sources", "--check", "--articles", root)
    assert done.returncode == 1
    shown = [line.split() for line in done.stdout.splitlines()[-3:]]
    assert shown == [["c.txt", "new"], ["a.txt", "changed"], ["b.txt", "gone"]]
