"""Scores of all beads of a band, those without hope left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.covering import covering
from bitext.align.features import inside
from bitext.align.names import COH, COVER, COVERS, FIT, LEAK, NULL, REACH, K, View
from bitext.align.neighbours import cohesion, leak

__all__ = ["score_band"]


def score_band(
    view: View,
    band: Band,
    shape: NDArray[np.int64],
    weights: NDArray[np.float32],
    slack: float = np.inf,
    inner: float = np.inf,
) -> NDArray[np.float32]:
    """Scores of the beads that end at each node of a band, shape (nodes, S); see `_score_nodes`."""
    out = np.empty((band.size, len(shape)), np.float32)
    last = len(band.low) - 1 + int(band.high[-1]) - 1
    top, x = np.full(last + 1, -np.inf), np.zeros(len(weights), np.float32)
    sums = np.empty((K + 1, REACH + 1, REACH + 1), np.float32)
    _score_nodes(view, *band, shape, weights, out, np.empty(band.size), float(slack), float(inner), top, x, sums)
    return out


@jit
def _score_nodes(v, low, high, at, shape, weights, out, best, slack, inner, top, x, sums):  # type: ignore[no-untyped-def]
    """Score, at every node of a band, each bead that ends there; -inf where there is none or it is hopeless.

    Nodes are visited diagonal by diagonal, so that those that i + j segments lead to can be compared: from a node whose
    best path so far is `slack` behind the best of the last diagonals, no bead is tried (but from each diagonal's best);
    and a bead that, alone, is `inner` behind the best that ends at its node is not compared with its neighbours.
    Infinite, they leave nothing out.

    Args:
        shape: (S, 2), small beads first.
        out: float32 (nodes, S), filled.
        best: float64 (nodes,), filled with the best sum of scores that leads to each node.
    """
    n = len(low)
    last = len(top) - 1
    out[:] = -np.inf
    best[:] = -np.inf
    best[0] = 0
    first_row = 0
    last_row = 0
    for d in range(last + 1):
        while first_row < n and d - first_row >= high[first_row]:
            first_row += 1
        while last_row + 1 < n and d - (last_row + 1) >= low[last_row + 1]:
            last_row += 1
        for i in range(first_row, last_row + 1):
            j = d - i
            if j < low[i] or j >= high[i]:
                continue
            node = at[i] + j - low[i]
            for k in range(len(shape)):
                a, b = shape[k, 0], shape[k, 1]
                if i < a or j < b or j - b < low[i - a] or j - b >= high[i - a]:
                    continue
                so_far = best[at[i - a] + j - b - low[i - a]]
                if so_far == -np.inf:
                    continue
                high_mark = top[d - a - b]
                for e in range(max(0, d - a - b - 4), d - a - b):
                    high_mark = max(high_mark, top[e])
                if so_far < min(top[d - a - b], high_mark - slack):
                    continue
                inside(v, i - a, j - b, a, b, x)
                total = np.float32(0)
                for f in range(NULL + 5):
                    total += x[f] * weights[f]
                total += x[FIT] * weights[FIT] + x[FIT + 1] * weights[FIT + 1]
                covering(v, i - a, j - b, a, b, x)
                for f in range(COVER, COVER + COVERS):
                    total += x[f] * weights[f]
                if so_far + total < best[node] - inner:
                    continue
                leak(v, i - a, j - b, a, b, x)
                for f in range(LEAK, LEAK + 6):
                    total += x[f] * weights[f]
                if a == 0 or b == 0:
                    total += x[NULL + 3] * weights[NULL + 3] + x[NULL + 4] * weights[NULL + 4]
                if a + b > 2:
                    if so_far + total < best[node] - inner:
                        continue
                    cohesion(v, i - a, j - b, a, b, x, sums)
                    for f in range(COH, COH + 8):
                        total += x[f] * weights[f]
                out[node, k] = total
                best[node] = max(best[node], so_far + total)
            top[d] = max(top[d], best[node])
