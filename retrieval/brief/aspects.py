"""The aspects of a brief, and how much a sentence says about each."""

import re
from enum import StrEnum

from retrieval.comparison.facts import find_facts
from retrieval.comparison.quantities import MONEY, Quantity
from retrieval.models import Passage
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import terms


class Aspect(StrEnum):
    """The aspects of a brief, in the order of its parts."""

    HEADLINE = "headline"
    AGREED = "agreed"
    WHO = "who"
    FIGURES = "figures"
    POSITIONS = "positions"
    DISPUTED = "disputed"
    TIMELINE = "timeline"


_AGREED = lazy_pattern(
    r"(?<![-’'])\b(?:(?P<sure>agree(?:s|d)?\b(?! with)|(?-i:agreements?)\b(?= (?:on|to|in principle|allowing))"
    r"|sign(?:s(?! of)|ed)|adopt(?:s|ed)|conclud(?:es|ed)|upgrad(?:ed|es?(?= (?:of|the|its|their|ties|relations)))"
    r"|elevat(?:es|ed)|ratif(?:ies|ied)"
    r"|endors(?:es|ed))|(?<!\bas )(?<!\bbe )(?:confirm(?:s|ed)?|launch(?:es|ed)|(?<=will )launch|establish(?:es|ed)"
    r"|pledg(?:es|ed)|committed|decided"
    r"|announc(?:es|ed)|resolved|undertook|chosen|signatories))\b",
    re.IGNORECASE,
)
_BEING = lazy_pattern(r"\b(?:remain|remains|is|are|both)\s+(?:\w+ly\s+)?$")
"""Words before a verb that make of a deed how somebody is: 'remains committed', 'is agreed'."""
_AHEAD = lazy_pattern(
    r"\b(?:expected|planning|planned|plans|set|slated|hopes?|aims?|seeks?|considering|could|may|might) to\b"
)
"""Words of what is not agreed yet."""
_TITLE = (
    r"(?:[Pp]rime [Mm]inister|[Pp]resident|[Vv]ice [Pp]resident|(?:[Ff]oreign|[Dd]efen[cs]e|[Ff]inance) [Mm]inister"
    r"|[Mm]inister|[Ss]ecretary(?: of \w+)?|[Aa]mbassador|[Cc]hancellor"
    r"|[Cc]hair(?:man|person|woman)?|[Aa]dvisor|[Gg]eneral|[Aa]dmiral)"
)
_PERSON = lazy_pattern(rf"\b{_TITLE}\s+(?:[A-Z][\w.’'-]+)(?:\s+[A-Z][\w.’'-]+)*")
_TAKING_PART = lazy_pattern(
    r"\b(?:met|meet(?:s|ing)?|visit(?:s|ed)?|attend(?:s|ed)?|host(?:s|ed)?|join(?:s|ed)?|recipients?|members?"
    r"|partners?|parties|participants?|claimants?|includ(?:es|ing)|follow(?:s|ing)|chosen|led by|chairs?"
    r"|counterparts?|signatories|delegations?)\b",
    re.IGNORECASE,
)
LISTED = 2
"""Of more countries than these a list tells who takes part."""
_OF_PLACES = lazy_pattern(r"\b(?:issues|challenges|tensions?|ties|region)\b")
"""Words by which places are listed as what is talked about, not as who takes part."""
_DISPUTED = lazy_pattern(
    r"\b(?P<sure>(?<!resolve )(?<!resolution of )(?<!settlement of )disput(?:e|es|ed|ing)"
    r"|(?-i:contests?|contested)(?! environments?)|(?:overlapping|territorial|maritime) claims|accus(?:es|ed|ing)"
    r"|unlawful|reject(?:s|ed|ing)?|object(?:s|ed|ions?)|disagree\w*|criticiz\w*|den(?:y|ies|ied))\b"
    r"|\b(?:tensions?|(?<!free from )(?:coercion|coercive)|provocati\w+"
    r"|aggression|aggressive (?:acts?|conduct|behaviou?r|moves?|manoeuvres?|maneuvers?)"
    r"|militari[sz]\w+|threaten\w*"
    r"|(?:poses?|posed|posing) (?:\w+ ){0,3}threats?|unilateral|conflict|concerns? (?:over|about)|(?<!as )concerned"
    r"|oppos(?:e|es|ed|ition)|harass\w*|escalat\w+|assert(?:s|ing|ive))\b",
    re.IGNORECASE,
)
"""Words of what is disputed: not of challenges that all share, nor of threats at large."""


