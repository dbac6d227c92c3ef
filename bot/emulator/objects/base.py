"""Reading and writing of the Bot API's objects."""

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import from_json

from bot.emulator.errors import bad_request


def _decode(value: object) -> object:
    # Objects and lists arrive in a form field as JSON.
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        raise bad_request("object expected as a JSON-serialized parameter") from None


FromForm = BeforeValidator(_decode)


class TelegramObject(BaseModel):
    """A JSON object that Telegram sends or takes: a value, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def wire(self) -> dict[str, object]:
        """Return the object as Telegram writes it in JSON, without its empty fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
