"""Reads documents that people sent, one at a time, each in a process of its own with a limited cost."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from retrieval.documents.file_names import file_name
from retrieval.documents.models import DocumentRefusal, Draft, ReadingLimits
from retrieval.documents.reader_process import Task
from retrieval.errors import DocumentError
from retrieval.file_problems import FileProblem

ROOT = Path(__file__).parent.parent.parent
_ANSWER: TypeAdapter[Draft | DocumentRefusal] = TypeAdapter(Draft | DocumentRefusal)
_TURN = threading.Lock()
"""Held while a document is read, so that ten senders cost no more memory than one."""


def read_document(name: str, content: bytes, limits: ReadingLimits | None = None) -> Draft:
    """Read a document, whose name says its format; nothing is written anywhere.

    Raises:
        DocumentError: It cannot become an article; the message says why and the cure.
    """
    limits = limits or ReadingLimits()
    shown = file_name(name)
    if len(content) > limits.bytes:
        reason = f"it is larger than {limits.bytes:,} bytes"
        cure = "split it, or raise POLICYDESK_MAX_ARTICLE_BYTES"
        raise DocumentError(shown, reason, cure, FileProblem.LARGE, (limits.bytes,))
    with _TURN:
        answer = _read(Task(name=shown, limits=limits), content)
    if isinstance(answer, DocumentRefusal):
        raise DocumentError(shown, answer.reason, answer.cure, answer.flaw, answer.figures)
    return answer


def _read(task: Task, content: bytes) -> Draft | DocumentRefusal:
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as answer:
        document.write(task.model_dump_json().encode() + b"\n")
        document.write(content)
        document.seek(0)
        ended = run_confined("retrieval.documents.reader_process", document, answer, task.limits.seconds)
        answer.seek(0)
        said = answer.read()
    if ended is None:
        return DocumentRefusal(
            reason=f"reading it takes longer than {task.limits.seconds:g} seconds",
            cure="split it, or send its text as a .txt file",
            flaw=FileProblem.SLOW,
            figures=(f"{task.limits.seconds:g}",),
        )
    try:
        return _ANSWER.validate_json(said)
    except ValidationError:
        return DocumentRefusal(
            reason=f"it cannot be read (the reader ended with {ended})",
            cure="open it, save it again and send that, or send its text as a .txt file",
            flaw=FileProblem.BROKE_READER,
            figures=(ended,),
        )


def run_confined(module: str, document: IO[bytes], answer: IO[bytes], seconds: float) -> int | None:
    """Run a module that reads a document to its end: its exit code, or None when its time was up.

    It gets no environment: no token or other secret is where a hostile document could reach it.
    """
    command = [sys.executable, "-m", module]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=document, stdout=answer, stderr=subprocess.DEVNULL, cwd=ROOT, env={}, start_new_session=True
    ) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            process.kill()
