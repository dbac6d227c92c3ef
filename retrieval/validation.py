"""Words for values that do not have the form they should."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "is missing",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "int_type": "should be a whole number",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "bool_parsing": "should be true or false",
    "string_type": "should be text",
    "greater_than_equal": "should be at least {ge:g}",
    "less_than_equal": "should be at most {le:g}",
    "enum": "should be {expected}",
    "literal_error": "should be {expected}",
    "json_invalid": "is no JSON",
}
"""Words by the kind of the fault, in place of the library's."""
_COMES_OF_ANOTHER = "default_factory_not_called"


def faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the place of each fault and its description for people; consequences of other faults are left out."""
    for fault in error.errors(include_url=False):
        if fault["type"] != _COMES_OF_ANOTHER:
            yield ".".join(map(str, fault["loc"])), _in_words(fault)


def _in_words(fault: ErrorDetails) -> str:
    if words := _WORDS.get(fault["type"]):
        return words.format_map(fault.get("ctx", {}))
    return fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
