"""The main job: the only place that wires the stages together. Each step takes a `Bitext` and returns a fuller one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitext.document import Bead, Bitext, Document, Segment, Signature, Translation
from bitext.errors import BitextError, InputError, ModelError, OutputError, TroubleWarning
from bitext.files import reason, writing
from bitext.reading import load, read_document, refuse_bitext

if TYPE_CHECKING:
    from bitext.lexicon import Lexicon
    from bitext.translate.base import Translator

__all__ = [
    "OUTPUTS",
    "align",
    "back_translate",
    "flag",
    "load",
    "prepare_folder",
    "read_document",
    "refuse_bitext",
    "run",
    "score",
    "with_source",
    "write_all",
]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""

PathLike = str | os.PathLike[str]

OUTPUTS = ("bitext.jsonl", "bitext.tmx", "bitext.tsv", "scores.json", "flags.jsonl", "report.html")
"""The files of the main job."""


def run(
    article: PathLike | Document,
    original: PathLike | Document | None = None,
    *,
    model: PathLike | Translator = "fr-en",
    forward: PathLike | Translator | None = None,
    engine: str = "ct2",
    rerank: str | None = None,
    lang: str | None = None,
    original_lang: str | None = None,
    memory: PathLike | None = None,
    any_language: bool = False,
    before_work: Callable[[], object] | None = None,
    progress: Progress | None = None,
) -> Bitext:
    """Back-translate, align, score and flag a translated article.

    Args:
        article: the translated text: a file, or a `Document` that is segmented already.
        original: what it was translated from, if there is a copy.
        model: directory, shipped name or hub id of a Marian model from the article's language into the original's; or a
            translator, for several articles in turn.
        forward: the same of the other direction, for forced decoding; by default the shipped one, if there is one.
        engine: `ct2` (CTranslate2, fast) or `transformers` (reference).
        rerank: model of the other direction that chooses among the translations, or `none`; by default the model's own.
        lang, original_lang: language codes; by default the model's.
        memory: file of the translation memory, or None for none.
        any_language: go on although the text does not look like `lang`.
        before_work: called when the input has been read and before anything is translated.
        progress: called as the translation advances.

    Raises:
        BitextError: bad input, a model that cannot be used.
    """
    from bitext import __version__

    translator = load_translator(model, engine=engine, rerank=rerank, memory=memory)
    lang, original_lang = lang or translator.source_lang, original_lang or translator.target_lang
    if isinstance(article, Document):
        bitext = Bitext(article, signature=Signature.of(bitext=__version__))
    else:
        bitext = load(article, lang, any_language=any_language)
    if original is not None:
        source = original
        if not isinstance(source, Document):
            source = read_document(source, original_lang, any_language=any_language)
        bitext = with_source(bitext, source)
    if before_work is not None:
        before_work()
    bitext = back_translate(bitext, translator, progress)
    lexicon = load_lexicon(original_lang, lang)
    bitext = align(bitext, lexicon=lexicon)
    ahead = load_forward(original_lang, lang, forward)
    bitext = score(bitext, forward=ahead, back=translator)
    return flag(bitext, back=translator, forward=ahead, lexicon=lexicon)


# --- stages --------------------------------------------------------------------------------------


def load_translator(
    model: PathLike | Translator, *, engine: str = "ct2", memory: PathLike | None = None, **options: Any
) -> Translator:
    """The translator for a model name, directory or hub id; one that is given is taken as it is."""
    from bitext import translate

    if not isinstance(model, str | os.PathLike):
        return model
    return translate.load(model, engine=engine, memory=memory, **options)


def load_forward(source_lang: str, target_lang: str, model: PathLike | Translator | None = None) -> Translator | None:
    """The model of a direction for forced decoding (original to translation, as a rule).

    By default it is the shipped one; None where none is shipped.

    Raises:
        ModelError: `model` cannot be used, or is of another direction.
    """
    from bitext import translate

    if model is not None:
        found = load_translator(model)
        if (found.source_lang or source_lang, found.target_lang or target_lang) != (source_lang, target_lang):
            raise ModelError(
                f"{found.name} translates from {found.source_lang} into {found.target_lang}",
                mend=f"give a model from {source_lang} into {target_lang}",
            )
        return found
    try:
        return translate.load(f"{source_lang}-{target_lang}")
    except BitextError:
        return None


def load_lexicon(source_lang: str, target_lang: str) -> Lexicon | None:
    """The shipped lexicon of a pair of languages, in whichever direction it was learnt; None if there is none."""
    from bitext import lexicon

    for name in (f"{target_lang}-{source_lang}", f"{source_lang}-{target_lang}"):
        try:
            return lexicon.load(name)
        except BitextError:
            continue
    return None


def with_source(bitext: Bitext, source: Document) -> Bitext:
    """The bitext with an original beside it; what depended on the source before is dropped.

    Raises:
        InputError: the original is the translation itself.
    """
    if source.text == bitext.target.text and source.lang != bitext.target.lang:
        raise InputError(
            "is given as the original and as the translation", path=source.name, mend="give the text in both languages"
        )
    return bitext.with_(source=source, origin="original", beads=(), scores=None, flags=())


def back_translate(bitext: Bitext, translator: Translator, progress: Progress | None = None) -> Bitext:
    """Translate the target's segments; without an original, their translation becomes the source."""
    texts = bitext.target.texts
    translations: list[Translation] = []
    for translation in translator.stream(texts):
        translations.append(translation)
        if progress is not None:
            progress("translating", len(translations), len(texts))
    signature = bitext.signature | translator.signature
    bitext = bitext.with_(translations=tuple(translations), signature=signature)
    if bitext.source is None or bitext.origin == "back-translation":
        source = _mirror(bitext.target, [t.text for t in translations], translator.target_lang)
        # each segment was translated by itself, so the two sides are aligned by construction
        beads = tuple(Bead(range(i, i + 1), range(i, i + 1), 1.0, 1.0) for i in range(len(texts)))
        bitext = bitext.with_(source=source, origin="back-translation", beads=beads)
    return bitext


