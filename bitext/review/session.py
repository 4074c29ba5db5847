"""A review: state and log together. Every change is checked against what others did, saved, and only then shown."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from bitext.document import Bitext
from bitext.errors import InputError
from bitext.files import read_bytes
from bitext.review.actions import Refused, changes
from bitext.review.assist import Assist
from bitext.review.log import Event, Log, log_path
from bitext.review.realign import Cells, Place, Plan, Stretch, find, place_of, plan_from
from bitext.review.state import State

__all__ = ["Conflict", "Realigned", "Review", "open_review"]


class Conflict(Exception):
    """The request rests on an older version than the one there is: somebody changed `cells` meanwhile."""

    def __init__(self, message: str, cells: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.cells = tuple(cells)


_ATTEMPTS = 6  # to align rows that people keep changing
_PLANNED = ("bead:", "checked:", "back:")  # cells that say what is to be aligned

Begun = tuple[Place, Plan, int]


@dataclass(frozen=True, slots=True)
class Realigned:
    """What came of aligning again.

    Attributes:
        head: the number of the last event.
        free: how many beads were free to change.
        fresh: how many beads there are that were not there before.
        surer: of how many that stay the confidence is another.
    """

    head: int
    free: int
    fresh: int
    surer: int


@dataclass
class Review:
    """One file's review, shared by all tabs and people; every method may be called from any thread.

    `head` is the number of the last event; a request says on which head it is based.
    """

    state: State
    log: Log
    assist: Assist
    name: str = "bitext.jsonl"
    head: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    touched: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    done: list[Event] = field(default_factory=list)
    undone: list[Event] = field(default_factory=list)

    def sync(self) -> int:
        """Take in what is on disk beyond `head`, from this process or another; returns the head."""
        with self.lock:
            for event in self.log.after(self.head):
                self._take(event)
            return self.head

    def _take(self, event: Event) -> None:
        self.state.apply(event.patch, event.seq, back=event.kind == "undo")
        self.head = event.seq
        self.touched.append((event.seq, tuple(event.patch)))
        if event.kind == "do":
            self.done.append(event)
            self.undone.clear()
        elif event.kind == "undo":
            self.undone.append(self.done.pop())
        else:
            self.done.append(self.undone.pop())

    def _write(self, kind: str, of: Event | None, client: str, action: Mapping[str, Any], patch: Any) -> bool:
        event = Event(self.head + 1, kind, None if of is None else of.seq, client[:40], action, patch)
        if not self.log.append(event):
            return False
        self._take(event)
        return True

    def do(self, values: Mapping[str, Any], base: int, client: str = "") -> int:
        """Do an action of `bitext.review.actions`, based on version `base`; returns the new head.

        It is on the disk when this returns. What depends on the models is worked out before: `realign` takes its time.

        Raises:
            Refused: the action makes no sense.
            Conflict: a cell that it changes was changed after `base`.
        """
        if values.get("do") == "realign":
            return self.realign(values, client).head
        values = self._prepared(values)
        while True:
            with self.lock:
                self.sync()
                try:
                    new = changes(self.state, values, self.assist.similarity(self.state))
                except Refused:
                    self._gone(values, base)
                    raise
                later = [key for key in self._reads(values, new) if self.state.versions.get(key, 0) > base]
                if later:
                    raise Conflict("Somebody changed this meanwhile; look at it again.", later)
                patch = self.state.patch(new)
                if not patch or self._write("do", None, client, _plain(values), patch):
                    return self.head

    def _prepared(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values with what the translator offered, which a request only names."""
        if values.get("do") != "back":
            return values
        with self.lock:
            j = values.get("segment")
            if isinstance(j, bool) or not isinstance(j, int) or not 0 <= j < len(self.state.base.target):
                raise Refused("There is no such segment.")
            text = self.state.text(j)
        return {**values, "translation": self.assist.chosen(text, values.get("choice"))}

    def _reads(self, values: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
        """The cells that a decision rests on: those it changes, and for a check the texts that were looked at."""
        keys = set(new)
        if values.get("do") == "check" and values.get("checked", True):
            keys |= {f"text:{key[9:]}" for key in new if key.startswith("checked:t")} | {str(values["bead"])}
        if values.get("do") in ("back", "add-flag"):
            keys.add(f"text:{values['segment']}")
        if values.get("do") == "move-flag":
            keys.add(f"text:{self.state.first_flag(values['flag']).segment}")
        return keys

    # --- aligning again --------------------------------------------------------------------------

    def begin_realign(self, values: Mapping[str, Any]) -> Begun:
        """What a request to align again means as the review stands now, and the head that it stands at.

        Raises:
            Refused: there is nothing to align.
        """
        with self.lock:
            self.sync()
            place = place_of(self.state, values)
            return place, plan_from(self.state, place), self.head

    def realign(
        self,
        values: Mapping[str, Any],
        client: str = "",
        *,
        align: Callable[[Sequence[Stretch]], list[Cells]] | None = None,
        told: Callable[[Plan], None] = lambda plan: None,
        begun: Begun | None = None,
    ) -> Realigned:
        """Align from a row on again. The aligner works without the lock, on the beads as they are when it begins.

        What people change in these rows meanwhile stands: where it makes a difference the stretches that it touches
        are aligned once more, around it. In the end all is one decision, or none.

        Args:
            values: of the request: `bead` is the row.
            align: finds the beads of stretches; by default here and now.
            told: called with each plan that is begun, the first and those after a change; and, with the lock held,
                with the last one just before the decision is written. What it raises ends it.
            begun: what `begin_realign` gave, if it was asked.

        Raises:
            Refused: there is nothing to align, or the rows did not stand still.
        """
        place, plan, seen = begun or self.begin_realign(values)
        known: dict[Stretch, Cells] = {}
        for _ in range(_ATTEMPTS):
            told(plan)
            missing = [s for s in plan.stretches if s not in known]
            known |= zip(missing, (align or self._align)(missing), strict=True)
            new = [cell for s in plan.stretches for cell in known[s]]
            while True:
                with self.lock:
                    self.sync()
                    moved = any(key.startswith(_PLANNED) for key in self.cells_since(seen))
                    now = plan_from(self.state, place) if moved else plan
                    seen = self.head
                    if now != plan:
                        break
                    told(plan)
                    found = changes(self.state, {"do": "realign", "old": plan.old, "new": new}, lambda s, t: None)
                    patch = self.state.patch(found)
                    fresh = sum(before is None for before, _ in patch.values())
                    stay = sum(before is not None and after is not None for before, after in patch.values())
                    action = {"do": "realign", "bead": values.get("bead")}
                    if not patch or self._write("do", None, client, action, patch):
                        return Realigned(self.head, len(plan.old), fresh, stay)
            plan = now
        raise Refused("These rows were changed again and again while they were being aligned; they are as they were.")

    def _align(self, stretches: Sequence[Stretch]) -> list[Cells]:
        source = self.state.base.source
        assert source is not None
        return find(source, self.state.base.target, stretches, self.assist.lexicon())

    # --- conflicts, undo -------------------------------------------------------------------------

    def _gone(self, values: Mapping[str, Any], base: int) -> None:
        """If a request names what somebody else has changed, that is a conflict rather than a mistake."""
        named = [values.get("bead"), f"flag:{values.get('flag')}", f"text:{values.get('segment')}"]
        if isinstance(i := values.get("flag"), int) and self.state.has_flag(i):
            named.append(f"text:{self.state.first_flag(i).segment}")
        later = [k for k in named if isinstance(k, str) and self.state.versions.get(k, 0) > base]
        if later:
            raise Conflict("Somebody changed this meanwhile; look at it again.", later)

    def undo(self, base: int, client: str = "") -> int:
        """Take back the last decision that stands, whoever made it; nobody undoes what he has not seen.

        Raises:
            Refused: nothing is left to undo.
            Conflict: there are events after `base`.
        """
        return self._step("undo", self.done, base, client)

    def redo(self, base: int, client: str = "") -> int:
        """Do again what was undone last, as long as nothing was decided since; raises as `undo`."""
        return self._step("redo", self.undone, base, client)

    def _step(self, kind: str, stack: list[Event], base: int, client: str) -> int:
        while True:
            with self.lock:
                self.sync()
                if self.head > base:
                    keys = {k for seq, cells in self.touched if seq > base for k in cells}
                    raise Conflict(f"Somebody decided something meanwhile; look before you {kind}.", sorted(keys))
                if not stack:
                    raise Refused(f"There is nothing to {kind}.")
                event = stack[-1]
                if self._write(kind, event, client, event.action, event.patch):
                    return self.head

    def cells_since(self, base: int) -> set[str]:
        """The cells that were changed after `base`."""
        found: set[str] = set()
        for seq, cells in reversed(self.touched):
            if seq <= base:
                break
            found.update(cells)
        return found

    def close(self) -> None:
        """Close the log."""
        with self.lock:
            self.log.close()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a request; the patch has the rest."""
    return {k: v for k, v in values.items() if k in ("do", "bead", "flag", "segment", "with", "side", "to", "choice")}


def open_review(path: str | PathLike[str], *, model: str | None = None) -> Review:
    """Open a bitext (JSONL) for review, with the decisions that were made before.

    Args:
        path: a bitext as `bitext run` or `bitext align` writes it.
        model: for back-translations; by default the one that made those in the file.

    Raises:
        BitextError: the file cannot be read or is not aligned, its decisions belong to another version of it.
    """
    from bitext import pipeline

    path = Path(path)
    if str(path) == "-":
        raise InputError("a review needs a file to keep its decisions beside", mend="name a bitext.jsonl")
    data = read_bytes(path)
    bitext: Bitext = pipeline.load(path, any_language=True)
    if bitext.source is not None and not bitext.beads and len(bitext.source):
        raise InputError("its two texts are not aligned", path=path, mend="run bitext align first")
    if not len(bitext.target):
        raise InputError("holds no segments", path=path, mend="give a bitext that bitext run wrote")
    review = Review(
        State(bitext), Log(log_path(path), hashlib.sha256(data).hexdigest()), Assist(bitext, model), name=path.name
    )
    review.sync()
    return review
