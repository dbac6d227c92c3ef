"""The conversation on README's first screen, as the desk has it; `python -m tests.support.readme` writes it there."""

import re
import tempfile
from pathlib import Path

from bot.demo import QUESTIONS, SUGGESTIONS
from tests.support.desk import policydesk

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(?<=-->\n```text\n).*?(?=```\n<!-- end of exchange -->)", re.DOTALL)


SHORT = (SUGGESTIONS[1], QUESTIONS[1])
"""A question that one sentence answers, and one that none does: five lines in all."""


def exchange() -> str:
    """What the desk says to two questions of the demo, one quote each."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"POLICYDESK_DATABASE": str(Path(folder) / "readme.db")}
        return "".join(f"> {question}\n{_ask(question, environment)}" for question in SHORT)


def _ask(question: str, environment: dict[str, str]) -> str:
    return policydesk("ask", "-k", "1", question, **environment).stdout


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda _: exchange(), README.read_text(encoding="utf-8")), encoding="utf-8")
