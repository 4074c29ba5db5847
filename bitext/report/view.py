"""What every report shows, worked out once: rows, worst flags, a verdict, what was left out."""

from __future__ import annotations

import math
import numbers
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from bitext.document import Bead, Bitext, Flag, Kind, Severity, Translation
from bitext.languages import language_name

__all__ = [
    "MQM_WEIGHTS",
    "LeftOut",
    "Measure",
    "Row",
    "by_construction",
    "clean",
    "compared_with",
    "count",
    "counted_kind",
    "evidence",
    "excerpt",
    "figure",
    "in_order",
    "kinds",
    "label",
    "language",
    "left_out",
    "measure",
    "percent",
    "quoted",
    "ranges",
    "ranks",
    "rows",
    "score_notes",
    "severities",
    "shapes",
    "span_of",
    "verdict",
    "weight",
    "words",
    "worst",
]

MQM_WEIGHTS: Mapping[Severity, float] = {
    Severity.NEUTRAL: 0.0,
    Severity.MINOR: 1.0,
    Severity.MAJOR: 5.0,
    Severity.CRITICAL: 25.0,
}
"""Penalty of one error, the MQM scoring model's usual weights; a report ranks flags by weight × confidence."""

# C0 and C1 controls, bidirectional overrides and lone surrogates would act on the page or terminal instead of showing.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the side-by-side view. `index` is the bead's place in `Bitext.beads`; None: not aligned yet."""

    number: int
    target: range
    source: range
    bead: Bead | None = None
    index: int | None = None

    @property
    def shape(self) -> str:
        """`2–1`: source segments, target segments, as `Bead.shape`."""
        return f"{len(self.source)}–{len(self.target)}"

    @property
    def moved(self) -> bool:
        return self.bead is not None and self.bead.moved

    @property
    def alone(self) -> str:
        """`target` or `source` where one side has no counterpart, else empty."""
        if self.bead is None or (self.target and self.source):
            return ""
        return "target" if self.target else "source"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a reader should know is missing or not trusted, and why. `segments` are of `side`."""

    what: str
    why: str
    segments: tuple[int, ...] = ()
    side: str = "target"


def clean(text: str) -> str:
    """Text safe to show: characters that act on a terminal or page instead of printing become visible marks."""
    return _UNSAFE.sub(lambda m: chr(0x2400 + ord(m[0])) if m[0] < " " else "\N{REPLACEMENT CHARACTER}", text)


def language(code: str, default: str = "") -> str:
    """`fr-CA` → `French`; an unknown code as it is."""
    return language_name(code or default)


def count(n: int, noun: str, plural: str | None = None) -> str:
    """`1 segment`, `2,000 segments`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """`.62` → `62%`; only a whole is written 100%, and only nothing 0%."""
    if not math.isfinite(share):
        return "?"
    p = round(100 * share)
    if p == 100 and share < 1:
        return ">99%"
    return "<1%" if p == 0 and share > 0 else f"{p}%"


def figure(value: float) -> str:
    """A metric's figure with the precision people quote: `31.2`, `0.843`."""
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.3f}"


def words(value: Any) -> str:
    """An evidence value as one line of text."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):  # numpy's floats too
        number = float(value)
        return f"{number:.3g}" if not 100 <= abs(number) < 1e15 else f"{number:,.1f}".removesuffix(".0")
    if isinstance(value, Mapping):
        return ", ".join(f"{words(k)}: {words(v)}" for k, v in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return "; ".join(words(v) for v in value)
    return clean(str(value))


def evidence(flag: Flag) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What a flag rests on, as (name, words): what any reader can use, and the figures behind it."""
    plain: list[tuple[str, str]] = []
    figures: list[tuple[str, str]] = []
    for name, value in flag.evidence.items():
        said = label(str(name)), words(value)
        technical = isinstance(value, Mapping) or (
            isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
        )
        (figures if technical else plain).append(said)
    return plain, figures


def label(name: str) -> str:
    """`accuracy/mistranslation` → `Accuracy › mistranslation`."""
    text = clean(name).replace("_", " ").replace("/", " › ")
    return text[:1].upper() + text[1:]


def ranges(numbers: Iterable[int]) -> str:
    """`1, 2, 3, 7` → `1–3, 7`."""
    runs: list[list[int]] = []
    for n in sorted(set(numbers)):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def compared_with(bitext: Bitext) -> str:
    """`original`, `back-translation`, or empty where there is nothing to read the target against."""
    if bitext.source is not None:
        return bitext.origin
    return "back-translation" if bitext.translations else ""


