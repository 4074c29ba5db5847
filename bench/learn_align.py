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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from align_data import Cache, CachedEncoder, Case, cases

from bitext.align import aligner, model
from bitext.align._jit import jit
from bitext.align.band import Band
from bitext.align.beads import best_path, marginals
from bitext.align.evidence import KINDS, Pair
from bitext.align.features import NAMES, describe, shapes
from bitext.align.gold import GoldBead, score_beads
from bitext.align.prepare import Layout, prepare

COMBINATIONS = ("translation+lexicon", "translation", "lexicon", "vectors", "none", "translation+vectors",
                "lexicon+vectors", "translation+lexicon+vectors")  # fmt: skip
RADIUS = 8


@jit
def _describe_nodes(v, low, high, at, shape, out, there):  # type: ignore[no-untyped-def]
    x = np.zeros(out.shape[2], np.float32)
    for i in range(len(low)):
        for j in range(low[i], high[i]):
            node = at[i] + j - low[i]
            for k in range(len(shape)):
                a, b = shape[k, 0], shape[k, 1]
                if i < a or j < b or j - b < low[i - a] or j - b >= high[i - a]:
                    continue
                describe(v, i - a, j - b, a, b, x)
                out[node, k] = x
                there[node, k] = True


@dataclass
class Lattice:
    """A document's nodes with every bead's features, and which beads the gold allows."""

    case: Case
    band: Band
    features: np.ndarray
    there: np.ndarray
    allowed: np.ndarray
    base: np.ndarray
    partner: np.ndarray


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

    for s, t in [*sorted(gold, key=lambda b: (min(b[0] or (10**9,)), min(b[1] or (10**9,)))), (None, None)]:
        pass
    ordered = []
    for s, t in gold:
        if (s and list(s) != list(range(s[0], s[-1] + 1))) or (t and list(t) != list(range(t[0], t[-1] + 1))):
            continue
        if s and t:
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


def evidence_arguments(case: Case, combination: str, cache: Cache) -> dict:
    """Arguments of `align` for a combination; None where a case lacks what it needs."""
    wanted = combination.split("+")
    found: dict = {}
    if "translation" in wanted:
        if case.forward or case.back:
            found["target_translation"] = case.back.get("google") or next(iter(case.back.values()), None)
            found["source_translation"] = case.forward.get("google") or next(iter(case.forward.values()), None)
        elif case.langs[0] == "fr":
            found["source_translation"] = cache.translate(case.source)
        elif case.langs[1] == "fr":
            found["target_translation"] = cache.translate(case.target)
    if "lexicon" in wanted and set(case.langs) == {"fr", "en"}:
        from bitext import lexicon

        found["lexicon"] = lexicon.load("fr-en")
    if "vectors" in wanted:
        found["encoder"] = CachedEncoder(cache)
    return found


def lattice(case: Case, combination: str, cache: Cache, weights: model.Weights) -> Lattice:
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
    ready = prepare(pair, evidence, (Layout.flat(n), Layout.flat(m)), weights)
    band = ready.band(RADIUS)
    view = ready.view(band)
    shape = shapes(6)
    features = np.zeros((band.size, len(shape), len(NAMES)), np.float32)
    there = np.zeros((band.size, len(shape)), bool)
    _describe_nodes(view, *band, shape, features, there)
    with np.errstate(divide="ignore"):
        partner = ready.base + np.where(ready.scale > 0, 1 / ready.scale, np.nan)
    allowed = gold_mask(case.gold, band, shape, there, (n, m))
    return Lattice(case, band, features, there, allowed, ready.base, partner)


