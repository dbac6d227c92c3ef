"""The notice of a watch as an exchange: the waiting passages that still exist and may be told."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.watches.matching import digest_of, read_topic
from prompts.composition.watch import compose_watch
from prompts.languages import Language
from prompts.models import Answer, Channel
from retrieval.library import Library
from storage.models import Exchange
from storage.watches.book import WatchBook
from storage.watches.models import Watch
from storage.watches.told_quotes import ToldQuotes

HITS = 40
"""How many passages of a notice are looked at."""


class Notices:
    """Words the notices of watches; its methods block."""

    def __init__(self, desk: Desk, book: WatchBook, told: ToldQuotes) -> None:
        self._desk, self._book, self._told = desk, book, told

    def word(self, watch: Watch, notice: int, language: Language) -> Exchange | None:
        """Return the exchange of a notice, to be put on record before it is told; None where nothing is left to tell.

        Raises:
            DatabaseError: The record cannot be read.
        """
        asker = Asker(
            channel=Channel.TELEGRAM,
            chat_id=watch.chat_id,
            user_id=watch.user_id,
            update_id=notice,
            thread_id=watch.place.thread_id,
            among_others=watch.chat_id < 0,
            language=language,
        )
        return self._desk.tell(asker, partial(self._compose, watch, self._book.matches_of(notice)))

    def _compose(self, watch: Watch, matches: Mapping[str, Sequence[int]], library: Library) -> Answer | None:
        query = read_topic(self._desk, library, watch)
        places = _places(library, matches)
        if not places:
            return None
        findings = library.search_among(query, np.array(places, dtype=np.int64), HITS)
        return compose_watch(findings, self._told.latest(watch.place), matches)


def _places(library: Library, matches: Mapping[str, Sequence[int]]) -> list[int]:
    """The places of the passages of some digests that still stand in their articles, each passage once."""
    found: dict[int, int] = {}
    for file, digests in matches.items():
        for place in library.places_of(file):
            digest = digest_of(library.passage(place))
            if digest in digests:
                found.setdefault(digest, place)
    return list(found.values())
