"""Gaps: questions answered badly or not at all, by the words they share, so that a missing article shows."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlite_utils import Database

from retrieval.library import Library
from retrieval.models import Value
from retrieval.query.question import chat_in
from retrieval.text.rarity import background
from retrieval.text.terms import words
from storage.models import Ruling, Thumb
from storage.review.dashboard import DateRange

LOOKED_AT = 500
"""How many questions of each kind, the newest, are grouped."""
GROUPS_SHOWN, SHOWN_OF_GROUP, WORDS_OF_GROUP = 40, 8, 4
FEWEST = 2
"""Questions that make a group."""
BAD = (Ruling.WRONG, Ruling.SHOULD_HAVE_ANSWERED)


class GapQuestion(Value):
    """A question that was answered badly or not at all.

    Attributes:
        id: Its exchange.
        question: As asked.
        asked_at: When.
        why: What speaks against the answer: that there was none, a verdict, or a thumb.
        times: How often it was asked in these words; the fields above are those of the last time.
    """

    id: int
    question: str
    asked_at: dt.datetime
    why: str
    times: int = 1


class SharedWord(Value):
    """A word that questions of a group share.

    Attributes:
        word: As most of them write it.
        count: How many of them have it.
        is_held: Whether any article holds it; unknown where none can be read.
    """

    word: str
    count: int
    is_held: bool | None


class Gap(Value):
    """Questions that share words.

    Attributes:
        words: What at least half of them share, the commonest first.
        count: How many there are.
        questions: The newest of them.
    """

    words: tuple[SharedWord, ...]
    count: int
    questions: tuple[GapQuestion, ...]


class GapsPage(Value):
    """The gaps of a span of time.

    Attributes:
        gaps: The largest groups.
        single: Questions that share no telling word with others, the newest.
        questions: How many questions were looked at.
        is_partial: Whether there were more than are looked at.
    """

    gaps: tuple[Gap, ...]
    single: tuple[GapQuestion, ...]
    questions: int
    is_partial: bool


def gaps_page(db: Database, library: Library | None, span: DateRange) -> GapsPage:
    """The gaps of a span of time.

    Args:
        db: The log, with the verdicts attached to it.
        library: The articles, where any can be used.
        span: Its days.
    """
    questions = _questions(db, {**span.values, "most": LOOKED_AT, "down": Thumb.DOWN.value})
    groups, single = _grouped(questions)
    return GapsPage(
        gaps=tuple(_gap(group, library) for group in groups[:GROUPS_SHOWN]),
        single=tuple(single[:GROUPS_SHOWN]),
        questions=_asked(questions),
        is_partial=_asked(questions) >= LOOKED_AT,
    )


def _questions(db: Database, values: Mapping[str, object]) -> list[GapQuestion]:
    """The questions, newest first, each once; greetings and the like are none."""
    found = {
        row["id"]: GapQuestion.model_validate(row)
        for sql in (_ABSTAINED, _DISLIKED, _MISJUDGED)
        for row in db.query(sql, dict(values))
    }
    asked: dict[str, GapQuestion] = {}
    for number in sorted(found, reverse=True):
        question = found[number]
        if chat_in(question.question) is None:
            key = " ".join(question.question.casefold().split())
            last = asked.get(key)
            asked[key] = last.model_copy(update={"times": last.times + 1}) if last else question
    return list(asked.values())


def _grouped(questions: Sequence[GapQuestion]) -> tuple[list[list[GapQuestion]], list[GapQuestion]]:
    """Again and again the word that most of the questions left share, weighed by how telling it is, makes a group."""
    by_term: defaultdict[str, set[int]] = defaultdict(set)
    for place, question in enumerate(questions):
        for word in words(question.question):
            by_term[word.term].add(place)
    shared = {term: at for term, at in by_term.items() if _asked(questions[place] for place in at) >= FEWEST}
    left, groups = set(range(len(questions))), []
    while taken := _largest(shared, left, questions):
        groups.append([questions[place] for place in sorted(taken)])
        left -= taken
    return sorted(groups, key=_asked, reverse=True), [questions[place] for place in sorted(left)]


def _asked(group: Iterable[GapQuestion]) -> int:
    return sum(question.times for question in group)


def _largest(by_term: Mapping[str, set[int]], left: set[int], questions: Sequence[GapQuestion]) -> set[int]:
    telling, unknown = background(), max(background().values())
    best: tuple[float, str, set[int]] = (0.0, "", set())
    for term, places in by_term.items():
        group = places & left
        count = _asked(questions[place] for place in group)
        if count >= FEWEST:
            best = max(best, (count * telling.get(term, unknown), term, group), key=lambda each: each[:2])
    return best[2]


def _gap(group: Sequence[GapQuestion], library: Library | None) -> Gap:
    return Gap(words=tuple(_shared(group, library)), count=_asked(group), questions=tuple(group[:SHOWN_OF_GROUP]))


def _shared(group: Sequence[GapQuestion], library: Library | None) -> Iterator[SharedWord]:
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for question in group:
        as_written = {word.term: question.question[word.start : word.end] for word in words(question.question)}
        for term, word in as_written.items():
            written[term][word] += question.times
    for term, spellings in sorted(written.items(), key=lambda each: (-each[1].total(), each[0]))[:WORDS_OF_GROUP]:
        if spellings.total() * 2 >= _asked(group):
            is_held = library.holds(term) if library else None
            yield SharedWord(word=spellings.most_common(1)[0][0], count=spellings.total(), is_held=is_held)


_SPAN = "asked_at >= :from and asked_at < :to and forgotten = 0"
_JUDGED = "verdict in ({})".format(", ".join(f"'{ruling.value}'" for ruling in BAD))
_ABSTAINED = (
    "select id, question, asked_at, 'abstained' as why from exchanges"  # noqa: S608
    f" where outcome = 'abstained' and {_SPAN} order by asked_at desc limit :most"
)
_DISLIKED = (
    "select e.id, question, asked_at, 'thumb down' as why from feedback as x join exchanges as e on e.id = exchange_id"  # noqa: S608
    f" where thumb = :down and {_SPAN} group by exchange_id order by exchange_id desc limit :most"
)
_MISJUDGED = (
    "select e.id, question, asked_at, max(verdict) as why from verdicts.newest_verdicts as x"  # noqa: S608
    f" join exchanges as e on e.id = exchange_id where {_JUDGED} and {_SPAN} group by exchange_id"
    " order by exchange_id desc limit :most"
)
