"""Follow-ups, questions that lean on an earlier question ('and Malaysia?', 'when was that?').

A question leans if it is elliptic: a mere phrase, a question word by itself, a pronoun without its noun, or a question
that names nothing. It takes over the earlier question's terms, for less than its own; a question without terms takes
them over whole. Nothing is taken over without being named in the answer.
"""

import re
from collections.abc import Container, Mapping, Sequence
from functools import cache
from itertools import chain

from retrieval.glossary.name_terms import name_terms
from retrieval.glossary.table import shipped_entries
from retrieval.models import CarriedTerm, Expansion, Kind, Query
from retrieval.patterns import lazy_pattern
from retrieval.query.asking.tongues import Tongue, kind_of, tongue_of, without_asking
from retrieval.query.question import FILLERS, chat_in
from retrieval.text.answer_shapes import place_groups, place_words
from retrieval.text.rarity import RAREST, background, rarity
from retrieval.text.terms import Word, read_words, terms, words

CARRIED = 0.7
"""What a term taken over is worth beside the question's own; 0.4 to 1 do as well (docs/quality.md)."""
LEAST = 0.35
"""Below this nothing is taken over: what was asked three questions ago is another subject."""
REPLACED = 0.4
"""What a place is worth at most where the question names another and may mean that in its stead."""
MOST = 8
"""Most words taken over, the most telling: more would drown what is asked now."""
POINTING = 4
"""Most terms of a question that leans because of a pronoun: a longer one names what it is about."""
LONGEST = 200
"""Longest question that may lean, in characters."""
PHRASE = 3
"""Most terms of a phrase that leans: a longer one can stand for itself."""

UNNAMED = 2
"""Most telling terms of a question without a name that leans: a longer one describes what it is about."""
COMMON = 11.0
"""Rarity (idf in English at large) from which a word in lower case is likely a name."""
_ASKS = r"(?:what|which|who(?:m|se)?|when|where|why|how)"
_CONTRACTED = lazy_pattern(r"\b(what|who|where|when|how|why)(?=s\b)", re.IGNORECASE)
_BEFORE = r"(?:in|on|at|by|for|from|to|with|since|until|before|after|of|under|between|against|about|during|through)"
_ASKED = lazy_pattern(rf"^\W*(?:{_BEFORE} )?{_ASKS}\b", re.IGNORECASE)
_DEFINED = lazy_pattern(
    rf"^\W*{_ASKS}(?:['’]?s| is| are| was| were)\s+(?!(?:his|her|its|their|that|this|it)\b)", re.IGNORECASE
)
"""A question that asks who or what is named: 'whos Prigozhin' stands for itself."""
_LEAD = lazy_pattern(r"^\W*(?:(?:and|but|or|also|ok(?:ay)?|so|then)\b\W*)+", re.IGNORECASE)
_ABOUT = lazy_pattern(
    r"^\W*(?:(?:what|how) about|what of|(?:the )?same (?:question )?(?:for|with|about|in)"
    r"|(?:is there )?(?:any|some)thing (?:on|about|for|from)|(?:more|details) (?:on|about|from))\b\W*",
    re.IGNORECASE,
)
_TOO = lazy_pattern(r"(?<=\w)(?<!\bme)\W+(?:too|as well|also)\W*$", re.IGNORECASE)
_PRONOUN = lazy_pattern(
    r"\b(?:it|they|them|he|him|she|that|this|those|these|its|their|theirs|his|her|hers|there|both|ones"
    r"|(?:the|this|that|which|only|other|first|second|third|next|last) one)\b",
    re.IGNORECASE,
)
_IDLE = lazy_pattern(
    r"\bit\W+(?:\w+ly )?(?:true|possible|legal|likely|better|ever|necessary|safe|common|customary)\b(?!\W*$)"
    r"|\bit\W+(?:\w+ly )?(?:takes?|costs?)\b.*\b(?:to|for)\b"
    r"|\bit\W+(?:\w+\W+){1,3}(?:that|when|if)\b|\bit['’]s\b"
    r"|\b(?:this|that|these|those) (?:year|month|week|day|century|time|morning|evening)s?\b"
    r"|\bthose (?:who|whose|not|with|without|in|of|\w+ed|living)\b|\bone of\b|\bboth\b.*\band\b"
    r"|\bthe \w+ that\b"
    r"|\b(?:is|are|was|were|will|would|has|have) there\b|\bthere (?:is|are|was|were|be|has|have)\b"
    r"|^\W*who (?!(?:is|are|was|were)\b)\w+\b.*\b(?:his|her|their)\b",
    re.IGNORECASE,
)
"""Where a pronoun stands for nothing that was said before."""
_ENDING = lazy_pattern(
    rf"\b(?:(?:do|did|does|done|{_BEFORE}|say|said|mean)\s+(?:it|that|this|so|them|those|these|him|her)"
    r"|(?:it|them|him|they|that|this|there|so))\W*$",
    re.IGNORECASE,
)
_ASKING_PHRASE = lazy_pattern(
    rf"^\W*(?:{_BEFORE} )?(?:{_ASKS} (?:(?:other|else|more) )?|how (?:many|much) (?:other |more )?)[\w’'-]+\W*$",
    re.IGNORECASE,
)
_MEANT = lazy_pattern(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should)(?:n['’]t)? (?:it|they|he|she)\b"
    r"|\b(?:him|her|them|it|(?:first|second|third|next|last|other) one)(?: (?:to|about|for|in|on|with)\b|\W*$)"
    r"|\b(?:his|their|its)(?: \w+){1,2}\W*$",
    re.IGNORECASE,
)
"""Pronouns for somebody or something that a short question does not name, wherever its names stand."""
_OPEN = lazy_pattern(
    r"\b(?:in|on|for|up|out|to|from|with|do|say|said|think|give|get|pay|spend|want)\W*$", re.IGNORECASE
)
"""How a question ends that leaves its object out."""
_ON_BEHALF = lazy_pattern(r"\b(?:for|from|by|on behalf of) (?:the )?\w+\W*$", re.IGNORECASE)
_LINKING = lazy_pattern(rf"\b(?:{_ASKS}|more|else|other|others|again|next|really|details?)\b", re.IGNORECASE)
_PREPOSED = lazy_pattern(rf"^\W*{_BEFORE}\b[^?]*\?\W*$", re.IGNORECASE)
_DID = lazy_pattern(r"^\W*(?:is|are|was|were|do|does|did|has|have|had)(?:n['’]t)?\b[^?]*\?", re.IGNORECASE)
"""The beginning of a question for yes or no; not 'can' or 'may', which begin names too (Can Tho)."""
_DEFINITE = lazy_pattern(r"\bthe\b", re.IGNORECASE)
"""The article of things known already, in a question of common words: 'what share of the homes was damaged'."""
LINKS = FILLERS | frozenset(
    "again anyth detail els exact further get got how look mean more next other real same she someth too what when"
    " where who why".split()
)
"""Terms that only tie a question to the one before."""
IDLE = LINKS | frozenset("go come put make take use think want have people person thing lot way back big sinc".split())
"""Terms that are not taken over."""
LIGHT = IDLE | frozenset(
    "one two three four five six seven eight nine ten first second third fourth fifth sixth seventh eighth ninth tenth"
    " last".split()
)
"""Terms that say hardly anything of the subject of a question."""


def leans(query: Query, *, replying: bool = False) -> bool:
    """Return whether a question leans on an earlier question; a reply to an answer does so by a name alone."""
    text = _CONTRACTED.sub(r"\1'", query.asked)
    if len(text) > LONGEST:
        return False
    if (tongue := tongue_of(text)) is not Tongue.ENGLISH or _LEADS_ELSEWHERE.match(text):
        return _leans_elsewhere(query, tongue, text)
    rest = _without_links(text)
    if query.chat or chat_in(rest) or query.foreign or query.fault:
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
        or _names_nothing(query, text, own)
    )


