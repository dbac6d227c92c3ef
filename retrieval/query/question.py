"""A question as asked to a question as read: its kind and its terms."""

import re
import unicodedata
from collections.abc import Container, Sequence, Set
from itertools import chain, islice
from operator import attrgetter

from retrieval.glossary.aliases import NO_ALIASES, Aliases, names_in, proper_names, shipped_aliases, vietnamese_names
from retrieval.models import AgePreference, Kind, Query, SmallTalk
from retrieval.patterns import lazy_pattern
from retrieval.query.asking.tongues import Tongue, acronym_asked, asks_for_office, kind_of, tongue_of, without_asking
from retrieval.query.expansion import Expander
from retrieval.query.focus import asks_for_a_kind_of_thing, focus_of
from retrieval.query.period import period_of
from retrieval.query.recency import age_wanted
from retrieval.query.short_forms import OF_ENGLISH, spell_out, spell_out_vietnamese
from retrieval.text.answer_shapes import place_words
from retrieval.text.languages import scripts_of
from retrieval.text.orthography.japanese import has_kana, is_katakana, kanji_runs, katakana_typed
from retrieval.text.orthography.vietnamese import is_bare_stop_word, is_syllable, lacks_marks
from retrieval.text.rarity import background, rarity
from retrieval.text.terms import Word, read_words, words

FILLERS = frozenset(
    "accord again anyth bit call compar describ els explain exact far give happen kind know list long mani mean mention"
    " much name often old one say show sort state suppos tell type"
    " amid among apart besid despit except per regard toward upon versus via within without".split()
)
"""Terms that say what kind of answer is wanted rather than what about; left out where others remain."""

OF_AGE = frozenset("latest lastest newest nowaday current now recent".split())
"""Terms left out likewise where they ask for the newest reports: people say them, reports seldom do."""


OF_DEFINITION = frozenset({"stand", "defin"})
"""Terms left out likewise where they ask for a definition: 'What does OSA stand for?'."""
OF_LONG_FORM = frozenset("abbrevi acronym form full initi letter long short chu tat viet".split())
"""Terms left out likewise where they ask what an acronym stands for: 'What is CSP short for?'."""
OF_POSITION = frozenset("attitud feel line opinion posit stanc take think view".split())
"""Terms left out likewise where they ask for a position on a matter: 'Hanoi's line on terrorism'."""
OF_OFFICE = frozenset("capac hold job offic posit post role serv titl".split())
"""Terms left out likewise where they ask for the office of a person, which a text names: 'What post does X hold?'."""
_ON_A_MATTER = lazy_pattern(r"\s+(?:on|about|of|towards?|regarding)\b", re.IGNORECASE)
COURTESIES = frozenset("congressman congressmen congresswoman dr madam mr mrs ms mx senat rep sen sir".split())
"""Terms before names that are no part of them."""
_I = lazy_pattern(r"\bI\b")
_NAME_FOLLOWS = lazy_pattern(r"\.?\s+[A-Z]")
NAMED = 11.0
"""Background idf from which on a word of Japanese is most likely a name."""
LIGHTEST = 4.3
"""Background idf below which a word that is no name tells little: 'get', 'going', 'want', 'now', 'people'."""


def read_question(text: str, scripts: Set[str], expander: Expander) -> Query:
    """Read a question: its kind, its distinct terms and their alternatives; stop words alone give no terms.

    Args:
        text: The question as asked.
        scripts: The scripts that the articles are written in.
        expander: Knows the alternatives in the articles to the question's terms.
    """
    plain, tongue = _as_read(text)
    prefers = age_wanted(plain)
    found = _words_of(plain, tongue, prefers, expander)
    kind = kind_of(plain)
    aside = FILLERS | (OF_AGE if prefers else frozenset()) | (OF_DEFINITION if kind is Kind.DEFINITION else frozenset())
    named = _parts_of_names(plain, found)
    aside |= OF_OFFICE if asks_for_office(plain, kind) else frozenset()
    aside |= OF_LONG_FORM if acronym_asked(plain) else frozenset()
    asking = [word for word in found if word.term in aside or _asks_for_position(plain, kind, word)]
    telling = [word for word in found if word not in asking or word in named] or found
    used = scripts_of(plain)
    distinct = _as_typed(plain, telling)
    terms = tuple(dict.fromkeys(word.term for word in telling))
    focus, courtesies = focus_of(plain), _courtesies(plain, tongue, telling)
    names = _names(plain, tongue, telling, has_capitals=_has_capitals(text, tongue)) - courtesies
    return Query(
        text=text,
        asked=plain,
        kind=kind,
        terms=terms,
        words=tuple(distinct[term] for term in terms),
        chat=chat_in(text),
        expansions=tuple(expander.expand(plain, telling, _english(plain, tongue, telling), _names_in(tongue))),
        vietnamese=tongue is Tongue.VIETNAMESE,
        names=names,
        focus=focus if focus in distinct and kind is not Kind.DEFINITION else None,
        foreign=bool(used) and not used & scripts,
        prefers=prefers,
        period=period_of(plain),
        light=courtesies | {term for term in terms if term not in names and _is_light(term, tongue, plain, focus)},
    )


