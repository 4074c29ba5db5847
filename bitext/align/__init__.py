"""Align the segments of two texts, with whatever evidence there is.

    from bitext.align import align
    beads = align(english, french, target_translation=back_translation)

`gold` reads, writes and scores beads; `encoder` makes sentence vectors.
"""

from __future__ import annotations

import importlib
from typing import Any

VERSION = "fused-2"
"""Names the aligner and its weights in signatures."""

_NAMES = {"Encoder": "bitext.align.encoder", "align": "bitext.align.aligner", "load_encoder": "bitext.align.encoder"}

__all__ = ["VERSION", *sorted(_NAMES)]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'bitext.align' has no attribute {name!r}")
