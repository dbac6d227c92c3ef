"""The methods with which a bot changes and reacts to messages."""

from typing import Annotated

from telegram.constants import ReactionEmoji

from bot.emulator.errors import bad_request
from bot.emulator.methods.buttons import check_buttons
from bot.emulator.methods.method import AboutMessage, Result
from bot.emulator.objects.base import FromForm
from bot.emulator.objects.messages import Message, ReactionType
from bot.emulator.objects.texts import Entities, InlineKeyboardMarkup, LinkPreviewOptions, Markup
from bot.emulator.text.html_parser import parse_text
from bot.emulator.world.chat_room import ChatRoom
from bot.emulator.world.world import World

_REACTIONS = {str(emoji.value) for emoji in ReactionEmoji}


class _Editing(AboutMessage):
    """A method that changes a message of the bot, in a chat or sent through inline mode."""

    inline_message_id: str | None = None
    reply_markup: Markup = None

    def target(self, world: World) -> tuple[ChatRoom, Message]:
        """Return the message and its chat; refuse a message that is gone, and wrong new buttons."""
        check_buttons(self.reply_markup)
        if self.inline_message_id is not None:
            return world.queries.inline_message(self.inline_message_id)
        room = self.room(world)
        return room, self.message(room, "message to edit")

    def revise(self, world: World, place: tuple[ChatRoom, Message], changes: dict[str, object]) -> Result:
        """Change it; a message that was sent through inline mode is not returned."""
        changed = world.posting.revise(*place, changes | {"reply_markup": self._markup()})
        return changed if self.inline_message_id is None else True

    def _markup(self) -> InlineKeyboardMarkup | None:
        # An empty keyboard takes the buttons away, as none at all does.
        return self.reply_markup if self.reply_markup and self.reply_markup.buttons() else None


class EditMessageText(_Editing):
    """Changes the text of a message, and the buttons under it."""

    text: str = ""
    parse_mode: str | None = None
    entities: Entities = None
    link_preview_options: Annotated[LinkPreviewOptions | None, FromForm] = None

    async def run(self, world: World) -> Result:
        place = self.target(world)
        words = parse_text(self.text, self.parse_mode, self.entities).knowing(world.people)
        if place[1].text is None and not place[1].is_service:
            raise bad_request("there is no text in the message to edit")
        return self.revise(world, place, words.as_text())


class EditMessageReplyMarkup(_Editing):
    """Changes the buttons under a message, or takes them away."""

    async def run(self, world: World) -> Result:
        return self.revise(world, self.target(world), {})


class SetMessageReaction(AboutMessage):
    """Reacts to a message, or takes the reaction back."""

    reaction: Annotated[tuple[ReactionType, ...], FromForm] = ()
    is_big: bool = False

    async def run(self, world: World) -> Result:
        room = self.room(world)
        if any(reaction.emoji not in _REACTIONS for reaction in self.reaction):
            raise bad_request("REACTION_INVALID")
        if len(self.reaction) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        world.posting.react(room, self.message_id, self.reaction)
        return True
