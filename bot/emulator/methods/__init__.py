"""The methods of the Bot API: one model each, whose fields are its parameters and whose ``run`` is what it does."""

from pydantic import ValidationError

from bot.emulator.errors import RefusedError, unsupported
from bot.emulator.methods.answering import AnswerCallbackQuery, AnswerInlineQuery
from bot.emulator.methods.chats import GetChat, GetChatAdministrators, GetChatMember, LeaveChat
from bot.emulator.methods.editing import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SetMessageReaction,
)
from bot.emulator.methods.menus import (
    DeleteMyCommands,
    GetMe,
    GetMyCommands,
    GetMyDescription,
    GetMyShortDescription,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
)
from bot.emulator.methods.method import Method
from bot.emulator.methods.receiving import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook
from bot.emulator.methods.sending import GetFile, SendChatAction, SendDocument, SendMessage

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
        EditMessageCaption,
        EditMessageReplyMarkup,
        DeleteMessage,
        SendChatAction,
        GetFile,
        AnswerCallbackQuery,
        AnswerInlineQuery,
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
