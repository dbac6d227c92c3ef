"""A question in the words of another language to a query: its terms, their alternatives, and what it is read as."""

from collections.abc import Iterator, Set

from retrieval.glossary.readings import Rendering, Rendition
from retrieval.models import Expansion, Kind, Query, Translation
from retrieval.query.asking.tongues import kind_of
from retrieval.query.expansion import WEIGHTS, Expander
from retrieval.query.question import read_question
from retrieval.text.terms import terms

UNITS = frozenset("年 月 日 時 分 秒 人 名 個 回 度 歳 隻 機 台 件 円 năm tháng ngày tuần giờ phút giây tuổi".split())
"""Words that only count: that '年' means 'year' tells nobody how a question was read."""
MOST_FORMS = 8
"""Most forms of a word in another language that are looked for."""


def read_rendition(rendition: Rendition, asked: Query, scripts: Set[str], expander: Expander) -> Query:
    """Read a question in another language.

    Args:
        rendition: The question, word by word, in that language.
        asked: The question as it was asked.
        scripts: The scripts that the articles are written in.
        expander: Knows the alternatives in the articles to the question's terms.
    """
    known = [rendering for rendering in rendition.renderings if rendering.forms]
    words = " ".join(_written(rendering) for rendering in known)
    query = read_question(f"{rendition.asking} {words}?" if _asks_in_english(rendition) else words, scripts, expander)
    sources = {term: rendering.written for rendering in reversed(known) for term in terms(_written(rendering))}
    unknown = _unknown(rendition, query)
    named = {term for r in known if r.names for term in terms(_written(r))}
    named |= {term for term, rendering in unknown.items() if rendering.names}
    own = [sources.get(term, word) for term, word in zip(query.terms, query.words, strict=True)]
    all_terms = (*query.terms, *unknown)
    return query.model_copy(
        update={
            "text": asked.text,
            "original": asked.asked,
            "kind": _kind(rendition, asked, query),
            "terms": all_terms,
            "words": (*own, *(rendering.written for rendering in unknown.values())),
            "expansions": (*query.expansions, *_alternatives(rendition, query, expander)),
            "names": (query.names | named).intersection(all_terms),
            "light": query.light | {term for term, rendering in unknown.items() if not rendering.names},
            "foreign": False,
            "read_in": rendition.language,
            "read_as": tuple(_translations(known)),
            "prefers": query.prefers or asked.prefers,
            "period": query.period or asked.period,
        }
    )


def _unknown(rendition: Rendition, query: Query) -> dict[str, Rendering]:
    """The words for which nothing is known, by the terms that stand for them: they count as missing."""
    found = {rendering.written.lower(): rendering for rendering in rendition.renderings if not rendering.forms}
    return {term: rendering for term, rendering in found.items() if term not in query.terms}


def _asks_in_english(rendition: Rendition) -> bool:
    return rendition.language == "en" and bool(rendition.asking)


def _kind(rendition: Rendition, asked: Query, reading: Query) -> Kind:
    """The kind of answer that a question asks for, by the question words of its own language."""
    if _asks_in_english(rendition) or (not rendition.asking and asked.kind is Kind.KEYWORDS):
        return reading.kind
    return kind_of(f"{rendition.asking} x?") if rendition.asking else asked.kind


def _written(rendering: Rendering) -> str:
    """The likeliest form of a word; a name of the library, whose words are kept in small letters, with its capital."""
    form = rendering.forms[0]
    return form[:1].upper() + form[1:] if rendering.names and rendering.kind == "person" else form


def _alternatives(rendition: Rendition, query: Query, expander: Expander) -> Iterator[Expansion]:
    for rendering in rendition.renderings:
        own = [term for term in terms(_written(rendering)) if term in query.terms] if rendering.forms else []
        for form in rendering.forms[1:MOST_FORMS]:
            others = tuple(terms(form))
            found = (Expansion(term=t, terms=others, weight=WEIGHTS["translation"], why="translation") for t in own)
            yield from (expansion for expansion in found if expander.holds(expansion))


def _translations(known: list[Rendering]) -> Iterator[Translation]:
    for rendering in known:
        written = rendering.written.lower()
        if rendering.kind and written not in UNITS and written != rendering.forms[0].lower():
            yield Translation(written=rendering.written, meant=_written(rendering))
