"""The methods of the Bot API: one model each, whose fields are its parameters and whose ``run`` is what it does."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from telegram.constants import ChatAction, ReactionEmoji

from bot.emulator.addresses import is_for_button, is_on_this_machine
from bot.emulator.errors import RefusedError, bad_request, unsupported
from bot.emulator.files import StoredFile, Upload
from bot.emulator.journal import CallbackAnswer
from bot.emulator.markup import parse_caption, parse_text
from bot.emulator.objects import (
    BotCommand,
    BotCommandScope,
    BotDescription,
    BotShortDescription,
    ChatFullInfo,
    Document,
    Entities,
    FromForm,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Markup,
    Message,
    ReactionType,
    ReplyParameters,
    TelegramObject,
)
from bot.emulator.rooms import Room
from bot.emulator.updates import Poll, Webhook
from bot.emulator.world import World

Result = TelegramObject | list[TelegramObject] | bool

_CALLBACK_DATA_BYTES = 64
_ANSWER_LIMIT = 200
_DESCRIPTION_LIMIT = 512
_SHORT_DESCRIPTION_LIMIT = 120
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ACTIONS = {str(action.value) for action in ChatAction}
_REACTIONS = {str(emoji.value) for emoji in ReactionEmoji}

ChatId = int | str
Names = Annotated[tuple[str, ...] | None, FromForm]
Scope = Annotated[BotCommandScope, FromForm]


class Method(BaseModel):
    """A call of the Bot API. A parameter that the model does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def called(cls) -> str:
        """Return the method's name as the Bot API spells it."""
        return cls.__name__[0].lower() + cls.__name__[1:]

    async def run(self, world: World) -> Result:
        """Do what the method does, and return the result.

        Raises:
            RefusedError: Telegram would not do it.
        """
        raise NotImplementedError


class InChat(Method):
    """A method about a chat."""

    chat_id: ChatId = ""

    def room(self, world: World) -> Room:
        """Return the chat.

        Raises:
            RefusedError: There is no such chat, or the bot is not in it.
        """
        return world.room(self.chat_id)


class AboutMessage(InChat):
    """A method about one message."""

    message_id: int = 0

    def message(self, room: Room, called: str) -> Message:
        """Return the message; ``called`` is Telegram's name for it in a refusal.

        Raises:
            RefusedError: It is not there.
        """
        if not self.message_id:
            raise bad_request("message identifier is not specified")
        return room.message(self.message_id, called)


class Sending(InChat):
    """What the methods that send a message share."""

    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: Annotated[ReplyParameters | None, FromForm] = None
    reply_markup: Markup = None

    def send(self, world: World, room: Room, content: dict[str, object]) -> Message:
        """Send a message with what is common to all of them.

        Raises:
            RefusedError: The chat, the topic, the answered message or the buttons are wrong.
        """
        check_buttons(self.reply_markup)
        if self.reply_parameters and self.reply_parameters.chat_id not in {None, room.chat.id, str(room.chat.id)}:
            raise unsupported("answers to a message of another chat are not supported")
        common = {"reply_markup": self.reply_markup, "has_protected_content": self.protect_content or None}
        return world.post(room, self.reply_parameters, self.message_thread_id, common | content)


class GetMe(Method):
    """Who the bot is."""

    async def run(self, world: World) -> Result:
        """Return the bot."""
        return world.bot


class GetUpdates(Method):
    """Fetches what happened, waiting for it up to ``timeout`` seconds."""

    offset: int = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    timeout: Annotated[float, Field(ge=0)] = 0
    allowed_updates: Names = None

    async def run(self, world: World) -> Result:
        """Return the updates that are not confirmed."""
        world.updates.allow(self.allowed_updates)
        return [*await world.updates.fetch(Poll(offset=self.offset, limit=self.limit, timeout=self.timeout))]


class SetWebhook(Method):
    """Has updates posted to a web address, which must be on this machine."""

    url: str = ""
    ip_address: str | None = None
    max_connections: int = 40
    allowed_updates: Names = None
    drop_pending_updates: bool = False
    secret_token: str | None = None

    async def run(self, world: World) -> Result:
        """Set the webhook; an empty address takes it away."""
        self._check()
        if self.drop_pending_updates:
            world.updates.drop()
        world.updates.allow(self.allowed_updates)
        world.updates.set_webhook(self._webhook() if self.url else None)
        return True

    def _webhook(self) -> Webhook:
        return Webhook(
            url=self.url,
            secret_token=self.secret_token,
            max_connections=self.max_connections,
            ip_address=self.ip_address,
        )

    def _check(self) -> None:
        if self.secret_token is not None and not _SECRET.fullmatch(self.secret_token):
            raise bad_request("secret token contains unallowed characters")
        if self.url and not is_on_this_machine(self.url):
            raise unsupported("a webhook must be on this machine (127.0.0.1, localhost or ::1)")


