"""What a bead's segments explain of each other, word by word; what a cut loses, what the segments beside it keep."""

from __future__ import annotations

import numpy as np

from bitext.align._jit import inlined
from bitext.align.names import COVER

__all__ = ["covering", "explained"]


@inlined
def _gain(low, at, s_cover, t_cover, s, t, a, b, x, y):  # type: ignore[no-untyped-def]
    """Weight of the words of either side that a cut after x source and y target segments would leave unexplained."""
    of_t = np.float32(0)
    for j in range(t, t + b):
        here = at[s] + j - low[s]
        if j < t + y:
            of_t += t_cover[here, a] - t_cover[here, x]
        else:
            part = t_cover[at[s + x] + j - low[s + x], a - x] if x < a else np.float32(0)
            of_t += t_cover[here, a] - part
    of_s = np.float32(0)
    for i in range(s, s + a):
        here = at[i] + t - low[i]
        if i < s + x:
            of_s += s_cover[here, b] - s_cover[here, y]
        else:
            part = s_cover[here + y, b - y] if y < b else np.float32(0)
            of_s += s_cover[here, b] - part
    return of_s, of_t


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
    s_cover, t_cover = v.s_cover, v.t_cover
    n, m = len(v.s_mark), len(v.t_mark)
    if a > 0 and b > 0:
        pair = np.float32(1e9)
        both = np.float32(1e9)
        alone = np.float32(1e9)
        if a + b > 2:
            for x in range(a + 1):
                for y in range(b + 1):
                    if (x == 0 and y == 0) or (x == a and y == b) or (x == 0 and y == b) or (x == a and y == 0):
                        continue
                    g_s, g_t = _gain(low, at, s_cover, t_cover, s, t, a, b, x, y)
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
    stray_s, stray_t = v.usual[2], v.usual[3]
    scale_s, scale_t = 1 / (v.usual[0] - stray_s), 1 / (v.usual[1] - stray_t)
    most = np.float32(0)
    total = np.float32(0)
    for side in range(4):
        # x: of the bead's words, what the neighbour explains and the bead does not;
        # y: of the neighbour's words, what the bead explains and its own neighbour does not;
        # both less what chance explains
        x = np.float32(0)
        if side < 2:  # the target segment after it, before it
            j = t + b if side == 0 else t - 1
            if j < 0 or j >= m or a == 0:
                continue
            known = True
            for i in range(s, s + a):
                if j < low[i] or j >= high[i]:
                    known = False
            if not known:
                continue
            first = t if side == 0 else t - 1
            bare = v.s_mass[s + a] - v.s_mass[s]
            for i in range(s, s + a):
                own = s_cover[at[i] + t - low[i], b] if b > 0 else np.float32(0)
                x += s_cover[at[i] + first - low[i], b + 1] - own
                bare -= own
            x = (x - stray_s * bare) * scale_s
            i = s + a if side == 0 else s - 1
            own = np.float32(0)
            y = t_cover[at[s] + j - low[s], a]
            if 0 <= i < n and low[i] <= j < high[i]:
                own = t_cover[at[i] + j - low[i], 1]
                y = t_cover[at[min(i, s)] + j - low[min(i, s)], a + 1] - own
            y = (y - stray_t * (v.t_mass[j + 1] - v.t_mass[j] - own)) * scale_t
        else:
            i = s + a if side == 2 else s - 1
            if i < 0 or i >= n or b == 0 or t < low[i] or t + b > high[i]:
                continue
            first = s if side == 2 else s - 1
            bare = v.t_mass[t + b] - v.t_mass[t]
            for j in range(t, t + b):
                own = t_cover[at[s] + j - low[s], a] if a > 0 else np.float32(0)
                x += t_cover[at[first] + j - low[first], a + 1] - own
                bare -= own
            x = (x - stray_t * bare) * scale_t
            j = t + b if side == 2 else t - 1
            own = np.float32(0)
            y = s_cover[at[i] + t - low[i], b]
            if 0 <= j < m and low[i] <= j < high[i]:
                own = s_cover[at[i] + j - low[i], 1]
                y = s_cover[at[i] + min(j, t) - low[i], b + 1] - own
            y = (y - stray_s * (v.s_mass[i + 1] - v.s_mass[i] - own)) * scale_s
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
