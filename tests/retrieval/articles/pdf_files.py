"""PDFs for tests, of pages by their own operators: text anywhere, in any size and font, letters mapped at will."""

from collections.abc import Iterable, Sequence

from tests.support.documents import Run, pdf_file, stream

_FONTS = {"F1": "Helvetica", "F2": "Helvetica-Bold"}


def drawn(pages: Iterable[str], *, title: str = "", letters: str = "", entries: str = "") -> bytes:
    """A PDF of pages by their content streams.

    Args:
        pages: The operators of each page; F1 is Helvetica, F2 its bold, F3 Helvetica with the letters of `letters`.
        title: The title in its metadata.
        letters: What the codes from A on mean in F3.
        entries: Further entries of every page.
    """
    streams = [page.encode("cp1252") for page in pages]
    kids = " ".join(f"{8 + 2 * n} 0 R" for n in range(len(streams)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding {}>>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Title (" + title.encode("cp1252") + b") >>",
        *(font.format(name, "").encode() for name in _FONTS.values()),
        font.format("Helvetica", "/ToUnicode 7 0 R ").encode(),
        stream(_map(letters)),
    ]
    fonts = "/F1 4 0 R /F2 5 0 R /F3 6 0 R"
    for number, content in enumerate(streams):
        page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {9 + 2 * number} 0 R {entries}"
        objects += [f"<< {page} /Resources << /Font << {fonts} >> >> >>".encode(), stream(content)]
    return pdf_file(objects, "/Info 3 0 R")


def _map(letters: str) -> bytes:
    rows = "".join(f"<{ord('A') + n:02X}> <{ord(letter):04X}>\n" for n, letter in enumerate(letters))
    return f"1 begincodespacerange <00> <FF> endcodespacerange\n{len(letters)} beginbfchar\n{rows}endbfchar".encode()


def at(x: float, y: float, text: str, size: float = 11, font: str = "F1") -> str:
    """Text at a place from the lower left corner."""
    return f"BT /{font} {size:g} Tf 1 0 0 1 {x:g} {y:g} Tm ({_escaped(text)}) Tj ET\n"


def below(lines: Sequence[str], x: float = 72, top: float = 770, leading: float = 14, size: float = 11) -> str:
    """Lines below each other."""
    return "".join(at(x, top - n * leading, line, size) for n, line in enumerate(lines))


def beside(left: Sequence[str], right: Sequence[str], top: float = 770, leading: float = 14) -> str:
    """Two columns, drawn row by row."""
    rows = enumerate(zip(left, right, strict=True))
    return "".join(at(72, top - n * leading, a) + at(320, top - n * leading, b) for n, (a, b) in rows)


def sideways(x: float, y: float, text: str, size: float = 11) -> str:
    """Text that runs up the page."""
    return f"BT /F1 {size:g} Tf 0 1 -1 0 {x:g} {y:g} Tm ({_escaped(text)}) Tj ET\n"


def unseen(runs: Iterable[Run]) -> str:
    """Text drawn invisibly, as text recognition puts it over a picture."""
    return "3 Tr\n" + "".join(at(run.x, run.y, run.text, run.size) for run in runs)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def scan(pages: int = 1) -> bytes:
    """A PDF of pages that are pictures."""
    image = stream(bytes(300), "/Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceRGB /BitsPerComponent 8")
    kids = " ".join(f"{5 + n} 0 R" for n in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    page += b" /Resources << /XObject << /X 3 0 R >> >> >>"
    tree = f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode()
    content = stream(b"q 500 0 0 700 0 0 cm /X Do Q")
    return pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", tree, image, content, *[page] * pages])
