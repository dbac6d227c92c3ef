"""A question as asked to a question as read: its kind and its terms."""

import re
from collections.abc import Set

from retrieval.models import Kind, Query, SmallTalk
from retrieval.query.expansion import Expander
from retrieval.query.focus import focus_of
from retrieval.query.recency import age_wanted
from retrieval.text.languages import scripts_of
from retrieval.text.terms import Word, words

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n['’]t)?"
)
_MEASURE = r"(?:percent(?:age)?|share|number|amount|proportion|fraction|population|price|cost|rate|budget|size|total)"
_PEOPLE = r"(?:person|man|woman|president|minister|leader|king|queen|author|official|general|chairman|chairperson)"
_PLACE = r"(?:country|nation|city|state|town|place|location|region|continent|island|county|port|province|capital)"

_GROUP = (
    r"(?:countries|nations|states|people|members|areas|fields|topics|companies|leaders|ministers|islands|officials"
    r"|parties|partners|recipients|technologies)"
)

_ASKED_FIRST = r"^(?:(?!\b(?:what|which|who(?:m|se)?|when|where|why|how)\b)[\s\S])*?"
"""Before it stands no other question word: in 'What happened when they met?' the first one asks."""
_TOLD = r"\b(?:know|say|tell|explain|describe|show|list|name)\b"
_REQUEST = r"^\s*(?:please |(?:can|could|will|would) you (?:please )?)?"

_RULES = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b(?!.*{_TOLD})"),
        (Kind.HOW_MANY, r"\bhow (?:many|much|big|large|high|tall|deep|old|long|far|fast|often)\b(?! ago)"),
        (Kind.HOW_MANY, rf"\b(?:what|which)(?:['’]s the| (?:is|was|are|were) the)? (?:\w+ )?{_MEASURE}\b"),
        (Kind.LIST, rf"{_REQUEST}(?:list|name|enumerate)\b(?! of)|\b(?:which|what) (?:\w+ )?{_GROUP}\b"),
        (Kind.LIST, r"^\s*(?:what|who) are (?:all )?(?:the|some)\b"),
        (Kind.WHEN, rf"{_ASKED_FIRST}\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|period)\b"),
        (Kind.WHEN, r"\bhow long ago\b"),
        (Kind.WHO, rf"{_ASKED_FIRST}\b(?-i:(?!WHO\b))who(?:m|se|['’]s)?\b|\b(?:what|which) (?:\w+ )?{_PEOPLE}\b"),
        (Kind.WHERE, rf"{_ASKED_FIRST}\bwhere\b|\b(?:what|which) (?:\w+ )?{_PLACE}\b"),
        (Kind.WHY, r"\bwhy\b|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:reason|cause|purpose|aim)s?\b|\bhow come\b"),
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b"),
        (Kind.WHAT, r"\b(?:what|which|how)\b|\?\s*$|^\s*(?:explain|describe|define|tell me)\b"),
    )
)
"""The first rule that fits decides."""


FILLERS = frozenset(
    "accord call describ explain exact far give happen kind know list long mani mean much name often old one say show"
    " sort state tell type".split()
)
"""Terms that say what kind of answer is wanted rather than what about; left out where others remain."""

OF_AGE = frozenset("latest newest nowaday".split())
"""Terms left out likewise where they ask for the newest reports: people say them, reports seldom do."""


def read_question(text: str, scripts: Set[str], expander: Expander) -> Query:
    """Read a question: its kind, its distinct terms and their alternatives; stop words alone give no terms.

    Args:
        text: The question as asked.
        scripts: The scripts that the articles are written in.
        expander: Knows the alternatives in the articles to the question's terms.
    """
    found = words(text)
    prefers = age_wanted(text)
    aside = FILLERS | OF_AGE if prefers else FILLERS
    telling = [word for word in found if word.term not in aside] or found
    used = scripts_of(text)
    distinct = {word.term: text[word.start : word.end] for word in reversed(telling)}
    terms = tuple(dict.fromkeys(word.term for word in telling))
    focus = focus_of(text)
    return Query(
        text=text,
        asked=text,
        kind=kind_of(text),
        terms=terms,
        words=tuple(distinct[term] for term in terms),
        chat=chat_in(text),
        expansions=tuple(expander.expand(text, telling)),
        names=frozenset(word.term for word in telling if _is_name(text, word)),
        focus=focus if focus in distinct else None,
        foreign=bool(used) and not used & scripts,
        prefers=prefers,
    )


_PLEASANTRY = r"(?:there|again|bot|all|everyone|policydesk|so much|very much|a lot|you|for that|indeed)"
_ABOUT_THE_BOT = (
    r"(?:who|what) are you|what (?:can|do) you do|what is this(?: bot)?|how do (?:you|i) (?:work|ask)"
    r"|how does this(?: bot)? work|are you (?:a bot|human|an ai)|help(?: me)?"
)
_CHATS = (
    (SmallTalk.GREETING, rf"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings)(?:[\s,]+{_PLEASANTRY})*"),
    (SmallTalk.THANKS, rf"(?:thanks|thank you|thx|cheers|many thanks|great|perfect|ok|okay)(?:[\s,]+{_PLEASANTRY})*"),
    (SmallTalk.ABOUT, _ABOUT_THE_BOT),
)
_CHAT_RULES = tuple((chat, re.compile(rf"\W*(?:{pattern})\W*", re.IGNORECASE)) for chat, pattern in _CHATS)


def chat_in(text: str) -> SmallTalk | None:
    """Return the small talk of a message; None for a question."""
    return next((chat for chat, rule in _CHAT_RULES if rule.fullmatch(text)), None)


def _is_name(text: str, word: Word) -> bool:
    """Whether a word is written as a number, or as a name where that is not only because it is the first."""
    return text[word.start].isdigit() or (word.start > 0 and text[word.start].isupper())


def kind_of(text: str) -> Kind:
    """Return the kind of a question; words without the form of a question are keywords."""
    spoken = text.lower() if text.isupper() else text  # 'WHO' is a question word where everything is in capitals
    return next((kind for kind, rule in _RULES if rule.search(spoken)), Kind.KEYWORDS)
