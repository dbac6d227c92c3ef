"""The status of cited articles: current, changed since the citation, or gone."""

from collections.abc import Iterable
from enum import StrEnum

from retrieval.models import Source
from storage.models import LoggedCitation, LoggedExchange


class Freshness(StrEnum):
    """The status of a cited article."""

    CURRENT = "current"
    CHANGED = "changed"
    GONE = "gone"


class CitedArticles:
    """The articles there are, to compare citations with."""

    def __init__(self, articles: Iterable[Source]) -> None:
        self._hashes = {article.file: article.sha256 for article in articles}
        self._held = frozenset(self._hashes.values())

    def freshness(self, citation: LoggedCitation) -> Freshness:
        """The status of a citation's article; a renamed article is current.

        A citation without a hash, as the first versions logged them, is current while its file is there.
        """
        if citation.sha256 in self._held:
            return Freshness.CURRENT
        if citation.file not in self._hashes:
            return Freshness.GONE
        return Freshness.CHANGED if citation.sha256 else Freshness.CURRENT

    def worst(self, exchange: LoggedExchange) -> Freshness:
        """The worst status of an answer's articles."""
        found = {self.freshness(citation) for citation in exchange.citations}
        return next((each for each in (Freshness.GONE, Freshness.CHANGED) if each in found), Freshness.CURRENT)
