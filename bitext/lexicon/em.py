"""The compiled inner loops of learning a lexicon: candidate pairs, then EM for both directions at once.

IBM Model 1 (Brown et al. 1993) with the diagonal prior of Dyer, Chahuneau and Smith 2013 (*fast_align*), the two
directions trained to agree (Liang, Taskar and Klein 2006: expected counts are the product of both posteriors).

A corpus side is `ids` (int32, -1 where a word is out of vocabulary) with `starts` (int64): sentence s is
`ids[starts[s]:starts[s + 1]]`. The support is a CSR matrix over source words: `columns[indptr[f]:indptr[f + 1]]` are
the target words, ascending, that f may be linked with.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["candidates", "e_step", "inverted", "ngram_counts", "ngram_hash", "phrase_pairs"]

Array = np.ndarray

P_NULL = 0.08  # fast_align's share of words without a partner
_BINS = 512  # resolution of the tabulated diagonal prior


def inverted(ids: Array, starts: Array, size: int) -> tuple[Array, Array]:
    """For each word the sentences it stands in (with repetition): `(indptr, sentences)`."""
    sentence = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    known = ids >= 0
    order = np.argsort(ids[known], kind="stable")
    counts = np.bincount(ids[known], minlength=size)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), sentence[known][order]


@njit(cache=True, nogil=True)
def candidates(indptr, sentences, ids, starts, weight, marginal, size, keep, sample):
    """The `keep` best partners of every word by squared weighted co-occurrence over the partner's weight.

    At most `sample` occurrences of a word are read, evenly spread. Returns partners (n, keep) int32, -1 where none,
    and their association.
    """
    n = len(indptr) - 1
    out = np.full((n, keep), -1, np.int32)
    strength = np.zeros((n, keep), np.float32)
    mass = np.zeros(size, np.float32)
    touched = np.empty(size, np.int32)
    score = np.empty(size, np.float32)
    for f in range(n):
        lo, hi = indptr[f], indptr[f + 1]
        step = max(1, (hi - lo) // sample)
        k = 0
        for a in range(lo, hi, step):
            s = sentences[a]
            for b in range(starts[s], starts[s + 1]):
                e = ids[b]
                if e >= 0:
                    if mass[e] == 0.0:
                        touched[k] = e
                        k += 1
                    mass[e] += weight[s]
        for x in range(k):
            e = touched[x]
            score[x] = mass[e] * mass[e] / marginal[e]
            mass[e] = 0.0
        size_kept = 0
        for x in range(k):
            # insertion into the few best; most words fail the first comparison
            if size_kept == keep and score[x] <= strength[f, keep - 1]:
                continue
            at = size_kept if size_kept < keep else keep - 1
            while at > 0 and strength[f, at - 1] < score[x]:
                strength[f, at], out[f, at] = strength[f, at - 1], out[f, at - 1]
                at -= 1
            strength[f, at], out[f, at] = score[x], touched[x]
            size_kept = min(size_kept + 1, keep)
    return out, strength


@njit(cache=True, nogil=True)
def _find(columns, lo, hi, e):
    end = hi
    while lo < hi:
        mid = (lo + hi) >> 1
        if columns[mid] < e:
            lo = mid + 1
        else:
            hi = mid
    if lo < end and columns[lo] == e:
        return lo
    return -1


@njit(cache=True, nogil=True)
def diagonal(tension):
    """The prior exp(-tension |i/n - j/m|), tabulated by the distance."""
    prior = np.empty(_BINS + 1, np.float32)
    for b in range(_BINS + 1):
        prior[b] = np.exp(-tension * b / _BINS)
    return prior


@njit(cache=True, nogil=True)
def _posteriors(f_ids, e_ids, indptr, columns, forward, backward, f_unigram, e_unigram, prior, entry, p, q, norms):
    """Fill `entry`, `p` and `q` [:n, :m] of one sentence pair: support entry (or -1) and both directions' posteriors.

    `norms` is scratch space (4, at least the longer side). Returns the log-likelihood of both directions.
    """
    n, m = len(f_ids), len(e_ids)
    norms[:] = 0.0
    for i in range(n):
        x = (i + 0.5) / n
        for j in range(m):
            d = prior[int(abs(x - (j + 0.5) / m) * _BINS)]
            p[i, j] = d
            norms[0, j] += d
            norms[1, i] += d
    for j in range(m):
        norms[2, j] = P_NULL * e_unigram[e_ids[j]] if e_ids[j] >= 0 else 1.0
    for i in range(n):
        f = f_ids[i]
        norms[3, i] = P_NULL * f_unigram[f] if f >= 0 else 1.0
        for j in range(m):
            k = _find(columns, indptr[f], indptr[f + 1], e_ids[j]) if f >= 0 and e_ids[j] >= 0 else -1
            entry[i, j] = k
            d = (1 - P_NULL) * p[i, j]
            if k >= 0:
                p[i, j] = forward[k] * d / norms[0, j]
                q[i, j] = backward[k] * d / norms[1, i]
                norms[2, j] += p[i, j]
                norms[3, i] += q[i, j]
            else:
                p[i, j] = 0.0
                q[i, j] = 0.0
    for i in range(n):
        for j in range(m):
            if entry[i, j] >= 0:
                p[i, j] /= norms[2, j]
                q[i, j] /= norms[3, i]
    likelihood = 0.0
    for j in range(m):
        likelihood += np.log(norms[2, j])
    for i in range(n):
        likelihood += np.log(norms[3, i])
    return likelihood


@njit(cache=True, nogil=True)
def e_step(
    source, source_starts, target, target_starts, lo, hi, indptr, columns,
    forward, backward, source_unigram, target_unigram, tension, agree, max_length, forward_counts, backward_counts,
):  # fmt: skip
    """Expected counts of sentences lo to hi, added to `forward_counts` and `backward_counts` (one a support entry).

    `forward` is p(target|source), `backward` p(source|target) by support entry, the unigrams are the null word's
    distributions. With `agree` both counts get the product of the posteriors. Returns the log-likelihood of both
    directions.
    """
    prior = diagonal(tension)
    entry = np.empty((max_length, max_length), np.int64)
    p = np.empty((max_length, max_length), np.float32)
    q = np.empty((max_length, max_length), np.float32)
    norms = np.empty((4, max_length), np.float32)
    likelihood = 0.0
    for s in range(lo, hi):
        f_ids = source[source_starts[s] : source_starts[s + 1]]
        e_ids = target[target_starts[s] : target_starts[s + 1]]
        n, m = len(f_ids), len(e_ids)
        if n == 0 or m == 0 or n > max_length or m > max_length:
            continue
        likelihood += _posteriors(
            f_ids, e_ids, indptr, columns, forward, backward, source_unigram, target_unigram, prior, entry, p, q, norms
        )
        for i in range(n):
            for j in range(m):
                k = entry[i, j]
                if k >= 0:
                    if agree:
                        both = p[i, j] * q[i, j]
                        forward_counts[k] += both
                        backward_counts[k] += both
                    else:
                        forward_counts[k] += p[i, j]
                        backward_counts[k] += q[i, j]
    return likelihood


@njit(cache=True, nogil=True)
def _hash(ids, lo, hi):
    h = np.uint64(1469598103934665603)
    for k in range(lo, hi):
        h = (h ^ np.uint64(ids[k] + 1)) * np.uint64(1099511628211)
        h ^= h >> np.uint64(29)
    return h


@njit(cache=True, nogil=True)
def ngram_counts(ids, starts, edges, longest, sketch):
    """Count all n-grams up to `longest` known words that begin and end with no function word (`edges[id]` true).

    Counts go to `sketch` (uint32, a power of two long) by hash; collisions can only make a count too large.
    """
    mask = np.uint64(len(sketch) - 1)
    for s in range(len(starts) - 1):
        for i in range(starts[s], starts[s + 1]):
            if ids[i] < 0 or not edges[ids[i]]:
                continue
            for end in range(i + 1, min(i + longest, starts[s + 1]) + 1):
                last = ids[end - 1]
                if last < 0:
                    break
                if edges[last]:
                    sketch[_hash(ids, i, end) & mask] += np.uint32(1)


@njit(cache=True, nogil=True)
def phrase_pairs(
    source, source_starts, target, target_starts, lo, hi, indptr, columns, forward, backward,
    source_unigram, target_unigram, tension, max_length, source_edges, target_edges, source_counts, longest,
    least, sketch, emit, out,
):  # fmt: skip
    """Phrase pairs consistent with the word links (Och and Ney 2004) that are not one word to one word.

    Counts them in `sketch`, or with `emit` writes those counted at least `least` times to `out`: rows of (source
    position, source length, target position, target length). Source phrases rarer than `least` are passed over.
    Returns the number of rows; stops early when `out` is full.
    """
    prior = diagonal(tension)
    entry = np.empty((max_length, max_length), np.int64)
    p = np.empty((max_length, max_length), np.float32)
    q = np.empty((max_length, max_length), np.float32)
    norms = np.empty((4, max_length), np.float32)
    first = np.empty(max_length, np.int64)
    last = np.empty(max_length, np.int64)
    back_first = np.empty(max_length, np.int64)
    back_last = np.empty(max_length, np.int64)
    mask, source_mask = np.uint64(len(sketch) - 1), np.uint64(len(source_counts) - 1)
    rows = 0
    for s in range(lo, hi):
        a, b = source_starts[s], target_starts[s]
        f_ids, e_ids = source[a : source_starts[s + 1]], target[b : target_starts[s + 1]]
        n, m = len(f_ids), len(e_ids)
        if n == 0 or m == 0 or n > max_length or m > max_length:
            continue
        _posteriors(
            f_ids, e_ids, indptr, columns, forward, backward, source_unigram, target_unigram, prior, entry, p, q, norms
        )
        for i in range(max_length):
            first[i], last[i] = max_length, -1
            back_first[i], back_last[i] = max_length, -1
        for i in range(n):
            for j in range(m):
                # either direction may link: the words of a phrase often share one partner
                if entry[i, j] >= 0 and max(p[i, j], q[i, j]) > 0.5 and p[i, j] + q[i, j] > 0.6:
                    first[i] = min(first[i], j)
                    last[i] = max(last[i], j)
                    back_first[j] = min(back_first[j], i)
                    back_last[j] = max(back_last[j], i)
        for i in range(n):
            if f_ids[i] < 0 or not source_edges[f_ids[i]]:
                continue
            x, y = max_length, -1
            for end in range(i + 1, min(i + longest, n) + 1):
                if f_ids[end - 1] < 0:
                    break
                x, y = min(x, first[end - 1]), max(y, last[end - 1])
                if y < 0 or y - x >= longest or (end == i + 1 and y == x) or not source_edges[f_ids[end - 1]]:
                    continue
                if last[i] < 0 or last[end - 1] < 0:
                    continue
                if e_ids[x] < 0 or e_ids[y] < 0 or not target_edges[e_ids[x]] or not target_edges[e_ids[y]]:
                    continue
                h = _hash(f_ids, i, end)
                if source_counts[h & source_mask] < least:
                    continue
                fits = True
                for j in range(x, y + 1):
                    if e_ids[j] < 0 or (back_last[j] >= 0 and (back_first[j] < i or back_last[j] >= end)):
                        fits = False
                        break
                if not fits:
                    continue
                slot = (h * np.uint64(31) ^ _hash(e_ids, x, y + 1)) & mask
                if not emit:
                    sketch[slot] += np.uint32(1)
                elif sketch[slot] >= least:
                    if rows == len(out):
                        return rows
                    out[rows, 0], out[rows, 1], out[rows, 2], out[rows, 3] = a + i, end - i, b + x, y + 1 - x
                    rows += 1
    return rows


@njit(cache=True, nogil=True)
def ngram_hash(ids):
    """The hash under which `ngram_counts` counts an n-gram of ids."""
    return _hash(ids, 0, len(ids))