_LEADS_ELSEWHERE = lazy_pattern(
    r"^\W*(?:(?:では|じゃあ?|それでは|それなら|なら|あと|また|そして)[、,\s]*|(?:(?:thế|vậy)(?: còn| thì)?|còn|và)\s+)",
    re.IGNORECASE,
)
_ENDS_ELSEWHERE = lazy_pattern(
    r"(?:[にで]?は|の場合は?|については?|に関しては?|の方は)(?:どう(?:です|でしょう)か?)?[?？。\s]*$|\s+(?:thì sao"
    r"|thì thế nào|thế nào|ra sao)\W*$",
    re.IGNORECASE,
)
_PREPOSED_ELSEWHERE = lazy_pattern(
    r"^\W*(?:(?:vào|trong|ở|tại|với|cho|từ|đến|trước|sau|đối với|về)\s+|năm\s+\d)[^?]*\?\W*$"
    r"|^[^?？]{1,20}(?:に|で|と|から|まで|へ|には|では)(?:は)?[?？]\W*$|^[\d年月日]+[?？]$",
    re.IGNORECASE,
)
"""A phrase that says where, when or with whom: 'ở Philippines?', '2021年に？'."""
_ENDS_PREPOSED = lazy_pattern(r"(?:に|で|と|から|まで|へ)(?:は)?[?？]?\W*$")
_PRONOUN_ELSEWHERE = lazy_pattern(
    r"^\W*(?:そ[れのこ]|こ[れのこ]|あれ|彼|同[氏国社]|両[国者])|\b(?:nó|họ|ông ấy|bà ấy|anh ấy|cô ấy"
    r"|(?:điều|việc|cái|khi|lúc|người|nước|nơi) (?:đó|này|ấy)"
    r"|ở đó|tại đó)\b",
    re.IGNORECASE,
)
_MORE_ELSEWHERE = lazy_pattern(r"(?:他|ほか)に[はも]?|もっと|詳しく|続き|\b(?:thêm|khác|nữa|chi tiết)\b", re.IGNORECASE)
PHRASE_ELSEWHERE = 8
"""Most terms of a phrase that leans in these: pieces of words, as kanji and syllables are."""
SHORT = 30
"""Longest question, in characters, that leans because of a pronoun in Japanese or Vietnamese."""
_HIRAGANA = lazy_pattern("[ぁ-ゖ]")


