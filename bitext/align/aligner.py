"""Align two texts: gather evidence, search, look for moved blocks, say how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitext.align import model
from bitext.align.band import Band, full, widened
from bitext.align.beads import best_path, probabilities
from bitext.align.confidence import confidence, predictors
from bitext.align.evidence import Evidence, Form, Numbers, Pair, Translated, Vectors
from bitext.align.features import described, likenesses
from bitext.align.lexical import LexiconEvidence
from bitext.align.missing import Words, rarity, shift, with_words
from bitext.align.model import Weights
from bitext.align.moved import moved_blocks
from bitext.align.names import NAMES, REACH, View, shapes
from bitext.align.prepare import Layout, Prepared, prepare
from bitext.align.scoring import score_band
from bitext.document import Bead, Document, Kind
from bitext.errors import InputError

__all__ = ["align"]

_SMALL = 10_000  # nodes that are searched without a corridor
_WIDEN = 8  # rows and columns by which a corridor that was too narrow is widened
_STRANGERS = 0.25  # likeness below which the sides of a bead may belong elsewhere
_INNER = 6.0  # nats behind the best at its node at which a bead is given up
_AROUND = 16.0  # nats behind the best at which a path is given up: twice what the right one ever was when drafted
_SLACK = (30.0, 40.0)  # likewise of the way to a node, with and without words to compare


def _layout(document: Document) -> Layout:
    kinds = {Kind.SENTENCE: 0, Kind.HEADING: 1}
    return Layout(
        np.array([s.paragraph for s in document], np.int64),
        np.array([kinds.get(s.kind, 2) for s in document], np.int64),
    )


def _same_language(source: Sequence[str], target: Sequence[str]) -> bool:
    """Whether the commonest words of both texts are the same, as they are only within one language."""
    from bitext.align.text import compact, hashed

    s, t = compact(hashed(source[:2000])[0], hashed(target[:2000])[0])
    x, y = (np.bincount(r.column, minlength=r.width).astype(np.float32) for r in (s, t))
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
        vectors = [np.asarray(encoder.encode(x), np.float32) for x in (pair.source, pair.target)]
        sizes = len(pair.source), len(pair.target)
        if any(v.ndim != 2 or len(v) != n for v, n in zip(vectors, sizes, strict=True)):
            shapes_ = " and ".join(str(v.shape) for v in vectors)
            raise InputError(f"the encoder gave arrays of shape {shapes_} for {sizes[0]} and {sizes[1]} segments")
        found.append(Vectors(vectors[0], vectors[1]))
    return found


class _Search(NamedTuple):
    """What the monotone pass found, and in what."""

    band: Band
    view: View
    shape: NDArray[np.int64]
    score: NDArray[np.float32]
    path: list[tuple[int, int, int, int]]
    rarer: float = 0.0
    """Part of the score of every segment with words left alone: how much rarer than usual these are here."""

    def beads(self, weights: Weights, explain: bool) -> list[Bead]:
        """The path as beads with scores, confidence and, if asked for, evidence."""
        posterior = probabilities(self.band, self.shape, self.score, self.path, weights.run)
        index = {(int(a), int(b)): k for k, (a, b) in enumerate(self.shape)}
        path = np.array(self.path)
        node = self.band.at[path[:, 1]] + path[:, 3] - self.band.low[path[:, 1]]
        sizes = np.stack([path[:, 1] - path[:, 0], path[:, 3] - path[:, 2]], axis=1)
        kind = np.array([index[int(a), int(b)] for a, b in sizes])
        null = sizes == 0
        on = np.append(False, (null[1:] & null[:-1]).any(axis=1))  # goes on with a gap
        score = self.score[node, kind].astype(np.float64) + weights.run * on
        more = weights.run * on
        if self.rarer:
            words = with_words(self.view)
            more = more + self.rarer * np.array([_alone(p, words) for p in self.path])
        sure = confidence(predictors(posterior, score, sizes), weights.calibration)
        return [
            Bead(
                range(s0, s1),
                range(t0, t1),
                round(float(value), 4),
                round(float(p), 4),
                False,
                _evidence(self.view, weights, range(s0, s1), range(t0, t1), added) if explain else (),
            )
            for (s0, s1, t0, t1), value, p, added in zip(self.path, score, sure, more.tolist(), strict=True)
        ]


def _evidence(
    view: View, weights: Weights, source: range, target: range, of_gap: float = 0.0
) -> tuple[tuple[str, float], ...]:
    """What a bead's score is the sum of, by group of features, the weightiest first; `of_gap` is no feature's."""
    x = described(view, source, target)
    groups: dict[str, float] = {"null": of_gap}
    for name, value in zip(NAMES, x * weights.values, strict=True):
        group = name.split(".")[0]
        groups[group] = groups.get(group, 0.0) + float(value)
    found = [(g, round(v, 3)) for g, v in groups.items() if abs(v) >= 5e-4]
    return tuple(sorted(found, key=lambda x: -abs(x[1])))


def _alone(bead: tuple[int, int, int, int], words: Words) -> bool:
    """Whether a bead is one segment with words left alone."""
    s0, s1, t0, t1 = bead
    return bool((t0 == t1 and words[0][s0]) or (s0 == s1 and words[1][t0]))


def _without_repeats(search: _Search, pair: Pair) -> _Search:
    """The path, a segment that repeats the one before (a caption set twice) taken out of a bead it ends or starts."""
    if not any(a == b for x in (pair.source, pair.target) for a, b in pairwise(x)):
        return search
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(search.shape)}
    band = search.band

    def possible(s0: int, s1: int, t0: int, t1: int) -> bool:
        if not band.low[s1] <= t1 < band.high[s1]:
            return False
        if not band.low[s0] <= t0 < band.high[s0]:
            return False
        node = band.at[s1] + t1 - band.low[s1]
        return bool(np.isfinite(search.score[node, index[s1 - s0, t1 - t0]]))

    def repeats(texts: Sequence[str], a: int, b: int) -> bool:
        return b - a > 1 and texts[b - 1] == texts[b - 2] and len(texts[b - 1]) > 3

    def again(texts: Sequence[str], a: int) -> bool:
        return a > 0 and texts[a] == texts[a - 1] and len(texts[a]) > 3

    path: list[tuple[int, int, int, int]] = []
    for s0, s1, t0, t1 in search.path:
        in_s, in_t = repeats(pair.source, s0, s1), repeats(pair.target, t0, t1)
        parts = [(s0, s1, t0, t1)]
        if in_t and not in_s and s0 < s1:
            parts = [(s0, s1, t0, t1 - 1), (s1, s1, t1 - 1, t1)]
        elif in_s and not in_t and t0 < t1:
            parts = [(s0, s1 - 1, t0, t1), (s1 - 1, s1, t1, t1)]
        elif t1 - t0 > 1 and s0 < s1 and again(pair.target, t0) and not again(pair.source, s0):
            parts = [(s0, s0, t0, t0 + 1), (s0, s1, t0 + 1, t1)]
        elif s1 - s0 > 1 and t0 < t1 and again(pair.source, s0) and not again(pair.target, t0):
            parts = [(s0, s0 + 1, t0, t0), (s0 + 1, s1, t0, t1)]
        path += parts if all(possible(*p) for p in parts) else [(s0, s1, t0, t1)]
    for k in range(len(path) - 1):  # of a segment set twice, the first has the partner: both are equally likely
        (a, b, c, d), (_, s1, _, t1) = path[k : k + 2]
        parts = []
        if a == b and d - c == 1 and s1 > a and t1 - d == 1 and pair.target[c] == pair.target[d]:
            parts = [(a, s1, c, d), (s1, s1, d, t1)]
        elif c == d and b - a == 1 and t1 > c and s1 - b == 1 and pair.source[a] == pair.source[b]:
            parts = [(a, b, c, t1), (b, s1, t1, t1)]
        if parts and all(possible(*p) for p in parts):
            path[k : k + 2] = parts
    return search._replace(path=path)


def _search(ready: Prepared, weights: Weights, shape: NDArray[np.int64], exact: bool) -> _Search:
    """The best path; the corridor is widened where the path runs along its edges, until it does so nowhere."""
    n, m = ready.shape
    band = full(n, m) if exact or (n + 1) * (m + 1) <= _SMALL else ready.first.near
    comparable = "lexicon" in ready.rows or "translation" in ready.rows
    slack = (np.inf,) * 3 if exact else (_SLACK[0 if comparable else 1], _INNER, _AROUND)
    while True:
        view = ready.view(band)
        score = score_band(view, band, shape, weights.values, weights.run, *slack)
        path, _ = best_path(band, shape, score, weights.run)
        words = with_words(view)
        rarer = weights.missing * rarity(path, words)
        if rarer:
            shift(score, band, words, rarer)
            path, _ = best_path(band, shape, score, weights.run)
        edge = _edges(path, band, m)
        if not edge.any():
            return _Search(band, view, shape, score, path, rarer)
        band = widened(band, edge, _WIDEN, _WIDEN)


def _with_moved(
    ready: Prepared, search: _Search, beads: list[Bead], weights: Weights, explain: bool
) -> tuple[Bead, ...]:
    """The beads, those of moved blocks in place of the lonely or ill-matched segments that they are made of."""
    weak = likenesses(search.view, search.path) < _STRANGERS
    loose = [b for b, w in zip(beads, weak, strict=True) if w or not b.source or not b.target]
    free = (
        np.array([i for b in loose for i in b.source], np.int64),
        np.array(sorted(j for b in loose for j in b.target), np.int64),
    )
    found = moved_blocks(ready, free, weights, search.shape)
    on_path = {(b.source, b.target) for b in beads}
    found = [f for f in found if (range(f[0], f[1]), range(f[2], f[3])) not in on_path]
    taken_s = {i for s0, s1, _, _, _ in found for i in range(s0, s1)}
    taken_t = {j for _, _, t0, t1, _ in found for j in range(t0, t1)}
    if not found:
        return tuple(beads)

    def made(source: range, target: range, is_moved: bool) -> Bead:
        # not on the path, so the path's probability says nothing: what the score alone is worth
        part = ready.part(source, target)
        view = part.view(part.band(None))
        whole = range(len(source)), range(len(target))
        score = float(described(view, *whole) @ weights.values)
        row = predictors(np.array([0.5]), np.array([score]), np.array([[len(source), len(target)]]))
        row[0, 1] = score / 4 if is_moved else 0.0
        sure = float(confidence(row, weights.calibration)[0])
        why = _evidence(view, weights, *whole) if explain else ()
        return Bead(source, target, round(score, 4), round(sure, 4), is_moved, why)

    out: list[Bead] = []
    for b in beads:
        if taken_s.isdisjoint(b.source) and taken_t.isdisjoint(b.target):
            out.append(b)
            continue
        out += [made(range(i, i + 1), range(0, 0), False) for i in b.source if i not in taken_s]
        out += [made(range(0, 0), range(j, j + 1), False) for j in b.target if j not in taken_t]
    out += [made(range(s0, s1), range(t0, t1), True) for s0, s1, t0, t1, _ in found]
    return tuple(_in_order(out))


def _in_order(beads: list[Bead]) -> list[Bead]:
    """By source; a bead without source stands where its target neighbours on the path do."""
    monotone = [b for b in beads if not b.moved]
    out: list[Bead] = []
    waiting = sorted((b for b in beads if b.moved), key=lambda b: b.source.start)
    for b in monotone:
        while waiting and b.source and waiting[0].source.start < b.source.start:
            out.append(waiting.pop(0))
        out.append(b)
    return out + waiting


def _edges(path: list[tuple[int, int, int, int]], band: Band, targets: int) -> NDArray[np.bool_]:
    """Rows of the band where the path touches an edge that is not the document's."""
    ends = np.array([(s1, t1) for _, s1, _, t1 in path])
    i, j = ends[:, 0], ends[:, 1]
    low, high = band.low[i], band.high[i]
    touched = ((j == low) & (low > 0)) | ((j == high - 1) & (high <= targets))
    out = np.zeros(len(band.low), bool)
    out[i[touched]] = True
    return out


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
    moved: bool = True,
) -> tuple[Bead, ...]:
    """Align the segments of two texts with whatever evidence there is.

    Args:
        source, target: documents, or lists of segments. With documents, paragraphs and headings are evidence too.
        source_translation: each source segment in the target's language.
        target_translation: each target segment in the source's language (the back-translation). Several systems'
            translations of a segment may stand side by side in one string.
        lexicon: a `bitext.lexicon.Lexicon` for the two languages, in either direction.
        encoder: an `Encoder` of sentence vectors.
        max_bead: most segments in a bead, both sides together; 2 to 10.
        explain: give each bead its `evidence`.
        exact: search the whole matrix (slow for long texts; the corridor finds the same path on all we have tried).
        moved: look for blocks that stand elsewhere in the other text.

    Returns:
        Beads that cover both sides once each, in the order of the source. `score` is log-linear: above 0, more likely
        a bead than not; `confidence` is the probability that a bead is exactly right (least to be relied on with
        translations of both texts: see `confidence`).
        Two texts of one language need no other evidence: each is the other's translation.

    Raises:
        InputError: a translation has not one text a segment, the vectors are not one a segment, `max_bead` is out of
            range, or the lexicon is of other languages.
    """
    if not 2 <= max_bead <= 2 * REACH:
        raise InputError(f"max_bead is {max_bead}", mend=f"choose 2 to {2 * REACH}")
    pair = Pair(
        source.texts if isinstance(source, Document) else list(source),
        target.texts if isinstance(target, Document) else list(target),
        source.lang if isinstance(source, Document) else "",
        target.lang if isinstance(target, Document) else "",
    )
    n, m = len(pair.source), len(pair.target)
    for name, texts, size in (
        ("source_translation", source_translation, n),
        ("target_translation", target_translation, m),
    ):
        if texts is not None and len(texts) != size:
            raise InputError(f"{name} has {len(texts)} texts for {size} segments", mend="translate segment by segment")
    if not n or not m:
        lonely = [Bead(range(i, i + 1), range(0, 0)) for i in range(n)]
        return tuple(lonely + [Bead(range(0, 0), range(j, j + 1)) for j in range(m)])
    evidence = gather(pair, source_translation, target_translation, lexicon, encoder)
    both_ways = source_translation is not None and target_translation is not None
    weights = model.load(model.combination({e.kind for e in evidence}, both_ways))
    layouts = (
        _layout(source) if isinstance(source, Document) else Layout.flat(n),
        _layout(target) if isinstance(target, Document) else Layout.flat(m),
    )
    ready = prepare(pair, evidence, layouts, weights)
    shape = shapes(max_bead)
    search = _without_repeats(_search(ready, weights, shape, exact), pair)
    beads = search.beads(weights, explain)
    return _with_moved(ready, search, beads, weights, explain) if moved else tuple(beads)
