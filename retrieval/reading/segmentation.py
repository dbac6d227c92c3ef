"""A paragraph to its sentences.

nupunkt finds the boundaries in a copy of the paragraph in which full stops that end nothing are masked: those of
abbreviations, initials, legal citations, addresses and markup. Boundaries of marks that it does not know are added, and
pieces that continue the sentence before are put together again.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from retrieval.patterns import lazy_pattern
from retrieval.text.answer_shapes import place_groups

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

Span: TypeAlias = tuple[int, int]
"""Start and end offsets, in code points."""

ABBREVIATIONS = frozenset(
    # titles and ranks
    "adm amb assoc asst atty brig capt cdr cmdr col comdr cpl dr esq fr gen gov h.e hon jr lt m.d maj messrs mlle mme"
    " mr mrs ms p.m.q ph.d pfc pres prof pvt rep reps ret rev sec sen sens sgt spc sr st supt"
    # months and days
    " apr aug dec feb fri jan jul jun mar mon nov oct sep sept thu thur thurs tue tues"
    # organizations and places
    " assn ave bldg blvd bros calif co conn corp d.c dept dist fed ft govt inc intl ltd minn mt mts natl penn pref pte"
    " tenn u.k u.n u.s u.s.a univ wash"
    # Vietnamese
    " gs gs.ts nxb pgs pgs.ts th.s ths tp tr ts ts.kh đt"
    # references and Latin
    " a.m al approx art arts c ca cf ch doc e.g e.o ed eds et est etc fig figs h.r i.e ibid incl l no nos op p p.m para"
    " paras pp pub reg res resp rs s secs seq stat u.s.c v viz vol vols vs"
    " a b c d e f g h i j k l m n o p q r s t u v w x y z".split()
)
"""What a full stop may follow without ending a sentence: the common abbreviations of English reports. nupunkt's own
list was learnt from scanned court papers and holds 'fish', 'century' and 4,000 misread words."""

_BEFORE_NAMES = (
    "adm|amb|asst|atty|brig|capt|cdr|cmdr|col|comdr|cpl|dr|fr|gen|gov|hon|lt|maj|messrs|mlle|mme|mr|mrs|ms|pfc|pres|prof"
    "|pvt|rep|reps|rev|sec|sen|sens|sgt|spc|st|supt|ft|mt|mts|vs|v|cf|e\\.g|i\\.e|viz|approx|ca|tp|ts|gs|pgs|ths"
    "|p?gs\\.ts|th\\.s|ts\\.kh|nxb|đt"
)
"""Abbreviations that never end a sentence: a name or a part of the same sentence follows."""
_BEFORE_NUMBERS = (
    "arts?|ch|doc|figs?|nos?|paras?|pp?|pub|l|reg|res|rs|secs?|stat|vols?|fed|e\\.o|h\\.r|u\\.s\\.c|s"
    "|app|cir|cl|con|cong|proc|pts?|rec|rul|supp|tit|tr"
)
"""Abbreviations that end no sentence where a number, or the next part of the same reference, follows."""
_STARTERS = frozenset(
    "A According After All Also Although Among An And Another Any As At Because Before Between Both But By"
    " Despite During Each Earlier Either Even Every Few First For From Furthermore Given He Her Here His How"
    " However I If In Indeed Instead It Its Last Later Like Many Meanwhile More Moreover Most Much My Neither"
    " Nevertheless No None Nor Not Now Of On Once One Only Or Other Others Our Out Over Perhaps Recently She Since"
    " So Some Soon Still Such Than That The Their Then There These They This Those Though Through Thus To Today"
    " Together Two Under Unlike Until We What When Where Whether Which While Who Why With Without Yes Yet You"
    " Your".split()
)
"""Words of grammar that begin sentences; after an abbreviation that may end one they show that it does."""
_SEATS = frozenset("Washington London Beijing Moscow Tokyo Hanoi Seoul Brussels".split())
"""Capitals, which speak for their governments: another sentence begins with them behind a country's dotted name."""
_STARTERS_AND_TITLES = _STARTERS | {"Mr", "Mrs", "Ms"}
"""What begins sentences behind any abbreviation but another title."""
_COUNTRIES = frozenset({"u.s", "u.k", "u.n", "e.u"})
_FINITE = lazy_pattern(
    r"\S+\s(?:will|would|has|had|is|was|may|can|could|should|must|also|did|[a-z]+ed"
    r"|(?!(?:affairs|forces|interests|relations|sanctions|tensions|ties|troops)\b)[a-z]+(?<![aiosu])s)\b"
)
"""A name and what may be its verb: another country's behind a country's dotted name begins a sentence."""
_NO_MONARCHIES = frozenset({"u.s", "u.n", "e.u"})
_OF_OTHERS = lazy_pattern(r"(?:Prime\sMinister|Chancellor|Emperor|Empress|King|Queen)\b")
"""Offices that belong to none of these."""
_OFFICES = lazy_pattern(r"Under\s[Ss]ecretar|(?:First|Second)\s[A-Z]")
"""Titles behind a country's dotted name that begin with a word of grammar."""
_OF_THE_DISTRICT = frozenset(
    "Bar Circuit Code Council Court Department Mayor Metro National Office Police Public Superior".split()
)
"""Words that 'Washington, D.C.' stands before; behind it any other capital letter begins a sentence."""
_TIME_NAMES = (
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon\b|Tue|Wed|Thu|Fri|Sat|Sun\b|January|February|March|April|May|June|July"
    r"|August|September|October|November|December|Eastern|Pacific|Central|[A-Z]{1,4}T\b|GMT|UTC|local|[A-Z]\w+\stime"
)
_OPENING_MARKS = r"[\"'“”‘’(\[–—-]"

