"""Pictures show the pages as they are today: `make screenshots` takes them."""

import json

import pytest

from tests.docs.screenshots import BRIEFS, DIGESTS, PICTURES, SCENES, digest, pictures

LARGEST, ALL_TOGETHER = 150_000, 3_000_000


@pytest.mark.parametrize("name", SCENES)
def test_no_page_has_changed_since_its_pictures_were_taken(name: str) -> None:
    taken = json.loads(DIGESTS.read_text(encoding="utf-8"))
    assert taken[name] == digest(SCENES[name]), "take the pictures again: make screenshots"


def test_every_page_has_its_pictures_in_both_colours_and_widths_and_no_other_is_there() -> None:
    named = {picture for scene in SCENES.values() for picture in pictures(scene)}
    assert {path.name for path in PICTURES.iterdir()} == named | BRIEFS | {DIGESTS.name}


def test_the_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in PICTURES.iterdir()]
    assert max(sizes) <= LARGEST
    assert sum(sizes) <= ALL_TOGETHER
