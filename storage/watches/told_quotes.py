"""The quotes that a chat was told, with which new figures are compared."""

from retrieval.models import Passage
from storage.database.connection import DeskDatabase
from storage.models import LoggedCitation
from storage.watches.models import WatchPlace

MOST = 300
"""How many of the last quotes are looked at."""


class ToldQuotes:
    """Quotes on record by the chat or topic that was told them; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def latest(self, place: WatchPlace) -> list[Passage]:
        """The quotes that were told in a place, the last first."""
        values = {"chat_id": place.chat_id, "thread_id": place.thread_id or 0, "most": MOST}
        with self._database.reading() as db:
            rows = list(db.query(_LATEST, values))
        return [_passage(LoggedCitation.model_validate(row)) for row in rows]


def _passage(cited: LoggedCitation) -> Passage:
    return Passage(
        file=cited.file,
        line=cited.line,
        start=cited.start,
        end=cited.end,
        text=cited.quote,
        title=cited.title or "",
        date=cited.date,
        publisher=cited.publisher,
        url=cited.url,
        sha256=cited.sha256,
        original=cited.original,
    )


_LATEST = (
    f"select {', '.join(f'c.[{name}]' for name in LoggedCitation.model_fields)} from citations as c"  # noqa: S608
    " join exchanges as e on e.id = c.exchange_id where e.chat_id = :chat_id and coalesce(e.thread_id, 0) = :thread_id"
    " and not e.forgotten and e.outcome = 'answered' order by e.id desc, c.number limit :most"
)
