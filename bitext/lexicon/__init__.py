"""Bilingual lexicon and sense inventory: load, look up, build, and which other senses a word could have had.

    from bitext import lexicon
    fr_en = lexicon.load("fr-en")
    fr_en.translations("grève")          # [("strike", 0.7), …]

The tokeniser that everything here is indexed by is `bitext.lexicon.tokens`; the senses of English words are in
`bitext.lexicon.senses`.
"""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = {
    "Alternative": "bitext.lexicon.confusion",
    "Inventory": "bitext.lexicon.senses",
    "Lexicon": "bitext.lexicon.lexicon",
    "Matrix": "bitext.lexicon.lexicon",
    "Sense": "bitext.lexicon.senses",
    "Token": "bitext.lexicon.tokens",
    "alternatives": "bitext.lexicon.confusion",
    "build": "bitext.lexicon.learn",
    "load": "bitext.lexicon.store",
    "words": "bitext.lexicon.tokens",
}

__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'bitext.lexicon' has no attribute {name!r}")
