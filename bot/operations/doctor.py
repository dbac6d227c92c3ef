"""The doctor: checks of everything that a bot needs, each with a cure where the check fails."""

import contextlib
import datetime as dt
import os
import shutil
import time
import zoneinfo
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import httpx
from pydantic import ValidationError
from sqlite_utils import Database

from bot.clock import SecondsClock
from bot.errors import SettingsError
from bot.server_url import ServerUrl
from bot.settings import ENV_FILE, Settings, is_readable_by_others
from bot.transport.proxies import proxies_set
from retrieval.errors import ArticlesError
from retrieval.models import Value
from retrieval.reading.articles import read_folder
from storage.database.connection import is_missed
from storage.database.inspection import VERDICTS, check_writable, connect, inspect
from storage.database.verdict_migrations import verdicts_beside
from storage.errors import DatabaseError
from storage.feeds.book import feed_problems
from storage.verdicts.pairing import count_strays

SCARCE_BYTES, SPENT_BYTES = 1_000_000_000, 50_000_000
"""Free space below which to free some, and below which nothing can be recorded."""
SECONDS_OFF = 10
"""Tolerance of the clock: Telegram gives the time in whole seconds, and the answer takes a while."""
PATIENCE_SECONDS = 10


class CheckLevel(StrEnum):
    """Result of a check."""

    OK = "ok"
    LOOK_AT = "look at"
    WRONG = "wrong"


class Finding(NamedTuple):
    """A check's level, its subject, and its result with the cure."""

    level: CheckLevel
    subject: str
    words: str


class _BotUser(Value, extra="ignore"):
    """The bot's own user with its rights (Bot API, getMe)."""

    username: str
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = False


def examine(settings: Settings, clock: SecondsClock = time.time) -> Iterator[Finding]:
    """Check everything that a bot needs, without changing any of it."""
    yield from _telegram(settings, clock)
    yield _articles(settings)
    yield from _database(settings.database) if settings.server is None else _server(settings.server)
    if settings.server is None:
        yield from _verdicts(settings.database)
    with contextlib.suppress(DatabaseError, ImportError), _look_into(settings) as db:  # which its own finding says
        tables = set(db.table_names())
        yield from _watches(db) if "watches" in tables else ()
        yield from _feeds(db) if "feeds" in tables else ()
    yield _disk(settings.database)
    yield from _permissions(settings)
    yield _owners(settings)


# Telegram: the token, what the bot may do, and what time it is


