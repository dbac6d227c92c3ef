"""The bot's membership: it comes to a group, leaves it, or the group becomes a supergroup."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from telegram import ChatMember, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import TelegramError
from telegram.ext import BaseHandler, ChatMemberHandler, ContextTypes, MessageHandler, filters

from bot.access.policy import Access
from bot.handlers.administration.attempts import name_of, read_attempt
from bot.handlers.administration.owners import Owners, welcome
from bot.messages.localizer import Localizer
from prompts.render import Renderer
from storage.access.models import Attempt
from storage.access.parties import AccessRequest

logger = logging.getLogger(__name__)

_IN = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER}


class MoveFollower(Protocol):
    """Follows a group that became a supergroup to its new id."""

    def __call__(self, old_id: int, new_id: int, /) -> None:
        """Hear of the new id; may take its time."""
        ...


class MembershipHandlers:
    """Notes where the bot is, and has the owners asked where nobody let it in."""

    def __init__(self, access: Access, localizer: Localizer, owners: Owners, followers: Iterable[MoveFollower]) -> None:
        self._access, self._localizer, self._owners, self._followers = access, localizer, owners, tuple(followers)

    def handlers(self) -> list[BaseHandler[Update, ContextTypes.DEFAULT_TYPE, None]]:
        """The handlers."""
        return [
            ChatMemberHandler(self.turned, ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(filters.StatusUpdate.MIGRATE, self.moved),
        ]

    async def turned(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The bot's part in a chat changed; only coming and going matter."""
        change = update.my_chat_member
        if change is None or change.chat.type == ChatType.PRIVATE or _was_in(change) == _is_in(change):
            return
        attempt = read_attempt(update, context.bot, (), self._access.now())
        if _is_in(change):
            await self._come(update, attempt)
        else:
            await asyncio.to_thread(self._access.remove_group, attempt)
            logger.info("Removed from %s by %s", change.chat.id, change.from_user.id)

    async def _come(self, update: Update, attempt: Attempt) -> None:
        arrival = await asyncio.to_thread(self._access.add_group, attempt, name_of(update))
        logger.info("Added to %s by %s", attempt.chat_id, attempt.user_id)
        if arrival.party is not None:
            await welcome(update.get_bot(), self._renderer(update), arrival.party)
        if arrival.request is not None:
            await self._turn_away(update, arrival.request)

    async def _turn_away(self, update: Update, request: AccessRequest) -> None:
        """Ask the owners, and say whether they could be asked, but not to all the readers of a channel."""
        chat = update.effective_chat
        is_asked = await self._owners.show(update.get_bot(), request, name_of(update))
        if request.is_answered and chat is not None and chat.type != ChatType.CHANNEL:
            try:
                words = self._renderer(update).notice("access-refused", party=request.party, is_asked=is_asked)
                await chat.send_message(words, ParseMode.HTML)
            except TelegramError as error:
                logger.info("%s could not be told that access is asked for: %s", chat.id, error)

    def _renderer(self, update: Update) -> Renderer:
        """The words for a group, in its language or that of whoever added the bot."""
        user, chat = update.effective_user, update.effective_chat
        return self._localizer.in_language(self._localizer.language(user, chat.id if chat else None))

    async def moved(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A group became a supergroup, as either of the two is told."""
        message = update.message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat_id
        new = message.migrate_to_chat_id or message.chat_id
        await asyncio.to_thread(self._access.move_group, old, new)
        for follow in self._followers:
            await asyncio.to_thread(follow, old, new)
        logger.info("Group %s is %s now", old, new)


def _was_in(change: ChatMemberUpdated) -> bool:
    return _is_part(change.old_chat_member)


def _is_in(change: ChatMemberUpdated) -> bool:
    return _is_part(change.new_chat_member)


def _is_part(member: ChatMember) -> bool:
    return member.status in _IN or bool(getattr(member, "is_member", False))
