"""Prints how well comparisons of judged sides come out: `python -m tests.benchmarks.comparisons FILE [FOLDER]`.

FILE holds judged comparisons (`tests/judgments/README.md`), FOLDER the sets that they are of, each with `articles/`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.settings import SEEDS
from retrieval.library import Library
from retrieval.models import Filters
from retrieval.side_by_side.request import comparison_asked
from retrieval.side_by_side.side_by_side import SideBySide, build_side_by_side

MOST = 4
Place = tuple[str, int]


class ComparisonTally:
    """Counts over comparisons: sentences shown on the right side, and judged aspects of which both sides are shown."""

    def __init__(self) -> None:
        self.shown = self.right = self.judged = self.found = 0
        self.wrong: list[str] = []

    def count(self, judged: Mapping[str, Any], told: SideBySide | None) -> None:
        """Count one comparison."""
        columns = [[quote.hits[0].passage for quote in column.quotes] for column in told.columns] if told else []
        for right, shown in zip(judged["columns"], columns, strict=False):
            places = _places(right)
            self.shown += len(shown)
            self.right += sum((p.file, p.start) in places for p in shown)
            self.wrong += [f"{judged['question']}: {p.shown[:150]}" for p in shown if (p.file, p.start) not in places]
        said = [{(p.file, p.start) for p in shown} for shown in columns]
        for aspect in judged["aspects"]:
            self.judged += 1
            is_found = bool(said) and all(_places(group) & own for group, own in zip(aspect, said, strict=False))
            self.found += is_found
            self.wrong += [] if is_found else [f"{judged['question']}: an aspect is missing"]


def _places(sentences: Sequence[Mapping[str, Any]]) -> set[Place]:
    return {(sentence["file"], sentence["start"]) for sentence in sentences}


def judged_comparisons(file: Path) -> list[dict[str, Any]]:
    """Return the judged comparisons of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def compared(library: Library, question: str) -> SideBySide | None:
    """Return the comparison that a question asks for."""
    request = comparison_asked(question)
    return build_side_by_side(library, request, Filters(), MOST) if request else None


def main(file: Path, folder: Path | None) -> None:
    """Print the figures and what is wrong."""
    tally, libraries = ComparisonTally(), dict[str, Library]()
    for judged in judged_comparisons(file):
        name = judged["set"]
        if name not in libraries:
            libraries[name] = Library.open(SEEDS if name == "seeds" or not folder else folder / name / "articles")
        tally.count(judged, compared(libraries[name], judged["question"]))
    print("\n".join(tally.wrong))
    print(f"right {tally.right} of {tally.shown} shown ({tally.right / max(1, tally.shown):.2f})")
    print(f"found {tally.found} of {tally.judged} aspects ({tally.found / max(1, tally.judged):.2f})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
