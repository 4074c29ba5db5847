"""Hashed words, n-grams, stems and numbers of segments as sparse rows.

A whole side is handled as one array of code points with a line a segment, so that the work is compiled and linear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import inlined, jit

__all__ = [
    "BUCKETS",
    "Sparse",
    "code_points",
    "compact",
    "forget",
    "found",
    "hashed",
    "idf",
    "kept",
    "look_up",
    "numbered",
    "numbers",
    "one_text",
    "stems",
    "weighted",
]

BUCKETS = 1 << 20
"""Hash buckets a kind of feature."""

_ORDER = 4  # of character n-grams; with less, a word would have more of them than letters


class Sparse(NamedTuple):
    """Rows of a sparse matrix: row i is `column[start[i]:start[i+1]]` with `value` likewise; columns may repeat."""

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float32]
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.start) - 1


_LIGATURES = (("œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("ø", "o"), ("ł", "l"), ("đ", "d"))
_GROUPING = re.compile(r"(?<=\d)[ ,.'’\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+")


_Kept = TypeVar("_Kept", bound=Callable[..., Any])
_KEPT: list[Any] = []


def kept(function: _Kept) -> _Kept:
    """`lru_cache` for what several kinds of evidence make of the same texts one after another; see `forget`."""
    cached: Any = lru_cache(maxsize=4)(function)
    _KEPT.append(cached)
    return cached


def forget() -> None:
    """Drop what is kept from one kind of evidence to the next."""
    for cached in _KEPT:
        cached.cache_clear()


def one_text(texts: Sequence[str]) -> str:
    """All segments as one text, a line each."""
    return _lines(tuple(texts))


@kept
def _lines(texts: tuple[str, ...]) -> str:
    joined = "\n".join(texts)
    if joined.count("\n") < len(texts):  # as always but where a segment has lines of its own
        return joined
    return "\n".join([t.replace("\n", " ") for t in texts])


@lru_cache(maxsize=1)
def _plain() -> NDArray[np.uint32]:
    """By code point below 0x2100: the character without accents; 0 where NFKD makes more than one of it.

    An ellipsis separates words as one dot does.
    """
    out = np.arange(0x2100, dtype=np.uint32)
    for c in range(0x80, len(out)):
        letters = [x for x in unicodedata.normalize("NFKD", chr(c)) if not 0x300 <= ord(x) <= 0x36F]
        out[c] = ord(letters[0]) if len(letters) == 1 or set(letters) == {"."} else 0
    return out


@kept
def _folded(joined: str) -> NDArray[np.uint32]:
    """Code points in lower case without accents or ligatures; line ends stay."""
    joined = joined.lower()
    if joined.isascii():
        return code_points(joined)
    for one, other in _LIGATURES:  # many times faster than `translate` on a long text
        joined = joined.replace(one, other)
    codes, plain = code_points(joined), _plain()
    if codes.max() < len(plain):
        found = plain[codes]
        if found.all():
            return found
    codes = code_points(unicodedata.normalize("NFKD", joined))
    return codes[(codes < 0x300) | (codes > 0x36F)]


def code_points(text: str) -> NDArray[np.uint32]:
    """A text's code points; as `bytes`, they would be read-only, which is a type of its own to compiled functions."""
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), np.uint32)


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int8]:
    """By code point of the basic plane: 0 separator, 1 letter, 2 digit, 3 a character that is a word (Han, Kana)."""
    out = np.zeros(1 << 16, np.int8)
    for c in range(1 << 16):
        ch = chr(c)
        if ch.isdigit():
            out[c] = 2
        elif 0x3040 <= c <= 0x30FF or 0x3400 <= c <= 0x9FFF:
            out[c] = 3
        elif ch.isalpha():
            out[c] = 1
    return out


@inlined
def _word_end(codes, kinds, i, kind):  # type: ignore[no-untyped-def]
    """Where the word ends that begins at i with a character of this kind; a character of kind 3 is one by itself."""
    j = i + 1
    while kind != 3 and j < len(codes):
        k = kinds[codes[j]] if codes[j] < 65536 else 1
        if k == 0 or k == 3:
            break
        j += 1
    return j


