"""What the command line shows: a table for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import SecretStr
from rich.table import Table

from bot.articles.folder_check import SourcesCheck
from bot.articles.listing import list_articles
from bot.cli.output.console import add_row as _row
from bot.cli.output.console import new_table as _table
from bot.cli.output.console import print_table as _print
from bot.settings import PREFIX, Settings
from prompts.render import clean
from retrieval.articles_folder import Changes
from retrieval.documents.models import Draft
from retrieval.evaluation.measures import Measures, QuestionResult
from retrieval.library import Library
from retrieval.models import Explanation, Query, SkippedFile
from storage.access.models import Party
from storage.delivery.inbox import InboxBacklog, InboxEntry
from storage.models import Feedback, LoggedCitation, LoggedExchange
from storage.record.source_status import CitedArticles, Freshness

OPENING_CHARS = 200
"""How much of a line is shown of a document that may be kept."""


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2)


def sources_tables(library: Library) -> None:
    """Print the articles, and below them the files that could not be used."""
    listed = list_articles(library)
    collections = ["Collection"] if any(article.collection for article in listed) else []
    articles = _table("No.", "Title", "Date", "Publisher", "Passages", *collections, "File")
    for article in listed:
        described = (article.number, article.title, article.date, article.publisher, article.passages)
        place = [article.collection] if collections else []
        _row(articles, *described, *place, (article.original or article.file).rpartition("/")[2])
    _print(articles)
    _skipped_table(library.skipped)


def _skipped_table(files: Sequence[SkippedFile]) -> None:
    if files:
        skipped = _table("File", "Reason", "Cure", title="\nNot used")
        for file in files:
            _row(skipped, file.file, file.reason, file.cure)
        _print(skipped)


def check_tables(found: SourcesCheck) -> None:
    """Print what is wrong with the articles, and what the bot has not read yet."""
    print(f"Articles that can be used: {found.articles}; files that cannot: {len(found.skipped)}.")  # noqa: T201 - a table's place
    _skipped_table(found.skipped)
    if found.unread:
        unread = _table("File", "Since", title="\nNot yet read by the bot")
        for file, since in _since(found.unread):
            _row(unread, file, since)
        _print(unread)


def _since(unread: Changes) -> Iterator[tuple[str, str]]:
    yield from ((file, "new") for file in unread.added)
    yield from ((file, "changed") for file in unread.changed)
    yield from ((file, "gone") for file in unread.gone)


def sources_json(library: Library) -> str:
    """The same as an object of `articles` and `skipped`."""
    return _json(
        {
            "articles": [article.model_dump(mode="json") for article in list_articles(library)],
            "skipped": [file.model_dump() for file in library.skipped],
        }
    )


def draft_tables(draft: Draft) -> None:
    """Print what was read of a document: what is known of it, how it begins, and what was left out."""
    known = _table("Read", "")
    described = {"File": draft.name, "Title": draft.title, "Date": draft.date, "Publisher": draft.publisher}
    for name, value in (described | {"Passages": draft.sentences}).items():
        _row(known, name, "-" if value is None else value)
    for number, line in enumerate(draft.opening):
        _row(known, "" if number else "Begins", line if len(line) <= OPENING_CHARS else line[:OPENING_CHARS] + "…")
    for number, dropped in enumerate(draft.dropped):
        sample = f" ({dropped.sample})" if dropped.sample else ""
        _row(known, "" if number else "Left out", f"{dropped.count} {dropped.what}{sample}")
    _print(known)


def history_table(exchanges: Sequence[LoggedExchange], articles: CitedArticles | None) -> None:
    """Print exchanges, one a row.

    Args:
        exchanges: What was asked and answered.
        articles: Tells what has become of the cited articles; none where there are no articles to compare with.
    """
    table = _table("No.", "Asked at (UTC)", "Channel", "Question", "Outcome", "Sure", "Sources", "Feedback")
    for exchange in exchanges:
        places = "\n".join(_cited(citation, articles) for citation in exchange.citations)
        asked_at = exchange.asked_at.strftime("%Y-%m-%d %H:%M:%S")
        sure = f"{exchange.confidence:.2f}"
        question = f"{exchange.question} (more of {exchange.more_of})" if exchange.more_of else exchange.question
        question += " (reply may stand twice)" if exchange.in_doubt else ""
        thumbs = "\n".join(_feedback_lines(exchange.feedback))
        _row(table, exchange.id, asked_at, exchange.channel, question, exchange.outcome, sure, places, thumbs)
    _print(table) if exchanges else print("Nothing on record.")  # noqa: T201 - a table's place


def _cited(citation: LoggedCitation, articles: CitedArticles | None) -> str:
    freshness = articles.freshness(citation) if articles else Freshness.CURRENT
    return f"{citation.file}:{citation.line}" + ("" if freshness is Freshness.CURRENT else f" ({freshness} since)")


def history_json(exchanges: Iterable[LoggedExchange], articles: CitedArticles | None) -> str:
    """Exchanges as a list of objects, with the names of the database's columns, and what became of each source."""
    dumped = []
    for exchange in exchanges:
        cited = [
            citation.model_dump(mode="json") | {"freshness": articles and articles.freshness(citation)}
            for citation in exchange.citations
        ]
        dumped.append(exchange.model_dump(mode="json") | {"citations": cited})
    return _json(dumped)


