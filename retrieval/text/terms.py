"""Text to terms: the one tokenizer, for questions and passages alike."""

import threading
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from retrieval.patterns import lazy_pattern
from retrieval.text.orthography import japanese, vietnamese

STOP_WORDS = frozenset(
    # articles, pronouns, prepositions, auxiliaries: how a sentence is built, not what it is about
    "a about all also am an and any are as at be been being but by can could did do does doing done for from had has"
    " have having he her him his i if in into is it its just may me might must my no nor not of off on only or our out"
    " over own s should shall so some such t than that the their them then there these they this those to too under up"
    " us very was we were will with would you your"
    # words that only make a question of the rest
    " how what when where which who whom whose why please tell".split()
)
"""English stop words, the question words among them."""

IRREGULAR = dict(
    pair.split("/")
    for pair in (
        "won/win met/meet held/hold said/say told/tell gave/give given/give took/take taken/take went/go"
        " gone/go made/make led/lead built/build bought/buy sold/sell sent/send spent/spend lost/lose"
        " left/leave began/begin begun/begin became/become came/come saw/see seen/see knew/know known/know"
        " wrote/write written/write spoke/speak spoken/speak fought/fight fell/fall fallen/fall rose/rise"
        " risen/rise grew/grow grown/grow paid/pay kept/keep felt/feel brought/bring thought/think"
        " taught/teach caught/catch drew/draw drawn/draw flew/fly flown/fly ran/run sat/sit stood/stand"
        " struck/strike swore/swear sworn/swear chose/choose chosen/choose broke/break broken/break shot/shoot"
        " sang/sing sung/sing sank/sink sunk/sink stole/steal stolen/steal threw/throw thrown/throw wore/wear"
        " worn/wear meant/mean dealt/deal sought/seek drove/drive driven/drive shook/shake shaken/shake"
        " laid/lay understood/understand withdrew/withdraw withdrawn/withdraw overthrew/overthrow"
        " overthrown/overthrow bore/bear hid/hide hidden/hide forbade/forbid forbidden/forbid"
        " undertook/undertake undertaken/undertake oversaw/oversee got/get gotten/get froze/freeze frozen/freeze"
        " fled/flee lent/lend fed/feed shrank/shrink shrunk/shrink forgot/forget forgotten/forget rebuilt/rebuild"
        " repaid/repay retook/retake upheld/uphold withheld/withhold withstood/withstand arose/arise arisen/arise"
        " swept/sweep stuck/stick eaten/eat blew/blow blown/blow hung/hang torn/tear beaten/beat proven/prove"
        " shown/show misled/mislead foresaw/foresee men/man women/woman children/child"
        " feet/foot larger/large largest/large bigger/big biggest/big higher/high highest/high older/old"
        " oldest/old longer/long longest/long earlier/early earliest/early sale/sell sales/sell loss/lose"
        " losses/lose growth/grow death/die deaths/die dead/die choice/choose choices/choose speech/speak"
        " speeches/speak gift/give gifts/give flight/fly flights/fly belief/believe beliefs/believe"
        " decision/decide decisions/decide recipient/receive recipients/receive receipt/receive"
        " success/succeed response/respond responses/respond strength/strong length/long depth/deep"
        " height/high birth/born"
    ).split()
)
"""Irregular forms, and nouns far from their verbs, that Snowball leaves apart; each with the form it is read as."""

_WORD = lazy_pattern(rf"{japanese.RUN}|(?:(?![{japanese.CHARACTERS}])[^\W_]|[\u0300-\u036f])+")
_LINKED = lazy_pattern(
    r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\b[^\W\d_]\.[^\W\d_]\b(?!\w)"  # U.S., U.S, a.m.
    r"|\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b|\b\d+\.\d+\b"  # 1,500 and 1.5
    # Japan's, don't: sought from where letters begin, as a run of several scripts would be read to its end from each
    r"|(?<![^\W_])(?<![\u0300-\u036f])(?:[^\W_]|[\u0300-\u036f])+(?:['’ʼ](?:[^\W_]|[\u0300-\u036f])+)+"
)
_PLAIN = (
    r"\b[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1ea0-\u1ef9]+(?![^\W_]|[.'’ʼ][\w\u0300-\u036f]|[\u0300-\u036f])"
)
"""Most words; tried first because the other patterns take three times as long, and match the same there."""
TOKEN = lazy_pattern(rf"(?=[\w\u0300-\u036f])(?:{_PLAIN}|{_LINKED.pattern}|{_WORD.pattern})")
"""A word of a text. Looking ahead first spares trying all patterns at every space, which would take more than twice as
long."""
_POSSESSIVE = lazy_pattern(r"['’ʼ]s$")
_UNITED_STATES = frozenset({"US", "U.S.", "U.S", "USA", "U.S.A.", "U.S.A"})
_FOLDED = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})

_stemmer_lock = threading.Lock()


