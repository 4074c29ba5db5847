"""Score two documents that are not line-aligned: aligned first, or cut to the reference's segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bitext.document import Bead, Bitext, Document, Metric, Scores
from bitext.errors import BitextError
from bitext.score.bitexts import coverage, exclusion_notes, scored_beads
from bitext.score.bootstrap import SEED
from bitext.score.metrics import score
from bitext.score.resegmentation import resegment

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
        resegmented: the same metrics by mwerSegmenter's method, for comparison; None for `lines`.
        beads: what `scores.beads` counts, when aligned.
        hypotheses, references: the texts compared, by scored bead.
    """

    scores: Scores
    path: str
    resegmented: tuple[Metric, ...] | None = None
    beads: tuple[Bead, ...] = ()
    hypotheses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


def _document(text: Document | Sequence[str], name: str, lang: str) -> Document:
    if isinstance(text, Document):
        return text
    if isinstance(text, str):
        raise BitextError(f"the {name} must be a Document or lines, not one string", mend="segment it first")
    return Document.from_lines([t for t in (" ".join(t.split()) for t in text) if t], lang, name)


def score_documents(
    hypothesis: Document | Sequence[str],
    reference: Document | Sequence[str],
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
        hypothesis, reference: documents, or lines; empty lines are dropped when they are aligned.
        align: aligns reference (first) and hypothesis; without one the hypothesis is re-segmented.
        line_aligned: the lines belong together as they stand: no alignment.

    Returns:
        See `DocumentScore`. Figures on beads are those of the text that has a counterpart: `coverage` says
        how much of either side that is, `notes` what is left out.

    Raises:
        InputError: `line_aligned` and the numbers of lines differ, or a side is empty.
        BitextError: the aligner's beads pair nothing.
    """
    options = {
        "lang": lang,
        "confidence": confidence,
        "samples": samples,
        "seed": seed,
        "lowercase": lowercase,
        "tokenize": tokenize,
    }
    if line_aligned:
        hyps, refs = _lines(hypothesis), _lines(reference)
        scores = score(hyps, refs, metrics, **options)  # type: ignore[arg-type]
        return DocumentScore(scores, "lines", hypotheses=tuple(hyps), references=tuple(refs))
    hyp, ref = _document(hypothesis, "hypothesis", lang), _document(reference, "reference", lang)
    for side in (hyp, ref):
        if not len(side):
            raise BitextError(f"the {side.name or 'document'} has no segments", mend="give a file with text in it")
    texts = [" ".join(t.split()) for t in ref.texts]
    cut = resegment(hyp.texts, texts)
    by_cut = score(cut.segments, texts, metrics, **options)  # type: ignore[arg-type]
    method = "resegment:mwer"
    cut_metrics = tuple(replace(m, signature=f"{m.signature}|{method}") for m in by_cut.metrics)
    if align is None:
        notes = (
            "The texts are not line-aligned: the hypothesis was cut to the reference's segments by edit distance, "
            "which keeps lost and moved text in the score.",
            *by_cut.notes,
        )
        scores = replace(by_cut, metrics=cut_metrics, coverage={"source": 1.0, "target": 1.0}, notes=notes)
        return DocumentScore(scores, "resegmented", cut_metrics, (), cut.segments, tuple(texts))

    found = align(ref, hyp)
    beads = tuple(found.beads if isinstance(found, Bitext) else found)
    # The hypothesis stands where a translation would: no back-translation, its own text is compared.
    bitext = Bitext(target=hyp, source=ref, beads=beads)
    pairs = scored_beads(bitext, back=False)
    if not pairs:
        raise BitextError("the aligner found nothing in common", mend="check that both texts are of one article")
    got = score([p.hypothesis for p in pairs], [p.reference for p in pairs], metrics, **options)  # type: ignore[arg-type]
    return DocumentScore(
        Scores(
            "reference",
            tuple(replace(m, signature=f"{m.signature}|segments:beads") for m in got.metrics),
            {p.index: got.beads[i] for i, p in enumerate(pairs)},
            coverage=coverage(bitext, [beads[p.index] for p in pairs]),
            notes=(
                "The texts were aligned first and are scored on beads; text without a counterpart does not count.",
                *exclusion_notes(bitext, source="reference", target="hypothesis"),
                "Cut to the reference's segments by edit distance instead (mwerSegmenter's method, nothing left out): "
                + ", ".join(f"{m.name} {m.value:.1f}" for m in cut_metrics)
                + ".",
                *got.notes,
            ),
        ),
        "beads",
        cut_metrics,
        beads,
        tuple(p.hypothesis for p in pairs),
        tuple(p.reference for p in pairs),
    )


def _lines(text: Document | Sequence[str]) -> list[str]:
    return text.texts if isinstance(text, Document) else list(text)
