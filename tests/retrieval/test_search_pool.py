"""A large library is searched by several processes, with the same findings, whatever becomes of them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from operator import methodcaller
from pathlib import Path
from pickle import PicklingError
from typing import NamedTuple

import psutil
import pytest

from bot.settings import SEEDS
from retrieval.arrays import Flags
from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.bm25.scorer import ScoredPassage
from retrieval.evaluation.judged_questions import read_questions
from retrieval.glossary.readings import Glossary
from retrieval.glossary.table import parse
from retrieval.indexer.location import NOWHERE, IndexLocation
from retrieval.library import Library
from retrieval.models import Findings, Query
from retrieval.query.reader import LanguageOptions
from retrieval.ranking.tuning import Tuning
from retrieval.search_pool import SearchPool
from tests.support.desk import write

pytest.importorskip("numba")

PATROL = "Ships for Tonga\n\nJapan handed {} patrol ships to Tonga in Nukualofa on Monday.\n"
ASKED = "How many patrol ships did Japan hand to Tonga?"
JUDGED = Path(__file__).parents[1] / "judgments" / "questions.jsonl"


class NeverSearches:
    """An engine of which nothing may be asked: who has it must have others search."""

    def search(self, terms: Mapping[str, float], k: int, allowed: Flags | None = None) -> list[ScoredPassage]:
        raise AssertionError(f"asked for the {k} best for {terms} among {allowed}")

    def idf(self, term: str) -> float:
        raise AssertionError(f"asked for {term}")


def searched_by_others(library: Library) -> Library:
    """A library that cannot be searched by the process that has it."""
    return Library(library.snapshot._replace(engine=NeverSearches()), tuning=library.tuning)


class Staffed(NamedTuple):
    """A folder of articles, and a process that searches it.

    Attributes:
        root: The folder.
        folder: Reads it.
        library: The articles in the beginning.
        searchers: Have them searched.
        notes: What was said of processes that fail.
    """

    root: Path
    folder: ArticlesFolder
    library: Library
    searchers: SearchPool
    notes: list[str]

    def search(self, library: Library, query: Query, k: int) -> Findings:
        """What they find."""
        findings: Findings = self.searchers.do(library, methodcaller("search", query, k))
        return findings

    def first_quote(self, library: Library) -> str:
        """The first quote for a question about Tonga."""
        return self.search(library, library.read(ASKED), 3).hits[0].passage.text

    def processes(self) -> list[psutil.Process]:
        """Those that search; one that has ended stays listed until others are started."""
        alive = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
        return [child for child in alive if "spawn_main" in " ".join(child.cmdline())]


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """The five articles, one about Tonga, and one process."""
    place = tmp_path_factory.mktemp("staffed")
    shutil.copytree(SEEDS, place / "articles")
    write(place / "articles" / "tonga", PATROL.format("seven"))
    folder = ArticlesFolder(place / "articles", engine=ScorerName.MAX_SCORE, keeping=IndexLocation(place / "index"))
    notes: list[str] = []
    with closing(SearchPool(1, notes.append)) as searchers:
        library = folder.open()
        searchers.begin(library)
        searchers.wait()
        yield Staffed(place / "articles", folder, library, searchers, notes)


def test_others_find_what_the_library_itself_finds(staffed: Staffed) -> None:
    others = searched_by_others(staffed.library)
    for judged in read_questions(JUDGED):
        query = staffed.library.read(judged.question)
        assert staffed.search(others, query, 10) == staffed.library.search(query, 10)


def test_of_many_who_ask_at_once_each_gets_what_was_found_for_them(staffed: Staffed) -> None:
    others = searched_by_others(staffed.library)
    queries = [staffed.library.read(judged.question) for judged in read_questions(JUDGED)]
    with ThreadPoolExecutor(8) as askers:
        found = list(askers.map(lambda query: staffed.search(others, query, 5), queries))
    assert found == [staffed.library.search(query, 5) for query in queries]


def unreadable(library: Library) -> Findings:
    """What fails as a broken pipe does, and is none."""
    raise FileNotFoundError(f"asked for {library.hash}")


@pytest.mark.parametrize(
    ("work", "error"), [(methodcaller("nothing"), AttributeError), (unreadable, FileNotFoundError)]
)
def test_what_goes_wrong_with_one_question_is_told_to_who_asked_it_and_to_nobody_else(
    staffed: Staffed, work: Callable[[Library], Findings], error: type[Exception]
) -> None:
    before = staffed.processes()
    with pytest.raises(error):
        staffed.searchers.do(searched_by_others(staffed.library), work)
    assert staffed.notes == []
    assert "seven" in staffed.first_quote(searched_by_others(staffed.library))
    assert staffed.processes() == before


def test_what_cannot_be_handed_to_them_is_an_error_and_questions_go_on_being_answered(staffed: Staffed) -> None:
    with closing(SearchPool(1)) as searchers:
        searchers.begin(staffed.library)
        searchers.wait()
        with pytest.raises((PicklingError, AttributeError)):
            searchers.do(staffed.library, lambda library: library)
        assert "seven" in staffed._replace(searchers=searchers).first_quote(staffed.library)


def test_what_has_changed_since_they_were_started_is_found_by_them(staffed: Staffed) -> None:
    write(staffed.root / "tonga", PATROL.format("eight"))
    now = staffed.folder.open(before=staffed.library)
    for library, count in ((staffed.library, "seven"), (now, "eight"), (now, "eight"), (staffed.library, "seven")):
        assert f"handed {count} patrol ships" in staffed.first_quote(searched_by_others(library))


def test_they_go_by_the_weights_of_the_desk(staffed: Staffed) -> None:
    query, tuned = staffed.library.read(ASKED), staffed.library.with_tuning(Tuning(intercept=-1.0))
    found = staffed.search(searched_by_others(tuned), query, 3).confidence
    assert found == tuned.search(query, 3).confidence < staffed.library.search(query, 3).confidence


def reading_of(question: str, library: Library) -> Query:
    """The question as a library reads it; picklable, as part of work."""
    return library.read(question)


def test_they_read_as_the_desk_does_with_its_own_glossary_and_first_language(staffed: Staffed) -> None:
    glossary = Glossary(tuple(parse("Tonga | Friendly Islands\tトンガ\t\tplace\n", "own.tsv")))
    library = Library(staffed.library.snapshot, languages=LanguageOptions(glossary, "ja"))
    work = partial(reading_of, "Ships for the Friendly Islands")
    assert staffed.searchers.do(library, work) == library.read("Ships for the Friendly Islands")
    assert staffed.searchers.do(staffed.library, work) == staffed.library.read("Ships for the Friendly Islands")
    assert library.read("Ships for the Friendly Islands") != staffed.library.read("Ships for the Friendly Islands")


def test_they_search_on_while_all_of_the_service_is_told_to_stop(staffed: Staffed) -> None:
    for process in staffed.processes():
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
    assert "seven" in staffed.first_quote(searched_by_others(staffed.library))


def test_a_library_without_an_index_in_files_searches_itself(staffed: Staffed) -> None:
    in_memory = ArticlesFolder(staffed.root, engine=ScorerName.MAX_SCORE, keeping=NOWHERE).open()
    assert "patrol ships to Tonga" in staffed.first_quote(in_memory)


def test_until_one_is_ready_or_where_there_are_none_the_library_searches_itself(staffed: Staffed) -> None:
    for count in (1, 0):
        with closing(SearchPool(count)) as searchers:
            assert "seven" in staffed._replace(searchers=searchers).first_quote(staffed.library)
            assert searchers.at_work == count


def test_when_one_is_killed_the_library_searches_itself_and_it_is_said_once(staffed: Staffed) -> None:
    for process in staffed.processes():
        process.kill()
        process.wait()
    for _ in range(3):
        assert "seven" in staffed.first_quote(staffed.library)
    assert len(staffed.notes) == 1
    assert "the bot searches alone until others are started" in staffed.notes[0]


STARTED = """
import sys
from pathlib import Path
from retrieval.bm25.choice import ScorerName
from retrieval.articles_folder import ArticlesFolder
from retrieval.indexer.location import IndexLocation
from retrieval.search_pool import SearchPool
if __name__ == "__main__":
    keeping = IndexLocation(Path(sys.argv[2]))
    library = ArticlesFolder(Path(sys.argv[1]), engine=ScorerName.MAX_SCORE, keeping=keeping).open()
    searchers = SearchPool(1)
    searchers.begin(library)
    searchers.wait()
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_they_end_with_the_bot_however_it_ends(staffed: Staffed, tmp_path: Path) -> None:
    script = tmp_path / "bot.py"
    script.write_text(STARTED)
    command = [sys.executable, *map(str, (script, staffed.root, tmp_path / "index"))]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as bot:
        assert bot.stdout is not None
        assert bot.stdout.readline() == b"ready\n"
        children = psutil.Process(bot.pid).children()
        assert children
        bot.kill()
    assert psutil.wait_procs(children, timeout=60)[1] == []
