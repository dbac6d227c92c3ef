"""A library's index as a folder of files: written whole or not at all, mapped when opened, never trusted unchecked."""

import mmap
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
import xxhash
from pydantic import Field, TypeAdapter, ValidationError

from retrieval.bm25.postings import Postings
from retrieval.index.positions import Positions
from retrieval.index.segment import ArticleEntry, Segment
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.indexer.snapshot import BaseSegment, IndexAddress
from retrieval.models import SkippedFile, Value
from retrieval.reading.file_cache import Signatures
from retrieval.text.term_dictionary import TermDictionary

Array = npt.NDArray[Any]

MANIFEST, ENTRIES, FILES, ARRAY = "manifest.json", "entries.json", "files.json", ".npy"
KEPT = (
    "models.py",
    "articles_folder.py",
    "reading/*.py",
    "text/*.py",
    "index/*.py",
    "indexer/*.py",
    "bm25/*.py",
    "tables/*",
)
"""The modules and tables whose output an index keeps, as patterns inside `retrieval`."""
MAPPED = 1 << 16
"""Size in bytes from which a file is mapped rather than read."""


class UnusableIndex(Exception):  # noqa: N818 - no error: the index is then made anew
    """Why an index cannot be used; its text continues 'The index is'."""


class KnownFile(Value):
    """What a file of the articles folder was read as.

    Attributes:
        file: Its path inside the folder.
        stamps: What the file system said of it, and of what belongs to it.
        skipped: Why it is no article; None where it is one, or belongs to one.
        is_article: Whether it is one.
    """

    file: str
    stamps: Signatures
    skipped: SkippedFile | None = None
    is_article: bool = False


class WrittenFile(Value):
    """A file as it was written.

    Attributes:
        size: Its size in bytes.
        hash: XXH3 of its bytes, in hexadecimal.
    """

    size: Annotated[int, Field(ge=0)]
    hash: str


class IndexOrigin(Value):
    """What an index was made of and by; one made otherwise is another.

    Attributes:
        folder: The articles folder.
        max_bytes: Size in bytes above which a file was skipped.
        reading: Hash of what reads articles: the code, its tables, the libraries it builds on.
    """

    folder: str
    max_bytes: int
    reading: str

    @classmethod
    def of(cls, folder: Path, max_bytes: int) -> "IndexOrigin":
        """How an index of a folder is made today."""
        return cls(folder=str(folder.resolve()), max_bytes=max_bytes, reading=_reading())


class Manifest(Value):
    """What an index is.

    Attributes:
        making: What it was made of and by.
        files: Its files.
    """

    making: IndexOrigin
    files: dict[str, WrittenFile]

    @property
    def mark(self) -> str:
        """What tells it from any other: XXH3 of itself, in hexadecimal."""
        return xxhash.xxh3_128_hexdigest(self.model_dump_json().encode())


class StoredIndex(NamedTuple):
    """An index with what the articles folder was when it was made.

    Attributes:
        base: The articles.
        files: What each file of the folder was read as.
        address: Where it is; None where it is in no files.
    """

    base: BaseSegment
    files: Sequence[KnownFile]
    address: IndexAddress | None = None


_ENTRIES = TypeAdapter(list[ArticleEntry])
_FILES = TypeAdapter(list[KnownFile])


