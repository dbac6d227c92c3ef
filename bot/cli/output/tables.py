"""Output of commands: tables for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import SecretStr
from rich.table import Table

from bot.articles.folder_check import SourcesCheck, UndecidedDate
from bot.articles.listing import list_articles
from bot.articles.passages import OmittedLine
from bot.cli.output.console import add_row, new_table, print_table
from bot.cli.output.words import plural
from bot.settings import PREFIX, Settings
from prompts.markup import clean
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
"""Code points shown of a line of a draft."""


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2)


def sources_tables(library: Library) -> None:
    """Print the articles, and below them the skipped files."""
    listed = list_articles(library)
    collections = ["Collection"] if any(article.collection for article in listed) else []
    articles = new_table("No.", "Title", "Date", "Publisher", "Passages", *collections, "File")
    for article in listed:
        metadata = (article.number, article.title, article.date, article.publisher, article.passages)
        place = [article.collection] if collections else []
        add_row(articles, *metadata, *place, (article.original or article.file).rpartition("/")[2])
    print_table(articles)
    _skipped_table(library.skipped)
    figures = (plural(len(listed), "article"), plural(len(library.passages), "passage"))
    print(f"{', '.join(figures)}; {plural(len(library.skipped), 'file')} not used.")  # noqa: T201 - below the tables


def _skipped_table(files: Sequence[SkippedFile]) -> None:
    if files:
        skipped = new_table("File", "Reason", "Cure", title="\nNot used")
        for file in files:
            add_row(skipped, file.file, file.reason, file.cure)
        print_table(skipped)


def check_tables(check: SourcesCheck) -> None:
    """Print how many articles can be used, the skipped files, and the changes that the bot has not read yet."""
    print(f"Articles that can be used: {check.articles}; files that cannot: {len(check.skipped)}.")  # noqa: T201 - a table's place
    if check.undated:
        print(f"Without a date: {check.undated}; state it in the front matter (date: 2025-04-28) or the file's name.")  # noqa: T201
    if check.undecided:
        undecided = new_table("File", "Undated, for", title="\nDay or month")
        for date in check.undecided:
            add_row(undecided, date.file, _two_readings(date))
        print_table(undecided)
    _skipped_table(check.skipped)
    if check.unread:
        unread = new_table("File", "Since", title="\nNot yet read by the bot")
        for file, since in _change_rows(check.unread):
            add_row(unread, file, since)
        print_table(unread)


def _two_readings(date: UndecidedDate) -> str:
    return f"{date.written} may be {' or '.join(f'{day.day} {day:%B}' for day in date.readings)}"


def _change_rows(changes: Changes) -> Iterator[tuple[str, str]]:
    yield from ((file, "new") for file in changes.added)
    yield from ((file, "changed") for file in changes.changed)
    yield from ((file, "gone") for file in changes.gone)


def omitted_lines_table(lines: Sequence[OmittedLine]) -> None:
    """Print the lines of an article that are never quoted, with the rule that says so."""
    table = new_table("Line", "Never quoted, for it is", "Text")
    for line in lines:
        add_row(table, line.number, line.rule, line.text)
    print_table(table)


def sources_json(library: Library) -> str:
    """Return the articles and skipped files as an object of `articles` and `skipped`."""
    return _json(
        {
            "articles": [article.model_dump(mode="json") for article in list_articles(library)],
            "skipped": [file.model_dump() for file in library.skipped],
        }
    )


def draft_tables(draft: Draft) -> None:
    """Print a draft's metadata, first lines and omissions."""
    table = new_table("Read", "")
    metadata = {"File": draft.name, "Title": draft.title, "Date": draft.date, "Publisher": draft.publisher}
    if draft.url:
        metadata["Address"] = draft.url
    if draft.ocr:
        metadata["Read by"] = "OCR: check names and figures"
    for name, value in (metadata | {"Passages": draft.sentences}).items():
        add_row(table, name, "-" if value is None else value)
    for number, line in enumerate(draft.opening):
        add_row(table, "" if number else "Begins", line if len(line) <= OPENING_CHARS else line[:OPENING_CHARS] + "…")
    for number, dropped in enumerate(draft.dropped):
        sample = f" ({dropped.sample})" if dropped.sample else ""
        add_row(table, "" if number else "Left out", f"{dropped.count} {dropped.what}{sample}")
    print_table(table)


