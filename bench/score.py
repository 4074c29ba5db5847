"""Scores measured: equality with sacreBLEU, texts that are not line-aligned, speed, and what the estimates mean.

    python bench/score.py --gold DIR [--json] [--only equality lines speed meaning systems]

DIR holds `mt/NAME.{fr,en}` (line-aligned), `flag/diabla.tsv` and `flag/wmt22chat_*.tsv`.
`--models` names folders with fr-en/ and en-fr/ to use in place of the shipped ones; `--systems` names folders of models
of different quality, of either direction, whose outputs are judged with and without reference. On one busy core the
judged segments take a quarter of an hour, and 200 segments of 16 systems as long: `--judged`, `--segments` and
`--memory` shorten it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from score_quality import load, meaning, systems  # noqa: E402

from bitext.score import compare, read_lines, resegment, score, score_documents  # noqa: E402
from bitext.score.bootstrap import bootstrap  # noqa: E402
from bitext.score.metrics import build  # noqa: E402
from bitext.score.metrics import statistics as count  # noqa: E402

PARTS = ["equality", "lines", "speed", "meaning", "systems"]


def noised(lines: Sequence[str], rate: float, seed: int) -> list[str]:
    """Lines with words dropped, doubled and swapped: a bad translation that needs no model."""
    rng = random.Random(seed)
    out = []
    for line in lines:
        words: list[str] = []
        for w in line.split():
            x = rng.random()
            if x < rate / 3:
                continue
            words.append(w)
            if x < 2 * rate / 3:
                words.append(w)
            elif x < rate and len(words) > 1:
                words[-1], words[-2] = words[-2], words[-1]
        out.append(" ".join(words))
    return out


# --- equality ------------------------------------------------------------------------------------


def command(files: Sequence[Path], hypotheses: Sequence[Path], *options: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "sacrebleu", *map(str, files), "-i", *map(str, hypotheses), "-w", "8", *options],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ) | {"SACREBLEU_SEED": "12345"},
    )
    return run.stdout


def equality(gold: Path, outputs: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Every figure of the command against ours, on each file of DIR/mt."""
    rows = []
    for reference in sorted((gold / "mt").glob("*.en")):
        refs = read_lines(reference)
        hyps = outputs.get(reference.stem)
        kind = "model output"
        if hyps is None:
            hyps, kind = noised(refs, 0.3, 1), "noised reference"
        refs = refs[: len(hyps)]
        with tempfile.TemporaryDirectory() as folder:
            hyp_path, ref_path, first_path, second_path = (Path(folder) / n for n in ("hyp", "ref", "a", "b"))
            first, second = noised(hyps, 0.05, 4), noised(hyps, 0.05, 2)  # as good as each other
            for path, lines in ((hyp_path, hyps), (ref_path, refs), (first_path, first), (second_path, second)):
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            theirs = json.loads(command([ref_path], [hyp_path], "-m", "bleu", "chrf", "ter", "--confidence"))
            theirs.append(
                json.loads(command([ref_path], [hyp_path], "-m", "chrf", "--chrf-word-order", "2", "--confidence"))
            )
            ours = {m.name: m for m in score(hyps, refs, ("bleu", "chrf", "ter", "chrf++"), confidence=True).metrics}
            for t in theirs:
                m = ours[t["name"]]
                low, high = m.interval or (0.0, 0.0)
                rows.append(
                    {
                        "set": reference.stem,
                        "hypotheses": kind,
                        "segments": len(refs),
                        "metric": t["name"],
                        "sacrebleu": t["score"],
                        "difference": abs(m.value - t["score"]),
                        "interval difference": max(
                            abs((low + high) / 2 - t["confidence_mean"]), abs((high - low) / 2 - t["confidence_var"])
                        ),
                        "signature equal": m.signature == t["signature"],
                    }
                )
            for test in ("bs", "ar"):
                text = command(
                    [ref_path],
                    [first_path, second_path],
                    "-m",
                    "bleu",
                    "chrf",
                    f"--paired-{test}",
                    "--no-color",
                    "-f",
                    "text",
                )
                mine = compare({"a": first, "b": second}, refs, ("bleu", "chrf"), test=test)
                p_row = next(line for line in text.splitlines() if "(p = " in line).split("│")[2:]
                for column, (name, results) in enumerate(mine.results.items()):
                    said = f"(p = {results[1].p_value:.4f})"
                    rows.append(
                        {
                            "set": reference.stem,
                            "metric": f"{name} paired {test}",
                            "sacrebleu": p_row[column].strip(),
                            "ours": said,
                            "equal": said in p_row[column],
                            "signature equal": mine.signatures[name] in text,
                        }
                    )
    return rows


