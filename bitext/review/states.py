"""A reviewer's decisions as XLIFF says them: what is checked, and notes on what was corrected, agreed and rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitext.document import Bead
from bitext.formats.common import Reviewed
from bitext.review.state import REVIEWER

if TYPE_CHECKING:
    from bitext.review.export import Taken

__all__ = ["reviewed"]


def reviewed(taken: Taken) -> dict[int, Reviewed]:
    """By bead (by target segment where there are none), what the reviewer decided."""
    beads = taken.bitext.beads or tuple(Bead(range(0), range(j, j + 1)) for j in range(len(taken.bitext.target)))
    notes = _notes(taken)
    found = {}
    for b, bead in enumerate(beads):
        said = tuple(note for j in bead.target for note in notes.get(j, ()))
        checked = bool(bead.target) and all(taken.checked[j] for j in bead.target)
        if said or checked:
            found[b] = Reviewed(checked, said)
    return found


def _notes(taken: Taken) -> dict[int, list[str]]:
    """By target segment, what the reviewer decided, in sentences."""
    out: dict[int, list[str]] = {}
    for f, quoted in zip(taken.flags, taken.quoted, strict=True):
        if f.decided == "rejected":
            said = f"rejected as a false alarm: {f.flag.check} on “{quoted}”" + (f" ({f.reason})" if f.reason else "")
        elif f.status == "mended":
            said = f"corrected where it said “{quoted}”: {f.flag.message}"
        elif f.flag.check == REVIEWER:
            said = f"flagged by the reviewer: {f.flag.message} (“{quoted}”)"
        elif f.decided == "accepted":
            said = f"agreed: {f.flag.message} (“{quoted}”)"
        else:
            continue
        out.setdefault(f.flag.segment, []).append(said)
    for j, was in taken.was.items():
        out.setdefault(j, []).insert(0, f"was: {was}")
    return out
