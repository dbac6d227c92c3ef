"""The questions of one library, read and answered; the latest of both are kept, for colleagues ask the same."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from threading import Lock
from typing import Protocol, TypeVar, TypeVarTuple

from cachetools import LRUCache

from bot.desk.asker import storable
from prompts.composition.answering import AnswerWithFindings, answer_with_findings, find_answer, make_brief
from prompts.composition.brief import BriefPlan
from prompts.models import Answer
from retrieval.library import Library
from retrieval.models import Explanation, Findings, Query
from retrieval.query.follow_ups import follow

HITS = 10
"""How many passages are found for a question."""
REMEMBERED = 500
"""How many questions and answers are kept for each library."""

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class LibraryRunner(Protocol):
    """Runs work on a library, in this process or in another; the work must then be picklable."""

    def __call__(self, library: Library, work: Callable[[Library], Result], /) -> Result:
        """Return the result of the work on the library."""
        ...


def run_here(library: Library, work: Callable[[Library], Result]) -> Result:
    """Run work in this process."""
    return work(library)


class AnswerCache:
    """Reads and answers questions from one library.

    Questions come with those they lean on, oldest first; `collections` restricts a question that names none itself.
    """

    def __init__(self, library: Library, threshold: float, sure: float, run: LibraryRunner) -> None:
        self.library = library
        self._threshold, self._sure, self._run = threshold, sure, run
        self._read_alone = lru_cache(maxsize=REMEMBERED)(library.read)
        self._answers: LRUCache[object, Answer] = LRUCache(REMEMBERED)
        self._lock = Lock()

    def answer(self, questions: tuple[str, ...], quotes: int | None, collections: tuple[str, ...]) -> Answer:
        """Answer the last of the questions with at most `quotes` quotes, None for as many as suit it."""
        key = questions, quotes, collections
        with self._lock:
            answer = self._answers.get(key)
        if answer is None:
            query = self._restricted(questions, collections)
            answer = self._do(find_answer, query, _hits(quotes), self._threshold, quotes, self._sure)
            with self._lock:
                self._answers[key] = answer
        return answer

    def brief(
        self, questions: Sequence[str], collections: Sequence[str], plan: BriefPlan | None
    ) -> tuple[BriefPlan | None, Answer]:
        """Make the brief that the last of the questions asks for, by a plan if any; not kept."""
        query = self._restricted(questions, collections)
        return self._do(make_brief, query, HITS, plan)

    def answer_with_findings(
        self, questions: Sequence[str], quotes: int | None = None, collections: Sequence[str] = ()
    ) -> AnswerWithFindings:
        """Answer the last of the questions, findings included; not kept."""
        query = self._restricted(questions, collections)
        return self._do(answer_with_findings, query, _hits(quotes), self._threshold, quotes, self._sure)

    def find(self, questions: Sequence[str], collections: Sequence[str], hits: int) -> Findings:
        """Find passages for the last of the questions."""
        return self._do(_search, self._restricted(questions, collections), hits)

    def _do(self, work: Callable[[*Arguments, Library], Result], *arguments: *Arguments) -> Result:
        return self._run(self.library, partial(work, *arguments))  # type: ignore[call-arg] # the library comes last

    def explain(self, questions: Sequence[str]) -> Explanation:
        """Explain how the last of the questions is read, ranked and trusted."""
        return self.library.explain(self.read(questions), HITS)

    def _restricted(self, questions: Sequence[str], collections: Sequence[str]) -> Query:
        return self.library.reader.restrict(self.read(questions), collections)

    def read(self, questions: Sequence[str]) -> Query:
        """Read the last of the questions, each as a follow-up of the one before."""
        query, *later = (self._read_alone(storable(question)) for question in questions)
        for further in later:
            query = follow(query, further)
        return query


def _hits(quotes: int | None) -> int:
    return max(HITS, quotes or 0)


def _search(query: Query, hits: int, library: Library) -> Findings:
    return library.search(query, hits)