def _as_read(text: str) -> tuple[str, Tongue]:
    """A question with its short forms spelt out and its letters whole, and the language that it is read in."""
    plain = unicodedata.normalize("NFKC" if has_kana(text) else "NFC", text)
    if tongue_of(spell_out_vietnamese(plain, left=OF_ENGLISH)) is Tongue.VIETNAMESE:
        return spell_out_vietnamese(plain), Tongue.VIETNAMESE
    if (tongue := tongue_of(plain)) is not Tongue.ENGLISH:
        return plain, tongue
    plain = spell_out(plain)
    return plain, tongue_of(plain)


def _words_of(plain: str, tongue: Tongue, prefers: AgePreference | None, expander: Expander) -> list[Word]:
    """The words of a question that carry meaning, without mistakes in stop words and without words that only ask."""
    if tongue is Tongue.ENGLISH:
        return [
            word for word in words(plain) if not expander.is_misspelt_stop_word(plain[word.start : word.end], word.term)
        ]
    asked, spoken = without_asking(tongue, plain), tongue is Tongue.VIETNAMESE
    if prefers:
        asked = asked.replace(prefers.because, " " * len(prefers.because))
    found = read_words(asked, spoken=spoken).telling
    if spoken and lacks_marks(plain):
        found = [word for word in found if not is_bare_stop_word(plain[word.start : word.end])] or found
    if tongue is Tongue.JAPANESE:
        typed = (Word(*each) for each in katakana_typed(asked, expander.vocabulary))
        found = sorted([*found, *typed], key=attrgetter("start"))
    return found


def _as_typed(text: str, found: Sequence[Word]) -> dict[str, str]:
    """The words as people typed them, by terms: of Japanese all of the run that a term is a piece of.

    The terms of a run share its text, which may be long: a hostile question is one run of kanji.
    """
    runs, shared = kanji_runs(text), dict[tuple[int, int], str]()
    typed = {}
    for word in reversed(found):
        start, _ = runs.get(word.start, (word.start, 0))
        _, end = runs.get(word.end - 1, (0, word.end))
        typed[word.term] = shared.setdefault((start, end), text[start:end])
    return typed


def _english(text: str, tongue: Tongue, telling: Sequence[Word]) -> Container[Word] | None:
    """The words that may have other spellings and forms as words of English do; None for all."""
    match tongue:
        case Tongue.ENGLISH:
            return None
        case Tongue.JAPANESE:
            return [word for word in telling if text[word.start : word.end].isascii()]
        case Tongue.VIETNAMESE:
            return [word for word in telling if _is_foreign(text[word.start : word.end])]


def _is_foreign(written: str) -> bool:
    """Whether a word of a Vietnamese question is none of Vietnamese: an acronym, or a name of another language."""
    return len(written) > 1 and (written.isupper() or not is_syllable(written))


_PLEASANTRY = r"(?:there|again|bot|all|everyone|policydesk|so much|very much|a lot|you|for that|indeed)"
_ABOUT_THE_BOT = (
    r"(?:who|what) are you|what (?:can|do) you do|what is this(?: bot)?|how do (?:you|i) (?:work|ask)"
    r"|how does this(?: bot)? work|are you (?:a bot|human|an ai)|help(?: me)?"
)
_CHATS = (
    (
        SmallTalk.GREETING,
        r"(?:こんにち[はわ]|こんばん[はわ]|おはよう(?:ございます)?|はじめまして|初めまして|やあ|どうも)+",
    ),
    (
        SmallTalk.GREETING,
        r"(?:xin chào|chào(?: buổi (?:sáng|trưa|chiều|tối))?|alo)(?:\s(?:bạn|anh|chị|em|bot|các bạn|mọi người))*",
    ),
    (
        SmallTalk.THANKS,
        (
            r"(?:どうも)?(?:ありがとう|有難う)(?:ございま(?:す|した))?|感謝します|助かりました|了解(?:です"
            r"|しました)?|わかりました|(?:xin )?c[ảá]m ơn"
            r"(?:\s(?:bạn|anh|chị|em|nhiều|rất nhiều|lắm|nhé|ạ))*|tuyệt(?: vời)?|được rồi"
        ),
    ),
    (
        SmallTalk.ABOUT,
        (
            r"(?:あなた|君|このボット)は(?:誰|だれ|何)(?:ですか|なの)?|何ができ(?:る|ます)(?:の|か)?|使い方(?:は|を教えて(?:ください|下さい)?)?|ヘルプ|助けて"
            r"|bạn là (?:ai|gì)|bạn (?:có thể )?làm (?:được )?gì|(?:cách (?:sử )?dụng|hướng dẫn(?: sử dụng)?"
            r"|trợ giúp|giúp(?: tôi)?(?: với)?)"
        ),
    ),
    (SmallTalk.GREETING, rf"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings)(?:[\s,]+{_PLEASANTRY})*"),
    (SmallTalk.THANKS, rf"(?:thanks|thank you|thx|cheers|many thanks|great|perfect|ok|okay)(?:[\s,]+{_PLEASANTRY})*"),
    (SmallTalk.ABOUT, _ABOUT_THE_BOT),
)
_CHAT_RULES = tuple((chat, lazy_pattern(rf"\W*(?:{pattern})\W*", re.IGNORECASE)) for chat, pattern in _CHATS)


