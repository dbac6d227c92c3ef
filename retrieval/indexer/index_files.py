"""A library's index as a folder of files: written whole or not at all, mapped when opened, never trusted unchecked."""

import mmap
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_origin, get_type_hints

import numpy as np
import xxhash
from pydantic import Field, TypeAdapter, ValidationError

from retrieval.arrays import Array
from retrieval.bm25.postings import Postings
from retrieval.index.positions import Positions
from retrieval.index.segment import ArticleEntry, Segment
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.file_cache import Signatures
from retrieval.indexer.folder_reader import CachedFile
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.indexer.snapshot import BaseSegment, IndexAddress
from retrieval.models import SkippedFile, Value
from retrieval.regular_files import open_regular, read_regular
from retrieval.text.term_dictionary import TermDictionary

MANIFEST, ENTRIES, FILES, ARRAY = "manifest.json", "entries.json", "files.json", ".npy"
RETRIEVAL = Path(__file__).parent.parent
INDEX_CODE = (
    "arrays.py",
    "models.py",
    "file_problems.py",
    "reading/*.py",
    "text/**/*.py",
    "tables/background.txt",
    "tables/languages.txt",
    "tables/places.json",
    "index/*.py",
    "bm25/parameters.py",
    "bm25/postings.py",
    "bm25/build_*.py",
    "indexer/*.py",
)
"""The modules and tables whose output an index keeps, as patterns inside `retrieval`; an edit of any other leaves
indexes as they are."""
MAPPED = 1 << 16
"""Size in bytes from which a file is mapped rather than read."""


class UnusableIndex(Exception):  # noqa: N818 - no error: the index is then made anew
    """Why an index cannot be used; its text continues 'The index is'."""


class StoredIndex(NamedTuple):
    """An index with the articles folder as it was when the index was made."""

    base: BaseSegment
    files: Sequence[CachedFile]
    address: IndexAddress | None = None  # None where the index is in no files


class KnownFile(Value):
    """A file of the articles folder as it was read; its article is among the index's entries."""

    file: str
    stamps: Signatures
    skipped: SkippedFile | None = None
    is_article: bool = False


class WrittenFile(Value):
    """A file as it was written: its size in bytes, and XXH3 of its bytes in hexadecimal."""

    size: Annotated[int, Field(ge=0)]
    hash: str


class IndexOrigin(Value):
    """The folder, settings and code that an index was made of; an index made otherwise is another."""

    folder: str
    max_bytes: int
    reading: str  # hash of the code, its tables, the libraries it builds on
    model: str = ""  # the mark of the semantic model; empty where there is none

    @classmethod
    def of(cls, folder: Path, max_bytes: int, model: SemanticModel | None = None) -> "IndexOrigin":
        """Return how an index of a folder is made today."""
        mark = model.mark if model else ""
        return cls(folder=str(folder.resolve()), max_bytes=max_bytes, reading=hash_code(), model=mark)


@cache
def hash_code(room: Path = RETRIEVAL) -> str:
    """Return a hash of `INDEX_CODE` inside a folder, and of the versions of the libraries that it builds on."""
    digest = xxhash.xxh3_128()
    for path in sorted(path for pattern in INDEX_CODE for path in room.glob(pattern)):
        digest.update(path.read_bytes())
    for library in ("nupunkt", "markdown-it-py", "PyStemmer", "numpy"):
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()


class Manifest(Value):
    """The origin and the files of an index."""

    making: IndexOrigin
    files: dict[str, WrittenFile]

    @property
    def mark(self) -> str:
        """XXH3 of the manifest, in hexadecimal, which tells the index from any other."""
        return xxhash.xxh3_128_hexdigest(self.model_dump_json().encode())


_ENTRIES = TypeAdapter(list[ArticleEntry])
_FILES = TypeAdapter(list[KnownFile])


# --- writing


def index_lock(place: Path) -> AbstractContextManager[object]:
    """Return the lock of a process that makes the index of a place."""
    from filelock import FileLock  # noqa: PLC0415 - a process that only opens an index needs none

    return FileLock(f"{place}.lock")


def put_in_files(place: Path, stored: StoredIndex, origin: IndexOrigin) -> StoredIndex:
    """Write an index, replacing any at its place, and open it, so that its arrays need no memory of this process.

    Raises:
        OSError: It cannot be written.
    """
    _write_index(place, stored, origin)
    try:
        return open_index(place, origin)
    except UnusableIndex as reason:
        raise OSError(f"what was written is {reason}") from reason


