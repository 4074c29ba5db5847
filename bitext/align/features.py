"""Numbers that describe a bead: what its evidence amounts to, one vector a bead, one weight an entry.

The vector is the same in training and in search. `NAMES` names its entries as `group.detail`; `explain` adds up groups.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.evidence import KINDS
from bitext.align.text import PROFILE

__all__ = ["NAMES", "REACH", "SHAPES", "TRUST", "View", "describe", "likenesses", "score_band", "shapes"]

REACH = 5
"""Most segments on one side of a bead."""

_K = len(KINDS) - 1  # kinds with a graded likeness; numbers are apart
_PER_KIND = 4
_P = len(PROFILE)

_SHAPE_NAMES = ("0-1", "1-1", "1-2", "1-3", "1-4", "1-5", "2-2", "2-3", "2-4", "3-3")
SHAPES: NDArray[np.int64] = np.full((REACH + 1, REACH + 1), -1, np.int64)
for _name in _SHAPE_NAMES:
    _a, _b = map(int, _name.split("-"))
    SHAPES[_a, _b] = SHAPES[_b, _a] = _SHAPE_NAMES.index(_name)

NAMES: tuple[str, ...] = (
    *(f"shape.{n}" for n in _SHAPE_NAMES),
    *(f"{k}.{d}" for k in KINDS[:_K] for d in ("likeness", "square", "long", "many")),
    "numbers.shared",
    "numbers.apart",
    "length.distance",
    "length.square",
    *(f"punctuation.{p}" if p != "capitals" else "case.capitals" for p in PROFILE),
    "punctuation.end",
    "punctuation.open",
    "case.begin",
    "case.upper",
    "paragraph.inside",
    "paragraph.edge",
    "paragraph.kind",
    "null.length",
    "null.number",
    "null.wordless",
    "null.leak",
    "null.mass",
    *(f"cohesion.{d}" for d in ("edge", "square", "share", "numbers", "many", "long", "mass", "root")),
    "fit.low",
    "fit.low_long",
    *(f"leak.{d}" for d in ("most", "square", "sum", "mass", "root", "many")),
)
_SIM = len(_SHAPE_NAMES)
_NUM = _SIM + _K * _PER_KIND
_LEN = _NUM + 2
_PRO = _LEN + 2
_END = _PRO + _P
_PAR = _END + 4
_NULL = _PAR + 3
_COH = _NULL + 5
_FIT = _COH + 8
_LEAK = _FIT + 2
TRUST = np.array([1.0, 1.0, 1.5, 0.5], np.float32)  # of kinds, where they are weighed before the weights are known


class View(NamedTuple):
    """All that `describe` looks at, as arrays. N source and M target segments.

    Attributes:
        low, high, at: the band of segment pairs for which products are known.
        products: by kind and cell; shape (K + 1, cells), the last row for numbers.
        s_norm, t_norm: norms of spans; shapes (K + 1, N, REACH + 1) and (K + 1, M, REACH + 1).
        base, scale: likeness of strangers, and 1 / (that of partners - that of strangers), by kind; scale 0: absent.
        unit: product of usual partners, by kind.
        even: square root of the target's share of each surface count by the source's.
        s_sum, t_sum: sums of the surface counts of all segments before; shapes (N + 1, P), (M + 1, P).
        s_length, t_length: likewise of lengths, in characters.
        ratio, spread: target characters a source character, and the variance of the difference a source character.
        s_mark, t_mark: end, begin, upper, paragraph, kind by segment; int64 (N, 5), (M, 5).
        paragraphs: whether both sides have paragraphs that mean something.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    at: NDArray[np.int64]
    products: NDArray[np.float32]
    s_norm: NDArray[np.float32]
    t_norm: NDArray[np.float32]
    base: NDArray[np.float32]
    scale: NDArray[np.float32]
    unit: NDArray[np.float32]
    even: NDArray[np.float32]
    s_sum: NDArray[np.float32]
    t_sum: NDArray[np.float32]
    s_length: NDArray[np.float64]
    t_length: NDArray[np.float64]
    ratio: float
    spread: float
    s_mark: NDArray[np.int64]
    t_mark: NDArray[np.int64]
    paragraphs: int


