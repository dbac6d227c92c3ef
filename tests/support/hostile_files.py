"""Files that somebody might send to break the desk, each with what is to be said of it; and a pass that sends them.

`python -m tests.support.hostile_files FOLDER 0` (or 1) reads every second one, keeps in FOLDER what can be read, and prints a
report as JSON: what was said of each, and the most memory that this process and its largest child have had together.
"""

import gzip
import io
import json
import random
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter

from retrieval.documents.models import ReadingLimits
from retrieval.documents.reader import read_document
from retrieval.documents.store import keep
from retrieval.errors import DocumentError
from tests.support.documents import (
    Run,
    column,
    pdf,
    pdf_file,
    repacked,
    run,
    stream,
    strict,
    word,
    word_body,
    wrapped,
    zipped,
)

SHORT = ReadingLimits(seconds=3)
"""For files that are built to take long: what is said of them does not depend on how long they are given."""
READS = ""
"""Said of a file that is odd, but can be read: it may land."""
SENTENCE = "The minister signed the accord in Hanoi on Monday, after long talks with the government there. "
PAGE = column(wrapped([SENTENCE * 3]))
MARK = "nested too deeply|damaged|takes too much memory|takes longer|reader ended|no text|no article"
"""What may be said of a file that is built to exhaust a reader, whichever limit it meets first."""
EXHAUSTING = f"{MARK}|^$|larger than|without the end of a sentence"
"""What may be said of one that can be read where there is time for it."""


class Hostile(NamedTuple):
    """A file to send, how its bytes are made, and a pattern of what is said of it."""

    name: str
    make: Callable[[], bytes]
    said: str


