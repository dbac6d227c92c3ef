"""The keyboards under the desk's messages: buttons in rows, with a template's words."""

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages.choice_buttons import choice_labels, template_labels
from prompts.composition.compose import FURTHER
from prompts.errors import TemplatesError
from prompts.languages import Language
from prompts.markup import COPY_UNITS
from prompts.models import Citation, Reason
from prompts.render import Renderer
from retrieval.models import Kind
from storage.chats.button_tokens import ButtonBook
from storage.models import Exchange, FeedbackReason, LoggedCitation, LoggedExchange

NUMBERS_A_ROW = 6
COPIES = 3
"""Most quotes of an answer that a button copies; the context of any other has one."""
REASONS = {
    "wrong": FeedbackReason.WRONG,
    "incomplete": FeedbackReason.INCOMPLETE,
    "old": FeedbackReason.OLD,
    "abstain": FeedbackReason.SHOULD_HAVE_ABSTAINED,
    "answer": FeedbackReason.SHOULD_HAVE_ANSWERED,
    "other": FeedbackReason.OTHER,
}
"""The buttons that say why a thumb is down."""
_LABELLED = ("context", "more", "source", "up", "down", *REASONS)
_OF_ANSWERED = (("wrong", "incomplete", "old"), ("abstain", "other"))
_OF_ABSTAINED = (("answer", "other"),)


class ButtonTarget(NamedTuple):
    """The target of a button: an exchange, or one quote of it by its number."""

    exchange_id: int
    number: int | None = None

    def payload(self) -> str:
        """The target as a button's payload."""
        return f"{self.exchange_id}" if self.number is None else f"{self.exchange_id} {self.number}"

    @classmethod
    def read(cls, payload: str) -> "ButtonTarget":
        """The target of a button's payload."""
        return cls(*map(int, payload.split()))


class _Key(NamedTuple):
    """A button before it has a token."""

    action: str
    label: str
    target: ButtonTarget | str  # or the text that is copied


