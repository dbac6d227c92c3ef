"""Arrays in files as `numpy.save` writes them, made one part after the other, so that no array need be in memory."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from retrieval.arrays import Array

ARRAY = ".npy"
"""Ending of the name of an array's file."""


class ColumnFile:
    """An array in a file, of which parts are added, read and replaced."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, path.open("w+b")
        self._kind = np.empty(0, dtype=np.uint8)
        self._begin = self.rows = 0

    def append(self, part: Array) -> int:
        """Add rows; return how many there were before. The first rows decide on the kind and width of all."""
        before = self.rows
        if not before:
            self._kind = part[:0].copy()
            self._write_header()
        self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(part).data)
        self.rows += len(part)
        return before

    def _write_header(self) -> None:
        self._file.seek(0)
        shape = (self.rows, *self._kind.shape[1:])
        header = {"descr": np.lib.format.dtype_to_descr(self._kind.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)  # of one size, however many rows there are
        self._begin = self._file.tell()

    def read(self, first: int, last: int) -> Any:
        """Return the rows from `first` up to and without `last` of an array of one dimension."""
        self._file.flush()
        self._file.seek(self._begin + first * self._kind.itemsize)
        return np.frombuffer(self._file.read((last - first) * self._kind.itemsize), dtype=self._kind.dtype)

    def replace(self, first: int, part: Array) -> None:
        """Replace rows from `first` on in an array of one dimension."""
        self._file.seek(self._begin + first * self._kind.itemsize)
        self._file.write(part.astype(self._kind.dtype, copy=False).tobytes())

    def close(self) -> None:
        """Finish the file.

        Raises:
            OSError: It could not be written.
        """
        with self._file:
            self._write_header()


class ColumnFolder:
    """A folder of such arrays, by their names.

    Leaving it as a context finishes all files; any of its methods may fail with an OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._columns: dict[str, ColumnFile] = {}

    def __getitem__(self, name: str) -> ColumnFile:
        if name not in self._columns:
            self._columns[name] = ColumnFile(self.path / f"{name}{ARRAY}")
        return self._columns[name]

    def append_all(self, arrays: Mapping[str, Array], before: str = "") -> None:
        """Add rows to arrays, each by its name after `before`; a single figure is written whole."""
        for name, array in arrays.items():
            if array.ndim:
                self[before + name].append(array)
            else:
                np.save(self.path / f"{before}{name}{ARRAY}", array, allow_pickle=False)

    def __enter__(self) -> "ColumnFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for column in self._columns.values():
            column.close()
