"""Compile a function with numba, cached on disk where a cache can be written and only in memory elsewhere."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numba.core.options

__all__ = ["inlined", "jit"]

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "fastmath": {"contract", "arcp", "nsz", "reassoc"},
    "error_model": "numpy",  # no branch to an exception at every division
    "no_cfunc_wrapper": True,  # nobody passes them as values: a wrapper less to compile
}
if hasattr(numba.core.options.DefaultOptions, "_nrt"):
    # no counting of references: a call that passes a `View` otherwise counts its arrays up and down, atomically, which
    # takes ten times as long as what most callees do; compiled functions may therefore not make arrays
    _OPTIONS["_nrt"] = False


@lru_cache(maxsize=1)
def _stamp() -> str:
    """Changes with every source file of the package: compiled functions hold those that they call."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def jit(function: F) -> F:
    """`numba.njit` with `cache=True`; in a read-only installation without a writable cache folder, without it.

    Arrays are made by the caller. The plain Python function stays reachable as `.py_func`.
    """
    if os.environ.get("BITEXT_NO_JIT_CACHE"):
        return numba.njit(**_OPTIONS)(function)
    try:
        compiled = numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # "no locator available": neither the package nor the user's cache folder can be written
        return numba.njit(**_OPTIONS)(function)
    try:  # numba looks at a function's own file only, not at those of the functions compiled into it
        file = compiled._cache._cache_file
        file._source_stamp = (file._source_stamp, _stamp())
    except (AttributeError, OSError):
        return numba.njit(**_OPTIONS)(function)
    return compiled


def inlined(function: F) -> F:
    """`numba.njit` for what another compiled function calls in its innermost loop, compiled into it.

    A call that passes a `View` otherwise passes some hundred and fifty numbers. Python cannot call it,
    which spares compiling what would unpack a `View`.
    """
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, **_OPTIONS}
    compiled: Any = numba.njit(**options)(function)
    return compiled
