"""Words that a translation model finds far less likely than another form of them: grammar and fluency faults."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bitext.document import Flag, Severity, Translation
from bitext.flag.base import Case, Check, Pair
from bitext.flag.forms import forms
from bitext.flag.words import words

__all__ = ["Fluency", "Surprise", "surprises", "variants"]


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


_GROUPS = tuple(
    frozenset(group.split("|"))
    for group in (
        "le|la|les", "un|une", "du|de la|des", "au|à la|aux", "ce|cet|cette|ces", "son|sa|ses", "mon|ma|mes",
        "de|à|en|dans|pour|par|sur|avec", "est|sont", "a|ont|à", "qui|que", "il|elle|ils|elles", "ou|où",
        "leur|leurs", "quel|quelle|quels|quelles", "tout|toute|tous|toutes", "était|étaient", "avait|avaient",
        "peut|peuvent", "doit|doivent", "sera|seront", "fait|font", "va|vont", "nous|vous",
    )
)  # fmt: skip

_PREPOSITIONS = next(g for g in _GROUPS if "avec" in g)


def variants(word: str) -> list[str]:
    """Other forms of a French word: gender, number, infinitive and participle, small words it is mistaken for."""
    table = forms()
    found: set[str] = set()
    for group in _GROUPS:
        if word in group:
            found |= group
    found |= set(table.families.get(word, {}).values())
    found |= {w for w in (table.many.get(word), table.one.get(word)) if w}
    if m := re.fullmatch(r"(\w{2,}?)(er|é|ée|és|ées|ez|ait|aient|ent|e|a)", word):
        stem = m[1]
        if stem + "er" in table.infinitives:
            found |= {stem + ending for ending in ("er", "é", "ée", "és", "ées", "ez", "ait", "aient", "ent", "e", "a")}
    return sorted(found - {word})


class Fluency(Check):
    """A word that the model finds much less likely than another form of it, given the other side and the sentence.

    A model translates the other side (the original; without it, the back-translation) into French, and the text is
    force-decoded. A word whose log-probability lies `gain` below the log of its plain frequency, and `spread` median
    deviations below the other words of its segment (a model that is lost in a whole segment says nothing about one
    word), is suspected. That alone is mostly the model's own weakness. So the sentence is scored again with the other
    forms of the word (gender, number, participle or infinitive, articles and prepositions); it is flagged only if one
    of them makes the whole sentence at least `better` (natural log) likelier, and that beats the same word by
    more the worse the model knows the segment (`lost` times the median surprise of its pieces): what a weak model
    prefers by little, it prefers by chance. Words rarer than `chance` and names are left out; so are prepositions
    where there is no original: a back-translation has lost which one the sentence wants.
    """

    name = "fluency"
    title = "Words that a model finds much less likely than another form"
    category = "fluency/grammar"
    severity = "minor"
    needs = ("forward model", "lexicon", "original or back-translation")
    languages = ("fr",)
    scope = "pair"
    defaults: ClassVar[Mapping[str, float]] = {
        "gain": -2.0, "spread": 1.5, "chance": -10.0, "better": 4.0, "lost": 0.75,
    }  # fmt: skip

    def units(self, case: Case) -> Iterator[tuple[int, Any]]:
        pairs = [p for p in case.pairs if 3 <= len(words(p.text, case.lang)) <= 80]
        suspects: list[tuple[Pair, Translation, Surprise, str]] = []
        for pair, scored in zip(pairs, forced(case, pairs), strict=True):
            if scored.reliable:
                for s in self._suspects(case, pair, scored):
                    if pair.against == "original" or pair.text[s.start : s.end] not in _PREPOSITIONS:
                        suspects += [(pair, scored, s, v) for v in _edits(pair, s)]
        if not suspects:
            return
        again = case.resources.forward.score([p.other for p, *_ in suspects], [v for *_, v in suspects])  # type: ignore[union-attr]
        best: dict[tuple[int, int], tuple[float, Pair, Surprise, str, float]] = {}
        for (pair, scored, s, v), t in zip(suspects, again, strict=True):
            gained = sum(t.token_logprobs) - sum(scored.token_logprobs)
            at = (pair.indices.start, s.start)
            if at not in best or gained > best[at][0]:
                best[at] = (gained, pair, s, v, _median(scored.token_logprobs))
        for found in best.values():
            yield found[1].indices.start, found

    def find(self, case: Case, unit: tuple[float, Pair, Surprise, str, float]) -> Iterator[Flag]:
        gained, pair, s, variant, usual = unit
        if gained < self.threshold(case, "better") - self.threshold(case, "lost") * usual:
            return
        word = pair.text[s.start : s.end]
        instead = variant[s.start : len(variant) - (len(pair.text) - s.end)]
        yield self.flag(
            pair.locate(s.start, s.end),
            f"“{word}” is unlikely here: with “{instead}” the model finds the sentence {_times(gained)} likelier.",
            Severity.MINOR,
            suggestion=instead,
            strength=min(1.0, gained / 15),
            against=pair.against,
            logprob=round(s.logprob, 2),
            chance=round(s.chance, 2),
            gained=round(gained, 2),
            median_logprob=round(usual, 2),
        )

    def _suspects(self, case: Case, pair: Pair, scored: Translation) -> list[Surprise]:
        lexicon = case.resources.lexicon
        found = surprises(pair.text, scored, lambda w: lexicon.count(w, case.lang))
        if len(found) < 3:
            return []
        gains = sorted(s.gain for s in found)
        middle = gains[len(gains) // 2]
        deviation = sorted(abs(g - middle) for g in gains)[len(gains) // 2] + 0.5
        limit = min(self.threshold(case, "gain"), middle - self.threshold(case, "spread") * deviation)
        least = self.threshold(case, "chance")
        texts = [(s, pair.text[s.start : s.end]) for s in found]
        return [s for s, w in texts if s.gain <= limit and s.chance >= least and w.isalpha() and w.islower()]


def _edits(pair: Pair, s: Surprise) -> list[str]:
    """The text with each variant of a word in its place."""
    return [pair.text[: s.start] + v + pair.text[s.end :] for v in variants(pair.text[s.start : s.end])]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _times(gained: float) -> str:
    n = math.exp(gained)
    return "more than 1,000 times" if n > 1000 else f"about {float(f'{n:.1g}'):,.0f} times"


def forced(case: Case, pairs: Sequence[Pair]) -> list[Translation]:
    """The forced decoding of each pair's text given its other side; worked out once a bitext."""
    cache = case.memo.setdefault("forced", {})
    new = [p for p in pairs if (p.indices, p.against) not in cache]
    if new and case.resources.forward is not None:
        scored = case.resources.forward.score([p.other for p in new], [p.text for p in new])
        cache.update({(p.indices, p.against): t for p, t in zip(new, scored, strict=True)})
    return [cache[p.indices, p.against] for p in pairs]
