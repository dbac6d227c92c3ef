"""Shortcuts that all tests of a process take: to go the whole way each time takes longer than most of them."""

import gc
import io
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource
from sqlite_utils import Database, Migrations
from telegram import Bot

from bot import telegram_app
from bot.settings import SEEDS
from prompts.render import Renderer
from retrieval.documents import reader
from retrieval.documents.models import DocumentRefusal, Draft, ReadingLimits
from retrieval.documents.reader_process import Task, answer_to
from retrieval.indexer.parallel_reading import ArticleReader, Batch
from storage.database import connection
from storage.database.migrations import MIGRATIONS

Replace = Callable[[type, str, Any], None]
"""Puts what a class has by a name in the place of what it had."""
READ_ISOLATED = reader._read
"""Reads a document in a process of its own, as it is for people."""


def take_shortcuts(replacing: pytest.MonkeyPatch, empty_database: Path) -> None:
    """Take all of them until what is replaced is put back."""
    import datasette.app  # noqa: PLC0415 - takes long to load, and bots that are forked have no pages

    replacing.setattr(reader, "_read", _read_here)
    replacing.setattr(telegram_app, "register_commands", offer_none)
    replacing.setattr(connection, "_prepare", _copying(empty_database))
    replacing.setattr(datasette.app, "Environment", partial(Environment, bytecode_cache=_CompiledTemplates()))
    read_articles_once(replacing.setattr)
    understand_settings_once(replacing.setattr)


def set_aside() -> None:
    """Have the garbage collector look no more at what has been loaded by now, which stays, and seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _read_here(task: Task, content: bytes) -> Draft | DocumentRefusal:
    """Read a document in this process, unless a test is about limits."""
    usual = ReadingLimits()
    is_usual = task.limits.model_copy(update={"bytes": usual.bytes}) == usual
    return answer_to(task, io.BytesIO(content)) if is_usual else READ_ISOLATED(task, content)


async def offer_none(_bot: Bot, _renderer: Renderer) -> None:
    """Offer no commands."""


def _copying(empty_database: Path) -> Callable[[Database, Path, Migrations], None]:
    """A database that is made begins as a copy of the empty one, which is ten times faster than to make another."""
    prepare = connection._prepare

    def copied(db: Database, path: Path, migrations: Migrations) -> None:
        if migrations is MIGRATIONS and not path.stat().st_size:
            with closing(sqlite3.connect(empty_database)) as empty:
                empty.backup(db.conn)
        prepare(db, path, migrations)

    return copied


def read_articles_once(replace: Replace) -> None:
    """Read the five articles, which never change, for the first library that a process opens of them."""
    read = ArticleReader.read
    read_once = cache(read)

    def read_seeds_once(self: ArticleReader, files: Sequence[str]) -> Batch:
        is_known = self.folder == SEEDS and self.model is None
        return read_once(self, tuple(files)) if is_known else read(self, files)

    replace(ArticleReader, "read", read_seeds_once)


class _CompiledTemplates(BytecodeCache):
    """The templates of the pages for reviewers, compiled for the first site that a process opens."""

    def __init__(self) -> None:
        self._compiled = dict[str, Any]()

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get(f"{bucket.key}{bucket.checksum}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[f"{bucket.key}{bucket.checksum}"] = bucket.code


def understand_settings_once(replace: Replace) -> None:
    """Find out how the environment writes each setting for the first reading of them; it is the same at each."""
    for name in ("_extract_field_info", "_field_is_complex"):
        replace(EnvSettingsSource, name, _finding_out_once(getattr(EnvSettingsSource, name)))


def _finding_out_once(find_out: Callable[..., Any]) -> Callable[..., Any]:
    known = dict[int, Any]()

    def found_out(source: EnvSettingsSource, field: FieldInfo, *rest: object) -> Any:
        if id(field) not in known:
            known[id(field)] = find_out(source, field, *rest)
        return known[id(field)]

    return found_out
