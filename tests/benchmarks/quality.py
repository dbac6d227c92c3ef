"""Prints what each part of the search gains on judged collections; `python -m tests.benchmarks.quality FOLDER ...`.

Each folder holds `articles/` and `questions.jsonl`; without articles the five that are shipped are searched. Questions
that name their `kind` and `style` are measured by these too.
"""

import json
import random
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Plus

from bot.settings import SEEDS
from retrieval.arrays import Floats, Ints
from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.evaluation.measures import Measures, measure
from retrieval.evaluation.runs import RunLine, ScoredSpan
from retrieval.library import Library
from retrieval.models import Passage
from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.trees import shipped_trees
from retrieval.text.terms import STOP_WORDS, terms

DEPTH = 10
Search = Callable[[Library, JudgedQuestion], Sequence[int]]


def main(folders: Sequence[str]) -> None:
    """Print a table a collection: one row a system, hit@1 and hit@3; and what the outcome is worth."""
    for name in folders:
        folder = Path(name)
        library = Library.open(folder / "articles" if (folder / "articles").is_dir() else SEEDS)
        questions = read_questions(folder / "questions.jsonl")
        print(f"\n{folder.name}: {len(library.passages)} passages, {len(questions)} questions")
        for system, search in systems(library):
            measures = _measured(library, questions, search)
            print(f"  {system:34} hit@1 {measures.hit_at_1 or 0:.3f}  hit@3 {measures.hit_at_3 or 0:.3f}")
        typos = [question.model_copy(update={"question": _typo(question)}) for question in questions]
        measures = _measured(library, typos, _ranked)
        print(
            f"  {'all, one typo a question':34} hit@1 {measures.hit_at_1 or 0:.3f}  hit@3 {measures.hit_at_3 or 0:.3f}"
        )
        for group, members in _groups(folder / "questions.jsonl", questions).items():
            parts = [_measured(library, members, search) for search in (_fts5(library), _ranked)]
            figures = "  ".join(f"{part.hit_at_1 or 0:.3f} / {part.hit_at_3 or 0:.3f}" for part in parts)
            print(f"  {group:20} {len(members):4} questions: FTS5 {figures} (all)")


def _groups(path: Path, questions: Sequence[JudgedQuestion]) -> dict[str, list[JudgedQuestion]]:
    """The answerable questions of each kind and each style that the file names."""
    by_id = {question.id: question for question in questions if question.answerable}
    groups: defaultdict[str, list[JudgedQuestion]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        stated = json.loads(line)
        for name in ("style", "kind"):
            if name in stated and stated["id"] in by_id:
                groups[f"{name} {stated[name]}"].append(by_id[stated["id"]])
    return dict(sorted(groups.items()))


def systems(library: Library) -> Iterator[tuple[str, Search]]:
    """The plain search, and it with one part more each time."""
    yield "SQLite FTS5, Porter stems, any word", _fts5(library)
    yield "stemmed BM25Plus, k1 1.5, b 0.75", _plain(library, 1.5, 0.75)
    yield "stemmed BM25Plus, k1 0.4, b 0.5", _plain(library, 0.4, 0.5)
    yield "passage and alternatives", _by(lambda evidence: evidence.column("score_passage"))
    yield "and context, title, bigrams", _by(lambda evidence: evidence.untrained)
    yield "and the trained ranker (all)", _ranked


def _fts5(library: Library) -> Search:
    """SQLite's full-text search by any of the words that are no stop words, as one would write it with snippets."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO passages VALUES (?)", ((passage.shown,) for passage in library.passages))

    def search(_: Library, question: JudgedQuestion) -> Sequence[int]:
        asked = [word for word in re.findall(r"\w+", question.question.lower()) if word not in STOP_WORDS]
        if not asked:
            return []
        match = " OR ".join(f'"{word}"' for word in asked)
        rows = database.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (match, DEPTH)
        )
        return [number - 1 for (number,) in rows]

    return search


def _plain(library: Library, k1: float, b: float) -> Search:
    texts = [terms(passage.text) or [""] for passage in library.passages]
    engine = BM25Plus(texts, k1=k1, b=b, delta=1)

    def search(_: Library, question: JudgedQuestion) -> Sequence[int]:
        asked = set(terms(question.question))
        scores = engine.get_scores(list(asked))
        found = np.array([place for place, counts in enumerate(engine.doc_freqs) if asked & counts.keys()], dtype=int)
        return _first(found[np.argsort(-scores[found], kind="stable")])

    return search


def _by(score: Callable[[CandidateFeatures], Floats]) -> Search:
    def search(library: Library, question: JudgedQuestion) -> Sequence[int]:
        evidence = library.ranking.candidates(library.read(question.question), None)
        return _first(evidence.places[np.argsort(-score(evidence), kind="stable")]) if evidence else []

    return search


def _ranked(library: Library, question: JudgedQuestion) -> Sequence[int]:
    evidence = library.ranking.candidates(library.read(question.question), shipped_trees("ranker"))
    return _first(evidence.places) if evidence else []


def _first(places: Ints) -> Sequence[int]:
    return [int(place) for place in places[:DEPTH]]


def _measured(library: Library, questions: Sequence[JudgedQuestion], search: Search) -> Measures:
    run = [_line(question, [library.passages[place] for place in search(library, question)]) for question in questions]
    return measure(questions, run)[0]


def _line(question: JudgedQuestion, found: Sequence[Passage]) -> RunLine:
    hits = tuple(ScoredSpan(file=p.file, start=p.start, end=p.end, score=-rank) for rank, p in enumerate(found))
    return RunLine(id=question.id, outcome="answered", confidence=1, hits=hits)


def _typo(question: JudgedQuestion) -> str:
    """A question with one slip of the finger in a word of five letters or more, the same each time."""
    chance = random.Random(question.id)
    words = question.question.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if long:
        place = chance.choice(long)
        word, at = words[place], chance.randrange(1, len(words[place]) - 1)
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        slips = (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :])
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        words[place] = chance.choice((*slips, swapped))
    return " ".join(words)


if __name__ == "__main__":
    main(sys.argv[1:])
