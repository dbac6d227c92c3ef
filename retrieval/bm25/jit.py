"""Numba's compiler as the MaxScore search uses it: machine code kept on disk, run without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

njit: Any
try:
    from numba import njit
except ImportError:  # an optional library: without it the loops that build an index run as they stand
    njit = None

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function at its first call; without Numba, return the function itself.

    The machine code is kept beside the source, else in the user's cache folder or where NUMBA_CACHE_DIR says; where
    nothing of that can be written, each process compiles anew (about 15 s).
    """
    if njit is None:
        return function
    try:
        return cast("Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # Numba finds no folder that it may write
        return cast("Function", njit(nogil=True)(function))
