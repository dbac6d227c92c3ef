"""Templates as compiled, kept in the `__pycache__` of a package, as Python keeps its modules."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class TemplateCache(FileSystemBytecodeCache):
    """Keeps templates as compiled for a language; where they cannot be kept they are compiled anew."""

    def __init__(self, package: Path, language: str, others: Iterable[Path]) -> None:
        """Keep templates for as long as neither they nor the `others` change: translations, and what compiles them."""
        super().__init__(str(package / "__pycache__"), f"{language}.%s.jinja-{jinja2.__version__}")
        self._others = [(stat.st_mtime_ns, stat.st_size) for stat in map(Path.stat, others)]

    def get_source_checksum(self, source: str) -> str:
        """Return the checksum of a template and of the others."""
        return super().get_source_checksum(f"{self._others}{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template, unless its file is missing or damaged."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 - of a damaged file pickle may make anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, unless Python is told to keep nothing or the folder cannot be written."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
