"""A folder of articles in, articles out; files that cannot be read are named with their cure."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from retrieval.errors import ArticlesError
from retrieval.file_problems import FileProblem
from retrieval.models import Article, SkippedFile, Source
from retrieval.patterns import lazy_pattern
from retrieval.reading.dates import find_day, find_undecided
from retrieval.reading.front_matter import FrontMatterError, read_front_matter, web_address
from retrieval.reading.lines import Line, read_lines, visible
from retrieval.reading.markdown import Block, front_matter_end
from retrieval.reading.metadata import StatedDate, date_order, find_date, find_publisher
from retrieval.reading.paragraphs import Paragraph, ParagraphKind, is_markdown, read_paragraphs
from retrieval.reading.sidecars import SIDECAR, is_document, is_unchanged, read_sidecar, text_of, with_sidecar
from retrieval.regular_files import read_regular
from retrieval.text.shown_text import shown

ENDINGS = frozenset({".txt", ".md"})
MAX_BYTES = 10_000_000
"""Size above which a file is skipped, unless the settings say otherwise."""
TITLE_CHARS = 160
"""A headline longer than this is a paragraph; it is cut at a word where it serves as a title."""
_WORD = lazy_pattern(r"[^\W_]")


def read_folder(folder: Path, max_bytes: int = MAX_BYTES) -> tuple[list[Article], list[SkippedFile]]:
    """Read every article below a folder; hidden files are left alone, and every other file is read or reported.

    Returns:
        The articles and the skipped files, each in the order of their names.

    Raises:
        ArticlesError: The folder cannot be listed, or no file in it is usable.
    """
    articles, skipped = scan_folder(folder, max_bytes)
    check_usable(folder, articles, skipped)
    return articles, skipped


def scan_folder(folder: Path, max_bytes: int = MAX_BYTES) -> tuple[list[Article], list[SkippedFile]]:
    """Read a folder that may not hold an article yet.

    Raises:
        ArticlesError: There is no such folder.
    """
    found = [read_file(folder, file, max_bytes) for file in list_files(folder)]
    articles = [each for each in found if isinstance(each, Article)]
    return articles, [each for each in found if isinstance(each, SkippedFile)]


def check_usable(folder: Path, articles: Sequence[object], skipped: Sequence[SkippedFile]) -> None:
    """Check that a folder has articles.

    Raises:
        ArticlesError: It has none.
    """
    if not articles:
        raise ArticlesError(_nothing_usable_message(folder, skipped), FileProblem.NOTHING_USABLE)


def _nothing_usable_message(folder: Path, skipped: Sequence[SkippedFile]) -> str:
    found = "; ".join(f"{file.file}: {file.reason}" for file in skipped[:3]) or "it holds no .txt or .md file"
    return f"No usable article in {folder} ({found}): put UTF-8 .txt or .md files there, or name another folder."


def list_files(folder: Path) -> list[str]:
    """Return the path, inside the folder, of every file that is not hidden, in order; an unlistable folder is a file.

    Raises:
        ArticlesError: There is no such folder.
    """
    if not folder.is_dir():
        said = f"No folder of articles at {folder}: create it, or name another with --articles."
        raise ArticlesError(said, FileProblem.NO_FOLDER)
    unlisted: list[OSError] = []
    found: set[str] = set()
    for parent, folders, names in os.walk(folder, onerror=unlisted.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if (Path(parent) / name).is_symlink()]
        inside = (Path(parent) / "_").relative_to(folder).as_posix()[:-1]
        found |= {inside + name for name in (*names, *linked) if not name.startswith(".")}
    return sorted(found | {Path(error.filename).relative_to(folder).as_posix() for error in unlisted})


class _Skip(Exception):  # noqa: N818 - a verdict on one file, caught where it is raised
    """Why a file cannot be an article, and the cure."""

    def __init__(self, flaw: FileProblem, reason: str, cure: str, *figures: int | str) -> None:
        super().__init__(reason)
        self.flaw, self.figures = flaw, figures
        self.reason = reason
        self.cure = cure

    def of(self, file: str) -> SkippedFile:
        """Return the file as skipped."""
        return SkippedFile(
            file=printable(file), reason=self.reason, cure=self.cure, flaw=self.flaw, figures=self.figures
        )


def read_file(
    folder: Path, file: str, max_bytes: int, known: Source | None = None
) -> Article | Source | SkippedFile | None:
    """Read a file as an article; None for a sidecar or a document, which belong to one.

    Args:
        folder: The folder of articles.
        file: The file's path inside it.
        max_bytes: Size in bytes above which it is skipped.
        known: What it was read as when nothing described it; returned where its bytes are the same.
    """
    path = folder / file
    try:
        _check_name(file)
        _check_place(path, folder)
        if file.endswith(SIDECAR):
            _check_sidecar(path)
            return None
        if is_document(file):
            _check_document(path)
            return None
        _check_ending(path)
        content = _read_bytes(path, max_bytes)
        if known is not None and known.sha256 == hashlib.sha256(content).hexdigest():
            return known
        return with_sidecar(_article(file, content), path, content)
    except _Skip as skip:
        return skip.of(file)
    except OSError as error:
        said = error.strerror or type(error).__name__
        cure = "make it readable for the bot's user, or remove it"
        return _Skip(FileProblem.UNREADABLE, f"it cannot be read ({said})", cure, said).of(file)


def read_article(file: str, content: bytes) -> Article | SkippedFile:
    """Read the content of a file as an article, or say why it cannot be one."""
    try:
        return _article(file, content)
    except _Skip as skip:
        return skip.of(file)


def printable(name: str) -> str:
    """Return a file's name with all that is not printable made visible."""
    return "".join(c if _is_printable(c) else c.encode("unicode_escape", "surrogatepass").decode() for c in name)


