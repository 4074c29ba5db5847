"""From coarse to fine: a first path through two texts of any length, in linear time.

Segments are summed in groups of 2^k (representations are additive), the coarsest groups are aligned in full, and every
finer level is searched only near the path of the level above (the idea is Vecalign's; Thompson and Koehn 2019).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band, corridor, dense_product, sparse_product
from bitext.align.evidence import Rows
from bitext.align.text import Sparse

__all__ = ["first_path"]

_FULL = 400  # groups a side that are aligned without a corridor
_RADIUS = 10


def _grouped(rows: Rows, size: int) -> Rows:
    if size == 1:
        return rows
    if isinstance(rows, Sparse):
        return rows._replace(start=np.append(rows.start[:-1:size], rows.start[-1]))
    return np.add.reduceat(rows, np.arange(0, len(rows), size), axis=0)


def _norms(rows: Rows) -> NDArray[np.float32]:
    n = rows.height if isinstance(rows, Sparse) else len(rows)
    here = Band.of(np.arange(n), np.arange(1, n + 1))
    if isinstance(rows, Sparse):
        return np.sqrt(sparse_product(rows, rows, here))
    return np.sqrt(dense_product(rows, rows, here))


@jit
def _chain(low, high, at, reward, r_low, r_high, r_at, best, back):  # type: ignore[no-untyped-def]
    """The best path of steps 1-1 (rewarded), 1-0 and 0-1 (free)."""
    best[:] = -np.inf
    best[0] = 0
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            if j > low[i]:
                x = best[node - 1]
                if x > best[node]:
                    best[node] = x
                    back[node] = 1
            if i > 0:
                if low[i - 1] <= j < high[i - 1]:
                    x = best[at[i - 1] + j - low[i - 1]]
                    if x > best[node]:
                        best[node] = x
                        back[node] = 2
                if j > 0 and low[i - 1] <= j - 1 < high[i - 1]:
                    x = best[at[i - 1] + j - 1 - low[i - 1]]
                    if r_low[i - 1] <= j - 1 < r_high[i - 1]:
                        x += reward[r_at[i - 1] + j - 1 - r_low[i - 1]]
                        if x > best[node]:
                            best[node] = x
                            back[node] = 3


def _walk(band: Band, reward: NDArray[np.float32], cells: Band) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    best = np.empty(band.size, np.float64)
    back = np.zeros(band.size, np.int8)
    _chain(*band, reward, *cells, best, back)
    i, j = len(band.low) - 1, int(band.high[-1]) - 1
    path = np.zeros((i + 1, 2), np.int64)
    path[i] = j, j
    pairs = []
    while i or j:
        step = back[band.at[i] + j - band.low[i]]
        if step != 2:
            j -= 1
        if step != 1:
            i -= 1
            path[i] = j, j
        else:
            path[i, 0] = j
        if step == 3:
            pairs.append((i, j))
    return path, np.array(pairs[::-1], np.int64).reshape(-1, 2)


def _reward(
    kinds: Sequence[tuple[Rows, Rows, float]], band: Band, sizes: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float32]:
    """How much more alike two groups are than groups of the corridor usually are, in standard deviations, weighted."""
    rows = np.repeat(np.arange(len(band.low)), band.high - band.low)
    columns = np.arange(band.size) - band.at[rows] + band.low[rows]
    total = np.zeros(band.size, np.float32)
    for source, target, weight in kinds:
        product = (
            sparse_product(source, target, band)
            if isinstance(source, Sparse) and isinstance(target, Sparse)
            else dense_product(source, target, band)  # type: ignore[arg-type]
        )
        norm = _norms(source)[rows] * _norms(target)[columns]
        likeness = np.where(norm > 0, product / np.maximum(norm, 1e-9), 0)
        spread = float(likeness.std())
        if spread > 1e-6:
            total += weight * (likeness - np.float32(likeness.mean())) / np.float32(spread)
    total -= 0.7 * sum(w for _, _, w in kinds)
    # position: far from where lengths put it, a pair needs more evidence
    s, t = sizes
    drift = (s[rows] / max(s[-1], 1e-9) - t[columns] / max(t[-1], 1e-9)) * min(len(s), len(t))
    return (total - 0.02 * np.minimum(np.abs(drift), 30)).astype(np.float32)


def first_path(
    kinds: Sequence[tuple[Rows, Rows, float]], lengths: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A path of 1-1 pairs and skips.

    Args:
        kinds: representations of both sides and the weight of each kind.
        lengths: of the segments, in characters.

    Returns:
        For each number of source segments the lowest and highest target position, shape (N + 1, 2);
        and the pairs on the path, shape (pairs, 2).
    """
    n, m = len(lengths[0]), len(lengths[1])
    level = 0
    while max(n, m) / 2**level > _FULL:
        level += 1
    path: NDArray[np.int64] | None = None
    pairs = np.zeros((0, 2), np.int64)
    while level >= 0:
        size = 2**level
        rows, columns = -(-n // size), -(-m // size)
        if path is None:
            band = Band.of(np.zeros(rows + 1, np.int64), np.full(rows + 1, columns + 1, np.int64))
        else:
            finer = np.minimum(2 * path, columns)
            both = np.repeat(finer, 2, axis=0)[: rows + 1]
            both[-1, 1] = columns
            band = corridor(both, columns, _RADIUS)
        cells = Band.of(band.low[:-1], np.maximum(np.minimum(band.high[1:], columns), band.low[:-1]))
        grouped = [(_grouped(s, size), _grouped(t, size), w) for s, t, w in kinds]
        sums = tuple(np.cumsum(np.add.reduceat(x, np.arange(0, len(x), size))) for x in lengths)
        path, pairs = _walk(band, _reward(grouped, cells, (sums[0], sums[1])), cells)
        level -= 1
    assert path is not None
    return path, pairs
