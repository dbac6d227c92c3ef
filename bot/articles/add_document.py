"""A document from the command line to an article: what is given with it, what it repeats, where it goes."""

import datetime as dt
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import SEEDS, Settings
from retrieval.documents.file_names import check_collection, file_name
from retrieval.documents.models import Draft, ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.documents.store import KnownVersions, describe_draft, keep, known_versions
from retrieval.errors import DocumentError
from retrieval.models import Article, Value
from retrieval.reading.articles import scan_folder


class StatedMetadata(Value):
    """What a person says of a document.

    Attributes:
        title: Its title; none for what the document says.
        date: The day it was published, as YYYY-MM-DD; none for what the document says.
        publisher: Who published it; none for what the document says.
        collection: The sub-folder it belongs in; empty for the articles folder itself.
    """

    title: str | None = None
    date: str | None = None
    publisher: str | None = None
    collection: str = ""


class DocumentPreview(Value):
    """A document that was read, and may be kept.

    Attributes:
        draft: What was read.
        content: The document's bytes.
        known: What of it is there already.
        collection: Where it goes.
    """

    draft: Draft
    content: bytes
    known_versions: KnownVersions
    collection: str

    def check_new(self, *, replace: bool, both: bool) -> None:
        """Refuse what is there already, unless it is said what to do about that.

        Raises:
            DocumentError: It repeats an article.
        """
        repeated = self.known_versions.same or self.known_versions.titled
        if not repeated or replace or both:
            return
        what = "the same text" if self.known_versions.same else "an article of this title"
        raise DocumentError(
            self.draft.name,
            f"{what} is there already ({', '.join(map(_shown, repeated[:3]))})",
            "add it with --replace to take its place, or with --both to keep both",
        )


def _shown(article: Article) -> str:
    return article.original.file if article.original else article.file


def open_document(settings: Settings, path: Path, given: StatedMetadata) -> DocumentPreview:
    """Read a document; nothing is stored.

    Args:
        settings: Where the articles are, and how large one may be.
        path: The document.
        given: What is said of it.

    Raises:
        DocumentError: It cannot become an article.
        ArticlesError: There is no articles folder.
        SettingsError: The articles folder is that of the shipped articles.
    """
    check_folder(settings)
    articles, _ = scan_folder(settings.articles, settings.max_article_bytes)
    day, collection = _day(path, given.date), check_collection(given.collection)
    content = _content(path, settings.max_article_bytes)
    draft = read_document(path.name, content, ReadingLimits(bytes=settings.max_article_bytes))
    draft = describe_draft(draft, given.title, day, given.publisher)
    return DocumentPreview(
        draft=draft, content=content, known_versions=known_versions(draft, articles), collection=collection
    )


def check_folder(settings: Settings) -> None:
    """Make sure that articles may be added.

    Raises:
        SettingsError: The articles folder is that of the shipped articles.
    """
    if settings.articles.resolve() == SEEDS.resolve():
        raise SettingsError(
            "Nothing is added to the five articles that come with policydesk: name a folder of your own with --articles"
            " or POLICYDESK_ARTICLES."
        )


def keep_document(settings: Settings, opened: DocumentPreview, *, replace: bool) -> str:
    """Make a document an article.

    Args:
        settings: Where the articles are.
        opened: The document.
        replace: Whether it takes the place of the articles it repeats.

    Returns:
        The article's file.

    Raises:
        DocumentError: It cannot be stored.
    """
    replaced = (*opened.known_versions.same, *opened.known_versions.titled) if replace else ()
    return keep(opened.draft, opened.content, settings.articles, opened.collection, replaced)


def _content(path: Path, limit: int) -> bytes:
    """A file's bytes, one more than may be read where it is too large; a pipe or device is no document."""
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(file_name(path.name), "it is not a regular file", "name a file")
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or type(error).__name__})"
        raise DocumentError(file_name(path.name), reason, "check its name and that you may read it") from error


def _day(path: Path, stated: str | None) -> dt.date | None:
    if stated is None:
        return None
    try:
        day = dt.date.fromisoformat(stated)
    except ValueError:
        day = None
    if day is None or day > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise DocumentError(file_name(path.name), "its --date is not a day up to today", "write it as 2025-04-28")
    return day
