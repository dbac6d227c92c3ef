"""Questions for the long form of an acronym: 'What does OSA stand for?'."""

import re

from retrieval.models import Findings, Hit, Query
from retrieval.query.asking.tongues import acronym_asked
from retrieval.query.expansion import WEIGHTS
from retrieval.text.acronyms import spells_out
from retrieval.text.terms import term_set, terms


def hits_that_spell_out(findings: Findings) -> list[Hit] | None:
    """Return the hits that spell out the acronym asked for; None where none is asked for.

    'What does Biden stand for?' asks for no acronym: no hit writes BIDEN.
    """
    acronym = acronym_asked(findings.query.asked)
    if acronym is None or not any(_writes(acronym, hit) for hit in findings.hits):
        return None
    return [hit for hit in findings.hits if _spells_out(findings.query, acronym, hit)]


def _writes(acronym: str, hit: Hit) -> bool:
    """Whether a hit has an acronym in capitals, as it is or as a plural."""
    return re.search(rf"\b{re.escape(acronym.upper())}s?\b", hit.passage.text) is not None


def _spells_out(query: Query, acronym: str, hit: Hit) -> bool:
    held, short = term_set(hit.passage.text), terms(acronym)
    known = (each.terms for each in query.expansions if [each.term] == short and each.weight >= WEIGHTS["acronym"])
    return any(len(long) > 1 and held.issuperset(long) for long in known) or spells_out(hit.passage.text, acronym)