def _telegram(settings: Settings, clock: SecondsClock) -> Iterator[Finding]:
    try:
        proxies_set()
        token = settings.token()
    except SettingsError as error:
        yield Finding(CheckLevel.WRONG, "token", str(error))
        return
    try:
        answer = httpx.get(f"{settings.telegram_url.get_secret_value()}/bot{token}/getMe", timeout=PATIENCE_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # its text may hold the address, and that the token
        reason = "no answer in time" if isinstance(error, httpx.TimeoutException) else "no connection"
        yield Finding(
            CheckLevel.WRONG, "token", f"{settings.telegram_url} cannot be reached ({reason}): check the network."
        )
        return
    me = _bot_user(answer)
    if me is None:
        yield Finding(CheckLevel.WRONG, "token", _refusal(answer))
    else:
        yield Finding(CheckLevel.OK, "token", f"Telegram knows the bot as @{me.username}.")
        yield from _rights(me)
    yield _clock(answer, clock())


def _bot_user(answer: httpx.Response) -> _BotUser | None:
    try:
        return _BotUser.model_validate(answer.json()["result"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


def _refusal(answer: httpx.Response) -> str:
    if answer.status_code in {401, 404}:
        return "Telegram refuses it: get the token from @BotFather and check POLICYDESK_TELEGRAM_TOKEN."
    return f"Telegram answers {answer.status_code}: check POLICYDESK_TELEGRAM_URL, or try again later."


def _rights(me: _BotUser) -> Iterator[Finding]:
    if me.can_read_all_group_messages:
        yield Finding(CheckLevel.OK, "groups", "The bot hears mentions in groups.")
    else:
        yield Finding(
            CheckLevel.LOOK_AT,
            "groups",
            "In groups the bot hears only commands and replies to it: send /setprivacy to @BotFather, choose Disable, "
            "then remove the bot from its groups and add it again; or make it an administrator there.",
        )
    if me.supports_inline_queries:
        yield Finding(CheckLevel.OK, "inline mode", f"@{me.username} can be asked in any chat.")
    else:
        yield Finding(
            CheckLevel.LOOK_AT, "inline mode", "It is off: send /setinline to @BotFather if people shall use it."
        )


def _clock(answer: httpx.Response, now: float) -> Finding:
    try:
        told = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return Finding(CheckLevel.LOOK_AT, "clock", "Telegram did not say what time it is: compare the clock yourself.")
    off = round((dt.datetime.fromtimestamp(now, dt.UTC) - told).total_seconds())
    if abs(off) <= SECONDS_OFF:
        return Finding(CheckLevel.OK, "clock", "It agrees with Telegram's.")
    way = "ahead of" if off > 0 else "behind"
    cure = "have it set over the network (NTP); times on record, limits and forgetting go by it."
    return Finding(CheckLevel.WRONG, "clock", f"It is {abs(off)} seconds {way} Telegram's: {cure}")


# What is on this machine


def _articles(settings: Settings) -> Finding:
    try:
        articles, skipped = read_folder(settings.articles, settings.max_article_bytes)
    except ArticlesError as error:
        return Finding(CheckLevel.WRONG, "articles", str(error))
    found = f"{len(articles)} in {settings.articles}"
    if skipped:
        words = f"{found}; {len(skipped)} files cannot be used: `policydesk sources --check` says why."
        return Finding(CheckLevel.LOOK_AT, "articles", words)
    return Finding(CheckLevel.OK, "articles", f"{found}, all of them usable.")


def _database(path: Path) -> Iterator[Finding]:
    if is_missed(path):
        words = f"{path} is gone, though a bot has worked with it: put it back, or `policydesk restore` a backup."
        yield Finding(CheckLevel.WRONG, "database", words)
        return
    if not path.exists():
        yield _new_database(path)
        return
    try:
        found = inspect(path, thorough=False)
        check_writable(path)
    except DatabaseError as error:
        yield Finding(CheckLevel.WRONG, "database", f"{error} Restore it from a backup, or see POLICYDESK_DATABASE.")
        return
    if found.problems:
        words = f"{path} is damaged ({found.problems[0]}): stop the bot and `policydesk restore` a backup."
        yield Finding(CheckLevel.WRONG, "database", words)
        return
    later = (
        f"; its schema is behind by {len(found.pending)}, which the next start makes up for" if found.pending else ""
    )
    yield Finding(CheckLevel.OK, "database", f"{path} is whole, holds {found.count('exchanges')} exchanges{later}.")


def _server(address: ServerUrl) -> Iterator[Finding]:
    """Check the record on PostgreSQL: whether it can be reached, who leads, and whether another server has it too."""
    try:
        from storage.database.postgres.replication import replication_at  # noqa: PLC0415 - needs the extra

        found = replication_at(address.get_secret_value())
    except ImportError:
        yield Finding(CheckLevel.WRONG, "database", "It is on PostgreSQL: pip install 'policydesk[postgres]'")
        return
    except DatabaseError as error:
        yield Finding(CheckLevel.WRONG, "database", str(error))
        return
    yield Finding(CheckLevel.OK, "database", f"{address} holds {found.exchanges} exchanges.")
    if found.synchronous:
        yield Finding(CheckLevel.OK, "standby", f"{found}.")
    else:
        cure = "what is lost with this server is lost for good; set up a synchronous standby (docs/operations.md)."
        yield Finding(CheckLevel.LOOK_AT, "standby", f"{found}: {cure}")


def _verdicts(log: Path) -> Iterator[Finding]:
    path = verdicts_beside(log)
    if not (log.exists() and path.exists()):
        return
    try:
        strays = count_strays(log)
        count = inspect(path, VERDICTS, thorough=False).count("verdicts")
    except DatabaseError as error:
        yield Finding(CheckLevel.WRONG, "verdicts", f"{error} Restore them with the record from a backup.")
        return
    if strays:
        words = f"{strays} in {path} are on no exchange of {log}: put back the two that belong together."
        yield Finding(CheckLevel.LOOK_AT, "verdicts", words)
    else:
        yield Finding(CheckLevel.OK, "verdicts", f"{path} is whole and belongs to the record; it holds {count}.")


@contextlib.contextmanager
def _look_into(settings: Settings) -> Iterator[Database]:
    """The record, without a change to it."""
    if settings.server is None:
        with connect(settings.database) as connection:
            yield Database(connection, execute_plugins=False)
    else:
        from storage.database.postgres.replication import look_into  # noqa: PLC0415 - needs the extra

        with look_into(settings.server.get_secret_value()) as tables:
            yield tables


def _watches(db: Database) -> Iterator[Finding]:
    """How much is watched for, and whether what is due is told."""
    count, waiting = db.execute(
        "select (select count(*) from watches), (select count(*) from watch_matches)"
    ).fetchone()
    if not count:
        return
    if not zoneinfo.available_timezones():
        words = "This machine knows no time zones, so that daily watches go by UTC: install tzdata."
        yield Finding(CheckLevel.LOOK_AT, "watches", words)
        return
    yield Finding(CheckLevel.OK, "watches", f"{count}; passages that wait to be told: {waiting}.")


def _feeds(db: Database) -> Iterator[Finding]:
    feeds, errors = feed_problems(db)
    for url, error in errors.items():
        words = f"{url}: {error}; see `policydesk feed list`, or `policydesk feed remove` it."
        yield Finding(CheckLevel.LOOK_AT, "feeds", words)
    if feeds and not errors:
        yield Finding(CheckLevel.OK, "feeds", f"Fetched without errors: {feeds}.")


def _new_database(path: Path) -> Finding:
    folder = _nearest_folder(path)
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding(CheckLevel.OK, "database", f"{path} is not there yet; the bot will make it.")
    cure = "give the bot's user the right to write there, or set POLICYDESK_DATABASE."
    return Finding(CheckLevel.WRONG, "database", f"{path} is not there yet, and {folder} cannot be written: {cure}")


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(_nearest_folder(path)).free
    words = f"{free / 1e9:.1f} GB free beside the database"
    if free < SPENT_BYTES:
        return Finding(CheckLevel.WRONG, "disk", f"{words}: free some, for what is not on record is not answered.")
    if free < SCARCE_BYTES:
        return Finding(CheckLevel.LOOK_AT, "disk", f"{words}: free some before it is full.")
    return Finding(CheckLevel.OK, "disk", f"{words}.")


def _nearest_folder(path: Path) -> Path:
    """Return the innermost existing folder above a path."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _permissions(settings: Settings) -> Iterator[Finding]:
    private = (path for path in (ENV_FILE, settings.telegram_token_file, settings.database) if path and path.exists())
    exposed = [path for path in private if is_readable_by_others(path)]
    for path in exposed:
        words = f"Everybody on this machine can read {path}: chmod o= {path}"
        yield Finding(CheckLevel.LOOK_AT, "permissions", words)
    if not exposed:
        yield Finding(CheckLevel.OK, "permissions", "Others on this machine can read neither token nor record.")


def _owners(settings: Settings) -> Finding:
    if settings.owners:
        return Finding(CheckLevel.OK, "owners", f"Named: {len(settings.owners)}.")
    if settings.open:
        return Finding(
            CheckLevel.LOOK_AT, "owners", "Everybody may ask, and nobody can turn somebody away in Telegram."
        )
    return Finding(
        CheckLevel.LOOK_AT,
        "owners",
        "None, so nobody is asked who may ask: send the bot a message, find your user id with `policydesk access list`,"
        " and set POLICYDESK_OWNERS.",
    )
