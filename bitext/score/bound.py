"""What translations of other texts get by the same path: the round trip's upper bound, as far as it is known.

`bench/score_bound.py` measures the sample pairs of `corpus/` with the shipped models and writes `bound.json`. The
figures hold for the weights they were measured with: for any other model nothing is said.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from bitext.document import Signature

__all__ = ["bound_notes"]

SAME = ("weights", "decoding")
"""Entries of the signature that must be those of the measurement; engines differ by rounding only."""


@cache
def _measured() -> dict[str, Any]:
    file = files("bitext.score") / "bound.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def bound_notes(signature: Signature) -> list[str]:
    """Sentences for a bitext with this signature: what a trusted translation got, and one with planted faults."""
    known = _measured()
    here, there = dict(signature.entries), dict(Signature.parse(known.get("signature", "")).entries)
    if not known or any(k not in here or here[k] != there.get(k) for k in SAME):
        return []
    return [
        f"By the same path {pair['what']} got "
        + ", ".join(f"{m['name']} {m['value']:.1f}" for m in pair["metrics"])
        + f" ({pair['beads']} beads{'; another text, so a rough upper bound' if pair['trusted'] else ''})."
        for pair in known["pairs"]
    ]
