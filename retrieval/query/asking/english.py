"""How English asks: the kinds of its questions."""

from retrieval.models import Kind

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n['’]t)?"
)
_ASKS = r"(?:what|which|who(?:m|se)?|when|where|why|how)"
_UNASKED = rf"^(?!.*\b(?:{_ASKS}|{_AUXILIARY})\b)"
"""Keywords: neither question word nor verb that asks stands anywhere."""
_PHRASE = rf"{_UNASKED}(?=\s*\S+\s+\S+\s+\S)"
"""Three of them or more; 'the cost' alone goes on from the question before."""
_ASKED_FIRST = rf"^(?:(?!\b{_ASKS}\b)[\s\S])*?"
"""Before it stands no other question word: in 'What happened when they met?' the first one asks."""
_TOLD = r"\b(?:know|say|tell|explain|describe|show|list|name)\b"
_REQUEST = r"^\s*(?:please |(?:can|could|will|would) you (?:please )?)?"
_BE = r"(?:['’]s| is| was| are| were)"

MODIFIERS = (
    rf"(?:(?!(?:{_AUXILIARY}|{_ASKS}|the|an?|of|for|to|in|on|at|by|with|from|about|and|that)\b)[\w.’'-]+ ){{0,3}}?"
)
"""Words between a question word and the noun that it asks for: 'Which late Chinese premier'."""
_KIND_OF_THING = rf"{_ASKED_FIRST}\b(?:what|which) {MODIFIERS}"
_THE_THING = rf"{_ASKED_FIRST}\b(?:what|which)(?:{_BE} the|{_BE})? {MODIFIERS}"

_MEASURE = (
    r"(?:percent(?:age)?|share|number|amount|proportion|fraction|population|price|cost|rate|budget|size|total|sum"
    r"|value|salary|wage|income|revenue|profit|fee|fine|bonus|bounty|ransom|tariff|deficit|surplus|debt|turnout"
    r"|death toll|toll|figure|rent|ratio|quota|distance|length|height|weight|speed|output|majority)"
)
NOUN_ENDS = (
    r"(?=\W*$|\W+(?:of|for|in|on|to|at|from|per|by|that|under|with|during|since|between|when|after|before|among|against"
    rf"|as|and|last|this|next|[a-z]{{2,}}ed|\d+|{_AUXILIARY})\b)"
)
"""No other noun follows, which the measure only describes: 'price' in 'price controls'."""
_CHARGED = r"(?:cost|pay|weigh|earn|charge)"

_OFFICE = (
    r"(?:prime minister|minister|president|secretary|ambassador|chancellor|premier|chair(?:man|woman|person)?|director"
    r"|king|pm|fm|vp|governor|commander|envoy|adviser|advisor|head|chief|spokes(?:man|woman|person)|representative"
    r"|ustr|secdef|speaker|boss|ceo|cfo|mayor|coach)"
)
_AT_A_TIME = r"(?: (?:in )?(?:\w{3,9} )?\d+| now| today)?"
_HOLDER = rf"\b{_OFFICE}(?: (?:of|for|to|in|at) [\w’' -]+?)?{_AT_A_TIME}\W*$"
_KIN = r"(?:grand)?(?:father|mother|son|daughter)|wife|husband|brother|sister|parents?|spouse"
_PEOPLE = (
    rf"(?:{_OFFICE}|{_KIN}|person|man|woman|leader|queen|author|official|general|senator|congress(?:man|woman)|lawmaker"
    r"|politician|diplomat|judge|justice|officer|police(?:man|woman)|activist|athlete|student|aide|executive"
    r"|business(?:man|woman)|journalist|reporter|lawyer|scientist|economist|expert|professor|candidate|nominee|actor"
    r"|actress|singer|artist|sculptor|writer|player)"
)
_PLACE = (
    r"(?:country|nation|city|state(?! (?:department|visit|dinner|media|secretary))|town|place|location|region|continent"
    r"|island|county|port|province|capital|base|hotel|street|venue|hall|shipyard|airport|residence|camp|consulate"
    r"|embassy|village|district)"
)
_SITE = r"(?:capital|location|address|venue|headquarters|birthplace)"
_GROUP = (
    r"(?:countries|nations|states|people|members|areas|fields|topics|companies|leaders|ministers|islands|officials"
    r"|parties|partners|recipients|technologies)"
)
_REASON = r"(?:reason|cause|purpose|aim|objective|goal|rationale|motive|basis)"

_MORE = (
    r"(?:better|worse|more|less|fewer|(?:cheap|cold|costli|deadli|deep|earli|easi|fast|great|hard|heavi|high|hott|bigg"
    r"|larg|lat|light|long|low|near|new|old|poor|quick|rich|saf|short|slow|small|soon|strong|tall|tough|warm|weak"
    r"|wealthi|wid|young|clos)er)"
)
_TIME = r"(?:year|date|day|month|century|decade|time|period)"

