"""The corridor that the search stays in.

Nodes (i, j) mean: i source and j target segments are behind us. A `Band` keeps, for every i, the j of
`low[i] .. high[i] - 1`; both ends never fall. Everything is stored ragged, so that a band can be narrow where the path
is clear, wide where it is not, and whole for small documents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "corridor", "full", "widened"]


class Band(NamedTuple):
    """Rows `low[i]:high[i]`; the cell (i, j) is stored at `at[i] + j - low[i]`."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    at: NDArray[np.int64]

    @property
    def size(self) -> int:
        return int(self.at[-1])

    @classmethod
    def of(cls, low: NDArray[np.int64], high: NDArray[np.int64]) -> Band:
        """Rows from their ends; contiguous, as compiled functions are compiled anew for arrays that are not."""
        low, high = np.ascontiguousarray(low), np.ascontiguousarray(high)
        return cls(low, high, np.concatenate([[0], np.cumsum(high - low)]).astype(np.int64))

    def cells(self, sources: int, targets: int, reach: int) -> Band:
        """The sentence pairs that beads between nodes of this band can contain.

        A bead of up to `reach` source segments between two nodes needs, in each of its rows, every column between them,
        and one more on either side, where it is compared with its neighbours.
        """
        rows = np.arange(sources)
        low = np.maximum(self.low[np.maximum(rows - reach + 1, 0)] - 1, 0)
        high = self.high[np.minimum(rows + reach, sources)]
        return Band.of(low, np.maximum(np.minimum(high, targets), low))


def full(sources: int, targets: int) -> Band:
    """The whole matrix of nodes."""
    return Band.of(np.zeros(sources + 1, np.int64), np.full(sources + 1, targets + 1, np.int64))


def corridor(path: NDArray[np.int64], targets: int, radius: int) -> Band:
    """Nodes at most `radius` rows or columns away from a path.

    Args:
        path: for each number i of source segments, the lowest and highest j on the path; shape (N + 1, 2).
    """
    n = len(path)
    rows = np.arange(n)
    low = path[np.maximum(rows - radius, 0), 0] - radius
    high = path[np.minimum(rows + radius, n - 1), 1] + radius + 1
    return Band.of(np.clip(low, 0, targets), np.clip(high, 1, targets + 1))


def widened(band: Band, where: NDArray[np.bool_], rows: int, columns: int) -> Band:
    """The band made wider by some columns on either side, at the rows that are marked and up to `rows` from them."""
    n = len(band.low)
    marked = np.append(0, np.cumsum(where))
    number = np.arange(n)
    near = marked[np.minimum(number + rows + 1, n)] > marked[np.maximum(number - rows, 0)]
    low = np.maximum(band.low - near * columns, 0)
    high = np.minimum(band.high + near * columns, band.high[-1])
    return Band.of(np.minimum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high))
