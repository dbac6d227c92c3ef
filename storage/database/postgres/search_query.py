"""Searches in SQLite's full-text syntax as queries of PostgreSQL: words, phrases, beginnings, AND, OR, NOT, columns."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from retrieval.patterns import lazy_pattern
from storage.errors import SearchSyntaxError

COLUMNS = {"question": "A", "reply": "B"}
"""The weights that stand for the columns of the full-text index."""
LONGEST_WORD = 2_000
"""Bytes of a word; PostgreSQL indexes none that is longer."""

_TOKEN = lazy_pattern(r'\s*("(?:[^"]|"")*"|[\w\x1a\u0080-\U0010ffff]+|\S)')
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030-\u303f"
)
_MARKS = r"\u0300-\u036f"
WORDS_OF = rf"""create or replace function words_of(text) returns tsvector language sql immutable strict as $body$
    select to_tsvector('pg_catalog.simple', regexp_replace(
        regexp_replace(normalize($1, NFD) collate "C", '[{_MARKS}]+', '', 'g'), '[{_SEPARATORS}]+', ' ', 'g'))
$body$"""
"""The words of a text without marks and in small letters, as `_words` takes them out of a search."""


def tsquery(search: str) -> str:
    """A search as PostgreSQL writes queries (tsquery).

    Raises:
        SearchSyntaxError: It cannot be read.
    """
    return _SearchReader(search).read()


class _SearchReader:
    """Reads a search: OR binds least, then AND, then NOT, and words beside each other most."""

    def __init__(self, search: str) -> None:
        self._tokens = [found[1] for found in _TOKEN.finditer(search.strip())]
        self._column = ""

    def read(self) -> str:
        """The whole search."""
        query = self._either()
        if self._tokens:
            raise SearchSyntaxError(f'syntax error near "{self._tokens[0]}"')
        return query

    def _either(self) -> str:
        return _combine(" | ", self._operands("OR", self._both))

    def _both(self) -> str:
        return _combine(" & ", self._operands("AND", self._without))

    def _without(self) -> str:
        return _combine(" & !", self._operands("NOT", self._together))

    def _operands(self, operator: str, operand: Callable[[], str]) -> Iterator[str]:
        yield operand()
        while self._takes(operator):
            yield operand()

    def _together(self) -> str:
        if self._tokens[:1] == ["("]:
            return self._inner()
        if (column := self._column_next()) and self._tokens[:1] == ["("]:
            return self._within(column, self._inner)
        parts = [self._within(column, self._phrase)]
        while self._tokens and self._tokens[0] not in {*_OPERATORS, "(", ")"}:
            parts.append(self._within(self._column_next(), self._phrase))
        return _combine(" & ", parts)

    def _inner(self) -> str:
        self._takes("(")
        inner = self._either()
        if not self._takes(")"):
            raise SearchSyntaxError("a parenthesis is not closed")
        return inner

    def _column_next(self) -> str:
        """The weight of the column that the next words are looked for in; empty for any."""
        if self._tokens[1:2] != [":"]:
            return ""
        name = self._tokens[0].strip('"').lower()
        if name not in COLUMNS:
            raise SearchSyntaxError(f"no such column: {name}")
        del self._tokens[:2]
        return COLUMNS[name]

    def _within(self, column: str, part: Callable[[], str]) -> str:
        before, self._column = self._column, column or self._column
        read = part()
        self._column = before
        return read

    def _phrase(self) -> str:
        lexemes = self._lexemes()
        while self._takes("+"):
            lexemes += self._lexemes()
        return _combine(" <-> ", lexemes)

    def _lexemes(self) -> list[str]:
        """The next string's words, of which the last may be a beginning."""
        lexemes = [f"{word}:{self._column}" for word in _words(self._next())]
        if self._takes("*") and lexemes:
            lexemes[-1] += "*"
        return [lexeme.removesuffix(":") for lexeme in lexemes]

    def _next(self) -> str:
        """The next word or phrase."""
        token = self._tokens.pop(0) if self._tokens else ""
        if token in _OPERATORS or not (
            (len(token) > 1 and token[0] == '"') or re.match(r"[\w\x1a\u0080-\U0010ffff]", token)
        ):
            raise SearchSyntaxError(f'syntax error near "{token}"')
        return token

    def _takes(self, token: str) -> bool:
        is_next = self._tokens[:1] == [token]
        if is_next:
            del self._tokens[0]
        return is_next


def _combine(operator: str, parts: Iterator[str] | list[str]) -> str:
    """Parts joined in parentheses, without those that hold no word."""
    held = [part for part in parts if part]
    return held[0] if len(held) == 1 else f"({operator.join(held)})" if held else ""


def _words(written: str) -> list[str]:
    """The words of a string or bareword as lexemes."""
    text = written[1:-1].replace('""', '"') if written.startswith('"') else written
    bare = re.sub(f"[{_MARKS}]+", "", unicodedata.normalize("NFD", text)).lower()
    words = re.sub(f"[{_SEPARATORS}]+", " ", bare).split()
    if any(len(word.encode()) > LONGEST_WORD for word in words):
        raise SearchSyntaxError("a word is too long")
    return [f"'{word}'".replace("\\", "\\\\") for word in words]
