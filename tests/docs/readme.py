"""The conversation on README's first screen, as the desk has it."""

import tempfile
from pathlib import Path

from bot.demo import QUESTIONS, SUGGESTIONS
from tests.docs.blocks import ROOT
from tests.support.desk import policydesk

README = ROOT / "README.md"
SHORT = (SUGGESTIONS[1], QUESTIONS[1])
"""A question that one sentence answers, and one that none does: five lines in all."""


def exchange() -> str:
    """What the desk says to two questions of the demo, one quote each."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"POLICYDESK_DATABASE": str(Path(folder) / "readme.db")}
        said = "".join(f"> {question}\n{_ask(question, environment)}" for question in SHORT)
        return f"```text\n{said}```\n"


def _ask(question: str, environment: dict[str, str]) -> str:
    return policydesk("ask", "-k", "1", question, **environment).stdout
