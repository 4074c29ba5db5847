"""Lexicon evidence: what a bilingual lexicon makes of each side's words, in the space of the other side's stems.

Words meet as stems (the first letters), so that *assit* profits from what the lexicon knows of *assis* and *assise*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bitext.align import text
from bitext.align._jit import jit
from bitext.align.evidence import POWER, Pair, Rows, damped, stacked
from bitext.align.text import Sparse
from bitext.errors import InputError

__all__ = ["LexiconEvidence", "LexiconLike"]

Given = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]
"""Row starts, stems as hashes, how surely they translate the segment's words."""

_PART = re.compile(r"[^\W_]+")
_FLOOR = 0.03  # translations less probable than this are left out


class LexiconLike(Protocol):
    """What the aligner asks of a bilingual lexicon; `bitext.lexicon.Lexicon` has it.

    `forward` and `backward` are sparse matrices (`indptr`, `indices`, `values`) of p(target|source) and
    p(source|target) over word ids.
    """

    source_lang: str
    target_lang: str

    @property
    def forward(self) -> Any: ...

    @property
    def backward(self) -> Any: ...

    def vocabulary(self, lang: str) -> Sequence[str]: ...

    def frequencies(self, lang: str) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class _Matrix:
    """A sparse matrix by rows; values are roots of probabilities."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]


def _of_words(vocabulary: Sequence[str]) -> NDArray[np.uint32]:
    """The stem of each word; of a word with a hyphen or apostrophe, that of its longest part."""
    start, hashes = text.stems(vocabulary)
    at = start[:-1].copy()
    for i in np.flatnonzero(np.diff(start) > 1).tolist():
        parts = _PART.findall(vocabulary[i])
        at[i] += max(range(min(len(parts), start[i + 1] - start[i])), key=lambda k: len(parts[k]), default=0)
    missing = np.diff(start) == 0
    return np.where(missing, np.uint32(0), np.append(hashes, np.uint32(0))[at])


class _Stems:
    """A lexicon between stems: words of one stem put together by frequency.

    Attributes:
        hashes: by language, the stems as ascending hashes; a stem's number is its place.
        tables: by language, the root of p(stem of the other | stem).
    """

    def __init__(self, lexicon: LexiconLike) -> None:
        self.hashes: dict[str, NDArray[np.uint32]] = {}
        of_word: dict[str, NDArray[np.int64]] = {}
        langs = lexicon.source_lang, lexicon.target_lang
        for lang in langs:
            self.hashes[lang], number = np.unique(_of_words(lexicon.vocabulary(lang)), return_inverse=True)
            of_word[lang] = number.astype(np.int64)
        self._known = {lang: text.numbered(h)[:2] for lang, h in self.hashes.items()}
        self.other = {langs[0]: langs[1], langs[1]: langs[0]}
        self.tables = {
            lang: self._table(matrix, of_word[lang], of_word[other], len(self.hashes[other]), lexicon.frequencies(lang))
            for lang, other, matrix in ((*langs, lexicon.forward), (*langs[::-1], lexicon.backward))
        }

    @staticmethod
    def _table(
        matrix: Any,
        row_stem: NDArray[np.int64],
        column_stem: NDArray[np.int64],
        width: int,
        weight: NDArray[np.float64],
    ) -> _Matrix:
        rows = np.repeat(np.arange(len(matrix.indptr) - 1), np.diff(matrix.indptr))
        pairs, which = np.unique(row_stem[rows] * width + column_stem[matrix.indices], return_inverse=True)
        value = np.bincount(which, weights=matrix.values * weight[rows], minlength=len(pairs))
        row = pairs // width
        height = int(row_stem.max()) + 1 if len(row_stem) else 0
        total = np.bincount(row, weights=value, minlength=height)
        keep = value >= _FLOOR * total[row]
        indptr = np.append(0, np.cumsum(np.bincount(row[keep], minlength=height))).astype(np.int64)
        return _Matrix(
            indptr,
            (pairs[keep] % width).astype(np.int32),
            np.sqrt((value / np.maximum(total[row], 1e-12))[keep].astype(np.float32)),
        )

    def rows(self, texts: Sequence[str], lang: str) -> Sparse:
        """Known stems of each segment, a value of 1 each."""
        start, hashes = text.stems(texts)
        known = self.hashes[lang]
        if not len(known):
            return Sparse(np.zeros_like(start), np.zeros(0, np.int32), np.zeros(0, np.float32), 0)
        number = text.look_up(hashes, *self._known[lang])
        hit = number >= 0
        kept = np.append(0, np.cumsum(hit)).astype(np.int64)
        column = number[hit]
        return Sparse(kept[start], column, np.ones(len(column), np.float32), len(known))

    def known(self, texts: Sequence[str], lang: str, most: int) -> int:
        """How many words of the first segments, at most so many, are known."""
        start, hashes = text.stems(texts)
        if not len(self.hashes[lang]):
            return 0
        return int(np.count_nonzero(text.look_up(hashes[: start[: most + 1][-1]], *self._known[lang]) >= 0))


_LOADED: WeakKeyDictionary[Any, _Stems] = WeakKeyDictionary()


def _stems(lexicon: LexiconLike) -> _Stems:
    """The stems of a lexicon, made once."""
    if lexicon not in _LOADED:
        _LOADED[lexicon] = _Stems(lexicon)
    return _LOADED[lexicon]


@jit
def _expand(column, indptr, indices, values, out_column, out_value):  # type: ignore[no-untyped-def]
    """Put the rows `column` of a sparse matrix (float32) one after another into `out_column` and `out_value`."""
    n = 0
    for w in column:
        for e in range(indptr[w], indptr[w + 1]):
            out_column[n] = indices[e]
            out_value[n] = values[e]
            n += 1


@text.kept
def _translated(stems: _Stems, texts: tuple[str, ...], lang: str) -> Sparse:
    """Each segment as the other language's stems that may translate its own, with the roots of their probabilities."""
    rows, table = stems.rows(texts, lang), stems.tables[lang]
    end = np.append(0, np.cumsum(np.diff(table.indptr)[rows.column]))
    column, value = np.empty(end[-1], np.int32), np.empty(end[-1], np.float32)
    _expand(rows.column, table.indptr, table.indices, table.values, column, value)
    return Sparse(end[rows.start], column, value, len(stems.hashes[stems.other[lang]]))


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
        stems = _stems(self.lexicon)
        one, other = self._langs(pair, stems)
        s, t = stems.rows(pair.source, one), stems.rows(pair.target, other)
        weight_s, weight_t = (text.idf(x) ** np.float32(POWER) for x in (s, t))
        s_words, t_words = _translated(stems, tuple(pair.source), one), _translated(stems, tuple(pair.target), other)
        there = damped(text.weighted(s_words, weight_t), text.weighted(t, weight_t))
        back = damped(text.weighted(s, weight_s), text.weighted(t_words, weight_s))
        return stacked([there[0], back[0]]), stacked([there[1], back[1]])

    def given(self, pair: Pair) -> tuple[Given, Given]:
        """The other language's stems that each side's words may be translated by: the source's, the target's.

        Each is row starts, stems as hashes (`text.stems`), and how surely: the root of the probability.
        """
        stems = _stems(self.lexicon)
        langs = self._langs(pair, stems)
        found = []
        for texts, lang in zip((pair.source, pair.target), langs, strict=True):
            other = stems.hashes[stems.other[lang]]
            rows = _translated(stems, tuple(texts), lang)
            found.append((rows.start, other[rows.column], rows.value))
        return found[0], found[1]

    def _langs(self, pair: Pair, stems: _Stems) -> tuple[str, str]:
        """The lexicon's languages in the order of the pair's."""
        langs = self.lexicon.source_lang, self.lexicon.target_lang
        mine = tuple(x.replace("_", "-").split("-")[0].lower() for x in (pair.source_lang, pair.target_lang))
        if all(mine):
            if mine in (langs, langs[::-1]):
                return mine
            raise InputError(
                f"the lexicon is {langs[0]}-{langs[1]}, the texts are {mine[0]}-{mine[1]}",
                mend="align without it or build one for these languages",
            )

        # languages not said: the order in which more words are known
        def known(one: str, other: str) -> int:
            return stems.known(pair.source, one, 300) + stems.known(pair.target, other, 300)

        return langs if known(*langs) >= known(*langs[::-1]) else langs[::-1]
