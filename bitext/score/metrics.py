"""sacreBLEU's metrics on line-aligned texts: its own figures, its own signatures, one pass of statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bitext.document import Metric, Scores
from bitext.errors import BitextError, InputError
from bitext.score import checks
from bitext.score.bootstrap import SEED, bootstrap, bootstrap_mean
from bitext.score.plugins import find

if TYPE_CHECKING:
    import numpy as np

__all__ = ["METRICS", "Statistics", "as_references", "build", "score", "segment_chrf", "statistics"]

METRICS = ("bleu", "chrf", "chrf++", "ter")
"""The metrics of sacreBLEU; any other name is looked for among the plug-ins."""
_TER_CELLS = 25_000_000  # pairs of words of one segment


@dataclass(frozen=True)
class Statistics:
    """A metric and what it counted: `rows` is n segments × k sufficient statistics."""

    metric: Any
    rows: list[list[Any]]

    @property
    def array(self) -> np.ndarray:
        import numpy as np

        return np.array(self.rows, dtype="float32")

    def total(self) -> Any:
        """sacreBLEU's score over all segments."""
        return self.metric._aggregate_and_compute(self.rows)


def as_references(references: Sequence[Sequence[str]] | Sequence[str]) -> list[list[str]]:
    """One list a reference, from one reference or several.

    Raises:
        BitextError: there is none, or it is a string.
    """
    if isinstance(references, str) or not references:
        raise BitextError("the references must be a sequence of lines or a sequence of such sequences")
    if isinstance(references[0], str):
        return [[str(line) for line in references]]
    return [list(r) for r in references]


def build(
    name: str,
    references: Sequence[Sequence[str]] | None = None,
    *,
    lang: str = "en",
    lowercase: bool = False,
    tokenize: str | None = None,
) -> Any:
    """A sacreBLEU metric by name, with its references counted already if given.

    Args:
        name: one of `METRICS`.
        lang: language of the hypotheses; it chooses BLEU's tokenizer for zh, ja and ko.
        lowercase: score without case (TER always does).
        tokenize: BLEU's tokenizer by sacreBLEU's name, instead of the language's.

    Raises:
        BitextError: no such metric or tokenizer, or the tokenizer needs a package that is not there.
    """
    from sacrebleu.metrics import BLEU, CHRF, TER

    key = name.lower()
    if key == "bleu":
        if tokenize is not None and tokenize not in BLEU.TOKENIZERS:
            known = ", ".join(sorted(BLEU.TOKENIZERS))
            raise BitextError(f"sacreBLEU has no tokenizer {tokenize!r}", mend=f"choose from {known}")
        try:  # `force`: the warning about tokenised text is ours, as a note
            return BLEU(lowercase=lowercase, force=True, tokenize=tokenize, trg_lang=lang, references=references)
        except (RuntimeError, ImportError) as e:
            said = " ".join(str(e).split())
            raise BitextError(
                f"BLEU's tokenizer for {tokenize or lang} cannot be used ({said})",
                mend="install it, or score with chrf",
            ) from e
    if key in ("chrf", "chrf++"):
        return CHRF(word_order=2 if key == "chrf++" else 0, lowercase=lowercase, references=references)
    if key == "ter":
        return TER(references=references)
    raise BitextError(f"sacreBLEU has no metric {name!r}", mend=f"choose from {', '.join(METRICS)}")


def statistics(metric: Any, hypotheses: Sequence[str]) -> Statistics:
    """What `metric` (made by `build` with references) counts in the hypotheses."""
    return Statistics(metric, metric._extract_corpus_statistics(list(hypotheses), None))


def segment_chrf(stats: Statistics) -> list[float]:
    """Segment-level chrF, from statistics of chrF."""
    return [float(stats.metric._compute_f_score(row)) for row in stats.rows]


