"""How rare a term is in a language at large: what tells 'president' from 'chlorophyll' among five articles."""

from functools import cache
from pathlib import Path

from retrieval.text.orthography.japanese import is_japanese

TABLES = Path(__file__).parent.parent / "tables"
BACKGROUNDS = {"en": "background.txt", "ja": "background_ja.txt", "vi": "background_vi.txt"}
"""The tables of languages: 20,000 English stems; kanji, pairs of them and katakana words; syllables with and without
marks (see `retrieval.training.build_tables`)."""
RAREST = 13.0
"""Background idf of a term that the table does not hold: a little more than its rarest."""


@cache
def background(language: str = "en") -> dict[str, float]:
    """Return the idf of the terms of a language."""
    lines = (line.split() for line in (TABLES / BACKGROUNDS[language]).read_text(encoding="utf-8").splitlines())
    return {term: idf for idf, terms in ((float(idf), terms) for idf, *terms in lines) for term in terms}


def rarity(term: str, written: str = "", *, vietnamese: bool = False) -> float:
    """Return the idf of a term in its own language.

    Args:
        term: The term, whose letters tell Japanese from other languages.
        written: The word as written: a Vietnamese syllable is as rare as its marks make it.
        vietnamese: Whether it is of a Vietnamese text.
    """
    if vietnamese and not is_japanese(term):
        known = background("vi")
        return known.get(written.lower(), known.get(term, RAREST))
    if not is_japanese(term):
        return background().get(term, RAREST)
    known = background("ja")
    if (own := known.get(term)) is not None:
        return own
    # the two ends of words side by side make a pair that no list of words holds: no rarer than its characters
    return max(known.get(letter, RAREST) for letter in term) if len(term) == PAIR else RAREST


PAIR = 2
