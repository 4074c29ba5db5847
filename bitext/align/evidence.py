"""Kinds of evidence that two segments correspond: each represents both in one space where products mean likeness.

A representation is additive: a span's is the sum of its segments', so the likeness of any n–m bead is a block sum of
the matrix of products of single segments, divided by the spans' norms. Nothing is encoded twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bitext.align import text
from bitext.align._jit import jit
from bitext.align.text import Sparse
from bitext.errors import InputError

__all__ = ["KINDS", "Dense", "Evidence", "Form", "LexiconEvidence", "Numbers", "Pair", "Translated", "Vectors"]

KINDS = ("translation", "lexicon", "vectors", "form", "numbers")
"""The kinds in the order in which the model knows them."""

_POWER = 0.7  # of idf: less than 1, since what a translation shares with its original is seldom the rarest words
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


def _stack(parts: Sequence[Sparse]) -> Sparse:
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


def _damped(left: Sparse, right: Sparse) -> tuple[Sparse, Sparse]:
    """What only one side ever has counts little: it says nothing of the other."""
    here = np.bincount(left.column, minlength=left.width) > 0
    there = np.bincount(right.column, minlength=right.width) > 0
    factor = np.where(here & there, 1, _LONELY).astype(np.float32)
    return text.weighted(left, factor), text.weighted(right, factor)


def _joint(left: Sparse, right: Sparse) -> tuple[Sparse, Sparse]:
    """Both sides weighted by damped idf over both."""
    weight = text.idf(left, right) ** np.float32(_POWER)
    return _damped(text.weighted(left, weight), text.weighted(right, weight))


def _likeness(left: Sequence[str], right: Sequence[str]) -> tuple[Sparse, Sparse]:
    """Words and character 4-grams of two texts of one language."""
    lw, lg = text.hashed(left)
    rw, rg = text.hashed(right)
    lw, rw = _joint(lw, rw)
    lg, rg = _joint(lg, rg)
    return _shared([lw, _scaled(lg, _GRAMS)]), _shared([rw, _scaled(rg, _GRAMS)])


def _shared(parts: Sequence[Sparse]) -> Sparse:
    """As `_stack`, for parts whose features are apart already."""
    stacked = _stack([p._replace(width=0) for p in parts])
    return stacked._replace(width=max(p.width for p in parts))


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
        return _stack([s for s, _ in sides]), _stack([t for _, t in sides])


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
        s, t = text.numbers(pair.source), text.numbers(pair.target)
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


class LexiconLike(Protocol):
    """What the aligner asks of a bilingual lexicon; `bitext.lexicon.Lexicon` has it.

    `forward` and `backward` are sparse matrices (`indptr`, `indices`, `values`) of p(target|source) and
    p(source|target) over word ids; `ids` gives -1 for unknown words.
    """

    source_lang: str
    target_lang: str

    @property
    def forward(self) -> Any: ...

    @property
    def backward(self) -> Any: ...

    def ids(self, words: Sequence[str], lang: str) -> NDArray[np.int32]: ...

    def vocabulary(self, lang: str) -> Sequence[str]: ...


def _word_ids(texts: Sequence[str], lang: str, lexicon: LexiconLike) -> Sparse:
    """Known words of each segment by lexicon id, a value of 1 each."""
    from bitext.lexicon.tokens import words

    found = [words(t, lang) for t in texts]
    ids = lexicon.ids([w for row in found for w in row], lang)
    rows = np.repeat(np.arange(len(found)), [len(r) for r in found])
    known = ids >= 0
    start = np.concatenate([[0], np.cumsum(np.bincount(rows[known], minlength=len(found)))]).astype(np.int64)
    index = ids[known].astype(np.int32)
    return Sparse(start, index, np.ones(len(index), np.float32), len(lexicon.vocabulary(lang)))


@jit
def _expand(start, index, value, indptr, indices, probability, weight, floor, out_start, out_index, out_value):  # type: ignore[no-untyped-def]
    """Each word's translations; counts only while `out_index` is empty."""
    n = 0
    write = len(out_index) > 0
    for i in range(len(start) - 1):
        out_start[i] = n
        for k in range(start[i], start[i + 1]):
            w = index[k]
            for e in range(indptr[w], indptr[w + 1]):
                if probability[e] < floor:
                    continue
                if write:
                    out_index[n] = indices[e]
                    out_value[n] = np.sqrt(probability[e]) * weight[indices[e]] * value[k]
                n += 1
    out_start[len(start) - 1] = n
    return n


def _translated(rows: Sparse, matrix: Any, weight: NDArray[np.float32]) -> Sparse:
    """Rows of one language as sums of the other language's words, weighted by the root of their probability and idf."""
    start = np.zeros(len(rows.start), np.int64)
    table = (matrix.indptr, matrix.indices, matrix.values)
    n = _expand(*rows[:3], *table, weight, _FLOOR, start, np.zeros(0, np.int32), np.zeros(0, np.float32))
    index, value = np.zeros(n + 1, np.int32), np.zeros(n + 1, np.float32)
    _expand(*rows[:3], *table, weight, _FLOOR, start, index, value)
    return Sparse(start, index[:n], value[:n], len(weight))


_FLOOR = 0.015  # translations less probable than this are left out


@dataclass(frozen=True)
class LexiconEvidence:
    """Translation probabilities of a bilingual lexicon, in both directions."""

    lexicon: LexiconLike
    kind: str = "lexicon"

    def represent(self, pair: Pair) -> tuple[Rows, Rows]:
        """Each side's words, and what the lexicon makes of the other side's.

        Raises:
            InputError: the lexicon is of other languages.
        """
        forward, backward = self.lexicon.forward, self.lexicon.backward
        langs = self.lexicon.source_lang, self.lexicon.target_lang
        swapped = self._swapped(pair, langs)
        if swapped:
            forward, backward, langs = backward, forward, (langs[1], langs[0])
        s = _word_ids(pair.source, langs[0], self.lexicon)
        t = _word_ids(pair.target, langs[1], self.lexicon)
        weight_s, weight_t = text.idf(s) ** np.float32(_POWER), text.idf(t) ** np.float32(_POWER)
        there = _damped(_translated(s, forward, weight_t), text.weighted(t, weight_t))
        back = _damped(text.weighted(s, weight_s), _translated(t, backward, weight_s))
        return _stack([there[0], back[0]]), _stack([there[1], back[1]])

    def _swapped(self, pair: Pair, langs: tuple[str, str]) -> bool:
        """Whether the lexicon's source language is the pair's target language."""
        mine = pair.source_lang.split("-")[0].lower(), pair.target_lang.split("-")[0].lower()
        if all(mine):
            if mine == langs:
                return False
            if mine == langs[::-1]:
                return True
            raise InputError(
                f"the lexicon is {langs[0]}-{langs[1]}, the texts are {mine[0]}-{mine[1]}",
                mend="align without it or build one for these languages",
            )

        # languages not said: the orientation in which more words are known
        def known(one: str, other: str) -> int:
            head, tail = pair.source[:300], pair.target[:300]
            return len(_word_ids(head, one, self.lexicon).column) + len(_word_ids(tail, other, self.lexicon).column)

        return known(langs[1], langs[0]) > known(langs[0], langs[1])
