"""The arrays of the index and of the ranking, by the kind of their numbers."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
Integer = TypeVar("Integer", np.int32, np.int64)


def distinct(numbers: npt.NDArray[Integer]) -> npt.NDArray[Integer]:
    """Return the different numbers, ascending; `np.unique` would load what numpy has for masked arrays, for a look."""
    ordered = numbers.flatten()
    ordered.sort()
    is_new = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    found: npt.NDArray[Integer] = ordered[is_new]
    return found
