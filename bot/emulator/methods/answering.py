"""The methods with which a bot answers what people press."""

from typing import Annotated

from pydantic import Field

from bot.emulator.journal import CallbackAnswer
from bot.emulator.methods.method import Method, Result
from bot.emulator.world import World

_ANSWER_LIMIT = 200


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
