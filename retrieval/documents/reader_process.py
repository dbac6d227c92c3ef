"""The process that reads a document, under limits of its own making.

Run as `python -m retrieval.documents.reader_process`: a `Task` on a line of standard input, then the document's bytes;
on standard output a `Draft` or a `DocumentRefusal`. Whatever a hostile document does to a library ends here.
"""

import contextlib
import os
import sys
from typing import BinaryIO

from retrieval.documents.models import DocumentRefusal, Draft, ReadingLimits, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import Value

OUTPUT_BYTES = 100_000_000
NESTING = 2_000


class Task(Value):
    """A document's name and the limits on reading it."""

    name: str
    limits: ReadingLimits


def main() -> None:
    """Read the document on standard input."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints, the answer stays clean
    task = Task.model_validate_json(sys.stdin.buffer.readline())
    confine(task.limits)
    with answer:
        answer.write(answer_to(task, sys.stdin.buffer).model_dump_json().encode())


def confine(limits: ReadingLimits) -> None:
    """Cap the resources of this process; where the system knows no such caps, its parent's clock has to do."""
    sys.setrecursionlimit(NESTING)
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    seconds = int(limits.seconds) + 1
    caps = {"AS": limits.memory, "CPU": seconds, "FSIZE": OUTPUT_BYTES, "CORE": 0}
    for name, cap in caps.items():
        with contextlib.suppress(ValueError, OSError):  # macOS has no cap on address space
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (cap, cap))


def answer_to(task: Task, document: BinaryIO) -> Draft | DocumentRefusal:
    """Read a document, or say why it cannot be read."""
    try:
        from retrieval.documents.draft import draft  # noqa: PLC0415 - under the limits

        return draft(task.name, document.read(), task.limits)
    except UnreadableError as unreadable:
        return unreadable.refusal
    except MemoryError:
        cure = "split it, or send its text as a .txt file"
        return DocumentRefusal(reason="reading it takes too much memory", cure=cure, flaw=FileProblem.MEMORY)
    except RecursionError:
        return DocumentRefusal(
            reason="it is nested too deeply", cure="send its text as a .txt file", flaw=FileProblem.NESTED
        )
    except Exception:  # noqa: BLE001 - libraries raise anything over a damaged document; it is said, not hidden
        cure = "open it, save it again and send that, or send its text as a .txt file"
        return DocumentRefusal(reason="it is damaged", cure=cure, flaw=FileProblem.DAMAGED)


if __name__ == "__main__":
    main()
