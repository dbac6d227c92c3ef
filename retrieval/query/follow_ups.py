"""Follow-ups, questions that lean on an earlier question ('and Malaysia?', 'when was that?').

A question leans if it is elliptic: a mere phrase, a question word by itself, or a pronoun without its noun. It takes
over the earlier question's terms, for less than its own; a question without terms takes them over whole. Nothing is
taken over without being named in the answer.
"""

import re
from collections.abc import Container, Sequence

from retrieval.models import CarriedTerm, Expansion, Kind, Query
from retrieval.query.question import FILLERS, chat_in, kind_of
from retrieval.text.answer_shapes import place_words
from retrieval.text.rarity import RAREST, background
from retrieval.text.terms import Word, words

CARRIED = 0.4
"""What a term taken over is worth beside the question's own; 0.25 to 0.7 do as well (docs/quality.md)."""
LEAST = 0.1
"""Below this nothing is taken over: what was asked three questions ago is another subject."""
MOST = 8
"""Most terms taken over, the most telling: more would drown what is asked now."""
POINTING = 4
"""Most terms of a question that leans because of a pronoun: a longer one names what it is about."""
LONGEST = 200
"""Longest question that may lean, in characters."""
PHRASE = 3
"""Most terms of a phrase that leans: a longer one can stand for itself."""

_ASKS = r"(?:what|which|who(?:m|se)?|when|where|why|how)"
_BEFORE = r"(?:in|on|at|by|for|from|to|with|since|until|before|after|of|under|between|against|about|during|through)"
_LEAD = re.compile(r"^\W*(?:(?:and|but|or|also|ok(?:ay)?|so|then)\b\W*)+", re.IGNORECASE)
_ABOUT = re.compile(
    r"^\W*(?:(?:what|how) about|what of|(?:the )?same (?:question )?(?:for|with|about|in))\b\W*", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|he|him|she|that|this|those|these|its|their|theirs|his|her|hers|there|both|ones"
    r"|(?:the|this|that|which|only|other) one)\b",
    re.IGNORECASE,
)
_IDLE = re.compile(
    r"\bit\W+(?:\w+ly )?(?:takes?|costs?|true|possible|legal|likely|better|ever|necessary|safe|common|customary)\b"
    r"|\bit\W+(?:\w+\W+){1,3}(?:that|when|if)\b|\bit['’]s\b"
    r"|\b(?:this|that|these|those) (?:year|month|week|day|century|time|morning|evening)s?\b"
    r"|\bthose (?:who|whose|not|with|without|in|of|\w+ed|living)\b|\bone of\b|\bboth\b.*\band\b"
    r"|\bthe \w+ that\b"
    r"|\b(?:is|are|was|were|will|would|has|have) there\b|\bthere (?:is|are|was|were|be|has|have)\b"
    r"|^\W*who (?!(?:is|are|was|were)\b)\w+\b.*\b(?:his|her|their)\b",
    re.IGNORECASE,
)
"""Where a pronoun stands for nothing that was said before."""
_ENDING = re.compile(
    rf"\b(?:(?:do|did|does|done|{_BEFORE}|say|said|mean)\s+(?:it|that|this|so|them|those|these|him|her)"
    r"|(?:it|them|him|they|that|this|there|so))\W*$",
    re.IGNORECASE,
)
_ASKING_PHRASE = re.compile(
    rf"^\W*(?:{_BEFORE} )?(?:{_ASKS} (?:(?:other|else|more) )?|how (?:many|much) (?:other |more )?)[\w’'-]+\W*$",
    re.IGNORECASE,
)
_LINKING = re.compile(rf"\b(?:{_ASKS}|more|else|other|others|again|next|really|details?)\b", re.IGNORECASE)
_PREPOSED = re.compile(rf"^\W*{_BEFORE}\b[^?]*\?\W*$", re.IGNORECASE)
_DID = re.compile(r"^\W*(?:is|are|was|were|do|does|did|has|have|had)(?:n['’]t)?\b[^?]*\?", re.IGNORECASE)
"""The beginning of a question for yes or no; not 'can' or 'may', which begin names too (Can Tho)."""
LINKS = FILLERS | frozenset("again detail els exact further look mean more next other real same she too".split())
"""Terms that only tie a question to the one before."""


