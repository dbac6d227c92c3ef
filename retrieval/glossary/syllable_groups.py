"""Words of several Vietnamese syllables in a question: forms of the glossary, and names, by their capitals."""

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.glossary.matching import Match
from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.vietnamese import is_stop_word

_SYLLABLE = lazy_pattern(r"[^\W_]+(?:[\u0300-\u036f][^\W_]*)*")
MOST = 5
"""Most syllables of a word."""


def groups_in(question: str, matches: Sequence[Match]) -> tuple[str, ...]:
    """Return the words of several syllables in a question, as typed.

    Args:
        question: The question.
        matches: Its forms of the glossary.
    """
    known = [
        question[match.start : match.start + len(match.written)]
        for match in matches
        if " " in match.written and any(entry.kind != "ask" for entry in match.entries)
    ]
    return tuple(dict.fromkeys((*known, *_names(question))))


def _names(question: str) -> Iterator[str]:
    """Syllables with capitals side by side; the first word of a question always has a capital."""
    run: list[re.Match[str]] = []
    for found in _SYLLABLE.finditer(question):
        goes_on = bool(run) and question[run[-1].end() : found.start()] == " " and len(run) < MOST
        if not goes_on:
            yield from _run_text(question, run)
            run = []
        if found[0][0].isupper() and (run or found.start() or not is_stop_word(found[0])):
            run.append(found)
        else:
            yield from _run_text(question, run)
            run = []
    yield from _run_text(question, run)


def _run_text(question: str, run: Sequence[re.Match[str]]) -> Iterator[str]:
    if len(run) > 1:
        yield question[run[0].start() : run[-1].end()]


def whole_words(question: str, missing: Iterable[str], groups: Sequence[str]) -> tuple[str, ...]:
    """Return missing syllables as the words that they are parts of, each once, in order.

    Args:
        question: The question.
        missing: Syllables of it.
        groups: Its words of several syllables.
    """
    found: dict[str, None] = {}
    end, before = -1, ""
    for syllable in missing:
        if any(syllable in group.split() for group in found if group in groups):
            continue
        group = next((group for group in groups if syllable in group.split()), "")
        start = question.find(syllable, max(end, 0))
        if not group and start >= 0 and before and question[end:start] == " ":
            del found[before]
            group = f"{before} {syllable}"
        found[group or syllable] = None
        end, before = (-1, "") if group in groups else (start + len(syllable), group or syllable)
    return tuple(found)