def history_table(exchanges: Sequence[LoggedExchange], articles: CitedArticles | None) -> None:
    """Print exchanges, one a row; without articles to compare with, no source is marked as changed."""
    table = new_table("No.", "Asked at (UTC)", "Channel", "Question", "Outcome", "Sure", "Sources", "Feedback")
    for exchange in exchanges:
        places = "\n".join(_source_cell(citation, articles) for citation in exchange.citations)
        asked_at = exchange.asked_at.strftime("%Y-%m-%d %H:%M:%S")
        sure = f"{exchange.confidence:.2f}"
        question = f"{exchange.question} (more of {exchange.more_of})" if exchange.more_of else exchange.question
        question += " (reply may stand twice)" if exchange.in_doubt else ""
        thumbs = "\n".join(_thumb_lines(exchange.feedback))
        add_row(table, exchange.id, asked_at, exchange.channel, question, exchange.outcome, sure, places, thumbs)
    print_table(table) if exchanges else print("Nothing on record.")  # noqa: T201 - a table's place


def _source_cell(citation: LoggedCitation, articles: CitedArticles | None) -> str:
    freshness = articles.freshness(citation) if articles else Freshness.CURRENT
    place = (articles.described(citation) if articles else citation).place
    return place + ("" if freshness is Freshness.CURRENT else f" ({freshness} since)")


def history_json(exchanges: Iterable[LoggedExchange], articles: CitedArticles | None) -> str:
    """Return exchanges as a list of objects named by the database's columns, with each source's freshness."""
    dumped = []
    for exchange in exchanges:
        cited = [
            citation.model_dump(mode="json") | {"freshness": articles and articles.freshness(citation)}
            for citation in exchange.citations
        ]
        dumped.append(exchange.model_dump(mode="json") | {"citations": cited})
    return _json(dumped)


def _thumb_lines(feedback: Sequence[Feedback]) -> Iterator[str]:
    """Yield the count of thumbs up and of each reason for thumbs down, then the notes."""
    kinds = Counter(f"{given.thumb}: {given.reason}" if given.reason else str(given.thumb) for given in feedback)
    yield from (f"{count} {kind}" for kind, count in sorted(kinds.items(), reverse=True))
    yield from (f"“{given.note}”" for given in feedback if given.note)


def inbox_table(entries: Sequence[InboxEntry], backlog: InboxBacklog) -> None:
    """Print the updates set aside, without their content, and how many updates wait."""
    table = new_table("Number", "Received at (UTC)", "Tried", "What went wrong")
    for entry in entries:
        received_at = entry.received_at.strftime("%Y-%m-%d %H:%M:%S")
        add_row(table, entry.update_id, received_at, entry.attempts, entry.error)
    print_table(table) if entries else print("Nothing was set aside.")  # noqa: T201 - a table's place
    since = f", the oldest since {backlog.oldest:%Y-%m-%d %H:%M:%S} UTC" if backlog.oldest else ""
    print(f"Waiting to be worked off: {backlog.count}{since}.")  # noqa: T201 - a line below a table


def inbox_json(entries: Sequence[InboxEntry], backlog: InboxBacklog) -> str:
    """Return the inbox as an object of `set_aside`, with the updates' content, and `waiting`."""
    values = {"set_aside": [entry.model_dump(mode="json") for entry in entries]}
    return _json(values | {"waiting": backlog.model_dump(mode="json")})


def measures_table(measures: Measures) -> None:
    """Print one measure a row."""
    table = new_table("Measure", "Value")
    for name, value in measures.model_dump(by_alias=True).items():
        add_row(table, name, f"{value:.3f}" if isinstance(value, float) else "-" if value is None else value)
    print_table(table)


def results_table(results: Sequence[QuestionResult]) -> None:
    """Print each question's outcome, confidence and rank of the first right hit."""
    table = new_table("Id", "Question", "Answerable", "Outcome", "Sure", "Rank")
    for result in results:
        answerable = "yes" if result.answerable else "no"
        cells = (result.id, result.question, answerable, result.outcome, f"{result.confidence:.2f}", result.rank or "-")
        add_row(table, *cells)
    print_table(table)


def measures_json(measures: Measures, results: Sequence[QuestionResult]) -> str:
    """Return the measures as an object, with the list `results` where there are any."""
    values = measures.model_dump(by_alias=True)
    if results:
        values["results"] = [result.model_dump() for result in results]
    return _json(values)