def _write_index(place: Path, stored: StoredIndex, origin: IndexOrigin) -> None:
    """Write an index beside its place, then put it there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)  # the texts of articles that maybe not everybody on this machine may read
    try:
        _write_files(beside, stored, origin)
        _move(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_files(directory: Path, stored: StoredIndex, origin: IndexOrigin) -> None:
    for name, array in _named_arrays("", stored.base):
        np.save(directory / f"{name}{ARRAY}", array, allow_pickle=False)
    (directory / ENTRIES).write_bytes(_ENTRIES.dump_json(list(stored.base.segment.entries)))
    (directory / FILES).write_bytes(_FILES.dump_json([_known_file(cached) for cached in stored.files]))
    files = {path.name: _hash_bytes(_map_file(path)) for path in sorted(directory.iterdir())}
    manifest = Manifest(making=origin, files=files)
    (directory / MANIFEST).write_text(f"{manifest.model_dump_json()}\n{manifest.mark}\n", encoding="utf-8")


def _named_arrays(name: str, value: object) -> Iterator[tuple[str, Array]]:
    """Return the arrays of a value, each by the names of the fields that lead to it."""
    fields: Mapping[str, object] = {}
    if isinstance(value, TermDictionary):
        fields = {"letters": value.letters, "bounds": value.bounds}
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        fields = value._asdict()
    elif isinstance(value, np.ndarray | float):
        yield name, np.asarray(value)
    for field, part in fields.items():
        yield from _named_arrays(f"{name}.{field}" if name else field, part)


def _known_file(cached: CachedFile) -> KnownFile:
    file, stamps, content = cached
    skipped = content if isinstance(content, SkippedFile) else None
    return KnownFile(file=file, stamps=stamps, skipped=skipped, is_article=content is not None and skipped is None)


def _move(beside: Path, place: Path) -> None:
    """Put a folder in its place; a process that has the old folder open keeps its files."""
    old = beside.with_name(f"{beside.name}.old")
    if place.exists():
        place.rename(old)
    beside.rename(place)
    shutil.rmtree(old, ignore_errors=True)


# --- opening


def open_index(place: Path, origin: IndexOrigin) -> StoredIndex:
    """Open an index; every file of it is read through before, so that nothing damaged is ever quoted.

    Raises:
        UnusableIndex: There is none, or it is another, or damaged.
    """
    with opening_index(place, origin) as stored:
        return stored


@contextmanager
def opening_index(place: Path, origin: IndexOrigin) -> Iterator[StoredIndex]:
    """Open an index; its files are read through beside the work of the block, and trusted once the block has ended.

    Raises:
        UnusableIndex: There is none, or it is another, or damaged.
    """
    manifest = _read_manifest(place)
    if manifest.making != origin:
        raise UnusableIndex(_name_difference(manifest.making, origin))
    with _opening(place, manifest) as stored:
        yield stored


def open_same(address: IndexAddress) -> StoredIndex:
    """Open the index that another process has opened.

    Raises:
        UnusableIndex: It is not there any more, or damaged.
    """
    manifest = _read_manifest(address.place)
    if manifest.mark != address.mark:
        raise UnusableIndex("another by now")
    with _opening(address.place, manifest) as stored:
        return stored


@contextmanager
def _opening(place: Path, manifest: Manifest) -> Iterator[StoredIndex]:
    try:
        with _checking(place, manifest.files):
            yield _read_index(place, manifest)
        if _read_manifest(place) != manifest:
            raise UnusableIndex("being replaced")
    except (OSError, ValueError, KeyError) as error:
        raise UnusableIndex(f"damaged ({type(error).__name__})") from error


def _read_manifest(place: Path) -> Manifest:
    try:
        body, _, rest = read_regular(place / MANIFEST).decode().partition("\n")
    except FileNotFoundError:
        raise UnusableIndex("not there yet" if not place.exists() else "no index of articles") from None
    except (OSError, ValueError) as error:
        raise UnusableIndex(f"damaged ({type(error).__name__})") from error
    if rest != xxhash.xxh3_128_hexdigest(body.encode()) + "\n":
        raise UnusableIndex(f"damaged ({MANIFEST})")
    try:
        return Manifest.model_validate_json(body)
    except ValidationError:
        raise UnusableIndex("of another version of policydesk") from None


def _name_difference(found: IndexOrigin, origin: IndexOrigin) -> str:
    if found.reading != origin.reading:
        return "of another version of policydesk"
    return f"of another folder ({found.folder})" if found.folder != origin.folder else "made by other settings"


def _read_index(place: Path, manifest: Manifest) -> StoredIndex:
    """Read an index; nothing of it may be trusted until the files that are mapped are checked."""
    files = manifest.files
    arrays = {Path(name).stem: _read_array(place / name, file) for name, file in files.items() if name.endswith(ARRAY)}
    entries = _ENTRIES.validate_json(_read_checked(place / ENTRIES, files[ENTRIES]))
    known = _FILES.validate_json(_read_checked(place / FILES, files[FILES]))
    base = BaseSegment(
        segment=_assemble(Segment, "segment", arrays, entries=tuple(entries)),
        positions=_assemble(Positions, "positions", arrays),
        long_forms=_assemble(TermDictionary, "long_forms", arrays),
        postings=_assemble(Postings, "postings", arrays),
        mapped=MemoryMaps([file for array in arrays.values() if (file := _map_of(array)) is not None]),
    )
    sources = {entry.source.file: entry.source for entry in entries}
    cached = [CachedFile(f.file, f.stamps, sources[f.file] if f.is_article else f.skipped) for f in known]
    return StoredIndex(base, cached, IndexAddress(place, manifest.mark))


def _read_array(path: Path, written: WrittenFile) -> Array:
    """Read or map an array; a mapped one is shared with other processes until it is written to, which nobody does."""
    if _is_mapped(path.name, written):
        return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
    return np.asarray(np.load(BytesIO(_read_checked(path, written)), allow_pickle=False))


def _map_of(array: Array) -> mmap.mmap | None:
    """Return the mapping that an array looks at; None where it is in memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array.base if isinstance(array.base, mmap.mmap) else None


