"""Names across scripts: katakana as Latin letters, and names of a library that sound like a name of a question.

Both sides are brought to the sounds that katakana tell apart: トゥオン is Thưởng, ブイ is Bùi, ラッセル is Russell.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from retrieval.glossary.writing import is_english
from retrieval.patterns import lazy_pattern
from retrieval.text.orthography.vietnamese import fold
from retrieval.text.spellings import Spellings

_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォャュョッー"
)
_LETTERS = (
    "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu"
    " yo ra ri ru re ro wa o n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po bu"
    " a i u e o ya yu yo - -"
)
_ROMAJI = dict(zip(_KANA, _LETTERS.split(), strict=True))
_SMALL = frozenset("ァィゥェォャュョ")
_SOUNDS = (
    ("ph", "f"), ("ngh", "n"), ("ng", "n"), ("nh", "n"), ("kh", "k"), ("th", "t"), ("tr", "t"), ("gh", "g"),
    ("ch", "c"), ("sh", "s"), ("ts", "t"), ("tch", "c"), ("ck", "k"), ("qu", "k"), ("x", "s"), ("c", "k"), ("q", "k"),
    ("v", "b"), ("l", "r"), ("w", ""), ("y", "i"), ("f", "h"), ("z", "j"), ("dj", "j"),
)  # fmt: skip
_DOUBLE = lazy_pattern(r"(.)\1+")
_VOWELS = lazy_pattern("[aeiou-]+")
_FILLING = lazy_pattern("(?<=[bdfghjkprst])[ou]$|(?<=[bdfghjkmprst])u(?=[bdfghjkmnprst])")
"""Vowels that katakana put where the name has none: ラッセル, ソン・ド."""
LEAST = 62.0
"""Likeness, of 100, from which a name of the library sounds like one of the question."""
MOST = 3
FEWEST_SOUNDS = 2
WORDS = 1 << 12


def to_latin(katakana: str) -> str:
    """Return katakana as Latin letters, roughly as Hepburn has it."""
    found: list[str] = []
    for kana in katakana:
        sound = _ROMAJI.get(kana, "")
        if kana in _SMALL and found:
            previous = found.pop()
            stem = previous[:-1] if previous[-1:] in "aeiou" else previous
            sound = stem + (sound if not (sound[0] == "y" and stem.endswith(("h", "j"))) else sound[1:])
        found.append(sound.replace("-", ""))
    return "".join(found)


@lru_cache(maxsize=WORDS)
def sounds_of(name: str) -> str:
    """Return the sounds of a name in Latin letters or katakana that both ways of writing tell."""
    text = fold(to_latin(name) if "\u30a1" <= name[:1] <= "\u30ff" else name)
    for written, sound in _SOUNDS:
        text = text.replace(written, sound)
    return _FILLING.sub("", _DOUBLE.sub(r"\1", text))


def skeleton(name: str) -> str:
    """Return the consonants of a name's sounds."""
    return _VOWELS.sub("", sounds_of(name))


class NameLookup:
    """Names of a library by their sound."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings
        self.like = lru_cache(maxsize=WORDS)(self._like)

    @cached_property
    def _latin(self) -> Mapping[str, Sequence[str]]:
        return self._by_skeleton(word for word in self._spellings.words() if _is_latin_name(word))

    @cached_property
    def _katakana(self) -> Mapping[str, Sequence[str]]:
        return self._by_skeleton(word for word in self._spellings.words() if "\u30a1" <= word[0] <= "\u30ff")

    @staticmethod
    def _by_skeleton(words: Iterable[str]) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            found[skeleton(word)].append(word)
        return dict(found)

    def _like(self, name: str) -> tuple[str, ...]:
        """Return the names in the other script that sound most like a name, the likest first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a name of another script needs it

        table = self._latin if "\u30a1" <= name[:1] <= "\u30ff" else self._katakana
        sounds = sounds_of(name)
        if len(sounds) < FEWEST_SOUNDS:
            return ()
        likely = {word: sounds_of(word) for word in table.get(skeleton(name), ())}
        found = process.extract(sounds, likely, scorer=fuzz.ratio, score_cutoff=LEAST, limit=None)
        best = max((score for _, score, _ in found), default=0.0)
        near = sorted((-score, -self._spellings.count(word), word) for _, score, word in found if score >= best - 5)
        return tuple(word for _, _, word in near[:MOST])


def _is_latin_name(word: str) -> bool:
    return word[0].isalpha() and word[0] < "\u0250" and word.isalpha() and not is_english(word)
