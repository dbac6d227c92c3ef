"""Errors of the record, each naming the database file and the cure; whatever uses the database may raise the first.

PolicydeskError
├── DatabaseError     the log cannot be opened, read or written
│   ├── UnavailableError   the same, but it may work later: once another program is done, or there is room
│   │   └── DatabaseGoneError   the file is not in its place any more
│   │       └── LeadershipLostError   another machine answers from the database
│   └── SearchError        a full-text search cannot be read
├── ReviewersError    the file of reviewers cannot be used, or not be changed as asked
└── ReviewError       a page for reviewers cannot be made of what was asked
"""

from retrieval.errors import PolicydeskError


class DatabaseError(PolicydeskError):
    """The database is damaged, locked, read-only, full, from a newer version, or not policydesk's."""


class UnavailableError(DatabaseError):
    """The database is locked, read-only, cannot be reached or its disk is full: the same may work later."""


class DatabaseGoneError(UnavailableError):
    """The file of the database was removed, moved or replaced: what is written is in no file that anybody finds."""


class LeadershipLostError(DatabaseGoneError):
    """Another machine leads by now, and answers from the same database."""


class SearchSyntaxError(Exception):
    """A full-text query does not follow the syntax; becomes a `SearchError` with the search in it."""


class SearchError(DatabaseError):
    """The words to search for do not form a full-text query."""


class ReviewersError(PolicydeskError):
    """The file of reviewers cannot be used, or not be changed as asked."""


class ReviewError(PolicydeskError):
    """A reviewer's request cannot be shown or written."""


class SignInError(ReviewError):
    """Somebody cannot sign in; `retry_after` are the seconds to wait, where that would help."""

    def __init__(self, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