def shapes(max_bead: int) -> NDArray[np.int64]:
    """All bead shapes (n, m) with n + m <= `max_bead`, 1-0 and 0-1 among them."""
    found = [(1, 0), (0, 1)]
    found += [
        (a, b)
        for total in range(2, max_bead + 1)
        for a in range(1, total)
        for b in [total - a]
        if a <= REACH and b <= REACH and SHAPES[a, b] >= 0
    ]
    return np.array(found, np.int64)


@jit
def _block(v, k, s0, s1, t0, t1):  # type: ignore[no-untyped-def]
    """Sum of products of kind k over a rectangle of segment pairs."""
    x = np.float32(0)
    for i in range(s0, s1):
        row = v.at[i] - v.low[i]
        for j in range(t0, t1):
            x += v.products[k, row + j]
    return x


@jit
def _cohesion(v, s, t, a, b, out, sums):  # type: ignore[no-untyped-def]
    """What would be lost by cutting the bead in two where that costs least.

    A cut at (x, y) leaves the first x source and y target segments in one bead, the rest in another; lost is the
    likeness across. `edge` compares it with the norms of what is apart, `share` with those of the whole bead, `mass`
    with what partners usually share. `sums` is room for the sums of products from the bead's start on, by kind.
    """
    for k in range(_K + 1):
        if v.scale[k] == 0:
            continue
        for y in range(b + 1):
            sums[k, 0, y] = 0
        for x in range(a):
            at = v.at[s + x] - v.low[s + x] + t
            row = np.float32(0)
            sums[k, x + 1, 0] = 0
            for y in range(b):
                row += v.products[k, at + y]
                sums[k, x + 1, y + 1] = sums[k, x, y + 1] + row
    least = np.float32(1e9)
    least_share = np.float32(1e9)
    least_mass = np.float32(1e9)
    numbers = np.float32(0)
    size = 0.0
    for x in range(a + 1):
        for y in range(b + 1):
            if (x == 0 and y == 0) or (x == a and y == b):
                continue
            edge = np.float32(0)
            share = np.float32(0)
            mass = np.float32(0)
            trust = np.float32(0)
            for k in range(_K):
                if v.scale[k] == 0:
                    continue
                trust += TRUST[k]
                cross = sums[k, x, b] + sums[k, a, y] - 2 * sums[k, x, y]
                apart = v.s_norm[k, s, x] * v.t_norm[k, min(t + y, len(v.t_mark) - 1), b - y]
                apart += v.s_norm[k, min(s + x, len(v.s_mark) - 1), a - x] * v.t_norm[k, t, y]
                whole = v.s_norm[k, s, a] * v.t_norm[k, t, b]
                if apart > 0:
                    c = (cross / apart - v.base[k]) * v.scale[k]
                    more = cross - v.base[k] * apart
                    edge += TRUST[k] * min(max(c, np.float32(-0.5)), np.float32(2.0))
                    share += TRUST[k] * more / whole * v.scale[k]
                    mass += TRUST[k] * more / v.unit[k]
            if trust > 0:
                edge /= trust
                share /= trust
                mass /= trust
            if edge < least:
                least = edge
                one = v.s_length[s + x] - v.s_length[s] + v.t_length[t + y] - v.t_length[t]
                other = v.s_length[s + a] - v.s_length[s + x] + v.t_length[t + b] - v.t_length[t + y]
                size = np.log1p(min(one, other) / 20)
                if v.scale[_K] != 0:
                    numbers = sums[_K, x, b] + sums[_K, a, y] - 2 * sums[_K, x, y]
            least_share = min(least_share, share)
            least_mass = min(least_mass, mass)
    out[_COH] = least
    out[_COH + 1] = least * abs(least)
    out[_COH + 2] = least_share
    out[_COH + 3] = min(numbers, np.float32(2))
    out[_COH + 4] = least * (a + b - 3)
    out[_COH + 5] = least * size
    least_mass = min(max(least_mass, np.float32(-1)), np.float32(2))
    out[_COH + 6] = least_mass
    out[_COH + 7] = np.sqrt(max(least_mass, np.float32(0)))


@jit
def _alike(v, s0, s1, t0, t1):  # type: ignore[no-untyped-def]
    """Likeness of two spans over all kinds: (against their norms, against what partners usually share)."""
    edge = np.float32(0)
    mass = np.float32(0)
    trust = np.float32(0)
    for k in range(_K):
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


