"""Segments that an aligner left apart or paired with strangers, paired by the words that they share.

For two texts in one language only: what corresponds then shares most of its words, wherever it stands. An aligner
that expects the order to be kept pairs blocks that changed places with what stands beside them, or leaves them out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from bitext.document import Bead

__all__ = ["pair_strays"]

_WORD = re.compile(r"\w+")
_STRANGERS = 0.25  # sides of a bead that share less are looked at again
_PARTNERS = 0.35  # segments that share at least this, and nothing more with any other, are paired
_EXCESS = 0.12  # a segment at the end of a bead of which less stands on the other side is taken out
_SPREAD = 50  # words that stand in more segments than this do not propose pairs

Words = frozenset[str]


class _Texts:
    """Both texts as sets of words, each word weighing more the fewer segments it stands in."""

    def __init__(self, reference: Sequence[str], hypothesis: Sequence[str]) -> None:
        self.sides = tuple([frozenset(_WORD.findall(t.lower())) for t in side] for side in (reference, hypothesis))
        counts = Counter(w for side in self.sides for words in side for w in words)
        n = sum(map(len, self.sides)) + 1
        self.weights = {w: log(n / c) for w, c in counts.items()}
        self.counts = counts

    def words(self, side: int, segments: Iterable[int]) -> Words:
        return frozenset().union(*(self.sides[side][i] for i in segments))

    def weight(self, words: Iterable[str]) -> float:
        return sum(self.weights[w] for w in words)

    def alike(self, a: Words, b: Words) -> float:
        """Dice's coefficient of the weights, 0–1."""
        both = self.weight(a) + self.weight(b)
        return 2 * self.weight(a & b) / both if both else 0.0

    def of(self, source: range, target: range) -> float:
        return self.alike(self.words(0, source), self.words(1, target))

    def inside(self, side: int, segment: int, others: range) -> float:
        """How much of a segment stands on the other side."""
        mine = self.sides[side][segment]
        whole = self.weight(mine)
        return self.weight(mine & self.words(1 - side, others)) / whole if whole else 1.0


def pair_strays(beads: Sequence[Bead], reference: Sequence[str], hypothesis: Sequence[str]) -> tuple[Bead, ...]:
    """The beads, with new ones (`moved`) for segments without a partner, or with a poor one, that have a good one.

    Args:
        beads: cover both sides once each.
        reference, hypothesis: the segments' texts: the beads' source and target.

    Returns:
        Beads that cover both sides once each, in the order of the reference.
    """
    texts = _Texts(reference, hypothesis)
    beads = [part for bead in beads for part in _trimmed(bead, texts)]
    loose = [b for b in beads if not b.source or not b.target or texts.of(b.source, b.target) < _STRANGERS]
    free = {i for b in loose for i in b.source}, {j for b in loose for j in b.target}
    found = _partners(texts, free)
    if not found:
        return tuple(beads)
    taken = {i for s, _ in found for i in s}, {j for _, t in found for j in t}
    kept: list[Bead] = []
    for bead in beads:
        if taken[0].isdisjoint(bead.source) and taken[1].isdisjoint(bead.target):
            kept.append(bead)
            continue
        s, t = bead.source.start, bead.target.start
        kept += [Bead(range(i, i + 1), range(t, t)) for i in set(bead.source) - taken[0]]
        kept += [Bead(range(s, s), range(j, j + 1)) for j in set(bead.target) - taken[1]]
    kept += [Bead(s, t, texts.of(s, t), moved=True) for s, t in found]
    return tuple(sorted(kept, key=lambda b: (b.source.start, b.target.start)))


def _trimmed(bead: Bead, texts: _Texts) -> list[Bead]:
    """A bead of several segments on a side without those at its ends of which nothing stands on the other."""
    s, t = bead.source, bead.target
    if not s or not t or len(s) == len(t) == 1:
        return [bead]
    before: list[Bead] = []
    after: list[Bead] = []
    while len(s) > 1 and texts.inside(0, s[0], t) < _EXCESS:
        before.append(Bead(s[:1], range(t.start, t.start)))
        s = s[1:]
    while len(s) > 1 and texts.inside(0, s[-1], t) < _EXCESS:
        after.append(Bead(s[-1:], range(t.stop, t.stop)))
        s = s[:-1]
    while len(t) > 1 and texts.inside(1, t[0], s) < _EXCESS:
        before.append(Bead(range(s.start, s.start), t[:1]))
        t = t[1:]
    while len(t) > 1 and texts.inside(1, t[-1], s) < _EXCESS:
        after.append(Bead(range(s.stop, s.stop), t[-1:]))
        t = t[:-1]
    if not before and not after:
        return [bead]
    return [*before, Bead(s, t, bead.score, bead.confidence, bead.moved), *reversed(after)]


def _partners(texts: _Texts, free: tuple[set[int], set[int]]) -> list[tuple[range, range]]:
    """Free segments that are each other's best, with the free ones beside them that make them more alike."""
    where: dict[str, list[int]] = {}
    for j in sorted(free[1]):
        for w in texts.sides[1][j]:
            where.setdefault(w, []).append(j)
    best: tuple[dict[int, tuple[float, int]], dict[int, tuple[float, int]]] = ({}, {})
    for i in sorted(free[0]):
        near = {j for w in texts.sides[0][i] if len(where.get(w, ())) <= _SPREAD for j in where.get(w, ())}
        for j in sorted(near):
            value = texts.alike(texts.sides[0][i], texts.sides[1][j])
            best[0][i] = max(best[0].get(i, (0.0, -1)), (value, j))
            best[1][j] = max(best[1].get(j, (0.0, -1)), (value, i))
    hits = sorted(((v, i, j) for i, (v, j) in best[0].items() if v >= _PARTNERS and best[1][j][1] == i), reverse=True)
    heads = {i for _, i, _ in hits}, {j for _, _, j in hits}  # a partner of its own is nobody's neighbour
    left = free[0] - heads[0], free[1] - heads[1]
    return [_grown(texts, range(i, i + 1), range(j, j + 1), left) for _, i, j in hits]


def _grown(texts: _Texts, s: range, t: range, left: tuple[set[int], set[int]]) -> tuple[range, range]:
    value = texts.of(s, t)
    while True:
        options = []
        for wider, side, new in (
            (range(s.start - 1, s.stop), 0, s.start - 1),
            (range(s.start, s.stop + 1), 0, s.stop),
            (range(t.start - 1, t.stop), 1, t.start - 1),
            (range(t.start, t.stop + 1), 1, t.stop),
        ):
            if new in left[side]:
                pair = (wider, t) if side == 0 else (s, wider)
                options.append((texts.of(*pair), side, new, pair))
        if not options or (best := max(options, key=lambda o: o[0]))[0] <= value:
            return s, t
        value, side, new, (s, t) = best
        left[side].discard(new)
