"""The proof of a brief: its quotes with their places in one record, and the hash of that."""

import hashlib
import json
from collections.abc import Iterable

from prompts.models import Citation
from retrieval.models import Value
from retrieval.patterns import lazy_pattern

NAMESPACE = "urn:policydesk:brief"
"""The namespace of the record in a Word file."""
_IN_COMMENT = lazy_pattern(r"<!-- policydesk-brief (\{[^<>]*\}) -->")


class ProofQuote(Value):
    """A quote of a brief, with its file, place and hash for the check."""

    number: int
    file: str
    line: int
    start: int
    quote: str
    sha256: str | None = None


class ProofRecord(Value):
    """The quotes of a brief, and the library that they are from."""

    library: str  # hash of the articles
    made_on: str
    quotes: tuple[ProofQuote, ...]

    @property
    def hash(self) -> str:
        """The proof: SHA-256 over the record, in hexadecimal."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def text(self) -> str:
        """The record as JSON in one form only, which stands in any comment or script as it is."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")

    def comment(self) -> str:
        """The record as a comment of Markdown and HTML."""
        return f"<!-- policydesk-brief {self.text()} -->"


def proof_record(citations: Iterable[Citation], library: str, made_on: str) -> ProofRecord:
    """Return the record of a brief's quotes."""
    quotes = (
        ProofQuote(number=c.number, file=c.file, line=c.line, start=c.start, quote=c.quote, sha256=c.sha256)
        for c in citations
    )
    return ProofRecord(library=library, made_on=made_on, quotes=tuple(quotes))


def record_in(text: str) -> str | None:
    """Return the JSON of a record that stands as a comment in a text; None where there is none."""
    found = _IN_COMMENT.search(text)
    return found and found[1]
