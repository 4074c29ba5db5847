"""How well a model translates: sacreBLEU and chrF on every pair of texts in a folder.

    python bench/mt.py --gold DIR [--model fr-en] [--beam 4] [--rerank MODEL|none] [--limit 40,60,100]
                         [--segments N] [--json]

DIR/mt holds NAME.fr and NAME.en, one segment a line; the model's direction says which is the source.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from sacrebleu.metrics import BLEU, CHRF

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bitext import translate
from bitext.errors import BitextError, InputError


def read(path: Path) -> list[str]:
    """Lines of a text; only `\\n` ends one."""
    return path.read_text("utf-8").removesuffix("\n").split("\n")


def pairs(gold: Path, source: str, target: str) -> list[tuple[str, list[str], list[str]]]:
    """Every text that is there in both languages: name, source lines, target lines."""
    found = []
    for path in sorted((gold / "mt").glob(f"*.{source}")):
        other = path.with_suffix(f".{target}")
        if other.is_file():
            a, b = read(path), read(other)
            if len(a) != len(b):
                raise InputError(f"has {len(a)} lines but {other.name} has {len(b)}", path=path)
            found.append((path.stem, a, b))
    if not found:
        raise InputError(f"holds no NAME.{source} with NAME.{target} beside it", path=gold / "mt")
    return found


def measure(name: str, sources: list[str], references: list[str], **options: Any) -> dict[str, Any]:
    """Translate and score one text."""
    translator = translate.load(**options)
    started = time.perf_counter()
    found = translator.translate(sources)
    seconds = time.perf_counter() - started
    bleu, chrf, outputs = BLEU(), CHRF(), [t.text for t in found]
    stats = translator.stats
    return {
        "text": name,
        "segments": len(sources),
        "bleu": round(bleu.corpus_score(outputs, [references]).score, 2),
        "chrf": round(chrf.corpus_score(outputs, [references]).score, 2),
        "limit": translator.limit,
        "seconds": round(seconds, 1),
        "tokens_per_second": round(stats.tokens_per_second),
        "split": stats.split,
        "retried": stats.retried,
        "unreliable": sum(not t.reliable for t in found),
        "bleu_signature": str(bleu.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
        "signature": str(translator.signature),
    }


def main(argv: list[str] | None = None) -> int:
    """Measure, print a table or JSON; 2 on bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder whose mt/ holds the texts")
    parser.add_argument("--model", default="fr-en")
    parser.add_argument("--engine", default="ct2", choices=translate.ENGINES)
    parser.add_argument("--compute-type")
    parser.add_argument("--beam", type=int)
    parser.add_argument("--rerank", help="a model of the other direction, or none; by default what the model says")
    parser.add_argument("--limit", help="split above so many tokens; several, with commas, are compared")
    parser.add_argument("--no-repair", action="store_true")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--segments", type=int, help="only so many, spread evenly over each text")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    try:
        model = translate.find(args.model)
        source, target = model.source_lang or "fr", model.target_lang or "en"
        rows = []
        for name, a, b in pairs(args.gold, source, target):
            step = max(1, len(a) // args.segments) if args.segments else 1
            for limit in [int(n) for n in args.limit.split(",")] if args.limit else [None]:
                rows.append(
                    measure(
                        name, a[::step][: args.segments], b[::step][: args.segments], model=args.model, limit=limit,
                        engine=args.engine, compute_type=args.compute_type, beam=args.beam, threads=args.threads,
                        repair=not args.no_repair, rerank=args.rerank,
                    )
                )  # fmt: skip
                if not args.json:
                    r = rows[-1]
                    print(
                        f"{name:20} {r['segments']:5} segments  BLEU {r['bleu']:5.2f}  chrF {r['chrf']:5.2f}  "
                        f"limit {r['limit']:3}  {r['tokens_per_second']:5} tokens/s  {r['seconds']:6.1f} s  "
                        f"split {r['split']}  retried {r['retried']}  unreliable {r['unreliable']}",
                        flush=True,
                    )
    except BitextError as e:
        print(e, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        print(f"{rows[0]['signature']}\nBLEU {rows[0]['bleu_signature']}\nchrF {rows[0]['chrf_signature']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
