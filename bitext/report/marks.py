"""A text as HTML with its flags and word links marked, straight from the spans: a report has hundreds of thousands."""

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
        spans: (start, end, key); a positive key is a flag's number, a negative one -1 - k for word link k.
        lead: which of several flags a piece of text shows.
    """
    plain = _PLAIN.match(text) is not None
    out = []
    for piece in pieces(text, spans):
        said = piece.text if plain else escape(clean(piece.text), quote=False)
        keys = piece.keys
        if not keys:
            out.append(said)
        elif max(keys) < 0:
            out.append(f'<span data-w="{" ".join([str(-k) for k in keys])}">{said}</span>')
        else:
            out.append(_flagged(said, piece.keys, piece.begin, piece.end, lead))
    return "".join(out)


def _flagged(said: str, keys: Sequence[int], begin: Sequence[int], end: Sequence[int], lead: Callable) -> str:
    flags = [k for k in keys if k > 0]
    links = [str(-k) for k in keys if k < 0]
    top = lead(flags)
    about = f'class="m {top.severity}{"" if said else " point"}" href="#n{top.number}" data-f="{_listed(flags)}"'
    if not any(k > 0 for k in begin):
        about += ' tabindex="-1"'  # the first piece of a flag is where the keyboard stops
    if links:
        about += f' data-w="{" ".join(links)}"'
    numbers = "".join([f"<sup>{k}</sup>" for k in end if k > 0])
    return f"<a {about}>{said or _GAP}{numbers}</a>"


def _listed(numbers: Sequence[int]) -> str:
    return " ".join([str(k) for k in numbers])
