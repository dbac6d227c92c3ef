"""Sentences on a topic by side, with one aspect in a row, differences first."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations, product
from operator import attrgetter, itemgetter
from typing import NamedTuple

from retrieval.arrays import Flags, Floats
from retrieval.comparison.contradictions import compare
from retrieval.comparison.facts import LISTED_TWICE, Facts, find_facts, weight
from retrieval.comparison.repeats import repeats
from retrieval.library import Library
from retrieval.models import Filters, Hit, Passage, Query, Relation
from retrieval.ranking.merging import searches
from retrieval.reading.quote_context import is_headline, points_back
from retrieval.side_by_side.request import ColumnAsked, ColumnSense, ComparisonRequest
from retrieval.side_by_side.sides import NamedSide, Ownership, named_owner, period_owner
from retrieval.side_by_side.topic import Topic
from retrieval.text.answer_shapes import PassageShape, passage_shape

POOL = 250
"""How many passages of a side are looked at."""
READ = 90
"""How many of these, the best, are read closely for each search."""
KEPT = 30
"""How many of them, the best, are set beside those of other sides."""
ABOUT, KNOWN = 0.5, 0.65
"""Least shares of the topic's weight that a sentence holds by itself and with its title."""
LONG = 400
"""From how many characters on a sentence is worth less."""
FRAMED = 8.0
"""Least weight of the words around two figures for these to measure the same."""
ALIKE, RELATED = 5.0, 0.15
"""Least weight of what two sentences share besides topic and sides, and its least share of the lesser one."""
TOLD = 4
"""Most sentences that are named for one quote."""


class AspectKind(StrEnum):
    """The kind of what sentences of several sides are about together."""

    FIGURE = "figure"
    LIST = "list"
    WORDS = "words"


class ColumnQuote(NamedTuple):
    """A sentence of a side, with others that say the same."""

    hits: tuple[Hit, ...]
    is_by_article: bool  # only other sentences of its article name the side


class SharedAspect(NamedTuple):
    """Quotes of several sides that are about the same, by the number of the side."""

    kind: AspectKind
    differs: bool
    quotes: dict[int, Hit]
    words: dict[int, str]  # what differs: a figure or a list, verbatim


class Column(NamedTuple):
    """A side with its quotes, those on an aspect first, in the order of the aspects."""

    asked: ColumnAsked
    quotes: tuple[ColumnQuote, ...]


class SideBySide(NamedTuple):
    """The sides of a comparison, and what their quotes are about together."""

    columns: tuple[Column, ...]
    aspects: tuple[SharedAspect, ...]


class _Candidate(NamedTuple):
    hit: Hit
    facts: Facts
    terms: frozenset[str]
    score: float
    is_by_article: bool


class _Pair(NamedTuple):
    """Two candidates of different columns on one aspect."""

    columns: tuple[int, int]
    places: tuple[int, int]
    kind: AspectKind
    differs: bool
    is_same: bool
    words: tuple[str, str]
    score: float


def build_side_by_side(library: Library, request: ComparisonRequest, filters: Filters, most: int) -> SideBySide | None:
    """Set the sides of a comparison beside each other; None where they cannot be told apart.

    Args:
        library: The articles.
        request: The sides and the topic.
        filters: What restricts the question to some of the articles.
        most: Most quotes of a side.
    """
    topic = Topic(library, request.topic)
    if not request.columns:
        return _by_age(library, topic, filters, most)
    found = _candidates(library, topic, request, filters)
    aside = topic.terms | {
        t for c in request.columns for t in (w.term for w in find_facts(c.label.title(), None).words)
    }
    pairs = [
        pair
        for (i, mine), (j, theirs) in combinations(enumerate(found), 2)
        for pair in _pairs((i, mine), (j, theirs), aside)
    ]
    aspects = _aspects(found, pairs, most)
    if not topic.queries and not aspects:
        return None
    columns = tuple(
        Column(asked, _quotes(own, [aspect.quotes[n] for aspect in aspects if n in aspect.quotes], most))
        for n, (asked, own) in enumerate(zip(request.columns, found, strict=True))
    )
    told = sum(bool(column.quotes) for column in columns)
    return SideBySide(columns, aspects) if told >= 1 else None


