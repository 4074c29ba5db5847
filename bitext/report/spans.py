"""Cut a text at the borders of spans that may nest and overlap, so that each piece can be marked once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Piece", "pieces"]


class Piece(NamedTuple):
    """A run of text under the same spans. `keys` cover it, `begin` start with it and `end` stop with it."""

    text: str
    keys: tuple[int, ...] = ()
    begin: tuple[int, ...] = ()
    end: tuple[int, ...] = ()


def pieces(text: str, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
    """The text in pieces, whose texts joined are the text.

    Args:
        text: any text.
        spans: (start, end, key), half-open, in characters; beyond the text they are cut off. An empty
            span gives a piece without text where it stands. A key may have several spans.
    """
    size = len(text)
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    points: dict[int, list[int]] = {}
    for start, end, key in spans:
        a = 0 if start < 0 else size if start > size else start
        b = a if end < a else size if end > size else end
        if a == b:
            points.setdefault(a, []).append(key)
        else:
            opening.setdefault(a, []).append(key)
            closing.setdefault(b, []).append(key)
    borders = sorted({0, size, *opening, *closing, *points})
    out: list[Piece] = []
    active: list[int] = []
    for n, at in enumerate(borders):
        for key in closing.get(at, ()):
            active.remove(key)
        if at in points:
            out += [Piece("", (key,), (key,), (key,)) for key in points[at]]
        begin = opening.get(at)
        if begin:
            active += begin
        if at < size:
            to = borders[n + 1]
            keys = tuple(active) if len(active) < 2 else tuple(dict.fromkeys(active))
            out.append(Piece(text[at:to], keys, tuple(begin or ()), tuple(closing.get(to, ()))))
    return out
