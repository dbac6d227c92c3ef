"""The title of a PDF: that of its metadata where its pages agree, otherwise its headline."""

import re
from collections.abc import Iterator, Sequence

from retrieval.documents.cleaning import clean
from retrieval.documents.pdf.margins import usual_size
from retrieval.documents.pdf.paragraphs import SAME_SIZE, PageLine
from retrieval.patterns import lazy_pattern

_NO_TITLE = lazy_pattern(
    r"(?:untitled|microsoft (?:word|powerpoint|excel)\b.*|document\s?\d*|title|slide \d+"
    r"|\S*[_\d]\S*|\w+(?:[-.]\w+)+|[a-z]+"
    r"|.*\.(?:docx?|pdf|indd|qxd|tex|pptx?|xlsx?|rtf|odt|wpd|exe|html?|txt|dvi|ps|eps))",
    re.IGNORECASE,
)
"""What programs write for a title when nobody gave one."""
_WORD = lazy_pattern(r"[^\W_]+")
SHARED_WORDS = 0.5
"""Part of the words of a title in the metadata that stand on the first page too."""
HEADLINE_SIZE = 1.12
"""Letters of a headline, beside those of the text."""
HEADLINE_LETTERS = 8
_STAMP = lazy_pattern(
    r"\W*(?:draft|final|confidential|secret|classified|unclassified|approved|copy|sample|embargoed|memorandum|memo"
    r"|void|paid|original|for official use only|press release|for immediate release)\W*",
    re.IGNORECASE,
)
"""What is stamped on papers in large letters and says nothing of what they are about."""


def title(stated: str, first_page: Sequence[PageLine]) -> str:
    """Return the title of a PDF; empty where neither its metadata nor its first page has one.

    Args:
        stated: The title in its metadata.
        first_page: The lines of its first page that has any.
    """
    stated = clean(stated).strip()
    headline = clean(" ".join(_headline(first_page))).strip()
    if not stated or _NO_TITLE.fullmatch(stated) or not any(letter.isalpha() for letter in stated):
        return headline
    return stated if not headline or _stands_on(stated, first_page) else headline


def _stands_on(stated: str, page: Sequence[PageLine]) -> bool:
    words = {word.casefold() for word in _WORD.findall(stated)}
    shown = {word.casefold() for line in page for word in _WORD.findall(line.text)}
    return len(words & shown) >= SHARED_WORDS * len(words)


def _headline(page: Sequence[PageLine]) -> list[str]:
    """The lines in the largest letters that say something, as they follow each other."""
    body = usual_size(page)
    large = (group for group in _same_size(page) if group[0].size >= HEADLINE_SIZE * body and _says_something(group))
    return [line.text.strip() for line in max(large, key=_size, default=[])]


def _size(group: Sequence[PageLine]) -> float:
    return group[0].size


def _same_size(page: Sequence[PageLine]) -> Iterator[list[PageLine]]:
    group: list[PageLine] = []
    for line in page:
        if group and abs(line.size - group[0].size) > SAME_SIZE * group[0].size:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _says_something(group: Sequence[PageLine]) -> bool:
    text = " ".join(line.text for line in group)
    letters = sum(letter.isalpha() * (1 if letter.isascii() else 2) for letter in text)
    return letters >= HEADLINE_LETTERS and not _STAMP.fullmatch(text)
