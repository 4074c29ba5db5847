"""The search: compiled against plain Python, corridor against the whole matrix, marginals against enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitext.align import beads
from bitext.align.band import Band, corridor, full
from bitext.align.names import shapes

SHAPE = shapes(4)


def random_scores(n: int, m: int, seed: int, band: Band | None = None) -> tuple[Band, np.ndarray]:
    """Scores by (source end, target end, shape), the same in every band that holds the bead."""
    band = band or full(n, m)
    rng = np.random.default_rng(seed)
    table = rng.normal(0, 2, (n + 1, m + 1, len(SHAPE)))
    out = np.full((band.size, len(SHAPE)), -np.inf, np.float32)
    for i in range(n + 1):
        for j in range(band.low[i], band.high[i]):
            for k, (a, b) in enumerate(SHAPE):
                if i >= a and j >= b and band.low[i - a] <= j - b < band.high[i - a]:
                    out[band.at[i] + j - band.low[i], k] = table[i, j, k]
    return band, out


def all_paths(n: int, m: int) -> list[list[tuple[int, int, int, int]]]:
    """Every way to cut n and m segments into beads."""
    if n == m == 0:
        return [[]]
    return [
        [*before, (n - a, n, m - b, m)]
        for a, b in SHAPE.tolist()
        if n >= a and m >= b
        for before in all_paths(n - a, m - b)
    ]


def gone_on(path: list[tuple[int, int, int, int]]) -> int:
    """How many segments without a partner follow another of their side."""
    return sum((a == b and e == f) or (c == d and g == h) for (a, b, c, d), (e, f, g, h) in itertools.pairwise(path))


def worth(path: list[tuple[int, int, int, int]], band: Band, score: np.ndarray, run: float) -> float:
    kinds = {tuple(s): k for k, s in enumerate(SHAPE.tolist())}
    sums = sum(float(score[band.at[b] + d - band.low[b], kinds[b - a, d - c]]) for a, b, c, d in path)
    return sums + run * gone_on(path)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from([0.0, 0.7, 3.0]), st.integers(0, 10**6))
def test_best_path_and_marginals_equal_enumeration(n: int, m: int, run: float, seed: int) -> None:
    band, score = random_scores(n, m, seed)
    paths = all_paths(n, m)
    values = [worth(p, band, score, run) for p in paths]
    path, total = beads.best_path(band, SHAPE, score, run)
    assert total == pytest.approx(max(values), abs=1e-4)
    assert path == paths[int(np.argmax(values))]

    posterior, log_sum, goes_on = beads.marginals(band, SHAPE, score, run)
    weights = np.exp(np.array(values) - max(values))
    weights /= weights.sum()
    assert log_sum == pytest.approx(np.logaddexp.reduce(values), abs=1e-4)
    assert goes_on == pytest.approx(sum(w * gone_on(p) for w, p in zip(weights, paths, strict=True)), abs=1e-4)
    kinds = {tuple(s): k for k, s in enumerate(SHAPE.tolist())}
    for bead, p in zip(path, beads.probabilities(band, SHAPE, score, path, run), strict=True):
        share = sum(w for w, x in zip(weights, paths, strict=True) if bead in x)
        a, b, c, d = bead
        assert posterior[band.at[b] + d - band.low[b], kinds[b - a, d - c]] == pytest.approx(share, abs=1e-4)
        assert p == pytest.approx(share, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 10**6))
def test_compiled_equals_plain_python(n: int, m: int, seed: int) -> None:
    band, score = random_scores(n, m, seed)
    results = []
    for function in (beads._viterbi, beads._viterbi.py_func):  # type: ignore[attr-defined]
        best, lone = np.empty(band.size), np.empty((band.size, 2))
        back, on = np.empty(band.size, np.int8), np.zeros((band.size, 2), bool)
        function(*band, SHAPE, score, 0.7, best, lone, back, on)
        results.append((best, back))
    np.testing.assert_allclose(results[0][0], results[1][0], atol=1e-9)
    np.testing.assert_array_equal(results[0][1], results[1][1])


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 25), st.integers(5, 25), st.integers(1, 6), st.integers(0, 10**6))
def test_corridor_never_beats_and_a_wide_one_equals_the_whole(n: int, m: int, radius: int, seed: int) -> None:
    line = np.round(np.linspace(0, m, n + 1)).astype(np.int64)
    narrow = corridor(np.stack([line, line], axis=1), m, radius)
    wide = corridor(np.stack([line, line], axis=1), m, n + m)
    _, exact = beads.best_path(*_with(random_scores(n, m, seed)))
    assert beads.best_path(*_with(random_scores(n, m, seed, narrow)))[1] <= exact + 1e-6
    assert beads.best_path(*_with(random_scores(n, m, seed, wide)))[1] == pytest.approx(exact)


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 25), st.integers(2, 5), st.integers(0, 10**6))
def test_a_corridor_that_holds_the_best_path_finds_it(n: int, radius: int, seed: int) -> None:
    band, score = random_scores(n, n, seed)
    exact, total = beads.best_path(band, SHAPE, score)
    ends = {0: (0, 0)}
    for _, s, _, t in exact:
        low, high = ends.get(s, (t, t))
        ends[s] = min(low, t), max(high, t)
    path = np.array([ends.get(i, (-1, -1)) for i in range(n + 1)], np.int64)
    for i in range(1, n + 1):
        if path[i, 0] < 0:
            path[i] = path[i - 1, 1]
    got, value = beads.best_path(*_with(random_scores(n, n, seed, corridor(path, n, radius))))
    assert value == pytest.approx(total)
    assert got == exact


def _with(scored: tuple[Band, np.ndarray]) -> tuple[Band, np.ndarray, np.ndarray]:
    band, score = scored
    return band, SHAPE, score


def test_a_band_without_a_path_is_an_error() -> None:
    band, score = random_scores(2, 2, 0)
    with pytest.raises(ValueError, match="no path"):
        beads.best_path(band, SHAPE, np.full_like(score, -np.inf))


def test_shapes_have_insertions_deletions_and_no_more_than_asked() -> None:
    for most in range(2, 8):
        found = {tuple(s) for s in shapes(most).tolist()}
        assert {(1, 0), (0, 1), (1, 1)} <= found
        assert all(a + b <= most for a, b in found)
    expected = {(a, b) for a, b in itertools.product(range(1, 6), repeat=2) if a + b <= 6} | {(0, 1), (1, 0)}
    assert {tuple(s) for s in shapes(6).tolist()} == expected