LONG = 500
"""From how many code points without a space on a run is no word."""
_LONG_RUN = lazy_pattern(rf"(?<!\S)\S{{{LONG},}}")
_ADDRESS = lazy_pattern(
    r"\]\([^()\s]*\)?|(?:https?://|www\.)\S+?(?=[\"”’.,;:!?)\]*]*(?:\s|$))|\b[\w.+-]+@[\w.-]+\w|<[/!A-Za-z][^<>]*>|&#?\w+;"
)
_MARK = lazy_pattern(r"[.!?…]")
_LINE_BREAK = lazy_pattern(r"[\n\r\v\f\x85\u2028\u2029]")
_ADDRESS_SIGNS = ("://", "www.", "@", "<", "](", "&")
"""No address, no markup is without one of these; looking for them takes a tenth of the time."""
_STOP = lazy_pattern(r"\.[\"”’)\]*_]*(?:</\w+>[*_]*)*(?=[,;:]*(?P<gap>\s+)(?P<following>\S+(?:\s\S+)?))")
_WORD_BEFORE = lazy_pattern(r"(?<![\w.'’&/°])(?:(?:P?GS\.TS|Th\.S|TS\.KH)|(?:[^\W\d_]\.)*[^\W\d_]+|\d+)$")
LONGEST = 12
"""Longest abbreviation, in code points; what stands before it need not be looked through."""
_NAME_STOP = lazy_pattern(rf"(?:{_BEFORE_NAMES})", re.IGNORECASE)
_NUMBER_STOP = lazy_pattern(rf"(?:{_BEFORE_NUMBERS})", re.IGNORECASE)
_REFERENCE = lazy_pattern(r"[\d§(\[#]|[IVXLC]+\b|[A-Z]/|(?:Reg|L|Supp|Stat|Res|Doc|Rep|Sec|App|No|Con|Rec)\.")
_DOTTED = lazy_pattern(r"(?:[^\W\d_]\.)+[^\W\d_]")
_CAPITAL = lazy_pattern(rf"{_OPENING_MARKS}*([^\W\d_][\w'’-]*)")

