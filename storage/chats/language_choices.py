"""The languages that people and groups chose for themselves; held in memory too, for every answer asks for them."""

from prompts.languages import Language, language_of
from storage.database.connection import DeskDatabase


class LanguageChoices:
    """Choices by the person's user id, above 0, or the group's chat id, below 0; may be shared between threads."""

    def __init__(self, database: DeskDatabase) -> None:
        """Read the choices."""
        self._database = database
        with database.reading() as db:
            rows = db.execute("select party_id, language from languages").fetchall()
        self._chosen = {int(party): language for party, code in rows if (language := language_of(code))}

    def of(self, party_id: int) -> Language | None:
        """What a person or a group chose; none where they chose nothing."""
        return self._chosen.get(party_id)

    def choose(self, party_id: int, language: Language | None) -> None:
        """Note what a person or a group chose."""
        with self._database.writing() as db:
            db.execute("delete from languages where party_id = ?", [party_id])
            if language is not None:
                db.execute("insert into languages (party_id, language) values (?, ?)", [party_id, language.value])
        if language is None:
            self.forgotten(party_id)
        else:
            self._chosen[party_id] = language

    def move(self, old_id: int, new_id: int) -> None:
        """A group became a supergroup, which has another id: its choice follows, unless that has one already."""
        with self._database.writing() as db:
            db.execute("update or ignore languages set party_id = ? where party_id = ?", [new_id, old_id])
            db.execute("delete from languages where party_id = ?", [old_id])
        language = self._chosen.pop(old_id, None)
        if language is not None:
            self._chosen.setdefault(new_id, language)

    def forgotten(self, party_id: int) -> None:
        """What the database holds no longer is out of memory too."""
        self._chosen.pop(party_id, None)
