"""The methods of the Bot API: one model each, with its parameters as fields and its effect as ``run``."""

from pydantic import ValidationError

from bot.emulator.errors import RefusedError, unsupported
from bot.emulator.methods import answering, editing, menus, receiving, sending
from bot.emulator.methods.method import Method

METHODS: dict[str, type[Method]] = {
    method.api_name().lower(): method
    for module in (answering, editing, menus, receiving, sending)
    for name, method in vars(module).items()
    if isinstance(method, type) and issubclass(method, Method)
    if method.__module__ == module.__name__ and not name.startswith("_")
}
"""The methods by their name in lower case."""


def find_method(name: str) -> type[Method]:
    """Return a method by its name, in upper or lower case, or refuse an unknown one."""
    if name.lower() not in METHODS:
        raise RefusedError(404, f'Not Found: emulator: unknown method "{name}"')
    return METHODS[name.lower()]


def parse_call(method: type[Method], parameters: dict[str, object]) -> Method:
    """Return the call that the parameters make; refuse parameters that are unknown, missing or of the wrong form."""
    try:
        return method.model_validate(parameters)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(part) for part in wrong["loc"])
        if wrong["type"] == "extra_forbidden":
            raise unsupported(f'unknown parameter "{name}" of {method.api_name()}') from None
        raise unsupported(f'wrong parameter "{name}" of {method.api_name()}: {wrong["msg"]}') from None
