"""Documents that curators send to the bot: read, waiting as drafts, and stored or discarded as they decide."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from bot.articles.add_document import check_folder, source_file
from bot.clock import utc_now
from bot.desk.desk import Desk
from bot.settings import Settings
from retrieval.documents.file_names import check_collection
from retrieval.documents.models import ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.documents.store import FilesListener, KnownVersions, describe_draft, keep, known_versions
from retrieval.reading.dates import without_dates
from retrieval.reading.front_matter import split_address
from retrieval.reading.sidecars import document_of
from storage.chats.upload_drafts import DraftBook, Repeat, WaitingDraft, new_draft_id

MOST_WAITING = 10
"""Most drafts of one person that may wait."""


class UploadedFile(NamedTuple):
    """A document as its sender uploaded it."""

    user_id: int
    chat_id: int
    name: str
    collection: str  # empty for the articles folder itself
    content: bytes
    date: dt.date | None = None  # of publication, as the caption states it
    url: str | None = None  # of the published original, likewise


class UploadDecision(StrEnum):
    """A sender's decision on a draft."""

    KEEP = "keep"
    REPLACE = "replace"
    BOTH = "both"
    DISCARD = "discard"


class DraftPreview(NamedTuple):
    """A draft as its sender is shown it."""

    waiting: WaitingDraft
    known_versions: KnownVersions  # articles that the draft repeats
    is_new_collection: bool

    @property
    def decisions(self) -> list[UploadDecision]:
        """The decisions that the sender may choose from."""
        repeats = self.known_versions.same or self.known_versions.titled
        return [
            *([UploadDecision.REPLACE, UploadDecision.BOTH] if repeats else [UploadDecision.KEEP]),
            UploadDecision.DISCARD,
        ]


class StoredUpload(NamedTuple):
    """A document that became an article."""

    file: str  # path of the document in the articles folder
    replaced: tuple[str, ...]


class UploadIntake:
    """Reads, previews and stores uploads; its methods block, and may be called from several threads."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        drafts: DraftBook,
        listener: FilesListener | None = None,
    ) -> None:
        self._listener = listener
        self._settings, self._desk, self._drafts = settings, desk, drafts
        self.limits = ReadingLimits(bytes=settings.max_article_bytes)

    def collection(self, caption: str) -> str:
        """Return the collection that a caption names beside a date and an address, spelt as an existing collection is.

        Raises:
            DocumentError: The caption is no name for a folder.
            SettingsError: Nothing may be added to these articles.
        """
        check_folder(self._settings)
        name = check_collection(without_dates(split_address(caption).rest).removeprefix("in:").strip())
        first, slash, rest = name.partition("/")
        existing = self._desk.library.reader.collections_named([first])
        return f"{existing[0] if existing else first}{slash}{rest}"

    def has_room(self, user_id: int, reading: int) -> bool:
        """Whether another draft of a person, of whom some documents are being read already, may wait."""
        return reading + self._drafts.count(user_id, utc_now()) < MOST_WAITING

    def receive(self, upload: UploadedFile) -> DraftPreview:
        """Read a document, and store it as a draft that waits.

        Raises:
            DocumentError: The document cannot become an article; nothing of it is stored.
        """
        draft = describe_draft(
            read_document(upload.name, upload.content, self.limits), date=upload.date, url=upload.url
        )
        waiting = WaitingDraft(
            id=new_draft_id(),
            user_id=upload.user_id,
            chat_id=upload.chat_id,
            sent_at=utc_now(),
            collection=upload.collection,
            repeats=(),
            draft=draft,
            content=upload.content,
        )
        return self._preview(waiting)

    def _preview(self, waiting: WaitingDraft) -> DraftPreview:
        """Store a draft with the articles that it repeats, as its sender is shown them."""
        library = self._desk.library
        found = known_versions(waiting.draft, library.articles)
        waiting = waiting.model_copy(update={"repeats": _repeats(found)})
        self._drafts.put(waiting)
        first = waiting.collection.partition("/")[0]
        return DraftPreview(waiting, found, bool(first) and not library.reader.collections_named([first]))

    def find(self, draft_id: str) -> WaitingDraft | None:
        """Return a draft, if it still waits."""
        return self._drafts.find(draft_id, utc_now())

    def discard(self, waiting: WaitingDraft) -> None:
        """Delete a draft."""
        self._drafts.remove(waiting.id)

    def keep(self, waiting: WaitingDraft, decision: UploadDecision) -> StoredUpload | DraftPreview:
        """Store a draft; one that repeats articles unknown to its sender is previewed again instead.

        Raises:
            DocumentError: The draft cannot be stored; it goes on waiting.
        """
        found = known_versions(waiting.draft, self._desk.library.articles)
        repeated = (*found.same, *found.titled)
        is_known = decision is UploadDecision.REPLACE and set(_repeats(found)) == set(waiting.repeats)
        if repeated and decision is not UploadDecision.BOTH and not is_known:
            return self._preview(waiting)
        replaced = repeated if decision is UploadDecision.REPLACE else ()
        text = keep(
            waiting.draft, waiting.content, self._settings.articles, waiting.collection, replaced, self._listener
        )
        self._drafts.remove(waiting.id)
        return StoredUpload(document_of(text) or text, tuple(map(source_file, replaced)))


def _repeats(known: KnownVersions) -> tuple[Repeat, ...]:
    return tuple(Repeat(file=article.file, sha256=article.sha256) for article in (*known.same, *known.titled))
