"""What stands on the page of each segment: punctuation, case, length, brackets left open, scraps.

A whole side is read as one array of code points with a line a segment, in one compiled pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align._jit import jit
from bitext.align.text import code_points, one_text

__all__ = ["PROFILE", "Surface", "surface"]

PROFILE = ("question", "exclamation", "colon", "semicolon", "comma", "quotes", "brackets", "digits", "capitals")
"""What `Surface.counts` counts, column by column."""

_SCRAP = 3  # letters and digits of a segment that is hardly one: what is left of a picture, a lone mark
_SHORT = 4  # letters of a capitalised word that may be an abbreviation


class Surface(NamedTuple):
    """What stands on the page, a row a segment.

    `length` in characters without white space; `counts` by `PROFILE`; `end` 0 letter, 1 full stop, 2 question,
    3 exclamation, 4 colon, 5 comma or semicolon, 6 other; `begin` 0 other, 1 lower case, 2 capital;
    `upper`: 1 where every letter is a capital (and there are at least four); `scrap`: 1 where there are hardly any
    letters or digits; `cut`: 1 where the segment ends in what looks like an abbreviation; `nest`: brackets, and angular
    quotation marks, opened less those closed.
    """

    length: NDArray[np.float32]
    counts: NDArray[np.float32]
    end: NDArray[np.int8]
    begin: NDArray[np.int8]
    upper: NDArray[np.int8]
    scrap: NDArray[np.int8]
    cut: NDArray[np.int8]
    nest: NDArray[np.float32]

    def part(self, segments: range) -> Surface:
        """The rows of a span."""
        a, b = segments.start, segments.stop
        return Surface._make(x[a:b] for x in self)


@lru_cache(maxsize=1)
def _cases() -> NDArray[np.int8]:
    """By code point of the basic plane: 2 capital letter, 1 other letter, 0 none."""
    return np.array([2 if chr(c).isupper() else 1 if chr(c).isalpha() else 0 for c in range(1 << 16)], np.int8)


@jit
def _surface(codes, cases, length, counts, end, begin, upper, scrap, cut, nest):  # type: ignore[no-untyped-def]
    """Fill the arrays of a `Surface`, zeros, from code points, uint32, with a line a segment; `cases`: see `_cases`."""
    row = 0
    last = np.uint32(0)
    word = 0  # letters of the word so far
    words = 0
    small = 0
    big = 0
    digits = 0
    last_word = 0  # letters of the last word, and whether it begins with a capital and has a vowel
    capital = False
    vowel = False
    n = len(codes)
    for i in range(n + 1):
        c = codes[i] if i < n else np.uint32(10)
        if c == 10:
            if last == 46 or last == 0x3002:
                end[row] = 1
            elif last == 63 or last == 0xFF1F:
                end[row] = 2
            elif last == 33 or last == 0xFF01:
                end[row] = 3
            elif last == 58:
                end[row] = 4
            elif last == 44 or last == 59:
                end[row] = 5
            elif last == 1:
                end[row] = 0
            else:
                end[row] = 6
            upper[row] = 1 if big >= 4 and small == 0 else 0
            scrap[row] = 1 if big + small + digits <= _SCRAP else 0
            short = last_word == 1 or (last_word <= _SHORT and (capital or not vowel))
            cut[row] = 1 if last == 46 and last_word > 0 and short else 0
            row += 1
            last = np.uint32(0)
            word = words = small = big = digits = last_word = 0
            continue
        if c == 32 or c == 9 or c == 160 or c == 0x202F or c == 0x2009:
            word = 0
            continue
        length[row] += 1
        case = cases[c] if c < 65536 else 1
        if case:
            if word == 0:
                if words == 0:
                    begin[row] = case
                elif case == 2:
                    counts[row, 8] += 1
                words += 1
                last_word = 0
                capital = case == 2
                vowel = False
            word += 1
            last_word += 1
            low = c | np.uint32(32)
            vowel = vowel or c > 127 or low == 97 or low == 101 or low == 105 or low == 111 or low == 117 or low == 121
            if case == 2:
                big += 1
            else:
                small += 1
            last = np.uint32(1)
            continue
        if 48 <= c <= 57:
            counts[row, 7] += 1
            words += 1
            digits += 1
            last_word = 0
            last = np.uint32(1)
            continue
        if c != 39 and c != 0x2019:
            word = 0
        if c == 63 or c == 0xFF1F:
            counts[row, 0] += 1
        elif c == 33 or c == 0xFF01:
            counts[row, 1] += 1
        elif c == 58:
            counts[row, 2] += 1
        elif c == 59:
            counts[row, 3] += 1
        elif c == 44 or c == 0x3001 or c == 0xFF0C:
            counts[row, 4] += 1
        elif c == 34 or c == 0xAB or c == 0xBB or 0x201C <= c <= 0x201F:
            counts[row, 5] += 1
            if c == 0xAB:
                nest[row, 1] += 1
            elif c == 0xBB:
                nest[row, 1] -= 1
            continue  # what stands before a closing quotation mark ends the segment
        elif c == 40 or c == 41 or c == 91 or c == 93:
            counts[row, 6] += 1
            nest[row, 0] += 1 if c == 40 or c == 91 else -1
            if c == 41 or c == 93:
                continue
        elif c == 39 or c == 0x2019:
            continue
        last = c


def surface(texts: Sequence[str]) -> Surface:
    """Lengths, punctuation and case of each segment."""
    n = len(texts)
    end, begin, upper, scrap, cut = (np.zeros(n, np.int8) for _ in range(5))
    length, counts, nest = (
        np.zeros(n, np.float32),
        np.zeros((n, len(PROFILE)), np.float32),
        np.zeros((n, 2), np.float32),
    )
    s = Surface(length, counts, end, begin, upper, scrap, cut, nest)
    if n:
        _surface(code_points(one_text(texts)), _cases(), *s)
    return s
