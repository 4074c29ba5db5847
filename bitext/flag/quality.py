"""By segment, the probability that an editor would leave the translation as it is.

Two things are put together. What models and lexicon see of the whole segment: how probable each side is given the
other (NMTScore's direct score; Vamvas and Sennrich 2022), words of either side that nothing on the other stands for,
lengths. A logistic regression over these, learnt on people's judgements of three kinds of text
(`bench/learn_quality.py`), gives a probability; no weight may have the wrong sign, so that a less probable translation
is never judged better. And the flags: a segment whose flag is right with probability p is left as it is with 1 − p of
that.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitext.document import Bitext, Flag, Translation
from bitext.errors import BitextError
from bitext.flag.base import Case, Pair, Resources, Translator, prose
from bitext.flag.coverage import uncovered

__all__ = ["FEATURES", "NOTE", "Model", "evidence", "models", "quality", "unflagged"]

# What is known of a segment, and whether it can only speak for the translation (1) or only against it (-1)
FEATURES = {
    "forward": 1,  # mean log-probability of a token of the target, given the other side
    "reverse": 1,  # and of the other side, given the target
    "certain": 1,  # the first as a probability: what a model is nearly sure of counts more
    "length": -1,  # log of the words of the other side
    "ratio": -1,  # how far the lengths are apart
    "added": -1,  # weight of the words of the target that nothing stands for, for each word
    "omitted": -1,  # and of those of the other side
    "same": 1,  # nothing was to be translated
}
NOTE = (
    "The chance that an editor leaves a segment as it is ranks segments for review. It was learnt on judged chats, "
    "dialogues and subtitles; how high it is on the whole depends on the kind of text."
)
_UNSCORED = -5.0  # mean log-probability where nothing was scored
_PAGE = ("other/boilerplate", "other/back-translation", "other/check-failed")


@dataclass(frozen=True)
class Model:
    """A logistic model over standardised evidence, cut off at four standard deviations.

    Attributes:
        weights: evidence → (weight, mean, standard deviation).
        measured: what was measured out of fold when it was learnt.
    """

    bias: float
    weights: Mapping[str, tuple[float, float, float]]
    measured: Mapping[str, Any]

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability for one segment."""
        z = self.bias
        for name, (weight, mean, deviation) in self.weights.items():
            z += weight * max(-4.0, min(4.0, (evidence[name] - mean) / deviation))
        return 1 / (1 + math.exp(-z))


@functools.cache
def models() -> Mapping[str, Model]:
    """The models that ship, by what the text was compared with; none where none was worth it."""
    path = Path(__file__).with_name("quality.json")
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))["models"]
    return {
        k: Model(m["bias"], {n: (w[0], w[1], w[2]) for n, w in m["weights"].items()}, m["measured"])
        for k, m in found.items()
    }


def evidence(case: Case, pair: Pair, forward: Translation, reverse: Translation) -> dict[str, float]:
    """What is known of a pair, as numbers; the names are those of `FEATURES`.

    Args:
        pair: target text and what it is compared with.
        forward: forced decoding of the target given the other side; `reverse`: the other way round.
    """
    mine, theirs = uncovered(case, pair)
    here, there = len(pair.text.split()), len(pair.other.split())
    ours, back = mean(forward), mean(reverse)
    numbers = (
        ours,
        back,
        math.exp(ours),
        math.log1p(there),
        abs(math.log((here + 2) / (there + 2))),
        sum(w for _, w in mine) / (here + 2),
        sum(w for _, w in theirs) / (there + 2),
        float(pair.text.strip().lower() == pair.other.strip().lower()),
    )
    return dict(zip(FEATURES, numbers, strict=True))


def mean(scored: Translation) -> float:
    """Mean log-probability of a token; where nothing was scored, that of a bad translation."""
    tokens = scored.token_logprobs
    return sum(tokens) / len(tokens) if tokens else _UNSCORED


def unflagged(flags: Sequence[Flag], segments: int) -> list[float]:
    """By segment, the probability that all of its flags are wrong, taken as independent."""
    out = [1.0] * segments
    for f in flags:
        if f.category not in _PAGE and f.confidence is not None:
            out[f.segment] *= 1.0 - f.confidence
    return out


def quality(
    bitext: Bitext,
    flags: Sequence[Flag],
    *,
    forward: Translator | None = None,
    back: Translator | None = None,
    lexicon: Any = None,
) -> tuple[float | None, ...]:
    """By target segment, the probability that an editor would leave it as it is.

    Args:
        bitext: with beads and an original.
        flags: what was found in it.
        forward, back: models into the language of the text and out of it.
        lexicon: a bilingual lexicon.

    Returns:
        One entry a target segment: None for boilerplate, for segments without a counterpart, and for all of them
        where something is lacking.

    Raises:
        BitextError: a flag is of a segment that the bitext does not have.
    """
    size = len(bitext.target)
    if any(not 0 <= f.segment < size for f in flags):
        raise BitextError("a flag is of a segment that the bitext does not have")
    model = models().get("original")
    if model is None or forward is None or back is None or lexicon is None:
        return (None,) * size
    case = Case(bitext, Resources(back, forward, lexicon))
    if {case.lang, case.other_lang} != {lexicon.source_lang, lexicon.target_lang}:
        return (None,) * size
    pairs = case.originals
    ours = forward.score([p.other for p in pairs], [p.text for p in pairs])
    theirs = back.score([p.text for p in pairs], [p.other for p in pairs])
    left = unflagged(flags, size)
    out: list[float | None] = [None] * size
    for pair, one, two in zip(pairs, ours, theirs, strict=True):
        base = model.probability(evidence(case, pair, one, two))
        for i in pair.indices:
            if prose(bitext.target.segments[i]):
                out[i] = round(base * left[i], 4)
    return tuple(out)
