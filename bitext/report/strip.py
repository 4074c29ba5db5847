"""The quality strip: the whole document in one small drawing, a unit of width a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitext.report.view import Measure, Row, ranks

__all__ = ["HEIGHT", "Strip", "build"]

HEIGHT = 40
_BARS = 24
_TICKS = {"critical": 14, "major": 10, "minor": 6, "neutral": 3}


@dataclass(frozen=True)
class Strip:
    """SVG paths in a view box of `width` × `height`: bars above a base line, flag ticks below it.

    A few long paths instead of an element a row, so that it costs nothing to paint. `ticks` are (severity, the
    flags' numbers, path); the path has one closed subpath a flag, in that order, for the page to filter.
    """

    width: int
    height: int
    base: int
    bars: tuple[tuple[str, str], ...]
    ticks: tuple[tuple[str, list[int], str], ...]
    gaps: str


def build(rows: Sequence[Row], measure: Measure, notes: Sequence[Sequence[Any]]) -> Strip:
    """Draw rows, their figures (0–1; the lowest quarter of those that judge stands out) and their numbered flags."""
    bars: dict[str, list[str]] = {"low": [], "plain": []}
    rank = ranks(measure.values) if measure.judges else [None] * len(rows)
    ticks: dict[str, list[tuple[int, str]]] = {name: [] for name in _TICKS}
    gaps = []
    for x, (row, value, flags) in enumerate(zip(rows, measure.values, notes, strict=True)):
        if row.alone:
            gaps.append(f"M{x}.1 {_BARS - 8}h.8v8h-.8z")
        elif value is not None:
            height = round(max(value, 0.04) * _BARS, 1)
            found = rank[x]
            bars["low" if found is not None and found[1] else "plain"].append(f"M{x}.1 {_BARS}h.8v-{height:g}h-.8z")
        step = round(0.9 / max(len(flags), 1), 3)
        for i, note in enumerate(flags):
            left, wide, tall = x + 0.05 + i * step, step * 0.9, _TICKS[note.flag.severity]
            path = f"M{left:.3f} {_BARS + 2}h{wide:.3g}v{tall}h-{wide:.3g}z"
            ticks[note.flag.severity].append((note.number, path))
    drawn = tuple((name, "".join(d)) for name, d in bars.items() if d)
    marks = tuple((name, [n for n, _ in of], "".join(d for _, d in of)) for name, of in ticks.items() if of)
    return Strip(max(len(rows), 1), HEIGHT, _BARS, drawn, marks, "".join(gaps))
