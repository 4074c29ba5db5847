"""Word links of one sentence pair from translation probabilities and position."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

__all__ = ["posterior_links"]

_P_NULL = 0.08
_TENSION = 6.0
_KEPT = 10_000  # elements of a prior that is kept for the next pair of its lengths
_SAME, _ALIKE = 0.9, 0.3  # probability given to unknown words that are spelt the same, or begin the same


@lru_cache(maxsize=20_000)
def _likeness(source: str, target: str) -> float:
    """How sure two words are each other's translation by their letters alone."""
    if source == target:
        return _SAME
    a, b = source.split("-")[0], target.split("-")[0]
    shared = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        shared += 1
    return _ALIKE if shared >= 4 and shared >= 0.6 * max(len(a), len(b)) else 0.0


def posterior_links(
    source_tokens: Sequence[str],
    target_tokens: Sequence[str],
    forward: np.ndarray,
    backward: np.ndarray,
    source_unigram: np.ndarray,
    target_unigram: np.ndarray,
    threshold: float,
) -> list[tuple[int, int, float]]:
    """Links (i, j, p) with p, the geometric mean of both directions' posteriors, at least `threshold`.

    `forward` is p(target|source), `backward` p(source|target), both of shape (n, m); the unigrams are the words'
    relative frequencies, which the null word emits.
    """
    n, m = len(source_tokens), len(target_tokens)
    if not n or not m:
        return []
    forward, backward = forward.astype(np.float64), backward.astype(np.float64)
    bare_source = np.flatnonzero(~(forward.any(axis=1) | backward.any(axis=1)))
    bare_target = np.flatnonzero(~(forward.any(axis=0) | backward.any(axis=0)))
    begins: dict[str, list[int]] = {}  # words that are alike have their first four letters in common
    for j in bare_target.tolist():
        begins.setdefault(target_tokens[j][:4], []).append(j)
    for i in bare_source.tolist():
        for j in begins.get(source_tokens[i][:4], ()):
            if like := _likeness(source_tokens[i], target_tokens[j]):
                forward[i, j] = backward[i, j] = like
    here, there = (_diagonal if n * m <= _KEPT else _diagonal.__wrapped__)(n, m)
    over_source = forward * here
    over_target = backward * there
    p = over_source / (over_source.sum(axis=0) + _P_NULL * target_unigram)
    q = over_target / (over_target.sum(axis=1, keepdims=True) + _P_NULL * source_unigram[:, None])
    both = np.sqrt(p * q)
    found = np.nonzero(both >= threshold)
    return list(zip(*(a.tolist() for a in found), both[found].tolist(), strict=True))


@lru_cache(maxsize=512)
def _diagonal(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """The prior of a link by position, over the source words and over the target words, without the null word."""
    x, y = (np.arange(n) + 0.5) / n, (np.arange(m) + 0.5) / m
    near = np.exp(-_TENSION * np.abs(x[:, None] - y[None, :]))
    return (1 - _P_NULL) * near / near.sum(axis=0), (1 - _P_NULL) * near / near.sum(axis=1, keepdims=True)
