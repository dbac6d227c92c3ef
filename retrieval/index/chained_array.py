"""Two arrays looked at as one, so that an array mapped from a file is continued without a copy."""

from typing import Any, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

Kind = TypeVar("Kind", bound=np.generic)


class ChainedArray(Generic[Kind]):
    """An array and its continuation, row by row."""

    def __init__(self, first: npt.NDArray[Kind], more: npt.NDArray[Kind]) -> None:
        self._first, self._more = first, more
        self._size, self._is_continued = len(first), len(more) > 0

    def __len__(self) -> int:
        return len(self._first) + len(self._more)

    @overload
    def __getitem__(self, at: int) -> Kind: ...
    @overload
    def __getitem__(self, at: npt.NDArray[np.integer[Any]]) -> npt.NDArray[Kind]: ...
    def __getitem__(self, at: "int | npt.NDArray[np.integer[Any]]") -> "Kind | npt.NDArray[Kind]":
        if not self._is_continued:
            first: npt.NDArray[Kind] = self._first[at]
            return first
        size = self._size
        if isinstance(at, int):
            element: Kind = self._first[at] if at < size else self._more[at - size]
            return element
        is_later = at >= size
        found = np.empty((*at.shape, *self._first.shape[1:]), dtype=self._first.dtype)
        found[~is_later] = self._first[at[~is_later]]
        found[is_later] = self._more[at[is_later] - size]
        return found
