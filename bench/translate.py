"""The two engines side by side: do they agree, how fast are they, how much memory do they take.

    python bench/translate.py [--gold DIR] [--model fr-en] [--segments 200] [--beam 4] [--json]

Each engine runs in a process of its own, so that its peak of memory is its own; twice in turn, and the
faster run counts, so that a busy machine harms all alike. With DIR/mt/NAME.fr and NAME.en there is BLEU too;
without, the article in corpus/ is translated and outputs are only compared with each other.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bitext import translate
from bitext.errors import BitextError
from bitext.shipped import shipped

ENGINES = (("transformers", "float32"), ("ct2", "float32"), ("ct2", "int8"))


def worker() -> int:
    """Translate what standard input says; a process of its own."""
    import resource

    job = json.load(sys.stdin)
    started = time.perf_counter()
    translator = translate.load(**job["options"], repair=False)
    translator.translate(job["texts"][:2])
    loaded = time.perf_counter()
    before = translator.stats.target_tokens
    found = translator.translate(job["texts"])
    seconds = time.perf_counter() - loaded
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    json.dump(
        {
            "outputs": [t.text for t in found],
            "load": loaded - started,
            "seconds": seconds,
            "tokens": translator.stats.target_tokens - before,
            "peak": peak,
        },
        sys.stdout,
    )
    return 0


def run(texts: list[str], **options: Any) -> dict[str, Any]:
    """One engine in its own process."""
    threads = str(options["threads"] or "")
    done = subprocess.run(
        [sys.executable, __file__, "--worker"],
        input=json.dumps({"texts": texts, "options": options}),
        capture_output=True,
        text=True,
        env=os.environ | ({"OMP_NUM_THREADS": threads} if threads else {}),
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def texts(gold: Path | None, model: str, count: int) -> tuple[list[str], list[str] | None]:
    """Source segments, and their references if there are any."""
    if gold is not None:
        from mt import pairs

        directory = translate.find(model)
        name = (directory.source_lang or "fr", directory.target_lang or "en")
        _, a, b = max(pairs(gold, *name), key=lambda p: len(p[1]))
        step = max(1, len(a) // count)
        return a[::step][:count], b[::step][:count]
    article = shipped("corpus", "kazakhstan.fr.txt").read_text("utf-8")
    sentences = [s for line in article.split("\n") for s in re.split(r"(?<=[.!?])\s+", line.strip()) if s]
    halves = [h for s in sentences for h in s.split(", ")]  # more segments out of the same text
    return [*sentences, *halves][:count], None


def main(argv: list[str] | None = None) -> int:
    """Measure, print a table or JSON; 1 if the engines disagree, 2 on bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--model", default="fr-en")
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if args.worker:
        return worker()
    try:
        sources, references = texts(args.gold, args.model, args.segments)
    except BitextError as e:
        print(e, file=sys.stderr)
        return 2
    common = {"model": args.model, "threads": args.threads}
    greedy = [run(sources, engine=e, compute_type=c, beam=1, **common)["outputs"] for e, c in ENGINES]
    same = sum(a == b for a, b in zip(greedy[0], greedy[1], strict=True))
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for _ in range(args.rounds):
        for engine, compute in ENGINES:
            found = run(sources, engine=engine, compute_type=compute, beam=args.beam, **common)
            best = rows.setdefault((engine, compute), found)
            if found["seconds"] < best["seconds"]:
                rows[engine, compute] = found
    base = rows["transformers", "float32"]
    report: dict[str, Any] = {
        "segments": len(sources),
        "beam": args.beam,
        "threads": args.threads,
        "greedy_identical": {"ct2-float32 and transformers-float32": same},
        "signature": str(translate.load(args.model, beam=args.beam).signature),
        "engines": [],
    }
    for (engine, compute), row in rows.items():
        speed = row["tokens"] / row["seconds"]
        line = {
            "engine": f"{engine}-{compute}",
            "tokens_per_second": round(speed),
            "ratio": round(speed / (base["tokens"] / base["seconds"]), 2),
            "peak_mb": round(row["peak"] / 1e6),
            "load_seconds": round(row["load"], 2),
            "identical_to_reference": sum(a == b for a, b in zip(row["outputs"], base["outputs"], strict=True)),
        }
        if references is not None:
            from sacrebleu.metrics import BLEU, CHRF

            line["bleu"] = round(BLEU().corpus_score(row["outputs"], [references]).score, 2)
            line["chrf"] = round(CHRF().corpus_score(row["outputs"], [references]).score, 2)
        report["engines"].append(line)
    if args.json:
        print(json.dumps(report, indent=1))
    else:
        print(f"greedy: {same} of {len(sources)} outputs of ct2-float32 are those of transformers-float32")
        for line in report["engines"]:
            print("  ".join(f"{k} {v}" for k, v in line.items()))
        print(report["signature"])
    return 0 if same == len(sources) else 1


if __name__ == "__main__":
    sys.exit(main())
