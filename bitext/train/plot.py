"""The log of a run as an SVG picture: training loss, development loss and BLEU against hours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from bitext.errors import InputError
from bitext.train.card import read_log

__all__ = ["plot"]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _GAP = 720, 200, 64, 34, 22


def plot(log: str | Path) -> str:
    """An SVG with one panel a figure.

    Args:
        log: `log.jsonl` of a run, or the folder it lies in.

    Raises:
        InputError: there is nothing to draw.
    """
    path = Path(log)
    for name in ("log.jsonl", "training.jsonl"):
        if path.is_dir() and (path / name).exists():
            path = path / name
    entries = read_log(path) if path.is_file() else []
    panels = [
        ("training loss (nats a token)", _points(entries, "loss")),
        ("development loss (bits a character)", _points(entries, "dev_bits")),
        ("development BLEU, greedy", _points(entries, "bleu")),
    ]
    panels = [(title, points) for title, points in panels if len(points) > 1]
    if not panels:
        raise InputError(
            "holds no training log with two entries or more", path=log, mend="name the state folder of a run"
        )
    height = len(panels) * (_HEIGHT + _BOTTOM + _GAP)
    body = [_panel(title, points, k * (_HEIGHT + _BOTTOM + _GAP) + _GAP) for k, (title, points) in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _points(entries: Sequence[dict[str, Any]], key: str) -> list[tuple[float, float]]:
    points = [(e["seconds"] / 3600, float(e[key])) for e in entries if key in e]
    step = max(1, len(points) // 600)
    return points[::step]


def _panel(title: str, points: Sequence[tuple[float, float]], top: float) -> str:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    x1, y1 = max(x1, x0 + 1e-9), max(y1, y0 + 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (x - x0) / (x1 - x0) * (_WIDTH - _LEFT - 16)
        return across, top + _HEIGHT - (y - y0) / (y1 - y0) * (_HEIGHT - 20)

    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(x, y) for x, y in points))
    parts = [
        f'<text x="{_LEFT}" y="{top + 4:.0f}" font-weight="bold">{escape(title)}</text>',
        f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{top + _HEIGHT}" y2="{top + _HEIGHT}" stroke="#555"/>',
        f'<polyline points="{line}" fill="none" stroke="#1a5fb4" stroke-width="1.6"/>',
    ]
    for k in range(5):
        x, y = x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4
        a, b = place(x, y)
        parts.append(f'<text x="{a:.1f}" y="{top + _HEIGHT + 18}" text-anchor="middle">{x:.2f} h</text>')
        parts.append(f'<text x="{_LEFT - 8}" y="{b + 4:.1f}" text-anchor="end">{y:.3g}</text>')
    return "\n".join(parts)
