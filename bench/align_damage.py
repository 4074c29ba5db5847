"""Gold texts with damage done to them, and the gold beads that then hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from align_data import Cache, Case

from bitext.align.gold import GoldBead
from bitext.align.prepare import Layout
from bitext.document import Document, Kind, Segment

__all__ = ["Derived", "damaged", "imagined"]


def _renumbered(case: Case, keep_source: list[int], keep_target: list[int]) -> Case:
    """The case with only some segments, in the order given; a segment may stand twice, its copy is in no bead."""
    s_new: dict[int, int] = {}
    t_new: dict[int, int] = {}
    extra: list[GoldBead] = []
    for new, old in enumerate(keep_source):
        if old in s_new:
            extra.append(((new,), ()))
        else:
            s_new[old] = new
    for new, old in enumerate(keep_target):
        if old in t_new:
            extra.append(((), (new,)))
        else:
            t_new[old] = new
    gold = [
        (tuple(sorted(s_new[i] for i in s if i in s_new)), tuple(sorted(t_new[j] for j in t if j in t_new)))
        for s, t in case.gold
    ]
    split: list[GoldBead] = []
    for s, t in gold:  # a bead with one side gone is so many lonely segments
        split += [(s, t)] if s and t else [((i,), ()) for i in s] + [((), (j,)) for j in t]

    def pick(lines: list[str], numbers: list[int]) -> list[str]:
        return [lines[i] for i in numbers]

    return Case(
        case.group, case.name, case.langs, pick(case.source, keep_source), pick(case.target, keep_target),
        [b for b in split + extra if b[0] or b[1]],
        {k: pick(v, keep_target) for k, v in case.back.items()},
        {k: pick(v, keep_source) for k, v in case.forward.items()},
    )  # fmt: skip


def imagined(case: Case, seed: int = 3, noise: float = 0.15) -> tuple[Layout, Layout]:
    """Paragraphs and headings for a text that has none: breaks where beads meet, some lost or added on either side."""
    draw = random.Random(f"{seed} {case.name}")
    breaks: tuple[set[int], set[int]] = (set(), set())
    headings: tuple[set[int], set[int]] = (set(), set())
    for s, t in case.gold:
        if s and t and draw.random() < 0.25:
            short = len(s) == len(t) == 1 and len(case.source[s[0]]) < 90
            for side, first in ((0, s[0]), (1, t[0])):
                if draw.random() > noise:
                    breaks[side].add(first)
                    if short and draw.random() > noise:
                        headings[side].add(first)
    layouts = []
    for side, texts in enumerate((case.source, case.target)):
        lost = {i for i in range(len(texts)) if draw.random() < noise * 0.25}
        number = np.cumsum([i in breaks[side] or i in lost for i in range(len(texts))])
        layouts.append(Layout(number.astype(np.int64), np.array([int(i in headings[side]) for i in range(len(texts))])))
    return layouts[0], layouts[1]


def _document(texts: list[str], layout: Layout) -> Document:
    segments, at = [], 0
    for text, paragraph, kind in zip(texts, layout.paragraph, layout.kind, strict=True):
        kinds = Kind.HEADING if kind else Kind.SENTENCE
        segments.append(Segment(text, at, at + len(text), kinds, int(paragraph)))
        at += len(text) + 1
    return Document("\n".join(texts), tuple(segments))


def damaged(case: Case, kind: str, seed: int = 1) -> Case:
    """A case with damage: `delete10`, `delete30` (either side), `swap` (two paragraphs), `double` (captions).

    `breaks` gives both texts (imagined) paragraphs and headings, `breaks lost` only the source.
    """
    if kind.startswith("breaks"):
        source, target = imagined(case)
        lost = Layout.flat(len(case.target))
        sides = _document(case.source, source), _document(case.target, lost if kind == "breaks lost" else target)
        return replace(case, documents=sides)
    draw = random.Random(f"{seed} {case.name} {kind}")
    source, target = list(range(len(case.source))), list(range(len(case.target)))  # type: ignore[assignment]
    if kind.startswith("delete"):
        share = int(kind.removeprefix("delete")) / 100
        source = [i for i in source if draw.random() >= share / 2]
        target = [j for j in target if draw.random() >= share / 2]
    elif kind == "swap":
        beads = [b for b in case.gold if b[0] and b[1]]
        size = min(6, len(beads) // 6)
        a = draw.randrange(len(beads) // 8, len(beads) // 3)
        b = draw.randrange(len(beads) // 2, len(beads) - size - 1)
        one = range(beads[a][1][0], beads[a + size - 1][1][-1] + 1)
        two = range(beads[b][1][0], beads[b + size - 1][1][-1] + 1)
        target = [*range(one.start), *two, *range(one.stop, two.start), *one, *range(two.stop, len(target))]
    elif kind == "double":
        short = [j for j in target if 10 <= len(case.target[j]) <= 60]
        twice = set(draw.sample(short, min(len(short), max(1, len(target) // 20))))
        target = [x for j in target for x in ([j, j] if j in twice else [j])]
    else:
        raise ValueError(kind)
    return _renumbered(case, source, target)


class Derived(Cache):
    """A cache that looks segments of a damaged text up one by one in what is known of the whole one."""

    def __init__(self, parent: Cache, whole: Case) -> None:
        super().__init__(parent.folder)
        self.parent, self.whole = parent, whole

    def _lines(self, table: Callable[[list[str]], Sequence[Any]], texts: Sequence[str]) -> list[Any]:
        known: dict[str, Any] = {}
        for side in (self.whole.source, self.whole.target):
            if set(texts) <= set(side):
                known |= dict(zip(side, table(side), strict=True))
        return [known[t] for t in texts]

    def vectors(self, texts: Sequence[str]) -> Any:
        return np.stack(self._lines(self.parent.vectors, texts))

    def translate(self, texts: Sequence[str], name: str = "fr-en") -> list[str]:
        return self._lines(self.parent.translate, texts)
