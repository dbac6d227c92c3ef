"""A question's words to a query, as one library can answer it."""

from collections.abc import Iterable, Sequence

from retrieval.index.acronym_lookup import AcronymLookup
from retrieval.index.passages import PassageIndex
from retrieval.models import Problem, Query
from retrieval.query.about import about_asked
from retrieval.query.expansion import Expander
from retrieval.query.filters import Catalogue, in_filter, read_filters
from retrieval.query.question import read_question
from retrieval.text.languages import Languages
from retrieval.text.spellings import Spellings


class QueryReader:
    """Reads questions by the words, languages, dates, publishers and collections of a library."""

    def __init__(self, passages: PassageIndex, acronyms: AcronymLookup, catalogue: Catalogue) -> None:
        entries = [passages.entries[number] for number in passages.articles.tolist()]
        spellings = Spellings(passages.written.vocabulary)
        self._catalogue = catalogue
        self._scripts = _split_all({entry.scripts for entry in entries})
        self._languages = Languages(_split_all({entry.languages for entry in entries}), spellings)
        self._expander = Expander(passages.passages.vocabulary, spellings, acronyms)

    def read(self, text: str) -> Query:
        """Read a question, which may be any text: its kind, filters, terms and the alternatives to these."""
        asked, filters, fault = read_filters(text)
        query = read_question(asked, self._scripts, self._expander)
        language = self._languages.foreign(asked)
        return query.model_copy(
            update={
                "text": text,
                "chat": query.chat or about_asked(asked),
                "filters": filters,
                "fault": fault or self._catalogue.fault(filters),
                "language": language,
                "foreign": query.foreign or language is not None,
            }
        )

    def restrict(self, query: Query, collections: Sequence[str]) -> Query:
        """Restrict a query to collections, unless it names its own.

        Names of collections that are gone are left out, as long as one is there; no names restrict nothing.
        """
        if not collections or query.filters.collections:
            return query
        found = self._catalogue.collections_named(collections)
        if not found:
            return query.model_copy(update={"fault": self._catalogue.vanished_fault(collections)})
        written = (*query.filters.written, *map(in_filter, found))
        filters = query.filters.model_copy(update={"written": written, "collections": found})
        is_misread = query.fault is not None and query.fault.problem is not Problem.NOTHING_LEFT
        fault = query.fault if is_misread else self._catalogue.fault(filters)
        return query.model_copy(update={"filters": filters, "fault": fault})

    @property
    def collections(self) -> tuple[str, ...]:
        """The sub-folders that hold an article, in the order of their names."""
        return self._catalogue.collections

    def collections_named(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the collections that names stand for, by their own names; names of none are left out."""
        return self._catalogue.collections_named(names)


def _split_all(lists: Iterable[str]) -> frozenset[str]:
    return frozenset(name for names in lists for name in names.split())
