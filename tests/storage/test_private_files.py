"""Files that hold the record are their owner's, whoever writes them, and are never written where a link leads."""

import csv
import io
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import RecordError
from bot.record.export import write_out
from storage.database.backups import back_up
from storage.database.connection import DeskDatabase
from storage.delivery.in_flight import InFlightReplies
from storage.errors import DatabaseError
from storage.record.exchanges import ExchangeLog
from storage.verdicts.book import VerdictBook
from storage.verdicts.reviewers import ReviewRole, add_reviewer
from tests.support.answers import exchange, filled
from tests.support.desk import policydesk


@pytest.fixture(autouse=True)
def _generous_umask() -> Iterator[None]:
    """Everybody may read what this account makes, unless it is made otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_whatever_holds_the_record_is_for_its_owner_only(tmp_path: Path) -> None:
    """Whoever writes it: the bot, a command, a reviewer; journals and what is on its way included."""
    place = tmp_path / "files"
    place.mkdir(mode=0o755)
    path = filled(place / "desk.db", "one")
    environment = {"POLICYDESK_DATABASE": str(path)}
    with closing(DeskDatabase(path)) as database:
        ExchangeLog(database).record(exchange("two"))
        InFlightReplies(path).open()
        VerdictBook(database).close()
        add_reviewer(place / "reviewers.json", "Ada", ReviewRole.OWNER, "a long password")
        back_up(path, place / "copy.db")
        for form in ("csv", "jsonl", "md", "html"):
            written = policydesk("history", "export", "--format", form, "--output", place / form, **environment)
            assert written.returncode == 0, written.stderr
        assert policydesk("judgments", "export", "--output", place / "judged", **environment).returncode == 0
        modes = {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in place.iterdir() if file.is_file()}
    assert {"desk.db", "desk.db-wal", "desk.db-shm", "desk.db.departures", "copy.db", "csv", "judged"} <= set(modes)
    assert set(modes.values()) == {"0o600"}


def test_what_stands_where_a_link_leads_is_not_written(tmp_path: Path) -> None:
    """Somebody who may make links in a folder cannot have other files overwritten, or learn what is written."""
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs", encoding="utf-8")
    for name in ("out.csv", "out.csv.part", "desk.db.departures"):
        (tmp_path / name).symlink_to(theirs)
    write_out(["ours"], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "ours"
    assert not (tmp_path / "out.csv").is_symlink()
    with pytest.raises(DatabaseError, match="cannot be used"):
        InFlightReplies(tmp_path / "desk.db").open()
    assert theirs.read_text(encoding="utf-8") == "theirs"


def test_an_export_takes_the_place_of_text_only(tmp_path: Path) -> None:
    """A slip costs neither a database nor a device."""
    path = filled(tmp_path / "desk.db", "one")
    os.mkfifo(tmp_path / "pipe")
    before = path.read_bytes()
    for place, said in ((path, "is no text"), (tmp_path / "pipe", "cannot be written"), (tmp_path, "cannot be wri")):
        with pytest.raises(RecordError, match=said):
            write_out(["ours"], place)
    assert path.read_bytes() == before
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_table_begins_with_the_mark_by_which_spreadsheets_know_its_encoding(log: ExchangeLog, tmp_path: Path) -> None:
    """Without it Japanese is garbled; what is read with the mark in mind has the plain names."""
    log.record(exchange("ベトナムとの署名式はいつですか"))
    assert policydesk("history", "export", "--format", "csv", "--output", tmp_path / "out.csv").returncode == 0
    content = (tmp_path / "out.csv").read_bytes()
    assert (content[:3], content.count(b"\xef\xbb\xbf")) == (b"\xef\xbb\xbf", 1)
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (row["id"], row["question"]) == ("1", "ベトナムとの署名式はいつですか")
    assert policydesk("history", "export", "--format", "csv").stdout.startswith("\ufeffid,")
