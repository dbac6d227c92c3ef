"""Names that stand for the same: countries with their people, capitals and codes, offices, organisations, treaties."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from retrieval.glossary.name_terms import name_terms
from retrieval.glossary.table import BETWEEN, LANGUAGES, NAMING, Entry, shipped_entries
from retrieval.text.answer_shapes import place_groups
from retrieval.text.terms import terms

TABLE = Path(__file__).parent.parent / "tables" / "aliases.txt"
SYNONYMS = TABLE.with_name("synonyms.txt")
"""The glossary's English vocabulary as terms, so that questions in English need not wait until it is read."""
LONGEST = 5
"""Most terms of a name that is looked for."""


Name: TypeAlias = tuple[str, ...]
"""The terms of a name."""


class Alias(NamedTuple):
    """Another name: its terms, and why it stands for the first (`place`, `alias` or `synonym`)."""

    terms: Name
    why: str


class Aliases:
    """The aliases of names, by groups of names that stand for the same; those of a name are gathered when asked for."""

    def __init__(self, groups: Iterable[tuple[str, Sequence[Name]]]) -> None:
        """Take groups, the closest reason first, each with its reason and its names, each once."""
        self._groups: defaultdict[Name, list[tuple[str, Sequence[Name]]]] = defaultdict(list)
        for group in groups:
            for name in group[1] if len(group[1]) > 1 else ():
                self._groups[name].append(group)
        self.beginnings = frozenset(name[0] for name in self._groups if name)

    def __contains__(self, name: Name) -> bool:
        return name in self._groups

    def of(self, name: Name) -> tuple[Alias, ...]:
        """Return the aliases of a name that has any, in order, each for the closest reason."""
        found: dict[Name, str] = {}
        for why, names in self._groups[name]:
            for other in names:
                found.setdefault(other, why)
        return tuple(Alias(other, why) for other, why in sorted(found.items()) if other != name)


NO_ALIASES = Aliases(())


def names_in(own: Sequence[str], known: Aliases) -> Iterator[Name]:
    """Yield the names with aliases among the terms of a question, the shortest first."""
    starts = [start for start, term in enumerate(own) if term in known.beginnings]
    for length in range(1, LONGEST + 1):
        for start in starts:
            if start + length > len(own):
                break
            if (name := tuple(own[start : start + length])) in known:
                yield name


@cache
def proper_names() -> Aliases:
    """Return the names of states, places, organisations and treaties: 'un', 'png', 'north korea'."""
    stated = [_as_terms(names) for kind, names in read_aliases() if kind in {"state", "organisation", "treaty"}]
    places = [[name for name in _as_terms(group) if len(name) > 1] for group in place_groups()]
    return Aliases(("alias", names) for names in stated + places)


def has_aliases(written: str) -> bool:
    """Return whether a word is by itself a name with aliases."""
    return tuple(terms(written)) in shipped_aliases()


def aliases_of(entries: Sequence[Entry]) -> Aliases:
    """Return the aliases that lines of a glossary give: the forms of the same language."""
    return Aliases(("alias", _as_terms(entry.forms(language))) for entry in entries for language in LANGUAGES)


@cache
def vietnamese_names() -> Aliases:
    """Return the forms of a name in Vietnamese texts: 'Mỹ' and 'Hoa Kỳ', 'Băng Cốc' and 'Bangkok'."""
    named = NAMING | {"organisation", "treaty"}
    return Aliases(
        ("alias", _as_terms((*entry.vi, *(entry.en if entry.kind == "place" else ()))))
        for entry in shipped_entries()
        if entry.kind in named
    )


@cache
def synonyms() -> Aliases:
    """Return the English words that stand for the same in the lines of vocabulary of the shipped glossary."""
    lines = (line for line in SYNONYMS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return Aliases(
        ("synonym", list(dict.fromkeys(tuple(form.split()) for form in line.split(BETWEEN)))) for line in lines
    )


@cache
def shipped_aliases() -> Aliases:
    """Return the aliases of the shipped table."""
    return Aliases((why, _as_terms(names)) for why, names in _groups())


def _as_terms(names: Iterable[str]) -> list[Name]:
    return list(dict.fromkeys(form for name in names if (form := name_terms(name))))


def read_aliases() -> list[tuple[str, Sequence[str]]]:
    """Return the groups of the shipped table of aliases, each with its kind."""
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(kind, names.split(BETWEEN)) for kind, names in rows]


def _groups() -> Iterator[tuple[str, Sequence[str]]]:
    """The groups of names with the reason, the closest first."""
    stated = read_aliases()
    for kind, names in stated:
        if kind not in {"seat", "word"}:
            yield "alias", names
    states = {names[0]: names for kind, names in stated if kind == "state"}
    for group in place_groups():
        yield "place", list(dict.fromkeys((*group, *states.get(group[0], ()))))
    for kind, names in stated:
        if kind == "seat":
            yield "place", list(dict.fromkeys((*names, *states.get(names[0], ()))))
        elif kind == "word":
            yield "synonym", names
