"""The articles, indexed: questions in, findings out.

`Library.read` makes a query of a question (`retrieval.query.reader`); `Library.search` makes findings of a query
(`retrieval.ranking.search`: candidates, their features, the ranker, the confidence).
"""

import hashlib
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from operator import attrgetter
from pathlib import Path

import numpy as np

from retrieval.arrays import Flags, Ints
from retrieval.bm25.choice import ScorerName
from retrieval.bm25.jit_warm_up import AT_ONCE
from retrieval.comparison.facts import find_facts
from retrieval.index.analysis import AnalysedArticle, analyse, analyse_articles
from retrieval.index.vectors import SemanticModel
from retrieval.indexer.location import ProgressTracker
from retrieval.indexer.snapshot import IndexSnapshot, build_snapshot
from retrieval.models import Article, Explanation, Filters, Findings, Passage, Query, SkippedFile, Source
from retrieval.query.filters import Catalogue
from retrieval.query.reader import LanguageOptions, QueryReader
from retrieval.ranking.merging import merge, searches
from retrieval.ranking.search import PassageSearch, words_without
from retrieval.ranking.tuning import Tuning
from retrieval.reading.articles import MAX_BYTES, read_folder
from retrieval.reading.quote_context import Context, context

FORM, FORM_SHARE = 4, 0.75
"""From how many letters, and from what share of its own, a word begins as a form of it does."""
WARMING = "Which agreement did Japan and Vyxetnam sign in 2023?"
"""A question that takes most paths, with a word that no article holds."""


