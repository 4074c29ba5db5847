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
from bitext.align.band import Band
from bitext.align.evidence import Evidence, Pair, Translated
from bitext.align.products import narrowed, pair_products, postings
from bitext.align.text import Sparse

__all__ = ["SPAN", "Cover", "Side", "covered", "prepare_cover"]

SPAN = 6
"""Most segments of the other side that explain a word together."""

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
    """Each column once a row, with its highest value; returns how many.

    `start`: int64 (parts, rows + 1), a row's entries lie in several parts; columns below 0 are left out.
    `seen`, `best`: zeros, int64 and float32 (width,).
    """
    n = 0
    for i in range(start.shape[1] - 1):
        first = n
        for part in range(start.shape[0]):
            for k in range(start[part, i], start[part, i + 1]):
                c = column[k]
                if c < 0:
                    continue
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


Hashed = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]
"""Row starts, stems as hashes, how surely."""


def _plain(texts: Sequence[str]) -> Hashed:
    start, hashes = text.stems(texts)
    return start, hashes, np.ones(len(hashes), np.float32)


def _rows_of(parts: Sequence[Hashed], table: NDArray[np.uint32], number: NDArray[np.int32], width: int) -> Sparse:
    """What the parts' rows say together, in the columns of a table of `text.numbered`."""
    before = np.cumsum([0, *(len(hashes) for _, hashes, _ in parts)])
    start = np.stack([part[0] + n for part, n in zip(parts, before[:-1], strict=True)])
    column = text.look_up(np.concatenate([part[1] for part in parts]), table, number)
    value = np.concatenate([part[2] for part in parts])
    out = np.zeros(start.shape[1], np.int64), np.empty_like(column), np.empty_like(value)
    n = _once(start, column, value, *out, np.zeros(width, np.int64), np.zeros(width, np.float32))
    return Sparse(out[0], out[1][:n].copy(), out[2][:n].copy(), width)


def _side(words: Hashed, given: Sequence[Hashed]) -> Side:
    """Words and what explains them, in columns of their own; what no word asks for is left out."""
    table, number, count = text.numbered(words[1])
    width = max(count, 1)
    mine = _rows_of([words], table, number, width)
    seen = np.bincount(mine.column, minlength=width)
    weight = np.clip(np.log((mine.height + 1) / (seen + 0.5)) / 4, 0, _CAP).astype(np.float32)
    mine = text.weighted(mine, weight)
    other = _rows_of(given, table, number, width)
    total = np.append(0, np.cumsum(mine.value, dtype=np.float64))[mine.start]
    return Side(mine, other, total.astype(np.float32))


@jit
def _covered(start, column, value, p_start, p_row, p_value, ahead, first, last, own, other, out):  # type: ignore[no-untyped-def]
    """Add what each further row of a span explains of the words of row x.

    Spans begin at the rows first[x] .. last[x] - 1 of the other side; `first` never falls. What row r + d adds to rows
    r .. r + d - 1 is added to `out[own[x] + other[r], d + 1]`.

    Args:
        p_start, p_row, p_value: postings of what explains.
        ahead: the first posting of each column that may still count; int64 (width,), begins as `p_start`.
        out: float32 (cells, SPAN + 1).
    """
    span = out.shape[1] - 1
    for x in range(len(first)):
        begin, end = first[x], last[x]
        if begin >= end:
            continue
        for k in range(start[x], start[x + 1]):
            c = column[k]
            p = ahead[c]
            while p < p_start[c + 1] and p_row[p] < begin:
                p += 1
            ahead[c] = p
            for q in range(p, p_start[c + 1]):
                row = p_row[q]
                if row >= end + span - 1:
                    break
                before = q - 1
                most = np.float32(0)  # how surely the span explains the word without this row
                for r in range(row, max(begin, row - span + 1) - 1, -1):
                    while before >= p and p_row[before] >= r:
                        most = max(most, p_value[before])
                        before -= 1
                    if most >= p_value[q]:
                        break
                    if r < end:
                        out[own[x] + other[r], row - r + 1] += value[k] * (p_value[q] - most)


def _table(
    side: Side, first: NDArray[np.int64], last: NDArray[np.int64], own: NDArray[np.int64], other: NDArray[np.int64],
    cells: int,
) -> NDArray[np.float32]:  # fmt: skip
    """What spans explain of a side's words, by cell and number of segments; arguments as those of `_covered`."""
    out = np.zeros((cells, SPAN + 1), np.float32)
    words, given = narrowed(side.words, side.given)
    found = postings(given)
    _covered(*words[:3], *found, found.start[:-1].copy(), first, last, own, other, out)
    for n in range(1, SPAN):
        out[:, n + 1] += out[:, n]
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
    here = cells.at[:-1] - cells.low
    turned = _transposed(cells, m)
    return (
        _table(cover.target, turned.low, turned.high, np.arange(m), here, cells.size),
        _table(cover.source, cells.low, cells.high, here, np.arange(m), cells.size),
    )


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
            got = pair_products(words, given, partner, other)
            share = (got / np.maximum(whole[partner], 1e-6))[whole[partner] > 0.5]
            if len(share):
                found = float(share.mean() if stranger else np.median(share))
                k = side + 2 * stranger
                out[k] = (_PRIOR * out[k] + len(share) * found) / (_PRIOR + len(share))
    out[:2] = np.maximum(out[:2], out[2:] + 0.05)
    return out
