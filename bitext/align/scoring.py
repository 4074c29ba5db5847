"""Scores of all beads of a band, those without hope left out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import inlined, jit
from bitext.align.band import Band
from bitext.align.beads import NULLS
from bitext.align.covering import covering, explained
from bitext.align.features import inside
from bitext.align.names import COH, COVER, COVERS, FIT, LEAK, NAMES, NULL, REACH, K, View
from bitext.align.neighbours import cohesion, leak

__all__ = ["score_band"]

_SMALL = 3  # segments in a bead with which paths are drafted
_REST = (
    1.5  # most that likeness to neighbours and across cuts added to any bead with a chance, on gold and damaged texts
)


def score_band(
    view: View,
    band: Band,
    shape: NDArray[np.int64],
    weights: NDArray[np.float32],
    run: float = 0.0,
    slack: float = np.inf,
    inner: float = np.inf,
    around: float = np.inf,
) -> NDArray[np.float32]:
    """Scores of the beads that end at each node of a band, shape (nodes, S); see `_score_nodes`.

    `run` is not in them: it is what paths get that go on with a gap (`beads.best_path`).
    """
    out = np.empty((band.size, len(shape)), np.float32)
    last = len(band.low) - 1 + int(band.high[-1]) - 1
    top, alive = np.empty(last + 1), np.empty(last + 1)
    x = np.zeros(len(weights), np.float32)
    sums = np.empty((K + 1, REACH + 1, REACH + 1), np.float32)
    order = np.argsort(shape.min(axis=1) == 0, kind="stable")  # the likeliest first: what follows has to come near it
    best, lone = np.empty(band.size), np.empty((band.size, NULLS))
    bounds = tuple(map(float, (slack, inner, _REST, run, *_hopes(weights[COVER : COVER + COVERS].tobytes()))))
    small = int(np.count_nonzero(shape.sum(axis=1) <= _SMALL))
    draft = np.empty((band.size, small), np.float32)
    keep = np.ones(band.size, bool)
    if np.isfinite(around):
        after, on = np.empty(band.size), np.empty((band.size, NULLS))
        _draft(
            view, *band, shape, order, weights, draft, best, lone, after, on, bounds, float(around), top, alive, x, keep
        )
    else:
        draft[:] = np.nan
    _score_nodes(view, *band, shape, order, weights, draft, keep, out, best, lone, bounds, top, alive, x, sums)
    if best[-1] == -np.inf and np.isfinite(slack):  # so much was left out that nothing leads to the end
        return score_band(view, band, shape, weights, run)
    return out


@jit
def _draft(v, low, high, at, shape, order, weights, out, best, lone, after, on, bounds, around, top, alive, x, keep):  # type: ignore[no-untyped-def]
    """Find the nodes through which a good path leads, with small beads only and without comparing neighbours.

    Args:
        out: float32 (nodes, small shapes), filled with the scores so far; -inf where a bead is hopeless, NaN where
            nothing was looked at.
        best, after: float64 (nodes,), filled with the best sums that lead to each node and on from it.
        lone, on: float64 (nodes, 2), likewise after a bead without target, without source.
        keep: filled with whether a path through the node is at most `around` behind the best.
    """
    slack, inner, rest, run, hope, hope_root, hope_cut = bounds
    n = len(low)
    small = out.shape[1]
    last = len(top) - 1
    out[:] = np.nan
    best[:] = -np.inf
    lone[:] = -np.inf
    best[0] = 0
    top[:] = -np.inf
    alive[:] = -np.inf
    first_row = 0
    last_row = 0
    for d in range(last + 1):
        while first_row < n and d - first_row >= high[first_row]:
            first_row += 1
        while last_row + 1 < n and d - (last_row + 1) >= low[last_row + 1]:
            last_row += 1
        mark = -np.inf
        for e in range(max(0, d - 4), d):
            mark = max(mark, top[e])
        mark -= slack
        for i in range(first_row, last_row + 1):
            j = d - i
            if j < low[i] or j >= high[i]:
                continue
            node = at[i] + j - low[i]
            for k in order:
                if k >= small:
                    continue
                a, b = shape[k, 0], shape[k, 1]
                if i < a or j < b or j - b < low[i - a] or j - b >= high[i - a]:
                    continue
                before = at[i - a] + j - b - low[i - a]
                so_far = best[before]
                if k < NULLS:
                    so_far = max(so_far, lone[before, k] + run)
                if so_far == -np.inf or so_far < alive[d - a - b]:
                    continue
                enough = max(best[node] - inner - 2 * rest, min(top[d], mark)) - so_far
                total = _first(v, i - a, j - b, a, b, weights, x)
                more = hope
                if a + b > 2:
                    more += hope_root * x[COVER + 3] + hope_cut
                if total + more < enough:
                    out[node, k] = -np.inf
                    continue
                covering(v, i - a, j - b, a, b, x)
                for f in range(COVER + 4, COVER + COVERS):
                    total += x[f] * weights[f]
                out[node, k] = total
                best[node] = max(best[node], so_far + total)
                if k < NULLS:
                    lone[node, k] = so_far + total
            top[d] = max(top[d], best[node])
        alive[d] = min(top[d], mark)
    after[:] = -np.inf
    on[:] = -np.inf
    after[len(after) - 1] = 0
    for i in range(n - 1, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            node = at[i] + j - low[i]
            most = best[node] + after[node]
            for k in range(NULLS):  # so far only what goes on with the gap
                on[node, k] = max(on[node, k], after[node])
                most = max(most, lone[node, k] + on[node, k])
            keep[node] = most >= best[len(best) - 1] - around
            if after[node] == -np.inf:
                continue
            for k in range(small):
                if out[node, k] > -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    further = out[node, k] + (on[node, k] if k < NULLS else after[node])
                    after[before] = max(after[before], further)
                    if k < NULLS:
                        on[before, k] = further + run


@inlined
def _first(v, s, t, a, b, weights, x):  # type: ignore[no-untyped-def]
    """What a bead alone says for itself, cuts and neighbours apart."""
    inside(v, s, t, a, b, x)
    explained(v, s, t, a, b, x)
    total = np.float32(0)
    for f in range(COH):
        total += x[f] * weights[f]
    total += x[FIT] * weights[FIT] + x[FIT + 1] * weights[FIT + 1]
    for f in range(COVER, COVER + 4):
        total += x[f] * weights[f]
    return total


@lru_cache(maxsize=16)
def _hopes(weights: bytes) -> tuple[float, float, float]:
    """The most that features `cover` other than those of `explained` can add to a bead's score.

    The first is for any bead; for beads of more than two segments that explain words of weight w, the second, times the
    root of w, and the third come on top. `weights` are those of `cover`, as bytes.
    """
    x = dict(
        zip((n.split(".")[1] for n in NAMES[COVER : COVER + COVERS]), np.frombuffer(weights, np.float32), strict=True)
    )
    total = np.linspace(0, 12, 241)
    root, cut = np.sqrt(total), np.minimum(total, 4)
    both = np.sqrt(2 * total)  # no weight shared twice is more than what all four neighbours share
    beads = [
        float((many + x["away_root"] * root + x["away"] * cut).max()) + max(x["away_both"], 0) * float(both[-1])
        for many in (0, x["away_many"] * root)
    ]
    nulls = float((x["null_root"] * root + x["null_away"] * cut).max()) + max(x["null_both"], 0) * float(both[-1])
    by_root = max(x["alone_root"], 0) + max(x["pair_root"], 0) + max(x["pair_both"], 0)
    return max(*beads, nulls), by_root, 4 * max(x["pair"], 0) + 4 * max(x["alone"], 0) + max(x["alone_none"], 0) / 2


@jit
def _score_nodes(v, low, high, at, shape, order, weights, draft, keep, out, best, lone, bounds, top, alive, x, sums):  # type: ignore[no-untyped-def]
    """Score, at every node of a band, each bead that ends there; -inf where there is none or it is hopeless.

    Nodes are visited diagonal by diagonal, so that those that i + j segments lead to can be compared: from a node whose
    best path so far is `slack` behind the best of the last diagonals, no bead is tried (but from each diagonal's best),
    and none that leads to such a node is looked at further. Dear evidence is weighed only while a bead can come within
    `inner` of the best that ends at its node. Infinite, they leave nothing out.

    Args:
        shape: (S, 2), small beads first.
        order: of shapes, in which they are tried.
        out: float32 (nodes, S), filled.
        best: float64 (nodes,), filled with the best sum of scores that leads to each node.
        lone: float64 (nodes, 2), likewise where the last bead has no target, no source.
        bounds: slack, inner, the most that neighbours and cuts add, what going on with a gap adds, and the most that
            words beside and across cuts add (`_hopes`).
        top, alive: float64 (diagonals,), filled with the best at each, and with the least worth going on from.
    """
    slack, inner, rest, run, hope, hope_root, hope_cut = bounds
    small = draft.shape[1]
    n = len(low)
    last = len(top) - 1
    out[:] = -np.inf
    best[:] = -np.inf
    lone[:] = -np.inf
    best[0] = 0
    top[:] = -np.inf
    alive[:] = -np.inf
    first_row = 0
    last_row = 0
    for d in range(last + 1):
        while first_row < n and d - first_row >= high[first_row]:
            first_row += 1
        while last_row + 1 < n and d - (last_row + 1) >= low[last_row + 1]:
            last_row += 1
        mark = -np.inf
        for e in range(max(0, d - 4), d):
            mark = max(mark, top[e])
        mark -= slack
        for i in range(first_row, last_row + 1):
            j = d - i
            if j < low[i] or j >= high[i]:
                continue
            node = at[i] + j - low[i]
            if not keep[node]:
                continue
            for k in order:
                a, b = shape[k, 0], shape[k, 1]
                if i < a or j < b or j - b < low[i - a] or j - b >= high[i - a]:
                    continue
                before = at[i - a] + j - b - low[i - a]
                so_far = best[before]
                if k < NULLS:
                    so_far = max(so_far, lone[before, k] + run)
                if so_far == -np.inf or so_far < alive[d - a - b]:
                    continue
                enough = max(best[node] - inner, min(top[d], mark)) - so_far
                if k < small and not np.isnan(draft[node, k]):
                    total = draft[node, k]
                    if total == -np.inf:
                        continue
                else:
                    total = _first(v, i - a, j - b, a, b, weights, x)
                    more = hope + rest
                    if a + b > 2:
                        more += hope_root * x[COVER + 3] + hope_cut
                    if total + more < enough:
                        continue
                    covering(v, i - a, j - b, a, b, x)
                    for f in range(COVER + 4, COVER + COVERS):
                        total += x[f] * weights[f]
                if total + rest < enough:
                    continue
                leak(v, i - a, j - b, a, b, x)
                if a == 0 or b == 0:
                    total += x[NULL + 3] * weights[NULL + 3] + x[NULL + 4] * weights[NULL + 4]
                else:
                    for f in range(LEAK, LEAK + 6):
                        total += x[f] * weights[f]
                if a + b > 2:
                    if total + rest < enough:
                        continue
                    cohesion(v, i - a, j - b, a, b, x, sums)
                    for f in range(COH, COH + 8):
                        total += x[f] * weights[f]
                out[node, k] = total
                best[node] = max(best[node], so_far + total)
                if k < NULLS:
                    lone[node, k] = so_far + total
            top[d] = max(top[d], best[node])
        alive[d] = min(top[d], mark)
