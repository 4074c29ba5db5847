"""Dynamic programming over beads: the best monotone path, and how probable each bead is.

The model is log-linear: a path's score is the sum of its beads' scores, and exp(score) over the sum of all paths' is
its probability (a semi-Markov random field, Sarawagi and Cohen 2004). `best_path` maximises (Viterbi); `marginals` sums
(forward-backward). Both take time and memory linear in the number of nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band

__all__ = ["best_path", "marginals", "probabilities"]


@jit
def _viterbi(low, high, at, shape, score, best, back):  # type: ignore[no-untyped-def]
    best[:] = -np.inf
    back[:] = -1
    best[0] = 0
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            for k in range(len(shape)):
                x = score[node, k]
                if x == -np.inf:
                    continue
                a, b = shape[k, 0], shape[k, 1]
                y = best[at[i - a] + j - b - low[i - a]] + x
                if y > best[node]:
                    best[node] = y
                    back[node] = k


def best_path(
    band: Band, shape: NDArray[np.int64], score: NDArray[np.float32]
) -> tuple[list[tuple[int, int, int, int]], float]:
    """The path from (0, 0) to (N, M) with the highest sum of scores.

    Args:
        band: nodes; (0, 0) and (N, M) are among them.
        shape: bead shapes (n, m); shape (S, 2).
        score: by node and shape, of the bead that ends there; -inf where impossible.

    Returns:
        Beads (source start, source end, target start, target end), and the sum.

    Raises:
        ValueError: no path leads through the band.
    """
    best = np.empty(band.size, np.float64)
    back = np.empty(band.size, np.int8)
    _viterbi(*band, shape, score, best, back)
    i, j = len(band.low) - 1, int(band.high[-1]) - 1
    total = float(best[-1])
    if total == -np.inf:
        raise ValueError("no path leads through the band")
    beads = []
    while i or j:
        a, b = (int(x) for x in shape[back[band.at[i] + j - band.low[i]]])
        beads.append((i - a, i, j - b, j))
        i, j = i - a, j - b
    return beads[::-1], total


@jit
def _add(x, y):  # type: ignore[no-untyped-def]
    if x < y:
        x, y = y, x
    if y == -np.inf:
        return x
    return x + np.log1p(np.exp(y - x))


@jit
def _forward_backward(low, high, at, shape, score, forward, backward):  # type: ignore[no-untyped-def]
    forward[:] = -np.inf
    backward[:] = -np.inf
    forward[0] = 0
    n = len(low)
    s = len(shape)
    for i in range(n):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            top = forward[node]
            for k in range(s):
                if score[node, k] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    top = max(top, forward[at[i - a] + j - b - low[i - a]] + score[node, k])
            if top == -np.inf:
                continue
            total = np.exp(forward[node] - top)
            for k in range(s):
                if score[node, k] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    total += np.exp(forward[at[i - a] + j - b - low[i - a]] + score[node, k] - top)
            forward[node] = top + np.log(total)
    backward[len(backward) - 1] = 0
    for i in range(n - 1, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            node = at[i] + j - low[i]
            if backward[node] == -np.inf:
                continue
            for k in range(s):
                if score[node, k] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    x = backward[node] + score[node, k]
                    backward[before] = _add(backward[before], x)


@jit
def _posteriors(low, high, at, shape, score, forward, backward, out):  # type: ignore[no-untyped-def]
    total = forward[len(forward) - 1]
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            for k in range(len(shape)):
                out[node, k] = 0
                if score[node, k] != -np.inf and backward[node] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    x = forward[at[i - a] + j - b - low[i - a]] + score[node, k] + backward[node] - total
                    if x > -30:
                        out[node, k] = np.exp(x)


def marginals(band: Band, shape: NDArray[np.int64], score: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The probability of every bead of the band, shaped as `score`, and the log of the sum over all paths."""
    forward = np.empty(band.size, np.float64)
    backward = np.empty(band.size, np.float64)
    _forward_backward(*band, shape, score, forward, backward)
    out = np.empty_like(score)
    _posteriors(*band, shape, score, forward, backward, out)
    return out, float(forward[-1])


def probabilities(
    band: Band, shape: NDArray[np.int64], score: NDArray[np.float32], path: list[tuple[int, int, int, int]]
) -> NDArray[np.float64]:
    """As `marginals`, of the beads of a path only."""
    forward = np.empty(band.size, np.float64)
    backward = np.empty(band.size, np.float64)
    _forward_backward(*band, shape, score, forward, backward)
    s0, s1, t0, t1 = np.array(path, np.int64).reshape(-1, 4).T
    node, before = band.at[s1] + t1 - band.low[s1], band.at[s0] + t0 - band.low[s0]
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(shape)}
    kind = [index[int(a), int(b)] for a, b in zip(s1 - s0, t1 - t0, strict=True)]
    return np.exp(np.minimum(forward[before] + score[node, kind] + backward[node] - forward[-1], 0))
