"""The desk answers a question and makes an exchange of it, put on record before anything of it is said."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from bot.desk.answer_cache import AnswerCache, LibraryRunner, run_here
from bot.desk.asker import Asker, Offer, storable
from bot.desk.follow_ups import FollowUps
from bot.version import VERSION
from prompts.citations import numbered_as_shown
from prompts.composition.answering import AnswerWithFindings
from prompts.composition.brief import BriefPlan
from prompts.composition.compose import SURE, THRESHOLD, compose_each, compose_further
from prompts.emphasis import noting_dates
from prompts.languages import Language
from prompts.models import Answer, Channel, Reason
from prompts.render import Renderer
from retrieval.library import Library
from retrieval.models import Explanation
from storage.chats.collection_choices import CollectionChoices
from storage.models import AskedQuestion, Exchange, LoggedExchange, Thread
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog

ALL_HITS = 50
"""How many passages are found for a person who asks for more."""
OFFERED = 8
"""Most quotes offered to a person who picks one."""


class ExchangeRecorder(Protocol):
    """Puts an exchange on record."""

    def __call__(self, exchange: Exchange, /) -> Exchange:
        """Return the exchange with its id; raises DatabaseError where it could not be recorded."""
        ...


class ExchangeListener(Protocol):
    """Hears of every exchange that stands on record."""

    def __call__(self, exchange: Exchange, /) -> None:
        """Hear of an exchange."""
        ...


class DeskOptions(NamedTuple):
    """How a desk answers."""

    threshold: float = THRESHOLD  # least confidence at which to answer, 0 to 1
    sure: float = SURE  # confidence from which quotes are the answer rather than the closest passages
    run: LibraryRunner = run_here
    listener: ExchangeListener | None = None


class ConversationStore(NamedTuple):
    """What a desk looks up of earlier questions and of the places they are asked in."""

    conversations: Conversations
    collections: CollectionChoices
    log: ExchangeLog


class Desk:
    """Answers questions from a library; nothing is looked up of earlier ones where there is no store."""

    def __init__(
        self,
        library: Library,
        renderer: Renderer,
        record: ExchangeRecorder,
        options: DeskOptions,
        store: ConversationStore | None = None,
    ) -> None:
        self.renderer = renderer
        self._record, self._options, self._store = record, options, store
        self._follow_ups = FollowUps(store.conversations if store else None)
        self.renew(library)

    @property
    def library(self) -> Library:
        """The articles that questions are answered from now."""
        return self._answers.library

    def renew(self, library: Library) -> None:
        """Answer from another library from now on; questions that are being answered keep to theirs."""
        self._answers = AnswerCache(library, self._options.threshold, self._options.sure, self._options.run)
        self.renewed_at = dt.datetime.now(dt.UTC)

    # Questions

    def ask(self, question: str, asker: Asker, quotes: int | None = None, earlier: Thread | None = None) -> Exchange:
        """Answer a question as `answer`, and put that on record: the exchange's `reply` may be said.

        Raises:
            DatabaseError: The exchange could not be recorded, so nothing may be said.
        """
        return self._put_and_announce(self.answer(question, asker, quotes, earlier))

    def answer(self, question: str, asker: Asker, quotes: int | None = None, earlier: Thread | None = None) -> Exchange:
        """Answer a question with quotes, or abstain.

        Args:
            question: Anything a person may send.
            asker: Who asks, and where.
            quotes: How many quotes to give at most; None for as many as suit the question.
            earlier: What it may lean on; None for the asker's own questions of late, or the answer it replies to.

        Returns:
            An exchange that must be put on record before its reply is said, unless it has an id.

        Raises:
            DatabaseError: The record cannot be read.
        """
        return self._earlier_exchange(asker) or self._exchange(question, asker, quotes, earlier, None)

    def answer_again(self, question: str, asker: Asker) -> Exchange | None:
        """Answer an edited message as `answer`; None where the edit did not change its question.

        The exchange is linked to the one it replaces, and its reply belongs into the message `reply_message_id`, or
        into a new one where there is none.
        """
        if exchange := self._earlier_exchange(asker):
            return exchange
        replaced = self._follow_ups.question_before_edit(asker)
        if replaced is not None and replaced.question == storable(question):
            return None
        return self._exchange(question, asker, None, None, replaced)

    def _earlier_exchange(self, asker: Asker) -> Exchange | None:
        """The exchange of an update that was begun before the program stopped, or Telegram failed."""
        return self._store.log.find_by_update(asker.update_id) if self._store and asker.update_id is not None else None

    def _exchange(
        self, question: str, asker: Asker, quotes: int | None, earlier: Thread | None, replaced: AskedQuestion | None
    ) -> Exchange:
        started = time.perf_counter()
        answers = self._answers  # one library throughout, whatever becomes of the articles meanwhile
        thread = self._follow_ups.thread(question, asker, earlier, answers)
        questions = (*thread.questions, storable(question))
        answer = answers.answer(questions, quotes, self.collections(asker.chat_id, asker.thread_id))
        answer = noting_dates(answer.for_many() if asker.among_others else answer)
        return self._worded(
            answer,
            answers.library,
            asker,
            started,
            follows=thread.last if answer.carried else None,
            replaces=replaced.id if replaced else None,
            reply_message_id=replaced.reply_message_id if replaced else None,
        )

    def _worded(self, answer: Answer, library: Library, asker: Asker, started: float, **links: int | None) -> Exchange:
        """The exchange of an answer, with its links to other exchanges and to the message that holds its reply."""
        renderer, answer = self.renderer.in_language(asker.language), numbered_as_shown(answer)
        reply = renderer.answer(answer, asker.channel, compact=asker.among_others, waited=asker.long_wait)
        seconds = time.perf_counter() - started
        return Exchange(
            asked_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds),
            **asker.place | links,
            answer=answer,
            reply=reply,
            latency_ms=round(seconds * 1000, 3),
            library=library.hash,
            version=VERSION,
            weights=library.weights,
        )

    def brief(self, question: str, asker: Asker, plan: BriefPlan | None = None) -> tuple[Exchange, BriefPlan | None]:
        """Make the brief that a question asks for, by a plan if any, as `answer`.

        Returns:
            The exchange, to be put on record unless it has an id, and the plan; None for the plan where none was made.

        Raises:
            DatabaseError: The record cannot be read.
        """
        if exchange := self._earlier_exchange(asker):
            return exchange, None
        started = time.perf_counter()
        answers = self._answers
        collections = self.collections(asker.chat_id, asker.thread_id)
        plan, answer = answers.brief([storable(question)], collections, plan)
        answer = answer.for_many() if asker.among_others else answer
        return self._worded(answer, answers.library, asker, started), plan

    def answer_more(self, shown: Sequence[LoggedExchange], asker: Asker) -> Exchange | None:
        """Show more of the passages that were found for a question; None where there are no more.

        Args:
            shown: The question's exchange, and those that showed more of it since, in order.
            asker: Who asks for more, and where.

        Returns:
            A further exchange, as of `answer`, linked to the last of those.

        Raises:
            DatabaseError: The record cannot be read.
        """
        if exchange := self._earlier_exchange(asker):
            return exchange
        started = time.perf_counter()
        answers = self._answers
        cited = [citation for exchange in shown for citation in exchange.citations]
        collections = self.collections(shown[0].chat_id, shown[0].thread_id)
        findings = answers.find(self._follow_ups.questions_of(shown[0]), collections, ALL_HITS)
        last = max((c.number for c in cited), default=0)
        answer = compose_further(findings, {(c.file, c.quote) for c in cited}, last, answers.library)
        if answer is None:
            return None
        return self._worded(answer, answers.library, asker, started, follows=shown[0].follows, more_of=shown[-1].id)

    def tell(self, asker: Asker, compose: Callable[[Library], Answer | None]) -> Exchange | None:
        """Word what is composed from the library for somebody who did not ask just now, as `answer`; None for nothing.

        Raises:
            DatabaseError: The record cannot be read.
        """
        if exchange := self._earlier_exchange(asker):
            return exchange
        started, library = time.perf_counter(), self._answers.library
        answer = compose(library)
        return None if answer is None else self._worded(answer, library, asker, started)

    # Quotes to pick one from

    def offer(self, words: str, language: Language = Language.ENGLISH) -> tuple[Answer, tuple[Offer, ...]]:
        """Find quotes for the words typed so far; nothing is recorded.

        Returns:
            The answer to the words, and quotes, best first; none where the words cannot be searched for.
        """
        answers = self._answers
        findings, answer = answers.answer_with_findings([words])
        if answer.reason not in {None, Reason.UNSUPPORTED}:
            return answer, ()
        renderer, library = self.renderer.in_language(language), answers.library
        return answer, tuple(
            Offer(
                answer=quote,
                reply=renderer.quote(quote),
                language=language,
                library=library.hash,
                weights=library.weights,
            )
            for quote in compose_each(findings, OFFERED, self._options.sure)
        )

    def record_pick(self, offer: Offer, asker: Asker) -> Exchange:
        """Put on record that a person picked a quote, which said it.

        Raises:
            DatabaseError: It could not be recorded.
        """
        pick = Exchange(
            asked_at=dt.datetime.now(dt.UTC),
            **asker.place,
            answer=offer.answer,
            reply=offer.reply,
            latency_ms=0,
            library=offer.library,
            version=VERSION,
            weights=offer.weights,
        )
        return self._put_and_announce(self._earlier_exchange(asker) or pick)

    # The record

    def put_on_record(self, exchange: Exchange) -> Exchange:
        """Record an exchange, unless it has an id; then `announce` it.

        Raises:
            DatabaseError: It could not be recorded, so nothing of it may be said.
        """
        return exchange if exchange.id is not None else self._record(exchange)

    def announce(self, exchange: Exchange) -> None:
        """Tell the listener of an exchange that stands on record."""
        if self._options.listener is not None:
            self._options.listener(exchange)

    def _put_and_announce(self, exchange: Exchange) -> Exchange:
        recorded = self.put_on_record(exchange)
        if exchange.id is None:
            self.announce(recorded)
        return recorded

    def note_reply(self, exchange: Exchange, message_id: int) -> None:
        """Note the Telegram message that holds an exchange's reply.

        Raises:
            DatabaseError: It could not be noted.
        """
        self._follow_ups.note_reply(exchange, message_id)

    def thread(self, exchange: Exchange) -> Thread | None:
        """The thread that an exchange ends, as further questions may lean on it."""
        return self._follow_ups.thread_of(exchange)

    def collections(self, chat_id: int | None, thread_id: int | None = None) -> tuple[str, ...]:
        """The collections that questions in a chat's topic are answered from, unless they name others; none for all."""
        return self._store.collections.of(chat_id, thread_id) if self._store and chat_id is not None else ()

    # Measuring and explaining

    def answer_with_findings(
        self,
        question: str,
        quotes: int | None = None,
        earlier: Sequence[str] = (),
        collections: Sequence[str] = (),
    ) -> AnswerWithFindings:
        """Find and judge passages for a question that leans on `earlier` ones, oldest first; nothing is recorded."""
        return self._answers.answer_with_findings((*earlier, question), quotes, collections)

    def explain(self, question: str, earlier: Thread | None = None) -> Explanation:
        """Explain how a question is read, what speaks for each hit, and what the confidence is made of."""
        answers = self._answers
        thread = self._follow_ups.thread(question, Asker(channel=Channel.CLI), earlier, answers)
        return answers.explain([*thread.questions, question])
