"""The maker of briefs: a question to an exchange with its plan and open questions, and to a document."""

import datetime as dt
import re
from functools import partial
from typing import NamedTuple

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.errors import RecordError
from bot.version import VERSION
from prompts.brief.document import BriefDocument, BriefQuestion, Making, Renewal, lay_out
from prompts.brief.renewal import changes_between, renewed
from prompts.composition.brief import BriefPlan, read_brief_topic
from prompts.languages import Language
from prompts.models import Channel, Citation
from retrieval.models import Query
from retrieval.reading.quote_context import find_quote
from retrieval.text.terms import terms
from storage.briefs.book import BriefBook, BriefOnRecord
from storage.briefs.open_questions import OpenQuestions, UnansweredQuestion, WhoseQuestions
from storage.database.connection import DeskDatabase
from storage.models import Exchange

ASKED = 0.75
"""Share of the topic's words, its names where it has any, from which a question is about it."""
NAME_CHARS = 40


class MadeBrief(NamedTuple):
    """A brief: its exchange, which is recorded before anything of it is sent, and what the document needs besides."""

    exchange: Exchange
    plan: BriefPlan | None = None  # None where none was made
    questions: tuple[UnansweredQuestion, ...] = ()
    renews: int | None = None
    renewal: Renewal | None = None

    @property
    def is_document(self) -> bool:
        """Whether there is something to write, rather than a refusal."""
        return self.exchange.answer.brief is not None


class BriefMaker:
    """Makes briefs at a desk and keeps them in its database."""

    def __init__(self, desk: Desk, database: DeskDatabase) -> None:
        self._desk, self.book, self._open = desk, BriefBook(database), OpenQuestions(database)

    def make(self, question: str, asker: Asker, whose: WhoseQuestions, plan: BriefPlan | None = None) -> MadeBrief:
        """Make the brief that a question asks for.

        Args:
            question: The question, `BRIEF_OF` and the topic.
            asker: Who asks, and where.
            whose: The open questions that may be told to them.
            plan: The plan to make it by; None for a new one.

        Raises:
            DatabaseError: The record cannot be read.
        """
        exchange, made = self._desk.brief(question, asker, plan)
        return MadeBrief(exchange, made, self._questions(made, whose)) if made else self.complete(exchange, whose)

    def complete(self, exchange: Exchange, whose: WhoseQuestions) -> MadeBrief:
        """Return a brief whose answer is made, with its plan and its open questions, as kept or as they are now.

        Raises:
            DatabaseError: The record cannot be read.
        """
        kept = self.book.find(exchange.id) if exchange.id is not None else None
        if kept is not None:
            return self.on_record(exchange, kept)
        if exchange.answer.brief is None:
            return MadeBrief(exchange)
        place = Asker(channel=exchange.channel, chat_id=exchange.chat_id, thread_id=exchange.thread_id)
        _, plan = self._desk.brief(exchange.answer.question, place)
        return MadeBrief(exchange, plan, self._questions(plan, whose))

    def on_record(self, exchange: Exchange, kept: BriefOnRecord) -> MadeBrief:
        """Return a recorded brief, with the changes since the brief that it renews."""
        earlier = self.book.find(kept.renews) if kept.renews is not None else None
        renewal = self._renewal(earlier, kept.plan) if earlier else None
        return MadeBrief(exchange, kept.plan, kept.open_questions, kept.renews, renewal)

    def renew(self, exchange_id: int, asker: Asker, whose: WhoseQuestions) -> MadeBrief:
        """Make a brief again from today's articles, with the choices made by hand, and say what has changed since.

        Raises:
            RecordError: There is no such brief on record.
            DatabaseError: The record cannot be read.
        """
        kept = self.book.find(exchange_id)
        if kept is None:
            raise RecordError(f"Exchange {exchange_id} is no brief on record.")
        _, fresh = self._desk.brief(kept.plan.question, asker.model_copy(update={"update_id": None}))
        plan = renewed(kept.draft, fresh, self._find) if fresh else kept.draft
        made = self.make(kept.plan.question, asker, whose, plan)
        return made._replace(renews=exchange_id, renewal=self._renewal(kept, plan))

    def _find(self, citation: Citation) -> Citation | None:
        """A citation as it stands in today's article; None where it stands there no longer."""
        article = self._desk.library.article(citation.file)
        start = find_quote(article.text, citation.start, citation.quote) if article else None
        if article is None or start is None:
            return None
        line = article.text.count("\n", 0, start) + 1
        place = {"start": start, "end": start + len(citation.quote), "line": line, "sha256": article.sha256}
        return citation.model_copy(update=place)

    def _renewal(self, earlier: BriefOnRecord, plan: BriefPlan) -> Renewal:
        library = self._desk.library
        changes = changes_between(earlier.plan, plan, self._find, lambda file: library.article(file) is not None)
        return Renewal(earlier.made_at.date(), changes)

    def _questions(self, plan: BriefPlan | None, whose: WhoseQuestions) -> tuple[UnansweredQuestion, ...]:
        if plan is None:
            return ()
        library = self._desk.library
        topic = read_brief_topic(library, library.read(plan.question))
        return tuple(self._open.on(partial(_asks_about, topic), whose))

    def keep(self, made: MadeBrief, exchange: Exchange) -> None:
        """Keep the plan of a brief whose exchange stands on record; a second time does nothing.

        Raises:
            DatabaseError: It could not be kept.
        """
        if made.plan is not None and made.is_document and exchange.id is not None:
            self.book.add(exchange.id, made.plan, made.questions, made.renews)
            if made.renews is not None:
                self.book.pass_on(made.renews, exchange.id)

    def document(self, made: MadeBrief, language: Language) -> BriefDocument:
        """Lay out a brief in a language."""
        exchange = made.exchange
        return lay_out(
            exchange.answer,
            Making(exchange.asked_at.date(), exchange.library, VERSION),
            self.words(language),
            language,
            [BriefQuestion(each.question, each.times) for each in made.questions],
            made.renewal,
        )

    def words(self, language: Language) -> dict[str, str]:
        """The desk's own words of a brief in a language, by their names."""
        lines = self._desk.renderer.in_language(language).notice("brief-words", Channel.CLI).splitlines()
        return {name: words for name, _, words in (line.partition(": ") for line in lines)}

    def word_file(self, made: MadeBrief, language: Language, name: str) -> bytes:
        """Write a brief as a Word file of a name."""
        from prompts.brief.word_file import word_file  # noqa: PLC0415 - takes 8 MB, and few bots make a brief

        return word_file(self.document(made, language), verify_command(name), made.exchange.asked_at)


def verify_command(name: str) -> str:
    """Return the command that checks a document."""
    return f"policydesk verify {name}"


def file_name(topic: str, day: dt.date, ending: str = "docx") -> str:
    """Return the name of a brief's document: its topic and day."""
    slug = re.sub(r"[^\w-]+", "-", topic.lower())[:NAME_CHARS].strip("-") or "topic"
    return f"brief-{slug}-{day}.{ending}"


def _asks_about(topic: Query, question: str) -> bool:
    held = {*terms(question)}
    wanted = [term for term in topic.terms if term in topic.names] or topic.terms
    said = [
        term in held or any({*e.terms} <= held for e in topic.expansions if e.term == term and e.why != "form")
        for term in wanted
    ]
    return bool(said) and sum(said) >= ASKED * len(said)
