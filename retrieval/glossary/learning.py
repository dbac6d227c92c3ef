"""Lines for a glossary from right answers: words of questions that nothing was known for, and names of the answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from retrieval.glossary.readings import Rendition, Translator
from retrieval.glossary.table import LANGUAGES, Entry
from retrieval.glossary.writing import KANJI, language_written
from retrieval.models import Value
from retrieval.patterns import lazy_pattern

FEWEST = 2
"""In how many right answers a word and a name must stand together, where the word has several names beside it."""
MOST = 3
"""Most lines proposed for a word."""
_NAMES = {
    "en": lazy_pattern(r"[A-Z][\w.&’'-]*(?:[ -](?:(?:of|the|and|for) )?[A-Z][\w.&’'-]*)*"),
    "ja": lazy_pattern(rf"[ァ-ヺー・]{{2,}}|[{KANJI}]{{2,}}"),
    "vi": lazy_pattern(r"[A-ZĐÀ-ỸĂÂÊÔƠƯ][\w’'-]*(?: [A-ZĐÀ-ỸĂÂÊÔƠƯ][\w’'-]*)*"),
}


class RightAnswer(NamedTuple):
    """A question, and a sentence that answers it."""

    question: str
    sentence: str


class Proposal(Value):
    """A line for a glossary, and in how many right answers its two forms stand together."""

    line: Entry
    answers: int


def propose(answers: Iterable[RightAnswer], translator: Translator, languages: Sequence[str]) -> list[Proposal]:
    """Return lines for words that no line of the glossary has, those with most answers first.

    Args:
        answers: Questions with sentences that answer them, in any of the languages.
        translator: Renders questions by the glossary as it is.
        languages: The codes of the languages that the articles are in.
    """
    together: Counter[tuple[str, str, str, str]] = Counter()
    for answer in answers:
        together.update(frozenset(_pairs(answer, translator, languages)))
    found: defaultdict[tuple[str, str], list[Proposal]] = defaultdict(list)
    for (language, word, other, name), count in together.items():
        forms = {language: (word,), other: (name,)}
        line = Entry("term", *(forms.get(code, ()) for code in LANGUAGES))
        found[language, word].append(Proposal(line=line, answers=count))
    return sorted(_chosen(found.values()), key=_most_answers)


def _most_answers(proposal: Proposal) -> tuple[int, Entry]:
    return -proposal.answers, proposal.line


def _chosen(of_words: Iterable[list[Proposal]]) -> Iterator[Proposal]:
    """The lines of each word that stand out: its only one, or the most frequent of several."""
    for lines in of_words:
        best = sorted(lines, key=_most_answers)[:MOST]
        yield from best if len(lines) == 1 else (line for line in best if FEWEST <= line.answers == best[0].answers)


def _pairs(
    answer: RightAnswer, translator: Translator, languages: Sequence[str]
) -> Iterator[tuple[str, str, str, str]]:
    """The words of a question without a rendering, each with the names of the sentence that nothing else stands for."""
    language, other = translator.language_of(answer.question), language_written(answer.sentence)
    if language is None or other is None or other not in languages or other == language:
        return
    for rendition in translator.renditions(answer.question, language, [other]):
        names = _left_names(answer.sentence, rendition)
        yield from ((language, r.written, other, name) for r in rendition.renderings if not r.forms for name in names)


def _left_names(sentence: str, rendition: Rendition) -> list[str]:
    """The names in a sentence that no word of the question was rendered as."""
    told = {form.lower() for rendering in rendition.renderings for form in rendering.forms}
    found = (match[0].removeprefix("The ").strip(".'’-") for match in _NAMES[rendition.language].finditer(sentence))
    return [name for name in found if len(name) > 1 and name.lower() not in told]
