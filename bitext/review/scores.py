"""Sentence and document chrF that follow the beads at once: each pair of texts is counted once, many in pieces."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

__all__ = ["ChrF"]

Pair = tuple[str, str]


class ChrF:
    """sacreBLEU's chrF of (hypothesis, reference) pairs; the document's figure from the sum of their counts."""

    def __init__(self) -> None:
        self._rows: dict[Pair, list[Any]] = {}
        self._values: dict[Pair, float] = {}
        self._lock = threading.Lock()
        self._metric: Any = None

    def _row(self, pair: Pair) -> list[Any]:
        if pair not in self._rows:
            from bitext.score.metrics import build, statistics

            counted = statistics(build("chrf", [[pair[1]]]), [pair[0]])
            with self._lock:
                self._metric = counted.metric
                self._rows[pair] = counted.rows[0]
        return self._rows[pair]

    def of(self, hypothesis: str, reference: str) -> float:
        """chrF of one pair, 0–100."""
        pair = (" ".join(hypothesis.split()), " ".join(reference.split()))
        if pair not in self._values:
            row = self._row(pair)
            self._values[pair] = float(self._metric._compute_f_score(row))
        return self._values[pair]

    def count(self, pairs: Iterable[Pair], most: float) -> bool:
        """Count pairs until all are, or at least one until `most` seconds of work are done; whether all are counted."""
        until = time.thread_time() + most
        for h, r in pairs:
            pair = (" ".join(h.split()), " ".join(r.split()))
            if pair not in self._rows:
                self._row(pair)
                if time.thread_time() > until:
                    return False
        return True

    def total(self, pairs: Iterable[Pair]) -> float | None:
        """chrF of a document of pairs, 0–100, as sacreBLEU gives it; None where there are none."""
        import numpy as np

        rows = [self._row((" ".join(h.split()), " ".join(r.split()))) for h, r in pairs]
        if not rows:
            return None
        return float(self._metric._compute_f_score(np.array(rows, dtype=np.int64).sum(axis=0).tolist()))