def _mirror(document: Document, texts: Sequence[str], lang: str) -> Document:
    """A document with other texts for the same segments, and the white space of the first between them."""
    parts: list[str] = []
    segments: list[Segment] = []
    at = end = 0
    for segment, text in zip(document.segments, texts, strict=True):
        gap = document.text[end : segment.start]
        parts += [gap, text]
        start = at + len(gap)
        at, end = start + len(text), segment.end
        segments.append(replace(segment, text=text, start=start, end=at))
    parts.append(document.text[end:])
    return Document("".join(parts), tuple(segments), lang, f"{document.name} (back-translated)")


def align(
    bitext: Bitext, *, lexicon: Lexicon | None = None, encoder: Any = None, explain: bool = False, max_bead: int = 6
) -> Bitext:
    """Align source and target. Against its own back-translation a text is aligned already, by construction.

    Raises:
        InputError: there is no source to align with.
    """
    from bitext import align as aligner

    if bitext.source is None:
        raise InputError("there is nothing to align it with", path=bitext.target.name, mend="give the other text too")
    if bitext.origin == "back-translation":
        return bitext
    beads = aligner.align(
        bitext.source,
        bitext.target,
        target_translation=[t.text for t in bitext.translations] or None,
        lexicon=lexicon,
        encoder=encoder,
        explain=explain,
        max_bead=max_bead,
    )
    bitext = bitext.with_(beads=beads, signature=bitext.signature | Signature.of(aligner=aligner.VERSION))
    if doubt := _doubt(bitext):
        warnings.warn(doubt, TroubleWarning, stacklevel=2)
    return bitext


# Texts that belong together, novels and other languages too, had .84 and more; those that have nothing in common, .63.
_SURE, _FEW = 0.7, 5


def _doubt(bitext: Bitext) -> str | None:
    """A sentence where the original is hardly that of the translation: the aligner hardly believes its own beads."""
    if bitext.source is None or bitext.origin == "back-translation":
        return None
    sure = [b.confidence for b in bitext.beads if b.source and b.target and b.confidence is not None]
    if len(sure) < _FEW or (mean := sum(sure) / len(sure)) >= _SURE:
        return None
    original, translation = bitext.source.name or "the original", bitext.target.name or "the text"
    return (
        f"{original}: hardly seems to be what {translation} was translated from (the aligner is {mean:.0%} sure of "
        "its beads on average); check that it is the right text."
    )


