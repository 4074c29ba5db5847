"""Short texts with marked faults, as a mediocre machine would translate them: what the checks find and get wrong.

`python bench/flag_texts.py [TEXT…] [--models]`; without texts, those of `bench/texts`.

A text is `NAME.tsv`: `en<TAB>fr`, the first line the header, the second the heading. A fault is marked in the French as
`{wrong|kind|right}`; words left out have an empty *wrong*. So each text gives a faulty translation and a sound one, on
which every flag is wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flag_sets import Bench

from bitext.document import Bead, Bitext, Document, Flag, Kind, Segment, Severity

__all__ = ["Line", "examined", "read", "touched"]

_MARK = re.compile(r"\{([^|{}]*)\|([a-z]+)\|([^{}]*)\}")
# Kinds that a flag of the whole segment may mean: it says what is wrong, not where.
_WHOLE = {
    "omission": {"omission"},
    "negation": {"negation"},
    "names": {"name"},
    "acronyms": {"name"},
    "numbers": {"number", "currency"},
    "dates": {"date"},
    "modality": {"modality"},
}
_PAGE = ("other/boilerplate", "other/back-translation")


class Line(NamedTuple):
    """A segment of the original, its faulty translation, the faults (start, end, kind) in that, and the sound one."""

    source: str
    faulty: str
    faults: tuple[tuple[int, int, str], ...]
    sound: str


def read(path: Path) -> list[Line]:
    """The lines of a marked text."""
    out = []
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        source, marked = row.split("\t")
        text, faults, at = "", [], 0
        for m in _MARK.finditer(marked):
            text += marked[at : m.start()]
            faults.append((len(text), len(text) + len(m[1]), m[2]))
            text += m[1]
            at = m.end()
        text += marked[at:]
        sound = _MARK.sub(lambda m: m[3], marked)
        out.append(Line(source, text[0].upper() + text[1:], tuple(faults), sound[0].upper() + sound[1:]))
    return out


def _document(texts: Sequence[str], lang: str) -> Document:
    segments, at = [], 0
    for i, text in enumerate(texts):
        segments.append(Segment(text, at, at + len(text), Kind.SENTENCE if i else Kind.HEADING, i))
        at += len(text) + 1
    return Document("\n".join(texts), tuple(segments), lang)


def touched(flag: Flag, line: Line) -> list[int]:
    """Which faults of its line a flag is right about: it overlaps them, or says of the whole segment what they are."""
    a, b = flag.span
    whole = b - a >= len(line.faulty) - 1
    out = []
    for k, (x, y, kind) in enumerate(line.faults):
        if kind == "omission" or whole:
            if kind in _WHOLE.get(flag.check, ()):
                out.append(k)
        elif max(a, x) < min(b, y):
            out.append(k)
        elif kind in _WHOLE.get(flag.check, ()) and kind in ("negation", "modality"):
            out.append(k)  # a lost negation has no place
    return out


def examined(
    paths: Sequence[Path], examine: Callable[[Bitext], Sequence[Flag]], translate: Callable[[Sequence[str]], Any] | None
) -> dict[str, Any]:
    """Faults found by kind, flags right and wrong by check, and flags on the sound translations, of all texts.

    `translate` gives back-translations; without it there are none.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    by_check: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    missed: list[str] = []
    segments = 0
    for path in paths:
        lines = read(path)
        segments += len(lines)
        source = _document([line.source for line in lines], "en")
        beads = tuple(Bead(range(i, i + 1), range(i, i + 1)) for i in range(len(lines)))
        for sound in (False, True):
            target = _document([line.sound if sound else line.faulty for line in lines], "fr")
            bitext = Bitext(target, source, "original", beads=beads)
            if translate is not None:
                bitext = bitext.with_(translations=tuple(translate(target.texts)))
            hit: set[tuple[int, int]] = set()
            for f in examine(bitext):
                if f.category in _PAGE:
                    continue
                line = lines[f.segment]
                mine = [] if sound else touched(f, line)
                hit |= {(f.segment, k) for k in mine}
                column = "right" if mine else "on sound text" if sound else "wrong"
                by_check[f.check][column] += 1
                major = f.severity in (Severity.MAJOR, Severity.CRITICAL)
                by_check["all"][column] += 1
                if not mine:
                    by_check["all"][f"{column}, major"] += major
                    place = target.segments[f.segment].text[slice(*f.span)]
                    wrong.append(f"{path.stem} {f.segment}{' sound' * sound} {f.check}: {place[:60]!r} ({f.message})")
            if sound:
                continue
            for i, line in enumerate(lines):
                for k, (a, b, kind) in enumerate(line.faults):
                    for name in (kind, "all"):
                        found[name]["planted"] += 1
                        found[name]["found"] += (i, k) in hit
                    if (i, k) not in hit:
                        missed.append(f"{path.stem} {i} {kind}: {line.faulty[a:b]!r}")
    return {
        "texts": " ".join(p.stem for p in paths),
        "segments": segments,
        "found": {k: f"{v['found']} of {v['planted']}" for k, v in sorted(found.items())},
        "flags": {k: dict(v) for k, v in sorted(by_check.items())},
        "missed": missed,
        "wrong flags": wrong,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="*", type=Path, help="files; all of bench/texts if none is given")
    parser.add_argument("--models", action="store_true", help="use the shipped models for the checks that need them")
    args = parser.parse_args()
    bench = Bench(Path(), {"fr-en": "fr-en", "en-fr": "en-fr"} if args.models else {})
    paths = args.texts or sorted(Path(__file__).parent.joinpath("texts").glob("*.tsv"))
    found = examined(paths, bench.examine, bench.models["fr-en"].translate if args.models else None)
    for name, value in found.items():
        rows = value.items() if isinstance(value, dict) else [(v, "") for v in value] if isinstance(value, list) else []
        print(f"{name}: {'' if rows else value}")
        for key, row in rows:
            print(f"  {key} {row}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
