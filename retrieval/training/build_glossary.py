"""Renews the part of `retrieval/tables/glossary.tsv` that comes from the Unicode Common Locale Data Repository.

Usage: `python -m retrieval.training.build_glossary FOLDER`, where FOLDER is `annotations` of the package
cldr-annotations-full (Unicode License v3). Names of territories, languages, currencies, months, weekdays and cities
come from Babel, which has them from the same source. The lines above `TAKEN` were collected by us and stay as they are.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from retrieval.glossary.table import LANGUAGES, TABLE, Entry, to_line

TAKEN = """\
# Unicode Common Locale Data Repository 48 (Unicode License v3), by way of Babel and cldr-annotations-full: names of
# territories, languages, currencies, months, weekdays and cities, short names of emoji; written by
# retrieval.training.build_glossary.
"""
LETTERS = 2
"""Length of the codes of the languages and territories taken."""
MOST_WORDS = 3
"""Most words of a short name that is taken for a word."""
_NO_WORDS = ("Sm", "Sc", "Sk", "Po", "Pd", "Ps", "Pe")
_SIGNS = frozenset("om OK SOS NEW COOL UP FREE ZZZ TOP END BACK ON".split())


def main() -> None:
    """Write the table anew."""
    own, _, _ = TABLE.read_text(encoding="utf-8").partition(TAKEN)
    known = {line.split("\t")[0].split(" | ")[0].lower() for line in own.splitlines()}
    entries = [*_names(), *_short_names(Path(sys.argv[1]))]
    lines = dict.fromkeys(to_line(entry) for entry in entries if entry.en[0].lower() not in known)
    TABLE.write_text(own + TAKEN + "\n".join(lines) + "\n", encoding="utf-8")


def _names() -> Iterator[Entry]:
    english, japanese, vietnamese = (Locale(language) for language in LANGUAGES)
    for kind, field in (("region", "territories"), ("language", "languages"), ("term", "currencies")):
        tables = [getattr(locale, field) for locale in (english, japanese, vietnamese)]
        for code in tables[0]:
            names = [table.get(code, "(") for table in tables]
            if code.isalpha() and _is_taken(code, field) and not any("(" in name for name in names):
                yield _entry(names, kind)
    for field in ("months", "days"):
        tables = [getattr(locale, field)["format"]["wide"] for locale in (english, japanese, vietnamese)]
        for number in tables[0]:
            yield _entry([table[number] for table in tables], "time")
    for zone in english.time_zones:
        if all(zone in locale.time_zones and "city" in locale.time_zones[zone] for locale in (japanese, vietnamese)):
            city = str(zone).rpartition("/")[2].replace("_", " ")
            yield _entry([city, *(locale.time_zones[zone]["city"] for locale in (japanese, vietnamese))], "place")


def _is_taken(code: str, field: str) -> bool:
    return len(code) == LETTERS if field != "currencies" else code[:2] in Locale("en").territories


def _short_names(folder: Path) -> Iterator[Entry]:
    """Short names of pictures that are words: 'dog', '犬', 'chó'."""
    names = [
        json.loads((folder / language / "annotations.json").read_text(encoding="utf-8"))["annotations"]["annotations"]
        for language in LANGUAGES
    ]
    for sign in names[0]:
        found = [table.get(sign, {}).get("tts", [""])[0] for table in names]
        if all(found) and found[0].isalpha() and found[0] not in _SIGNS and _is_word(sign, found[2]):
            yield _entry(found, "word")


def _is_word(sign: str, vietnamese: str) -> bool:
    return unicodedata.category(sign[0]) not in _NO_WORDS and len(vietnamese.split()) <= MOST_WORDS


def _entry(forms: list[str], kind: str) -> Entry:
    en, ja, vi = ((form.replace(" & ", " and "),) for form in forms)
    return Entry(kind, en, ja, vi)


if __name__ == "__main__":
    main()
