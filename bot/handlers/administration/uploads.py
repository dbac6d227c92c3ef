"""Documents sent by curators: the bot shows its reading, and keeps or drops it as they decide."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from telegram import CallbackQuery, Document, InlineKeyboardMarkup, Message, Update
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.articles.add_document import source_file
from bot.articles.reloader import LibraryReloader
from bot.articles.upload_intake import (
    MOST_WAITING,
    DraftPreview,
    StoredUpload,
    UploadDecision,
    UploadedFile,
    UploadIntake,
)
from bot.delivery.current_update import run_in_background
from bot.errors import SettingsError
from bot.handlers.administration.curators import Curators
from bot.messages.addressing import Albums, CommandFilter, addressed_words
from bot.messages.choice_buttons import choice_handler, choices, read_choice
from bot.messages.localizer import Localizer
from bot.messages.sending import CHATS, PEOPLE, acknowledge, change, is_from_bot, person_of, say
from prompts.models import Channel
from prompts.render import Renderer
from retrieval.errors import DocumentError
from retrieval.reading.dates import find_day
from retrieval.reading.front_matter import split_address
from storage.chats.upload_drafts import WAITS, WaitingDraft

BUTTONS = "draft-buttons"
"""The name of the buttons, with which their data begins."""
DRAFT_ID = r"[\w-]{8,20}"
CUTS = (200, 120, 50)
"""Longest line shown, in code points, tried until the message fits."""

_DOCUMENTS = PEOPLE & filters.Document.ALL & ~filters.ANIMATION & ~CommandFilter()


class Uploads:
    """Takes documents from curators."""

    def __init__(
        self,
        intake: UploadIntake,
        reloader: LibraryReloader,
        localizer: Localizer,
        curators: Curators,
        albums: Albums,
    ) -> None:
        self._albums = albums
        self._intake, self._reloader, self._localizer, self._curators = intake, reloader, localizer, curators
        self._thread = ThreadPoolExecutor(1, "documents")  # not one of those that answer questions
        self._turn = asyncio.Lock()
        self._reading: Counter[int] = Counter()

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [
            MessageHandler(_DOCUMENTS & CHATS, self.sent),
            choice_handler(self.decided, self._localizer, BUTTONS, UploadDecision, DRAFT_ID),
        ]

    async def sent(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A document: in a private chat, or in a group with a mention of the bot in its caption."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        caption, sender = addressed_words(message, context.bot), person_of(message)
        if self._albums.is_further(message) and not await self._curators.knows(sender):
            return  # they were told so at its first part
        if caption is None or not await self._curators.admits(update, context, message):
            return
        if sender is not None and (collection := await self._collection(message, caption)) is not None:
            # reading takes its time, in which the chat's questions are to be answered
            await run_in_background(self._take(message, sender, collection))

    async def _collection(self, message: Message, caption: str) -> str | None:
        """The collection for a document; None where its sender is told why it goes nowhere."""
        document, problem = message.document, None
        try:
            collection = await asyncio.to_thread(self._intake.collection, caption)
        except SettingsError:
            problem = "shipped"
        except DocumentError:
            problem = "caption"
        else:
            if document is not None and not await self._is_too_large(message, document):
                return collection
        if problem is not None:
            await self._refuse(message, problem)
        return None

    async def _is_too_large(self, message: Message, document: Document) -> bool:
        size = document.file_size or 0
        if size > FileSizeLimit.FILESIZE_DOWNLOAD:
            await self._refuse(message, "telegram")
        elif size > self._intake.limits.bytes:
            await self._refuse(message, "large")
        return size > min(FileSizeLimit.FILESIZE_DOWNLOAD, self._intake.limits.bytes)

    async def _take(self, message: Message, sender: int, collection: str) -> None:
        """Fetch, read and show a document, one at a time."""
        if not await asyncio.to_thread(self._intake.has_room, sender, self._reading[sender]):
            await self._refuse(message, "many")
            return
        self._reading[sender] += 1
        try:
            async with self._turn:
                await self._read(message, sender, collection)
        finally:
            self._reading[sender] -= 1

    async def _read(self, message: Message, sender: int, collection: str) -> None:
        document = message.document
        content = await self._download(message) if document else None
        if document is None or content is None:
            return
        caption, url = split_address(message.caption or "")
        date = find_day(caption)
        sent = UploadedFile(sender, message.chat_id, document.file_name or "", collection, content, date, url)
        try:
            shown = await asyncio.get_running_loop().run_in_executor(self._thread, self._intake.receive, sent)
        except DocumentError as error:
            await self._refuse(message, "unreadable", error)
            return
        renderer = self._localizer.to_author(message)
        await say(message, _words(renderer, shown), _buttons(renderer, shown))

    async def _download(self, message: Message) -> bytes | None:
        """The bytes of a document; None where Telegram does not hand them over, which its sender is told."""
        try:
            file = await message.effective_attachment.get_file()  # type: ignore[union-attr]
        except BadRequest as error:
            if "too big" not in error.message.lower():
                raise
            await self._refuse(message, "telegram")
            return None
        content = BytesIO()
        await file.download_to_memory(content)
        return content.getvalue()

    async def _refuse(self, message: Message, problem: str, error: DocumentError | None = None) -> None:
        words = self._localizer.to_author(message).notice(
            "upload-refused",
            problem=problem,
            error=error,
            limit=self._intake.limits.bytes,
            most=MOST_WAITING,
        )
        await say(message, words)

    # The sender decides

    async def decided(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of Keep, Replace, Keep both or Discard; only the sender may, as long as they are a curator."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        renderer = self._localizer.to_presser(query)
        waiting = await asyncio.to_thread(self._intake.find, read_choice(query).subject)
        if waiting is None:
            await change(query.message, renderer.notice("draft-decided", what="expired"), None)
            await acknowledge(query)
        elif waiting.user_id != query.from_user.id:
            await acknowledge(query, renderer.notice("pressed", Channel.CLI, what="somebody else's"))
        elif not await self._curators.knows(query.from_user.id):
            await self._curators.refuse(update, context)
            await acknowledge(query, renderer.notice("curators-only", Channel.CLI))
        else:
            await self._carry_out(query, waiting, UploadDecision(read_choice(query).action))

    async def _carry_out(self, query: CallbackQuery, waiting: WaitingDraft, decision: UploadDecision) -> None:
        renderer = self._localizer.to_presser(query)
        if decision is UploadDecision.DISCARD:
            await asyncio.to_thread(self._intake.discard, waiting)
            await self._tell(query, "discarded", name=waiting.draft.name)
            return
        try:
            done = await asyncio.to_thread(self._intake.keep, waiting, decision)
        except DocumentError as error:
            words = renderer.notice("upload-refused", Channel.CLI, error=error)
            await acknowledge(query, words)
            return
        if isinstance(done, StoredUpload):
            reload = await self._reloader.reload()
            await self._tell(query, "kept", kept=done, problem=reload.problem, flaw=reload.flaw)
        elif query.message is not None:
            await change(query.message, _words(renderer, done), _buttons(renderer, done))
            await acknowledge(query)

    async def _tell(self, query: CallbackQuery, what: str, **values: object) -> None:
        if query.message is not None:
            words = self._localizer.to_presser(query).notice("draft-decided", what=what, **values)
            await change(query.message, words, None)
        await acknowledge(query)


def _words(renderer: Renderer, shown: DraftPreview) -> str:
    waiting, found = shown.waiting, shown.known_versions
    return renderer.fitting_notice(
        "draft",
        CUTS,
        draft=waiting.draft,
        opening=waiting.draft.opening,
        collection=waiting.collection,
        is_new_collection=shown.is_new_collection,
        same=tuple(map(source_file, found.same)),
        titled=tuple(map(source_file, found.titled)),
        hours=int(WAITS.total_seconds() // 3600),
    )


def _buttons(renderer: Renderer, shown: DraftPreview) -> InlineKeyboardMarkup | None:
    return choices(renderer, BUTTONS, shown.waiting.id, shown.decisions)
