"""Lines of CSV files whose cells no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterable

from prompts.markup import clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of a text that a spreadsheet may take for a formula (OWASP, CSV injection), in wide letters too."""


def csv_header(names: Iterable[str]) -> str:
    """Return the first line of a CSV file, with the mark by which spreadsheets know that it is UTF-8."""
    return "\ufeff" + csv_line(names)


def csv_line(cells: Iterable[object]) -> str:
    """Return a line of a CSV file; text that looks like a formula gets an apostrophe before it."""
    line = io.StringIO()
    csv.writer(line).writerow([_guard(cell) for cell in cells])
    return line.getvalue()


def _guard(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = clean(cell)
    return f"'{text}" if cell.startswith(_FORMULA) or text.startswith(_FORMULA) else text
