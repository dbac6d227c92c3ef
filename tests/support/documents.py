"""Documents for tests, made by hand or with the libraries, the smallest that can be; and sending them to the bot."""

import io
import textwrap
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import docx
from docx.oxml import parse_xml

from bot.emulator.objects import Message, User
from bot.emulator.people.people import Conversation

LEADING = 14


class Run(NamedTuple):
    """A piece of text at a place of a page, from the lower left corner, in points."""

    x: float
    y: float
    text: str
    size: float = 11


def pdf(pages: Iterable[Sequence[Run]], *, title: str = "", extra: str = "", compress: bool = True) -> bytes:
    """A PDF of pages of text in Helvetica.

    Args:
        pages: The runs of each page, in the order they are written.
        title: The title in its metadata.
        extra: Further entries of the trailer.
        compress: Whether the pages are packed.
    """
    streams = [b"BT " + b" ".join(map(_shown, runs)) + b" ET" for runs in pages]
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title " + _string(title) + b" >>",
    ]
    for number, content in enumerate(streams):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode(),
            stream(content, compress=compress),
        ]
    return pdf_file(objects, f"/Info 4 0 R {extra}")


def pdf_file(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """A PDF of numbered objects, the first its catalogue."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(
        b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer.encode(), start)
    )
    return out.getvalue()


def stream(content: bytes, entries: str = "", *, compress: bool = True) -> bytes:
    """A stream object."""
    packed = zlib.compress(content) if compress else content
    entries += " /Filter /FlateDecode" if compress else ""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), entries.encode(), packed)


def _shown(run: Run) -> bytes:
    return f"/F1 {run.size:g} Tf 1 0 0 1 {run.x:g} {run.y:g} Tm ".encode() + _string(run.text) + b" Tj"


def _string(text: str) -> bytes:
    content = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(" + content + b")"


def column(lines: Iterable[str], x: float = 72, top: float = 720) -> list[Run]:
    """Lines below each other; an empty one is a gap between paragraphs."""
    runs, y = [], top
    for line in lines:
        if line:
            runs.append(Run(x, y, line))
        y -= LEADING if line else LEADING * 0.6
    return runs


def wrapped(paragraphs: Iterable[str], width: int = 70) -> list[str]:
    """Paragraphs broken into lines, with a gap after each."""
    return [line for paragraph in paragraphs for line in (*textwrap.wrap(paragraph, width), "")]


def word(*paragraphs: str, title: str = "") -> bytes:
    """A Word file of paragraphs; one that begins with '# ' is a heading."""
    document = docx.Document()
    document.core_properties.title = title
    for paragraph in paragraphs:
        if paragraph.startswith("# "):
            document.add_heading(paragraph[2:], 1)
        else:
            document.add_paragraph(paragraph)
    return saved(document)


BEFORE = "Officials of both governments have worked on the safety of the ports for ten years, and call the work useful."
AFTER = "A further round of talks is planned for the spring, when the ministers of both countries meet in the capital."


def web_page(body: str, language: str = "en") -> bytes:
    """A web page of an article: a heading, a paragraph, the body, and another paragraph."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>The ports</title></head>'
        f"<body><article>"
        f"<h1>The ports</h1><p>{BEFORE}</p>{body}<p>{AFTER}</p></article></body></html>"
    ).encode()


WORD_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_USUAL, _OTHER = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
_STRICT = {_USUAL + name + b"/2006/": _OTHER + name + b"/" for name in (b"wordprocessingml", b"officeDocument")}


def word_body(*elements: str, numbering: str = "", styles: str = "") -> bytes:
    """A Word file of paragraphs and tables in their own XML.

    Args:
        elements: What stands in a paragraph each, or a whole table.
        numbering: The lists.
        styles: Styles besides those that python-docx gives.
    """
    document = docx.Document()
    body = document.element.body
    for element in elements:
        whole = element if element.startswith("<w:tbl>") else f"<w:p>{element}</w:p>"
        body.insert(len(body) - 1, parse_xml(whole.replace(">", f" {WORD_NAMES}>", 1)))
    content = saved(document)
    parts = {"word/numbering.xml": f"<w:numbering {WORD_NAMES}>{numbering}</w:numbering>".encode()} if numbering else {}
    if styles:
        parts["word/styles.xml"] = _part(content, "word/styles.xml").replace(
            b"</w:styles>", f"{styles}</w:styles>".encode()
        )
    return repacked(content, parts)


def run(text: str, form: str = "") -> str:
    """A run of a Word file, with its properties."""
    properties = f"<w:rPr>{form}</w:rPr>" if form else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def word_table(*rows: Sequence[Sequence[str]]) -> str:
    """A table of a Word file: rows of cells, each its paragraphs."""
    cells = [
        "".join(f"<w:tc>{''.join(f'<w:p>{run(text)}</w:p>' for text in cell)}</w:tc>" for cell in row) for row in rows
    ]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def strict(document: bytes) -> bytes:
    """A Word file as Word saves it as a Strict document."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for usual, its in _STRICT.items():
        parts = {name: content.replace(usual, its) for name, content in parts.items()}
    return zipped(parts)


def _part(document: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read(name)


def saved(document: "docx.document.Document") -> bytes:
    """The bytes of a Word file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A ZIP archive of parts, packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def repacked(document: bytes, parts: dict[str, bytes]) -> bytes:
    """A ZIP archive with some of its parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | parts)


def files(root: Path) -> list[str]:
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return [name for name in found if name != "energy/a.txt"]


async def send(chat: Conversation, content: bytes, name: str, caption: str = "", sender: User | None = None) -> Message:
    """Send a document and wait for what the bot says to it."""
    return await chat.reply_to(chat.send_document(content, name, None, caption=caption, sender=sender), timeout=60)


async def press(chat: Conversation, message: Message, button: str) -> str:
    """Press a button under a message and wait for what becomes of the message."""
    shown = chat.message(message)
    chat.press(shown, button)
    return (await chat.next_edit(shown, timeout=60)).text or ""
