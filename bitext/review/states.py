"""A reviewer's decisions in XLIFF: states of units, and notes on what was corrected and rejected.

Works on what `bitext.formats` wrote, unit by unit; text is escaped there, so a `<` always begins an element.

    XLIFF 1.2: checked is state signed-off and approved, corrected is translated; flags keep needs-review-translation
    XLIFF 2.1: checked is state reviewed, corrected is translated; flags keep subState bitext:needs-review
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bitext.document import Bead
from bitext.formats.xml import attribute, content

if TYPE_CHECKING:
    from bitext.review.export import Taken

__all__ = ["with_states"]


def with_states(xml: str, taken: Taken, kind: str) -> str:
    """The XLIFF with states and reviewer's notes, one unit a bead in the bitext's order."""
    tag = "<trans-unit " if kind == "xliff" else "<unit "
    beads = taken.bitext.beads or tuple(Bead(range(0), range(j, j + 1)) for j in range(len(taken.bitext.target)))
    head, *units = xml.split(tag)
    if len(units) != len(beads):
        return xml  # an empty document has one empty unit
    dress = _unit12 if kind == "xliff" else _unit21
    notes = _notes(taken)
    parts = [head]
    for bead, unit in zip(beads, units, strict=True):
        said = [note for j in bead.target for note in notes.get(j, ())]
        checked = bool(bead.target) and all(taken.checked[j] for j in bead.target)
        parts += [tag, dress(unit, checked, said)]
    return "".join(parts)


def _notes(taken: Taken) -> dict[int, list[str]]:
    """By target segment, what the reviewer decided, in sentences."""
    out: dict[int, list[str]] = {}
    for f, quoted in zip(taken.flags, taken.quoted, strict=True):
        if f.decided == "rejected":
            said = f"rejected as a false alarm: {f.flag.check} on “{quoted}”" + (f" ({f.reason})" if f.reason else "")
        elif f.status == "mended":
            said = f"corrected where it said “{quoted}”: {f.flag.message}"
        elif f.decided == "accepted":
            said = f"agreed: {f.flag.message} (“{quoted}”)"
        else:
            continue
        out.setdefault(f.flag.segment, []).append(said)
    for j, was in taken.was.items():
        out.setdefault(j, []).insert(0, f"was: {was}")
    return out


def _unit12(unit: str, checked: bool, notes: list[str]) -> str:
    if checked:
        unit = re.sub(r'<target state="[^"]*"', '<target state="signed-off"', unit, count=1)
        unit = unit.replace(">", ' approved="yes">', 1)
    added = "".join(
        f"<note{attribute(annotates='target', **{'from': 'reviewer'})}>{content(n)}</note>\n" for n in notes
    )
    return unit.replace("</trans-unit>", added + "</trans-unit>", 1)


def _unit21(unit: str, checked: bool, notes: list[str]) -> str:
    if checked:
        unit = re.sub(r'(<segment [^>]*state=")translated"', r'\1reviewed"', unit, count=1)
    if not notes:
        return unit
    added = "".join(_numbered(notes))
    if "<notes>\n" in unit:
        return unit.replace("</notes>", added + "</notes>", 1)
    return unit.replace("<segment ", f"<notes>\n{added}</notes>\n<segment ", 1)


def _numbered(notes: list[str]) -> Iterator[str]:
    for k, note in enumerate(notes, 1):
        about = attribute(id=f"r{k}", appliesTo="target", category="reviewer")
        yield f"<note{about}>{content(note)}</note>\n"
