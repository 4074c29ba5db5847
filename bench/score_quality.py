"""What the reference-free scores mean: against human judgement, against reference chrF, and fitted together."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bitext.document import Translation  # noqa: E402
from bitext.errors import BitextError  # noqa: E402
from bitext.score import nmtscore, read_lines, score  # noqa: E402
from bitext.score.metrics import build, segment_chrf  # noqa: E402
from bitext.score.metrics import statistics as count  # noqa: E402

SETS = {
    "original+forward": ("forward", "forward_low", "forward_relative", "reverse", "similarity", "length"),
    "forward": ("forward", "forward_low", "forward_relative", "length"),
    "original": ("reverse", "reverse_low", "similarity", "back", "ratio", "length"),
    "alone+forward": ("forward", "forward_low", "back", "ratio", "length"),
    "alone": ("back", "ratio", "length"),
}
"""The evidence each fitted model wants; `forward` of a text alone is given its back-translation (pivot)."""
Judged = tuple[list[dict[str, float]], np.ndarray, list[str], list[str]]
"""Features, human judgement (higher is better), dialogue and system of each segment."""


def lowest(scored: Translation) -> float:
    """Mean log-probability of the quarter of the tokens that the model believes least: one wrong word shows there."""
    tokens = sorted(scored.token_logprobs)
    return sum(tokens[: max(1, len(tokens) // 4)]) / max(1, len(tokens) // 4) if tokens else scored.score


def features(
    target: str,
    *,
    back: Translation | None = None,
    forward: Translation | None = None,
    reverse: Translation | None = None,
    best: Translation | None = None,
    similarity: float | None = None,
) -> dict[str, float]:
    """What is known of a segment, as numbers.

    The probabilities are those of NMTScore (Vamvas and Sennrich 2022) as far as two bilingual models allow:
    direct (`forward`, `reverse`) and pivot; its cross-likelihood needs a model that reads both languages.
    `forward_low` and `reverse_low` are those of the least believed tokens (`lowest`).

    Args:
        target: the segment under examination.
        back: its back-translation, with the model's score (`back`: how translatable it is).
        forward: forced decoding of it given the original, or given its back-translation
            (NMTScore's direct, or pivot, probability).
        reverse: forced decoding of the original given it (direct, other way).
        best: the forward model's own translation of the same source; forward is then also given
            relative to it (NMTScore's normalisation).
        similarity: chrF (0–100) of back-translation and original.
    """
    found = {"length": math.log1p(len(target.split()))}
    if back is not None and back.text and (back.score or back.token_logprobs):
        found["back"] = back.score
        found["unreliable"] = float(bool(back.problems))
        found["ratio"] = abs(math.log((len(back.text) + 3) / (len(target) + 3)))
    if forward is not None and forward.text:
        found["forward"], found["forward_low"] = forward.score, lowest(forward)
        if best is not None:
            found["forward_relative"] = forward.score - best.score
    if reverse is not None and reverse.text:
        found["reverse"], found["reverse_low"] = reverse.score, lowest(reverse)
        if "back" in found:
            found["reverse_relative"] = reverse.score - found["back"]
    if similarity is not None:
        found["similarity"] = similarity / 100
    return found


def load(name: str, models: Sequence[Path], memory: Path | None = None, **options: Any) -> Any:
    """A translator of that name that nothing reranks, from the first directory that has it, or None."""
    from bitext.translate import load as load_model

    for place in [*(m / name for m in models), name]:
        try:
            return load_model(place, threads=1, memory=memory, rerank="none", **options)
        except BitextError:
            continue
    return None


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
    more: dict[str, list[float]] = {}
    if back and forward:
        more = nmtscore(sources, targets, forward=forward, back=back, known=known | {"back": backs, "pivot": pivots})  # type: ignore[arg-type]
    found = []
    for i, target in enumerate(targets):
        f = features(
            target,
            back=backs[i],
            similarity=similar[i],
            **{k: v[i] for k, v in known.items()},  # type: ignore[arg-type]
        )
        if pivots[i] is not None:
            f["pivot"], f["pivot_low"] = pivots[i].score, lowest(pivots[i])
        f |= {f"nmtscore {name}": values[i] for name, values in more.items()}
        found.append(f)
    return found


def evidence(name: str, f: dict[str, float]) -> list[float] | None:
    """The features of one row for one set, or None when it lacks some."""
    if name == "alone+forward":
        f = {k: v for k, v in f.items() if not k.startswith("forward")}
        f |= {k.replace("pivot", "forward"): v for k, v in f.items() if k.startswith("pivot")}
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


def human(gold: Path, direction: str, back: Any, forward: Any, limit: int | None = None) -> dict[str, Judged]:
    """By data set, the translations of one direction (`en-fr`: into French) that people judged; at most `limit`."""
    flag, found = gold / "flag", {}
    level = {"perfect": 2.0, "medium": 1.0, "poor": 0.0}
    rows = [r for r in read_tsv(flag / "diabla.tsv") if r["judgment"]]
    sets = {"diabla": [r | {"human": str(level[r["judgment"]])} for r in rows], "wmt22chat": []}
    for path in sorted(flag.glob("wmt22chat_*.tsv")):
        sets["wmt22chat"] += [r | {"human": r["mqm"], "system": path.stem} for r in read_tsv(path)]
    for name, rows in sets.items():
        rows = [r for r in rows if r["direction"].replace("_", "-") == direction and r["mt"].strip()]
        rows = rows[:: max(1, len(rows) // limit)][:limit] if limit else rows
        found[name] = (
            measured(rows, back, forward),
            np.array([float(r["human"]) for r in rows]),
            [f"{name} {r['id'].rsplit('-', 1)[0]}" for r in rows],
            [r["system"] for r in rows],
        )
    return found


def one_by_one(name: str, judged: Judged) -> list[dict[str, Any]]:
    """Each score by itself against the judgement."""
    rows, human_score, _, systems = judged
    table = []
    for feature in sorted(set().union(*rows)):
        have = [i for i, f in enumerate(rows) if feature in f]
        sign = -1 if feature in ("ratio", "unreliable", "length") else 1
        values = [sign * rows[i][feature] for i in have]
        table.append(
            {
                "set": name,
                "score": feature if sign > 0 else f"-{feature}",
                "segments": len(have),
                "kendall": kendall(values, human_score[have]),
                "auc": auc(values, human_score[have] == human_score.max()),
                "systems in order": ordered(values, human_score[have], [systems[i] for i in have]),
            }
        )
    return table


def together(direction: str, data: dict[str, Judged]) -> list[dict[str, Any]]:
    """The fitted models out of fold (folds by dialogue, sets pooled), beside length alone."""
    table = []
    for name in SETS:
        x, y, tau, groups, sets = [], [], [], [], []
        for which, (rows, judged, dialogues, _) in data.items():
            for i, f in enumerate(rows):
                if (e := evidence(name, f)) is not None:
                    x.append(e)
                    y.append(float(judged[i] == judged.max()))
                    tau.append(judged[i])
                    groups.append(dialogues[i])
                    sets.append(which)
        if len(x) < 200:
            continue
        xs, ys = np.array(x), np.array(y)
        fold = {g: i % 5 for i, g in enumerate(sorted(set(groups)))}
        folds = np.array([fold[g] for g in groups])
        p, length = np.empty(len(ys)), np.empty(len(ys))
        for k in range(5):
            out = folds == k
            p[out] = predict(fit(xs[~out], ys[~out]), xs[out])
            length[out] = predict(fit(xs[~out, -1:], ys[~out]), xs[out, -1:])
        for which in data:
            at = np.array([s == which for s in sets])
            row = {
                "set": f"{which} {direction}, out of fold",
                "score": name,
                "segments": int(at.sum()),
                "kendall": kendall(p[at], np.array(tau)[at]),
                "auc": auc(p[at], ys[at] == 1),
                "auc of length alone": auc(length[at], ys[at] == 1),
                "calibration error": calibration_error(p[at], ys[at]),
            }
            table.append(row)
    return table


FREE = (
    "similarity",
    "forward",
    "forward_relative",
    "reverse",
    "pivot",
    "nmtscore direct",
    "nmtscore pivot",
    "nmtscore cross",
)
"""The reference-free scores that are judged by system; the first is the round trip's chrF with the source."""


def by_system(
    gold: Path,
    direction: str,
    places: Sequence[Path],
    back: Any,
    forward: Any,
    segments: int,
    memory: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """Outputs of several systems, greedy and by beam: reference-free scores against chrF with the reference.

    `forward` translates in the same direction and may be one of the systems, whose outputs it then prefers: its
    scores are counted once with that system and once without.
    """
    source_lang, target_lang = direction.split("-")
    sources = read_lines(gold / "mt" / f"newstest2013.{source_lang}")[:segments]
    refs = read_lines(gold / "mt" / f"newstest2013.{target_lang}")[:segments]
    scores: dict[str, dict[str, np.ndarray]] = {}
    judge = None if forward is None else forward.model.hash
    own = set()
    for place in places:
        for beam in (1, 4):
            translator = load(place.name, [place.parent], memory, beam=beam)
            if translator is None:
                raise SystemExit(f"{place} is not a model")
            if (translator.source_lang, translator.target_lang) != (source_lang, target_lang):
                continue
            outputs = [t.text for t in translator.translate(sources)]
            got = score(outputs, refs, ("bleu", "chrf"), lang=target_lang, check=False)
            rows = measured([{"src": s, "mt": o} for s, o in zip(sources, outputs, strict=True)], back, forward)
            name = f"{place.name} {translator.model.hash[:6]}, beam {beam}"
            if translator.model.hash == judge:
                own.add(name)
            scores[name] = {k: np.array([r.get(k, np.nan) for r in rows]) for k in FREE}
            scores[name]["chrF"] = np.array(list(got.beads.values()))
            scores[name]["figures"] = np.array([m.value for m in got.metrics])
            means = {k: float(np.nanmean(v)) for k, v in scores[name].items() if k in FREE and not np.isnan(v).all()}
            row = {"system": f"{direction} {name}"} | {m.name: m.value for m in got.metrics} | means
            yield row | ({"judge": "this model gives forward"} if name in own else {})
    for feature in FREE:
        values = {s: v[feature] for s, v in scores.items() if not np.isnan(v[feature]).all()}
        if len(values) < 2:
            continue
        row: dict[str, Any] = {"score": f"{feature} {direction}", "systems": len(values)}
        row["kendall with chrF, within systems"] = float(
            np.mean([kendall_of(v, scores[s]["chrF"]) for s, v in values.items()])
        )
        row["kendall with chrF, all outputs"] = kendall_of(
            np.concatenate(list(values.values())), np.concatenate([scores[s]["chrF"] for s in values])
        )
        row["pairs of systems in order"] = in_order(values, scores)
        if own:
            row["without the judge's own"] = in_order({s: v for s, v in values.items() if s not in own}, scores)
        yield row


def kendall_of(values: np.ndarray, chrf: np.ndarray) -> float:
    ok = ~np.isnan(values)
    return kendall(values[ok], chrf[ok])


def in_order(values: dict[str, np.ndarray], scores: dict[str, dict[str, np.ndarray]]) -> str:
    """In how many pairs of systems the mean score and corpus chrF prefer the same one."""
    pairs = [
        (np.nanmean(values[a]) - np.nanmean(values[b]), scores[a]["figures"][1] - scores[b]["figures"][1])
        for a, b in combinations(values, 2)
    ]
    return f"{sum(a * b > 0 for a, b in pairs)}/{len(pairs)}"


def meaning(
    gold: Path,
    models: Sequence[Path],
    *,
    memory: Path | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Against people. Into English, fr-en is the forward model and en-fr the one back; into French the other way."""
    fr_en, en_fr = load("fr-en", models, memory), load("en-fr", models, memory)
    if fr_en is None:
        yield {"left out": "there is no fr-en model"}
        return
    yield from ({"models": str(t.signature)} for t in (fr_en, en_fr) if t is not None)
    for direction, back, forward in (("en-fr", fr_en, en_fr), ("fr-en", en_fr, fr_en)):
        data = human(gold, direction, back, forward, limit)
        for name, judged in data.items():
            yield from one_by_one(f"{name} {direction}", judged)
        yield from together(direction, data)


def systems(
    gold: Path, models: Sequence[Path], places: Sequence[Path], *, memory: Path | None = None, segments: int = 200
) -> Iterator[dict[str, Any]]:
    """Against reference chrF, on what systems of different quality make of the first segments of newstest2013."""
    fr_en, en_fr = load("fr-en", models, memory), load("en-fr", models, memory)
    for direction, back, forward in (("en-fr", fr_en, en_fr), ("fr-en", en_fr, fr_en)):
        if places and back is not None:
            yield from by_system(gold, direction, places, back, forward, segments, memory)


def ordered(values: Sequence[float], judged: np.ndarray, systems: Sequence[str]) -> bool | None:
    """Whether the systems' means stand in the order of the judgements' means."""
    names = sorted(set(systems))
    if len(names) < 2:
        return None

    def means(v: Any) -> list[float]:
        return [float(np.mean([x for x, s in zip(v, systems, strict=True) if s == n])) for n in names]

    return bool((np.argsort(means(values)) == np.argsort(means(judged))).all())
