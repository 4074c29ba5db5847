"""What a person can do, one function an action: from the state and the request's values to the cells that change.

Nothing is changed here. An action that makes no sense raises `Refused` with a sentence for the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bitext.document import Severity
from bitext.review.edits import apply_edits, edits_between, origin, with_edit
from bitext.review.state import State, bead_key

__all__ = ["ACTIONS", "LONGEST", "Refused", "Similarity", "alignable", "bead_named", "changes"]

LONGEST = 20_000
"""Characters of the longest text that a person may write."""

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Changes = dict[str, Any]
Values = Mapping[str, Any]
Similarity = Callable[[range, range], "float | None"]
"""Sentence chrF, 0–100, of the back-translation of target segments against source segments; None: not comparable."""


class Refused(Exception):
    """A request that cannot be done as asked; the text is for the person who asked."""


# --- reading requests ----------------------------------------------------------------------------


def _integer(values: Values, name: str, size: int) -> int:
    found = values.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < size:
        raise Refused(f"There is no such {name}.")
    return found


def _text(values: Values, name: str, longest: int = LONGEST) -> str:
    found = values.get(name)
    if not isinstance(found, str):
        raise Refused(f"The {name} must be text.")
    found = found.replace("\r\n", "\n").replace("\r", "\n")
    if len(found) > longest:
        raise Refused(f"The {name} has {len(found):,} characters; {longest:,} are the most.")
    if bad := _BAD.search(found):
        raise Refused(f"The {name} holds a control character (U+{ord(bad[0]):04X}).")
    return found


def bead_named(state: State, values: Values) -> str:
    """The cell of the bead that a request names.

    Raises:
        Refused: there is none of this name now.
    """
    key = values.get("bead")
    if not isinstance(key, str) or not key.startswith("bead:") or state.get(key) is None:
        raise Refused("This row is not there any more.")
    return key


def _flag(state: State, values: Values) -> tuple[int, Changes]:
    i = values.get("flag")
    if isinstance(i, bool) or not isinstance(i, int) or not state.has_flag(i):
        raise Refused("There is no such flag.")
    return i, dict(state.get(f"flag:{i}") or {})


# --- flags ---------------------------------------------------------------------------------------


def accept(state: State, values: Values, _: Similarity) -> Changes:
    """The flag is right."""
    i, cell = _flag(state, values)
    cell.pop("reason", None)
    return {f"flag:{i}": {**cell, "status": "accepted"}}


def reject(state: State, values: Values, _: Similarity) -> Changes:
    """The flag is a false alarm; `reason` goes to the ignore list."""
    i, cell = _flag(state, values)
    reason = " ".join(_text(values, "reason", 500).split()) if values.get("reason") else ""
    if not reason:
        cell.pop("reason", None)
    return {f"flag:{i}": {**cell, "status": "rejected", **({"reason": reason} if reason else {})}}


def reopen(state: State, values: Values, _: Similarity) -> Changes:
    """Neither right nor wrong: to be decided again."""
    i, cell = _flag(state, values)
    cell.pop("status", None)
    cell.pop("reason", None)
    return {f"flag:{i}": cell or None}


def edit_flag(state: State, values: Values, _: Similarity) -> Changes:
    """Say it better: severity, category, message, suggestion (null: none)."""
    i, cell = _flag(state, values)
    flag = state.first_flag(i)
    cell |= _said(values)
    for name in ("severity", "category", "message", "suggestion"):
        if name in cell and cell[name] == getattr(flag, name):
            del cell[name]  # as it came
    return {f"flag:{i}": cell or None}


def _said(values: Values) -> Changes:
    """What a request says of a flag: severity, category, message, suggestion, as far as it does."""
    said: Changes = {}
    if "severity" in values:
        if values["severity"] not in [s.value for s in Severity]:
            raise Refused("There is no such severity.")
        said["severity"] = values["severity"]
    for name, longest in (("category", 200), ("message", 2_000)):
        if name in values:
            said[name] = " ".join(_text(values, name, longest).split())
            if not said[name]:
                raise Refused(f"A flag needs a {name}.")
    if "suggestion" in values:
        said["suggestion"] = None if values["suggestion"] is None else _text(values, "suggestion", 2_000)
    return said


def _words(state: State, j: int, values: Values) -> list[int]:
    """The span `start`–`end` of a segment's text as it reads now, in characters of the text that came with the file."""
    text = state.text(j)
    start, end = (_integer(values, name, len(text) + 1) for name in ("start", "end"))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise Refused("Choose the words that the flag is about.")
    found = origin(state.edits(j), (start, end))
    if found is None:
        raise Refused("Some of these words are a correction already; correct them further instead.")
    return [*found]


