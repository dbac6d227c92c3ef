"""A question's words to a query, as one library can answer it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from retrieval.glossary.aliases import aliases_of
from retrieval.glossary.readings import Glossary, Translator
from retrieval.glossary.syllable_groups import groups_in
from retrieval.glossary.table import LANGUAGES
from retrieval.glossary.transliteration import NameLookup
from retrieval.index.acronym_lookup import AcronymLookup
from retrieval.index.passages import PassageIndex
from retrieval.models import Problem, Query
from retrieval.query.about import about_asked
from retrieval.query.expansion import Expander
from retrieval.query.filters import Catalogue, in_filter, read_filters
from retrieval.query.question import read_question
from retrieval.query.translation import read_rendition
from retrieval.text.languages import Languages
from retrieval.text.spellings import Spellings

LONGEST = 1_000
"""Longest question, in characters, that is read in other languages: a longer text is none."""


class LanguageOptions(NamedTuple):
    """How questions are read in other languages than theirs."""

    glossary: Glossary = Glossary()
    first: str | None = None  # the language whose sentences come first among equals; None for the question's


class QueryReader:
    """Reads questions by the words, languages, dates, publishers and collections of a library.

    Attributes:
        written_in: The codes of the languages, of those of the glossary, that its articles are in.
        translator: Renders questions in these.
        options: The options that it reads by.
    """

    def __init__(
        self,
        passages: PassageIndex,
        acronyms: AcronymLookup,
        catalogue: Catalogue,
        languages: LanguageOptions | None = None,
    ) -> None:
        entries = [passages.entries[number] for number in passages.articles.tolist()]
        spellings = Spellings(passages.written.vocabulary)
        self._catalogue = catalogue
        self._scripts = _split_all({entry.scripts for entry in entries})
        codes = _split_all({entry.languages for entry in entries})
        self._languages = Languages(codes, spellings)
        self._vocabulary = vocabulary = passages.passages.vocabulary
        self.options = languages or LanguageOptions()
        own_names = aliases_of(self.options.glossary.own)
        self._expander = Expander(vocabulary, spellings, acronyms, own_names)
        self.written_in = _languages_written(codes, self._scripts)
        self.translator = Translator(self.options.glossary, vocabulary, NameLookup(spellings))

    def read(self, text: str) -> Query:
        """Read a question, which may be any text: its kind, filters, terms and the alternatives to these."""
        asked, filters, fault = read_filters(text)
        query = read_question(asked, self._scripts, self._expander)
        language = None if query.vietnamese and "vi" in self.written_in else self._languages.foreign(asked)
        written_in, readings = self._readings(query)
        return query.model_copy(
            update={
                "text": text,
                "chat": query.chat or about_asked(asked),
                "groups": self._groups(query),
                "filters": filters,
                "fault": fault or self._catalogue.fault(filters),
                "language": language,
                "foreign": not readings and (query.foreign or language is not None),
                "readings": readings,
                "own": not readings or written_in in self.written_in or self._holds_most(query),
                "written_in": written_in,
                "first": self.options.first,
            }
        )

    def _readings(self, query: Query) -> tuple[str | None, tuple[Query, ...]]:
        """The language of a question, and the question in the words of the articles' other languages."""
        if len(query.asked) > LONGEST:
            return None, ()
        language = "vi" if query.vietnamese else self.options.glossary.language_of(query.asked)
        others = sorted(self.written_in - {language})
        if language is None or not others:
            return language, ()
        renditions = self.translator.renditions(query.asked, language, others)
        return language, tuple(
            read_rendition(rendition, query, self._scripts, self._expander) for rendition in renditions
        )

    def _groups(self, query: Query) -> tuple[str, ...]:
        """The words of several syllables of a Vietnamese question."""
        if not query.vietnamese or len(query.asked) > LONGEST:
            return ()
        return groups_in(query.asked, self.options.glossary.matches(query.asked, "vi"))

    def _holds_most(self, query: Query) -> bool:
        """Whether the articles hold most of a question's own words: short ones, and Chinese, tell no language."""
        return 2 * sum(term in self._vocabulary for term in query.terms) > len(query.terms)

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


def _languages_written(codes: frozenset[str], scripts: frozenset[str]) -> frozenset[str]:
    """The languages of the glossary that articles are written in."""
    return codes & frozenset(LANGUAGES) or frozenset({"en"} if "LATIN" in scripts else ())


def _split_all(lists: Iterable[str]) -> frozenset[str]:
    return frozenset(name for names in lists for name in names.split())