# --- not line-aligned ----------------------------------------------------------------------------


def shaken(lines: Sequence[str], seed: int, *, drop: float, move: bool) -> tuple[list[str], set[int]]:
    """Lines merged, split, dropped and (with `move`) reordered at random; and the indices that were kept."""
    rng = random.Random(seed)
    kept = [i for i in range(len(lines)) if rng.random() >= drop]
    order = list(kept)
    if move:
        for _ in range(max(1, len(order) // 50)):
            a, size = rng.randrange(len(order)), rng.randint(1, 3)
            block = order[a : a + size]
            del order[a : a + size]
            at = max(0, min(len(order), a + rng.choice([-6, -4, -3, 3, 4, 6])))
            order[at:at] = block
    out: list[str] = []
    joined = False
    for i in order:
        words = lines[i].split()
        x = rng.random()
        if joined and out:
            out[-1] += " " + lines[i]
            joined = False
        elif x < 0.15 and len(words) > 7:
            at = next((k for k in range(3, len(words) - 3) if words[k - 1][-1] in ",;:"), len(words) // 2)
            out += [" ".join(words[:at]), " ".join(words[at:])]
        else:
            out.append(lines[i])
            joined = x > 0.85
    return out, set(kept)


DAMAGE = ((0.0, False), (0.0, True), (0.05, False), (0.05, True), (0.1, True))
"""Share of lines dropped, and whether blocks of one to three lines change places; all are merged and split too."""


def not_aligned(
    gold: Path, outputs: dict[str, list[str]], align: Callable[..., Any] | None, draws: int
) -> list[dict[str, Any]]:
    """BLEU of shaken documents by each way, less that of the lines left alone; first the summary, then every draw.

    Beads leave out text without a counterpart, so theirs is compared with the same lines (`covered`) and with all
    lines that were kept; the re-segmented ones with the intact document in which dropped lines are empty, too.
    """
    rows = []
    for name, hyps in outputs.items():
        refs = read_lines(gold / "mt" / f"{name}.en")[: len(hyps)]

        def bleu(lines: Sequence[str], at: Sequence[int] | None = None, refs: list[str] = refs) -> float:
            at = range(len(refs)) if at is None else sorted(at)
            chosen = lines if len(lines) == len(at) else [lines[i] for i in at]
            return score(chosen, [refs[i] for i in at], ("bleu",), check=False).metrics[0].value

        for seed, (drop, move) in enumerate([d for d in DAMAGE for _ in range(draws)], 1):
            lines, kept = shaken(hyps, seed, drop=drop, move=move)
            intact, empty = bleu(hyps, list(kept)), bleu([h if i in kept else "" for i, h in enumerate(hyps)])
            row: dict[str, Any] = {
                "set": name,
                "lines": f"{len(hyps)} → {len(lines)}",
                "dropped": drop,
                "reordered": move,
                "intact, kept lines": intact,
                "intact, dropped lines empty": empty,
            }
            plain = resegment(lines, refs, split_punctuation=False, lowercase=False, sentence_ends=False).segments
            ways: dict[str, Sequence[str]] = {
                "mwerSegmenter's method": plain,
                "ours of it": resegment(lines, refs).segments,
            }
            if (peer := mweralign(lines, refs)) is not None:
                ways["mweralign"] = peer
            for way, cut in ways.items():
                found = bleu(cut)
                row |= {f"{way}: kept": found - intact, f"{way}: empty": found - empty}
            if align is not None:
                begin = time.perf_counter()
                got = score_documents(lines, refs, align, ("bleu",))
                seconds = time.perf_counter() - begin
                found = got.scores.metrics[0].value
                inside = {i for k in got.scores.beads for i in got.beads[k].source} & kept
                row |= {
                    "beads: kept": found - intact,
                    "beads: covered": found - bleu(hyps, list(inside)),
                    "coverage": got.scores.coverage["hypothesis"],
                    "seconds": seconds,
                }
            rows.append(row)
    return [*_summary(rows), *rows]


def _summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How near each way comes, by set and over all draws."""
    found = []
    for which in [*dict.fromkeys(r["set"] for r in rows), "all"]:
        mine = [r for r in rows if which in ("all", r["set"])]
        for column in [k for k in mine[0] if ": " in k]:
            values = [r[column] for r in mine]
            found.append(
                {
                    "set": which,
                    "less intact": column,
                    "draws": len(values),
                    "within 0.5 BLEU": sum(abs(v) <= 0.5 for v in values),
                    "mean": statistics.fmean(values),
                    "largest": max(values, key=abs),
                }
            )
    return found


def mweralign(lines: Sequence[str], refs: Sequence[str]) -> list[str] | None:
    """mwerSegmenter's own code, where the package mweralign is installed."""
    try:
        from mweralign import align_texts
    except ImportError:
        return None
    sys.stderr.flush()
    said, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)  # its C++ tells how it fares
    try:
        cut = str(align_texts("\n".join(refs) + "\n", "\n".join(lines) + "\n"))
    finally:
        os.dup2(said, 2)
        os.close(silence)
        os.close(said)
    return cut.split("\n")[: len(refs)]


def aligner() -> Callable[..., Any] | None:
    """The package's own aligner."""
    try:
        from bitext.align import align
    except ImportError:
        return None
    return align


# --- speed ---------------------------------------------------------------------------------------


def speed(gold: Path, samples: int = 1000, segments: int = 3003, rounds: int = 3) -> list[dict[str, Any]]:
    """Bootstrap by sacreBLEU and by us, in turns, on the same statistics."""
    from sacrebleu.significance import _bootstrap_resample

    refs = (read_lines(gold / "mt" / "newstest2013.en") * 3)[:segments]
    hyps = noised(refs, 0.3, 3)
    rows = []
    for name in ("bleu", "chrf", "chrf++", "ter"):
        stats = count(build(name, [refs]), hyps)
        times: dict[str, list[float]] = {"sacrebleu": [], "bitext": []}
        for _ in range(rounds):
            begin = time.process_time()
            _bootstrap_resample(stats.rows, stats.metric, samples)
            times["sacrebleu"].append(time.process_time() - begin)
            begin = time.process_time()
            bootstrap(stats.metric, stats.array, samples)
            times["bitext"].append(time.process_time() - begin)
        theirs, ours = (statistics.median(t) for t in times.values())
        rows.append(
            {"metric": name, "segments": segments, "sacrebleu s": theirs, "bitext s": ours, "ratio": theirs / ours}
        )
    return rows


# --- all -----------------------------------------------------------------------------------------


def show(title: str, rows: Iterable[dict[str, Any]]) -> None:
    """The rows as they come."""
    print(f"\n{title}")
    for row in rows:
        parts = [f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()]
        print("  " + " | ".join(parts), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder with mt/ and flag/")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--models", type=Path, nargs="*", default=[], help="folders with fr-en/ and en-fr/")
    parser.add_argument("--systems", type=Path, nargs="*", default=[], help="models of different quality")
    parser.add_argument(
        "--segments", type=int, default=500, help="segments of each set that are translated; of the systems at most 200"
    )
    parser.add_argument("--draws", type=int, default=4, help="draws of each kind of damage")
    parser.add_argument("--judged", type=int, help="at most so many judged segments of each set and direction")
    parser.add_argument("--memory", type=Path, help="translation memory, to measure again without translating again")
    args = parser.parse_args(argv)
    wanted = args.only or PARTS
    outputs: dict[str, list[str]] = {}
    if {"equality", "lines"} & set(wanted) and (translator := load("fr-en", args.models, args.memory)) is not None:
        for path in sorted((args.gold / "mt").glob("*.fr")):
            outputs[path.stem] = [t.text for t in translator.translate(read_lines(path)[: args.segments])]
    result: dict[str, Iterable[dict[str, Any]]] = {}
    if "equality" in wanted:
        result["equality"] = equality(args.gold, outputs) + equality(args.gold, {})
    if "lines" in wanted:
        result["lines"] = not_aligned(args.gold, outputs, aligner(), args.draws)
    if "speed" in wanted:
        result["speed"] = speed(args.gold)
    if "meaning" in wanted:
        result["meaning"] = meaning(args.gold, args.models, memory=args.memory, limit=args.judged)
    if "systems" in wanted:
        result["systems"] = systems(
            args.gold, args.models, args.systems, memory=args.memory, segments=min(200, args.segments)
        )
    if args.json:
        print(json.dumps({k: list(v) for k, v in result.items()}, ensure_ascii=False, indent=1))
        return 0
    for name, rows in result.items():
        show(name, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
