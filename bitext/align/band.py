"""The corridor that the search stays in, and the products of representations inside it.

Nodes (i, j) mean: i source and j target segments are behind us. A `Band` keeps, for every i, the j of
`low[i] .. high[i] - 1`; both ends never fall. Everything is stored ragged, so that a band can be narrow where the path
is clear, wide where it is not, and whole for small documents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.text import Sparse

__all__ = [
    "Band",
    "corridor",
    "dense_product",
    "full",
    "shared",
    "span_norms_dense",
    "span_norms_sparse",
    "sparse_product",
    "widened",
]


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


@jit
def _sparse_product(s_start, s_index, s_value, t_start, t_index, t_value, buffer, low, high, at, out):  # type: ignore[no-untyped-def]
    for i in range(len(low)):
        a, b = s_start[i], s_start[i + 1]
        if a == b:
            continue
        for k in range(a, b):
            buffer[s_index[k]] += s_value[k]
        for j in range(low[i], high[i]):
            x = np.float32(0)
            for k in range(t_start[j], t_start[j + 1]):
                x += buffer[t_index[k]] * t_value[k]
            out[at[i] + j - low[i]] = x
        for k in range(a, b):
            buffer[s_index[k]] = 0


def shared(rows: Sparse, other: Sparse) -> Sparse:
    """The rows without what no row of the other has: what products need of them, often the lesser part."""
    there = np.zeros(rows.width, bool)
    there[other.column] = True
    keep = there[rows.column]
    kept = np.append(0, np.cumsum(keep))
    return Sparse(kept[rows.start], rows.column[keep], rows.value[keep], rows.width)


def sparse_product(source: Sparse, target: Sparse, band: Band) -> NDArray[np.float32]:
    """Inner products of rows inside a band of (source row, target row) pairs."""
    out = np.zeros(band.size, np.float32)
    if band.size > 3 * (source.height + target.height):
        source = shared(source, target)
        target = shared(target, source)
    buffer = np.zeros(source.width, np.float32)
    _sparse_product(*source[:3], *target[:3], buffer, *band, out)
    return out


@jit
def _dense_product(source, target, low, high, at, out):  # type: ignore[no-untyped-def]
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            x = np.float32(0)
            for k in range(source.shape[1]):
                x += source[i, k] * target[j, k]
            out[at[i] + j - low[i]] = x


def dense_product(source: NDArray[np.float32], target: NDArray[np.float32], band: Band) -> NDArray[np.float32]:
    """As `sparse_product`, for dense rows."""
    if band.size == len(source) * len(target):
        return (source @ target.T).ravel()
    out = np.zeros(band.size, np.float32)
    _dense_product(source, target, *band, out)
    return out


def _spans(near: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Norms of sums of consecutive rows from their neighbours' products.

    Args:
        near: `near[i, d]`, the product of rows i and i + d; shape (N, reach).

    Returns:
        `out[i, n]`, the Euclidean norm of the sum of rows i .. i + n - 1; shape (N, reach + 1).
    """
    n = len(near)
    out = np.zeros((n, reach + 1), np.float32)
    total = np.zeros(n, np.float32)
    for length in range(1, reach + 1):
        # add row i + length - 1: itself, and twice its products with the rows before it
        last = np.minimum(np.arange(n) + length - 1, n - 1)
        total = total + near[last, 0]
        for d in range(1, length):
            total = total + 2 * near[np.maximum(last - d, 0), d]
        out[:, length] = np.sqrt(np.maximum(total, 0))
    return out


def _near(n: int, reach: int) -> Band:
    rows = np.arange(n)
    return Band.of(rows, np.minimum(rows + reach, n))


def _ragged_to_matrix(values: NDArray[np.float32], band: Band, reach: int) -> NDArray[np.float32]:
    out = np.zeros((len(band.low), reach), np.float32)
    rows = np.repeat(np.arange(len(band.low)), band.high - band.low)
    out[rows, np.arange(band.size) - band.at[rows]] = values
    return out


@jit
def _span_norms(start, column, value, buffer, out):  # type: ignore[no-untyped-def]
    n = len(start) - 1
    for i in range(n):
        total = np.float64(0)
        for d in range(out.shape[1] - 1):
            r = i + d
            if r < n:
                for k in range(start[r], start[r + 1]):
                    x = buffer[column[k]]
                    total += (2 * x + value[k]) * value[k]
                    buffer[column[k]] = x + value[k]
            out[i, d + 1] = np.sqrt(max(total, 0.0))
        for k in range(start[i], start[min(i + out.shape[1] - 1, n)]):
            buffer[column[k]] = 0


def span_norms_sparse(rows: Sparse, reach: int) -> NDArray[np.float32]:
    """Norms of the sums of up to `reach` consecutive rows; shape (N, reach + 1)."""
    out = np.zeros((rows.height, reach + 1), np.float32)
    _span_norms(*rows[:3], np.zeros(max(rows.width, 1), np.float32), out)
    return out


def span_norms_dense(rows: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """As `span_norms_sparse`, for dense rows."""
    near = _near(len(rows), reach)
    return _spans(_ragged_to_matrix(dense_product(rows, rows, near), near, reach), reach)
