"""The indexed articles: ask them, get hits."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from pathlib import Path

import numpy as np

from retrieval.bm25.choice import ScorerName
from retrieval.bm25.jit_warm_up import AT_ONCE
from retrieval.comparison.facts import find_facts
from retrieval.index.passages import Flags, Floats, PassageTokens
from retrieval.indexer.snapshot import IndexSnapshot, build_snapshot
from retrieval.models import (
    Article,
    ExplainedHit,
    Explanation,
    FeatureShare,
    Findings,
    Hit,
    Passage,
    Problem,
    Query,
    SkippedFile,
    Source,
)
from retrieval.query.expansion import Expander
from retrieval.query.filters import Catalogue, hyphened, read_filters
from retrieval.query.question import read_question
from retrieval.ranking.confidence import NAMES as SURENESS
from retrieval.ranking.confidence import SHOWN, confidence, confidence_figures
from retrieval.ranking.features import NAMES, CandidateFeatures, extract_features
from retrieval.ranking.ranker import CANDIDATES, POOL, order
from retrieval.ranking.recency import by_age
from retrieval.ranking.trees import Trees, trained
from retrieval.ranking.tuning import Tuning
from retrieval.reading.articles import MAX_BYTES, read_folder
from retrieval.reading.quote_context import Context, context
from retrieval.text.analysis import AnalysedArticle, analyse, analyse_articles
from retrieval.text.languages import Languages
from retrieval.text.spellings import Spellings

WARMING = "Which agreement did Japan and Vyxetnam sign in 2023?"
"""A question that takes most paths, with a word that no article holds."""


class Library:
    """Articles, their passages, and all it takes to find those that support an answer.

    A library never changes; when the articles do, another one takes its place.

    Attributes:
        articles: What can be cited, in the order of file names; each is made when it is asked for.
        sources: The same without their texts.
        snapshot: What it is made of.
        skipped: Files of the folder that could not be used, with the cure.
        passages: Every sentence that may be quoted, in the order of file names; each is made when it is asked for.
        hash: What the articles were when they were read: SHA-256 over their names and hashes, in hexadecimal.
        tuning: What the desk has learnt from its own judgments.
        weights: What names the weights that it goes by.
    """

    def __init__(
        self, snapshot: IndexSnapshot, skipped: Sequence[SkippedFile] = (), tuning: Tuning | None = None
    ) -> None:
        """Take articles.

        Args:
            snapshot: The articles as they are indexed.
            skipped: Files that could not be used, to be reported with them.
            tuning: What the desk has learnt from its own judgments; None for nothing.

        Raises:
            ArticlesError: There is no passage.
        """
        self.snapshot = snapshot
        self._index, self._engine, self._contents = snapshot.passages, snapshot.engine, snapshot.contents
        self.articles, self.passages = snapshot.contents.articles, snapshot.contents.passages
        self.skipped = tuple(skipped)
        entries = [snapshot.passages.entries[int(number)] for number in snapshot.passages.articles]
        self.sources: tuple[Source, ...] = tuple(entry.source for entry in entries)
        self.hash = _hash(self.sources)
        self.tuning = tuning or Tuning()
        self.weights = self.tuning.mark
        self._scripts = _all_of({entry.scripts for entry in entries})
        self._catalogue = Catalogue(self.sources)
        self._ranker = trained("ranker")
        spellings = Spellings(snapshot.passages.written.vocabulary)
        self._languages = Languages(_all_of({entry.languages for entry in entries}), spellings)
        self._expander = Expander(snapshot.passages.passages.vocabulary, spellings, snapshot.acronyms)

    @classmethod
    def of_prepared(
        cls,
        prepared: Sequence[AnalysedArticle],
        skipped: Sequence[SkippedFile] = (),
        tuning: Tuning | None = None,
        engine: ScorerName = ScorerName.AUTO,
    ) -> "Library":
        """Index articles.

        Args:
            prepared: The articles, in the order of file names.
            skipped: Files that could not be used, to be reported with them.
            tuning: What the desk has learnt from its own judgments; None for nothing.
            engine: What scores the passages.

        Raises:
            ArticlesError: There is no passage.
            EngineError: The engine cannot be used.
        """
        return cls(build_snapshot(prepared, engine), skipped, tuning)

    @classmethod
    def open(
        cls,
        folder: Path,
        max_bytes: int = MAX_BYTES,
        track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
    ) -> "Library":
        """Read and index a folder of articles.

        Args:
            folder: The folder, sub-folders included.
            max_bytes: Size in bytes above which a file is skipped.
            track: Wraps the list of articles while they are split into passages, to show progress.

        Raises:
            ArticlesError: The folder cannot be listed, or nothing in it is usable.
        """
        articles, skipped = read_folder(folder, max_bytes)
        return cls.of_prepared([analyse(article) for article in track(articles)], skipped)

    @classmethod
    def of(cls, articles: Sequence[Article], passages: Sequence[Passage]) -> "Library":
        """Index some passages only.

        Args:
            articles: The articles.
            passages: Some of their passages, in the order of the articles.

        Raises:
            ArticlesError: There is no passage.
        """
        of_file: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            of_file[passage.file].append(passage)
        return cls.of_prepared([analyse_articles(article, of_file[article.file]) for article in articles])

    def read(self, text: str) -> Query:
        """Read a question as this library can answer it.

        Args:
            text: The question as asked; anything at all.

        Returns:
            The question with its kind, its filters, its terms and what may stand for them.
        """
        asked, filters, fault = read_filters(text)
        query = read_question(asked, self._scripts, self._expander)
        language = self._languages.foreign(asked)
        return query.model_copy(
            update={
                "text": text,
                "filters": filters,
                "fault": fault or self._catalogue.fault(filters),
                "language": language,
                "foreign": query.foreign or language is not None,
            }
        )

    def restricted(self, query: Query, collections: Sequence[str]) -> Query:
        """A question that is to be answered from some collections only, unless it names some itself.

        Args:
            query: The question as read.
            collections: Their names; none for all. Those that are not there any more are left out, as long as one is.
        """
        if not collections or query.filters.collections:
            return query
        held = self._catalogue.held(collections)
        if not held:
            return query.model_copy(update={"fault": self._catalogue.vanished(collections)})
        filters = query.filters.model_copy(
            update={
                "written": (*query.filters.written, *(f"in:{hyphened(name)}" for name in held)),
                "collections": held,
            }
        )
        is_misread = query.fault is not None and query.fault.problem is not Problem.NOTHING_LEFT
        fault = query.fault if is_misread else self._catalogue.fault(filters)
        return query.model_copy(update={"filters": filters, "fault": fault})

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections there are: the sub-folders that hold an article, in the order of their names."""
        return self._catalogue.collections

    def collections_named(self, names: Sequence[str]) -> tuple[str, ...]:
        """The collections that some names stand for, by their own names; a name of none is left out."""
        return self._catalogue.held(names)

    def search(self, query: Query, k: int) -> Findings:
        """The passages most likely to support an answer.

        Args:
            query: The question as read.
            k: How many hits to return at most.

        Returns:
            Hits, best first, and how likely it is that the first of them support an answer.
        """
        evidence = self.ranked(query)
        if evidence is None:
            return Findings(query=query, hits=(), confidence=0.0, missing=query.words)
        findings = self._findings(query, evidence, k)
        self.snapshot.mapped.give_back_if_many()
        return findings

    def holds(self, term: str) -> bool:
        """Whether any passage holds a term."""
        return term in self._index.passages.vocabulary

    def article(self, file: str) -> Article | None:
        """The article of a file name; none where there is none."""
        return self._contents.article(file)

    def passages_of(self, file: str) -> list[Passage]:
        """The passages of an article, by its file name."""
        return self._contents.passages_of(file)

    def passage(self, place: int) -> Passage:
        """The passage of a place, by which evidence names it."""
        return self._contents.passage(place)

    def passage_counts(self) -> list[int]:
        """How many passages each article has, in the order of file names."""
        return self._contents.counts()

    def context(self, article: Article, start: int, quote: str) -> Context | None:
        """What stands around a quote; see `retrieval.reading.quote_context`."""
        return context(article, self.passages_of(article.file), start, quote)

    def explain(self, query: Query, k: int) -> Explanation:
        """What `search` finds, and why.

        Args:
            query: The question as read.
            k: How many hits to explain at most.
        """
        evidence = self.ranked(query)
        if evidence is None:
            return Explanation(findings=self.search(query, k))
        findings = self._findings(query, evidence, k)
        parts = [_parts(NAMES, figures) for figures in evidence.figures]
        return Explanation(
            findings=findings,
            hits=tuple(ExplainedHit(hit=hit, parts=found) for hit, found in zip(findings.hits, parts, strict=False)),
            confidence=_parts(SURENESS, self.confidence_figures(query, evidence)),
        )

    def _findings(self, query: Query, evidence: CandidateFeatures, k: int) -> Findings:
        hits = tuple(self._hits(query, evidence, k))
        sure = confidence(self.confidence_figures(query, evidence), trained("confidence"), self.tuning)
        return Findings(query=query, hits=hits, confidence=sure, missing=_missing(query, evidence))

    def ranked(self, query: Query) -> CandidateFeatures | None:
        """What speaks for the best candidates, in the order that `search` gives them."""
        return self.evidence(query, self._ranker)

    def warm_up(self) -> None:
        """Load what the first questions would wait for; machine code is loaded beside what follows."""
        for _ in range(AT_ONCE + 1):
            self.search(self.read(WARMING), 1)
        find_facts(WARMING, None)
        self.snapshot.mapped.give_back()  # a bot that has others search needs hardly any of it again

    def retuned(self, tuning: Tuning) -> "Library":
        """The same articles gone through with other weights; nothing is indexed again."""
        library = copy(self)
        library.tuning, library.weights = tuning, tuning.mark
        return library

    def evidence(self, query: Query, ranker: Trees | None) -> CandidateFeatures | None:
        """What speaks for the best candidates.

        Args:
            query: The question as read.
            ranker: The trained ranker; None for the order of the untrained score.

        Returns:
            The evidence, best first; None where no passage that its filters leave shares a term with the question,
            or they cannot be used.
        """
        pool = [] if query.fault else self._engine.search(_weighted(query), POOL, self._allowed(query))
        if not pool:
            return None
        places = np.array([place for place, _ in pool])
        evidence = extract_features(query, self._index, places, self._engine.idf, CANDIDATES)
        return self._by_age(query, evidence.take(order(evidence, ranker, self.tuning)))

    def _by_age(self, query: Query, evidence: CandidateFeatures) -> CandidateFeatures:
        """The evidence with the newest or oldest first where the question wants that and the dates are known."""
        articles = self._index.article[evidence.places].tolist() if query.prefers else []
        dates = [self._index.entries[article].source.date for article in articles]
        return evidence.take(by_age(evidence, dates, query.prefers.age)) if query.prefers and any(dates) else evidence

    def confidence_figures(self, query: Query, evidence: CandidateFeatures) -> Floats:
        """What the confidence in the first hits is made of; see `retrieval.ranking.confidence`."""
        allowed = self._allowed(query)
        units = self._index.passages
        return confidence_figures(query, evidence, units.vocabulary if allowed is None else _Vocabulary(units, allowed))

    def _allowed(self, query: Query) -> Flags | None:
        """For each passage, whether the question's filters leave it; None where there are none."""
        if not query.filters.written:
            return None
        return self._index.of_articles(self._catalogue.passing(query.filters))

    def _hits(self, query: Query, evidence: CandidateFeatures, k: int) -> Iterator[Hit]:
        used = dict.fromkeys((*query.terms, *(term for expansion in query.expansions for term in expansion.terms)))
        scores = evidence.column("score_passage") * evidence.weights.sum()
        places = evidence.places[:k]
        found = zip(places.tolist(), scores[:k].tolist(), self._index.passages.held(places, used), strict=True)
        for rank, (place, score, matched) in enumerate(found, 1):
            yield Hit(passage=self.passage(place), rank=rank, score=round(score, 6), matched=matched)


