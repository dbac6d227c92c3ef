"""`policydesk doctor`: each thing a bot needs is looked at, and what to do is said where one is not well."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.emulator.web.server import Emulator
from bot.emulator.world.faults import InjectedFault
from bot.operations.doctor import CheckLevel, Finding, examine
from bot.settings import read_settings
from tests.support.answers import filled
from tests.support.desk import policydesk, write


async def doctor(emulator: Emulator, **environment: str) -> tuple[int | None, dict[str, str], str]:
    """The exit code, the lines by subject, and all that was said."""
    telegram = {"POLICYDESK_TELEGRAM_TOKEN": emulator.token, "POLICYDESK_TELEGRAM_URL": emulator.url}
    done = await asyncio.to_thread(policydesk, "doctor", **telegram | environment)
    return done.returncode, _lines(done.stdout), done.stdout + done.stderr


def _lines(said: str) -> dict[str, str]:
    """What was said of each subject, its verdict first."""
    return {line[9:21].strip(): f"{line[:8].strip()}: {line[22:]}" for line in said.splitlines()}


async def test_a_desk_that_is_well_has_nothing_but_ok() -> None:
    """One line a thing, exit code 0."""
    async with Emulator(privacy=False, inline=True) as emulator:
        code, lines, said = await doctor(emulator, POLICYDESK_OWNERS="1001")
    assert code == 0, said
    assert list(lines) == [
        "token", "groups", "inline mode", "clock", "articles", "database", "disk", "permissions", "owners"
    ]  # fmt: skip
    assert all(line.startswith("ok: ") for line in lines.values()), said
    assert lines["token"] == "ok: Telegram knows the bot as @policydesk_bot."  # noqa: S105 - no token
    assert emulator.token not in said


async def test_a_right_that_the_bot_lacks_is_said_with_the_way_to_get_it() -> None:
    """It works without, so nothing is wrong."""
    async with Emulator(privacy=True, inline=False) as emulator:
        code, lines, _ = await doctor(emulator)
    assert code == 0
    assert lines["groups"].startswith("look at: In groups the bot hears only commands")
    assert "/setprivacy" in lines["groups"]
    assert lines["inline mode"].startswith("look at: It is off: send /setinline")
    assert "POLICYDESK_OWNERS" in lines["owners"]


async def test_a_refused_token_is_wrong_and_not_shown() -> None:
    """The rest is looked at all the same."""
    async with Emulator() as emulator:
        code, lines, said = await doctor(emulator, POLICYDESK_TELEGRAM_TOKEN="1:misspelt")  # noqa: S106 - opens nothing
    assert code == 1
    assert lines["token"].startswith("wrong: Telegram refuses it")
    assert "misspelt" not in said
    assert lines["articles"].startswith("ok: 5 in ")


async def test_a_telegram_in_trouble_is_said() -> None:
    """By its status, for there is nothing to set right on this machine."""
    async with Emulator() as emulator:
        emulator.faults.arrange("getMe", InjectedFault(kind="bad_gateway"))
        code, lines, _ = await doctor(emulator)
    assert code == 1
    assert lines["token"].startswith("wrong: Telegram answers 502")


def test_a_telegram_that_is_not_there_is_said_without_the_token() -> None:
    """What the network's error says may hold the address, and that the token."""
    done = policydesk("doctor", POLICYDESK_TELEGRAM_TOKEN="1:hidden", POLICYDESK_TELEGRAM_URL="http://127.0.0.1:9")  # noqa: S106
    assert done.returncode == 1
    assert "cannot be reached (no connection)" in done.stdout
    assert "hidden" not in done.stdout + done.stderr


def test_without_a_token_the_rest_is_looked_at() -> None:
    """Before there is a bot, the articles can be put right."""
    done = policydesk("doctor")
    lines = _lines(done.stdout)
    assert done.returncode == 1
    assert lines["token"].startswith("wrong: No Telegram token: get one from @BotFather")
    assert list(lines) == ["token", "articles", "database", "disk", "permissions", "owners"]


