"""An update read as an attempt: its kind, its person, its chat and its time."""

import datetime as dt
from collections.abc import Collection

from telegram import Bot, Chat, Message, Update
from telegram.constants import ChatType

from bot.messages.addressing import addressed_words, command_of, question_in
from bot.messages.sending import BY_PEOPLE, is_from_bot, sender_of
from storage.access.models import Attempt, AttemptKind

_KINDS = {
    Update.CALLBACK_QUERY: AttemptKind.BUTTON,
    Update.INLINE_QUERY: AttemptKind.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT: AttemptKind.INLINE_RESULT,
    Update.MESSAGE_REACTION: AttemptKind.REACTION,
    Update.EDITED_MESSAGE: AttemptKind.EDIT,
    Update.CHANNEL_POST: AttemptKind.POST,
    Update.EDITED_CHANNEL_POST: AttemptKind.POST,
}


def read_attempt(
    update: Update, bot: Bot, commands: Collection[str], now: dt.datetime, *, is_part: bool = False
) -> Attempt:
    """Read an update of any kind.

    `commands` are the names of the bot's, for in a group others are meant for other bots; `now` is the time of what
    Telegram does not date; `is_part` says that it belongs to another message, which counts for both.
    """
    message, chat = update.effective_message, update.effective_chat
    is_written = message is not None and bool(BY_PEOPLE.check_update(update)) and not is_from_bot(message)
    return Attempt(
        kind=_kind(update),
        user_id=_user_id(update),
        chat_id=chat.id if chat else None,
        name=_name(update, chat),
        at=_time(update) or now,
        update_id=update.update_id,
        is_meant=message is None
        or update.callback_query is not None
        or (is_written and _is_meant(update, message, bot, commands)),
        is_question=update.inline_query is not None or (is_written and not is_part and _is_question(update, bot)),
        is_part=is_part,
    )


def name_of(update: Update) -> str:
    """The name of the person who caused an update, with their user id."""
    user = update.effective_user
    return f"{user.full_name} ({user.id})" if user else ""


def _kind(update: Update) -> AttemptKind:
    kind = next((kind for name, kind in _KINDS.items() if getattr(update, name) is not None), None)
    if kind is not None:
        return kind
    return _kind_of_message(update.message) if update.message is not None else AttemptKind.UNKNOWN


def _kind_of_message(message: Message) -> AttemptKind:
    command = command_of(message)
    if command is None:
        return AttemptKind.MESSAGE if message.document is None else AttemptKind.DOCUMENT
    has_payload = command.startswith("/start") and (message.text or message.caption or "").strip() != command
    return AttemptKind.DEEP_LINK if has_payload else AttemptKind.COMMAND


def _is_meant(update: Update, message: Message, bot: Bot, commands: Collection[str]) -> bool:
    """Whether a message says anything to the bot, rather than to the others in a group, or to nobody."""
    command = command_of(message)
    if command is None and message.document is not None:
        return addressed_words(message, bot) is not None
    if command is None:
        question = question_in(message, bot)
        return bool(question) if update.edited_message else question is not None  # a live location moves by edits
    if message.chat.type == ChatType.PRIVATE:
        return True
    name, _, addressee = command.removeprefix("/").lower().partition("@")
    return addressee == bot.username.lower() if addressee else name in commands


def _is_question(update: Update, bot: Bot) -> bool:
    message = update.message or update.edited_message
    if message is None or (message.document is not None and command_of(message) is None):
        return False
    return question_in(message, bot) is not None


def _user_id(update: Update) -> int | None:
    """The person, or the channel that somebody speaks for; None for a group's anonymous administrators."""
    message, reaction = None if update.callback_query else update.effective_message, update.message_reaction
    if message is not None:
        return sender_of(message)
    if reaction is not None and reaction.actor_chat is not None:
        return None if reaction.actor_chat.id == reaction.chat.id else reaction.actor_chat.id
    return update.effective_user.id if update.effective_user else None


def _name(update: Update, chat: Chat | None) -> str:
    if chat is not None and chat.type != ChatType.PRIVATE:
        return chat.title or ""
    user = update.effective_user
    if user is None:
        return ""
    return f"{user.full_name} (@{user.username})" if user.username else user.full_name


def _time(update: Update) -> dt.datetime | None:
    """The time by Telegram's clock; presses and inline queries bear no date."""
    if update.callback_query is not None:
        return None
    if update.edited_message is not None:
        return update.edited_message.edit_date or update.edited_message.date
    dated = update.effective_message or update.message_reaction or update.my_chat_member
    return None if dated is None else dated.date
