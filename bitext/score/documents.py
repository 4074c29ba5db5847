"""Score two documents that are not line-aligned: aligned first, or cut to the reference's segments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bitext.document import Bead, Bitext, Document, Metric, Scores
from bitext.errors import BitextError
from bitext.score.bitexts import EXCLUDED, coverage, exclusion_notes, scored_beads
from bitext.score.bootstrap import SEED
from bitext.score.metrics import score
from bitext.score.resegmentation import Resegmented, resegment
from bitext.score.strays import pair_strays

__all__ = ["Aligner", "DocumentScore", "score_documents"]

Aligner = Callable[[Document, Document], "Sequence[Bead] | Bitext"]
"""Called with the reference and the hypothesis, both in one language; returns beads that cover both."""


@dataclass(frozen=True)
class DocumentScore:
    """Scores of a document against its reference, by both ways there are.

    Attributes:
        scores: on the aligner's beads, with coverage; on lines when the documents are line-aligned already;
            on the re-segmented text when there is no aligner.
        path: `lines`, `beads` or `resegmented`: how `scores` came about.
        resegmented: the same metrics by mwerSegmenter's method, for comparison; None for `lines`, and for several
            references of different numbers of segments.
        beads: what `scores.beads` counts, when aligned with one reference. With several, it counts `hypotheses`.
        hypotheses: the texts compared, a line a scored bead.
        references: the same of each reference; "" where one has nothing for a bead.
    """

    scores: Scores
    path: str
    resegmented: tuple[Metric, ...] | None = None
    beads: tuple[Bead, ...] = ()
    hypotheses: tuple[str, ...] = ()
    references: tuple[tuple[str, ...], ...] = ()


def _document(text: Document | Sequence[str], name: str, lang: str) -> Document:
    if isinstance(text, Document):
        return text
    if isinstance(text, str):
        raise BitextError(f"the {name} must be a Document or lines, not one string", mend="segment it first")
    return Document.from_lines([t for t in (" ".join(t.split()) for t in text) if t], lang, name)


def _references(given: Document | Sequence[Any]) -> list[Document | Sequence[str]]:
    """The references, be it one or several."""
    if isinstance(given, Document) or (given and isinstance(given[0], str)):
        return [given]
    return list(given)


def score_documents(
    hypothesis: Document | Sequence[str],
    references: Document | Sequence[str] | Sequence[Document | Sequence[str]],
    align: Aligner | None = None,
    metrics: Sequence[str] = ("bleu", "chrf", "ter"),
    *,
    lang: str = "en",
    line_aligned: bool = False,
    confidence: bool = False,
    samples: int = 1000,
    seed: int = SEED,
    lowercase: bool = False,
    tokenize: str | None = None,
) -> DocumentScore:
    """Score a document whose segments need not be the reference's.

    Args:
        hypothesis: a document, or lines; empty lines are dropped when they are aligned.
        references: the same, one or several. Several need not have the same segments: each is aligned with
            the hypothesis, and beads that share a segment of it become one.
        align: aligns a reference (first) and the hypothesis; without one the hypothesis is re-segmented.
        line_aligned: the lines belong together as they stand: no alignment.

    Returns:
        See `DocumentScore`. Figures on beads are those of the text that has a counterpart: `coverage` says
        how much of either side that is (of the first reference, where there are several), `notes` what is left out.

    Raises:
        InputError: `line_aligned` and the numbers of lines differ, or a side is empty; no aligner, and several
            references that differ in their number of segments.
        BitextError: the aligner's beads pair nothing.
    """
    options: dict[str, Any] = {
        "lang": lang,
        "confidence": confidence,
        "samples": samples,
        "seed": seed,
        "lowercase": lowercase,
        "tokenize": tokenize,
    }
    given = _references(references)
    if line_aligned:
        hyps, lines = _lines(hypothesis), [_lines(r) for r in given]
        return DocumentScore(
            score(hyps, lines, metrics, **options),
            "lines",
            hypotheses=tuple(hyps),
            references=tuple(tuple(r) for r in lines),
        )
    hyp = _document(hypothesis, "hypothesis", lang)
    refs = [_document(r, "reference", lang) for r in given]
    for side in (hyp, *refs):
        if not len(side):
            raise BitextError("has no segments", path=side.name or "the document", mend="give a file with text in it")
    texts = [[" ".join(t.split()) for t in r.texts] for r in refs]
    cut: Resegmented | None = None
    if align is None or len({len(t) for t in texts}) == 1:
        cut = resegment(hyp.texts, texts)
        alone = align is None  # otherwise the figures are for comparison only
        by_cut = score(cut.segments, texts, metrics, check=alone, **options | {"confidence": confidence and alone})
        cut_metrics = tuple(replace(m, signature=f"{m.signature}|resegment:mwer") for m in by_cut.metrics)
    if align is None:
        assert cut is not None
        notes = (
            "The texts are not line-aligned: the hypothesis was cut to the reference's segments by edit distance, "
            "which keeps lost and moved text in the score.",
            *by_cut.notes,
        )
        scores = replace(by_cut, metrics=cut_metrics, coverage={"reference": 1.0, "hypothesis": 1.0}, notes=notes)
        return DocumentScore(scores, "resegmented", cut_metrics, (), cut.segments, tuple(tuple(t) for t in texts))
    # The hypothesis stands where a translation would: no back-translation, its own text is compared.
    bitexts = [
        Bitext(target=hyp, source=ref, beads=pair_strays(_beads(align(ref, hyp)), ref.texts, hyp.texts)) for ref in refs
    ]
    index, hyps, lines = _one_reference(bitexts[0]) if len(bitexts) == 1 else _several(hyp, bitexts)
    if not hyps:
        problem = f"nothing in it was found in {refs[0].name or 'the reference'}"
        raise BitextError(problem, path=hyp.name or None, mend="check that both are translations of one text")
    got = score(hyps, lines, metrics, **options)
    said = ["The texts were aligned first and are scored on beads; text without a counterpart does not count."]
    for i, bitext in enumerate(bitexts, 1):
        name = "reference" if len(bitexts) == 1 else f"reference {i}"
        said += exclusion_notes(bitext, source=name, target="hypothesis" if i == 1 else f"hypothesis (by {name})")
    if cut is not None:
        figures = ", ".join(f"{m.name} {m.value:.1f}" for m in cut_metrics)
        said.append(
            "Cut to the reference's segments by edit distance instead (mwerSegmenter's method, nothing left out): "
            f"{figures}."
        )
    else:
        said.append("The references differ in their segments, so there is no re-segmented score to compare with.")
    first = bitexts[0]
    scored = [b for b in first.beads if _counted(hyp, b.target) and _counted(refs[0], b.source)]
    return DocumentScore(
        Scores(
            "reference",
            tuple(replace(m, signature=f"{m.signature}|segments:beads") for m in got.metrics),
            {k: got.beads[i] for i, k in enumerate(index)},
            coverage=dict(zip(("reference", "hypothesis"), coverage(first, scored).values(), strict=True)),
            notes=(*said, *got.notes),
        ),
        "beads",
        None if cut is None else cut_metrics,
        first.beads if len(bitexts) == 1 else (),
        tuple(hyps),
        tuple(tuple(r) for r in lines),
    )


Paired = tuple[list[int], list[str], list[list[str]]]
"""Keys of `Scores.beads`, hypotheses, and one list a reference."""


def _beads(found: Sequence[Bead] | Bitext) -> tuple[Bead, ...]:
    return tuple(found.beads if isinstance(found, Bitext) else found)


def _one_reference(bitext: Bitext) -> Paired:
    pairs = scored_beads(bitext, back=False)
    return [p.index for p in pairs], [p.hypothesis for p in pairs], [[p.reference for p in pairs]]


def _several(hyp: Document, bitexts: Sequence[Bitext]) -> Paired:
    """Beads of several alignments merged where they share a segment of the hypothesis."""
    first = list(range(len(hyp)))  # the first segment of each segment's group, by steps

    def root(i: int) -> int:
        while first[i] != i:
            i = first[i]
        return i

    for bitext in bitexts:
        for bead in bitext.beads:
            for i in bead.target[1:]:
                a, b = sorted((root(bead.target[0]), root(i)))
                first[b] = a
    ours: dict[int, list[int]] = {}
    for i in _counted(hyp, range(len(hyp))):
        ours.setdefault(root(i), []).append(i)
    theirs: list[dict[int, list[str]]] = []
    for bitext in bitexts:
        by_group: dict[int, list[str]] = {}
        for bead in bitext.beads:
            if bead.target and bitext.source is not None:
                found = [bitext.source.segments[j].text for j in _counted(bitext.source, bead.source)]
                by_group.setdefault(root(bead.target[0]), []).extend(found)
        theirs.append(by_group)
    groups = [g for g in ours if any(t.get(g) for t in theirs)]
    hyps = [_join(hyp.segments[i].text for i in ours[g]) for g in groups]
    return list(range(len(groups))), hyps, [[_join(t.get(g, ())) for g in groups] for t in theirs]


def _counted(document: Document, segments: Sequence[int]) -> list[int]:
    return [i for i in segments if document.segments[i].kind not in EXCLUDED]


def _join(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).split())


def _lines(text: Document | Sequence[str]) -> list[str]:
    return text.texts if isinstance(text, Document) else list(text)