def add_flag(state: State, values: Values, _: Similarity) -> Changes:
    """Flag words of a `segment`, from `start` to `end` in its text as it reads now."""
    j = _integer(values, "segment", len(state.base.target))
    said = _said({"suggestion": None, **values})
    for name in ("severity", "category", "message"):
        if name not in said:
            raise Refused(f"A flag needs a {name}.")
    new = {"segment": j, "span": _words(state, j, values), **said}
    return {f"flag:{state.next_flag()}": {"new": new, "status": "accepted"}}


def move_flag(state: State, values: Values, _: Similarity) -> Changes:
    """Put a flag on other words of its segment, from `start` to `end` in the text as it reads now."""
    i, cell = _flag(state, values)
    flag = state.first_flag(i)
    cell["span"] = _words(state, flag.segment, values)
    if tuple(cell["span"]) == tuple(flag.span):
        del cell["span"]  # as it came
    return {f"flag:{i}": cell or None}


def remove_flag(state: State, values: Values, _: Similarity) -> Changes:
    """Take away a flag that a person added; one that came with the file is rejected instead."""
    i, _cell = _flag(state, values)
    if i not in state.added:
        raise Refused("This flag came with the file: reject it instead.")
    return {f"flag:{i}": None}


def apply_suggestion(state: State, values: Values, _: Similarity) -> Changes:
    """Accept the flag and write its suggestion in place of the flagged words."""
    i, cell = _flag(state, values)
    now = state.flag(i)
    if now.flag.suggestion is None:
        raise Refused("This flag suggests nothing; write a correction instead.")
    j = now.flag.segment
    original = state.base.target.segments[j].text
    edits = with_edit(state.edits(j), (*now.flag.span, now.flag.suggestion))
    if edits is None or now.span is None:
        raise Refused("These words have been corrected already.")
    cell.pop("reason", None)
    text = apply_edits(original, edits)
    return {
        f"flag:{i}": {**cell, "status": "accepted"},
        f"text:{j}": {"text": text, "edits": [list(e) for e in edits]},
    }


# --- texts ---------------------------------------------------------------------------------------


def correct(state: State, values: Values, _: Similarity) -> Changes:
    """Write another text for a target segment; the original text takes the correction back."""
    j = _integer(values, "segment", len(state.base.target))
    original, text = state.base.target.segments[j].text, _text(values, "text")
    if text == original:
        return {f"text:{j}": None}
    if text == state.text(j):
        return {}
    edits = [list(e) for e in edits_between(original, text)]
    return {f"text:{j}": {"text": text, "edits": edits}}


def check(state: State, values: Values, _: Similarity) -> Changes:
    """Mark a row as checked, or (`checked` false) not."""
    key = bead_named(state, values)
    return {name: True if values.get("checked", True) else None for name in state.check_keys(key)}


def choose_back(state: State, values: Values, _: Similarity) -> Changes:
    """Take another back-translation; `translation` comes from the server's own list, never from the page."""
    j = _integer(values, "segment", len(state.base.target))
    return {f"back:{j}": {"of": state.text(j), **values["translation"]}}


# --- beads ---------------------------------------------------------------------------------------


def alignable(state: State) -> None:
    """See that there is an alignment that could be wrong.

    Raises:
        Refused: there is no original.
    """
    if state.base.source is None:
        raise Refused("There is no second text to align with.")
    if state.base.origin == "back-translation":
        raise Refused("The other column is the text's own back-translation: its alignment cannot be wrong.")


def _cell(state: State, source: range, target: range, similarity: Similarity, moved: bool = False) -> Changes:
    """A bead that a person made: similarity is the chrF of the back-translation, and it is sure."""
    chrf = similarity(source, target) if source and target else None
    cell: Changes = {
        "source": [source.start, source.stop] if source else [0, 0],
        "target": [target.start, target.stop] if target else [0, 0],
        "score": 0.0 if chrf is None else round(chrf / 100, 4),
        "confidence": 1.0,
        "evidence": [] if chrf is None else [["chrF", round(chrf / 100, 4)]],
        "fixed": True,
    }
    if moved:
        cell["moved"] = True
    return {bead_key(source, target): cell}


def _union(a: range, b: range) -> range:
    if not a or not b:
        return a or b
    if a.stop == b.start:
        return range(a.start, b.stop)
    if b.stop == a.start:
        return range(b.start, a.stop)
    raise Refused("These rows do not follow each other on both sides, so they cannot be joined.")


def _neighbour(state: State, key: str, to: Any) -> str:
    if to not in ("next", "previous"):
        raise Refused("Say next or previous.")
    order = state.order()
    at = order.index(key) + (1 if to == "next" else -1)
    if not 0 <= at < len(order):
        raise Refused("There is no row after this one." if to == "next" else "There is no row before this one.")
    return order[at]


