"""Aligning rows again: which segments are free to be aligned anew, and the beads that the aligner finds for them.

What a person fixed or checked stays and cuts the rest into stretches, each aligned by itself: a stretch and what is
found for it depend on nothing else, so they can be worked out in another process (`bitext.review.work`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitext.document import Document
from bitext.review.actions import Refused, alignable, bead_named
from bitext.review.state import State

__all__ = ["Place", "Plan", "Stretch", "find", "place_of", "plan_from"]

Place = tuple[str, int]
"""A side (`source` or `target`) and a segment of it: a row by what it holds, whatever its bead is by now."""

Cells = list[dict[str, Any]]
"""Values of cells of beads, as `bitext.review.actions.replace_beads` takes them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Segments between two anchors, of both sides, and the back-translations of the target's (none: not known)."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    backs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be aligned again. Two plans that are equal have the same answer.

    Attributes:
        old: the cells of the beads that are free.
        kept: how many beads from the place on are anchors.
        stretches: what the free beads hold, cut at the anchors.
    """

    old: tuple[str, ...]
    kept: int
    stretches: tuple[Stretch, ...]


def place_of(state: State, values: Mapping[str, Any]) -> Place:
    """Where the row is that a request names.

    Raises:
        Refused: there is no such row, or no alignment that could be wrong.
    """
    alignable(state)
    bead = state.bead(bead_named(state, values))
    return ("target", bead.target[0]) if bead.target else ("source", bead.source[0])


def plan_from(state: State, place: Place) -> Plan:
    """Which beads from a place on are aligned again: all but those a person fixed or checked, the anchors.

    Raises:
        Refused: there is nothing to align.
    """
    base = state.base
    assert base.source is not None
    order = state.order()
    here = order[order.index(state.owner[place]) :]
    anchors = [k for k in here if state.cells[k].get("fixed") or state.checked(k)]
    kept = set(anchors)
    old = [k for k in here if k not in kept]
    if not old:
        raise Refused("Every row from here on is fixed or checked.")
    free_s = sorted(i for k in old for i in state.bead(k).source)
    free_t = sorted(j for k in old for j in state.bead(k).target)
    known = all(state.translation(j) is not None for j in range(len(base.target)))
    stretches = []
    s0 = t0 = 0
    for s1, t1 in [*_chain([state.bead(k) for k in anchors]), (len(base.source), len(base.target))]:
        s = tuple(free_s[bisect_left(free_s, s0) : bisect_left(free_s, s1)])
        t = tuple(free_t[bisect_left(free_t, t0) : bisect_left(free_t, t1)])
        if s or t:
            backs = tuple(b.text for j in t if (b := state.translation(j)) is not None) if known else ()
            stretches.append(Stretch(s, t, backs))
        s0, t0 = s1, t1
    return Plan(tuple(old), len(anchors), tuple(stretches))


def find(source: Document, target: Document, stretches: Sequence[Stretch], lexicon: Any) -> list[Cells]:
    """The beads of each stretch, found by the aligner, as values of cells."""
    from bitext.align import align

    out = []
    for stretch in stretches:
        s, t = stretch.source, stretch.target
        cells: Cells = []
        for bead in align(
            _part(source, s), _part(target, t), target_translation=list(stretch.backs) or None, lexicon=lexicon
        ):
            for a, b in _runs([s[i] for i in bead.source], [t[j] for j in bead.target]):
                cells.append(
                    {
                        "source": [a.start, a.stop],
                        "target": [b.start, b.stop],
                        "score": bead.score if a and b else 0.0,
                        "confidence": bead.confidence,
                        "evidence": [list(e) for e in bead.evidence],
                    }
                )
        out.append(cells)
    return out


def _chain(anchors: list[Any]) -> list[tuple[int, int]]:
    """Ends (source, target) to cut at, from the anchors that follow each other on both sides: before and after each."""
    both = sorted((b for b in anchors if b.source and b.target), key=lambda b: b.target.start)
    ends: list[int] = []  # longest increasing chain: by length, the end in the source of the chain that ends soonest
    last: list[int] = []
    previous: list[int | None] = []
    for n, b in enumerate(both):
        k = bisect_right(ends, b.source.start)
        previous.append(last[k - 1] if k else None)
        if k == len(ends):
            ends.append(b.source.stop)
            last.append(n)
        elif b.source.stop < ends[k]:
            ends[k], last[k] = b.source.stop, n
    chain: list[Any] = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(both[at])
        at = previous[at]
    return [cut for b in reversed(chain) for cut in ((b.source.start, b.target.start), (b.source.stop, b.target.stop))]


def _part(document: Document, segments: Sequence[int]) -> Document:
    """The document with some of its segments only."""
    return Document(document.text, tuple(document.segments[i] for i in segments), document.lang, document.name)


def _runs(source: Sequence[int], target: Sequence[int]) -> list[tuple[range, range]]:
    """A bead over segments with holes as beads over ranges: the longest runs belong together, others stand alone."""
    sides = []
    for segments in (source, target):
        runs: list[range] = []
        for i in segments:
            if runs and runs[-1].stop == i:
                runs[-1] = range(runs[-1].start, i + 1)
            else:
                runs.append(range(i, i + 1))
        sides.append(sorted(runs, key=len, reverse=True))
    s, t = sides
    if s and t:
        return [(s[0], t[0]), *((r, range(0)) for r in s[1:]), *((range(0), r) for r in t[1:])]
    return [*((r, range(0)) for r in s), *((range(0), r) for r in t)]
