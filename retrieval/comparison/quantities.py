"""The quantities of a passage: numbers with the nouns that they count, and ranks."""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from retrieval.patterns import lazy_pattern
from retrieval.query.ordinals import ORDINALS
from retrieval.text.terms import terms

_UNITS = {
    **{word: n for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )},
    **{word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)},
}  # fmt: skip
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9, "dozen": 12
}  # fmt: skip
_CURRENCIES = {"$": "dollar", "US$": "dollar", "A$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₫": "dong"}
MONEY = frozenset("dollar euro pound yen dong yuan won rupe peso rubl franc".split())

_WORDS = "|".join(sorted({*_UNITS} - {"zero", "one"}, key=len, reverse=True))
_SCALE_WORDS = r"hundred|thousand|million|billion|trillion|bn\b|dozen\b|m\b(?!\.)"
_NUMBER = lazy_pattern(
    r"(?<![\w.,$€£¥₫/+–-])"
    r"(?:(?P<currency>US\$|A\$|[$€£¥₫])\s?)?"
    rf"(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})++(?:\.\d++)?|\d++(?:\.\d++)?)"
    rf"|(?P<words>(?:\b(?:{_WORDS})\b|\bone(?=[\s-](?:hundred|thousand|million|billion|trillion)))(?:-(?:{_WORDS})\b)?))"
    rf"(?P<scales>(?:[\s-]?(?:{_SCALE_WORDS})(?!\w))*+)"
    r"(?P<share>\s?%|[\s-]per\s?cent\b|[\s-]percentage points?\b)?"
    r"(?![\w/]|[.,:–-]\d|-(?:plus|third|quarter|fifth|way|time)|(?:st|nd|rd|th)\b)",
    re.IGNORECASE,
)
_ORDINAL = lazy_pattern(
    rf"\b(?:(?P<digits>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(ORDINALS)}))\b(?!\s+(?:century|centuries|of\s+[A-Z]))",
    re.IGNORECASE,
)
_RANKED = lazy_pattern(
    r"\b(?:is|are|was|were|be|been|being|become|becomes|became|becoming|rank(?:s|ed)?|placed?|finish(?:ed|es)?|makes?"
    r"|as|mark(?:s|ed|ing)?)\s+(?:[\w’']+\s+)?(?:only\s+|just\s+|also\s+)?(?:the\s+|its\s+|an?\s+|[A-Z][\w’']*\s+)?$"
)
_ABOUT = lazy_pattern(
    r"\b(?:about|around|some|roughly|approximately|approx\.?|circa|an? estimated|estimated at|close to|nearly|almost"
    r"|just (?:over|under)|or so|as many as)\s+(?:the\s+|US)?$",
    re.IGNORECASE,
)
_MORE = lazy_pattern(
    r"\b(?:more than|(?<!hand )(?<!hands )(?<!handed )(?<!handing )(?<!turned )(?<!took )over|at least|above"
    r"|exceed(?:s|ed|ing)?|no (?:less|fewer) than|upwards of|minimum of)\s+$",
    re.IGNORECASE,
)
_LESS = lazy_pattern(r"\b(?:less than|fewer than|under|below|at most|up to|no more than|maximum of)\s+$", re.IGNORECASE)
_YEAR = lazy_pattern(r"1[0-9]\d\d|20\d\d")
_CAPITALISED = lazy_pattern(
    r"\b(?!(?:In|The|At|On|By|From|About|Some|Nearly|Over|With|Of|And|For|To)\b)[A-Z][\w’']*\s+$"
)
_NUMBERED = lazy_pattern(
    r"(?:[Nn]o\.|#|\b(?:[Aa]rticle|page|chapter|age[ds]?|section|season|episode|version|level|part|volume))\s+$"
)
_FOLLOWING = lazy_pattern(r"[^\W\d_][\w’'.-]*|[,;:()]|\d+")
_CHANGE = lazy_pattern(
    r"\b(?:ris(?:e|es|en|ing)|rose|f[ae]ll(?:s|en|ing)?|gr[eo]w(?:s|n|ing)?|(?:in|de)creas\w+|declin\w+|dropp?\w*|gain\w*"
    r"|los[et]\w*|climb\w*|jump\w*|cut|up|down|by|additional|another|further|extra|more)\s+(?:(?:by|an?|nearly|almost|about|around"
    r"|some|more than|over|at least)\s+)*$",
    re.IGNORECASE,
)
REACH = 40
"""How many characters before a number are read for its bound, and after it for its nouns."""
NOUNS = 3
"""How many words after a number may be the nouns that it counts."""
ABOUT = 0.1
"""How far an approximate number may be off, as a share of it."""
BEYOND = 1.5
"""How many times as much 'more than' may stand for: nobody who knows of 31 says 'at least 12'."""
ROUNDED = 0.05
"""How far a number may be off by rounding alone: 2 million may be 2.1, but 1 million not 1.4."""


