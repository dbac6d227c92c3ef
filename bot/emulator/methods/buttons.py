"""The buttons under a message that Telegram would not show."""

from bot.emulator.errors import bad_request
from bot.emulator.objects.texts import InlineKeyboardButton, InlineKeyboardMarkup
from bot.emulator.text.links import is_for_button

_CALLBACK_DATA_BYTES = 64


def check_buttons(markup: InlineKeyboardMarkup | None) -> None:
    """Refuse buttons that Telegram would not show."""
    for button in markup.buttons() if markup else []:
        if reason := _wrong_button(button):
            raise bad_request(reason)


def _wrong_button(button: InlineKeyboardButton) -> str:
    if not button.text.strip():
        return "can't parse inline keyboard button: text must be non-empty"
    if button.url is not None:
        wrong = f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL"
        return "" if is_for_button(button.url) else wrong
    if button.callback_data is not None:
        return "" if 1 <= len(button.callback_data.encode()) <= _CALLBACK_DATA_BYTES else "BUTTON_DATA_INVALID"
    others = (button.switch_inline_query, button.switch_inline_query_current_chat, button.copy_text)
    if all(other is None for other in others):
        return "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    return ""