class _Vocabulary:
    """The terms of some of the passages."""

    def __init__(self, units: PassageTokens, allowed: Flags) -> None:
        self._units, self._allowed = units, allowed

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and bool(self._allowed[self._units.places(term)].any())


def _all_of(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(name for names in listed for name in names.split())


def _weighted(query: Query) -> dict[str, float]:
    """The terms to search for: the question's own, for less those taken over and what may stand for any of them."""
    weights: dict[str, float] = {}
    for expansion in query.expansions:
        for term in expansion.terms:
            weight = query.weight(expansion.term) * expansion.weight / len(expansion.terms)
            weights[term] = max(weights.get(term, 0.0), weight)
    return weights | {term: query.weight(term) for term in query.terms}


def _missing(query: Query, evidence: CandidateFeatures) -> tuple[str, ...]:
    """The question's words that none of the first hits holds in any form."""
    held = evidence.levels[:SHOWN].max(axis=0) > 0
    return tuple(word for word, found in zip(query.words, held, strict=True) if not found)


def _parts(names: Sequence[str], figures: Floats) -> tuple[FeatureShare, ...]:
    return tuple(FeatureShare(name=name, value=float(value)) for name, value in zip(names, figures, strict=True))


def _hash(sources: Iterable[Source]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.file}\0{source.sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
