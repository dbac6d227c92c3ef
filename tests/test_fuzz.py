"""Whatever strangers write is read without a crash: the short form of `make fuzz`."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS
from tests.fuzz.updates import BASES, Taking

MARKED = st.text(st.characters() | st.sampled_from("<>&\"'/;:{}%#.!?-\n\r\t\0\x1b\u202e\u3000🙂 in0")).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
ANY = st.binary(max_size=300) | MARKED


@pytest.mark.parametrize("name", TARGETS)
def test_what_holds_of_it_holds_for_any_bytes(name: str) -> None:
    """Article loader, segmenter, renderer, filters and questions: 150 inputs each, and those to begin from."""
    target, seeds = TARGETS[name]
    for seed in seeds:
        target(seed)

    @given(ANY)
    def holds(data: bytes) -> None:
        target(data)

    holds()


@pytest.fixture(scope="module")
def taking() -> Iterator[Taking]:
    bot = Taking()
    yield bot
    bot.close()


@pytest.mark.parametrize("base", range(len(BASES)))
def test_an_update_of_every_kind_is_taken(taking: Taking, base: int) -> None:
    """As it comes, before anything is changed in it."""
    taking.take(bytes([base]))


def test_no_update_makes_a_handler_fail(taking: Taking) -> None:
    """200 updates with parts replaced, removed, repeated or filled with any text."""

    @given(st.binary(max_size=60))
    @example(b"\0")
    def taken(data: bytes) -> None:
        taking.take(data)

    taken()
