"""The bot on Telegram: built of its conversations, and running with its background jobs."""

import asyncio
import contextlib
import datetime as dt
import gc
import logging
from collections.abc import AsyncIterator
from functools import partial

from bot.access.policy import Access
from bot.app import Office, open_access
from bot.articles.folder_watch import FolderWatch
from bot.articles.reloader import LibraryReloader
from bot.articles.shared_documents import documents_listener, shared_documents
from bot.articles.upload_intake import UploadIntake
from bot.briefs.maker import BriefMaker
from bot.clock import TelegramClock
from bot.delivery.group_commit import GroupCommit
from bot.delivery.webhook import WebhookAddress
from bot.feeds.job import FeedJob
from bot.handlers.administration.collections import Collections
from bot.handlers.administration.curators import Curators
from bot.handlers.administration.failures import Failures
from bot.handlers.administration.gate import Gate
from bot.handlers.administration.membership import MembershipHandlers
from bot.handlers.administration.overload import OverloadNotices
from bot.handlers.administration.owners import Owners
from bot.handlers.administration.reload import ReloadCommand
from bot.handlers.administration.uploads import Uploads
from bot.handlers.asking.answer_buttons import AnswerButtons
from bot.handlers.asking.answers import Answers
from bot.handlers.asking.button_presses import ButtonPresses
from bot.handlers.asking.feedback import FeedbackHandlers
from bot.handlers.asking.help import Help
from bot.handlers.asking.inline import Inline
from bot.handlers.asking.language import LanguageCommand
from bot.handlers.asking.own_history import OwnHistory
from bot.handlers.asking.questions import Questions
from bot.handlers.asking.referrals import CuratorsPlace, Referrals
from bot.handlers.asking.sources import Sources
from bot.handlers.briefs.choosing import BriefChoices
from bot.handlers.briefs.replies import BriefReplies
from bot.handlers.watching.notice_sender import NoticeSender
from bot.handlers.watching.watch_command import WatchCommand, WatchSettings
from bot.listen_address import parse_address
from bot.messages.addressing import Albums
from bot.messages.answer_keyboards import AnswerKeyboards
from bot.messages.localizer import Localizer
from bot.operations.background_jobs import alongside
from bot.operations.file_watch import FileWatch
from bot.operations.health import serve_health
from bot.operations.retention import Retention
from bot.operations.systemd import notify_supervisor
from bot.operations.webhook_check import WebhookCheck
from bot.record.weekly_digest import Digests
from bot.settings import Settings, supervisor
from bot.telegram_app import AppParts, HandlerGroup, RunningBot, build_application, running, stop_signal
from bot.watches.matching import ConfidenceBars
from bot.watches.notices import Notices
from bot.watches.watch_job import WatchJob, WatchOptions
from retrieval.bm25.choice import LARGE, ScorerName
from retrieval.library import Library
from retrieval.reading.sidecars import read_original
from retrieval.search_pool import SearchPool
from storage.chats.button_tokens import ButtonBook
from storage.chats.collection_choices import CollectionChoices
from storage.chats.language_choices import LanguageChoices
from storage.chats.referrals import ReferralBook
from storage.chats.upload_drafts import DraftBook
from storage.database.connection import DeskDatabase
from storage.delivery.outbox import Outbox
from storage.errors import UnavailableError
from storage.feeds.book import FeedBook
from storage.record.articles_read import ReadArticles
from storage.record.exchanges import ExchangeLog
from storage.record.feedback import FeedbackBook
from storage.record.people import PeopleRecord
from storage.record.sent_messages import SentMessages
from storage.record.weekly_figures import WeeklyFigures
from storage.watches.arrivals import ArrivalBook
from storage.watches.book import WatchBook
from storage.watches.models import WatchLimits
from storage.watches.told_quotes import ToldQuotes

TAKE_OVER_SECONDS = 0.5
"""How often a standby looks whether another machine still leads."""

logger = logging.getLogger(__name__)


def build_reloader(office: Office) -> LibraryReloader:
    """Set up the reloader, which notes each library that questions are answered from."""
    articles_read = ReadArticles(office.database)

    def note(library: Library) -> None:
        articles_read.replace(office.folder.path, library.sources)

    note(office.desk.library)
    return LibraryReloader(office.folder, office.desk, note)


def build_bot(office: Office, reloader: LibraryReloader, access: Access, token: str, url: str) -> RunningBot:
    """Set up the Telegram bot; nothing is sent until it runs."""
    group_commit = GroupCommit(office.database)
    localizer = Localizer(office.desk.renderer, LanguageChoices(office.database))
    owners, albums, clock = Owners(access, localizer), Albums(), TelegramClock(access.now)
    answers = _answers(office, group_commit)
    feedback, *asking = _about_answers(office, answers, access, localizer, albums, clock)
    followers = [
        CollectionChoices(office.database).move, localizer.move, PeopleRecord(office.database).move_chat,
        WatchBook(office.database).move,
    ]  # fmt: skip
    conversations: list[HandlerGroup] = [
        owners,
        MembershipHandlers(access, localizer, owners, followers),
        *_about_articles(office, reloader, access, localizer, albums, owners),
        feedback,
        *_about_watches(office, answers, access, localizer, group_commit),
        *asking,
    ]
    settings, metrics = office.settings, office.metrics
    overload = OverloadNotices(feedback.explanations, metrics)
    gate = partial(Gate, access, group_commit, localizer, owners, overload, albums, clock)
    parts = AppParts(
        office.database,
        group_commit,
        settings.pace,
        settings.grace,
        clock,
        settings.busy,
        webhook_address(settings),
        metrics.calls if metrics else None,
    )
    return build_application(token, url, conversations, gate, Failures(localizer, owners), parts)