_BRACKETED = lazy_pattern(r"「[^「」]{0,300}」|『[^『』]{0,300}』|（[^（）]{0,300}）")
"""Japanese speech, titles and remarks, whose own full stops end nothing but perhaps the last one."""
_GOES_ON = lazy_pattern(r"\s*[とかのなにがをはもで、。]")
_STOP_INSIDE = lazy_pattern(r"[。！？](?!$)")
_OTHER_STOPS = (
    lazy_pattern(r"[。！？](?:[」』）”’]+(?!\s*[とかのなにがをはも、])|(?=\s*[^\s」』）”’]))"),
    lazy_pattern(r"[.!?](?<=[\w\"”’)\]].)[\"”’)]?(?:(?:\[\d{1,3}\])+|[¹²³⁰⁴-⁹]+)(?=\s|$)"),
    lazy_pattern(r"[.!?](?=[\"”’)]?\d)(?:(?<=[^\W\d_].|[)\]%].)|(?<=\b(?:19|20)\d\d.))[\"”’)]?\d{1,2}(?=\s+[A-Z“\"])"),
    lazy_pattern(r"[.!?][”’\"]?\s?(?:</\w+>[*_]*)+(?=\s+[A-Z“\"(])"),
    lazy_pattern(r"[.!?](?:[”\"’)]\d{1,3}|:\d{1,4})(?=\s+[A-Z“\"])"),
    lazy_pattern(
        r"[.!?](?=[”’)]?[A-Z])(?:(?<=[a-zà-öø-ÿ]{3}.)(?<!\bCapt.)(?<!\bProf.)(?<!\bBrig.)(?<!\bSupt.)"
        r"|(?<=\b(?:19|20)\d\d.)|(?<=\b[A-Z]{3}.)|(?<=[A-Z]{2}s.))[”’)]?"
        r"(?=(?:[A-Z][a-z]+|[AI])(?:['’][a-z]+)?,?\s)"
    ),
)
"""Sentence ends that nupunkt does not see: East Asian full stops, stops with a footnote's mark or
a closing tag behind them, stops without a space."""
_OTHER_MARK = lazy_pattern(r"[.!?。！？](?:(?<=[。！？])|[\"”’):]?[\[\d¹²³⁰⁴-⁹]|[”’)]?[A-Z]|[”’\"]?\s?</)")
"""Whether any of these may be there; most texts have none."""
_OPENING = lazy_pattern(r"[\s\"'“”‘’(\[–—*_-]*")
_CONTINUES = lazy_pattern(r"\s*[*_]*(?:[,;:)\]}”’»%]|\([^()!.?]{1,40}\)[,;:]?\s+[a-z]|\([^()!.?]{1,40}\),)")
_ITEM_MARK = lazy_pattern(
    r"(?:<[^<>]*>|[\s*_\"“(\[>])*(?:(?:Section|Sec\b|Article|Art\b|Chapter|Part|Annex|Rule|Title)(?:\s|<[^<>]*>|(?<![\s.])\.)+"
    r"[\dIVXLC]+|(?:[A-Z]{1,4}-)?\d{1,5}(?:\.\d+)*[a-z]?|[IVXLC]+|[A-Za-z]|Sec|Art)(?:</[^<>]*>)?\\?\.(?:<[^<>]*>|[*_)\s])*"
)
"""'Section 1.', 'Sec.', 'IV.', 'EC-31.' at a paragraph's start: the sentence that it counts follows."""
_LONGEST_MARK = 200
_LETTERED = lazy_pattern(r"\s*\((?:[a-z]|[ivx]+)\)\s+[A-Z]")
"""'(a) Each Party', with which a clause begins."""
_SPEAKING = (
    "said|says|asked|asks|told|adds?|added|wrote|writes|replied|noted|declared|warned|continued|insisted|argued|answered"
    "|stressed|wondered|shouted|cried|called|yelled|exclaimed|inquired|responded|remarked|explained|recalled|joked"
    "|demanded|pleaded|concluded|observed|repeated|ordered|tweeted|posted"
)
_ATTRIBUTION = lazy_pattern(
    rf"\s*(?!(?:{'|'.join(sorted(_STARTERS - {'I'}))}|Nobody)\b)(?:[A-Z][\w'’.-]*\s){{1,6}}(?:{_SPEAKING})\b"
)
"""'Senator Ruiz asked': behind a question or a cry inside quotation marks it belongs to it."""
_ASKED = lazy_pattern(r"[?!][”\"’']+\s*$")
_STRAY_END = lazy_pattern(r"(?<=[.!?…。！？\"”’)\]])(?:\s{1,4}[.“‘\"(\[]{1,3}){1,3}$")
STRAY_CHARS = 21
"""How many characters stray marks have at most; what stands before need not be looked through."""
_WORD = lazy_pattern(r"\w")


