"""A library's index as a folder of files: written whole or not at all, mapped when opened, never trusted unchecked."""

import mmap
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from glob import escape
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO, Annotated, Any, NamedTuple, get_origin, get_type_hints

import numpy as np
import xxhash
from pydantic import Field, TypeAdapter, ValidationError

from retrieval.arrays import Array
from retrieval.bm25.postings import Postings
from retrieval.index.positions import Positions
from retrieval.index.segment import ArticleEntry, Segment
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.column_files import ARRAY
from retrieval.indexer.file_cache import Signatures
from retrieval.indexer.folder_reader import CachedFile
from retrieval.indexer.garbage_collection import without_garbage_collection
from retrieval.indexer.memory_maps import MemoryMaps
from retrieval.indexer.piece_merge import merge_pieces
from retrieval.indexer.snapshot import BaseSegment, IndexAddress
from retrieval.models import SkippedFile, Source, Value
from retrieval.regular_files import open_regular, read_regular
from retrieval.text.term_dictionary import TermDictionary

MANIFEST, ENTRIES, SIGNATURES = "manifest.json", "entries.json", "signatures.json"
RETRIEVAL = Path(__file__).parent.parent
INDEX_CODE = (
    "arrays.py",
    "models.py",
    "file_problems.py",
    "patterns.py",
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


WINDOW = 1 << 26
"""How many bytes of a file are mapped at a time when it is checked."""
CHECKERS = 2
"""How many files are checked at a time."""


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
    signatures: Signatures
    skipped: SkippedFile | None = None
    is_article: bool = False


class WrittenFile(Value):
    """A file as it was written: its size in bytes, and XXH3 of its bytes in hexadecimal."""

    size: Annotated[int, Field(ge=0)]
    hash: str


class IndexOrigin(Value):
    """The settings and code that an index was made by; an index made otherwise is another.

    Where the articles are, and on which machine, counts for nothing: their content tells whether they are the same.
    """

    max_bytes: int
    reading: str  # hash of the code, its tables, the libraries it builds on
    model: str = ""  # the mark of the semantic model; empty where there is none

    @classmethod
    def of(cls, max_bytes: int, model: SemanticModel | None = None) -> "IndexOrigin":
        """Return how an index is made today."""
        return cls(max_bytes=max_bytes, reading=hash_code(), model=model.mark if model else "")


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


def write_index(place: Path, pieces: Iterable[Segment], origin: IndexOrigin, memory: int) -> None:
    """Write an index beside its place, then put it there, instead of any that was; for the holder of the lock.

    Args:
        place: The folder of the index.
        pieces: Segments with the articles, in the order of file names.
        origin: How the index is made.
        memory: About how many bytes are used at a time, besides those that the pieces come from.

    Raises:
        ArticlesError: There is no passage.
        OSError: It cannot be written.
    """
    for left in place.parent.glob(f".{escape(place.name)}.*"):  # by processes that were killed
        shutil.rmtree(left, ignore_errors=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.mkdir(mode=0o700)  # the texts of articles that maybe not everybody on this machine may read
    try:
        with (beside / ENTRIES).open("wb") as entries:
            merge_pieces(beside, _writing_entries(entries, pieces), memory)
        files = {path.name: _hash_file(path) for path in sorted(beside.iterdir())}
        manifest = Manifest(making=origin, files=files)
        (beside / MANIFEST).write_text(f"{manifest.model_dump_json()}\n{manifest.mark}\n", encoding="utf-8")
        _move(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _writing_entries(file: IO[bytes], pieces: Iterable[Segment]) -> Iterator[Segment]:
    """Pass pieces on, their entries written as a list in JSON."""
    before = b"["
    for piece in pieces:
        for entry in piece.entries:
            file.write(before + entry.__pydantic_serializer__.to_json(entry))
            before = b","
        yield piece._replace(entries=())
    file.write(b"]" if before == b"," else b"[]")
    file.flush()


def write_signatures(address: IndexAddress, files: Iterable[CachedFile]) -> None:
    """Note of which files the file system says that they are as they were when their articles were indexed.

    They are no part of an index: they hold for one machine, and where they are not those of the files there, these are
    told by their content.

    Args:
        address: The index.
        files: The files whose articles are in it, and those that hold none.

    Raises:
        OSError: They cannot be written.
    """
    body = _FILES.dump_json([_known_file(cached) for cached in files])
    beside = address.place / f".{SIGNATURES}.{os.getpid()}"
    beside.write_bytes(body + f"\n{_signatures_hash(address.mark, body)}\n".encode())
    beside.replace(address.place / SIGNATURES)


def _signatures_hash(mark: str, body: bytes) -> str:
    return xxhash.xxh3_128_hexdigest(mark.encode() + body)


def _known_file(cached: CachedFile) -> KnownFile:
    file, signatures, content = cached
    skipped = content if isinstance(content, SkippedFile) else None
    return KnownFile(
        file=file, signatures=signatures, skipped=skipped, is_article=content is not None and skipped is None
    )


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
            with without_garbage_collection():
                stored = _read_index(place, manifest)
            yield stored
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
    return "made by other settings"


def _read_index(place: Path, manifest: Manifest) -> StoredIndex:
    """Read an index; nothing of it may be trusted until the files that are mapped are checked."""
    files = manifest.files
    arrays = {Path(name).stem: _read_array(place / name, file) for name, file in files.items() if name.endswith(ARRAY)}
    entries = _ENTRIES.validate_json(_read_checked(place / ENTRIES, files[ENTRIES]))
    base = BaseSegment(
        segment=_assemble(Segment, "segment", arrays, entries=tuple(entries)),
        positions=_assemble(Positions, "positions", arrays),
        long_forms=_assemble(TermDictionary, "long_forms", arrays),
        postings=_assemble(Postings, "postings", arrays),
        mapped=MemoryMaps([file for array in arrays.values() if (file := _map_of(array)) is not None]),
    )
    address = IndexAddress(place, manifest.mark)
    return StoredIndex(base, _read_signatures(address, {entry.source.file: entry.source for entry in entries}), address)


def _read_signatures(address: IndexAddress, sources: Mapping[str, Source]) -> Sequence[CachedFile]:
    """Read the notes of files; none where they are damaged, or of another index."""
    try:
        body, _, rest = read_regular(address.place / SIGNATURES).partition(b"\n")
        known = _FILES.validate_json(body) if rest.decode().strip() == _signatures_hash(address.mark, body) else ()
    except (OSError, ValueError):
        return []
    return [CachedFile(f.file, f.signatures, sources.get(f.file) if f.is_article else f.skipped) for f in known]


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
    """Return the value of a kind, its arrays named by the fields that lead to them, of some fields the value given."""
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
    sizes = {name: written.size for name, written in files.items() if _is_mapped(name, written)}
    mapped = sorted(sizes, key=sizes.__getitem__, reverse=True)
    with ThreadPoolExecutor(CHECKERS) as threads:
        hashes = [threads.submit(_hash_file, place / name) for name in mapped]
        try:
            yield
        finally:
            for name, found in zip(mapped, hashes, strict=True):
                if found.result() != files[name]:
                    raise UnusableIndex(f"damaged ({name})")


def _hash_file(path: Path) -> WrittenFile:
    """Hash a file through mappings of its own, so that its pages do not count as this process's ever after.

    Whoever hashes waits for the interpreter's lock each time it asks for it, so it is given much of a file at once.
    """
    digest = xxhash.xxh3_128()
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        for first in range(0, size, WINDOW):
            with mmap.mmap(file.fileno(), min(WINDOW, size - first), access=mmap.ACCESS_READ, offset=first) as window:
                digest.update(window)
    return WrittenFile(size=size, hash=digest.hexdigest())


def _hash_bytes(content: bytes) -> WrittenFile:
    return WrittenFile(size=len(content), hash=xxhash.xxh3_128_hexdigest(content))
