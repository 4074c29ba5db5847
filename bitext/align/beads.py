"""Dynamic programming over beads: the best monotone path, and how probable each bead is.

The model is log-linear: a path's score is the sum of its beads' scores, and exp(score) over the sum of all paths' is
its probability (a semi-Markov random field, Sarawagi and Cohen 2004). A segment without a partner that follows another
of its side scores `run` more: what is missing is missing in stretches, so that opening a gap costs more than going on
with one (affine gaps, Gotoh 1982). `best_path` maximises (Viterbi); `marginals` sums (forward-backward). Both take time
and memory linear in the number of nodes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import inlined, jit
from bitext.align.band import Band

__all__ = ["best_path", "marginals", "numbers", "probabilities"]

NULLS = 2
"""The first shapes of every search: 1-0 and 0-1."""


@jit
def _viterbi(low, high, at, shape, score, run, best, lone, back, on):  # type: ignore[no-untyped-def]
    """`lone`: the best that ends in a bead without target, without source; `on`: whether that goes on with a gap."""
    best[:] = -np.inf
    lone[:] = -np.inf
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
                before = at[i - a] + j - b - low[i - a]
                y = best[before] + x
                if k < NULLS:
                    z = lone[before, k] + run + x
                    on[node, k] = z > y
                    y = max(y, z)
                    lone[node, k] = y
                if y > best[node]:
                    best[node] = y
                    back[node] = k


@jit
def _trace(low, high, at, shape, back, on, out):  # type: ignore[no-untyped-def]
    """Walk back from the end; `out`, int64 (N + M, 4), is filled with beads from behind. Returns where they begin."""
    i = len(low) - 1
    j = high[i] - 1
    n = len(out)
    gap = -1
    while i > 0 or j > 0:
        node = at[i] + j - low[i]
        k = gap if gap >= 0 else np.int64(back[node])
        gap = k if k < NULLS and on[node, k] else -1
        n -= 1
        out[n, 1], out[n, 3] = i, j
        i -= shape[k, 0]
        j -= shape[k, 1]
        out[n, 0], out[n, 2] = i, j
    return n


def best_path(
    band: Band, shape: NDArray[np.int64], score: NDArray[np.float32], run: float = 0.0
) -> tuple[list[tuple[int, int, int, int]], float]:
    """The path from (0, 0) to (N, M) with the highest sum of scores.

    Args:
        band: nodes; (0, 0) and (N, M) are among them.
        shape: bead shapes (n, m), 1-0 and 0-1 first; shape (S, 2).
        score: by node and shape, of the bead that ends there; -inf where impossible.
        run: added for every segment without a partner that follows another of its side; at least 0.

    Returns:
        Beads (source start, source end, target start, target end), and the sum.

    Raises:
        ValueError: no path leads through the band.
    """
    best, lone = np.empty(band.size, np.float64), np.empty((band.size, NULLS), np.float64)
    back, on = np.empty(band.size, np.int8), np.zeros((band.size, NULLS), np.bool_)
    _viterbi(*band, shape, score, float(run), best, lone, back, on)
    if best[-1] == -np.inf:
        raise ValueError("no path leads through the band")
    out = np.empty((len(band.low) + int(band.high[-1]), 4), np.int64)
    first = _trace(*band, shape, back, on, out)
    return [tuple(bead) for bead in out[first:].tolist()], float(best[-1])


def numbers(shape: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place among `shape` of each of `sizes`; both (…, 2)."""
    table = np.full(shape.max(axis=0) + 1, -1, np.int64)
    table[shape[:, 0], shape[:, 1]] = np.arange(len(shape))
    return table[sizes[:, 0], sizes[:, 1]]


@inlined
def _add(x, y):  # type: ignore[no-untyped-def]
    """The log of exp(x) + exp(y)."""
    if x < y:
        x, y = y, x
    if y == -np.inf:
        return x
    return x + np.log1p(np.exp(y - x))


@inlined
def _going_on(x, y, more):  # type: ignore[no-untyped-def]
    """The log of exp(x) + more * exp(y), where y is part of x."""
    if y == -np.inf or more == 0:
        return x
    return x + np.log1p(more * np.exp(y - x))


