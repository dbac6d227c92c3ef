"""The buttons of a brief: its quotes chosen one by one, the document made again, saved, and renewed."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.briefs.maker import MadeBrief
from bot.errors import Stale, StaleError
from bot.handlers.asking.button_presses import ButtonPress, ButtonPresses, PressAction, Toast
from bot.handlers.briefs.replies import BriefReplies
from bot.messages.answer_keyboards import AnswerKeyboards, ButtonTarget
from bot.messages.choice_buttons import choice_labels
from bot.messages.localizer import Localizer
from bot.messages.sending import change, say_below, send_file_below
from prompts.brief.choices import moved, with_choice
from prompts.composition.brief import BriefPlan, PlannedQuote
from prompts.languages import Language
from storage.briefs.book import BriefOnRecord
from storage.record.exchanges import ExchangeLog

CUTS = (90, 60, 40, 20)
"""Longest beginning of a quote in the list, tried until the message fits."""
_CHOICES = {
    "brieftake": {"is_chosen": True},
    "briefleave": {"is_chosen": False},
    "briefpin": {"is_pinned": True},
    "briefunpin": {"is_pinned": False},
}
_STEPS = {"briefup": -1, "briefdown": 1}
_ADDING = frozenset({"briefchoose", "briefmake", "briefrenew"})


class _ListedQuote(NamedTuple):
    """A quote of a plan as the list and the message about it show it."""

    number: int
    heading: str
    text: str
    source: str
    is_chosen: bool
    is_pinned: bool
    is_first: bool  # of its aspect


class BriefChoices:
    """Has the quotes of a brief chosen by whoever asked for it, or by a curator."""

    def __init__(
        self,
        replies: BriefReplies,
        log: ExchangeLog,
        keyboards: AnswerKeyboards,
        presses: ButtonPresses,
        localizer: Localizer,
    ) -> None:
        self._maker, self._replies, self._log, self._keyboards = replies.maker, replies, log, keyboards
        self._presses, self._localizer = presses, localizer
        edits: dict[str, PressAction] = dict.fromkeys((*_CHOICES, *_STEPS), self._edit)
        self._actions = edits | {
            "briefchoose": self._begin,
            "briefall": self._show_all,
            "briefpick": self._show_one,
            "briefmake": self._make,
            "briefsave": self._save,
            "briefrenew": self._renew,
        }

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [CallbackQueryHandler(self.pressed, pattern=rf"^(?:{'|'.join(self._actions)}):")]

    async def pressed(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A button under a brief, or under the list of its quotes."""
        await self._presses.take(update, dict.fromkeys(self._actions, self._allowed), once=_ADDING)

    async def _allowed(self, press: ButtonPress) -> Toast:
        """Carry out a press of whoever asked for the brief, or of a curator."""
        exchange = await asyncio.to_thread(self._log.find, press.target.exchange_id)
        if exchange is None:
            raise StaleError(Stale.UNKNOWN)
        person = press.query.from_user.id
        if exchange.user_id != person and not await self._replies.curators.knows(person):
            return Toast.NOT_YOURS
        return await self._actions[press.action](press)

    async def _kept(self, press: ButtonPress) -> BriefOnRecord:
        kept = await asyncio.to_thread(self._maker.book.find, press.target.exchange_id)
        if kept is None:
            raise StaleError(Stale.UNKNOWN)
        return kept

    async def _begin(self, press: ButtonPress) -> Toast:
        kept = await self._kept(press)
        words, keyboard = await asyncio.to_thread(self._list, kept.exchange_id, kept.draft, press.language)
        await say_below(press.place, words, keyboard)
        return Toast.NOTHING

    async def _show_all(self, press: ButtonPress) -> Toast:
        kept = await self._kept(press)
        words, keyboard = await asyncio.to_thread(self._list, kept.exchange_id, kept.draft, press.language)
        await change(press.place, words, keyboard)
        return Toast.NOTHING

    async def _show_one(self, press: ButtonPress) -> Toast:
        kept = await self._kept(press)
        await self._show(press, kept.draft, press.target.number or 1)
        return Toast.NOTHING

    async def _edit(self, press: ButtonPress) -> Toast:
        number = press.target.number or 1
        draft = await asyncio.to_thread(
            self._maker.book.choose, press.target.exchange_id, _edited, number, press.action
        )
        if draft is None:
            raise StaleError(Stale.UNKNOWN)
        step = _STEPS.get(press.action, 0)
        await self._show(press, draft, max(1, min(number + step, len(draft.quotes))))
        return Toast.NOTHING

    async def _show(self, press: ButtonPress, draft: BriefPlan, number: int) -> None:
        words, keyboard = await asyncio.to_thread(self._one, press.target.exchange_id, draft, number, press.language)
        await change(press.place, words, keyboard)

    async def _make(self, press: ButtonPress) -> Toast:
        kept = await self._kept(press)
        whose = await self._replies.whose(press.place.chat, press.query.from_user.id)
        made = await asyncio.to_thread(self._maker.make, kept.plan.question, press.asker, whose, kept.draft)
        return await self._send(press, made)

    async def _renew(self, press: ButtonPress) -> Toast:
        await self._kept(press)
        whose = await self._replies.whose(press.place.chat, press.query.from_user.id)
        made = await asyncio.to_thread(self._maker.renew, press.target.exchange_id, press.asker, whose)
        return await self._send(press, made)

    async def _save(self, press: ButtonPress) -> Toast:
        kept = await self._kept(press)
        saved_at = dt.datetime.now(dt.UTC) if kept.saved_at is None else None
        await asyncio.to_thread(self._maker.book.save, kept.exchange_id, saved_at)
        return Toast.SAVED if saved_at else Toast.UNSAVED

    async def _send(self, press: ButtonPress, made: MadeBrief) -> Toast:
        if not made.is_document:
            return Toast.NO_MORE
        await self._replies.send(made, press.language, partial(send_file_below, press.place))
        return Toast.NOTHING

    def _list(self, exchange_id: int, draft: BriefPlan, language: Language) -> tuple[str, InlineKeyboardMarkup]:
        """The words and the buttons of the list of all quotes."""
        renderer = self._localizer.in_language(language)
        entries = self._listed(draft, language)
        words = renderer.fitting_notice("brief-choice", CUTS, topic=draft.topic, one=None, entries=entries)
        numbers = [ButtonTarget(exchange_id, entry.number) for entry in entries]
        labels = choice_labels(renderer, "brief-choice-buttons")
        keyboard = self._keyboards.in_language(language).of_brief(
            [("briefpick", str(target.number), target) for target in numbers],
            [("briefmake", labels["make"], ButtonTarget(exchange_id))],
        )
        return words, keyboard

    def _one(
        self, exchange_id: int, draft: BriefPlan, number: int, language: Language
    ) -> tuple[str, InlineKeyboardMarkup]:
        """The words and the buttons of one quote."""
        renderer = self._localizer.in_language(language)
        entries = self._listed(draft, language)
        one = next((entry for entry in entries if entry.number == number), None)
        if one is None:
            raise StaleError(Stale.UNKNOWN)
        words = renderer.fitting_notice("brief-choice", CUTS, topic=draft.topic, one=one, entries=entries)
        labels = choice_labels(renderer, "brief-choice-buttons")
        target = ButtonTarget(exchange_id, number)
        actions = ("leave" if one.is_chosen else "take", "unpin" if one.is_pinned else "pin", "up", "down")
        keyboard = self._keyboards.in_language(language).of_brief(
            [(f"brief{action}", labels[action], target) for action in actions],
            [
                ("briefall", labels["back"], ButtonTarget(exchange_id)),
                ("briefmake", labels["make"], ButtonTarget(exchange_id)),
            ],
        )
        return words, keyboard

    def _listed(self, draft: BriefPlan, language: Language) -> Sequence[_ListedQuote]:
        words = self._maker.words(language)
        return [_listed(number, quote, draft, words) for number, quote in enumerate(draft.quotes, 1)]


def _edited(plan: BriefPlan, number: int, action: str) -> BriefPlan:
    if action in _STEPS:
        return moved(plan, number, _STEPS[action])
    return with_choice(plan, number, **_CHOICES[action])


def _listed(number: int, quote: PlannedQuote, draft: BriefPlan, words: dict[str, str]) -> _ListedQuote:
    citation = quote.citations[0]
    before: Any = draft.quotes[number - 2].aspect if number > 1 else None
    return _ListedQuote(
        number=number,
        heading=words[quote.aspect.value],
        text=citation.shown,
        source=f"{citation.title}, {citation.file}:{citation.line}",
        is_chosen=quote.is_chosen,
        is_pinned=quote.is_pinned,
        is_first=before is not quote.aspect,
    )
