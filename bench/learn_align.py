"""Learn the aligner's weights from gold beads, and say honestly how well they carry over.

    python bench/learn_align.py --gold DIR --cache DIR [--write]

The model is a semi-Markov random field (see `bitext.align.beads`): weights maximise the log-probability of the gold
paths, less an L2 penalty. One set of weights is learnt for each combination of evidence. With `--held-out` each folder
of gold is scored by weights learnt on the other folders, and each novel by weights learnt without it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from align_calibration import logistic, reliability
from align_damage import Derived, damaged, imagined
from align_data import Cache, Case, cases, in_parts
from align_evidence import COMBINATIONS, evidence_arguments, has_all

from bitext.align import aligner, model
from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.beads import best_path, marginals
from bitext.align.confidence import predictors
from bitext.align.evidence import KINDS, Pair
from bitext.align.features import describe
from bitext.align.gold import GoldBead, score_beads
from bitext.align.missing import rarity, shift, with_words
from bitext.align.names import NAMES, REACH, K, shapes
from bitext.align.prepare import Layout, prepare
from bitext.align.scoring import score_band

FOLDS = 5
SEEDS = (7, 11, 12)  # of damaged copies: one of a text, three of each part where a single text is all there is
RADIUS = 8
_LIKELY = 1e-6  # beads less probable than this, by the weights known so far, are not looked at


@jit
def _there(low, high, at, shape, there):  # type: ignore[no-untyped-def]
    """Mark the beads that begin and end in the band."""
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            for k in range(len(shape)):
                a, b = shape[k, 0], shape[k, 1]
                if i >= a and j >= b and low[i - a] <= j - b < high[i - a]:
                    there[at[i] + j - low[i], k] = True


@jit
def _describe_nodes(v, low, high, at, shape, wanted, out, sums):  # type: ignore[no-untyped-def]
    """Features of the wanted beads, in order."""
    n = 0
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            for k in range(len(shape)):
                if wanted[at[i] + j - low[i], k]:
                    describe(v, i - shape[k, 0], j - shape[k, 1], shape[k, 0], shape[k, 1], out[n], sums)
                    n += 1


@dataclass(eq=False)
class Lattice:
    """A document's nodes with every bead's features, and which beads the gold allows."""

    case: Case
    band: Band
    kept: np.ndarray  # flat numbers of the (node, shape) that are looked at
    features: np.ndarray  # of those
    allowed: np.ndarray  # whether the gold allows them
    base: np.ndarray
    partner: np.ndarray
    words: tuple[np.ndarray, np.ndarray]  # which segments have words
    alone: np.ndarray  # of those that are looked at: segments with words left alone
    rarity: float = 0.0  # how rare these are (`see`)
    importance: float = 1.0  # less for damaged copies


def gold_mask(gold: Sequence[GoldBead], band: Band, shape: np.ndarray, there: np.ndarray, size: tuple[int, int]):
    """Beads that a path may use and still agree with the gold.

    A gold bead within reach must be used as it is; what is beyond reach, unaligned or in no bead is free inside.
    """
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(shape)}
    allowed = np.zeros_like(there)
    i = j = 0

    def free(s0: int, s1: int, t0: int, t1: int, nulls: bool) -> None:
        for s in range(s0, s1 + 1):
            for t in range(t0, t1 + 1):
                for (a, b), k in index.items():
                    if nulls and a and b:
                        continue
                    if s - a >= s0 and t - b >= t0 and band.low[s] <= t < band.high[s]:
                        allowed[band.at[s] + t - band.low[s], k] = True

    ordered = []
    for s, t in gold:
        if s and t:  # one with a gap (where a scrap of a picture stands) cannot be better said than as a whole
            ordered.append((s[0], s[-1] + 1, t[0], t[-1] + 1))
    ordered.sort()
    for s0, s1, t0, t1 in [*ordered, (size[0], size[0], size[1], size[1])]:
        if s0 < i or t0 < j:
            continue  # crosses: not on a monotone path
        if (s0, t0) != (i, j):
            free(i, s0, j, t0, True)
        if s1 == s0:
            break
        k = index.get((s1 - s0, t1 - t0))
        if k is not None:
            if band.low[s1] <= t1 < band.high[s1]:
                allowed[band.at[s1] + t1 - band.low[s1], k] = True
        else:
            free(s0, s1, t0, t1, False)
        i, j = s1, t1
    return allowed & there


def lattice(
    case: Case, combination: str, cache: Cache, weights: model.Weights, layouts: tuple[Layout, Layout] | None = None
) -> Lattice:
    arguments = evidence_arguments(case, combination, cache)
    pair = Pair(case.source, case.target, *case.langs)
    evidence = aligner.gather(
        pair,
        arguments.get("source_translation"),
        arguments.get("target_translation"),
        arguments.get("lexicon"),
        arguments.get("encoder"),
    )
    n, m = len(case.source), len(case.target)
    ready = prepare(pair, evidence, layouts or (Layout.flat(n), Layout.flat(m)), weights)
    band = ready.band(RADIUS)
    view = ready.view(band)
    shape = shapes(6)
    there = np.zeros((band.size, len(shape)), bool)
    _there(*band, shape, there)
    with np.errstate(divide="ignore"):
        partner = ready.base + np.where(ready.scale > 0, 1 / ready.scale, np.nan)
    allowed = gold_mask(case.gold, band, shape, there, (n, m))
    if weights.values.any():  # what is hopeless under weights known so far need not be looked at
        wanted = np.isfinite(score_band(view, band, shape, weights.values, weights.run, 20.0)) | allowed
    else:
        wanted = there
    features = np.zeros((int(wanted.sum()), len(NAMES)), np.float32)
    _describe_nodes(view, *band, shape, wanted, features, np.empty((K + 1, REACH + 1, REACH + 1), np.float32))
    kept = np.flatnonzero(wanted)
    words = with_words(view)
    lone = np.zeros((band.size, len(shape)), np.float32)
    shift(lone, band, words, 1.0)
    alone = lone.ravel()[kept] > 0
    out = Lattice(case, band, kept, features, allowed.ravel()[kept], ready.base, partner, words, alone)
    if weights.values.any():
        likely = marginals(band, shape, scored(out, vector(weights)), weights.run)[0].ravel()[kept] > _LIKELY
        few = likely | out.allowed
        out.kept, out.features, out.allowed, out.alone = kept[few], features[few], out.allowed[few], alone[few]
    return out


def vector(weights: model.Weights) -> np.ndarray:
    """What is learnt: the weights of the features, what going on with a gap adds, how far to follow what is missing."""
    return np.array([*weights.values, weights.run, weights.missing], np.float64)


def scored(x: Lattice, values: np.ndarray, gold: bool = False) -> np.ndarray:
    """Scores of a lattice's beads, shaped (nodes, shapes); with `gold`, of those that the gold allows.

    `values` as those of `vector`.
    """
    score = np.full(x.band.size * len(shapes(6)), -np.inf, np.float32)
    found = x.features @ values[:-2].astype(np.float32) + np.float32(values[-1] * x.rarity) * x.alone
    score[x.kept] = np.where(x.allowed, found, -np.inf) if gold else found
    return score.reshape(x.band.size, -1)


def fit(
    lattices: Sequence[Lattice],
    start: np.ndarray,
    penalty: float,
    steps: int = 60,
    only: np.ndarray | None = None,
    prior: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Weights that make the gold paths probable; `only` says which may change, `prior` where they are drawn to."""
    import torch

    shape = shapes(6)
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=steps, history_size=20, line_search_fn="strong_wolfe",
                                  tolerance_change=1e-4)  # fmt: skip

    def closure() -> torch.Tensor:
        values = w.detach().numpy()
        away = values - prior
        loss = penalty * float(away @ away)
        gradient = 2 * penalty * away
        for x in lattices:
            p, z, p_on = marginals(x.band, shape, scored(x, values), values[-2])
            q, y, q_on = marginals(x.band, shape, scored(x, values, True), values[-2])
            if not np.isfinite(y):
                continue
            loss += x.importance * (z - y)
            more = x.importance * (p - q).ravel()[x.kept]
            gradient[:-2] += more @ x.features
            gradient[-2] += x.importance * (p_on - q_on)
            gradient[-1] += x.rarity * float(more @ x.alone)
        w.grad = torch.tensor(gradient if only is None else gradient * only)
        return torch.tensor(loss)

    optimizer.step(closure)
    return w.detach().numpy()


