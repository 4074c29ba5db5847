"""Which words of a segment the other side explains: a translation's words, a lexicon's, names and numbers as they are.

Products of representations say how alike two spans are; they do not say whether a word that one partner lacks stands in
the segment beside it. Here each word counts once, and a span explains it or does not: what is lost when a bead is cut,
or gained when a neighbour joins it, is a difference of two entries of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align import text
from bitext.align._jit import jit
from bitext.align.band import Band, shared
from bitext.align.evidence import Evidence, Pair, Translated
from bitext.align.text import Sparse

__all__ = ["SPAN", "Cover", "Side", "covered", "prepare_cover"]

SPAN = 6
"""Most segments of the other side that explain a word together."""

_WIDE = (0,) * SPAN
_CAP = 1.75  # most that a word weighs, in units of 4 nats
_USUAL, _STRAY = 0.5, 0.06  # share of a segment that its partner and that a stranger explains, usually
_PRIOR = 8  # pairs that these are worth


class Side(NamedTuple):
    """One side's words and what explains them.

    Attributes:
        words: a row a segment, values are weights (idf, in units of 4 nats).
        given: a row a segment of the other side, in the same columns: how surely it explains a word, 0 to 1.
        mass: sums of the weights of all segments before; shape (N + 1,).
    """

    words: Sparse
    given: Sparse
    mass: NDArray[np.float32]

    def part(self, words: range, given: range) -> Side:
        """Two spans' rows."""
        mine, other = _rows(self.words, words), _rows(self.given, given)
        return Side(mine, other, self.mass[words.start : words.stop + 1] - self.mass[words.start])


class Cover(NamedTuple):
    """Both sides, and the share of a segment's weight that its partner and that a stranger usually explains.

    `usual`: of source and target segments by their partners, then by strangers; shape (4,).
    """

    source: Side
    target: Side
    usual: NDArray[np.float32]


def _rows(rows: Sparse, part: range) -> Sparse:
    a, b = rows.start[part.start], rows.start[part.stop]
    start = rows.start[part.start : part.stop + 1] - a
    return rows._replace(start=start, column=rows.column[a:b], value=rows.value[a:b])


@jit
def _once(start, column, value, out_start, out_column, out_value, seen, best):  # type: ignore[no-untyped-def]
    """Each column once a row, with its highest value; returns how many."""
    n = 0
    for i in range(len(start) - 1):
        first = n
        for k in range(start[i], start[i + 1]):
            c = column[k]
            if seen[c] == i + 1:
                best[c] = max(best[c], value[k])
            else:
                seen[c] = i + 1
                best[c] = value[k]
                out_column[n] = c
                n += 1
        for k in range(first, n):
            out_value[k] = best[out_column[k]]
        out_start[i + 1] = n
    return n


def _distinct(rows: Sparse) -> Sparse:
    start, column, value = np.zeros_like(rows.start), np.empty_like(rows.column), np.empty_like(rows.value)
    seen, best = np.zeros(rows.width, np.int64), np.zeros(rows.width, np.float32)
    n = _once(*rows[:3], start, column, value, seen, best)
    return Sparse(start, column[:n].copy(), value[:n].copy(), rows.width)


Hashed = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]
"""Row starts, stems as hashes, how surely."""


def _plain(texts: Sequence[str]) -> Hashed:
    start, hashes = text.stems(texts)
    return start, hashes, np.ones(len(hashes), np.float32)


@jit
def _gather(start, hashes, value, table, column, kept, fill, out_column, out_value):  # type: ignore[no-untyped-def]
    """Columns of the rows' known hashes, from `fill[i]` on; only counts into `kept` while `out_column` is empty."""
    write = len(out_column) > 0
    for i in range(len(start) - 1):
        n = 0
        for k in range(start[i], start[i + 1]):
            c = text.found(hashes[k], table, column)
            if c >= 0:
                if write:
                    out_column[fill[i] + n] = c
                    out_value[fill[i] + n] = value[k]
                n += 1
        kept[i] += n
        if write:
            fill[i] += n


def _side(words: Hashed, given: Sequence[Hashed]) -> Side:
    """Words and what explains them, in columns of their own; what no word asks for is left out."""
    table, column, count = text.numbered(words[1])
    width = max(count, 1)
    mine = _distinct(Sparse(words[0], text.look_up(words[1], table, column), np.ones(len(words[1]), np.float32), width))
    seen = np.bincount(mine.column, minlength=width)
    weight = np.clip(np.log((mine.height + 1) / (seen + 0.5)) / 4, 0, _CAP).astype(np.float32)
    mine = text.weighted(mine, weight)
    kept = np.zeros(len(given[0][0]) - 1, np.int64)
    none = np.zeros(0, np.int32), np.zeros(0, np.float32)
    for part in given:
        _gather(*part, table, column, kept, kept, *none)
    start = np.append(0, np.cumsum(kept)).astype(np.int64)
    fill = start[:-1].copy()
    at, value = np.empty(start[-1] + 1, np.int32), np.empty(start[-1] + 1, np.float32)
    for part in given:
        _gather(*part, table, column, kept, fill, at, value)
    other = _distinct(Sparse(start, at[: start[-1]], value[: start[-1]], width))
    total = np.append(0, np.cumsum(mine.value, dtype=np.float64))[mine.start]
    return Side(mine, other, total.astype(np.float32))


