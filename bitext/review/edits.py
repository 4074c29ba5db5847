"""A correction as edits of the original text, so that flags on other words of the segment keep their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

__all__ = ["Edit", "apply_edits", "compare", "edits_between", "origin", "place", "replaced", "with_edit"]

Edit = tuple[int, int, str]
"""Characters start:end of the original text, and what stands there now. A list of them is sorted and disjoint."""

_MOST = 1_000_000  # pairs of words that are compared one by one
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


def _opcodes(old: str, new: str) -> list[tuple[str, int, int, int, int]]:
    """difflib's opcodes over words, in characters of the two texts; white space alone does not part two changes."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    at_a, at_b = [0], [0]
    for tokens, at in ((a, at_a), (b, at_b)):
        for t in tokens:
            at.append(at[-1] + len(t))
    found = _ends(a, b) if len(a) * len(b) > _MOST else SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    codes: list[tuple[str, int, int, int, int]] = [*found]
    out: list[tuple[str, int, int, int, int]] = []
    for n, (tag, i, j, k, m) in enumerate(codes):
        start, end, new_start, new_end = at_a[i], at_a[j], at_b[k], at_b[m]
        if tag == "equal" and 0 < n < len(codes) - 1 and old[start:end].isspace():
            tag = "replace"
        if tag != "equal" and out and out[-1][0] != "equal":
            _, start, _, new_start, _ = out.pop()
            tag = "replace"
        out.append((tag, start, end, new_start, new_end))
    return out


def _ends(a: Sequence[str], b: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Opcodes in linear time: what both begin and end with is equal, all between is one change."""
    least = min(len(a), len(b))
    head = next((i for i in range(least) if a[i] != b[i]), least)
    tail = next((i for i in range(least - head) if a[-1 - i] != b[-1 - i]), least - head)
    i, k = len(a) - tail, len(b) - tail
    codes = [("equal", 0, head, 0, head), ("replace", head, i, head, k), ("equal", i, len(a), k, len(b))]
    return [c for c in codes if c[1] < c[2] or c[3] < c[4]]


def edits_between(old: str, new: str) -> list[Edit]:
    """The edits, whole words at a time, that make `new` of `old`."""
    return [(i, j, new[k:m]) for tag, i, j, k, m in _opcodes(old, new) if tag != "equal"]


def compare(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts in pieces, each with whether the other text has it too."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, i, j, k, m in _opcodes(old, new):
        if i < j:
            left.append((old[i:j], tag == "equal"))
        if k < m:
            right.append((new[k:m], tag == "equal"))
    return left, right


def apply_edits(text: str, edits: Iterable[Sequence]) -> str:
    """The text after the edits."""
    parts, at = [], 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def _touches(start: int, end: int, span: tuple[int, int]) -> bool:
    """Whether an edit of start:end changes what stands in the span (not merely beside it)."""
    return start < span[1] and end > span[0] if start < end else span[0] < start < span[1]


def place(edits: Iterable[Sequence], span: tuple[int, int]) -> tuple[int, int] | None:
    """Where a span of the original stands after the edits; None if its words have been changed."""
    moved = 0
    for start, end, new in edits:
        if _touches(start, end, span):
            return None
        if end <= span[0]:
            moved += len(new) - (end - start)
    return span[0] + moved, span[1] + moved


def origin(edits: Sequence[Sequence], span: tuple[int, int]) -> tuple[int, int] | None:
    """Where a span of the edited text stands in the original, the inverse of `place`; None if an edit wrote in it."""
    moved = 0
    for start, end, new in edits:
        here = start + moved, start + moved + len(new)
        if _touches(*here, span):
            return None
        if here[1] <= span[0]:
            moved += len(new) - (end - start)
    found = span[0] - moved, span[1] - moved
    return found if found[0] <= found[1] and place(edits, found) == span else None


def replaced(edits: Iterable[Sequence]) -> list[tuple[int, int]]:
    """The spans of the edited text that the edits wrote."""
    out, moved = [], 0
    for start, end, new in edits:
        out.append((start + moved, start + moved + len(new)))
        moved += len(new) - (end - start)
    return out


def with_edit(edits: Iterable[Sequence], edit: Edit) -> list[Edit] | None:
    """One more edit of the original text; None if another touches the same words."""
    old = [(a, b, str(new)) for a, b, new in edits]
    start, end, _ = edit
    for a, b, _ in old:
        if (a, b) == (start, end) or _touches(a, b, (start, end)) or _touches(start, end, (a, b)):
            return None
    return sorted([*old, edit])
