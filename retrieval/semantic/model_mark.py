"""The mark of a semantic model: it changes with whatever a text's vector depends on."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import xxhash

ROOM = Path(__file__).parent


def model_mark(packages: Iterable[str], *weights: Path) -> str:
    """Return the versions of packages, and a hash of our own part in the vectors: this room's code, and its weights."""
    digest = xxhash.xxh3_64()
    for path in (*weights, *sorted(ROOM.glob("*.py"))):
        digest.update(path.read_bytes())
    return " ".join([*(f"{name} {version(name)}" for name in packages), digest.hexdigest()])