@jit
def _covered(start, column, value, g_start, g_column, g_value, first, last, at, buffer, out, wide):  # type: ignore[no-untyped-def]
    """As `covered`; for row r of the explaining side, the words of rows first[r] .. last[r] - 1 of the other.

    `wide` is a tuple as long as the spans: its length is known when this is compiled, that of `out` is not.
    """
    span = len(wide)
    rows = len(first)
    for r in range(rows):
        for d in range(min(span, rows - r)):
            for k in range(g_start[r + d], g_start[r + d + 1]):
                c = g_column[k]
                x = g_value[k]
                for e in range(d, span):
                    if buffer[c, e] < x:
                        buffer[c, e] = x
        for j in range(first[r], last[r]):
            cell = at[r] + j - first[r]
            for k in range(start[j], start[j + 1]):
                c = column[k]
                w = value[k]
                for e in range(span):
                    out[cell, e + 1] += w * buffer[c, e]
        for d in range(min(span, rows - r)):
            for k in range(g_start[r + d], g_start[r + d + 1]):
                for e in range(span):
                    buffer[g_column[k], e] = 0


@jit
def _turn(values, low, at, c_low, c_high, c_at, out):  # type: ignore[no-untyped-def]
    for i in range(len(c_low)):
        for j in range(c_low[i], c_high[i]):
            cell, turned = c_at[i] + j - c_low[i], at[j] + i - low[j]
            for n in range(out.shape[1]):
                out[cell, n] = values[turned, n]


def _turned(values: NDArray[np.float32], turned: Band, cells: Band) -> NDArray[np.float32]:
    """Values by (column, row) in the order of (row, column)."""
    out = np.empty((cells.size, values.shape[1]), np.float32)
    _turn(values, turned.low, turned.at, *cells, out)
    return out


def _transposed(band: Band, columns: int) -> Band:
    """The rows of each column, as a band; rows of a band never fall, so they are ranges."""
    j = np.arange(columns)
    # the first row whose high is beyond j, the last whose low is at most j
    low = np.searchsorted(np.maximum.accumulate(band.high), j, side="right")
    high = np.searchsorted(np.minimum.accumulate(band.low[::-1])[::-1], j, side="right")
    return Band.of(low.astype(np.int64), np.maximum(high, low).astype(np.int64))


def covered(cover: Cover, cells: Band) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For every pair (i, j) of a band of segment pairs: what is explained of either by 0 to 6 segments of the other.

    Returns:
        `t[cell, n]`: weight of the words of target j that source i .. i + n - 1 explain;
        `s[cell, n]`: weight of the words of source i that target j .. j + n - 1 explain.
    """
    m = cover.target.words.height
    t = np.zeros((cells.size, SPAN + 1), np.float32)
    buffer = np.zeros((cover.target.words.width, SPAN), np.float32)
    words = shared(cover.target.words, cover.target.given)
    _covered(*words[:3], *cover.target.given[:3], *cells, buffer, t, _WIDE)
    turned = _transposed(cells, m)
    u = np.zeros((turned.size, SPAN + 1), np.float32)
    buffer = np.zeros((cover.source.words.width, SPAN), np.float32)
    words = shared(cover.source.words, cover.source.given)
    _covered(*words[:3], *cover.source.given[:3], *turned, buffer, u, _WIDE)
    return t, _turned(u, turned, cells)


def prepare_cover(pair: Pair, evidence: Sequence[Evidence], pairs: NDArray[np.int64]) -> Cover:
    """Words and explanations of both sides from all the evidence.

    A side's words are its own where the other side's translation into its language is known, else those of its
    translation, compared with what really stands on the other side.

    Args:
        pairs: of the first path, to see what partners usually explain.
    """
    from bitext.align.lexical import LexiconEvidence

    source, target = _plain(pair.source), _plain(pair.target)
    s_words, t_words = source, target
    s_given, t_given = [target], [source]
    for e in evidence:
        if isinstance(e, Translated):
            back = None if e.back is None else target if e.back is pair.target else _plain(e.back)
            forward = None if e.forward is None else source if e.forward is pair.source else _plain(e.forward)
            if forward is not None:
                t_given.append(forward)
            elif back is not None:
                t_words = back
            if back is not None:
                s_given.append(back)
            elif forward is not None:
                s_words = forward
        elif isinstance(e, LexiconEvidence):
            there, here = e.given(pair)
            t_given.append(there)
            s_given.append(here)
    sides = _side(s_words, s_given), _side(t_words, t_given)
    cover = Cover(*sides, np.zeros(4, np.float32))
    return cover._replace(usual=_usual(cover, pairs))


def _usual(cover: Cover, pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    """The share of source and target segments that partners on the first path explain, and that strangers do."""
    out = np.array([_USUAL, _USUAL, _STRAY, _STRAY], np.float32)
    if not len(pairs):
        return out
    picked = pairs if len(pairs) <= 4000 else pairs[np.linspace(0, len(pairs) - 1, 4000).astype(int)]
    sizes = cover.source.words.height, cover.target.words.height
    for side in (0, 1):
        words, given, mass = (cover.source, cover.target)[side]
        mine, other = picked[:, side], picked[:, 1 - side]
        whole = np.diff(mass)
        for stranger in (0, 1) if sizes[side] > 14 else (0,):
            partner = np.clip(mine + np.where(other % 2, 7, -7), 0, sizes[side] - 1) if stranger else mine
            first, last = (np.zeros(sizes[1 - side], np.int64) for _ in range(2))
            first[other], last[other] = partner, partner + 1
            band = Band.of(first, last)
            got = np.zeros((band.size, 2), np.float32)
            buffer = np.zeros((words.width, 1), np.float32)
            _covered(*words[:3], *given[:3], *band[:3], buffer, got, (0,))
            share = (got[:, 1] / np.maximum(whole[partner], 1e-6))[whole[partner] > 0.5]
            if len(share):
                found = float(share.mean() if stranger else np.median(share))
                k = side + 2 * stranger
                out[k] = (_PRIOR * out[k] + len(share) * found) / (_PRIOR + len(share))
    out[:2] = np.maximum(out[:2], out[2:] + 0.05)
    return out