def _candidates(library: Library, topic: Topic, request: ComparisonRequest, filters: Filters) -> list[list[_Candidate]]:
    """The best sentences on the topic of each side."""
    columns = request.columns
    if all(column.period for column in columns):
        found = _searched(library, topic, _of_periods(library, topic, request, filters))
        owned = ((hit, period_owner(hit.passage, columns)) for hit in found)
    elif library.are_publishers([column.label for column in columns]):
        owned = (
            (hit, Ownership(n, 1.0))
            for n, column in enumerate(columns)
            for hit in _searched(library, topic, [_within(q, filters, publisher=column.label) for q in topic.queries])
        )
    else:
        sides = [NamedSide(library, column.label) for column in columns]
        queries = (library.read(f"{topic.text} {column.label}") for column in columns)
        found = _searched(library, topic, [_within(q, filters) for query in queries for q in searches(query)])
        owned = ((hit, named_owner(hit.passage, sides, topic.terms)) for hit in found)
    kept: list[list[_Candidate]] = [[] for _ in columns]
    for hit, owner in owned:
        if owner is not None and (candidate := _candidate(hit, topic, owner)):
            kept[owner.side].append(candidate)
    return [sorted(_surely(each), key=attrgetter("score"), reverse=True)[:KEPT] for each in kept]


def _surely(candidates: list[_Candidate]) -> list[_Candidate]:
    """The sentences that say whose they are, or all where these are few."""
    told = [candidate for candidate in candidates if not candidate.is_by_article]
    return told if len(told) >= FILLED else candidates


def _of_periods(library: Library, topic: Topic, request: ComparisonRequest, filters: Filters) -> Iterator[Query]:
    """The topic within each period, and with its name, for what other reports tell of it."""
    for column, query in product(request.columns, topic.queries):
        yield _within(query, filters, column=column)
    for column in request.columns:
        yield _within(library.read(f"{topic.text} {column.label}"), filters)


def _within(query: Query, filters: Filters, column: ColumnAsked | None = None, publisher: str | None = None) -> Query:
    """A query within the filters of the question, and within a period or of a publisher."""
    period = column.period if column else None
    after, before = filters.after, filters.before
    if period:
        after = max(filter(None, (after, period.first)), default=None)
        before = min(filter(None, (before, period.after)), default=None)
    named = (publisher,) if publisher else filters.publishers
    written = filters.written or ((column.label,) if column else ()) or named
    within = {"after": after, "before": before, "publishers": named, "written": written}
    return query.model_copy(update={"filters": filters.model_copy(update=within)})


def _searched(library: Library, topic: Topic, queries: Iterable[Query]) -> list[Hit]:
    """The hits of queries that are on the topic, each sentence once."""
    found: dict[tuple[str, int], Hit] = {}
    wanted = list(queries)
    for query in wanted:
        for hit, _, _ in library.ranking.wide_search(query, POOL, _is_any):
            found.setdefault((hit.passage.file, hit.passage.start), hit)
    told = [(hit, sum(shares)) for hit in found.values() if (shares := _about(topic, hit.passage))]
    told.sort(key=lambda each: -each[1] - each[0].confidence)
    return [hit for hit, _ in told[: READ * len(wanted)]]


def _about(topic: Topic, passage: Passage) -> tuple[float, float] | None:
    """The shares of the topic that a sentence holds; None of a headline, and where they are too small."""
    share, known = topic.share(passage)
    return (share, known) if share >= ABOUT and known >= KNOWN and not is_headline(passage) else None


def _is_any(coverage: Floats, _: Floats) -> Flags:
    every: Flags = coverage >= 0
    return every


def _candidate(hit: Hit, topic: Topic, owner: Ownership) -> _Candidate | None:
    """A sentence with how well it tells of the topic for its side; None of a question."""
    passage = hit.passage
    shape = passage_shape(passage.shown)
    if shape & PassageShape.QUESTION:
        return None
    (share, known), facts = topic.share(passage), find_facts(passage.shown, passage.date)
    score = 0.5 * share + 0.2 * known + 0.4 * owner.strength + 0.3 * hit.confidence
    score += 0.15 * (topic.asks_stance and shape & PassageShape.STANCE > 0)
    score -= 0.15 * points_back(passage) + 0.1 * bool(shape & PassageShape.FRAGMENT) + 0.1 * (len(passage.shown) > LONG)
    return _Candidate(hit, facts, frozenset(word.term for word in facts.words), score, owner.is_by_article)


