"""What translations of known quality get by the same path: the round trip's upper bound, as far as one is known.

`bench/score_bound.py` measures the sample pairs of `corpus/` with the shipped models and writes `bound.json`. The
figures hold for what they were measured with: for any other model, segmenter or aligner nothing is said.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from bitext.document import Signature

__all__ = ["bound_notes"]

SAME = ("weights", "decoding", "segmenter", "aligner")
"""Entries of the signature that must be those of the measurement; engines differ by rounding only."""


@cache
def _measured() -> dict[str, Any]:
    file = files("bitext.score") / "bound.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _by(metric: dict[str, Any]) -> str:
    """The entry of the signature that names the model of a `forward` or `reverse perplexity`, else nothing."""
    name, _, rest = metric["name"].partition(" ")
    return name if rest == "perplexity" else ""


def bound_notes(signature: Signature) -> list[str]:
    """For a bitext with this signature, a sentence on what a trusted translation and others got; or nothing."""
    known = _measured()
    here, there = dict(signature.entries), dict(Signature.parse(known.get("signature", "")).entries)
    if not known or any(k not in here or here[k] != there.get(k) for k in SAME):
        return []
    said = []
    for pair in known["pairs"]:
        same = [m for m in pair["metrics"] if not _by(m) or here.get(_by(m)) == there.get(_by(m))]
        figures = ", ".join(f"{m['name']} {m['value']:.1f}" for m in same)
        said.append(f"{pair['what']} {figures}")
    return [
        f"For scale, what the same path gives translations of known quality: {'; '.join(said)}. "
        "A trusted translation's figures are the upper bound of the round trip for its text, give or take their "
        "intervals; texts differ in how hard they are, so to know this one's, run a trusted translation of it."
    ]
