"""Whether what was quoted is still what the articles say: a cited article may have changed since, or gone."""

from collections.abc import Iterable
from enum import StrEnum

from retrieval.models import Source
from storage.models import LoggedCitation, LoggedExchange


class Freshness(StrEnum):
    """What has become of a cited article."""

    CURRENT = "current"
    CHANGED = "changed"
    GONE = "gone"


class CitedArticles:
    """Tells what has become of cited articles."""

    def __init__(self, articles: Iterable[Source]) -> None:
        self._hashes = {article.file: article.sha256 for article in articles}
        self._held = frozenset(self._hashes.values())

    def freshness(self, citation: LoggedCitation) -> Freshness:
        """What has become of the article that a quote was taken from; one that was only renamed is current.

        Of answers older than the keeping of hashes it is only known whether the file is still there.
        """
        if citation.sha256 in self._held:
            return Freshness.CURRENT
        if citation.file not in self._hashes:
            return Freshness.GONE
        return Freshness.CHANGED if citation.sha256 else Freshness.CURRENT

    def worst(self, exchange: LoggedExchange) -> Freshness:
        """What has become of the articles of an answer: gone if one of them is, changed if one of them is."""
        found = {self.freshness(citation) for citation in exchange.citations}
        return next((each for each in (Freshness.GONE, Freshness.CHANGED) if each in found), Freshness.CURRENT)