def leans(query: Query, *, replying: bool = False) -> bool:
    """Return whether a question leans on an earlier question; a reply to an answer does so by a name alone."""
    text = query.asked
    rest = _without_links(text)
    if query.chat or chat_in(rest) or query.foreign or query.fault or len(text) > LONGEST:
        return False
    own = [word for word in words(text) if word.term not in LINKS]
    led = rest != text
    phrase = len(own) <= PHRASE and _is_phrase(rest)
    return (
        (phrase and (led or replying or _PREPOSED.match(text) is not None))
        or (not own and _LINKING.search(text) is not None)
        or _ASKING_PHRASE.match(rest) is not None
        or (led and len(own) <= PHRASE and not query.names)
        or _is_only_names(rest, own)
        or _points_back(query, text, own)
    )


def _without_links(text: str) -> str:
    """A question without its links to another, such as 'and' or 'what about'."""
    return _ABOUT.sub("", _LEAD.sub("", text))


def _is_phrase(text: str) -> bool:
    """Whether a text has words, but not the form of a question."""
    return any(c.isalnum() for c in text) and kind_of(text.rstrip(" ?!.")) is Kind.KEYWORDS


def _is_only_names(text: str, own: Sequence[Word]) -> bool:
    """Whether a question for yes or no has names and nothing else: 'Did Malaysia?', 'Has Fiji too?'."""
    return (
        0 < len(own) <= PHRASE
        and _DID.match(text) is not None
        and all(word[0].isupper() or word.lower() in place_words() for word in _own_words(text))
    )


def _own_words(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words(text) if word.term not in LINKS]


def _points_back(query: Query, text: str, own: Sequence[Word]) -> bool:
    """Whether a pronoun stands before all nouns, or ends a short question without a name."""
    if query.kind is Kind.KEYWORDS or _IDLE.search(text):
        return False
    found = _PRONOUN.search(text)
    first = min((word.start for word in own), default=len(text))
    if found and found.start() < first and len(own) <= POINTING:
        return True
    return len(own) <= PHRASE - 1 and not query.names and _ENDING.search(text) is not None


def follow(earlier: Query, query: Query) -> Query:
    """Return a question with the terms of an earlier one; unchanged where it has none to give.

    It takes over terms with their weights and alternatives, filters where it has none, and the kind where it is a
    phrase.
    """
    if not can_be_followed(earlier):
        return query
    own = {term: word for term, word in zip(query.terms, query.words, strict=True) if term not in LINKS}
    carried = _carried_terms(earlier, own, CARRIED if own else 1.0)
    if not carried:
        return query
    inherits = _is_phrase(_without_links(query.asked))
    carried_words = {part.term: part.word for part in carried}
    asked = (earlier.asked, query.asked) if inherits else (query.asked, *carried_words.values())
    focus = (earlier if inherits else query).focus
    return query.model_copy(
        update={
            "asked": " ".join(asked),
            "kind": earlier.kind if inherits else query.kind,
            "terms": (*own, *carried_words),
            "words": (*own.values(), *carried_words.values()),
            "carried": carried,
            "expansions": (*_expansions_of(query, own), *_expansions_of(earlier, carried_words)),
            "names": query.names.intersection(own) | earlier.names.intersection(carried_words),
            "focus": focus if focus in own or focus in carried_words else None,
            "prefers": query.prefers or (earlier.prefers if inherits else None),
            "filters": query.filters if query.filters.written else earlier.filters,
            "inherited": () if query.filters.written else earlier.filters.written,
        }
    )


def _expansions_of(query: Query, terms: Container[str]) -> tuple[Expansion, ...]:
    return tuple(expansion for expansion in query.expansions if expansion.term in terms)


def can_be_followed(query: Query) -> bool:
    """Return whether a question has terms that a later question could take over."""
    return bool(query.terms) and not (query.chat or query.foreign or query.fault)


def _carried_terms(earlier: Query, own: Container[str], share: float) -> tuple[CarriedTerm, ...]:
    """The earlier question's telling terms, but for its links, with their weights now."""
    found = [
        CarriedTerm(term=term, word=word, weight=earlier.weight(term) * share)
        for term, word in zip(earlier.terms, earlier.words, strict=True)
        if term not in own and term not in LINKS and earlier.weight(term) * share >= LEAST
    ]
    telling = sorted(found, key=lambda carried: -carried.weight * background().get(carried.term, RAREST))[:MOST]
    return tuple(carried for carried in found if carried in telling)
