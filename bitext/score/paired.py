"""Is one system better than another, or was it luck: paired tests as sacreBLEU computes them."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bitext.errors import BitextError
from bitext.score import checks
from bitext.score.bootstrap import SEED, resample, totals_to_scores
from bitext.score.metrics import METRICS, Statistics, as_references, build, statistics

__all__ = ["Comparison", "SystemResult", "compare"]

_ENVIRONMENT = threading.Lock()


@dataclass(frozen=True)
class SystemResult:
    """One system by one metric.

    Attributes:
        p_value: probability of a difference from the baseline at least this large by chance; None for the baseline.
        mean, half: of the bootstrap samples, 95 % (paired bootstrap only).
        smallest_difference: the difference from the baseline below which these segments tell the two systems
            from chance no more than once in twenty (1.96 standard deviations of the resampled difference).
    """

    system: str
    score: float
    p_value: float | None = None
    mean: float | None = None
    half: float | None = None
    smallest_difference: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Systems side by side; the first is the baseline.

    Attributes:
        test: `bs` (paired bootstrap, Koehn 2004) or `ar` (paired approximate randomisation, Riezler and
            Maxwell 2005).
        results: metric name → one result a system, in the order given.
        signatures: metric name → sacreBLEU's signature, with test, samples and seed.
    """

    systems: tuple[str, ...]
    test: str
    results: Mapping[str, tuple[SystemResult, ...]]
    signatures: Mapping[str, str]
    notes: tuple[str, ...] = ()


@contextlib.contextmanager
def _sacrebleu_seed(seed: int) -> Iterator[None]:
    """sacreBLEU takes its seed from the environment and from nowhere else."""
    with _ENVIRONMENT:
        before = os.environ.get("SACREBLEU_SEED")
        os.environ["SACREBLEU_SEED"] = str(seed)
        try:
            yield
        finally:
            if before is None:
                del os.environ["SACREBLEU_SEED"]
            else:
                os.environ["SACREBLEU_SEED"] = before


def compare(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]] | Sequence[str],
    metrics: Sequence[str] = ("bleu", "chrf", "ter"),
    *,
    test: str = "bs",
    samples: int | None = None,
    seed: int = SEED,
    lang: str = "en",
    lowercase: bool = False,
    tokenize: str | None = None,
) -> Comparison:
    """Compare systems with the first one on the same lines.

    Scores, p-values and intervals are computed by `sacrebleu.significance`: for the same seed they are those
    of `sacrebleu --paired-bs` or `--paired-ar`.

    Args:
        systems: name → n lines; the first is the baseline.
        references: n lines, or several times n lines.
        test: `bs` or `ar`.
        samples: bootstrap samples (1,000) or randomisation trials (10,000).

    Raises:
        InputError: numbers of lines differ.
        BitextError: fewer than two systems, an unknown test or metric.
    """
    if len(systems) < 2:
        raise BitextError("a comparison needs at least two systems", mend="give another output of the same text")
    if test not in ("bs", "ar"):
        raise BitextError(f"there is no test {test!r}", mend="choose bs (bootstrap) or ar (approximate randomisation)")
    if unknown := [m for m in metrics if m.lower() not in METRICS]:
        raise BitextError(f"{unknown[0]!r} cannot be tested", mend=f"choose from {', '.join(METRICS)}")
    if samples is not None and samples < 2:
        raise BitextError(f"{samples} samples test nothing", mend="ask for 1000")
    if seed < 1:  # sacreBLEU takes a seed of 0 for none and draws anew each time
        raise BitextError(f"a seed of {seed} gives no reproducible test", mend="give a positive number")
    refs = as_references(references)
    named: list[tuple[str, Sequence[str]]] = [(name, list(lines)) for name, lines in systems.items()]
    for name, lines in named:
        try:
            checks.line_counts(lines, refs)
        except BitextError as e:
            raise type(e)(f"{name}: {e.problem}", mend=e.mend) from None
    from sacrebleu.significance import PairedTest

    built = {m: build(m, refs, lang=lang, lowercase=lowercase, tokenize=tokenize) for m in metrics}
    counted = {m: _count_once(metric, [lines for _, lines in named]) for m, metric in built.items()}
    with _sacrebleu_seed(seed):
        paired = PairedTest(named, built, None, test_type=test, n_samples=samples or 0)
        signatures, found = paired()
    results: dict[str, tuple[SystemResult, ...]] = {}
    for m, metric in built.items():
        label = counted[m][0].total().name
        # The p-value is sacreBLEU's; the spread of the difference is ours, for both tests from 1,000 samples.
        resampled = [totals_to_scores(metric, resample(s.array, 1000, seed)) for s in counted[m]]
        rows = []
        for i, (name, _) in enumerate(named):
            r: Any = found[label][i]
            spread = 1.96 * float((resampled[i] - resampled[0]).std()) if i else None
            rows.append(SystemResult(name, float(r.score), _float(r.p_value), _float(r.mean), _float(r.ci), spread))
        results[label] = tuple(rows)
    return Comparison(
        tuple(systems),
        test,
        results,
        {name: str(signature) for name, signature in signatures.items()},
        (*_notes(named, results), *_mistakes(named, refs, lang)),
    )


def _count_once(metric: Any, systems: Sequence[Sequence[str]]) -> list[Statistics]:
    """Each system's statistics, which the metric then hands out instead of counting again: TER is slow."""
    counted = [statistics(metric, lines) for lines in systems]
    known = {id(lines): s.rows for lines, s in zip(systems, counted, strict=True)}
    metric._extract_corpus_statistics = lambda lines, _references: known[id(lines)]
    return counted


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _notes(named: Sequence[tuple[str, Sequence[str]]], results: Mapping[str, tuple[SystemResult, ...]]) -> list[str]:
    n = len(named[0][1])
    said = [f"{name} and {named[0][0]} are identical." for name, lines in named[1:] if lines == named[0][1]]
    limits = [
        f"{max(r.smallest_difference or 0 for r in rows):.1f} {metric}" for metric, rows in results.items() if rows[1:]
    ]
    said.append(f"On these {n} segments a difference under {', '.join(limits)} may well be chance.")
    if len(named) > 2:
        said.append(
            f"{len(named) - 1} systems are tested against one: divide the level by {len(named) - 1} (Bonferroni) "
            "before calling the best of them better."
        )
    return said


def _mistakes(named: Sequence[tuple[str, Sequence[str]]], refs: list[list[str]], lang: str) -> Iterator[str]:
    for name, lines in named:
        for note in checks.lines(lines, refs, lang=lang):
            yield f"{name}: {note}"
