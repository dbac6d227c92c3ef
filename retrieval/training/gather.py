"""Puts together the collections whose questions are kept in `questions/`, for `retrieval.training.fit` to learn from.

`python -m retrieval.training.gather SETS FOLDER`: SETS holds the unpacked sets whose articles were asked about (no part
of the project); then `FOLDER/government`, `FOLDER/news` and `FOLDER/vietnamese` have `articles/` and `questions.jsonl`.
"""

import shutil
import sys
from pathlib import Path

QUESTIONS = Path(__file__).parent / "questions"
STATEMENTS = ("real-texts", "dev-policy")
"""The sets of government statements; those with the speeches and the news are named below."""


def main(sets: Path, folder: Path) -> None:
    """Make the folders of the collections."""
    names = (QUESTIONS / "government.txt").read_text(encoding="utf-8").splitlines()
    _gather(folder / "government", {name: _statement(sets, name) for name in names})
    _gather(folder / "news", _texts(sets / "dev-news"))
    _gather(folder / "vietnamese", _texts(sets / "lingual" / "train-vi") | _texts(sets / "lingual" / "dev-vi"))


def _gather(collection: Path, articles: dict[str, Path]) -> None:
    for name, path in articles.items():
        place = collection / "articles" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    shutil.copyfile(QUESTIONS / f"{collection.name}.jsonl", collection / "questions.jsonl")


def _texts(collection: Path) -> dict[str, Path]:
    """The articles of a set by their names."""
    articles = collection / "articles"
    return {str(path.relative_to(articles)): path for path in sorted(articles.rglob("*.txt"))}


def _statement(sets: Path, name: str) -> Path:
    """Where the first set that has an article of a name keeps it; a speech stands among all speeches."""
    places = [*(sets / each / "articles" / name for each in STATEMENTS), sets / "ungdc" / "articles" / Path(name).name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise SystemExit(f"{name} is in none of the sets in {sets}: unpack real-texts, dev-policy and ungdc there.")
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