@cache
def _reading() -> str:
    """Hash of the code, tables and libraries whose output an index keeps; another edit leaves indexes as they are."""
    digest = xxhash.xxh3_128()
    room = Path(__file__).parent.parent
    for path in sorted(path for pattern in KEPT for path in room.glob(pattern)):
        digest.update(path.read_bytes())
    for library in ("nupunkt", "PyStemmer", "numpy"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()


# --- writing


def write_index(directory: Path, kept: StoredIndex, making: IndexOrigin) -> None:
    """Write an index beside its place, then put it there.

    Args:
        directory: Its place; what is there is replaced.
        kept: The index.
        making: What it was made of and by.

    Raises:
        OSError: It cannot be written.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    beside = directory.with_name(f".{directory.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)  # the texts of articles that maybe not everybody on this machine may read
    try:
        _write(beside, kept, making)
        _put(beside, directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(directory: Path, kept: StoredIndex, making: IndexOrigin) -> None:
    segment, layout, spelt_out, postings, _ = kept.base
    parts = {"segment": segment, "layout": layout, "spelt_out": spelt_out, "postings": postings}
    for name, array in _arrays("", parts):
        np.save(directory / f"{name}{ARRAY}", array, allow_pickle=False)
    (directory / ENTRIES).write_bytes(_ENTRIES.dump_json(list(segment.entries)))
    (directory / FILES).write_bytes(_FILES.dump_json(list(kept.files)))
    written = {path.name: _as_written(_all_of(path)) for path in sorted(directory.iterdir())}
    manifest = Manifest(making=making, files=written)
    (directory / MANIFEST).write_text(f"{manifest.model_dump_json()}\n{manifest.mark}\n", encoding="utf-8")


def _put(beside: Path, directory: Path) -> None:
    """Put a folder in its place; whoever has the old one open keeps it until it is closed."""
    old = beside.with_name(f"{beside.name}.old")
    if directory.exists():
        directory.rename(old)
    beside.rename(directory)
    shutil.rmtree(old, ignore_errors=True)


def _arrays(name: str, value: object) -> Iterator[tuple[str, Array]]:
    """The arrays of a value, each by the names that lead to it."""
    fields: Mapping[str, object] = {}
    if isinstance(value, TermDictionary):
        fields = {"letters": value.letters, "bounds": value.bounds}
    elif isinstance(value, dict):
        fields = value
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        fields = value._asdict()
    elif isinstance(value, np.ndarray | float):
        yield name, np.asarray(value)
    for field, part in fields.items():
        yield from _arrays(f"{name}.{field}" if name else field, part)


# --- opening


def open_index(directory: Path, making: IndexOrigin, meanwhile: Callable[[], object] = lambda: None) -> StoredIndex:
    """Open an index; every file of it is read through once before this returns, so that nothing damaged is ever quoted.

    Args:
        directory: Its place.
        making: What it must have been made of and by.
        meanwhile: What else is to be done while the files are read through.

    Raises:
        Unusable: There is none, or it is another, or damaged.
    """
    manifest = _manifest(directory)
    if manifest.making != making:
        raise UnusableIndex(_other(manifest.making, making))
    return _checked(directory, manifest, meanwhile)


def open_same(address: IndexAddress) -> StoredIndex:
    """Open the index that another process has opened.

    Args:
        address: Where it is.

    Raises:
        Unusable: It is not there any more, or damaged.
    """
    manifest = _manifest(address.place)
    if manifest.mark != address.mark:
        raise UnusableIndex("another by now")
    return _checked(address.place, manifest)


def _checked(directory: Path, manifest: Manifest, meanwhile: Callable[[], object] = lambda: None) -> StoredIndex:
    try:
        with _checking(directory, manifest.files):
            kept = _opened(directory, manifest.files)._replace(address=IndexAddress(directory, manifest.mark))
            meanwhile()
        if _manifest(directory) != manifest:
            raise UnusableIndex("being replaced")
        return kept
    except (OSError, ValueError, KeyError) as error:
        raise UnusableIndex(f"damaged ({type(error).__name__})") from error


def _manifest(directory: Path) -> Manifest:
    try:
        body, _, rest = (directory / MANIFEST).read_text(encoding="utf-8").partition("\n")
    except FileNotFoundError:
        raise UnusableIndex("not there yet" if not directory.exists() else "no index of articles") from None
    except (OSError, ValueError) as error:
        raise UnusableIndex(f"damaged ({type(error).__name__})") from error
    if rest != xxhash.xxh3_128_hexdigest(body.encode()) + "\n":
        raise UnusableIndex(f"damaged ({MANIFEST})")
    try:
        return Manifest.model_validate_json(body)
    except ValidationError:
        raise UnusableIndex("of another version of policydesk") from None


def _other(found: IndexOrigin, making: IndexOrigin) -> str:
    if found.reading != making.reading:
        return "of another version of policydesk"
    return f"of another folder ({found.folder})" if found.folder != making.folder else "made by other settings"


def _opened(directory: Path, files: Mapping[str, WrittenFile]) -> StoredIndex:
    """What the files of an index hold; nothing of it may be trusted until those that are mapped are checked."""
    arrays = {Path(name).stem: _array(directory / name, file) for name, file in files.items() if name.endswith(ARRAY)}
    entries, known = (_content(directory / name, files[name]) for name in (ENTRIES, FILES))
    segment: Segment = _made(Segment, "segment", arrays, entries=tuple(_ENTRIES.validate_json(entries)))
    layout: Positions = _made(Positions, "layout", arrays)
    postings: Postings = _made(Postings, "postings", arrays)
    spelt_out = TermDictionary(arrays["spelt_out.letters"], arrays["spelt_out.bounds"])
    mapped = MemoryMaps([file for array in arrays.values() if (file := _mapped_by(array)) is not None])
    return StoredIndex(BaseSegment(segment, layout, spelt_out, postings, mapped), _FILES.validate_json(known))


def _array(path: Path, written: WrittenFile) -> Array:
    """The array of a file; a mapped one is shared with other processes until it is written to, which nobody does."""
    if _is_mapped(path.name, written):
        return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
    return np.asarray(np.load(BytesIO(_content(path, written)), allow_pickle=False))


def _mapped_by(array: Array) -> mmap.mmap | None:
    """The mapping that an array looks at; None where it is in memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array.base if isinstance(array.base, mmap.mmap) else None


def _is_mapped(name: str, written: WrittenFile) -> bool:
    return name.endswith(ARRAY) and written.size >= MAPPED


# --- checking


def _content(path: Path, written: WrittenFile) -> bytes:
    """What is in a file."""
    content = path.read_bytes()
    if _as_written(content) != written:
        raise UnusableIndex(f"damaged ({path.name})")
    return content


@contextmanager
def _checking(directory: Path, files: Mapping[str, WrittenFile]) -> Iterator[None]:
    """Check the files that are mapped while something else is done, which counts for nothing where they are damaged."""
    mapped = [name for name in files if _is_mapped(name, files[name])]
    mapped.sort(key=lambda name: -files[name].size)
    with ExitStack() as open_files, ThreadPoolExecutor(1) as threads:
        # Each is mapped a second time for this, so that its pages do not count as this process's ever after. The thread
        # waits for the interpreter's lock each time it asks for it, so it is given all of a file at once.
        contents = [open_files.enter_context(_all_of(directory / name)) for name in mapped]
        found = [threads.submit(_used_up, content) for content in contents]
        try:
            yield
        finally:
            for name, now in zip(mapped, found, strict=True):
                if now.result() != files[name]:
                    raise UnusableIndex(f"damaged ({name})")


def _all_of(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _used_up(content: mmap.mmap) -> WrittenFile:
    """A file as it is, which is not needed any more then."""
    with content:
        return _as_written(content)


def _as_written(content: bytes | mmap.mmap) -> WrittenFile:
    digest = xxhash.xxh3_128()
    digest.update(content)
    return WrittenFile(size=len(content), hash=digest.hexdigest())


# --- values of arrays


def _made(kind: Any, name: str, arrays: Mapping[str, Array], **given: object) -> Any:
    """The value of a kind whose arrays are named after a name."""
    fields: dict[str, object] = {**given}
    for field, hint in get_type_hints(kind).items():
        if field in fields:
            continue
        if hint is TermDictionary:
            fields[field] = TermDictionary(arrays[f"{name}.{field}.letters"], arrays[f"{name}.{field}.bounds"])
        elif hint is float:
            fields[field] = float(arrays[f"{name}.{field}"])
        elif get_origin(hint) is None and hasattr(hint, "_fields"):
            fields[field] = _made(hint, f"{name}.{field}", arrays)
        else:
            fields[field] = arrays[f"{name}.{field}"]
    return kind(**fields)
