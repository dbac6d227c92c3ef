"""A recording is the same each time, and says what has changed since another."""

import shutil
from contextlib import closing
from pathlib import Path

from bot.app import open_desk
from bot.settings import Settings
from retrieval.library import Library
from storage.database.connection import DeskDatabase
from tests.recording import Scribe, differences, first_answers, read, write


def test_a_recording_is_the_same_each_time_until_what_is_said_changes(
    tmp_path: Path, settings: Settings, seeds: Library, empty_database: Path
) -> None:
    files = []
    for name in ("before", "after"):
        database = Path(shutil.copy(empty_database, tmp_path / f"{name}.db"))
        with closing(DeskDatabase(database)) as opened:
            files.append(tmp_path / f"{name}.jsonl")
            write(first_answers(Scribe(open_desk(settings, seeds, opened), opened), 10), files[-1])
    before, after = map(read, files)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert list(differences(before, after)) == []
    changed = after | {"judged/j-001/en/cli": '"Nobody.\\nNobody knows."', "new": "1"}
    first, second = differences(before, changed)
    assert first.splitlines()[0] == "judged/j-001/en/cli"
    assert '  +"Nobody.' in first.splitlines()
    assert second == "new\n  @@ -0,0 +1 @@\n  +1"
