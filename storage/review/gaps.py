"""Gaps: questions answered badly or not at all, grouped by common words, so that a missing article shows."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlite_utils import Database

from retrieval.library import Library
from retrieval.models import Value
from retrieval.text.rarity import background
from retrieval.text.terms import Word, words
from storage.models import Thumb
from storage.review.dashboard import DateRange
from storage.verdicts.models import Ruling

LOOKED_AT = 500
"""The newest questions of each kind that are grouped."""
GROUPS_SHOWN, SHOWN_OF_GROUP, WORDS_OF_GROUP = 40, 8, 4
FEWEST = 2
"""Questions that make a group."""
BAD = (Ruling.WRONG, Ruling.SHOULD_HAVE_ANSWERED)


class GapQuestion(Value):
    """A question that was answered badly or not at all.

    Attributes:
        why: The objection to the answer: that there was none, a verdict, or a thumb.
        reply: A curator's reply to who asked, where one was given.
        replied_by: The curator's name.
        times: How often it was asked in these words; the other fields are of the last time.
    """

    id: int
    question: str
    asked_at: dt.datetime
    why: str
    reply: str | None = None
    replied_by: str | None = None
    times: int = 1


class SharedWord(Value):
    """A word that questions of a group share, in its commonest spelling.

    Attributes:
        is_held: Whether any article holds it; none where no article can be read.
    """

    word: str
    count: int
    is_held: bool | None


class Gap(Value):
    """Questions that share words.

    Attributes:
        words: Of at least half of the questions, the commonest first.
        questions: The newest of all that are counted.
    """

    words: tuple[SharedWord, ...]
    count: int
    questions: tuple[GapQuestion, ...]


class GapsPage(Value):
    """The gaps of a span of days.

    Attributes:
        gaps: The largest groups.
        single: The newest questions that share no telling word with another.
        questions: How many questions were looked at.
        is_partial: Whether there were more.
    """

    gaps: tuple[Gap, ...]
    single: tuple[GapQuestion, ...]
    questions: int
    is_partial: bool


def gaps_page(db: Database, library: Library | None, span: DateRange) -> GapsPage:
    """The gaps of a span of days, from the log with the verdicts attached."""
    questions = _questions(db, {**span.values, "most": LOOKED_AT, "down": Thumb.DOWN.value})
    groups, single = _groups(questions)
    return GapsPage(
        gaps=tuple(_gap(group, library) for group in groups[:GROUPS_SHOWN]),
        single=tuple(single[:GROUPS_SHOWN]),
        questions=_times(questions),
        is_partial=_times(questions) >= LOOKED_AT,
    )


def _questions(db: Database, values: Mapping[str, object]) -> list[GapQuestion]:
    """The questions, newest first, each once."""
    found = {
        row["id"]: GapQuestion.model_validate(row)
        for sql in (_ABSTAINED, _DISLIKED, _MISJUDGED)
        for row in db.query(sql, dict(values))
    }
    asked: dict[str, GapQuestion] = {}
    for number in sorted(found, reverse=True):
        question = found[number]
        key = " ".join(question.question.casefold().split())
        last = asked.get(key)
        asked[key] = last.model_copy(update={"times": last.times + 1}) if last else question
    return list(asked.values())


def _groups(questions: Sequence[GapQuestion]) -> tuple[list[list[GapQuestion]], list[GapQuestion]]:
    """Groups by the word that most of the remaining questions share, weighed by how telling it is, and the rest."""
    by_term: defaultdict[str, set[int]] = defaultdict(set)
    for place, question in enumerate(questions):
        for word in words(question.question):
            by_term[word.term].add(place)
    shared = {term: at for term, at in by_term.items() if _times(questions[place] for place in at) >= FEWEST}
    left, groups = set(range(len(questions))), []
    while largest := _largest(shared, left, questions):
        groups.append([questions[place] for place in sorted(largest)])
        left -= largest
    return sorted(groups, key=_times, reverse=True), [questions[place] for place in sorted(left)]


def _times(group: Iterable[GapQuestion]) -> int:
    return sum(question.times for question in group)


def _largest(by_term: Mapping[str, set[int]], left: set[int], questions: Sequence[GapQuestion]) -> set[int]:
    telling, unknown = background(), max(background().values())
    best: tuple[float, str, set[int]] = (0.0, "", set())
    for term, places in by_term.items():
        group = places & left
        count = _times(questions[place] for place in group)
        if count >= FEWEST:
            best = max(best, (count * telling.get(term, unknown), term, group))  # no two terms are equal
    return best[2]


def _gap(group: Sequence[GapQuestion], library: Library | None) -> Gap:
    return Gap(words=tuple(_group_words(group, library)), count=_times(group), questions=tuple(group[:SHOWN_OF_GROUP]))


def _group_words(group: Sequence[GapQuestion], library: Library | None) -> Iterator[SharedWord]:
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for question in group:
        as_written = {word.term: question.question[word.start : word.end] for word in words(question.question)}
        for term, word in as_written.items():
            written[term][word] += question.times
    totals = Counter({term: written[term].total() for term in sorted(written)})
    shared = {term: count for term, count in totals.most_common() if count * 2 >= _times(group)}
    shown: set[str] = set()
    for term, count in shared.items():
        run = _run(term, {other for other, times in shared.items() if times >= count}, group)
        if len(shown) < WORDS_OF_GROUP and not shown.intersection(run.terms):
            shown.update(run.terms[:1])
            is_held = all(map(library.holds, run.terms)) if library else None
            yield SharedWord(word=run.text or written[term].most_common(1)[0][0], count=count, is_held=is_held)


class _Run(NamedTuple):
    """Terms that overlap where they are written, and the text of all of them; empty where none overlaps another."""

    terms: tuple[str, ...]
    text: str = ""


def _run(term: str, alike: Container[str], group: Sequence[GapQuestion]) -> _Run:
    """The run of terms as common that a term is in: those of a script without spaces are pairs of letters."""
    for question in group:
        runs: list[list[Word]] = []
        for word in words(question.question):
            if word.term in alike:
                if runs and word.start < runs[-1][-1].end:
                    runs[-1].append(word)
                else:
                    runs.append([word])
        for run in runs:
            if len(run) > 1 and term in (terms := tuple(word.term for word in run)):
                return _Run(terms, question.question[run[0].start : run[-1].end])
    return _Run((term,))


_SPAN = "asked_at >= :from and asked_at < :to and forgotten = 0"
_JUDGED = "verdict in ({})".format(", ".join(f"'{ruling.value}'" for ruling in BAD))
_REPLY = "".join(
    f", (select {column} from referrals as r where r.exchange_id = e.id) as {name}"  # noqa: S608
    for column, name in (("words", "reply"), ("answerer", "replied_by"))
)
_ABSTAINED = (
    f"select e.id, question, asked_at, 'abstained' as why{_REPLY} from exchanges as e"  # noqa: S608
    f" where outcome = 'abstained' and {_SPAN} order by asked_at desc limit :most"
)
_DISLIKED = (
    f"select e.id, question, asked_at, 'thumb down' as why{_REPLY} from exchanges as e"  # noqa: S608
    " where e.id in (select exchange_id from feedback where thumb = :down)"
    f" and outcome <> 'chat' and {_SPAN} order by e.id desc limit :most"
)
_MISJUDGED = (
    "select e.id, question, asked_at, (select max(verdict) from verdicts.newest_verdicts as x"  # noqa: S608
    f" where x.exchange_id = e.id and {_JUDGED}) as why{_REPLY} from exchanges as e"
    f" where e.id in (select exchange_id from verdicts.newest_verdicts where {_JUDGED}) and {_SPAN}"
    " order by e.id desc limit :most"
)