def _is_printable(letter: str) -> bool:
    return letter.isprintable() or unicodedata.category(letter) == "Zs"  # a Japanese or non-breaking space is seen


def _check_name(file: str) -> None:
    if not all(map(_is_printable, file)):
        raise _Skip(FileProblem.NAME, "its name holds control or undecodable characters", "rename it")


def _check_place(path: Path, folder: Path) -> None:
    """Only files that are in the folder themselves are read; a link that leads nowhere, or to itself, is an OSError."""
    if path.is_dir():
        if path.is_symlink():
            raise _Skip(
                FileProblem.LINKED_FOLDER, "it is a link to a folder", "copy the folder itself here, or remove the link"
            )
        raise _Skip(
            FileProblem.UNLISTED, "its files cannot be listed", "make it readable for the bot's user, or remove it"
        )
    path.stat()
    if not path.resolve().is_relative_to(folder.resolve()):
        reason = "it is a link that leaves the articles folder"
        raise _Skip(FileProblem.LINK_OUT, reason, "copy the file itself into the folder")


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise _Skip(
            FileProblem.ENDING, "it is not a .txt or .md file", "save it as UTF-8 text with that ending, or remove it"
        )


def _check_sidecar(path: Path) -> None:
    """A sidecar has its text beside it."""
    document = path.name.removesuffix(SIDECAR)
    if not (path.parent / text_of(document)).is_file():
        raise _Skip(FileProblem.TEXT_GONE, "the text that it describes is gone", "remove it, or add the document again")
    if read_sidecar(path.parent, document) is None:
        raise _Skip(FileProblem.CARD, "it cannot be read", "remove it, or add the document again")


def _check_document(path: Path) -> None:
    """A document is unchanged, and has its sidecar and its text beside it."""
    sidecar = read_sidecar(path.parent, path.name)
    cure = "add it with `policydesk add FILE`, or remove it"
    if sidecar is None or not path.with_name(text_of(path.name)).is_file():
        ending = path.suffix.lower()
        raise _Skip(FileProblem.UNREAD, f"it is a {ending} file that has not been read", cure, ending)
    if not is_unchanged(sidecar, path):
        raise _Skip(FileProblem.CHANGED, "it has changed since it was read", cure)


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _Skip(FileProblem.IRREGULAR, "it is not a regular file", "replace it by a file, or remove it")
    if status.st_size > max_bytes:
        cure = "split it, or raise POLICYDESK_MAX_ARTICLE_BYTES"
        raise _Skip(FileProblem.LARGE, f"it is larger than {max_bytes:,} bytes", cure, max_bytes)
    return read_regular(path, follow=True)  # where a link leads was looked at


