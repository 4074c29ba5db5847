"""NMTScore (Vamvas and Sennrich 2022, "NMTScore: A Multilingual Analysis of Translation-based Text Similarity
Measures"): direct, pivot and cross, normalised and symmetric, with two bilingual models in place of a multilingual one.

Direct compares source and target by the probability of each given the other, relative to that of the models' own
translations. Pivot and cross compare two texts in one language, so the forward model's own translation of the source
stands for a reference: pivot asks how probable a text is given what the other one's back-translation is, cross how
probable the back-translation of one is given the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from bitext.document import Bitext, Metric, Translation
from bitext.errors import BitextError
from bitext.score.bitexts import scored_beads
from bitext.score.bootstrap import SEED, bootstrap_mean

__all__ = ["NAMES", "Model", "nmtscore", "nmtscore_metrics"]

NAMES = ("direct", "pivot", "cross")


class Model(Protocol):
    """The part of a translator that is wanted here."""

    def translate(self, texts: Sequence[str]) -> list[Translation]: ...

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[Translation]: ...


def nmtscore(
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    forward: Model,
    back: Model,
    known: Mapping[str, Sequence[Translation]] | None = None,
) -> dict[str, list[float]]:
    """The three scores of each pair, as differences of mean log-probabilities of a token: 0 is as good as the models'
    own translation, less is worse.

    Args:
        forward: translates as the texts were translated; `back` the other way.
        known: what has been computed already: `best` (forward's translations of the sources), `back`
            (back-translations of the targets), `forward`, `reverse`, `pivot` (forced decoding of the targets given the
            sources, the other way round, and of the targets given their back-translations).
    """
    known = known or {}

    def of(scored: Sequence[Translation]) -> list[float]:
        return [t.score for t in scored]

    best = known.get("best") or forward.translate(sources)
    theirs = known.get("back") or back.translate(targets)
    references, backs = [t.text for t in best], [t.text for t in theirs]
    own = back.translate(references)
    owns = [t.text for t in own]
    # A translation's own score is that of the text given what it was translated from.
    direct = [
        (f - b + r - t) / 2
        for f, b, r, t in zip(
            of(known.get("forward") or forward.score(sources, targets)),
            of(best),
            of(known.get("reverse") or back.score(targets, sources)),
            of(theirs),
            strict=True,
        )
    ]
    pivot = [
        (a - b + c - d) / 2
        for a, b, c, d in zip(
            of(forward.score(owns, targets)),
            of(known.get("pivot") or forward.score(backs, targets)),
            of(forward.score(backs, references)),
            of(forward.score(owns, references)),
            strict=True,
        )
    ]
    cross = [
        (a - b + c - d) / 2
        for a, b, c, d in zip(
            of(back.score(targets, owns)), of(own), of(back.score(references, backs)), of(theirs), strict=True
        )
    ]
    return dict(zip(NAMES, (direct, pivot, cross), strict=True))


def nmtscore_metrics(
    bitext: Bitext, *, forward: Model, back: Model, samples: int = 1000, seed: int = SEED
) -> tuple[Metric, ...]:
    """The scores of a bitext's beads against its original: the geometric mean of probability ratios, 1 the models' own.

    Raises:
        BitextError: there is no original, or it is not aligned.
    """
    from bitext import __version__

    if bitext.origin == "back-translation":
        raise BitextError(
            "has no original to be scored against",
            path=bitext.target.name or "the text",
            mend="give one: `bitext align FILE --original …`",
        )
    beads = [bitext.beads[p.index] for p in scored_beads(bitext)]
    sources, targets = [bitext.source_text(b) for b in beads], [bitext.target_text(b) for b in beads]
    metrics = []
    for name, values in nmtscore(sources, targets, forward=forward, back=back).items():
        low, high = bootstrap_mean(values, samples, seed).bounds
        signature = f"nmtscore:{name}|norm:own|bs:{samples}|seed:{seed}|version:{__version__}"
        mean = math.exp(sum(values) / len(values))
        metrics.append(Metric(f"NMTScore {name}", mean, signature, (math.exp(low), math.exp(high))))
    return tuple(metrics)
