import contextlib
import copy
import gc
import importlib
import pkgutil
import re

import pytest

import bot
import prompts
import retrieval
import storage
from retrieval.patterns import _LazyPattern, lazy_pattern


def test_a_pattern_is_compiled_at_its_first_use_and_not_before() -> None:
    broken = lazy_pattern(r"(")
    with pytest.raises(re.error):
        broken.search("a")
    word = lazy_pattern(r"[a-z]+", re.IGNORECASE)
    assert [found[0] for found in word.finditer("Ha Noi")] == ["Ha", "Noi"]
    assert (word.sub("-", "Ha Noi"), word.pattern, word.fullmatch("Ha Noi")) == ("- -", r"[a-z]+", None)
    assert lazy_pattern(rb"\d").findall(b"4 of 5") == [b"4", b"5"]


def test_a_pattern_may_be_copied_before_its_first_use_and_after() -> None:
    word = lazy_pattern(r"[a-z]+")
    for _ in range(2):
        assert copy.copy(word).findall("a b") == copy.deepcopy(word).findall("a b") == ["a", "b"]
        assert word.match("a")


def test_every_pattern_of_the_product_can_be_compiled() -> None:
    for room in (retrieval, prompts, storage, bot):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            with contextlib.suppress(ImportError):  # what needs an extra that is not installed
                if not module.name.startswith(("bot.emulator.", "bot.__main__", "retrieval.training.")):
                    importlib.import_module(module.name)
    gc.unfreeze()  # commands that other tests have loaded
    patterns = [held for held in gc.get_objects() if isinstance(held, _LazyPattern)]
    assert len(patterns) > 400
    for pattern in patterns:
        if pattern.pattern != "(":
            pattern.search(b"" if isinstance(pattern.pattern, bytes) else "")
