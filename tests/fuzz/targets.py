"""What is fuzzed: each target takes bytes, and raises where something holds that must not."""

import re
from collections.abc import Callable

from bot.emulator.errors import RefusedError
from bot.emulator.text.html_parser import parse_html
from prompts.composition.compose import compose
from prompts.markup import units
from prompts.models import Answer, Channel, Citation
from prompts.render import Renderer
from retrieval.index.analysis import analyse
from retrieval.library import Library
from retrieval.models import Article, Kind, SkippedFile
from retrieval.query.filters import Catalogue, read_filters
from retrieval.reading.articles import read_article
from retrieval.reading.segmentation import sentence_spans
from retrieval.reading.sentences import passages

TELEGRAM_LIMIT = 4096
_MARKS = {"bold", "italic", "code", "blockquote", "expandable_blockquote"}
"""What our own templates mark up; anything else would come from the input."""
_RENDERER = Renderer()


def text_of(data: bytes) -> str:
    """Bytes as text: whatever is no UTF-8 becomes a lone surrogate, as in file names."""
    return data.decode("utf-8", "surrogateescape")


def articles(data: bytes) -> None:
    """An article file of any bytes is an article or skipped with a cure; its passages are slices of it."""
    name, _, content = data.partition(b"\n")
    read = read_article(f"{text_of(name)[:80]}.txt", content)
    if isinstance(read, SkippedFile):
        assert read.reason
        assert read.cure
        return
    assert read.text == content.removeprefix(b"\xef\xbb\xbf").decode() or content.startswith(b"\xef\xbb\xbf")
    for passage in passages(read):
        assert read.text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""


def sentences(data: bytes) -> None:
    """The sentences of any text are in order, do not overlap, and lose no word."""
    text = data.decode("utf-8", "replace")
    spans = sentence_spans(text)
    ends = [0]
    for start, end in spans:
        assert ends[-1] <= start < end <= len(text)
        assert not _WORD.search(text[ends[-1] : start])
        ends.append(end)
    assert not _WORD.search(text[ends[-1] :])


def rendering(data: bytes) -> None:
    """Whatever an answer holds, Telegram reads only our own marks in it, and it fits a message."""
    parts = [text.encode("utf-8", "replace").decode() for text in text_of(data).split("\n", 4)]
    quote, title, file, question, term = (*parts, "", "", "", "", "")[:5]
    for answer in (_answered(quote, title, file, question, term), _abstained(title, file, question)):
        message = _RENDERER.answer(answer, Channel.TELEGRAM)
        try:
            text, entities = parse_html(message)
        except RefusedError as error:
            raise AssertionError(f"Telegram refuses {message!r}") from error
        assert {entity.type for entity in entities} <= _MARKS, message
        assert units(text) <= TELEGRAM_LIMIT
        assert "\x1b" not in _RENDERER.answer(answer, Channel.CLI)


def filters(data: bytes) -> None:
    """Any question has filters or none; they are said again as they were read, and restrict or have a fault."""
    text = text_of(data).encode("utf-8", "replace").decode()
    read = read_filters(text)
    assert bool(read.filters.written) == (read.text != text) or not read.filters.written
    assert len(_CATALOGUE.passing(read.filters)) == len(_ARTICLES)
    if _CATALOGUE.fault(read.filters) is None and read.fault is None and read.filters.written:
        assert any(_CATALOGUE.passing(read.filters))
    if all(written[-1] != ":" for written in read.filters.written):  # `in:?` names nothing, and is told so
        again = read_filters(" ".join(read.filters.written)).filters
        assert (again.publishers, again.collections) == (read.filters.publishers, read.filters.collections)


def questions(data: bytes) -> None:
    """Any question is answered with slices of articles, or abstained from."""
    question = text_of(data).encode("utf-8", "replace").decode()
    answer = compose(_LIBRARY.search(_LIBRARY.read(question), 10), 0.45)
    for cited in answer.citations:
        assert _TEXTS[cited.file][cited.start : cited.end] == cited.quote


def _answered(quote: str, title: str, file: str, question: str, term: str) -> Answer:
    first = Citation(
        number=1, file=file, line=1, start=0, end=len(quote), quote=quote, title=title, score=1.0, matched=(term, "x")
    )
    second = first.model_copy(update={"number": 2, "publisher": title, "quote": f"{quote} {quote}"})
    return Answer(question=question, kind=Kind.WHAT, outcome="answered", confidence=0.9, citations=(first, second))


def _abstained(title: str, file: str, question: str) -> Answer:
    closest = _answered(title, title, file, question, "x").citations
    values = {"question": question, "kind": Kind.WHAT, "outcome": "abstained", "reason": "unsupported"}
    return Answer.model_validate({**values, "confidence": 0, "citations": closest, "missing": (question[:50],)})


def _article(file: str, text: str) -> Article:
    read = read_article(file, text.encode())
    assert isinstance(read, Article)
    return read


_WORD = re.compile(r"\w")
_ARTICLES = [
    _article("pacific/a.txt", "---\ndate: 2023-06-15\npublisher: Kyodo News\n---\nShips\n\nJapan gave two to Fiji.\n"),
    _article("South Asia/b.txt", "More ships\n\nJapan gave nine ships to Dhaka on Monday.\n"),
]
_TEXTS = {article.file: article.text for article in _ARTICLES}
_CATALOGUE = Catalogue(_ARTICLES)
_LIBRARY = Library.from_analysis([analyse(article) for article in _ARTICLES])

Target = Callable[[bytes], None]
TARGETS: dict[str, tuple[Target, tuple[bytes, ...]]] = {
    "articles": (
        articles,
        (
            b"a\nTitle\n\nJapan gave two ships to Fiji. It did so on Monday, e.g. in Suva.\n",
            b"b\n---\ntitle: T\ndate: 2023-06-15\n---\n# Heading\n\n- one\n- two\n",
            b"c\n\xef\xbb\xbfTokyo, Nov. 29 (Kyodo) -- \xe6\x97\xa5\xe6\x9c\xac\xe3\x81\xaf\xe3\x80\x82\r\n",
        ),
    ),
    "sentences": (
        sentences,
        (
            b"Mr. Kishi met Gen. Giang. \xe2\x80\x9cIt works,\xe2\x80\x9d he said...",
            b"3.5 bn yen (U.S. $2.3). End?",
        ),
    ),
    "rendering": (
        rendering,
        (b"<b>&lt;x&gt;</b>\n<i>T</i>\n</code>.txt\n{{ 7*7 }}\nb", b"a & b\n\n\n\n", b"\xf0\x9f\x99\x82" * 30),
    ),
    "filters": (
        filters,
        (b"Who? after:2023-06 before:2024 from:kyodo in:south-asia", b"after: 2023 in:(x) from:"),
    ),
    "questions": (questions, (b"How many ships did Japan give to Fiji?", b"and Dhaka? in:pacific after:2023")),
}
"""Each target with inputs to begin from."""
