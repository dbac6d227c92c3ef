"""A bot whose watches are told when a test says so, by a clock that the test sets."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import Office, open_access
from bot.articles.reloader import LibraryReloader
from bot.emulator.objects import Message
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from bot.serving import build_bot, build_reloader
from bot.settings import read_settings
from bot.telegram_app import RunningBot, running
from bot.watches.matching import ConfidenceBars
from bot.watches.watch_job import WatchJob, WatchOptions
from storage.watches.arrivals import ArrivalBook
from storage.watches.book import WatchBook
from tests.support.desk import write

TOPIC = "patrol ships from Japan"
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


class WatchedDesk:
    """What comes to a desk, and the time there."""

    def __init__(self, office: Office, bot: RunningBot, reloader: LibraryReloader, telegram: Emulator) -> None:
        self.office, self.telegram, self.now = office, telegram, NOON
        self._bot, self._reloader = bot, reloader
        self.start_anew()

    def start_anew(self) -> None:
        """Begin with what is in the database, as a bot does that is started again."""
        options = WatchOptions(ConfidenceBars.of(), dt.timedelta(hours=1), lambda: self.now)
        arrivals = ArrivalBook(self.office.database, self.office.folder.path)
        take = self._bot.receiver.take_own
        self.job = WatchJob(self.office.desk, WatchBook(self.office.database), arrivals, take, options)

    async def arrive(self, **articles: str | None) -> None:
        """Have articles arrive, change or go, and those be told who are due; a file's folders are parted by `__`."""
        root: Path = self.office.folder.path
        for name, text in articles.items():
            place = root / f"{name.replace('__', '/')}.txt"
            place.unlink() if text is None else write(place, text)
        await self._reloader.reload(thorough=True)
        await self.pass_time()

    async def pass_time(self, **passed: float) -> None:
        """Let time pass, and those be told who are due."""
        self.now += dt.timedelta(**passed)
        await asyncio.to_thread(self.job.match)
        self._bot.receiver.take_own(await asyncio.to_thread(self.job.begin_due))


def person(desk: WatchedDesk, name: str = "Aiko") -> Conversation:
    """A private chat with a person."""
    return desk.telegram.private_chat(desk.telegram.person(name))


async def watch(chat: Conversation, words: str = TOPIC, topic: str | None = None) -> Message:
    """Set up a watch; the reply."""
    return await chat.reply_to(chat.say(f"/watch {words}", topic=topic))


@asynccontextmanager
async def watched_desk(office: Office, **given: object) -> AsyncIterator[WatchedDesk]:
    """A desk with the real bot; everybody may ask, unless `given` sets it otherwise."""
    settings = read_settings(**{"open": True, "owners": (FIRST_PERSON,)} | given)
    office = office._replace(settings=settings)
    async with Emulator() as telegram:
        reloader = build_reloader(office)
        bot = build_bot(office, reloader, open_access(settings, office.database), telegram.token, telegram.url)
        try:
            async with running(bot, office.desk):
                yield WatchedDesk(office, bot, reloader, telegram)
        finally:
            reloader.close()