def score(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]] | Sequence[str],
    metrics: Sequence[str] = ("bleu", "chrf", "ter"),
    *,
    lang: str = "en",
    confidence: bool = False,
    samples: int = 1000,
    seed: int = SEED,
    lowercase: bool = False,
    tokenize: str | None = None,
    sources: Sequence[str] | None = None,
    check: bool = True,
) -> Scores:
    """Score lines against the same lines of one or more references.

    Figures and signatures are those of the `sacrebleu` command on the same files; with `confidence`
    the interval is its `μ ± half` for `--confidence --confidence-n SAMPLES` and `SACREBLEU_SEED=SEED`.

    Args:
        hypotheses: n lines.
        references: n lines, or several times n lines.
        metrics: of `METRICS`, or names of plug-ins (see `bitext.score.plugins.find`).
        lang: language of hypotheses and references.
        confidence: give 95 % intervals by bootstrap resampling.
        sources: the n lines that were translated, for the checks and for plug-ins that want them.
        check: look for the usual mistakes (`bitext.score.checks`) and say so in the notes.

    Returns:
        Scores of kind `reference`; `beads` has the chrF of each line by its index.

    Raises:
        InputError: numbers of lines differ, or there are none.
        BitextError: an unknown metric or tokenizer.
    """
    refs = as_references(references)
    hyps = list(hypotheses)
    checks.line_counts(hyps, refs, sources)
    if not metrics:
        raise BitextError("no metric was asked for", mend=f"choose from {', '.join(METRICS)}")
    if confidence and samples < 2:
        raise BitextError(f"{samples} bootstrap samples give no interval", mend="ask for 1000")
    if any(m.lower() == "ter" for m in metrics):
        _short_enough_for_ter(hyps, refs)
    if confidence and seed < 0:
        raise BitextError(f"the seed is {seed}", mend="give 0 or a positive number")
    found: list[Metric] = []
    by_line: list[float] | None = None
    for name in metrics:
        if name.lower() not in METRICS:
            found.append(_external(name, hyps, refs, sources, (samples, seed) if confidence else None))
            continue
        metric = build(name, refs, lang=lang, lowercase=lowercase, tokenize=tokenize)
        stats = statistics(metric, hyps)
        total = stats.total()
        interval = None
        if confidence:
            interval = bootstrap(metric, stats.array, samples, seed).bounds
            metric.n_bootstrap, metric.seed = samples, str(seed)
        found.append(Metric(total.name, float(total.score), str(metric.get_signature()), interval))
        if name.lower() == "chrf":
            by_line = segment_chrf(stats)
    if by_line is None:
        by_line = segment_chrf(statistics(build("chrf", refs, lowercase=lowercase), hyps))
    notes = checks.lines(hyps, refs, sources=sources, lang=lang) if check else ()
    return Scores("reference", tuple(found), dict(enumerate(by_line)), notes=tuple(notes))


def _short_enough_for_ter(hyps: Sequence[str], refs: Sequence[Sequence[str]]) -> None:
    """
    Raises:
        InputError: a line is so long that TER, which compares every word with every word, would take hours.
    """
    for i, (h, *r) in enumerate(zip(hyps, *refs, strict=True), 1):
        longest = max(len((x or "").split()) for x in r)
        if (words := len(h.split())) * longest > _TER_CELLS:
            raise InputError(
                f"segment {i} has {words:,} words and its reference {longest:,}, too many for TER",
                mend="give text with sentences or lines in it, or leave TER out (--metric bleu --metric chrf)",
            )


def _external(
    name: str, hyps: list[str], refs: list[list[str]], sources: Sequence[str] | None, drawn: tuple[int, int] | None
) -> Metric:
    plugin = find(name)
    try:
        got = plugin(hyps, refs, sources)
    except BitextError:
        raise
    except Exception as e:  # a foreign metric may fail in any way; the user's other figures are worth a sentence
        raise InputError(f"the metric {name} failed: {type(e).__name__}: {e}") from e
    interval = None
    if drawn is not None and got.segments:
        interval = bootstrap_mean(got.segments, *drawn).bounds
    return Metric(got.name, float(got.value), got.signature, interval)
