"""A document from the command line to an article: its metadata, its repeats and its place."""

import datetime as dt
import hashlib
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import SEEDS, Settings
from retrieval.documents.file_names import check_collection, file_name
from retrieval.documents.models import Draft, ReadingLimits
from retrieval.documents.ocr import recognize
from retrieval.documents.reader import read_document
from retrieval.documents.store import FilesListener, KnownVersions, describe_draft, keep, known_versions
from retrieval.errors import DocumentError, PolicydeskError
from retrieval.file_problems import FileProblem
from retrieval.models import Source, Value
from retrieval.reading.articles import scan_folder
from retrieval.reading.front_matter import web_address
from retrieval.regular_files import open_regular


class StatedMetadata(Value):
    """Metadata that a person states of a document, in place of the document's own."""

    title: str | None = None
    date: str | None = None  # YYYY-MM-DD
    publisher: str | None = None
    url: str | None = None  # of the published original
    collection: str = ""  # empty for the articles folder itself


class DocumentPreview(Value):
    """A document that was read and is not stored yet."""

    draft: Draft
    content: bytes
    known_versions: KnownVersions  # articles that the document repeats
    collection: str

    def check_new(self, *, replace: bool, both: bool) -> None:
        """Refuse a document that repeats an article, unless told to replace the article or to keep both.

        Raises:
            DocumentError: The document repeats an article.
        """
        repeated = self.known_versions.same or self.known_versions.titled
        if not repeated or replace or both:
            return
        what = "the same text" if self.known_versions.same else "an article of this title"
        raise DocumentError(
            self.draft.name,
            f"{what} is there already ({', '.join(map(source_file, repeated[:3]))})",
            "add it with --replace to take its place, or with --both to keep both",
        )


def source_file(article: Source) -> str:
    """Return the file of an article as readers know it: the document, where the text was read from one."""
    return article.original.file if article.original else article.file


def open_document(settings: Settings, path: Path, metadata: StatedMetadata, *, ocr: bool = False) -> DocumentPreview:
    """Read a document; nothing is stored.

    Args:
        settings: The settings in force.
        path: The document.
        metadata: What a person says of it.
        ocr: Whether text recognition reads the pages that are pictures.

    Raises:
        DocumentError: The document cannot become an article.
        ArticlesError: There is no articles folder.
        SettingsError: The articles folder is that of the shipped articles.
    """
    check_folder(settings)
    articles, _ = scan_folder(settings.articles, settings.max_article_bytes)
    day, collection = _day(path, metadata.date), check_collection(metadata.collection)
    url = _address(path, metadata.url)
    content = _content(path, settings.max_article_bytes)
    limits = ReadingLimits(bytes=settings.max_article_bytes)
    draft = (_read_by_ocr if ocr else _read)(path.name, content, limits)
    draft = describe_draft(draft, metadata.title, day, metadata.publisher, url)
    return DocumentPreview(
        draft=draft, content=content, known_versions=known_versions(draft, articles), collection=collection
    )


def _read(name: str, content: bytes, limits: ReadingLimits) -> Draft:
    try:
        return read_document(name, content, limits)
    except DocumentError as error:
        if error.flaw is FileProblem.SCANNED:
            raise DocumentError(error.document, error.reason, "add it with --ocr", error.flaw) from error
        raise


def _read_by_ocr(name: str, content: bytes, limits: ReadingLimits) -> Draft:
    """Read a scanned PDF: the text is that of text recognition, the document stays the scan."""
    if not name.lower().endswith(".pdf"):
        reason = "--ocr is for pages of pictures in a PDF, which it is not"
        raise DocumentError(file_name(name), reason, "add it without --ocr")
    if len(content) > limits.bytes:
        return read_document(name, content, limits)  # which says that it is too large
    searchable = recognize(file_name(name), content)
    larger = limits.model_copy(update={"bytes": max(limits.bytes, len(searchable))})
    draft = read_document(name, searchable, larger)
    return draft.model_copy(update={"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)})


def check_folder(settings: Settings) -> None:
    """Refuse to add articles to the shipped ones.

    Raises:
        SettingsError: The articles folder is that of the shipped articles.
    """
    if settings.articles.resolve() == SEEDS.resolve():
        raise SettingsError(
            "Nothing is added to the five articles that come with policydesk: name a folder of your own with --articles"
            " or POLICYDESK_ARTICLES."
        )


def store_document(
    settings: Settings, preview: DocumentPreview, *, replace: bool, listener: FilesListener | None = None
) -> str:
    """Store a document as an article, in place of the articles that it repeats if wanted, and return its file.

    Raises:
        DocumentError: The document cannot be stored.
    """
    known = preview.known_versions
    return keep(
        preview.draft,
        preview.content,
        settings.articles,
        preview.collection,
        (*known.same, *known.titled) if replace else (),
        listener,
    )


def find_article(settings: Settings, file: str) -> Source:
    """Find an article by its file, or by the document that it was read from.

    Raises:
        PolicydeskError: There is none.
    """
    articles, _ = scan_folder(settings.articles, settings.max_article_bytes)
    for article in articles:
        if file in {article.file, source_file(article)}:
            return article
    raise PolicydeskError(f"{file} cannot be removed: there is no such article; see `policydesk sources`.")


def _content(path: Path, limit: int) -> bytes:
    """Read a regular file, and one byte more than the limit where the file is too large."""
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(file_name(path.name), "it is not a regular file", "name a file")
        with open_regular(path, follow=True) as file:
            return file.read(limit + 1)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or type(error).__name__})"
        raise DocumentError(file_name(path.name), reason, "check its name and that you may read it") from error


def _address(path: Path, text: str | None) -> str | None:
    if text is None:
        return None
    if (url := web_address(text)) is None:
        raise DocumentError(
            file_name(path.name), "its --url is no address of a web page", "write it as https://example.org/article"
        )
    return url


def _day(path: Path, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise DocumentError(file_name(path.name), "its --date is not a day up to today", "write it as 2025-04-28")
    return day
