"""Products of the rows of two sides, and norms of sums of consecutive rows.

Sparse rows meet by postings: whoever has a feature looks up where the other side has it, so that time is spent on what
two segments share and not on all that either holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.evidence import Rows
from bitext.align.text import Sparse

__all__ = ["Postings", "narrowed", "pair_products", "postings", "product", "span_norms"]


_WIDE = 30  # columns an entry, beyond which numbering columns anew costs less than a table of all
_FEW = 8  # pairs a row, on average, up to which they are multiplied one by one


class Postings(NamedTuple):
    """A sparse matrix by columns: column c is in the rows `row[start[c]:start[c+1]]`, ascending; `value` likewise."""

    start: NDArray[np.int64]
    row: NDArray[np.int32]
    value: NDArray[np.float32]


@jit
def _postings(start, column, value, fill, out_row, out_value):  # type: ignore[no-untyped-def]
    """Sort a sparse matrix by columns; `fill`: where each column begins, int64 (width,), spent."""
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            p = fill[column[k]]
            out_row[p] = i
            out_value[p] = value[k]
            fill[column[k]] = p + 1


def postings(rows: Sparse) -> Postings:
    """The rows by columns."""
    start = np.append(0, np.cumsum(np.bincount(rows.column, minlength=rows.width)))
    row, value = np.empty(len(rows.column), np.int32), np.empty(len(rows.column), np.float32)
    _postings(*rows[:3], start[:-1].copy(), row, value)
    return Postings(start, row, value)


def narrowed(source: Sparse, target: Sparse) -> tuple[Sparse, Sparse]:
    """Rows that meet as before; of a few out of a long text, in no more columns than the target uses."""
    if source.width <= _WIDE * len(target.column):
        return source, target
    used, number = np.unique(target.column, return_inverse=True)
    width = max(len(used), 1)
    at = np.searchsorted(used, source.column)
    known = np.append(used, -1)[at] == source.column
    kept = np.append(0, np.cumsum(known))
    return (
        Sparse(kept[source.start], at[known].astype(np.int32), source.value[known], width),
        target._replace(column=number.astype(np.int32), width=width),
    )


@jit
def _sparse_product(start, column, value, p_start, p_row, p_value, ahead, low, high, at, out):  # type: ignore[no-untyped-def]
    """Add to `out`, float32 by cell of the band, the products of rows with the rows that postings were made of.

    `ahead`: the first posting of each column that may lie in the band; int64 (width,), begins as `p_start`.
    """
    for i in range(len(low)):
        here = at[i] - low[i]
        for k in range(start[i], start[i + 1]):
            c = column[k]
            end = p_start[c + 1]
            p = ahead[c]
            while p < end and p_row[p] < low[i]:
                p += 1
            ahead[c] = p
            while p < end and p_row[p] < high[i]:
                out[here + p_row[p]] += value[k] * p_value[p]
                p += 1


@jit
def _dense_product(source, target, low, high, at, out):  # type: ignore[no-untyped-def]
    """Products of dense float32 rows, into `out`, float32 by cell of the band."""
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            x = np.float32(0)
            for k in range(source.shape[1]):
                x += source[i, k] * target[j, k]
            out[at[i] + j - low[i]] = x


@jit
def _copied(values, v_low, v_high, v_at, low, high, at, out):  # type: ignore[no-untyped-def]
    """Copy what is known, float32 by cell of one band, to the cells of another; returns how many of these are known."""
    count = 0
    for i in range(len(low)):
        known = v_at[i] - v_low[i]
        here = at[i] - low[i]
        for j in range(max(low[i], v_low[i]), min(high[i], v_high[i])):
            out[here + j] = values[known + j]
            count += 1
    return count


def product(
    source: Rows, target: Rows, band: Band, known: tuple[Band, NDArray[np.float32]] | None = None
) -> NDArray[np.float32]:
    """Inner products of the pairs (source row, target row) of a band, whose ends never fall; by cell.

    `known`: another band of these rows with its products, which are not computed again if they are nearly all.
    """
    out = np.zeros(band.size, np.float32)
    there, values = known or (Band(band.low, band.low, band.at), out)
    if band.size - _copied(values, *there, *band, out) <= _FEW * len(band.low):
        rows = np.flatnonzero((there.low > band.low) | (there.high < band.high))
        i = np.repeat(rows, (band.high - band.low)[rows])
        before = np.append(0, np.cumsum((band.high - band.low)[rows]))[:-1]
        cell = np.arange(len(i)) + np.repeat(band.at[rows] - before, (band.high - band.low)[rows])
        j = cell - band.at[i] + band.low[i]
        new = (j < there.low[i]) | (j >= there.high[i])
        out[cell[new]] = pair_products(source, target, i[new], j[new])
        return out
    if isinstance(source, Sparse) and isinstance(target, Sparse):
        out[:] = 0
        source, target = narrowed(source, target)
        found = postings(target)
        _sparse_product(*source[:3], *found, found.start[:-1].copy(), *band, out)
        return out
    assert not isinstance(source, Sparse) and not isinstance(target, Sparse)
    if band.size == len(source) * len(target):
        return (source @ target.T).ravel()
    _dense_product(source, target, *band, out)
    return out


@jit
def _pair_products(s_start, s_column, s_value, t_start, t_column, t_value, i, j, buffer, out):  # type: ignore[no-untyped-def]
    """Products of row i[p] and row j[p], into `out`, float32 by p; `buffer`: zeros, float32 (width,)."""
    for p in range(len(i)):
        a, b = s_start[i[p]], s_start[i[p] + 1]
        for k in range(a, b):
            buffer[s_column[k]] += s_value[k]
        x = np.float32(0)
        for k in range(t_start[j[p]], t_start[j[p] + 1]):
            x += buffer[t_column[k]] * t_value[k]
        out[p] = x
        for k in range(a, b):
            buffer[s_column[k]] = 0


def pair_products(source: Rows, target: Rows, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float32]:
    """Inner products of source row i[p] and target row j[p], for every p."""
    if isinstance(source, Sparse) and isinstance(target, Sparse):
        out = np.empty(len(i), np.float32)
        i, j = np.ascontiguousarray(i), np.ascontiguousarray(j)  # else compiled anew
        _pair_products(*source[:3], *target[:3], i, j, np.zeros(source.width, np.float32), out)
        return out
    assert not isinstance(source, Sparse) and not isinstance(target, Sparse)
    return np.einsum("ij,ij->i", source[i], target[j])


@jit
def _sparse_span_norms(start, column, value, buffer, out):  # type: ignore[no-untyped-def]
    """Norms of spans of sparse rows, into `out`, float32 (rows, reach + 1); `buffer`: zeros, float32 (width,)."""
    n = len(start) - 1
    reach = out.shape[1] - 1
    for i in range(n):
        total = 0.0
        end = min(i + reach, n)
        for r in range(i, end):
            for k in range(start[r], start[r + 1]):
                x = buffer[column[k]]
                total += (2 * x + value[k]) * value[k]
                buffer[column[k]] = x + value[k]
            out[i, r - i + 1] = np.sqrt(max(total, 0.0))
        for length in range(end - i + 1, reach + 1):
            out[i, length] = out[i, end - i]
        for k in range(start[i], start[end]):
            buffer[column[k]] = 0


@jit
def _dense_span_norms(near, at, out):  # type: ignore[no-untyped-def]
    """Likewise from the products `near[at[i] + d]` of rows i and i + d."""
    n = len(out)
    for i in range(n):
        total = 0.0
        for length in range(1, out.shape[1]):
            last = i + length - 1
            if last < n:  # the last row with itself, and twice with each before it
                total += near[at[last]]
                for d in range(1, length):
                    total += 2 * near[at[last - d] + d]
            out[i, length] = np.sqrt(max(total, 0.0))


def span_norms(rows: Rows, reach: int) -> NDArray[np.float32]:
    """`out[i, n]`, the Euclidean norm of the sum of rows i .. i + n - 1; shape (N, reach + 1)."""
    n = rows.height if isinstance(rows, Sparse) else len(rows)
    out = np.zeros((n, reach + 1), np.float32)
    if isinstance(rows, Sparse):
        _sparse_span_norms(*rows[:3], np.zeros(rows.width, np.float32), out)
        return out
    first = np.arange(n)
    band = Band.of(first, np.minimum(first + reach, n))
    _dense_span_norms(product(rows, rows, band), band.at, out)
    return out