def sentence_spans(text: str) -> list[Span]:
    """Split a paragraph into sentences.

    Args:
        text: The paragraph, its line breaks included, without list or heading marks.

    Returns:
        Spans of the sentences, in order, without white space or stray marks around them; none of them is empty.
    """
    trimmed = (_trim(text, span) for span in _glue(text, _split(text)))
    return [(start, end) for start, end in trimmed if _WORD.search(text, start, end)]


# --- where sentences end


def _split(text: str) -> Iterator[Span]:
    """The boundaries of nupunkt, of abbreviations that end a sentence, and of marks unknown to nupunkt."""
    masked, stops = _masked(text)
    ends = {end for _, end in _segmenter().span_tokenize(masked)} | stops
    if _OTHER_MARK.search(text):
        found = [match.span() for mark in _OTHER_STOPS for match in mark.finditer(masked)]
        ends -= {place for start, stop in found for place in range(start + 1, stop)}
        ends |= {stop for _, stop in found}
    return pairwise([0, *sorted(ends)])


def _masked(text: str) -> tuple[str, set[int]]:
    """A copy of the same length in which full stops that end no sentence are other signs.

    Returns:
        The copy, and the places behind abbreviations that end a sentence.
    """
    written = text
    if len(text) >= LONG and max(map(len, text.split()), default=0) >= LONG:
        text = _LONG_RUN.sub(_dash_marks, text)  # nupunkt's time is quadratic in '!!!!...'
    if _LINE_BREAK.search(text):
        text = _LINE_BREAK.sub(" ", text)
    if any(sign in text for sign in _ADDRESS_SIGNS):
        text = _ADDRESS.sub(_hold_marks, text)
    if any(bracket in text for bracket in "「『（"):
        text = _BRACKETED.sub(_hold_stops, text)
    pieces, ends, reached = [], set(), 0
    for stop in _STOP.finditer(text):
        found = _WORD_BEFORE.search(text, max(0, stop.start() - LONGEST), stop.start())
        if found is None or not _is_abbreviation(found[0]):
            continue
        if _ends(found[0], stop["following"], apart=_is_apart(written, found, stop)):
            ends.add(stop.end())
        else:
            pieces += [text[reached : found.start()], found[0].replace(".", _MASK), _MASK]
            reached = stop.start() + 1
    return ("".join([*pieces, text[reached:]]) if pieces else text), ends


def _dash_marks(run: re.Match[str]) -> str:
    return _MARK.sub("-", run[0])


def _hold_marks(address: re.Match[str]) -> str:
    return _MARK.sub("_", address[0])


def _hold_stops(bracketed: re.Match[str]) -> str:
    """Brackets and the text in them without its full stops, but for the last one where another sentence follows."""
    within, closing = bracketed[0][:-1], bracketed[0][-1]
    goes_on = _GOES_ON.match(bracketed.string, bracketed.end()) is not None
    return (_ANY_STOP if goes_on else _STOP_INSIDE).sub(_MASK, within) + closing


_ANY_STOP = lazy_pattern("[。！？]")
_MASK = "\u00b7"
_APART = frozenset({"  ", "\u00a0 ", " \u00a0"})
"""Two spaces, which in an author's line, unlike at its end, stand between sentences."""


@lru_cache(maxsize=1 << 12)
def _is_abbreviation(word: str) -> bool:
    """Whether a full stop behind a word may belong to it; an initial's does, and those of letters and numbers."""
    return word.lower() in ABBREVIATIONS or bool(_DOTTED.fullmatch(word)) or bool(_NUMBER_STOP.fullmatch(word))


