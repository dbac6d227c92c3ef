"""Errors of retrieval, each naming the thing that is wrong and the cure.

PolicydeskError
├── ArticlesError     the articles folder cannot be used at all
├── DocumentError     a document cannot be read, or not be kept
├── FeedError         a feed cannot be fetched or read
├── GlossaryError     a table of names in several languages cannot be read
├── JudgmentsError    a file of questions or a run cannot be read
├── SemanticError     a semantic model is wanted, but not installed, or damaged
└── WeightsError      weights of a desk's own cannot be read or written
"""

from retrieval.file_problems import Figures, FileProblem


class PolicydeskError(Exception):
    """A problem that people can solve themselves; its text is a clear line with the cure."""


class ArticlesError(PolicydeskError):
    """The articles folder is missing, or holds no usable article."""

    def __init__(self, message: str, flaw: FileProblem) -> None:
        super().__init__(message)
        self.flaw = flaw


class DocumentError(PolicydeskError):
    """A document, by its harmless name, cannot become an article; `flaw` names why, `figures` what its words name."""

    def __init__(
        self, document: str, reason: str, cure: str, flaw: FileProblem | None = None, figures: Figures = ()
    ) -> None:
        super().__init__(f"{document} cannot be added: {reason}; {cure}.")
        self.document, self.reason, self.cure = document, reason, cure
        self.flaw, self.figures = flaw, figures


class FeedError(PolicydeskError):
    """A feed cannot be fetched or read."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}.")
        self.url, self.reason = url, reason


class GlossaryError(PolicydeskError):
    """A table of names and words in several languages cannot be read."""


class JudgmentsError(PolicydeskError):
    """A file of judged questions, or a run over them, does not have the expected form."""


class SemanticError(PolicydeskError):
    """A semantic model is wanted, but not installed, or its file is damaged."""


class WeightsError(PolicydeskError):
    """Weights that a desk has learnt cannot be read or written."""