@jit
def _forward_backward(low, high, at, shape, score, run, forward, f_lone, backward, b_lone, value):  # type: ignore[no-untyped-def]
    """Logs of sums over the paths that lead to each node and on from it.

    `f_lone`: of those that end in a bead without target, without source; `b_lone`: on from a node after such a bead.
    `value`: room for a number a shape.
    """
    forward[:] = -np.inf
    f_lone[:] = -np.inf
    backward[:] = -np.inf
    b_lone[:] = -np.inf
    forward[0] = 0
    n = len(low)
    s = len(shape)
    more = np.exp(run) - 1
    for i in range(n):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            top = forward[node]
            for k in range(s):
                value[k] = -np.inf
                if score[node, k] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    x = forward[before]
                    if k < NULLS and x != -np.inf:
                        x = _going_on(x, f_lone[before, k], more)
                        f_lone[node, k] = x + score[node, k]
                    value[k] = x + score[node, k]
                    top = max(top, value[k])
            if top == -np.inf:
                continue
            total = np.exp(forward[node] - top)
            for k in range(s):
                if value[k] != -np.inf:
                    total += np.exp(value[k] - top)
            forward[node] = top + np.log(total)
    backward[len(backward) - 1] = 0
    for i in range(n - 1, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            node = at[i] + j - low[i]
            if backward[node] == -np.inf:
                continue
            for k in range(NULLS):  # so far only what goes on with the gap
                b_lone[node, k] = _going_on(backward[node], b_lone[node, k], more)
            for k in range(s):
                if score[node, k] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    x = (b_lone[node, k] if k < NULLS else backward[node]) + score[node, k]
                    if k < NULLS:
                        b_lone[before, k] = x
                    backward[before] = _add(backward[before], x)


@jit
def _posteriors(low, high, at, shape, score, run, forward, f_lone, backward, b_lone, out):  # type: ignore[no-untyped-def]
    """Fill in the probability of every bead; returns how many gaps are gone on with, on average."""
    total = forward[len(forward) - 1]
    goes_on = 0.0
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            for k in range(len(shape)):
                out[node, k] = 0
                if score[node, k] != -np.inf and backward[node] != -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    if k < NULLS:
                        x = f_lone[node, k] + b_lone[node, k] - total
                        y = f_lone[before, k] + run + score[node, k] + b_lone[node, k] - total
                        if y > -30:
                            goes_on += np.exp(y)
                    else:
                        x = forward[before] + score[node, k] + backward[node] - total
                    if x > -30:
                        out[node, k] = np.exp(x)
    return goes_on


def _sums(
    band: Band, shape: NDArray[np.int64], score: NDArray[np.float32], run: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    forward, backward = np.empty(band.size, np.float64), np.empty(band.size, np.float64)
    f_lone, b_lone = np.empty((band.size, NULLS), np.float64), np.empty((band.size, NULLS), np.float64)
    _forward_backward(*band, shape, score, float(run), forward, f_lone, backward, b_lone, np.empty(len(shape)))
    return forward, f_lone, backward, b_lone


def marginals(
    band: Band, shape: NDArray[np.int64], score: NDArray[np.float32], run: float = 0.0
) -> tuple[NDArray[np.float32], float, float]:
    """Probabilities of all beads; arguments as those of `best_path`.

    Returns:
        The probability of every bead of the band, shaped as `score`; the log of the sum over all paths; the number of
        segments without a partner that follow another of their side, on average over paths.
    """
    sums = _sums(band, shape, score, run)
    out = np.empty_like(score)
    goes_on = _posteriors(*band, shape, score, float(run), *sums, out)
    return out, float(sums[0][-1]), float(goes_on)


def probabilities(
    band: Band,
    shape: NDArray[np.int64],
    score: NDArray[np.float32],
    path: list[tuple[int, int, int, int]],
    run: float = 0.0,
) -> NDArray[np.float64]:
    """As `marginals`, of the beads of a path only."""
    forward, f_lone, backward, b_lone = _sums(band, shape, score, run)
    s0, s1, t0, t1 = np.array(path, np.int64).reshape(-1, 4).T
    node, before = band.at[s1] + t1 - band.low[s1], band.at[s0] + t0 - band.low[s0]
    kind = numbers(shape, np.stack([s1 - s0, t1 - t0], axis=1))
    null = np.minimum(kind, NULLS - 1)
    x = np.where(
        kind < NULLS,
        f_lone[node, null] + b_lone[node, null],
        forward[before] + score[node, kind] + backward[node],
    )
    return np.exp(np.minimum(x - forward[-1], 0))