def see(x: Lattice, values: np.ndarray, most: float = np.inf) -> None:
    """How rare missing segments are on the path that these weights find without knowing it."""
    x.rarity = 0.0
    x.rarity = rarity(best_path(x.band, shapes(6), scored(x, values), values[-2])[0], x.words, most)


def learn(
    lattices: Sequence[Lattice], start: np.ndarray, penalty: float, steps: int = 60, prior: np.ndarray | float = 0.0
) -> np.ndarray:
    """As `fit`, then twice again with what the weights so far say of how much is missing.

    Here texts where much is missing say so, too (`most`), so that they do not teach others to expect it.
    """
    for x in lattices:
        x.rarity = 0.0
    values = fit(lattices, start, penalty, steps, prior=prior)
    for _ in range(2):
        for x in lattices:
            see(x, values)
        values = fit(lattices, values, penalty, steps, prior=prior)
    return values


def decode(x: Lattice, values: np.ndarray) -> list[tuple[int, int, int, int]]:
    """The best path, as the aligner finds it: source start and end, target start and end by bead."""
    see(x, values, 0.0)
    return best_path(x.band, shapes(6), scored(x, values), values[-2])[0]


def as_gold(path: Sequence[tuple[int, int, int, int]]) -> list[GoldBead]:
    return [(tuple(range(a, b)), tuple(range(c, d))) for a, b, c, d in path]


