"""By segment, an estimate of how likely an editor would leave the translation as it is, to rank segments by.

Three things are put together. Whether the translation says what the original says (*sound*): how probable each side is
given the other (NMTScore's direct score; Vamvas and Sennrich 2022), words of either side that nothing on the other
stands for, lengths that do not fit, a question on one side alone. Whether a sound translation is also free of small
faults (*faultless*): the more words there are the less likely, the surer the model the more. Two logistic regressions,
learnt together on people's judgements of three kinds of text (`bench/learn_quality.py`), whose product is the estimate:
of a translation that is not sound, length says nothing. No weight may have the wrong sign, so that a less probable
translation is never judged better. And the flags: a segment whose flag is right with probability p is left as it is
with 1 − p of that; faults of spacing and spelling, which are mended without reading the sentence again, count a tenth.

The weights belong to the two models that scored when they were learnt. With others nothing is estimated.
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

__all__ = ["FEATURES", "NOTE", "PARTS", "Model", "evidence", "models", "quality", "unflagged", "withheld"]

# What is known of a segment, and whether it can only speak for the translation (1) or only against it (-1)
FEATURES = {
    "forward": 1,  # mean log-probability of a token of the target, given the other side
    "reverse": 1,  # and of the other side, given the target
    "certain": 1,  # the first as a probability: what a model is nearly sure of counts more
    "length": -1,  # log of the words of the other side
    "ratio": -1,  # how far the lengths are apart
    "added": -1,  # weight of the words of the target that nothing stands for, for each word
    "omitted": -1,  # and of those of the other side
    "question": -1,  # one side asks and the other does not
    "same": 1,  # nothing was to be translated
}
PARTS = {
    "sound": ("forward", "reverse", "ratio", "added", "omitted", "question"),
    "faultless": ("length", "certain", "added", "omitted", "same"),
}
NOTE = (
    "The estimate of quality ranks segments for review: the lower, the sooner. It is no probability. It was learnt on "
    "judged chats, dialogues and subtitles; how high it is on the whole depends on the kind of text."
)
_UNSCORED = -5.0  # mean log-probability where nothing was scored
_PAGE = ("other/boilerplate", "other/back-translation", "other/check-failed")
_SLIGHT = {"fluency/typography": 0.1, "fluency/spelling": 0.1}  # share of such a flag's confidence that counts


@dataclass(frozen=True)
class Model:
    """Two logistic models over standardised evidence, cut off at four standard deviations; their product.

    Attributes:
        parts: `sound` and `faultless` (see `PARTS`): bias, and evidence → (weight, mean, standard deviation).
        scored_with: the hashes of the models' weights, by direction (`fr-en`, `en-fr`).
        measured: what was measured out of fold when it was learnt.
    """

    parts: Mapping[str, tuple[float, Mapping[str, tuple[float, float, float]]]]
    scored_with: Mapping[str, str]
    measured: Mapping[str, Any]

    def estimate(self, evidence: Mapping[str, float]) -> float:
        """The estimate for one segment, from 0 to 1."""
        product = 1.0
        for bias, weights in self.parts.values():
            z = bias
            for name, (weight, mean, deviation) in weights.items():
                z += weight * max(-4.0, min(4.0, (evidence[name] - mean) / deviation))
            product /= 1 + math.exp(-z)
        return product


@functools.cache
def models() -> Mapping[str, Model]:
    """The models that ship, by what the text was compared with; none where none was worth it."""
    path = Path(__file__).with_name("quality.json")
    if not path.is_file():
        return {}
    record = json.loads(path.read_text(encoding="utf-8"))
    out = {}
    for against, m in record["models"].items():
        parts = {p: (v["bias"], {n: tuple(w) for n, w in v["weights"].items()}) for p, v in m["parts"].items()}
        out[against] = Model(parts, record["scored_with"], m["measured"])
    return out


def withheld(forward: Translator | None, back: Translator | None) -> str | None:
    """Why these models get no estimate of quality, in a sentence; None if they do, or where one is lacking anyway."""
    model = models().get("original")
    if model is None or forward is None or back is None:
        return None
    others = [_named(t) for t in (forward, back) if _weights(t) != model.scored_with.get(_direction(t))]
    if not others:
        return None
    learnt = " and ".join(f"{n} {h}" for n, h in model.scored_with.items())
    return (
        f"There is no estimate of quality: it was learnt with the scores of other models ({learnt}) than "
        f"{' and '.join(others)}, whose scores it cannot read."
    )


def _direction(translator: Any) -> str:
    return f"{getattr(translator, 'source_lang', '')}-{getattr(translator, 'target_lang', '')}"


def _weights(translator: Any) -> str:
    """The hash of a translator's weights, as its signature has it; empty if it has none."""
    signature = getattr(translator, "signature", None)
    return dict(signature.entries).get("weights", "") if signature is not None else ""


def _named(translator: Any) -> str:
    return f"{getattr(translator, 'name', 'a model without a name')} {_weights(translator)}".strip()


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
        float(("?" in pair.text) != ("?" in pair.other)),
        float(pair.text.strip().lower() == pair.other.strip().lower()),
    )
    return dict(zip(FEATURES, numbers, strict=True))


def mean(scored: Translation) -> float:
    """Mean log-probability of a token; where nothing was scored, that of a bad translation."""
    tokens = scored.token_logprobs
    return sum(tokens) / len(tokens) if tokens else _UNSCORED


def unflagged(flags: Sequence[Flag], segments: int) -> list[float]:
    """By segment, the probability that all of its flags are wrong, taken as independent; slight faults count less."""
    out = [1.0] * segments
    for f in flags:
        if f.category not in _PAGE and f.confidence is not None:
            out[f.segment] *= 1.0 - f.confidence * _SLIGHT.get(f.category, 1.0)
    return out


def quality(
    bitext: Bitext,
    flags: Sequence[Flag],
    *,
    forward: Translator | None = None,
    back: Translator | None = None,
    lexicon: Any = None,
) -> tuple[float | None, ...]:
    """By target segment, an estimate from 0 to 1 that ranks: the higher, the likelier an editor leaves it as it is.

    Args:
        bitext: with beads and an original.
        flags: what was found in it.
        forward, back: models into the language of the text and out of it.
        lexicon: a bilingual lexicon.

    Returns:
        One entry a target segment: None for boilerplate, for segments without a counterpart, and for all of them
        where something is lacking or the models are not those it was learnt with (`withheld` says so in words).

    Raises:
        BitextError: a flag is of a segment that the bitext does not have.
    """
    size = len(bitext.target)
    if any(not 0 <= f.segment < size for f in flags):
        raise BitextError("a flag is of a segment that the bitext does not have")
    model = models().get("original")
    if model is None or forward is None or back is None or lexicon is None or withheld(forward, back):
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
        base = model.estimate(evidence(case, pair, one, two))
        for i in pair.indices:
            if prose(bitext.target.segments[i]):
                out[i] = round(base * left[i], 4)
    return tuple(out)
