"""Compile a function with numba, cached on disk where a cache can be written and only in memory elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["jit"]

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """`numba.njit` with `cache=True`; in a read-only installation without a writable cache folder, without it.

    The plain Python function stays reachable as `.py_func`.
    """
    options: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "arcp", "nsz", "reassoc"}}
    if os.environ.get("BITEXT_NO_JIT_CACHE"):
        return numba.njit(**options)(function)
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # "no locator available": neither the package nor the user's cache folder can be written
        return numba.njit(**options)(function)