def report(label: str, lattices: Sequence[Lattice], values: dict[str, np.ndarray] | np.ndarray) -> None:
    """Print F1 by set."""
    groups: dict[str, list] = {}
    for x in lattices:
        v = values[x.case.name] if isinstance(values, dict) else values
        groups.setdefault(x.case.group, []).append((x.case.gold, as_gold(decode(x, v))))
    for group, found in groups.items():
        f = score_beads(found)
        print(f"  {label:10s} {group:24s} strict {f.strict_precision:.4f} {f.strict_recall:.4f} {f.strict_f1:.4f}"
              f"  lax {f.lax_f1:.4f}", flush=True)  # fmt: skip


def judged(x: Lattice, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predictors of every bead of the best path, and whether it is in the gold."""
    path = decode(x, values)
    score = scored(x, values)
    posterior = marginals(x.band, shapes(6), score, values[-2])[0]
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(shapes(6))}
    at = [(x.band.at[b] + d - x.band.low[b], index[b - a, d - c]) for a, b, c, d in path]
    p = np.array([posterior[i] for i in at], np.float64)
    s = np.array([score[i] for i in at], np.float64)
    sizes = np.array([(b - a, d - c) for a, b, c, d in path])
    gold = set(x.case.gold)
    return predictors(p, s, sizes), np.array([g in gold for g in as_gold(path)], float)


def learn_paragraphs(options: argparse.Namespace, cache: Cache, data: dict) -> None:
    """The gold texts have no paragraphs: learn what breaks and headings are worth on imagined ones, for every set."""
    name = "translation+lexicon"
    start = model.Weights(data["combinations"][name])
    only = np.array([*(float(n.startswith("paragraph.")) for n in NAMES), 0.0, 0.0])
    lattices = [lattice(c, name, cache, start, imagined(c)) for c in cases(options.gold) if has_all(c, name, cache)]
    first = vector(start)
    report("before", lattices, first * (1 - only))
    values = fit(lattices, first, options.penalty, 40, only)
    report("imagined", lattices, values)
    for n, v in zip(NAMES, np.minimum(values[:-2], 0), strict=True):  # to differ is never evidence for a bead
        if n.startswith("paragraph."):
            print(f"  {n} {v:.4f}")
            for known in data["combinations"].values():
                known["weights"][n] = round(float(v), 4)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--combinations", nargs="*", default=COMBINATIONS)
    parser.add_argument("--penalty", type=float, default=1.0)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--paragraphs", action="store_true", help="learn only what paragraphs are worth")
    parser.add_argument("--copies", type=float, default=0.1, help="importance of damaged copies beside the texts")
    parser.add_argument("--other-sets", action="store_true", help="with --held-out: also learn without a whole set")
    parser.add_argument("--calibration", action="store_true", help="with --held-out and --write: write only how sure")
    parser.add_argument("--write", action="store_true", help="write bitext/align/weights.json")
    options = parser.parse_args(argv)
    cache = Cache(options.cache)
    file = Path(model.__file__).with_name("weights.json")
    data = json.loads(file.read_text()) if file.exists() else {"combinations": {}}
    if options.paragraphs:
        learn_paragraphs(options, cache, data)
        if options.write:
            file.write_text(json.dumps(data, indent=1) + "\n")
        return 0
    for combination in options.combinations:
        print(combination, flush=True)
        likes = (combination, combination.replace("translations", "translation"), "none")
        known = next((data["combinations"][n] for n in likes if n in data["combinations"]), None)
        start = model.Weights(known or {"weights": {}, "base": dict.fromkeys(KINDS, 0.05),
                                        "partner": dict.fromkeys(KINDS, 0.4)})  # fmt: skip
        lattices, copies, fold = [], [], {}
        whole = [c for c in cases(options.gold) if has_all(c, combination, cache)]
        if not whole:
            print("  no text has all of it", flush=True)
            continue
        sizes = Counter(c.group for c in whole)
        for c in whole:
            for part in [c] if sizes[c.group] >= FOLDS else in_parts(c, FOLDS):
                i = len(lattices)
                fold[part.name] = i % FOLDS
                known_lines = Derived(cache, c)
                lattices.append(lattice(part, combination, known_lines, start))
                # so that the model knows what a missing or foreign segment looks like
                for n, seed in enumerate(SEEDS if part is not c else SEEDS[:1]):
                    kind = ("delete10", "delete30")[(i + n) % 2]
                    copies.append(lattice(damaged(part, kind, seed), combination, known_lines, start))
                    copies[-1].importance = options.copies
        first = vector(start)
        prior: np.ndarray | float = 0.0
        penalty = options.penalty
        if "translations" in combination:  # few documents: drawn towards what one translation taught
            prior = vector(model.Weights(data["combinations"][combination.replace("translations", "translation")]))
            penalty, first = 3 * options.penalty, prior
        values = learn(lattices + copies, first, penalty, prior=prior)
        report("in sample", lattices, values)
        calibration: list[float] = []
        trust: dict = {}
        if options.held_out:
            held: dict[str, np.ndarray] = {}
            groups = sorted({x.case.group for x in lattices})
            for group in groups if options.other_sets and len(groups) > 1 else []:
                v = learn([x for x in lattices + copies if x.case.group != group], values, penalty, 40, prior)
                held |= {x.case.name: v for x in lattices if x.case.group == group}
            if held:
                report("other sets", lattices, held)
            for k in range(FOLDS):
                out = {name for name, which in fold.items() if which == k}
                v = learn([x for x in lattices + copies if x.case.name not in out], values, penalty, 15, prior)
                held |= dict.fromkeys(out, v)
            report("5 folds", lattices, held)
            report("damaged", copies, held)
            found = [judged(x, held[x.case.name]) for x in lattices + copies]
            if "translations" in combination:  # one document teaches no calibration: that for one translation
                one = data["combinations"][combination.replace("translations", "translation")]
                calibration = one["calibration"]
                trust = reliability(found, np.array(calibration))
            else:
                trust = reliability(found)
                rows, right = np.vstack([r for r, _ in found]), np.concatenate([y for _, y in found])
                calibration = logistic(rows, right).tolist()
            print("  confidence", json.dumps(trust), flush=True)
        if options.write and options.calibration:
            data["combinations"][combination] |= {
                "calibration": [round(c, 4) for c in calibration], "reliability": trust
            }  # fmt: skip
            file.write_text(json.dumps(data, indent=1) + "\n")
        elif options.write:
            names = [k for k in KINDS if k != "numbers"]
            learnt = dict(zip(NAMES, values[:-2].tolist(), strict=True))
            # these texts have no paragraphs: what those are worth was learnt apart
            learnt |= {n: float(w) for n, w in zip(NAMES, start.values, strict=True) if n.startswith("paragraph.")}
            data["combinations"][combination] = {
                "weights": {n: round(v, 4) for n, v in learnt.items() if abs(v) > 5e-5},
                "run": round(max(float(values[-2]), 0.0), 4),
                "missing": round(max(float(values[-1]), 0.0), 4),
                "base": {k: round(float(np.mean([x.base[KINDS.index(k)] for x in lattices])), 4) for k in names},
                "partner": {k: round(float(np.nanmean([*(x.partner[KINDS.index(k)] for x in lattices
                                                         if np.isfinite(x.partner[KINDS.index(k)])), 0.4][:16])), 4)
                            for k in names},
                "calibration": [round(c, 4) for c in calibration],
                "reliability": trust,
            }  # fmt: skip
            file.write_text(json.dumps(data, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
