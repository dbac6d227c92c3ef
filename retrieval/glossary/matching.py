"""Forms of the glossary in a question: the longest from each place on, by characters, syllables or terms."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

from retrieval.glossary.table import Entry
from retrieval.glossary.writing import KANJI, syllable
from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.vietnamese import fold
from retrieval.text.terms import normalise, words

_SYLLABLES = lazy_pattern(r"[^\W_]+(?:[\u0300-\u036f][^\W_]*)*(?:['’][^\W_]+)*")
_RUN = lazy_pattern(
    rf"(?P<katakana>[ァ-ヺー]+)|(?P<kanji>[{KANJI}]+)|(?P<latin>[^\W_{KANJI}ぁ-ヿー]+(?:[.'’-][^\W_{KANJI}ぁ-ヿー]+)*)"
)
_KATAKANA = lazy_pattern("[ァ-ヺー]")
_KANJI = lazy_pattern(f"[{KANJI}]")
_DIGIT = lazy_pattern(r"\d")
_LATIN = lazy_pattern(r"[^\W\d_ぁ-ヿー\u3400-\u9fff]")
AFFIXES = frozenset("氏様国側製的年月日人語軍政首相大統領外相海艦船府前元新旧対在駐訪来各両米日中韓露英仏独越")
"""Characters beside which one kanji may be a word by itself: 岸氏, 訪米, 日越."""


class Match(NamedTuple):
    """A stretch of a question: the entries whose form it is; none for a word that the glossary does not know."""

    written: str
    start: int
    entries: tuple[Entry, ...]


class FormIndex:
    """The forms of one language of a glossary, to be found in questions."""

    def __init__(self, entries: Sequence[Entry], language: str) -> None:
        self._entries, self._language = entries, language

    @cached_property
    def syllables(self) -> frozenset[str]:
        """The syllables, without marks, of all forms of several syllables."""
        return frozenset(part for key in self._unmarked for part in key)

    @cached_property
    def _strings(self) -> Mapping[str, Sequence[Entry]]:
        return _index((normalise(form).lower().replace(" ", ""), entry) for form, entry in self._forms())

    @cached_property
    def _marked(self) -> Mapping[tuple[str, ...], Sequence[Entry]]:
        return _index((tuple(map(syllable, _SYLLABLES.findall(form))), entry) for form, entry in self._forms())

    @cached_property
    def _unmarked(self) -> Mapping[tuple[str, ...], Sequence[Entry]]:
        return _index((tuple(map(fold, _SYLLABLES.findall(form))), entry) for form, entry in self._forms())

    @cached_property
    def _terms(self) -> Mapping[tuple[str, ...], Sequence[Entry]]:
        return _index((tuple(word.term for word in words(form)), entry) for form, entry in self._forms())

    def _forms(self) -> Iterator[tuple[str, Entry]]:
        return ((form, entry) for entry in self._entries for form in entry.forms(self._language))

    def find(self, text: str, *, marked: bool = True) -> list[Match]:
        """Return the stretches of a question, in order; words of which nothing can be told are left out.

        Args:
            text: The question.
            marked: Whether a Vietnamese question has its marks.
        """
        text = normalise(text)
        if self._language == "ja":
            return list(self._find_strings(text))
        if self._language == "en":
            found = [(word.term, text[word.start : word.end], word.start) for word in words(text)]
            return list(_longest(found, self._terms, text))
        key, table = (syllable, self._marked) if marked else (fold, self._unmarked)
        parts = [(key(part[0]), part[0], part.start()) for part in _SYLLABLES.finditer(text)]
        return list(_longest(parts, table, text))

    def _find_strings(self, text: str) -> Iterator[Match]:
        """The longest form from each place on; what stands between as runs of one script."""
        lower, table = text.lower(), self._strings
        most, at, free = max(map(len, table), default=0), 0, 0
        while at < len(text):
            form = next(
                (lower[at:end] for end in range(min(len(text), at + most), at, -1) if _fits(lower, at, end, table)),
                None,
            )
            if form is None:
                at += 1
                continue
            yield from _runs(text, free, at)
            yield Match(text[at : at + len(form)], at, tuple(table[form]))
            at = free = at + len(form)
        yield from _runs(text, free, len(text))


Key = TypeVar("Key", bound=Hashable)


def _index(forms: Iterable[tuple[Key, Entry]]) -> dict[Key, list[Entry]]:
    found: defaultdict[Key, list[Entry]] = defaultdict(list)
    for key, entry in forms:
        if key and entry not in found[key]:
            found[key].append(entry)
    return dict(found)


def _longest(
    parts: Sequence[tuple[str, str, int]], table: Mapping[tuple[str, ...], Sequence[Entry]], text: str
) -> Iterator[Match]:
    """The longest form of words from each place on; the other words by themselves."""
    most, at = max(map(len, table), default=0), 0
    while at < len(parts):
        for size in range(min(most, len(parts) - at), 0, -1):
            key = tuple(part for part, _, _ in parts[at : at + size])
            if key in table:
                _, last, end = parts[at + size - 1]
                start = parts[at][2]
                yield Match(text[start : end + len(last)], start, tuple(table[key]))
                at += size
                break
        else:
            yield Match(parts[at][1], parts[at][2], ())
            at += 1


def _fits(text: str, start: int, end: int, table: Mapping[str, object]) -> bool:
    """Whether a stretch is a form that is no mere part of a longer word."""
    form = text[start:end]
    if form not in table:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    for letters in (_KATAKANA, _LATIN, _DIGIT):
        if (letters.match(form[0]) and letters.match(before)) or (letters.match(form[-1]) and letters.match(after)):
            return False
    if len(form) == 1 and _KANJI.match(form):
        return all(not _KANJI.match(beside) or beside in AFFIXES for beside in (before, after))
    return True


def _runs(text: str, start: int, end: int) -> Iterator[Match]:
    """The words between two forms: runs of katakana, of kanji, and of Latin letters and digits."""
    for run in _RUN.finditer(text, start, end):
        if run.lastgroup != "kanji" or len(run[0]) > 1:
            yield Match(run[0], run.start(), ())
