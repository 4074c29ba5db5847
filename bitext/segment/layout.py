"""Lines, paragraphs and hard wraps: which stretches of a text can hold sentences that run on.

A line end ends a segment, unless the text is clearly hard-wrapped. The evidence is what greedy filling
leaves behind: at every wrapped line end the next line's first word would not have fitted any more. A list
of short lines, a poem or one sentence a line fails that test.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

__all__ = ["Unit", "units"]

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ITEM = re.compile(r"\s*(?:[-–—•*·‣▪►>#]+\s|(?:\d{1,3}|[ivxIVX]{1,5})[.)]\s|[a-zA-Z]\)\s|[—–]|#{1,6}\s|\|)")
_NARROW, _WIDE = 35, 130  # columns: nobody wraps narrower or wider
_FULL = 0.9  # a line is full if with the next word it would pass this share of the width
_SHARE = 0.85  # this share of the line ends must be full
_SMALL = 0.25  # and after this share a small letter follows: verses begin with capitals


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch `text[start:end]` that no line end splits: a line, or a paragraph's wrapped lines."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    first: int  # length of the first word
    item: bool
    small: bool  # begins with a small letter


def _lines(text: str) -> list[_Line | None]:
    """The lines without surrounding white space; None for a blank one."""
    lines: list[_Line | None] = []
    at = 0
    ends = [(m.start(), m.end()) for m in _LINE_END.finditer(text)]
    for stop, nxt in [*ends, (len(text), len(text))]:
        body = text[at:stop]
        stripped = body.strip()
        if stripped:
            indent = len(body) - len(body.lstrip())
            first = len(stripped.split(maxsplit=1)[0])
            lines.append(
                _Line(
                    at + indent,
                    at + indent + len(stripped),
                    indent,
                    first,
                    bool(_ITEM.match(body)),
                    stripped[0].islower(),
                )
            )
        else:
            lines.append(None)
        at = nxt
    return lines


def _blocks(lines: list[_Line | None]) -> list[list[_Line]]:
    blocks: list[list[_Line]] = [[]]
    for line in lines:
        if line is not None:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [b for b in blocks if b]


def _full(line: _Line, nxt: _Line, width: float) -> bool:
    return line.indent + line.end - line.start + 1 + nxt.first > width * _FULL


def _wrap_width(blocks: list[list[_Line]]) -> int | None:
    """The column at which these blocks are wrapped, or None if they are not."""
    breaks = [(a, b) for block in blocks for a, b in itertools.pairwise(block) if not b.item]
    if len(breaks) < 3:
        return None
    # the longest line sets the width; a few (a long URL, a heading) may stick out
    lengths = sorted(a.indent + a.end - a.start for a, _ in breaks)
    width = lengths[int(0.97 * (len(lengths) - 1))]
    if not _NARROW <= width <= _WIDE:
        return None
    full = sum(_full(a, b, width) for a, b in breaks)
    small = sum(b.small for _, b in breaks)
    return width if full >= _SHARE * len(breaks) and small >= _SMALL * len(breaks) else None


def units(text: str) -> list[Unit]:
    """The units of a text in order; together they cover all but white space.

    Blank lines part paragraphs. In a text without blank lines each line that is not wrapped is a paragraph.
    """
    blocks = _blocks(_lines(text))
    width = _wrap_width(blocks)
    single = len(blocks) == 1
    out: list[Unit] = []
    paragraph = 0
    for block in blocks:
        wrap = width or _wrap_width([block])
        start = block[0].start
        for line, nxt in zip(block, [*block[1:], None], strict=True):
            if nxt is not None and wrap is not None and _continues(text, line, nxt, wrap):
                continue
            out.append(Unit(start, line.end, paragraph))
            if nxt is not None:
                start = nxt.start
                paragraph += single
        paragraph += 1
    return out


def _continues(text: str, line: _Line, nxt: _Line, width: int) -> bool:
    """Whether a line of a wrapped text runs on into the next."""
    if not _full(line, nxt, width) or nxt.indent >= line.indent + 2:
        return False
    if nxt.item:
        # a dash in mid-sentence that fell on the beginning of a line, not a speaker's
        return text.startswith(("—", "–", "--"), nxt.start) and text[line.end - 1] not in '.!?…:;"»”'
    return any(c.isalnum() for c in text[line.start : line.end])
