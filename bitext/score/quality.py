"""By segment, the probability that an editor would leave the translation as it is, from model scores.

A fitted model ships (`calibration.json`) only where it says more than the segment's length does, out of fold and
on every judged set; `bench/score.py --fit` decides. Where none does, nothing is estimated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from bitext.document import Bitext, Translation
from bitext.errors import BitextError
from bitext.score.bitexts import EXCLUDED

__all__ = ["Estimator", "Scorer", "estimate", "features", "model_scores"]


class Scorer(Protocol):
    """The part of a translator that is wanted here."""

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]: ...


@dataclass(frozen=True)
class Estimator:
    """A logistic model over standardised features: `probability = 1 / (1 + exp(-(bias + Σ w·(x-mean)/sd)))`.

    Attributes:
        weights: feature → (weight, mean, standard deviation).
        measured: what was measured when it was fitted, for the reader.
    """

    name: str
    bias: float
    weights: Mapping[str, tuple[float, float, float]]
    measured: Mapping[str, object]

    def usable(self, features: Mapping[str, float]) -> bool:
        return set(self.weights) <= set(features)

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability for one segment; features beyond 4 standard deviations count as 4."""
        z = self.bias
        for name, (weight, mean, sd) in self.weights.items():
            z += weight * max(-4.0, min(4.0, (features[name] - mean) / sd))
        return 1 / (1 + math.exp(-z))


@cache
def estimators() -> tuple[Estimator, ...]:
    """The fitted models; none if none was fitted."""
    file = files("bitext.score") / "calibration.json"
    if not file.is_file():
        return ()
    return tuple(
        Estimator(m["name"], m["bias"], {k: (w[0], w[1], w[2]) for k, w in m["weights"].items()}, m.get("measured", {}))
        for m in json.loads(file.read_text("utf-8"))["models"]
    )


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


def estimate(
    bitext: Bitext,
    *,
    forward: Sequence[Translation] | None = None,
    reverse: Sequence[Translation] | None = None,
    best: Sequence[Translation] | None = None,
    similarity: Mapping[int, float] | None = None,
) -> tuple[float | None, ...]:
    """By target segment, the probability that an editor would leave it as it is.

    Args:
        bitext: with translations, for their scores.
        forward, reverse, best: one a target segment; see `features`.
        similarity: by target segment, chrF of back-translation and original.

    Returns:
        One entry a target segment; None for boilerplate, separators, and where no fitted model fits the
        evidence given. Which models are fitted, on what and how well: `calibration.json` beside this file.

    Raises:
        BitextError: as many scores as there are no segments.
    """
    given = {"forward": forward, "reverse": reverse, "best": best}
    for name, values in given.items():
        if values is not None and len(values) != len(bitext.target):
            raise BitextError(f"{len(values)} {name} scores for {len(bitext.target)} segments")
    with_original = bitext.source is not None and bitext.origin != "back-translation"
    order = ("original+forward", "forward", "original", "alone") if with_original else ("alone+forward", "alone")
    models = [m for name in order for m in estimators() if m.name == name]
    result: list[float | None] = []
    for i, segment in enumerate(bitext.target):
        if segment.kind in EXCLUDED or not segment.text.strip():
            result.append(None)
            continue
        known = features(
            segment.text,
            back=bitext.translations[i] if bitext.translations else None,
            forward=forward[i] if forward else None,
            reverse=reverse[i] if reverse else None,
            best=best[i] if best else None,
            similarity=similarity.get(i) if similarity else None,
        )
        model = next((m for m in models if m.usable(known)), None)
        result.append(None if model is None else model.probability(known))
    return tuple(result)


def model_scores(
    bitext: Bitext, *, forward: Scorer | None = None, back: Scorer | None = None
) -> dict[str, list[Translation]]:
    """The model scores that `estimate` and `score_bitext` take, by forced decoding; one a target segment.

    With an original, the texts of a bead are scored as a whole and each of its target segments gets that score;
    a segment without a counterpart gets an empty one. Without an original, each segment is scored given its
    back-translation.

    Args:
        forward: translates from the original's language into the target's: gives `forward`.
        back: translates the other way: gives `reverse`, with an original only.
    """
    n = len(bitext.target)
    with_original = bitext.source is not None and bitext.origin != "back-translation"
    pairs = [("", "")] * n
    if bitext.translations and not with_original:
        pairs = [(t.text, s.text) for t, s in zip(bitext.translations, bitext.target, strict=True)]
    if with_original:
        for bead in bitext.beads:
            if bead.source and bead.target:
                for i in bead.target:
                    pairs[i] = (bitext.source_text(bead), bitext.target_text(bead))
    scored = [i for i in range(n) if pairs[i][0].strip() and bitext.target.segments[i].kind not in EXCLUDED]
    unique = list(dict.fromkeys(pairs[i] for i in scored))
    found: dict[str, list[Translation]] = {}
    if forward is not None:
        by_pair = dict(zip(unique, forward.score([s for s, _ in unique], [t for _, t in unique]), strict=True))
        found["forward"] = [by_pair.get(p, Translation("")) for p in pairs]
    if back is not None and with_original:
        by_pair = dict(zip(unique, back.score([t for _, t in unique], [s for s, _ in unique]), strict=True))
        found["reverse"] = [by_pair.get(p, Translation("")) for p in pairs]
    return found
