"""Scores measured: equality with sacreBLEU, texts that are not line-aligned, speed, and what the estimates mean.

    python bench/score.py --gold DIR [--json] [--only equality lines speed meaning] [--models DIR…]

DIR holds `mt/NAME.{fr,en}` (line-aligned), `flag/diabla.tsv` and `flag/wmt22chat_*.tsv`.
`--fit` writes the coefficients of the quality estimate (bitext/score/calibration.json), fitted on diabla.tsv.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bitext.document import Translation  # noqa: E402
from bitext.errors import BitextError  # noqa: E402
from bitext.score import compare, read_lines, resegment, score, score_documents  # noqa: E402
from bitext.score.bootstrap import bootstrap  # noqa: E402
from bitext.score.metrics import build, segment_chrf  # noqa: E402
from bitext.score.metrics import statistics as count  # noqa: E402
from bitext.score.quality import features  # noqa: E402


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


def load(name: str, models: Sequence[Path], memory: Path | None = None) -> Any:
    """A translator of that name, from the first directory that has it, or None."""
    from bitext.translate import load as load_model

    for place in [*(m / name for m in models), name]:
        try:
            return load_model(place, threads=1, memory=memory)
        except BitextError:
            continue
    return None


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


def not_aligned(gold: Path, outputs: dict[str, list[str]], align: Callable[..., Any] | None) -> list[dict[str, Any]]:
    """BLEU of shaken documents by both ways, against BLEU of the same lines left alone."""
    rows = []
    for name, hyps in outputs.items():
        refs = read_lines(gold / "mt" / f"{name}.en")[: len(hyps)]
        for seed, drop, move in [(1, 0, False), (2, 0, True), (3, 0.05, False), (4, 0.05, True), (5, 0.05, True)]:
            lines, kept = shaken(hyps, seed, drop=drop, move=move)
            rest = sorted(kept)
            intact = score([hyps[i] for i in rest], [refs[i] for i in rest], ("bleu",), check=False).metrics[0].value
            whole = [hyps[i] if i in kept else "" for i in range(len(hyps))]
            full = score(whole, refs, ("bleu",), check=False).metrics[0].value
            plain = resegment(lines, refs, split_punctuation=False).segments
            ours = resegment(lines, refs).segments
            row: dict[str, Any] = {
                "set": name,
                "lines": f"{len(hyps)} → {len(lines)}",
                "dropped": drop,
                "reordered": move,
                "intact, kept lines": intact,
                "intact, dropped lines empty": full,
                "mwerSegmenter's method (words)": score(plain, refs, ("bleu",), check=False).metrics[0].value,
                "the same, punctuation split": score(ours, refs, ("bleu",), check=False).metrics[0].value,
            }
            if align is not None:
                begin = time.perf_counter()
                got = score_documents(lines, refs, align, ("bleu",))
                found = got.scores.metrics[0].value
                inside = {i for k in got.scores.beads for i in got.beads[k].source} & kept
                same = score(
                    [hyps[i] for i in sorted(inside)], [refs[i] for i in sorted(inside)], ("bleu",), check=False
                )
                row |= {
                    "aligned first": found,
                    "difference on kept lines": found - intact,
                    "difference on covered lines": found - same.metrics[0].value,
                    "coverage": " ".join(f"{side} {share:.3f}" for side, share in got.scores.coverage.items()),
                    "seconds": time.perf_counter() - begin,
                }
            rows.append(row)
    return rows


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


# --- meaning -------------------------------------------------------------------------------------


def read_tsv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def kendall(x: Sequence[float], y: Sequence[float]) -> float:
    """Kendall's tau-b."""
    a, b = np.asarray(x, float), np.asarray(y, float)
    concordance = tied_a = tied_b = pairs = 0.0
    for i in range(len(a) - 1):
        da, db = np.sign(a[i + 1 :] - a[i]), np.sign(b[i + 1 :] - b[i])
        concordance += float(da @ db)
        tied_a += float((da == 0).sum())
        tied_b += float((db == 0).sum())
        pairs += len(da)
    scale = ((pairs - tied_a) * (pairs - tied_b)) ** 0.5
    return concordance / scale if scale else 0.0


def auc(scores: Sequence[float], good: Sequence[bool]) -> float:
    """Probability that a good segment scores above a bad one."""
    s, g = np.asarray(scores, float), np.asarray(good, bool)
    order = s.argsort(kind="stable")
    ranks = np.empty(len(s))
    ranks[order] = np.arange(1, len(s) + 1)
    for value in np.unique(s):
        ranks[s == value] = ranks[s == value].mean()
    n, m = int(g.sum()), int((~g).sum())
    return float((ranks[g].sum() - n * (n + 1) / 2) / (n * m)) if n and m else float("nan")


