"""What `bitext score` and `bitext compare` do: from the names of files to scores, comparisons and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.document import Bitext, Document, Scores, Signature
from bitext.errors import InputError
from bitext.files import read_text
from bitext.pipeline import (
    align,
    back_translate,
    load,
    load_forward,
    load_lexicon,
    load_translator,
    read_document,
    refuse_bitext,
    score,
)

if TYPE_CHECKING:
    from bitext.score import Comparison, View

__all__ = ["Scored", "compare_files", "rescore", "score_files"]


@dataclass(frozen=True)
class Scored:
    """Scores, how they came about, and the lines they compare (none for reference-free scores)."""

    scores: Scores
    json: str
    signature: Signature
    view: View | None = None


def score_files(
    files: Sequence[str],
    *,
    lang: str | None = None,
    lines: bool = False,
    metrics: Sequence[str] | None = None,
    confidence: bool = True,
    model: str | None = None,
    forward: str | None = None,
    source: str | None = None,
    nmtscore: bool = False,
    view: bool = False,
) -> Scored:
    """Score HYP against REFs, or a bitext; `source` is the file that was translated, for checks and plug-ins.

    `lang` (English by default), `lines` and `source` go with HYP and REFs; `model`, `forward` and `nmtscore` go with a
    bitext.

    Raises:
        BitextError: bad input, or texts that cannot be compared; a `view` of scores without a reference.
    """
    from bitext import score as scorer

    names = tuple(metrics) if metrics else ("bleu", "chrf", "ter")
    if len(files) == 1:
        for option, value in (("--lang", lang), ("--lines", lines), ("--source", source)):
            if value:
                raise InputError(
                    f"{option} goes with HYP REF, and one file alone is given",
                    path=files[0],
                    mend=f"give the reference too, or leave {option} out",
                )
        bitext = _scored_bitext(
            files[0], names if metrics else None, confidence=confidence, model=model, ahead=forward, nmt=nmtscore
        )
        seen = scorer.view(bitext) if view else None
        assert bitext.scores is not None
        return Scored(bitext.scores, scorer.to_json(bitext, view=seen), bitext.signature, seen)
    if not files:
        raise InputError("no file is given", mend="give HYP REF…, or one bitext")
    for option, value in (("--model", model), ("--forward", forward), ("--nmtscore", nmtscore)):
        if value:
            raise InputError(
                f"{option} goes with a bitext, and HYP and REF are compared as they stand",
                mend="leave it out, or `bitext align` the translation with its original first",
            )
    lang = lang or "en"
    from bitext import __version__
    from bitext.score import checks

    for file in files:
        refuse_bitext(file)
    hyp, *refs = files
    signature = Signature.of(bitext=__version__)
    notes = checks.names(hyp, refs)
    hypotheses, references = scorer.read_lines(hyp), [scorer.read_lines(r) for r in refs]
    sources = scorer.read_lines(source) if source is not None else None
    if lines or all(len(r) == len(hypotheses) for r in references):
        scores = scorer.score(hypotheses, references, names, lang=lang, confidence=confidence, sources=sources)
    else:
        if sources is not None:
            raise InputError(
                "--source goes with line-aligned texts only", path=source, mend="leave it out, or say --lines"
            )
        checks.same_language(hyp, hypotheses, refs, references)
        from bitext import align as aligner
        from bitext import segment as segmenter

        def pair(reference: Document, hypothesis: Document) -> Any:
            return aligner.align(reference, hypothesis, lexicon=None)

        documents = [
            read_document(file, lang, any_language=True)
            if Path(file).is_file()  # standard input and pipes cannot be read twice
            else segmenter.segment("\n".join(read), lang, "standard input" if file == "-" else Path(file).name)
            for file, read in zip(files, (hypotheses, *references), strict=True)
        ]
        found = scorer.score_documents(documents[0], documents[1:], pair, names, lang=lang, confidence=confidence)
        counts = ", ".join(checks.counted(r) for r in references)
        notes.append(f"The hypotheses have {checks.counted(hypotheses)} and the references {counts}.")
        signature |= Signature.of(segmenter=segmenter.VERSION, aligner=aligner.VERSION)
        scores = found.scores
        hypotheses, references = list(found.hypotheses), [list(r) for r in found.references]
    scores = replace(scores, notes=(*notes, *scores.notes))
    seen = scorer.view_texts(hypotheses, references, lang=lang) if view else None
    text = scorer.to_json(
        scores,
        signature=signature,
        hypotheses=scorer.Texts.of(hypotheses),
        references=[scorer.Texts.of(r) for r in references],
        sources=None if sources is None else scorer.Texts.of(sources),
        options={"lang": lang, "metrics": list(names)},
        view=seen,
    )
    return Scored(scores, text, signature, seen)


def _scored_bitext(
    file: str, metrics: Sequence[str] | None, *, confidence: bool, model: str | None, ahead: str | None, nmt: bool
) -> Bitext:
    """A bitext with scores; what is missing for them (back-translation, beads) is made."""
    bitext = load(file, any_language=True)
    asked = "--metric" if metrics else "--nmtscore" if nmt else None
    if asked and (bitext.source is None or bitext.origin == "back-translation"):
        raise InputError(
            f"has no original that {metrics[0] if metrics else 'NMTScore'} could compare it with",
            path=file,
            mend=f"give one (`bitext align FILE --original …`), or leave {asked} out",
        )
    translator = load_translator(model) if model is not None else None
    if not bitext.translations and translator is not None:
        bitext = back_translate(bitext, translator)
    if bitext.source is not None and not bitext.beads:
        bitext = align(bitext, lexicon=load_lexicon(bitext.source.lang, bitext.target.lang))
    forward = None
    if bitext.source is not None:
        there, here = bitext.source.lang, bitext.target.lang
        forward, translator = load_forward(there, here, ahead), translator or load_forward(here, there)
    bitext = score(bitext, forward=forward, back=translator, metrics=metrics, confidence=confidence)
    if nmt:
        if forward is None or translator is None:
            raise InputError("NMTScore takes a model of either direction", path=file, mend="leave --nmtscore out")
        from bitext.score import nmtscore_metrics

        found = nmtscore_metrics(bitext, forward=forward, back=translator)
        assert bitext.scores is not None
        scores = bitext.scores
        note = "NMTScore compares the probability of each text with that of the models' own translation: 1 is as good."
        bitext = bitext.with_(scores=replace(scores, metrics=(*scores.metrics, *found), notes=(*scores.notes, note)))
    return bitext


def compare_files(
    systems: Sequence[str],
    reference: Sequence[str],
    *,
    lang: str,
    metrics: Sequence[str] | None,
    test: str,
    samples: int | None,
    view: bool = False,
) -> tuple[Comparison, list[str]]:
    """Compare systems, the first being the baseline, with references of one segment a line.

    A system of another number of lines is cut to the references' by edit distance.

    Returns:
        `bitext.score.Comparison`, and, with `view`, lines of text on where the systems differ.

    Raises:
        BitextError: bad input, references that are not line-aligned.
    """
    from bitext import score as scorer
    from bitext.score import checks

    if len(systems) < 2:
        raise InputError("one system alone cannot be compared", mend="name two files or more")
    names = systems if len({Path(s).name for s in systems}) < len(systems) else [Path(s).name for s in systems]
    if len(set(names)) < len(names):
        raise InputError("is given twice", path=next(n for n in names if names.count(n) > 1), mend="name it once")
    for file in (*systems, *reference):
        refuse_bitext(file)
    references = [scorer.read_lines(r) for r in reference]
    lines = {name: scorer.read_lines(path) for name, path in zip(names, systems, strict=True)}
    notes: list[str] = []
    for path in systems:
        notes += [n for n in checks.names(path, reference) if n not in notes]
    if any(len(found) != len(references[0]) for found in lines.values()):
        lines, references = _without_gaps(lines, references)
    texts = {}
    for name, found in lines.items():
        texts[name] = found
        if len(found) != len(references[0]):
            texts[name] = list(scorer.resegment(found, references).segments)
            notes.append(
                f"{name} has {len(found)} lines and the reference {len(references[0])}, without empty ones: it was "
                "cut to the reference's by edit distance (mwerSegmenter's method)."
            )
    cut = texts != lines
    result = scorer.compare(
        texts, references, tuple(metrics or ("bleu", "chrf", "ter")), test=test, samples=samples, lang=lang
    )
    marked = {m: f"{s}|resegment:mwer" if cut else s for m, s in result.signatures.items()}
    result = replace(result, signatures=marked, notes=(*notes, *result.notes))
    return result, list(scorer.difference_lines(texts, references, lang=lang)) if view else []


def _without_gaps(
    systems: dict[str, list[str]], references: list[list[str]]
) -> tuple[dict[str, list[str]], list[list[str]]]:
    """Documents with their empty lines taken out: between paragraphs they are no segments.

    Of a system with as many lines as the references, the same lines are taken out if they are empty too.
    """
    gaps = {i for i, row in enumerate(zip(*references, strict=False)) if not any(line.strip() for line in row)}
    if len({len(r) for r in references}) > 1:
        return systems, references
    kept = {}
    for name, lines in systems.items():
        alike = len(lines) == len(references[0]) and not any(lines[i].strip() for i in gaps)
        kept[name] = [x for i, x in enumerate(lines) if (i not in gaps if alike else x.strip())]
    return kept, [[x for i, x in enumerate(r) if i not in gaps] for r in references]


def rescore(path: str) -> tuple[list[str], list[str]]:
    """Recompute the figures of a scores.json.

    Returns:
        Sentences on what differs (none: all is reproduced), and sentences on what was recomputed.

    Raises:
        BitextError: the file holds no scores, or no texts to score again.
    """
    from bitext import score as scorer

    record = scorer.from_json(read_text(path), path)
    now = record.recompute()
    said = []
    if record.by_models:
        names = ", ".join(m.name for m in record.by_models)
        said.append(f"{path}: not recomputed, as they take the models ({record.signature}): {names}")
    said.append(f"{path}: all {'other ' if said else ''}figures ({len(now.metrics)}) are reproduced")
    return [str(d) for d in record.differences(now)], said
