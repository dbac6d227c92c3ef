"""What all objects of the Bot API share: how they are read and written."""

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import from_json

from bot.emulator.errors import bad_request


def _decoded(value: object) -> object:
    """Return what a form field says: objects and lists arrive in it as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        raise bad_request("object expected as a JSON-serialized parameter") from None


FromForm = BeforeValidator(_decoded)


class TelegramObject(BaseModel):
    """Anything Telegram sends or takes as a JSON object: a value, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def wire(self) -> dict[str, object]:
        """Return the object as Telegram puts it into JSON: fields that say nothing are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
