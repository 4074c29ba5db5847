"""What a bead would lose if it were cut in two, and what it has in common with the segments beside it."""

from __future__ import annotations

import numpy as np

from bitext.align._jit import inlined
from bitext.align.names import COH, LEAK, NULL, TRUST, K

__all__ = ["cohesion", "leak"]


@inlined
def cohesion(v, s, t, a, b, out, sums):  # type: ignore[no-untyped-def]
    """What would be lost by cutting the bead in two where that costs least.

    A cut at (x, y) leaves the first x source and y target segments in one bead, the rest in another; lost is the
    likeness across. `edge` compares it with the norms of what is apart, `share` with those of the whole bead, `mass`
    with what partners usually share. `sums` is room for the sums of products from the bead's start on, by kind.
    """
    for k in range(K + 1):
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
            for k in range(K):
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
                if v.scale[K] != 0:
                    numbers = sums[K, x, b] + sums[K, a, y] - 2 * sums[K, x, y]
            least_share = min(least_share, share)
            least_mass = min(least_mass, mass)
    out[COH] = least
    out[COH + 1] = least * abs(least)
    out[COH + 2] = least_share
    out[COH + 3] = min(numbers, np.float32(2))
    out[COH + 4] = least * (a + b - 3)
    out[COH + 5] = least * size
    least_mass = min(max(least_mass, np.float32(-1)), np.float32(2))
    out[COH + 6] = least_mass
    out[COH + 7] = np.sqrt(max(least_mass, np.float32(0)))


@inlined
def leak(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
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
        for k in range(K):
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
        out[NULL + 3] = most
        out[NULL + 4] = mass
        return
    out[LEAK] = most
    out[LEAK + 1] = most * most
    out[LEAK + 2] = total
    out[LEAK + 3] = mass
    out[LEAK + 4] = np.sqrt(mass)
    out[LEAK + 5] = total if a + b > 2 else np.float32(0)