def _feedback_lines(feedback: Sequence[Feedback]) -> Iterator[str]:
    """How many thumbs are up, and how many down for each reason; then what people wrote."""
    kinds = Counter(f"{given.thumb}: {given.reason}" if given.reason else str(given.thumb) for given in feedback)
    yield from (f"{count} {kind}" for kind, count in sorted(kinds.items(), reverse=True))
    yield from (f"“{given.note}”" for given in feedback if given.note)


def inbox_table(entries: Sequence[InboxEntry], backlog: InboxBacklog) -> None:
    """Print the updates that were set aside, and how many wait; not what was sent."""
    table = _table("Number", "Received at (UTC)", "Tried", "What went wrong")
    for entry in entries:
        received_at = entry.received_at.strftime("%Y-%m-%d %H:%M:%S")
        _row(table, entry.update_id, received_at, entry.attempts, entry.error)
    _print(table) if entries else print("Nothing was set aside.")  # noqa: T201 - a table's place
    since = f", the oldest since {backlog.oldest:%Y-%m-%d %H:%M:%S} UTC" if backlog.oldest else ""
    print(f"Waiting to be worked off: {backlog.count}{since}.")  # noqa: T201 - a line below a table


def inbox_json(entries: Sequence[InboxEntry], backlog: InboxBacklog) -> str:
    """The same as an object of `set_aside` and `waiting`, with what was sent."""
    values = {"set_aside": [entry.model_dump(mode="json") for entry in entries]}
    return _json(values | {"waiting": backlog.model_dump(mode="json")})


def measures_table(measures: Measures) -> None:
    """Print one measure a row."""
    table = _table("Measure", "Value")
    for name, value in measures.model_dump(by_alias=True).items():
        _row(table, name, f"{value:.3f}" if isinstance(value, float) else "-" if value is None else value)
    _print(table)


def results_table(results: Sequence[QuestionResult]) -> None:
    """Print how each question went."""
    table = _table("Id", "Question", "Answerable", "Outcome", "Sure", "Rank")
    for result in results:
        answerable = "yes" if result.answerable else "no"
        cells = (result.id, result.question, answerable, result.outcome, f"{result.confidence:.2f}", result.rank or "-")
        _row(table, *cells)
    _print(table)


def measures_json(measures: Measures, results: Sequence[QuestionResult]) -> str:
    """The measures as an object, with the list `results` in it where there are any."""
    values = measures.model_dump(by_alias=True)
    if results:
        values["results"] = [result.model_dump() for result in results]
    return _json(values)


