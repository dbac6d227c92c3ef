"""A folder of articles edited at random: what an index that goes on says is what one made anew says, to the last bit.

`python -m tests.edited_folder [EDITS]`; the tests make a few.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import retrieval
from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.index.vectors import SemanticModel
from retrieval.library import Library

EDITS = 1_000
SEEDS = Path(retrieval.__file__).parent.parent / "seeds"
QUESTIONS = (
    "Which countries receive patrol ships?",
    "What did Japan give to Vietnam under the OSA programme?",
    "Who chairs the Japan-Vietnam Parlimentary Friendship Union?",
    "Official Security Assistance defence ministry coast guard",
    "When was the Comprehensive Strategic Partnership signed in Hanoi?",
)
HEADLINE = "Japan Vietnam Philippines OSA ships deal security Kishida".split()
"""Words of headlines, each of which many have."""


class Edited:
    """A folder whose articles are made of the sentences of the shipped ones."""

    def __init__(self, root: Path, seed: int) -> None:
        """Write the first articles."""
        self.root, self._chance = root, random.Random(seed)
        self.sentences = [passage.text for passage in Library.open(SEEDS).passages]
        for number in range(8):
            self._write(f"{number}.txt")

    def _write(self, name: str) -> None:
        chosen = self._chance.sample(self.sentences, self._chance.randint(3, 9))
        named = f"The {self._chance.choice('ABCD')}sian Ship{self._chance.randint(1, 5)} Union (ASU) met."
        lines = [self._dateline(), *chosen, named]
        headline = " ".join(self._chance.sample(HEADLINE, self._chance.randint(2, len(HEADLINE))))
        (self.root / name).write_text(f"{headline}\n\n" + "\n".join(lines), encoding="utf-8")

    def _dateline(self) -> str:
        """A date in figures, half of which may be two days, and a publisher."""
        first, second = self._chance.choice([("05", "04"), ("05", "04"), ("29", "04"), ("04", "29")])
        return f"{first}/{second}/2023\nSource: {self._chance.choice(['Basin Gazette', 'Isles Herald'])}"

    def edit(self) -> None:
        """Add an article, remove one, or change one."""
        files = sorted(self.root.iterdir())
        act = self._chance.random()
        if act < 0.3 or len(files) < 4:
            self._write(f"{self._chance.choice('abxyz')}{self._chance.randrange(100)}.txt")
        elif act < 0.5:
            self._chance.choice(files).unlink()
        else:
            self._write(self._chance.choice(files).name)

    def question(self) -> str:
        """Something to ask: part of a sentence."""
        words = self._chance.choice(self.sentences).split()
        return " ".join(words[:12])


def differences(edited: Edited, edits: int, model: SemanticModel | None = None) -> Iterator[str]:
    """Edit, and compare what is found after each edit.

    Args:
        edited: The folder.
        edits: How often to edit it.
        model: Helps to order passages.

    Returns:
        What was found to differ.
    """
    goes_on = ArticlesFolder(edited.root, engine=ScorerName.MAX_SCORE, model=model)
    library = goes_on.open()
    for number in range(edits):
        edited.edit()
        library = goes_on.open(before=library)
        engine = ScorerName.REFERENCE if number % 2 else ScorerName.MAX_SCORE
        anew = ArticlesFolder(edited.root, engine=engine, model=model).open()
        if list(library.passages) != list(anew.passages) or library.sources != anew.sources:
            yield f"edit {number}: the passages"
        for question in (*QUESTIONS, edited.question()):
            if library.explain(library.read(question), 10) != anew.explain(anew.read(question), 10):
                yield f"edit {number}: {question}"


def main() -> None:
    """Edit as often as asked; exit code 1 where anything differs."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else EDITS
    with tempfile.TemporaryDirectory() as root:
        found = list(differences(Edited(Path(root), seed=7), edits))
    said = "\n".join(found) or f"{edits:,} edits: every answer is that of an index made anew."
    print(said)  # noqa: T201 - what it is run for
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