def measured(rows: list[dict[str, str]], back: Any, forward: Any) -> list[dict[str, float]]:
    """The features of each row. `forward` translates as the row was translated, `back` the other way."""
    sources, targets = [r["src"] for r in rows], [r["mt"] for r in rows]
    known: dict[str, list[Translation | None]] = {}
    nothing: list[None] = [None] * len(rows)
    backs: Sequence[Translation | None] = back.translate(targets) if back else nothing
    known["reverse"] = list(back.score(targets, sources)) if back else list(nothing)
    known["forward"] = list(forward.score(sources, targets)) if forward else list(nothing)
    known["best"] = list(forward.translate(sources)) if forward else list(nothing)
    pivots = forward.score([b.text if b else "" for b in backs], targets) if forward and back else nothing
    similar: Sequence[float | None] = nothing
    if back:
        similar = segment_chrf(count(build("chrf", [sources]), [b.text if b else "" for b in backs]))
    found = []
    for i, target in enumerate(targets):
        f = features(
            target,
            back=backs[i],
            similarity=similar[i],
            **{k: v[i] for k, v in known.items()},  # type: ignore[arg-type]
        )
        if pivots[i] is not None:
            f["pivot"] = pivots[i].score
        found.append(f)
    return found


Judged = tuple[list[dict[str, float]], np.ndarray, list[str], list[str]]

SETS = {
    "original+forward": ("forward", "forward_relative", "reverse", "reverse_relative", "similarity", "back", "length"),
    "original": ("reverse", "reverse_relative", "similarity", "back", "ratio", "length"),
    "alone+forward": ("forward", "back", "ratio", "length"),
    "alone": ("back", "ratio", "length"),
}
"""The evidence each fitted model wants; `forward` of a text alone is given its back-translation (pivot)."""


def evidence(name: str, f: dict[str, float]) -> list[float] | None:
    """The features of one row for one set, or None when it lacks some."""
    if name == "alone+forward":
        f = {k: v for k, v in f.items() if k != "forward"} | ({"forward": f["pivot"]} if "pivot" in f else {})
    return [f[k] for k in SETS[name]] if set(SETS[name]) <= set(f) else None


def fit(x: np.ndarray, y: np.ndarray, ridge: float = 1.0) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """Ridge logistic regression by Newton's method: weights, bias, means, standard deviations."""
    mean, sd = x.mean(0), x.std(0) + 1e-9
    z = np.c_[np.clip((x - mean) / sd, -4, 4), np.ones(len(x))]
    penalty = np.r_[np.full(x.shape[1], ridge), 0.0]
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (p - y) + penalty * w
        step = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + np.diag(penalty), gradient)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    return w[:-1], float(w[-1]), mean, sd


def predict(model: tuple[np.ndarray, float, np.ndarray, np.ndarray], x: np.ndarray) -> np.ndarray:
    w, bias, mean, sd = model
    return 1 / (1 + np.exp(-(np.clip((x - mean) / sd, -4, 4) @ w + bias)))


def calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal size."""
    order = np.argsort(p)
    return float(sum(abs(p[b].mean() - y[b].mean()) * len(b) for b in np.array_split(order, bins)) / len(p))


def human(
    gold: Path, back: Any, forward: Any
) -> dict[str, tuple[list[dict[str, float]], np.ndarray, list[str], list[str]]]:
    """By data set, for translations into French: features, human judgement (higher is better), groups, systems."""
    found = {}
    flag = gold / "flag"
    rows = [r for r in read_tsv(flag / "diabla.tsv") if r["direction"] == "en-fr" and r["judgment"] and r["mt"].strip()]
    level = {"perfect": 2.0, "medium": 1.0, "poor": 0.0}
    found["diabla en-fr"] = (
        measured(rows, back, forward),
        np.array([level[r["judgment"]] for r in rows]),
        [r["id"].rsplit("-", 1)[0] for r in rows],
        [r["system"] for r in rows],
    )
    rows = []
    for path in sorted(flag.glob("wmt22chat_*.tsv")):
        rows += [r | {"system": path.stem} for r in read_tsv(path) if r["direction"] == "en_fr" and r["mt"].strip()]
    found["wmt22chat en-fr"] = (
        measured(rows, back, forward),
        np.array([float(r["mqm"]) for r in rows]),
        [r["id"].rsplit("-", 1)[0] for r in rows],
        [r["system"] for r in rows],
    )
    return found


def meaning(gold: Path, models: Sequence[Path], write: bool, memory: Path | None = None) -> dict[str, Any]:
    """Each reference-free score against human judgement, alone and fitted together."""
    back, forward = load("fr-en", models, memory), load("en-fr", models, memory)
    if back is None:
        return {"left out": "there is no fr-en model"}
    data = human(gold, back, forward)
    table = []
    for name, (rows, judged, _, systems) in data.items():
        for feature in sorted(set().union(*rows)):
            have = [i for i, f in enumerate(rows) if feature in f]
            sign = -1 if feature in ("ratio", "unreliable", "length") else 1
            values = [sign * rows[i][feature] for i in have]
            table.append(
                {
                    "set": name,
                    "score": feature if sign > 0 else f"-{feature}",
                    "segments": len(have),
                    "kendall": kendall(values, judged[have]),
                    "auc": auc(values, judged[have] == judged.max()),
                    "systems in order": ordered(values, judged[have], [systems[i] for i in have]),
                }
            )
    rows, judged, groups, _ = data["diabla en-fr"]
    fold = {g: i % 5 for i, g in enumerate(sorted(set(groups)))}
    fitted, out = [], []
    for name in SETS:
        usable = [(i, e) for i, f in enumerate(rows) if (e := evidence(name, f)) is not None]
        if len(usable) < 100:
            continue
        at, x = np.array([i for i, _ in usable]), np.array([e for _, e in usable])
        y = (judged[at] == 2).astype(float)
        folds = np.array([fold[groups[i]] for i in at])
        p = np.empty(len(y))
        for k in range(5):
            p[folds == k] = predict(fit(x[folds != k], y[folds != k]), x[folds == k])
        model = fit(x, y)
        said = {
            "set": "diabla en-fr, 5 folds by dialogue",
            "score": name,
            "segments": len(y),
            "kendall": kendall(p, judged[at]),
            "auc": auc(p, y == 1),
            "calibration error": calibration_error(p, y),
        }
        table.append(said)
        chat, mqm, _, systems = data["wmt22chat en-fr"]
        usable = [(i, e) for i, f in enumerate(chat) if (e := evidence(name, f)) is not None]
        there = np.array([i for i, _ in usable])
        q = predict(model, np.array([e for _, e in usable]))
        good = mqm[there] == 100
        table.append(
            {
                "set": "wmt22chat en-fr, fitted on diabla",
                "score": name,
                "segments": len(q),
                "kendall": kendall(q, mqm[there]),
                "auc": auc(q, good),
                "calibration error": calibration_error(q, good.astype(float)),
                "systems in order": ordered(list(q), mqm[there], [systems[i] for i in there]),
            }
        )
        w, bias, mean, sd = model
        out.append(
            {
                "name": name,
                "bias": round(bias, 5),
                "weights": {k: [round(float(v), 5) for v in (w[j], mean[j], sd[j])] for j, k in enumerate(SETS[name])},
                "measured": {
                    "fitted on": "DiaBLa, English to French: a judge calls the translation perfect",
                    "segments": len(y),
                    "auc": round(said["auc"], 3),
                    "kendall": round(said["kendall"], 3),
                    "calibration error": round(said["calibration error"], 3),
                },
            }
        )
        fitted.append(name)
    signatures = [str(t.signature) for t in (back, forward) if t is not None]
    if write and out:
        path = ROOT / "bitext" / "score" / "calibration.json"
        path.write_text(json.dumps({"scored with": signatures, "models": out}, indent=1) + "\n", encoding="utf-8")
    return {"models": signatures, "fitted": fitted, "table": table}


def ordered(values: Sequence[float], judged: np.ndarray, systems: Sequence[str]) -> bool | None:
    """Whether the systems' means stand in the order of the judgements' means."""
    names = sorted(set(systems))
    if len(names) < 2:
        return None

    def means(v: Any) -> list[float]:
        return [float(np.mean([x for x, s in zip(v, systems, strict=True) if s == n])) for n in names]

    return bool((np.argsort(means(values)) == np.argsort(means(judged))).all())


# --- all -----------------------------------------------------------------------------------------


def show(title: str, rows: Sequence[dict[str, Any]]) -> None:
    print(f"\n{title}")
    for row in rows:
        parts = [f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()]
        print("  " + " | ".join(parts))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder with mt/ and flag/")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--only", nargs="+", choices=["equality", "lines", "speed", "meaning"])
    parser.add_argument("--models", type=Path, nargs="*", default=[], help="folders with fr-en/ and en-fr/")
    parser.add_argument("--segments", type=int, default=500, help="segments of each set that are translated")
    parser.add_argument("--memory", type=Path, help="translation memory, to measure again without translating again")
    parser.add_argument("--fit", action="store_true", help="write the coefficients of the quality estimate")
    args = parser.parse_args(argv)
    wanted = args.only or ["equality", "lines", "speed", "meaning"]
    outputs: dict[str, list[str]] = {}
    if {"equality", "lines"} & set(wanted) and (translator := load("fr-en", args.models, args.memory)) is not None:
        for path in sorted((args.gold / "mt").glob("*.fr")):
            outputs[path.stem] = [t.text for t in translator.translate(read_lines(path)[: args.segments])]
    result: dict[str, Any] = {}
    if "equality" in wanted:
        result["equality"] = equality(args.gold, outputs) + equality(args.gold, {})
    if "lines" in wanted:
        result["lines"] = not_aligned(args.gold, outputs, aligner())
    if "speed" in wanted:
        result["speed"] = speed(args.gold)
    if "meaning" in wanted:
        result["meaning"] = meaning(args.gold, args.models, args.fit, args.memory)
    if args.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 0
    for name, rows in result.items():
        if isinstance(rows, dict):
            print(f"\n{name}: {rows.get('left out') or rows['models']}")
        show(name, rows if isinstance(rows, list) else rows.get("table", []))
    return 0


if __name__ == "__main__":
    sys.exit(main())
