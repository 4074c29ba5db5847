"""Re-segmentation of an output to the reference's segments by word edit distance.

The method of mwerSegmenter (Matusov, Leusch, Bender and Ney 2005, "Evaluating Machine Translation Output
with Automatic Sentence Segmentation", IWSLT): the output is one stream of words, cut where the sum of the
edit distances between the pieces and the reference segments is least; with several references each segment
takes the nearest. Exact (no beam), in O(words × words) time; the cuts are found again in blocks of about
√segments, so memory stays O(words × √segments).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bitext.errors import InputError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Resegmented", "resegment", "resegment_words"]

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Resegmented:
    """The output's text in as many pieces as the reference has segments, and what the cut cost.

    `edits` is the sum of the pieces' edit distances to their references, in words.
    """

    segments: tuple[str, ...]
    edits: int


def resegment(
    hypothesis: Sequence[str] | str,
    references: Sequence[Sequence[str]] | Sequence[str],
    *,
    split_punctuation: bool = True,
    lowercase: bool = True,
    sentence_ends: bool = True,
) -> Resegmented:
    """Cut the hypothesis into pieces, one a segment of the reference, in order.

    Args:
        hypothesis: lines in their order, or the whole text.
        references: n segments, or several references of n segments each.
        split_punctuation: compare words and punctuation marks one by one, so that a full stop can decide
            where a segment ends; otherwise words as white space parts them, as mwerSegmenter does.
        lowercase: compare without case.
        sentence_ends: of the cheapest cuts, take one with most cuts at ends of lines or sentences of the hypothesis.

    Returns:
        n pieces of the hypothesis's own text (white space normalised), some perhaps empty.

    Raises:
        InputError: the references are empty or differ in length.
    """
    lines = [hypothesis] if isinstance(hypothesis, str) else hypothesis
    text = " ".join(lines)
    refs = [list(references)] if references and isinstance(references[0], str) else [list(r) for r in references]
    if not refs or not refs[0]:
        raise InputError("there are no reference segments to cut the text by")
    if len({len(r) for r in refs}) > 1:
        raise InputError(f"the references have {', '.join(str(len(r)) for r in refs)} lines: they must have as many")
    pattern = _TOKEN if split_punctuation else re.compile(r"\S+")

    def tokens(line: object) -> list[str]:
        return pattern.findall(str(line).lower() if lowercase else str(line))

    places = [m.span() for m in pattern.finditer(text)]
    words = [text[a:b].lower() if lowercase else text[a:b] for a, b in places]
    ends: set[int] = set()
    if sentence_ends:
        at = 0
        for line in lines:
            at += len(pattern.findall(line))
            ends.add(at)
        ends |= {i + 1 for i, w in enumerate(words) if w[-1] in ".!?…"}
    cuts, edits = resegment_words(words, [[tokens(line) for line in r] for r in refs], ends)
    starts = [a for a, _ in places] + [len(text)]
    pieces = (" ".join(text[starts[a] : starts[b]].split()) for a, b in zip([0, *cuts], cuts, strict=False))
    return Resegmented(tuple(pieces), edits)


def resegment_words(
    words: Sequence[str], references: Sequence[Sequence[Sequence[str]]], ends: Collection[int] = ()
) -> tuple[list[int], int]:
    """Where to cut words into as many pieces as each reference has segments.

    Args:
        words: the output.
        references: reference → segment → words.
        ends: places in `words` where a sentence ends: of the cheapest cuts, one with most of its cuts there is taken.

    Returns:
        The exclusive end of each piece (the last is `len(words)`), and the total edit distance. Among equal
        cuts, words that match nothing stay with the piece before them.
    """
    import numpy as np

    ids: dict[str, int] = {}
    hyp = np.array([ids.setdefault(w, len(ids)) for w in words], dtype="int32")
    refs = [
        [np.array([ids.setdefault(w, len(ids)) for w in segment], dtype="int32") for segment in r] for r in references
    ]
    n, segments = len(hyp), len(refs[0])
    step = max(1, int(segments**0.5))

    # An edit costs more than all cuts together, so a cut inside a sentence only decides between equal edits.
    unit, elsewhere = segments + 1, np.ones(n + 1, dtype="int64")
    elsewhere[[0, n, *ends] if ends else slice(None)] = 0
    cost = np.full(n + 1, np.iinfo("int64").max // 2)  # nothing stands before the first segment
    cost[0] = 0
    checkpoints = []
    for k in range(segments):
        if k % step == 0:
            checkpoints.append(cost)
        cost = _segment(hyp, cost, [r[k] for r in refs], unit)[0] + elsewhere
    edits = int(cost[n]) // unit

    cuts, end = [0] * segments, n
    for block in reversed(range(len(checkpoints))):
        first, last = block * step, min((block + 1) * step, segments)
        cost, begins = checkpoints[block], []
        for k in range(first, last):
            cost, begin = _segment(hyp, cost, [r[k] for r in refs], unit)
            cost += elsewhere
            begins.append(begin)
        for k in reversed(range(first, last)):
            cuts[k] = end
            end = int(begins[k - first][end])
    return cuts, edits


def _segment(
    hyp: np.ndarray, cost: np.ndarray, references: list[np.ndarray], unit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cost of every prefix of the output after one more segment, and where that segment's piece begins."""
    from bitext.score._advance import advance

    best, begin = advance(hyp, cost, references[0], unit)
    for reference in references[1:]:
        other, start = advance(hyp, cost, reference, unit)
        better = other < best
        best[better], begin[better] = other[better], start[better]
    return best, begin