def merge(state: State, values: Values, similarity: Similarity) -> Changes:
    """Join a row with the `next` (or `previous`) one."""
    alignable(state)
    key = bead_named(state, values)
    other = _neighbour(state, key, values.get("with", "next"))
    a, b = state.bead(key), state.bead(other)
    joined = _cell(state, _union(a.source, b.source), _union(a.target, b.target), similarity, moved=a.moved and b.moved)
    return {key: None, other: None, **joined}


def split(state: State, values: Values, similarity: Similarity) -> Changes:
    """Cut a row in two, after so many segments of `target` and `source`; what is not said is found by similarity."""
    alignable(state)
    key = bead_named(state, values)
    bead = state.bead(key)
    n, m = len(bead.source), len(bead.target)
    wanted = {side: values.get(side) for side in ("source", "target")}
    for side, size in (("source", n), ("target", m)):
        if wanted[side] is not None:
            _integer(values, side, size + 1)
    cuts = [
        (k, h)
        for k in range(n + 1)
        for h in range(m + 1)
        if 0 < k + h < n + m and wanted["source"] in (None, k) and wanted["target"] in (None, h)
    ]
    if not cuts:
        raise Refused("There is nothing here to split.")

    def worth(cut: tuple[int, int]) -> tuple[float, float]:
        k, h = cut
        parts = [(bead.source[:k], bead.target[:h]), (bead.source[k:], bead.target[h:])]
        likeness = sum((similarity(s, t) or 0.0) * (len(s) + len(t)) for s, t in parts if s and t)
        return likeness, -abs(k * max(m, 1) - h * max(n, 1))  # else in proportion

    k, h = max(cuts, key=worth)
    first = _cell(state, bead.source[:k], bead.target[:h], similarity, bead.moved)
    second = _cell(state, bead.source[k:], bead.target[h:], similarity, bead.moved)
    return {key: None, **first, **second}


def shift(state: State, values: Values, similarity: Similarity) -> Changes:
    """Move the last segment of one `side` to the `next` row, or its first to the `previous` one."""
    alignable(state)
    key = bead_named(state, values)
    side, to = values.get("side", "target"), values.get("to", "next")
    if side not in ("source", "target"):
        raise Refused("Say source or target.")
    other = _neighbour(state, key, to)
    mine, theirs = state.bead(key), state.bead(other)
    have: range = getattr(mine, side)
    got: range = getattr(theirs, side)
    if not have:
        raise Refused("There is no segment on this side to move.")
    rest, moving = (have[:-1], have[-1:]) if to == "next" else (have[1:], have[:1])
    grown = _union(moving, got)
    if got and (grown.start == moving.start) != (to == "next"):
        raise Refused("The two rows do not follow each other on this side.")
    out: Changes = {key: None, other: None}
    for bead, own in ((mine, rest), (theirs, grown)):
        source = own if side == "source" else bead.source
        target = own if side == "target" else bead.target
        if source or target:
            out |= _cell(state, source, target, similarity, bead.moved)
    return out


def fix(state: State, values: Values, _: Similarity) -> Changes:
    """Keep a bead as it is when others are aligned again, or (`fixed` false) no longer."""
    alignable(state)
    key = bead_named(state, values)
    cell = {k: v for k, v in state.cells[key].items() if k != "fixed"}
    return {key: {**cell, "fixed": True} if values.get("fixed", True) else cell}


def replace_beads(state: State, values: Values, similarity: Similarity) -> Changes:
    """Put the beads that the aligner found in place of `old` ones; see `bitext.review.realign`.

    One that it finds again as it came with the file, and is about as sure of, stays as it came.
    """
    out: Changes = dict.fromkeys(values["old"])
    for cell in values["new"]:
        key = bead_key(range(*cell["source"]), range(*cell["target"]))
        old = state.get(key)
        if old is not None and key not in state.versions and _as_sure(old["confidence"], cell["confidence"]):
            del out[key]
        else:
            out[key] = {**old, **cell} if old is not None else cell
    return out


def _as_sure(a: float | None, b: float | None) -> bool:
    """Whether a reader would take two confidences for the same."""
    return a == b if a is None or b is None else abs(a - b) < 0.05


ACTIONS: dict[str, Callable[[State, Values, Similarity], Changes]] = {
    "accept": accept,
    "reject": reject,
    "reopen": reopen,
    "edit-flag": edit_flag,
    "add-flag": add_flag,
    "move-flag": move_flag,
    "remove-flag": remove_flag,
    "apply": apply_suggestion,
    "correct": correct,
    "check": check,
    "back": choose_back,
    "merge": merge,
    "split": split,
    "shift": shift,
    "fix": fix,
    "realign": replace_beads,
}


def changes(state: State, values: Values, similarity: Similarity) -> Changes:
    """The new values of the cells that an action changes.

    Raises:
        Refused: it cannot be done.
    """
    action = ACTIONS.get(values.get("do", "")) if isinstance(values.get("do"), str) else None
    if action is None:
        raise Refused("There is no such action.")
    return action(state, values, similarity)
