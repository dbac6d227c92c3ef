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
        self._sources = {article.file: article for article in articles}
        self._held = frozenset(article.sha256 for article in self._sources.values())

    def described(self, citation: LoggedCitation) -> LoggedCitation:
        """A citation with its article's title, date, publisher and address: as cited, or else as they are today."""
        source = self._sources.get(citation.file)
        if citation.title is not None or source is None:
            return citation
        original = source.original.place(citation.start) if source.original else None
        described = {name: getattr(source, name) for name in ("title", "date", "publisher", "url")}
        return citation.model_copy(update=described | {"original": original})

    def freshness(self, citation: LoggedCitation) -> Freshness:
        """The status of a citation's article; a renamed article is current.

        A citation without a hash, as the first versions logged them, is current while its file is there.
        """
        if citation.sha256 in self._held:
            return Freshness.CURRENT
        if citation.file not in self._sources:
            return Freshness.GONE
        return Freshness.CHANGED if citation.sha256 else Freshness.CURRENT

    def worst(self, exchange: LoggedExchange) -> Freshness:
        """The worst status of an answer's articles."""
        found = {self.freshness(citation) for citation in exchange.citations}
        return next((each for each in (Freshness.GONE, Freshness.CHANGED) if each in found), Freshness.CURRENT)
