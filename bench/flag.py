"""Measures the flags: `python bench/flag.py --gold DIR [--json] [--write] [--models] [--only SET]…`.

DIR is laid out as `flag/*.tsv` and `mt/newstest2013.{fr,en}`. `--write` puts precision, recall and calibration of each
check into `bitext/flag/measured.json`, from which flags take their confidence; run it with all sets and `--models`.
`--trend FR_EN=EN_FR`, which may be given several times, runs what leans on models with those weights (`-`: none) side
by side, to see what better ones give.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from flag_figures import auc
from flag_sets import Bench

from bitext.shipped import shipped

__all__ = ["auc"]

SETS = ("wordsense", "article", "demetr", "wmt22chat", "diabla", "sconf", "quality", "clean", "planted", "speed")


def show(value: Any, indent: int = 0) -> None:
    pad = "  " * indent
    for k, v in value.items():
        if isinstance(v, Mapping) and any(isinstance(x, Mapping | list) for x in v.values()):
            print(f"{pad}{k}")
            show(v, indent + 1)
        elif isinstance(v, Mapping):
            print(f"{pad}{k}: " + ", ".join(f"{a} {b}" for a, b in v.items()))
        elif isinstance(v, list):
            print(f"{pad}{k}: " + "; ".join(str(x) for x in v))
        else:
            print(f"{pad}{k}: {v}")


def trend(folder: Path, pairs: list[str]) -> dict[str, Any]:
    """What the checks that lean on models do with other weights, and without any."""
    out = {}
    for pair in pairs:
        back, _, forward = pair.partition("=")
        models = {n: m for n, m in (("fr-en", back), ("en-fr", forward)) if m and m != "-"}
        bench = Bench(folder, models)
        name = pair if models else "no models"
        out[name] = bench.weights()
        print(f"trend, {name}: done", file=sys.stderr)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--only", choices=SETS, action="append")
    parser.add_argument("--models", action="store_true", help="use the shipped models for the checks that need them")
    parser.add_argument("--trend", action="append", metavar="FR_EN=EN_FR", help="weights to compare; no other sets run")
    parser.add_argument("--checks", nargs="+", metavar="CHECK", help="run only these; --write replaces only theirs")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write bitext/flag/measured.json")
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    results: dict[str, Any] = {}
    if args.trend:
        results["trend"] = trend(args.gold, args.trend)
    else:
        there = [n for n in ("fr-en", "en-fr") if shipped("models", n, "config.json").is_file()]
        bench = Bench(args.gold, {n: n for n in there} if args.models else {}, args.checks)
        sets: dict[str, Callable[[], dict[str, Any]]] = {n: getattr(bench, n) for n in SETS}
        for n in args.only or SETS:
            start = time.perf_counter()
            results[n] = sets[n]()
            print(f"{n}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
        results["checks"] = bench.tally.table()
    if args.json:
        print(json.dumps(results, indent=1, ensure_ascii=False))
    else:
        for n, r in results.items():
            print(f"\n{n}\n{'=' * len(n)}")
            show(r)
    if args.write and not args.trend:
        from bitext.files import writing

        path = Path(__file__).parent.parent / "bitext" / "flag" / "measured.json"
        made = f"bench/flag.py --gold DIR --write{' --models' if args.models else ''}"
        rows = results["checks"]
        if args.checks:
            kept = json.loads(path.read_text(encoding="utf-8"))
            made = kept["made_by"]
            rows = {n: r for n, r in kept["checks"].items() if n not in args.checks} | rows
        with writing(path) as out:
            json.dump({"made_by": made, "checks": dict(sorted(rows.items()))}, out, indent=1, ensure_ascii=False)
            out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
