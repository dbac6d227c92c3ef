"""Tables in the terminal, in one look for all commands."""

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from prompts.markup import clean

UNBOUNDED = 1_000_000
"""More letters than any line of a table has."""


def new_table(*columns: str, title: str | None = None) -> Table:
    """Return a table without rows, whose cells fold."""
    table = Table(*columns, title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    return table


def add_row(table: Table, *cells: object) -> None:
    """Add a row of plain text: nothing in it is markup, nothing in it can command a terminal."""
    table.add_row(*(Text(clean("" if cell is None else str(cell))) for cell in cells))


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal is; where there is none, whole, with each line as long as it needs."""
    if sys.stdout.isatty():
        Console().print(table)
        return
    console = Console(width=UNBOUNDED)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        print(line.rstrip())  # noqa: T201 - a table's place
