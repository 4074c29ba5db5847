"""Which pairs make up which step: a pure function of the seed and the step, so that any run can be gone on with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bitext.train.data import Corpus

__all__ = ["Batches"]

_POOL = 20_000


class Batches:
    """Length-bucketed batches of one worker, by a budget of padded tokens.

    Each epoch is a fresh order of the pairs (a pair of weight w stands in it w times on average),
    sorted by length within pools of 20,000, cut into batches, the batches of a pool shuffled. Step k of
    worker r is batch k·workers + r: no worker sees another's pairs, and nothing but the step needs to be
    remembered.

    Args:
        corpus: the encoded pairs.
        weights: how often the pairs of a collection are seen an epoch (1 where nothing is said).
        tokens: padded target tokens a batch.
    """

    def __init__(
        self, corpus: Corpus, *, weights: dict[str, float], tokens: int, seed: int, rank: int, workers: int
    ) -> None:
        self.corpus, self.tokens, self.seed, self.rank, self.workers = corpus, tokens, seed, rank, workers
        self.lengths = np.maximum(np.diff(corpus.source_at), np.diff(corpus.target_at)).astype(np.int32) + 1
        by_origin = np.array([weights.get(name, 1.0) for name in corpus.origins], np.float32)
        self.weights = by_origin[np.asarray(corpus.origin)]
        self.plain = bool((self.weights == 1.0).all())

    def _epoch(self, epoch: int) -> Iterator[np.ndarray]:
        rng = np.random.default_rng([self.seed, epoch])
        if self.plain:
            order = rng.permutation(len(self.lengths))
        else:
            times = np.floor(self.weights + rng.random(len(self.weights))).astype(np.int64)
            order = rng.permutation(np.repeat(np.arange(len(times)), times))
        for start in range(0, len(order), _POOL):
            pool = order[start : start + _POOL]
            pool = pool[np.argsort(self.lengths[pool], kind="stable")]
            batches, first, longest = [], 0, 0
            for k, i in enumerate(pool):
                longest = max(longest, int(self.lengths[i]))
                if k > first and longest * (k - first + 1) > self.tokens:
                    batches.append(pool[first:k])
                    first, longest = k, int(self.lengths[i])
            batches.append(pool[first:])
            for j in rng.permutation(len(batches)):
                yield batches[j]

    def after(self, step: int) -> Iterator[tuple[int, np.ndarray]]:
        """Epoch and pair indices of each step from `step` on, without end."""
        skip, epoch, k = step * self.workers + self.rank, 0, 0
        while True:
            for batch in self._epoch(epoch):
                if k >= skip and (k - self.rank) % self.workers == 0:
                    yield epoch, batch
                k += 1
            epoch += 1

    def arrays(self, batch: np.ndarray, pad: int, eos: int) -> tuple[np.ndarray, np.ndarray]:
        """Padded ids of a batch's sources and targets, each (pairs, longest + 1), ended by `eos`."""
        pairs = [self.corpus.pair(int(i)) for i in batch]
        sides = []
        for side in (0, 1):
            rows = [p[side] for p in pairs]
            out = np.full((len(rows), max(map(len, rows)) + 1), pad, np.int64)
            for k, row in enumerate(rows):
                out[k, : len(row)] = row
                out[k, len(row)] = eos
            sides.append(out)
        return sides[0], sides[1]
