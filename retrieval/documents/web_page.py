"""A web page to its article: trafilatura tells the article from its surroundings."""

import codecs
import datetime as dt
import re

import trafilatura

from retrieval.documents.cleaning import clean, invisible_characters
from retrieval.documents.html.article import read_article
from retrieval.documents.models import Piece, Reading, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import Unit
from retrieval.patterns import lazy_pattern

_DECLARED = lazy_pattern(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CONTROL = lazy_pattern(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*1?[0-8b-f]|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
"""Characters that no web page may hold, and that libxml2 stumbles over."""
_DECLARED_WITHIN = 4096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WIDER = {"shift_jis": "cp932", "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "euc_kr": "cp949"}
"""What browsers read for an encoding's name (WHATWG Encoding Standard, 4.2), in Python's names."""
_ENCODINGS = lazy_pattern(
    r"utf-8|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[ru]|mac-(?:roman|cyrillic)|gb18030|gbk|big5|euc_jp|iso2022_jp"
)
"""The encodings that web pages may be in, in Python's names; UTF-7 and Python's own kinds are not among them."""


def read_web_page(content: bytes) -> Reading:
    """Read a web page.

    Raises:
        UnreadableError: Its encoding is wrong, or no article is in it.
    """
    tree = trafilatura.load_html(_CONTROL.sub("", decode(content)))
    if tree is None:
        raise _no_article()
    stated = trafilatura.extract_metadata(
        tree, date_config={"extensive_search": False, "original_date": True}, extensive=False
    )
    article = read_article(tree)
    lines = [clean(paragraph).strip() for paragraph in article.paragraphs]
    lines = [line for line in lines if line.strip("-| ")]
    if not lines:
        raise _no_article()
    return Reading(
        paragraphs=[[Piece(number, line)] for number, line in enumerate(lines, 1)],
        unit=Unit.PARAGRAPH,
        omissions=[*article.omissions, *invisible_characters("".join(article.paragraphs))],
        title=stated.title,
        date=_day(stated.date),
        publisher=stated.sitename,
        url=stated.url,
    )


def _no_article() -> UnreadableError:
    return UnreadableError(
        FileProblem.NO_ARTICLE,
        "no article was found in it (it may be a list of links, or filled in by a program as it is opened)",
        "open it in a browser and save the article's text as .txt",
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