_STATES = r"(?:say|said|think|thinks|thought|feel|feels|felt|state|stated|claim|claimed|argue|argued|see|view)"
_DECLARES = (
    rf"(?:{_STATES}|tell|told|reply|replied|respond|answer|declare|vow|warn|urge|demand|call (?:for|on)|want|ask"
    r"|oppose|favou?r|thank|praise|condemn|critici[sz]e|wish)"
)
_AGE = r"(?:current|latest|lastest|newest|most recent)"
_NO_NAME = (
    r"(?:name|total|number|first|last|next|opening|role|part|job|post|title|office|rank|link|connection|involvement"
    r"|relation(?:ship)?|assessment|explanation|impact|effect|result|outcome|status|future"
    r"|[\w-]+(?:ed|ing) (?:in|at|with|by|on|to|for|when|between))\b"
)
_NOUN_PHRASE = (
    rf"(?!(?:(?:an?|the) )?{_NO_NAME}|.*\b(?:{_AGE}|doing|going|happening)\b|wrong\b|[\w-]+ed\W*$)"
    r"(?:(?:an?|the) )?[\w.’'/-]+"
    rf"(?: (?:(?:for|of|and|the|on|in|between) )?(?!(?:role|part|job|post|title|office|connection)\b)[\w.’'/-]+){{0,7}}"
)

_ACRONYM = r"(?:the |an? )?(?:acronym |abbreviation |letters |initials )?([a-z][a-z\d&.-]{1,9})"
_STANDS_FOR = r"(?:stands? for|short for|an? (?:acronym|abbreviation) (?:for|of))"
LONG_FORM = (
    rf"\bwhat(?:['’]?s| is| does| do| did)? {_ACRONYM} (?:is )?{_STANDS_FOR}(?: exactly| again)?\W*$"
    rf"|\b(?:full|long) form (?:of|for) {_ACRONYM}\W*$|\b{_ACRONYM} (?:stands for(?: what)?|(?:full|long) form)\W*$"
)
"""Asks for the words that an acronym, in the one group that is there, stands for."""