def rows(bitext: Bitext) -> list[Row]:
    """The beads in the target's reading order; source-only beads where the source is read.

    A bitext that is not aligned has a row a target segment.
    """
    if not bitext.beads:
        return [Row(i + 1, range(i, i + 1), range(0)) for i in range(len(bitext.target))]
    indexed = list(enumerate(bitext.beads))
    shown = sorted((b for b in indexed if b[1].target), key=lambda b: b[1].target.start)
    lone = sorted((b for b in indexed if not b[1].target), key=lambda b: b[1].source.start)
    merged: list[tuple[int, Bead]] = []
    at = 0
    for index, bead in shown:
        if bead.source and not bead.moved:
            while at < len(lone) and lone[at][1].source.start < bead.source.start:
                merged.append(lone[at])
                at += 1
        merged.append((index, bead))
    merged += lone[at:]
    return [Row(n, bead.target, bead.source, bead, index) for n, (index, bead) in enumerate(merged, 1)]


def span_of(bitext: Bitext, flag: Flag) -> tuple[int, int]:
    """The flag's span, within the bounds of its segment's text."""
    if not 0 <= flag.segment < len(bitext.target):
        return 0, 0
    size = len(bitext.target.segments[flag.segment].text)
    start = min(max(flag.span[0], 0), size)
    return start, min(max(flag.span[1], start), size)


def quoted(bitext: Bitext, flag: Flag) -> str:
    """The words a flag is about."""
    if not 0 <= flag.segment < len(bitext.target):
        return ""
    start, end = span_of(bitext, flag)
    return bitext.target.segments[flag.segment].text[start:end]


def in_order(bitext: Bitext) -> list[Flag]:
    """The flags as a reader meets them; at one place the longer and the worse first."""
    return sorted(bitext.flags, key=lambda f: (f.segment, f.span[0], -f.span[1], -f.severity.rank))


def weight(flag: Flag) -> float:
    """Expected MQM penalty: the severity's weight times the confidence (one half where unknown)."""
    sure = flag.confidence
    return MQM_WEIGHTS[flag.severity] * (0.5 if sure is None or not math.isfinite(sure) else sure)


def worst(bitext: Bitext, n: int = 5) -> list[tuple[Flag, int]]:
    """The `n` flags that cost most, each with how many more say the same of the same words."""
    groups: dict[tuple[str, str], list[Flag]] = {}
    for flag in sorted(in_order(bitext), key=weight, reverse=True):
        groups.setdefault((flag.check, quoted(bitext, flag).casefold()), []).append(flag)
    return [(flags[0], len(flags) - 1) for flags in list(groups.values())[:n]]


def severities(flags: Iterable[Flag]) -> list[tuple[Severity, int]]:
    """How many flags of each severity that occurs, worst first."""
    n = Counter(f.severity for f in flags)
    return [(s, n[s]) for s in sorted(n, key=lambda s: -s.rank)]


def kinds(bitext: Bitext) -> list[tuple[Kind, int]]:
    """How many target segments of each kind that occurs."""
    n = Counter(s.kind for s in bitext.target)
    order = [Kind.SENTENCE, *(k for k in Kind if k != Kind.SENTENCE)]
    return [(k, n[k]) for k in order if n[k]]


def counted_kind(kind: Kind, n: int) -> str:
    """`9 sentences`, `2 boilerplate`."""
    return f"{n:,} {kind}" if kind == Kind.BOILERPLATE else count(n, kind)


def shapes(bitext: Bitext) -> list[tuple[str, int]]:
    """How many beads of each shape (source–target), most frequent first; moved ones counted in."""
    return Counter(b.shape.replace("-", "–") for b in bitext.beads).most_common()


class Measure(NamedTuple):
    """A figure for every row, 0–1. `judges`: it says how good a row is; else only what its name says."""

    name: str
    values: list[float | None]
    judges: bool = False


def measure(bitext: Bitext, shown: Sequence[Row]) -> Measure:
    """The figure that says most about every row, of those that are known."""
    scores, judges = bitext.scores, False
    values: list[float | None]
    if scores is not None and any(_known(q) for q in scores.quality):
        name = "estimate of quality, for ranking only"
        quality = dict(enumerate(scores.quality))
        values, judges = [min((q for i in r.target if _known(q := quality.get(i))), default=None) for r in shown], True
    elif scores is not None and scores.beads:
        name, chrf = "chrF against the original", scores.beads
        values = [None if r.index is None or r.index not in chrf else chrf[r.index] / 100 for r in shown]
    elif compared_with(bitext) == "back-translation" and bitext.translations:
        # aligned with its own translation the similarity says nothing; how sure the model was says a little
        name = "how sure the model was of the back-translation (mean probability of a token)"
        values = [min((_sure(bitext.translations[i]) for i in r.target), default=None) for r in shown]
    elif any(_known(b.confidence) for b in bitext.beads):
        name = "how sure the alignment is"
        values = [None if r.bead is None or r.alone else r.bead.confidence for r in shown]
    elif bitext.beads and all(0 <= b.score <= 1 for b in bitext.beads):
        name = "similarity of the two sides"
        values = [None if r.bead is None or r.alone else r.bead.score for r in shown]
    else:
        name, values = "", [None] * len(shown)
    return Measure(name, [min(max(v, 0.0), 1.0) if _known(v) else None for v in values], judges)