def _assemble(kind: Any, name: str, arrays: Mapping[str, Array], **fields: object) -> Any:
    """Return the value of a kind whose arrays are named as by `_named_arrays`, of some fields the value given."""
    if kind is TermDictionary:
        return TermDictionary(arrays[f"{name}.letters"], arrays[f"{name}.bounds"])
    if kind is float:
        return float(arrays[name])
    if get_origin(kind) is not None:
        return arrays[name]
    parts = {field: hint for field, hint in get_type_hints(kind).items() if field not in fields}
    return kind(**fields, **{field: _assemble(hint, f"{name}.{field}", arrays) for field, hint in parts.items()})


# --- checking


def _is_mapped(name: str, written: WrittenFile) -> bool:
    return name.endswith(ARRAY) and written.size >= MAPPED


def _read_checked(path: Path, written: WrittenFile) -> bytes:
    content = read_regular(path)
    if _hash_bytes(content) != written:
        raise UnusableIndex(f"damaged ({path.name})")
    return content


@contextmanager
def _checking(place: Path, files: Mapping[str, WrittenFile]) -> Iterator[None]:
    """Check the files that are mapped beside the work of the block, which counts for nothing where they are damaged."""
    mapped = [name for name in files if _is_mapped(name, files[name])]
    mapped.sort(key=lambda name: -files[name].size)
    with ExitStack() as open_files, ThreadPoolExecutor(1) as threads:
        # Each is mapped a second time for this, so that its pages do not count as this process's ever after. The thread
        # waits for the interpreter's lock each time it asks for it, so it is given all of a file at once.
        contents = [open_files.enter_context(_map_file(place / name)) for name in mapped]
        hashes = [threads.submit(_hash_and_close, content) for content in contents]
        try:
            yield
        finally:
            for name, found in zip(mapped, hashes, strict=True):
                if found.result() != files[name]:
                    raise UnusableIndex(f"damaged ({name})")


def _map_file(path: Path) -> mmap.mmap:
    with open_regular(path) as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _hash_and_close(content: mmap.mmap) -> WrittenFile:
    with content:
        return _hash_bytes(content)


def _hash_bytes(content: bytes | mmap.mmap) -> WrittenFile:
    digest = xxhash.xxh3_128()
    digest.update(content)
    return WrittenFile(size=len(content), hash=digest.hexdigest())
