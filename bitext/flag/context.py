"""How well a French word fits the words around it: log-odds from a small table of vectors.

The vectors are those of continuous bag of words with negative sampling (Mikolov et al. 2013), whose dot product is
a shifted pointwise mutual information (Levy and Goldberg 2014). The words around may be French, English (the other
side of the training pair), or both. `python -m bitext.flag.context TRAIN.tsv.bz2` learns them.
"""

from __future__ import annotations

import bz2
import functools
import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.errors import ModelError
from bitext.files import writing
from bitext.flag.words import STOP
from bitext.shipped import shipped

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Around", "Context", "learn", "load"]

_NEGATIVES = 5
_WINDOW = 8


class Context:
    """Vectors of French words as candidates, and of French and English words as what stands around."""

    def __init__(self, french: Sequence[str], english: Sequence[str], inner: np.ndarray, outer: np.ndarray) -> None:
        self.ids = {w: i for i, w in enumerate(french)}
        self.english_ids = {w: len(french) + i for i, w in enumerate(english)}
        self.inner, self.outer = inner, outer
        centred = outer - outer.mean(axis=0)
        norms = (centred**2).sum(axis=1, keepdims=True) ** 0.5
        self._directions = centred / (norms + 1e-9)

    def knows(self, word: str) -> bool:
        """Whether the table has the French word."""
        return word in self.ids

    def alike(self, a: str, b: str) -> float:
        """Cosine of two French words: high for synonyms and words of one field, about 0 for strangers."""
        i, j = self.ids.get(a), self.ids.get(b)
        return 0.0 if i is None or j is None else float(self._directions[i] @ self._directions[j])

    def around(self, words: Iterable[str], lang: str = "fr") -> Around:
        """The known content words among `words`, each once."""
        ids = self.ids if lang == "fr" else self.english_ids
        return Around(self.inner, frozenset(ids[w] for w in words if w in ids and w not in STOP))

    def fit(self, word: str, around: Around) -> float | None:
        """Log-odds that the French word stands among those words, against a random word; None if it is unknown."""
        i = self.ids.get(word)
        if i is None or not len(around):
            return None
        return float(self.outer[i] @ around.total) / len(around)


class Around:
    """What stands around a word: known words, each once, and the sum of their vectors.

    A text is summed once; leaving a word out of it costs one subtraction, however long the text is.
    """

    def __init__(self, inner: np.ndarray, ids: frozenset[int], total: np.ndarray | None = None) -> None:
        self.inner, self.ids = inner, ids
        self.total = inner[sorted(ids)].sum(axis=0) if total is None else total

    def __len__(self) -> int:
        return len(self.ids)

    def without(self, ids: Iterable[int | None]) -> Around:
        """The same without some words (None: a word that the table does not know)."""
        gone = self.ids.intersection(i for i in ids if i is not None)
        if not gone:
            return self
        return Around(self.inner, self.ids - gone, self.total - self.inner[sorted(gone)].sum(axis=0))


@functools.cache
def load(path: str | os.PathLike[str] | None = None) -> Context | None:
    """The shipped table, or the one at `path`; None if none is shipped.

    Raises:
        ModelError: the file is not such a table.
    """
    import numpy as np

    file = Path(path) if path is not None else shipped("models", "context", "fr-en.npz")
    if not file.is_file():
        return None
    try:
        with np.load(file) as data:
            french, english = (bytes(data[k]).decode("utf-8").split("\n") for k in ("french", "english"))
            scales = data["scales"].astype(np.float32)
            inner = data["inner"].astype(np.float32) * scales[: len(french) + len(english), None]
            outer = data["outer"].astype(np.float32) * scales[len(french) + len(english) :, None]
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"is not a table of word contexts ({error})", path=file, mend="install it again") from None
    return Context(french, english, inner, outer)


def _vocabulary(sentences: Iterable[list[str]], size: int, least: int) -> tuple[list[str], list[int]]:
    counts: Counter[str] = Counter()
    for s in sentences:
        counts.update(s)
    common = [(w, c) for w, c in counts.most_common(size) if c >= least]
    return [w for w, _ in common], [c for _, c in common]


def learn(
    pairs: Iterable[tuple[list[str], list[str]]],
    *,
    size: tuple[int, int] = (24_000, 14_000),
    least: int = 6,
    dimensions: int = 64,
    epochs: int = 6,
    seed: int = 1,
) -> dict[str, Any]:
    """Learn vectors from pairs of (French words, English words); returns the arrays that `load` reads."""
    import numpy as np

    from bitext.flag._cbow import train

    def content(tokens: list[str]) -> list[str]:
        return [t for t in tokens if t not in STOP and len(t) > 1 and not t.isdigit()]

    kept = [(content(f), content(e)) for f, e in pairs]
    french, counts = _vocabulary((f for f, _ in kept), size[0], least)
    english, _ = _vocabulary((e for _, e in kept), size[1], least)
    ids = {w: i for i, w in enumerate(french)}
    english_ids = {w: len(french) + i for i, w in enumerate(english)}
    fr = [[ids[w] for w in f if w in ids] for f, _ in kept]
    en = [[english_ids[w] for w in e if w in english_ids] for _, e in kept]
    flat = [np.array(list(itertools.chain.from_iterable(x)), dtype=np.int32) for x in (fr, en)]
    ends = [np.cumsum([len(s) for s in x]).astype(np.int64) for x in (fr, en)]
    noise = np.array(counts, dtype=np.float64) ** 0.75
    cumulative = np.cumsum(noise / noise.sum())
    share = np.array(counts, dtype=np.float64) / sum(counts)
    keep = np.minimum(1.0, np.sqrt(1e-4 / share)).astype(np.float32)
    rng = np.random.default_rng(seed)
    inner = (rng.random((len(french) + len(english), dimensions), dtype=np.float32) - 0.5) / dimensions
    outer = np.zeros((len(french), dimensions), dtype=np.float32)
    train(flat[0], ends[0], flat[1], ends[1], cumulative, keep, inner, outer, epochs, _WINDOW, _NEGATIVES, seed)
    both = np.concatenate([inner, outer])
    scales = np.abs(both).max(axis=1) / 127
    packed = np.round(both / np.maximum(scales[:, None], 1e-12)).astype(np.int8)
    return {
        "french": np.frombuffer("\n".join(french).encode(), dtype=np.uint8),
        "english": np.frombuffer("\n".join(english).encode(), dtype=np.uint8),
        "scales": scales.astype(np.float16),
        "inner": packed[: len(inner)],
        "outer": packed[len(inner) :],
    }


def main(*paths: str) -> None:
    """Learn from parallel text (`fr<TAB>en` lines, bzip2) and write the shipped table."""
    import numpy as np

    from bitext.lexicon.tokens import words

    def pairs() -> Iterable[tuple[list[str], list[str]]]:
        for path in paths:
            with bz2.open(path, "rt", encoding="utf-8") as f:
                for line in f:
                    fr, en, *_ = line.rstrip("\n").split("\t")
                    yield words(fr, "fr"), words(en, "en")

    arrays = learn(pairs())
    with writing(shipped("models", "context", "fr-en.npz"), "wb") as out:
        np.savez_compressed(out, **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
