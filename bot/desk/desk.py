"""The desk: the one path from a question to an exchange on record."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial, reduce
from operator import methodcaller
from typing import Any, NamedTuple, Protocol, TypeVar

from bot.version import VERSION
from prompts.answering import Reasoned, answered, consider
from prompts.compose import SURE, compose_each, compose_further
from prompts.languages import Language
from prompts.models import Answer, Channel, Reason
from prompts.render import Renderer
from retrieval.library import Library
from retrieval.models import Explanation, Query, Value
from retrieval.query.follow_ups import can_be_followed, follow, leans
from storage.chats.collection_choices import CollectionChoices
from storage.models import AskedQuestion, Exchange, LoggedExchange, Thread
from storage.record.conversations import Conversations

HITS = 10
"""How many passages are found for a question."""
ALL_HITS = 50
"""How many are found for somebody who asks for more."""
OFFERED = 8
"""Most quotes offered to somebody who picks one."""
REMEMBERED = 500
"""How many questions are remembered with their answers, for each library: colleagues ask the same."""
SAME_SUBJECT = dt.timedelta(minutes=10)
"""How long a person's question may be leaned on by their next; a reply to its answer may come whenever."""


LONG_WAIT = dt.timedelta(minutes=10)
"""A question that is answered later than this is told how old it is."""


class Asker(Value):
    """Who asks, and where.

    Attributes:
        channel: Where the answer is read.
        chat_id: The Telegram chat.
        user_id: The Telegram user; none where several people may be behind one name.
        message_id: The Telegram message that asks.
        update_id: The Telegram update that brought it.
        thread_id: The topic of the forum, where it is one.
        replies_to: The message that this one replies to, where it does.
        sent_at: When it was sent; now, if not given.
        among_others: Whether others read along, so that the answer should be compact.
        is_edit: Whether it is a change of a message, whose age then says nothing.
        language: The language to answer in; quotes stay in their own.
    """

    channel: Channel
    chat_id: int | None = None
    user_id: int | None = None
    message_id: int | None = None
    update_id: int | None = None
    thread_id: int | None = None
    replies_to: int | None = None
    sent_at: dt.datetime | None = None
    among_others: bool = False
    is_edit: bool = False
    language: Language = Language.ENGLISH


Result = TypeVar("Result")


class LibraryRunner(Protocol):
    """Has work on a library done."""

    def __call__(self, library: Library, work: Callable[[Library], Result], /) -> Result:
        """Do it, in this process or in another."""
        ...


class Offer(Value):
    """A quote offered to somebody who picks one of several.

    Attributes:
        answer: The quote as an answer of its own.
        reply: The exact words that are sent when it is picked.
        language: The language of those that are not the quote's.
        library: Hash of the articles it is from.
        weights: What names the weights that found it.
    """

    answer: Answer
    reply: str
    language: Language
    library: str
    weights: str | None = None


class ConversationStore(NamedTuple):
    """What the desk looks up.

    Attributes:
        threads: What was asked before.
        ties: Which chats are tied to collections.
        recorded: The exchange that is on record for an update which was begun before and not finished.
    """

    threads: Conversations
    ties: CollectionChoices
    recorded: Callable[[int], Exchange | None]


class _Reading(NamedTuple):
    """A library as questions are put to it; what was read and answered of those asked so far is remembered."""

    library: Library
    alone: Callable[[str], Query]
    answered: Callable[[tuple[str, ...], int | None, tuple[str, ...]], Answer]


