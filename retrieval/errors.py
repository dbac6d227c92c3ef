"""Errors of retrieval, each naming the thing that is wrong and the cure.

PolicydeskError
├── ArticlesError     the articles folder cannot be used at all
└── JudgmentsError    a file of questions or a run cannot be read
"""


class PolicydeskError(Exception):
    """Something a person can put right; its text is one clear line that says how."""


class ArticlesError(PolicydeskError):
    """The articles folder is missing, or holds no usable article."""


class JudgmentsError(PolicydeskError):
    """A file of judged questions, or a run over them, does not have the expected form."""
