"""Problems of files, by names that stay, for which every language has its own words."""

from enum import StrEnum
from typing import TypeAlias


class FileProblem(StrEnum):
    """Why a file cannot be an article, or the articles cannot be used at all.

    The comment behind each says which figures come with it, in order.
    """

    UNREADABLE = "unreadable"  # what the system says
    NAME = "name"
    LINKED_FOLDER = "linked folder"
    UNLISTED = "unlisted"
    LINK_OUT = "link out"
    ENDING = "ending"
    TEXT_GONE = "text gone"
    CARD = "card"
    UNREAD = "unread"  # the ending of its name
    CHANGED = "changed"
    IRREGULAR = "irregular"
    LARGE = "large"  # bytes allowed
    EMPTY = "empty"
    NO_WORDS = "no words"
    NUL = "nul"
    ENCODING = "encoding"  # the byte at fault, bytes in all
    FRONT_OPEN = "front open"
    FRONT_YAML = "front yaml"
    FRONT_KEYS = "front keys"
    FRONT_DATE = "front date"

    FORMAT = "format"
    NOTHING_SENT = "nothing sent"
    OLD_WORD = "old word"
    MISNAMED = "misnamed"  # the ending of its name, what it is
    ENCRYPTED = "encrypted"
    PAGES = "pages"  # pages, pages allowed
    SCANNED = "scanned"
    UNPACKS = "unpacks"
    LETTERS = "letters"
    NO_TEXT = "no text"
    NO_ARTICLE = "no article"
    PAGE_ENCODING = "page encoding"  # the encoding it should be in
    UNKNOWN_ENCODING = "unknown encoding"  # its name
    LARGE_TEXT = "large text"  # bytes allowed
    NO_SENTENCE = "no sentence"
    ENDLESS = "endless"  # characters
    SLOW = "slow"  # seconds allowed
    BROKE_READER = "broke reader"  # how the reader ended
    MEMORY = "memory"
    NESTED = "nested"
    DAMAGED = "damaged"

    NOT_STORED = "not stored"  # what the system says, the articles folder
    COLLECTION_NAME = "collection name"
    COLLECTION_LINK = "collection link"
    NO_NAME_LEFT = "no name left"
    JUST_ADDED = "just added"

    NO_FOLDER = "no folder"
    NOTHING_USABLE = "nothing usable"
    NOTHING_QUOTABLE = "nothing quotable"
    NO_INDEX = "no index"


Figures: TypeAlias = tuple[int | str, ...]
"""Sizes, counts and endings that the words for a problem name."""
