"""Buttons with which one person chooses: their words come from a template, and only that person may press them."""

from collections.abc import Collection, Coroutine, Iterable
from typing import Any, NamedTuple, Protocol

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import KeyboardButtonStyle
from telegram.ext import CallbackQueryHandler, ContextTypes

from bot.messages.localizer import Localizer
from bot.messages.sending import acknowledge
from prompts.models import Channel
from prompts.render import Renderer

DANGEROUS = frozenset({"forget", "deny"})
"""Actions that take something away; Telegram shows their buttons in red (Bot API 9.4, which older servers ignore)."""


def style_of(action: str) -> str | None:
    """The style of an action's button; None for the usual one."""
    return KeyboardButtonStyle.DANGER if action in DANGEROUS else None


class ButtonChoice(NamedTuple):
    """The choice that a pressed button stands for: an action, and the subject that the buttons were made for."""

    action: str
    subject: str


def template_labels(renderer: Renderer, template: str, **values: str) -> dict[str, str]:
    """The labels of a template whose lines are `action: label`, by their actions."""
    lines = renderer.notice(template, Channel.CLI, **values).splitlines()
    return {action: label for action, _, label in (line.partition(": ") for line in lines)}


def choice_labels(renderer: Renderer, buttons: str) -> dict[str, str]:
    """The labels of the named buttons in the template `choice-buttons`, by their actions."""
    return template_labels(renderer, "choice-buttons", of=buttons)


def choices(
    renderer: Renderer, buttons: str, subject: str, only: Collection[str] | None = None
) -> InlineKeyboardMarkup | None:
    """A row of the named buttons, or only of some actions; None where nothing is to be chosen.

    The data of each is `<buttons>:<action>:<subject>`, at most 64 bytes.
    """
    row = [
        InlineKeyboardButton(label, callback_data=f"{buttons}:{action}:{subject}", style=style_of(action))
        for action, label in choice_labels(renderer, buttons).items()
        if only is None or action in only
    ]
    return InlineKeyboardMarkup([row]) if row else None


def read_choice(query: CallbackQuery) -> ButtonChoice:
    """Read the choice from a press of a button that `choices` made."""
    _, action, subject = (query.data or "").split(":", 2)
    return ButtonChoice(action, subject)


class ChoiceCallback(Protocol):
    """Carries out a choice."""

    def __call__(self, update: Update, context: ContextTypes.DEFAULT_TYPE, /) -> Coroutine[Any, Any, None]:
        """Carry out the press of an update."""
        ...


def choice_handler(
    callback: ChoiceCallback, localizer: Localizer, buttons: str, actions: Iterable[str], subject: str
) -> CallbackQueryHandler[ContextTypes.DEFAULT_TYPE, None]:
    """The handler of the named buttons, whose subject is a regular expression.

    A changed app may send the data of any button for any message: only what stands under the message itself counts.
    """

    async def checked(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or is_shown(query):
            await callback(update, context)
        else:
            await acknowledge(query, localizer.to_presser(query).notice("pressed", Channel.CLI, what="unknown"))

    return CallbackQueryHandler(checked, rf"^{buttons}:(?:{'|'.join(actions)}):{subject}$")


def is_shown(query: CallbackQuery) -> bool:
    """Whether the pressed button stands under its message now, as Telegram tells that message."""
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    rows = keyboard.inline_keyboard if keyboard else ()
    return any(button.callback_data == query.data for row in rows for button in row)
