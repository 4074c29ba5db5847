"""What a bead's segments explain of each other, word by word; what a cut loses, what the segments beside it keep."""

from __future__ import annotations

import numpy as np

from bitext.align._jit import inlined
from bitext.align.names import COVER

__all__ = ["covering", "explained"]


@inlined
def _cell(low, at, turned, mine, other):  # type: ignore[no-untyped-def]
    """Where the pair of two segments is stored; `turned`: mine is of the target."""
    return at[other] + mine - low[other] if turned else at[mine] + other - low[mine]


@inlined
def _known(low, high, turned, mine, other):  # type: ignore[no-untyped-def]
    """Whether the pair of two segments lies in the band."""
    return low[other] <= mine < high[other] if turned else low[mine] <= other < high[mine]


@inlined
def _lost(low, at, cover, turned, s, t, a, b, x, y):  # type: ignore[no-untyped-def]
    """Weight of my words in a bead (a segments from s, the other side's b from t) that a cut leaves unexplained.

    The cut is after x of my segments and y of the other's; `cover` is of my words, float32 (cells, SPAN + 1).
    """
    lost = np.float32(0)
    for i in range(s, s + a):
        here = _cell(low, at, turned, i, t)
        lost += cover[here, b]
        if i < s + x:
            lost -= cover[here, y]
        elif y < b:
            lost -= cover[_cell(low, at, turned, i, t + y), b - y]
    return lost


@inlined
def _beside(low, high, at, covers, masses, stray, scale, turned, s, t, a, b, after):  # type: ignore[no-untyped-def]
    """What a bead and the other side's segment after it (or before it) explain of each other.

    The bead is a of my segments from s and b of the other's from t. Of `covers`, `masses`, `stray` and `scale` the
    first is mine, the second the other's.

    Returns:
        Of my words in the bead, the weight that the segment explains and the bead does not; of its words, the weight
        that my segments explain and its own neighbour on my side does not: both less what chance explains. Zeros where
        there is no such segment or it is not in the band.
    """
    j = t + b if after else t - 1
    none = np.float32(0), np.float32(0)
    if a == 0 or j < 0 or j >= len(masses[1]) - 1:
        return none
    for i in range(s, s + a):
        if not _known(low, high, turned, i, j):
            return none
    x = np.float32(0)
    bare = masses[0][s + a] - masses[0][s]
    for i in range(s, s + a):
        own = covers[0][_cell(low, at, turned, i, t), b] if b > 0 else np.float32(0)
        x += covers[0][_cell(low, at, turned, i, min(t, j)), b + 1] - own
        bare -= own
    i = s + a if after else s - 1
    own = np.float32(0)
    y = covers[1][_cell(low, at, turned, s, j), a]
    if 0 <= i < len(masses[0]) - 1 and _known(low, high, turned, i, j):
        own = covers[1][_cell(low, at, turned, i, j), 1]
        y = covers[1][_cell(low, at, turned, min(i, s), j), a + 1] - own
    x = (x - stray[0] * bare) * scale[0]
    y = (y - stray[1] * (masses[1][j + 1] - masses[1][j] - own)) * scale[1]
    return x, y


@inlined
def explained(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """Fill in the features `cover` that need no comparison; returns the weight of the words that are explained."""
    of_t = np.float32(0)
    of_s = np.float32(0)
    if a > 0 and b > 0:
        low, at = v.low, v.at
        for j in range(t, t + b):
            of_t += v.t_cover[at[s] + j - low[s], a]
        for i in range(s, s + a):
            of_s += v.s_cover[at[i] + t - low[i], b]
        lack_s = max(v.usual[0] * (v.s_mass[s + a] - v.s_mass[s]) - of_s, np.float32(0))
        lack_t = max(v.usual[1] * (v.t_mass[t + b] - v.t_mass[t]) - of_t, np.float32(0))
        out[COVER] = np.sqrt(lack_s)
        out[COVER + 1] = np.sqrt(lack_t)
        out[COVER + 2] = min(lack_s + lack_t, np.float32(6))
        out[COVER + 3] = np.sqrt(of_s + of_t)
    return of_s + of_t


@inlined
def covering(v, s, t, a, b, out):  # type: ignore[no-untyped-def]
    """Fill in the other features `cover` of a bead of a source segments from s and b target segments from t."""
    low, high, at = v.low, v.high, v.at
    if a > 0 and b > 0:
        pair = np.float32(1e9)
        both = np.float32(1e9)
        alone = np.float32(1e9)
        if a + b > 2:
            for x in range(a + 1):
                for y in range(b + 1):
                    if (x == 0 and y == 0) or (x == a and y == b) or (x == 0 and y == b) or (x == a and y == 0):
                        continue
                    g_s = _lost(low, at, v.s_cover, False, s, t, a, b, x, y)
                    g_t = _lost(low, at, v.t_cover, True, t, s, b, a, y, x)
                    if 0 < x < a and 0 < y < b:
                        pair = min(pair, g_s + g_t)
                        both = min(both, min(g_s, g_t))
                    else:
                        alone = min(alone, g_s + g_t)
            if a > 1 and b > 1:
                out[COVER + 4] = np.sqrt(max(pair, np.float32(0)))
                out[COVER + 5] = min(pair, np.float32(4))
                out[COVER + 6] = np.sqrt(max(both, np.float32(0)))
            out[COVER + 7] = np.sqrt(max(alone, np.float32(0)))
            out[COVER + 8] = min(alone, np.float32(4))
            out[COVER + 9] = max(np.float32(0.5) - alone, np.float32(0))
    s_first = (v.s_cover, v.t_cover), (v.s_mass, v.t_mass)
    t_first = (v.t_cover, v.s_cover), (v.t_mass, v.s_mass)
    stray_s, stray_t = v.usual[2], v.usual[3]
    scale_s, scale_t = 1 / (v.usual[0] - stray_s), 1 / (v.usual[1] - stray_t)
    most = np.float32(0)
    total = np.float32(0)
    for after in (True, False):
        x, y = _beside(low, high, at, *s_first, (stray_s, stray_t), (scale_s, scale_t), False, s, t, a, b, after)
        most = max(most, min(x, y))
        total += max((x + y) / 2, np.float32(0))
        x, y = _beside(low, high, at, *t_first, (stray_t, stray_s), (scale_t, scale_s), True, t, s, b, a, after)
        most = max(most, min(x, y))
        total += max((x + y) / 2, np.float32(0))
    if a == 0 or b == 0:
        out[COVER + 14] = np.sqrt(most)
        out[COVER + 15] = np.sqrt(total)
        out[COVER + 16] = min(total, np.float32(4))
        return
    out[COVER + 10] = np.sqrt(most)
    out[COVER + 11] = np.sqrt(total)
    out[COVER + 12] = min(total, np.float32(4))
    out[COVER + 13] = np.sqrt(total) if a + b > 2 else np.float32(0)
