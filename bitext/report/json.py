"""The report's figures as JSON, for a script or a dashboard; the whole bitext is what JSONL is for."""

from __future__ import annotations

import json
import math
import numbers
from typing import Any

from bitext.document import Bitext, Flag
from bitext.report import view

__all__ = ["render", "summary"]


def _flag(bitext: Bitext, flag: Flag) -> dict[str, Any]:
    return {
        "segment": flag.segment,
        "span": list(flag.span),
        "text": view.quoted(bitext, flag),
        "severity": str(flag.severity),
        "category": flag.category,
        "check": flag.check,
        "message": flag.message,
        "suggestion": flag.suggestion,
        "confidence": flag.confidence,
    }


def summary(bitext: Bitext, worst: int = 5) -> dict[str, Any]:
    """What the other reports say at a glance, as plain values; segments and spans count from 0."""
    scores = bitext.scores
    return {
        "name": bitext.target.name,
        "compared_with": view.compared_with(bitext) or None,
        "verdict": view.verdict(bitext),
        "segments": {"total": len(bitext.target), **{str(k): n for k, n in view.kinds(bitext)}},
        "beads": {
            "total": len(bitext.beads),
            "moved": sum(b.moved for b in bitext.beads),
            "shapes": {s.replace("–", "-"): n for s, n in view.shapes(bitext)},
        },
        "coverage": dict(scores.coverage) if scores else {},
        "metrics": [
            {"name": m.name, "value": m.value, "signature": m.signature, "interval": m.interval}
            for m in (scores.metrics if scores else ())
        ],
        "flags": {"total": len(bitext.flags), **{str(s): n for s, n in view.severities(bitext.flags)}},
        "worst": [_flag(bitext, f) | {"more_like_it": more} for f, more in view.worst(bitext, worst)],
        "left_out": [
            {"what": x.what, "why": x.why, "side": x.side, "segments": x.segments} for x in view.left_out(bitext)
        ],
        "score_notes": view.score_notes(bitext),
        "signature": str(bitext.signature),
    }


def render(bitext: Bitext, *, worst: int = 5) -> str:
    """`summary` as indented JSON text. Figures that are not numbers (NaN, infinite) become null."""
    return json.dumps(_finite(summary(bitext, worst)), ensure_ascii=False, indent=2, default=str) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):  # numpy's floats too
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
