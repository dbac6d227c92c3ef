"""A question as asked to a question as read: its kind and its terms."""

import re
from collections.abc import Sequence, Set

from retrieval.glossary.aliases import names_in
from retrieval.models import Kind, Query, SmallTalk
from retrieval.query.chat_english import spell_out
from retrieval.query.expansion import Expander
from retrieval.query.focus import asks_for_a_kind_of_thing, focus_of
from retrieval.query.period import period_of
from retrieval.query.recency import age_wanted
from retrieval.text.answer_shapes import place_words
from retrieval.text.languages import scripts_of
from retrieval.text.rarity import RAREST, background
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

_ASKS = r"(?:what|which|who(?:m|se)?|when|where|why|how)"
_STATES = r"(?:say|said|think|thinks|thought|feel|feels|felt|state|stated|claim|claimed|argue|argued|see|view)"
_NOUN_PHRASE = (
    r"(?:(?:an?|the) )?(?!(?:current|latest|newest|name|total|number)\b)[\w.’'/-]+"
    r"(?: (?:(?:for|of|and|the|on|in) )?[\w.’'/-]+){0,5}"
)
_OFFICE = (
    r"(?:prime minister|minister|president|secretary|ambassador|chancellor|premier|chair(?:man|woman|person)?|director"
    r"|king|pm|fm|vp|governor|commander|envoy|adviser|advisor|head|chief|spokes(?:man|woman|person)|representative"
    r"|ustr|secdef|speaker)"
)
_HOLDER = rf"\b{_OFFICE}(?: (?:of|for|to) [\w’' -]+)?(?: (?:in \d+|\d+|now|today))?\W*$"

_RULES = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.COMPARISON, r"\b(?:compar(?:e[ds]?|ing|ison)|versus|differences?|differ from|over time|then and now)\b"),
        (Kind.COMPARISON, r"\bevolv|\bhistory of\b|\bchang(?:ed?|es)\b.*\b(?:since|between|over)\b"),
        (Kind.COMPARISON, r"\bhow (?:did|has|have|do|does) .*\b(?:changed?|evolved?|developed?|shift(?:ed)?)\b"),
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b(?!.*{_TOLD})"),
        (Kind.HOW_MANY, r"\bhow (?:many|much|big|large|high|tall|deep|old|long|far|fast|often)\b(?! ago)"),
        (Kind.HOW_MANY, rf"\b(?:what|which)(?:['’]s the| (?:is|was|are|were) the)? (?:\w+ )?{_MEASURE}\b"),
        (Kind.POSITION, rf"{_ASKED_FIRST}\b(?:what|how)\b (?:did|does|do|has|have|is|was) .*?\b{_STATES}\b(?! to\b)"),
        (Kind.POSITION, r"\b(?:position|stance|line|views?|opinion|attitude)\b.* (?:on|about|towards?|regarding)\b"),
        (Kind.POSITION, r"\bwhere (?:does|do|did) .*\bstand on\b"),
        (Kind.POSITION, rf"^\s*(?!{_ASKS}|{_AUXILIARY})[\w.’'-]+(?: [\w.’'-]+)? on (?!\d)"),
        (Kind.DEFINITION, rf"^\s*{_REQUEST}(?:define|explain)\b|\b(?:what|which) (?:does|do) .*\b(?:mean|stand for)\b"),
        (Kind.ROLE, rf"\bwho(?:['’]s)?\b(?! (?:did|does|do)\b).*\b{_OFFICE}\b"),
        (Kind.ROLE, rf"^(?!.*\b(?:{_ASKS}|{_AUXILIARY})\b).{{0,40}}{_HOLDER}"),
        (Kind.LIST, rf"{_REQUEST}(?:list|name|enumerate)\b(?! of)|\b(?:which|what) (?:\w+ )?{_GROUP}\b"),
        (Kind.LIST, r"^\s*(?:what|who) are (?:all )?(?:the|some)\b"),
        (Kind.WHEN, rf"{_ASKED_FIRST}\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|period)\b"),
        (Kind.WHEN, r"\bhow long ago\b"),
        (Kind.WHO, rf"{_ASKED_FIRST}\b(?-i:(?!WHO\b))who(?:m|se|['’]s)?\b|\b(?:what|which) (?:\w+ )?{_PEOPLE}\b"),
        (Kind.WHERE, rf"{_ASKED_FIRST}\bwhere\b|\b(?:what|which) (?:\w+ )?{_PLACE}\b"),
        (Kind.WHY, r"\bwhy\b|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:reason|cause|purpose|aim)s?\b|\bhow come\b"),
        (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b"),
        (Kind.DEFINITION, rf"^\s*(?:what(?:['’]s| is| was| are| were)|who or what is) {_NOUN_PHRASE}\W*$"),
        (Kind.HOW, rf"{_ASKED_FIRST}\bhow\b(?! about\b)"),
        (Kind.WHAT, r"\b(?:what|which|how)\b|\?\s*$|^\s*(?:explain|describe|define|tell me)\b"),
    )
)
"""The first rule that fits decides."""


