"""Learns the quality estimate: `python bench/learn_quality.py --gold DIR [--models DIR] [--write]`.

Reads `DIR/flag`: translations that people judged (wmt22chat: free of marked faults; diabla: perfect; sconf: sure by one
annotator at least) in both directions. The estimate is a product: that a translation is sound, and that a sound one is
faultless. On sconf people were only asked the first, so its labels teach that factor alone. Folds by dialogue; each
other set has an intercept of its own while weights are learnt, and the mean of all is used, so that no set's share of
good ones is learnt. Prints AUC out of fold beside that of the segment's length alone and what could be hoped for (the
sets' second annotators, readers' own severity), and on DEMETR (from which nothing is learnt) how often the sound
translation is preferred, by severity and kind. `--write` puts the weights into `bitext/flag/quality.json`, with the
hashes of the models that scored: with other models the estimate is withheld.
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
from bitext.flag.quality import FEATURES, PARTS, Model, evidence

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


SOUND_ONLY = ("sconf",)  # sets whose people judged whether it is a translation, not whether it is faultless


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))


class Product:
    """Two ridge logistic regressions whose product is fitted; weights keep their signs. Adam, projected.

    The parameters: weights and intercept of `sound`, weights of `faultless`, its intercept in each set.
    """

    def __init__(
        self, x: np.ndarray, own: np.ndarray, y: np.ndarray, sound_only: np.ndarray, steps: int = 1200
    ) -> None:
        self.columns = [[list(FEATURES).index(n) for n in names] for names in PARTS.values()]
        signs = [np.array([FEATURES[n] for n in names]) for names in PARTS.values()]
        one, two = (np.c_[x[:, c], extra] for c, extra in zip(self.columns, (np.ones(len(x)), own), strict=True))
        n, m = one.shape[1], len(signs[1])
        free = np.zeros(own.shape[1])
        sign = np.r_[signs[0], 0, signs[1], free]
        low, high = np.where(sign > 0, 0, -9), np.where(sign < 0, 0, 9)
        penalty = np.r_[np.full(n - 1, RIDGE), 0.1, np.full(m, RIDGE), free + 0.1]
        theta = np.zeros(len(sign))
        theta[n - 1] = 1.5
        first, second = np.zeros_like(theta), np.zeros_like(theta)
        for t in range(1, steps + 1):
            a, b = sigmoid(one @ theta[:n]), np.where(sound_only, 1.0, sigmoid(two @ theta[n:]))
            p = np.clip(a * b, 1e-6, 1 - 1e-6)
            error = (p - y) / (1 - p)
            slope = np.r_[one.T @ (error * (1 - a)), two.T @ np.where(sound_only, 0, error * (1 - b))] + penalty * theta
            first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
            rate = 0.05 if t < 0.6 * steps else 0.01
            moved = first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.99**t)) + 1e-8)
            theta = np.clip(theta - rate * moved, low, high)
        self.sound, self.faultless = theta[:n], np.r_[theta[n : n + m], theta[n + m :].mean()]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        one, two = (np.c_[x[:, c], np.ones(len(x))] for c in self.columns)
        return sigmoid(one @ self.sound) * sigmoid(two @ self.faultless)


def length_alone(x: np.ndarray, own: np.ndarray, y: np.ndarray, sound_only: np.ndarray) -> Callable[..., np.ndarray]:
    """The shorter, the better: nothing to learn but the order."""
    return lambda new: 0.5 - new[:, list(FEATURES).index("length")] / 20


def learn(sets: dict[str, Set], how: Callable[..., Any] = Product) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Estimates out of fold by set, and the model of all."""
    x = np.concatenate([s.x for s in sets.values()])
    centre, deviation = x.mean(0), x.std(0) + 1e-9
    x = np.clip((x - centre) / deviation, -4, 4)
    y = np.concatenate([s.good for s in sets.values()]).astype(float)
    of = np.concatenate([[n] * len(s.good) for n, s in sets.items()])
    sound_only = np.isin(of, SOUND_ONLY)
    own = np.array([[float(n == m) for m in sets if m not in SOUND_ONLY] for n in of])
    groups = [g for s in sets.values() for g in s.groups]
    fold_of = {g: i % FOLDS for i, g in enumerate(sorted(set(groups)))}
    folds = np.array([fold_of[g] for g in groups])
    p = np.zeros(len(y))
    for k in range(FOLDS):
        out = folds == k
        p[out] = how(x[~out], own[~out], y[~out], sound_only[~out])(x[out])
    by_set = {n: p[of == n] for n in sets}
    if how is not Product:
        return by_set, {}
    made = Product(x, own, y, sound_only)
    parts = {}
    for (part, names), columns, theta in zip(PARTS.items(), made.columns, (made.sound, made.faultless), strict=True):
        rows = zip(names, columns, theta[:-1], strict=True)
        weights = {n: [round(float(v), 5) for v in (w, centre[c], deviation[c])] for n, c, w in rows}
        parts[part] = {"bias": round(float(theta[-1]), 5), "weights": weights}
    return by_set, {"parts": parts}


def ceilings(folder: Path, sets: dict[str, Set]) -> dict[str, Any]:
    """What could be hoped for: sconf's first annotator as a judge of the second; diabla's length and who judges."""
    out: dict[str, Any] = {}
    if pairs := gold.sconf(folder):
        one, two = ([float(p.labels[n] == "sure") for p in pairs] for n in (0, 1))
        out["sconf: one annotator's *sure* as an estimate of the other's"] = auc(one, [v > 0 for v in two])
    for name in (n for n in sets if n.startswith("diabla")):
        s = sets[name]
        short = -s.x[:, list(FEATURES).index("length")]
        others = []
        for k, g in enumerate(s.groups):
            mates = [bool(s.good[j]) for j, h in enumerate(s.groups) if h == g and j != k]
            others.append((sum(mates) + 1) / (len(mates) + 2))
        odds = np.log(np.array(others) / (1 - np.array(others)))
        best = max(auc((short / short.std() + w * odds).tolist(), s.good.tolist()) or 0 for w in (0.5, 1, 2))
        out[f"{name}: length, and how the reader judged the rest of the dialogue"] = best
    return out


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
    found, model = learn(sets)
    length, _ = learn(sets, length_alone)
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
    for name, value in ceilings(folder, sets).items():
        print("at best,", name, value)
    model["measured"] = measured
    judge = Model({k: (v["bias"], v["weights"]) for k, v in model["parts"].items()}, {}, {})

    def estimate(s: Set) -> list[float]:
        return [judge.estimate(dict(zip(FEATURES, x, strict=True))) for x in s.x]

    measured["demetr"] = kinds(folder, use["en"], estimate)
    for kind, row in measured["demetr"].items():
        print("demetr", kind, row)
    if args.write:
        made = "bench/learn_quality.py --gold DIR --write"
        record = {
            "made_by": made,
            "scored_with": {n: dict(t.signature.entries)["weights"] for n, t in (("fr-en", there), ("en-fr", here))},
            "models": {"original": model},
        }
        with writing(Path(__file__).parent.parent / "bitext" / "flag" / "quality.json") as out:
            json.dump(record, out, indent=1)
            out.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
