"""Words that people shorten when they type, spelt out: 'whos', 'abt' and 'w/'; in Vietnamese 'ko' and 'ntn'."""

import re
from collections.abc import Container

from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.vietnamese import without_marks


def _read_forms(table: str) -> dict[str, str]:
    return dict(form.split(" ", 1) for line in table.strip().splitlines() for form in line.split("|"))


_SHORT_FORMS = """
whos who is|whats what is|whatre what are|wheres where is|whens when is|whys why is|hows how is|thats that is
theres there is|whatd what did|wat what|wut what|wot what|wht what|whn when|wen when|y why|abt about|bout about
re: about|w/ with|w with|w/o without|b/w between|btw between|n and|& and|r are|u you|ur your|pls please|plz please
b4 before|bc because|bcs because|bcos because|bcuz because|cuz because
hv have|hve have|cud could|cld could|shud should|shld should|wud would|wld would
thru through|tho though|vs versus|gonna going to|wanna want to|dont do not
doesnt does not|didnt did not|isnt is not|wasnt was not|hasnt has not|havent have not|cant can not|wont will not
ppl people|approx approximately|avg average|mtg meeting|mtgs meetings|govt government|gov government
govs governments|agmt agreement|agmts agreements|dept department|depts departments|intl international|natl national
info information|mil military|pop population|econ economic|uni university|unis universities|comp competition
min minister|pres president|amb ambassador|def defence|sec secretary|dep deputy|rep representative
reps representatives|spox spokesperson|exec executive|univ university|univs universities|org organisation
orgs organisations|admin administration|prez president|prog programme|coop cooperation|infra infrastructure
enviro environment|bilat bilateral|assoc association|cmte committee|conf conference|hq headquarters
natsec national security|yr year|yrs years|bn billion|mn million|tn trillion|incl including
cos companies|jan January|feb February|mar March|apr April|jun June|jul July|aug August|sep September|sept September
oct October|nov November|dec December
"""
SHORT_FORMS = _read_forms(_SHORT_FORMS)
"""What each short form stands for. Collected by us."""
_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
"""Short forms that are taken for months beside a number or a preposition of time alone."""
_OF_COMPANIES = (" which", " what", " many", " all", " the")
"""Before 'cos' where it means companies, not 'because'."""
_GIVEN_NAME = lazy_pattern(r"Min(?= [A-Z][a-z]+ [A-Z])")
"""A form that begins a name of three words: 'Min Aung Hlaing'."""
_UNITS = frozenset("min sec mil pop".split())
"""Short forms that are left as they are behind a number."""
_WRITTEN_SHORT = (
    r"(?<![^\s(\[\"'“‘,;])(?:"
    + "|".join(sorted(map(re.escape, SHORT_FORMS), key=len, reverse=True))
    + r")(?=$|[\s)\]\"'”’?!,;.])(?!\.\w)"
)
_SHORT, _SMALL_SHORT = lazy_pattern(_WRITTEN_SHORT, re.IGNORECASE), lazy_pattern(_WRITTEN_SHORT)
"""To look for short forms in small letters takes a fourth of the time, and most questions hold none."""
_MAY = lazy_pattern(r"\bmay(?= (?:of )?(?:19|20)\d\d\b)|(?<=\bin )may\b|(?<=\d )may\b|\bmay(?= \d{1,2}\b)")
_US = lazy_pattern(r"\bus\b(?!\s*$)|(?<=\bthe )us\b")
_ADDRESSED = lazy_pattern(
    r"\b(?:tells?|told|gives?|gave|shows?|lets?|helps?|remind|all|both|of|most|brings?|joins?)\s+$"
)
"""Before 'us' where it means the people who speak."""
_OF_TIME = (" in", " since", " until", " before", " after", " late", " early", " mid")

_VIETNAMESE_FORMS = """
ko không|hok không|đc được|dc được|vs với|ntn như thế nào|bn bao nhiêu|nhiu nhiêu|j gì|r rồi|mn mọi người
ng người|trc trước|cx cũng|cg cũng|nx nữa|vn Việt Nam|tp thành phố|nhg nhưng|đg đang|nc nước|cty công ty|thg tháng
"""
VIETNAMESE_FORMS = _read_forms(_VIETNAMESE_FORMS)
"""What each short form stands for in Vietnamese. Collected by us."""
OF_ENGLISH = frozenset("vs dc bn j r mn ng vn tp nc".split())
"""Of these the ones that do not tell Vietnamese from English: 'vn vs china'."""
_VIETNAMESE_SHORT = lazy_pattern(
    rf"(?<![\w.+-])(?:{'|'.join(VIETNAMESE_FORMS)})(?<!\d bn)(?<!washington dc)(?![\w+-]|\.\w)"
)


def spell_out_vietnamese(text: str, left: Container[str] = ()) -> str:
    """Return a Vietnamese question with its short forms in small letters spelt out, without marks if it has none.

    Args:
        text: The question.
        left: Short forms that stay.
    """
    spelt = _VIETNAMESE_SHORT.sub(lambda short: short[0] if short[0] in left else VIETNAMESE_FORMS[short[0]], text)
    return without_marks(spelt) if without_marks(text) == text else spelt


def spell_out(text: str) -> str:
    """Return a question with its short forms spelt out; 'may' as a month and 'us' as a country get their capitals.

    Short forms in capitals stay, as they may be names; so do the first letters of names ('Jan', 'W').
    """
    plain = _SHORT.sub(_spelt_out, text) if _SMALL_SHORT.search(text.lower()) else text
    if plain.isupper():
        return plain
    plain = _MAY.sub("May", plain) if "may" in plain else plain
    return _US.sub(_us, plain) if "us" in plain else plain


def _us(match: re.Match[str]) -> str:
    return "us" if _ADDRESSED.search(match.string[: match.start()]) else "US"


def _spelt_out(match: re.Match[str]) -> str:
    written, text = match[0], match.string
    form = written.lower()
    is_shouted = written.isupper() and (len(form) == 1 or not text.isupper())
    if is_shouted or (form == "y" and match.start()) or not _may_be_short(form, match):
        return written
    spelt = SHORT_FORMS[form]
    return spelt.capitalize() if written[0].isupper() and not match.start() else spelt


def _may_be_short(form: str, match: re.Match[str]) -> bool:
    """Whether a form may be a month by what stands around it ('nov 2022', '3 mar'), or is no unit ('5 min') or name."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip(" .,'’")
    if _GIVEN_NAME.match(match.string, match.start()):
        return False
    if form == "cos":
        return f" {before.lower()}".endswith(_OF_COMPANIES)
    if form in _MONTHS:
        return before[-1:].isdigit() or after[:1].isdigit() or before.lower().endswith(_OF_TIME)
    return form not in _UNITS or not before[-1:].isdigit()
