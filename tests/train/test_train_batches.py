"""Batches: who sees which pair, how much padding there is, and that any step can be gone back to."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bitext.errors import InputError
from bitext.train.batches import Batches
from bitext.train.data import Corpus


def corpus(pairs: int, origins: int = 2, longest: int = 60) -> Corpus:
    rng = np.random.default_rng(0)
    s = rng.integers(1, longest, pairs)
    t = np.maximum(1, s + rng.integers(-5, 6, pairs))
    at = [np.concatenate([[0], np.cumsum(x)]) for x in (s, t)]
    ids = [rng.integers(2, 90, a[-1]).astype(np.uint16) for a in at]
    origin = rng.integers(0, origins, pairs).astype(np.uint16)
    return Corpus(Path(), ids[0], at[0], ids[1], at[1], origin, tuple("ab"[:origins]), {})


def epoch(found: Corpus, **settings: object) -> list[np.ndarray]:
    batches = Batches(found, **({"weights": {}, "tokens": 400, "seed": 1, "rank": 0, "workers": 1} | settings))
    return list(batches._epoch(0))


def test_an_epoch_has_every_pair_once_within_the_budget() -> None:
    found = corpus(3000)
    batches = epoch(found)
    assert sorted(np.concatenate(batches).tolist()) == list(range(3000))
    longer = np.maximum(np.diff(found.source_at), np.diff(found.target_at)) + 1
    assert all(len(b) * longer[b].max() <= 400 or len(b) == 1 for b in batches)


def test_weights_repeat_pairs_and_the_left_out_are_never_drawn() -> None:
    found = corpus(3000)
    left = np.arange(0, 3000, 7)
    seen = np.bincount(np.concatenate(epoch(found, weights={"a": 2.5}, leave=left)), minlength=3000)
    assert not seen[left].any()
    rest = np.setdiff1d(np.arange(3000), left)
    heavy = rest[np.asarray(found.origin)[rest] == 0]
    light = rest[np.asarray(found.origin)[rest] == 1]
    assert (seen[light] == 1).all()
    assert set(seen[heavy].tolist()) == {2, 3}
    assert seen[heavy].mean() == pytest.approx(2.5, abs=0.1)


def test_weights_that_leave_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="weight 0"):
        epoch(corpus(10, origins=1), weights={"a": 0.0})


def test_with_enough_pairs_there_is_next_to_no_padding() -> None:
    found = corpus(60_000)
    batches = Batches(found, weights={}, tokens=1500, seed=1, rank=0, workers=1)
    cells = real = 0
    for batch in islice(batches._epoch(0), 200):
        source, target = batches.arrays(batch, 99, 1)
        cells += source.size + target.size
        real += int((source != 99).sum() + (target != 99).sum())
    assert real > 0.97 * cells


@pytest.mark.parametrize("parts", [1, 3])
def test_workers_share_out_what_one_would_see_and_can_begin_anywhere(parts: int) -> None:
    found = corpus(2000)
    settings = {"weights": {}, "tokens": 200, "seed": 3, "parts": parts}

    def steps(rank: int, workers: int, first: int, n: int) -> list[list[list[int]]]:
        batches = Batches(found, rank=rank, workers=workers, **settings)
        return [[b.tolist() for b in chosen] for _, chosen in islice(batches.after(first), n)]

    alone = steps(0, 1, 0, 300)  # more than an epoch
    assert all(len(chosen) == parts for chosen in alone)
    for rank in (0, 1):
        mine = steps(rank, 2, 0, 150)
        assert mine == alone[rank::2]
        assert steps(rank, 2, 90, 20) == mine[90:110]
