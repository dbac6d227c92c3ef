"""The buttons by which a watcher stops a watch, or has it tell less or more."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message

from bot.messages.choice_buttons import choice_labels, choices
from prompts.render import Renderer
from storage.watches.models import Watch

UNDER_NOTICE, IN_LIST = "watch-buttons", "watch-list"
"""The names of the buttons, with which their data begins."""
TOPIC_CHARS = 40
"""Longest topic on a button."""


def under_notice(answer: InlineKeyboardMarkup | None, renderer: Renderer, watch_id: int) -> InlineKeyboardMarkup:
    """The buttons under a notice: those of an answer, and those of the watch."""
    return _append_rows(answer, choices(renderer, UNDER_NOTICE, str(watch_id)))


def beside_confirmation(renderer: Renderer, watch_id: int) -> InlineKeyboardMarkup | None:
    """The button under what says that a watch is set up."""
    return choices(renderer, UNDER_NOTICE, str(watch_id), ["stop"])


def in_list(renderer: Renderer, watches: Sequence[Watch]) -> InlineKeyboardMarkup | None:
    """A button for each watch of a list, which stops it."""
    label = choice_labels(renderer, IN_LIST)["stop"]
    rows = [
        [InlineKeyboardButton(f"{label}: {_short(watch.topic)}", callback_data=f"{IN_LIST}:stop:{watch.id}")]
        for watch in watches
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def kept_from(place: MaybeInaccessibleMessage, keyboard: InlineKeyboardMarkup) -> InlineKeyboardMarkup:
    """A keyboard that takes the place of a message's, with the buttons of a watch that are there."""
    there = place.reply_markup if isinstance(place, Message) else None
    rows = [row for row in (there.inline_keyboard if there else ()) if _is_of_watch(row)]
    return _append_rows(keyboard, InlineKeyboardMarkup(rows)) if rows else keyboard


def without_watch(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup:
    """A keyboard without the buttons of its watch."""
    rows = keyboard.inline_keyboard if keyboard else ()
    return InlineKeyboardMarkup([row for row in rows if not _is_of_watch(row)])


def _is_of_watch(row: Sequence[InlineKeyboardButton]) -> bool:
    return any(str(button.callback_data).startswith(f"{UNDER_NOTICE}:") for button in row)


def _append_rows(first: InlineKeyboardMarkup | None, second: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row for part in (first, second) if part for row in part.inline_keyboard])


def _short(topic: str) -> str:
    return topic if len(topic) <= TOPIC_CHARS else f"{topic[: TOPIC_CHARS - 1]}…"
