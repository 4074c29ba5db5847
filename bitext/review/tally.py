"""The figures at the top of the page, kept up cell by cell: an answer does not count thousands of rows anew."""

from __future__ import annotations

from collections import Counter

from bitext.document import Kind
from bitext.review.state import State

__all__ = ["Tally"]


class Tally:
    """How many rows are checked, flags open, segments corrected. What a change touches is counted again when asked."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._rows: dict[str, tuple[bool, bool]] = {}  # by bead: whether it counts as a row, and whether it is checked
        self._flags: dict[int, str] = {}
        self._texts: set[str] = set()
        self._found: Counter[str] = Counter()
        self._due_rows: set[str] = {key for key in state.cells if key.startswith("bead:")}
        self._due_flags = set(state.flags())
        for key in state.cells:
            self.touch(key)

    def touch(self, key: str) -> None:
        """A cell has changed."""
        kind, _, rest = key.partition(":")
        if kind == "bead":
            self._due_rows.add(key)
        elif kind == "checked":
            self._due_rows |= self.state.rows_touched([key])
        elif kind == "flag":
            self._due_flags.add(int(rest))
        elif kind == "text":
            self._due_flags.update(self.state.flags_of.get(int(rest), ()))
            (self._texts.add if key in self.state.cells else self._texts.discard)(key)

    def counts(self) -> dict[str, int]:
        """The figures by name: rows, checked, corrected, flags, open."""
        found, state = self._found, self.state
        for key in self._due_rows:
            was = self._rows.pop(key, (False, False))
            now = (False, False)
            if key in state.cells:
                counts = counts_as_row(state, key)
                now = self._rows[key] = counts, counts and state.checked(key)
            found["rows"] += now[0] - was[0]
            found["checked"] += now[1] - was[1]
        for i in self._due_flags:
            if (before := self._flags.pop(i, None)) is not None:
                found[before] -= 1
            if state.has_flag(i):
                self._flags[i] = state.flag(i).status
                found[self._flags[i]] += 1
        self._due_rows.clear()
        self._due_flags.clear()
        return {
            "rows": found["rows"],
            "checked": found["checked"],
            "corrected": len(self._texts),
            "flags": len(self._flags),
            "open": found["open"],
        }


def counts_as_row(state: State, key: str) -> bool:
    """Whether a bead is text to be checked: boilerplate and separators alone are not."""
    bead, segments = state.bead(key), state.base.target.segments
    if not bead.target:
        return True
    return any(segments[j].kind not in (Kind.BOILERPLATE, Kind.SEPARATOR) for j in bead.target)