class Word(NamedTuple):
    """A word of a text: its term and its place; `text[start:end]` is the word as written."""

    term: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of a text that carry meaning, in order, each with its term; stop words are left out.

    A term is the English Snowball stem of the word in lower case without diacritics; the possessive is dropped,
    dotted abbreviations lose their dots, numbers their thousands separators. Chinese and Japanese runs give their
    overlapping pairs of characters. 'US' is a name, not a stop word, and so are 'May' and 'WHO' in a text that is not
    all capitals.
    """
    return read_words(text).telling


class Words(NamedTuple):
    """The words of a text: those that carry meaning, and all of them as written, stop words too."""

    telling: list[Word]
    written: list[str]


def read_words(text: str, *, spoken: bool | None = None) -> Words:
    """Return all words of a text; see `words` for those that carry meaning.

    Compatibility forms are read as the letters that they stand for (NFKC): half-width kana, full-width Latin letters,
    radicals that a PDF draws for characters, letters with their marks apart.

    Args:
        text: The text.
        spoken: Whether it is Vietnamese; None to tell by its marks.
    """
    plain = normalise(text)
    found = _read_plain(plain, spoken=vietnamese.is_vietnamese(plain) if spoken is None else spoken)
    if len(plain) == len(text):
        return found
    spans = [cluster.span() for cluster in _CLUSTER.finditer(text) for _ in normalise(cluster[0])]
    placed = [Word(term, spans[start][0], spans[end - 1][1]) for term, start, end in found.telling]
    return found._replace(telling=placed)


def normalise(text: str) -> str:
    """Return a text as its words are read: in NFKC (Unicode Standard Annex 15), with one form of what has two."""
    return text if text.isascii() else vietnamese.placed(japanese.modern(unicodedata.normalize("NFKC", text)))


_CLUSTER = lazy_pattern("(?s:.)[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
"""A letter with the marks that it is composed with."""


def _read_plain(text: str, *, spoken: bool) -> Words:
    shouting = text.isupper()
    telling: list[Word] = []
    all_written: list[str] = []
    for match in TOKEN.finditer(text):
        written = match[0]
        all_written.append(written)
        term, may_stop = vietnamese_term(written) if spoken else _term(written)
        if term:
            if not may_stop or (not shouting and is_name(written, match.start())):
                telling.append(Word(term, *match.span()))
        elif term is None:
            start = match.start()
            telling += [Word(piece, start + first, start + end) for piece, first, end in japanese.pieces(written)]
    return Words(telling, all_written)


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order and with repetitions."""
    return [word.term for word in words(text)]


@lru_cache(maxsize=1 << 12)  # three kilobytes each
def passage_words(text: str) -> tuple[Word, ...]:
    """Return the words of a passage; those of passages found often are remembered."""
    return tuple(words(text))


@lru_cache(maxsize=1 << 13)
def term_set(text: str) -> frozenset[str]:
    """Return the distinct terms of a passage; those of passages found often are remembered."""
    return frozenset(word.term for word in passage_words(text))


def form_terms(written: str, *, spoken: bool = False) -> tuple[tuple[str, ...], bool]:
    """Return the terms of a word as written, in a Vietnamese text or not, and whether it tells only as a name."""
    term, may_stop = vietnamese_term(written) if spoken else _term(written)
    if term is None:
        return tuple(piece for piece, _, _ in japanese.pieces(written)), False
    return (term,) if term else (), may_stop


@lru_cache(maxsize=1 << 16)
def vietnamese_term(written: str) -> tuple[str | None, bool]:
    """Return the term of a word of a Vietnamese text, as `_term` does: English stop words and stems are none there."""
    if not vietnamese.is_syllable(written):
        return _term(written)
    return "" if vietnamese.is_stop_word(written) else vietnamese.fold(written), False


def is_name(written: str, start: int) -> bool:
    """Return whether a word that looks like a stop word is written as a name: 'WHO', or 'May' inside a sentence."""
    bare = _POSSESSIVE.sub("", written)
    return (len(bare) > 1 and bare.isupper()) or (start > 0 and bare == "May")


@lru_cache(maxsize=1 << 17)
def _term(written: str) -> tuple[str | None, bool]:
    """Return the term of a word, and whether it is a stop word unless it is a name.

    The term is empty for a stop word that cannot be a name, and None for a run of Chinese or Japanese characters, which
    is no one term.
    """
    if japanese.is_japanese(written):
        return None, False
    if _POSSESSIVE.sub("", written) in _UNITED_STATES:
        return "usa", False
    folded = unicodedata.normalize("NFKD", written).lower().translate(_FOLDED)
    plain = "".join(c for c in folded if not "\u0300" <= c <= "\u036f").replace("’", "'").replace("ʼ", "'")
    plain = unicodedata.normalize("NFKC", plain)
    if plain[:1].isdigit():
        return plain.replace(",", "").removesuffix("'s"), False
    whole = plain.replace(".", "")
    if whole.endswith("'s"):
        whole = whole[:-2]
    whole = whole.replace("'", "")
    stops = whole in STOP_WORDS and not vietnamese.is_marked(written)
    return "" if stops and written.islower() else _stem(IRREGULAR.get(whole, whole)), stops


def _stem(word: str) -> str:
    with _stemmer_lock:  # a Snowball stemmer keeps its state between calls
        return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)
