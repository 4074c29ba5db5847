"""Kinds of evidence that two segments correspond: each represents both in one space where products mean likeness.

A representation is additive: a span's is the sum of its segments', so the likeness of any n–m bead is a block sum of
the matrix of products of single segments, divided by the spans' norms. Nothing is encoded twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitext.align import text
from bitext.align.text import Sparse

__all__ = [
    "KINDS",
    "POWER",
    "Dense",
    "Evidence",
    "Form",
    "Numbers",
    "Pair",
    "Rows",
    "Translated",
    "Vectors",
    "damped",
    "stacked",
]

KINDS = ("translation", "lexicon", "vectors", "form", "numbers")
"""The kinds in the order in which the model knows them."""

POWER = 0.7  # of idf: less than 1, since what a translation shares with its original is seldom the rarest words
_LONELY = 0.2  # weight of words that only one side has
_GRAMS = 0.5  # weight of n-grams beside words

Dense = NDArray[np.float32]
Rows = Sparse | Dense


@dataclass(frozen=True)
class Pair:
    """The two texts to align, as the evidence classes see them."""

    source: Sequence[str]
    target: Sequence[str]
    source_lang: str = ""
    target_lang: str = ""


class Evidence(Protocol):
    """One kind of evidence."""

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        ...

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        """Both sides' rows, a row a segment, in one space."""
        ...


def stacked(parts: Sequence[Sparse]) -> Sparse:
    """Rows of several matrices side by side; each keeps features of its own."""
    lengths = np.stack([np.diff(p.start) for p in parts], axis=1)
    start = np.concatenate([[0], np.cumsum(lengths.sum(axis=1))]).astype(np.int64)
    index = np.empty(start[-1], np.int32)
    value = np.empty(start[-1], np.float32)
    offset = np.cumsum(lengths, axis=1) - lengths + start[:-1, None]
    width = 0
    for k, p in enumerate(parts):
        where = np.repeat(offset[:, k] - p.start[:-1], lengths[:, k]) + np.arange(len(p.column))
        index[where] = p.column + width
        value[where] = p.value
        width += p.width
    return Sparse(start, index, value, width)


def _scaled(rows: Sparse, factor: float) -> Sparse:
    return rows._replace(value=(rows.value * np.float32(factor)).astype(np.float32))


def damped(left: Sparse, right: Sparse) -> tuple[Sparse, Sparse]:
    """What only one side ever has counts little: it says nothing of the other."""
    here = np.bincount(left.column, minlength=left.width) > 0
    there = np.bincount(right.column, minlength=right.width) > 0
    factor = np.where(here & there, 1, _LONELY).astype(np.float32)
    return text.weighted(left, factor), text.weighted(right, factor)


def _joint(left: Sparse, right: Sparse) -> tuple[Sparse, Sparse]:
    """Both sides weighted by damped idf over both."""
    weight = text.idf(left, right) ** np.float32(POWER)
    return damped(text.weighted(left, weight), text.weighted(right, weight))


def _likeness(left: Sequence[str], right: Sequence[str]) -> tuple[Sparse, Sparse]:
    """Words and character 4-grams of two texts of one language."""
    lw, lg = text.hashed(left)
    rw, rg = text.hashed(right)
    lw, rw = _joint(*text.compact(lw, rw))
    lg, rg = _joint(*text.compact(lg, rg))
    return stacked([lw, _scaled(lg, _GRAMS)]), stacked([rw, _scaled(rg, _GRAMS)])


@dataclass(frozen=True)
class Translated:
    """Likeness of a translation to the other side: idf-weighted words and character 4-grams.

    `back` is the target in the source's language, `forward` the source in the target's; either or both.
    """

    back: Sequence[str] | None = None
    forward: Sequence[str] | None = None
    kind: str = "translation"

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        sides = []
        if self.back is not None:
            sides.append(_likeness(pair.source, self.back))
        if self.forward is not None:
            sides.append(_likeness(self.forward, pair.target))
        if len(sides) == 1:
            return sides[0]
        return stacked([s for s, _ in sides]), stacked([t for _, t in sides])


@dataclass(frozen=True)
class Form:
    """Names, cognates and borrowed words: what looks alike in both languages, accents apart."""

    kind: str = "form"

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        return _likeness(pair.source, pair.target)


@dataclass(frozen=True)
class Numbers:
    """Numbers written in digits."""

    kind: str = "numbers"

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        s, t = text.compact(text.numbers(pair.source), text.numbers(pair.target))
        weight = np.minimum(text.idf(s, t) / 4, 1).astype(np.float32)
        return text.weighted(s, weight), text.weighted(t, weight)


@dataclass(frozen=True)
class Vectors:
    """Sentence vectors of a multilingual encoder, each side's mean taken off, longer segments weighing more."""

    source: Dense
    target: Dense
    kind: str = "vectors"

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        return self._rows(self.source, pair.source), self._rows(self.target, pair.target)

    @staticmethod
    def _rows(vectors: Dense, texts: Sequence[str]) -> Dense:
        rows = np.asarray(vectors, np.float32)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        if len(rows) > 3:
            rows = rows - rows.mean(axis=0)
            rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        size = np.sqrt(np.array([max(len(t), 1) for t in texts], np.float32))
        return np.ascontiguousarray(rows * size[:, None], np.float32)
