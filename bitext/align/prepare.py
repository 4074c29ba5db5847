"""From two texts to what the search looks at: evidence gathered, a first path, everything calibrated to this pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align import text
from bitext.align.band import Band, corridor, full
from bitext.align.coarse import First, first_path
from bitext.align.cover import Cover, covered, prepare_cover
from bitext.align.evidence import KINDS, Evidence, Pair, Rows
from bitext.align.model import Weights
from bitext.align.names import REACH, View
from bitext.align.products import pair_products, product, span_norms
from bitext.align.surface import Surface
from bitext.align.surface import surface as read_surface
from bitext.align.text import Sparse

__all__ = ["Layout", "Prepared", "prepare"]

_COARSE = {"translation": 1.0, "lexicon": 0.8, "vectors": 1.0, "form": 0.5, "numbers": 0.4}
_PRIOR = 8  # the shipped calibration counts as much as so many pairs of the document


@dataclass(frozen=True)
class Layout:
    """Where segments stand: paragraph number and kind (0 sentence, 1 heading, 2 other) a segment."""

    paragraph: NDArray[np.int64]
    kind: NDArray[np.int64]

    @classmethod
    def flat(cls, n: int) -> Layout:
        """No layout known."""
        return cls(np.zeros(n, np.int64), np.zeros(n, np.int64))

    @property
    def known(self) -> bool:
        """Whether paragraphs group segments: neither all in one nor each in its own."""
        n = len(self.paragraph)
        breaks = int(np.count_nonzero(np.diff(self.paragraph))) if n else 0
        return 0 < breaks < n - 1


def _slice(rows: Rows, part: range) -> Rows:
    if not isinstance(rows, Sparse):
        return rows[part.start : part.stop]
    a, b = rows.start[part.start], rows.start[part.stop]
    start = rows.start[part.start : part.stop + 1] - a
    return rows._replace(start=start, column=rows.column[a:b], value=rows.value[a:b])


class Page(NamedTuple):
    """One side's arrays of a `View`: norms of spans, marks, and sums of surface counts and of lengths."""

    norm: NDArray[np.float32]
    mark: NDArray[np.int64]
    sum: NDArray[np.float32]
    length: NDArray[np.float64]

    @classmethod
    def of(cls, norms: Mapping[str, NDArray[np.float32]], surface: Surface, layout: Layout) -> Page:
        """The arrays of a whole text; `norms` by kind of evidence."""
        n = len(surface.length)
        norm = np.zeros((len(KINDS), n, REACH + 1), np.float32)
        for kind, values in norms.items():
            norm[KINDS.index(kind)] = values
        f = surface
        mark = np.stack([f.end, f.begin, f.upper, layout.paragraph, layout.kind, f.scrap, f.cut], axis=1)
        counted = np.hstack([f.counts, f.nest])
        sums = np.vstack([np.zeros(counted.shape[1]), np.cumsum(counted, axis=0)])
        length = np.append(0.0, np.cumsum(f.length, dtype=np.float64))
        return cls(norm, mark.astype(np.int64), sums.astype(np.float32), length)

    def part(self, segments: range) -> Page:
        """A span's arrays; of sums, only differences mean something."""
        a, b = segments.start, segments.stop
        # norms of spans that reach beyond these, too: no bead inside asks for them
        norm = np.ascontiguousarray(self.norm[:, a:b])
        return Page(norm, self.mark[a:b], self.sum[a : b + 1], self.length[a : b + 1])


@dataclass
class Prepared:
    """A pair ready to be searched; `view(band)` gives the arrays for a band of nodes.

    `whole`: whether it is what the first path was sought in, not a part of that.
    """

    rows: dict[str, tuple[Rows, Rows]]
    norms: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    base: NDArray[np.float32]
    scale: NDArray[np.float32]
    unit: NDArray[np.float32]
    even: NDArray[np.float32]
    cover: Cover
    first: First
    best: tuple[NDArray[np.float32], NDArray[np.float32]]
    surfaces: tuple[Surface, Surface]
    pages: tuple[Page, Page]
    ratio: float
    spread: float
    paragraphs: bool
    whole: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.surfaces[0].length), len(self.surfaces[1].length)

    def band(self, radius: int | None) -> Band:
        """Nodes around the first path, or all of them for `None`."""
        n, m = self.shape
        return full(n, m) if radius is None else corridor(self.first.path, m, radius)

    def part(self, source: range, target: range) -> Prepared:
        """Two spans as a pair of their own, with this pair's calibration."""
        rows = {k: (_slice(s, source), _slice(t, target)) for k, (s, t) in self.rows.items()}
        return replace(
            self,
            rows=rows,
            norms={
                k: (s[source.start : source.stop], t[target.start : target.stop]) for k, (s, t) in self.norms.items()
            },
            cover=Cover(
                self.cover.source.part(source, target), self.cover.target.part(target, source), self.cover.usual
            ),
            best=(self.best[0][source.start : source.stop], self.best[1][target.start : target.stop]),
            surfaces=(self.surfaces[0].part(source), self.surfaces[1].part(target)),
            pages=(self.pages[0].part(source), self.pages[1].part(target)),
            whole=False,
        )

    def view(self, band: Band) -> View:
        """The arrays that `features.describe` reads, for beads inside `band`."""
        n, m = self.shape
        cells = band.cells(n, m, REACH + 1)
        products = np.zeros((len(KINDS), cells.size), np.float32)
        for number, (name, (s, t)) in enumerate(self.rows.items()):
            known = (self.first.cells, self.first.products[number]) if self.whole else None
            products[KINDS.index(name)] = product(s, t, cells, known)
        t_cover, s_cover = covered(self.cover, cells)
        source, target = self.pages
        return View(
            *cells,
            products,
            source.norm,
            target.norm,
            self.base,
            self.scale,
            self.unit,
            self.even,
            source.sum,
            target.sum,
            source.length,
            target.length,
            float(self.ratio),
            float(self.spread),
            source.mark,
            target.mark,
            *self.best,
            s_cover,
            t_cover,
            self.cover.source.mass,
            self.cover.target.mass,
            self.cover.usual,
            int(self.paragraphs),
        )