class Desk:
    """Answers questions from a library, and puts every answer on record before it is said.

    Attributes:
        renderer: Turns answers into words.
        renewed_at: Since when the desk answers from its library, in UTC.
        do: How work on a library is done; here, unless other processes do it.
        told: Told of every exchange that has been put on record.
    """

    def __init__(
        self,
        library: Library,
        renderer: Renderer,
        record: Callable[[Exchange], Exchange],
        threshold: float,
        sure: float = SURE,
        books: ConversationStore | None = None,
    ) -> None:
        """Set up a desk.

        Args:
            library: The articles to answer from.
            renderer: Turns answers into words.
            record: Puts an exchange on record and gives it back with its id.
            threshold: Least confidence at which to answer, 0 to 1.
            sure: Confidence from which quotes are given as the answer rather than as the closest passages.
            books: Knows what was asked before, and which chats are tied to collections; None where nothing is kept.
        """
        self.renderer = renderer
        self.do: LibraryRunner = _here
        self.told: Callable[[Exchange], None] = lambda _: None
        self._record = record
        self._threads = books.threads if books else None
        self._ties = books.ties if books else None
        self._on_record = books.recorded if books else None
        self._threshold, self._sure = threshold, sure
        self.renew(library)

    @property
    def library(self) -> Library:
        """The articles that questions are answered from now."""
        return self._now.library

    def renew(self, library: Library) -> None:
        """Answer from another library from now on; questions that are being answered keep to theirs.

        Args:
            library: The articles as they are now.
        """
        self._now = self._reading(library)
        self.renewed_at = dt.datetime.now(dt.UTC)

    def _reading(self, library: Library) -> _Reading:
        alone = lru_cache(maxsize=REMEMBERED)(library.read)
        return _Reading(library, alone, lru_cache(maxsize=REMEMBERED)(partial(self._through, answered, library, alone)))

    def ask(self, question: str, asker: Asker, quotes: int | None = None, earlier: Thread | None = None) -> Exchange:
        """Answer a question, and put that on record; whatever it is, there is an answer, if only that none was found.

        Args:
            question: Anything a person may send.
            asker: Who asks, and where.
            quotes: How many quotes to give at most; None for what suits the question.
            earlier: What it may lean on; None for what the asker was on about, or replies to.

        Returns:
            The exchange as recorded; its `reply` is what to say.

        Raises:
            DatabaseError: The exchange could not be recorded, so nothing may be said.
        """
        return self._recorded_now(self.answer(question, asker, quotes, earlier))

    def answer(self, question: str, asker: Asker, quotes: int | None = None, earlier: Thread | None = None) -> Exchange:
        """As `ask`, for whoever puts the answer on record together with something else.

        Returns:
            An exchange that must be put on record before anything of it is said; one that has an id is.

        Raises:
            DatabaseError: The record cannot be read.
        """
        return self._recorded(asker) or self._answered(question, asker, quotes, earlier, None)

    def put_on_record(self, exchange: Exchange) -> Exchange:
        """Put an exchange on record, unless it is; who does so calls `told` when it stands.

        Raises:
            DatabaseError: It could not be recorded, so nothing of it may be said.
        """
        return exchange if exchange.id is not None else self._record(exchange)

    def _recorded_now(self, exchange: Exchange) -> Exchange:
        recorded = self.put_on_record(exchange)
        if exchange.id is None:
            self.told(recorded)
        return recorded

    def _recorded(self, asker: Asker) -> Exchange | None:
        """What was answered to an update before the program stopped, or Telegram failed: it is not asked once more."""
        return self._on_record(asker.update_id) if self._on_record and asker.update_id is not None else None

    def answer_again(self, question: str, asker: Asker) -> Exchange | None:
        """Answer a question that somebody edited, or that an edit made one; as `answer`.

        Args:
            question: What the message asks now.
            asker: Who asks, and where.

        Returns:
            The exchange, linked to the one it replaces; its `reply` belongs into the message `reply_message_id`, or
            into a new one where there is none. None where the edit did not change the question.

        Raises:
            DatabaseError: The record cannot be read.
        """
        if recorded := self._recorded(asker):
            return recorded
        replaced = self._asked_by(asker)
        if replaced is not None and replaced.question == _encodable(question):
            return None
        return self._answered(question, asker, None, None, replaced)

    def _asked_by(self, asker: Asker) -> AskedQuestion | None:
        if self._threads is None or asker.chat_id is None or asker.message_id is None:
            return None
        return self._threads.question_of(asker.chat_id, asker.message_id)

    def replied(self, exchange: Exchange, message_id: int) -> None:
        """Note which Telegram message holds the reply of an exchange, so that a reply to it or an edit finds it.

        Raises:
            DatabaseError: It could not be noted.
        """
        if self._threads is not None and exchange.id is not None:
            self._threads.note_reply(exchange.id, message_id)

    def thread(self, exchange: Exchange) -> Thread | None:
        """The thread that an exchange ends, as further questions may lean on it."""
        return self._threads.of(exchange.id) if self._threads is not None and exchange.id is not None else None

    def _answered(
        self, question: str, asker: Asker, quotes: int | None, earlier: Thread | None, replaced: AskedQuestion | None
    ) -> Exchange:
        started = time.perf_counter()
        now = self._now  # one library throughout, whatever becomes of the articles meanwhile
        thread = self._leaned_on(now, question, asker, earlier)
        asked = (*thread.questions, _encodable(question))
        answer = now.answered(asked, quotes, self.collections(asker.chat_id, asker.thread_id))
        return self._exchange(
            answer,
            now.library,
            asker,
            started,
            follows=thread.last if answer.carried else None,
            replaces=replaced.id if replaced else None,
            reply_message_id=replaced.reply_message_id if replaced else None,
        )

    def answer_more(self, shown: Sequence[LoggedExchange], asker: Asker) -> Exchange | None:
        """Show what else was found for a question; as `answer`.

        Args:
            shown: The question's exchange, and those that showed more of it since, in order.
            asker: Who asks for more, and where.

        Returns:
            A further exchange, linked to the last of those; none where there is nothing more to show.

        Raises:
            DatabaseError: The record cannot be read.
        """
        if recorded := self._recorded(asker):
            return recorded
        started = time.perf_counter()
        library, alone, _ = self._now
        cited = [citation for exchange in shown for citation in exchange.citations]
        query = _read(alone, self._questions(shown[0]))
        tied = self.collections(shown[0].chat_id, shown[0].thread_id)
        findings = self.do(library, methodcaller("search", library.reader.restrict(query, tied), ALL_HITS))
        answer = compose_further(findings, {(c.file, c.quote) for c in cited}, max(c.number for c in cited))
        if answer is None:
            return None
        return self._exchange(answer, library, asker, started, follows=shown[0].follows, more_of=shown[-1].id)

    def _questions(self, asked: LoggedExchange) -> Sequence[str]:
        """A question on record with those that it leans on, oldest first."""
        return (self._threads.of(asked.id).questions if self._threads else ()) or (asked.question,)

    def offer(self, words: str, language: Language = Language.ENGLISH) -> tuple[Answer, tuple[Offer, ...]]:
        """Quotes for somebody to pick one from; nothing is said or logged, and nothing remembered.

        Args:
            words: What they have typed so far.
            language: The language of what is said round the quotes.

        Returns:
            What the desk would answer, and quotes, best first; none where the words cannot be searched for.
        """
        library, alone, _ = self._now
        findings, answer = self._through(consider, library, alone, (_encodable(words),), None)
        if answer.reason not in {None, Reason.UNSUPPORTED}:
            return answer, ()
        renderer = self.renderer.in_language(language)
        quotes = ((quote, renderer.quote(quote)) for quote in compose_each(findings, OFFERED, self._sure))
        return answer, tuple(
            Offer(answer=quote, reply=reply, language=language, library=library.hash, weights=library.weights)
            for quote, reply in quotes
        )

    def record_pick(self, offer: Offer, asker: Asker) -> Exchange:
        """Put on record that somebody picked a quote, which is how it was said.

        Args:
            offer: The quote.
            asker: Who picked it.

        Raises:
            DatabaseError: It could not be recorded.
        """
        picked = Exchange(
            asked_at=dt.datetime.now(dt.UTC),
            **_place(asker),
            answer=offer.answer,
            reply=offer.reply,
            latency_ms=0,
            library=offer.library,
            version=VERSION,
            weights=offer.weights,
        )
        return self._recorded_now(self._recorded(asker) or picked)

    def _exchange(
        self, answer: Answer, library: Library, asker: Asker, started: float, **links: int | None
    ) -> Exchange:
        """An answer with its words, and its links to other exchanges and to the message that holds its reply."""
        renderer = self.renderer.in_language(asker.language)
        reply = renderer.answer(answer, asker.channel, compact=asker.among_others, waited=_waited(asker))
        seconds = time.perf_counter() - started
        return Exchange(
            asked_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds),
            **_place(asker) | links,
            answer=answer,
            reply=reply,
            latency_ms=round(seconds * 1000, 3),
            library=library.hash,
            version=VERSION,
            weights=library.weights,
        )

    def collections(self, chat_id: int | None, thread_id: int | None = None) -> tuple[str, ...]:
        """The collections that questions in a place are answered from, unless they name others; none for all.

        Args:
            chat_id: The Telegram chat.
            thread_id: The topic in it, where it has topics.
        """
        return self._ties.of(chat_id, thread_id) if self._ties and chat_id is not None else ()

    def moved(self, old_id: int, new_id: int) -> None:
        """A group became a supergroup, which has another id: its collections follow."""
        if self._ties:
            self._ties.move(old_id, new_id)

    def _leaned_on(self, now: _Reading, question: str, asker: Asker, earlier: Thread | None) -> Thread:
        """The thread that a question leans on; an empty one where it stands for itself."""
        replied = None if earlier else self._replied_to(asker)
        if not leans(now.alone(_encodable(question)), replying=replied is not None):
            return Thread()
        if earlier is not None:
            candidates: Sequence[Thread] = [earlier] if _is_same_subject(earlier, asker) else []
        else:
            candidates = [replied] if replied else self._recent(asker)
        return next((thread for thread in candidates if _can_be_followed(now, thread)), Thread())

    def _replied_to(self, asker: Asker) -> Thread | None:
        if self._threads is None or asker.chat_id is None or asker.replies_to is None:
            return None
        return self._threads.of_message(asker.chat_id, asker.replies_to)

    def _recent(self, asker: Asker) -> Sequence[Thread]:
        if self._threads is None or asker.chat_id is None or asker.user_id is None or asker.message_id is None:
            return ()
        since = _asked_from(asker)
        return self._threads.recent(asker.chat_id, asker.thread_id, asker.user_id, since, asker.message_id)

    def consider(
        self,
        question: str,
        quotes: int | None = None,
        earlier: Sequence[str] = (),
        collections: Sequence[str] = (),
    ) -> Reasoned:
        """Find and judge what answers a question, without saying or logging anything.

        Args:
            question: Anything a person may send.
            quotes: How many quotes to give at most; None for what suits the question.
            earlier: The questions that it leans on, oldest first; each of them leans on the one before.
            collections: The collections that it is answered from, unless it names others; none for all.

        Returns:
            What was found, and the answer.
        """
        library, alone, _ = self._now
        return self._through(consider, library, alone, (*earlier, _encodable(question)), quotes, collections)

    def _through(
        self,
        step: Callable[[Query, int, float, int | None, float, Library], Result],
        library: Library,
        alone: Callable[[str], Query],
        questions: Sequence[str],
        quotes: int | None,
        collections: Sequence[str] = (),
    ) -> Result:
        """What a step makes of the last of some questions, as the library reads it."""
        query = library.reader.restrict(_read(alone, questions), collections)
        hits = max(HITS, quotes or 0)
        return self.do(library, partial(step, query, hits, self._threshold, quotes, self._sure))

    def explain(self, question: str, earlier: Thread | None = None) -> Explanation:
        """Why a question is answered as it is, without saying or logging anything.

        Args:
            question: Anything a person may send.
            earlier: What it may lean on.

        Returns:
            How it was read, what speaks for each hit, and what the confidence was made of.
        """
        now = self._now
        leaned_on = self._leaned_on(now, question, Asker(channel=Channel.CLI), earlier)
        return now.library.explain(_read(now.alone, [*leaned_on.questions, question]), HITS)


