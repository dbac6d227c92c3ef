"""Which code the bucketed engine searches with: numpy's until Numba's machine code is ready, which is loaded beside it.

Numba and its code take a second to load, and twenty to compile after an update. Who asks one question and ends, as
`policydesk ask` does, needs neither; who asks more is answered meanwhile.
"""

import threading
from collections.abc import Callable
from typing import TypeAlias

from retrieval.bm25 import exhaustive_search as plain_search
from retrieval.bm25.exhaustive_search import SearchTerms, WeightedTerms
from retrieval.bm25.postings import Floats, Numbers, Postings

Search: TypeAlias = Callable[[Postings, SearchTerms, WeightedTerms], tuple[Numbers, Floats]]

AT_ONCE = 2
"""How many searches a process makes before the machine code is loaded: an explained question takes two."""


class JitWarmUp:
    """A search that begins with numpy's code and goes over to machine code when that has been loaded.

    Attributes:
        loading: What loads it; None as long as that has not begun.
    """

    def __init__(self) -> None:
        """Load nothing yet."""
        self._lock = threading.Lock()
        self._left = AT_ONCE
        self._search: Search = plain_search.search
        self.loading: threading.Thread | None = None

    def __call__(self, postings: Postings, asked: SearchTerms, wanted: WeightedTerms) -> tuple[Numbers, Floats]:
        """See `plain_search.search`."""
        if self._is_time():
            self.loading = threading.Thread(target=self._load, args=(postings, asked, wanted))
            self.loading.start()
        return self._search(postings, asked, wanted)

    @property
    def is_ready(self) -> bool:
        """Whether the machine code searches now."""
        return self._search is not plain_search.search

    def _is_time(self) -> bool:
        """Whether it is just now that the machine code should be loaded."""
        if self._left < 0:
            return False
        with self._lock:
            self._left -= 1
            return self._left == -1

    def _load(self, postings: Postings, asked: SearchTerms, wanted: WeightedTerms) -> None:
        from retrieval.bm25 import pruned_search as exact_search  # noqa: PLC0415 - this is what takes its time

        exact_search.search(postings, asked, wanted)  # Numba loads or compiles a function when it is first called
        self._search = exact_search.search


search = JitWarmUp()
"""What all engines of a process search with."""