@jit
def _leak(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """What the bead has in common with the segments next to it: likeness that a larger bead would keep."""
    low, high, at, products = v.low, v.high, v.at, v.products
    most = np.float32(0)
    total = np.float32(0)
    mass = np.float32(0)
    for side in range(4):
        s0, s1, t0, t1 = s, s + a, t, t + b
        if side == 0:
            t0, t1 = t + b, t + b + 1
        elif side == 1:
            t0, t1 = t - 1, t
        elif side == 2:
            s0, s1 = s + a, s + a + 1
        else:
            s0, s1 = s - 1, s
        if s0 == s1 or t0 == t1:
            continue
        if s0 < 0 or s1 > len(low) or t0 < max(low[s0], low[s1 - 1]) or t1 > min(high[s0], high[s1 - 1]):
            continue  # beyond the text, or where no products are known
        # as `_alike`, written out: a call with all of v costs more than what it does
        edge = np.float32(0)
        more = np.float32(0)
        trust = np.float32(0)
        for k in range(_K):
            if v.scale[k] == 0:
                continue
            trust += TRUST[k]
            norm = v.s_norm[k, s0, s1 - s0] * v.t_norm[k, t0, t1 - t0]
            if norm > 0:
                x = np.float32(0)
                for i in range(s0, s1):
                    row = at[i] - low[i]
                    for j in range(t0, t1):
                        x += products[k, row + j]
                edge += TRUST[k] * min(max((x / norm - v.base[k]) * v.scale[k], np.float32(-0.5)), np.float32(2.0))
                more += TRUST[k] * (x - v.base[k] * norm) / v.unit[k]
        if trust > 0:
            edge /= trust
            more /= trust
        most = max(most, edge)
        total += max(edge, np.float32(0))
        mass += min(max(more, np.float32(0)), np.float32(1))
    if a == 0 or b == 0:
        out[_NULL + 3] = most
        out[_NULL + 4] = mass
        return
    out[_LEAK] = most
    out[_LEAK + 1] = most * most
    out[_LEAK + 2] = total
    out[_LEAK + 3] = mass
    out[_LEAK + 4] = np.sqrt(mass)
    out[_LEAK + 5] = total if a + b > 2 else np.float32(0)


@jit
def _inside(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """The part of `describe` that looks at the bead alone; clears `out` first."""
    out[:] = 0
    out[SHAPES[a, b]] = 1
    if a == 0 or b == 0:
        size = v.s_length[s + a] - v.s_length[s] if a else (v.t_length[t + b] - v.t_length[t]) / v.ratio
        out[_NULL] = np.log1p(size / 20)
        digits = v.s_sum[s + a, 7] - v.s_sum[s, 7] if a else v.t_sum[t + b, 7] - v.t_sum[t, 7]
        out[_NULL + 1] = 1.0 if digits > 0 else 0.0
        begin = v.s_mark[s, 1] if a else v.t_mark[t, 1]
        out[_NULL + 2] = 1.0 if begin == 0 and digits == 0 else 0.0  # neither a letter nor a digit
        if v.paragraphs:
            mark = v.s_mark[s, 4] if a else v.t_mark[t, 4]
            out[_PAR + 2] = 0.0 if mark == 0 else -0.5
        return
    l_s = v.s_length[s + a] - v.s_length[s]
    l_t = (v.t_length[t + b] - v.t_length[t]) / v.ratio
    mean = 0.5 * (l_s + l_t)
    size = np.log1p(mean / 20)
    many = 1.0 if a + b > 2 else 0.0
    fit = np.float32(0)
    trust = np.float32(0)
    for k in range(_K):
        if v.scale[k] == 0:
            continue
        x = _block(v, k, s, s + a, t, t + b)
        norm = v.s_norm[k, s, a] * v.t_norm[k, t, b]
        c = (x / norm - v.base[k]) * v.scale[k] if norm > 0 else np.float32(0)
        c = min(max(c, np.float32(-0.5)), np.float32(2.0))
        at = _SIM + k * _PER_KIND
        out[at] = c
        out[at + 1] = c * abs(c)
        out[at + 2] = c * size
        out[at + 3] = c * many
        fit += TRUST[k] * c
        trust += TRUST[k]
    if trust > 0:
        low = max(np.float32(0.4) - fit / trust, np.float32(0))
        out[_FIT] = low
        out[_FIT + 1] = low * size
    if v.scale[_K] != 0:
        x = _block(v, _K, s, s + a, t, t + b)
        n_s, n_t = v.s_norm[_K, s, a], v.t_norm[_K, t, b]
        out[_NUM] = min(x, np.float32(4))
        out[_NUM + 1] = min(max(n_s * n_s + n_t * n_t - 2 * x, np.float32(0)), np.float32(4))
    z = abs(l_s - l_t) / np.sqrt(v.spread * (mean + 4))
    z = min(z, 6.0)
    out[_LEN] = z
    out[_LEN + 1] = z * z / 4
    for p in range(_P):
        x = (v.s_sum[s + a, p] - v.s_sum[s, p]) * v.even[p]
        y = (v.t_sum[t + b, p] - v.t_sum[t, p]) / v.even[p]
        out[_PRO + p] = abs(x - y) / np.sqrt(1 + x + y)
    e_s, e_t = v.s_mark[s + a - 1, 0], v.t_mark[t + b - 1, 0]
    if e_s == e_t:
        out[_END] = 1.0
    open_s = e_s == 0 or e_s == 4 or e_s == 5
    open_t = e_t == 0 or e_t == 4 or e_t == 5
    if open_s != open_t:
        out[_END + 1] = 1.0
    b_s, b_t = v.s_mark[s, 1], v.t_mark[t, 1]
    if b_s != b_t:
        out[_END + 2] = 1.0
    if v.s_mark[s, 2] != v.t_mark[t, 2]:
        out[_END + 3] = 1.0
    if v.paragraphs:
        inside = 0.0
        for i in range(s + 1, s + a):
            if v.s_mark[i, 3] != v.s_mark[i - 1, 3]:
                inside += 1
        for j in range(t + 1, t + b):
            if v.t_mark[j, 3] != v.t_mark[j - 1, 3]:
                inside += 1
        out[_PAR] = inside
        first_s = s == 0 or v.s_mark[s, 3] != v.s_mark[s - 1, 3]
        first_t = t == 0 or v.t_mark[t, 3] != v.t_mark[t - 1, 3]
        out[_PAR + 1] = 1.0 if first_s != first_t else 0.0
        out[_PAR + 2] = 1.0 if v.s_mark[s, 4] != v.t_mark[t, 4] else 0.0


@jit
def describe(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """Fill `out` for the bead of source segments s .. s + a - 1 and target segments t .. t + b - 1."""
    _inside(v, s, t, a, b, out)
    _leak(v, s, t, a, b, out)
    if a + b > 2:
        _cohesion(v, s, t, a, b, out, np.empty((_K + 1, REACH + 1, REACH + 1), np.float32))


@jit
def _likenesses(v, path, out):  # type: ignore[no-untyped-def]
    for n in range(len(path)):
        s0, s1, t0, t1 = path[n, 0], path[n, 1], path[n, 2], path[n, 3]
        out[n] = 1.0 if s0 == s1 or t0 == t1 else _alike(v, s0, s1, t0, t1)[0]


def likenesses(view: View, path: list[tuple[int, int, int, int]]) -> NDArray[np.float32]:
    """How alike the sides of beads are over all kinds: 0 strangers, 1 partners as usual; 1 where a side is empty."""
    out = np.empty(len(path), np.float32)
    _likenesses(view, np.array(path, np.int64).reshape(-1, 4), out)
    return out


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
    sums = np.empty((_K + 1, REACH + 1, REACH + 1), np.float32)
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
                _inside(v, i - a, j - b, a, b, x)
                total = np.float32(0)
                for f in range(_NULL + 5):
                    total += x[f] * weights[f]
                total += x[_FIT] * weights[_FIT] + x[_FIT + 1] * weights[_FIT + 1]
                if so_far + total < best[node] - inner:
                    continue
                _leak(v, i - a, j - b, a, b, x)
                for f in range(_LEAK, _LEAK + 6):
                    total += x[f] * weights[f]
                if a == 0 or b == 0:
                    total += x[_NULL + 3] * weights[_NULL + 3] + x[_NULL + 4] * weights[_NULL + 4]
                if a + b > 2:
                    if so_far + total < best[node] - inner:
                        continue
                    _cohesion(v, i - a, j - b, a, b, x, sums)
                    for f in range(_COH, _COH + 8):
                        total += x[f] * weights[f]
                out[node, k] = total
                best[node] = max(best[node], so_far + total)
            top[d] = max(top[d], best[node])
