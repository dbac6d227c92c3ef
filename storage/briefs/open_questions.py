"""Open questions: what was asked on a topic and nothing answered, from the record."""

from collections.abc import Callable
from typing import NamedTuple

from storage.database.connection import DeskDatabase

LOOKED_AT = 500
"""The newest questions without an answer that are looked through."""
MOST = 5
"""Most open questions of a brief."""


class WhoseQuestions(NamedTuple):
    """The questions that may be told: of a person and of a chat; of everybody where neither is named."""

    user_id: int | None = None
    chat_id: int | None = None


class UnansweredQuestion(NamedTuple):
    """A question without an answer: the exchange of its last asking, and the number of times."""

    exchange_id: int
    question: str
    times: int


class OpenQuestions:
    """Questions without an answer in the database; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def on(self, is_about: Callable[[str], bool], whose: WhoseQuestions) -> list[UnansweredQuestion]:
        """The open questions that are about a topic, those asked most often first."""
        rows = self._database.rows(_ABSTAINED, (*whose, *whose, LOOKED_AT))
        found: dict[str, UnansweredQuestion] = {}
        for number, question in rows:
            key = " ".join(question.casefold().split())
            if key in found:
                found[key] = found[key]._replace(times=found[key].times + 1)
            elif is_about(question):
                found[key] = UnansweredQuestion(number, question, 1)
        return sorted(found.values(), key=lambda each: (-each.times, -each.exchange_id))[:MOST]


_ABSTAINED = (
    "select id, question from exchanges where outcome = 'abstained' and not forgotten"
    " and kind not in ('brief', 'timeline') and (coalesce(?, ?) is null or user_id = ? or chat_id = ?)"
    " order by id desc limit ?"
)
