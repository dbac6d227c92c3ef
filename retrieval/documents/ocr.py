"""Text recognition over a scanned PDF by OCRmyPDF, a program of its own, where it is installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from retrieval.errors import DocumentError
from retrieval.file_problems import FileProblem

PROGRAM = "ocrmypdf"
INSTALL = "apt install ocrmypdf tesseract-ocr-eng tesseract-ocr-jpn tesseract-ocr-vie"
LANGUAGES = "eng+jpn+vie"
SECONDS = 900.0
"""Time for all pages of a document; a page takes a few seconds."""
OUTPUT_BYTES = 200_000_000
_MISSING = 3
"""How OCRmyPDF ends where a program or a language that it needs is not installed."""
_LAST_LINE = 160


def recognize(name: str, content: bytes, seconds: float = SECONDS) -> bytes:
    """Return a PDF whose pages of pictures have the text that OCRmyPDF reads in them; other pages stay as they are.

    Raises:
        DocumentError: OCRmyPDF is not installed, or cannot read the document.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise _missing(name)
    with tempfile.TemporaryDirectory() as folder:
        scan, result = Path(folder) / "scan.pdf", Path(folder) / "text.pdf"
        scan.write_bytes(content)
        code, said = _run([program, *_options(), str(scan), str(result)], folder, seconds)
        if code is None:
            reason = f"text recognition takes longer than {seconds:g} seconds"
            raise DocumentError(name, reason, "split it and add the parts", FileProblem.SLOW, (f"{seconds:g}",))
        if code == _MISSING:
            raise _missing(name)
        if code or not result.is_file() or result.stat().st_size > OUTPUT_BYTES:
            reason = f"{PROGRAM} could not read it ({said or f'it ended with {code}'})"
            raise DocumentError(name, reason, "scan it again, or add a version with text")
        return result.read_bytes()


def _missing(name: str) -> DocumentError:
    reason = f"text recognition needs {PROGRAM} with its languages, which is not installed"
    return DocumentError(name, reason, f"install it ({INSTALL})")


def _options() -> list[str]:
    """Text for pages that have none, on one processor; pages are not made smaller, and no archive file is made."""
    return ["--skip-text", "--language", LANGUAGES, "--output-type", "pdf", "--optimize", "0", "--jobs", "1", "--quiet"]


def _run(command: list[str], folder: str, seconds: float) -> tuple[int | None, str]:
    """Run a program to its end: its exit code, None when its time was up, and the last line that it said.

    It gets no secret of this process's environment, and all that it started ends with it.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - a program that the desk's owner installed, by its whole path
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment | {"OMP_THREAD_LIMIT": "1"},
        start_new_session=True,
    ) as process:
        try:
            said = process.communicate(timeout=seconds)[1].decode("utf-8", "replace").strip().splitlines()
        except subprocess.TimeoutExpired:
            return None, ""
        finally:
            _end(process)
    last = "".join(letter for letter in (said or [""])[-1] if letter.isprintable())
    return process.returncode, last[:_LAST_LINE]


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
