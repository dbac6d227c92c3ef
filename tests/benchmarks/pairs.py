"""Prints how well two passages are told to agree, differ or be unrelated; `python -m tests.benchmarks.pairs [FOLDER]`.

FOLDER holds the development sets, each with `articles/`; without it their pairs are left out, and their number is said.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from bot.settings import SEEDS
from retrieval.comparison.contradictions import compare
from retrieval.comparison.repeats import repeats
from retrieval.models import Passage, Relation, Value
from retrieval.reading.articles import read_folder
from retrieval.reading.quote_context import is_headline
from retrieval.reading.sentences import passages

PAIRS = Path(__file__).parent.parent / "judgments" / "pairs.jsonl"


class Side(Value):
    """One passage of a judged pair: a place in a collection, or a sentence written for the test."""

    set: str = ""
    file: str = ""
    start: int = 0
    end: int = 0
    title: str = ""
    date: str | None = None
    text: str = ""


class Pair(Value):
    """Two passages and how they stand to each other."""

    id: str
    part: str
    relation: Relation
    about: str = ""
    origin: str
    one: Side
    other: Side


class Score(NamedTuple):
    """How well one relation is told from the others, over some pairs."""

    said: int
    judged: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.judged if self.judged else 1.0


def main(arguments: Sequence[str]) -> None:
    """Print precision and recall a part, then every pair that is told wrongly."""
    sets = Path(arguments[0]) if arguments else None
    pairs = read_pairs()
    found = {pair.id: told for pair in pairs if (told := tell(pair, sets)) is not None}
    print(f"{len(found)} of {len(pairs)} pairs; {len(pairs) - len(found)} lie in collections that are not there")
    for part in sorted({pair.part for pair in pairs}):
        for relation in (Relation.DIFFER, Relation.AGREE):
            score = scored([pair for pair in pairs if pair.part == part], found, relation)
            print(
                f"{part:9} {relation:7} precision {score.precision:.2f} ({score.right}/{score.said})"
                f"  recall {score.recall:.2f} ({score.right}/{score.judged})"
            )
    for pair in pairs:
        if pair.id in found and found[pair.id] is not pair.relation:
            print(f"  {pair.id} {pair.part} {pair.origin}: {pair.relation} told as {found[pair.id]}")


def read_pairs() -> list[Pair]:
    """The judged pairs."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    return [TypeAdapter(Pair).validate_json(line) for line in lines]


def tell(pair: Pair, sets: Path | None) -> Relation | None:
    """How the pair is told to stand, agreeing where either is named as a place of the other; None without its set."""
    one, other = _passage(pair.one, "one.txt", sets), _passage(pair.other, "other.txt", sets)
    if not one or not other:
        return None
    if repeats(other, one) or repeats(one, other):
        return Relation.UNRELATED if is_headline(one) or is_headline(other) else Relation.AGREE
    found = compare(one, other).relation
    return Relation.UNRELATED if found is Relation.AGREE else found


def scored(pairs: Iterable[Pair], found: Mapping[str, Relation], relation: Relation) -> Score:
    """Precision and recall of one relation over those pairs that were told."""
    told = [(pair.relation is relation, found[pair.id] is relation) for pair in pairs if pair.id in found]
    return Score(sum(s for _, s in told), sum(j for j, _ in told), sum(j and s for j, s in told))


def _passage(side: Side, name: str, sets: Path | None) -> Passage | None:
    if side.text:
        fields = {"file": side.file or name, "line": 1, "start": 0, "end": len(side.text)}
        return Passage.model_validate({**fields, "text": side.text, "title": side.title, "date": side.date})
    folder = SEEDS if side.set == "seeds" else sets and sets / side.set / "articles"
    return _places(folder).get((side.file, side.start, side.end)) if folder and folder.is_dir() else None


@cache
def _places(folder: Path) -> Mapping[tuple[str, int, int], Passage]:
    articles, _ = read_folder(folder)
    return {(p.file, p.start, p.end): p for article in articles for p in passages(article)}


if __name__ == "__main__":
    main(sys.argv[1:])
