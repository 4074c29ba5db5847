"""The state of a review: a bitext as it was read, and cells that hold what people decided since.

Every decision is a patch: for some cells, the value before and the value after. So every decision can be undone,
replayed and compared with what others did. Cells by name (a cell that is not there is None):

    flag:3      status (accepted, rejected), reason, and what was edited: severity, category, message, suggestion, span
    flag:12     a flag that a person added, numbered after those of the file: `new` with all that a flag has
    text:5      the correction of target segment 5: text, edits
    checked:t5  true: a person has checked target segment 5 (s5: a source segment that has no counterpart)
    back:5      another back-translation of target segment 5: text, score, problems, tokens, token_logprobs
    bead:s3-5t2-3   a bead over source segments 3 and 4 and target segment 2
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bitext.document import Bead, Bitext, Document, Flag, Severity, Translation
from bitext.report import view
from bitext.review.edits import place

__all__ = ["REVIEWER", "FlagState", "Patch", "State", "bead_key"]

REVIEWER = "reviewer"
"""The name of the check of a flag that a person added."""

Patch = Mapping[str, tuple[Any, Any]]
"""By cell: (value before, value after)."""

_NAME = re.compile(r"bead:s((?P<s>[0-9]{1,9})-[0-9]{1,9})?t((?P<t>[0-9]{1,9})-[0-9]{1,9})?")


def bead_key(source: Iterable[int], target: Iterable[int]) -> str:
    """The name of the cell of the bead over these segments: `bead:s3-5t2-3`; an empty side has no numbers."""
    s, t = list(source), list(target)
    return "bead:s" + (f"{s[0]}-{s[-1] + 1}" if s else "") + "t" + (f"{t[0]}-{t[-1] + 1}" if t else "")


@dataclass(frozen=True, slots=True)
class FlagState:
    """A flag as it stands now.

    `status`: open, accepted, rejected, or mended (its words were corrected). `span` counts in the corrected text;
    None once its words have been changed. `status` is what a person said, if anyone did, unless it is mended.
    """

    index: int
    flag: Flag
    status: str
    decided: str
    reason: str
    span: tuple[int, int] | None


class State:
    """Cells over a bitext. It changes only by `apply`; the caller sees to locks.

    Args:
        base: aligned (`beads` cover it), or without a source.
    """

    def __init__(self, base: Bitext) -> None:
        self.base = base
        self.cells: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.owner: dict[tuple[str, int], str] = {}
        self.flags_of: dict[int, list[int]] = {}
        self.added: dict[int, Flag] = {}
        self._segment_of: dict[int, int] = {}
        self._order: list[str] | None = None
        self._bead: dict[str, Bead] = {}
        self.listener: Callable[[str], None] = lambda key: None
        for i, flag in enumerate(base.flags):
            self.flags_of.setdefault(flag.segment, []).append(i)
            self._segment_of[i] = flag.segment
        beads = base.beads or [Bead(range(0), range(j, j + 1)) for j in range(len(base.target))]
        chrf = base.scores.beads if base.scores is not None and base.beads else {}
        for k, b in enumerate(beads):
            cell: dict[str, Any] = {
                "source": [b.source.start, b.source.stop],
                "target": [b.target.start, b.target.stop],
                "score": b.score,
                "confidence": b.confidence,
                "evidence": [list(e) for e in b.evidence],
            }
            if b.moved:
                cell["moved"] = True
            if k in chrf:
                cell["chrf"] = chrf[k]
            self._set(bead_key(b.source, b.target), cell)

    # --- cells -----------------------------------------------------------------------------------

    def get(self, key: str) -> Any:
        """The value of a cell, or None."""
        return self.cells.get(key)

    def patch(self, changes: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """New values as a patch; what stays as it is is left out."""
        return {k: (self.get(k), v) for k, v in changes.items() if self.get(k) != v}

    def apply(self, patch: Patch, version: int, *, back: bool = False) -> None:
        """Make a change (or take it `back`), which gets the number `version`."""
        removed_first = sorted(patch.items(), key=lambda item: item[1][0 if back else 1] is not None)
        for key, (before, after) in removed_first:
            self._set(key, before if back else after)
            self.versions[key] = version

    def _set(self, key: str, value: Any) -> None:
        if key.startswith("bead:"):
            old = self.cells.get(key)
            for cell, owned in ((old, False), (value, True)):
                for side in ("source", "target"):
                    for i in range(*cell[side]) if cell else ():
                        if owned:
                            self.owner[side, i] = key
                        elif self.owner.get((side, i)) == key:
                            del self.owner[side, i]
            self._bead.pop(key, None)
            self._order = None
        elif key.startswith("flag:") and int(key[5:]) >= len(self.base.flags):
            self._set_added(int(key[5:]), value)
        if value is None:
            self.cells.pop(key, None)
        else:
            self.cells[key] = value
        self.listener(key)

    def _set_added(self, i: int, value: Any) -> None:
        if i in self.added:
            self.flags_of[self.added.pop(i).segment].remove(i)
        if value is not None:
            about = value["new"]
            flag = Flag(
                REVIEWER,
                about["category"],
                Severity(about["severity"]),
                about["segment"],
                (about["span"][0], about["span"][1]),
                about["message"],
                about["suggestion"],
            )
            self.added[i] = flag
            self._segment_of[i] = flag.segment
            self.flags_of.setdefault(flag.segment, []).append(i)

    def rows_touched(self, keys: Iterable[str]) -> set[str]:
        """The beads, by cell name, that show any of these cells and exist."""
        found: set[str | None] = set()
        for key in keys:
            kind, _, rest = key.partition(":")
            if kind == "bead":
                found.add(key if key in self.cells else None)
            elif kind == "flag":
                found.add(self.owner.get(("target", self._segment_of.get(int(rest), -1))))
            elif kind == "checked":
                found.add(self.owner.get(({"s": "source", "t": "target"}[rest[0]], int(rest[1:]))))
            else:
                found.add(self.owner.get(("target", int(rest))))
        return {key for key in found if key is not None}

    def row_like(self, key: str) -> str | None:
        """The bead that has the first segment of the bead of this name, which may be gone by now."""
        found = _NAME.fullmatch(key)
        for side, i in zip(("target", "source"), (found["t"], found["s"]) if found else (), strict=False):
            if i is not None and (owner := self.owner.get((side, int(i)))) is not None:
                return owner
        return None

    # --- beads -----------------------------------------------------------------------------------

    def bead(self, key: str) -> Bead:
        """The bead of a cell.

        Raises:
            KeyError: there is no such bead now.
        """
        if key not in self._bead:
            cell = self.cells[key]
            self._bead[key] = Bead(
                range(*cell["source"]),
                range(*cell["target"]),
                cell["score"],
                cell["confidence"],
                bool(cell.get("moved")),
                tuple((str(n), float(v)) for n, v in cell["evidence"]),
            )
        return self._bead[key]

    def order(self) -> list[str]:
        """The cells of the beads, in the order of the page: the target's, with lone source segments between."""
        if self._order is None:
            keys = [key for key in self.cells if key.startswith("bead:")]
            bitext = self.base.with_(beads=tuple(self.bead(key) for key in keys), flags=(), scores=None)
            self._order = [keys[row.index] for row in view.rows(bitext) if row.index is not None]
        return self._order

    # --- texts -----------------------------------------------------------------------------------

    def text(self, j: int) -> str:
        """The text of a target segment as corrected."""
        cell = self.get(f"text:{j}")
        return self.base.target.segments[j].text if cell is None else cell["text"]

    def edits(self, j: int) -> list[Any]:
        """The edits that make the corrected text; see `bitext.review.edits`."""
        cell = self.get(f"text:{j}")
        return [] if cell is None else cell["edits"]

    def translation(self, j: int) -> Translation | None:
        """The back-translation of a target segment that a person chose, or else the one that came with the file."""
        cell = self.get(f"back:{j}")
        if cell is not None:
            return Translation(
                cell["text"],
                cell["score"],
                tuple(cell.get("tokens", ())),
                tuple(cell.get("token_logprobs", ())),
                tuple(cell.get("problems", ())),
            )
        if self.base.translations:
            return self.base.translations[j]
        return None

    def stale(self, j: int) -> bool:
        """Whether the back-translation is of another text than the segment has now."""
        cell = self.get(f"back:{j}")
        of = self.base.target.segments[j].text if cell is None else cell["of"]
        return self.translation(j) is not None and of != self.text(j)

    def source_text(self, i: int) -> str:
        """The text of a source segment; where the source is the back-translation, the one that is now chosen."""
        if self.base.origin == "back-translation" and (t := self.translation(i)) is not None:
            return t.text
        assert self.base.source is not None
        return self.base.source.segments[i].text

    def checked(self, key: str) -> bool:
        """Whether a person has checked all of a bead."""
        return all(self.get(name) for name in self.check_keys(key))

    def check_keys(self, key: str) -> list[str]:
        """The cells that say whether a bead is checked."""
        bead = self.bead(key)
        return [f"checked:t{j}" for j in bead.target] or [f"checked:s{i}" for i in bead.source]

    # --- flags -----------------------------------------------------------------------------------

    def flags(self) -> list[int]:
        """The numbers of all flags: those of the file, then those that people added."""
        return [*range(len(self.base.flags)), *sorted(self.added)]

    def has_flag(self, i: int) -> bool:
        """Whether there is a flag of this number now."""
        return 0 <= i < len(self.base.flags) or i in self.added

    def next_flag(self) -> int:
        """A number for a new flag, which no flag has had before."""
        return max(max(self._segment_of, default=-1) + 1, len(self.base.flags))

    def first_flag(self, i: int) -> Flag:
        """A flag as it came, with the file or from the person who added it."""
        return self.base.flags[i] if i < len(self.base.flags) else self.added[i]

    def flag(self, i: int) -> FlagState:
        """A flag as it stands now."""
        flag, cell = self.first_flag(i), self.get(f"flag:{i}") or {}
        changes = {k: cell[k] for k in ("category", "message", "suggestion") if k in cell}
        if "severity" in cell:
            changes["severity"] = Severity(cell["severity"])
        if "span" in cell:
            changes["span"] = (cell["span"][0], cell["span"][1])
        if changes:
            flag = replace(flag, **changes)
        decided = cell.get("status", "open")
        span = place(self.edits(flag.segment), flag.span)
        mended = span is None and decided != "rejected"
        return FlagState(i, flag, "mended" if mended else decided, decided, cell.get("reason", ""), span)

    # --- the whole -------------------------------------------------------------------------------

    def bitext(self) -> Bitext:
        """The bitext as decided: corrected text, mended beads, and the flags that are not rejected or mended."""
        base = self.base
        target = _rewritten(base.target, [self.text(j) for j in range(len(base.target))])
        translations = tuple(t for j in range(len(target)) if (t := self.translation(j)) is not None)
        source = base.source
        if source is not None and base.origin == "back-translation" and len(source) == len(target):
            source = _rewritten(source, [self.source_text(j) for j in range(len(source))])
        flags = [s for s in map(self.flag, self.flags()) if s.status in ("open", "accepted")]
        beads = tuple(map(self.bead, self.order())) if base.beads else ()
        return base.with_(
            target=target,
            source=source,
            translations=translations,
            beads=beads,
            scores=None,
            flags=tuple(replace(s.flag, span=s.span) for s in flags if s.span is not None),
        )


def _rewritten(document: Document, texts: list[str]) -> Document:
    """A document with other texts for its segments; the white space between them stays exactly as it is."""
    parts: list[str] = []
    segments = []
    at = end = 0
    for segment, text in zip(document.segments, texts, strict=True):
        gap = document.text[end : segment.start]
        start = at + len(gap)
        at, end = start + len(text), segment.end
        parts += [gap, text]
        segments.append(replace(segment, text=text, start=start, end=at))
    return replace(document, text="".join([*parts, document.text[end:]]), segments=tuple(segments))
