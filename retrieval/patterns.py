"""Regular expressions that are compiled at their first use."""

import re
from functools import cached_property
from typing import Any, AnyStr, Generic, cast


class _LazyPattern(Generic[AnyStr]):
    """Compiles a pattern when one of its methods is first asked for."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = pattern
        self.flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[AnyStr]:
        return re.compile(self.pattern, self.flags)  # noqa: TID251 - everybody else compiles by this

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # as of a copy that is being made, which has no pattern yet
            raise AttributeError(name)
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # Python looks here before it asks again
        return found


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled at its first use.

    Of the hundreds that the modules hold a question uses few, and to compile them all takes a fifth of a second.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(pattern, flags))
