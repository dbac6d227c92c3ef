"""The languages that the desk speaks to people in; what it quotes stays in its own."""

from enum import StrEnum


class Language(StrEnum):
    """A language that there are templates in, by its code (ISO 639-1)."""

    ENGLISH = "en"
    JAPANESE = "ja"
    VIETNAMESE = "vi"


def language_of(code: str | None) -> Language | None:
    """The language that a code stands for.

    Args:
        code: As an app states it (IETF language tag), such as `ja` or `vi-VN`.

    Returns:
        The language; none where it is not one of the desk's, or nothing is stated.
    """
    main = (code or "").replace("_", "-").partition("-")[0].lower()
    return next((language for language in Language if language.value == main), None)
