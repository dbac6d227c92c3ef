"""Reviewers: names with roles and hashes of passwords, in a file that only the desk's user can read."""

import json
from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter
from pathlib import Path

from pydantic import TypeAdapter, ValidationError, field_validator

from retrieval.models import Value
from retrieval.patterns import lazy_pattern
from retrieval.regular_files import read_regular
from storage.database.private_files import replacing
from storage.errors import ReviewersError

SHORTEST_PASSWORD = 12
"""Characters a password must have at least."""
_NAME = lazy_pattern(r"[^\W_][\w .'-]{0,59}")


class ReviewRole(StrEnum):
    """The rights on the review pages: a reviewer judges, an owner also sees the tables behind them."""

    REVIEWER = "reviewer"
    OWNER = "owner"


class Reviewer(Value):
    """A name to sign in with, which also signs verdicts, and the hash of its password (PBKDF2)."""

    name: str
    role: ReviewRole
    password: str

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        return normalize_name(name)


_FILE = TypeAdapter(list[Reviewer])


def normalize_name(name: str) -> str:
    """A name to sign in with, its spaces made single.

    Raises:
        ReviewersError: It cannot be one.
    """
    bare = " ".join(name.split())
    if not _NAME.fullmatch(bare) or bare.endswith("_password_hash"):
        raise ReviewersError(
            f"{name!r} cannot be a reviewer's name: use up to 60 letters, digits, spaces, dots and hyphens."
        )
    return bare


def reviewers_beside(log: Path) -> Path:
    """Where the reviewers of a log are kept: `policydesk.reviewers.json` beside `policydesk.db`."""
    return log.with_name(f"{log.stem}.reviewers.json")


def read_reviewers(path: Path) -> list[Reviewer]:
    """The reviewers of a file, by name.

    Raises:
        ReviewersError: It cannot be read.
    """
    try:
        found = _FILE.validate_json(read_regular(path, follow=True))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ReviewersError(f"{path} cannot be read ({error.strerror}): check POLICYDESK_REVIEWERS.") from error
    except ValidationError as error:
        raise ReviewersError(
            f"{path} is no list of reviewers: restore it, or remove it and add them again with `policydesk reviewers"
            " add NAME`."
        ) from error
    return sorted(found, key=attrgetter("name"))


def add_reviewer(path: Path, name: str, role: ReviewRole, password: str) -> Reviewer:
    """Add a reviewer; a reviewer of that name gets this role and password.

    Raises:
        ReviewersError: Name or password cannot be used, or the file not be written.
    """
    from datasette_auth_passwords.utils import hash_password  # noqa: PLC0415 - it brings the whole of Datasette

    if len(password) < SHORTEST_PASSWORD:
        raise ReviewersError(f"The password is too short: use at least {SHORTEST_PASSWORD} characters.")
    added = Reviewer(name=normalize_name(name), role=role, password=hash_password(password))
    _write(path, [*(known for known in read_reviewers(path) if known.name != added.name), added])
    return added


def remove_reviewer(path: Path, name: str) -> None:
    """Remove a reviewer.

    Raises:
        ReviewersError: There is nobody of that name, or the file cannot be written.
    """
    known = read_reviewers(path)
    left = [reviewer for reviewer in known if reviewer.name != normalize_name(name)]
    if len(left) == len(known):
        raise ReviewersError(f"There is no reviewer {name!r}: see `policydesk reviewers list`.")
    _write(path, left)


def _write(path: Path, reviewers: Iterable[Reviewer]) -> None:
    """Write the file whole, readable by its owner only."""
    dumped = json.dumps([reviewer.model_dump(mode="json") for reviewer in reviewers], ensure_ascii=False, indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_text(dumped + "\n", encoding="utf-8")
    except OSError as error:
        raise ReviewersError(f"{path} cannot be written ({error.strerror}): check POLICYDESK_REVIEWERS.") from error
