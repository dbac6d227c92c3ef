"""The conversation on README's first screen, as the desk has it; `python -m tests.support.readme` writes it there."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.demo import QUESTIONS, SUGGESTIONS

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(?<=-->\n```text\n).*?(?=```\n<!-- end of exchange -->)", re.DOTALL)


SHORT = (SUGGESTIONS[1], QUESTIONS[1])
"""A question that one sentence answers, and one that none does: five lines in all."""


def exchange() -> str:
    """What the desk says to two questions of the demo, one quote each."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "POLICYDESK_DATABASE": str(Path(folder) / "readme.db")}
        return "".join(f"> {question}\n{_ask(question, environment)}" for question in SHORT)


def _ask(question: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "bot", "ask", "-k", "1", question]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda _: exchange(), README.read_text(encoding="utf-8")), encoding="utf-8")
