"""The tables that owners see: the main tables with descriptions, the most frequent queries, and the rest."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bot.review.review_context import LOG, VERDICTS


class RecordTable(NamedTuple):
    """A table with a name and a description for people."""

    database: str
    table: str
    title: str
    description: str
    columns: tuple[str, ...]

    @property
    def query(self) -> str:
        """The query of an address that shows these columns, the newest rows first."""
        order = "exchange_id" if self.table == "citations" else "id"
        return urlencode([*(("_col", column) for column in self.columns), ("_sort_desc", order)])


NO_TABLES = (
    "The tables can be looked into as a file only: `policydesk record ship COPY.db` makes one of this record, which "
    "`POLICYDESK_DATABASE=COPY.db policydesk review` shows."
)
TABLES = (
    RecordTable(
        LOG,
        "exchanges",
        "Questions",
        "Each question with its answer as sent, when, and how sure.",
        ("asked_at", "question", "outcome", "confidence", "reply"),
    ),
    RecordTable(
        LOG,
        "citations",
        "Quotes",
        "The sentences that answers quoted, with file, line and score.",
        ("exchange_id", "number", "quote", "file", "line", "score"),
    ),
    RecordTable(
        LOG,
        "feedback",
        "Thumbs",
        "What askers thought of answers, with reasons and notes.",
        ("exchange_id", "thumb", "reason", "note", "given_at"),
    ),
    RecordTable(
        VERDICTS,
        "verdicts",
        "Verdicts",
        "What reviewers said of answers, and the sentences they chose.",
        ("exchange_id", "reviewer", "verdict", "note", "better_quote", "given_at"),
    ),
)
_QUERIES: Mapping[str, Mapping[str, str]] = {
    "unanswered_this_month": {
        "title": "Unanswered this month",
        "description": "Questions since the first of the month that found no answer, newest first.",
        "sql": "select id as exchange, asked_at, question from exchanges\n"
        "where outcome = 'abstained' and forgotten = 0 and asked_at >= strftime('%Y-%m-01', 'now')\n"
        "order by asked_at desc limit 1000",
    },
    "disputed": {
        "title": "Disputed",
        "description": "Answers on which reviewers differ, and what each of them said.",
        "sql": "select r.exchange_id as exchange, question,\n"
        "group_concat(reviewer || ': ' || verdict, ', ') as verdicts\n"
        "from verdicts.reviewed as r\n"
        "join exchanges as e on e.id = r.exchange_id\n"
        "join verdicts.newest_verdicts as v on v.exchange_id = r.exchange_id\n"
        "where rulings > 1 group by exchange order by exchange desc limit 1000",
    },
    "by_article": {
        "title": "Answers by article",
        "description": "What was quoted from an article: write its file name, or a part of it.",
        "sql": "select exchange_id as exchange, question, file, line, quote from citations\n"
        "join exchanges on id = exchange_id\n"
        "where file like '%' || :file || '%' order by exchange_id desc limit 500",
    },
    "slowest": {
        "title": "Slowest this month",
        "description": "The hundred questions since the first of the month that took longest, in milliseconds.",
        "sql": "select id as exchange, round(latency_ms) as ms, asked_at, question from exchanges\n"
        "where forgotten = 0 and asked_at >= strftime('%Y-%m-01', 'now')\n"
        "order by latency_ms desc limit 100",
    },
}


def metadata() -> dict[str, Any]:
    """The site's metadata for Datasette: who may open what, the tables with their descriptions, and the queries."""
    tables: dict[str, dict[str, dict[str, str]]] = {LOG: {}, VERDICTS: {}}
    for table in TABLES:
        tables[table.database][table.table] = {"title": table.title, "description": table.description}
    tables[LOG]["exchanges"] |= {"fts_table": "exchanges_fts", "fts_pk": "id"}
    owner = {"role": "owner"}
    return {
        "title": "policydesk",
        "allow": {"role": ["owner", "reviewer"]},
        "databases": {
            LOG: {"allow": owner, "tables": tables[LOG], "queries": _QUERIES},
            VERDICTS: {"allow": owner, "tables": tables[VERDICTS]},
        },
    }