class DeleteWebhook(Method):
    """Goes back from a webhook to getUpdates."""

    drop_pending_updates: bool = False

    async def run(self, world: World) -> Result:
        """Take the webhook away."""
        if self.drop_pending_updates:
            world.updates.drop()
        world.updates.set_webhook(None)
        return True


class GetWebhookInfo(Method):
    """Where updates go, and how many wait."""

    async def run(self, world: World) -> Result:
        """Describe the webhook."""
        return world.updates.webhook_info()


class SendMessage(Sending):
    """Sends a text."""

    text: str = ""
    parse_mode: str | None = None
    entities: Entities = None
    link_preview_options: Annotated[LinkPreviewOptions | None, FromForm] = None

    async def run(self, world: World) -> Result:
        """Send it."""
        room, words = self.room(world), parse_text(self.text, self.parse_mode, self.entities)
        return self.send(
            world,
            room,
            {
                "text": words.text,
                "entities": words.entities_or_none(),
                "link_preview_options": self.link_preview_options,
            },
        )


class SendDocument(Sending):
    """Sends a file."""

    document: Upload | str
    caption: str = ""
    parse_mode: str | None = None
    caption_entities: Entities = None
    disable_content_type_detection: bool = False

    async def run(self, world: World) -> Result:
        """Send it."""
        room, words = self.room(world), parse_caption(self.caption, self.parse_mode, self.caption_entities)
        return self.send(
            world,
            room,
            {
                "document": described(self._stored(world)),
                "caption": words.text or None,
                "caption_entities": words.entities_or_none(),
            },
        )

    def _stored(self, world: World) -> StoredFile:
        if isinstance(self.document, Upload):
            if not self.document.content:
                raise bad_request("file must be non-empty")
            return world.files.add(self.document, "documents")
        if self.document.startswith(("http://", "https://")):
            raise unsupported("files are not fetched from the web")
        return world.files.get(self.document)


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


class SendChatAction(InChat):
    """Says that the bot is busy: typing, uploading."""

    action: str = ""
    message_thread_id: int | None = None

    async def run(self, world: World) -> Result:
        """Show it to the chat."""
        room = self.room(world)
        if self.action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        room.check_topic(self.message_thread_id)
        world.journal.add("action", room.chat.id, action=self.action, message_thread_id=self.message_thread_id)
        return True


class GetFile(Method):
    """Where a file can be downloaded."""

    file_id: str = ""

    async def run(self, world: World) -> Result:
        """Describe the file."""
        return world.files.describe(self.file_id)


class AnswerCallbackQuery(Method):
    """Answers somebody who pressed a button."""

    callback_query_id: str = ""
    text: Annotated[str | None, Field(max_length=_ANSWER_LIMIT)] = None
    show_alert: bool = False
    url: str | None = None
    cache_time: int = 0

    async def run(self, world: World) -> Result:
        """Answer."""
        world.answer(
            CallbackAnswer(
                callback_query_id=self.callback_query_id,
                text=self.text or None,
                show_alert=self.show_alert,
                url=self.url,
            )
        )
        return True


class _Commands(Method):
    """What the methods about the menu of commands share."""

    scope: Scope = BotCommandScope()
    language_code: str = ""

    def checked_scope(self, world: World) -> BotCommandScope:
        """Return the scope with its chat named by number.

        Raises:
            RefusedError: The chat it names is not there.
        """
        if self.scope.chat_id is None:
            return self.scope
        return self.scope.model_copy(update={"chat_id": world.room(self.scope.chat_id).chat.id})


class SetMyCommands(_Commands):
    """Replaces a list of commands."""

    commands: Annotated[tuple[BotCommand, ...], FromForm]

    async def run(self, world: World) -> Result:
        """Replace it."""
        world.commands.set(self.checked_scope(world), self.language_code, self.commands)
        world.journal.add("commands")
        return True


class GetMyCommands(_Commands):
    """The list of commands that was set for a scope."""

    async def run(self, world: World) -> Result:
        """Return it."""
        return [*world.commands.get(self.checked_scope(world), self.language_code)]