def _article(file: str, content: bytes) -> Article:
    text = _decode(content)
    front = _front_matter(read_lines(text)) if text.lstrip("\ufeff \t").startswith(("---", "+++")) else {}
    paragraphs = [p for p in read_paragraphs(text, markdown=is_markdown(file)) if p.omission is not Block.FRONT_MATTER]
    if not paragraphs:
        raise _Skip(FileProblem.EMPTY, "it is empty", "put the article's text into it, or remove it")
    title = shorten_title(front.get("title") or _headline(text, paragraphs))
    day_first = date_order(text)
    stated = _front_date(front["date"], day_first) if front.get("date") else None
    stated = stated or find_date(text, paragraphs, file, title, day_first)
    return Article(
        file=file,
        title=title,
        date=stated.day,
        undecided_date=stated.undecided,
        day_first=day_first,
        publisher=front.get("publisher") or find_publisher(text, paragraphs),
        url=web_address(front.get("url")),
        text=text,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _headline(text: str, paragraphs: Sequence[Paragraph]) -> str:
    """The first paragraph that may be quoted; where none may, the first of all."""
    headlines = (p for p in paragraphs if p.omission is None and p.kind in {ParagraphKind.HEADING, ParagraphKind.BODY})
    first = next(headlines, paragraphs[0])
    return shown(text[first.start : first.end])


def _decode(content: bytes) -> str:
    if b"\0" in content:
        raise _Skip(FileProblem.NUL, "it holds NUL bytes, so it is not plain text", "save it as plain UTF-8 text")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        at, size = error.start + 1, len(content)
        reason, cure = f"it is not UTF-8 (byte {at:,} of {size:,})", "save it again with the encoding UTF-8"
        raise _Skip(FileProblem.ENCODING, reason, cure, at, size) from error
    if not _WORD.search(text):
        flaw, reason = (
            (FileProblem.NO_WORDS, "it holds no words") if visible(text) else (FileProblem.EMPTY, "it is empty")
        )
        raise _Skip(flaw, reason, "put the article's text into it, or remove it")
    return text


def shorten_title(title: str) -> str:
    """Return a title on one line, cut at a word where it is as long as a paragraph."""
    title = " ".join(title.split())
    if len(title) <= TITLE_CHARS:
        return title
    return title[:TITLE_CHARS].rsplit(None, 1)[0].rstrip(",;:") + "…"


# --- front matter

_KEY = lazy_pattern(r"\w+:(?:\s|$)")


def _front_matter(lines: Sequence[Line]) -> Mapping[str, str]:
    """The keys of a front-matter block that describe the article."""
    if len(lines) > 1 and visible(lines[0].text) == "---" and not front_matter_end(lines) and _KEY.match(lines[1].text):
        raise _Skip(FileProblem.FRONT_OPEN, "its front matter is not closed", "put a line of '---' after it")
    try:
        return read_front_matter(lines)
    except FrontMatterError as error:
        if not error.args:
            cure = "write it as lines like 'title: ...', or remove the two '---'"
            raise _Skip(FileProblem.FRONT_KEYS, "its front matter has no keys", cure) from error
        cure = "correct the lines between the two '---'"
        raise _Skip(FileProblem.FRONT_YAML, "its front matter is not valid YAML", cure) from error


def _front_date(stated: str, day_first: bool | None) -> StatedDate:
    day, undecided = find_day(stated, day_first=day_first), find_undecided(stated)
    if day is None and undecided is None:
        reason = "the date in its front matter is not a day up to today"
        raise _Skip(FileProblem.FRONT_DATE, reason, "write it as 2025-04-28, or remove it")
    return StatedDate(day, undecided if day is None else None)