def parties_table(parties: Sequence[Party], owners: Iterable[int]) -> None:
    """Print the list of access; the owners, whom the settings name, stand in its title."""
    named = ", ".join(map(str, owners)) or "none; see POLICYDESK_OWNERS"
    table = _table("Who", "Id", "Code", "Standing", "Role", "Asked", "Decided", "By", title=f"Owners: {named}\n")
    for party in parties:
        standing = f"{party.standing.value}, removed" if party.removed_at else party.standing.value
        role = party.role.value if party.is_let_in else ""
        _row(table, party.name, party.id, party.code, standing, role, party.asked_at.date(), *_decided(party))
    _print(table)


def _decided(party: Party) -> tuple[object, str]:
    return (party.decided_at.date() if party.decided_at else None, party.decided_by)


def parties_json(parties: Sequence[Party]) -> str:
    """The same as a list of objects."""
    return _json([party.model_dump(mode="json") for party in parties])


EXPLAINED = ("score_passage", "score_window", "score_article", "coverage", "answer_near")
"""The figures shown in a table; JSON holds all of them."""


def explanation_tables(explanation: Explanation) -> None:
    """Print how a question was read, what speaks for each hit, and what the confidence was made of."""
    query, findings = explanation.findings.query, explanation.findings
    _print(reading_table(query))
    for note in _notes(query):
        print(clean(note))  # noqa: T201 - a line below a table
    names = [name.removeprefix("score_") for name in EXPLAINED]
    hits = _table("Place", "BM25", *names, "Matched", title="\nHits; the scores are shares of the question's weight")
    for entry in explanation.hits:
        parts = {part.name: f"{part.value:.2f}" for part in entry.parts}
        place = f"{entry.hit.passage.file}:{entry.hit.passage.line}"
        figures = [parts[name] for name in EXPLAINED]
        _row(hits, place, f"{entry.hit.score:.2f}", *figures, ", ".join(entry.hit.matched))
    _print(hits)
    sure = _table("Figure", "Value", title=f"\nConfidence {findings.confidence:.2f}, made of")
    for part in explanation.confidence:
        _row(sure, part.name, f"{part.value:.2f}")
    _print(sure)


def reading_table(query: Query) -> Table:
    """How a question was read, one term a row."""
    table = _table("Term", "As written", "Or", "For", "Because", title=f"\nRead as a question of kind {query.kind}")
    for term, word in zip(query.terms, query.words, strict=True):
        others = [expansion for expansion in query.expansions if expansion.term == term]
        _row(table, term, word, *((" + ".join(others[0].terms), others[0].weight, others[0].why) if others else ()))
        for other in others[1:]:
            _row(table, "", "", " + ".join(other.terms), other.weight, other.why)
    return table


def _notes(query: Query) -> Iterator[str]:
    """What else was read in a question: its language, its filters, and whether age matters."""
    if query.language:
        yield f"In a language that no article is in, by its commonest words: {query.language}"
    if query.filters.written:
        yield f"Only articles that pass {' '.join(query.filters.written)}"
    if query.carried:
        taken = ", ".join(f"{part.word} ({part.weight:.2f})" for part in query.carried)
        yield f"Taken over from the question before, and what each is worth beside its own words: {taken}"
    if query.prefers:
        yield f"Of passages about as good, the {query.prefers.age} first: asked for by '{query.prefers.because}'"


def settings_table(settings: Settings) -> None:
    """Print every setting with its value, a secret's masked, and what it means."""
    table = _table("Setting", "Value", "Meaning")
    table.columns[0].no_wrap = True  # a name is copied whole
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = "********" if isinstance(value, SecretStr) else "" if value is None else value
        shown = ", ".join(map(str, shown)) if isinstance(shown, tuple) else shown
        _row(table, PREFIX + name.upper(), shown, field.description)
    _print(table)
