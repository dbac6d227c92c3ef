"""The passages of the articles as text is read, and the lines that are never quoted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.errors import SettingsError
from retrieval.models import Article, SkippedFile
from retrieval.reading.articles import read_file, read_folder
from retrieval.reading.sentences import paragraphs_of, passages
from retrieval.text.shown_text import shown


class OmittedLine(NamedTuple):
    """A line that is never quoted, with the rule that says so."""

    number: int
    text: str
    rule: str


def passage_lines(folder: Path, max_bytes: int) -> Iterator[str]:
    """Yield a JSON object for each passage, in the order of files and places.

    Raises:
        ArticlesError: The folder has no usable article.
    """
    articles, _ = read_folder(folder, max_bytes)
    for article in articles:
        for passage in passages(article):
            place = {"file": passage.file, "line": passage.line, "start": passage.start, "end": passage.end}
            words = {"text": passage.text, "shown": passage.shown}
            around = {"speaker": passage.speaker, "heading": passage.heading}
            yield json.dumps(place | words | around, ensure_ascii=False)


def omitted_lines(folder: Path, file: str, max_bytes: int) -> list[OmittedLine]:
    """List the lines of an article that are never quoted; blank ones are left out.

    Raises:
        SettingsError: There is no such article.
    """
    found = read_file(folder, file, max_bytes) if (folder / file).is_file() else None
    if not isinstance(found, Article):
        why = f": {found.reason}" if isinstance(found, SkippedFile) else ""
        raise SettingsError(f"{file} is no article in {folder}{why}; see `policydesk sources`.")
    omitted = [paragraph for paragraph in paragraphs_of(found) if paragraph.omission is not None]
    return [OmittedLine(line.number, shown(line.text), str(p.omission)) for p in omitted for line in p.lines]