def webhook_address(settings: Settings) -> WebhookAddress | None:
    """Where Telegram posts updates; None where they are polled."""
    if settings.webhook is None:
        return None
    return WebhookAddress(
        settings.webhook.get_secret_value(), settings.webhook_key(), *parse_address(settings.webhook_listen)
    )


def _about_articles(
    office: Office, reloader: LibraryReloader, access: Access, localizer: Localizer, albums: Albums, owners: Owners
) -> list[HandlerGroup]:
    """The conversations about articles, collections, the language and one's own history."""
    desk, database, keep_days = office.desk, office.database, office.settings.keep_days
    curators = Curators(access, localizer)
    return [
        Uploads(_intake(office), reloader, localizer, curators, albums),
        ReloadCommand(reloader, localizer, curators),
        Collections(desk, CollectionChoices(database), curators, localizer),
        LanguageCommand(localizer, curators),
        OwnHistory(desk, PeopleRecord(database), keep_days, localizer, access, owners),
    ]


def _answers(office: Office, group_commit: GroupCommit) -> Answers:
    return Answers(office.desk, _keyboards(office), SentMessages(office.database), group_commit)


def _keyboards(office: Office) -> AnswerKeyboards:
    has_curators = office.settings.curators_chat is not None
    book = ButtonBook(office.database)
    return AnswerKeyboards(book, office.desk.renderer, office.settings.citation, has_curators=has_curators)


def _about_watches(
    office: Office, answers: Answers, access: Access, localizer: Localizer, group_commit: GroupCommit
) -> list[HandlerGroup]:
    """The conversation about watches, and their notices."""
    desk, database, settings = office.desk, office.database, office.settings
    book, arrivals = WatchBook(database), ArrivalBook(database, office.folder.path)
    limits = WatchLimits(settings.watch_limit_person, settings.watch_limit_chat)
    options = WatchSettings(limits, settings.watch_minutes)
    notices = Notices(desk, book, ToldQuotes(database))
    return [
        WatchCommand(desk, book, arrivals, options, localizer, group_commit),
        NoticeSender(notices, book, answers, access, localizer, group_commit),
    ]


def build_watch_job(office: Office, bot: RunningBot) -> WatchJob:
    """Set up what matches new articles with the watches, and has their notices sent."""
    settings, database = office.settings, office.database
    bars = ConfidenceBars.of(settings.threshold, settings.sure)
    options = WatchOptions(bars, dt.timedelta(minutes=settings.watch_minutes))
    arrivals = ArrivalBook(database, office.folder.path)
    return WatchJob(office.desk, WatchBook(database), arrivals, bot.receiver.take_own, options)


def _about_answers(
    office: Office,
    answers: Answers,
    access: Access,
    localizer: Localizer,
    albums: Albums,
    clock: TelegramClock,
) -> tuple[FeedbackHandlers, *tuple[HandlerGroup, ...]]:
    """The conversations in which people ask, and use or judge an answer."""
    desk, database, settings = office.desk, office.database, office.settings
    log, sent, keyboards = ExchangeLog(database), SentMessages(database), _keyboards(office)
    presses = ButtonPresses(ButtonBook(database), sent, localizer)
    originals = partial(read_original, office.settings.articles)
    briefs = BriefReplies(BriefMaker(desk, database), answers, Curators(access, localizer))
    return (
        FeedbackHandlers(FeedbackBook(database), log, sent, keyboards, presses, localizer),
        Referrals(ReferralBook(database), log, presses, localizer, _curators_place(settings)),
        AnswerButtons(desk, log, keyboards, answers, presses, originals),
        Inline(desk, access.may_ask, localizer),
        BriefChoices(briefs, log, keyboards, presses, localizer),
        Questions(desk, answers, briefs, localizer, albums, clock),
        Sources(desk, localizer),
        Help(desk, localizer),
        presses,
    )


def _curators_place(settings: Settings) -> CuratorsPlace | None:
    if settings.curators_chat is None:
        return None
    return CuratorsPlace(settings.curators_chat, settings.curators_topic)


def _intake(office: Office) -> UploadIntake:
    listener = documents_listener(office.settings, office.database)
    return UploadIntake(office.settings, office.desk, DraftBook(office.database), listener=listener)


def build_digests(office: Office, access: Access, bot: RunningBot) -> Digests:
    """Set up the weekly digest for the owners."""
    settings, desk = office.settings, office.desk
    return Digests(
        bot.application.bot,
        WeeklyFigures(office.database),
        desk,
        Localizer(desk.renderer, LanguageChoices(office.database)),
        access.owners,
        office.database,
        settings.review_url.without_user() if settings.review_url else None,
    )