def ranks(values: Sequence[float | None]) -> list[tuple[int, bool] | None]:
    """By row, its rank from the lowest figure (1) on, equals together, and whether it is of the lowest quarter.

    What an estimate of quality is good for: its level says nothing to rely on, its order says where to look.
    """
    known = sorted(v for v in values if v is not None)
    quarter = len(known) // 4
    return [None if v is None else (bisect_left(known, v) + 1, bisect_right(known, v) <= quarter) for v in values]


def _sure(translation: Translation) -> float:
    return math.exp(min(translation.score, 0.0)) if translation.tokens or translation.score else math.nan


def by_construction(bitext: Bitext) -> bool:
    """The other side is this text's own back-translation, segment by segment: the alignment says nothing."""
    return bitext.origin == "back-translation" and all(b.shape == "1-1" and not b.moved for b in bitext.beads)


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def verdict(bitext: Bitext) -> str:
    """How good the text is, in one or two sentences that claim no more than is known."""
    # No word on how many segments are good: the estimate of quality ranks them, its level is not to be trusted.
    if not bitext.flags:
        return "Nothing is flagged."
    hit = len({f.segment for f in bitext.flags})
    *most, last = (f"{n:,} {s}" for s, n in severities(bitext.flags))
    found = f"{', '.join(most)} and {last}" if most else last
    noun = "flag" if len(bitext.flags) == 1 else "flags"
    return f"{found} {noun}, in {hit:,} of {len(bitext.target):,} segments."


def left_out(bitext: Bitext) -> list[LeftOut]:
    """What is missing, set apart or not trusted, and why."""
    out = []
    segments = bitext.target.segments
    by_kind = {k: tuple(i for i, s in enumerate(segments) if s.kind == k) for k in Kind}
    if found := by_kind[Kind.BOILERPLATE]:
        why = "the site's own words, not the article's: shown in grey"
        out.append(LeftOut(f"{count(len(found), 'segment')} of boilerplate", why, found))
    if found := by_kind[Kind.SEPARATOR]:
        out.append(LeftOut(count(len(found), "separator"), "nothing to translate", found))
    if bitext.source is None or bitext.origin == "back-translation":
        why = "without one, figures compare the text with its own back-translation, which can hide an error and add one"
        out.append(LeftOut("No original", why))
    if bitext.source is not None and not bitext.beads:
        out.append(LeftOut("No alignment", "the two texts have not been aligned yet"))
    alone = tuple(i for b in bitext.beads if not b.source for i in b.target)
    if alone := tuple(i for i in alone if segments[i].kind not in (Kind.BOILERPLATE, Kind.SEPARATOR)):
        why = "nothing on the other side corresponds: added by the translation, or missed by the aligner"
        out.append(LeftOut(f"{count(len(alone), 'segment')} unaligned", why, alone))
    if alone := tuple(i for b in bitext.beads if not b.target for i in b.source):
        what = f"{count(len(alone), 'segment')} of the {bitext.origin} unaligned"
        out.append(LeftOut(what, "left out by the translation, or missed by the aligner", alone, "source"))
    problems: dict[str, list[int]] = {}
    for i, t in enumerate(bitext.translations):
        for p in t.problems:
            if segments[i].kind != Kind.SEPARATOR:
                problems.setdefault(p, []).append(i)
    for problem, where in problems.items():
        what = f"{count(len(where), 'back-translation')} not trusted"
        out.append(LeftOut(what, f"the model's output looks wrong ({clean(problem)})", tuple(where)))
    lost = [f for f in bitext.flags if not 0 <= f.segment < len(segments)]
    if lost:
        out.append(LeftOut(count(len(lost), "flag"), "they name segments that the text does not have"))
    return out


def score_notes(bitext: Bitext) -> list[str]:
    """What the figures mean and what they leave out, a sentence each."""
    return [] if bitext.scores is None else [clean(note) for note in bitext.scores.notes]


def excerpt(text: str, span: tuple[int, int], width: int) -> tuple[str, str, str]:
    """Text around a span, on one line, at most `width` characters long and cut at words: before, marked, after."""
    start, end = span
    before, marked, after = (re.sub(r"\s+", " ", clean(t)) for t in (text[:start], text[start:end], text[end:]))
    if len(marked) > width:
        head = max((width - 1) * 2 // 3, 1)
        return "", marked[:head] + "…" + marked[len(marked) - (width - 1 - head) :], ""
    room = width - len(marked)
    left = min(len(before), max(room // 2, room - len(after)))
    right = min(len(after), room - left)
    if left < len(before):
        before = before[len(before) - max(left - 1, 0) :]
        cut = before.find(" ", 0, 12) + 1
        before = f"…{before[cut:]}" if left else ""
    if right < len(after):
        after = after[: max(right - 1, 0)]
        cut = after.rfind(" ", max(len(after) - 12, 0))
        after = f"{after if cut < 0 else after[:cut]}…" if right else ""
    return before, marked, after