@inlined
def _hash(codes, first, end):  # type: ignore[no-untyped-def]
    """FNV-1a over code points, its high bits folded in."""
    h = np.uint32(2166136261)
    for p in range(first, end):
        h = np.uint32((h ^ codes[p]) * np.uint32(16777619))
    return h ^ (h >> np.uint32(15))


@jit
def _hash_rows(codes, kinds, rows, mask, starts, words, grams):  # type: ignore[no-untyped-def]
    """Hashed words and n-grams of padded words of texts, a line each; returns how many.

    Args:
        codes: code points, uint32; `kinds`: see `_kinds`; `rows`: lines; `mask`: of the bits of a hash that are kept.
        starts: int64 (2, rows + 1), filled with where each row's words and n-grams begin.
        words, grams: int32, as long as `codes`, filled: a padded word has at most as many 4-grams as letters.
    """
    nw = ng = 0
    row = 0
    n = len(codes)
    i = 0
    starts[0, 0] = 0
    starts[1, 0] = 0
    while i <= n:
        c = codes[i] if i < n else np.uint32(10)
        if c == 10:
            row += 1
            if row <= rows:
                starts[0, row] = nw
                starts[1, row] = ng
            i += 1
            continue
        kind = kinds[c] if c < 65536 else 1
        if kind == 0:
            i += 1
            continue
        j = _word_end(codes, kinds, i, kind)
        h = _hash(codes, i, j)
        words[nw] = h & mask
        nw += 1
        # n-grams of "_word_"
        length = j - i + 2
        for s in range(max(1, length - _ORDER + 1)):
            h = np.uint32(0x9747B28C)
            for p in range(s, min(s + _ORDER, length)):
                v = np.uint32(95) if p == 0 or p == length - 1 else codes[i + p - 1]
                h = np.uint32((h ^ v) * np.uint32(16777619))
            h ^= h >> np.uint32(15)
            grams[ng] = h & mask
            ng += 1
        i = j
    return nw, ng


def hashed(texts: Sequence[str]) -> tuple[Sparse, Sparse]:
    """Words, and character 4-grams of words, folded and hashed: two sparse matrices with ones."""
    codes = _folded(one_text(texts))
    starts = np.zeros((2, len(texts) + 1), np.int64)
    words, grams = np.empty(len(codes) + 1, np.int32), np.empty(len(codes) + 1, np.int32)
    nw, ng = _hash_rows(codes, _kinds(), len(texts), np.uint32(BUCKETS - 1), starts, words, grams)
    return (
        Sparse(starts[0].copy(), words[:nw], np.ones(nw, np.float32), BUCKETS),
        Sparse(starts[1].copy(), grams[:ng], np.ones(ng, np.float32), BUCKETS),
    )


@jit
def _stem_rows(codes, kinds, starts, out):  # type: ignore[no-untyped-def]
    """Hashes of stems, a row a line; returns how many.

    `starts`, int64 (rows + 1,), and `out`, uint32, as long as `codes`, are filled.
    """
    count = 0
    row = 0
    n = len(codes)
    rows = len(starts) - 1
    starts[0] = 0
    i = 0
    while i <= n:
        c = codes[i] if i < n else np.uint32(10)
        if c == 10:
            row += 1
            if row <= rows:
                starts[row] = count
            i += 1
            continue
        kind = kinds[c] if c < 65536 else 1
        if kind == 0:
            i += 1
            continue
        j = _word_end(codes, kinds, i, kind)
        end = j
        if kind != 2:  # numbers are compared whole
            end = i + 4 if j - i == 5 else min(j, i + 5)
        h = _hash(codes, i, end)
        out[count] = h
        count += 1
        i = j
    return count


