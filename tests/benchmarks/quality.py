"""Prints what each part of the search gains on judged collections; `python -m tests.benchmarks.quality FOLDER ...`.

Each folder holds `articles/` and `questions.jsonl`; without articles the five that are shipped are searched.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Plus

from bot.settings import SEEDS
from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.evaluation.measures import Measures, measure
from retrieval.evaluation.runs import RunLine, ScoredSpan
from retrieval.index.passages import Floats, Ints
from retrieval.library import Library
from retrieval.models import Passage
from retrieval.ranking.features import CandidateFeatures
from retrieval.ranking.trees import shipped_trees
from retrieval.text.terms import terms

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


def systems(library: Library) -> Iterator[tuple[str, Search]]:
    """The plain search, and it with one part more each time."""
    yield "stemmed BM25Plus, k1 1.5, b 0.75", _plain(library, 1.5, 0.75)
    yield "stemmed BM25Plus, k1 0.4, b 0.5", _plain(library, 0.4, 0.5)
    yield "passage and alternatives", _by(lambda evidence: evidence.column("score_passage"))
    yield "and context, title, bigrams", _by(lambda evidence: evidence.untrained)
    yield "and the trained ranker (all)", _ranked


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