def _here(library: Library, work: Callable[[Library], Result]) -> Result:
    return work(library)


def _read(alone: Callable[[str], Query], questions: Sequence[str]) -> Query:
    """The last of some questions, read with those before it."""
    return reduce(follow, map(alone, map(_encodable, questions)))


def _can_be_followed(now: _Reading, thread: Thread) -> bool:
    return bool(thread.questions) and can_be_followed(_read(now.alone, thread.questions))


def _place(asker: Asker) -> dict[str, Any]:
    """Who asked, and where, as an exchange names it."""
    return asker.model_dump(include=set(Exchange.model_fields))


def _asked_from(asker: Asker) -> dt.datetime:
    """From when on the asker's own questions may be leaned on."""
    return (asker.sent_at or dt.datetime.now(dt.UTC)) - SAME_SUBJECT


def _waited(asker: Asker) -> dt.timedelta | None:
    """How long ago something was asked, where that is long."""
    if asker.sent_at is None or asker.is_edit:
        return None
    waited = dt.datetime.now(dt.UTC) - asker.sent_at
    return waited if waited > LONG_WAIT else None


def _is_same_subject(thread: Thread, asker: Asker) -> bool:
    return thread.asked_at is None or thread.asked_at >= _asked_from(asker)


def _encodable(text: str) -> str:
    """A text that can be stored: what a terminal could not decode is replaced."""
    return text.encode("utf-8", "replace").decode()
