"""Score a bitext: on its beads against the original, or, without one, by what can be said with no reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitext.document import Bead, Bitext, Document, Kind, Scores, Translation
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


def scored_beads(bitext: Bitext) -> list[ScoredBead]:
    """The beads with counted text on both sides: back-translation as hypothesis, source as reference.

    Boilerplate and separators are left out of a bead's text, as they are left out of the document's.

    Raises:
        BitextError: the bitext has no source, no beads or no translations.
    """
    if bitext.source is None:
        raise BitextError("there is no original to score against", mend="give one with --original")
    if not bitext.beads:
        raise BitextError("the two texts are not aligned yet", mend="align them before scoring")
    if not bitext.translations:
        raise BitextError("the text is not back-translated yet", mend="translate it before scoring")
    return _pairs(bitext)


def _pairs(bitext: Bitext) -> list[ScoredBead]:
    assert bitext.source is not None
    found = []
    for k, bead in enumerate(bitext.beads):
        source, target = _counted(bitext.source, bead.source), _counted(bitext.target, bead.target)
        if source and target:
            texts = [t.text for t in bitext.translations] or bitext.target.texts
            hypothesis = " ".join(t for t in (texts[i] for i in target) if t)
            reference = " ".join(bitext.source.segments[i].text for i in source)
            found.append(ScoredBead(k, _one_line(hypothesis), _one_line(reference), bead.shape))
    return found


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


def exclusion_notes(bitext: Bitext) -> list[str]:
    """Sentences on what the figures leave out: boilerplate, separators, and text with no counterpart."""
    said = []
    for side, document in (("source", bitext.source), ("target", bitext.target)):
        if document is None or (side == "source" and bitext.origin != "original"):
            continue
        name = "original" if side == "source" else "translation"
        if left_out := sum(s.kind in EXCLUDED for s in document):
            said.append(f"{_segments(left_out)} of the {name} (boilerplate, separators) {_is(left_out)} not scored.")
        alone = [
            i
            for bead in bitext.beads
            if not (_counted(bitext.target, bead.target) if side == "source" else _source(bitext, bead))
            for i in _counted(document, getattr(bead, side))
        ]
        if alone:
            characters = sum(len(document.segments[i].text) for i in alone)
            said.append(
                f"{_segments(len(alone))} of the {name} ({characters} characters) {_has(len(alone))} "
                "no counterpart on the other side and are not scored."
                if len(alone) > 1
                else f"1 segment of the {name} ({characters} characters) has no counterpart and is not scored."
            )
    return said


def _source(bitext: Bitext, bead: Bead) -> list[int]:
    return [] if bitext.source is None else _counted(bitext.source, bead.source)


def _segments(n: int) -> str:
    return f"{n} segment{'s' if n != 1 else ''}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _has(n: int) -> str:
    return "has" if n == 1 else "have"


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
            Both only serve `Scores.quality` (see `bitext.score.estimate`).

    Returns:
        `beads`: chrF by bead index; `coverage`: counted characters in a scored bead, by side;
        `quality`: by target segment, where there are model scores; `notes`: what is left out, what it means.

    Raises:
        BitextError: translations or beads are missing, or no bead has text on both sides.
    """
    from bitext.score.free import score_free
    from bitext.score.metrics import score

    if bitext.source is None or bitext.origin == "back-translation":
        return score_free(bitext, forward=forward)
    pairs = scored_beads(bitext)
    if not pairs:
        raise BitextError(
            "no segment of the translation has a counterpart in the original",
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
        *exclusion_notes(bitext),
        *scores.notes,
    ]
    unreliable = sum(bool(t.problems) for t, s in zip(bitext.translations, bitext.target, strict=True) if _in(s.kind))
    if unreliable:
        notes.append(
            f"{_segments(unreliable)} could not be back-translated reliably and {_is(unreliable)} scored as is."
        )
    if len(pairs) < 100:
        notes.append(f"{len(pairs)} beads are few for corpus metrics: read the intervals, not the decimals.")
    from bitext.score.quality import estimate

    return Scores(
        "reference",
        scores.metrics,
        by_bead,
        estimate(bitext, forward=forward, reverse=reverse) if forward or reverse else (),
        coverage(bitext, [bitext.beads[p.index] for p in pairs]),
        tuple(notes),
    )


def _in(kind: Kind) -> bool:
    return kind not in EXCLUDED
