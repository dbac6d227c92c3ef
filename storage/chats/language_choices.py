"""Languages that people and groups chose for themselves; held in memory too, for every answer asks for them."""

from prompts.languages import Language, language_of
from storage.database.connection import DeskDatabase


class LanguageChoices:
    """Languages by the person's user id, above 0, or the group's chat id, below 0; may be shared between threads.

    No other program may change the languages meanwhile.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database
        rows = database.rows("select party_id, language from languages")
        self._chosen = {int(party): language for party, code in rows if (language := language_of(code))}

    def of(self, party_id: int) -> Language | None:
        """The language that a person or a group chose; none where they chose none."""
        return self._chosen.get(party_id)

    def choose(self, party_id: int, language: Language | None) -> None:
        """Note the language that a person or a group chose; none to choose none from now on."""
        with self._database.writing() as db:
            db.execute("delete from languages where party_id = ?", [party_id])
            if language is not None:
                db.execute("insert into languages (party_id, language) values (?, ?)", [party_id, language.value])
        if language is None:
            self.forget(party_id)
        else:
            self._chosen[party_id] = language

    def move(self, old_id: int, new_id: int) -> None:
        """Let the language follow a group that became a supergroup, unless the supergroup has a language."""
        with self._database.writing() as db:
            db.execute(_MOVE, [new_id, old_id])
            db.execute("delete from languages where party_id = ?", [old_id])
        language = self._chosen.pop(old_id, None)
        if language is not None:
            self._chosen.setdefault(new_id, language)

    def forget(self, party_id: int) -> None:
        """Drop a language from memory that the database holds no longer."""
        self._chosen.pop(party_id, None)


_MOVE = (
    "insert into languages (party_id, language) select ?, language from languages where party_id = ?"
    " on conflict do nothing"
)
