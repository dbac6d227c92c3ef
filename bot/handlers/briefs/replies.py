"""A brief on its way out: put on record, written as a document, and sent with the buttons of an answer."""

import asyncio

from telegram import Message
from telegram.constants import ChatType

from bot.briefs.maker import BriefMaker, MadeBrief, file_name
from bot.handlers.administration.curators import Curators
from bot.handlers.asking.answers import Answers
from bot.messages.sending import person_of, send_file
from prompts.languages import Language
from storage.briefs.open_questions import WhoseQuestions
from storage.models import Exchange


class BriefReplies:
    """Sends briefs."""

    def __init__(self, maker: BriefMaker, answers: Answers, curators: Curators) -> None:
        self._maker, self._answers, self._curators = maker, answers, curators

    async def say(self, message: Message, exchange: Exchange, language: Language) -> None:
        """Reply to a message with the document of a brief."""
        made = await asyncio.to_thread(self._maker.complete, exchange, await self._whose(message))
        await self.send(message, made, language)

    async def send(self, message: Message, made: MadeBrief, language: Language) -> None:
        """Reply to a message with a brief that is made."""
        recorded, buttons = await self._answers.record(made.exchange, language)
        made = made._replace(exchange=recorded)
        name = file_name(made.plan.topic if made.plan else "", recorded.asked_at.date())
        content = await asyncio.to_thread(self._written, made, language, name)
        said = await send_file(message, name, content, recorded.reply, buttons)
        self._answers.remember(recorded, said.message_id)

    def _written(self, made: MadeBrief, language: Language, name: str) -> bytes:
        self._maker.keep(made, made.exchange)
        return self._maker.word_file(made, language, name)

    async def _whose(self, message: Message) -> WhoseQuestions:
        """The open questions that a chat may be told: a curator in private those of all, others their own."""
        if message.chat.type != ChatType.PRIVATE:
            return WhoseQuestions(chat_id=message.chat_id)
        person = person_of(message)
        return WhoseQuestions() if await self._curators.knows(person) else WhoseQuestions(person, message.chat_id)
