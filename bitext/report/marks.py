"""A text as HTML with its flags marked, straight from the spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Protocol

from bitext.report.spans import pieces
from bitext.report.view import clean

__all__ = ["Lead", "marked"]

_PLAIN = re.compile(r"[^&<>\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]*\Z")

_GAP = '<span aria-hidden="true">‸</span>'


class Lead(Protocol):
    """The flag that gives a piece its look and its link: the worst of those on it."""

    @property
    def number(self) -> int: ...
    @property
    def severity(self) -> str: ...


def marked(text: str, spans: Iterable[tuple[int, int, int]], lead: Callable[[Sequence[int]], Lead]) -> str:
    """The text, escaped, with its spans marked.

    Args:
        spans: (start, end, number) of flags.
        lead: which of several flags a piece of text shows.
    """
    plain = _PLAIN.match(text) is not None
    out = []
    for piece in pieces(text, spans):
        said = piece.text if plain else escape(clean(piece.text), quote=False)
        keys = piece.keys
        out.append(_flagged(said, keys, piece.begin, piece.end, lead) if keys else said)
    return "".join(out)


def _flagged(said: str, flags: Sequence[int], begin: Sequence[int], end: Sequence[int], lead: Callable) -> str:
    top = lead(flags)
    listed = " ".join([str(k) for k in flags])
    about = f'class="m {top.severity}{"" if said else " point"}" href="#n{top.number}" data-f="{listed}"'
    if not begin:
        about += ' tabindex="-1"'  # the first piece of a flag is where the keyboard stops
    numbers = "".join([f"<sup>{k}</sup>" for k in end])
    return f"<a {about}>{said or _GAP}{numbers}</a>"
