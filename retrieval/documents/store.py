"""Stores documents in a collection's folder: the document, its text and its sidecar, side by side."""

import contextlib
import datetime as dt
import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from retrieval.documents.cleaning import clean
from retrieval.documents.file_names import check_collection
from retrieval.documents.models import Draft
from retrieval.errors import DocumentError
from retrieval.file_problems import FileProblem
from retrieval.models import Article, Source, Value
from retrieval.reading.articles import read_article, shorten_title
from retrieval.reading.sidecars import SIDECAR, Sidecar, document_of, text_of
from retrieval.regular_files import read_regular
from retrieval.text.terms import words

STAGING = ".adding-"
STALE_SECONDS = 3_600
"""Age at which a staging folder is that of a process which was killed."""
_TURN = threading.Lock()


class KnownVersions(Value):
    """Articles that a draft repeats, or may be a version of."""

    same: tuple[Article, ...] = ()  # of the same bytes, or the same text
    titled: tuple[Article, ...] = ()  # others of the same title


def known_versions(draft: Draft, articles: Iterable[Article]) -> KnownVersions:
    """Return the articles that a draft repeats, or may be another version of."""
    articles = list(articles)
    title, text = _title_key(draft.title), draft.text.split()
    same = [a for a in articles if _document_hash(a) == draft.sha256 or a.text.split() == text]
    titled = [a for a in articles if a not in same and _title_key(a.title) == title]
    return KnownVersions(same=tuple(same), titled=tuple(titled))


def _document_hash(article: Article) -> str:
    return article.original.sha256 if article.original else article.sha256


def _title_key(title: str) -> tuple[str, ...]:
    """The words that two spellings of a title share."""
    return tuple(word.term for word in words(title)) or (title.casefold(),)


def describe_draft(
    draft: Draft,
    title: str | None = None,
    date: dt.date | None = None,
    publisher: str | None = None,
    url: str | None = None,
) -> Draft:
    """Return a draft with the metadata that a person gives; None leaves its own."""
    given = {
        "title": shorten_title(clean(title or "")),
        "date": date,
        "publisher": shorten_title(clean(publisher or "")),
        "url": url,
    }
    return draft.model_copy(update={name: value for name, value in given.items() if value})


class FilesListener(Protocol):
    """Is told of files, by their paths in the articles folder, before they are there or, without content, are removed.

    Whatever it raises keeps all as it was.
    """

    def __call__(self, files: Mapping[str, bytes | None], /) -> None:
        """Note the files."""
        ...


def just_added(name: str) -> DocumentError:
    """The error of a listener that knows of another file of a name, which is not in the folder yet."""
    reason = "another machine has just added another file of that name"
    return DocumentError(name, reason, "try again", FileProblem.JUST_ADDED)


def keep(
    draft: Draft,
    content: bytes,
    folder: Path,
    collection: str = "",
    replaced: Sequence[Article] = (),
    listener: FilesListener | None = None,
) -> str:
    """Make a draft an article: store the document, its text and its sidecar.

    All is written aside first and then moved into place, the text last, so that whoever reads the folder meanwhile, or
    after a crash, finds either nothing new or all of it.

    Args:
        draft: The document as read.
        content: Its bytes.
        folder: The articles folder.
        collection: The sub-folder to put it in, made where there is none; '' for the articles folder itself.
        replaced: Articles whose place it takes; they are removed.
        listener: Told of all that changes.

    Returns:
        The article's file: its path inside the articles folder.

    Raises:
        DocumentError: It cannot be stored; nothing was left behind.
        ValueError: The bytes are not those that were read.
    """
    if hashlib.sha256(content).hexdigest() != draft.sha256:
        raise ValueError("the bytes to keep are not those that were read")
    collection = check_collection(collection)
    try:
        with _TURN, _collection_folder(folder, collection) as place:
            free = {folder / file for article in replaced for file in files_of(article)}
            name = _free_name(place, draft.name, free, content)
            files = {place / part: data for part, data in _files_of_draft(draft, name, content).items()}
            _change_files(folder, files, free - files.keys(), listener)
    except OSError as error:
        said = error.strerror or type(error).__name__
        reason = f"it cannot be stored ({said})"
        cure = f"see that the bot's user may write to {folder} and that there is space"
        raise DocumentError(draft.name, reason, cure, FileProblem.NOT_STORED, (said, str(folder))) from error
    return (PurePosixPath(collection) / text_of(name)).as_posix()


def remove(article: Source, folder: Path, listener: FilesListener | None = None) -> None:
    """Remove an article with the document that it was read from, and their sidecar."""
    with _TURN:
        _change_files(folder, {}, {folder / file for file in files_of(article)}, listener)


def place_file(folder: Path, file: str, content: bytes | None) -> None:
    """Have a file, by its path in the articles folder, be as it is elsewhere; without content it is removed.

    Raises:
        DocumentError: It would not be in the folder.
    """
    path = PurePosixPath(file)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}")
    collection = "/".join(path.parts[:-1])
    if content is not None:
        collection = check_collection(collection)  # a folder to be removed from may have been made by hand
    with _TURN, _collection_folder(folder, collection) as place:
        files = {} if content is None else {place / path.name: content}
        _change_files(folder, files, {place / path.name} - files.keys(), None)


