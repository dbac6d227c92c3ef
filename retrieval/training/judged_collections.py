"""Judged collections to learn from: articles with questions, whole and in parts that lack answers."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.index.vectors import SemanticModel
from retrieval.library import Library
from retrieval.models import Article, Passage
from retrieval.reading.articles import read_folder
from retrieval.reading.sentences import passages

NEWS_SIZE, NEWS_LIBRARIES = 12, 40
"""How many articles a small library of news holds, and how many such libraries are made."""
INSIDE, OUTSIDE, FRAMES = 15, 8, 7
"""How many questions a small library is asked that it answers, that it does not, and that are asked of its own names
though their answers are about others: as many in vain as not, so that confidence stays true there."""
SMALLEST = 20
"""Fewest passages of a library worth learning from."""


class Collection(NamedTuple):
    """Articles and judged questions over them."""

    name: str
    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    questions: tuple[JudgedQuestion, ...]
    unanswerable: tuple[JudgedQuestion, ...] = ()
    weight: int = 1  # how often its questions teach the ranker
    sure: int = 1  # how much they teach the confidence beside those of another
    model: SemanticModel | None = None

    @classmethod
    def read(cls, folder: Path, weights: Sequence[int] = (), model: SemanticModel | None = None) -> "Collection":
        """Read the questions and the articles of a folder with `articles/` and `questions.jsonl`."""
        articles, _ = read_folder(folder / "articles")
        asked = read_questions(folder / "questions.jsonl")
        found = tuple(passage for article in articles for passage in passages(article))
        answerable = tuple(question for question in asked if question.answerable)
        others = tuple(question for question in asked if not question.answerable)
        weight, sure = (weights or (1,))[0], (weights or (1,))[-1]
        return cls(folder.name, tuple(articles), found, answerable, others, weight, sure, model)

    def part(self, passages: Sequence[Passage]) -> Library:
        """Return a library of a part of the passages."""
        files = {passage.file for passage in passages}
        articles = [article for article in self.articles if article.file in files]
        return Library.from_passages(articles, passages, self.model)


class CollectionPart(NamedTuple):
    """A library and questions, not all of which it answers."""

    library: Library
    questions: tuple[JudgedQuestion, ...]
    inside: tuple[JudgedQuestion, ...] = ()  # those of a small library, whose names others may be asked of
    outside: tuple[JudgedQuestion, ...] = ()  # some of those that it cannot answer


def parts(collection: Collection, seed: int) -> Iterator[CollectionPart]:
    """Libraries in which about half of the questions lack their answer.

    The halves of the collection, article by article; the halves of each long article, paragraph by paragraph, where
    what is missing is close by; and small libraries of a few articles, with questions from all over.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    files = sorted({article.file for article in collection.articles})
    chance.shuffle(files)
    for half in (files[::2], files[1::2]):
        yield CollectionPart(
            collection.part([p for p in collection.passages if p.file in set(half)]), collection.questions
        )
    yield from _article_halves(collection, chance)
    yield from _small_libraries(collection, files, chance)


def small_libraries(collection: Collection, seed: int) -> Iterator[CollectionPart]:
    """Return small libraries of a few articles, with questions from all over."""
    files = sorted({article.file for article in collection.articles})
    return _small_libraries(collection, files, random.Random(seed))  # noqa: S311 - not for secrets


def _article_halves(collection: Collection, chance: random.Random) -> Iterator[CollectionPart]:
    by_file = defaultdict(list)
    for passage in collection.passages:
        by_file[passage.file].append(passage)
    asked = _by_file(collection.questions)
    for file, found in sorted(by_file.items()):
        lines = sorted({passage.line for passage in found})
        chance.shuffle(lines)
        questions = chance.sample(asked[file], min(len(asked[file]), 30))
        for half in (set(lines[::2]), set(lines[1::2])):
            kept = [passage for passage in found if passage.line in half]
            if len(kept) >= SMALLEST and questions:
                yield CollectionPart(collection.part(kept), tuple(questions))


def _small_libraries(collection: Collection, files: Sequence[str], chance: random.Random) -> Iterator[CollectionPart]:
    asked = _by_file(collection.questions)
    for _ in range(NEWS_LIBRARIES):
        kept = set(chance.sample(files, min(NEWS_SIZE, len(files) // 2)))
        inside = [question for file in sorted(kept) for question in asked[file]]
        outside = [question for file in files if file not in kept for question in asked[file]]
        questions = chance.sample(inside, min(INSIDE, len(inside))) + chance.sample(outside, min(OUTSIDE, len(outside)))
        library = collection.part([p for p in collection.passages if p.file in kept])
        frames = chance.sample(outside, min(FRAMES, len(outside)))
        yield CollectionPart(library, tuple(questions), tuple(inside), tuple(frames))


def _by_file(questions: Sequence[JudgedQuestion]) -> dict[str, list[JudgedQuestion]]:
    asked: defaultdict[str, list[JudgedQuestion]] = defaultdict(list)
    for question in questions:
        asked[question.support[0].file].append(question)
    return asked
