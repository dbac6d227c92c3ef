"""The figures of a week, and the weeks that each owner was told of."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from retrieval.models import Value
from storage.database.connection import DeskDatabase
from storage.database.timestamps import timestamp
from storage.models import LoggedCitation
from storage.record.selection import Period, Selection, period
from storage.verdicts.models import Ruling, Verdict

MOST = 50
"""Most questions of a kind."""


class OpenQuestion(Value):
    """A question by its last exchange, and how often it was asked, in capitals or not."""

    id: int
    question: str
    times: int = 1


class WeekFigures(Value):
    """The figures of a period; further passages, picked quotes and chat do not count as questions.

    Attributes:
        people: How many people asked.
        refused: Questions without an answer, those asked most often first.
        disputed: Answers with a thumb down, or with a verdict that does not call them right, the newest first.
        cited: A quote from each article that was cited, as it was then.
    """

    questions: int
    answered: int
    people: int
    refused: tuple[OpenQuestion, ...]
    disputed: tuple[OpenQuestion, ...]
    cited: tuple[LoggedCitation, ...]


class WeeklyFigures:
    """Figures of weeks, and who was told of them; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def figures(self, since: dt.datetime, until: dt.datetime, verdicts: Sequence[Verdict]) -> WeekFigures:
        """The figures of a period, with all verdicts that count."""
        with self._database.reading() as db:
            within = period(db, Selection(since=since, until=until))
            values = _values(within, since, until, verdicts)
            questions, answered, people = db.execute(_VOLUME, values).fetchone()
            return WeekFigures(
                questions=questions,
                answered=answered or 0,
                people=people,
                refused=tuple(map(_open, db.query(_REFUSED, values))),
                disputed=tuple(map(_open, db.query(_DISPUTED, values))),
                cited=tuple(LoggedCitation.model_validate(row) for row in db.query(_CITED, values)),
            )

    def is_sent(self, week: dt.date, owner: int) -> bool:
        """Whether an owner was told of the week that began on a day."""
        return self._database.row("select 1 from digests where week = ? and owner = ?", [str(week), owner]) is not None

    def note_sent(self, week: dt.date, owner: int, at: dt.datetime) -> None:
        """Note that an owner was told of the week that began on a day."""
        self._database.execute(_NOTE_SENT, [str(week), owner, timestamp(at)])


def _open(row: Mapping[str, object]) -> OpenQuestion:
    """A question, put on one line."""
    return OpenQuestion.model_validate({**row, "question": " ".join(str(row["question"]).split())})


def _values(within: Period, since: dt.datetime, until: dt.datetime, verdicts: Sequence[Verdict]) -> dict[str, object]:
    ends = {"since": timestamp(since), "until": timestamp(until)}
    disputed = sorted({verdict.exchange_id for verdict in verdicts if verdict.verdict is not Ruling.RIGHT})
    return {**within.model_dump(), **ends, "objected": json.dumps(disputed), "most": MOST, "blanks": " \t\n\r"}


_ASKED = (
    "from exchanges where id between :first and :last and +asked_at >= :since and +asked_at < :until and not forgotten"
    " and more_of is null and channel <> 'inline' and outcome <> 'chat'"
)
_VOLUME = f"select count(*), sum(outcome = 'answered'), count(distinct user_id) {_ASKED}"
_REFUSED = (
    f"select id, question, times from (select max(id) as id, count(*) as times {_ASKED} and +outcome = 'abstained'"  # noqa: S608
    " group by lower(trim(question, :blanks))) as latest join exchanges using (id)"
    " order by times desc, id desc limit :most"
)
_DISPUTED = (
    f"select id, question {_ASKED} and (id in (select exchange_id from feedback where thumb = 'down')"  # noqa: S608
    " or id in (select value from json_each(:objected))) order by id desc limit :most"
)
_FIELDS = ", ".join(f"[{name}]" for name in LoggedCitation.model_fields)
_CITED = (
    f"select {_FIELDS} from (select {_FIELDS}, row_number() over"  # noqa: S608
    " (partition by file, sha256 order by exchange_id, number) as place from citations"
    f" where exchange_id in (select id {_ASKED})) as numbered where place = 1 order by file"
)
_NOTE_SENT = (
    "insert into digests (week, owner, sent_at) values (?, ?, ?)"
    " on conflict (week, owner) do update set sent_at = excluded.sent_at"
)
