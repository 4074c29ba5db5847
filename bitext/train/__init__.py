"""Train or adapt MarianMT models on aligned text, on the cores or the GPU that are there."""

from __future__ import annotations

from bitext.train.config import TrainConfig

__all__ = ["TrainConfig", "train"]


def train(*args: object, **kwargs: object) -> object:
    """See `bitext.train.launch.train`."""
    from bitext.train import launch

    return launch.train(*args, **kwargs)  # type: ignore[arg-type]
