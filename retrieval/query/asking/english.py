"""How English asks: the kinds of its questions."""

from retrieval.models import Kind

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

KINDS = (
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
"""The first rule that fits decides."""
