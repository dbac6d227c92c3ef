"""The check of a brief's document in the terminal."""

from bot.briefs.check import DocumentCheck
from bot.cli.output.record_tables import verification_tables


def document_tables(check: DocumentCheck) -> None:
    """Print the state of a brief's quotes, and whether the document is as it was made."""
    verification_tables(check.quotes)
    proof = "fits its quotes" if check.is_proven else "does not fit its quotes: the document was changed"
    print(f"Proof line: {proof}")  # noqa: T201 - a table's place
    told = {"Changed in the document, or added to it": check.altered, "Deleted from the document": check.missing}
    for heading, numbers in told.items():
        if numbers:
            print(f"{heading}: {', '.join(map(str, numbers))}")  # noqa: T201 - a table's place
