"""Footnotes, links within a Word file and a record beside its text, for which python-docx has no calls."""

from html import escape

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from prompts.brief.document import BriefNote
from prompts.brief.proof import NAMESPACE

FOOTNOTE_TEXT, FOOTNOTE_REFERENCE = "footnote text", "footnote reference"
"""Word's own names of the styles of footnotes."""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EMPTY = (
    f'<w:footnotes xmlns:w="{_W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "</w:footnotes>"
)


class Footnotes:
    """The footnotes of a Word file (ECMA-376, part 1, 17.11)."""

    def __init__(self, file: Document) -> None:
        name, package = PackURI("/word/footnotes.xml"), file.part.package
        self._part = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, parse_xml(_EMPTY), package)
        file.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        self._text, self._reference = (file.styles[name].style_id for name in (FOOTNOTE_TEXT, FOOTNOTE_REFERENCE))
        marks = "".join(f'<w:footnote w:id="{number}"/>' for number in (-1, 0))
        settings = file.settings.element
        settings.insert(0, parse_xml(f'<w:footnotePr xmlns:w="{_W}">{marks}</w:footnotePr>'))

    def add(self, paragraph: Paragraph, note: BriefNote) -> BaseOxmlElement:
        """Add a note and its reference at a paragraph's end; returns the reference's run."""
        footnote = _element("w:footnote", {"w:id": str(note.number)})
        body = Paragraph(_element("w:p"), self._part)
        body._p.get_or_add_pPr().append(_element("w:pStyle", {"w:val": self._text}))
        body._p.append(_run(self._reference, _element("w:footnoteRef")))
        body.add_run(" ")
        title = body.add_run(note.title)
        title.italic = True
        if note.url:
            body._p.append(self._link(note.url, title))
        body.add_run("".join(f", {part}" for part in (*note.parts, note.host) if part))
        footnote.append(body._p)
        self._part.element.append(footnote)
        reference = _run(self._reference, _element("w:footnoteReference", {"w:id": str(note.number)}))
        paragraph._p.append(reference)
        return reference

    def _link(self, url: str, shown: Run) -> BaseOxmlElement:
        link = _element(
            "w:hyperlink", {"r:id": self._part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)}
        )
        link.append(shown._r)
        return link


def bookmarked(paragraph: Paragraph, number: int, reference: BaseOxmlElement) -> None:
    """Name the place of a note's reference, for links to it."""
    reference.addprevious(_element("w:bookmarkStart", {"w:id": str(number), "w:name": f"note{number}"}))
    paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))


def link_to(paragraph: Paragraph, number: int, text: str) -> None:
    """Add a link to the place of a note's reference."""
    link = _element("w:hyperlink", {"w:anchor": f"note{number}"})
    run = paragraph.add_run(text, "Brief Soft")
    paragraph._p.append(link)
    link.append(run._r)


def put_record(file: Document, text: str) -> None:
    """Put a record into the file, where word processors keep what they do not show."""
    content = f'<record xmlns="{NAMESPACE}">{escape(text, quote=False)}</record>'.encode()
    package = file.part.package
    part = Part(package.next_partname("/customXml/item%d.xml"), "application/xml", content, package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _element(tag: str, attributes: dict[str, str] | None = None) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name), value)
    return element


def _run(style: str, content: BaseOxmlElement) -> BaseOxmlElement:
    run, properties = _element("w:r"), _element("w:rPr")
    properties.append(_element("w:rStyle", {"w:val": style}))
    run.append(properties)
    run.append(content)
    return run