# --- PDF

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def page_of(content: bytes, *more: bytes, pages: bytes = b"", resources: bytes = b"") -> bytes:
    """A PDF of one page whose content stream is object 4."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> "
    tree = pages or b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf_file([CATALOG, tree, page + resources + b" >> >>", content, FONT, *more])


def packed(piece: bytes, count: int = 1, times: int = 1, entries: str = "") -> bytes:
    """A stream of a piece many times over, packed several times over."""
    packer = zlib.compressobj(9)
    many = piece * 1_000
    parts = [packer.compress(many) for _ in range(count // 1_000)]
    content = b"".join([*parts, packer.compress(piece * (count % 1_000)), packer.flush()])
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    filters = " ".join(["/FlateDecode"] * times)
    return stream(content, f"/Filter [{filters}] {entries}", compress=False)


def encrypted(content: bytes) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def aes_encrypted() -> bytes:
    password = "00" * 48
    entries = f"/Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{password}> /U <{password}> /OE <{password[:64]}>"
    crypt = "/CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen >> >> /StmF /StdCF /StrF /StdCF"
    entries += f" /UE <{password[:64]}> /Perms <{password[:32]}> {crypt}"
    return pdf([PAGE], extra=f"/Encrypt << {entries} >> /ID [<00> <00>]")


def deep_pages(depth: int) -> bytes:
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 3) for n in range(depth)]
    return pdf_file([CATALOG, *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def illegible() -> bytes:
    cmap = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <E000> endbfrange"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    content = stream(b"BT /F1 11 Tf 72 700 Td (" + SENTENCE.encode() + b") Tj ET")
    return page_of(content, stream(cmap)).replace(FONT, font)


def cmap_bomb() -> bytes:
    ranges = b"100 beginbfrange " + b"<0000> <FFFF> <0041> " * 100 + b"endbfrange "
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    return page_of(stream(b"BT /F1 11 Tf (a) Tj ET"), stream(ranges * 2000)).replace(FONT, font)


def form_loop() -> bytes:
    form = stream(
        b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    )
    return page_of(stream(b"/X Do"), form, resources=b"/XObject << /X 6 0 R >>")


def form_tree() -> bytes:
    """Twenty forms, each of which shows the next one ten times."""
    forms = [
        stream(b"/X Do " * 10, f"/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {n + 7} 0 R >> >>")
        for n in range(20)
    ]
    last = stream(b"BT (a) Tj ET", "/Subtype /Form /BBox [0 0 9 9]")
    return page_of(stream(b"/X Do"), *forms, last, resources=b"/XObject << /X 6 0 R >>")


def pictures() -> bytes:
    image = stream(bytes(300), "/Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceRGB /BitsPerComponent 8")
    return page_of(stream(b"q 500 0 0 700 0 0 cm /X Do Q"), image, resources=b"/XObject << /X 6 0 R >>")


def loop_of_tables() -> bytes:
    good = pdf([PAGE])
    start = good.rindex(b"startxref\n") + 10
    return good.replace(b"/Info 4 0 R", b"/Info 4 0 R /Prev " + good[start:].split(b"\n")[0])


GOOD_PDF = pdf([PAGE])
PDFS = [
    Hostile("empty.pdf", bytes, "it is empty"),
    Hostile("header.pdf", lambda: b"%PDF-1.7\n", "damaged"),
    Hostile("noise.pdf", lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(100_000), "damaged|no text"),
    Hostile("half.pdf", lambda: GOOD_PDF[: len(GOOD_PDF) // 2], "damaged|no text"),
    Hostile("no-table.pdf", lambda: GOOD_PDF[: GOOD_PDF.index(b"xref")], "damaged|^$"),
    Hostile("wrong-table.pdf", lambda: GOOD_PDF.replace(b"0000000", b"0000009"), "damaged|^$"),
    Hostile("loop-of-tables.pdf", loop_of_tables, f"{MARK}|^$"),
    Hostile("password.pdf", lambda: encrypted(GOOD_PDF), "it is encrypted; remove its password"),
    Hostile("password-aes.pdf", aes_encrypted, "it is encrypted; remove its password"),
    Hostile("pictures.pdf", pictures, "pictures of pages, but no text; run text recognition"),
    Hostile("blank.pdf", lambda: pdf([[], []]), "no text"),
    Hostile("numbers.pdf", lambda: pdf([column(["1 2 3", "4 5 6"])]), "no text was found"),
    Hostile("illegible.pdf", illegible, "its letters cannot be told apart"),
    Hostile("too-many-pages.pdf", lambda: pdf([[Run(9, 9, "a")]] * 1_001), "it has 1,001 pages, more than 1,000"),
    Hostile("no-pages.pdf", lambda: pdf_file([b"<< /Type /Catalog >>"]), "damaged"),
    Hostile("pages-of-nothing.pdf", lambda: pdf_file([b"<< /Type /Catalog /Pages 9 0 R >>"]), "damaged|no text"),
    Hostile("pages-in-a-loop.pdf", lambda: pdf_file([CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]), MARK),
    Hostile("deep-pages.pdf", lambda: deep_pages(20_000), MARK),
    Hostile("million-pages.pdf", lambda: page_of(stream(b""), pages=b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"), MARK),
    Hostile("same-page-often.pdf", lambda: page_of(stream(b""), pages=b"<< /Type /Pages /Count 2 /Kids [" + b"3 0 R " * 90_000 + b"] >>"), f"{MARK}|pages, more than"),
    Hostile("bomb.pdf", lambda: page_of(packed(bytes(100), 2_000_000)), MARK),
    Hostile("bomb-in-bomb.pdf", lambda: page_of(packed(bytes(100), 1_000_000, times=3)), MARK),
    Hostile("bomb-of-text.pdf", lambda: page_of(packed(b"BT (a) Tj ET ", 4_000_000)), MARK),
    Hostile("bomb-of-moves.pdf", lambda: page_of(packed(b"q ", 20_000_000)), MARK),
    Hostile("bomb-of-arrays.pdf", lambda: page_of(packed(b"[", 5_000_000)), MARK),
    Hostile("bomb-of-dictionaries.pdf", lambda: page_of(packed(b"<<", 2_000_000)), MARK),
    Hostile("bomb-of-one-string.pdf", lambda: page_of(packed(b"BT (" + b"a" * 50_000 + b") Tj ET ", 1_000)), f"{MARK}|larger than"),
    Hostile("predictor.pdf", lambda: page_of(packed(bytes(100), 10_000, entries="/DecodeParms << /Predictor 15 /Columns 1000000000 >>")), MARK),
    Hostile("run-length.pdf", lambda: page_of(stream(b"\x81a" * 2_000_000, "/Filter /RunLengthDecode", compress=False)), MARK),
    Hostile("lzw.pdf", lambda: page_of(stream(b"\x80\x0b\x60\x50" * 10_000, "/Filter /LZWDecode", compress=False)), MARK),
    Hostile("unknown-filter.pdf", lambda: page_of(stream(b"abc", "/Filter /NoSuchDecode", compress=False)), MARK),
    Hostile("bad-base85.pdf", lambda: page_of(stream(b"zzz~~~\x00\xff", "/Filter /ASCII85Decode", compress=False)), MARK),
    Hostile("negative-length.pdf", lambda: page_of(b"<< /Length -5 >>\nstream\nBT ET\nendstream"), MARK),
    Hostile("huge-length.pdf", lambda: page_of(b"<< /Length 99999999999 >>\nstream\nBT ET\nendstream"), MARK),
    Hostile("content-is-itself.pdf", lambda: page_of(b"4 0 R"), MARK),
    Hostile("content-list-of-itself.pdf", lambda: page_of(b"[4 0 R 4 0 R]"), MARK),
    Hostile("form-in-itself.pdf", form_loop, MARK),
    Hostile("form-tree.pdf", form_tree, MARK),
    Hostile("map-bomb.pdf", cmap_bomb, f"{MARK}|sentence|^$"),
    Hostile("deep-trailer.pdf", lambda: pdf([PAGE], extra="/X " + "[" * 50_000 + "]" * 50_000), f"{MARK}|^$"),
    Hostile("endless-picture.pdf", lambda: page_of(stream(b"BI /W 9 ID " + b"x" * 1_000_000)), MARK),
    Hostile("with-a-script.pdf", lambda: pdf([PAGE]).replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), READS),
    Hostile("long-title.pdf", lambda: pdf([PAGE], title="Accord " * 100_000), READS),
    Hostile("commanding-title.pdf", lambda: pdf([PAGE], title="Accord \x07\x1b[31m \x00"), READS),
    Hostile("word-in.pdf", lambda: word(SENTENCE), "its name ends in .pdf, but it is a Word file"),
    Hostile("page-in.pdf", lambda: b"<!doctype html><p>" + SENTENCE.encode(), "it is a web page"),
]  # fmt: skip

# --- Word

GOOD_WORD = word("# The accord", SENTENCE * 3)
CONTENT = "word/document.xml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def streamed(piece: str, count: int, around: tuple[str, str] = ("", ""), size: int | None = None) -> bytes:
    """A Word file whose document is a piece many times over; `size` is what it says its size is, where it lies."""
    out = io.BytesIO(without(CONTENT))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(CONTENT, "w") as part:
            part.write(f"{XML}<w:document {SPACE}><w:body>{around[0]}".encode())
            for _ in range(count // 1_000):
                part.write((piece * 1_000).encode())
            part.write(f"{around[1]}</w:body></w:document>".encode())
        written = archive.getinfo(CONTENT).file_size
    return out.getvalue().replace(struct.pack("<I", written), struct.pack("<I", size)) if size else out.getvalue()


def with_content(body: str, before: str = XML) -> bytes:
    """A Word file with another document in it."""
    return repacked(GOOD_WORD, {CONTENT: f"{before}<w:document {SPACE}><w:body>{body}</w:body></w:document>".encode()})


def entity(declared: str, used: str = "&a;") -> bytes:
    doctype = f"{XML}<!DOCTYPE d [{declared}]>"
    return with_content(f"<w:p><w:r><w:t>{used}</w:t></w:r></w:p>", doctype)


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


def bomb(size: int) -> bytes:
    out = io.BytesIO(GOOD_WORD)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/x.bin", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    return out.getvalue()


def flagged_encrypted() -> bytes:
    content = bytearray(GOOD_WORD)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(sign)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(sign, place + 1)
    return bytes(content)


def nested_tables(depth: int) -> bytes:
    return with_content("<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth)


def relations(target: str, mode: str = "") -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = f'<Relationship Id="r1" Type="{kind}" Target="{target}" {mode}/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    part = f'{XML}<Relationships xmlns="{space}">{relation}</Relationships>'
    return repacked(GOOD_WORD, {"word/_rels/document.xml.rels": part.encode()})


def without(part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD_WORD)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist() if name != part})


def deleted_only() -> bytes:
    return with_content(f"<w:p><w:del><w:r><w:delText>{SENTENCE}</w:delText></w:r></w:del></w:p>")


def broken_sum() -> bytes:
    content = bytearray(zipped({CONTENT: b"x" * 100_000, "[Content_Types].xml": b"<x/>"}))
    content[60] ^= 0xFF
    return bytes(content)


DEEP = "<w:sdt><w:sdtContent>"


def strict_bomb() -> bytes:
    """A Strict document whose names grow as they are made those of a Transitional one."""
    name = b"http://purl.oclc.org/ooxml/wordprocessingml/main "
    return repacked(strict(GOOD_WORD), {"word/custom.xml": name * 2_000_000})


def endless_numbers() -> bytes:
    """Paragraphs whose number is said over and over, in a list that starts with the largest."""
    level = (
        f'<w:lvl w:ilvl="0"><w:start w:val="999999999999"/><w:numFmt w:val="upperRoman"/>'
        f'<w:lvlText w:val="{"%1" * 100_000}"/></w:lvl>'
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    paragraph = f'<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>{run("a")}'
    return word_body(*[paragraph] * 3_000, numbering=numbering)


def looped_styles() -> bytes:
    styles = "".join(
        f'<w:style w:styleId="{own}"><w:basedOn w:val="{base}"/></w:style>' for own, base in (("a", "b"), ("b", "a"))
    )
    return word_body(f'<w:pPr><w:pStyle w:val="a"/></w:pPr>{run(SENTENCE)}', styles=styles)


WORDS = [
    Hostile("empty.docx", bytes, "it is empty"),
    Hostile("signature.docx", lambda: b"PK\x03\x04", "it is a ZIP archive"),
    Hostile("half.docx", lambda: GOOD_WORD[: len(GOOD_WORD) // 2], "it is a ZIP archive"),
    Hostile("noise.docx", lambda: b"PK\x03\x04" + random.Random(2).randbytes(50_000), "it is a ZIP archive"),
    Hostile("password.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_096), "encrypted file, or a Word file of before 2007"),
    Hostile("flagged.docx", flagged_encrypted, "it is encrypted"),
    Hostile("bomb.docx", lambda: bomb(150_000_000), "unpacks to far more"),
    Hostile("lying-bomb.docx", lambda: streamed(" ", 100_000_000, size=100), f"{MARK}|ZIP archive"),
    Hostile("bomb-of-parts.docx", lambda: repacked(GOOD_WORD, {f"x/{n}": b"" for n in range(12_000)}), "unpacks to far more"),
    Hostile("bomb-of-spaces.docx", lambda: streamed(" ", 110_000_000), MARK),
    Hostile("bomb-of-text.docx", lambda: streamed("word ", 20_000_000, ("<w:p><w:r><w:t>", "</w:t></w:r></w:p>")), f"{MARK}|larger than"),
    Hostile("bomb-of-paragraphs.docx", lambda: streamed("<w:p/>", 8_000_000), MARK),
    Hostile("laughs.docx", lambda: entity(LAUGHS, "&a11;"), f"{MARK}|^$"),
    Hostile("quadratic.docx", lambda: entity(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 100_000), f"{MARK}|^$"),
    Hostile("reads-a-file.docx", lambda: entity('<!ENTITY a SYSTEM "file:///etc/passwd">'), MARK),
    Hostile("calls-out.docx", lambda: entity('<!ENTITY a SYSTEM "http://127.0.0.1:9/x">'), MARK),
    Hostile("outside-grammar.docx", lambda: entity('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;', ""), MARK),
    Hostile("deep.docx", lambda: with_content(DEEP * 50_000), MARK),
    Hostile("deep-and-closed.docx", lambda: with_content(DEEP * 5_000 + "</w:sdtContent></w:sdt>" * 5_000), MARK),
    Hostile("tables-in-tables.docx", lambda: nested_tables(5_000), MARK),
    Hostile("some-tables-in-tables.docx", lambda: nested_tables(60), MARK),
    Hostile("no-document.docx", lambda: without(CONTENT), "it is a ZIP archive"),
    Hostile("no-types.docx", lambda: without("[Content_Types].xml"), "damaged"),
    Hostile("no-relations.docx", lambda: without("_rels/.rels"), "damaged"),
    Hostile("no-styles.docx", lambda: without("word/styles.xml"), f"{MARK}|^$"),
    Hostile("relation-outside.docx", lambda: relations("../../../../etc/passwd"), "damaged"),
    Hostile("relation-to-a-server.docx", lambda: relations("http://127.0.0.1:9/x", 'TargetMode="External"'), f"{MARK}|^$"),
    Hostile("relation-to-itself.docx", lambda: relations("document.xml"), f"{MARK}|^$"),
    Hostile("not-xml.docx", lambda: repacked(GOOD_WORD, {CONTENT: b"Dear Sir"}), "damaged"),
    Hostile("unclosed.docx", lambda: repacked(GOOD_WORD, {CONTENT: b"<w:document"}), "damaged"),
    Hostile("nul-in-xml.docx", lambda: with_content("<w:p><w:r><w:t>a&#0;b</w:t></w:r></w:p>"), "damaged"),
    Hostile("wrong-encoding.docx", lambda: repacked(GOOD_WORD, {CONTENT: XML.encode() + b"<d>\xff\xfe</d>"}), "damaged"),
    Hostile("nothing-in-it.docx", lambda: with_content("<w:p/>"), "no text"),
    Hostile("deleted.docx", deleted_only, "no text"),
    Hostile("broken-sum.docx", broken_sum, "damaged|ZIP archive"),
    Hostile("sheet.docx", lambda: zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "it is a ZIP archive"),
    Hostile("bad-properties.docx", lambda: repacked(GOOD_WORD, {"docProps/core.xml": b"<<<"}), f"{MARK}|^$"),
    Hostile("strict.docx", lambda: strict(word("The accord", SENTENCE)), READS),
    Hostile("strict-bomb.docx", strict_bomb, f"{MARK}|unpacks"),
    Hostile("styles-in-a-loop.docx", looped_styles, READS),
    Hostile("endless-numbers.docx", endless_numbers, f"{MARK}|^$|larger than"),
    Hostile("million-raised.docx", lambda: streamed('<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r><w:r><w:t>a</w:t></w:r>', 200_000, ("<w:p>", "</w:p>")), EXHAUSTING),
    Hostile("one-long-paragraph.docx", lambda: streamed(f'<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>', 50_000), EXHAUSTING),
    Hostile("turned-around.docx", lambda: word("The accord \u202edne\u202c \u200bof it.", SENTENCE), READS),
    Hostile("pdf-in.docx", lambda: GOOD_PDF, "its name ends in .docx, but it is a PDF"),
]  # fmt: skip

# --- web pages

TEXT = f"<h1>The accord</h1><p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p>"


def page(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    return f"<!doctype html><html><head><title>The accord</title>{head}</head><body>{body}</body></html>".encode(
        encoding
    )


def nested(tag: str, depth: int, *, close: bool = True) -> bytes:
    return page(f"<{tag}>" * depth + TEXT + (f"</{tag}>" * depth if close else ""))


PAGES = [
    Hostile("empty.html", bytes, "it is empty"),
    Hostile("no-text.html", lambda: page("<div><span></span></div>"), "no article"),
    Hostile("filled-in-later.html", lambda: page('<div id="root"></div><script>load()</script>'), "no article"),
    Hostile("links.html", lambda: page("".join(f'<a href="/{n}">Item {n}</a> ' for n in range(300))), "no article|^$"),
    Hostile("million-divs.html", lambda: nested("div", 900_000, close=False), EXHAUSTING),
    Hostile("many-divs.html", lambda: nested("div", 100_000), EXHAUSTING),
    Hostile("deep-quotes.html", lambda: nested("blockquote", 20_000), EXHAUSTING),
    Hostile("deep-lists.html", lambda: page("<ul><li>" * 50_000 + TEXT), EXHAUSTING),
    Hostile("deep-tables.html", lambda: page("<table><tr><td>" * 20_000 + TEXT), EXHAUSTING),
    Hostile("deep-bold.html", lambda: nested("b", 100_000, close=False), EXHAUSTING),
    Hostile("million-paragraphs.html", lambda: page("<p>a" * 1_500_000), EXHAUSTING),
    Hostile("million-rows.html", lambda: page("<table>" + "<tr><td>a" * 800_000), EXHAUSTING),
    Hostile("million-attributes.html", lambda: page("<p " + " ".join(f"a{n}=1" for n in range(500_000)) + ">" + TEXT), EXHAUSTING),
    Hostile("long-attribute.html", lambda: page(f'<p title="{"x" * 9_000_000}">{TEXT}'), EXHAUSTING),
    Hostile("long-comment.html", lambda: page(f"<!--{'-' * 9_000_000}-->{TEXT}"), EXHAUSTING),
    Hostile("open-comment.html", lambda: page("<!--" * 1_000_000), EXHAUSTING),
    Hostile("picture-inside.html", lambda: page(f'<img src="data:image/png;base64,{"A" * 8_000_000}">{TEXT}'), EXHAUSTING),
    Hostile("one-word.html", lambda: page(f"<p>{'x' * 9_000_000}</p>"), EXHAUSTING),
    Hostile("spaces.html", lambda: page(f"{TEXT}<p>{' ' * 9_000_000}x</p>"), EXHAUSTING),
    Hostile("brackets.html", lambda: b"<html>" + b"<" * 5_000_000, EXHAUSTING),
    Hostile("entities.html", lambda: page("&amp;" * 1_500_000 + TEXT), EXHAUSTING),
    Hostile("laughs.html", lambda: b"<!DOCTYPE html [" + LAUGHS.encode() + b"]><html><body><p>&a11;</p>" + TEXT.encode(), EXHAUSTING),
    Hostile("deep-metadata.html", lambda: page(TEXT, f'<script type="application/ld+json">{"[" * 200_000}</script>'), EXHAUSTING),
    Hostile("dates.html", lambda: page(f"<p>{'2020-01-0' * 500_000}</p>{TEXT}"), EXHAUSTING),
    Hostile("dated-in-the-future.html", lambda: page(TEXT, '<meta property="article:published_time" content="2999-01-01">'), READS),
    Hostile("not-utf-8.html", lambda: page("<p>Caf\xe9</p>" + TEXT, encoding="latin-1"), r"not in the encoding .* \(utf-8\)"),
    Hostile("not-shift-jis.html", lambda: page(TEXT, '<meta charset="shift_jis">') + b"\x81", r"not in the encoding .* \(cp932\)"),
    Hostile("unknown-encoding.html", lambda: page(TEXT, '<meta charset="klingon">'), r"unknown encoding \(klingon\)"),
    Hostile("utf-7.html", lambda: page("+ADw-script+AD4-" + TEXT, '<meta charset="utf-7">'), r"unknown encoding \(utf-7\)"),
    Hostile("python-encoding.html", lambda: page(TEXT, '<meta charset="unicode_escape">'), "unknown encoding"),
    Hostile("with-nul.html", lambda: page(TEXT.replace("accord", "acc\0ord")), f"{MARK}|^$"),
    Hostile("commanding.html", lambda: page(TEXT + "<p>&#27;[31m &#x202e;" + SENTENCE, "<title>\x1b]0;x\x07</title>"), READS),
    Hostile("raised.html", lambda: page(f"<p>{'x' * 2_000_000}" + "<sup>1</sup>" * 200_000 + TEXT), EXHAUSTING),
    Hostile("link-of-marks.html", lambda: page("<p><a>" + "<sup>1</sup>" * 200_000 + "</a></p>" + TEXT), EXHAUSTING),
    Hostile("deep-quotations.html", lambda: nested("q", 20_000), EXHAUSTING),
    Hostile("deep-and-hidden.html", lambda: page('<div aria-hidden="true">' * 20_000 + TEXT), EXHAUSTING),
    Hostile("million-hidden.html", lambda: page(TEXT + "<i hidden>a</i>" * 300_000), EXHAUSTING),
    Hostile("million-breaks.html", lambda: page(f"<p>{'a<br>' * 1_000_000}</p>{TEXT}"), EXHAUSTING),
    Hostile("marks.html", lambda: page(TEXT + f"<p>{chr(0x28ff) * 500_000}</p><p>{chr(0xfffc) * 500_000} a</p>"), EXHAUSTING),
    Hostile("dollars.html", lambda: page(TEXT + "<p>" + "\\\\(" * 500_000 + "$$" * 500_000 + "</p>"), EXHAUSTING),
    Hostile("old-page.html", lambda: page("<pre>" + ("  word" * 12 + "\\n") * 50_000 + "</pre>" + TEXT), EXHAUSTING),
    Hostile("text-in.html", lambda: SENTENCE.encode(), "its name ends in .html, but it is plain text"),
    Hostile("pdf-in.htm", lambda: GOOD_PDF, "its name ends in .htm, but it is a PDF"),
]  # fmt: skip

# --- plain texts

JAPANESE = "首相は協定に署名した。合意は十年続く。"
TEXTS = [
    Hostile("empty.txt", bytes, "it is empty"),
    Hostile("blank.txt", lambda: b" \r\n\t" * 1_000, "it is empty"),
    Hostile("only-a-mark.txt", lambda: b"\xef\xbb\xbf", "it is empty"),
    Hostile("only-nul.txt", lambda: bytes(1_000_000), "it is empty"),
    Hostile("nul.txt", lambda: b"The accord\0\n\nText.", "NUL bytes"),
    Hostile("latin-1.txt", lambda: "Société générale\n\nTexte.".encode("latin-1"), r"not UTF-8 \(byte 5 of"),
    Hostile("utf-16.txt", lambda: SENTENCE.encode("utf-16"), "NUL bytes|not UTF-8"),
    Hostile("utf-32.txt", lambda: SENTENCE.encode("utf-32"), "NUL bytes|not UTF-8"),
    Hostile("shift-jis.txt", lambda: JAPANESE.encode("shift_jis"), "not UTF-8"),
    Hostile("euc-jp.md", lambda: JAPANESE.encode("euc_jp"), "not UTF-8"),
    Hostile("cut.txt", lambda: JAPANESE.encode()[:-1], "not UTF-8"),
    Hostile("overlong.txt", lambda: b"The accord \xc0\xaf", "not UTF-8"),
    Hostile("halves.txt", lambda: b"The accord \xed\xa0\x80\xed\xb0\x80", "not UTF-8"),
    Hostile("noise.txt", lambda: random.Random(3).randbytes(100_000), "NUL bytes|not UTF-8"),
    Hostile("marks.txt", lambda: b"*** --- ***\n", "no words"),
    Hostile("picture.txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "it is a picture"),
    Hostile("program.txt", lambda: b"\x7fELF" + bytes(100), "it is a program"),
    Hostile("packed.txt", lambda: gzip.compress(SENTENCE.encode()), "it is a packed file"),
    Hostile("rich.txt", lambda: rb"{\rtf1 The accord.}", "it is a Rich Text file"),
    Hostile("page.txt", lambda: page(TEXT), "its name ends in .txt, but it is a web page"),
    Hostile("pdf.md", lambda: GOOD_PDF, "its name ends in .md, but it is a PDF"),
    Hostile("word.txt", lambda: GOOD_WORD, "its name ends in .txt, but it is a Word file"),
    Hostile("too-large.txt", lambda: b"word " * 2_000_001, "larger than 10,000,000 bytes"),
    Hostile("open-front-matter.md", lambda: b"---\ntitle: x\n\nText.", "front matter is not closed"),
    Hostile("front-matter-bomb.md", lambda: b"---\ntitle: " + b"[" * 100_000 + b"\n---\nText.", "front matter is not valid"),
    Hostile("bad-date.md", lambda: b"---\ndate: 2999-01-01\n---\nText.", "not a day up to today"),
    Hostile("one-long-word.txt", lambda: b"a" * 9_000_000, EXHAUSTING),
    Hostile("exclamations.txt", lambda: b"a" + b"!" * 5_000_000, EXHAUSTING),
    Hostile("short-sentences.txt", lambda: b"A. " * 3_000_000, EXHAUSTING),
    Hostile("brackets.txt", lambda: b"(" * 5_000_000 + b" a", EXHAUSTING),
    Hostile("line-ends.txt", lambda: b"a" + b"\n" * 9_000_000, EXHAUSTING),
    Hostile("accents.txt", lambda: ("a" + "\u0301" * 4_000_000).encode(), EXHAUSTING),
    Hostile("quotes.txt", lambda: ("“a ” " * 800_000).encode(), EXHAUSTING),
    Hostile("turned-around.txt", lambda: f"The accord\n\n\u202e{SENTENCE}\x1b[31m".encode(), READS),
    Hostile("unknown.exe", lambda: b"MZ", "it is not a .txt, .md, .html, .pdf or .docx file"),
    Hostile("no-ending", lambda: SENTENCE.encode(), "it is not a .txt"),
    Hostile("old.doc", lambda: b"\xd0\xcf\x11\xe0" + bytes(100), "it is not a .txt"),
]  # fmt: skip

HOSTILE = [*PDFS, *WORDS, *PAGES, *TEXTS]
SAMPLE = 13
"""Every so many of them the suite sends; `make hostile` sends all, which takes a minute and a half."""


def send_all(files: Iterable[Hostile], folder: Path) -> Iterator[tuple[str, str]]:
    """Read every file, keep what can be read, and tell what was said of each."""
    for hostile in files:
        content = hostile.make()
        try:
            limits = SHORT if "takes longer" in hostile.said else ReadingLimits()
            keep(read_document(hostile.name, content, limits), content, folder)
            yield hostile.name, ""
        except DocumentError as error:
            yield hostile.name, str(error)


def peak() -> int:
    """Most memory that this process and the largest of its children have had, added up, in bytes (Linux).

    `getrusage` would count for this process what the one that started it had.
    """
    (own,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return 1024 * (int(own) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


if __name__ == "__main__":
    folder, first, step = sys.argv[1:]
    said = dict(send_all(HOSTILE[int(first) :: int(step)], Path(folder)))
    print(json.dumps({"said": said, "peak": peak() if sys.platform == "linux" else 0}))  # noqa: T201 - its report
