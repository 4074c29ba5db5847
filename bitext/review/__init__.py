"""A local web app in which a person goes through a bitext, decides, mends and exports.

    from bitext import review
    review.serve("out/bitext.jsonl")

Decisions are kept beside the file (`bitext.jsonl.review.sqlite`); the file itself is never changed.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["Review", "export_all", "open_review", "serve"]

_NAMES = {
    "Review": "session",
    "export_all": "export",
    "open_review": "session",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(f"bitext.review.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
