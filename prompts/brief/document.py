"""A brief as it is laid out: its parts with their quotes, the notes, the sources and the proof, for any format."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from babel.dates import format_date, format_interval

from prompts.brief.proof import ProofRecord, proof_record
from prompts.brief.renewal import RenewalChanges
from prompts.languages import Language
from prompts.markup import harmless
from prompts.models import Answer, BriefMark, Citation
from prompts.truncation import shortened
from retrieval.brief.aspects import Aspect

BriefWords = Mapping[str, str]
"""The desk's own words of a brief by their names, in one language; see the template `brief-words`."""
FILE_CHARS = 44
"""Longest name of a file in a note; the record of the brief has all of it."""
_LOCALES = {Language.ENGLISH: "en_GB", Language.JAPANESE: "ja", Language.VIETNAMESE: "vi"}


class BriefLine(NamedTuple):
    """A quote of a brief: its sentence as published, its note's number, and what is said beside it."""

    number: int
    quote: str
    label: str  # its figures, whose position it is, who says it, or its day; empty for none
    beside: str  # the date of its article, or how its day was worked out
    is_above: bool  # stands in an earlier part, and is only pointed to
    also: tuple[int, ...] = ()  # the notes of other articles that say the same


class BriefSection(NamedTuple):
    """A part of a brief."""

    aspect: Aspect
    heading: str
    lines: tuple[BriefLine, ...]
    contrasts: tuple[tuple[BriefLine, ...], ...] = ()  # groups of quotes that contradict each other


class BriefNote(NamedTuple):
    """The note of a quote: its source, as far as it is known."""

    number: int
    title: str
    parts: tuple[str, ...]  # publisher, date, place, language
    url: str | None

    @property
    def host(self) -> str:
        """Who serves the published original, for readers of paper; empty without an address."""
        return urlsplit(self.url).hostname or "" if self.url else ""


class BriefSource(NamedTuple):
    """An article that a brief quotes."""

    title: str
    publisher: str | None
    date: str
    url: str | None
    numbers: str  # of the notes that name it


class BriefQuestion(NamedTuple):
    """A question on the topic that no article answered, and how often it was asked."""

    question: str
    times: int


class BriefChange(NamedTuple):
    """A change since an earlier brief: a heading, and a line for each quote."""

    heading: str
    lines: tuple[str, ...]


class BriefDocument(NamedTuple):
    """A brief as it is laid out."""

    words: BriefWords
    language: Language
    title: str
    subtitle: str
    sections: tuple[BriefSection, ...]
    nothing: str  # which aspects there is nothing on; empty where there is something on each
    questions: tuple[BriefQuestion, ...]
    notes: tuple[BriefNote, ...]
    sources: tuple[BriefSource, ...]
    made: str
    record: ProofRecord
    changes: tuple[BriefChange, ...] = ()


class Renewal(NamedTuple):
    """The day of the brief that another renews, and what has changed since."""

    since: dt.date
    changes: RenewalChanges


class Making(NamedTuple):
    """When a brief is made, from which articles, and by which version."""

    on: dt.date
    library: str  # hash of the articles
    version: str


def lay_out(
    answer: Answer,
    making: Making,
    words: BriefWords,
    language: Language,
    questions: Sequence[BriefQuestion] = (),
    renewal: Renewal | None = None,
) -> BriefDocument:
    """Lay out the answer of a brief.

    Args:
        answer: The answer, which has a brief.
        making: When and from what it is made.
        words: The desk's own words.
        language: Their language.
        questions: The open questions on the topic.
        renewal: What has changed since the brief that it renews.
    """
    layout = _Layout(answer, making, words, language)
    document = layout.document(questions)
    return document._replace(changes=(layout.change(renewal),)) if renewal else document


