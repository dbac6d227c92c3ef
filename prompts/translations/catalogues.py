"""The translations of what templates say: gettext catalogues of policydesk and, over them, a team's own."""

import struct
from collections.abc import Iterable
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from prompts.errors import TemplatesError
from prompts.languages import Language
from retrieval.patterns import lazy_pattern
from retrieval.regular_files import open_regular

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

DOMAIN = "policydesk"
LOCALES = Path(__file__).parent.parent / "locales"
_PLACEHOLDER = lazy_pattern(r"%\((\w+)\)")


def open_catalogue(language: Language, overlay: Path | None) -> NullTranslations:
    """Load the translations into a language.

    Args:
        language: The language.
        overlay: A team's folder of templates, whose sub-folder `locales` may hold catalogues that are asked first.

    Raises:
        TemplatesError: A catalogue cannot be used.
    """
    ours = NullTranslations() if language is Language.ENGLISH else _read(shipped_catalogue(language))
    if overlay is None:
        return ours
    place = _place(overlay / "locales", language)
    if not any(map(Path.is_file, _files(place))):
        return ours
    own = _compiled(_checked(place, language))
    own.add_fallback(ours)
    return own


def shipped_catalogue(language: Language) -> Path:
    """Return the file that the translations of policydesk into a language other than English are read from."""
    return _newest(_place(LOCALES, language))


def _place(locales: Path, language: Language) -> Path:
    return locales / language / "LC_MESSAGES"


def _files(place: Path) -> tuple[Path, Path]:
    """Return the path of a catalogue's source and that of its compiled form."""
    return place / f"{DOMAIN}.po", place / f"{DOMAIN}.mo"


def _newest(place: Path) -> Path:
    """The compiled form, unless what it was compiled from has been changed since, or is all there is."""
    source, compiled = _files(place)
    is_stale = source.is_file() and not (
        compiled.is_file() and source.stat().st_mtime_ns <= compiled.stat().st_mtime_ns
    )
    return source if is_stale else compiled


def _read(path: Path) -> NullTranslations:
    """A catalogue of policydesk; Babel is loaded only for one that is not compiled."""
    if path.suffix == ".po":
        return _compiled(_parsed(path, path.parent.parent.name))
    try:
        with open_regular(path, follow=True) as file:
            return GNUTranslations(file)
    except (ValueError, OSError) as error:
        raise _unreadable(path, error) from error


def _checked(place: Path, language: Language) -> "Catalog":
    """A team's own catalogue, each translation tried with the values of its message."""
    path = _newest(place)
    catalogue = _parsed(path, language)
    for message in catalogue:
        forms = _texts(message.id)
        fault = next(filter(None, (fault_in(words, *forms) for words in _texts(message.string) if any(forms))), None)
        if fault:
            raise TemplatesError(f"Catalogue {path} cannot be used: the translation of {forms[0]!r} {fault}.")
    return catalogue


def _texts(texts: str | Iterable[str] | None) -> tuple[str, ...]:
    """A message or a translation in each of its forms: as it is, or singular and plural."""
    return (texts,) if isinstance(texts, str) else tuple(texts or ())


def fault_in(translation: str, *originals: str) -> str | None:
    """Say what is wrong with a translation: it can name only values of its message, and a percent sign is `%%`.

    Args:
        translation: The translation.
        originals: The message; singular and plural where it has both.
    """
    known = {name for text in originals for name in _PLACEHOLDER.findall(text)}
    unknown = set(_PLACEHOLDER.findall(translation)) - known
    if unknown:
        return f"asks for {', '.join(sorted(unknown))}, which this message does not have"
    try:
        translation % dict.fromkeys(known, 0)
    except (ValueError, TypeError) as error:
        return f"cannot be filled in: {error}"
    return None


def _parsed(path: Path, language: str) -> "Catalog":
    from babel.messages.mofile import read_mo  # noqa: PLC0415 - Babel takes longer to load than an answer
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with open_regular(path, follow=True) as file:
            return read_po(file, language, DOMAIN, abort_invalid=True) if path.suffix == ".po" else read_mo(file)
    except (PoFileError, ValueError, OSError, struct.error) as error:
        raise _unreadable(path, error) from error


def _compiled(catalogue: "Catalog") -> GNUTranslations:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - as above

    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return GNUTranslations(file)


def _unreadable(path: Path, error: Exception) -> TemplatesError:
    return TemplatesError(f"Catalogue {path} cannot be read: {error}. Correct it, or remove it.")
