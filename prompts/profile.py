"""The articles at large, as they are told to who asks what there is to ask about."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from retrieval.models import Source, Value

NEWEST = 5
"""Most articles that are named to who asks for news."""
PUBLISHERS = 5
"""Most publishers that are named."""


class NewArticle(Value):
    """An article named to who asks for news."""

    file: str
    title: str
    date: dt.date | None = None


class LibraryProfile(Value):
    """The articles at large: how many there are, of which days and publishers, and the newest of them."""

    articles: int
    first: dt.date | None = None  # of the articles that are dated
    last: dt.date | None = None
    publishers: tuple[str, ...] = ()  # the most frequent first
    more_publishers: int = 0
    newest: tuple[NewArticle, ...] = ()  # the newest first, undated ones left out


def profile(sources: Sequence[Source]) -> LibraryProfile:
    """Return the profile of articles."""
    dated = sorted((source for source in sources if source.date), key=attrgetter("date"))
    publishers = [name for name, _ in Counter(s.publisher for s in sources if s.publisher).most_common()]
    return LibraryProfile(
        articles=len(sources),
        first=dated[0].date if dated else None,
        last=dated[-1].date if dated else None,
        publishers=tuple(publishers[:PUBLISHERS]),
        more_publishers=max(0, len(publishers) - PUBLISHERS),
        newest=tuple(NewArticle(file=s.file, title=s.title, date=s.date) for s in reversed(dated[-NEWEST:])),
    )
