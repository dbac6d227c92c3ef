"""Whose position a sentence gives: the countries, the body or the person that its subject names."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from retrieval.comparison.facts import find_facts
from retrieval.glossary.name_terms import name_terms
from retrieval.models import Passage
from retrieval.patterns import lazy_pattern
from retrieval.text.answer_shapes import place_groups
from retrieval.text.terms import Word

_STANCE = lazy_pattern(
    r"(?<!to )(?<!’s )(?<!of )(?<!for )\b(?:(?P<sure>stress(?:es|ed)|claims?|claimed|accus(?:es|ed|ing)"
    r"|condemn(?:s|ed)?|(?:is|are|was|were)(?: both)?(?: \w+ly)? concerned"
    r"|(?:is|are) (?:locked|asserting|eager|keen|considering|planning)"
    r"|oppos(?:es?|ed)|insist(?:s|ed)?|welcom(?:es?|ed)|reject(?:s|ed)?|warn(?:s|ed)?|urg(?:es?|ed)"
    r"|call(?:s|ed)? (?:on|for|upon)|reaffirm(?:s|ed)?|reiterat(?:es?|ed)|underscor(?:es?|ed)|underlin(?:es?|ed)"
    r"|emphasi[sz](?:es?|ed)|(?<!in )supports?|supported|stands? (?:with|by|for|ready)|expressed|raised concerns?"
    r"|recogni[sz]es?|intends?|hopes?|wants?|seeks?|aims?|believes?|views?)\b"
    r"|(?:said|says|told|stated|declar(?:es|ed)|pledg(?:es|ed)|remains?|poses?|must|should|has been \w+ing"
    r"|continues? to)\b)"
)
"""Verbs of a position, before which its subject ends."""
_BODIES = lazy_pattern(r"\b(?:ASEAN|EU|European Union|G7|G20|Quad|United Nations|NATO|Arbitral Tribunal)\b(?!\s+[A-Z])")
"""Bodies that speak for themselves; a name that goes on is that of something else: 'Quad Shipping Task Force'."""
_SEAS = lazy_pattern(
    r"\b(?:(?:South|East) China Seas?|Philippine Seas?|Sea of Japan|Indian Oceans?|East and South China Seas?)\b"
)
"""Waters with the name of a country, which speaks no more for that."""
_NAMED = lazy_pattern(r"(?:The\s+)?(?P<name>(?:[A-Z][\w.’'-]*\s+(?:of\s+(?:the\s+)?|and\s+)?){0,5}[A-Z][\w.’'-]+)")
_PRONOUN = lazy_pattern(
    r"\W*(?:he|she|it|they|this|these|that|those|there|here|his|her|their|its|i|we|our|you|but|and|as|if|when|many|most"
    r"|some|such)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = lazy_pattern(r"\W*(?:I|We|we|Our|our|My|my)\b")
_OPENING = lazy_pattern(
    r"\W*(?:In|On|At|During|With|After|Before|As|Since|While|Though|Although|For|By|From|But|Meanwhile)\b"
)
"""How a sentence begins that has something before its subject: 'In light of …, Tokyo', 'During the meeting, Kishi'."""
_JOINT = lazy_pattern(r",? and (?:the )?")
_VERB = lazy_pattern(r"\b(?!United\b)\w+ed\s")
_POSSESSED = lazy_pattern(
    r"(?:(?<=[’']s)|[’']s)\s+(?!(?:\w+\s+)?(?i:government|leaders?|minist\w+|president|chancellor|premier|officials"
    r"|parliament|position|stance|policy|military|army|navy|foreign|defen[cs]e)\b)"
)
"""What is a country's, other than whoever speaks for it."""
_OWNED = lazy_pattern(r"[’']s\b")
_OFFICES = lazy_pattern(
    r"(?:(?:The|Deputy|Prime|Foreign|Defen[cs]e|Vice|Assistant|Secretar(?:y|ies)|Ministers?|Presidents?|Leaders?|and|of"
    r"|State)(?:\s+|$))+"
)
"""Offices without a name."""
_PAPERS = frozenset(
    "Agreement Act Convention Treaty Declaration Statement Strategy Initiative Program Programme Framework Partnership"
    " Plan Fund Project Dialogue Group Network Force Center Centre Summit Meeting Forum".split()
)
"""What papers, programmes and meetings are called, which take no position."""
_SUBJECT_CHARS = 140
BEFORE = 3
"""Most words of a subject before the country that it names: 'The leaders of Japan', 'Chinese President'."""


class Position(NamedTuple):
    """A position: whose it is, as a label, and how surely the sentence states one, 0 to 1."""

    party: str
    strength: float
    is_of_state: bool = False  # of a country or a body, rather than of a person


def _blank(sea: re.Match[str]) -> str:
    return "·" * len(sea[0])


def position_of(passage: Passage) -> Position | None:
    """Return the position that a sentence states; None where no position or no party is named."""
    text = _SEAS.sub(_blank, passage.shown)
    stance = _STANCE.search(text)
    if stance is None or stance.start() > _SUBJECT_CHARS:
        return None
    strength = 0.8 if stance["sure"] else 0.5
    subject = text[: stance.start()].rpartition(": ")[2]  # behind a heading in the same line
    if state := _state(passage, subject):
        return Position(state, strength, is_of_state=True)
    person = _person(passage, subject)
    if person is None or _OWNED.search(person) or _OFFICES.fullmatch(person) or person.split()[-1] in _PAPERS:
        return None
    return Position(person, strength)


def _main(subject: str) -> str:
    return subject.rpartition(", ")[2] if _OPENING.match(subject) else subject.partition(", ")[0]


def _state(passage: Passage, subject: str) -> str | None:
    """The countries or the body that a subject names first."""
    main = _main(subject)
    if _PRONOUN.match(main):
        return None
    places = _places(passage, main)
    if places and len(main[: places[0].start].split()) <= BEFORE and not _is_of_another(main, places[0]):
        joined = len(places) > 1 and _JOINT.fullmatch(main, places[0].end, places[1].start)
        return " and ".join(dict.fromkeys(_country(word.term) for word in places[: 2 if joined else 1]))
    body = _BODIES.search(main)
    return body.group() if body and not _VERB.search(main, 0, body.start()) else None


def _is_of_another(main: str, place: Word) -> bool:
    """Whether a subject names a country for what another does, or for a thing: 'Kim praised Japan', 'Japan's trade'."""
    return _VERB.search(main, 0, place.start) is not None or _POSSESSED.match(main, place.end) is not None


def _person(passage: Passage, subject: str) -> str | None:
    """The person that a subject names, or who speaks in the first person."""
    if _FIRST_PERSON.match(subject):
        return as_title(passage.speaker) if passage.speaker else None
    main = _main(subject)
    found = None if _PRONOUN.match(main) or _places(passage, main) else _NAMED.match(main.strip())
    return found["name"] if found and " " in found["name"] else None


def _places(passage: Passage, text: str) -> list[Word]:
    return [word for word in find_facts(text, passage.date).words if word.term.startswith("@")]


def as_title(speaker: str) -> str:
    """Return a speaker's label as a heading: 'THE PRESIDENT' is 'The President'."""
    return speaker.title() if speaker.isupper() else speaker


def _country(term: str) -> str:
    return _country_names().get(term, term[1:].title())


@cache
def _country_names() -> Mapping[str, str]:
    return {"@" + "".join(name_terms(group[0])): group[0] for group in place_groups()}
