"""Help: a greeting, how to ask, and the reply to unknown commands."""

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.desk.desk import Desk
from bot.messages.choice_buttons import template_labels
from bot.messages.localizer import Localizer
from bot.messages.sending import PEOPLE, is_from_bot, say
from prompts.languages import Language
from prompts.render import Renderer


class Help:
    """Greets, helps, and says so when a command is unknown."""

    def __init__(self, desk: Desk, localizer: Localizer) -> None:
        self._desk, self._localizer = desk, localizer

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers; the last takes the commands that no other knows."""
        return [
            CommandHandler("start", self.start, PEOPLE),
            CommandHandler("help", self.help, PEOPLE),
            MessageHandler(PEOPLE & filters.COMMAND & filters.ChatType.PRIVATE, self.unknown),
        ]

    async def start(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/start`: what this bot is."""
        await self._say(update, "start", count=len(self._desk.library.sources))

    async def help(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """`/help`: how to ask and what comes back."""
        await self._say(update, "help")

    async def unknown(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """An unknown command in a private chat; in groups it is meant for another bot."""
        await self._say(update, "unknown-command")

    async def _say(self, update: Update, notice: str, **values: object) -> None:
        message = update.message
        if message is not None and not is_from_bot(message):
            await say(message, self._localizer.to_author(message).notice(notice, **values))


async def register_commands(bot: Bot, renderer: Renderer) -> None:
    """Tell Telegram which commands to offer, in private chats and in groups, in each language; else in English."""
    for language in Language:
        labels = template_labels(renderer.in_language(language), "commands")
        commands = [BotCommand(name, text) for name, text in labels.items()]
        code = None if language is Language.ENGLISH else language.value
        for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()):
            await bot.set_my_commands(commands, scope=scope, language_code=code)
