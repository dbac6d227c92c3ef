"""Builds `derivations.txt`, `unrelated.txt`, `synonyms.txt` and `name_terms.txt` in `retrieval/tables/`.

`python -m retrieval.training.build_related_words FOLDER`: the folder holds the files of WordNet 3.0 (Princeton
University; its licence is in the table), as in Debian's wordnet-base; synonyms are those of the shipped glossary.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, combinations, product
from pathlib import Path
from typing import NamedTuple

from retrieval.glossary.aliases import SYNONYMS, read_aliases
from retrieval.glossary.name_terms import NAME_TERMS
from retrieval.glossary.table import BETWEEN, Entry, shipped_entries
from retrieval.query.expansion import DERIVATIONS, PREFIX, UNRELATED, share_beginning
from retrieval.text.answer_shapes import place_groups
from retrieval.text.rarity import background
from retrieval.text.terms import terms

PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
"""The parts of speech by their letter in WordNet, and by the ending of their file."""
DERIVED = {"+", "\\"}
"""The pointers to words that a word is derived from, or that are derived from it."""
AKIN = DERIVED | {"<", "&", "!"}
"""These, and the pointers of participles to verbs, to similar words and to opposites."""
COMPOUND = 4
"""Least letters of a word that makes a compound with the word before it: 'night', 'nightclub'."""
LONG, ENDINGS = 6, frozenset("an ian al ar en er ic if ifi ist iz li or ri th".split())
"""Least letters of a stem of which these endings make a form, in WordNet or not: 'library', 'librarian'."""
SENSES = 2
"""In how many senses two stems are derived from each other at least; once is often another word of the same letters."""
LEFT_OUT = frozenset("fuck shit wank crap sawyer port wait".split())
"""Stems whose only pairs are rude, or are of another sense: 'porter', 'waiter'."""
SOURCE = """\
# Source: WordNet 3.0, Copyright 2006 by Princeton University. All rights reserved. Permission to use, copy, modify and
# distribute its data for any purpose and without fee or royalty is granted by the WordNet 3.0 licence, under which
# they are provided "as is" and without any warranty; Princeton University holds the title to its copyright.
"""
HEAD = f"""\
# English stems that are derived from each other and share too short a beginning to be seen as forms of one word.
{SOURCE}"""
UNRELATED_HEAD = f"""\
# English stems that share their beginning and are no forms of one word: WordNet derives neither from the other.
{SOURCE}"""
SYNONYMS_HEAD = """\
# English words that stand for the same, as terms: the vocabulary of glossary.tsv with more than one English form.
"""
NAMES_HEAD = """\
# The names of places.json and aliases.txt, each with its terms.
"""
VOCABULARY = frozenset({"term", "word"})
"""The kinds of the glossary's lines whose forms are no names."""


class Synset(NamedTuple):
    """The words of one sense, and its pointers: their sign, from which word, to which part of speech, sense and word.

    A pointer from or to word 0 is one of all words.
    """

    words: list[str]
    pointers: list[tuple[str, int, str, str, int]]


Synsets = dict[tuple[str, str], Synset]
"""Senses by the letter of their part of speech and their place in its file."""


def main(folder: Path) -> None:
    """Write the tables, those of derivations from the files of a folder."""
    synsets = _synsets(folder)
    _write_pairs(DERIVATIONS, HEAD, _pairs(synsets))
    _write_pairs(UNRELATED, UNRELATED_HEAD, _unrelated(synsets))
    SYNONYMS.write_text(english_vocabulary(shipped_entries()), encoding="utf-8")
    NAME_TERMS.write_text(names_as_terms(), encoding="utf-8")


def _write_pairs(path: Path, head: str, pairs: Iterable[tuple[str, str]]) -> None:
    path.write_text(head + "".join(f"{one} {other}\n" for one, other in pairs), encoding="utf-8")