class Library:
    """The articles of a folder at one time; it never changes, a new library takes its place when the articles do.

    Raises:
        ArticlesError: There is no passage.

    Attributes:
        snapshot: The index.
        skipped: Files that could not be used, with the cure.
        sources: The articles without their texts, in the order of file names.
        articles: The articles, in that order; each is made when it is asked for.
        passages: The sentences that may be quoted, in that order; each is made when it is asked for.
        hash: SHA-256 over the names and hashes of the articles as they were read, in hexadecimal.
        reader: Reads questions; knows the collections.
        ranking: Ranks the candidates for a query.
        model: Helps to order the passages, all of which it has encoded; None without the semantic extra.
    """

    def __init__(
        self,
        snapshot: IndexSnapshot,
        skipped: Sequence[SkippedFile] = (),
        tuning: Tuning | None = None,
        model: SemanticModel | None = None,
        languages: LanguageOptions | None = None,
    ) -> None:
        self.snapshot, self.skipped, self.model = snapshot, tuple(skipped), model
        index, self._store = snapshot.passages, snapshot.contents
        self.articles, self.passages = self._store.articles, self._store.passages
        self.sources: tuple[Source, ...] = tuple(index.entries[number].source for number in index.articles.tolist())
        self.hash = _hash(self.sources)
        self._catalogue = catalogue = Catalogue(self.sources)
        self.reader = QueryReader(index, snapshot.acronyms, catalogue, languages)
        self.ranking = PassageSearch(index, self._store, snapshot.engine, catalogue, tuning or Tuning(), model)

    @classmethod
    def open(cls, folder: Path, max_bytes: int = MAX_BYTES, track: ProgressTracker = iter) -> "Library":
        """Read and index a folder of articles, sub-folders included, each file up to a size in bytes.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
        """
        articles, skipped = read_folder(folder, max_bytes)
        return cls.from_analysis([analyse(article) for article in track(articles)], skipped)

    @classmethod
    def from_passages(
        cls, articles: Sequence[Article], passages: Sequence[Passage], model: SemanticModel | None = None
    ) -> "Library":
        """Index articles with a part of their passages only; both in the same order."""
        of_file: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            of_file[passage.file].append(passage)
        analysed = [analyse_articles(article, of_file[article.file], model) for article in articles]
        return cls.from_analysis(analysed, model=model)

    @classmethod
    def from_analysis(
        cls,
        articles: Sequence[AnalysedArticle],
        skipped: Sequence[SkippedFile] = (),
        tuning: Tuning | None = None,
        model: SemanticModel | None = None,
    ) -> "Library":
        """Index analysed articles, in the order of file names.

        Raises:
            ArticlesError: There is no passage.
        """
        return cls(build_snapshot(articles, ScorerName.AUTO), skipped, tuning, model)

    def read(self, text: str) -> Query:
        """Read a question as this library can answer it."""
        return self.reader.read(text)

    def search(self, query: Query, k: int) -> Findings:
        """Find at most `k` passages that support an answer, best first, and how likely the first of them do."""
        findings = merge([self._find(each, k) for each in searches(query)], k)
        self.snapshot.mapped.give_back_if_many()
        return findings

    def search_among(self, query: Query, places: Ints, k: int) -> Findings:
        """Find the same as `search` among the passages of some places in the index only."""
        findings = merge([self.ranking.search_among(each, places, k) for each in searches(query)], k)
        self.snapshot.mapped.give_back_if_many()
        return findings

    def _find(self, query: Query, k: int) -> Findings:
        """The findings for a question in the words of one language."""
        findings = self.ranking.search(query, k)
        return findings.model_copy(update={"unknown": self._unknown_words(query, findings.missing)})

    def _unknown_words(self, query: Query, missing: Collection[str]) -> tuple[str, ...]:
        """The words among those that the first hits lack of which no passage or title holds any form or alternative."""
        if not missing:
            return ()
        units, allowed = self.snapshot.passages.passages, self._allowed_places(query)

        def is_held(term: str) -> bool:
            return term in units.vocabulary and (allowed is None or bool(allowed[units.places(term)].any()))

        def is_known(term: str) -> bool:
            if allowed is None and term in self.snapshot.passages.titles.vocabulary:
                return True
            alternatives = (e.terms for e in query.expansions if e.term == term)
            forms = units.vocabulary.beginning(_stem(term)) if term.isalpha() and len(term) >= FORM else [term]
            return any(map(is_held, forms)) or any(all(map(is_held, terms_)) for terms_ in alternatives)

        asked = zip(query.terms, query.words, strict=True)
        return words_without(query, {term for term, word in asked if word not in missing or is_known(term)})

    def _allowed_places(self, query: Query) -> Flags | None:
        """For each passage, whether the question's filters leave it; None without filters."""
        if not query.filters.written:
            return None
        return self.snapshot.passages.of_articles(self._catalogue.passing(query.filters))

    def explain(self, query: Query, k: int) -> Explanation:
        """Find the same as `search`, with the features of each hit and of the confidence."""
        return max((self.ranking.explain(each, k) for each in searches(query)), key=attrgetter("findings.confidence"))

    @property
    def languages(self) -> LanguageOptions:
        """How questions are read in other languages than theirs."""
        return self.reader.options

    @property
    def tuning(self) -> Tuning:
        """The weights that the desk has learnt from its own judgments."""
        return self.ranking.tuning

    @property
    def weights(self) -> str:
        """The name of the weights in use, shipped and learnt."""
        return self.tuning.mark_with(self.model.mark) if self.model else self.tuning.mark

    def with_tuning(self, tuning: Tuning) -> "Library":
        """Return the same articles to be ranked by other weights; nothing is indexed again."""
        library = copy(self)
        library.ranking = self.ranking.with_tuning(tuning)
        return library

    def are_publishers(self, names: Sequence[str]) -> bool:
        """Return whether every name is a publisher's, or whole words of a publisher's name."""
        return self._catalogue.fault(Filters(publishers=tuple(names))) is None

    def begins_with(self, file: str, terms: Iterable[str], sentences: int) -> bool:
        """Return whether the first sentences of an article hold all of some terms, in one of them or several."""
        index, number = self.snapshot.passages, self._store.number(file)
        first = () if number is None else index.places_of(number)[:sentences]
        return bool(len(first)) and all(bool(np.isin(first, index.passages.places(term)).any()) for term in terms)

    def holds(self, term: str) -> bool:
        """Return whether any passage holds a term."""
        return term in self.snapshot.passages.passages.vocabulary

    def article(self, file: str) -> Article | None:
        """Return the article of a file name; None where there is none."""
        return self._store.article(file)

    def passages_of(self, file: str) -> list[Passage]:
        """Return the passages of the article of a file name."""
        return self._store.passages_of(file)

    def before(self, passage: Passage) -> Passage | None:
        """Return the passage that stands before another in its article; None where that is the first, or gone."""
        index, number = self.snapshot.passages, self._store.number(passage.file)
        if number is None:
            return None
        places = index.places_of(number)
        at = bisect_left(places, passage.start, key=self._start_of)
        return self.passage(int(places[at - 1])) if at else None

    def _start_of(self, place: int) -> int:
        return self.passage(int(place)).start

    def places_of(self, file: str) -> range:
        """Return the places in the index of the passages of the article of a file name; none where there is none."""
        number = self._store.number(file)
        return range(0) if number is None else self.snapshot.passages.places_of(number)

    def passage(self, place: int) -> Passage:
        """Return the passage of a place in the index."""
        return self._store.passage(place)

    def passage_counts(self) -> list[int]:
        """Return how many passages each article has, in the order of file names."""
        return self._store.counts()

    def context(self, article: Article, start: int, quote: str) -> Context | None:
        """Return the sentences around a quote; see `retrieval.reading.quote_context`."""
        return context(article, self.passages_of(article.file), start, quote)

    def warm_up(self) -> None:
        """Load what the first questions would wait for; machine code is loaded beside what follows."""
        for _ in range(AT_ONCE + 1):
            self.search(self.read(WARMING), 1)
        find_facts(WARMING, None)
        self.snapshot.mapped.give_back()  # a bot that has others search needs hardly any of it again


def _stem(term: str) -> str:
    """The beginning by which the forms of a word are known."""
    return term[: max(FORM, math.ceil(FORM_SHARE * len(term)))]


def _hash(sources: Iterable[Source]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.file}\0{source.sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
