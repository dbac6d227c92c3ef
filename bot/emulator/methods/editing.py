"""The methods with which a bot changes, deletes and reacts to messages."""

from typing import Annotated

from telegram.constants import ReactionEmoji

from bot.emulator.errors import bad_request
from bot.emulator.markup import parse_text
from bot.emulator.methods.buttons import check_buttons
from bot.emulator.methods.method import AboutMessage, Result
from bot.emulator.objects import Entities, FromForm, LinkPreviewOptions, Markup, ReactionType
from bot.emulator.world import World

_REACTIONS = {str(emoji.value) for emoji in ReactionEmoji}


class EditMessageText(AboutMessage):
    """Changes the text of a message, and the buttons under it."""

    text: str = ""
    parse_mode: str | None = None
    entities: Entities = None
    link_preview_options: Annotated[LinkPreviewOptions | None, FromForm] = None
    reply_markup: Markup = None

    async def run(self, world: World) -> Result:
        """Change it."""
        room = self.room(world)
        message = self.message(room, "message to edit")
        words = parse_text(self.text, self.parse_mode, self.entities)
        check_buttons(self.reply_markup)
        if message.text is None:
            raise bad_request("there is no text in the message to edit")
        return world.revise(
            room,
            message,
            {"text": words.text, "entities": words.entities_or_none(), "reply_markup": self.reply_markup},
        )


class EditMessageReplyMarkup(AboutMessage):
    """Changes the buttons under a message, or takes them away."""

    reply_markup: Markup = None

    async def run(self, world: World) -> Result:
        """Change them."""
        room = self.room(world)
        message = self.message(room, "message to edit")
        check_buttons(self.reply_markup)
        return world.revise(room, message, {"reply_markup": self.reply_markup})


class DeleteMessage(AboutMessage):
    """Takes a message away."""

    async def run(self, world: World) -> Result:
        """Delete it."""
        room = self.room(world)
        self.message(room, "message to delete")
        world.remove(room, self.message_id)
        return True


class SetMessageReaction(AboutMessage):
    """Reacts to a message, or takes the reaction back."""

    reaction: Annotated[tuple[ReactionType, ...], FromForm] = ()
    is_big: bool = False

    async def run(self, world: World) -> Result:
        """React."""
        room = self.room(world)
        if any(reaction.emoji not in _REACTIONS for reaction in self.reaction):
            raise bad_request("REACTION_INVALID")
        if len(self.reaction) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        world.react(room, self.message_id, self.reaction)
        return True
