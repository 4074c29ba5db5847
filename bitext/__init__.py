"""Back-translate, align, score and flag a translated text.

    import bitext
    result = bitext.run("corpus/kazakhstan.fr.txt")
    print(result.translations[0].text)

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "Bead": "bitext.document",
    "Bitext": "bitext.document",
    "BitextError": "bitext.errors",
    "Document": "bitext.document",
    "Flag": "bitext.document",
    "Kind": "bitext.document",
    "Scores": "bitext.document",
    "Segment": "bitext.document",
    "Severity": "bitext.document",
    "Signature": "bitext.document",
    "Translation": "bitext.document",
    "run": "bitext.pipeline",
}
_STAGES = {"align", "flag", "formats", "lexicon", "report", "score", "segment", "translate"}

__all__ = sorted([*_NAMES, *_STAGES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    if name in _STAGES:
        return importlib.import_module(f"bitext.{name}")
    raise AttributeError(f"module 'bitext' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
