"""Which pairs make up which step: a pure function of the seed and the step, so that any run can be gone on with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bitext.errors import InputError
from bitext.train.data import Corpus

__all__ = ["Batches"]

_POOL = 100_000


class Batches:
    """Length-bucketed batches of one worker, by a budget of padded tokens.

    Each epoch is a fresh order of the pairs (a pair of weight w stands in it w times on average),
    sorted by source and target length within pools of 100,000 and cut into batches; the batches of a pool are
    shuffled. Where there are enough pairs, all sources of a batch are equally long: no padding, no mask.
    Step k of worker r is made of `parts` batches, beginning with batch (k·workers + r)·parts: no worker sees
    another's pairs, and nothing but the step needs to be remembered.

    Args:
        corpus: the encoded pairs.
        weights: how often the pairs of a collection are seen an epoch (1 where nothing is said).
        tokens: padded tokens a batch, of the longer side.
        parts: batches a step and worker.
        leave: indices of pairs that are never drawn (what is measured on).

    Raises:
        InputError: all weights are 0.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        weights: dict[str, float],
        tokens: int,
        seed: int,
        rank: int,
        workers: int,
        parts: int = 1,
        leave: np.ndarray | None = None,
    ) -> None:
        self.corpus, self.tokens, self.seed, self.rank, self.workers = corpus, tokens, seed, rank, workers
        self.parts = parts
        self.sources = np.diff(corpus.source_at).astype(np.int32)
        self.targets = np.diff(corpus.target_at).astype(np.int32)
        by_origin = np.array([weights.get(name, 1.0) for name in corpus.origins], np.float32)
        self.weights = by_origin[np.asarray(corpus.origin)]
        if leave is not None:
            self.weights[leave] = 0.0
        if not self.weights.any():
            raise InputError("every collection has weight 0", mend="give at least one a larger --weight")

    def _epoch(self, epoch: int) -> Iterator[np.ndarray]:
        rng = np.random.default_rng([self.seed, epoch])
        times = np.floor(self.weights + rng.random(len(self.weights))).astype(np.int64)
        order = rng.permutation(np.repeat(np.arange(len(times)), times))
        for start in range(0, len(order), _POOL):
            pool = order[start : start + _POOL]
            pool = pool[np.lexsort((self.targets[pool], self.sources[pool]))]
            batches = self._cut(pool)
            for j in rng.permutation(len(batches)):
                yield batches[j]

    def _cut(self, pool: np.ndarray) -> list[np.ndarray]:
        batches, first, longest = [], 0, 0
        sources = self.sources[pool].tolist()
        longer = np.maximum(self.sources[pool], self.targets[pool]).tolist()
        for k, length in enumerate(longer):
            most = max(longest, length + 1)
            size = k - first
            # a batch ends when it is full, or at the next source length once it is half full
            if size and (
                most * (size + 1) > self.tokens or (sources[k] != sources[k - 1] and 2 * longest * size > self.tokens)
            ):
                batches.append(pool[first:k])
                first, most = k, length + 1
            longest = most
        if len(pool):
            batches.append(pool[first:])
        return batches

    def after(self, step: int) -> Iterator[tuple[int, list[np.ndarray]]]:
        """Epoch and batches (pair indices) of each step from `step` on, without end."""
        skip, epoch, k = step * self.workers + self.rank, 0, 0
        chosen: list[np.ndarray] = []
        while True:
            for batch in self._epoch(epoch):
                turn = k // self.parts
                k += 1
                if turn < skip or (turn - self.rank) % self.workers:
                    continue
                chosen.append(batch)
                if len(chosen) == self.parts:
                    yield epoch, chosen
                    chosen = []
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