def chat_in(text: str) -> SmallTalk | None:
    """Return the small talk of a message; None for a question."""
    text = unicodedata.normalize("NFC", text)
    return next((chat for chat, rule in _CHAT_RULES if rule.fullmatch(text)), None)


def _names_in(tongue: Tongue) -> Aliases:
    """The aliases of names in a language other than English."""
    return vietnamese_names() if tongue is Tongue.VIETNAMESE else NO_ALIASES


def _asks_for_position(text: str, kind: Kind, word: Word) -> bool:
    """Whether a word says that a position on a matter is asked for."""
    return kind is Kind.POSITION and word.term in OF_POSITION and _ON_A_MATTER.match(text, word.end) is not None


def _courtesies(text: str, tongue: Tongue, telling: Sequence[Word]) -> frozenset[str]:
    """The terms before a name that are no part of it; in 'Hun Sen said', and 'the Senate', there is none."""
    if tongue is Tongue.VIETNAMESE:  # where 'sen' is a lotus
        return frozenset()
    return frozenset(
        word.term
        for word in telling
        if word.term in COURTESIES and (text[word.start].islower() or _NAME_FOLLOWS.match(text, word.end))
    )


def _is_light(term: str, tongue: Tongue, text: str, focus: str | None) -> bool:
    """Whether a term is common in any text, or names only the kind of thing that is asked for."""
    if tongue is Tongue.VIETNAMESE:  # where every syllable is common, and pairs of them tell
        return False
    return rarity(term) < LIGHTEST or (term == focus and asks_for_a_kind_of_thing(text))


def _parts_of_names(text: str, found: Sequence[Word]) -> frozenset[Word]:
    """The words that are written as names, or are part of a known name of several words: 'state' in 'united states'."""
    own = [word.term for word in found]
    known = [set(name) for name in names_in(own, shipped_aliases()) if len(name) > 1]
    return frozenset(
        word for word in found if _is_name(text, word) or any(word.term in name and name <= set(own) for name in known)
    )


def _names(text: str, tongue: Tongue, telling: Sequence[Word], *, has_capitals: bool) -> frozenset[str]:
    """The terms written as numbers or names; in a question typed without capitals, those of places and rare words."""
    if tongue is Tongue.JAPANESE:
        return frozenset(
            word.term
            for word in telling
            if text[word.start].isdigit() or rarity(word.term) >= NAMED or is_katakana(text[word.start : word.end])
        )
    if not has_capitals:
        return _small_names(text, background("vi" if tongue is Tongue.VIETNAMESE else "en"), telling)
    if tongue is Tongue.ENGLISH:
        return frozenset(word.term for word in telling if _is_name(text, word))
    first = frozenset(word.term for word in telling[:1] if _begins_with_name(text, word))
    return first | frozenset(word.term for word in telling if _is_name(text, word))


def _has_capitals(typed: str, tongue: Tongue) -> bool:
    """Whether a question is typed with capitals; the first letter of English tells nothing, nor does its 'I'."""
    if tongue is Tongue.VIETNAMESE:
        return any(c.isupper() for c in typed)
    letters = filter(str.isalpha, _I.sub("", typed))
    return any(c.isupper() for c in islice(letters, 1, None))


def _begins_with_name(text: str, word: Word) -> bool:
    """Whether a Vietnamese question, which mostly begins with its subject, begins with a name: 'Tesla đã làm gì?'."""
    return word.start == 0 and text[0].isupper() and not is_syllable(text[: word.end])


def _small_names(text: str, known: Container[str], telling: Sequence[Word]) -> frozenset[str]:
    places = place_words()
    proper = set(chain.from_iterable(names_in([word.term for word in telling], proper_names())))
    return frozenset(
        word.term
        for word in telling
        if _is_name(text, word)
        or word.term not in known
        or word.term in proper
        or not places.isdisjoint({written := text[word.start : word.end].lower(), written.removesuffix("s")})
    )


def _is_name(text: str, word: Word) -> bool:
    """Whether a word is written as a number, or as a name where that is not only because it is the first."""
    return text[word.start].isdigit() or (word.start > 0 and text[word.start].isupper())