def _pairs(
    left: tuple[int, Sequence[_Candidate]], right: tuple[int, Sequence[_Candidate]], aside: frozenset[str]
) -> list[_Pair]:
    """The pairs of candidates of two columns that are about the same, best first; the best are looked at closely."""
    (i, mine), (j, theirs) = left, right
    found = [
        pair
        for (m, a), (n, b) in product(enumerate(mine), enumerate(theirs))
        if (pair := _pair((i, j), (m, n), a, b, aside))
    ]
    found.sort(key=attrgetter("score"), reverse=True)
    return sorted(
        (
            _closely(pair, mine[pair.places[0]].hit.passage, theirs[pair.places[1]].hit.passage)
            for pair in found[:LOOKED_AT]
        ),
        key=attrgetter("score"),
        reverse=True,
    )


LOOKED_AT = 40
"""How many pairs of two columns are compared closely."""


def _pair(
    columns: tuple[int, int], places: tuple[int, int], a: _Candidate, b: _Candidate, aside: frozenset[str]
) -> _Pair | None:
    mine, theirs = a.terms - aside, b.terms - aside
    common, least = _weigh(mine & theirs), min(_weigh(mine), _weigh(theirs))
    alike = common / least if least else 0.0
    score = (a.score + b.score) / 2 + min(common, 40.0) / 80 + 0.4 * alike
    if words := _differing_figures(a, b):
        return _Pair(columns, places, AspectKind.FIGURE, True, False, words, score + 0.4)
    if _lists_meet(a, b):
        return _Pair(columns, places, AspectKind.LIST, False, False, ("", ""), score + 0.1)
    if common >= ALIKE and alike >= RELATED:
        return _Pair(columns, places, AspectKind.WORDS, False, False, ("", ""), score)
    return None


def _differing_figures(a: _Candidate, b: _Candidate) -> tuple[str, str] | None:
    """The figures of the same measure that differ, those with most words around both; None where there are none."""
    found = {
        (mine, theirs): mine.contradicts(theirs)
        for mine, theirs in product(a.facts.quantities, b.facts.quantities)
        if mine.unit != "rank" and (mine.unit or mine.nouns) and (theirs.unit or theirs.nouns)
    }
    settled = {quantity for pair, differ in found.items() if differ is False for quantity in pair}
    framed = [
        (_weigh(a.facts.near(mine.start, mine.end) & b.facts.near(theirs.start, theirs.end)), mine, theirs)
        for (mine, theirs), differ in found.items()
        if differ and not {mine, theirs} & settled
    ]
    weight_, mine, theirs = max(framed, key=itemgetter(0), default=(0.0, None, None))
    if mine is None or theirs is None or weight_ < FRAMED:
        return None
    return a.hit.passage.shown[mine.start : mine.end], b.hit.passage.shown[theirs.start : theirs.end]


def _lists_meet(a: _Candidate, b: _Candidate) -> bool:
    """Whether two sentences list some of the same names."""
    lists = product(a.facts.name_lists, b.facts.name_lists)
    return any(len(mine.items & theirs.items) >= LISTED_TWICE for mine, theirs in lists)


def _closely(pair: _Pair, one: Passage, other: Passage) -> _Pair:
    """A pair with whether its sentences contradict each other or say the same."""
    found = compare(one, other)
    if found.relation is Relation.DIFFER and found.about in {"figure", "list"}:
        kind = AspectKind(found.about)
        return pair._replace(kind=kind, differs=True, words=(found.one, found.other), score=pair.score + 0.5)
    if found.relation is Relation.AGREE or repeats(one, other):
        return pair._replace(is_same=True, differs=False, score=pair.score - 0.5)
    return pair


def _aspects(found: Sequence[Sequence[_Candidate]], pairs: Iterable[_Pair], most: int) -> tuple[SharedAspect, ...]:
    """The best pairs, each sentence in one row only, with the sentences of further columns; differences first."""
    chosen: list[tuple[_Pair, dict[int, int]]] = []
    used: set[tuple[int, int]] = set()
    ordered = sorted(pairs, key=attrgetter("score"), reverse=True)
    for pair in ordered:
        own = set(zip(pair.columns, pair.places, strict=True))
        if len(chosen) == most:
            break
        if own & used or any(_is_told(found, place, used) for place in own):
            continue
        members = dict(own)
        for other in ordered:  # what further columns say on it
            sides = dict(zip(other.columns, other.places, strict=True))
            met = [n for n, place in sides.items() if members.get(n) == place]
            further = [(n, place) for n, place in sides.items() if n not in members and (n, place) not in used]
            if len(met) == 1 and further:
                members |= dict(further)
        chosen.append((pair, members))
        used |= set(members.items())
    chosen.sort(key=lambda each: (not each[0].differs, each[0].is_same))
    return tuple(_aspect(pair, members, found) for pair, members in chosen)


