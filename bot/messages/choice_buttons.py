"""Buttons with which one person chooses: their words come from a template, and only that person may press them."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from prompts.models import Channel
from prompts.render import Renderer


class ButtonChoice(NamedTuple):
    """The choice that a pressed button stands for: an action, and the subject that the buttons were made for."""

    action: str
    subject: str


def template_labels(renderer: Renderer, template: str) -> dict[str, str]:
    """The labels of a template whose lines are `action: label`, by their actions."""
    lines = renderer.notice(template, Channel.CLI).splitlines()
    return {action: label for action, _, label in (line.partition(": ") for line in lines)}


def choices(
    renderer: Renderer, template: str, subject: str, only: Collection[str] | None = None
) -> InlineKeyboardMarkup | None:
    """A row of a template's buttons, or only of some actions; None where nothing is to be chosen.

    The data of each is `<template>:<action>:<subject>`, at most 64 bytes.
    """
    row = [
        InlineKeyboardButton(label, callback_data=f"{template}:{action}:{subject}")
        for action, label in template_labels(renderer, template).items()
        if only is None or action in only
    ]
    return InlineKeyboardMarkup([row]) if row else None


def read_choice(query: CallbackQuery) -> ButtonChoice:
    """Read the choice from a press of a button that `choices` made."""
    _, action, subject = (query.data or "").split(":", 2)
    return ButtonChoice(action, subject)


def pattern(template: str, actions: Iterable[str], subject: str) -> str:
    """The regular expression of the data of a template's buttons, for a changed app may send anything."""
    return rf"^{template}:(?:{'|'.join(actions)}):{subject}$"
