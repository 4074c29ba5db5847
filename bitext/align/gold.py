"""Beads in the gold files' own format, and how well beads agree with gold ones.

The format: a bead a line, source and target segment numbers from 0, comma-separated, with a tab between; an empty side
is a deletion or insertion. The scores are those of Vecalign's scorer (Thompson and Koehn 2019): precision counts every
bead found, recall only gold beads with both sides; *strict* wants the very bead, *lax* one that shares a pair of
segments with the gold.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from bitext.document import Bead
from bitext.errors import FormatError
from bitext.files import decode, read_bytes, writing

__all__ = ["BeadFigures", "GoldBead", "format_beads", "read_beads", "score_beads", "write_beads"]

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]
"""Source and target segment numbers."""


@dataclass(frozen=True, slots=True)
class BeadFigures:
    """Agreement with gold beads, each figure 0 to 1."""

    strict_precision: float
    strict_recall: float
    strict_f1: float
    lax_precision: float
    lax_recall: float
    lax_f1: float
    beads: int
    gold_beads: int

    def as_dict(self) -> dict[str, float]:
        """The figures by name, rounded to four digits."""
        return {k: round(v, 4) for k, v in asdict(self).items()}


def _numbers(field: str) -> tuple[int, ...]:
    numbers = tuple(int(x) for x in field.split(",") if x.strip())
    if any(x < 0 for x in numbers):
        raise ValueError(field)
    return numbers


def read_beads(path: str | os.PathLike[str]) -> list[GoldBead]:
    """The beads of a file (`-`: standard input).

    Raises:
        InputError: the file cannot be read.
        FormatError: a line is not a bead, or there is none.
    """
    beads: list[GoldBead] = []
    for number, line in enumerate(decode(read_bytes(path), path).splitlines(), 1):
        if not line.strip():
            continue
        fields = line.split("\t")
        try:
            source, target = (_numbers(f) for f in fields)
        except ValueError:
            raise FormatError(
                "is not a bead: two lists of segment numbers with a tab between, such as '3,4<TAB>3'",
                path=path,
                line=number,
                mend="number segments from 0",
            ) from None
        beads.append((source, target))
    if not beads:
        raise FormatError("holds no beads", path=path, mend="give a file with a bead a line, such as '3,4<TAB>3'")
    return beads


def _plain(bead: Bead | GoldBead) -> GoldBead:
    if isinstance(bead, Bead):
        return tuple(bead.source), tuple(bead.target)
    return tuple(bead[0]), tuple(bead[1])


def format_beads(beads: Iterable[Bead | GoldBead]) -> str:
    """Beads as text, a line each."""
    rows = (",".join(map(str, s)) + "\t" + ",".join(map(str, t)) + "\n" for s, t in map(_plain, beads))
    return "".join(rows)


def write_beads(beads: Iterable[Bead | GoldBead], path: str | os.PathLike[str]) -> None:
    """Write beads to a file (`-`: standard output).

    Raises:
        OutputError: the file cannot be written.
    """
    with writing(path) as f:
        f.write(format_beads(beads))


def _count(gold: set[GoldBead], found: set[GoldBead]) -> tuple[int, int]:
    """How many of `found` are in `gold`, strictly and laxly."""
    partners: dict[int, set[int]] = defaultdict(set)
    for s, t in gold:
        for i in s:
            partners[i].update(t)
    strict = lax = 0
    for s, t in found:
        if (s, t) in gold:
            strict += 1
            lax += 1
        elif any(not partners[i].isdisjoint(t) for i in s):
            lax += 1
    return strict, lax


def _f1(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


def score_beads(
    documents: Iterable[tuple[Sequence[Bead | GoldBead], Sequence[Bead | GoldBead]]],
) -> BeadFigures:
    """Precision, recall and F1 over one or more documents, counted together.

    Args:
        documents: pairs of gold beads and the beads found.
    """
    found_right = [0, 0]
    gold_right = [0, 0]
    found_all = gold_all = 0
    for gold, found in documents:
        g = {b for b in map(_plain, gold) if b[0] or b[1]}
        h = {b for b in map(_plain, found) if b[0] or b[1]}
        g_full, h_full = ({b for b in x if b[0] and b[1]} for x in (g, h))
        for total, right in ((found_right, _count(g, h)), (gold_right, _count(h_full, g_full))):
            total[0] += right[0]
            total[1] += right[1]
        found_all += len(h)
        gold_all += len(g_full)
    p = [x / found_all if found_all else 0.0 for x in found_right]
    r = [x / gold_all if gold_all else 0.0 for x in gold_right]
    return BeadFigures(p[0], r[0], _f1(p[0], r[0]), p[1], r[1], _f1(p[1], r[1]), found_all, gold_all)