def _is_told(found: Sequence[Sequence[_Candidate]], place: tuple[int, int], used: set[tuple[int, int]]) -> bool:
    """Whether a sentence of the same column that is shown says the same."""
    passage = found[place[0]][place[1]].hit.passage
    return any(n == place[0] and repeats(passage, found[n][at].hit.passage) for n, at in used)


def _aspect(pair: _Pair, members: dict[int, int], found: Sequence[Sequence[_Candidate]]) -> SharedAspect:
    return SharedAspect(
        pair.kind,
        pair.differs,
        {n: found[n][place].hit for n, place in sorted(members.items())},
        {n: word for n, word in zip(pair.columns, pair.words, strict=True) if word},
    )


def _quotes(own: Sequence[_Candidate], told: Sequence[Hit], most: int) -> tuple[ColumnQuote, ...]:
    """The quotes of a column: those of the aspects, filled up by the best others, with where else each stands."""
    heads = [next(c for c in own if c.hit is hit) for hit in told]
    for candidate in own:
        if len(heads) >= min(most, FILLED):
            break
        if not any(repeats(candidate.hit.passage, head.hit.passage) for head in heads):
            heads.append(candidate)
    return tuple(ColumnQuote((head.hit, *_elsewhere(head, own, heads)), head.is_by_article) for head in heads)


FILLED = 2
"""Up to how many quotes a column without so many aspects is filled up."""


def _elsewhere(head: _Candidate, own: Sequence[_Candidate], heads: Sequence[_Candidate]) -> list[Hit]:
    """Where else what a quote says stands, once an article."""
    found: dict[str, Hit] = {}
    for candidate in own:
        passage = candidate.hit.passage
        is_shown = any(candidate is other for other in heads) or passage.file == head.hit.passage.file
        if not is_shown and len(found) < TOLD - 1 and repeats(passage, head.hit.passage):
            found.setdefault(passage.file, candidate.hit)
    return list(found.values())


def _weigh(terms: Iterable[str]) -> float:
    return sum(map(weight, sorted(terms)))


def _by_age(library: Library, topic: Topic, filters: Filters, most: int) -> SideBySide | None:
    """What older reports say beside what newer ones say, where they differ in a figure or a list.

    Where all that differ include a report without a date, each is named by its own date, or as undated.
    """
    found = _searched(library, topic, [_within(query, filters) for query in topic.queries])
    likely = filter(None, (_candidate(hit, topic, Ownership(0, 1.0)) for hit in found))
    own = sorted(likely, key=attrgetter("score"), reverse=True)[:KEPT]
    own.sort(key=lambda c: c.hit.passage.date or dt.date.max)
    pairs = (
        _closely(pair, own[m].hit.passage, own[n].hit.passage)
        for m, n in combinations(range(len(own)), 2)
        if own[m].hit.passage.date
        and own[m].hit.passage.date != own[n].hit.passage.date
        and (pair := _pair((0, 1), (m, n), own[m], own[n], topic.terms))
        and pair.kind is not AspectKind.WORDS
    )
    differing = sorted((pair for pair in pairs if pair.differs), key=attrgetter("score"), reverse=True)
    if not differing:
        return None
    is_dated = [own[pair.places[1]].hit.passage.date is not None for pair in differing]
    ages = (ColumnAsked("", None, ColumnSense.OLDER), ColumnAsked("", None, ColumnSense.NEWER))
    if not any(is_dated):
        day = own[differing[0].places[0]].hit.passage.date
        differing = [pair for pair in differing if own[pair.places[0]].hit.passage.date == day]
        ages = (ColumnAsked(str(day)), ColumnAsked("", None, ColumnSense.UNDATED))
    else:
        differing = [pair for pair, each in zip(differing, is_dated, strict=True) if each]
    aspects = _aspects([own, own], differing, most)
    columns = tuple(
        Column(age, _quotes(own, [aspect.quotes[n] for aspect in aspects], len(aspects))) for n, age in enumerate(ages)
    )
    return SideBySide(columns, aspects)
