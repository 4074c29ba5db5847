"""The inner loop of re-segmentation, compiled; imported only when a text is cut."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

__all__ = ["advance"]


def _advance(hyp: Any, cost: Any, reference: Any, unit: int) -> Any:
    """One more reference segment, by Levenshtein's recurrence.

    Args:
        hyp: ids of the output's words, n of them.
        cost: least cost of every prefix of the output (n + 1) over the segments before.
        reference: ids of the segment's words.
        unit: what an edit costs.

    Returns:
        The same costs after the segment, and for each prefix where the segment's piece begins in it.
    """
    n = len(hyp)
    row, begin = cost.copy(), np.arange(n + 1).astype(np.int32)
    for i in range(1, n + 1):  # words before the segment's first match; on a tie the earlier segment keeps them
        if row[i - 1] + unit < row[i]:
            row[i], begin[i] = row[i - 1] + unit, begin[i - 1]
    for word in reference:
        above, above_begin = row[0], begin[0]  # the cell up and left
        row[0] += unit
        for i in range(1, n + 1):
            best, start = above + unit * (hyp[i - 1] != word), above_begin
            above, above_begin = row[i], begin[i]
            if above + unit < best:
                best, start = above + unit, above_begin
            if row[i - 1] + unit < best:
                best, start = row[i - 1] + unit, begin[i - 1]
            row[i], begin[i] = best, start
    return row, begin


try:
    advance = numba.njit(cache=True, nogil=True)(_advance)
except RuntimeError:  # neither the package nor the user's cache folder can be written
    advance = numba.njit(nogil=True)(_advance)
