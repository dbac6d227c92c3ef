"""Copies of a folder of articles with their words varied, so that a library of any size has the words of a real one.

Each copy exchanges a third of its middling words for others that are about as frequent, and half of its rarest words
for new ones, as a larger collection would have; the same words in all of a copy. Copy 0 is the folder as it is.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

_WORD = re.compile(r"([A-Za-z]{3,})")
COMMON = 400
"""How many of the commonest words stay as they are."""
RARE = 3
"""Up to how many occurrences a word is rare."""
NEAR = 0.1
"""How far among the words by frequency an exchange reaches, as a share of the word's rank."""
SYLLABLES = "ba de ka lo mi na po ra su ti va wo ye zu".split()


def write_copies(source: Path, target: Path, copies: int, seed: int = 7) -> None:
    """Write copies of a folder's articles, each into a folder of its own."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(source.iterdir())}
    counts = Counter(word.lower() for text in texts.values() for word in _WORD.findall(text))
    ranked = [word for word, _ in counts.most_common()]
    tables = [_exchanges(ranked, counts, random.Random(seed + copy)) if copy else {} for copy in range(copies)]
    for copy in range(copies):
        (target / f"part{copy}").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        parts = _WORD.split(text)
        for copy, table in enumerate(tables):
            (target / f"part{copy}" / name).write_text(_exchange(parts, table), encoding="utf-8")


def _exchanges(ranked: Sequence[str], counts: Mapping[str, int], chance: random.Random) -> Mapping[str, str]:
    """The words that stand for others in one copy."""
    table: dict[str, str] = {}
    for rank, word in enumerate(ranked[COMMON:], COMMON):
        if counts[word] <= RARE:
            if chance.random() < 1 / 2:
                table[word] = word[:-2] + "".join(chance.choices(SYLLABLES, k=2))
        elif chance.random() < 1 / 3:
            reach = max(1, int(rank * NEAR))
            table[word] = ranked[min(len(ranked) - 1, max(COMMON, rank + chance.randint(-reach, reach)))]
    return table


def _exchange(parts: Sequence[str], table: Mapping[str, str]) -> str:
    """A text, given what stands between its words and its words in turn."""
    if not table:
        return "".join(parts)
    varied = list(parts)
    varied[1::2] = [_as_written(word, table.get(word.lower())) for word in parts[1::2]]
    return "".join(varied)


def _as_written(word: str, other: str | None) -> str:
    """Another word in the case of a word; the word itself where there is none."""
    if other is None:
        return word
    return other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other
