"""The methods with which a bot answers pressed buttons, and words typed behind its name."""

import re
from typing import Annotated

from bot.emulator.errors import bad_request
from bot.emulator.methods.buttons import check_buttons
from bot.emulator.methods.method import Method, Result
from bot.emulator.objects.base import FromForm
from bot.emulator.objects.inline import InlineAnswer, InlineQueryResultArticle, InlineQueryResultsButton
from bot.emulator.text.html_parser import parse_text
from bot.emulator.text.links import split_address
from bot.emulator.world.journal import CallbackAnswer
from bot.emulator.world.world import World

_ANSWER_LIMIT = 200
_MOST_RESULTS = 50
_ID_BYTES = 64
_OFFSET_BYTES = 64
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class AnswerCallbackQuery(Method):
    """Answers the press of a button."""

    callback_query_id: str = ""
    text: str | None = None
    show_alert: bool = False
    url: str | None = None
    cache_time: int = 0

    async def run(self, world: World) -> Result:
        if len(self.text or "") > _ANSWER_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")
        if self.url and not self._leads_to(world.bot.username or ""):
            raise bad_request("URL_INVALID")
        answer = {"callback_query_id": self.callback_query_id, "text": self.text or None, "url": self.url or None}
        world.queries.answer_callback(CallbackAnswer.model_validate({**answer, "show_alert": self.show_alert}))
        return True

    def _leads_to(self, username: str) -> bool:
        parts = split_address(self.url or "")
        return parts.netloc in {"t.me", "telegram.me"} and parts.path.lower() == f"/{username.lower()}"


class AnswerInlineQuery(Method):
    """Offers results for words typed behind the bot's name."""

    inline_query_id: str = ""
    results: Annotated[tuple[InlineQueryResultArticle, ...], FromForm]
    cache_time: int = 300
    is_personal: bool = False
    next_offset: str = ""
    button: Annotated[InlineQueryResultsButton | None, FromForm] = None

    async def run(self, world: World) -> Result:
        if reason := self._wrong():
            raise bad_request(reason)
        for result in self.results:
            _check(result)
        world.queries.answer_inline(InlineAnswer.model_validate(dict(self)))
        return True

    def _wrong(self) -> str:
        ids, button = [result.id for result in self.results], self.button
        rules = {
            "RESULTS_TOO_MUCH": len(ids) > _MOST_RESULTS,
            "RESULT_ID_DUPLICATE": len(set(ids)) < len(ids),
            "RESULT_ID_INVALID": any(not 1 <= len(name.encode()) <= _ID_BYTES for name in ids),
            "NEXT_OFFSET_INVALID": len(self.next_offset.encode()) > _OFFSET_BYTES,
            "START_PARAM_INVALID": button is not None and not _START_PARAMETER.fullmatch(button.start_parameter or ""),
            "BUTTON_TEXT_INVALID": button is not None and not button.text.strip(),
        }
        return next((reason for reason, broken in rules.items() if broken), "")


def _check(result: InlineQueryResultArticle) -> None:
    if not result.title.strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    check_buttons(result.reply_markup)
    content = result.input_message_content
    parse_text(content.message_text, content.parse_mode, content.entities)
