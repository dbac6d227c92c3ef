"""A brief's document read back: its proof record, the quotes as they stand in it, and whether its proof line fits."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml import etree
from lxml.html import document_fromstring
from pydantic import ValidationError

from prompts.brief.proof import NAMESPACE, ProofRecord, record_in
from prompts.errors import BriefError

MOST_BYTES = 20_000_000
"""Largest document, and largest part of a Word file, that is read; a brief has a hundredth of it."""
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IN_MARKDOWN = re.compile(r"(?:^> |\| )((?:\\.|[^\\|\n])*?) \[\^(\d+)\]", re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")
_STYLE = "BriefQuote"


class DocumentRead(NamedTuple):
    """A brief's document as read back."""

    record: ProofRecord
    quotes: Mapping[int, str]  # as they stand in the document, by the numbers of their notes
    is_proven: bool  # the proof line is the hash of the record


def read_brief_document(name: str, content: bytes) -> DocumentRead:
    """Read a brief's document back.

    Args:
        name: Its file name, which ends in .docx, .md or .html.
        content: Its bytes.

    Raises:
        BriefError: It is no such document, or holds no record.
    """
    if len(content) > MOST_BYTES:
        raise BriefError(f"{name} is larger than any brief.")
    ending = name.lower().rpartition(".")[2]
    if ending == "docx":
        return _word(name, content)
    if ending not in {"md", "html", "htm"}:
        raise BriefError(f"{name} is no brief: name a .docx, .md or .html file that policydesk made.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BriefError(f"{name} is no text in UTF-8, as the briefs of policydesk are.") from None
    record, shown = _record(name, record_in(text)), _COMMENT.sub("", text)
    quotes = _of_markdown(shown) if ending == "md" else _of_html(shown)
    return DocumentRead(record, dict(_first(quotes)), record.hash in _HASH.findall(shown))


def _record(name: str, text: str | None) -> ProofRecord:
    try:
        return ProofRecord.model_validate_json(text or "")
    except ValidationError:
        raise BriefError(
            f"{name} holds no proof record: it is no brief of policydesk, or the program that saved it left the record"
            " out. Check the copy as it was made."
        ) from None


def _first(quotes: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The quotes, of each note the first."""
    seen: set[int] = set()
    for number, quote in quotes:
        if number not in seen:
            seen.add(number)
            yield number, quote


def _of_markdown(text: str) -> Iterator[tuple[int, str]]:
    for quote, number in _IN_MARKDOWN.findall(text):
        yield int(number), _ESCAPED.sub(r"\1", quote)


def _of_html(text: str) -> Iterator[tuple[int, str]]:
    for each in document_fromstring(text).iterfind(".//span[@data-number]"):
        number = each.get("data-number", "")
        if number.isascii() and number.isdigit():
            yield int(number), each.text_content()


def _word(name: str, content: bytes) -> DocumentRead:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            body = _part(package, "word/document.xml")
            parts = [each for each in package.namelist() if each.startswith("customXml/item") and each.endswith(".xml")]
            records = [_part(package, each) for each in parts]
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, ValueError, NotImplementedError, OSError) as error:
        raise BriefError(f"{name} is no Word file that can be read: {error}.") from None
    found = next((each.text for each in records if each.tag == f"{{{NAMESPACE}}}record"), None)
    record = _record(name, found)
    said = "".join(each.text or "" for each in body.iter(qn("w:t")))
    return DocumentRead(record, dict(_first(_of_word(body))), record.hash in said)


def _part(package: zipfile.ZipFile, name: str) -> "etree._Element":
    """A part of a Word file, without entities, and no larger than a brief's."""
    if package.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"its part {name} is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    with package.open(name) as part:
        return etree.fromstring(part.read(MOST_BYTES), parser)


def _of_word(body: "etree._Element") -> Iterator[tuple[int, str]]:
    """The text of the quotes' style before each reference to a note."""
    quote = ""
    for run in body.iter(qn("w:r"), qn("w:p")):
        if run.tag == qn("w:p"):
            quote = ""
            continue
        style = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
        if style is not None and style.get(qn("w:val")) == _STYLE:
            quote += "".join(each.text or "" for each in run.iter(qn("w:t")))
        reference = run.find(qn("w:footnoteReference"))
        if reference is not None and quote:
            yield int(reference.get(qn("w:id"), "0")), quote
            quote = ""
