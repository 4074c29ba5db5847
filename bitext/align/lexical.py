"""Lexicon evidence: what a bilingual lexicon makes of each side's words, in the space of the other side's stems.

Words meet as stems (the first letters), so that *assit* profits from what the lexicon knows of *assis* and *assise*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

__all__ = ["LexiconEvidence", "LexiconLike", "stem"]

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


def stem(word: str) -> str:
    """The first five letters of a word without accents, four of a word of five."""
    word = text.fold(word)
    return word[:4] if len(word) == 5 else word[:5]


@dataclass(frozen=True)
class _Matrix:
    """A sparse matrix by rows."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]


class _Stems:
    """A lexicon between stems: words of one stem put together by frequency."""

    def __init__(self, lexicon: LexiconLike) -> None:
        self.ids: dict[str, dict[str, int]] = {}
        self.words: dict[str, dict[str, int]] = {}
        of_word: dict[str, NDArray[np.int64]] = {}
        for lang in (lexicon.source_lang, lexicon.target_lang):
            vocabulary = lexicon.vocabulary(lang)
            found = [stem(w) for w in vocabulary]
            ids = {s: i for i, s in enumerate(dict.fromkeys(found))}
            of_word[lang] = np.array([ids[s] for s in found], np.int64)
            self.ids[lang] = ids
            self.words[lang] = {w: ids[s] for w, s in zip(vocabulary, found, strict=True)}
        self.tables = {
            lang: self._table(matrix, of_word[lang], of_word[other], len(self.ids[other]), lexicon.frequencies(lang))
            for lang, other, matrix in (
                (lexicon.source_lang, lexicon.target_lang, lexicon.forward),
                (lexicon.target_lang, lexicon.source_lang, lexicon.backward),
            )
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
            (value / np.maximum(total[row], 1e-12))[keep].astype(np.float32),
        )

    def rows(self, texts: Sequence[str], lang: str) -> Sparse:
        """Known stems of each segment, a value of 1 each."""
        from bitext.lexicon.tokens import words

        ids, known = self.ids[lang], self.words[lang]
        start = np.zeros(len(texts) + 1, np.int64)
        column: list[int] = []
        for i, t in enumerate(texts):
            for w in words(t, lang):
                k = known.get(w)
                if k is None:
                    k = known[w] = ids.get(stem(w), -1)
                if k >= 0:
                    column.append(k)
            start[i + 1] = len(column)
        return Sparse(start, np.array(column, np.int32), np.ones(len(column), np.float32), len(ids))


_LOADED: WeakKeyDictionary[Any, _Stems] = WeakKeyDictionary()


def _stems(lexicon: LexiconLike) -> _Stems:
    """The stems of a lexicon, made once."""
    if lexicon not in _LOADED:
        _LOADED[lexicon] = _Stems(lexicon)
    return _LOADED[lexicon]


@jit
def _expand(start, column, indptr, indices, root, weight, out_start, out_column, out_value):  # type: ignore[no-untyped-def]
    """Each stem's translations; only counts while `out_column` is empty."""
    n = 0
    write = len(out_column) > 0
    for i in range(len(start) - 1):
        out_start[i] = n
        for k in range(start[i], start[i + 1]):
            w = column[k]
            for e in range(indptr[w], indptr[w + 1]):
                if write:
                    out_column[n] = indices[e]
                    out_value[n] = root[e] * weight[indices[e]]
                n += 1
    out_start[len(start) - 1] = n
    return n


def _translated(rows: Sparse, table: _Matrix, weight: NDArray[np.float32]) -> Sparse:
    """Rows of one language as sums of the other's stems, weighted by the root of their probability and by idf."""
    start = np.zeros(len(rows.start), np.int64)
    arguments = (rows.start, rows.column, table.indptr, table.indices, np.sqrt(table.values), weight, start)
    n = _expand(*arguments, np.zeros(0, np.int32), np.zeros(0, np.float32))
    column, value = np.zeros(n + 1, np.int32), np.zeros(n + 1, np.float32)
    _expand(*arguments, column, value)
    return Sparse(start, column[:n], value[:n], len(weight))


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
        one, other = self._langs(pair, stems.rows)
        s, t = stems.rows(pair.source, one), stems.rows(pair.target, other)
        weight_s, weight_t = (text.idf(x) ** np.float32(POWER) for x in (s, t))
        there = damped(_translated(s, stems.tables[one], weight_t), text.weighted(t, weight_t))
        back = damped(text.weighted(s, weight_s), _translated(t, stems.tables[other], weight_s))
        return stacked([there[0], back[0]]), stacked([there[1], back[1]])

    def _langs(self, pair: Pair, rows: Callable[[Sequence[str], str], Sparse]) -> tuple[str, str]:
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
            return len(rows(pair.source[:300], one).column) + len(rows(pair.target[:300], other).column)

        return langs if known(*langs) >= known(*langs[::-1]) else langs[::-1]