def _leans_elsewhere(query: Query, tongue: Tongue, text: str) -> bool:
    """Whether a question in Japanese or Vietnamese leans on an earlier one."""
    rest = _without_links(text)
    if query.chat or chat_in(rest) or query.foreign or query.fault:
        return False
    own = words(without_asking(tongue, text))
    if not own:
        return any(c.isalnum() for c in text)
    if _PRONOUN_ELSEWHERE.search(text) and len(text) <= SHORT:
        return True
    if _MORE_ELSEWHERE.search(text) and len(set(query.words)) <= 1:
        return True
    is_led = rest != text or _PREPOSED_ELSEWHERE.match(text) is not None
    return is_led and not _HIRAGANA.search(rest) and len(own) <= PHRASE_ELSEWHERE and _is_phrase(rest)


def _names_nothing(query: Query, text: str, own: Sequence[Word]) -> bool:
    """Whether a question says nothing of its subject: 'who signed up', 'how much did Japan put in'.

    It has few telling words, and no name but that of somebody who did it, or on whose behalf.
    """
    telling = [word for word in own if word.term not in LIGHT]
    if not _ASKED.match(text) or (telling and _DEFINED.match(text)) or _IDLE.search(text):
        return False
    named = [word for word in telling if _is_named(query, text[word.start : word.end], word.term)]
    if _MEANT.search(text) and len(telling) <= UNNAMED + 1:
        return True
    if len(named) == 1:
        return (len(telling) == 1 and _OPEN.search(text) is not None) or (
            len(telling) <= UNNAMED and _ON_BEHALF.search(text) is not None
        )
    if not named and _DEFINITE.search(text):
        telling = [word for word in telling if word.term not in query.light]
    return not named and len(telling) <= UNNAMED


def _is_named(query: Query, written: str, term: str) -> bool:
    """Whether a word is a name or a number: written as one, a place, or too rare for a word of English."""
    return (
        term in query.names
        or written[0].isupper()
        or written[0].isdigit()
        or written.lower() in place_words()
        or background().get(term, RAREST) >= COMMON
    )


def _without_links(text: str) -> str:
    """A question without its links to another, such as 'and' or 'what about'."""
    rest = _ENDS_ELSEWHERE.sub("", _LEADS_ELSEWHERE.sub("", _ABOUT.sub("", _LEAD.sub("", _TOO.sub("", text)))))
    return _ENDS_PREPOSED.sub("", rest) if _PREPOSED_ELSEWHERE.match(rest) else rest


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
    filters, ways = earlier.filters, earlier
    earlier = _in_language(ways, query.read_in or query.written_in) or ways
    own = {term: word for term, word in zip(query.terms, query.words, strict=True) if term not in LINKS}
    inherits = _is_phrase(_without_links(query.asked))
    # A phrase asks the same once more, so that its question is not forgotten however often it is.
    most, share = (CARRIED, 1.0) if inherits else (1.0, CARRIED)
    left = _without_replaced(earlier, query, own)
    carried = _carried_terms(left, own, *((most, share) if own else (1.0, 1.0)))
    if not carried:
        return query
    carried_words = {part.term: part.word for part in carried}
    parts = (_asked_without(earlier, left), query.asked) if inherits else (query.asked, *carried_words.values())
    asked = " ".join(parts)
    focus = (earlier if inherits else query).focus
    return query.model_copy(
        update={
            "asked": asked,
            "kind": earlier.kind if inherits else query.kind,
            "terms": (*own, *carried_words),
            "words": (*own.values(), *carried_words.values()),
            "carried": carried,
            "expansions": (*_expansions_of(query, own), *_expansions_of(earlier, carried_words)),
            "groups": tuple(dict.fromkeys((*query.groups, *earlier.groups))),
            "names": query.names.intersection(own) | earlier.names.intersection(carried_words),
            "focus": focus if focus in own or focus in carried_words else None,
            "period": query.period or earlier.period,
            "prefers": query.prefers or (earlier.prefers if inherits else None),
            "filters": query.filters if query.filters.written else filters,
            "inherited": () if query.filters.written else filters.written,
            "earlier": earlier.model_copy(update={"earlier": None}),
            "readings": tuple(_follow_in(ways, reading, asked) for reading in query.readings),
        }
    )


