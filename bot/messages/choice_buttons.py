"""Buttons with which one person chooses: their words come from a template, and only that person may press them."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from prompts.models import Channel
from prompts.render import Renderer


class ButtonChoice(NamedTuple):
    """What somebody chose.

    Attributes:
        action: What is to be done.
        subject: What with: whatever was given when the buttons were made.
    """

    action: str
    subject: str


def choices(
    renderer: Renderer, template: str, subject: str, only: Collection[str] | None = None
) -> InlineKeyboardMarkup | None:
    """A row of buttons; the data of each is `<template>:<action>:<subject>`.

    Args:
        renderer: Has the words.
        template: Its lines are `action: label`.
        subject: What they are about: with the rest at most 64 bytes.
        only: Which actions to offer, in the order of the template; None for all.

    Returns:
        The row; None where nothing is to be chosen.
    """
    pairs = (line.partition(": ") for line in renderer.notice(template, Channel.CLI).splitlines())
    row = [
        InlineKeyboardButton(label, callback_data=f"{template}:{action}:{subject}")
        for action, _, label in pairs
        if only is None or action in only
    ]
    return InlineKeyboardMarkup([row]) if row else None


def chosen(query: CallbackQuery) -> ButtonChoice:
    """What a pressed button of such a row says."""
    _, action, subject = (query.data or "").split(":", 2)
    return ButtonChoice(action, subject)


def pattern(template: str, actions: Iterable[str], subject: str) -> str:
    """The form of the data of a template's buttons, as a regular expression; a changed app may send anything.

    Args:
        template: The template.
        actions: What can be chosen.
        subject: The form of what they are about.
    """
    return rf"^{template}:(?:{'|'.join(actions)}):{subject}$"