class DeleteMyCommands(_Commands):
    """Forgets a list of commands."""

    async def run(self, world: World) -> Result:
        """Forget it."""
        world.commands.delete(self.checked_scope(world), self.language_code)
        world.journal.add("commands")
        return True


class SetMyDescription(Method):
    """Changes what is shown in a chat before anything was said."""

    description: Annotated[str, Field(max_length=_DESCRIPTION_LIMIT)] = ""
    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Change it."""
        world.descriptions[self.language_code] = self.description
        return True


class GetMyDescription(Method):
    """What is shown in a chat before anything was said."""

    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Return it."""
        return BotDescription(description=world.descriptions.get(self.language_code, ""))


class SetMyShortDescription(Method):
    """Changes what is said of the bot where it is shared."""

    short_description: Annotated[str, Field(max_length=_SHORT_DESCRIPTION_LIMIT)] = ""
    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Change it."""
        world.short_descriptions[self.language_code] = self.short_description
        return True


class GetMyShortDescription(Method):
    """What is said of the bot where it is shared."""

    language_code: str = ""

    async def run(self, world: World) -> Result:
        """Return it."""
        return BotShortDescription(short_description=world.short_descriptions.get(self.language_code, ""))


class GetChat(InChat):
    """Everything about a chat."""

    async def run(self, world: World) -> Result:
        """Describe it."""
        return ChatFullInfo.model_validate(self.room(world).chat.model_dump())


class GetChatMember(InChat):
    """Somebody's part in a chat."""

    user_id: int

    async def run(self, world: World) -> Result:
        """Describe it."""
        return self.room(world).member(self.user_id, world.bot.as_user())


class GetChatAdministrators(InChat):
    """Who runs a group; bots are left out."""

    async def run(self, world: World) -> Result:
        """List them."""
        return [*self.room(world).administrators(world.bot.as_user())]


class LeaveChat(InChat):
    """Leaves a group."""

    async def run(self, world: World) -> Result:
        """Leave it."""
        world.leave(self.room(world))
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


METHODS: dict[str, type[Method]] = {
    method.called().lower(): method
    for method in (
        GetMe,
        GetUpdates,
        SetWebhook,
        DeleteWebhook,
        GetWebhookInfo,
        SendMessage,
        SendDocument,
        EditMessageText,
        EditMessageReplyMarkup,
        DeleteMessage,
        SendChatAction,
        GetFile,
        AnswerCallbackQuery,
        SetMyCommands,
        GetMyCommands,
        DeleteMyCommands,
        SetMyDescription,
        GetMyDescription,
        SetMyShortDescription,
        GetMyShortDescription,
        GetChat,
        GetChatMember,
        GetChatAdministrators,
        LeaveChat,
        SetMessageReaction,
    )
}


def method_called(name: str) -> type[Method]:
    """Return a method by its name, in whatever case it is written.

    Raises:
        RefusedError: This emulator does not know it.
    """
    if name.lower() not in METHODS:
        raise RefusedError(404, f'Not Found: emulator: unknown method "{name}"')
    return METHODS[name.lower()]


def understood(method: type[Method], parameters: dict[str, object]) -> Method:
    """Return the call that the parameters make.

    Raises:
        RefusedError: A parameter is unknown, missing or of the wrong form.
    """
    try:
        return method.model_validate(parameters)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(part) for part in wrong["loc"])
        if wrong["type"] == "extra_forbidden":
            raise unsupported(f'unknown parameter "{name}" of {method.called()}') from None
        raise unsupported(f'wrong parameter "{name}" of {method.called()}: {wrong["msg"]}') from None


def described(stored: StoredFile) -> Document:
    """Return a file as a message carries it."""
    return Document(
        file_id=stored.file_id,
        file_unique_id=stored.unique_id,
        file_size=len(stored.content),
        file_name=stored.name,
        mime_type=stored.mime_type,
    )


def check_buttons(markup: InlineKeyboardMarkup | None) -> None:
    """Refuse buttons that Telegram would not show.

    Raises:
        RefusedError: One of them is wrong.
    """
    for button in markup.buttons() if markup else []:
        if reason := _wrong_button(button):
            raise bad_request(reason)


def _wrong_button(button: InlineKeyboardButton) -> str:
    if not button.text.strip():
        return "can't parse inline keyboard button: text must be non-empty"
    if button.url is not None:
        wrong = f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL"
        return "" if is_for_button(button.url) else wrong
    if button.callback_data is None:
        return "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    return "" if 1 <= len(button.callback_data.encode()) <= _CALLBACK_DATA_BYTES else "BUTTON_DATA_INVALID"
