"""Numba's compiler as the MaxScore search uses it: machine code kept on disk, run without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function when it is first called.

    The machine code is kept beside the source, else in the user's cache folder or where NUMBA_CACHE_DIR says; where
    nothing of that can be written, each process compiles anew (about 15 s).
    """
    try:
        return cast("Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # Numba finds no folder that it may write
        return cast("Function", njit(nogil=True)(function))
