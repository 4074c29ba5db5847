"""The document view: where a score comes from. Buckets, n-gram differences, best and worst segments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from bitext.document import Bitext
from bitext.errors import BitextError
from bitext.score.bitexts import scored_beads
from bitext.score.metrics import Statistics, as_references, build, segment_chrf, statistics

__all__ = ["Bucket", "Example", "NgramDifference", "View", "buckets", "ngram_differences", "view", "view_texts"]

_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_RARE = ("fewest rare words", "some rare words", "most rare words")
_LENGTHS = ((1, 5), (6, 10), (11, 20), (21, 30), (31, 45), (46, None))


@dataclass(frozen=True)
class Bucket:
    """Segments that have something in common, scored by themselves.

    `by` says what (length, numbers, names, rare words, kind, shape), `label` which, `members` are their indices.
    """

    by: str
    label: str
    members: tuple[int, ...]
    bleu: float
    chrf: float


@dataclass(frozen=True)
class Example:
    """A segment with its chrF."""

    index: int
    chrf: float
    hypothesis: str
    reference: str


@dataclass(frozen=True)
class NgramDifference:
    """An n-gram that one system gets right more often: `a` and `b` count its matches with the reference.

    `lean` is (a + α) / (a + b + 2α): near 1 the first system's, near 0 the second's.
    """

    ngram: tuple[str, ...]
    a: int
    b: int
    lean: float


@dataclass(frozen=True)
class View:
    """A document by its parts."""

    buckets: tuple[Bucket, ...]
    best: tuple[Example, ...]
    worst: tuple[Example, ...]
    chrf: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, for JSON."""
        return asdict(self)


def _length(text: str) -> str:
    n = len(_WORD.findall(text))
    for low, high in _LENGTHS:
        if high is None or n <= high:
            return f"{low}+ words" if high is None else f"{low}–{high} words"
    raise AssertionError("the last bucket is open")


def _has_name(text: str) -> bool:
    """A capital inside a sentence, not after its end: good enough to part a document in two."""
    words = text.split()
    return any(
        re.match(r"[^\w]*[A-ZÀ-Þ]\w", w) and not re.search(r"[.!?:“«\"]$", before)
        for before, w in pairwise(words)
        if w.strip(".,;:!?") != "I"
    )


def _rare(references: Sequence[str]) -> list[str]:
    """Thirds of the segments by the share of their words that occur in no other place of the text."""
    counts = Counter(w.lower() for r in references for w in _WORD.findall(r))

    def share(text: str) -> float:
        words = [w.lower() for w in _WORD.findall(text)]
        return sum(counts[w] == 1 for w in words) / len(words) if words else 0.0

    shares = [share(r) for r in references]
    ranked = sorted(shares)
    low, high = ranked[len(ranked) // 3], ranked[2 * len(ranked) // 3]
    return [_RARE[0] if x < low else _RARE[1] if x < high else _RARE[2] for x in shares]


def buckets(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]] | Sequence[str],
    by: Iterable[str] = ("length", "numbers", "names", "rare words"),
    *,
    lang: str = "en",
    labels: Mapping[str, Sequence[str]] | None = None,
    counted: Statistics | None = None,
) -> tuple[Bucket, ...]:
    """Score groups of segments, grouped by their (first) reference.

    Args:
        by: of `length`, `numbers`, `names`, `rare words` (thirds by the share of words that occur once).
        labels: more groupings: name → a label a segment (such as `shape` or `kind`).
        counted: the statistics of chrF, if they are there already.

    Raises:
        BitextError: an unknown grouping, or as many labels as there are no segments.
    """
    refs = as_references(references)
    first = refs[0]
    grouping: dict[str, Sequence[str]] = {}
    known: dict[str, Callable[[Sequence[str]], list[str]]] = {
        "length": lambda texts: [_length(t) for t in texts],
        "numbers": lambda texts: ["with numbers" if _NUMBER.search(t) else "without numbers" for t in texts],
        "names": lambda texts: ["with names" if _has_name(t) else "without names" for t in texts],
        "rare words": _rare,
    }
    for name in by:
        if name not in known:
            raise BitextError(f"segments cannot be grouped by {name!r}", mend=f"choose from {', '.join(known)}")
        grouping[name] = known[name]([r or "" for r in first])
    for name, given in (labels or {}).items():
        if len(given) != len(first):
            raise BitextError(f"{len(given)} labels of {name} for {len(first)} segments")
        grouping[name] = list(given)
    chrf = counted or statistics(build("chrf", refs), hypotheses)
    bleu = statistics(build("bleu", refs, lang=lang), hypotheses)
    order = [f"{low}+ words" if high is None else f"{low}–{high} words" for low, high in _LENGTHS]
    order += _RARE
    found = []
    for name, by_segment in grouping.items():
        members: dict[str, list[int]] = {}
        for i, label in enumerate(by_segment):
            members.setdefault(label, []).append(i)
        for label in sorted(members, key=lambda x: (order.index(x) if x in order else 0, x)):
            rows = members[label]
            found.append(
                Bucket(
                    name,
                    label,
                    tuple(rows),
                    float(bleu.metric._aggregate_and_compute([list(bleu.rows[i]) for i in rows]).score),
                    float(chrf.metric._aggregate_and_compute([list(chrf.rows[i]) for i in rows]).score),
                )
            )
    return tuple(found)


