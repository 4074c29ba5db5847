"""Learns the quality estimate: `python bench/learn_quality.py --gold DIR [--models DIR] [--write]`.

Reads `DIR/flag`: translations that people judged (wmt22chat: free of marked faults; diabla: perfect; sconf: sure by one
annotator at least) in both directions. Folds by dialogue; each set has an intercept of its own while weights are learnt
and the mean of all where they are used, so that no set's share of good ones is learnt. Prints AUC out of fold beside
that of the segment's length alone, and on DEMETR (from which nothing is learnt) how often the sound translation is
preferred, by severity and kind. `--write` puts the weights into `bitext/flag/quality.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import flag_gold as gold
from flag_figures import auc
from score_quality import calibration_error, load

from bitext import lexicon
from bitext.files import writing
from bitext.flag.base import Case, Resources
from bitext.flag.quality import FEATURES, Model, evidence

FOLDS = 5
RIDGE = 3.0


class Set:
    """Evidence of the translations of one set, whether each is good, and its dialogue."""

    def __init__(self, data: gold.Gold, good: list[bool], groups: list[str], use: Resources) -> None:
        self.data, self.good, self.groups = data, np.array(good), groups
        bitext = gold.bitext_of(data)
        case = Case(bitext, use)
        pairs = case.originals
        assert use.forward is not None and use.back is not None and len(pairs) == len(data.items)
        ours = use.forward.score([p.other for p in pairs], [p.text for p in pairs])
        theirs = use.back.score([p.text for p in pairs], [p.other for p in pairs])
        rows = [evidence(case, *x) for x in zip(pairs, ours, theirs, strict=True)]
        self.x = np.array([[r[n] for n in FEATURES] for r in rows])


def judged(folder: Path, use: dict[str, Resources]) -> dict[str, Set]:
    found = {}
    for data in [*gold.wmt22chat(folder), *gold.diabla(folder)]:
        groups = [f"{data.name.split()[0]} {i.id.rsplit('-', 1)[0]}" for i in data.items]
        good = [i.label in ("clean", "perfect") for i in data.items]
        found[data.name] = Set(data, good, groups, use[data.target_lang])
    if pairs := gold.sconf(folder):
        items = [gold.Item(" ".join(p.source), " ".join(p.target)) for p in pairs]
        groups = [f"sconf {k // 20}" for k in range(len(items))]
        found["sconf"] = Set(
            gold.Gold("sconf", "en", "fr", items), ["sure" in p.labels for p in pairs], groups, use["fr"]
        )
    return found


def bounded(x: np.ndarray, own: np.ndarray, y: np.ndarray, signs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ridge logistic regression whose weights keep their signs: accelerated projected gradient. Weights, intercepts."""
    z = np.c_[x, own]
    penalty = np.r_[np.full(x.shape[1], RIDGE), np.full(own.shape[1], 0.1)]
    free = np.full(own.shape[1], np.inf)
    low, high = np.r_[np.where(signs > 0, 0, -np.inf), -free], np.r_[np.where(signs < 0, 0, np.inf), free]
    step = 1 / (np.linalg.eigvalsh(z.T @ z)[-1] / 4 + RIDGE)
    v = u = np.zeros(z.shape[1])
    t = 1.0
    for _ in range(600):
        p = 1 / (1 + np.exp(-z @ u))
        new = np.clip(u - step * (z.T @ (p - y) + penalty * u), low, high)
        t, before = (1 + (1 + 4 * t * t) ** 0.5) / 2, t
        u, v = new + (before - 1) / t * (new - v), new
    return v[: x.shape[1]], v[x.shape[1] :]


