"""Errors of wording, each naming the template and the cure.

PolicydeskError
└── TemplatesError    a team's own templates cannot be used
"""

from retrieval.errors import PolicydeskError


class TemplatesError(PolicydeskError):
    """A template of the overlay folder is missing, broken, or asks for a value that no reply has."""


class BriefError(PolicydeskError):
    """A document is no brief, or cannot be read as one."""