def _extremes(
    scores: Sequence[float], hypotheses: Sequence[str], reference: Sequence[str], count: int
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The best and the worst by chrF, best first and worst first; ties in document order."""

    def examples(order: list[int]) -> tuple[Example, ...]:
        return tuple(Example(i, scores[i], hypotheses[i], reference[i]) for i in order[:count])

    rows = range(len(scores))
    return examples(sorted(rows, key=lambda i: -scores[i])), examples(sorted(rows, key=lambda i: scores[i]))


def _matches(hypothesis: str, references: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """N-grams of the hypothesis that stand in a reference, clipped as BLEU clips them."""

    def ngrams(text: str) -> Counter[tuple[str, ...]]:
        words = re.findall(r"\w+(?:['’-]\w+)*|[^\w\s]", text)
        return Counter(tuple(words[i : i + n]) for n in range(1, order + 1) for i in range(len(words) - n + 1))

    there: Counter[tuple[str, ...]] = Counter()
    for r in references:
        there |= ngrams(r)
    return ngrams(hypothesis) & there


def ngram_differences(
    a: Sequence[str],
    b: Sequence[str],
    references: Sequence[Sequence[str]] | Sequence[str],
    *,
    order: int = 4,
    alpha: float = 1.0,
    count: int = 20,
) -> tuple[tuple[NgramDifference, ...], tuple[NgramDifference, ...]]:
    """The n-grams that the first system gets right and the second does not, and the other way round.

    The measure is that of compare-mt (Neubig et al. 2019): smoothed share of matched n-grams. What a longer n-gram
    with the same counts says already is left out.

    Returns:
        The first system's, best first, and the second's.

    Raises:
        BitextError: the texts differ in length.
    """
    refs = as_references(references)
    if len({len(a), len(b), *(len(r) for r in refs)}) > 1:
        raise BitextError("both systems and the references must have as many lines")
    ours: Counter[tuple[str, ...]] = Counter()
    theirs: Counter[tuple[str, ...]] = Counter()
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        lines = [r[i] or "" for r in refs]
        ours.update(_matches(x, lines, order))
        theirs.update(_matches(y, lines, order))
    found = [
        NgramDifference(g, ours[g], theirs[g], (ours[g] + alpha) / (ours[g] + theirs[g] + 2 * alpha))
        for g in ours.keys() | theirs.keys()
        if ours[g] != theirs[g]
    ]
    first = sorted((d for d in found if d.a > d.b), key=lambda d: (-d.lean, -len(d.ngram), d.ngram))
    second = sorted((d for d in found if d.b > d.a), key=lambda d: (d.lean, -len(d.ngram), d.ngram))
    return _telling(first, count), _telling(second, count)


def _telling(found: Sequence[NgramDifference], count: int) -> tuple[NgramDifference, ...]:
    """The first `count` that are no part of a longer one with the same counts before them."""
    kept: list[NgramDifference] = []
    parts: set[tuple[tuple[str, ...], int, int]] = set()
    for d in found:
        if (d.ngram, d.a, d.b) in parts:
            continue
        kept.append(d)
        if len(kept) == count:
            break
        size = len(d.ngram)
        parts |= {(d.ngram[i:j], d.a, d.b) for i in range(size) for j in range(i + 1, size + 1)}
    return tuple(kept)


def view_texts(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]] | Sequence[str],
    *,
    lang: str = "en",
    labels: Mapping[str, Sequence[str]] | None = None,
    count: int = 10,
) -> View:
    """The document view of line-aligned texts: buckets (also by `labels`, name → one a line), best and worst lines."""
    refs = as_references(references)
    counted = statistics(build("chrf", refs), hypotheses)
    chrf = segment_chrf(counted)
    found = buckets(hypotheses, refs, lang=lang, labels=labels, counted=counted) if chrf else ()
    return View(found, *_extremes(chrf, hypotheses, refs[0], count), tuple(chrf))


def view(bitext: Bitext, *, count: int = 10) -> View:
    """The document view of a scored bitext: buckets (also by kind and shape), best and worst beads.

    `members` and `index` are bead indices.

    Raises:
        BitextError: no original, no beads or no translations.
    """
    if bitext.source is None or bitext.origin == "back-translation":
        raise BitextError("without an original there are no beads to look at", mend="give one with --original")
    pairs = scored_beads(bitext)
    kinds = [str(bitext.target.segments[bitext.beads[p.index].target[0]].kind) for p in pairs]
    found = view_texts(
        [p.hypothesis for p in pairs],
        [[p.reference for p in pairs]],
        lang=bitext.source.lang or "en",
        labels={"kind": kinds, "shape": [p.shape for p in pairs]},
        count=count,
    )
    at = [p.index for p in pairs]
    return View(
        tuple(replace(b, members=tuple(at[i] for i in b.members)) for b in found.buckets),
        tuple(replace(e, index=at[e.index]) for e in found.best),
        tuple(replace(e, index=at[e.index]) for e in found.worst),
        found.chrf,
    )
