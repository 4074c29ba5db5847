"""Scores that can be trusted and compared: sacreBLEU's figures on lines, beads and documents, and how sure they are.

    from bitext.score import score
    score(["The cat sat."], ["The cat sat down."]).metrics[0].value

Torch and transformers are never imported here; sacreBLEU, numpy and numba only when they are used.
"""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = {
    "Bucket": "views",
    "Comparison": "paired",
    "DocumentScore": "documents",
    "Example": "views",
    "NgramDifference": "views",
    "Difference": "record",
    "Record": "record",
    "Resegmented": "resegmentation",
    "Texts": "record",
    "View": "views",
    "available": "plugins",
    "bound_notes": "bound",
    "buckets": "views",
    "SystemResult": "paired",
    "compare": "paired",
    "comparison_lines": "show",
    "difference_lines": "show",
    "draw": "plot",
    "from_json": "record",
    "model_scores": "forced",
    "ngram_differences": "views",
    "nmtscore": "nmtscore",
    "nmtscore_metrics": "nmtscore",
    "read_lines": "checks",
    "register": "plugins",
    "resegment": "resegmentation",
    "score": "metrics",
    "score_bitext": "bitexts",
    "score_lines": "show",
    "score_documents": "documents",
    "scored_beads": "bitexts",
    "to_json": "record",
    "view": "views",
    "view_lines": "show",
    "view_texts": "views",
}

__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(f"bitext.score.{_NAMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'bitext.score' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