def parties_table(parties: Sequence[Party], owners: Iterable[int]) -> None:
    """Print the list of access, with the owners of the settings in its title."""
    named = ", ".join(map(str, owners)) or "none; see POLICYDESK_OWNERS"
    table = new_table("Who", "Id", "Code", "Standing", "Role", "Asked", "Decided", "By", title=f"Owners: {named}\n")
    for party in parties:
        standing = f"{party.standing.value}, removed" if party.removed_at else party.standing.value
        role = party.role.value if party.is_let_in else ""
        add_row(table, party.name, party.id, party.code, standing, role, party.asked_at.date(), *_decision(party))
    print_table(table)


def _decision(party: Party) -> tuple[object, str]:
    return (party.decided_at.date() if party.decided_at else None, party.decided_by)


def parties_json(parties: Sequence[Party]) -> str:
    """Return the list of access as a list of objects."""
    return _json([party.model_dump(mode="json") for party in parties])


FEATURES_SHOWN = ("score_passage", "score_window", "score_article", "coverage", "answer_near")
"""The features shown in a table; JSON holds all of them."""
SEMANTIC_SHOWN = ("similarity", "behind_similarity")
"""Those shown besides where a semantic model helped."""


def explanation_tables(explanation: Explanation) -> None:
    """Print a question's reading, the features of its hits, and the parts of its confidence."""
    query, findings = explanation.findings.query, explanation.findings
    print_table(query_table(query))
    for note in _notes(query):
        print(clean(note))  # noqa: T201 - a line below a table
    known = {part.name for entry in explanation.hits for part in entry.parts}
    names = [*FEATURES_SHOWN, *(name for name in SEMANTIC_SHOWN if name in known)]
    heads = [name.removeprefix("score_") for name in names]
    by_words = ["By words alone"] if names[len(FEATURES_SHOWN) :] else []
    hits = new_table(
        "Place", "BM25", *heads, *by_words, "Matched", title="\nHits; the scores are shares of the question's weight"
    )
    for entry in explanation.hits:
        parts = {part.name: f"{part.value:.2f}" for part in entry.parts}
        place = f"{entry.hit.passage.file}:{entry.hit.passage.line}"
        figures = [parts[name] for name in names]
        if entry.by_words is not None:
            figures.append(f"{entry.by_words}.")
        add_row(hits, place, f"{entry.hit.score:.2f}", *figures, ", ".join(entry.hit.matched))
    print_table(hits)
    sure = new_table("Figure", "Value", title=f"\nConfidence {findings.confidence:.2f}, made of")
    for part in explanation.confidence:
        add_row(sure, part.name, f"{part.value:.2f}")
    print_table(sure)


def query_table(query: Query) -> Table:
    """Return a question's terms and their expansions, one a row."""
    table = new_table("Term", "As written", "Or", "For", "Because", title=f"\nRead as a question of kind {query.kind}")
    for term, word in zip(query.terms, query.words, strict=True):
        others = [expansion for expansion in query.expansions if expansion.term == term]
        add_row(table, term, word, *((" + ".join(others[0].terms), others[0].weight, others[0].why) if others else ()))
        for other in others[1:]:
            add_row(table, "", "", " + ".join(other.terms), other.weight, other.why)
    return table


def _notes(query: Query) -> Iterator[str]:
    """Yield a line each for a question's language, filters, carried terms and preference of age."""
    if query.language:
        yield f"In a language that no article is in, by its commonest words: {query.language}"
    if query.filters.written:
        yield f"Only articles that pass {' '.join(query.filters.written)}"
    if query.carried:
        taken = ", ".join(f"{part.word} ({part.weight:.2f})" for part in query.carried)
        yield f"Taken over from the question before, and what each is worth beside its own words: {taken}"
    if query.prefers:
        yield f"Of passages about as good, the {query.prefers.age} first: asked for by '{query.prefers.because}'"


def settings_json(settings: Settings) -> str:
    """Return every setting as an object, by its name in lower case without the prefix; secrets masked."""
    shown = settings.model_dump(mode="json") | ({"database": str(settings.server)} if settings.server else {})
    return json.dumps(shown, indent=2, ensure_ascii=False)


def settings_table(settings: Settings) -> None:
    """Print every setting with its value, masked where secret, and its meaning."""
    table = new_table("Setting", "Value", "Meaning")
    table.columns[0].no_wrap = True  # a name is copied whole
    for name, field in Settings.model_fields.items():
        value = settings.server if name == "database" and settings.server else getattr(settings, name)
        shown = "********" if isinstance(value, SecretStr) else "" if value is None else value
        shown = ", ".join(map(str, shown)) if isinstance(shown, tuple) else shown
        add_row(table, PREFIX + name.upper(), shown, field.description)
    print_table(table)