class _Layout:
    """Lays out one brief."""

    def __init__(self, answer: Answer, making: Making, words: BriefWords, language: Language) -> None:
        assert answer.brief is not None  # noqa: S101 - whoever calls has looked
        self._answer, self._brief, self._making = answer, answer.brief, making
        self._words, self._language = words, language
        self._cited = {citation.number: citation for citation in answer.citations}

    def document(self, questions: Sequence[BriefQuestion]) -> BriefDocument:
        making, words = self._making, self._words
        empty = [words[aspect.value] for aspect in self._brief.empty]
        return BriefDocument(
            words=words,
            language=self._language,
            title=harmless(self._brief.topic),
            subtitle=self._subtitle(),
            sections=tuple(self._section(aspect) for aspect in Aspect if aspect not in self._brief.empty),
            nothing=words["nothing"].format(aspects=", ".join(empty)) if empty else "",
            questions=tuple(q._replace(question=" ".join(harmless(q.question).split())) for q in questions),
            notes=tuple(self._note(citation) for citation in self._answer.citations),
            sources=tuple(self._sources()),
            made=words["made"].format(
                version=making.version, library=making.library[:16], day=self._day(making.on.isoformat())
            ),
            record=proof_record(self._answer.citations, making.library, making.on.isoformat()),
        )

    def change(self, renewal: Renewal) -> BriefChange:
        """What has changed since an earlier brief: new quotes by their notes, others as they were quoted."""
        words, changes = self._words, renewal.changes
        numbers = {(c.file, c.quote): c.number for c in self._answer.citations}
        new = sorted(filter(None, (numbers.get((c.file, c.quote)) for c in changes.new)))
        lines = [words["new"].format(number=", ".join(map(str, new)))] if new else []
        for name in ("changed", "gone", "dropped"):
            lines += [f"{words[name]} {self._as_it_was(citation)}" for citation in getattr(changes, name)]
        heading = words["since_brief"].format(day=self._day(renewal.since.isoformat()))
        return BriefChange(heading, tuple(lines) or (words["same"],))

    def _as_it_was(self, citation: Citation) -> str:
        parts = (citation.title, citation.publisher, self._published(citation), self._place(citation))
        return harmless(f"{citation.shown} ({', '.join(filter(None, parts))})")

    def _subtitle(self) -> str:
        words, brief = self._words, self._brief
        files = {citation.file for citation in self._answer.citations}
        period = [
            words[name].format(day=self._day(day.isoformat()))
            for name, day in (("since", brief.since), ("until", brief.until))
            if day
        ]
        made = words["from" if len(files) > 1 else "from_one"].format(
            day=self._day(self._making.on.isoformat()), count=len(files)
        )
        return " · ".join([f"{words['brief']}, {made}", *period, *map(harmless, self._answer.filters.written)])

    def _section(self, aspect: Aspect) -> BriefSection:
        marks = [mark for mark in self._brief.marks if mark.aspect is aspect]
        own = {mark.number for mark in marks if not mark.is_above}
        groups = [group for group in self._answer.differing if group[0] in own]
        apart = {number for group in groups for number in group}
        by_number = {mark.number: self._line(mark) for mark in marks}
        return BriefSection(
            aspect=aspect,
            heading=self._words[aspect.value],
            lines=tuple(self._line(mark) for mark in marks if mark.number not in apart or mark.is_above),
            contrasts=tuple(tuple(by_number[number] for number in group) for group in groups),
        )

    def _line(self, mark: BriefMark) -> BriefLine:
        citation = self._cited[mark.number]
        label, beside = mark.label, self._published(citation)
        if mark.day is not None:
            label = self._day(mark.day.date) if mark.day.date else self._words["undated"]
            beside = self._words["worked"].format(words=mark.day.written) if mark.day.worked_out else ""
        also = () if mark.is_above else self._also(mark.number)
        return BriefLine(mark.number, harmless(citation.shown), harmless(label), harmless(beside), mark.is_above, also)

    def _also(self, number: int) -> tuple[int, ...]:
        return next((group[1:] for group in self._answer.agreeing if group[0] == number), ())

    def _published(self, citation: Citation) -> str:
        return self._day(citation.date.isoformat()) if citation.date else self._words["undated"]

    def _note(self, citation: Citation) -> BriefNote:
        language = self._words.get(f"in_{citation.language}") if citation.language else None
        parts = (
            citation.publisher,
            self._published(citation),
            self._place(citation),
            language,
        )
        return BriefNote(
            citation.number, harmless(citation.title), tuple(harmless(p) for p in parts if p), citation.url
        )

    def _place(self, citation: Citation) -> str:
        if citation.original is None:
            return f"{shortened(citation.file, FILE_CHARS)}:{citation.line}"
        unit = self._words[citation.original.unit.value].format(number=citation.original.number)
        return f"{shortened(citation.original.file, FILE_CHARS)}, {unit}"

    def _sources(self) -> list[BriefSource]:
        by_file: dict[str, list[Citation]] = {}
        for citation in self._answer.citations:
            by_file.setdefault(citation.file, []).append(citation)
        return [
            BriefSource(
                title=harmless(first.title),
                publisher=first.publisher and harmless(first.publisher),
                date=self._published(first),
                url=first.url,
                numbers=", ".join(str(citation.number) for citation in own),
            )
            for own in by_file.values()
            for first in own[:1]
        ]

    def _day(self, date: str) -> str:
        """A day, month or year, or the first and last day of a range, as people write it."""
        first, _, last = date.partition("/")
        if last:
            begin, end = map(dt.date.fromisoformat, (first, last))
            return _unbroken(format_interval(begin, end, "yMMMMd", locale=_LOCALES[self._language]))
        form = {4: "y", 7: "MMMM y"}.get(len(date), "d MMMM y")
        if self._language is Language.JAPANESE:
            form = {4: "y年", 7: "y年M月"}.get(len(date), "y年M月d日")
        day = dt.date.fromisoformat(f"{date}-01-01"[:10])
        return _unbroken(format_date(day, form, _LOCALES[self._language]))


def _unbroken(date: str) -> str:
    """A date that stands in one line."""
    return date.replace(" ", "\u00a0")
