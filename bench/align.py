"""Reproduce every figure about alignment, ours and the peers', in one run.

    pip install -r bench/requirements.txt
    python bench/align.py --gold DIR [--cache DIR] [--json] [--parts sets damage speed scale exact]

Every `NAME.align` under DIR with its two texts beside it is a case; a set is a folder. Scores are strict and lax F1 in
the convention of Vecalign's scorer. Weights were learnt on some of these texts: see `learn_align.py --held-out` for
figures on texts that they had not seen.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import align_peers as peers
from align_damage import Derived, damaged
from align_data import Cache, Case, cases
from align_evidence import COMBINATIONS, evidence_arguments, has_all

from bitext.align import align
from bitext.align.gold import GoldBead, score_beads

System = Callable[[Case], Sequence[Any]]


def systems(cache: Cache, vectors: str) -> dict[str, tuple[System, Callable[[Case], bool]]]:
    """Name: (aligner, whether it can do a case)."""
    found: dict[str, tuple[System, Callable[[Case], bool]]] = {}
    for combination in COMBINATIONS:

        def ours(case: Case, c: str = combination) -> Sequence[Any]:
            return align(*(case.documents or (case.source, case.target)), **evidence_arguments(case, c, cache))

        found["bitext " + (combination if combination != "none" else "text alone")] = (
            ours,
            lambda case, c=combination: has_all(case, c, cache),
        )

    def bleualign(case: Case) -> list[GoldBead]:
        a = evidence_arguments(case, "translation", cache)
        if a.get("source_translation") is not None:
            lines = next(iter(case.forward.values())) if case.forward else a["source_translation"]
            return peers.bleualign(case.forward.get("google", lines), case.target)
        lines = case.back.get("google", a["target_translation"])
        return [(s, t) for t, s in peers.bleualign(lines, case.source)]

    def sentweave(case: Case) -> list[GoldBead]:
        both = (cache.vectors(case.source), cache.vectors(case.target))
        return peers.sentweave_beads(case.source, case.target, both if vectors == "sum" else None)

    found["galechurch"] = (lambda c: peers.galechurch_beads(c.source, c.target), lambda c: True)
    found["bleualign (method)"] = (
        bleualign, lambda c: any(has_all(c, x, cache) for x in ("translation", "translations"))
    )  # fmt: skip
    found["sentweave + e5"] = (sentweave, lambda c: has_all(c, "vectors", cache))
    return found


def per_set(cache: Cache, gold: Path, vectors: str) -> list[dict[str, Any]]:
    """F1 of every system on every set."""
    rows = []
    groups: dict[str, list[Case]] = {}
    for case in cases(gold):
        groups.setdefault(case.group, []).append(case)
    for group, members in groups.items():
        for name, (run, able) in systems(cache, vectors).items():
            if not all(map(able, members)):
                continue
            run(members[0])  # compile and fill caches
            start = time.perf_counter()
            figures = score_beads([(c.gold, run(c)) for c in members])
            seconds = time.perf_counter() - start
            rows.append({"set": group, "system": name, "seconds": round(seconds, 2), **figures.as_dict()})
            print(f"{group:24s} {name:34s} strict {figures.strict_f1:.4f} lax {figures.lax_f1:.4f} {seconds:8.2f} s",
                  file=sys.stderr, flush=True)  # fmt: skip
    return rows


# --- damage --------------------------------------------------------------------------------------


def damage(cache: Cache, gold: Path) -> list[dict[str, Any]]:
    """How far F1 falls when texts are damaged."""
    rows = []
    chosen = [c for c in cases(gold) if len(c.source) >= 100]
    groups = sorted({c.group for c in chosen})
    names = ("bitext translation", "bitext translation+lexicon", "bitext translation+vectors", "bitext lexicon",
             "bitext translations", "bitext translations+vectors", "galechurch", "bleualign (method)",
             "sentweave + e5")  # fmt: skip
    for group in groups:
        members = [c for c in chosen if c.group == group]
        whole: dict[str, float] = {}
        for kind in ("none", "delete10", "delete30", "swap", "double", "breaks", "breaks lost"):
            for name in names:
                if kind.startswith("breaks") and not name.startswith("bitext"):
                    continue  # peers do not look at paragraphs
                found = []
                for case in members:
                    broken = case if kind == "none" else damaged(case, kind)
                    run, able = systems(Derived(cache, case), "sum")[name]
                    if able(broken):
                        found.append((broken.gold, run(broken)))
                if len(found) != len(members):
                    continue
                f = score_beads(found)
                if kind in ("none", "breaks"):
                    whole[name] = f.strict_f1
                fall = whole[name] - f.strict_f1
                rows.append({"set": group, "damage": kind, "system": name, "fall": round(fall, 4), **f.as_dict()})
                print(f"{group:24s} {kind:11s} {name:30s} strict {f.strict_f1:.4f} (falls {fall:.4f})",
                      file=sys.stderr, flush=True)  # fmt: skip
    return rows


# --- speed, scale, exactness ---------------------------------------------------------------------


def speed(cache: Cache, gold: Path) -> list[dict[str, Any]]:
    """Whole jobs and searches alone, side by side on the longest case."""
    case = max(cases(gold), key=lambda c: len(c.source) if has_all(c, "lexicon", cache) else 0)
    n = len(case.source) + len(case.target)
    vectors = cache.vectors(case.source), cache.vectors(case.target)

    class Given:
        def encode(self, texts: Sequence[str]) -> Any:
            return vectors[0] if texts == case.source else vectors[1]

    lexicon = evidence_arguments(case, "lexicon", cache)
    back = evidence_arguments(case, "translation", cache)
    jobs: dict[str, Callable[[], Any]] = {
        "bitext text alone": lambda: align(case.source, case.target),
        "bitext lexicon": lambda: align(case.source, case.target, **lexicon),
        "bitext translation, given": lambda: align(case.source, case.target, **back),
        "bitext vectors, given": lambda: align(case.source, case.target, encoder=Given()),
        "galechurch": lambda: peers.galechurch_beads(case.source, case.target),
        "bleualign (method), translation given": lambda: peers.bleualign(cache.translate(case.target), case.source),
        "sentweave, vectors given": lambda: peers.sentweave_beads(case.source, case.target, vectors),
    }
    rows = []
    for name, job in jobs.items():
        job()
        times = []
        for _ in range(3):
            start = time.process_time()
            job()
            times.append(time.process_time() - start)
        rows.append({"job": name, "cpu_seconds": round(min(times), 3), "segments_per_second": round(n / min(times))})
        print(
            f"{case.name} {name:40s} {min(times):8.3f} s  {n / min(times):9.0f} segments/s", file=sys.stderr, flush=True
        )
    return rows


def tiled(gold: Path, size: int) -> tuple[list[str], list[str]]:
    """English and French text of about `size` segments a side: the long cases one after another, each copy marked."""
    source: list[str] = []
    target: list[str] = []
    whole = [c for c in cases(gold) if c.langs == ("en", "fr")]
    copy = 0
    while len(source) < size:
        for c in whole:
            source += [f"{t} {copy}" if i % 10 == 0 else t for i, t in enumerate(c.source)]
            target += [f"{t} {copy}" if i % 10 == 0 else t for i, t in enumerate(c.target)]
            copy += 1
    return source[:size], target[: round(size * len(target) / len(source))]


def scale_one(gold: Path, size: int) -> dict[str, Any]:
    """One size in a process of its own, for its peak of memory."""
    from bitext import lexicon

    known = lexicon.load("fr-en")
    align(["One.", "Two."], ["Un.", "Deux."], lexicon=known)
    source, target = tiled(gold, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    beads = align(source, target, lexicon=known)
    return {
        "segments": len(source), "beads": len(beads), "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "before_mb": round(before / 1024),
    }  # fmt: skip


def scale(gold: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Time and memory from 1,000 to 100,000 segments a side, lexicon only."""
    rows = []
    for size in sizes:
        command = [sys.executable, __file__, "--gold", str(gold), "--scale-one", str(size)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rows.append(json.loads(out.splitlines()[-1]))
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def exactness(cache: Cache, gold: Path) -> list[dict[str, Any]]:
    """Whether the corridor finds what the exact search finds, on every case."""
    rows = []
    for case in cases(gold):
        combinations = [c for c in ("lexicon", "translation", "translations") if has_all(case, c, cache)]
        for combination in combinations or ["none"]:
            if has_all(case, combination, cache):
                a = evidence_arguments(case, combination, cache)
                one, other = (align(case.source, case.target, exact=e, **a) for e in (False, True))
                same = [(b.source, b.target) for b in one] == [(b.source, b.target) for b in other]
                rows.append({"case": case.name, "evidence": combination, "equal": same})
                print(rows[-1], file=sys.stderr, flush=True)
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gold", type=Path, required=True, help="folder with gold alignments")
    parser.add_argument(
        "--cache", type=Path, default=Path("bench-cache"), help="translations and vectors are kept here"
    )
    parser.add_argument("--parts", nargs="*", default=["sets", "damage", "speed", "scale", "exact"])
    parser.add_argument("--peer-vectors", choices=("sum", "encode"), default="sum",
                        help="sentweave's concatenations: sums of our vectors, or encoded (slow)")  # fmt: skip
    parser.add_argument("--sizes", nargs="*", type=int, default=[1000, 3000, 10_000, 30_000, 100_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale-one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.scale_one:
        print(json.dumps(scale_one(options.gold, options.scale_one)))
        return 0
    cache = Cache(options.cache)
    report: dict[str, Any] = {}
    if "sets" in options.parts:
        report["sets"] = per_set(cache, options.gold, options.peer_vectors)
    if "damage" in options.parts:
        report["damage"] = damage(cache, options.gold)
    if "speed" in options.parts:
        report["speed"] = speed(cache, options.gold)
    if "scale" in options.parts:
        report["scale"] = scale(options.gold, options.sizes)
    if "exact" in options.parts:
        report["exact"] = exactness(cache, options.gold)
    if options.json:
        print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