class Quantity(NamedTuple):
    """A number with the nouns that it counts, and its place in the passage."""

    value: float  # scaled: 1.6 billion is 1.6e9
    step: float  # one more in its last written digit that is not a zero: 1e8 for 1.6 billion
    bound: str  # `=`, `~` for about, `>` for more than, `<` for less than
    unit: str  # of a share, money, an age or a rank; else empty
    change: bool  # by how much a number rose or fell, rather than how much there is
    nouns: tuple[str, ...]  # terms of the words that follow
    start: int
    end: int

    def contradicts(self, other: "Quantity") -> bool | None:
        """Return whether two quantities cannot both be right; None where they measure different things."""
        return not self._is_compatible(other) if self._is_comparable(other) else None

    def _is_comparable(self, other: "Quantity") -> bool:
        """Whether both measure by the same measure: shares, yen, countries."""
        if (self.unit, self.change) != (other.unit, other.change):
            return False
        counted = {*self.nouns[:1], *self.nouns[-1:]} & {*other.nouns[:1], *other.nouns[-1:]}
        if self.unit == "%":
            return bool(counted) or not self.nouns or not other.nouns
        return bool(counted) or self.unit in {"age", *MONEY}

    def _is_compatible(self, other: "Quantity") -> bool:
        """Whether two quantities of the same measure can both be right, each as exact as it is written.

        A rounded number agrees with the one it is rounded from, 'about 20' with all within a tenth of it, 'more than
        2,000' with up to half as much again; two lower bounds agree when they are about the same.
        """
        low, high = sorted((self, other), key=attrgetter("value"))
        apart = high.value - low.value
        if self.unit in {"rank", "age"}:
            return apart == 0
        if low.bound == ">" != high.bound or high.bound == "<" != low.bound:
            return high.value <= BEYOND * low.value
        if self.bound != "=" or other.bound != "=":
            return apart <= ABOUT * high.value
        rounded = low.step != high.step and apart <= min(max(low.step, high.step) / 2, ROUNDED * high.value)
        return apart == 0 or rounded


def find_quantities(text: str) -> list[Quantity]:
    """Return the quantities and ranks of a passage, in order; years, scores and names such as 'Article 9' are none."""
    found = [*filter(None, map(_quantity, _NUMBER.finditer(text))), *_ranks(text)]
    return sorted(found, key=attrgetter("start"))


def _quantity(match: re.Match[str]) -> Quantity | None:
    text, before = match.string, match.string[max(0, match.start() - REACH) : match.start()]
    currency, scales, nouns = match["currency"], match["scales"].lower(), _nouns(match.string, match.end())
    if scales.strip(" -") == "m" and not currency:
        return None  # metres or millions
    if not (currency or scales or match["share"]) and (
        _YEAR.fullmatch(match["digits"] or "")
        or _NUMBERED.search(before)
        or (match["digits"] and not nouns and _CAPITALISED.search(before))
    ):
        return None
    value, step = _value(match)
    for scale in re.findall(r"[a-z]+", scales):
        value, step = value * _SCALES[scale], step * _SCALES[scale]
    unit = "%" if match["share"] else _CURRENCIES[currency.upper()] if currency else ""
    if not unit and nouns and nouns[0] in MONEY:
        unit = nouns[0]
    if re.match(r"-(?:year|month|day|week)s?-old", text[match.end() : match.end() + 14]):
        unit = "age"
    change = bool(_CHANGE.search(_MORE.sub("", before)))
    return Quantity(value, step, _bound(before), unit, change, nouns, match.start(), match.end())


def _value(match: re.Match[str]) -> tuple[float, float]:
    """The number before its scale, and the worth of its last written digit."""
    if match["digits"]:
        digits = match["digits"].replace(",", "")
        return float(digits), 10.0 ** -len(digits.partition(".")[2])
    return float(sum(_UNITS[word] for word in match["words"].lower().split("-"))), 1.0


def _bound(before: str) -> str:
    for bound, cue in (("~", _ABOUT), (">", _MORE), ("<", _LESS)):
        if cue.search(before):
            return bound
    return "="


def _nouns(text: str, end: int) -> tuple[str, ...]:
    """The terms of the words right after a number, up to the next mark or number."""
    found: list[str] = []
    for match in _FOLLOWING.finditer(text, end, end + REACH):
        counted = terms(match.group())
        if not match.group()[0].isalpha() or len(found) == NOUNS or (found and not counted):
            break
        found += counted
    return tuple(found)


def _ranks(text: str) -> Iterator[Quantity]:
    """Ordinals that rank: 'is the 11th country to sign', not 'the second half'."""
    for match in _ORDINAL.finditer(text):
        if not _RANKED.search(text[max(0, match.start() - REACH) : match.start()]):
            continue
        value = float(match["digits"] or ORDINALS[match["word"].lower()])
        yield Quantity(value, 1.0, "=", "rank", False, _nouns(text, match.end()), match.start(), match.end())
