"""The choice of a language: a person's own, and in a group a curator's for all who did not choose."""

import asyncio

from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, Update, User
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.handlers.administration.curators import Curators
from bot.messages.choice_buttons import choice_handler, choices, read_choice
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, acknowledge, change, is_from_bot, say
from prompts.languages import Language, language_of
from prompts.models import Channel

BUTTONS = "language-buttons"
"""The name of the buttons, with which their data begins."""
TELEGRAM = "telegram"
"""The choice to have none of one's own."""
CHAT_ID = r"-?\d{1,16}"


class LanguageCommand:
    """Shows which language is spoken, and changes it."""

    def __init__(self, localizer: Localizer, curators: Curators) -> None:
        self._localizer, self._curators = localizer, curators

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [
            CommandHandler("language", self.language, PEOPLE),
            choice_handler(self.choose, self._localizer, BUTTONS, (*Language, TELEGRAM), CHAT_ID),
        ]

    async def language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/language`: in a private chat one's own; in a group the group's, for curators."""
        message = update.message
        if message is None or is_from_bot(message):
            return
        if _is_group(message.chat) and not await self._curators.admits(update, context, message, "language-refused"):
            return
        await say(message, *self._choice_in(message.chat, message.from_user))

    async def choose(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of a language, by whom the chat is with, or by a curator of the group that the buttons are about."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        chat = query.message.chat
        if read_choice(query).subject != str(chat.id) or not (_is_group(chat) or chat.id == query.from_user.id):
            await acknowledge(
                query, self._localizer.to_presser(query).notice("pressed", Channel.CLI, what="somebody else's")
            )
        elif _is_group(chat) and not await self._curators.knows(query.from_user.id):
            await self._curators.refuse(update, context)
            await acknowledge(query, self._localizer.to_presser(query).notice("language-refused", Channel.CLI))
        else:
            await self._choose(query, chat)

    async def _choose(self, query: CallbackQuery, chat: Chat) -> None:
        language = language_of(read_choice(query).action)
        await asyncio.to_thread(self._localizer.choices.choose, chat.id, language)
        if query.message is not None:
            await change(query.message, *self._choice_in(chat, query.from_user))
        await acknowledge(query)

    def _choice_in(self, chat: Chat, user: User | None) -> tuple[str, InlineKeyboardMarkup | None]:
        """The choice that holds in a chat, in its language, with the buttons to change it."""
        language = self._localizer.choices.of(chat.id)
        renderer = self._localizer.in_language(language or self._localizer.language(user, chat.id))
        words = renderer.notice("language", is_chosen=language is not None, is_group=_is_group(chat))
        return words, choices(renderer, BUTTONS, str(chat.id))


def _is_group(chat: Chat) -> bool:
    return chat.type != ChatType.PRIVATE