@pytest.mark.parametrize(
    ("off", "verdict", "words"),
    [
        (0, CheckLevel.OK, "agrees"),
        (3600, CheckLevel.WRONG, "ahead of Telegram's"),
        (-3600, CheckLevel.WRONG, "behind"),
    ],
)
async def test_a_clock_that_is_off_is_wrong(off: int, verdict: CheckLevel, words: str) -> None:
    """By the date of Telegram's answer."""
    async with Emulator() as emulator:
        settings = read_settings(telegram_token=emulator.token, telegram_url=emulator.url)
        found = await asyncio.to_thread(lambda: {f.subject: f for f in examine(settings, lambda: time.time() + off)})
    assert found["clock"].level is verdict
    assert words in found["clock"].words


def examined(subject: str, **given: object) -> Finding:
    return {finding.subject: finding for finding in examine(read_settings(**given))}[subject]


def test_articles_that_cannot_be_used_are_counted(folder: Callable[..., Path]) -> None:
    """Which and why is said by the command that is named."""
    root = folder(good="Tonga signed the accord.", bad=b"\xff\xfe")
    assert examined("articles", articles=root).level is CheckLevel.LOOK_AT
    assert "1 in " in examined("articles", articles=root).words
    assert "policydesk sources --check" in examined("articles", articles=root).words
    (root / "good.txt").unlink()
    assert examined("articles", articles=root).level is CheckLevel.WRONG


def test_a_database_that_is_not_there_is_not_made() -> None:
    """To look is to change nothing."""
    settings = read_settings()
    assert examined("database").level is CheckLevel.OK
    assert not settings.database.exists()


def _damage(path: Path) -> None:
    content = bytearray(filled(path, *map(str, range(50))).read_bytes())
    for page in range(4096 * 3, len(content), 4096 * 4):
        content[page : page + 300] = b"\xa5" * 300
    path.write_bytes(bytes(content))


def _future(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into _sqlite_migrations (migration_set, name) values ('policydesk', '9999_later')")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_damage, "damaged|malformed"),
        (_future, "newer version of policydesk"),
        (lambda path: write(path, "no database, whatever its name says"), "file is not a database"),
    ],
    ids=["damaged", "newer", "text"],
)
def test_a_database_that_cannot_be_used_is_wrong(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    """With the way out."""
    make(tmp_path / "desk.db")
    found = examined("database", database=tmp_path / "desk.db")
    assert found.level is CheckLevel.WRONG
    assert re.search(words, found.words)
    assert "estore" in found.words


def test_a_database_of_an_older_version_is_well(tmp_path: Path) -> None:
    """The next start brings it up to date; the doctor does not."""
    path = filled(tmp_path / "desk.db", "one")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("delete from _sqlite_migrations where name = '0005_people_and_collections'")
    assert "behind by 1" in examined("database", database=path).words
    assert "behind by 1" in examined("database", database=path).words


@pytest.mark.parametrize("name", [".env", "token", "desk.db"])
def test_a_secret_or_record_that_others_can_read_is_to_be_looked_at(tmp_path: Path, name: str) -> None:
    """`.env`, the token's file and the database."""
    path = Path(".env") if name == ".env" else tmp_path / name
    path.write_bytes(b"")
    path.chmod(0o604)
    given = {"token": {"telegram_token_file": path}, "desk.db": {"database": path}}.get(name, {})
    found = examined("permissions", **given)
    assert (found.level, f"chmod o= {path}" in found.words) == (CheckLevel.LOOK_AT, True)
    path.chmod(0o600)
    assert examined("permissions", **given).level is CheckLevel.OK


def test_every_command_warns_of_settings_that_others_can_read() -> None:
    """`.env` may hold the token."""
    env = Path(".env")
    env.write_text("POLICYDESK_THRESHOLD=0.5\n", encoding="utf-8")
    env.chmod(0o644)
    assert "everybody on this machine can read .env: chmod o= .env" in policydesk("config").stderr
    env.chmod(0o600)
    assert policydesk("config").stderr == ""
