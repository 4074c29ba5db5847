"""The quality strip: the whole document in one small drawing, a unit of width a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitext.report.view import Row

__all__ = ["HEIGHT", "Strip", "build"]

HEIGHT = 40
_BARS = 24
_BANDS = ((0.5, "poor"), (0.8, "fair"), (float("inf"), "good"))
_TICKS = {"critical": 14, "major": 10, "minor": 6, "neutral": 3}


@dataclass(frozen=True)
class Strip:
    """SVG paths in a view box of `width` × `height`: bars above a base line, flag ticks below it."""

    width: int
    height: int
    base: int
    bars: tuple[tuple[str, str], ...]
    ticks: tuple[tuple[str, int, str], ...]
    gaps: str


def build(rows: Sequence[Row], values: Sequence[float | None], notes: Sequence[Sequence[Any]]) -> Strip:
    """Draw rows, their quality (0–1) and their numbered flags.

    A band's bars share one path, so 2,000 rows cost a few elements; each flag has its own, to be filtered.
    """
    bars: dict[str, list[str]] = {name: [] for _, name in _BANDS}
    ticks, gaps = [], []
    for x, (row, value, flags) in enumerate(zip(rows, values, notes, strict=True)):
        if row.alone:
            gaps.append(f"M{x}.1 {_BARS - 8}h.8v8h-.8z")
        elif value is not None:
            band = next(name for limit, name in _BANDS if value < limit)
            height = round(max(value, 0.04) * _BARS, 1)
            bars[band].append(f"M{x}.1 {_BARS}h.8v-{height:g}h-.8z")
        step = round(0.9 / max(len(flags), 1), 3)
        for i, note in enumerate(flags):
            left, tall = round(x + 0.05 + i * step, 3), _TICKS[note.flag.severity]
            ticks.append(
                (
                    str(note.flag.severity),
                    note.number,
                    f"M{left:g} {_BARS + 2}h{step * 0.9:.3g}v{tall}h-{step * 0.9:.3g}z",
                )
            )
    drawn = tuple((name, "".join(d)) for name, d in bars.items() if d)
    return Strip(max(len(rows), 1), HEIGHT, _BARS, drawn, tuple(ticks), "".join(gaps))
