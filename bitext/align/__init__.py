"""Align the segments of two texts, with whatever evidence there is.

    from bitext.align import align
    beads = align(english, french, target_translation=back_translation)

`LEGEND` says what the names of the evidence mean; `gold` reads, writes and scores beads; `encoder` makes vectors.
"""

from __future__ import annotations

import importlib
from typing import Any

VERSION = "fused-3"
"""Names the aligner and its weights in signatures."""

_NAMES = {
    "LEGEND": "bitext.align.legend",
    "Encoder": "bitext.align.encoder",
    "align": "bitext.align.aligner",
    "load_encoder": "bitext.align.encoder",
}

__all__ = ["VERSION", *sorted(_NAMES)]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'bitext.align' has no attribute {name!r}")
