"""The container recipe in a plain directory: `python -m tests.container` carries all of it out, downloads included.

No image is pulled and nothing is isolated: the steps of the build stage run as they stand in the Dockerfile, with its
three folders (/build, /opt/policydesk, /data) put below another one.
"""

import fnmatch
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FOLDERS = ("/build", "/opt/policydesk", "/data")


def instructions(stage: int) -> list[tuple[str, str]]:
    """The instructions of a stage, continued lines joined."""
    lines = re.sub(r"^#.*\n", "", RECIPE, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    pairs = [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]
    starts = [index for index, (name, _) in enumerate(pairs) if name == "FROM"] + [len(pairs)]
    return pairs[starts[stage] : starts[stage + 1]]


def environment(root: Path) -> dict[str, str]:
    """What the image sets, with its folders below `root`."""
    values = " ".join(value for name, value in instructions(1) if name == "ENV")
    return dict(part.split("=", 1) for part in shlex.split(below(root, values)))


def below(root: Path, text: str) -> str:
    """A step with its folders put below another one."""
    for folder in FOLDERS:
        text = re.sub(rf"(?<![\w/.]){folder}(?!\w)", f"{root}{folder}", text)
    return text


def context(root: Path) -> None:
    """Copy what .dockerignore lets into the build."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#") and line != "*"]
    refused = [line.removeprefix("**/") for line in rules if not line.startswith("!")]

    def ignored(folder: str, names: list[str]) -> set[str]:
        place = Path(folder).relative_to(ROOT)
        return {n for n in names for rule in refused if fnmatch.fnmatch(n, rule) or str(place / n) == rule}

    for name in (line[1:] for line in rules if line.startswith("!")):
        source, target = ROOT / name, root / "build" / name
        shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)


def build(root: Path, *, downloads: bool) -> None:
    """Carry out the build stage.

    Args:
        root: Where its folders go.
        downloads: Whether the dependencies are downloaded too; if not, those of this environment are lent.
    """
    (root / "build").mkdir()
    context(root)
    for name, step in instructions(0):
        if name != "RUN":
            continue
        if "requirements.txt" in step and not downloads:
            _lend(root)
        else:
            run(below(root, step), root / "build")


def _lend(root: Path) -> None:
    run(below(root, f"{sys.executable} -m venv --without-pip /opt/policydesk"), root)
    (packages,) = (root / "opt/policydesk/lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")


def run(step: str, folder: Path) -> None:
    """Carry out a step as a shell would.

    Raises:
        RuntimeError: It failed; what it said is in the text.
    """
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "POLICYDESK_"))}
    done = subprocess.run(step, shell=True, cwd=folder, capture_output=True, text=True, check=False, env=outside)  # noqa: S602 - the recipe's own steps
    if done.returncode:
        raise RuntimeError(f"{step}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        build(Path(place), downloads=True)
        done = subprocess.run(
            [f"{place}/opt/policydesk/bin/policydesk", "ask", "Which countries were the first to receive OSA?"],
            env={"POLICYDESK_DATABASE": f"{place}/policydesk.db"},
            cwd=place,
            check=False,
        )
    sys.exit(done.returncode)
