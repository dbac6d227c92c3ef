"""The languages of the desk's own words; quotes stay in theirs."""

from enum import StrEnum


class Language(StrEnum):
    """A language with templates, by its code (ISO 639-1)."""

    ENGLISH = "en"
    JAPANESE = "ja"
    VIETNAMESE = "vi"


def language_of(code: str | None) -> Language | None:
    """Return the language of an IETF tag such as `ja` or `vi-VN`; None where the desk does not speak it."""
    main = (code or "").replace("_", "-").partition("-")[0].lower()
    return next((language for language in Language if language.value == main), None)
