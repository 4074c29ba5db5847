"""Words that a translation model finds less likely than chance: grammar and fluency faults."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bitext.document import Flag, Severity, Translation
from bitext.flag.base import Case, Check, Pair
from bitext.flag.words import words

__all__ = ["Fluency", "Surprise", "surprises"]


@dataclass(frozen=True, slots=True)
class Surprise:
    """A word and how unlikely the model finds it: `logprob` is the sum over its pieces (natural log), `worst` the
    lowest of them, `chance` the log of the word's plain frequency."""

    start: int
    end: int
    logprob: float
    worst: float
    chance: float

    @property
    def gain(self) -> float:
        """What source and beginning of the sentence tell about the word; below 0 it is less likely than by chance."""
        return self.logprob - self.chance


def surprises(text: str, scored: Translation, frequency: Any) -> list[Surprise]:
    """The words of a text with their forced-decoding scores; pieces are matched with the text letter by letter."""
    spans: list[tuple[int, int, float]] = []
    at = 0
    for piece, logprob in zip(scored.tokens, scored.token_logprobs, strict=False):
        bare = piece.replace("▁", "")
        if not bare or piece == "</s>":
            if bare == "" and piece != "</s>" and spans:
                continue
            break
        found = text.find(bare, at)
        if found < 0 or found > at + 12:  # unknown or rewritten characters: go on behind them
            continue
        spans.append((found, found + len(bare), logprob))
        at = found + len(bare)
    out = []
    for w in words(text, ""):
        pieces = [p for a, b, p in spans if a < w.end and w.start < b]
        if not pieces:
            continue
        known = frequency(w.lower)
        out.append(Surprise(w.start, w.end, sum(pieces), min(pieces), math.log(max(known, 1e-7))))
    return out


class Fluency(Check):
    """A word less likely than chance, given the other side and the sentence before it.

    A model translates the other side (the original; without it, the back-translation) into the language of the
    text, and the text is force-decoded. The log-probability of each word is compared with the log of the word's plain
    frequency: what lies `gain` below it is a word that everything before it speaks against (*à la temps*, a participle
    without its auxiliary). Words rarer than `chance` and names are left out: a small
    model cannot spell them. The
    limit moves with the segment, because a model that is lost in a whole segment says nothing about one word: a word
    must also lie `spread` median deviations below the other words of its segment.
    """

    name = "fluency"
    title = "Words that a model finds very improbable"
    category = "fluency/grammar"
    severity = "minor"
    needs = ("forward model", "lexicon", "original or back-translation")
    scope = "pair"
    defaults: ClassVar[Mapping[str, float]] = {"gain": -4.0, "spread": 2.5, "chance": -10.5}

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        pairs = [p for p in case.pairs if 3 <= len(words(p.text, case.lang)) <= 80]
        scored = forced(case, pairs)
        for pair, t in zip(pairs, scored, strict=True):
            yield pair.indices.start, (pair, t)

    def find(self, case: Case, unit: tuple[Pair, Translation]) -> Iterator[Flag]:
        pair, scored = unit
        if not scored.reliable:
            return
        lexicon = case.resources.lexicon
        found = surprises(pair.text, scored, lambda w: lexicon.count(w, case.lang))
        if len(found) < 3:
            return
        gains = sorted(s.gain for s in found)
        middle = gains[len(gains) // 2]
        deviation = sorted(abs(g - middle) for g in gains)[len(gains) // 2] + 0.5
        limit = min(self.threshold(case, "gain"), middle - self.threshold(case, "spread") * deviation)
        for s in found:
            word = pair.text[s.start : s.end]
            if s.gain > limit or s.chance < self.threshold(case, "chance") or not word.isalpha() or not word.islower():
                continue
            yield self.flag(
                pair.locate(s.start, s.end),
                f"“{word}” is very unlikely here: the model gives it a probability of 1 in {_one_in(s.logprob)}.",
                Severity.MINOR,
                strength=min(1.0, -s.gain / 12),
                against=pair.against,
                logprob=round(s.logprob, 2),
                chance=round(s.chance, 2),
                median_gain=round(middle, 2),
            )


def _one_in(logprob: float) -> str:
    n = math.exp(min(-logprob, 30))
    return f"{n:,.0f}" if n < 1e6 else re.sub(r"e\+0?", "e", f"{n:.0e}")


def forced(case: Case, pairs: Sequence[Pair]) -> list[Translation]:
    """The forced decoding of each pair's text given its other side; worked out once a bitext."""
    cache = case.memo.setdefault("forced", {})
    new = [p for p in pairs if (p.indices, p.against) not in cache]
    if new and case.resources.forward is not None:
        scored = case.resources.forward.score([p.other for p in new], [p.text for p in new])
        cache.update({(p.indices, p.against): t for p, t in zip(new, scored, strict=True)})
    return [cache[p.indices, p.against] for p in pairs]
