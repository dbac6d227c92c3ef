"""An exchange as reviewers see it: the question as read, the quotes in their articles, neighbours and verdicts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field, ValidationError
from sqlite_utils import Database

from retrieval.library import Library
from retrieval.models import Article, Passage, Query, Value
from retrieval.reading.quote_context import Context
from retrieval.text.shown_text import shown
from retrieval.text.terms import term_set
from storage.errors import ReviewError
from storage.models import LoggedCitation, LoggedExchange
from storage.record.exchanges import exchanges_where
from storage.record.source_status import CitedArticles, Freshness
from storage.review.article_lines import ShownLine, TextRange, around
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, SecondReview, Verdict

NEIGHBOURS = 3
"""Exchanges of the same chat that are shown before an exchange, and after it."""
LONGEST_NOTE = 4_000
HITS_EXPLAINED = 20
"""Among how many hits of today a quote is looked for, to tell what the semantic extra had to do with its place."""


class MatchReason(Value):
    """A word of the question, as written, for which a quote was found.

    Attributes:
        by: The quote's words for it; empty where the quote holds the word itself.
        why: Their relation: acronym, spelling, variant, place or form.
    """

    word: str
    by: str = ""
    why: str = ""


class MeaningShare(Value):
    """The share of the semantic extra in a quote's place, by today's articles."""

    similarity: float
    place: int
    by_words: int


class ShownQuote(Value):
    """A quote of an answer, found in its article as that is now.

    Attributes:
        line: The line the quote starts on now; none where the article no longer holds it.
        matched: The question's words that speak for it, by today's reading.
        meaning: The share of the semantic extra in its place; none without it, or where it is no hit today.
    """

    citation: LoggedCitation
    freshness: Freshness
    line: int | None
    matched: tuple[MatchReason, ...]
    meaning: MeaningShare | None = None


class QuoteBlock(Value):
    """Quotes with the lines around them; without lines where the article no longer holds them."""

    quotes: tuple[ShownQuote, ...]
    lines: tuple[ShownLine, ...] = ()


class QuotedArticle(Value):
    """An article that an answer quotes.

    Attributes:
        article: As it is now; none where there is no such article any more.
        blocks: In the order of the text.
    """

    file: str
    article: Article | None
    blocks: tuple[QuoteBlock, ...]


class ExchangePage(Value):
    """The page of an exchange.

    Attributes:
        chat: The name of the chat, where known.
        person: The name of the person who asked, where known.
        query: The question read by itself, with the articles as they are now; none where no article can be used.
        earlier: Asked in the same chat just before.
        later: Asked there just after.
        verdicts: The newest of each reviewer.
        mine: Of the reviewer who looks.
        second: The request for a second reviewer, where there is one.
    """

    exchange: LoggedExchange
    chat: str | None
    person: str | None
    query: Query | None
    sources: tuple[QuotedArticle, ...]
    earlier: tuple[LoggedExchange, ...]
    later: tuple[LoggedExchange, ...]
    verdicts: tuple[Verdict, ...]
    mine: Verdict | None
    second: SecondReview | None


class SentencePlace(Value):
    """The place of a sentence, from the parameters of an address."""

    file: str
    start: int = Field(ge=0, lt=2**62)
    end: int = Field(ge=0, lt=2**62)


def exchange_page(
    db: Database, library: Library | None, book: VerdictBook, number: int, reviewer: str
) -> ExchangePage | None:
    """The page of an exchange for a reviewer; none where there is no such exchange, or it was forgotten."""
    exchange = find_exchange(db, number)
    if exchange is None:
        return None
    query = library.read(exchange.question) if library else None
    verdicts = tuple(book.of(number))
    return ExchangePage(
        exchange=exchange,
        chat=_name(db, exchange.chat_id),
        person=_name(db, exchange.user_id),
        query=query,
        sources=tuple(_sources(exchange, library, query)),
        earlier=tuple(reversed(_neighbours(db, exchange, "id < :id", "desc"))),
        later=tuple(_neighbours(db, exchange, "id > :id", "asc")),
        verdicts=verdicts,
        mine=next((verdict for verdict in verdicts if verdict.reviewer == reviewer), None),
        second=book.second_review(number),
    )


def uid_on_record(db: Database, number: int, shown: str | None = None) -> str:
    """The unique id of an exchange; `shown` is the id on the page of the form, where known.

    Raises:
        ReviewError: There is no such exchange, it was forgotten, or it is another one by now.
    """
    row = db.execute("select uid from exchanges where id = ? and forgotten = 0", [number]).fetchone()
    if row is None:
        raise ReviewError("There is no such exchange, or it was forgotten.")
    if shown not in {None, row[0]}:
        raise ReviewError("Another exchange has this number by now, since a backup was put back: open it again.")
    return str(row[0])


def read_verdict(fields: Mapping[str, str], number: int, uid: str, reviewer: str, library: Library | None) -> Verdict:
    """A verdict from the fields of the form; a better quote must be a sentence of the articles.

    Raises:
        ReviewError: A field cannot be used.
    """
    try:
        ruling = Ruling(fields.get("verdict", ""))
    except ValueError:
        raise ReviewError("This verdict is not known: press one of the five buttons.") from None
    note = fields.get("note", "").replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise ReviewError(f"The note is too long: use {LONGEST_NOTE} characters at most.")
    return Verdict(
        exchange_id=number,
        exchange_uid=uid,
        reviewer=reviewer,
        verdict=ruling,
        better=chosen_sentence(fields, library),
        note=note,
        given_at=dt.datetime.now(dt.UTC),
    )


def verdict_time(fields: Mapping[str, str]) -> dt.datetime:
    """The time of a verdict from the field of a form.

    Raises:
        ReviewError: It is none.
    """
    try:
        return dt.datetime.fromisoformat(fields.get("given_at", ""))
    except ValueError:
        raise ReviewError("This form is not complete: open the exchange again.") from None


def verdict_of(book: VerdictBook, number: int | None, reviewer: str) -> Verdict | None:
    """The verdict of a reviewer on an exchange; none where there is none, or no exchange is meant."""
    verdicts = book.of(number) if number is not None else ()
    return next((verdict for verdict in verdicts if verdict.reviewer == reviewer), None)


def chosen_sentence(fields: Mapping[str, str], library: Library | None) -> BetterQuote | None:
    """The sentence at the place in the fields of the form; none where no sentence was chosen.

    Raises:
        ReviewError: It is no sentence of the articles as they are now.
    """
    if not fields.get("file"):
        return None
    try:
        place = SentencePlace.model_validate({name: fields.get(name) for name in SentencePlace.model_fields})
    except ValidationError:
        place = None
    passages = library.passages_of(place.file) if library and place else []
    found = next(
        (p for p in passages if place and (p.file, p.start, p.end) == (place.file, place.start, place.end)), None
    )
    if found is None:
        raise ReviewError("The sentence is not in the articles any more: choose it again.")
    return BetterQuote(file=found.file, start=found.start, end=found.end, quote=found.text)


def find_exchange(db: Database, number: int) -> LoggedExchange | None:
    """The exchange of an id; none where there is none, or it was forgotten."""
    return next(iter(exchanges_where(db, "id = :id and forgotten = 0", {"id": number})), None)


def _name(db: Database, number: int | None) -> str | None:
    row = db.execute("select name from names where id = ?", [number]).fetchone()
    return str(row[0]) if row else None


def _neighbours(db: Database, exchange: LoggedExchange, side: str, order: str) -> list[LoggedExchange]:
    if exchange.chat_id is None:
        return []
    condition = (
        f"chat_id = :chat_id and thread_id is :thread_id and {side} and forgotten = 0 order by id {order} limit :most"
    )
    values = {"id": exchange.id, "chat_id": exchange.chat_id, "thread_id": exchange.thread_id, "most": NEIGHBOURS}
    return exchanges_where(db, condition, values)


def _sources(exchange: LoggedExchange, library: Library | None, query: Query | None) -> Iterator[QuotedArticle]:
    """The articles that an exchange quotes, in the order of its quotes."""
    cited = CitedArticles(library.sources if library else ())
    shares = _meaning_shares(library, query) if library and query else {}
    for file in dict.fromkeys(citation.file for citation in exchange.citations):
        article = library.article(file) if library else None
        own = [citation for citation in exchange.citations if citation.file == file]
        quotes = [_quote(citation, cited, library, query, shares) for citation in own]
        passages = library.passages_of(file) if library and article else []
        yield QuotedArticle(file=file, article=article, blocks=tuple(_blocks(quotes, article, passages)))


def quote_now(citation: LoggedCitation, library: Library) -> TextRange | None:
    """The place of a quote in its article as that is now; none where the article no longer holds it."""
    return _range(citation, _context(citation, library))


def _range(citation: LoggedCitation, found: Context | None) -> TextRange | None:
    return TextRange(start=found.start, end=found.start + len(citation.quote)) if found else None


def _context(citation: LoggedCitation, library: Library) -> Context | None:
    article = library.article(citation.file)
    return library.context(article, citation.start, citation.quote) if article else None


def _quote(
    citation: LoggedCitation,
    cited: CitedArticles,
    library: Library | None,
    query: Query | None,
    shares: Mapping[tuple[str, int], MeaningShare],
) -> tuple[ShownQuote, TextRange | None]:
    """A quote, and its place, where its article still holds it."""
    found = _context(citation, library) if library else None
    quote = ShownQuote(
        citation=citation,
        freshness=cited.freshness(citation),
        line=found.line if found else None,
        matched=tuple(_match_reasons(query, citation.quote)) if query else (),
        meaning=shares.get((citation.file, found.start)) if found else None,
    )
    return quote, _range(citation, found)


def _blocks(
    quotes: Sequence[tuple[ShownQuote, TextRange | None]], article: Article | None, passages: Sequence[Passage]
) -> Iterator[QuoteBlock]:
    """Quotes near each other as blocks, then those that the article no longer holds."""
    held = [place for _, place in quotes if place]
    for block in around(article, passages, held) if article else ():
        together = tuple(quote for quote, place in quotes if place in block.quotes)
        yield QuoteBlock(quotes=together, lines=block.lines)
    yield from (QuoteBlock(quotes=(quote,)) for quote, place in quotes if place is None)


def _meaning_shares(library: Library, query: Query) -> dict[tuple[str, int], MeaningShare]:
    """The share of the semantic extra in each hit, by its file and start; none without the extra."""
    if library.model is None:
        return {}
    return {
        (each.hit.passage.file, each.hit.passage.start): MeaningShare(
            similarity=next(part.value for part in each.parts if part.name == "similarity"),
            place=each.hit.rank,
            by_words=each.by_words,
        )
        for each in library.explain(query, HITS_EXPLAINED).hits
        if each.by_words is not None
    }


def _match_reasons(query: Query, quote: str) -> Iterator[MatchReason]:
    """The words of a question that a quote holds, or holds an expansion of."""
    held = term_set(shown(quote))
    for term, word in zip(query.terms, query.words, strict=True):
        others = [other for other in query.expansions if other.term == term and held.issuperset(other.terms)]
        if term in held:
            yield MatchReason(word=word)
        elif others:
            yield MatchReason(word=word, by=" ".join(others[0].terms), why=others[0].why)