FILLERS = frozenset(
    "accord again anyth bit call compar describ explain exact far give happen kind know list long mani mean mention"
    " much name often old one say show sort state tell type".split()
)
"""Terms that say what kind of answer is wanted rather than what about; left out where others remain."""

OF_AGE = frozenset("latest lastest newest nowaday current now recent".split())
"""Terms left out likewise where they ask for the newest reports: people say them, reports seldom do."""


OF_DEFINITION = frozenset({"stand", "defin"})
"""Terms left out likewise where they ask for a definition: 'What does OSA stand for?'."""
LIGHTEST = 4.3
"""Background idf below which a word that is no name tells little: 'get', 'going', 'want', 'now', 'people'."""


def read_question(text: str, scripts: Set[str], expander: Expander) -> Query:
    """Read a question: its kind, its distinct terms and their alternatives; stop words alone give no terms.

    Args:
        text: The question as asked.
        scripts: The scripts that the articles are written in.
        expander: Knows the alternatives in the articles to the question's terms.
    """
    plain = spell_out(text)
    found = [
        word for word in words(plain) if not expander.is_misspelt_stop_word(plain[word.start : word.end], word.term)
    ]
    prefers = age_wanted(plain)
    kind = kind_of(plain)
    aside = FILLERS | (OF_AGE if prefers else frozenset()) | (OF_DEFINITION if kind is Kind.DEFINITION else frozenset())
    named = _parts_of_names(plain, found)
    telling = [word for word in found if word.term not in aside or word in named] or found
    used = scripts_of(plain)
    distinct = {word.term: plain[word.start : word.end] for word in reversed(telling)}
    terms = tuple(dict.fromkeys(word.term for word in telling))
    focus, names = focus_of(plain), _names(plain, telling)
    return Query(
        text=text,
        asked=plain,
        kind=kind,
        terms=terms,
        words=tuple(distinct[term] for term in terms),
        chat=chat_in(text),
        expansions=tuple(expander.expand(plain, telling)),
        names=names,
        focus=focus if focus in distinct else None,
        foreign=bool(used) and not used & scripts,
        prefers=prefers,
        period=period_of(plain),
        light=frozenset(term for term in terms if term not in names and _is_light(term, plain, focus)),
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


def _is_light(term: str, text: str, focus: str | None) -> bool:
    """Whether a term is common in any text, or names only the kind of thing that is asked for."""
    return background().get(term, RAREST) < LIGHTEST or (term == focus and asks_for_a_kind_of_thing(text))


def _parts_of_names(text: str, found: Sequence[Word]) -> frozenset[Word]:
    """The words that are written as names, or are part of a known name of several words: 'state' in 'united states'."""
    own = [word.term for word in found]
    known = [set(name.terms) for name in names_in(own) if len(name.terms) > 1]
    return frozenset(
        word for word in found if _is_name(text, word) or any(word.term in name and name <= set(own) for name in known)
    )


def _names(text: str, telling: Sequence[Word]) -> frozenset[str]:
    """The terms written as numbers or names; in a question without capitals, those of places and rare words."""
    if any(c.isupper() for c in text[1:]):
        return frozenset(word.term for word in telling if _is_name(text, word))
    places = place_words()
    return frozenset(
        word.term
        for word in telling
        if text[word.start].isdigit() or word.term not in background() or text[word.start : word.end].lower() in places
    )


def _is_name(text: str, word: Word) -> bool:
    """Whether a word is written as a number, or as a name where that is not only because it is the first."""
    return text[word.start].isdigit() or (word.start > 0 and text[word.start].isupper())


def kind_of(text: str) -> Kind:
    """Return the kind of a question; words without the form of a question are keywords."""
    spoken = text.lower() if text.isupper() else text  # 'WHO' is a question word where everything is in capitals
    return next((kind for kind, rule in _RULES if rule.search(spoken)), Kind.KEYWORDS)
