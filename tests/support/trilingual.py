"""A library in three languages: the five reports, and two articles each in Japanese and Vietnamese, worded by us."""

import shutil
from pathlib import Path

from bot.settings import SEEDS
from tests.support.desk import JUDGMENTS

ARTICLES = JUDGMENTS / "trilingual"


def trilingual_folder(place: Path) -> Path:
    """Make a folder of these nine articles."""
    root = place / "trilingual"
    shutil.copytree(SEEDS, root)
    shutil.copytree(ARTICLES, root, dirs_exist_ok=True)
    return root
