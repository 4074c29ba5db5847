"""Find a lexicon by name or path; a loaded one is kept."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bitext.errors import ModelError
from bitext.shipped import shipped

if TYPE_CHECKING:
    from bitext.lexicon.lexicon import Lexicon

__all__ = ["find", "load"]

SUFFIX = ".lexicon.npz"


def find(name: str | os.PathLike[str]) -> Path:
    """The file of a shipped lexicon such as `fr-en`, or of a path.

    Raises:
        ModelError: there is none.
    """
    path = Path(name)
    if path.is_file():
        return path
    folder = shipped("models", "lexicon")
    inside = folder / f"{name}{SUFFIX}"
    if path.name == str(name) and inside.is_file():
        return inside
    have = ", ".join(sorted(p.name.removesuffix(SUFFIX) for p in folder.glob(f"*{SUFFIX}"))) or "none"
    raise ModelError(f"there is no lexicon {str(name)!r} (shipped: {have})", mend="build one from parallel text")


@lru_cache(maxsize=4)
def _read(path: Path, changed: float) -> Lexicon:
    from bitext.lexicon.lexicon import Lexicon

    return Lexicon.read(path)


def load(name: str | os.PathLike[str] = "fr-en") -> Lexicon:
    """The lexicon of a shipped name (`fr-en`) or a file; read once as long as the file does not change.

    Raises:
        ModelError: missing, damaged, or not a lexicon.
    """
    path = find(name).resolve()
    return _read(path, path.stat().st_mtime)
