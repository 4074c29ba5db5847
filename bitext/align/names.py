"""The names of the numbers that describe a bead, where each stands, and what they are read from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align.evidence import KINDS
from bitext.align.surface import PROFILE

__all__ = ["NAMES", "REACH", "SHAPES", "TRUST", "View", "shapes"]

REACH = 5
"""Most segments on one side of a bead."""

K = len(KINDS) - 1  # kinds with a graded likeness; numbers are apart
PER_KIND = 4
P = len(PROFILE)

_SHAPE_NAMES = ("0-1", "1-1", "1-2", "1-3", "1-4", "1-5", "2-2", "2-3", "2-4", "3-3")
SHAPES: NDArray[np.int64] = np.full((REACH + 1, REACH + 1), -1, np.int64)
for _name in _SHAPE_NAMES:
    _a, _b = map(int, _name.split("-"))
    SHAPES[_a, _b] = SHAPES[_b, _a] = _SHAPE_NAMES.index(_name)

_COVER = (
    "lack_source", "lack_target", "lack", "found",
    "pair_root", "pair", "pair_both", "alone_root", "alone", "alone_none",
    "away_both", "away_root", "away", "away_many",
    "null_both", "null_root", "null_away",
)  # fmt: skip
NAMES: tuple[str, ...] = (
    *(f"shape.{n}" for n in _SHAPE_NAMES),
    *(f"{k}.{d}" for k in KINDS[:K] for d in ("likeness", "square", "long", "many")),
    "numbers.shared",
    "numbers.apart",
    "length.distance",
    "length.square",
    *(f"punctuation.{p}" if p != "capitals" else "case.capitals" for p in PROFILE),
    "punctuation.end",
    "punctuation.open",
    "case.begin",
    "case.upper",
    "punctuation.unclosed",
    "punctuation.unquoted",
    "punctuation.abbreviation",
    "shape.scraps",
    "fit.lonely",
    "paragraph.inside",
    "paragraph.edge",
    "paragraph.kind",
    "null.length",
    "null.number",
    "null.wordless",
    "null.leak",
    "null.mass",
    "null.scrap",
    "null.best",
    "null.best_long",
    *(f"cohesion.{d}" for d in ("edge", "square", "share", "numbers", "many", "long", "mass", "root")),
    "fit.low",
    "fit.low_long",
    *(f"leak.{d}" for d in ("most", "square", "sum", "mass", "root", "many")),
    *(f"cover.{d}" for d in _COVER),
)
SIM = len(_SHAPE_NAMES)
NUM = SIM + K * PER_KIND
LEN = NUM + 2
PRO = LEN + 2
END = PRO + P
PAR = END + 9
NULL = PAR + 3
COH = NULL + 8
FIT = COH + 8
LEAK = FIT + 2
COVER = LEAK + 6
COVERS = len(_COVER)
TRUST = np.array([1.0, 1.0, 1.5, 0.5], np.float32)  # of kinds, where they are weighed before the weights are known


class View(NamedTuple):
    """All that `describe` looks at, as arrays. N source and M target segments.

    Attributes:
        low, high, at: the band of segment pairs for which products are known.
        products: by kind and cell; shape (K + 1, cells), the last row for numbers.
        s_norm, t_norm: norms of spans; shapes (K + 1, N, REACH + 1) and (K + 1, M, REACH + 1).
        base, scale: likeness of strangers, and 1 / (that of partners - that of strangers), by kind; scale 0: absent.
        unit: product of usual partners, by kind.
        even: square root of the target's share of each surface count by the source's.
        s_sum, t_sum: sums of the surface counts of all segments before, then of what was opened less what was closed;
            shapes (N + 1, P + 2), (M + 1, P + 2).
        s_length, t_length: likewise of lengths, in characters.
        ratio, spread: target characters a source character, and the variance of the difference a source character.
        s_mark, t_mark: end, begin, upper, paragraph, kind, scrap, cut by segment; int64 (N, 7), (M, 7).
        s_best, t_best: likeness of each segment to the likest of the other side near the first path (`coarse.First`).
        s_cover, t_cover: by cell and number of segments: see `cover.covered`; shapes (cells, SPAN + 1).
        s_mass, t_mass: sums of the weights of words of all segments before; shapes (N + 1,), (M + 1,).
        usual: share of those that partners usually explain, of either side.
        paragraphs: whether both sides have paragraphs that mean something.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    at: NDArray[np.int64]
    products: NDArray[np.float32]
    s_norm: NDArray[np.float32]
    t_norm: NDArray[np.float32]
    base: NDArray[np.float32]
    scale: NDArray[np.float32]
    unit: NDArray[np.float32]
    even: NDArray[np.float32]
    s_sum: NDArray[np.float32]
    t_sum: NDArray[np.float32]
    s_length: NDArray[np.float64]
    t_length: NDArray[np.float64]
    ratio: float
    spread: float
    s_mark: NDArray[np.int64]
    t_mark: NDArray[np.int64]
    s_best: NDArray[np.float32]
    t_best: NDArray[np.float32]
    s_cover: NDArray[np.float32]
    t_cover: NDArray[np.float32]
    s_mass: NDArray[np.float32]
    t_mass: NDArray[np.float32]
    usual: NDArray[np.float32]
    paragraphs: int


def shapes(max_bead: int) -> NDArray[np.int64]:
    """All bead shapes (n, m) with n + m <= `max_bead`, 1-0 and 0-1 among them."""
    found = [(1, 0), (0, 1)]
    found += [
        (a, b)
        for total in range(2, max_bead + 1)
        for a in range(1, total)
        for b in [total - a]
        if a <= REACH and b <= REACH and SHAPES[a, b] >= 0
    ]
    return np.array(found, np.int64)
