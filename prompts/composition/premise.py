"""Questions that take for granted the opposite of what the articles say: 'Why did Vietnam reject the agreement?'."""

import re

from retrieval.models import Findings, Hit, Kind, Query
from retrieval.patterns import lazy_pattern
from retrieval.text.terms import term_set

_TAKEN_FOR_GRANTED = frozenset({Kind.WHY, Kind.WHEN, Kind.HOW})
"""Kinds of questions that ask for more of an event, which they hold to be true."""
_OPPOSITES = tuple(
    (term_set(one), term_set(other))
    for one, other in (
        (
            "reject refuse refusal decline oppose veto block boycott deny",
            "accept agree agreement approve ratify ratification sign welcome support endorse adopt join",
        ),
        (
            "withdraw leave quit exit abandon",
            "join sign ratify ratification enter launch accede",
        ),
        (
            "cancel cancelled cancellation scrap scrapped suspend suspension halt",
            "launch begin began start continue resume extend",
        ),
        ("condemn criticise criticize", "welcome praise"),
    )
)
_REFUSING_TO = term_set("refuse decline")
_OTHERWISE = lazy_pattern(
    r"\b(?:not|never|cannot|no longer|fail\w*|depart\w*|protest\w*|object(?:s|ed|ions?)? to|condemn\w*|critici[sz]\w*"
    r"|stop\w*|ceas\w+|paus\w+|postpon\w+|end(?:s|ed)|(?:pull|walk|back|drop)\w* out|(?:call|put)\w* off"
    r"|turn\w* down)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Words by which a sentence with the opposite may still say what is taken for granted: 'will not sign'."""
_HELD = 0.5
"""Share of a question's other terms that a sentence holds which says the opposite."""


def opposing_hit(findings: Findings) -> Hit | None:
    """Return the best hit that says the opposite of what the question takes for granted; None for none.

    Nothing is taken to be opposed as long as any of the hits says it.
    """
    query = findings.query
    if query.kind not in _TAKEN_FOR_GRANTED:
        return None
    texts = [(hit, term_set(hit.passage.text)) for hit in findings.hits]
    for one, other in _OPPOSITES:
        for own, opposite in ((one, other), (other, one)):
            said = own.intersection(query.terms)
            # 'refuse to sign' is opposed by signing; to 'leave the agreement' the agreement says nothing
            against = opposite if said & _REFUSING_TO else opposite.difference(query.terms)
            if said and not any(own & held or _is_said_otherwise(query, hit, said) for hit, held in texts):
                return next((hit for hit, held in texts if against & held and _is_about(query, hit, said)), None)
    return None


def _is_said_otherwise(query: Query, hit: Hit, said: frozenset[str]) -> bool:
    return _OTHERWISE.search(hit.passage.text) is not None and _is_about(query, hit, said)


def _is_about(query: Query, hit: Hit, said: frozenset[str]) -> bool:
    """Whether a hit holds all names of a question and most of its other terms, but for the word for what happened."""
    matched = {*hit.matched}
    forms = {term: [{term}] for term in query.terms if term not in said}
    for expansion in query.expansions:
        forms.get(expansion.term, []).append({*expansion.terms})
    held = {term for term, others in forms.items() if any(form <= matched for form in others)}
    return query.names & forms.keys() <= held and len(held) >= _HELD * len(forms)
