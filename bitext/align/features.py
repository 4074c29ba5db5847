"""Numbers that describe a bead: what its evidence amounts to, one vector a bead, one weight an entry.

The vector is the same in training and in search. `names.NAMES` names its entries as `group.detail`; `explain` adds up
groups.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import inlined, jit
from bitext.align.covering import covering, explained
from bitext.align.names import (
    END,
    FIT,
    LEN,
    NAMES,
    NULL,
    NUM,
    PAR,
    PER_KIND,
    PRO,
    REACH,
    SHAPES,
    SIM,
    TRUST,
    K,
    P,
    View,
)
from bitext.align.neighbours import cohesion, leak

__all__ = ["describe", "described", "inside", "likenesses"]


@inlined
def _block(v, k, s0, s1, t0, t1):  # type: ignore[no-untyped-def]
    """Sum of products of kind k over a rectangle of segment pairs."""
    x = np.float32(0)
    for i in range(s0, s1):
        row = v.at[i] - v.low[i]
        for j in range(t0, t1):
            x += v.products[k, row + j]
    return x


@inlined
def _alike(v, s0, s1, t0, t1):  # type: ignore[no-untyped-def]
    """Likeness of two spans over all kinds: (against their norms, against what partners usually share)."""
    edge = np.float32(0)
    mass = np.float32(0)
    trust = np.float32(0)
    for k in range(K):
        if v.scale[k] == 0:
            continue
        trust += TRUST[k]
        norm = v.s_norm[k, s0, s1 - s0] * v.t_norm[k, t0, t1 - t0]
        if norm > 0:
            x = _block(v, k, s0, s1, t0, t1)
            edge += TRUST[k] * min(max((x / norm - v.base[k]) * v.scale[k], np.float32(-0.5)), np.float32(2.0))
            mass += TRUST[k] * (x - v.base[k] * norm) / v.unit[k]
    if trust > 0:
        edge /= trust
        mass /= trust
    return edge, mass


@inlined
def inside(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """The part of `describe` that looks at the bead alone; clears `out` first."""
    out[:] = 0
    out[SHAPES[a, b]] = 1
    if a == 0 or b == 0:
        size = v.s_length[s + a] - v.s_length[s] if a else (v.t_length[t + b] - v.t_length[t]) / v.ratio
        out[NULL] = np.log1p(size / 20)
        digits = v.s_sum[s + a, 7] - v.s_sum[s, 7] if a else v.t_sum[t + b, 7] - v.t_sum[t, 7]
        out[NULL + 1] = 1.0 if digits > 0 else 0.0
        begin = v.s_mark[s, 1] if a else v.t_mark[t, 1]
        out[NULL + 2] = 1.0 if begin == 0 and digits == 0 else 0.0  # neither a letter nor a digit
        out[NULL + 5] = v.s_mark[s, 5] if a else v.t_mark[t, 5]
        best = v.s_best[s] if a else v.t_best[t]
        out[NULL + 6] = best
        out[NULL + 7] = best * out[NULL]
        if v.paragraphs:
            mark = v.s_mark[s, 4] if a else v.t_mark[t, 4]
            out[PAR + 2] = 0.0 if mark == 0 else -0.5
        return
    l_s = v.s_length[s + a] - v.s_length[s]
    l_t = (v.t_length[t + b] - v.t_length[t]) / v.ratio
    mean = 0.5 * (l_s + l_t)
    size = np.log1p(mean / 20)
    many = 1.0 if a + b > 2 else 0.0
    fit = np.float32(0)
    trust = np.float32(0)
    for k in range(K):
        if v.scale[k] == 0:
            continue
        x = _block(v, k, s, s + a, t, t + b)
        norm = v.s_norm[k, s, a] * v.t_norm[k, t, b]
        c = (x / norm - v.base[k]) * v.scale[k] if norm > 0 else np.float32(0)
        c = min(max(c, np.float32(-0.5)), np.float32(2.0))
        at = SIM + k * PER_KIND
        out[at] = c
        out[at + 1] = c * abs(c)
        out[at + 2] = c * size
        out[at + 3] = c * many
        fit += TRUST[k] * c
        trust += TRUST[k]
    if trust > 0:
        low = max(np.float32(0.4) - fit / trust, np.float32(0))
        out[FIT] = low
        out[FIT + 1] = low * size
    if v.scale[K] != 0:
        x = _block(v, K, s, s + a, t, t + b)
        n_s, n_t = v.s_norm[K, s, a], v.t_norm[K, t, b]
        out[NUM] = min(x, np.float32(4))
        out[NUM + 1] = min(max(n_s * n_s + n_t * n_t - 2 * x, np.float32(0)), np.float32(4))
    z = abs(l_s - l_t) / np.sqrt(v.spread * (mean + 4))
    z = min(z, 6.0)
    out[LEN] = z
    out[LEN + 1] = z * z / 4
    for p in range(P):
        x = (v.s_sum[s + a, p] - v.s_sum[s, p]) * v.even[p]
        y = (v.t_sum[t + b, p] - v.t_sum[t, p]) / v.even[p]
        out[PRO + p] = abs(x - y) / np.sqrt(np.float32(1) + x + y)
    e_s, e_t = v.s_mark[s + a - 1, 0], v.t_mark[t + b - 1, 0]
    if e_s == e_t:
        out[END] = 1.0
    open_s = e_s == 0 or e_s == 4 or e_s == 5
    open_t = e_t == 0 or e_t == 4 or e_t == 5
    if open_s != open_t:
        out[END + 1] = 1.0
    b_s, b_t = v.s_mark[s, 1], v.t_mark[t, 1]
    if b_s != b_t:
        out[END + 2] = 1.0
    if v.s_mark[s, 2] != v.t_mark[t, 2]:
        out[END + 3] = 1.0
    for side in range(2):  # brackets, quotation marks
        p = P + side
        if v.s_sum[s + a, p] != v.s_sum[s, p]:
            out[END + 4 + side] += 1
        if v.t_sum[t + b, p] != v.t_sum[t, p]:
            out[END + 4 + side] += 1
    out[END + 6] = v.s_mark[s + a - 1, 6] + v.t_mark[t + b - 1, 6]
    if a + b > 2:
        lonely = np.float32(0)
        for i in range(s, s + a):
            out[END + 7] += v.s_mark[i, 5]
            lonely += max(np.float32(0.5) - v.s_best[i], np.float32(0))
        for j in range(t, t + b):
            out[END + 7] += v.t_mark[j, 5]
            lonely += max(np.float32(0.5) - v.t_best[j], np.float32(0))
        out[END + 8] = lonely
    if v.paragraphs:
        inside = 0.0
        for i in range(s + 1, s + a):
            if v.s_mark[i, 3] != v.s_mark[i - 1, 3]:
                inside += 1
        for j in range(t + 1, t + b):
            if v.t_mark[j, 3] != v.t_mark[j - 1, 3]:
                inside += 1
        out[PAR] = inside
        first_s = s == 0 or v.s_mark[s, 3] != v.s_mark[s - 1, 3]
        first_t = t == 0 or v.t_mark[t, 3] != v.t_mark[t - 1, 3]
        out[PAR + 1] = 1.0 if first_s != first_t else 0.0
        out[PAR + 2] = 1.0 if v.s_mark[s, 4] != v.t_mark[t, 4] else 0.0


@jit
def describe(v, s, t, a, b, out, sums):  # type: ignore[no-untyped-def]
    """Fill `out` for the bead of source segments s .. s + a - 1 and target segments t .. t + b - 1.

    `out`: float32, a number for each of `NAMES`; `sums`: room for float32 numbers, shape (K + 1, REACH + 1, REACH + 1).
    """
    inside(v, s, t, a, b, out)
    leak(v, s, t, a, b, out)
    explained(v, s, t, a, b, out)
    covering(v, s, t, a, b, out)
    if a + b > 2:
        cohesion(v, s, t, a, b, out, sums)


def described(view: View, source: range, target: range) -> NDArray[np.float32]:
    """The numbers that describe the bead of these segments, by `NAMES`."""
    out = np.zeros(len(NAMES), np.float32)
    room = np.empty((K + 1, REACH + 1, REACH + 1), np.float32)
    describe(view, source.start, target.start, len(source), len(target), out, room)
    return out


@jit
def _likenesses(v, path, out):  # type: ignore[no-untyped-def]
    """Fill `out`, float32 a bead, from beads `path`, int64 (beads, 4): see `likenesses`."""
    for n in range(len(path)):
        s0, s1, t0, t1 = path[n, 0], path[n, 1], path[n, 2], path[n, 3]
        out[n] = 1.0 if s0 == s1 or t0 == t1 else _alike(v, s0, s1, t0, t1)[0]


def likenesses(view: View, path: list[tuple[int, int, int, int]]) -> NDArray[np.float32]:
    """How alike the sides of beads are over all kinds: 0 strangers, 1 partners as usual; 1 where a side is empty."""
    out = np.empty(len(path), np.float32)
    _likenesses(view, np.array(path, np.int64).reshape(-1, 4), out)
    return out