def score(
    bitext: Bitext,
    *,
    forward: Translator | None = None,
    back: Translator | None = None,
    metrics: Sequence[str] | None = None,
    confidence: bool = True,
) -> Bitext:
    """Score the back-translation against the original over the beads, or say what can be said without one.

    Args:
        forward, back: models into the target's language and out of it, for forced decoding.
        metrics: those of `bitext.score.score` instead of BLEU, chrF and TER.
    """
    from bitext import score as scorer

    known = scorer.model_scores(bitext, forward=forward, back=back)
    if metrics is not None:
        known["metrics"] = metrics
    signature = bitext.signature
    for name, model in (("forward", forward), ("reverse", back)):
        if model is not None and name in known:
            signature |= Signature.of(**{name: f"{model.name}@{dict(model.signature.entries).get('weights', '')}"})
    bitext = bitext.with_(signature=signature)
    scores = scorer.score_bitext(bitext, confidence=confidence, **known)
    if doubt := _doubt(bitext):
        scores = replace(scores, notes=(doubt, *scores.notes))
    return bitext.with_(scores=scores)


def flag(
    bitext: Bitext,
    *,
    back: Translator | None = None,
    forward: Translator | None = None,
    lexicon: Lexicon | None = None,
    only: Sequence[str] | None = None,
    skip: Sequence[str] | None = None,
    **options: Any,
) -> Bitext:
    """Look for mistranslations and other faults in the target.

    With an original, both shipped models and scores, these also get an estimate of each segment's quality, to rank by.
    """
    from bitext import flag as flagger
    from bitext.flag import quality

    flags = flagger.flag(
        bitext, translator_back=back, translator_forward=forward, lexicon=lexicon, only=only, skip=skip, **options
    )
    bitext = bitext.with_(flags=flags)
    if bitext.scores is None or only is not None:
        return bitext
    found = quality.quality(bitext, flags, forward=forward, back=back, lexicon=lexicon)
    if any(q is not None for q in found):
        return bitext.with_(scores=replace(bitext.scores, quality=found, notes=(*bitext.scores.notes, quality.NOTE)))
    if bitext.origin == "original" and (note := quality.withheld(forward, back)):
        return bitext.with_(scores=replace(bitext.scores, notes=(*bitext.scores.notes, note)))
    return bitext


# --- writing -------------------------------------------------------------------------------------


def prepare_folder(folder: PathLike) -> Path:
    """Make the output folder and see that it can be written to, before any long work.

    Raises:
        OutputError: it cannot be made or written to.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError("is a file, not a folder", path=folder, mend="give another name with -o") from None
    except OSError as e:
        raise OutputError(f"cannot be made ({reason(e)})", path=folder, mend="give another place with -o") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputError("is a folder you may not write to", path=folder, mend="give another place with -o")
    return path


def write_all(bitext: Bitext, folder: PathLike) -> list[Path]:
    """Write the files of the main job (`OUTPUTS`) and return their paths."""
    from bitext import formats
    from bitext.formats import jsonl
    from bitext.report import html
    from bitext.score import to_json

    folder = prepare_folder(folder)
    paths = [folder / name for name in OUTPUTS]
    jsonl_path, tmx_path, tsv_path, scores_path, flags_path, report_path = paths
    with writing(jsonl_path) as f:
        jsonl.dump(bitext, f)
    formats.write(bitext, tmx_path)
    formats.write(bitext, tsv_path)
    with writing(scores_path) as f:
        f.write(to_json(bitext))
    with writing(flags_path) as f:
        f.writelines(jsonl.to_line(jsonl.flag_record(flag, bitext)) for flag in bitext.flags)
    with writing(report_path) as f:
        f.write(html.render(bitext, lexicon_links=links(bitext), drawings=drawings(bitext)))
    return paths


def links(bitext: Bitext) -> dict[int, Any]:
    """Links between the words of each bead's texts, for the report; empty where there is no lexicon."""
    lexicon = load_lexicon(bitext.source.lang, bitext.target.lang) if bitext.source is not None else None
    if lexicon is None:
        return {}
    from bitext.links import word_links

    return word_links(bitext, lexicon)


def drawings(bitext: Bitext) -> str:
    """The scores drawn as SVG, for the report; empty where nothing is compared with an original."""
    if bitext.scores is None or not bitext.scores.beads:
        return ""
    from bitext import score as scorer

    return scorer.draw(scorer.view(bitext))