def _calibrate(
    kind: str,
    rows: tuple[Rows, Rows],
    norms: tuple[NDArray[np.float32], NDArray[np.float32]],
    pairs: NDArray[np.int64],
    weights: Weights,
) -> tuple[float, float, float]:
    """Likeness of strangers and of partners, and the product of partners, on the first path and beside it."""
    source, target = rows
    m = len(norms[1])
    base, partner = weights.base[kind], weights.partner[kind]
    usual = float(np.mean(norms[0][:, 1]) * np.mean(norms[1][:, 1])) or 1.0  # of two segments' norms
    if not len(pairs):
        return base, partner, partner * usual
    picked = pairs if len(pairs) <= 4000 else pairs[np.linspace(0, len(pairs) - 1, 4000).astype(int)]

    def likeness(columns: NDArray[np.int64]) -> NDArray[np.float64]:
        shared = pair_products(source, target, picked[:, 0], columns)
        norm = norms[0][picked[:, 0], 1] * norms[1][columns, 1]
        return np.where(norm > 0, shared / np.maximum(norm, 1e-9), np.nan).astype(np.float64)

    partners = likeness(picked[:, 1])
    partners = partners[np.isfinite(partners)]
    shift = np.where(np.arange(len(picked)) % 2, 7, -7)
    strangers = likeness(np.clip(picked[:, 1] + shift, 0, m - 1)) if m > 14 else np.zeros(0)
    strangers = strangers[np.isfinite(strangers)]
    if len(partners):
        partner = (_PRIOR * partner + len(partners) * float(np.median(partners))) / (_PRIOR + len(partners))
    if len(strangers):
        base = (_PRIOR * base + len(strangers) * float(strangers.mean())) / (_PRIOR + len(strangers))
    partner = max(partner, base + 0.02)
    return base, partner, partner * usual


def _lengths(surfaces: tuple[Surface, Surface], pairs: NDArray[np.int64]) -> tuple[float, float]:
    """Target characters a source character, and the variance of the difference a source character.

    These are Gale and Church's (1993) c and s², by medians over the pairs of the first path, most of which are right.
    """
    s, t = surfaces[0].length, surfaces[1].length
    ratio = float(t.sum() / max(s.sum(), 1.0)) or 1.0
    ratio = min(max(ratio, 0.1), 10.0)
    if len(pairs) < 10:
        return ratio, 6.8
    x, y = s[pairs[:, 0]].astype(np.float64), t[pairs[:, 1]].astype(np.float64)
    long = (x > 10) & (y > 3)
    if long.sum() >= 10:
        ratio = float(np.exp(np.median(np.log(y[long] / x[long]))))
    z = np.abs(x - y / ratio) / np.sqrt((x + y / ratio) / 2 + 4)
    spread = float((np.median(z) / 0.6745) ** 2)
    share = len(pairs) / (len(pairs) + 30)
    return ratio, min(max(share * spread + (1 - share) * 6.8, 1.0), 20.0)


def prepare(pair: Pair, evidence: Sequence[Evidence], layouts: tuple[Layout, Layout], weights: Weights) -> Prepared:
    """Gather the evidence, find a first path and calibrate."""
    surfaces = read_surface(pair.source), read_surface(pair.target)
    rows = {e.kind: e.represent(pair) for e in evidence}
    lengths = tuple(np.maximum(f.length, 1).astype(np.float64) for f in surfaces)
    norms = {k: (span_norms(s, REACH), span_norms(t, REACH)) for k, (s, t) in rows.items()}
    single = [(s[:, 1].copy(), t[:, 1].copy()) for s, t in norms.values()]
    first = first_path(list(rows.values()), single, [_COARSE[k] for k in rows], (lengths[0], lengths[1]))
    base = np.zeros(len(KINDS), np.float32)
    scale = np.zeros(len(KINDS), np.float32)
    unit = np.ones(len(KINDS), np.float32)
    for k in rows:
        at = KINDS.index(k)
        if k == "numbers":
            scale[at] = 1
            continue
        low, high, unit[at] = _calibrate(k, rows[k], norms[k], first.pairs, weights)
        base[at], scale[at] = low, 1 / (high - low)
    ratio, spread = _lengths(surfaces, first.pairs)
    totals = [f.counts.sum(axis=0) for f in surfaces]
    even = np.sqrt((totals[1] + 5) / (totals[0] + 5)).astype(np.float32)
    paragraphs = all(lay.known for lay in layouts)
    cover = prepare_cover(pair, evidence, first.pairs)
    text.forget()
    pages = [Page.of({k: v[i] for k, v in norms.items()}, surfaces[i], layouts[i]) for i in (0, 1)]
    return Prepared(
        rows, norms, base, scale, unit, even, cover, first, first.best, surfaces, (pages[0], pages[1]), ratio, spread,
        paragraphs,
    )  # fmt: skip