def english_vocabulary(entries: Iterable[Entry]) -> str:
    """Return the table of synonyms: of each line of vocabulary with several English forms, these as terms."""
    groups = (
        dict.fromkeys(" ".join(terms(form)) for form in entry.en) for entry in entries if entry.kind in VOCABULARY
    )
    return SYNONYMS_HEAD + "".join(f"{BETWEEN.join(forms)}\n" for forms in groups if len(forms) > 1 and all(forms))


def names_as_terms() -> str:
    """Return the table of the names of places and aliases, each with its terms."""
    names = chain(chain.from_iterable(place_groups()), chain.from_iterable(names for _, names in read_aliases()))
    return NAMES_HEAD + "".join(f"{name}\t{' '.join(terms(name))}\n" for name in sorted(set(names)))


def _pairs(synsets: Synsets) -> list[tuple[str, str]]:
    counts = Counter(_derived(synsets))
    return sorted(pair for pair, count in counts.items() if count >= SENSES and _is_new(*pair))


def _is_new(one: str, other: str) -> bool:
    known = {one, other} <= background().keys() and not LEFT_OUT & {one, other}
    return known and one != other and not share_beginning(one, other)


def _unrelated(synsets: Synsets) -> list[tuple[str, str]]:
    """The pairs of stems with a common beginning that are more than two WordNet steps apart."""
    akin = _akin(synsets)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for stem in sorted(background().keys() & akin.keys()):
        alike[stem[:PREFIX]].append(stem)
    return [
        (one, other)
        for stems in alike.values()
        for one, other in combinations(stems, 2)
        if share_beginning(one, other) and not _belong_together(one, other, akin)
    ]


def _belong_together(one: str, other: str, akin: Mapping[str, set[str]]) -> bool:
    rest = other.removeprefix(one)
    is_compound = COMPOUND <= len(rest) < len(other) and rest in background()
    is_longer = len(one) >= LONG and rest in ENDINGS
    return is_compound or is_longer or other in akin[one] or bool(akin[one] & akin[other])


def _akin(synsets: Synsets) -> Mapping[str, set[str]]:
    """For each stem, the stems of the same synsets and of the synsets which its pointers lead to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for synset in synsets.values():
        pairs = [*product(synset.words, synset.words)]
        for sign, word, part, offset, other in synset.pointers:
            if sign in AKIN:
                pairs += product(_words(synset, word), _words(synsets[part, offset], other))
        for one, two in pairs:
            if (first := _stem(one)) and (second := _stem(two)):
                found[first].add(second)
                found[second].add(first)
    return found


def _words(synset: Synset, number: int) -> list[str]:
    return [synset.words[number - 1]] if number else synset.words


def _synsets(folder: Path) -> Synsets:
    return {
        (letter, line.split(" ", 1)[0]): _synset(line.split(" | ")[0].split(" "))
        for letter, part in PARTS.items()
        for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines()
        if not line.startswith(" ")
    }


def _synset(fields: list[str]) -> Synset:
    """Read a line of WordNet's data files: offset, file, part, count of words, words, count of pointers, pointers."""
    pointers = 4 + 2 * int(fields[3], 16)
    words = [word.split("(")[0].lower() for word in fields[4:pointers:2]]
    starts = range(pointers + 1, pointers + 1 + 4 * int(fields[pointers]), 4)
    return Synset(words, [_pointer(*fields[start : start + 4]) for start in starts if fields[start] in AKIN])


def _pointer(sign: str, offset: str, part: str, ends: str) -> tuple[str, int, str, str, int]:
    return sign, int(ends[:2], 16), part.replace("s", "a"), offset, int(ends[2:], 16)


def _derived(synsets: Synsets) -> Iterator[tuple[str, str]]:
    """The stems of words derived from each other, in order; a pair once for each sense and direction."""
    for synset in synsets.values():
        for sign, word, part, offset, other in synset.pointers:
            one, two = _stem(synset.words[word - 1]), _stem(synsets[part, offset].words[other - 1])
            if sign in DERIVED and word and one and two:
                yield min(one, two), max(one, two)


@cache
def _stem(word: str) -> str | None:
    found = terms(word)
    return found[0] if len(found) == 1 and word.isalpha() else None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
