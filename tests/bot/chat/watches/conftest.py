"""A desk with one article, before anything is watched for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from tests.support.ships import FIJI


@pytest.fixture
def office(folder: Callable[..., Path], office_of: Callable[..., Office]) -> Office:
    return office_of(folder(fiji=FIJI))