class AnswerKeyboards:
    """Makes the keyboards, in English unless asked for another language.

    Raises:
        TemplatesError: A team's own template leaves a button without words, or there is no such form of citations.
    """

    def __init__(
        self, book: ButtonBook, renderer: Renderer, citation: str = "plain", *, has_curators: bool = False
    ) -> None:
        self._book, self._renderer, self._citation = book, renderer, citation
        self._has_curators = has_curators
        renderer.citation_form(citation)
        self._labels_in = {language: _labels(renderer.in_language(language)) for language in Language}

    def in_language(self, language: Language) -> "AnswerKeyboards":
        """The keyboards with the words of another language."""
        other = copy.copy(self)
        other._renderer = self._renderer.in_language(language)
        return other

    @property
    def _labels(self) -> Mapping[str, str]:
        return self._labels_in[self._renderer.language]

    def under_answer(self, exchange: Exchange) -> InlineKeyboardMarkup | None:
        """The buttons under an answer; none under an exchange that answers no question, such as a greeting.

        Raises:
            DatabaseError: They could not be recorded.
        """
        answer = exchange.answer
        if answer.reason not in {None, Reason.UNSUPPORTED}:
            return None
        keeps_closest = answer.reason is not None and answer.keeps_closest
        return self._under(
            exchange.id or 0,
            answer.citations,
            further=answer.further,
            keeps_closest=keeps_closest,
            unanswered=answer.reason is not None,
            is_brief=answer.brief is not None,
        )

    def under_logged(self, exchange: LoggedExchange, *, reasons: bool) -> InlineKeyboardMarkup:
        """The buttons under an answer that was given before; `reasons` to ask why a thumb is down.

        Raises:
            DatabaseError: They could not be recorded.
        """
        answered = exchange.outcome == "answered"
        return self._under(
            exchange.id,
            exchange.citations,
            (_OF_ANSWERED if answered else _OF_ABSTAINED) if reasons else (),
            further=exchange.more_of is not None,
            keeps_closest=not answered and (exchange.chat_id or 0) < 0,
            thumbs=_thumb_marks(exchange),
            unanswered=not answered,
            is_brief=answered and exchange.kind == Kind.BRIEF,
        )

    def _under(  # noqa: PLR0913 - each is another thing that decides on a button
        self,
        exchange_id: int,
        citations: Sequence[Citation | LoggedCitation],
        reasons: Sequence[Sequence[str]] = (),
        *,
        further: bool,
        keeps_closest: bool,
        unanswered: bool,
        is_brief: bool = False,
        thumbs: Mapping[str, str] | None = None,
    ) -> InlineKeyboardMarkup:
        target, quotes = ButtonTarget(exchange_id), len(citations)
        # Where fewer quotes followed than fit a message there are no more.
        shows = ("context", "source") if further and quotes < FURTHER else ("context", "more", "source")
        kept = (
            [[_Key("more", self._labels.get("closest", self._labels["more"]), target)]]
            if keeps_closest and not quotes
            else []
        )
        if unanswered and self._has_curators and (label := self._labels.get("person")):
            kept = [*kept, [_Key("person", label, target)]]
        shown = [self._keys(shows, target)] if quotes else []
        judged = [
            key._replace(label=f"{key.label} {mark}") if (mark := (thumbs or {}).get(key.action)) else key
            for key in self._keys(("up", "down"), target)
        ]
        rows = [judged, *(self._keys(actions, target) for actions in reasons)]
        kept += [self._keys_of_brief(target)] if is_brief else []
        return self._keyboard([*kept, *shown, *([] if is_brief else self._copies(citations)), *rows])

    def _keys_of_brief(self, target: ButtonTarget) -> list[_Key]:
        """The buttons under a brief: its quotes are chosen, it is saved, or renewed."""
        labels = choice_labels(self._renderer, "brief-buttons")
        return [_Key(f"brief{action}", label, target) for action, label in labels.items()]

    def of_brief(
        self, above: Sequence[tuple[str, str, ButtonTarget]], below: Sequence[tuple[str, str, ButtonTarget]]
    ) -> InlineKeyboardMarkup:
        """The buttons with which the quotes of a brief are chosen: actions, labels and targets, in rows.

        Raises:
            DatabaseError: They could not be recorded.
        """
        return self._keyboard([*_rows([_Key(*each) for each in above]), [_Key(*each) for each in below]])

    def _copies(self, citations: Sequence[Citation | LoggedCitation]) -> list[list[_Key]]:
        """A row of buttons that copy a quote with its citation; none for recorded citations without a title.

        A press of such a button does not reach the bot.
        """
        label = self._labels.get("copy")
        cited = [citation for citation in citations[:COPIES] if citation.title is not None]
        if not label or not cited:
            return []
        return [
            [
                _Key("copy", label if len(cited) == 1 else f"{label} [{citation.number}]", text)
                for citation in cited
                if (text := self._renderer.citation(self._citation, citation, COPY_UNITS))
            ]
        ]

    def under_context(self, exchange_id: int, numbers: Sequence[int], quote: LoggedCitation) -> InlineKeyboardMarkup:
        """The buttons under the context of one quote: the numbers of all quotes of its answer, and its source.

        Raises:
            DatabaseError: They could not be recorded.
        """
        turns, current = numbers if len(numbers) > 1 else (), quote.number
        keys = [self._number("turn", ButtonTarget(exchange_id, n), current=n == current) for n in turns]
        source = self._keys(("source",), ButtonTarget(exchange_id, current))
        return self._keyboard([*_rows(keys), *([*copies, *source] for copies in self._copies([quote]) or [[]])])

    def under_source(self, exchange_id: int, numbers: Iterable[int]) -> InlineKeyboardMarkup | None:
        """The buttons under an article sent as a file: a quote's number for each other article of the answer.

        Raises:
            DatabaseError: They could not be recorded.
        """
        keys = [self._number("source", ButtonTarget(exchange_id, number)) for number in numbers]
        return self._keyboard(_rows(keys)) if keys else None

    def _keys(self, actions: Iterable[str], target: ButtonTarget) -> list[_Key]:
        return [_Key(action, self._labels[action], target) for action in actions]

    def _number(self, action: str, target: ButtonTarget, *, current: bool = False) -> _Key:
        return _Key(action, f"{'• ' if current else ''}[{target.number}]", target)

    def _keyboard(self, rows: Sequence[Sequence[_Key]]) -> InlineKeyboardMarkup:
        keys = (key for row in rows for key in row)
        pressed = [(key.action, key.target.payload()) for key in keys if isinstance(key.target, ButtonTarget)]
        data = iter(self._book.make_all(pressed))
        return InlineKeyboardMarkup([[_button(key, data) for key in row] for row in rows])


def _thumb_marks(exchange: LoggedExchange) -> Mapping[str, str]:
    """The trace that thumbs leave on their buttons: a tick in a private chat, in a group how many there are."""
    counts = Counter(given.thumb.value for given in exchange.feedback)
    return {thumb: "✓" if (exchange.chat_id or 0) > 0 else str(count) for thumb, count in counts.items()}


def _button(key: _Key, data: Iterator[str]) -> InlineKeyboardButton:
    if isinstance(key.target, str):
        return InlineKeyboardButton(key.label, copy_text=CopyTextButton(key.target))
    return InlineKeyboardButton(key.label, callback_data=next(data))


def _labels(renderer: Renderer) -> dict[str, str]:
    labels = template_labels(renderer, "buttons")
    if unnamed := [action for action in _LABELLED if not labels.get(action)]:
        raise TemplatesError(
            f"Template buttons.txt.j2 has no words for {', '.join(unnamed)}: give each a line such as 'more: More'."
        )
    return labels


def _rows(keys: Sequence[_Key]) -> list[Sequence[_Key]]:
    return [keys[start : start + NUMBERS_A_ROW] for start in range(0, len(keys), NUMBERS_A_ROW)]
