"""Scores, views and comparisons as lines of text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bitext.document import Scores, Signature
from bitext.score.paired import Comparison
from bitext.score.views import View, ngram_differences, view_texts

__all__ = ["comparison_lines", "difference_lines", "score_lines", "view_lines"]


def score_lines(scores: Scores, signature: Signature) -> Iterator[str]:
    """Each figure with its interval and signature, the notes, and the line that reproduces all."""
    width = max((len(m.name) for m in scores.metrics), default=0)
    for m in scores.metrics:
        interval = "" if m.interval is None else f"  [{m.interval[0]:.2f}, {m.interval[1]:.2f}]"
        yield f"{m.name:<{width}} {m.value:7.2f}{interval}  {m.signature}".rstrip()
    if scores.coverage:
        yield "Coverage: " + ", ".join(f"{side} {share:.1%}" for side, share in scores.coverage.items())
    yield from scores.notes
    if signature.entries:
        yield f"Signature: {signature}"


def view_lines(view: View, count: int = 5) -> Iterator[str]:
    """Buckets, then the worst and the best segments."""
    yield f"{'By kind of segment':<34}{'number':>6} {'BLEU':>6} {'chrF':>6}"
    for b in view.buckets:  # no BLEU without four words in a row: a figure of 0 would say something else
        bleu = f"{b.bleu:.1f}" if b.bleu else "–"
        yield f"{b.by + ': ' + b.label:<34}{len(b.members):>6} {bleu:>6} {b.chrf:>6.1f}"
    for title, examples in (("Worst", view.worst), ("Best", view.best)):
        yield f"{title} by chrF (number of the segment or bead, chrF; hypothesis above, reference below)"
        for e in examples[:count]:
            yield f"  {e.index + 1:>5} {e.chrf:5.1f}  {e.hypothesis}"
            yield f"{'':>13}  {e.reference}"


def comparison_lines(found: Comparison) -> Iterator[str]:
    """A block a metric, a line a system; then the notes."""
    for name, results in found.results.items():
        yield f"{name}  {found.signatures[name]}"
        for r in results:
            interval = "" if r.mean is None else f"  (μ {r.mean:.2f} ± {r.half:.2f})"
            chance = "  baseline" if r.p_value is None else f"  p {r.p_value:.4f}"
            least = ""
            if r.smallest_difference is not None:
                least = f"  a difference under {r.smallest_difference:.2f} may be chance"
            yield f"  {r.score:7.2f}{interval}{chance}{least}  {r.system}"
    yield from found.notes


def difference_lines(
    systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]], *, lang: str = "en", count: int = 10
) -> Iterator[str]:
    """Where each system differs from the first: chrF by bucket, n-grams, and the segments that differ most."""
    (base, lines), *others = systems.items()
    seen = view_texts(lines, references, lang=lang)
    for name, other in others:
        theirs = view_texts(other, references, lang=lang)
        yield f"chrF by kind of segment: number, {base}, {name}, difference"
        for a, b in zip(seen.buckets, theirs.buckets, strict=True):
            label = f"{a.by}: {a.label}"
            yield f"  {label:<34}{len(a.members):>6} {a.chrf:>6.1f} {b.chrf:>6.1f} {b.chrf - a.chrf:>+6.1f}"
        for who, grams in zip((base, name), ngram_differences(lines, other, references, count=count), strict=True):
            yield f"N-grams that {who} gets right more often (its matches, the other's)"
            for d in grams:
                mine, its = (d.a, d.b) if d.a > d.b else (d.b, d.a)
                yield f"  {mine:>5} {its:>5}  {' '.join(d.ngram)}"
        by = sorted(range(len(lines)), key=lambda i: -abs(theirs.chrf[i] - seen.chrf[i]))
        yield "Segments that differ most (number, chrF)"
        for i in by[: count // 2]:
            if theirs.chrf[i] == seen.chrf[i]:
                break
            yield f"  {i + 1:>5} {seen.chrf[i]:5.1f}  {lines[i]}"
            yield f"  {'':>5} {theirs.chrf[i]:5.1f}  {other[i]}"
            yield f"{'':>13}  {references[0][i]}"
