"""Blocks that stand elsewhere in the other text: found among what the monotone pass left without a partner."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bitext.align.band import Band, full
from bitext.align.beads import best_path
from bitext.align.evidence import KINDS, Rows
from bitext.align.model import Weights
from bitext.align.names import TRUST
from bitext.align.prepare import Prepared
from bitext.align.products import product
from bitext.align.scoring import score_band
from bitext.align.text import Sparse

__all__ = ["Found", "moved_blocks"]

Found = tuple[int, int, int, int, float]
"""Source start and end, target start and end, score."""

_ALIKE = 0.5  # of what partners have in common, usually: less is no partner
_CELLS = 4_000_000  # most pairs that are compared; beyond, only the longest segments are


def _runs(numbers: Iterable[int]) -> list[range]:
    """Consecutive numbers as ranges."""
    out: list[range] = []
    for i in numbers:
        if out and out[-1].stop == i:
            out[-1] = range(out[-1].start, i + 1)
        else:
            out.append(range(i, i + 1))
    return out


def _chosen(rows: Rows, numbers: NDArray[np.int64]) -> Rows:
    if not isinstance(rows, Sparse):
        return np.ascontiguousarray(rows[numbers])
    lengths = np.diff(rows.start)[numbers]
    start = np.append(0, np.cumsum(lengths)).astype(np.int64)
    where = np.repeat(rows.start[numbers] - start[:-1], lengths) + np.arange(start[-1])
    return Sparse(start, rows.column[where], rows.value[where], rows.width)


def _alike(ready: Prepared, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.float32]:
    """Likeness of all pairs of the segments given: 0 strangers, 1 partners as usual; shape (source, target)."""
    total = np.zeros((len(source), len(target)), np.float32)
    trust = 0.0
    band = Band.of(np.zeros(len(source), np.int64), np.full(len(source), len(target), np.int64))
    for kind, (s, t) in ready.rows.items():
        k = KINDS.index(kind)
        if kind == "numbers":
            continue
        shared = product(_chosen(s, source), _chosen(t, target), band).reshape(total.shape)
        norm = np.outer(ready.norms[kind][0][source, 1], ready.norms[kind][1][target, 1])
        c = (shared / np.maximum(norm, 1e-9) - ready.base[k]) * ready.scale[k]
        total += float(TRUST[k]) * np.clip(np.where(norm > 0, c, 0), -0.5, 2)
        trust += float(TRUST[k])
    return total / np.float32(max(trust, 1e-9))


def _longest(ready: Prepared, numbers: NDArray[np.int64], side: int, most: int) -> NDArray[np.int64]:
    if len(numbers) <= most:
        return numbers
    return np.sort(numbers[np.argsort(-ready.surfaces[side].length[numbers], kind="stable")[:most]])


def moved_blocks(
    ready: Prepared,
    free: tuple[NDArray[np.int64], NDArray[np.int64]],
    weights: Weights,
    shape: NDArray[np.int64],
) -> list[Found]:
    """Beads between segments that have no partner on the path.

    Segments that are each other's best and much alike mark where to look; there, the two runs of free segments are
    aligned as a pair of texts of their own. The bead at the mark must say more for itself than the number of places
    looked at would let chance do; those beside it need half of that.

    Args:
        free: source and target segments without a partner, ascending.
    """
    most = int(_CELLS**0.5)
    source, target = (_longest(ready, f, side, most) for side, f in enumerate(free))
    if not len(source) or not len(target):
        return []
    alike = _alike(ready, source, target)
    best_t, best_s = alike.argmax(axis=1), alike.argmax(axis=0)
    hits = [
        (float(alike[i, j]), int(source[i]), int(target[j]))
        for i, j in enumerate(best_t)
        if best_s[j] == i and alike[i, j] >= _ALIKE
    ]
    bar = 2.0 + 0.5 * float(np.log(alike.size))
    taken: tuple[set[int], set[int]] = set(), set()
    found: list[Found] = []
    for _, i, j in sorted(hits, reverse=True):
        if i in taken[0] or j in taken[1]:
            continue
        s = _around(free[0], taken[0], i)
        t = _around(free[1], taken[1], j)
        block = _aligned(ready, s, t, weights, shape)
        if not any(b[0] <= i < b[1] and b[2] <= j < b[3] and b[4] >= bar for b in block):
            continue
        for s0, s1, t0, t1, score in block:
            if score >= bar / 2:
                found.append((s0, s1, t0, t1, score))
                taken[0].update(range(s0, s1))
                taken[1].update(range(t0, t1))
    return sorted(found)


def _around(free: NDArray[np.int64], taken: set[int], i: int, reach: int = 200) -> range:
    """The run of free segments around one, at most `reach` on either side."""
    there = {int(x) for x in free[(free >= i - reach) & (free <= i + reach)]} - taken
    return next(r for r in _runs(sorted(there)) if i in r)


def _aligned(ready: Prepared, source: range, target: range, weights: Weights, shape: NDArray[np.int64]) -> list[Found]:
    part = ready.part(source, target)
    band = full(len(source), len(target))
    score = score_band(part.view(band), band, shape, weights.values, weights.run)
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(shape)}
    out: list[Found] = []
    for s0, s1, t0, t1 in best_path(band, shape, score, weights.run)[0]:
        if s0 < s1 and t0 < t1:
            value = float(score[band.at[s1] + t1 - band.low[s1], index[s1 - s0, t1 - t0]])
            out.append((s0 + source.start, s1 + source.start, t0 + target.start, t1 + target.start, value))
    return out