KINDS = (
    (Kind.COMPARISON, r"\b(?:compar(?:e[ds]?|ing|ison)|versus|differences?|differ from|over time|then and now)\b"),
    (
        Kind.COMPARISON,
        r"\bevolv|\bhistory of\b|\bchang(?:ed?|es)\b.*\b(?:since|between|over)\b|\bbefore (?:and|n) after\b",
    ),
    (Kind.COMPARISON, r"\bhow (?:did|has|have|do|does) .*\b(?:changed?|evolved?|developed?|shift(?:ed)?)\b"),
    (Kind.COMPARISON, rf"\bor\b.*\bwhich\b|^(?>.*?\bwhich\b)(?>.*?\b{_MORE}\b).*\bor\b"),
    (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b(?!.*{_TOLD})"),
    (Kind.LIST, rf"{_REQUEST}(?:list|name|enumerate)\b(?! of)"),
    (Kind.HOW_MANY, r"\bhow (?:many|much|big|large|high|tall|deep|old|long|far|fast|often)\b(?! ago)"),
    (Kind.HOW_MANY, rf"{_THE_THING}{_MEASURE}{NOUN_ENDS}"),
    (
        Kind.HOW_MANY,
        rf"{_ASKED_FIRST}\bwhat (?:did|does|do|will|would) .*\b{_CHARGED}\b(?! (?:attention|tribute|homage))",
    ),
    (Kind.HOW_MANY, rf"{_ASKED_FIRST}\bwhat\b.*\bworth\W*$|{_PHRASE}.*\b{_MEASURE}{NOUN_ENDS}"),
    (Kind.POSITION, rf"{_ASKED_FIRST}\bhow (?:did|does|do|has|have|is|was) .*?\b{_STATES}\b(?! to\b)"),
    (Kind.POSITION, rf"{_ASKED_FIRST}\bwhat (?:is|was) .*?\b{_STATES}\b(?! to\b)"),
    (Kind.POSITION, rf"{_ASKED_FIRST}\bwhat (?:did|does|do|has|have) .*?\b{_DECLARES}\b"),
    (Kind.POSITION, r"\b(?:position|stance|line|views?|opinion|attitude)\b.* (?:on|about|towards?|regarding)\b"),
    (Kind.POSITION, r"\bwhere (?:does|do|did) .*\bstand on\b"),
    (Kind.POSITION, rf"^\s*(?!(?:{_ASKS}|{_AUXILIARY}|{_AGE})\b)[\w.’'-]+(?: [\w.’'-]+){{0,3}} on (?!\d)"),
    (Kind.POSITION, r"\b(?:reaction|response|reply) (?:to|on)\b"),
    (Kind.DEFINITION, rf"^\s*{_REQUEST}(?:define|explain)\b|\b(?:what|which) (?:does|do) .*\b(?:mean|stand for)\b"),
    (Kind.DEFINITION, LONG_FORM),
    (
        Kind.DEFINITION,
        rf"\bwhat{_BE} meant by\b|[\w)] what(?:['’]s| is) (?:that|it|this)\W*$|\b(?:meaning|definition)\W*$",
    ),
    (Kind.ROLE, rf"\bwho(?:['’]s)?\b(?! (?:did|does|do)\b).*\b{_OFFICE}\b"),
    (Kind.ROLE, rf"{_UNASKED}.{{0,40}}{_HOLDER}"),
    (Kind.WHY, rf"\bwhy\b|\bhow come\b|\bwhat{_BE} the (?:point of|(?:\w+ )?{_REASON}s?)\b|^\s*for what\b"),
    (
        Kind.WHY,
        r"\bon (?:what|which) (?:ground|basis)|\bwhat (?:led|prompted|caused|triggered|drove|motivated|brought)\b",
    ),
    (Kind.LIST, rf"\b(?:which|what) (?:\w+ )?{_GROUP}\b"),
    (
        Kind.LIST,
        rf"^\s*(?:what|who) (?:are|were) (?:all )?(?:the|some)\b|{_UNASKED}(?:full )?(?:list|names|members) of\b",
    ),
    (
        Kind.WHEN,
        rf"{_ASKED_FIRST}\bwhen\b|\b(?:what|which) {_TIME}\b|\bwhat{_BE} the (?:\w+ )?(?:date|year)s? (?:of|that)\b",
    ),
    (Kind.WHEN, rf"\bhow long ago\b|{_PHRASE}.*\bdate(?: of| the| that|\W*$)"),
    (Kind.WHO, rf"{_ASKED_FIRST}\b(?-i:(?!WHO\b))who(?:m|se|['’]s)?\b|{_KIND_OF_THING}{_PEOPLE}\b"),
    (Kind.WHO, rf"\bwhat{_BE} the names? of (?:the |an? )?{MODIFIERS}{_PEOPLE}\b"),
    (Kind.WHO, rf"\bwhat{_BE} .*\b(?:(?:{_KIN})(?:['’]s)? (?:name|called)\b|{_PEOPLE}(?:['’]s)? (?:name|called)\W*$)"),
    (Kind.WHERE, rf"{_ASKED_FIRST}\bwhere\b|{_KIND_OF_THING}{_PLACE}\b|{_THE_THING}{_SITE}{NOUN_ENDS}"),
    (Kind.WHERE, rf"{_PHRASE}(?:address|location|venue) of\b|{_PHRASE}.*\b(?:address|location|venue)\W*$"),
    (
        Kind.LIST,
        rf"\bwhich {MODIFIERS}[a-z]{{2,}}[^su\W]s (?:{_AUXILIARY}|[a-z]+ed|sit|sat|go|went|get|got|won|lost|met)\b",
    ),
    (Kind.YES_NO, rf"^\s*{_AUXILIARY}\b"),
    (Kind.DEFINITION, rf"^\s*(?:what{_BE}|who or what is) {_NOUN_PHRASE}(?:, [\w .’'/-]+)?\W*$"),
    (
        Kind.HOW,
        rf"{_ASKED_FIRST}\bhow\b(?! about\b)|\bby what means\b|\bin what (?:way|manner)\b|\bunder what condition",
    ),
    (Kind.WHAT, r"\b(?:what|which|how)\b|\?\s*$|^\s*(?:explain|describe|define|tell me)\b"),
)
"""The first rule that fits decides."""

_POST = r"(?:job|post|title|office)"
_HELD = rf"(?:(?:{_AUXILIARY})\b.*\b(?:hold|held|have|had|been|for|to)\b)"
OFFICE_HELD = (
    rf"\b(?:what|which) (?:[a-z]+ )?(?:{_POST}|position|role) {_HELD}|\b(?:what|which) capacity\b"
    rf"|['’]s? (?:[a-z]+ )?{_POST}(?=\W*$| (?:at|in|under|before|when)\b)"
)
"""Asks for the office of a person: 'What post does X hold?', 'In what capacity did X come?', 'What is X's job?'."""
OFFICE_NOTED = r"\w (?:job|post|title)(?=\W*$| (?:at|in|under)\b)"
"""The same in keywords: 'phil gordon job under harris'."""
