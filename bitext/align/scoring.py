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
    """Scores of the beads that end at each node of a band, shape (nodes, S); -inf where there is none or no hope.

    `run` is not in them: it is what paths get that go on with a gap (`beads.best_path`). What is left out:

    Args:
        slack: a node whose best path is so many nats behind the best of the last diagonals is not gone on from.
        inner: nor is a bead looked at that cannot come so near to the best that ends at its node.
        around: a first sweep, with small beads and without comparing neighbours, finds the nodes through which a path
            leads that is at most so far behind the best; only those are looked at again. Infinite: no first sweep.
    """
    small = int(np.count_nonzero(shape.sum(axis=1) <= _SMALL))
    order = np.argsort(shape.min(axis=1) == 0, kind="stable")  # the likeliest first: what follows has to come near it
    hopes = _hopes(weights[COVER : COVER + COVERS].tobytes())
    diagonals = len(band.low) - 1 + int(band.high[-1])
    best, lone = np.empty(band.size), np.empty((band.size, NULLS))
    room = (
        np.empty(diagonals), np.empty(diagonals), np.zeros(len(weights), np.float32),
        np.empty((K + 1, REACH + 1, REACH + 1), np.float32),
    )  # fmt: skip
    draft = np.full((band.size, small), np.nan, np.float32)
    keep = np.ones(band.size, bool)
    if np.isfinite(around):
        bounds = float(slack), float(inner) + 2 * _REST, 0.0, float(run), *hopes
        _sweep(view, *band, shape, order[order < small], weights, draft, keep, draft, best, lone, bounds, room, False)
        after, on = np.empty(band.size), np.empty((band.size, NULLS))
        _near(*band, shape, draft, float(run), float(around), best, lone, after, on, keep)
    out = np.full((band.size, len(shape)), -np.inf, np.float32)
    bounds = float(slack), float(inner), _REST, float(run), *hopes
    _sweep(view, *band, shape, order, weights, draft, keep, out, best, lone, bounds, room, True)
    if best[-1] == -np.inf and np.isfinite(slack):  # so much was left out that nothing leads to the end
        return score_band(view, band, shape, weights, run)
    return out


@jit
def _near(low, high, at, shape, draft, run, around, best, lone, after, on, keep):  # type: ignore[no-untyped-def]
    """Fill `keep`, bool (nodes,), with whether a drafted path through the node is at most `around` behind the best.

    Args:
        draft: float32 (nodes, small shapes), scores of beads; -inf or NaN where there is none.
        best, after: float64 (nodes,), the best sums that lead to each node, and, filled, on from it.
        lone, on: float64 (nodes, 2), likewise after a bead without target, without source.
    """
    after[:] = -np.inf
    on[:] = -np.inf
    after[len(after) - 1] = 0
    for i in range(len(low) - 1, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            node = at[i] + j - low[i]
            most = best[node] + after[node]
            for k in range(NULLS):  # so far only what goes on with the gap
                on[node, k] = max(on[node, k], after[node])
                most = max(most, lone[node, k] + on[node, k])
            keep[node] = most >= best[len(best) - 1] - around
            if after[node] == -np.inf:
                continue
            for k in range(draft.shape[1]):
                if draft[node, k] > -np.inf:
                    a, b = shape[k, 0], shape[k, 1]
                    before = at[i - a] + j - b - low[i - a]
                    further = draft[node, k] + (on[node, k] if k < NULLS else after[node])
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
    by_cut = 4 * max(x["pair"], 0) + 4 * max(x["alone"], 0) + max(x["alone_none"], 0) / 2
    return max(*beads, nulls), float(by_root), float(by_cut)  # always of one type: `_sweep` is compiled for each


@jit
def _sweep(v, low, high, at, shape, order, weights, draft, keep, out, best, lone, bounds, room, neighbours):  # type: ignore[no-untyped-def]
    """Score each bead that ends at a node of a band, in nats.

    Nodes are visited diagonal by diagonal, so that those that i + j segments lead to can be compared: from a node whose
    best path so far is `slack` behind the best of the last diagonals, no bead is tried (but from each diagonal's best),
    and none that leads to such a node is looked at further. Dear evidence is weighed only while a bead can come within
    `inner` of the best that ends at its node. Infinite, they leave nothing out.

    Args:
        shape: int64 (S, 2), small beads first.
        order: int64, the shapes that are tried, in which order.
        draft: float32 (nodes, small shapes), scores without cuts and neighbours; NaN where not known.
        keep: bool (nodes,), where to look.
        out: float32 (nodes, shapes), filled where a bead is scored or, with -inf, known to be hopeless.
        best: float64 (nodes,), filled with the best sum of scores that leads to each node.
        lone: float64 (nodes, 2), likewise where the last bead has no target, no source.
        bounds: slack, inner, the most that neighbours and cuts add, what going on with a gap adds, and the most that
            words beside and across cuts add (`_hopes`).
        room: by diagonal, the best and the least worth going on from, float64; a bead's features; `cohesion`'s sums.
        neighbours: whether cuts and neighbours count; if not, scores are a draft's.
    """
    slack, inner, rest, run, hope, hope_root, hope_cut = bounds
    top, alive, x, sums = room
    small = draft.shape[1]
    n = len(low)
    best[:] = -np.inf
    lone[:] = -np.inf
    best[0] = 0
    top[:] = -np.inf
    alive[:] = -np.inf
    first_row = 0
    last_row = 0
    for d in range(len(top)):
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
                else:
                    total = _first(v, i - a, j - b, a, b, weights, x)
                    more = hope + rest
                    if a + b > 2:
                        more += hope_root * x[COVER + 3] + hope_cut
                    if total + more < enough:
                        out[node, k] = -np.inf
                        continue
                    covering(v, i - a, j - b, a, b, x)
                    for f in range(COVER + 4, COVER + COVERS):
                        total += x[f] * weights[f]
                if neighbours:
                    if total == -np.inf or total + rest < enough:
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