def _change_files(folder: Path, files: Mapping[Path, bytes], gone: Set[Path], listener: FilesListener | None) -> None:
    """Put files into place and remove others, sidecars last."""
    removed = sorted(gone, key=_is_sidecar)
    changed: dict[Path, bytes | None] = {**files, **dict.fromkeys(removed)}
    with _staged(folder, files) as staged:
        if listener is not None:
            listener({path.relative_to(folder).as_posix(): data for path, data in changed.items()})
        _move(staged)
    for path in removed:
        path.unlink(missing_ok=True)


def _is_sidecar(path: Path) -> bool:
    return path.name.endswith(SIDECAR)


def files_of(article: Source) -> list[str]:
    """Return the files of an article: its text, the document it was read from, and their sidecar."""
    text = PurePosixPath(article.file)
    document = text.with_name(document_of(text.name) or text.name)
    return [str(text), str(document.with_name(document.name + SIDECAR)), *([str(document)] if document != text else [])]


@contextlib.contextmanager
def _collection_folder(folder: Path, collection: str) -> Iterator[Path]:
    """The folder of a collection, really in the articles folder; a new one is removed again after an error."""
    place = folder / collection
    missing = [path for path in (place, *place.parents) if not path.exists() and path.is_relative_to(folder)]
    if not place.resolve().is_relative_to(folder.resolve()):
        reason = "it is a link out of the articles folder"
        raise DocumentError(f"Collection {collection}", reason, "remove the link", FileProblem.COLLECTION_LINK)
    place.mkdir(parents=True, exist_ok=True)
    try:
        yield place
    except BaseException:
        for made in missing:
            with contextlib.suppress(OSError):
                made.rmdir()
        raise


def _free_name(place: Path, wanted: str, free: set[Path], content: bytes) -> str:
    """A name that is free, but for replaced articles, or the very document waiting to be read."""
    stem, ending = os.path.splitext(wanted)  # noqa: PTH122 - only a name, no path
    if document_of(wanted):
        stem = stem.replace(".", "_")  # a text of its own, though named like that of a document
    for name in (f"{stem}{number}{ending}" for number in ("", *(f"-{n}" for n in range(2, 1000)))):
        parts = [place / part for part in {name, text_of(name), name + SIDECAR}]
        taken = [path for path in parts if path not in free and os.path.lexists(path)]
        if not taken or (taken == [place / name] and _holds_content(place / name, content)):
            return name
    reason = "a thousand files of that name are there already"
    raise DocumentError(wanted, reason, "give it another name", FileProblem.NO_NAME_LEFT)


def _holds_content(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and read_regular(path, follow=True) == content


def _files_of_draft(draft: Draft, name: str, content: bytes) -> Mapping[str, bytes]:
    """The files to store, by name, in the order to put them into place: a text never stands without its sidecar."""
    text = content if draft.unit is None else draft.text.encode()
    parts = {name: content, name + SIDECAR: _sidecar(draft, text), text_of(name): text}
    if draft.unit is None and _needs_no_sidecar(draft, text):
        del parts[name + SIDECAR]
    return parts


def _needs_no_sidecar(draft: Draft, text: bytes) -> bool:
    """Whether a text's own lines say all that its sidecar would."""
    article = read_article(draft.name, text)
    stated = (draft.title, draft.date, draft.publisher, draft.url)
    return isinstance(article, Article) and (article.title, article.date, article.publisher, article.url) == stated


def _sidecar(draft: Draft, text: bytes) -> bytes:
    sidecar = Sidecar(
        title=draft.title,
        date=draft.date,
        publisher=draft.publisher,
        url=draft.url,
        text_sha256=hashlib.sha256(text).hexdigest(),
        sha256=draft.sha256,
        bytes=draft.bytes,
        ocr=draft.ocr,
        unit=draft.unit,
        starts=draft.starts,
        numbers=draft.numbers,
    )
    return sidecar.model_dump_json().encode()


# --- into place, all or nothing


class _StagedFile(NamedTuple):
    """A file written aside, with a copy of the one whose place it takes."""

    path: Path
    new: Path
    before: Path | None


@contextlib.contextmanager
def _staged(folder: Path, files: Mapping[Path, bytes]) -> Iterator[list[_StagedFile]]:
    """Files written aside."""
    _remove_stale_staging(folder)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder) as aside:
        yield [
            _StagedFile(path, _write(Path(aside) / f"new-{n}", data), _copy(path, Path(aside) / f"old-{n}"))
            for n, (path, data) in enumerate(files.items())
        ]


def _move(staged: Sequence[_StagedFile]) -> None:
    """Move each file into place; the files before come back when one cannot be moved."""
    moved: list[_StagedFile] = []
    try:
        for file in staged:
            file.new.replace(file.path)
            moved.append(file)
    except BaseException:
        for file in moved:
            _restore(file.path, file.before)
        raise


def _write(path: Path, data: bytes) -> Path:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path


def _copy(path: Path, aside: Path) -> Path | None:
    return Path(shutil.copy2(path, aside)) if path.is_file() else None


def _restore(path: Path, before: Path | None) -> None:
    with contextlib.suppress(OSError):  # the first error is the one to report
        before.replace(path) if before else path.unlink()


def _remove_stale_staging(folder: Path) -> None:
    """Remove the files of a process that was killed while it wrote."""
    for left in folder.glob(STAGING + "*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left)