def fit(lattices: Sequence[Lattice], start: np.ndarray, penalty: float, steps: int = 60) -> np.ndarray:
    """Weights that make the gold paths probable."""
    import torch

    shape = shapes(6)
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=steps, history_size=20, line_search_fn="strong_wolfe",
                                  tolerance_change=1e-6)  # fmt: skip

    def closure() -> torch.Tensor:
        values = w.detach().numpy()
        loss = penalty * float(values @ values)
        gradient = 2 * penalty * values
        for x in lattices:
            score = np.where(x.there, x.features @ values.astype(np.float32), -np.inf).astype(np.float32)
            p, z = marginals(x.band, shape, score)
            q, y = marginals(x.band, shape, np.where(x.allowed, score, -np.inf).astype(np.float32))
            if not np.isfinite(y):
                continue
            loss += z - y
            d = (p - q).ravel()
            use = np.abs(d) > 1e-6
            gradient += x.features.reshape(-1, len(NAMES))[use].T @ d[use]
        w.grad = torch.tensor(gradient)
        return torch.tensor(loss)

    optimizer.step(closure)
    return w.detach().numpy()


def decode(x: Lattice, values: np.ndarray) -> list[GoldBead]:
    score = np.where(x.there, x.features @ values.astype(np.float32), -np.inf).astype(np.float32)
    path, _ = best_path(x.band, shapes(6), score)
    return [(tuple(range(a, b)), tuple(range(c, d))) for a, b, c, d in path]


def report(label: str, lattices: Sequence[Lattice], values: dict[str, np.ndarray] | np.ndarray) -> None:
    groups: dict[str, list] = {}
    for x in lattices:
        v = values[x.case.name] if isinstance(values, dict) else values
        groups.setdefault(x.case.group, []).append((x.case.gold, decode(x, v)))
    for group, found in groups.items():
        f = score_beads(found)
        print(f"  {label:10s} {group:24s} strict {f.strict_precision:.4f} {f.strict_recall:.4f} {f.strict_f1:.4f}"
              f"  lax {f.lax_f1:.4f}", flush=True)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--combinations", nargs="*", default=COMBINATIONS)
    parser.add_argument("--penalty", type=float, default=0.3)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--write", action="store_true", help="write bitext/align/weights.json")
    options = parser.parse_args(argv)
    cache = Cache(options.cache)
    file = Path(model.__file__).with_name("weights.json")
    data = json.loads(file.read_text()) if file.exists() else {"combinations": {}}
    for combination in options.combinations:
        print(combination, flush=True)
        known = data["combinations"].get(combination)
        start = model.Weights(known or {"weights": {}, "base": dict.fromkeys(KINDS, 0.05),
                                        "partner": dict.fromkeys(KINDS, 0.4)})  # fmt: skip
        lattices = [lattice(c, combination, cache, start) for c in cases(options.gold)]
        first = start.values.astype(np.float64)
        values = fit(lattices, first, options.penalty)
        report("in sample", lattices, values)
        if options.held_out:
            held: dict[str, np.ndarray] = {}
            groups = sorted({x.case.group for x in lattices})
            for group in groups:
                v = fit([x for x in lattices if x.case.group != group], values, options.penalty, 30)
                held |= {x.case.name: v for x in lattices if x.case.group == group}
            report("other sets", lattices, held)
            for fold in range(5):
                out = lattices[fold::5]
                v = fit([x for x in lattices if x not in out], values, options.penalty, 20)
                held |= {x.case.name: v for x in out}
            report("5 folds", lattices, held)
        if options.write:
            names = [k for k in KINDS if k != "numbers"]
            data["combinations"][combination] = {
                "weights": {n: round(float(v), 4) for n, v in zip(NAMES, values, strict=True) if abs(v) > 5e-5},
                "base": {k: round(float(np.mean([x.base[KINDS.index(k)] for x in lattices])), 4) for k in names},
                "partner": {k: round(float(np.nanmean([*(x.partner[KINDS.index(k)] for x in lattices
                                                         if np.isfinite(x.partner[KINDS.index(k)])), 0.4][:16])), 4)
                            for k in names},
            }  # fmt: skip
            file.write_text(json.dumps(data, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
