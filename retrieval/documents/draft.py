"""A document's bytes to a draft: its format's reader finds the text, which becomes an article as in the folder."""

import hashlib

from retrieval.documents.cleaning import check_legible
from retrieval.documents.formats import format_of
from retrieval.documents.models import Draft, Format, Reading, ReadingLimits, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import Article, SkippedFile
from retrieval.reading.articles import read_article, shorten_title
from retrieval.reading.front_matter import web_address
from retrieval.reading.sentences import passages

PUBLISHER_CHARS = 100
SENTENCE_CHARS = 10_000
"""Longest passage of a document that somebody sends; nobody reads a longer one as a quote."""


def draft(name: str, content: bytes, limits: ReadingLimits) -> Draft:
    """Read a document, whose name says its format, within limits.

    Raises:
        UnreadableError: It cannot become an article.
    """
    form = format_of(name, content)
    reading = _read(form, content, limits)
    article = _article(name, content if reading is None else _text(reading).encode(), limits)
    sentences = _count_sentences(article)
    plain = Draft(
        name=name,
        format=form,
        title=article.title,
        date=article.date,
        publisher=article.publisher,
        url=article.url,
        text=article.text,
        sentences=sentences,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    return plain if reading is None else plain.model_copy(update=_metadata(reading) | _places(reading))


def _read(form: Format, content: bytes, limits: ReadingLimits) -> Reading | None:
    """The reading of a format; None for a text, which is its own article. A library is loaded when it is needed."""
    if form is Format.PDF:
        from retrieval.documents.pdf.reader import read_pdf  # noqa: PLC0415

        return read_pdf(content, limits)
    if form is Format.WORD:
        from retrieval.documents.word import read_word  # noqa: PLC0415

        return read_word(content, limits)
    if form is Format.HTML:
        from retrieval.documents.web_page import read_web_page  # noqa: PLC0415

        return read_web_page(content)
    return None


def _article(name: str, content: bytes, limits: ReadingLimits) -> Article:
    if len(content) > limits.bytes:
        reason = f"its text is larger than {limits.bytes:,} bytes"
        raise UnreadableError(FileProblem.LARGE_TEXT, reason, "split it and send the parts", limits.bytes)
    article = read_article(name, content)
    if isinstance(article, SkippedFile):
        raise UnreadableError(article.flaw, article.reason, article.cure, *article.figures)
    return article


def _count_sentences(article: Article) -> int:
    """How many passages an article holds: at least one, and none too long to be read."""
    lengths = [passage.end - passage.start for passage in passages(article)]
    if not lengths:
        cure = "send a document with sentences in it"
        raise UnreadableError(FileProblem.NO_SENTENCE, "it holds no sentence that could be quoted", cure)
    if max(lengths) > SENTENCE_CHARS:
        raise UnreadableError(
            FileProblem.ENDLESS,
            f"it holds {max(lengths):,} characters without the end of a sentence",
            "break its text into sentences or lines",
            max(lengths),
        )
    return len(lengths)


BREAK = "\n\n"
"""Between paragraphs, so that none is taken for the continuation of another."""


def _text(reading: Reading) -> str:
    check_legible(reading.paragraphs)
    return BREAK.join("".join(piece.text for piece in paragraph) for paragraph in reading.paragraphs) + "\n"


def _places(reading: Reading) -> dict[str, object]:
    """Where in the text each page or paragraph begins."""
    starts: list[int] = []
    numbers: list[int] = []
    offset = 0
    for paragraph in reading.paragraphs:
        for piece in paragraph:
            if not numbers or numbers[-1] != piece.number:
                starts.append(offset)
                numbers.append(piece.number)
            offset += len(piece.text)
        offset += len(BREAK)
    return {"unit": reading.unit, "starts": tuple(starts), "numbers": tuple(numbers)}


def _metadata(reading: Reading) -> dict[str, object]:
    """The metadata that the document states; the text is a worse source."""
    publisher = " ".join((reading.publisher or "").split())
    stated = {
        "title": shorten_title(reading.title or ""),
        "date": reading.date,
        "publisher": publisher if len(publisher) <= PUBLISHER_CHARS else "",
        "url": web_address(reading.url),
        "dropped": tuple(reading.omissions),
        "ocr": reading.ocr,
    }
    return {name: value for name, value in stated.items() if value}
