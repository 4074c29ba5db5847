"""Align two texts: gather evidence, search, look for moved blocks, say how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitext.align import model
from bitext.align.band import Band
from bitext.align.beads import best_path, marginals
from bitext.align.evidence import Evidence, Form, LexiconEvidence, Numbers, Pair, Translated, Vectors
from bitext.align.features import NAMES, describe, score_nodes, shapes
from bitext.align.prepare import Layout, Prepared, prepare
from bitext.document import Bead, Document, Kind

__all__ = ["align"]

_SMALL = 40_000  # nodes that are searched without a corridor
_RADIUS = 8


def _layout(document: Document) -> Layout:
    kinds = {Kind.SENTENCE: 0, Kind.HEADING: 1}
    return Layout(
        np.array([s.paragraph for s in document], np.int64),
        np.array([kinds.get(s.kind, 2) for s in document], np.int64),
    )


def _same_language(source: Sequence[str], target: Sequence[str]) -> bool:
    """Whether the commonest words of both texts are the same, as they are only within one language."""
    from bitext.align.text import hashed

    s, t = hashed(source[:2000])[0], hashed(target[:2000])[0]
    x, y = (np.bincount(r.index, minlength=r.width).astype(np.float32) for r in (s, t))
    norm = float(np.linalg.norm(x) * np.linalg.norm(y))
    return norm > 0 and float(x @ y) / norm > 0.75


def gather(
    pair: Pair,
    source_translation: Sequence[str] | None,
    target_translation: Sequence[str] | None,
    lexicon: Any,
    encoder: Any,
) -> list[Evidence]:
    """The kinds of evidence that the arguments of `align` allow."""
    found: list[Evidence] = [Form(), Numbers()]
    if source_translation is None and target_translation is None:
        known = pair.source_lang and pair.target_lang
        same = pair.source_lang == pair.target_lang if known else _same_language(pair.source, pair.target)
        if same:
            target_translation = pair.target
    if source_translation is not None or target_translation is not None:
        found.append(Translated(target_translation, source_translation))
    if lexicon is not None:
        found.append(LexiconEvidence(lexicon))
    if encoder is not None:
        found.append(Vectors(encoder.encode(pair.source), encoder.encode(pair.target)))
    return found


def _search(
    ready: Prepared, weights: NDArray[np.float32], shape: NDArray[np.int64], exact: bool
) -> tuple[Band, list[tuple[int, int, int, int]], NDArray[np.float32], Any]:
    """The best path; the corridor is widened until the path keeps clear of its edges."""
    n, m = ready.shape
    radius: int | None = None if exact or (n + 1) * (m + 1) <= _SMALL else _RADIUS
    while True:
        band = ready.band(radius)
        view = ready.view(band)
        score = np.empty((band.size, len(shape)), np.float32)
        score_nodes(view, *band, shape, weights, score)
        path, _ = best_path(band, shape, score)
        if radius is None or _clear(path, band, m):
            return band, path, score, view
        radius = 2 * radius
        if radius >= max(n, m):
            radius = None


def _clear(path: list[tuple[int, int, int, int]], band: Band, targets: int, margin: int = 3) -> bool:
    """Whether the path stays `margin` nodes off the edges of the band, where these are not the document's."""
    ends = np.array([(s1, t1) for _, s1, _, t1 in path])
    i, j = ends[:, 0], ends[:, 1]
    low, high = band.low[i], band.high[i]
    left = (j - low >= margin) | (low == 0)
    right = (high - 1 - j >= margin) | (high == targets + 1)
    return bool(np.all(left & right))


def align(
    source: Document | Sequence[str],
    target: Document | Sequence[str],
    *,
    source_translation: Sequence[str] | None = None,
    target_translation: Sequence[str] | None = None,
    lexicon: Any = None,
    encoder: Any = None,
    max_bead: int = 6,
    explain: bool = False,
    exact: bool = False,
) -> tuple[Bead, ...]:
    """Align the segments of two texts."""
    pair = Pair(
        source.texts if isinstance(source, Document) else list(source),
        target.texts if isinstance(target, Document) else list(target),
        source.lang if isinstance(source, Document) else "",
        target.lang if isinstance(target, Document) else "",
    )
    n, m = len(pair.source), len(pair.target)
    if not n or not m:
        lonely = [Bead(range(i, i + 1), range(0, 0)) for i in range(n)]
        return tuple(lonely + [Bead(range(0, 0), range(j, j + 1)) for j in range(m)])
    evidence = gather(pair, source_translation, target_translation, lexicon, encoder)
    weights = model.load(model.combination({e.kind for e in evidence}))
    layouts = (
        _layout(source) if isinstance(source, Document) else Layout.flat(n),
        _layout(target) if isinstance(target, Document) else Layout.flat(m),
    )
    ready = prepare(pair, evidence, layouts, weights)
    shape = shapes(max_bead)
    band, path, score, view = _search(ready, weights.values, shape, exact)
    posterior, _ = marginals(band, shape, score)
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(shape)}
    beads = []
    x = np.zeros(len(NAMES), np.float32)
    for s0, s1, t0, t1 in path:
        node, k = band.at[s1] + t1 - band.low[s1], index[s1 - s0, t1 - t0]
        why: tuple[tuple[str, float], ...] = ()
        if explain:
            describe(view, s0, t0, s1 - s0, t1 - t0, x)
            groups: dict[str, float] = {}
            for name, value in zip(NAMES, x * weights.values, strict=True):
                groups[name.split(".")[0]] = groups.get(name.split(".")[0], 0.0) + float(value)
            why = tuple((g, round(v, 3)) for g, v in groups.items() if v)
        beads.append(
            Bead(range(s0, s1), range(t0, t1), float(score[node, k]), float(posterior[node, k]), False, why)
        )
    return tuple(beads)
