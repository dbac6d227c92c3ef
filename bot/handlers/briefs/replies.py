"""A brief on its way out: put on record, written as a document, and sent with the buttons of an answer."""

import asyncio
from functools import partial
from typing import Protocol

from telegram import Chat, InlineKeyboardMarkup, Message
from telegram.constants import ChatType

from bot.briefs.maker import BriefMaker, MadeBrief, file_name
from bot.handlers.administration.curators import Curators
from bot.handlers.asking.answers import Answers
from bot.messages.sending import person_of, send_file
from prompts.languages import Language
from storage.briefs.open_questions import WhoseQuestions
from storage.models import Exchange


class SendFile(Protocol):
    """Sends a file where an answer belongs."""

    async def __call__(
        self, name: str, content: bytes, caption: str, keyboard: InlineKeyboardMarkup | None, /
    ) -> Message:
        """Send it with a template's words below it, and buttons."""
        ...


class BriefReplies:
    """Sends briefs."""

    def __init__(self, maker: BriefMaker, answers: Answers, curators: Curators) -> None:
        self.maker, self.curators, self._answers = maker, curators, answers

    async def say(self, message: Message, exchange: Exchange, language: Language) -> None:
        """Reply to a message with the document of a brief."""
        whose = await self.whose(message.chat, person_of(message))
        made = await asyncio.to_thread(self.maker.complete, exchange, whose)
        await self.send(made, language, partial(send_file, message))

    async def send(self, made: MadeBrief, language: Language, send: SendFile) -> None:
        """Put a brief on record and send its document; of one that found nothing the refusal is only recorded."""
        recorded, buttons = await self._answers.record(made.exchange, language)
        made = made._replace(exchange=recorded)
        name = file_name(made.plan.topic if made.plan else "", recorded.asked_at.date())
        content = await asyncio.to_thread(self._written, made, language, name)
        said = await send(name, content, recorded.reply, buttons)
        self._answers.remember(recorded, said.message_id)

    def _written(self, made: MadeBrief, language: Language, name: str) -> bytes:
        self.maker.keep(made, made.exchange)
        return self.maker.word_file(made, language, name)

    async def whose(self, chat: Chat, person: int | None) -> WhoseQuestions:
        """The open questions that a chat may be told: a curator in private all, any other chat its own."""
        if chat.type != ChatType.PRIVATE:
            return WhoseQuestions(chat_id=chat.id)
        return WhoseQuestions() if await self.curators.knows(person) else WhoseQuestions(person, chat.id)
