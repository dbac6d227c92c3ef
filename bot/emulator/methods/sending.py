"""The methods with which a bot sends texts and files, and shows that it is busy."""

from typing import Annotated

from telegram.constants import ChatAction

from bot.emulator.errors import bad_request, unsupported
from bot.emulator.methods.method import InChat, Method, Result, Sending
from bot.emulator.objects.base import FromForm
from bot.emulator.objects.texts import Entities, LinkPreviewOptions
from bot.emulator.text.html_parser import parse_caption, parse_text
from bot.emulator.world.files import StoredFile, Upload
from bot.emulator.world.world import World

GENERAL_TOPIC = 1
"""The number of the General topic for actions; messages to it carry none."""
_ACTIONS = {str(action.value) for action in ChatAction}


class SendMessage(Sending):
    """Sends a text."""

    text: str = ""
    parse_mode: str | None = None
    entities: Entities = None
    link_preview_options: Annotated[LinkPreviewOptions | None, FromForm] = None

    async def run(self, world: World) -> Result:
        room, words = self.room(world), parse_text(self.text, self.parse_mode, self.entities).knowing(world.people)
        return self.send(world, room, {**words.as_text(), "link_preview_options": self.link_preview_options})


class SendDocument(Sending):
    """Sends a file."""

    document: Upload | str
    caption: str = ""
    parse_mode: str | None = None
    caption_entities: Entities = None
    disable_content_type_detection: bool = False

    async def run(self, world: World) -> Result:
        room = self.room(world)
        words = parse_caption(self.caption, self.parse_mode, self.caption_entities).knowing(world.people)
        return self.send(world, room, {"document": self._file(world).as_document(), **words.as_caption()})

    def _file(self, world: World) -> StoredFile:
        if isinstance(self.document, Upload):
            if not self.document.content:
                raise bad_request("file must be non-empty")
            return world.files.add(self.document, "documents")
        if self.document.startswith(("http://", "https://")):
            raise unsupported("files are not fetched from the web")
        return world.files.get(self.document)


class SendChatAction(InChat):
    """Shows a chat that the bot is busy: typing, uploading."""

    action: str = ""
    message_thread_id: int | None = None

    async def run(self, world: World) -> Result:
        room = self.room(world)
        if self.action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        room.check_bot_may_write()
        if self.message_thread_id != GENERAL_TOPIC:
            room.check_topic(self.message_thread_id)
        world.journal.add("action", room.chat.id, action=self.action, message_thread_id=self.message_thread_id)
        return True


class GetFile(Method):
    """Describes a file and the path for its download."""

    file_id: str = ""

    async def run(self, world: World) -> Result:
        return world.files.describe(self.file_id)
