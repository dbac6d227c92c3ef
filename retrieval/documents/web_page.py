"""A web page to its article: trafilatura tells the article from its surroundings."""

import codecs
import datetime as dt
import re

import trafilatura
from lxml import html

from retrieval.documents.cleaning import clean, invisible_characters
from retrieval.documents.models import Omission, OmittedText, Piece, Reading, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import Unit

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*1?[0-8b-f]|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
"""Characters that no web page may hold, and that libxml2 stumbles over."""
_DECLARED_WITHIN = 4096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDER = {"shift_jis": "cp932", "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "euc_kr": "cp949"}
"""What browsers read for an encoding's name (WHATWG Encoding Standard, 4.2), in Python's names."""
_ENCODINGS = re.compile(
    r"utf-8|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[ru]|mac-(?:roman|cyrillic)|gb18030|gbk|big5|euc_jp|iso2022_jp"
)
"""The encodings that web pages may be in, in Python's names; UTF-7 and Python's own kinds are not among them."""
_MARKS_OF_LISTS = re.compile(r"^-\s|\s*\|\s*")


def read_web_page(content: bytes) -> Reading:
    """Read a web page.

    Raises:
        UnreadableError: Its encoding is wrong, or no article is in it.
    """
    source = _CONTROL.sub("", decode(content))
    found = trafilatura.bare_extraction(
        source,
        include_comments=False,
        include_formatting=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, trafilatura.settings.Document) or not (found.text or "").strip():
        raise UnreadableError(
            FileProblem.NO_ARTICLE,
            "no article was found in it (it may be a list of links, or filled in by a program as it is opened)",
            "open it in a browser and save the article's text as .txt",
        )
    lines = [clean(line).strip() for line in (found.text or "").splitlines()]
    lines = [line for line in lines if line.strip("-| ")]
    return Reading(
        paragraphs=[[Piece(number, line)] for number, line in enumerate(lines, 1)],
        unit=Unit.PARAGRAPH,
        omissions=[*_omitted_surroundings(source, lines), *invisible_characters(found.text or "")],
        title=found.title,
        date=_day(found.date),
        publisher=found.sitename,
    )


def decode(content: bytes) -> str:
    """Return a web page's text, in the encoding that it declares, or UTF-8.

    Raises:
        UnreadableError: It is not in that encoding.
    """
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            FileProblem.PAGE_ENCODING,
            f"it is not in the encoding it should be in ({encoding})",
            "open it in a browser and save it again as UTF-8",
            encoding,
        ) from error


def _encoding(content: bytes) -> str:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    declared = _DECLARED.search(content[:_DECLARED_WITHIN])
    if marked or not declared:
        return marked or "utf-8"
    name = declared[1].decode("ascii", "replace")
    try:
        known = _WIDER.get(codecs.lookup(name).name, codecs.lookup(name).name)
    except LookupError:
        known = ""
    if not _ENCODINGS.fullmatch(known):
        cure = "open it in a browser and save it again as UTF-8"
        raise UnreadableError(FileProblem.UNKNOWN_ENCODING, f"it is in an unknown encoding ({name})", cure, name)
    return known


def _day(stated: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat((stated or "")[:10])
    except ValueError:
        return None
    return day if day <= dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1) else None


def _omitted_surroundings(source: str, lines: list[str]) -> list[OmittedText]:
    """How many words a browser would show that are not in the article."""
    shown = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
    for unseen in shown.xpath("//script|//style|//noscript|//template|//head"):
        unseen.drop_tree()
    seen = sum(len(text.split()) for text in shown.itertext())
    count = seen - sum(len(_MARKS_OF_LISTS.sub(" ", line).split()) for line in lines)
    return [OmittedText(what=Omission.SURROUNDINGS, count=count)] if count > 0 else []