def _is_apart(text: str, word: re.Match[str], stop: re.Match[str]) -> bool:
    """Whether two spaces are behind the abbreviation, as some authors set sentences, or a city's name before it."""
    if text[slice(*stop.span("gap"))] in _APART:
        return True
    return (
        word[0] == "D.C"
        and text.endswith("Washington, ", 0, word.start())
        and stop["following"].split()[0] not in _OF_THE_DISTRICT
    )


def _ends(word: str, following: str, *, apart: bool) -> bool:
    """Whether the full stop behind an abbreviation or an initial ends a sentence.

    Args:
        word: The abbreviation, without its last full stop.
        following: The two words behind it.
        apart: Whether they are set apart.
    """
    lowered = word.lower()
    if _NAME_STOP.fullmatch(word) or (_NUMBER_STOP.fullmatch(word) and _REFERENCE.match(following)):
        return False
    if lowered in {"a.m", "p.m"}:
        return not re.match(_TIME_NAMES, following) and not following[:1].isdigit() and not following[:1].islower()
    capital = _CAPITAL.match(following)
    if capital is None or capital[1][0].islower():
        return False
    if lowered in _COUNTRIES and _OFFICES.match(following):
        return False
    if (
        capital[1] in (_STARTERS if lowered == "h.e" else _STARTERS_AND_TITLES)
        or lowered == "etc"
        or (lowered in _COUNTRIES and _begins_with_another(lowered, capital[1], following))
        or (len(word) == 1 and word.islower())
        or (apart and len(word) > 1)
    ):
        return True
    return (
        lowered not in ABBREVIATIONS and "." not in word
    )  # 'PT. Lunch', where no number is behind a word of references


def _begins_with_another(country: str, name: str, following: str) -> bool:
    """Whether another country, or an office of another, is spoken of behind a country's dotted name."""
    if name in _SEATS or (country in _NO_MONARCHIES and _OF_OTHERS.match(following)):
        return True
    return bool(_FINITE.match(following)) and name in _country_names()


@cache
def _country_names() -> frozenset[str]:
    return frozenset(names[0] for names in place_groups())


@cache
def _segmenter() -> "PunktSentenceTokenizer":
    import nupunkt  # noqa: PLC0415 - who opens an index divides nothing into sentences

    segmenter = nupunkt.PunktSentenceTokenizer.load(nupunkt.models.get_default_model_path())
    segmenter.parameters.abbrev_types = {*ABBREVIATIONS, "..."}
    return segmenter


# --- what goes on with the sentence before


def _glue(text: str, spans: Iterable[Span]) -> list[Span]:
    """Join a piece that cannot begin a sentence to the piece before."""
    glued: list[Span] = []
    for start, end in spans:
        if glued and (_goes_on(text[glued[-1][0] : glued[-1][1]], text[start:end]) or _is_mark(text, glued)):
            glued[-1] = (glued[-1][0], end)
        else:
            glued.append((start, end))
    return glued


def _goes_on(before: str, piece: str) -> bool:
    if _starts_lower(piece) or not _WORD.search(piece) or _CONTINUES.match(piece):
        return True
    return bool(_ASKED.search(before[-STRAY_CHARS:]) and _ATTRIBUTION.match(piece))


def _is_mark(text: str, before: list[Span]) -> bool:
    return len(before) == 1 and before[0][1] < _LONGEST_MARK and _ITEM_MARK.fullmatch(text, 0, before[0][1]) is not None


def _starts_lower(text: str) -> bool:
    if _LETTERED.match(text):
        return False
    opening = _OPENING.match(text)
    place = opening.end() if opening else 0
    return text[place : place + 1].islower()


def _trim(text: str, span: Span) -> Span:
    start, end = span
    piece = text[start:end].rstrip()
    stray = _STRAY_END.search(piece, max(0, len(piece) - STRAY_CHARS))
    trimmed = piece[: stray.start()] if stray else piece
    return start + len(trimmed) - len(trimmed.lstrip()), start + len(trimmed)
