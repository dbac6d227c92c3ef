"""The MaxScore search by numpy until Numba's machine code is ready, which is loaded beside it.

Numba and its code take a second to load, and twenty to compile after an update. A process that asks one question and
ends, as `policydesk ask` does, needs neither; a process that asks more is answered meanwhile.
"""

import threading
from typing import Protocol

from retrieval.arrays import Floats, Numbers
from retrieval.bm25 import exhaustive_search
from retrieval.bm25.choice import LARGE, has_numba
from retrieval.bm25.exhaustive_search import SearchTerms, WeightedTerms
from retrieval.bm25.postings import Postings

AT_ONCE = 2
"""How many searches a process makes before the machine code is loaded: an explained question takes two."""


class PostingsSearch(Protocol):
    """A search of postings."""

    def __call__(self, postings: Postings, query: SearchTerms, weighted: WeightedTerms, /) -> tuple[Numbers, Floats]:
        """Return the numbers of the passages that may be among the best, and their exact scores."""
        ...


class JitWarmUp:
    """A search that begins with numpy's code and goes over to machine code when that has been loaded."""

    def __init__(self, least: int = LARGE) -> None:
        """Begin with numpy's code; libraries of fewer passages than `least` stay with it."""
        self._least, self._lock = least, threading.Lock()
        self._left = AT_ONCE
        self._search: PostingsSearch = exhaustive_search.search
        self.loading: threading.Thread | None = None

    def __call__(self, postings: Postings, query: SearchTerms, weighted: WeightedTerms, /) -> tuple[Numbers, Floats]:
        """Search with the code that is ready; the third search starts the loading of machine code."""
        if len(postings.places) >= self._least and self._is_time():
            self.loading = threading.Thread(target=self._load, args=(postings, query, weighted))
            self.loading.start()
        return self._search(postings, query, weighted)

    @property
    def is_ready(self) -> bool:
        """Whether the machine code searches now."""
        return self._search is not exhaustive_search.search

    def _is_time(self) -> bool:
        """Count a search; return whether the machine code is to be loaded with it."""
        if self._left < 0 or not has_numba():
            return False
        with self._lock:
            self._left -= 1
            return self._left == -1

    def _load(self, postings: Postings, query: SearchTerms, weighted: WeightedTerms) -> None:
        from retrieval.bm25 import pruned_search  # noqa: PLC0415 - this is what takes its time

        pruned_search.search(postings, query, weighted)  # Numba loads or compiles a function when it is first called
        self._search = pruned_search.search


search = JitWarmUp()
"""The one search of all scorers of a process."""