def says(passage: Passage, aspect: Aspect) -> float:
    """Return how much a sentence says about an aspect by its words: 0 for nothing, 1 for much."""
    text = passage.shown
    if aspect is Aspect.AGREED:
        return _strength(_AGREED, text) * (0.6 if _AHEAD.search(text) else 1.0)
    if aspect is Aspect.DISPUTED:
        return _strength(_DISPUTED, text)
    if aspect is Aspect.WHO:
        return _names(passage)
    return min(1.0, sum(map(_worth, told_quantities(passage)))) if aspect is Aspect.FIGURES else 0.0


def _strength(pattern: re.Pattern[str], text: str) -> float:
    found = [
        match for match in pattern.finditer(text) if not _BEING.search(text, max(0, match.start() - 30), match.start())
    ]
    if not found:
        return 0.0
    return min(1.0, (0.8 if any(match["sure"] for match in found) else 0.45) + 0.1 * (len(found) - 1))


def _names(passage: Passage) -> float:
    """How much a sentence tells of who takes part: people by their office, or a list of countries or bodies."""
    text = passage.shown
    people = len(_PERSON.findall(text))
    lists = find_facts(text, passage.date).name_lists
    listed = max((sum("@" in item for item in names.items) for names in lists), default=0)
    takes_part = bool(_TAKING_PART.search(text))
    if people > 1:
        return min(1.0, 0.25 * people + 0.2 * takes_part)
    return min(1.0, 0.2 * listed) if takes_part and listed > LISTED and not _OF_PLACES.search(text) else 0.0


def told_quantities(passage: Passage) -> list[Quantity]:
    """Return the figures of a sentence that are worth a row of a table: not 'two sides' nor 'five years ago'."""
    text = passage.shown
    return [found for found in find_facts(text, passage.date).quantities if _worth(found) and _tells(text, found)]


def _worth(found: Quantity) -> float:
    if found.unit == "%" or found.unit in MONEY or found.value >= _LARGE:
        return 0.8
    return 0.5 if found.unit != "age" and found.nouns and found.value > 1 else 0.0


def _tells(text: str, found: Quantity) -> bool:
    """Whether a figure counts what follows it, and is neither a part of a name nor a small word of any text."""
    if found.unit in {"%", *MONEY}:
        return True
    is_of_name = text[found.start].isdigit() and _NAME_BEFORE.search(text, 0, found.start) is not None
    counted = _COUNTED.match(text, found.end)
    if is_of_name or counted is None or not {*terms(counted["noun"])} & {*found.nouns}:
        return False
    is_name = found.value <= _FEW_NAMED and text[found.start].isupper() and _NAME_BEHIND.match(text, found.end)
    if is_name and _IN_SENTENCE.search(text, 0, found.start):  # 'the Six Assurances'
        return False
    is_small = found.unit != "rank" and found.value <= _FEW
    return not is_small and _IDLE.match(counted["noun"]) is None


def written_quantity(text: str, found: Quantity) -> str:
    """Return a figure as written, with the noun counted: '24%', 'four recipients', 'sixth country'."""
    counted = _COUNTED.match(text, found.end)
    if found.unit in {"%", *MONEY} or counted is None:
        return text[found.start : found.end]
    whole = _COUNTED_WHOLE.match(text, found.end)
    return text[found.start : whole.end() if whole else counted.end("noun")]


_LARGE = 1_000
_FEW = 3
_FEW_NAMED = 20
_IN_SENTENCE = lazy_pattern(r"\w\s+$")
"""Up to what number anything is counted in passing."""
_NAME_BEFORE = lazy_pattern(r"[A-Z][\w’'-]*\s+$")
_COUNTED = lazy_pattern(
    r"(?:\s+(?:such|more|new|additional|other|U\.S\.|top-\w+|\w+ed|\w+al))?\s+(?P<noun>[^\W\d_][\w’'-]*)"
)
_COUNTED_WHOLE = lazy_pattern(
    r"(?:\s+(?:and\s+)?(?!(?:to|in|of|for|with|from|by|on|at)\b)[\w’'-]+){0,5}?\s+(?:[a-z][\w-]*[^s\W]s|people|personnel|men|women|children)\b"
)
"""A figure's noun with the words before it: 'safe and effective COVID-19 vaccine doses'."""
_NAME_BEHIND = lazy_pattern(r"[\s-]+(?-i:[A-Z])\w*s\b")
_IDLE = lazy_pattern(
    r"(?:year|month|week|day|hour|decade|side|time|centur(?:y|ie)|issue|area|pillar|line|point|part|way|step|topic|theme|goal|key"
    r"|aspect|priorit(?:y|ie)|capabilit(?:y|ie)|initial|main|broad|focus|work)s?\b",
    re.IGNORECASE,
)
"""Nouns that a text counts in passing."""
