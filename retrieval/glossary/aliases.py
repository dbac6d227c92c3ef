"""Names that stand for the same: countries with their people, capitals and codes, offices, organisations, treaties."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

from retrieval.glossary.table import BETWEEN, LANGUAGES, Entry
from retrieval.text.answer_shapes import place_groups
from retrieval.text.terms import terms

TABLE = Path(__file__).parent.parent / "tables" / "aliases.txt"
SYNONYMS = TABLE.with_name("synonyms.txt")
"""The glossary's English vocabulary as terms, so that questions in English need not wait until it is read."""
LONGEST = 5
"""Most terms of a name that is looked for."""


class Alias(NamedTuple):
    """Another name: its terms, and why it stands for the first (`place`, `alias` or `synonym`)."""

    terms: tuple[str, ...]
    why: str


class NameFound(NamedTuple):
    """A name among the terms of a question, with its aliases."""

    terms: tuple[str, ...]
    aliases: tuple[Alias, ...]


Aliases = Mapping[tuple[str, ...], tuple[Alias, ...]]
"""The aliases of each name, as terms."""


def names_in(own: Sequence[str], known: Aliases | None = None) -> Iterator[NameFound]:
    """Yield the names among the terms of a question, each with its aliases, by the shipped table unless by another."""
    known = _aliases() if known is None else known
    for length in range(1, LONGEST + 1):
        for start in range(len(own) - length + 1):
            name = tuple(own[start : start + length])
            if aliases := known.get(name):
                yield NameFound(name, aliases)


def has_aliases(written: str) -> bool:
    """Return whether a word is by itself a name with aliases."""
    return tuple(terms(written)) in _aliases()


def aliases_of(entries: Sequence[Entry]) -> Aliases:
    """Return the aliases that lines of a glossary give: the forms of the same language."""
    return _gather(("alias", _as_terms(entry.forms(language))) for entry in entries for language in LANGUAGES)


@cache
def synonyms() -> Aliases:
    """Return the English words that stand for the same in the lines of vocabulary of the shipped glossary."""
    lines = (line for line in SYNONYMS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return _gather(("synonym", [tuple(form.split()) for form in line.split(BETWEEN)]) for line in lines)


@cache
def _aliases() -> Aliases:
    """The aliases of the shipped table; the closest reason of several."""
    return _gather((why, _as_terms(names)) for why, names in _groups())


def _as_terms(names: Iterable[str]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(form for name in names if (form := tuple(terms(name)))))


def _gather(groups: Iterable[tuple[str, Sequence[tuple[str, ...]]]]) -> Aliases:
    found: defaultdict[tuple[str, ...], dict[tuple[str, ...], str]] = defaultdict(dict)
    for why, forms in groups:
        for one, other in permutations(forms, 2):
            found[one].setdefault(other, why)
    return {name: tuple(Alias(form, why) for form, why in sorted(others.items())) for name, others in found.items()}


def _groups() -> Iterator[tuple[str, Sequence[str]]]:
    """The groups of names with the reason, the closest first."""
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    stated = [(kind, names.split(" | ")) for kind, names in rows]
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
