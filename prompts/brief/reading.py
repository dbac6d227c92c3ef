"""A brief's document read back: its proof record, the quotes as they stand in it, and whether its proof line fits."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from pydantic import ValidationError

from prompts.brief.proof import NAMESPACE, ProofRecord, record_in
from prompts.errors import BriefError
from retrieval.patterns import lazy_pattern

MOST_BYTES = 20_000_000
"""Largest document, and largest part of a Word file, that is read; a brief has a hundredth of it."""
NO_NOTE = 0
"""The number of a reference that leads to no note."""
_HASH = lazy_pattern(r"\b[0-9a-f]{64}\b")
_COMMENT = lazy_pattern(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IN_MARKDOWN = lazy_pattern(r"(?:^> |\| )((?:\\.|[^\\|\n])*?)\[\^(\d{1,6})\]", re.MULTILINE)
_BLOCKQUOTE = lazy_pattern(r"^>.*(?:\n[ \t]*[^\s].*)*", re.MULTILINE)
_LINE_START = lazy_pattern(r"\n[ \t]*>?[ \t]*")
_REFERENCE = lazy_pattern(r"\[\^(\d{1,6})\](?!:)")
_HREF = lazy_pattern(r"#n(\d{1,6})")
_NUMBER = lazy_pattern(r"\d{1,6}")
_ESCAPED = lazy_pattern(r"\\(.)")
_STYLE = "BriefQuote"
_WORDS, _GAPS = qn("w:t"), (qn("w:br"), qn("w:cr"), qn("w:tab"))


class DocumentRead(NamedTuple):
    """A brief's document as read back."""

    record: ProofRecord
    quotes: tuple[tuple[int, str], ...]  # the numbers of their notes, and the words that stand in the document
    notes: frozenset[int]  # the notes that it refers to, those of other articles that say the same with them
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
    is_proven = record.hash in _HASH.findall(shown)
    if ending == "md":
        notes = frozenset(map(int, _REFERENCE.findall(shown)))
        return DocumentRead(record, tuple(_of_markdown(shown)), notes, is_proven)
    # as bytes, of which a first line of XML may say the encoding; nothing but a record is an empty page
    page = document_fromstring((shown.strip() or "<p>").encode(), parser=HTMLParser(encoding="utf-8"))
    references = (_HREF.fullmatch(link.get("href", "")) for link in page.iterfind(".//sup/a"))
    return DocumentRead(record, tuple(_of_html(page)), frozenset(int(r[1]) for r in references if r), is_proven)


def _record(name: str, text: str | None) -> ProofRecord:
    try:
        return ProofRecord.model_validate_json(text or "")
    except ValidationError:
        raise BriefError(
            f"{name} holds no proof record: it is no brief of policydesk, or the program that saved it left the record"
            " out. Check the copy as it was made."
        ) from None


def _of_markdown(text: str) -> Iterator[tuple[int, str]]:
    for quote, number in _IN_MARKDOWN.findall(_BLOCKQUOTE.sub(_in_one_line, text)):
        yield int(number), _ESCAPED.sub(r"\1", quote)


def _in_one_line(quote: re.Match[str]) -> str:
    return _LINE_START.sub(" ", quote[0])


def _of_html(page: HtmlElement) -> Iterator[tuple[int, str]]:
    for each in page.iterfind(".//span[@data-number]"):
        number = each.get("data-number", "")
        if _NUMBER.fullmatch(number):
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
    read = list(_of_word(body))
    quotes = tuple((number, quote) for number, quote in read if quote is not None)
    return DocumentRead(record, quotes, frozenset(number for number, _ in read), record.hash in said)


def _part(package: zipfile.ZipFile, name: str) -> "etree._Element":
    """A part of a Word file, without entities, and no larger than a brief's."""
    if package.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"its part {name} is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    with package.open(name) as part:
        return etree.fromstring(part.read(MOST_BYTES), parser)


def _of_word(body: "etree._Element") -> Iterator[tuple[int, str | None]]:
    """The text before each reference to a note in its paragraph, as far as the quotes' style reaches.

    The number is that of the reference's bookmark: word processors number the notes anew, but keep names. The text is
    None for a further note of a quote.
    """
    for paragraph in body.iter(qn("w:p")):
        texts: list[tuple[bool, str]] = []
        number, is_further = "", False
        for each in paragraph.iter(qn("w:r"), qn("w:bookmarkStart")):
            if each.tag == qn("w:bookmarkStart"):
                number = (each.get(qn("w:name")) or "").removeprefix("note")
                continue
            reference = each.find(qn("w:footnoteReference"))
            if reference is not None:
                is_ours = _NUMBER.fullmatch(number) is not None
                quote = _quote(texts, is_ours=is_ours)
                if quote or is_ours:
                    is_none = is_further and not quote
                    said = number if is_ours else reference.get(qn("w:id"), "")
                    yield int(said) if _NUMBER.fullmatch(said) else NO_NOTE, None if is_none else quote
                    texts.clear()
                number, is_further = "", True
                continue
            style = each.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
            texts.append((style is not None and style.get(qn("w:val")) == _STYLE, _text(each)))


def _quote(texts: list[tuple[bool, str]], *, is_ours: bool) -> str:
    """The text from the first run in the quotes' style to the last; before our own notes all where none kept it."""
    own = [place for place, (is_quote, _) in enumerate(texts) if is_quote] or (range(len(texts)) if is_ours else ())
    return "".join(text for _, text in texts[own[0] : own[-1] + 1]) if own else ""


def _text(run: "etree._Element") -> str:
    return "".join(each.text or "" if each.tag == _WORDS else " " for each in run.iter(_WORDS, *_GAPS))
