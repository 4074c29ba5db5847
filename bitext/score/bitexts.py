"""Score a bitext: on its beads against the original, or, without one, by what can be said with no reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bitext.document import Bead, Bitext, Document, Kind, Metric, Scores, Translation
from bitext.errors import BitextError
from bitext.score.bootstrap import SEED

__all__ = ["EXCLUDED", "ScoredBead", "score_bitext", "scored_beads"]

EXCLUDED = frozenset({Kind.BOILERPLATE, Kind.SEPARATOR})
"""Segments of these kinds are no part of the article and of no score."""


@dataclass(frozen=True)
class ScoredBead:
    """A bead that takes part in the score: its index in the bitext, and the texts that are compared."""

    index: int
    hypothesis: str
    reference: str
    shape: str


def _counted(document: Document, segments: range) -> list[int]:
    return [i for i in segments if document.segments[i].kind not in EXCLUDED]


def scored_beads(bitext: Bitext, *, back: bool = True) -> list[ScoredBead]:
    """The beads with counted text on both sides: back-translation as hypothesis, source as reference.

    Boilerplate and separators are left out of a bead's text, as they are left out of the document's.

    Args:
        back: the hypotheses are back-translations; otherwise the target's own text (two texts in one language).

    Raises:
        BitextError: the bitext has no source, no beads or no translations.
    """
    if bitext.source is None:
        raise _not_yet(bitext, "has no original to be scored against", "give one: `bitext align FILE --original …`")
    if not bitext.beads:
        raise _not_yet(bitext, "is not aligned with its original yet", "run `bitext align` on it first")
    if back and not bitext.translations:
        raise _not_yet(bitext, "is not back-translated yet", "run `bitext translate` on it first, or give --model")
    texts = [t.text for t in bitext.translations] if back else bitext.target.texts
    found = []
    for k, bead in enumerate(bitext.beads):
        source, target = _counted(bitext.source, bead.source), _counted(bitext.target, bead.target)
        if source and target:
            hypothesis = " ".join(texts[i] for i in target)
            reference = " ".join(bitext.source.segments[i].text for i in source)
            found.append(ScoredBead(k, _one_line(hypothesis), _one_line(reference), bead.shape))
    return found


def _not_yet(bitext: Bitext, problem: str, mend: str) -> BitextError:
    return BitextError(problem, path=bitext.target.name or "the text", mend=mend)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def coverage(bitext: Bitext, scored: Sequence[Bead]) -> dict[str, float]:
    """`source` and `target`: the share of counted characters that stand in one of the beads, 0–1."""
    shares = {}
    for side, document in (("source", bitext.source), ("target", bitext.target)):
        if document is None:
            continue
        inside = {i for bead in scored for i in getattr(bead, side)}
        sizes = {i: len(document.segments[i].text) for i in _counted(document, range(len(document)))}
        shares[side] = sum(n for i, n in sizes.items() if i in inside) / max(1, sum(sizes.values()))
    return shares


def exclusion_notes(bitext: Bitext, *, source: str = "original", target: str = "translation") -> list[str]:
    """Sentences on what the figures leave out: boilerplate, separators, and text with no counterpart.

    `source` and `target` are what the two sides are called.
    """
    said = []
    for side, name, document in (("source", source, bitext.source), ("target", target, bitext.target)):
        if document is None or (side == "source" and bitext.origin == "back-translation"):
            continue
        if left_out := sum(s.kind in EXCLUDED for s in document):
            said.append(f"{_segments(left_out)} of the {name} (boilerplate, separators) {_is(left_out)} not scored.")
        alone = [
            i
            for bead in bitext.beads
            if not (_counted(bitext.target, bead.target) if side == "source" else _source(bitext, bead))
            for i in _counted(document, getattr(bead, side))
        ]
        if alone:
            size, n = sum(len(document.segments[i].text) for i in alone), len(alone)
            verbs = ("has", "is") if n == 1 else ("have", "are")
            said.append(
                f"{_segments(n)} of the {name} ({size} characters) {verbs[0]} no counterpart and {verbs[1]} not scored."
            )
    return said


def _source(bitext: Bitext, bead: Bead) -> list[int]:
    return [] if bitext.source is None else _counted(bitext.source, bead.source)


def _segments(n: int) -> str:
    return f"{n} segment{'s' if n != 1 else ''}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def score_bitext(
    bitext: Bitext,
    metrics: Sequence[str] = ("bleu", "chrf", "ter"),
    *,
    confidence: bool = True,
    samples: int = 1000,
    seed: int = SEED,
    lowercase: bool = False,
    tokenize: str | None = None,
    forward: Sequence[Translation] | None = None,
    reverse: Sequence[Translation] | None = None,
) -> Scores:
    """Score a translated and aligned text.

    With an original (`origin` other than "back-translation"): the back-translation of each bead's
    target against the bead's source. Without one nothing is compared with itself: the scores are
    `reference-free` (see `bitext.score.free`).

    Args:
        bitext: with translations, and with beads when there is an original.
        metrics: see `bitext.score.score`; used with an original only.
        confidence: 95 % intervals by bootstrap over beads.
        forward: one a target segment: forced decoding of the target given its source (or, without an
            original, given its back-translation) with a model in the direction of the translation.
        reverse: one a target segment: forced decoding of the aligned source given the target.
            Both as `model_scores` gives them; each makes a perplexity.

    Returns:
        `metrics`: those asked for, then `forward perplexity` and `reverse perplexity` where given, which need no
        reference translation and no back-translation (NMTScore's direct probabilities, as perplexities);
        `beads`: chrF by bead index; `coverage`: counted characters in a scored bead, by side;
        `notes`: what is left out, what it means.

    Raises:
        BitextError: translations or beads are missing, or no bead has text on both sides.
    """
    from bitext import __version__
    from bitext.score.bound import bound_notes
    from bitext.score.forced import check_lengths
    from bitext.score.free import mean_logprob, score_free
    from bitext.score.metrics import score

    check_lengths(bitext, forward=forward, reverse=reverse)
    if bitext.source is None or bitext.origin == "back-translation":
        return score_free(bitext, forward=forward)
    pairs = scored_beads(bitext)
    if not pairs:
        raise BitextError(
            f"no segment has a counterpart in the original ({bitext.source.name or 'without a name'})",
            path=bitext.target.name or None,
            mend="check that the original is that of this text",
        )
    scores = score(
        [p.hypothesis for p in pairs],
        [p.reference for p in pairs],
        metrics,
        lang=bitext.source.lang or "en",
        confidence=confidence,
        samples=samples,
        seed=seed,
        lowercase=lowercase,
        tokenize=tokenize,
    )
    by_bead = {p.index: scores.beads[i] for i, p in enumerate(pairs)}
    notes = [
        "The back-translation is compared with the original: the figures measure the translation "
        "and the back-translating model together, and are no BLEU of the translation itself.",
        *bound_notes(bitext.signature),
        *exclusion_notes(bitext),
        *scores.notes,
    ]
    free = []
    for name, given, of in (
        ("forward", forward, "target|given:original"),
        ("reverse", reverse, "original|given:target"),
    ):
        heads = [] if given is None else [given[bitext.beads[p.index].target[0]] for p in pairs]
        if (mean := mean_logprob(heads)) is not None:  # a bead's segments share its score, so its first stands for it
            free.append(Metric(f"{name} perplexity", math.exp(-mean), f"mean:token|of:{of}|version:{__version__}"))
    if free:
        notes.append(
            "Forced decoding says how well the translation and the original explain each other, by the models alone "
            "(1 is certain): it compares translations of one text by one model, and is no measure by itself."
        )
    unreliable = sum(bool(bitext.translations[i].problems) for i in _counted(bitext.target, range(len(bitext.target))))
    if unreliable:
        notes.append(
            f"{_segments(unreliable)} could not be back-translated reliably and {_is(unreliable)} scored as is."
        )
    if len(pairs) < 100:
        notes.append(f"{len(pairs)} beads are few for corpus metrics: read the intervals, not the decimals.")
    return Scores(
        "reference",
        (*scores.metrics, *free),
        by_bead,
        (),
        coverage(bitext, [bitext.beads[p.index] for p in pairs]),
        tuple(notes),
    )
