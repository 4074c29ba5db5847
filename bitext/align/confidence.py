"""How probable it is that a bead is exactly right: the model's probability, calibrated on beads it had not learnt.

With translations of both texts, one document is all there was to measure on: the calibration is that for one
translation, which orders and rates the beads there better than the share of right beads said of every one of them
(see `bench/README.md`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["PREDICTORS", "confidence", "predictors"]

PREDICTORS = ("intercept", "logit", "score", "many", "null")


def predictors(
    posterior: NDArray[np.float64], score: NDArray[np.float64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What the calibration looks at, a row a bead.

    Args:
        posterior: probability of the bead under the alignment model.
        score: log-linear score of the bead.
        sizes: number of source and target segments; shape (beads, 2).
    """
    p = np.clip(posterior, 1e-4, 1 - 1e-4)
    null = (sizes == 0).any(axis=1)
    many = (sizes.sum(axis=1) > 2) & ~null
    return np.stack([np.ones(len(p)), np.log(p / (1 - p)), np.clip(score, -5, 10) / 5, many, null], axis=1)


def confidence(rows: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities from rows of `predictors`; with no coefficients, the model's own."""
    z = rows @ coefficients if len(coefficients) else rows[:, 1]
    return 1 / (1 + np.exp(-z))