def stems(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Each segment's stems as hashes of 32 bits: those of row i are `hashes[start[i]:start[i + 1]]`.

    A stem is the first five letters of a word without accents, four of a word of five; a number is its own stem.
    Neither array may be written to: they are kept for whoever asks next.
    """
    return _stems(tuple(texts))


@kept
def _stems(texts: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    codes = _folded(one_text(texts))
    start = np.zeros(len(texts) + 1, np.int64)
    out = np.empty(len(codes) + 1, np.uint32)
    count = _stem_rows(codes, _kinds(), start, out)
    return start, out[:count].copy()


@jit
def _number(hashes, table, column):  # type: ignore[no-untyped-def]
    """Enter hashes, uint32, in an open-addressed table whose length is a power of 2; returns how many there are.

    `table`: uint32, `column`: int32, -1 where nothing is entered yet, else the number of the hash that stands there.
    """
    mask = len(table) - 1
    count = 0
    for h in hashes:
        at = np.int64(h) & mask
        while column[at] >= 0 and table[at] != h:
            at = (at + 1) & mask
        if column[at] < 0:
            table[at] = h
            column[at] = count
            count += 1
    return count


def numbered(hashes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int32], int]:
    """A table of hashes with numbers from 0 in the order in which they first stand, for `look_up`, and how many."""
    size = 1 << max(4, int(2 * len(hashes)).bit_length())
    table, column = np.zeros(size, np.uint32), np.full(size, -1, np.int32)
    return table, column, int(_number(hashes, table, column))


@inlined
def found(h, table, column):  # type: ignore[no-untyped-def]
    """The number of a hash, -1 where the table has none."""
    mask = len(table) - 1
    at = np.int64(h) & mask
    while column[at] >= 0 and table[at] != h:
        at = (at + 1) & mask
    return column[at]


@jit
def _look_up(hashes, table, column, out):  # type: ignore[no-untyped-def]
    """Fill `out`, int32 by hash, with numbers from a table of `_number`."""
    for k in range(len(hashes)):
        out[k] = found(hashes[k], table, column)


def look_up(hashes: NDArray[np.uint32], table: NDArray[np.uint32], column: NDArray[np.int32]) -> NDArray[np.int32]:
    """The numbers that a table of `numbered` has for hashes, -1 where it has none."""
    out = np.empty(len(hashes), np.int32)
    _look_up(hashes, table, column, out)
    return out


def idf(*sides: Sparse) -> NDArray[np.float32]:
    """Inverse document frequency by feature over all rows of all `sides`, at least 0, in nats."""
    width = max(s.width for s in sides)
    count = np.zeros(width, np.float32)
    for s in sides:
        count += np.bincount(s.column, minlength=width)
    rows = sum(s.height for s in sides)
    return np.log(np.maximum((rows + 1) / (count + 0.5), 1.0)).astype(np.float32)


def compact(left: Sparse, right: Sparse) -> tuple[Sparse, Sparse]:
    """The same rows with columns numbered without gaps, so that short texts need short tables; long ones stay as is."""
    if len(left.column) + len(right.column) > BUCKETS:
        return left, right
    number = np.full(max(left.width, right.width), -1, np.int32)
    one, other = np.empty_like(left.column), np.empty_like(right.column)
    width = _renumber(right.column, number, other, _renumber(left.column, number, one, 0))
    width = max(width, 1)
    return left._replace(column=one, width=width), right._replace(column=other, width=width)


@jit
def _renumber(column, number, out, count):  # type: ignore[no-untyped-def]
    """Number columns in the order in which they first stand, from `count` on; returns how many are numbered then.

    `number`: int32 (width,), -1 where a column has no number yet; `out`: int32, the column's number, entry by entry.
    """
    for k in range(len(column)):
        c = column[k]
        if number[c] < 0:
            number[c] = count
            count += 1
        out[k] = number[c]
    return count


def weighted(rows: Sparse, weight: NDArray[np.float32]) -> Sparse:
    """The rows with each value multiplied by its feature's weight."""
    return rows._replace(value=(rows.value * weight[rows.column]).astype(np.float32))


def numbers(texts: Sequence[str]) -> Sparse:
    """Numbers in digits, without grouping, hashed; a value of 1 each."""
    count = np.zeros(len(texts) + 1, np.int64)
    index: list[int] = []
    for i in _with_digits(texts):
        found = _NUMBER.findall(_GROUPING.sub("", texts[i]))
        index += [int(x[-9:]) * 2654435761 % BUCKETS for x in found]
        count[i + 1] = len(found)
    return Sparse(np.cumsum(count), np.array(index, np.int32), np.ones(len(index), np.float32), BUCKETS)


def _with_digits(texts: Sequence[str]) -> list[int]:
    """The segments in which a digit may stand, of whatever script."""
    codes = code_points(one_text(texts))
    digit = (_kinds()[np.minimum(codes, 0xFFFF)] == 2) | (codes > 0xFFFF)
    rows = np.searchsorted(np.flatnonzero(codes == 10), np.flatnonzero(digit))
    return np.unique(rows).tolist()