def _follow_in(earlier: Query, reading: Query, asked: str) -> Query:
    """A reading of a question, asked together with an earlier one, with its terms in the same language, if any."""
    reading = reading.model_copy(update={"original": asked})
    same = _in_language(earlier, reading.read_in)
    return follow(same, reading) if same else reading


def _in_language(earlier: Query, language: str | None) -> Query | None:
    """An earlier question in the words of a language: as it was asked, or its reading; None where there is none."""
    ways = (earlier, *earlier.readings)
    return next((way for way in ways if (way.read_in or way.written_in) == language), None)


def _without_replaced(earlier: Query, query: Query, own: Container[str]) -> Query:
    """The earlier question without the period, and the place, in whose stead the later one puts its own.

    A phrase replaces a place ('and Vietnam?'): the only one named before, or one of several, which all count for less.
    """
    gone = earlier.period.terms if earlier.period and query.period else frozenset[str]()
    places = _places_in(earlier)
    if _is_phrase(_without_links(query.asked)) and any(term in own for place in _places_in(query) for term in place):
        replaced = frozenset(term for place in places for term in place)
        if len(places) > 1:
            weights = {term: REPLACED for term in replaced if term not in earlier.light}
            return _without_terms(_at_most(earlier, weights), gone)
        gone |= replaced
    return _without_terms(earlier, gone)


def _without_terms(query: Query, gone: Container[str]) -> Query:
    kept = [(term, word) for term, word in zip(query.terms, query.words, strict=True) if term not in gone]
    return query.model_copy(update={"terms": tuple(t for t, _ in kept), "words": tuple(w for _, w in kept)})


def _asked_without(query: Query, left: Query) -> str:
    """A question as asked without the words, and the prepositions before them, that it has no more."""
    gone = [re.escape(word) for word in query.words if word not in left.words]
    return re.sub(rf"(?:\b{_BEFORE} (?:the )?)?\b(?:{'|'.join(gone)})\b", " ", query.asked) if gone else query.asked


def _at_most(query: Query, weights: Mapping[str, float]) -> Query:
    """A question with terms that weigh at most so much."""
    words = dict(zip(query.terms, query.words, strict=True))
    lower = tuple(
        CarriedTerm(term=term, word=words[term], weight=min(weight, query.weight(term)))
        for term, weight in weights.items()
    )
    others = tuple(carried for carried in query.carried if carried.term not in weights)
    return query.model_copy(update={"carried": (*others, *lower)})


def _places_in(query: Query) -> list[tuple[str, ...]]:
    """The names of countries, peoples and capitals among a question's terms, the longest where they overlap."""
    found, names = query.terms, _place_names()
    places, start = list[tuple[str, ...]](), 0
    while start < len(found):
        ends = range(len(found), start, -1)
        place = next((found[start:end] for end in ends if found[start:end] in names), None)
        # 'anh' is England with a capital alone, and 'pháp' France
        if place and (len(place) > 1 or not query.vietnamese or place[0] in query.names):
            places.append(place)
        start += len(place or " ")
    return places


@cache
def _place_names() -> frozenset[tuple[str, ...]]:
    english = (name_terms(name) for group in place_groups() for name in group)
    regions = [entry for entry in shipped_entries() if entry.kind == "region"]
    japanese = (terms(form) for entry in regions for form in entry.ja if len(form) > 1)
    vietnamese = ([word.term for word in read_words(f, spoken=True).telling] for e in regions for f in e.vi)
    return frozenset(map(tuple, chain(english, japanese, vietnamese))) - {()}


def _expansions_of(query: Query, terms: Container[str]) -> tuple[Expansion, ...]:
    return tuple(expansion for expansion in query.expansions if expansion.term in terms)


def can_be_followed(query: Query) -> bool:
    """Return whether a question has terms that a later question could take over."""
    return bool(query.terms) and not (query.chat or query.foreign or query.fault)


def _telling(carried: CarriedTerm) -> float:
    return carried.weight * rarity(carried.term)


def _carried_terms(earlier: Query, own: Container[str], most: float, share: float) -> tuple[CarriedTerm, ...]:
    """The earlier question's telling terms, but for its links, with a share of their weights, at most so much each."""
    weights = {term: min(most, earlier.weight(term) * share) for term in earlier.terms}
    found = [
        CarriedTerm(term=term, word=word, weight=weights[term])
        for term, word in zip(earlier.terms, earlier.words, strict=True)
        if term not in own and term not in IDLE and weights[term] >= LEAST
    ]
    telling = sorted(found, key=_telling, reverse=True)
    kept = list(dict.fromkeys(carried.word for carried in telling))[:MOST]
    return tuple(carried for carried in found if carried.word in kept)