def learn(sets: dict[str, Set], names: list[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Probabilities out of fold by set, and the model of all."""
    columns = [list(FEATURES).index(n) for n in names]
    signs = np.array([FEATURES[n] for n in names])
    x = np.concatenate([s.x[:, columns] for s in sets.values()])
    centre, deviation = x.mean(0), x.std(0) + 1e-9
    x = np.clip((x - centre) / deviation, -4, 4)
    y = np.concatenate([s.good for s in sets.values()]).astype(float)
    of = np.concatenate([[n] * len(s.good) for n, s in sets.items()])
    own = np.array([[float(n == m) for m in sets] for n in of])  # an intercept for each set
    groups = [g for s in sets.values() for g in s.groups]
    fold_of = {g: i % FOLDS for i, g in enumerate(sorted(set(groups)))}
    folds = np.array([fold_of[g] for g in groups])
    p = np.zeros(len(y))
    for k in range(FOLDS):
        out = folds == k
        w, intercepts = bounded(x[~out], own[~out], y[~out], signs)
        p[out] = 1 / (1 + np.exp(-(x[out] @ w + intercepts.mean())))
    w, intercepts = bounded(x, own, y, signs)
    weights = {n: [round(float(v), 5) for v in (w[j], centre[j], deviation[j])] for j, n in enumerate(names)}
    return {n: p[of == n] for n in sets}, {"bias": round(float(intercepts.mean()), 5), "weights": weights}


def together(sets: dict[str, Set]) -> dict[str, list[str]]:
    """The sets one by one, and those of one kind together."""
    found = {n: [n] for n in sets}
    for kind in ("wmt22chat", "diabla"):
        if members := [n for n in sets if n.startswith(kind)]:
            found[kind] = members
    return found


def kinds(folder: Path, use: Resources, estimate: Callable[[Set], list[float]]) -> dict[str, dict[str, Any]]:
    """DEMETR: how often the sound translation has the higher estimate, by severity and by kind."""
    data = gold.demetr(folder)
    if data is None:
        return {}
    values = estimate(Set(data, [True] * len(data.items), [""] * len(data.items), use))
    sound = {i.source: values[k] for k, i in enumerate(data.items) if i.label == "none"}
    seen: dict[str, list[float]] = defaultdict(list)
    for k, item in enumerate(data.items):
        if item.label != "none" and item.source in sound:
            better = float(sound[item.source] > values[k])
            seen[item.spans[0][3]].append(better)
            seen[item.label].append(better)
    return {n: {"pairs": len(v), "preferred": round(float(np.mean(v)), 3)} for n, v in sorted(seen.items())}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--models", type=Path, action="append", default=[], help="a folder with fr-en or en-fr in it")
    parser.add_argument("--write", action="store_true", help="write bitext/flag/quality.json")
    args = parser.parse_args()
    folder, words = args.gold / "flag", lexicon.load("fr-en")
    there, here = load("fr-en", args.models), load("en-fr", args.models)
    use = {"fr": Resources(there, here, words), "en": Resources(here, there, words)}
    sets = judged(folder, use)
    found, model = learn(sets, list(FEATURES))
    length, _ = learn(sets, ["length"])
    measured: dict[str, Any] = {}
    for name, members in together(sets).items():
        y = np.concatenate([sets[m].good for m in members])
        p, short = (np.concatenate([r[m] for m in members]) for r in (found, length))
        measured[name] = {
            "segments": len(y), "good": int(y.sum()), "AUC": auc(p.tolist(), y.tolist()),
            "AUC of length alone": auc(short.tolist(), y.tolist()),
            "calibration error": round(calibration_error(p, y.astype(float)), 3),
        }  # fmt: skip
        print(name, measured[name])
    model["measured"] = measured
    judge = Model(model["bias"], {n: (w[0], w[1], w[2]) for n, w in model["weights"].items()}, {})

    def estimate(s: Set) -> list[float]:
        return [judge.probability(dict(zip(FEATURES, x, strict=True))) for x in s.x]

    measured["demetr"] = kinds(folder, use["en"], estimate)
    for kind, row in measured["demetr"].items():
        print("demetr", kind, row)
    if args.write:
        made = "bench/learn_quality.py --gold DIR --write"
        record = {
            "made_by": made,
            "scored_with": [str(t.signature) for t in (there, here)],
            "models": {"original": model},
        }
        with writing(Path(__file__).parent.parent / "bitext" / "flag" / "quality.json") as out:
            json.dump(record, out, indent=1)
            out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
