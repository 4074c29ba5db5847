"""The learnt weights: one set for each combination of the kinds of evidence that a user may have."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitext.align.names import NAMES

__all__ = ["Weights", "combination", "load"]

_FILE = Path(__file__).with_name("weights.json")


def combination(kinds: set[str], both_ways: bool = False) -> str:
    """The name of a set of weights: the kinds that are not always there, such as `translation+lexicon`.

    With translations of both texts (`both_ways`) and no lexicon it is `translations` or `translations+vectors`.
    """
    name = "+".join(k for k in ("translation", "lexicon", "vectors") if k in kinds) or "none"
    both = name.replace("translation", "translations", 1)
    return both if both_ways and "lexicon" not in kinds else name


class Weights:
    """Weights and calibration of one combination of evidence.

    Attributes:
        values: by feature (`names.NAMES`).
        run: added for every segment without a partner that follows another of its side.
        missing: how far segments without a partner follow how rare they are in these texts (`missing.rarity`).
        base, partner: usual likeness of strangers and of partners, by kind: the start of a document's own calibration.
        calibration: coefficients of the confidence (`confidence.PREDICTORS`); empty: the model's own probability.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.values: NDArray[np.float32] = np.array([data["weights"].get(n, 0.0) for n in NAMES], np.float32)
        self.run = float(data.get("run", 0.0))
        self.missing = float(data.get("missing", 0.0))
        self.base: dict[str, float] = data["base"]
        self.partner: dict[str, float] = data["partner"]
        self.calibration: NDArray[np.float64] = np.array(data.get("calibration", []), np.float64)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def load(name: str) -> Weights:
    """The shipped weights of a combination; where none were learnt for translations of both texts, those for one."""
    known = _data()["combinations"]
    return Weights(known.get(name) or known[name.replace("translations", "translation")])
