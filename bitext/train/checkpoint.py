"""Checkpoints of a run: flat buffers and counters, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.errors import FormatError

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel

    from bitext.train.network import Layout

__all__ = ["CHECKPOINT", "averaged", "read", "write"]

CHECKPOINT = "checkpoint.pt"
_FORMAT = 2


def write(path: Path, buffers: dict[str, torch.Tensor], layout: Layout, **counters: Any) -> None:
    """Write a checkpoint under its name only when it is whole and on the disk."""
    import torch

    tmp = path.with_name(f"{path.name}.tmp")
    with tmp.open("wb") as f:
        torch.save({"format": _FORMAT, "layout": layout.at, **buffers, **counters}, f)
        f.flush()
        os.fsync(f.fileno())
    tmp.replace(path)


def read(path: Path, layout: Layout) -> dict[str, Any]:
    """Read what `write` wrote.

    Raises:
        FormatError: it is of another model, or of another release.
    """
    import pickle

    import torch

    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        fits = saved["format"] == _FORMAT and saved["layout"] == layout.at
    except (OSError, ValueError, TypeError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError) as e:
        said = str(e).partition("\n")[0].partition(". ")[0]
        raise FormatError(f"holds no checkpoint ({said})", path=path, mend="begin anew with another --state") from None
    if not fits:
        raise FormatError("is the checkpoint of another model", path=path, mend="begin anew with another --state")
    return saved


def averaged(saved: dict[str, Any], layout: Layout, model: MarianMTModel) -> None:
    """Put a checkpoint's averaged weights into a model."""
    layout.scatter(saved["average"], model)
