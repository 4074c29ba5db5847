"""From coarse to fine: a first path through two texts of any length, in linear time.

Segments are summed in groups of 2^k (representations are additive), the coarsest groups are aligned in full, and every
finer level is searched only near the path of the level above (the idea is Vecalign's; Thompson and Koehn 2019). The
finest level is searched from both ends: what the best path through a node loses against the best of all says how far
from the path the search proper has to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band, corridor, full, widened
from bitext.align.evidence import Dense, Rows
from bitext.align.products import product
from bitext.align.text import Sparse

__all__ = ["First", "first_path"]

_FULL = 400  # groups a side that are aligned without a corridor
_RADIUS = 10
_JUMP = 6  # segments of one text in a row without a partner
_SKETCH = 256  # dimensions in which groups are compared
_BEHIND = 8.0  # weighted standard deviations behind the best path at which a node is no longer near it


class First(NamedTuple):
    """A path of 1-1 pairs and skips, and what is near it.

    Attributes:
        path: for each number of source segments the lowest and highest target position; shape (N + 1, 2).
        pairs: the pairs on the path; shape (pairs, 2).
        near: the nodes that lie on paths almost as good, by number of source segments.
        best: for each source and each target segment, how like it the likest segment near the path of the level above
            is: 0 as strangers, 1 as pairs of the path usually are.
        cells, products: the pairs that were compared, and, by kind of evidence, their products.
    """

    path: NDArray[np.int64]
    pairs: NDArray[np.int64]
    near: Band
    best: tuple[NDArray[np.float32], NDArray[np.float32]]
    cells: Band
    products: Sequence[NDArray[np.float32]]


@jit
def _sketch(start, column, value, out):  # type: ignore[no-untyped-def]
    """Add sparse row i to row i // 2 of `out`, zeros, float32 (groups, dimensions), by hash and with a hashed sign."""
    width = np.uint32(out.shape[1])
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            h = np.uint32(np.uint32(column[k]) * np.uint32(2654435761))
            h ^= h >> np.uint32(15)
            x = value[k]
            out[i // 2, h % width] += x if h & np.uint32(0x10000) else -x


def _sketched(rows: Rows) -> Dense:
    """Sums of two rows each; of sparse ones in few dimensions that keep products, on average.

    The latter is a count sketch (Charikar et al. 2002).
    """
    if not isinstance(rows, Sparse):
        return _grouped(rows, 2)
    out = np.zeros((-(-rows.height // 2), _SKETCH), np.float32)
    _sketch(*rows[:3], out)
    return out


def _grouped(rows: Dense, size: int) -> Dense:
    out = rows
    while size > 1:  # by pairs: faster than `reduceat`
        even = len(out) // 2 * 2
        out = np.concatenate([out[0:even:2] + out[1:even:2], out[even:]])
        size //= 2
    return out


def _norms(rows: Dense) -> NDArray[np.float32]:
    return np.sqrt(np.einsum("ij,ij->i", rows, rows))


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


@jit
def _chain_back(low, high, at, reward, r_low, r_high, r_at, best):  # type: ignore[no-untyped-def]
    """As `_chain` from the end: the best path from each node on."""
    best[:] = -np.inf
    best[len(best) - 1] = 0
    for i in range(len(low) - 1, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            x = best[at[i] + j - low[i]]
            if j > low[i]:
                node = at[i] + j - 1 - low[i]
                best[node] = max(best[node], x)
            if i > 0:
                if low[i - 1] <= j < high[i - 1]:
                    node = at[i - 1] + j - low[i - 1]
                    best[node] = max(best[node], x)
                if j > 0 and low[i - 1] <= j - 1 < high[i - 1] and r_low[i - 1] <= j - 1 < r_high[i - 1]:
                    node = at[i - 1] + j - 1 - low[i - 1]
                    best[node] = max(best[node], x + reward[r_at[i - 1] + j - 1 - r_low[i - 1]])


@jit
def _trace(low, high, at, back, path, pairs):  # type: ignore[no-untyped-def]
    """Walk back from the end; pairs are filled from behind, returns where they begin."""
    i = len(low) - 1
    j = high[i] - 1
    first = len(pairs)
    path[i, 0] = j
    path[i, 1] = j
    while i > 0 or j > 0:
        step = back[at[i] + j - low[i]]
        if step != 2:
            j -= 1
        if step != 1:
            i -= 1
            path[i, 1] = j
        path[i, 0] = j
        if step == 3:
            first -= 1
            pairs[first, 0] = i
            pairs[first, 1] = j
    return first


def _walk(
    band: Band, reward: NDArray[np.float32], cells: Band
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The best path, its pairs, and the best sum of rewards that leads to each node."""
    best = np.empty(band.size, np.float64)
    back = np.zeros(band.size, np.int8)
    _chain(*band, reward, *cells, best, back)
    n = len(band.low)
    path, pairs = np.zeros((n, 2), np.int64), np.empty((n, 2), np.int64)
    first = _trace(*band, back, path, pairs)
    return path, pairs[first:].copy(), best


def _close(band: Band, reward: NDArray[np.float32], cells: Band, best: NDArray[np.float64], slack: float) -> Band:
    """The nodes through which a path leads that is at most `slack` behind the best, and one more on either side."""
    after = np.empty(band.size, np.float64)
    _chain_back(*band, reward, *cells, after)
    columns = np.arange(band.size) - np.repeat(band.at[:-1] - band.low, band.high - band.low)
    near = best + after >= best[-1] - slack
    low = np.minimum.reduceat(np.where(near, columns, band.high[-1]), band.at[:-1])
    high = np.maximum.reduceat(np.where(near, columns + 1, 0), band.at[:-1])
    return widened(Band.of(low, high), np.ones(len(low), bool), 0, 1)


@jit
def _most(reward, low, high, at, source, target):  # type: ignore[no-untyped-def]
    """Raise `source` and `target`, float32 a segment, to the highest of the rewards (float32 by cell) of its pairs."""
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            x = reward[at[i] + j - low[i]]
            source[i] = max(source[i], x)
            target[j] = max(target[j], x)


def _best(
    reward: NDArray[np.float32], cells: Band, pairs: NDArray[np.int64], targets: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The highest reward of each source and each target segment, in units of those of the path's pairs."""
    source, target = np.zeros(len(cells.low), np.float32), np.zeros(targets, np.float32)
    _most(reward, *cells, source, target)
    on_path = reward[cells.at[pairs[:, 0]] + pairs[:, 1] - cells.low[pairs[:, 0]]]
    usual = np.float32(max(float(np.median(on_path)) if len(on_path) else 0.0, 1e-3))
    return np.minimum(source / usual, np.float32(1.5)), np.minimum(target / usual, np.float32(1.5))


def _around_jumps(near: Band, path: NDArray[np.int64], targets: int) -> Band:
    """The band, wide around long runs that only one text has.

    Where such a run begins is seldom certain to a segment: paths that put it a few segments earlier or later are almost
    as good, but, at its length from this one, not near it. The best path may do without; the probabilities may not.
    """
    n = len(path)
    rows = np.arange(n)
    ahead = path[np.minimum(rows + _JUMP, n - 1), 1] - path[:, 0]
    jump = (path[:, 1] - path[:, 0] >= _JUMP) | ((ahead <= 1) & (rows + _JUMP < n))
    if not jump.any():
        return near
    marked = np.append(0, np.cumsum(jump))
    close = marked[np.minimum(rows + _RADIUS + 1, n)] > marked[np.maximum(rows - _RADIUS - _JUMP, 0)]
    wide = corridor(path, targets, _RADIUS)
    low = np.where(close, np.minimum(near.low, wide.low), near.low)
    high = np.where(close, np.maximum(near.high, wide.high), near.high)
    return Band.of(np.minimum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high))


@jit
def _likeness(product, s_norm, t_norm, low, high, at, out):  # type: ignore[no-untyped-def]
    """Cosines from products and norms, by cell of the band; returns their mean and standard deviation."""
    total = 0.0
    square = 0.0
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            cell = at[i] + j - low[i]
            norm = s_norm[i] * t_norm[j]
            x = product[cell] / norm if norm > 0 else np.float32(0)
            out[cell] = x
            total += x
            square += x * x
    mean = total / max(len(product), 1)
    return mean, np.sqrt(max(square / max(len(product), 1) - mean * mean, 0.0))


@jit
def _off_position(s, t, less, low, high, at, out):  # type: ignore[no-untyped-def]
    """Take `less` from every pair, and more far from where lengths put it."""
    scale = min(len(s), len(t))
    s_all, t_all = max(s[-1], 1e-9), max(t[-1], 1e-9)
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            drift = abs(s[i] / s_all - t[j] / t_all) * scale
            out[at[i] + j - low[i]] -= less + 0.02 * min(drift, 30.0)


def _reward(
    products: Sequence[NDArray[np.float32]],
    norms: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    weights: Sequence[float],
    band: Band,
    sizes: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float32]:
    """How much more alike two groups are than groups of the corridor usually are, in standard deviations, weighted."""
    total = np.zeros(band.size, np.float32)
    for shared, (source, target), weight in zip(products, norms, weights, strict=True):
        likeness = np.empty_like(shared)
        mean, spread = _likeness(shared, source, target, *band, likeness)
        if spread > 1e-6:
            likeness -= np.float32(mean)
            likeness *= np.float32(weight / spread)
            total += likeness
    # far from where lengths put it, a pair needs more evidence
    _off_position(*sizes, 0.7 * sum(weights), *band, total)
    return total


def first_path(
    rows: Sequence[tuple[Rows, Rows]],
    norms: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    weights: Sequence[float],
    lengths: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> First:
    """A path of 1-1 pairs and skips.

    Args:
        rows: representations of both sides, by kind of evidence.
        norms: those of the rows.
        weights: of each kind.
        lengths: of the segments, in characters.
    """
    n, m = len(lengths[0]), len(lengths[1])
    level = 0
    while max(n, m) / 2**level > _FULL:
        level += 1
    sketches = [(_sketched(s), _sketched(t)) for s, t in rows] if level else []
    path: NDArray[np.int64] | None = None
    while True:
        size = 2**level
        height, width = -(-n // size), -(-m // size)
        if path is None:
            band = full(height, width)
        else:
            finer = np.minimum(2 * path, width)
            both = np.repeat(finer, 2, axis=0)[: height + 1]
            both[-1, 1] = width
            band = corridor(both, width, _RADIUS)
        cells = Band.of(band.low[:-1], np.maximum(np.minimum(band.high[1:], width), band.low[:-1]))
        sums = tuple(np.cumsum(np.add.reduceat(x, np.arange(0, len(x), size))) for x in lengths)
        if level:
            products, of_groups = [], []
            for pair in sketches:  # one kind after another: groups are large
                source, target = (_grouped(x, size // 2) for x in pair)
                products.append(product(source, target, cells))
                of_groups.append((_norms(source), _norms(target)))
                del source, target
            reward = _reward(products, of_groups, weights, cells, (sums[0], sums[1]))
        else:
            sketches.clear()  # no longer needed, and large
            products = [product(s, t, cells) for s, t in rows]
            reward = _reward(products, norms, weights, cells, (sums[0], sums[1]))
        path, pairs, best = _walk(band, reward, cells)
        if not level:
            slack = _BEHIND * max(sum(weights), 1.5)
            near = _around_jumps(_close(band, reward, cells, best, slack), path, m)
            return First(path, pairs, near, _best(reward, cells, pairs, m), cells, products)
        level -= 1
