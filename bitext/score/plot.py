"""Drawings of a scored text as SVG: chrF by segment, and by bucket. No style sheet, no script, any text escaped.

Colours are `currentColor` with opacities, so that a drawing fits a light or a dark page; a file of its own
(`standalone`) is black on white.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bitext.score.views import Bucket, View

__all__ = ["draw", "draw_buckets", "draw_segments"]

_WIDTH, _LINE, _LABEL, _FIGURES = 720, 20, 190, 130
_HEIGHT = 120


def draw(view: View, *, standalone: bool = False) -> str:
    """Both drawings, one below the other."""
    segments, buckets = draw_segments(view.chrf), draw_buckets(view.buckets)
    if not standalone:
        return segments + buckets
    heights = [_HEIGHT + 3 * _LINE, _buckets_height(view.buckets)]
    inner = segments + buckets.replace("<svg ", f'<svg y="{heights[0]}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{sum(heights)}" color="#000">'
        f'<rect width="100%" height="100%" fill="#fff"/>{inner}</svg>\n'
    )


def _svg(height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" font-family="sans-serif" font-size="12" fill="currentColor"><title>{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )


def draw_segments(chrf: Sequence[float]) -> str:
    """A bar a segment, in document order; the line is their mean."""
    n = len(chrf)
    left, room = 30, _WIDTH - 40
    step = room / max(n, 1)

    def at(value: float) -> float:
        return _LINE + _HEIGHT * (1 - max(0.0, min(100.0, value)) / 100)

    path = "".join(
        f"M{left + i * step:.2f} {_LINE + _HEIGHT}V{at(v):.1f}h{step * 0.85:.2f}V{_LINE + _HEIGHT}z"
        for i, v in enumerate(chrf)
    )
    parts = [f'<text x="{left}" y="13">chrF by segment</text>', f'<path d="{path}" fill-opacity=".55"/>']
    for mark in (0, 50, 100):
        parts.append(f'<text x="{left - 6}" y="{at(mark) + 4:.0f}" text-anchor="end" font-size="10">{mark}</text>')
        parts.append(f'<path d="M{left} {at(mark):.1f}h{room}" stroke="currentColor" stroke-opacity=".2"/>')
    foot = _LINE + _HEIGHT + 14
    parts.append(f'<text x="{left}" y="{foot}" font-size="10">first segment</text>')
    parts.append(f'<text x="{left + room}" y="{foot}" text-anchor="end" font-size="10">last segment</text>')
    if n:
        mean = sum(chrf) / n
        parts.append(f'<path d="M{left} {at(mean):.1f}h{room}" stroke="currentColor" stroke-dasharray="4 3"/>')
        parts.append(f'<text x="{left + room}" y="13" text-anchor="end">dashed: mean {mean:.1f} of {n}</text>')
    return _svg(_HEIGHT + 2 * _LINE, "chrF by segment", parts)


def _buckets_height(buckets: Sequence[Bucket]) -> int:
    return _LINE * (len(buckets) + len({b.by for b in buckets}) + 2)


def draw_buckets(buckets: Sequence[Bucket]) -> str:
    """A bar a bucket: chrF over its segments, with their number."""
    parts = ['<text x="0" y="13">chrF by kind of segment (n: how many there are)</text>']
    y, by = 2 * _LINE, None
    room = _WIDTH - _LABEL - _FIGURES
    for b in buckets:
        if b.by != by:
            by = b.by
            parts.append(f'<text x="0" y="{y}" font-weight="bold">By {escape(by)}</text>')
            y += _LINE
        wide = room * max(0.0, min(100.0, b.chrf)) / 100
        parts += [
            f'<text x="{_LABEL - 8}" y="{y}" text-anchor="end">{escape(b.label)}</text>',
            f'<rect x="{_LABEL}" y="{y - 11}" width="{wide:.1f}" height="14" fill-opacity=".55"/>',
            f'<text x="{_LABEL + wide + 6:.1f}" y="{y}">{b.chrf:.1f}  (n = {len(b.members):,})</text>',
        ]
        y += _LINE
    return _svg(_buckets_height(buckets), "chrF by kind of segment", parts)
