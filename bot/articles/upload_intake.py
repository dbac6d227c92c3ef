"""Documents that curators send to the bot: read, kept waiting until they decide, and stored when they say so."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from bot.articles.add_document import check_folder
from bot.settings import Settings
from retrieval.documents.file_names import check_collection
from retrieval.documents.models import ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.documents.store import KnownVersions, keep, known_versions
from retrieval.library import Library
from retrieval.models import Article
from retrieval.reading.sidecars import document_of
from storage.chats.upload_drafts import DraftBook, Repeat, WaitingDraft, new_draft_id

MOST_WAITING = 10
"""How many documents of one person may wait to be decided on."""


class UploadedFile(NamedTuple):
    """A document as it was sent.

    Attributes:
        user_id: Who sent it.
        chat_id: Where.
        name: Its file name as sent.
        collection: Where it goes, checked; empty for the articles folder itself.
        content: Its bytes.
    """

    user_id: int
    chat_id: int
    name: str
    collection: str
    content: bytes


class UploadDecision(StrEnum):
    """What a sender may decide."""

    KEEP = "keep"
    REPLACE = "replace"
    BOTH = "both"
    DISCARD = "discard"


class DraftPreview(NamedTuple):
    """A draft as its sender is to see it.

    Attributes:
        waiting: The draft.
        known: What of it is there already.
        is_new_collection: Whether its collection would be a new one.
    """

    waiting: WaitingDraft
    known_versions: KnownVersions
    is_new_collection: bool

    @property
    def decisions(self) -> list[UploadDecision]:
        """What can be decided."""
        repeats = self.known_versions.same or self.known_versions.titled
        return [
            *([UploadDecision.REPLACE, UploadDecision.BOTH] if repeats else [UploadDecision.KEEP]),
            UploadDecision.DISCARD,
        ]


class StoredUpload(NamedTuple):
    """A document that became an article.

    Attributes:
        file: The document's path in the articles folder.
        replaced: The documents whose place it took.
    """

    file: str
    replaced: tuple[str, ...]


class UploadIntake:
    """Takes documents in; its methods take their time, and may be called from several threads."""

    def __init__(
        self,
        settings: Settings,
        library: Callable[[], Library],
        drafts: DraftBook,
        limits: ReadingLimits | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Set up.

        Args:
            settings: Where the articles are, and how large one may be.
            library: Gives the articles as they are now.
            drafts: Where documents wait.
            limits: What may be spent on one; as the settings say, if not given.
            clock: Gives the time, with its zone.
        """
        self._settings, self._library, self._drafts, self._clock = settings, library, drafts, clock
        self.limits = limits or ReadingLimits(bytes=settings.max_article_bytes)

    def collection(self, caption: str) -> str:
        """The collection that a caption names, by its own name where there is one like it.

        Raises:
            DocumentError: It is no name for a folder.
            SettingsError: Nothing may be added to these articles.
        """
        check_folder(self._settings)
        named = check_collection(caption.strip().removeprefix("in:").strip())
        first, slash, rest = named.partition("/")
        held = self._library().reader.collections_named([first])
        return f"{held[0] if held else first}{slash}{rest}"

    def has_room(self, user_id: int, reading: int) -> bool:
        """Whether another document of somebody may wait.

        Args:
            user_id: Who sends it.
            reading: How many of theirs are being read already.
        """
        return reading + self._drafts.count(user_id, self._clock()) < MOST_WAITING

    def receive(self, sent: UploadedFile) -> DraftPreview:
        """Read a document and have it wait.

        Raises:
            DocumentError: It cannot become an article; nothing of it is left anywhere.
        """
        draft = read_document(sent.name, sent.content, self.limits)
        waiting = WaitingDraft(
            id=new_draft_id(),
            user_id=sent.user_id,
            chat_id=sent.chat_id,
            sent_at=self._clock(),
            collection=sent.collection,
            repeats=(),
            draft=draft,
            content=sent.content,
        )
        return self._show(waiting)

    def _show(self, waiting: WaitingDraft) -> DraftPreview:
        """Note what the sender is told of."""
        library = self._library()
        found = known_versions(waiting.draft, library.articles)
        waiting = waiting.model_copy(update={"repeats": _repeats(found)})
        self._drafts.put(waiting)
        first = waiting.collection.partition("/")[0]
        return DraftPreview(waiting, found, bool(first) and not library.reader.collections_named([first]))

    def find(self, draft_id: str) -> WaitingDraft | None:
        """A draft that still waits."""
        return self._drafts.find(draft_id, self._clock())

    def discard(self, waiting: WaitingDraft) -> None:
        """Drop a draft."""
        self._drafts.remove(waiting.id)

    def keep(self, waiting: WaitingDraft, decision: UploadDecision) -> StoredUpload | DraftPreview:
        """Store a document, unless it repeats articles that its sender has not been told of.

        Args:
            waiting: The draft.
            decision: Anything but to discard it.

        Returns:
            What it became; or the draft as it is to be shown again, with what it repeats now.

        Raises:
            DocumentError: It cannot be stored; it goes on waiting.
        """
        found = known_versions(waiting.draft, self._library().articles)
        repeated = (*found.same, *found.titled)
        is_known = decision is UploadDecision.REPLACE and set(_repeats(found)) == set(waiting.repeats)
        if repeated and decision is not UploadDecision.BOTH and not is_known:
            return self._show(waiting)
        replaced = repeated if decision is UploadDecision.REPLACE else ()
        text = keep(waiting.draft, waiting.content, self._settings.articles, waiting.collection, replaced)
        self._drafts.remove(waiting.id)
        return StoredUpload(document_of(text) or text, tuple(map(shown_file, replaced)))


def _repeats(found: KnownVersions) -> tuple[Repeat, ...]:
    return tuple(Repeat(file=article.file, sha256=article.sha256) for article in (*found.same, *found.titled))


def shown_file(article: Article) -> str:
    """The file of an article as its readers know it: the document, where it was read from one."""
    return article.original.file if article.original else article.file
