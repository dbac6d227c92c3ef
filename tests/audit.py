"""The pinned packages held against known vulnerabilities: `python -m tests.audit` says how many could be checked.

pip-audit counts a package that its service does not know, or does not answer about, among those without fault; here it
counts as not checked.
"""

import json
import subprocess
import sys
from typing import Any, NamedTuple

PINS = "requirements.txt"
SECONDS = 90
"""How long it may take; then nothing was checked."""


class Audit(NamedTuple):
    """What came of an audit.

    Attributes:
        lines: What to say.
        is_clean: Whether nothing vulnerable was found.
    """

    lines: list[str]
    is_clean: bool


def judged(output: str) -> Audit:
    """What pip-audit's JSON says; anything else means that nothing was checked."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit(["NOT CHECKED for known vulnerabilities: the advisory service cannot be reached."], is_clean=True)
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    lines = [_line(package, found) for package in packages for found in package.get("vulns", [])]
    is_clean = not lines
    if checked := len(packages) - len(skipped):
        lines.append(f"{checked} packages checked for known vulnerabilities{', none found' if is_clean else ''}.")
    if skipped:
        lines.append(f"NOT CHECKED for known vulnerabilities: {len(skipped)} of {len(packages)} packages.")
    return Audit(lines, is_clean)


def _line(package: dict[str, Any], found: dict[str, Any]) -> str:
    fixed = ", ".join(found["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}"


def audit() -> Audit:
    """Ask pip-audit."""
    command = [sys.executable, "-m", "pip_audit", "-r", PINS, "--disable-pip", "--timeout", "3", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return judged("")
    return judged(done.stdout)


if __name__ == "__main__":
    found = audit()
    print("\n".join(found.lines))
    sys.exit(not found.is_clean)
