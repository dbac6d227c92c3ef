"""Questions as people type them, made by rule from questions as written, and near misses that nothing answers."""

import random
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.query.asking.tongues import Tongue, tongue_of, without_asking
from retrieval.text.answer_shapes import place_words
from retrieval.text.orthography.vietnamese import is_vietnamese, without_marks

_CHAT_FORMS = (
    (lazy_pattern(r"\b(who|what|where|when|how) is\b"), r"\1s"),
    (lazy_pattern(r"\band\b"), "n"),
    (lazy_pattern(r"\babout\b"), "abt"),
    (lazy_pattern(r"\bwith\b"), "w/"),
    (lazy_pattern(r"\bpeople\b"), "ppl"),
    (lazy_pattern(r"\bgovernment\b"), "govt"),
    (lazy_pattern(r"\bprime minister\b"), "pm"),
)
_ASKING = lazy_pattern(
    r"^(?:(?:in |on |at |for |to |from )?(?:what|which|who|whom|whose|when|where|why|how(?: many| much)?)\s+)"
    r"(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+)?",
    re.IGNORECASE,
)
_PLAIN_WORD = lazy_pattern(r"(?<= )[a-z]{4,}\b")
_ASKS = frozenset(
    "what which whom whose when where does have were will would could should that this with from into about after"
    " before between during many much there their they than then over under".split()
)
_NAME = lazy_pattern(r"(?<=[a-z,] )(?:[A-Z][\w’'-]+)(?: (?:of |the )?[A-Z][\w’'-]+)*|\b(?:1[5-9]|20)\d\d\b")

_JAPANESE_NAME = lazy_pattern(r"[ァ-ヺ][ァ-ヺー・]{2,}|(?<!\d)\d{4}(?=年)")
_JAPANESE_WORD = lazy_pattern(r"[一-龥]{2,5}")


class Style(StrEnum):
    """The ways in which people type a question."""

    PLAIN = "plain"
    CHAT = "chat"
    TELEGRAPHIC = "telegraphic"


def in_style(question: str, style: Style, chance: random.Random) -> str:
    """Return a question as people type it in a style."""
    match style:
        case Style.CHAT:
            return in_chat_style(question, chance)
        case Style.TELEGRAPHIC:
            return telegraphic(question)
        case Style.PLAIN:
            return question


def in_chat_style(question: str, chance: random.Random) -> str:
    """Return a question in small letters without its mark, with some short forms."""
    plain = question.lower().rstrip("?!. ")
    for form, short in _CHAT_FORMS:
        if chance.random() < 0.5:  # noqa: PLR2004 - one of two
            plain = form.sub(short, plain)
    if is_vietnamese(question) and chance.random() < 0.5:  # noqa: PLR2004
        plain = without_marks(plain)
    return plain


def telegraphic(question: str) -> str:
    """Return a question in small letters without the words that only ask."""
    if (tongue := tongue_of(question)) is Tongue.VIETNAMESE:
        return " ".join(without_asking(tongue, question.rstrip("?!. ")).split()).lower()
    plain = _ASKING.sub("", question.rstrip("?!. ")).lower()
    return plain if len(plain.split()) > 1 else question.lower()


def _look(word: str) -> tuple[bool, ...]:
    """The look of a name or word, alike in one that may take its place: a country for a country."""
    first = word.split(maxsplit=1)[0].removesuffix("'s").removesuffix("’s").lower()
    return word[0].isdigit(), word.isupper(), " " in word, first in place_words(), word[0].isupper()


def asked_of_others(frame: str, questions: Sequence[str], chance: random.Random) -> str | None:
    """Return a question asked of the names that others speak of: 'Who commands the Izumo?'; None without names."""
    names = sorted({word for question in questions for word in _NAME.findall(question) if not word[0].isdigit()})
    held = [word for word in _NAME.findall(frame) if not word[0].isdigit()]
    if not names or not held:
        return None
    for word in held:
        like = [name for name in names if _look(name) == _look(word)] or names
        frame = frame.replace(word, chance.choice(like))
    return frame


class NearMiss(NamedTuple):
    """A question with a word of another question in place of its own, most likely without an answer."""

    number: int  # of the question among those given
    text: str
    exchanged: str  # the new word or name


def near_misses(questions: Sequence[str], chance: random.Random) -> Iterator[NearMiss]:
    """Yield each question with another name or year, and once more with another verb or noun, where it has such."""
    for pattern in (_NAME, _PLAIN_WORD, _JAPANESE_NAME, _JAPANESE_WORD):
        held = [[word for word in pattern.findall(question) if word not in _ASKS] for question in questions]
        everything = sorted({word for words in held for word in words})
        for number, (question, words) in enumerate(zip(questions, held, strict=True)):
            if not words:
                continue
            word = chance.choice(words)
            others = [w for w in everything if _look(w) == _look(word) and w.lower() not in question.lower()]
            if others:
                other = chance.choice(others)
                yield NearMiss(number, question.replace(word, other, 1), other)
