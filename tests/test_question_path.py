"""The way of a question that docs/developing.md shows exists: each function stands in the file that is named for it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEP = re.compile(r"`([\w/]+\.py)`:\s+`([\w.]+)`")


def functions_of(path: Path) -> set[str]:
    """The functions of a module, and the methods of its classes as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {f"{node.name}.{method.name}" for method in methods}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


def test_every_step_of_a_question_is_in_the_file_that_is_named() -> None:
    text = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
    steps = STEP.findall(text)
    assert len(steps) >= 10
    assert [f"{file}: {name}" for file, name in steps if name not in functions_of(ROOT / file)] == []