def _watch(office: Office, access: Access, bot: RunningBot) -> FileWatch:
    """Set up the watch over the files that the bot works from."""
    owners = Owners(access, Localizer(office.desk.renderer, LanguageChoices(office.database)))

    async def tell(notice: str, name: str) -> None:
        await owners.tell(bot.application.bot, notice, name=name)

    return FileWatch(office.database, [office.settings.articles, office.settings.weights], tell)


@contextlib.asynccontextmanager
async def open_for_questions(
    office: Office, access: Access, token: str, url: str, searchers: int = 0
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the bot, with its background jobs, while the context is open; `searchers` processes search for the desk.

    Yields:
        The task that takes updates in; it ends only by failing, and then the bot is of no use any more.

    Raises:
        DatabaseError: Another bot works with the same database.
        TelegramSetupError: Telegram refuses the token.
    """
    documents = shared_documents(office.settings, office.database)
    receiving = [documents.run] if documents else []  # on a standby too
    async with (
        alongside(*receiving),
        leading(office.database),
        _open_as_leader(office, access, token, url, searchers) as watching,
    ):
        yield watching


@contextlib.asynccontextmanager
async def leading(database: DeskDatabase) -> AsyncIterator[None]:
    """Be the only bot of a database while the context is open; on a server, wait while another machine is.

    Raises:
        DatabaseError: Another bot works with the same database, on this machine.
    """
    if not await _leads(database):
        logger.info("This machine %s, and takes over when that is over", database.standby_note())
        async with notify_supervisor(supervisor(), stops=False):  # a standby is as ready as it will be
            while not await _leads(database):  # noqa: ASYNC110 - the other machine tells nobody that it ends
                await asyncio.sleep(TAKE_OVER_SECONDS)
    try:
        yield
    finally:
        await asyncio.to_thread(database.end_serving)


async def _leads(database: DeskDatabase) -> bool:
    try:
        return await asyncio.to_thread(database.begin_serving)
    except UnavailableError as error:
        logger.warning("%s", error)
        return False


@contextlib.asynccontextmanager
async def _open_as_leader(
    office: Office, access: Access, token: str, url: str, searchers: int
) -> AsyncIterator[asyncio.Task[None]]:
    reloader = build_reloader(office)
    try:
        bot = build_bot(office, reloader, access, token, url)
        if office.metrics is not None:
            office.metrics.watch_inbox(bot.receiver.inbox.backlog)
            office.metrics.watch_database(office.database.transactions)
            office.metrics.watch_outbox(Outbox(office.database).failures)
            office.metrics.watch_feeds(FeedBook(office.database))
        retention = Retention(
            PeopleRecord(office.database), DraftBook(office.database), bot.receiver.inbox, office.settings.keep_days
        )
        jobs = [FolderWatch(reloader).run, retention.run, FeedJob(office).run, build_watch_job(office, bot).run]
        if office.settings.webhook and office.metrics is not None:
            jobs.append(
                WebhookCheck(bot.application.bot, office.settings.webhook.get_secret_value(), office.metrics.calls).run
            )
        if office.settings.digest:
            jobs.append(build_digests(office, access, bot).run)
        async with running(bot, office.desk, searchers) as receiving, alongside(*jobs):
            watching = asyncio.create_task(_watch(office, access, bot).run(receiving))
            try:
                yield watching
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
    finally:
        reloader.close()


async def serve(office: Office, searchers: SearchPool) -> None:
    """Run the bot until it is told to stop by SIGINT or SIGTERM; the search pool is closed at its end.

    Raises:
        SettingsError: There is no token, or the HTTP address cannot be listened on.
        DatabaseError: Another bot works with the same database, or the database is gone from its place.
        TelegramSetupError: Telegram refuses the token, or another process fetches this bot's updates.
    """
    stop, is_open = stop_signal(), asyncio.Event()
    serving = asyncio.create_task(_serve(office, searchers, stop, is_open))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not is_open.is_set():  # Telegram may not be reached for hours; nothing was taken in that would be worked off
        serving.cancel()
    stopping.cancel()
    try:
        await serving
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


async def _serve(office: Office, searchers: SearchPool, stop: asyncio.Event, is_open: asyncio.Event) -> None:
    settings = office.settings
    office.desk.library.warm_up()
    office.desk.renderer.warm_up()
    gc.collect()
    gc.freeze()  # the articles are here to stay; the collector need not walk them again for every question
    access = open_access(settings, office.database)
    with contextlib.closing(searchers):
        if len(office.desk.library.passages) >= LARGE or settings.engine is ScorerName.MAX_SCORE:
            searchers.begin(office.desk.library)
        async with (
            serve_health(office),
            open_for_questions(
                office, access, settings.token(), settings.telegram_url.get_secret_value(), searchers.at_work
            ) as receiving,
            notify_supervisor(supervisor()),
        ):
            is_open.set()
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({stopping, receiving}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
    if not receiving.cancelled():
        receiving.result()
