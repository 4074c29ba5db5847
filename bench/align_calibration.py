"""The confidence of beads: a logistic regression on judged beads, and how far what it says can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bitext.align.confidence import confidence


def logistic(rows: np.ndarray, right: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Logistic regression by Newton's method, drawn towards the model's own probability."""
    prior = np.array([0.0, 1.0, *[0.0] * (rows.shape[1] - 2)])

    def loss(w: np.ndarray) -> float:
        z = rows @ w
        return float((np.logaddexp(0, z) - right * z).sum() + penalty / 2 * (w - prior) @ (w - prior))

    w = prior.copy()
    for _ in range(30):
        p = confidence(rows, w)
        gradient = rows.T @ (p - right) + penalty * (w - prior)
        hessian = (rows * (p * (1 - p))[:, None]).T @ rows + penalty * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        while loss(w - step) > loss(w) and np.abs(step).max() > 1e-6:  # too far: Newton's step overshoots
            step /= 2
        w = w - step
    return w


def reliability(found: Sequence[tuple[np.ndarray, np.ndarray]], given: np.ndarray | None = None) -> dict:
    """Brier score and a reliability table; every document is judged by a calibration fitted on the others, or given."""
    p, right = [], []
    half = len(found) // 2  # a document's damaged copy stands half the list on
    for i, (rows, y) in enumerate(found):
        others = [f for j, f in enumerate(found) if j % half != i % half]
        w = given
        if w is None:
            w = logistic(np.vstack([r for r, _ in others]), np.concatenate([y for _, y in others]))
        p.append(confidence(rows, w))
        right.append(y)
    q, y = np.concatenate(p), np.concatenate(right)
    edges = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001]
    table = [
        {"from": a, "beads": int(m.sum()), "said": round(float(q[m].mean()), 3), "right": round(float(y[m].mean()), 3)}
        for a, b in pairwise(edges)
        if (m := (q >= a) & (q < b)).any()
    ]
    gap = sum(r["beads"] * abs(r["said"] - r["right"]) for r in table) / len(q)
    return {"brier": round(float(((q - y) ** 2).mean()), 4), "base_brier": round(float(y.mean() * (1 - y.mean())), 4),
            "calibration_error": round(gap, 4), "table": table}  # fmt: skip
