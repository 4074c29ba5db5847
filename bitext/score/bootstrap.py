"""Bootstrap resampling (Koehn 2004) over sufficient statistics, with sacreBLEU's random draws, as matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SEED", "Interval", "bootstrap", "bootstrap_mean", "resample", "totals_to_scores"]

SEED = 12345
"""sacreBLEU's own default seed."""

_CHUNK = 4_000_000  # drawn indices held at a time


@dataclass(frozen=True)
class Interval:
    """Mean of the resampled scores and half the width of their central 95 %, as sacreBLEU prints `μ = mean ± half`."""

    mean: float
    half: float

    @property
    def bounds(self) -> tuple[float, float]:
        return self.mean - self.half, self.mean + self.half


def resample(stats: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """Totals of `samples` bootstrap samples of the rows of `stats` (n segments × k statistics): samples × k, float32.

    The draws are those of sacreBLEU for the same seed, whatever the size of the pieces they are made in.
    """
    import numpy as np

    n = len(stats)
    rng = np.random.default_rng(seed)
    values = np.asarray(stats, dtype="float32").astype("float64")
    rows = max(1, _CHUNK // max(1, n))
    out = []
    for start in range(0, samples, rows):
        m = min(rows, samples - start)
        drawn = rng.choice(n, size=(m, n), replace=True)
        drawn += (np.arange(m) * n)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=m * n).reshape(m, n)
        out.append(counts.astype("float64") @ values)
    return np.concatenate(out).astype("float32")


def bootstrap(metric: Any, stats: np.ndarray, samples: int = 1000, seed: int = SEED) -> Interval:
    """The interval of a metric's score.

    Args:
        metric: a sacreBLEU metric.
        stats: its statistics, n segments × k.
    """
    return _central(totals_to_scores(metric, resample(stats, samples, seed)))


def bootstrap_mean(values: Sequence[float], samples: int = 1000, seed: int = SEED) -> Interval:
    """The interval of the mean of one value a segment."""
    import numpy as np

    return _central(resample(np.array(values)[:, None], samples, seed)[:, 0] / len(values))


def _central(drawn: np.ndarray) -> Interval:
    import numpy as np

    scores = np.sort(drawn)
    cut = len(scores) // 40  # sacreBLEU's bounds: 1/40 off either end
    half = 0.5 * float(scores[len(scores) - cut - 1] - scores[cut])
    return Interval(float(scores.astype("float64").mean()), half)


def totals_to_scores(metric: Any, totals: np.ndarray) -> np.ndarray:
    """The score of each row of totals (m × k), as `metric._compute_score_from_stats` gives it.

    BLEU with its usual smoothing, chrF and TER are computed for all rows at once; others row by row.
    """
    import numpy as np
    from sacrebleu.metrics import BLEU, CHRF, TER

    totals = np.asarray(totals)
    if type(metric) is BLEU and metric.smooth_method == "exp" and not metric.effective_order:
        return _bleu(totals, metric.max_ngram_order)
    if type(metric) is CHRF and not metric.eps_smoothing:
        return _chrf(totals, metric.order, metric.beta)
    if type(metric) is TER:
        return _ter(totals)
    return np.array([metric._compute_score_from_stats(row).score for row in totals])


def _bleu(totals: np.ndarray, order: int) -> np.ndarray:
    import numpy as np

    hyp, ref = totals[:, 0].astype("float64"), totals[:, 1].astype("float64")
    correct, total = totals[:, 2 : 2 + order], totals[:, 2 + order : 2 + 2 * order]
    halvings = 2.0 ** np.cumsum(correct == 0, axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        precision = np.where(correct == 0, 100 / (halvings.astype(totals.dtype) * total), 100 * correct / total)
        brevity = np.where(hyp < ref, np.exp(1 - ref / hyp), 1.0)
        score = brevity * np.exp(np.log(precision.astype("float64")).sum(axis=1) / order)
    return np.where((correct > 0).any(axis=1) & (total > 0).all(axis=1), score, 0.0)


def _chrf(totals: np.ndarray, order: int, beta: int) -> np.ndarray:
    import numpy as np

    parts = totals.reshape(len(totals), order, 3)
    hyp, ref, match = parts[..., 0], parts[..., 1], parts[..., 2]
    used = (hyp > 0) & (ref > 0)
    n = used.sum(axis=1).astype(totals.dtype)
    factor = beta**2
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(used, match / hyp, 0).sum(axis=1, dtype=totals.dtype) / n
        recall = np.where(used, match / ref, 0).sum(axis=1, dtype=totals.dtype) / n
        score = 100 * (1 + factor) * precision * recall / (factor * precision + recall)
    return np.where((n > 0) & (precision + recall > 0), score, 0.0)


def _ter(totals: np.ndarray) -> np.ndarray:
    import numpy as np

    edits, length = totals[:, 0], totals[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return 100 * np.where(length > 0, edits / length, np.where(edits > 0, 1.0, 0.0))
